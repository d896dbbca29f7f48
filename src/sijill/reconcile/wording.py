"""How contradictions and sums are said, for people who read the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sijill.core.incident import GroupScope
from sijill.reconcile.records import Bounds
from sijill.reconcile.regions import Places, Region, disjoint, relation

Said = tuple[str, str, Bounds, Region, str]
TWO = 2


def whom(region: Region, place: str) -> str:
    """Whom a region counts, in a few words, the harm left out.

    >>> from sijill.core.claim import Harm, Subset
    >>> day = dt.date(2031, 3, 4)
    >>> whom(Region(Harm.KILLED, GroupScope.ALL, Subset.WOMEN, "p1", day, day), "Tamrel")
    'women in Tamrel on 2031-03-04'
    """
    kind = "" if region.group is GroupScope.ALL else region.group.value
    people = " ".join(filter(None, (kind, region.subset.value.replace("_", " ")))) or "all"
    return " ".join(filter(None, (people, f"in {place}" if place else "", _days(region))))


def _days(region: Region) -> str:
    if region.start == dt.date.min or region.end == dt.date.max:
        return ""
    one = region.start.isoformat()
    return f"on {one}" if region.start == region.end else f"from {one} to {region.end.isoformat()}"


def sums_up(name: str, numbers: Sequence[int], parts: Sequence[str], whole: int) -> str:
    """That the parts which a voice gives add up to its own whole."""
    addends = " + ".join(f"{n:,}" for n in numbers)
    return f"{name}: {addends} = {whole:,}: its parts ({', '.join(parts)}) add up to its own total"


def contradiction(said: Sequence[Said], places: Places) -> str:
    """Why these numbers cannot all be true: by the whole and its parts where that is so, else by naming them all."""
    if len(said) == TWO:
        return _pair(said[0], said[1], places)
    for i, whole in enumerate(said):
        parts = [s for k, s in enumerate(said) if k != i]
        inside = all(relation(p[3], whole[3], places) in ("within", "same") for p in parts)
        if inside and disjoint([p[3] for p in parts], places):
            return _parts(whole, parts)
    return f"cannot all be true: {'; '.join(_words(s) for s in said)}"


def _pair(a: Said, b: Said, places: Places) -> str:
    kind = relation(a[3], b[3], places)
    if kind == "same" and a[0] == b[0]:
        return f"{_number(a)} ({a[1]}) contradicts {_number(b)} ({b[1]}), though both give {a[0]} as their source"
    if kind == "same":
        return f"{_words(a)} contradicts {_words(b)}: they count the same people"
    part, whole = (a, b) if kind == "within" else (b, a)
    return f"{_words(part)} is more than {_words(whole)}, though the one lies within the other"


def _parts(whole: Said, parts: Sequence[Said]) -> str:
    lows = [p[2].low or 0 for p in parts]
    names = ", ".join(f"{p[0]}: {whom(p[3], p[4])}" for p in parts)
    more = whole[2].high is not None and sum(lows) > whole[2].high
    numbers = lows if more else [p[2].highest for p in parts]
    addends = f"{' + '.join(f'{n:,}' for n in numbers)} = {sum(numbers):,}"
    return f"{addends} in parts ({names}) is {'more' if more else 'less'} than {_words(whole)}"


def _number(said: Said) -> str:
    low, high = said[2].low, said[2].high
    if low is None:
        return f"up to {high:,}"
    if high is None:
        return f"at least {low:,}"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _words(said: Said) -> str:
    return f"{_number(said)} ({said[0]}: {whom(said[3], said[4])})"
