"""Finds the voice of each claim and the incident it belongs to, and records both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from sijill.core.clock import timestamp
from sijill.core.judgement import AUTO, Decision, Judgement, Matter
from sijill.link.derive import derive
from sijill.link.incidents import suggest
from sijill.link.origins import origins
from sijill.link.profiles import Report, dated
from sijill.link.records import Linkage, Reported
from sijill.link.repetitions import repetitions
from sijill.store import reads, schema
from sijill.store.case import Case
from sijill.store.writer import Writer, text


@dataclass(frozen=True, slots=True)
class LinkReport:
    """How many voices and incidents there are, and how many claims are linked to one or to none."""

    voices: int
    incidents: int
    linked: int
    unlinked: int


def link(
    case: Case, writer: Writer, *, progress: Callable[[int, int | None], None] = lambda done, of: None
) -> LinkReport:
    """Record the program's suggestions for claims that are in no incident yet, then derive incidents and voices."""
    with case.connect() as connection:
        reported, reports, linkage = material(connection)
    progress(0, len(reported))
    suggestions = suggest(reported, linkage, reports)
    at = timestamp(writer.clock)
    rows = [
        Judgement(
            Matter.MEMBERSHIP,
            (s.incident, s.claim),
            Decision.SAME if s.belongs else Decision.DIFFERENT,
            AUTO,
            at,
            s.reason,
            score=s.score,
        )
        for s in suggestions
    ]
    incidents = derive(reported, linkage.extended(suggestions), reports)
    repeats = repetitions(reports)
    found = origins(reported, repeats, linkage.voices)
    with writer.transaction() as t:
        t.suggestions(rows)
        t.derived(
            schema.repetition,
            [{"later": r.later, "earlier": r.earlier, "position": i, "body": text(r)} for i, r in enumerate(repeats)],
        )
        t.derived(
            schema.origin,
            [{"claim": o.claim, "position": i, "voice": o.voice, "body": text(o)} for i, o in enumerate(found)],
        )
        t.derived(
            schema.incident, [{"id": one.id, "position": i, "body": text(one)} for i, one in enumerate(incidents)]
        )
    progress(len(reported), len(reported))
    linked = {c for one in incidents for c in one.claims}
    counted = sum(r.claim.count is not None for r in reported)
    return LinkReport(len({o.voice for o in found}), len(incidents), len(linked), counted - len(linked))


def material(connection: Connection) -> tuple[tuple[Reported, ...], tuple[Report, ...], Linkage]:
    """All that linking goes by: the counted claims and the reports, in the order of the documents, and what stands."""
    claims, standing = reads.judged_claims(connection)
    order = {id_: i for i, id_ in enumerate(reads.document_ids(connection))}
    mentions = reads.mentions(connection)
    documents = {d.id: d for d in reads.documents(connection)}
    reported = tuple(
        Reported.of(c, documents[c.source.document], order=order[c.source.document])
        for c in claims.values()
        if c.claim.count is not None
    )
    reports = dated(Report.of(d, order=order[d.id], mentions=mentions.get(d.id)) for d in documents.values())
    return reported, reports, Linkage.of(standing.judgements())
