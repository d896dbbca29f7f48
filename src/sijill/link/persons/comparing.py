"""The levels at which each pair agrees, field by field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sijill.link.persons.roster import MOST_READINGS, NONE, SLOTS, Floats, Ints, Roster
from sijill.link.persons.wordlevels import Level, Levels, WordLevels

# What a level is worth when one reading of a name is chosen over another, MISSING last.
WORTH = np.array([1.0, 0.95, 0.75, 0.4, 0.0, 0.1, 0.1])
# Readings in other than the usual way have to be clearly better, else every name would shift to fit.
CLEARLY = 0.15
SWAPPED = (0, 2, 1, 3)


@dataclass(frozen=True, eq=False)
class Comparison:
    """One field over all pairs. `levels` (pairs,) with -1 for missing; `common` (pairs,) is how large a share of
    people has the value, where both have the same and it is counted, else 0.
    """

    name: str
    words: tuple[str, ...]
    levels: Levels
    common: Floats


# The last of each is where only one of the two has a value; where neither has, the level is MISSING and says nothing.
ABSENT = "missing in one list"
NAME_WORDS = ("the same", "the same but for spelling", "one letter apart", "alike", "different", ABSENT)
SEX_WORDS = ("the same", "different", ABSENT)
AGE_WORDS = ("the same", "a year apart", "two or three years apart", "different", ABSENT)
DAY_WORDS = ("the same", "one part is unknown or differs, or the order", "within a year", "different", ABSENT)


def compare(a: Roster, b: Roster, left: Ints, right: Ints, word_levels: WordLevels) -> tuple[Comparison, ...]:
    """The comparisons of the pairs (left[i], right[i]): the name's four slots first, then whatever both lists have."""
    names, readings_a, readings_b = compare_names(a, b, left, right, word_levels)
    found = [
        Comparison(
            slot,
            NAME_WORDS,
            names[:, s],
            _shares(a.slots, b.slots, readings_a[:, s], readings_b[:, s], names[:, s], word_levels.across),
        )
        for s, slot in enumerate(SLOTS)
    ]
    return (*found, *_others(a, b, left, right, word_levels))


def _others(a: Roster, b: Roster, left: Ints, right: Ints, word_levels: WordLevels) -> list[Comparison]:
    found = []
    born = day_levels(a.born[left], b.born[right])
    ages = age_levels(a.age[left], b.age[right])
    ages[born != Level.MISSING] = Level.MISSING
    dated = born != Level.MISSING
    for name, words, levels, values in (
        ("sex", SEX_WORDS, _equal(a.sex[left], b.sex[right]), (a.sex, b.sex)),
        ("birth date", DAY_WORDS, born, (a.born, b.born)),
        ("age", AGE_WORDS, ages, (a.age, b.age)),
        ("date of death", DAY_WORDS, day_levels(a.died[left], b.died[right]), (a.died, b.died)),
        ("mother's name", NAME_WORDS, word_levels(a.mother[left], b.mother[right]), (a.mother, b.mother)),
        ("place", NAME_WORDS, word_levels(a.place[left], b.place[right]), (a.place, b.place)),
        ("kunya", NAME_WORDS, word_levels(a.kunya[left], b.kunya[right]), (a.kunya, b.kunya)),
    ):
        if all((side != NONE).any() for side in values):
            share = np.where(levels == 0, _common(values, values[0][left]), 0.0)
            whole = one_sided(levels, values[0][left], values[1][right], words)
            found.append(Comparison(name, words, np.where(dated, levels, whole) if name == "age" else whole, share))
    return found


def _common(values: tuple[Ints, Ints], of: Ints) -> Floats:
    """The share of people of both lists, among those with a value, that have each of these."""
    pooled = np.concatenate(values)
    pooled = pooled[pooled != NONE]
    kinds, counts = np.unique(pooled, return_counts=True)
    at = np.clip(np.searchsorted(kinds, of), 0, max(0, len(kinds) - 1))
    return np.asarray(np.where(kinds[at] == of, counts[at] / len(pooled), 0.0)) if len(kinds) else np.zeros(len(of))


