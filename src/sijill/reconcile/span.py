"""The rule set `span`: from the lowest to the highest that independent voices say, and nothing more.

Basis: methods.md, section 8, rules 1, 2 and 5, a proposal of ours that no recorder publishes as its own; min–max over
sources is how Airwars and Iraq Body Count print ranges ([V] and [S] there). Conventions, each from methods.md:

- exact: as written. "at least n": n and more; "up to n": n and fewer; an open end takes no number from nowhere, so it
  neither raises `high` nor lowers `low` (rule 1, our wording). If every voice leaves the upper end open, the highest
  number said stands as `high`, and the reason says so. If every voice leaves the lower end open, `low` is 1, since harm
  is asserted (rule 1 leaves "1 or 0" open; 1 is our choice).
- "about n": n less and more 10 %, whole numbers inside (rule 1).
- a vague word says only "more than one" (methods.md, "What comes with the numbers"): 2 and more, no number. It never
  lowers `low`; alone, it gives low 2 and no high.
- `best` is never given, and nothing is graded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sijill.core.claim import Count, Subset
from sijill.core.incident import Figure, Grade, GroupScope, SetAside
from sijill.core.quantity import Qualifier
from sijill.reconcile.records import Bounds, Evidence, Said, Settled, Statement
from sijill.reconcile.scopes import least_together

ABOUT_PERCENT = 10
MORE_THAN_ONE = 2

Part = tuple[GroupScope, Subset]


@dataclass(frozen=True, slots=True)
class World:
    """What one voice says of a scope, its counts of parts taken in: `low` and `high` as numbers, `None` where open."""

    whole: Said
    low: int | None
    high: int | None
    raised_by: tuple[Said, ...] = ()

    @property
    def lowest(self) -> int:
        """The lowest number in it."""
        return self.low if self.low is not None else self.high or 0

    @property
    def highest(self) -> int:
        """The highest number in it."""
        return self.high if self.high is not None else self.low or 0


@dataclass(frozen=True, slots=True)
class Span:
    """Low and high over independent voices; see the module."""

    @property
    def name(self) -> str:
        """`span`."""
        return "span"

    @property
    def about(self) -> str:
        """What it does."""
        return (
            "From the lowest to the highest that independent voices say, each by its latest count. No best figure and "
            "no grade. Our own rule set, after the ranges that recorders print."
        )

    def bounds(self, count: Count) -> Bounds:
        """What a count asserts: as written, "about" widened by 10 %, a vague word as more than one."""
        match count.qualifier:
            case Qualifier.VAGUE:
                return Bounds(MORE_THAN_ONE, None, firm=False, convention="a vague word says only “more than one”")
            case Qualifier.ABOUT:
                n = count.low or 0
                low, high = -(-n * (100 - ABOUT_PERCENT) // 100), n * (100 + ABOUT_PERCENT) // 100
                return Bounds(low, high, convention=f"“about {n}” is taken as {low} to {high}, 10 % either way")
            case Qualifier.AT_LEAST | Qualifier.AT_MOST | Qualifier.BETWEEN | Qualifier.EXACT:
                return Bounds(count.low, count.high)

    def settle(self, evidence: Evidence) -> Settled:
        """The span over the voices that count the whole scope; over those that count parts of it where none does."""
        firm = [s for s in evidence.wholes if s.bounds.firm]
        parts = [s for s in evidence.parts if s.bounds.firm]
        vague = [s for s in (*evidence.wholes, *evidence.parts) if not s.bounds.firm]
        if firm:
            return _over_wholes(evidence, firm, parts, vague)
        if parts:
            return _over_parts(parts, vague)
        if vague:
            reason = "no voice gives a number, only a vague word: more than one, and no upper end"
            return Settled(MORE_THAN_ONE, None, None, _claims(vague), (), reason)
        return Settled(None, None, None, (), (), "no voice gives a number")

    def grade(self, figures: Sequence[Figure], statements: Sequence[Statement]) -> Grade:
        """Nothing is graded."""
        return Grade.UNGRADED


def _over_wholes(evidence: Evidence, firm: Sequence[Said], parts: Sequence[Said], vague: Sequence[Said]) -> Settled:
    worlds = [_world(s, [p for p in parts if p.voice == s.voice]) for s in firm]
    by_voice = _by_voice(p for p in parts if not _outdated(p, firm))
    said = max(w.highest for w in worlds)
    raising = [p for ps in by_voice.values() if _together(ps, highest=True) > said for p in ps]
    most = max((_together(ps, highest=True) for ps in by_voice.values()), default=0)
    low = 1 if all(w.low is None for w in worlds) else min(w.lowest for w in worlds)
    high = max(low, said, most, MORE_THAN_ONE if vague else 0)
    # A vague word on all of them carries that it happened; on some, it matters only where it says more than the rest.
    on_all = {s.claim for s in evidence.wholes}
    heard = [s for s in vague if s.claim in on_all or said < MORE_THAN_ONE]
    used = {s.claim: s for s in [*firm, *heard, *raising, *(p for w in worlds for p in w.raised_by)]}
    aside = tuple(SetAside(p.claim, _idle(p, firm)) for p in evidence.parts if p.claim not in used)
    lines = [_low_line(low, worlds), _high_line(high, said, worlds, raising, heard)]
    lines += [w.whole.bounds.convention for w in worlds if w.whole.bounds.convention]
    return Settled(low, None, high, _claims(used.values()), aside, _joined(lines))


def _world(whole: Said, parts: Sequence[Said]) -> World:
    """A voice's count of the whole, with its counts of parts that are no older: they raise its lower end."""
    newer = [p for p in parts if p.moment >= whole.moment]
    low, high = whole.bounds.low, whole.bounds.high
    least = _together(newer, highest=False)
    if least <= (low or 0):
        return World(whole, low, high)
    if high is not None and least > high:
        # The voice contradicts itself: its parts are more than its whole. Both numbers stand, as a range.
        return World(whole, low if low is not None else high, least, tuple(newer))
    return World(whole, least, high, tuple(newer))


