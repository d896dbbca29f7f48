"""A case seen as a whole: the lists that no page can read for itself, and the queue of what most needs a look.

Worked out from everything, once for each state of the case, and kept in memory; it holds ids, numbers and short labels,
no text. Everything in it can be had again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from sijill.core.claim import Claim, Harm
from sijill.core.incident import Figure, Grade, IncidentRecord, Scope
from sijill.core.judgement import Matter
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.state import ClaimState, JudgedClaim
from sijill.pipeline.rulesets import chosen
from sijill.publish.context import headline
from sijill.store import pages, reads
from sijill.store.state import Standing

# Below this the reader itself doubts what it read.
LOW_CONFIDENCE = 0.6
LONGEST_QUEUE = 5_000
KM_APART = 30.0
DAYS_APART = 1


class Why(StrEnum):
    """Why something needs a look, the most pressing first."""

    ORPHANED = "orphaned"
    CONTRADICTION = "contradiction"
    NOTE = "note"
    UNCONFIRMED = "unconfirmed"
    EFFECT = "effect"
    CONFIDENCE = "confidence"
    NEW = "new"


class End(StrEnum):
    """Which end of a figure a claim gives alone; `BOTH` where it is the only one behind it."""

    LOW = "low"
    HIGH = "high"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to look: `text` in the program's own words where it has some.

    EFFECT: the claim alone gives an end of the figure of `scope`, which stands at `low` to `high`. CONFIDENCE: the
    reader's own is `confidence`.
    """

    why: Why
    text: str = ""
    scope: Scope | None = None
    end: End | None = None
    low: int | None = None
    high: int | None = None
    confidence: float | None = None

    @property
    def weight(self) -> float:
        """How much hangs on it, among reasons of one kind: the spread of the figure, or the doubt."""
        if self.why is Why.EFFECT:
            spread = (self.high or 0) - (self.low or 0)
            return float(spread or self.low or 0)
        return 1 - self.confidence if self.confidence is not None else 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """Something that needs a look, and why: a claim, an incident, a document or a judgement.

    `document` is where a claim was read, and `claim` the claim of a task about one, as it stands, without its text.
    """

    kind: str
    id: str
    reasons: tuple[Reason, ...]
    label: str = ""
    document: str = ""
    harm: Harm | None = None

    @property
    def order(self) -> tuple[int, float, int, str]:
        """Sorts tasks: by the most pressing reason, what hangs on it, and how many there are."""
        first = self.reasons[0]
        return (_RANK[first.why], -first.weight, -len(self.reasons), self.id)


_RANK = {why: n for n, why in enumerate(Why)}


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident as a list shows it; `killed` and `wounded` are figures for all, or else by group, without trace."""

    id: str
    label: str
    place: Place | None
    period: Period | None
    grade: Grade
    killed: tuple[Figure, ...]
    wounded: tuple[Figure, ...]
    documents: int
    claims: int
    contradictions: int

    @property
    def order(self) -> tuple[bool, str, str]:
        """Sorts incidents by day, those without a day last."""
        day = (self.period.start or self.period.end) if self.period else None
        return (day is None, day.isoformat() if day else "", self.id)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of everything there is; `judged` claims are those that a person decided on."""

    documents: int
    claims: int
    judged: int
    incidents: int
    voices: int


@dataclass(frozen=True, slots=True)
class Survey:
    """A case at one state: `state` changes whenever anything does."""

    state: tuple[int, tuple[tuple[str, str], ...]]
    rules: str
    counts: Counts
    incidents: tuple[IncidentLine, ...] = ()
    tasks: tuple[Task, ...] = ()
    of_document: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)

    def tasks_after(self, id_: str, limit: int) -> tuple[Task, ...]:
        """The tasks behind the one of that id, the most pressing first; from the first where it is none of them."""
        start = next((n for n, task in enumerate(self.tasks, 1) if task.id == id_), 0) if id_ else 0
        return self.tasks[start : start + limit]

    def incidents_after(self, id_: str, limit: int) -> tuple[IncidentLine, ...]:
        """The incidents behind the one of that id, by day; from the first where it is none of them."""
        found = next((line for line in self.incidents if line.id == id_), None) if id_ else None
        start = 0 if found is None else bisect_right(self.incidents, found.order, key=lambda line: line.order)
        return self.incidents[start : start + limit]

    def near(self, id_: str, limit: int) -> tuple[IncidentLine, ...]:
        """Other incidents whose day and place do not rule out that they are the same, the nearest first."""
        here = next((line for line in self.incidents if line.id == id_), None)
        if here is None:
            return ()
        apart = [(d, line.id, line) for line in self.incidents if line.id != id_ and (d := _apart(here, line))]
        return tuple(line for _, _, line in sorted(apart)[:limit])


def state_of(connection: Connection) -> tuple[int, tuple[tuple[str, str], ...]]:
    """What changes whenever anything in a case does: the size of its log, and the digests of what is derived."""
    return (reads.log_size(connection), pages.built_marks(connection))


