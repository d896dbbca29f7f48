"""What each voice says of each cell: its latest statement, once, however many reports carry it.

Source: methods.md, section 8, rule 2 (a proposal of ours): claims with the same root are one voice; take its latest
version; earlier ones become history. The details below are our own conventions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sijill.core.claim import Claim, Count, Harm
from sijill.core.incident import SetAside
from sijill.core.quantity import Qualifier
from sijill.core.state import ClaimState, Origin
from sijill.reconcile.records import Bounds, Cell, Moment, Said, Statement
from sijill.reconcile.scopes import cell_of

Value = tuple[int | None, int | None, Qualifier, str]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What each voice says of each cell, and the claims that say nothing more, with the reason.

    `voices` are all that tell of people killed or harmed, those without a number among them.
    """

    said: tuple[Said, ...]
    aside: tuple[SetAside, ...]
    voices: frozenset[str] = frozenset()


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


def hear(
    statements: Iterable[Statement],
    origins: Mapping[str, Origin],
    read: Callable[[Claim], Bounds | None],
    cell: Callable[[Claim], Cell] = cell_of,
) -> Hearing:
    """The standing statement of each voice on each cell, of an incident's claims.

    `read` is what the rule set takes a claim to assert, `None` for no number; `cell` is whom it takes a claim to count.
    Every claim given is in `said` or in `aside`, and in one of them.
    """
    ordered = sorted(statements, key=lambda s: s.position)
    counting = {s.id: s for s in ordered if s.judged.counts}
    aside: list[SetAside] = []
    by_voice: dict[tuple[Cell, str], list[Statement]] = defaultdict(list)
    for s in ordered:
        if reason := _no_statement(s, counting, read, cell):
            aside.append(SetAside(s.id, reason))
        else:
            by_voice[cell(s.claim), _voice(s, origins)].append(s)
    said: list[Said] = []
    for (whom, voice), rows in by_voice.items():
        latest, others = _latest(rows, read)
        name = origins[latest.stands.id].name if latest.stands.id in origins else latest.stands.report
        said.append(Said(latest.stands, voice, name, whom, latest.bounds, latest.moment))
        aside += others
    people = [s for s in ordered if s.judged.counts and s.claim.harm in (Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS)]
    voices = frozenset(_voice(s, origins) for s in people)
    return Hearing(tuple(said), tuple(sorted(aside, key=lambda a: a.claim)), voices)


def _voice(statement: Statement, origins: Mapping[str, Origin]) -> str:
    origin = origins.get(statement.id)
    return origin.voice if origin is not None else f"report {statement.document}"


def _no_statement(
    s: Statement,
    counting: Mapping[str, Statement],
    read: Callable[[Claim], Bounds | None],
    cell: Callable[[Claim], Cell],
) -> str:
    """Why a claim says nothing of a number, "" where it does."""
    if s.judged.state is ClaimState.REJECTED:
        return "rejected by a person"
    if s.judged.set_aside:
        return f"its source was set aside: {s.judged.set_aside}"
    if read(s.claim) is None:
        return "gives no number"
    if s.judged.replaced_by is not None:
        return f"a person confirmed claim {s.judged.replaced_by[:12]} of the same words"
    if s.judged.unconfirmed:
        return "its number was read in a picture, and no person has confirmed it"
    whole = counting.get(s.claim.part_of or "")
    if whole is None or whole.id == s.id or whole.claim.count is None:
        return ""
    if cell(whole.claim) == cell(s.claim):
        return "counts some of those whom another count of the same report counts"
    return ""


def _latest(rows: Sequence[Statement], read: Callable[[Claim], Bounds | None]) -> tuple[Version, list[SetAside]]:
    """The version that stands of what one voice said of one cell, and why the others do not.

    A number outranks a vague word; of numbers the one that was first said last; within one report the largest; one
    victim told of singly never replaces a count of several.
    """
    versions = _versions(rows, read)
    firm = [v for v in versions if v.bounds.firm] or versions
    several = [v for v in firm if not v.single] or firm
    last = max(v.moment for v in several)
    latest = max(
        (v for v in several if v.moment == last), key=lambda v: (v.bounds.highest, v.bounds.lowest, v.stands.id)
    )
    aside = [SetAside(s.id, _repeats(s, latest.stands)) for s in latest.repeats]
    lower = _lower_end(latest, several)
    for v in versions:
        if v is not latest:
            reason = "gives the lower end of the same report's range" if v is lower else _passed_over(v, latest)
            aside += [SetAside(s.id, reason) for s in (v.stands, *v.repeats)]
    if lower is None:
        return latest, aside
    return replace(latest, bounds=replace(latest.bounds, low=lower.bounds.low)), aside


def _lower_end(latest: Version, several: Sequence[Version]) -> Version | None:
    """The "at least 13" that belongs to an "as many as 46" of the same report: together they are 13 to 46."""
    if latest.bounds.low is not None or latest.bounds.high is None:
        return None
    found = [v for v in several if v.moment == latest.moment and v.bounds.high is None and v.bounds.low is not None]
    return next((v for v in found if (v.bounds.low or 0) <= latest.bounds.high), None)


def _versions(rows: Sequence[Statement], read: Callable[[Claim], Bounds | None]) -> list[Version]:
    """The values that a voice gave; of "at least 8" and "8" the exact one stands, of equals the first."""
    by_value: dict[Value, list[Statement]] = defaultdict(list)
    for s in rows:
        by_value[_value(s.claim.count)].append(s)
    found = []
    for same in by_value.values():
        dated = [s for s in same if s.moment[0]] or same
        exact = [s for s in dated if not _open_above(s)] or dated
        stands = min(exact, key=lambda s: (s.moment, s.position))
        repeats = tuple(s for s in same if s is not stands)
        bounds = read(stands.claim)
        assert bounds is not None, "claims without a number were set aside before"
        found.append(Version(stands, bounds, repeats, min(s.moment for s in dated)))
    return found


def _open_above(s: Statement) -> bool:
    return s.claim.count is not None and s.claim.count.qualifier is Qualifier.AT_LEAST


def _value(count: Count | None) -> Value:
    """What makes two counts one: reports that pass a number on drop its "at least"."""
    if count is None:
        return (None, None, Qualifier.VAGUE, "")
    if count.qualifier in (Qualifier.EXACT, Qualifier.AT_LEAST):
        return (count.low, count.low, Qualifier.EXACT, "")
    words = " ".join(count.text.casefold().split()) if count.qualifier is Qualifier.VAGUE else ""
    return (count.low, count.high, count.qualifier, words)


def _repeats(s: Statement, stands: Statement) -> str:
    if s.document == stands.document:
        return "repeats a count of the same report"
    return f"repeats the same voice's count, as in: {stands.report}"


def _passed_over(v: Version, latest: Version) -> str:
    if latest.stands.claim.count is not None and v.stands.claim.count is None:
        return "gives no number, where the same voice gives one"
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
