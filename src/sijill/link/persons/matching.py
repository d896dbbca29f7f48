"""Two lists in, matched pairs out: blocking, comparison, weights, assignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sijill.link.persons.acrosslevels import AcrossScripts
from sijill.link.persons.assigning import Floats, assign, competing
from sijill.link.persons.blocking import candidates
from sijill.link.persons.comparing import Comparison, compare, compare_names
from sijill.link.persons.people import Person
from sijill.link.persons.roster import Ints, Roster, rosters
from sijill.link.persons.weights import Weights, chance_of, learn, log_odds, reasons
from sijill.link.persons.wordlevels import OneScript, WordLevels

SAMPLED = 200_000
SEED = 7
EVEN = 0.5
# Natural-log odds from which a pair enters the assignment: below, it cannot be the likelier of anything.
LEAST_ODDS = -3.0
LESSONS = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of either list said to be one person. `weight` is in bits: how much likelier the agreement is if it is."""

    rec_a: str
    rec_b: str
    weight: float
    probability: float
    reasons: tuple[str, ...] = ()


def match(
    a: Sequence[Person], b: Sequence[Person], *, across: bool = False, threshold: float = EVEN, explain: bool = False
) -> tuple[Pair, ...]:
    """Matched pairs of two lists, each free of duplicates, by record. `across`: one list is in Arabic, one in Latin.

    Rows may come in any order, lists too: both are sorted before anything is drawn at random.
    """
    first, second = (tuple(sorted(people, key=lambda p: p.record)) for people in (a, b))
    if turned := (len(first), _order(first)) > (len(second), _order(second)):
        first, second = second, first
    found = _matched(first, second, across=across, threshold=threshold, explain=explain)
    if turned:
        found = [Pair(p.rec_b, p.rec_a, p.weight, p.probability, p.reasons) for p in found]
    return tuple(sorted(found, key=lambda p: (p.rec_a, p.rec_b)))


def _order(people: Sequence[Person]) -> list[str]:
    return [f"{p.name}\0{p.sex}\0{p.age}\0{p.born}\0{p.record}" for p in people]


def _matched(a: Sequence[Person], b: Sequence[Person], *, across: bool, threshold: float, explain: bool) -> list[Pair]:
    lexicon, first, second = rosters(a, b)
    left, right = candidates(first, second, lexicon, across=across)
    if not len(left):
        return []
    found = _weighed(first, second, left, right, AcrossScripts(lexicon) if across else OneScript(lexicon))
    return _chosen((first, second), (left, right), found, explain=explain, threshold=threshold)


@dataclass(frozen=True, eq=False)
class Weighed:
    """The candidate pairs: how they compare, and the natural-log odds of each with and without the share of matches."""

    comparisons: tuple[Comparison, ...]
    weights: Weights
    odds: Floats
    apart: Floats


def _weighed(a: Roster, b: Roster, left: Ints, right: Ints, levels: OneScript | AcrossScripts) -> Weighed:
    """Compare and learn; across scripts twice, the second time with what the surest pairs taught about renderings."""
    found = _once(a, b, left, right, levels)
    if isinstance(levels, AcrossScripts):
        for _ in range(LESSONS):
            kept = assign(left, right, np.maximum(found.odds - LEAST_ODDS, 0.0))
            if not len(kept):
                break
            _, words_a, words_b = compare_names(a, b, left[kept], right[kept], levels)
            levels.learn(words_a, words_b, competing(left, right, found.odds)[kept])
            found = _once(a, b, left, right, levels)
    return found


def _once(a: Roster, b: Roster, left: Ints, right: Ints, levels: WordLevels) -> Weighed:
    comparisons = compare(a, b, left, right, levels)
    chance = _chance(a, b, comparisons, levels)
    weights = learn(comparisons, chance, all_pairs=len(a) * len(b), most=min(len(a), len(b)))
    return Weighed(comparisons, weights, *log_odds(weights, comparisons))


def _chance(a: Roster, b: Roster, comparisons: Sequence[Comparison], levels: WordLevels) -> tuple[Floats, ...]:
    """Levels of pairs drawn at random; hardly any is a match."""
    draw = np.random.default_rng(SEED)
    left, right = draw.integers(0, len(a), SAMPLED), draw.integers(0, len(b), SAMPLED)
    return chance_of(comparisons, compare(a, b, left, right, levels))


def _chosen(
    lists: tuple[Roster, Roster], pairs: tuple[Ints, Ints], found: Weighed, *, explain: bool, threshold: float
) -> list[Pair]:
    (a, b), (left, right) = lists, pairs
    probability = competing(left, right, found.odds)
    kept = assign(left, right, np.maximum(found.odds - LEAST_ODDS, 0.0))
    kept = kept[probability[kept] >= threshold]
    return [
        Pair(
            a.records[left[i]],
            b.records[right[i]],
            float(found.apart[i] / np.log(2)),
            float(probability[i]),
            reasons(found.weights, found.comparisons, int(i)) if explain else (),
        )
        for i in kept
    ]