def _outdated(part: Said, wholes: Iterable[Said]) -> bool:
    """Whether the same voice has since counted the whole."""
    return any(w.voice == part.voice and w.moment > part.moment for w in wholes)


def _idle(part: Said, wholes: Iterable[Said]) -> str:
    if _outdated(part, wholes):
        return f"counts only {_whom(part)}, and the same voice has since counted all"
    return f"counts only {_whom(part)}: within the counts of all, and bounds them no further"


def _over_parts(parts: Sequence[Said], vague: Sequence[Said]) -> Settled:
    """Nobody counts the whole: it is at least its parts.

    Low: the largest part by its lowest count, or the least that any one voice's parts make together; voices are never
    added to one another for it, since two may describe one victim differently. High: the highest counts of the parts
    together.
    """
    cells: dict[Part, list[Said]] = defaultdict(list)
    for p in parts:
        cells[p.cell.group, p.cell.subset].append(p)
    lowest = [min((p.bounds.low for p in ps if p.bounds.low is not None), default=0) for ps in cells.values()]
    highest = {cell: max(p.bounds.highest for p in ps) for cell, ps in cells.items()}
    least = min(_together(ps, highest=False) for ps in _by_voice(parts).values())
    low = max([1, least, *lowest])
    high = max(low, least_together(highest), MORE_THAN_ONE if vague else 0)
    lines = [
        f"no voice counts them all, only {_whom_all(parts)}: at least so many",
        f"low {low}: by the lowest counts, without adding one voice's to another's",
        f"high {high}: the highest counts of the parts together; no voice gives an upper end, so they stand for it",
    ]
    lines += [p.bounds.convention for p in parts if p.bounds.convention]
    return Settled(low, None, high, _claims([*parts, *vague]), (), _joined(lines))


def _together(parts: Iterable[Said], *, highest: bool) -> int:
    """The least that the parts of one voice make together, by their lower or their upper ends."""
    numbers: dict[Part, int] = {}
    for p in parts:
        numbers[p.cell.group, p.cell.subset] = p.bounds.highest if highest else p.bounds.low or 0
    return least_together(numbers)


def _by_voice(parts: Iterable[Said]) -> Mapping[str, list[Said]]:
    found: dict[str, list[Said]] = defaultdict(list)
    for p in parts:
        found[p.voice].append(p)
    return found


def _claims(said: Iterable[Said]) -> tuple[str, ...]:
    """The claims that these rest on, in the order of the reports and of the text."""
    statements = {s.claim: s.statement for s in said}.values()
    return tuple(s.id for s in sorted(statements, key=lambda s: s.position))


def _whom(said: Said) -> str:
    group, subset = said.cell.group, said.cell.subset
    if subset is Subset.ALL:
        return group.value
    kind = "" if group is GroupScope.ALL else group.value.removesuffix("s") + " "
    return kind + subset.value.replace("_", " ")


def _whom_all(said: Iterable[Said]) -> str:
    return ", ".join(sorted({_whom(s) for s in said}))


def _low_line(low: int, worlds: Sequence[World]) -> str:
    if all(w.low is None for w in worlds):
        return "low 1: every voice gives an upper end only, and harm is asserted"
    who = _names(w.whole for w in worlds if w.lowest == low)
    part = next((w for w in worlds if w.lowest == low and w.raised_by), None)
    if part is not None:
        return f"low {low}: {who}, whose counts of {_whom_all(part.raised_by)} raise it"
    return f"low {low}: {who}"


def _high_line(high: int, said: int, worlds: Sequence[World], raising: Sequence[Said], vague: Sequence[Said]) -> str:
    if high > said and raising:
        contradiction = f"more {_whom_all(raising)} than any voice counts in all (one of them is wrong or older)"
        return f"high {high}: {_names(raising)}: {contradiction}"
    if high > said and vague:
        return f"high {high}: {_names(vague)} says more than one"
    line = f"high {high}: {_names(w.whole for w in worlds if w.highest == high)}"
    if all(w.high is None for w in worlds):
        return f"{line}; no voice gives an upper end, so the highest number said stands for it"
    if any(w.high is None for w in worlds):
        return f"{line}; “at least” leaves the upper end open and does not raise it"
    return line


def _names(said: Iterable[Said]) -> str:
    return ", ".join(sorted({s.name for s in said}))


def _joined(lines: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(line for line in lines if line))
