"""Who repeats whom: the voices of a case with those who pass them on, and the reports that have text of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection

from sijill.core.state import JudgedClaim, Origin
from sijill.pipeline.listing import Row
from sijill.store import reads


def voice_rows(connection: Connection, incident: str = "") -> Iterator[Row]:
    """A row for each way that counts took from a voice to a report, the voices with most counts first.

    `through` are those who passed them on, nearest the voice first; `evidence` is why each is taken to be its count.
    """
    claims, _ = reads.judged_claims(connection)
    labels = {d.id: d.label for d in reads.documents(connection)}
    within = {c for i in reads.incidents(connection) if i.id == incident for c in i.claims}
    origins = {c: o for c, o in reads.origins(connection).items() if c in claims and (not incident or c in within)}
    counts: dict[str, int] = defaultdict(int)
    edges: dict[tuple[str, tuple[str, ...], str], list[tuple[JudgedClaim, Origin]]] = defaultdict(list)
    for id_, origin in origins.items():
        counts[origin.voice] += 1
        edges[origin.voice, origin.through, claims[id_].source.document].append((claims[id_], origin))
    for (voice, through, document), told in sorted(
        edges.items(), key=lambda e: (-counts[e[0][0]], e[0][0], e[0][1], labels[e[0][2]])
    ):
        yield {
            "voice": voice,
            "name": told[0][1].name,
            "through": list(through),
            "report": labels[document],
            "document": document,
            "claims": sorted(c.id for c, _ in told),
            "evidence": sorted({o.reason for _, o in told}),
        }


def repeat_rows(connection: Connection, incident: str = "") -> Iterator[Row]:
    """A row for each report that has text of an earlier one, with the longest passage that stands in both."""
    labels = {d.id: d.label for d in reads.documents(connection)}
    within = {d for i in reads.incidents(connection) if i.id == incident for d in i.documents}
    for repeat in reads.repetitions(connection):
        if not incident or {repeat.later, repeat.earlier} <= within:
            yield {
                "later": labels[repeat.later],
                "earlier": labels[repeat.earlier],
                "sharing": repeat.sharing.value,
                "shared": repeat.shared,
                "score": repeat.score,
                "passage": {"text": repeat.passage.text, "start": repeat.passage.start, "end": repeat.passage.end},
                "source": {"text": repeat.source.text, "start": repeat.source.start, "end": repeat.source.end},
                "reason": repeat.reason,
            }
