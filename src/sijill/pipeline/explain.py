"""Why a claim, a figure, a link, a document or a judgement is what it is, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from sijill.core.backend import BackEnd
from sijill.core.document import Document
from sijill.core.errors import UnknownId
from sijill.core.incident import IncidentRecord
from sijill.core.judgement import Judgement
from sijill.core.state import JudgedClaim
from sijill.core.wire import to_json
from sijill.pipeline import listing
from sijill.reconcile.explain import explain as explain_record
from sijill.reconcile.rules import RuleSet
from sijill.reconcile.run import statements
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.state import Row, live

Cells = dict[str, Any]


def explain(case: Case, connection: Connection, name: str, rules: RuleSet) -> Iterator[str]:
    """Lines that say why, with figures under `rules`; raises UnknownId where `name` means nothing or several things."""
    kind, id_ = reads.find(connection, name)
    match kind:
        case "claim":
            yield from _explain_claim(connection, id_)
        case "incident":
            yield from _explain_incident(case, connection, id_, rules)
        case "document":
            yield from _explain_document(connection, id_)
        case "judgement":
            yield from _explain_judgement(connection, id_)


def _explain_claim(connection: Connection, id_: str) -> Iterator[str]:
    claims, _ = reads.judged_claims(connection)
    judged = claims.get(id_) or reads.judged_suggestions(connection).get(id_)
    if judged is None:
        yield from _explain_former(connection, id_)
        return
    source = judged.source
    document = reads.document(connection, source.document)
    count = f"{source.count.text!r} → {source.count.quantity}" if source.count else "no number"
    yield f"claim {id_}"
    yield f"  in {document.label} ({document.metadata.publisher or 'publisher unknown'}), SHA-256 {document.id}"
    yield f"  quote, code points {source.quote.start} to {source.quote.end}: {' '.join(source.quote.text.split())}"
    yield f"  {source.harm}: {count}"
    yield f"  read by {source.extractor}, confidence {source.confidence}"
    for e in source.evidence:
        yield f"    {e.field}: {e.rule}" + (f" – saw {e.words!r}" if e.words else "")
    yield from _place_and_period(judged)
    yield from _state(connection, judged)
    origin = reads.origins(connection).get(id_)
    if origin:
        through = f", through {', '.join(origin.through)}" if origin.through else ""
        yield f"  voice: {origin.name}{through} – {origin.reason}"
    yield from _memberships(connection, id_)


def _place_and_period(judged: JudgedClaim) -> Iterator[str]:
    place, period = judged.claim.place, judged.claim.period
    if place:
        found = f"{place.name}, {place.lat}, {place.lon}, precision {place.precision}" if place.name else "not found"
        yield f"  place: {place.text!r} → {found}" + (f" ({place.basis})" if place.basis else "")
    if period:
        days = f"{period.start or '?'} to {period.end or '?'}, precision {period.precision}"
        yield f"  period: {period.text!r} → {days}" + (f" ({period.basis})" if period.basis else "")


def _state(connection: Connection, judged: JudgedClaim) -> Iterator[str]:
    yield f"  state: {judged.state}" + (f"; its document is set aside: {judged.set_aside}" if judged.set_aside else "")
    if judged.replaced_by is not None:
        yield f"    it counts no more: a person confirmed claim {judged.replaced_by} of the same words"
    if judged.unconfirmed:
        yield f"    UNCONFIRMED NUMBER: {judged.unconfirmed}"
        look = "read the report" if judged.source.back_end is BackEnd.MODEL else "look at the picture"
        yield f"    it is in no figure: {look}, then accept the claim or correct its count"
    held = reads.judgements_on(connection, judged.id)
    for row in held:
        if row.judgement.human:
            yield f"    {_sentence(row)}"
    if judged.judgement and judged.judgement not in {row.id for row in held}:
        row = next(r for r in reads.judgements(connection) if r.id == judged.judgement)
        yield f"    {_sentence(row)}, on claim {row.judgement.subjects[0][:12]} of an earlier text or extractor"


def _memberships(connection: Connection, id_: str) -> Iterator[str]:
    incidents = {i.id: i for i in reads.incidents(connection) if id_ in i.claims}
    if not incidents:
        yield "  in no incident"
    rows = live(reads.judgements_on(connection, id_))
    for incident in incidents.values():
        yield f"  in incident {incident.id}: {incident.label}"
        for row in rows:
            if row.judgement.subjects[0] in (incident.id, *incident.merged):
                score = f" (score {row.judgement.score:.2f})" if row.judgement.score is not None else ""
                yield f"    because {row.judgement.by} found{score}: {row.judgement.reason or 'no reason given'}"


def _explain_former(connection: Connection, id_: str) -> Iterator[str]:
    claim = reads.claims_by_id(connection, [id_])[id_]
    yield f"claim {id_} was read by {claim.extractor} and is no longer current: a later extraction replaced it"
    yield f"  quote, in the text of then: {' '.join(claim.quote.text.split())}"
    yield from _leads_to(connection, id_)


def _leads_to(connection: Connection, id_: str) -> Iterator[str]:
    """Where the judgements on a former claim have gone."""
    claims, found = reads.judged_claims(connection)
    made = {row.id for row in reads.judgements_on(connection, id_) if row.judgement.human}
    for row in found.orphans:
        if row.id in made:
            yield f"  {_sentence(row)}"
            yield "    it waits for a person: its words are not in the current text, or no claim is read there"
    for judged in claims.values():
        if judged.judgement in made:
            yield f"  its judgement stands on claim {judged.id}, read at the same words"


def _explain_incident(case: Case, connection: Connection, id_: str, rules: RuleSet) -> Iterator[str]:
    said, voices = statements(connection), reads.origins(connection)
    for record in listing.incident_records(case, connection, rules):
        if record.incident.id == id_:
            yield from _heading(record)
            yield from (f"  {line}" for line in explain_record(record, said, voices, rules))


def _heading(record: IncidentRecord) -> Iterator[str]:
    incident = record.incident
    yield f"incident {incident.id}: {incident.label}"
    yield f"  {len(incident.claims)} claims in {len(incident.documents)} documents; figures under `{record.rules}`"
    if incident.merged:
        yield f"  took in {', '.join(incident.merged)}"
    if incident.part_of:
        yield f"  a part of incident {incident.part_of}"


def _explain_document(connection: Connection, id_: str) -> Iterator[str]:
    document = reads.document(connection, id_)
    run = reads.current_extractions(connection).get(id_)
    yield f"document {document.label}: {document.size} bytes, SHA-256 {document.id}"
    yield f"  {document.reading.media_type}, text version {document.version}, read by {document.reading.reader}"
    for number, reader in enumerate(reads.readers(connection, id_)[:-1], start=1):
        yield f"    text version {number} was read by {reader}"
    for s in document.sightings:
        line = f", line {s.line}" if s.line else ""
        yield f"  handed in as {s.name}{line} by {s.by} at {s.at}"
    for name, value in to_json(document.metadata).items():
        yield f"  {name}: {value if value is not None else 'not known'}"
    for note in document.reading.notes:
        yield f"  {'LOOK' if note.severe else 'note'}: {note.code}: {note.text}"
    if run:
        found = sum(c.count is not None for c in reads.claims(connection, id_).values())
        yield f"  {found} counted claims read by {run.extractor}"
    else:
        yield f"  not read for claims: no language pack for {document.metadata.language or 'an unknown language'}"
    asked = reads.last_extraction(connection, id_, BackEnd.MODEL)
    if asked is not None:
        yield f"  its text was sent to {asked.settings['sent_to']}: {asked.extractor} was asked for claims"
    for row in reads.judgements_on(connection, id_):
        yield f"  {_sentence(row)}"


def _explain_judgement(connection: Connection, id_: str) -> Iterator[str]:
    rows = reads.judgements(connection)
    row = next(r for r in rows if r.id == id_)
    yield f"judgement {id_}"
    yield f"  {_sentence(row)}"
    if row.judgement.replaces:
        yield f"  it replaces {row.judgement.replaces[:12]}"
    if row.judgement.matter != "undo" and row not in live(rows):
        yield "  it is undone"


def _sentence(row: Row) -> str:
    j = row.judgement
    changes = "".join(f" {c.field}={c.value}" for c in j.changes)
    about = " and ".join(s[:12] for s in j.subjects)
    return f"{j.at[:19]} {j.by}: {j.decision} {about}{changes}" + (f" – {j.reason}" if j.reason else "")


def history(connection: Connection, name: str = "") -> Iterator[Cells]:
    """People's judgements, all or those about one thing, oldest first; `undone` says which no longer stand."""
    rows = reads.judgements(connection)
    alive = {r.id for r in live(rows)}
    undone_undos = {r.judgement.subjects[0] for r in rows if r.judgement.matter == "undo"}
    if name:
        rows = reads.judgements_on(connection, reads.find(connection, name)[1])
    for row in rows:
        if row.judgement.human:
            gone = row.id in undone_undos if row.judgement.matter == "undo" else row.id not in alive
            yield {**listing.judgement_row(row.id, row.judgement), "undone": gone}


