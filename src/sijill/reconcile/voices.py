"""What each voice says of each cell: its latest statement, once, however many reports carry it.

Source: methods.md, section 8, rule 2 (a proposal of ours): claims with the same root are one voice; take its latest
version; earlier ones become history. The details below are our own conventions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sijill.core.claim import Count
from sijill.core.incident import SetAside
from sijill.core.quantity import Qualifier
from sijill.core.state import ClaimState, Origin
from sijill.reconcile.records import Bounds, Cell, Moment, Said, Statement
from sijill.reconcile.scopes import cell_of

Value = tuple[int | None, int | None, Qualifier, str]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What each voice says of each cell, and the claims that say nothing more, with the reason."""

    said: tuple[Said, ...]
    aside: tuple[SetAside, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One value that a voice gave for a cell: the statement that stands for it, and the others that repeat it.

    `moment` is that of the first statement of the value, so that a late repeat revives nothing.
    """

    stands: Statement
    bounds: Bounds
    repeats: tuple[Statement, ...]
    moment: Moment

    @property
    def single(self) -> bool:
        """Whether it counts one victim."""
        return self.bounds.low == self.bounds.high == 1


def hear(statements: Iterable[Statement], origins: Mapping[str, Origin], bounds: Callable[[Count], Bounds]) -> Hearing:
    """The standing statement of each voice on each cell, of an incident's claims.

    `bounds` is the rule set's reading of a count. Every claim given is in `said` or in `aside`, and in one of them.
    """
    ordered = sorted(statements, key=lambda s: s.position)
    counting = {s.id: s for s in ordered if s.judged.counts}
    aside: list[SetAside] = []
    by_voice: dict[tuple[Cell, str], list[Statement]] = defaultdict(list)
    for s in ordered:
        if reason := _no_statement(s, counting):
            aside.append(SetAside(s.id, reason))
        else:
            by_voice[cell_of(s.claim), _voice(s, origins)].append(s)
    said: list[Said] = []
    for (cell, voice), rows in by_voice.items():
        latest, others = _latest(rows, bounds)
        name = origins[latest.stands.id].name if latest.stands.id in origins else latest.stands.report
        said.append(Said(latest.stands, voice, name, cell, latest.bounds, latest.moment))
        aside += others
    return Hearing(tuple(said), tuple(sorted(aside, key=lambda a: a.claim)))


def _voice(statement: Statement, origins: Mapping[str, Origin]) -> str:
    origin = origins.get(statement.id)
    return origin.voice if origin is not None else f"report {statement.document}"


def _no_statement(s: Statement, counting: Mapping[str, Statement]) -> str:
    """Why a claim says nothing of a number, "" where it does."""
    if s.judged.state is ClaimState.REJECTED:
        return "rejected by a person"
    if s.judged.set_aside:
        return f"its source was set aside: {s.judged.set_aside}"
    if s.claim.count is None:
        return "gives no number"
    whole = counting.get(s.claim.part_of or "")
    if whole is None or whole.id == s.id or whole.claim.count is None:
        return ""
    if cell_of(whole.claim) == cell_of(s.claim):
        return "counts some of those whom another count of the same report counts"
    return ""


def _latest(rows: Sequence[Statement], bounds: Callable[[Count], Bounds]) -> tuple[Version, list[SetAside]]:
    """The version that stands of what one voice said of one cell, and why the others do not.

    A number outranks a vague word; of numbers the one that was first said last; within one report the largest; one
    victim told of singly never replaces a count of several.
    """
    versions = _versions(rows, bounds)
    firm = [v for v in versions if v.bounds.firm] or versions
    several = [v for v in firm if not v.single] or firm
    last = max(v.moment for v in several)
    latest = max(
        (v for v in several if v.moment == last), key=lambda v: (v.bounds.highest, v.bounds.lowest, v.stands.id)
    )
    aside = [SetAside(s.id, _repeats(s, latest.stands)) for s in latest.repeats]
    for v in versions:
        if v is not latest:
            reason = _passed_over(v, latest)
            aside += [SetAside(s.id, reason) for s in (v.stands, *v.repeats)]
    return latest, aside


def _versions(rows: Sequence[Statement], bounds: Callable[[Count], Bounds]) -> list[Version]:
    """The values that a voice gave; of "at least 8" and "8" the exact one stands, of equals the first."""
    by_value: dict[Value, list[Statement]] = defaultdict(list)
    for s in rows:
        by_value[_value(_count(s))].append(s)
    found = []
    for same in by_value.values():
        dated = [s for s in same if s.moment[0]] or same
        exact = [s for s in dated if _count(s).qualifier is not Qualifier.AT_LEAST] or dated
        stands = min(exact, key=lambda s: (s.moment, s.position))
        repeats = tuple(s for s in same if s is not stands)
        found.append(Version(stands, bounds(_count(stands)), repeats, min(s.moment for s in dated)))
    return found


def _count(s: Statement) -> Count:
    assert s.claim.count is not None
    return s.claim.count


def _value(count: Count) -> Value:
    """What makes two counts one: reports that pass a number on drop its "at least"."""
    if count.qualifier in (Qualifier.EXACT, Qualifier.AT_LEAST):
        return (count.low, count.low, Qualifier.EXACT, "")
    words = " ".join(count.text.casefold().split()) if count.qualifier is Qualifier.VAGUE else ""
    return (count.low, count.high, count.qualifier, words)


def _repeats(s: Statement, stands: Statement) -> str:
    if s.document == stands.document:
        return "repeats a count of the same report"
    return f"repeats the same voice's count, as in: {stands.report}"


def _passed_over(v: Version, latest: Version) -> str:
    if latest.bounds.firm and not v.bounds.firm:
        return "a vague word, where the same voice gives a number"
    if v.single and not latest.single:
        return "one victim told of singly, taken as among those whom the same voice counts"
    if v.moment == latest.moment:
        return "the same report gives a larger count by the same voice"
    dated, day, *_ = latest.moment
    if not dated:
        return "superseded by the same voice in a later report"
    if v.moment[:2] == latest.moment[:2]:
        return "superseded by the same voice in a later report of the same day"
    return f"superseded by the same voice on {day.isoformat()}"
