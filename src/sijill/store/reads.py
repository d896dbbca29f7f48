"""What a case holds, as records: every query that the rooms above need, and no rule.

Each takes a connection, so that all reads of one job see one moment.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Table, func, inspect, or_, select

from sijill.core.backend import BackEnd, back_end_of
from sijill.core.canonical import Json
from sijill.core.claim import Claim
from sijill.core.document import Document, Metadata, Note, Reading, Sighting
from sijill.core.errors import CaseDamaged, UnknownId
from sijill.core.incident import FigureVersion, Incident, IncidentRecord
from sijill.core.judgement import Judgement
from sijill.core.log import Checkpoint, EntryKind
from sijill.core.mention import Mentions, Repetition
from sijill.core.state import JudgedClaim, Origin
from sijill.core.wire import from_json
from sijill.store import schema
from sijill.store import state as judged
from sijill.store.beside import in_record
from sijill.store.columns import rows_sealed
from sijill.store.database import MANY
from sijill.store.quotes import moved
from sijill.store.stamps import KeptStamp


@dataclass(frozen=True, slots=True)
class Extraction:
    """One run of an extractor over one reading of a document."""

    id: str
    document: str
    reading: str
    extractor: str
    settings: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class GazetteerFile:
    """A file of places that belongs to the case; its bytes are an object."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class CurrentReading:
    """The reading of a document that is current, with its id and what people stated over what was read.

    `version` counts the document's readings up to this one, from 1.
    """

    id: str
    reading: Reading
    metadata: Metadata
    version: int = 1


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version of a figure with its id, its entry in the log, and what that says: when, by whom, by which program."""

    id: str
    entry: int
    at: str
    by: str
    program: str
    version: FigureVersion


@dataclass(frozen=True, slots=True)
class Decided:
    """A person's judgement, with its id and its entry in the log."""

    id: str
    entry: int
    judgement: Judgement


def reading_of(row: Row[Any]) -> Reading:
    """The reading that a row holds."""
    return Reading(
        row.document,
        row.reader,
        row.media_type,
        row.text,
        from_json(Metadata, json.loads(row.metadata)),
        tuple(from_json(Note, n) for n in json.loads(row.notes)),
    )


def sighting_of(row: Row[Any]) -> Sighting:
    """The sighting that a row holds."""
    stated = from_json(Metadata, json.loads(row.stated))
    return Sighting(row.document, row.label, row.name, row.at, row.by, row.container, row.line, stated)


def document_ids(connection: Connection) -> tuple[str, ...]:
    """Every document, in the order in which they were added."""
    return tuple(connection.execute(select(schema.document.c.id).order_by(schema.document.c.entry)).scalars())


def document(connection: Connection, id_: str) -> Document:
    """One document with its current reading; raises UnknownId."""
    row = connection.execute(select(schema.document).where(schema.document.c.id == id_)).one_or_none()
    if row is None:
        raise UnknownId(f"no document {id_[:16]}", hint="`sijill show CASE` lists the documents")
    current = current_readings(connection, [id_])[id_]
    return Document(id_, row.size, current.reading, sightings(connection, [id_])[id_], current.version)


def documents(connection: Connection, ids: Collection[str] | None = None) -> Iterator[Document]:
    """Documents, all or those named, in the order in which they were added, a few hundred texts in memory at a time."""
    wanted = [id_ for id_ in document_ids(connection) if ids is None or id_ in ids]
    t = schema.document
    for i in range(0, len(wanted), MANY):
        some = wanted[i : i + MANY]
        sizes = connection.execute(select(t.c.id, t.c.size).where(t.c.id.in_(some)))
        size: dict[str, int] = {row.id: row.size for row in sizes}
        seen, readings = sightings(connection, some), current_readings(connection, some)
        for id_ in some:
            yield Document(id_, size[id_], readings[id_].reading, seen[id_], readings[id_].version)


