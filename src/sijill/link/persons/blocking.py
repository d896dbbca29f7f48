"""Which pairs are compared at all: those that share two words of the name, a birth date, or the name written as one.

No block is larger than BLOCK pairs, whatever the lists: one that is falls into finer ones (a third word, the sex and
the age to a year), and what is too large even then is left to the other keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sijill.link.persons.roster import MOST_READINGS, NONE, Ints, Lexicon, Roster

BLOCK = 1_500
FINE_BLOCK = 400
# The reading that only names of five words or more have, and the slots by which those are looked for.
LONG, LONG_BY = 5, ((0, 1), (0, 3), (1, 2), (1, 3))
SPREAD = np.uint64(0x9E3779B97F4A7C15)  # Knuth's multiplicative hashing, TAOCP 3, 6.4.


def candidates(a: Roster, b: Roster, lexicon: Lexicon, *, across: bool) -> tuple[Ints, Ints]:
    """Indices into both lists, each pair once, in order. `across` scripts, words are keyed by consonants."""
    of_word = np.append(lexicon.skeleton if across else lexicon.coarse, NONE)
    keys_a, keys_b = of_word[a.slots[:, 0, :]], of_word[b.slots[:, 0, :]]
    found = [left * len(b) + right for left, right in _all(a, b, keys_a, keys_b, of_word)]
    pairs = np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
    return pairs // max(1, len(b)), pairs % max(1, len(b))


def _all(a: Roster, b: Roster, keys_a: Ints, keys_b: Ints, of_word: Ints) -> Iterator[tuple[Ints, Ints]]:
    yield _join(of_word[a.whole], of_word[b.whole], BLOCK)[:2]
    yield _join(_whole_day(a.born), _whole_day(b.born), BLOCK)[:2]
    yield from _long(a, b, of_word)
    yield from ((left, right) for right, left in _long(b, a, of_word))
    for slots in combinations(range(4), 2):
        left, right = _combined(keys_a, slots), _combined(keys_b, slots)
        found_a, found_b, crowded = _join(left, right, BLOCK)
        yield found_a, found_b
        if crowded.any():
            yield from _finer(a, b, (np.where(crowded, left, NONE), right), (keys_a, keys_b), slots)


def _whole_day(days: Ints) -> Ints:
    """Days that are known to the day, else NONE: of a year alone, too many are born."""
    return np.where(days % 100 == 0, NONE, days)


def _long(a: Roster, b: Roster, of_word: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Pairs in which a name of more than four words, put together in another than the usual way, meets a usual one."""
    long = np.flatnonzero(a.slots[:, LONG, 0] != NONE)
    usual = of_word[b.slots[:, 0, :]]
    for reading in range(1, MOST_READINGS):
        keys = of_word[a.slots[long, reading, :]]
        for slots in LONG_BY:
            left, right, _ = _join(_combined(keys, slots), _combined(usual, slots), FINE_BLOCK)
            yield long[left], right


def _finer(
    a: Roster, b: Roster, blocks: tuple[Ints, Ints], keys: tuple[Ints, Ints], used: tuple[int, ...]
) -> Iterator[tuple[Ints, Ints]]:
    """The pairs of crowded blocks that also share a third word, or sex and age to a year."""
    for slot in set(range(4)) - set(used):
        left, right = (_folded(block, key[:, slot]) for block, key in zip(blocks, keys, strict=True))
        yield _join(left, right, FINE_BLOCK)[:2]
    for years in (-1, 0, 1):
        left = _folded(_folded(blocks[0], np.where(a.age == NONE, NONE, a.age + years + 1)), a.sex)
        right = _folded(_folded(blocks[1], np.where(b.age == NONE, NONE, b.age + 1)), b.sex)
        yield _join(left, right, FINE_BLOCK)[:2]


def _combined(keys: Ints, slots: tuple[int, ...]) -> Ints:
    key = keys[:, slots[0]]
    for slot in slots[1:]:
        key = _folded(key, keys[:, slot])
    return key


def _folded(key: Ints, more: Ints) -> Ints:
    """One number for two, NONE if either is. An odd multiplier spreads keys over 2^64: two rarely meet by chance."""
    mixed = (key.astype(np.uint64) * SPREAD + more.astype(np.uint64) + np.uint64(1)) * SPREAD
    return np.where((key == NONE) | (more == NONE), NONE, (mixed >> np.uint64(1)).astype(np.int64))


def _join(left: Ints, right: Ints, most: int) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Index pairs with equal keys, from blocks of at most `most` pairs; and which of `left` are in larger ones."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    start, stop = np.searchsorted(ordered, left, "left"), np.searchsorted(ordered, left, "right")
    held = np.where(left == NONE, 0, stop - start)
    _, inverse, sizes = np.unique(left, return_inverse=True, return_counts=True)
    crowded = held * sizes[inverse] > most
    held = np.where(crowded, 0, held)
    index = np.repeat(np.arange(len(left)), held)
    offset = np.arange(held.sum()) - np.repeat(np.cumsum(held) - held, held)
    return index, order[np.repeat(start, held) + offset], crowded & (left != NONE)
