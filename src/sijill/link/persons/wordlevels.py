"""How alike two words are, in levels, in one script."""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from sijill.link.persons.roster import NONE, Ints, Lexicon

Levels = NDArray[np.int8]
LIKE = 0.82


class Level(IntEnum):
    """From the same word to another one; MISSING where one side has none."""

    SAME = 0
    SPELLING = 1
    LETTER = 2
    LIKE = 3
    OTHER = 4
    MISSING = -1


class WordLevels(Protocol):
    """Something that says how alike words of a lexicon are."""

    across: bool

    def __call__(self, left: Ints, right: Ints) -> Levels:
        """A level for each pair of words; both arrays hold words of the lexicon or NONE, in any equal shape."""
        ...


class OneScript:
    """Levels by folded letters, then the coarse key, then edits.

    Letters are counted, not bytes: rapidfuzz works on code points, so Arabic needs no key of one byte a letter here.
    """

    across = False

    def __init__(self, lexicon: Lexicon) -> None:
        self._words = np.array(lexicon.words, dtype=object)
        self._coarse = lexicon.coarse

    def __call__(self, left: Ints, right: Ints) -> Levels:
        """A level for each pair; each distinct pair of words is looked at once."""
        return by_distinct_pair(left, right, len(self._words), self._levels)

    def _levels(self, left: Ints, right: Ints) -> Levels:
        found = np.full(len(left), Level.OTHER, dtype=np.int8)
        words = self._words[left], self._words[right]
        length = np.minimum(*(np.array([len(w) for w in side], dtype=np.int64) for side in words))
        edits = cpdist(*words, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
        alike = cpdist(*words, scorer=JaroWinkler.similarity, score_cutoff=LIKE, dtype=np.float32)
        found[(alike >= LIKE) & (length > 2) | ((edits == 2) & (length > 4))] = Level.LIKE
        found[(edits == 1) & (length > 2)] = Level.LETTER
        found[self._coarse[left] == self._coarse[right]] = Level.SPELLING
        found[left == right] = Level.SAME
        return found


class _OfDistinct(Protocol):
    def __call__(self, left: Ints, right: Ints) -> Levels: ...


def by_distinct_pair(left: Ints, right: Ints, words: int, levels: _OfDistinct) -> Levels:
    """`levels` of every pair, asked once for each distinct one; MISSING where a side is NONE."""
    codes = np.where((left == NONE) | (right == NONE), NONE, left * words + right)
    distinct, inverse = np.unique(codes, return_inverse=True)
    table = np.full(len(distinct), Level.MISSING, dtype=np.int8)
    real = distinct != NONE
    if real.any():
        table[real] = levels(distinct[real] // words, distinct[real] % words)
    return table[inverse].reshape(left.shape)