def object_ids(connection: Connection) -> tuple[str, ...]:
    """Every object that the case vouches for: documents, files of places, files of lists."""
    held = (schema.document.c.id, schema.gazetteer_file.c.id, schema.list_release.c.file)
    there = set(inspect(connection).get_table_names())  # A case that an earlier version wrote lacks later tables.
    found = {
        id_ for column in held if column.table.name in there for id_ in connection.execute(select(column)).scalars()
    }
    return tuple(sorted(found))


def sightings(connection: Connection, ids: Collection[str] | None = None) -> dict[str, tuple[Sighting, ...]]:
    """The sightings of each document, in the order in which they were recorded."""
    t = schema.sighting
    query = select(t).order_by(t.c.entry, t.c.id)
    found: dict[str, list[Sighting]] = defaultdict(list)
    for row in connection.execute(query if ids is None else query.where(t.c.document.in_(ids))):
        found[row.document].append(sighting_of(row))
    return {id_: tuple(rows) for id_, rows in found.items()}


def sightings_since(connection: Connection, size: int) -> Iterator[Sighting]:
    """The sightings that were recorded since the log had that size."""
    t = schema.sighting
    for row in connection.execute(select(t).where(t.c.entry >= size).order_by(t.c.entry)):
        yield sighting_of(row)


def current_readings(connection: Connection, ids: Collection[str]) -> dict[str, CurrentReading]:
    """The current reading of each document named; ask for a few hundred at a time, they hold whole texts."""
    t, seen = schema.reading, sightings(connection, ids)
    found: dict[str, CurrentReading] = {}
    for row in connection.execute(select(t).where(t.c.document.in_(ids)).order_by(t.c.entry)):
        reading = reading_of(row)
        metadata = reading.metadata
        for s in seen.get(row.document, ()):
            metadata = metadata.overlaid(s.stated)
        earlier = found.get(row.document)
        found[row.document] = CurrentReading(row.id, reading, metadata, earlier.version + 1 if earlier else 1)
    return found


def readers(connection: Connection, document_id: str) -> tuple[str, ...]:
    """The reader of each text of a document, the current one last."""
    t = schema.reading
    query = select(t.c.reader).where(t.c.document == document_id).order_by(t.c.entry)
    return tuple(connection.execute(query).scalars())


def current_extractions(
    connection: Connection, since: int = 0, *, back_end: BackEnd = BackEnd.RULES
) -> dict[str, Extraction]:
    """The latest extraction by a back end of each document that has one, or got one since the log had a size."""
    t = schema.extraction
    return {
        row.document: Extraction(row.id, row.document, row.reading, row.extractor, json.loads(row.settings))
        for row in connection.execute(select(t).where(t.c.entry >= since).order_by(t.c.entry))
        if back_end_of(row.extractor) is back_end
    }


def last_extraction(connection: Connection, document_id: str, back_end: BackEnd) -> Extraction | None:
    """The latest extraction of one document by a back end, `None` where there is none."""
    t = schema.extraction
    rows = connection.execute(select(t).where(t.c.document == document_id).order_by(t.c.entry.desc()))
    row = next((row for row in rows if back_end_of(row.extractor) is back_end), None)
    if row is None:
        return None
    return Extraction(row.id, row.document, row.reading, row.extractor, json.loads(row.settings))


def claims(connection: Connection, document_id: str | None = None) -> dict[str, Claim]:
    """The claims that the rules read last in each document, by id, in the order of the documents and of the text."""
    t = schema.extraction
    query = select(t.c.id, t.c.document, t.c.extractor).order_by(t.c.entry)
    rows = connection.execute(query if document_id is None else query.where(t.c.document == document_id))
    return claims_in(connection, {row.document: row.id for row in rows if back_end_of(row.extractor) is BackEnd.RULES})