def survey(connection: Connection) -> Survey:
    """Look through everything once: as long as a build's last stages take."""
    claims, standing = reads.judged_claims(connection)
    rules = chosen(connection).rules.name
    records = reads.incident_records(connection, rules)
    of_document: dict[str, list[str]] = defaultdict(list)
    for record in records:
        for document in record.incident.documents:
            of_document[document].append(record.incident.id)
    by_people = _decided_by_people(standing)
    voices = {o.voice for id_, o in reads.origins(connection).items() if id_ in claims and claims[id_].counts}
    return Survey(
        state=state_of(connection),
        rules=rules,
        counts=Counts(len(reads.document_ids(connection)), len(claims), len(by_people), len(records), len(voices)),
        incidents=tuple(sorted((_line(r) for r in records), key=lambda line: line.order)),
        tasks=tuple(sorted(_tasks(connection, claims, standing, records), key=lambda t: t.order)[:LONGEST_QUEUE]),
        of_document={d: tuple(ids) for d, ids in of_document.items()},
        merged={old: r.incident.id for r in records for old in r.incident.merged},
    )


def _decided_by_people(standing: Standing) -> set[str]:
    rows = standing.rows.items()
    return {about[0] for (matter, about), row in rows if matter is Matter.CLAIM and row.judgement.human}


def _line(record: IncidentRecord) -> IncidentLine:
    incident = record.incident
    return IncidentLine(
        id=incident.id,
        label=incident.label,
        place=incident.place,
        period=incident.period,
        grade=record.grade,
        killed=tuple(_bare(f) for f in headline(record, Harm.KILLED)),
        wounded=tuple(_bare(f) for f in headline(record, Harm.WOUNDED)),
        documents=len(incident.documents),
        claims=len(incident.claims),
        contradictions=len(record.account.contradictions),
    )


def _bare(figure: Figure) -> Figure:
    return Figure(figure.scope, figure.low, figure.best, figure.high, figure.voices, ())


def _apart(one: IncidentLine, other: IncidentLine) -> tuple[int, float] | None:
    """How many days and kilometres lie between two incidents, `None` where they cannot be one or nothing tells."""
    if one.period is None or other.period is None or one.place is None or other.place is None:
        return None
    days, km = one.period.gap(other.period), one.place.km_to(other.place)
    return (days, km) if days is not None and km is not None and days <= DAYS_APART and km <= KM_APART else None


def _tasks(
    connection: Connection, claims: Mapping[str, JudgedClaim], standing: Standing, records: Sequence[IncidentRecord]
) -> Iterator[Task]:
    for row in standing.orphans:
        yield Task("judgement", row.id, (Reason(Why.ORPHANED),), label=row.judgement.by)
    for record in records:
        if found := record.account.contradictions:
            reasons = tuple(Reason(Why.CONTRADICTION, text=c.reason) for c in found)
            yield Task("incident", record.incident.id, reasons, label=record.incident.label)
    yield from _claim_tasks(claims, records)
    yield from _document_tasks(connection, claims)


def _claim_tasks(claims: Mapping[str, JudgedClaim], records: Sequence[IncidentRecord]) -> Iterator[Task]:
    effects: dict[str, list[Reason]] = defaultdict(list)
    for record in records:
        for figure in record.figures:
            for id_, end in _alone(figure, claims):
                effects[id_].append(Reason(Why.EFFECT, "", figure.scope, end, figure.low, figure.high))
    for id_, judged in claims.items():
        # An unconfirmed number waits whatever was said of the claim; the rest only where nobody has judged.
        open_ = judged.state is ClaimState.PROPOSED and judged.stands
        reasons = [Reason(Why.UNCONFIRMED, judged.unconfirmed)] if judged.unconfirmed and judged.stands else []
        if open_:
            reasons += sorted(effects[id_], key=lambda r: -r.weight)[:3] if id_ in effects else []
            if judged.claim.count is not None and judged.source.confidence < LOW_CONFIDENCE:
                reasons.append(Reason(Why.CONFIDENCE, confidence=judged.source.confidence))
        if reasons:
            harm = judged.claim.harm
            yield Task("claim", id_, tuple(reasons), _amount(judged.claim), judged.source.document, harm)


def _amount(claim: Claim) -> str:
    return claim.count.text if claim.count else ""


def _alone(figure: Figure, claims: Mapping[str, JudgedClaim]) -> Iterator[tuple[str, End]]:
    """The claims without which an end of the figure would stand elsewhere; of two that give it, neither does alone."""
    used = [id_ for id_ in figure.claims if id_ in claims and claims[id_].claim.count is not None]
    if len(used) == 1:
        yield used[0], End.BOTH
        return
    if figure.low == figure.high:
        return
    for end, value in ((End.LOW, figure.low), (End.HIGH, figure.high)):
        holders = [id_ for id_ in used if value is not None and _end(claims[id_].claim, end) == value]
        if len(holders) == 1:
            yield holders[0], end


def _end(claim: Claim, end: End) -> int | None:
    count = claim.count
    if count is None:
        return None
    return count.low if end is End.LOW else count.high


def _document_tasks(connection: Connection, claims: Mapping[str, JudgedClaim]) -> Iterator[Task]:
    judged: dict[str, bool] = {}
    for claim in claims.values():
        document = claim.source.document
        judged[document] = judged.get(document, False) or claim.state is not ClaimState.PROPOSED
    before: int | None = None
    while lines := pages.document_lines(connection, before=before, limit=500):
        before = lines[-1].entry
        for line in lines:
            reasons = [Reason(Why.NOTE, n.text) for n in line.notes if n.severe]
            if line.id in judged and not judged[line.id]:
                reasons.append(Reason(Why.NEW))
            if reasons:
                yield Task("document", line.id, tuple(reasons), label=line.metadata.title or line.label)
