"""Derives the figures of every incident under every rule set from what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from sijill.core.incident import FigureVersion, Incident, IncidentRecord
from sijill.core.judgement import Matter
from sijill.core.state import JudgedClaim
from sijill.reconcile.figures import figures
from sijill.reconcile.records import Statement
from sijill.reconcile.regions import Places
from sijill.reconcile.rules import RuleSet
from sijill.reconcile.versions import Before, Decision, Decisions, newer
from sijill.store import pages, reads, schema
from sijill.store.case import Case
from sijill.store.writer import Writer, text


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """How many figures there are, and under which rule set."""

    rules: str
    figures: int


def reconcile(
    case: Case,
    writer: Writer,
    rules: RuleSet,
    places: Places,
    *,
    progress: Callable[[int, int | None], None] = lambda done, of: None,
) -> ReconcileReport:
    """Write every incident's figures under the rule set of the record; those of others are worked out when asked."""
    with case.connect() as connection:
        found = records(connection, rules, places)
    rows = [
        {"rules": rules.name, "incident": record.incident.id, "body": text(record), "position": i}
        for i, record in enumerate(found)
    ]
    progress(1, 1)
    with case.connect() as connection:
        changed = changes(connection, found)
    with writer.transaction() as t:
        t.derived(schema.incident_record, rows)
        t.figures(changed)
    return ReconcileReport(rules.name, sum(len(r.figures) for r in found))


def changes(connection: Connection, found: Sequence[IncidentRecord]) -> tuple[FigureVersion, ...]:
    """The figures that are not as they were last kept, with what is different beneath them."""
    before = {
        (k.version.incident, k.version.scope): Before(k.id, k.entry, k.version)
        for k in reads.figure_versions(connection)
    }
    earliest = min((b.entry for b in before.values()), default=0)

    def decided() -> Iterator[Decision]:
        made = reads.decisions_after(connection, earliest)
        undone = {d.judgement.subjects[0] for d in made if d.judgement.matter is Matter.UNDO}
        subjects = reads.subjects_of(connection, undone)
        for d in made:
            about = d.judgement.subjects
            yield Decision(d.id, d.entry, subjects.get(about[0], about))

    return tuple(newer(before, found, Decisions(decided)))


def records(connection: Connection, rules: RuleSet, places: Places) -> tuple[IncidentRecord, ...]:
    """Every incident with its figures under one rule set; reads nothing again and writes nothing."""
    said, voices = statements(connection), reads.origins(connection)
    return tuple(figures(incident, said, voices, rules, places) for incident in reads.incidents(connection))


def record_of(
    connection: Connection, incident: Incident, claims: Mapping[str, JudgedClaim], rules: RuleSet, places: Places
) -> IncidentRecord:
    """One incident with its figures under a rule set, from its claims alone: what `records` gives of it."""
    held = {id_: claims[id_] for id_ in incident.claims if id_ in claims}
    lines = pages.document_lines_of(connection, {c.source.document for c in held.values()})
    said = {}
    for id_, claim in held.items():
        line = lines[claim.source.document]
        about = line.metadata
        said[id_] = Statement(claim, line.entry, line.label, about.publisher, about.published)
    return figures(incident, said, pages.origins_of(connection, said), rules, places)


def statements(connection: Connection) -> dict[str, Statement]:
    """Every current claim as it stands, with when and by whom it was published, by id."""
    claims, _ = reads.judged_claims(connection)
    order = {id_: i for i, id_ in enumerate(reads.document_ids(connection))}
    documents = {d.id: d for d in reads.documents(connection, {c.source.document for c in claims.values()})}
    return {
        id_: Statement.of(c, documents[c.source.document], order=order[c.source.document]) for id_, c in claims.items()
    }
