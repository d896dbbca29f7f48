"""Fellegi-Sunter weights by EM, with kin as classes of their own.

I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage", JASA 64 (1969); W. E. Winkler, "Using the EM Algorithm
for Weight Computation in the Fellegi-Sunter Model of Record Linkage" (1988), and on frequencies of values
(1989). Recalled.

Two classes, matches and the rest, fail on names of which three words in four say whose child somebody is: brothers and
sisters agree as matches do but for one word, there are more of them than of matches, and EM takes them for matches. So
the rest is sixteen classes, one for each set of name slots that two different people really share (father, grandfather
and family: siblings). A slot that is shared agrees as it does in a match, one that is not agrees by chance; the weights
of classes are learned. What else is compared agrees by chance too, except among close kin (twins; a house; a day of
death), who have probabilities of their own.

Chance is measured on random pairs of the lists and held fixed; the share of pairs of each class counts all pairs of the
lists, compared or not. Without both, what blocking selects would bend every weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sijill.link.persons.comparing import Comparison

Floats = NDArray[np.float64]
ROUNDS = 100
SETTLED = 1e-5
SLOT_COUNT = 4
SHARED = np.array(list(product((False, True), repeat=SLOT_COUNT)))
# Close kin: the father's name is shared, and the grandfather's or the family's.
CLOSE = SHARED[:, 1] & (SHARED[:, 2] | SHARED[:, 3])
# Before anything is learned: most agree, mistakes are small rather than large.
# By how many levels a comparison has; the last level is a value that one list lacks.
PRIORS = {6: (0.87, 0.06, 0.03, 0.015, 0.015, 0.01), 5: (0.93, 0.03, 0.015, 0.005, 0.02), 3: (0.97, 0.01, 0.02)}
# No more of the matches than this have dates or ages that do not fit at all. From the names alone EM cannot tell a
# namesake of another age from a person with a wrong age, so that is said here, not learned.
MOST_APART = 0.01
APART = 3
PRIOR_PAIRS = 20.0
LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Weights:
    """What EM learned: per comparison, the probability of each level among matches, close kin, and by chance.

    `share` (17,) are the shares of all pairs: of SHARED's sixteen classes, then of matches.
    """

    matched: tuple[Floats, ...]
    kin: tuple[Floats, ...]
    chance: tuple[Floats, ...]
    share: Floats


def chance_of(levels: Sequence[Comparison], sampled: Sequence[Comparison]) -> tuple[Floats, ...]:
    """The probability of each level between random pairs, never zero."""
    found = []
    by_name = {c.name: c for c in sampled}
    for comparison in levels:
        size = len(comparison.words)
        other = by_name.get(comparison.name)
        seen = other.levels[other.levels >= 0] if other else np.empty(0, dtype=np.int8)
        counts = np.bincount(seen, minlength=size) + np.full(size, 0.1)
        found.append(counts / counts.sum())
    return tuple(found)


def learn(comparisons: Sequence[Comparison], chance: tuple[Floats, ...], *, all_pairs: int, most: int) -> Weights:
    """EM over the distinct patterns of levels. `most` is the size of the smaller list: no more can be matches."""
    patterns, counts = _patterns(comparisons)
    prior = [np.array(PRIORS[len(c.words)]) for c in comparisons]
    weights = Weights(tuple(prior), chance, chance, _first_shares(chance, all_pairs, most))
    before = -np.inf
    for _ in range(ROUNDS):
        joint = _joint(weights, patterns)
        total = joint.sum(axis=1)
        likelihood = float(counts @ np.log(total))
        weights = _maximised(weights, patterns, joint / total[:, None] * counts[:, None], prior, all_pairs, most)
        if abs(likelihood - before) < SETTLED * abs(likelihood):
            break
        before = likelihood
    return weights


def _first_shares(chance: tuple[Floats, ...], all_pairs: int, most: int) -> Floats:
    """Half of the smaller list matches; some share slots in kinship, fewer the more slots."""
    share = np.array([1e-3 * 0.2 ** int(slots.sum()) for slots in SHARED])
    share[0] = 0.0
    matches = 0.5 * most / all_pairs
    share[-1] = 0.02 * matches
    share[0] = 1 - share.sum() - matches
    return np.append(share, matches)


def _patterns(comparisons: Sequence[Comparison]) -> tuple[NDArray[np.int8], Floats]:
    """The distinct rows of levels, shape (patterns, comparisons), and how many pairs have each."""
    code = np.zeros(len(comparisons[0].levels), dtype=np.int64)
    for comparison in comparisons:
        code = code * (len(comparison.words) + 1) + comparison.levels + 1
    _, first, counts = np.unique(code, return_index=True, return_counts=True)
    return np.stack([c.levels[first] for c in comparisons], axis=1), counts.astype(np.float64)


def _factor(probabilities: Floats, levels: NDArray[np.int8]) -> Floats:
    """The probability of each level; 1 where it is missing."""
    return np.append(probabilities, 1.0)[levels]


def _joint(weights: Weights, levels: NDArray[np.int8], common: Floats | None = None) -> Floats:
    """Probability of class and pattern together, shape (rows, 17). `common` replaces the chance of agreeing exactly."""
    rows = len(levels)
    joint = np.tile(weights.share, (rows, 1))
    for c in range(levels.shape[1]):
        matched = _factor(weights.matched[c], levels[:, c])
        chance = _factor(weights.chance[c], levels[:, c])
        if common is not None:
            chance = np.where(common[:, c] > 0, common[:, c], chance)
        joint[:, -1] *= matched
        if c < SLOT_COUNT:
            joint[:, :-1] *= np.where(SHARED[:, c][None, :], matched[:, None], chance[:, None])
        else:
            kin = _factor(weights.kin[c], levels[:, c])
            joint[:, :-1] *= np.where(CLOSE[None, :], kin[:, None], chance[:, None])
    return joint


def _maximised(
    weights: Weights, levels: NDArray[np.int8], expected: Floats, prior: Sequence[Floats], all_pairs: int, most: int
) -> Weights:
    """New probabilities from expected counts, each pulled a little towards where it began."""
    matched, kin = [], []
    for c in range(levels.shape[1]):
        same = expected[:, -1] + (expected[:, :-1][:, SHARED[:, c]].sum(axis=1) if c < SLOT_COUNT else 0.0)
        found = _share_of(levels[:, c], same, prior[c])
        matched.append(_limited(found) if len(found) == 5 else found)
        close = expected[:, :-1][:, CLOSE].sum(axis=1)
        kin.append(_share_of(levels[:, c], close, weights.chance[c]))
    share = np.maximum(expected.sum(axis=0) / all_pairs, LEAST / all_pairs)
    share[-1] = min(share[-1], most / all_pairs)
    share[0] = 1 - share[1:].sum()
    return Weights(tuple(matched), tuple(kin), weights.chance, share)


def _share_of(levels: NDArray[np.int8], weight: Floats, prior: Floats) -> Floats:
    real = levels >= 0
    counts = np.bincount(levels[real], weights=weight[real], minlength=len(prior)) + PRIOR_PAIRS * prior
    return np.asarray(counts / counts.sum())


def _limited(found: Floats) -> Floats:
    """Dates and ages that do not fit at all, held at their most; what is over goes to the other levels."""
    over = max(0.0, found[APART] - MOST_APART)
    kept = found / (1 - over)
    kept[APART] = found[APART] - over
    return np.asarray(kept / kept.sum())


def log_odds(weights: Weights, comparisons: Sequence[Comparison], *, chunk: int = 200_000) -> tuple[Floats, Floats]:
    """Natural-log odds of being a match, and the same without the share of matches among all pairs; shape (pairs,)."""
    rows = len(comparisons[0].levels)
    odds = np.empty(rows)
    for start in range(0, rows, chunk):
        part = slice(start, start + chunk)
        levels = np.stack([c.levels[part] for c in comparisons], axis=1)
        common = np.stack([c.common[part] for c in comparisons], axis=1)
        joint = _joint(weights, levels, common)
        odds[part] = np.log(joint[:, -1]) - np.log(joint[:, :-1].sum(axis=1))
    prior = np.log(weights.share[-1]) - np.log(weights.share[:-1].sum())
    return odds, odds - prior


def reasons(weights: Weights, comparisons: Sequence[Comparison], pair: int) -> tuple[str, ...]:
    """What was compared in one pair, in words, and how many bits it says for a match (or against one).

    Bits are against chance; what kinship explains as well counts less in the weight than these say together.
    """
    found = []
    for c, comparison in enumerate(comparisons):
        level = int(comparison.levels[pair])
        if level < 0:
            continue
        chance = float(comparison.common[pair]) or float(weights.chance[c][level])
        bits = float(np.log2(weights.matched[c][level] / chance))
        found.append(f"{comparison.name}: {comparison.words[level]} ({bits:+.1f})")
    return tuple(found)
