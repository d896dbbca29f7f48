"""Rows for other programs and for tables: claims, incidents, documents, judgements, in the contracts' shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from sijill.core.claim import Claim
from sijill.core.document import Sighting
from sijill.core.errors import UnknownId
from sijill.core.incident import Figure, IncidentRecord
from sijill.core.judgement import Judgement
from sijill.core.place import Place
from sijill.core.state import JudgedClaim
from sijill.core.wire import to_json
from sijill.pipeline.containment import places_of
from sijill.reconcile.rules import RuleSet
from sijill.reconcile.run import records
from sijill.store import reads
from sijill.store.case import Case

Row = dict[str, Any]


def claim_row(id_: str, claim: Claim, label: str, *, evidence: bool = False) -> Row:
    """A claim as `sijill extract` prints it: the contract's fields, then what it is part of.

    `label` is the file's stem or the report's id; `unconfirmed` says why its number counts only once a person confirms
    it, "" where it needs none. With `evidence`, also which rule and words gave each field.
    """
    row = {"id": id_, **to_json(claim), "document": label, "unconfirmed": claim.unconfirmed}
    if not evidence:
        del row["evidence"]
    return row


def claim_rows(
    connection: Connection,
    *,
    document: str | None = None,
    uncounted: bool = False,
    suggested: bool = False,
    evidence: bool = False,
) -> Iterator[Row]:
    """The current claims of a case as they stand, each with its state; uncounted allegations only if asked for.

    With `suggested`, instead, those that a language model read, which nobody has to believe.
    """
    claims = reads.judged_suggestions(connection) if suggested else reads.judged_claims(connection)[0]
    labels = first_labels(connection)
    for judged in claims.values():
        if (document is None or judged.claim.document == document) and (uncounted or judged.claim.count):
            yield judged_row(judged, labels[judged.claim.document], evidence=evidence)


def judged_row(judged: JudgedClaim, label: str, *, evidence: bool = False) -> Row:
    """A claim as it stands, with its state and who decided it."""
    row = claim_row(judged.id, judged.claim, label, evidence=evidence)
    state = {"state": str(judged.state), "set_aside": judged.set_aside, "unconfirmed": judged.unconfirmed}
    return {**row, **state, "replaced_by": judged.replaced_by}


def incident_rows(case: Case, connection: Connection, rules: RuleSet) -> Iterator[Row]:
    """The incidents with their figures under a rule set, in the contract's shape."""
    sightings = reads.sightings(connection)
    for record in incident_records(case, connection, rules):
        yield incident_row(record, sightings)


def incident_records(case: Case, connection: Connection, rules: RuleSet) -> tuple[IncidentRecord, ...]:
    """The incidents with their figures under a rule set: as stored for the record's, worked out now for another's."""
    stored = reads.incident_records(connection, rules.name)
    return stored or records(connection, rules, places_of(case, connection))


def incident_row(record: IncidentRecord, sightings: dict[str, tuple[Sighting, ...]]) -> Row:
    """One incident in the contract's shape; `documents` names every sighting."""
    incident = record.incident
    period = incident.period
    return {
        "id": incident.id,
        "label": incident.label,
        "documents": [s.label for d in incident.documents for s in sightings[d]],
        "claims": list(incident.claims),
        "place": _place_row(incident.place),
        "period": {"start": to_json(period.start), "end": to_json(period.end)} if period else None,
        "grade": str(record.grade),
        "perpetrators": list(record.perpetrators),
        "figures": [figure_row(f) for f in record.figures],
        "rules": record.rules,
        "merged": list(incident.merged),
        "part_of": incident.part_of,
    }


def figure_row(figure: Figure) -> Row:
    """One figure in the contract's shape."""
    return {
        "harm": str(figure.scope.harm),
        "group": str(figure.scope.group),
        "subset": str(figure.scope.subset),
        "low": figure.low,
        "best": figure.best,
        "high": figure.high,
        "voices": figure.voices,
        "claims": list(figure.claims),
        "set_aside": [to_json(s) for s in figure.set_aside],
    }


def document_rows(connection: Connection) -> Iterator[Row]:
    """The documents in the order in which they were added, with what was read of and in them."""
    extractions = reads.current_extractions(connection)
    counted: dict[str, int] = {}
    for claim in reads.claims(connection).values():
        counted[claim.document] = counted.get(claim.document, 0) + (claim.count is not None)
    for document in reads.documents(connection):
        run, metadata = extractions.get(document.id), document.metadata
        yield {
            "id": document.id,
            "label": document.label,
            "title": metadata.title,
            "publisher": metadata.publisher,
            "url": metadata.url,
            "language": metadata.language,
            "published": metadata.published,
            "media_type": document.reading.media_type,
            "size": document.size,
            "sightings": len(document.sightings),
            "claims": counted.get(document.id, 0) if run else None,
            "extractor": run.extractor if run else None,
            "notes": [to_json(n) for n in document.reading.notes],
        }


def judgement_row(id_: str, judgement: Judgement) -> Row:
    """One judgement, its id first."""
    return {"id": id_, **to_json(judgement)}


def document_of(connection: Connection, name: str) -> str:
    """The id of the document that a name, id or beginning of one means; raises UnknownId."""
    kind, id_ = reads.find(connection, name)
    if kind != "document":
        raise UnknownId(f"{name[:80]!r} is a {kind}, not a document", hint="`sijill show CASE` lists the documents")
    return id_


def first_labels(connection: Connection) -> dict[str, str]:
    """The label of each document's first sighting."""
    return {id_: seen[0].label for id_, seen in reads.sightings(connection).items()}


def _place_row(place: Place | None) -> Row | None:
    if place is None:
        return None
    return {"text": place.text, "lat": place.lat, "lon": place.lon, "precision": place.precision}