def suggestions(connection: Connection) -> dict[str, Claim]:
    """The claims that a language model read, by id: in each document those of its latest answer, where the text that it
    was asked about is still current, and those that a person confirmed of earlier answers about that text.

    They are in no figure before a person confirms them.
    """
    asked = current_extractions(connection, back_end=BackEnd.MODEL)
    if not asked:
        return {}
    current = current_reading_ids(connection)
    found = claims_in(connection, {d: e.id for d, e in asked.items() if e.reading == current[d]})
    confirmed = judged.confirmed_by_people(judgements(connection)) - found.keys()
    return found | confirmed_of(connection, confirmed, current, {BackEnd.MODEL})


def added(connection: Connection) -> dict[str, Claim]:
    """The claims that people added, by id, where the text that they were read in is still current.

    One that was taken back is not among them; one in an earlier text waits for a person, as its judgement is orphaned.
    """
    if not current_extractions(connection, back_end=BackEnd.PERSON):
        return {}
    confirmed = judged.confirmed_by_people(judgements(connection))
    return confirmed_of(connection, confirmed, current_reading_ids(connection), {BackEnd.PERSON})


def confirmed_of(
    connection: Connection, confirmed: Collection[str], current: Mapping[str, str], back_ends: Collection[BackEnd]
) -> dict[str, Claim]:
    """Those of the claims that such a back end read in the text that is still its document's current one, by id."""
    found = {id_: c for id_, c in claims_by_id(connection, confirmed).items() if c.back_end in back_ends}
    readings = read_in(connection, found)
    return {id_: c for id_, c in found.items() if readings.get(id_) == current.get(c.document)}


def current_reading_ids(connection: Connection) -> dict[str, str]:
    """The id of the current reading of each document."""
    t = schema.reading
    return {row.document: row.id for row in connection.execute(select(t.c.id, t.c.document).order_by(t.c.entry))}


def claims_in(connection: Connection, extractions: Mapping[str, str]) -> dict[str, Claim]:
    """The claims of one extraction of each document, in the order of the documents and of the text."""
    link, found = schema.extraction_claim, dict[str, Claim]()
    order = document_ids(connection) if len(extractions) > 1 else tuple(extractions)
    wanted = [extractions[d] for d in order if d in extractions]
    for i in range(0, len(wanted), MANY):
        some = wanted[i : i + MANY]
        query = (
            select(link.c.extraction, link.c.position, schema.claim.c.id, schema.claim.c.body)
            .join(schema.claim, link.c.claim == schema.claim.c.id)
            .where(link.c.extraction.in_(some))
        )
        rank = {id_: n for n, id_ in enumerate(some)}
        rows = sorted(connection.execute(query), key=lambda row: (rank[row.extraction], row.position))
        found |= {row.id: from_json(Claim, json.loads(row.body)) for row in rows}
    return found


def claims_by_id(connection: Connection, ids: Collection[str]) -> dict[str, Claim]:
    """Claims by id, current or not; ids that are none are left out."""
    found: dict[str, Claim] = {}
    wanted, t = sorted(ids), schema.claim
    for i in range(0, len(wanted), MANY):
        for row in connection.execute(select(t.c.id, t.c.body).where(t.c.id.in_(wanted[i : i + MANY]))):
            found[row.id] = from_json(Claim, json.loads(row.body))
    return found


def judgements(connection: Connection) -> tuple[judged.Row, ...]:
    """Every judgement, in the order in which they were made."""
    t = schema.judgement
    return tuple(
        judged.Row(row.id, from_json(Judgement, json.loads(row.body)))
        for row in connection.execute(select(t.c.id, t.c.body).order_by(t.c.position))
    )


def judgements_on(connection: Connection, subject: str) -> tuple[judged.Row, ...]:
    """The judgements about one claim, incident, document or judgement."""
    t = schema.judgement
    query = select(t.c.id, t.c.body).where(or_(t.c.subject == subject, t.c.second_subject == subject))
    rows = connection.execute(query.order_by(t.c.position))
    return tuple(judged.Row(row.id, from_json(Judgement, json.loads(row.body))) for row in rows)


