"""What people decided of independence: two counts that are one voice after all, or two that are not.

The program's view of who repeats whom rests on names, text and numbers (origins.py, repetitions.py). A person may know
better: that a "resident" of one report is the "activist" of another, or that two outlets of one name counted apart.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sijill.core.claim import Harm, Subset
from sijill.core.state import Origin
from sijill.link.records import Pair, Reported

ONE = "a person judged that it goes back to the same source as a count in {}"
APART = "a person judged that it is independent of a count in {}"

Told = tuple[Harm, Subset, int | None, int | None]


def overruled(claims: Sequence[Reported], found: Sequence[Origin], rows: Iterable[Pair]) -> tuple[Origin, ...]:
    """The voices of the claims, in their order, after people's rows in the order in which they were decided.

    A row about two claims moves the later of them: to the voice of the earlier, or to one of its own. A row about two
    reports does so for each count of the later report that the earlier gives too, or, for one voice, for all of them.
    Rows about what is not given are passed over.
    """
    held = {c.id: c for c in claims}
    inside: dict[str, list[str]] = defaultdict(list)
    for c in claims:
        inside[c.document].append(c.id)
    voices = {o.claim: o for o in found}
    for row in rows:
        for earlier, later in _about(row, held, inside, voices):
            voices[later] = _judged(voices[earlier], voices[later], held[earlier], held[later], one=row.same)
    return tuple(voices[c.id] for c in claims)


def _about(
    row: Pair, held: Mapping[str, Reported], inside: Mapping[str, Sequence[str]], voices: Mapping[str, Origin]
) -> list[tuple[str, str]]:
    """The pairs of an earlier and a later claim that a row decides on."""
    if row.first in held and row.second in held:
        earlier, later = sorted((row.first, row.second), key=lambda c: (_age(held[c]), held[c].position))
        return [(earlier, later)]
    if row.first not in inside or row.second not in inside:
        return []
    first, second = sorted((row.first, row.second), key=lambda d: _age(held[inside[d][0]]))
    by_count: dict[Told, str] = {}
    for c in inside[first]:
        by_count.setdefault(_told(held[c]), c)
    if not row.same:
        spoken = {voices[c].voice: c for c in reversed(inside[first])}
        return [(spoken[voices[c].voice], c) for c in inside[second] if voices[c].voice in spoken]
    most = Counter(voices[c].voice for c in inside[first]).most_common(1)[0][0]
    usual = next(c for c in inside[first] if voices[c].voice == most)
    return [(by_count.get(_told(held[c]), usual), c) for c in inside[second]]


def _judged(earlier: Origin, later: Origin, first: Reported, second: Reported, *, one: bool) -> Origin:
    if one == (earlier.voice == later.voice):
        return later
    where = first.publisher or first.label or f"report {first.document[:12]}"
    if one:
        return replace(earlier, claim=later.claim, through=later.through, reason=ONE.format(where))
    teller = second.publisher or second.label or f"report {second.document[:12]}"
    voice = f"{later.voice} apart in {second.document}"
    return replace(later, voice=voice, name=f"{later.name} (as told by {teller})", reason=APART.format(where))


def _age(c: Reported) -> tuple[dt.date, int]:
    return (c.published or dt.date.max, c.order)


def _told(c: Reported) -> Told:
    count = c.claim.count
    return (c.claim.harm, c.claim.group.subset, count.low if count else None, count.high if count else None)
