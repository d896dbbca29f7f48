"""From the lowest to the highest that independent voices say of a scope: what every rule set starts from.

Basis: methods.md, section 8, rules 1, 2 and 5, a proposal of ours; min–max over sources is how Airwars and Iraq Body
Count print ranges ([V] and [S] there). What a single count asserts is for the rule set's conventions
(conventions.py); what is done with these bounds is the same for all:

- "at least n": n and more; "up to n": n and fewer; an open end takes no number from nowhere, so it neither raises
  `high` nor lowers `low` (rule 1, our wording). If every voice leaves the upper end open, the highest number said
  stands as `high`, and the reason says so. If every voice leaves the lower end open, `low` is 1, since harm is asserted
  (rule 1 leaves "1 or 0" open; 1 is our choice).
- a vague word never lowers `low`, and raises `high` only where it says more than every number; alone, it gives what
  the convention has for it. An allegation without a number counts only where there is not even a vague word, and only
  where a convention gives it a number.
- `best` is never given: rule sets choose it (choosing.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sijill.core.claim import Subset
from sijill.core.incident import GroupScope, SetAside
from sijill.reconcile.conventions import MORE_THAN_ONE
from sijill.reconcile.records import Evidence, Said, Settled
from sijill.reconcile.scopes import least_together

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


def span(evidence: Evidence) -> Settled:
    """The span over the voices that count the whole scope; over those that count parts of it where none does."""
    firm = [s for s in evidence.wholes if s.bounds.firm]
    parts = [s for s in evidence.parts if s.bounds.firm]
    loose = [s for s in (*evidence.wholes, *evidence.parts) if not s.bounds.firm]
    vague = [s for s in loose if s.statement.claim.count is not None]
    if firm:
        return _over_wholes(evidence, firm, parts, vague)
    if parts:
        return _over_parts(evidence, parts, vague)
    if loose:
        return _over_vague(evidence, vague or loose)
    return Settled(None, None, None, (), (), "no voice gives a number")


def _over_wholes(evidence: Evidence, firm: Sequence[Said], parts: Sequence[Said], vague: Sequence[Said]) -> Settled:
    worlds = [_world(s, [p for p in parts if p.voice == s.voice]) for s in firm]
    by_voice = _by_voice(p for p in parts if not _outdated(p, firm))
    said = max(w.highest for w in worlds)
    raising = [p for ps in by_voice.values() if _together(ps, highest=True) > said for p in ps]
    most = max((_together(ps, highest=True) for ps in by_voice.values()), default=0)
    low = 1 if all(w.low is None for w in worlds) else min(w.lowest for w in worlds)
    high = max(low, said, most, *(v.bounds.low or 0 for v in vague))
    # A vague word on all of them carries that it happened; on some, it matters only where it says more than the rest.
    on_all = {s.claim for s in evidence.wholes}
    heard = [s for s in vague if s.claim in on_all or (s.bounds.low or 0) > said]
    used = {s.claim: s for s in [*firm, *heard, *raising, *(p for w in worlds for p in w.raised_by)]}
    aside = _unheard(evidence, used, lambda p: _idle(p, firm))
    lines = [_low_line(low, worlds), _high_line(high, said, worlds, raising, heard)]
    lines += [w.whole.bounds.convention for w in worlds if w.whole.bounds.convention]
    return Settled(low, None, high, claims_of(used.values()), aside, _joined(lines))


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


def _unheard(evidence: Evidence, used: Container[str], why: Callable[[Said], str]) -> tuple[SetAside, ...]:
    """The claims of the evidence that nothing rests on, with the reason."""
    aside = []
    for s in (*evidence.wholes, *evidence.parts):
        if s.claim not in used:
            wordless = s.statement.claim.count is None
            aside.append(SetAside(s.claim, "gives no number, where others give one" if wordless else why(s)))
    return tuple(aside)


def _over_vague(evidence: Evidence, vague: Sequence[Said]) -> Settled:
    """Nobody gives a number: what the convention has for the words, from the lowest to the highest."""
    low = min(v.bounds.low or 0 for v in vague)
    highs = [v.bounds.high for v in vague]
    high = None if None in highs else max(h for h in highs if h is not None)
    wordless = all(v.statement.claim.count is None for v in vague)
    first = "no voice gives a number or a word for one" if wordless else "no voice gives a number, only a vague word"
    lines = [first if high is not None else f"{first}: more than one, and no upper end"]
    lines += [v.bounds.convention for v in vague if v.bounds.convention and high is not None]
    return Settled(low, None, high, claims_of(vague), _unheard(evidence, claims_of(vague), _vague_part), _joined(lines))


def _vague_part(said: Said) -> str:
    return f"counts only {_whom(said)}"


def _over_parts(evidence: Evidence, parts: Sequence[Said], vague: Sequence[Said]) -> Settled:
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
    high = max(low, least_together(highest), *(v.bounds.low or 0 for v in vague))
    lines = [
        f"no voice counts them all, only {_whom_all(parts)}: at least so many",
        f"low {low}: by the lowest counts, without adding one voice's to another's",
        f"high {high}: the highest counts of the parts together; no voice gives an upper end, so they stand for it",
    ]
    lines += [p.bounds.convention for p in parts if p.bounds.convention]
    used = claims_of([*parts, *vague])
    return Settled(low, None, high, used, _unheard(evidence, used, _vague_part), _joined(lines))


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


def claims_of(said: Iterable[Said]) -> tuple[str, ...]:
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
        says = "more than one" if high == MORE_THAN_ONE else "at least so many"
        return f"high {high}: {_names(vague)} says {says}"
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
