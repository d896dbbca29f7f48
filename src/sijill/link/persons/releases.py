"""Which row of one release of a list is which of another: by its number, by its content, by its name."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sijill.core.lists import Field
from sijill.link.persons.differing import Correction, another_person, corrections
from sijill.link.persons.entries import Cells, PeopleList, named_by, people_of, with_scripts
from sijill.link.persons.matching import EVEN, match


@dataclass(frozen=True, slots=True)
class Successor:
    """A row of the earlier release and the one that took its place, by their indices, and what was corrected."""

    before: int
    after: int
    corrected: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new release did: rows that stay (corrected or not), rows added, rows removed, by index."""

    kept: tuple[Successor, ...]
    added: tuple[int, ...]
    removed: tuple[int, ...]


def changes(before: Sequence[Cells], after: Sequence[Cells], months: Mapping[str, int]) -> Changes:
    """Put the rows of two releases together, each with one of the other at most.

    First by the list's own number, where the name has something in common; then rows that say the same; where the list
    has no numbers, then by matching as two lists are. A number that now stands beside another person's name is a row
    removed and one added.
    """
    pairs = _by(before, after, range(len(before)), range(len(after)), lambda row: row.get(Field.RECORD, ""))
    found = {i: j for i, j in pairs if not another_person(corrections(before[i], after[j], months))}
    numbered = all(any(row.get(Field.RECORD) for row in rows) for rows in (before, after))
    left, right = _left(before, found), _left(after, set(found.values()))
    found |= dict(_by(before, after, left, right, _content))
    if not numbered:
        left, right = _left(before, found), _left(after, set(found.values()))
        found |= dict(_matched(before, after, left, right, months))
    kept = tuple(Successor(i, j, corrections(before[i], after[j], months)) for i, j in sorted(found.items()))
    return Changes(kept, tuple(_left(after, set(found.values()))), tuple(_left(before, found)))


def _left(rows: Sequence[Cells], taken: Mapping[int, int] | set[int]) -> list[int]:
    return [i for i in range(len(rows)) if i not in taken]


def _content(row: Cells) -> str:
    """Everything but the number; rows that say the same are put together in their order."""
    return "\0".join(f"{field}\0{row[field]}" for field in sorted(row) if field is not Field.RECORD and row[field])


def _by(
    before: Sequence[Cells],
    after: Sequence[Cells],
    left: Sequence[int],
    right: Sequence[int],
    key: Callable[[Cells], str],
) -> list[tuple[int, int]]:
    """Rows with the same key that says something, the first with the first, the second with the second."""
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for j in right:
        waiting[key(after[j])].append(j)
    return [(i, waiting[k].popleft()) for i in left if (k := key(before[i])) and waiting[k]]


def _matched(
    before: Sequence[Cells],
    after: Sequence[Cells],
    left: Sequence[int],
    right: Sequence[int],
    months: Mapping[str, int],
) -> list[tuple[int, int]]:
    """By name, age and whatever both releases have, as two lists without duplicates are matched."""
    sides = [_people_list(rows, at) for rows, at in ((before, left), (after, right))]
    if not (sides[0].rows and sides[1].rows):
        return []
    named = named_by(*sides)
    a, _ = people_of(sides[0], named.left, named.shared, months)
    b, _ = people_of(sides[1], named.right, named.shared, months)
    return [(int(p.rec_a), int(p.rec_b)) for p in match(a, b, threshold=EVEN)]


def _people_list(rows: Sequence[Cells], at: Sequence[int]) -> PeopleList:
    numbered = tuple({**rows[i], Field.RECORD: str(i)} for i in at)
    return with_scripts(PeopleList("", numbered, frozenset(field for row in numbered for field in row)))
