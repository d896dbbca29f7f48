"""One document or one incident with all that a person looks at to judge it, read without the rest of the case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from sijill.core.backend import BackEnd
from sijill.core.document import Document
from sijill.core.errors import UnknownId
from sijill.core.incident import Incident, IncidentRecord
from sijill.core.judgement import Judgement
from sijill.core.state import JudgedClaim
from sijill.pipeline.containment import containment
from sijill.pipeline.places import case_gazetteer
from sijill.pipeline.rulesets import chosen
from sijill.publish.view import ClaimView, VersionView
from sijill.reconcile.rules import RuleSet, rule_sets
from sijill.reconcile.run import record_of
from sijill.store import pages, reads
from sijill.store.case import Case
from sijill.store.pages import DocumentLine, Made
from sijill.store.state import Row

__all__ = [
    "ClaimView",
    "DocumentSheet",
    "IncidentSheet",
    "Orphan",
    "RuledIncident",
    "VersionView",
    "claim_view",
    "document_sheet",
    "incident_sheet",
    "under_every_rule_set",
]


@dataclass(frozen=True, slots=True)
class Orphan:
    """A judgement whose claim is no longer read; `was` are the words that it was about."""

    id: str
    judgement: Judgement
    was: str


@dataclass(frozen=True, slots=True)
class DocumentSheet:
    """A document, its claims in the order of the text, what a model suggests, and what waits for a person.

    `incidents` are those that a claim of it is linked to, by id.
    """

    document: Document
    claims: tuple[ClaimView, ...]
    suggestions: tuple[ClaimView, ...]
    orphans: tuple[Orphan, ...]
    incidents: Mapping[str, Incident]
    read_by: str | None


@dataclass(frozen=True, slots=True)
class IncidentSheet:
    """An incident under the rule set of the record, its claims by id, its documents, and what was decided of it.

    `history` is how its figures stood, the earliest first.
    """

    record: IncidentRecord
    claims: Mapping[str, ClaimView]
    documents: Mapping[str, DocumentLine]
    made: tuple[Made, ...]
    history: tuple[VersionView, ...]


@dataclass(frozen=True, slots=True)
class RuledIncident:
    """An incident's figures under one rule set, and what that does."""

    about: str
    record: IncidentRecord


def document_sheet(connection: Connection, id_: str, near: Collection[str]) -> DocumentSheet:
    """A document by its whole id; `near` are incidents that may hold its claims. Raises UnknownId."""
    document = reads.document(connection, id_)
    claims, standing = pages.judged_claims_of(connection, [id_])
    suggested = pages.judged_suggestions_of(connection, [id_])
    rest = [c for c in suggested.values() if c.id not in claims]
    incidents = pages.incidents_named(connection, near)
    run = reads.last_extraction(connection, id_, BackEnd.RULES)
    return DocumentSheet(
        document,
        _views(connection, claims.values(), incidents.values()),
        _views(connection, rest, incidents.values()),
        _orphans(connection, standing.orphans),
        incidents,
        run.extractor if run else None,
    )


def claim_view(connection: Connection, id_: str, near: Collection[str]) -> ClaimView:
    """A claim of the record, or what a model suggests, by its whole id; raises UnknownId where it is not current."""
    source = reads.claims_by_id(connection, [id_]).get(id_)
    if source is not None:
        claims, _ = pages.judged_claims_of(connection, [source.document])
        judged = claims.get(id_) or pages.judged_suggestions_of(connection, [source.document]).get(id_)
        if judged is not None:
            (view,) = _views(connection, [judged], pages.incidents_named(connection, near).values())
            return view
    raise UnknownId(f"no claim {id_[:16]} is current", hint="a later reading may have replaced it")


def incident_sheet(connection: Connection, id_: str) -> IncidentSheet:
    """An incident by its whole id, under the rule set of the record; raises UnknownId where it has no figures."""
    record = pages.incident_record(connection, chosen(connection).rules.name, id_)
    if record is None:
        raise UnknownId(f"no incident {id_[:16]}", hint="`sijill incidents CASE` lists them")
    incident = record.incident
    claims, _ = pages.judged_claims_of(connection, incident.documents)
    held = [claims[c] for c in incident.claims if c in claims]
    views = {v.judged.id: v for v in _views(connection, held, [incident])}
    versions = reads.figure_versions(connection, id_)
    return IncidentSheet(
        record,
        views,
        pages.document_lines_of(connection, incident.documents),
        tuple(m for m in pages.made_about(connection, [id_, *incident.merged]) if m.judgement.human),
        tuple(VersionView(k.at, k.version) for k in versions),
    )


def under_every_rule_set(case: Case, connection: Connection, sheet: IncidentSheet) -> tuple[RuledIncident, ...]:
    """The incident's figures under the rule set of the record, then under every other one, by name."""
    claims = {id_: view.judged for id_, view in sheet.claims.items()}
    incident = sheet.record.incident
    named = [c.claim.place for c in claims.values()] + [incident.place]
    places = containment([p for p in named if p is not None], case_gazetteer(case))
    own: RuleSet = chosen(connection).rules
    others = [r for r in rule_sets() if r.name != own.name]
    found = [RuledIncident(r.about, record_of(connection, incident, claims, r, places)) for r in others]
    return (RuledIncident(own.about, sheet.record), *found)


def _views(
    connection: Connection, claims: Iterable[JudgedClaim], incidents: Iterable[Incident]
) -> tuple[ClaimView, ...]:
    found = list(claims)
    linked = list(incidents)
    origins = pages.origins_of(connection, [c.id for c in found])
    decided = pages.judgements_named(connection, [c.judgement for c in found if c.judgement])
    return tuple(
        ClaimView(c, origins.get(c.id), tuple(i.id for i in linked if c.id in i.claims), decided.get(c.judgement or ""))
        for c in found
    )


def _orphans(connection: Connection, rows: Iterable[Row]) -> tuple[Orphan, ...]:
    waiting = list(rows)
    claims = reads.claims_by_id(connection, {s for r in waiting for s in r.judgement.subjects})
    quotes = {r.id: [claims[s].quote.text for s in r.judgement.subjects if s in claims] for r in waiting}
    return tuple(Orphan(r.id, r.judgement, " ".join(quotes[r.id])) for r in waiting)
