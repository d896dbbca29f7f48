"""What stands after all judgements: pure functions from rows to state, so that undo is a row."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sijill.core.backend import BackEnd
from sijill.core.claim import Claim
from sijill.core.errors import InvalidRecord
from sijill.core.judgement import Decision, Judgement, Matter, corrected
from sijill.core.state import ClaimState, JudgedClaim

Key = tuple[Matter, tuple[str, ...]]
# Two incidents, or two claims, are one either way round.
EITHER_WAY = frozenset({Matter.INCIDENT, Matter.VOICE})
STATES = {
    Decision.ACCEPT: ClaimState.ACCEPTED,
    Decision.CORRECT: ClaimState.CORRECTED,
    Decision.REJECT: ClaimState.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A judgement with its id; rows are always in the order in which they were made."""

    id: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Standing:
    """The row that decides each matter and subjects, and those on claims that are gone, queued for a person."""

    rows: Mapping[Key, Row]
    orphans: tuple[Row, ...] = ()

    def of(self, matter: Matter) -> tuple[Row, ...]:
        """The deciding rows of one matter, in the order in which they were made."""
        return tuple(row for (m, _), row in self.rows.items() if m is matter)

    def judgements(self) -> tuple[Judgement, ...]:
        """The deciding judgements, about the claims that are current now."""
        return tuple(replace(row.judgement, subjects=about) for (_, about), row in self.rows.items())


def live(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that are not undone, without the undos."""
    gone = undone(rows)
    return tuple(r for r in rows if r.id not in gone and r.judgement.matter is not Matter.UNDO)


def undone(rows: Sequence[Row]) -> set[str]:
    """The ids of what is taken back, undos among them; an undo that is itself undone does nothing.

    Nor does one by the program, if what it would undo is a person's.
    """
    human = {row.id for row in rows if row.judgement.human}
    gone: set[str] = set()
    for row in reversed(rows):
        if row.judgement.matter is Matter.UNDO and row.id not in gone:
            (subject,) = row.judgement.subjects
            if row.judgement.human or subject not in human:
                gone.add(subject)
    return gone


def standing(rows: Sequence[Row], carried: Mapping[str, str | None]) -> Standing:
    """What decides each matter: any person's latest row, else the program's latest.

    `carried` leads from a claim that is no longer current to the one that took its place, or to `None`: then a
    person's row is an orphan, and the program's suggestion has nothing left to be about.
    """
    deciding: dict[Key, Row] = {}
    orphans: list[Row] = []
    for row in live(rows):
        subjects = [carried.get(s, s) for s in row.judgement.subjects]
        if None in subjects:
            orphans += [row] if row.judgement.human else []
            continue
        about = tuple(s for s in subjects if s is not None)
        matter = row.judgement.matter
        key = (matter, tuple(sorted(about)) if matter in EITHER_WAY else about)
        held = deciding.get(key)
        if held is None or row.judgement.human or not held.judgement.human:
            deciding.pop(key, None)
            deciding[key] = row
    return Standing(deciding, tuple(orphans))


def carry_over(
    current: Mapping[str, Claim],
    gone: Mapping[str, Claim],
    moved: Mapping[str, tuple[int, int] | None] = MappingProxyType({}),
) -> dict[str, str | None]:
    """For each claim that is gone, the current one of its document with the same harm and the most overlap.

    One to one: a current claim takes the place of one earlier claim of each extractor at most, nearest first. `moved`
    holds claims that were read in an earlier text of their document: where their words stand now, `None` for nowhere.
    """
    places: dict[tuple[str, str, bool, BackEnd], list[tuple[int, int, str]]] = defaultdict(list)
    for id_, claim in current.items():
        places[_alike(claim)].append((*_span(claim), id_))
    for found in places.values():
        found.sort()
    longest = {alike: max(end - start for start, end, _ in found) for alike, found in places.items()}
    options = [
        (max(start, new_start) - min(end, new_end), old_id, new_id)
        for old_id, old in gone.items()
        if (alike := _alike(old)) in places
        if (place := moved.get(old_id, _span(old))) is not None
        for start, end in [place]
        for new_start, new_end, new_id in _between(places[alike], start - longest[alike], end)
        if max(start, new_start) < min(end, new_end)
    ]
    carried: dict[str, str | None] = dict.fromkeys(gone)
    taken: set[tuple[str, str]] = set()
    for _, old_id, new_id in sorted(options):
        slot = (gone[old_id].extractor, new_id)
        if carried[old_id] is None and slot not in taken:
            carried[old_id] = new_id
            taken.add(slot)
    return carried


def _alike(claim: Claim) -> tuple[str, str, bool, BackEnd]:
    """What two claims must have in common: the document, the harm, whether they count, and what read them.

    What a person said of a model's claim is not about what the rules read at the same words, nor the other way round.
    """
    return claim.document, claim.harm, claim.count is None, claim.back_end


def _span(claim: Claim) -> tuple[int, int]:
    at = claim.count or claim.quote
    return at.start, at.end


def _between(places: list[tuple[int, int, str]], low: int, high: int) -> list[tuple[int, int, str]]:
    """The places that start in [low, high): a report may hold thousands, and comparing all pairs would take hours."""
    return places[bisect_left(places, (low,)) : bisect_left(places, (high,))]


def judged_claims(claims: Mapping[str, Claim], found: Standing) -> tuple[tuple[JudgedClaim, ...], tuple[Row, ...]]:
    """Each claim as it stands, and the corrections that no longer fit the claim that they were carried over to."""
    aside = {
        subjects[0]: row.judgement.reason or "set aside"
        for (matter, subjects), row in found.rows.items()
        if matter is Matter.SOURCE and row.judgement.decision is Decision.SET_ASIDE
    }
    judged: list[JudgedClaim] = []
    misfits: list[Row] = []
    for id_, claim in claims.items():
        reason, row = aside.get(claim.document, ""), found.rows.get((Matter.CLAIM, (id_,)))
        stands = claim
        if row is not None and row.judgement.changes:
            try:
                stands = corrected(claim, row.judgement.changes)
            except InvalidRecord:
                misfits.append(row)
                row = None
        state = STATES[row.judgement.decision] if row else ClaimState.PROPOSED
        unconfirmed = "" if row is not None and _confirms(row.judgement) else claim.unconfirmed
        judged.append(JudgedClaim(id_, claim, stands, state, row.id if row else None, reason, unconfirmed))
    return tuple(judged), tuple(misfits)


def _confirms(judgement: Judgement) -> bool:
    """Whether a person says what the number is: by accepting the claim, or by naming its count in a correction."""
    if not judgement.human or judgement.decision is Decision.REJECT:
        return False
    return judgement.decision is Decision.ACCEPT or any(c.field.partition(".")[0] == "count" for c in judgement.changes)


def confirmed_by_people(rows: Sequence[Row]) -> set[str]:
    """The claims that some person accepted or corrected, by rows that are not undone."""
    deciding = (Decision.ACCEPT, Decision.CORRECT)
    return {
        row.judgement.subjects[0]
        for row in live(rows)
        if row.judgement.matter is Matter.CLAIM and row.judgement.human and row.judgement.decision in deciding
    }


def mentioned(rows: Iterable[Row]) -> set[str]:
    """Every id that some judgement is about."""
    return {s for row in rows for s in row.judgement.subjects}
