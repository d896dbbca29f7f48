"""Which harm a count is of: the words that govern it, shared among coordinated counts, and parts of wholes.

The rules run from the surest to the least sure, and each only fills in what the ones before left open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sijill.core.claim import Harm
from sijill.extract import governing, joining
from sijill.extract.assigned import Assigned as Assigned
from sijill.extract.assigned import Scope
from sijill.extract.exclude import forbidden_count, forbidden_trigger, speaks
from sijill.extract.marks import Marked
from sijill.extract.numbers import find_numbers
from sijill.extract.singles import find_singles
from sijill.extract.triggers import find_triggers
from sijill.extract.who import read_counted

RULES: tuple[Callable[[Scope], None], ...] = (
    governing.own,
    governing.in_frame,
    governing.possessed,
    governing.follows_verb,
    governing.relative_object,
    governing.precedes_verb,
    governing.among,
    governing.listed,
    governing.inverted_toll,
    governing.toll,
    governing.toll_joined,
    governing.alongside,
    governing.among_counted,
    joining.bracketed,
    joining.of_those,
    joining.parts,
    joining.summed,
    joining.coordination,
    joining.distributed,
    joining.parts,
    joining.coordination,
    joining.regroup,
)


@dataclass(frozen=True, slots=True)
class Told:
    """The harm that a heading gives to the lines of the list below it, and its words."""

    harm: Harm
    words: str


FIRST_REACH = 3


def assign(m: Marked, text: str, told: Told | None = None) -> list[Assigned]:
    """Every count of harmed people or homes in a sentence, left to right; `part_of` is an index into the result.

    `told` is the harm that the heading of a list gives to the count with which an item of it opens.
    """
    scope = read_scope(m, text, listed=told is not None)
    if not scope.counts:
        return []
    if told and scope.counts[0].start <= FIRST_REACH:
        scope.give(0, told.harm, None, "told by the heading of a list", told.words)
    for rule in RULES:
        rule(scope)
    order = sorted(scope.assigned)
    place = {i: k for k, i in enumerate(order)}
    found = [scope.assigned[i] for i in order]
    return [replace(a, part_of=place.get(a.part_of) if a.part_of is not None else None) for a in found]


def read_scope(m: Marked, text: str, *, listed: bool = False) -> Scope:
    """The sentence's counts and triggers, those left out that the rules of exclusion forbid."""
    triggers = [t for t in find_triggers(m, text) if not forbidden_trigger(m, t)]
    if not listed and not triggers and not (m.where("toll") or m.where("frame")):
        return Scope(m, text, [], [])
    counted = [read_counted(m, n, text) for n in find_numbers(m)]
    counts = [c for c in counted if not forbidden_count(m, c)]
    taken = frozenset(i for c in counts for i in range(c.start, c.end))
    counts += [c for c in find_singles(m, taken, text) if not speaks(m, c)]
    counts.sort(key=lambda c: c.start)
    return Scope(m, text, counts, triggers)