def standing(connection: Connection, current: Mapping[str, Claim]) -> judged.Standing:
    """What stands after all judgements, those on earlier claims carried over to the current ones."""
    rows = judgements(connection)
    old = claims_by_id(connection, judged.mentioned(rows) - set(current))
    return judged.standing(rows, judged.carry_over(current, old, moved_since(connection, old)))


def read_in(connection: Connection, claim_ids: Collection[str]) -> dict[str, str]:
    """The reading that each claim was last read in, by their ids."""
    t, link = schema.extraction, schema.extraction_claim
    query = select(link.c.claim, t.c.reading).join(t, t.c.id == link.c.extraction).order_by(t.c.entry)
    wanted, found = sorted(claim_ids), dict[str, str]()
    for i in range(0, len(wanted), MANY):
        found |= {
            row.claim: row.reading for row in connection.execute(query.where(link.c.claim.in_(wanted[i : i + MANY])))
        }
    return found


def moved_since(connection: Connection, old: Mapping[str, Claim]) -> dict[str, tuple[int, int] | None]:
    """Where the words of earlier claims stand now, of those that were read in another text than the current claims."""
    t = schema.extraction
    documents = sorted({claim.document for claim in old.values()})
    current: dict[tuple[str, BackEnd], str] = {}
    for i in range(0, len(documents), MANY):
        query = select(t.c.document, t.c.extractor, t.c.reading).where(t.c.document.in_(documents[i : i + MANY]))
        rows = connection.execute(query.order_by(t.c.entry))
        current |= {(row.document, back_end_of(row.extractor)): row.reading for row in rows}
    readings = read_in(connection, old)
    now_in = {id_: current.get((claim.document, claim.back_end)) for id_, claim in old.items()}
    apart = {id_: (readings[id_], now) for id_, now in now_in.items() if readings.get(id_) != now}
    found: dict[str, tuple[int, int] | None] = {}
    texts: dict[str, str] = {}
    for id_, (then, now) in sorted(apart.items(), key=lambda item: old[item[0]].document):
        if not {then, now} <= texts.keys():
            texts = {r: _text_of(connection, r) for r in (then, now) if r is not None}
        found[id_] = moved(old[id_], texts[then], texts[now]) if now is not None else None
    return found


def _text_of(connection: Connection, reading_id: str) -> str:
    t = schema.reading
    return str(connection.execute(select(t.c.text).where(t.c.id == reading_id)).scalar_one())


def judged_claims(connection: Connection) -> tuple[dict[str, JudgedClaim], judged.Standing]:
    """Every claim of the record as it stands, and what stands; corrections that no longer fit are among its orphans.

    A claim that a model read is of the record once a person confirmed it, one that a person added from the beginning;
    no words are in it twice.
    """
    stand, found = _all_judged(connection)
    return {c.id: c for c in in_record(stand)}, found


def judged_suggestions(connection: Connection) -> dict[str, JudgedClaim]:
    """The claims that a model read, as they stand, by id; see `suggestions`."""
    stand, _ = _all_judged(connection)
    return {c.id: c for c in stand if c.source.back_end is BackEnd.MODEL}


def _all_judged(connection: Connection) -> tuple[tuple[JudgedClaim, ...], judged.Standing]:
    current = {**claims(connection), **suggestions(connection), **added(connection)}
    found = standing(connection, current)
    stand, misfits = judged.judged_claims(current, found)
    return stand, judged.Standing(found.rows, (*found.orphans, *misfits))


def stamps(connection: Connection) -> tuple[KeptStamp, ...]:
    """The time stamps of the case, in the order in which they were kept, with the checkpoints that they are over."""
    if not inspect(connection).has_table(schema.stamp.name):  # Of a case that an earlier version wrote.
        return ()
    t, point = schema.stamp, schema.checkpoint
    query = select(t, point.c.root, point.c.note).join(point, t.c.size == point.c.size).order_by(t.c.entry)
    return tuple(
        KeptStamp(row.id, Checkpoint(row.size, row.root, row.note), row.authority, row.reply)
        for row in connection.execute(query)
    )


