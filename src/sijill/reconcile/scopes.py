"""Which numbers count the same people, and which count some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sijill.core.claim import Claim, GroupType, Harm, Subset
from sijill.core.incident import GroupScope, Scope
from sijill.reconcile.records import Cell

# Types that no person can be two of; `unspecified` and `mixed` may hold anybody and so count all.
TYPES = (GroupScope.CIVILIANS, GroupScope.COMBATANTS)
# By convention women, men and children are three; a nurse or a journalist is also one of them.
SEXES = (Subset.WOMEN, Subset.MEN, Subset.CHILDREN)


def cell_of(claim: Claim) -> Cell:
    """Whom a claim counts. Homes and other property are never counted together, so they have no `all`."""
    kind = claim.group.type
    if claim.harm is Harm.PROPERTY:
        known = kind in (GroupType.HOMES, GroupType.OTHER)
        return Cell(claim.harm, GroupScope(kind.value) if known else GroupScope.UNSPECIFIED, claim.group.subset)
    if kind in (GroupType.CIVILIANS, GroupType.COMBATANTS):
        return Cell(claim.harm, GroupScope(kind.value), claim.group.subset)
    return Cell(claim.harm, GroupScope.ALL, claim.group.subset)


def scopes_of(cells: Iterable[Cell]) -> tuple[Scope, ...]:
    """The scopes that an incident's claims call for, in a fixed order.

    For each harm: all; each type that some claim counts; each subset that some claim counts, of any type.
    """
    found: set[Scope] = set()
    for cell in cells:
        if cell.harm is Harm.PROPERTY:
            found.add(Scope(cell.harm, cell.group, cell.subset))
            continue
        found.update((Scope(cell.harm), Scope(cell.harm, cell.group), Scope(cell.harm, GroupScope.ALL, cell.subset)))
    harms, groups, subsets = list(Harm), list(GroupScope), list(Subset)
    return tuple(sorted(found, key=lambda s: (harms.index(s.harm), groups.index(s.group), subsets.index(s.subset))))


def counts_all_of(scope: Scope, cell: Cell) -> bool:
    """Whether a claim of this cell counts everybody in the scope."""
    return (cell.harm, cell.group, cell.subset) == (scope.harm, scope.group, scope.subset)


def lies_in(scope: Scope, cell: Cell) -> bool:
    """Whether everybody whom a claim of this cell counts is in the scope."""
    group = scope.group in (GroupScope.ALL, cell.group)
    return cell.harm is scope.harm and group and scope.subset in (Subset.ALL, cell.subset)


def contains(whole: Scope, part: Scope) -> bool:
    """Whether one scope holds another and more."""
    return whole != part and lies_in(whole, Cell(part.harm, part.group, part.subset))


def least_together(numbers: Mapping[tuple[GroupScope, Subset], int]) -> int:
    """The least number of people that parts of one scope make together.

    Civilians and combatants add up, and so do women, men and children; other subsets overlap with these, so that the
    largest counts. Source: methods.md, "What comes with the numbers" (scopes contain one another); the choice of what
    adds up is ours.

    >>> least_together({(GroupScope.CIVILIANS, Subset.ALL): 6, (GroupScope.COMBATANTS, Subset.ALL): 2})
    8
    >>> least_together({(GroupScope.ALL, Subset.WOMEN): 2, (GroupScope.ALL, Subset.MEDICAL): 1})
    2
    """
    by_type = {group: _of_type(numbers, group) for group in {g for g, _ in numbers}}
    apart = sum(by_type.get(t, 0) for t in TYPES)
    return max([apart, *(n for group, n in by_type.items() if group not in TYPES)], default=0)


def _of_type(numbers: Mapping[tuple[GroupScope, Subset], int], group: GroupScope) -> int:
    inside = {subset: n for (g, subset), n in numbers.items() if g is group}
    together = sum(inside.get(s, 0) for s in SEXES)
    return max([together, *(n for s, n in inside.items() if s not in SEXES)], default=0)
