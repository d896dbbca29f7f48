"""What one page needs of a case: reads with bounds, whose cost follows the page and not the case.

What they give of a document or an incident is what the reads of the whole case give of it; tests hold the two together.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from sijill.core.backend import BackEnd, back_end_of
from sijill.core.claim import Claim
from sijill.core.document import Metadata, Note
from sijill.core.incident import Incident, IncidentRecord
from sijill.core.judgement import Judgement, Matter
from sijill.core.state import JudgedClaim, Origin
from sijill.core.wire import from_json
from sijill.store import reads, schema
from sijill.store import state as judged
from sijill.store.beside import in_record
from sijill.store.database import MANY

ON_CLAIMS = frozenset({Matter.CLAIM, Matter.SOURCE, Matter.UNDO})


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document as a list shows it, without its text; `entry` is its place in the log and so in the list.

    `read` says whether an extractor looked for claims.
    """

    id: str
    entry: int
    size: int
    label: str
    media_type: str
    metadata: Metadata
    notes: tuple[Note, ...]
    sightings: int
    read: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A judgement with its id and its place among all; `live` is false where it was taken back."""

    id: str
    position: int
    judgement: Judgement
    live: bool = True


def document_lines(connection: Connection, *, before: int | None = None, limit: int) -> tuple[DocumentLine, ...]:
    """The documents that were added before the one at that entry of the log, the last one first."""
    t = schema.document
    query = select(t.c.id, t.c.entry, t.c.size).order_by(t.c.entry.desc()).limit(limit)
    rows = connection.execute(query if before is None else query.where(t.c.entry < before)).all()
    return tuple(_lines(connection, {row.id: (row.entry, row.size) for row in rows}))


def document_lines_of(connection: Connection, ids: Collection[str]) -> dict[str, DocumentLine]:
    """The lines of these documents, by id; those that are none are left out."""
    t, found = schema.document, dict[str, tuple[int, int]]()
    for some in _batches(ids):
        rows = connection.execute(select(t.c.id, t.c.entry, t.c.size).where(t.c.id.in_(some)))
        found |= {row.id: (row.entry, row.size) for row in rows}
    return {line.id: line for line in _lines(connection, found)}


def _lines(connection: Connection, wanted: dict[str, tuple[int, int]]) -> Iterator[DocumentLine]:
    r, x = schema.reading, schema.extraction
    current: dict[str, tuple[str, Metadata, tuple[Note, ...]]] = {}
    read: set[str] = set()
    for some in _batches(wanted):
        query = select(r.c.document, r.c.media_type, r.c.metadata, r.c.notes).where(r.c.document.in_(some))
        for row in connection.execute(query.order_by(r.c.entry)):
            notes = tuple(from_json(Note, n) for n in json.loads(row.notes))
            current[row.document] = (row.media_type, from_json(Metadata, json.loads(row.metadata)), notes)
        ran = connection.execute(select(x.c.document, x.c.extractor).where(x.c.document.in_(some)))
        read |= {row.document for row in ran if back_end_of(row.extractor) is BackEnd.RULES}
    seen = reads.sightings(connection, list(wanted))
    for id_, (entry, size) in wanted.items():
        media_type, metadata, notes = current[id_]
        for s in seen[id_]:
            metadata = metadata.overlaid(s.stated)
        yield DocumentLine(
            id_, entry, size, seen[id_][0].label, media_type, metadata, notes, len(seen[id_]), id_ in read
        )


def judged_claims_of(
    connection: Connection, documents: Collection[str]
) -> tuple[dict[str, JudgedClaim], judged.Standing]:
    """The claims of these documents as they stand, by document and text, and what stands on them.

    Of each document what `reads.judged_claims` gives of it: its claims of the record, and its orphaned judgements on
    claims.
    """
    stand, found = _all_judged_of(connection, documents)
    return {c.id: c for c in in_record(stand)}, found


def judged_suggestions_of(connection: Connection, documents: Collection[str]) -> dict[str, JudgedClaim]:
    """What a model read in these documents, as it stands: of each what `reads.judged_suggestions` gives of it."""
    stand, _ = _all_judged_of(connection, documents)
    return {c.id: c for c in stand if c.source.back_end is BackEnd.MODEL}


def _all_judged_of(
    connection: Connection, documents: Collection[str]
) -> tuple[tuple[JudgedClaim, ...], judged.Standing]:
    wanted = sorted(set(documents))
    ids = _claim_ids(connection, wanted)
    rows = [r for r in judgements_about(connection, [*ids, *wanted]) if r.judgement.matter in ON_CLAIMS]
    current = _current(connection, wanted, rows)
    old = reads.claims_by_id(connection, (judged.mentioned(rows) & set(ids)) - current.keys())
    found = judged.standing(rows, judged.carry_over(current, old, reads.moved_since(connection, old)))
    stand, misfits = judged.judged_claims(current, found)
    return stand, judged.Standing(found.rows, (*found.orphans, *misfits))


def _claim_ids(connection: Connection, documents: Sequence[str]) -> list[str]:
    """Every claim that was ever read in these documents."""
    t, found = schema.claim, list[str]()
    for some in _batches(documents):
        found += connection.execute(select(t.c.id).where(t.c.document.in_(some))).scalars()
    return found


def _current(connection: Connection, documents: Sequence[str], rows: Sequence[judged.Row]) -> dict[str, Claim]:
    """What the rules read last, and what a model is taken to have read, as `reads.suggestions` says."""
    t, r = schema.extraction, schema.reading
    last: dict[tuple[BackEnd, str], tuple[str, str]] = {}
    reading: dict[str, str] = {}
    for some in _batches(documents):
        query = select(t.c.id, t.c.document, t.c.reading, t.c.extractor).where(t.c.document.in_(some))
        for row in connection.execute(query.order_by(t.c.entry)):
            last[(back_end_of(row.extractor), row.document)] = (row.id, row.reading)
        texts = select(r.c.id, r.c.document).where(r.c.document.in_(some)).order_by(r.c.entry)
        reading |= {row.document: row.id for row in connection.execute(texts)}
    by_rules = {d: run for (by, d), (run, _) in last.items() if by is BackEnd.RULES}
    by_model = {d: run for (by, d), (run, text) in last.items() if by is BackEnd.MODEL and text == reading.get(d)}
    rest = judged.confirmed_by_people(rows)
    found = reads.claims_in(connection, by_rules)
    suggested = reads.claims_in(connection, by_model)
    models = {BackEnd.MODEL} if any(by is BackEnd.MODEL for by, _ in last) else set()
    earlier = reads.confirmed_of(connection, rest - suggested.keys(), reading, {*models, BackEnd.PERSON})
    by_people = {id_: c for id_, c in earlier.items() if c.back_end is BackEnd.PERSON}
    return found | suggested | {i: c for i, c in earlier.items() if i not in by_people} | by_people


def judgements_about(connection: Connection, subjects: Collection[str]) -> tuple[judged.Row, ...]:
    """The judgements about any of these, and those that undo one of them, in the order in which they were made."""
    return tuple(judged.Row(m.id, m.judgement) for m in _in_order(_about(connection, subjects)))


def _about(connection: Connection, subjects: Collection[str]) -> dict[str, Made]:
    t, found = schema.judgement, dict[str, Made]()
    frontier: Collection[str] = subjects
    while frontier:
        rows = dict[str, Made]()
        for some in _batches(frontier):
            query = select(t).where(or_(t.c.subject.in_(some), t.c.second_subject.in_(some)))
            rows |= {made.id: made for made in _made(connection, query)}
        frontier = rows.keys() - found.keys()
        found |= rows
    return found


def _in_order(made: dict[str, Made]) -> list[Made]:
    return sorted(made.values(), key=lambda m: m.position)


def judgements_made(connection: Connection, *, before: int | None = None, limit: int) -> tuple[Made, ...]:
    """What people decided before that place among all judgements, the last first, and whether it stands."""
    t, found = schema.judgement, list[Made]()
    query = select(t).order_by(t.c.position.desc()).limit(limit)
    # The program's own suggestions lie between, thousands at a time, so that a page may take several looks.
    while len(found) < limit:
        rows = list(_made(connection, query if before is None else query.where(t.c.position < before)))
        found += [made for made in rows if made.judgement.human]
        if len(rows) < limit:
            break
        before = rows[-1].position
    return _with_life(connection, found[:limit])


def made_about(connection: Connection, subjects: Collection[str]) -> tuple[Made, ...]:
    """The judgements about any of these, and those that undo one of them, the last first, and whether each stands."""
    return _with_life(connection, _in_order(_about(connection, subjects))[::-1])


def _with_life(connection: Connection, found: Sequence[Made]) -> tuple[Made, ...]:
    every = {m.id: m for m in found} | _about(connection, [m.id for m in found])
    gone = judged.undone([judged.Row(m.id, m.judgement) for m in _in_order(every)])
    return tuple(replace(m, live=m.id not in gone) for m in found)


def _made(connection: Connection, query: Select[Any]) -> Iterator[Made]:
    for row in connection.execute(query):
        yield Made(row.id, row.position, from_json(Judgement, json.loads(row.body)))


def judgements_named(connection: Connection, ids: Collection[str]) -> dict[str, Judgement]:
    """These judgements, by id; those that are none are left out."""
    t, found = schema.judgement, dict[str, Judgement]()
    for some in _batches(ids):
        found |= {made.id: made.judgement for made in _made(connection, select(t).where(t.c.id.in_(some)))}
    return found


def origins_of(connection: Connection, claims: Collection[str]) -> dict[str, Origin]:
    """The voices of these claims, as last linked."""
    t, found = schema.origin, dict[str, Origin]()
    for some in _batches(claims):
        rows = connection.execute(select(t.c.claim, t.c.body).where(t.c.claim.in_(some)))
        found |= {row.claim: from_json(Origin, json.loads(row.body)) for row in rows}
    return found


def incident_record(connection: Connection, rules: str, id_: str) -> IncidentRecord | None:
    """An incident with its figures under a rule set, as last built; `None` where it has none."""
    t = schema.incident_record
    body = connection.execute(select(t.c.body).where(t.c.rules == rules, t.c.incident == id_)).scalar_one_or_none()
    return None if body is None else from_json(IncidentRecord, json.loads(body))


def incidents_named(connection: Connection, ids: Collection[str]) -> dict[str, Incident]:
    """These incidents as last built, by id; those that are none are left out."""
    t, found = schema.incident, dict[str, Incident]()
    for some in _batches(ids):
        rows = connection.execute(select(t.c.id, t.c.body).where(t.c.id.in_(some)))
        found |= {row.id: from_json(Incident, json.loads(row.body)) for row in rows}
    return found


def built_marks(connection: Connection) -> tuple[tuple[str, str], ...]:
    """The name and digest of each derived table: these stay while nothing was derived anew."""
    t = schema.built
    return tuple((row.name, row.digest) for row in connection.execute(select(t.c.name, t.c.digest).order_by(t.c.name)))


def is_behind(connection: Connection) -> bool:
    """Whether somebody judged, or claims were read, after the figures there were derived, or before any were."""
    made = (select(func.max(t.c.entry)) for t in (schema.judgement, schema.extraction))
    last = max((e for q in made if (e := connection.execute(q).scalar_one()) is not None), default=None)
    if last is None:
        return False
    t = schema.built
    sizes = {row.name: row.size for row in connection.execute(select(t.c.name, t.c.size))}
    # Of the derived tables these are written at every derivation: the first stage's and the last one's.
    return any(sizes.get(table.name, 0) <= last for table in (schema.incident, schema.incident_record))


def _batches(ids: Collection[str]) -> Iterator[list[str]]:
    wanted = sorted(set(ids))
    for i in range(0, len(wanted), MANY):
        yield wanted[i : i + MANY]
