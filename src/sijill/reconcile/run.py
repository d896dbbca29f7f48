"""Derives the figures of every incident under every rule set from what is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from sijill.core.incident import IncidentRecord
from sijill.reconcile.figures import figures
from sijill.reconcile.records import Statement
from sijill.reconcile.regions import Places
from sijill.reconcile.rules import RuleSet
from sijill.store import reads, schema
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
    with writer.transaction() as t:
        t.derived(schema.incident_record, rows)
    return ReconcileReport(rules.name, sum(len(r.figures) for r in found))


def records(connection: Connection, rules: RuleSet, places: Places) -> tuple[IncidentRecord, ...]:
    """Every incident with its figures under one rule set; reads nothing again and writes nothing."""
    said, voices = statements(connection), reads.origins(connection)
    return tuple(figures(incident, said, voices, rules, places) for incident in reads.incidents(connection))


def statements(connection: Connection) -> dict[str, Statement]:
    """Every current claim as it stands, with when and by whom it was published, by id."""
    claims, _ = reads.judged_claims(connection)
    order = {id_: i for i, id_ in enumerate(reads.document_ids(connection))}
    documents = {d.id: d for d in reads.documents(connection, {c.source.document for c in claims.values()})}
    return {
        id_: Statement.of(c, documents[c.source.document], order=order[c.source.document]) for id_, c in claims.items()
    }
