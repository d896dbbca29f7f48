"""How alike an Arabic word and a Latin one are: by the cost of the letters, then by renderings that recur."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from sijill.link.persons.roster import NONE, Floats, Ints, Lexicon
from sijill.link.persons.spelling import Script, script_of, skeleton, turned
from sijill.link.persons.transliteration import (
    ARABIC,
    LATIN,
    MAX_A,
    MAX_L,
    Costs,
    align,
    coded,
    costs_of,
    counted,
    tabled,
)
from sijill.link.persons.wordlevels import Level, Levels, by_distinct_pair

# Nats a letter: up to which a rendering is as good as any, likely, possible, far.
UP_TO = ((0.75, Level.SAME), (1.05, Level.SPELLING), (1.4, Level.LETTER), (1.9, Level.LIKE))
CHUNK = 50_000
LEARNING_ROUNDS = 3
# A rendering recurs if it is seen so often, in this share of the times that its Arabic word is.
RECURS, OFTEN = 2, 0.1
MANY = 8


class AcrossScripts:
    """Levels between words of different scripts, whichever side is which."""

    across = True

    def __init__(self, lexicon: Lexicon) -> None:
        self._words = np.array(lexicon.words, dtype=object)
        self._bones = np.array([skeleton(w) for w in lexicon.words], dtype=object)
        self._arabic = np.array([script_of(w) is Script.ARABIC for w in lexicon.words], dtype=bool)
        self._costs: Costs = costs_of(tabled())
        self._coded_a = coded(lexicon.words, ARABIC, MAX_A)
        self._turned_a = coded([turned(w) for w in lexicon.words], ARABIC, MAX_A)
        self._turns = np.array([turned(w) != w for w in lexicon.words], dtype=bool)
        self._coded_l = coded(lexicon.words, LATIN, MAX_L)
        self._seen: Ints = np.empty(0, dtype=np.int64)
        self._weight: Floats = np.empty(0)
        self._times: Floats = np.zeros(len(lexicon.words))

    def __call__(self, left: Ints, right: Ints) -> Levels:
        """A level for each pair; words of one script are alike only if they are the same."""
        return by_distinct_pair(left, right, len(self._words), self._levels)

    def _levels(self, left: Ints, right: Ints) -> Levels:
        found = np.full(len(left), Level.OTHER, dtype=np.int8)
        found[left == right] = Level.SAME
        near = cpdist(self._bones[left], self._bones[right], scorer=OSA.distance, score_cutoff=1, dtype=np.int32) <= 1
        across = self._arabic[left] != self._arabic[right]
        at = np.flatnonzero(near & across)
        arabic, latin = self._turned(left, right)
        for start in range(0, len(at), CHUNK):
            part = at[start : start + CHUNK]
            found[part] = self._by_cost(arabic[part], latin[part])
        return self._by_recurrence(found, arabic, latin, across) if len(self._seen) else found

    def _by_recurrence(self, found: Levels, arabic: Ints, latin: Ints, across: NDArray[np.bool_]) -> Levels:
        """A rendering that recurs is as good as any; one that is hardly seen of a word that often is, a level worse."""
        codes = arabic * len(self._words) + latin
        at = np.clip(np.searchsorted(self._seen, codes), 0, len(self._seen) - 1)
        seen = np.where(across & (self._seen[at] == codes), self._weight[at], 0.0)
        share = seen / np.maximum(1.0, self._times[arabic])
        hardly = across & (self._times[arabic] >= MANY) & (share < OFTEN) & (found < Level.LETTER)
        found[hardly] += 1
        found[(seen >= RECURS) & (share >= OFTEN)] = Level.SAME
        return found

    def _turned(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        first = self._arabic[left]
        return np.where(first, left, right), np.where(first, right, left)

    def _by_cost(self, arabic: Ints, latin: Ints) -> Levels:
        """By cost a letter, at best SPELLING if lam-alef was turned; where words were seen together, by how often."""
        found = _level_of(self._cost(self._coded_a, arabic, latin))
        at = np.flatnonzero(self._turns[arabic] & (found > Level.SPELLING))
        other = _level_of(self._cost(self._turned_a, arabic[at], latin[at]))
        found[at] = np.minimum(found[at], np.maximum(other, Level.SPELLING))
        return found

    def _cost(self, coded_a: tuple[Ints, Ints], arabic: Ints, latin: Ints) -> Floats:
        x, y = self._pick(coded_a, arabic), self._pick(self._coded_l, latin)
        return np.asarray(align(x, y, self._costs)[0] / np.maximum(1, np.maximum(x[1], y[1])))

    @staticmethod
    def _pick(coded_words: tuple[Ints, Ints], at: Ints) -> tuple[Ints, Ints]:
        return coded_words[0][at], coded_words[1][at]

    def learn(self, left: Ints, right: Ints, probability: Floats) -> None:
        """Learn letter costs and recurring renderings from words, (pairs, slots), of people who probably match."""
        real = (left != NONE) & (right != NONE)
        arabic, latin = self._turned(left[real], right[real])
        weight = np.broadcast_to(probability[:, None], left.shape)[real]
        self._seen, index = np.unique(arabic * len(self._words) + latin, return_inverse=True)
        self._weight = np.bincount(index, weights=weight).astype(np.float64)
        self._times = np.bincount(arabic, weights=weight, minlength=len(self._words)).astype(np.float64)
        x = self._pick(self._coded_a, self._seen // len(self._words))
        y = self._pick(self._coded_l, self._seen % len(self._words))
        for _ in range(LEARNING_ROUNDS):
            # Two words count as one pair however many people bear them: letters are learned from words.
            self._costs = costs_of(counted(x, y, np.minimum(1.0, self._weight), self._costs))


def _level_of(cost: Floats) -> Levels:
    found = np.full(len(cost), Level.OTHER, dtype=np.int8)
    for most, level in reversed(UP_TO):
        found[cost <= most] = level
    return found