def whole(case: Case, connection: Connection, name: str, rules: RuleSet) -> Cells:
    """Everything that is stored about one thing, as JSON."""
    kind, id_ = reads.find(connection, name)
    if kind == "claim":
        claims, _ = reads.judged_claims(connection)
        if judged := claims.get(id_) or reads.judged_suggestions(connection).get(id_):
            label = listing.first_labels(connection)[judged.source.document]
            return listing.judged_row(judged, label, evidence=True)
        return {**to_json(reads.claims_by_id(connection, [id_])[id_]), "id": id_, "state": "former"}
    if kind == "judgement":
        return listing.judgement_row(id_, _judgement(connection, id_))
    if kind == "document":
        document: Document = reads.document(connection, id_)
        return {**to_json(document), "metadata": to_json(document.metadata)}
    for record in listing.incident_records(case, connection, rules):
        if record.incident.id == id_:
            return listing.incident_row(record, reads.sightings(connection))
    raise UnknownId(f"incident {id_} has no figures yet", hint="run `sijill build CASE`")


def _judgement(connection: Connection, id_: str) -> Judgement:
    return next(r.judgement for r in reads.judgements(connection) if r.id == id_)


def flattened(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted names and values, for a table; nothing is left out but what is empty.

    >>> list(flattened({"a": {"b": 1}, "c": [2, 3]}))
    [('a.b', '1'), ('c[0]', '2'), ('c[1]', '3')]
    """
    for key, value in data.items():
        yield from _flat(f"{prefix}{key}", value)


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from flattened(value, f"{name}.")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _flat(f"{name}[{i}]", item)
    elif value is not None and value != "":
        yield name, str(value)
