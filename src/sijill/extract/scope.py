"""Which harm a count is of: the words that govern it, shared among coordinated counts, and parts of wholes.

The rules run from the surest to the least sure, and each only fills in what the ones before left open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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
    governing.follows_verb,
    governing.relative_object,
    governing.precedes_verb,
    governing.among,
    governing.toll,
    governing.alongside,
    governing.among_counted,
    joining.bracketed,
    joining.parts,
    joining.coordination,
    joining.parts,
    joining.regroup,
)


def assign(m: Marked, text: str) -> list[Assigned]:
    """Every count of harmed people or homes in a sentence, left to right; `part_of` is an index into the result."""
    scope = read_scope(m, text)
    if not scope.counts:
        return []
    for rule in RULES:
        rule(scope)
    order = sorted(scope.assigned)
    place = {i: k for k, i in enumerate(order)}
    found = [scope.assigned[i] for i in order]
    return [replace(a, part_of=place.get(a.part_of) if a.part_of is not None else None) for a in found]


def read_scope(m: Marked, text: str) -> Scope:
    """The sentence's counts and triggers, those left out that the rules of exclusion forbid."""
    triggers = [t for t in find_triggers(m, text) if not forbidden_trigger(m, t)]
    if not triggers and not any(h.entry.cls in ("toll", "frame") for hits in m.starting for h in hits):
        return Scope(m, text, [], [])
    counted = [read_counted(m, n, text) for n in find_numbers(m)]
    counts = [c for c in counted if not forbidden_count(m, c)]
    taken = frozenset(i for c in counts for i in range(c.start, c.end))
    counts += [c for c in find_singles(m, taken, text) if not speaks(m, c)]
    counts.sort(key=lambda c: c.start)
    return Scope(m, text, counts, triggers)