def _shares(slots_a: Ints, slots_b: Ints, chosen_a: Ints, chosen_b: Ints, levels: Levels, across: bool) -> Floats:
    """How common the word is where both sides have the same: of both lists in one script, else of its own list.

    Renderings are many to one both ways, so across scripts the chance of meeting is at least that of the commoner word.
    """
    used = [slots[:, 0, :].ravel() for slots in (slots_a, slots_b)]
    if not across:
        return np.where(chosen_a == chosen_b, _common((used[0], used[1]), chosen_a), 0.0)
    shares = np.maximum(_common((used[0], used[0]), chosen_a), _common((used[1], used[1]), chosen_b))
    return np.where(levels == Level.SAME, shares, 0.0)


def compare_names(a: Roster, b: Roster, left: Ints, right: Ints, word_levels: WordLevels) -> tuple[Levels, Ints, Ints]:
    """Levels (pairs, 4), and the words compared, of the readings under which the two names agree best."""
    chosen_a, chosen_b = a.slots[left, 0, :], b.slots[right, 0, :]
    best = word_levels(chosen_a, chosen_b)
    worth = WORTH[best].sum(axis=1)
    # The same letters in the same order, parted otherwise: the usual readings may have next to nothing in common.
    run_together = a.whole[left] == b.whole[right]
    for i in range(MOST_READINGS):
        for j in range(MOST_READINGS):
            if (i and j) or not (i or j):
                continue
            at = np.flatnonzero(
                (a.slots[left, i, 0] != NONE)
                & (b.slots[right, j, 0] != NONE)
                & (worth < 3.5)
                & ((worth > 1.5) | run_together)
            )
            if not len(at):
                continue
            words_a, words_b = a.slots[left[at], i, :], b.slots[right[at], j, :]
            levels = word_levels(words_a, words_b)
            gained = WORTH[levels].sum(axis=1)
            better = gained > worth[at] + CLEARLY
            at = at[better]
            best[at], worth[at] = levels[better], gained[better]
            chosen_a[at], chosen_b[at] = words_a[better], words_b[better]
    _swap(best, chosen_a, chosen_b, word_levels)
    return one_sided(best, chosen_a, chosen_b, NAME_WORDS), chosen_a, chosen_b


def _swap(levels: Levels, words_a: Ints, words_b: Ints, word_levels: WordLevels) -> None:
    """Father's and grandfather's names that agree crosswise count as alike: in the wrong order, or by chance."""
    at = np.flatnonzero((levels[:, 1] == Level.OTHER) & (levels[:, 2] == Level.OTHER))
    if len(at):
        crossed = word_levels(words_a[at][:, 1:3], words_b[at][:, 2:0:-1])
        at = at[(crossed <= Level.SPELLING).all(axis=1)]
        levels[at, 1:3] = Level.LIKE


def one_sided(levels: Levels, left: Ints, right: Ints, words: tuple[str, ...]) -> Levels:
    """The levels with the last one where just one side has a value: that may be rarer among matches than by chance."""
    return np.where((left == NONE) ^ (right == NONE), len(words) - 1, levels).astype(np.int8)


def _equal(left: Ints, right: Ints) -> Levels:
    return np.where((left == NONE) | (right == NONE), Level.MISSING, np.where(left == right, 0, 1)).astype(np.int8)


def age_levels(left: Ints, right: Ints) -> Levels:
    """The same, a year apart, up to three, more."""
    apart = np.abs(left - right)
    levels = np.select([apart == 0, apart == 1, apart <= 3], [0, 1, 2], 3)
    return np.where((left == NONE) | (right == NONE), Level.MISSING, levels).astype(np.int8)


def day_levels(left: Ints, right: Ints) -> Levels:
    """The same; two of year, month and day the same, day and month exchanged, or nothing that is known differs; within
    a year; further apart. A part that a list does not know is 0.
    """
    parts = [(days // 10_000, days // 100 % 100, days % 100) for days in (left, right)]
    (year, month, day), (other_year, other_month, other_day) = parts
    unknown = (month == 0) | (other_month == 0)
    vague = unknown | (day == 0) | (other_day == 0)
    same = (year == other_year).astype(int) + (month == other_month) + (day == other_day)
    crossed = (year == other_year) & (month == other_day) & (day == other_month)
    fits = (year == other_year) & (unknown | (month == other_month)) & vague
    near = fits | crossed | ((same == 2) & ~vague)
    levels = np.select([(same == 3) & ~vague, near, np.abs(year - other_year) <= 1], [0, 1, 2], 3)
    return np.where((left == NONE) | (right == NONE), Level.MISSING, levels).astype(np.int8)