def gazetteer_files(connection: Connection) -> tuple[GazetteerFile, ...]:
    """The files of places, in the order in which they were added."""
    t = schema.gazetteer_file
    rows = connection.execute(select(t).order_by(t.c.entry))
    return tuple(GazetteerFile(row.id, row.name, row.size) for row in rows)


def incidents(connection: Connection) -> tuple[Incident, ...]:
    """The incidents as last built."""
    t = schema.incident
    rows = connection.execute(select(t.c.body).order_by(t.c.position)).scalars()
    return tuple(from_json(Incident, json.loads(body)) for body in rows)


def incident_records(connection: Connection, rules: str) -> tuple[IncidentRecord, ...]:
    """The incidents with their figures under one rule set, as last built."""
    t = schema.incident_record
    rows = connection.execute(select(t.c.body).where(t.c.rules == rules).order_by(t.c.position)).scalars()
    return tuple(from_json(IncidentRecord, json.loads(body)) for body in rows)


def figure_versions(connection: Connection, incident: str = "") -> tuple[KeptVersion, ...]:
    """How figures stood since when, the earliest first; of one incident, or of all."""
    t, log = schema.figure_version, schema.log_entry
    if not inspect(connection).has_table(t.name):  # Of a case that an earlier version wrote.
        return ()
    query = select(t, log.c.body.label("said")).join(log, t.c.entry == log.c.seq)
    if incident:
        query = query.where(t.c.incident == incident)
    kept = []
    for row in connection.execute(query):
        said = json.loads(row.said)
        version = from_json(FigureVersion, json.loads(row.body))
        kept.append(KeptVersion(row.id, row.entry, said["at"], said["by"], said["program"], version))
    return tuple(sorted(kept, key=lambda v: (v.entry, v.version.incident, str(v.version.scope))))


def decisions_after(connection: Connection, entry: int) -> tuple[Decided, ...]:
    """What people decided in later entries of the log than this one, in their order."""
    t, log = schema.judgement, schema.log_entry
    query = select(t.c.id, t.c.entry, t.c.body, log.c.body.label("said")).join(log, t.c.entry == log.c.seq)
    rows = connection.execute(query.where(t.c.entry > entry).order_by(t.c.position))
    return tuple(
        Decided(row.id, row.entry, from_json(Judgement, json.loads(row.body)))
        for row in rows
        if json.loads(row.said)["kind"] == EntryKind.JUDGEMENT
    )


