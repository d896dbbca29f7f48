"""Derives the figures of every incident under every rule set from what is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from sijill.core.incident import IncidentRecord
from sijill.reconcile.figures import figures
from sijill.reconcile.records import Statement
from sijill.reconcile.rules import RuleSet, rule_sets
from sijill.store import reads, schema
from sijill.store.case import Case
from sijill.store.writer import Writer, text


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """How many figures there are under each rule set."""

    figures: dict[str, int]


def reconcile(
    case: Case, writer: Writer, *, progress: Callable[[int, int | None], None] = lambda done, of: None
) -> ReconcileReport:
    """Write the figures of every incident under every rule set."""
    found: dict[str, tuple[IncidentRecord, ...]] = {}
    with case.connect() as connection:
        for i, rules in enumerate(rule_sets()):
            found[rules.name] = records(connection, rules)
            progress(i + 1, len(rule_sets()))
    rows = [
        {"rules": name, "incident": record.incident.id, "body": text(record)}
        for name, records_ in sorted(found.items())
        for record in records_
    ]
    with writer.transaction() as t:
        t.derived(schema.incident_record, [{**row, "position": i} for i, row in enumerate(rows)])
    return ReconcileReport({name: sum(len(r.figures) for r in rs) for name, rs in found.items()})


def records(connection: Connection, rules: RuleSet) -> tuple[IncidentRecord, ...]:
    """Every incident with its figures under one rule set; reads nothing again and writes nothing."""
    said, voices = statements(connection), reads.origins(connection)
    return tuple(figures(incident, said, voices, rules) for incident in reads.incidents(connection))


def statements(connection: Connection) -> dict[str, Statement]:
    """Every current claim as it stands, with when and by whom it was published, by id."""
    claims, _ = reads.judged_claims(connection)
    order = {id_: i for i, id_ in enumerate(reads.document_ids(connection))}
    documents = {d.id: d for d in reads.documents(connection, {c.source.document for c in claims.values()})}
    return {
        id_: Statement.of(c, documents[c.source.document], order=order[c.source.document]) for id_, c in claims.items()
    }
