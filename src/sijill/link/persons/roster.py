"""Two lists as arrays: the words of their names as numbers, and the ways in which a name fills its four slots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from sijill.link.persons.days import Day
from sijill.link.persons.people import Person
from sijill.link.persons.spelling import coarse, skeleton, tokens

SLOTS = ("given name", "father's name", "grandfather's name", "family name")
NONE = -1

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# How names of so many words fill the slots, the usual way first; a pair of numbers is two words written as one.
Part = int | tuple[int, int] | None
READINGS: dict[int, tuple[tuple[Part, Part, Part, Part], ...]] = {
    1: ((0, None, None, None),),
    2: ((0, None, None, 1), (0, 1, None, None)),
    3: ((0, 1, None, 2), (0, None, 1, 2), (0, 1, 2, None)),
    4: ((0, 1, 2, 3), ((0, 1), 2, None, 3), (0, 1, None, (2, 3)), (0, 1, None, 3), (0, 2, None, 3)),
    5: (
        (0, 1, 2, 4),
        (0, 1, 2, (3, 4)),
        (0, 1, 2, 3),
        ((0, 1), 2, 3, 4),
        (0, (1, 2), 3, 4),
        (0, 1, (2, 3), 4),
        (0, 2, 3, 4),
    ),
    6: (
        (0, 1, 2, 5),
        (0, 1, 2, 4),
        (0, 1, 2, 3),
        (0, 1, 2, (4, 5)),
        ((0, 1), 2, 3, 5),
        (0, (1, 2), 3, 5),
        (0, 1, (2, 3), 5),
    ),
}
MOST_READINGS = max(len(readings) for readings in READINGS.values())


@dataclass(frozen=True, eq=False)
class Roster:
    """One list. `slots` (people, readings, 4) are words of the shared lexicon, NONE where there is none."""

    records: tuple[str, ...]
    slots: Ints
    whole: Ints
    sex: Ints
    age: Ints
    born: Ints
    died: Ints
    mother: Ints
    place: Ints
    kunya: Ints

    def __len__(self) -> int:
        return len(self.records)


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words of both lists: as folded, and numbers of the coarser keys that each has."""

    words: tuple[str, ...]
    coarse: Ints
    skeleton: Ints


def rosters(a: Sequence[Person], b: Sequence[Person]) -> tuple[Lexicon, Roster, Roster]:
    """Both lists over one lexicon, people in the order given."""
    slotted = [[_readings(tokens(p.name)) for p in people] for people in (a, b)]
    single = [
        [(_one(p.mother), _one(p.place), "".join(tokens(p.name)), _one(p.kunya)) for p in people] for people in (a, b)
    ]
    words = sorted(
        {w for r in chain(*slotted) for reading in r for w in reading if w} | {w for s in chain(*single) for w in s}
    )
    numbers = {word: i for i, word in enumerate(words)} | {"": NONE}
    lexicon = Lexicon(tuple(words), _keys(words, coarse), _keys(words, skeleton))
    first, second = (_roster(p, r, s, numbers) for p, r, s in zip((a, b), slotted, single, strict=True))
    return lexicon, first, second


def _one(text: str) -> str:
    return "".join(tokens(text))


def _readings(name: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The ways in which a name of these words fills the slots; beyond six words, the first five and the last."""
    kept = name if len(name) <= 6 else (*name[:5], name[-1])
    return [tuple(_word(kept, part) for part in reading) for reading in READINGS.get(len(kept), ())]


def _word(name: tuple[str, ...], part: Part) -> str:
    if part is None:
        return ""
    return name[part] if isinstance(part, int) else name[part[0]] + name[part[1]]


def _keys(words: Sequence[str], key: Callable[[str], str]) -> Ints:
    """For each word, the number of its key among the keys."""
    keys = [key(word) for word in words]
    numbers = {k: i for i, k in enumerate(sorted(set(keys)))}
    return np.array([numbers[k] for k in keys], dtype=np.int64)


def _roster(
    people: Sequence[Person],
    readings: list[list[tuple[str, ...]]],
    single: list[tuple[str, str, str, str]],
    numbers: dict[str, int],
) -> Roster:
    slots = np.full((len(people), MOST_READINGS, len(SLOTS)), NONE, dtype=np.int64)
    for i, found in enumerate(readings):
        for r, reading in enumerate(found):
            slots[i, r] = [numbers[word] for word in reading]
    ones = np.array([[numbers[w] for w in s] for s in single], dtype=np.int64).reshape(-1, 4)
    return Roster(
        tuple(p.record for p in people),
        slots,
        ones[:, 2],
        np.array([{"m": 0, "f": 1}.get(p.sex, NONE) for p in people], dtype=np.int64),
        np.array([NONE if p.age is None else p.age for p in people], dtype=np.int64),
        _days([p.born for p in people]),
        _days([p.died for p in people]),
        ones[:, 0],
        ones[:, 1],
        ones[:, 3],
    )


def _days(days: Sequence[Day | None]) -> Ints:
    """Days as year * 10000 + month * 100 + day."""
    return np.array([NONE if d is None else d[0] * 10_000 + d[1] * 100 + d[2] for d in days], dtype=np.int64)