def subjects_of(connection: Connection, judgements: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What these judgements are about, by their ids."""
    t, wanted = schema.judgement, sorted(judgements)
    found: dict[str, tuple[str, ...]] = {}
    for i in range(0, len(wanted), MANY):
        rows = connection.execute(select(t.c.id, t.c.body).where(t.c.id.in_(wanted[i : i + MANY])))
        found |= {row.id: from_json(Judgement, json.loads(row.body)).subjects for row in rows}
    return found


def mentions(connection: Connection) -> dict[str, Mentions]:
    """What each document's text names, as last read."""
    t = schema.mention
    if not inspect(connection).has_table(t.name):  # Of a case that an earlier version wrote.
        return {}
    rows = connection.execute(select(t.c.document, t.c.body).order_by(t.c.position))
    return {row.document: from_json(Mentions, json.loads(row.body)) for row in rows}


def repetitions(connection: Connection) -> tuple[Repetition, ...]:
    """Which report repeats which, as last linked."""
    t = schema.repetition
    if not inspect(connection).has_table(t.name):  # Of a case that an earlier version wrote.
        return ()
    rows = connection.execute(select(t.c.body).order_by(t.c.position)).scalars()
    return tuple(from_json(Repetition, json.loads(body)) for body in rows)


def origins(connection: Connection) -> dict[str, Origin]:
    """The voice of each claim as last linked."""
    t = schema.origin
    rows = connection.execute(select(t.c.claim, t.c.body).order_by(t.c.position))
    return {row.claim: from_json(Origin, json.loads(row.body)) for row in rows}


def last_checkpoint(connection: Connection) -> str:
    """The newest checkpoint's signed note."""
    t = schema.checkpoint
    return str(connection.execute(select(t.c.note).order_by(t.c.size.desc()).limit(1)).scalar_one())


def log_size(connection: Connection) -> int:
    """How many entries the log has."""
    return int(connection.execute(select(func.max(schema.checkpoint.c.size))).scalar_one())


@dataclass(frozen=True, slots=True)
class LogPoint:
    """A signed moment of the log: its size, root (hexadecimal), the time of its last entry, and the signed note."""

    size: int
    root: str
    at: str
    note: str


def material_point(connection: Connection) -> LogPoint:
    """The last checkpoint after which the log holds nothing but publications.

    Pages name it rather than the newest one, which their own publication moves: so that an unchanged case gives
    unchanged pages.
    """
    point, entry = schema.checkpoint, schema.log_entry
    found = None
    for row in connection.execute(select(point).order_by(point.c.size.desc())):
        last = json.loads(connection.execute(select(entry.c.body).where(entry.c.seq == row.size - 1)).scalar_one())
        found = LogPoint(row.size, row.root.hex(), last["at"], row.note)
        if last["kind"] != "publication":
            break
    if found is None:
        raise CaseDamaged("the log has no checkpoint", hint="`sijill verify CASE` says what is wrong")
    return found


def last_publication(connection: Connection, form: str) -> dict[str, Any] | None:
    """The body of the newest log entry about pages of this form."""
    t = schema.log_entry
    for body in connection.execute(select(t.c.body).order_by(t.c.seq.desc())).scalars():
        entry = json.loads(body)
        if entry["kind"] == "publication" and entry["body"]["form"] == form:
            return dict(entry["body"])
    return None


def counts(connection: Connection) -> dict[str, int]:
    """How many rows of each kind the case holds."""
    tables = (schema.document, schema.sighting, schema.extraction, schema.claim, schema.judgement, schema.log_entry)
    return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


def find(connection: Connection, prefix: str) -> tuple[str, str]:
    """The kind and full id of what `prefix` names: a document, claim, judgement or incident, or a report's label.

    A whole id or label outranks what only begins so. Raises UnknownId where nothing or more than one thing is meant.
    """
    prefix = prefix.encode("utf-8", "replace").decode()  # A command line may hold bytes that are no text.
    found: list[tuple[str, str]] = []
    for kind, t in (
        ("document", schema.document),
        ("claim", schema.claim),
        ("judgement", schema.judgement),
        ("incident", schema.incident),
    ):
        found += [(kind, id_) for id_ in _beginning(connection, t, prefix)]
    labels = select(schema.sighting.c.document).where(schema.sighting.c.label == prefix).distinct().limit(3)
    labelled = [("document", id_) for id_ in connection.execute(labels).scalars()]
    found += [f for f in labelled if f not in found]
    exact = [f for f in found if f[1] == prefix or f in labelled]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise UnknownId(
            f"nothing here is called {prefix[:80]!r}", hint="ids are listed by `sijill show|claims|incidents CASE`"
        )
    raise UnknownId(
        f"{prefix[:80]!r} could be {len(found)} things: {', '.join(f'{k} {i[:16]}' for k, i in found)}",
        hint="give more of the id",
    )


def _beginning(connection: Connection, t: Table, prefix: str) -> list[str]:
    """Up to three ids that begin so; a server that sees seals only is not asked for beginnings."""
    if not rows_sealed(connection.dialect):
        beginning = t.c.id.startswith(prefix, autoescape=True)
        return list(connection.execute(select(t.c.id).where(beginning).limit(3)).scalars())
    with connection.execute(select(t.c.id).execution_options(yield_per=MANY)) as found:
        return list(islice((id_ for id_ in found.scalars() if id_.startswith(prefix)), 3))
