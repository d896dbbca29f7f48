"""Who is matched to whom, when nobody stands on either list twice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sijill.link.persons.roster import Ints

Floats = NDArray[np.float64]
MAX_STEPS = 5_000_000
NOBODY = -1


def competing(left: Ints, right: Ints, log_odds: Floats) -> Floats:
    """The probability of each pair when at most one pair of each row of either list is a match.

    The pair's odds against no match at all and against each rival on either side; exact for a pair whose rivals have no
    rivals of their own.
    """
    odds = np.exp(np.clip(log_odds, -60, 60))
    of_left = np.bincount(left, weights=odds)[left]
    of_right = np.bincount(right, weights=odds)[right]
    return np.asarray(odds / (1 + np.maximum(of_left + of_right - odds, odds)))


def assign(left: Ints, right: Ints, worth: Floats) -> Ints:
    """Indices of pairs, no row in two of them, worth most together; `worth` (pairs,) must be positive to count.

    An auction: each row of `left` bids for the one of `right` that gains it most, up to what makes its second choice
    as good (D. P. Bertsekas, "The auction algorithm", Annals of OR 14, 1988; recalled). Bids rise by at least a step,
    so the sum is within one step a row of the best; ties go to the earlier pair.
    """
    order = np.lexsort((right, left))
    order = order[worth[order] > 0]
    starts = np.flatnonzero(np.r_[True, np.diff(left[order]) > 0]) if len(order) else np.empty(0, dtype=np.int64)
    stops = np.r_[starts[1:], len(order)]
    rows = [(order[i:j], right[order[i:j]]) for i, j in zip(starts, stops, strict=True)] if len(order) else []
    return np.array(sorted(_auction(rows, worth)), dtype=np.int64)


def _auction(rows: list[tuple[Ints, Ints]], worth: Floats) -> list[int]:
    step = 1e-4
    price: dict[int, float] = {}
    owner: dict[int, int] = {}
    held: dict[int, int] = {}
    waiting = list(range(len(rows)))[::-1]
    for _ in range(MAX_STEPS):
        if not waiting:
            break
        row = waiting.pop()
        pairs, wanted = rows[row]
        gains = [float(worth[p]) - price.get(int(w), 0.0) for p, w in zip(pairs, wanted, strict=True)]
        best = max(range(len(gains)), key=gains.__getitem__)
        if gains[best] <= 0:
            continue
        second = max([0.0, *(g for i, g in enumerate(gains) if i != best)])
        goal = int(wanted[best])
        price[goal] = price.get(goal, 0.0) + gains[best] - second + step
        if goal in owner:
            waiting.append(owner[goal])
        owner[goal], held[row] = row, int(pairs[best])
    return [held[row] for row in owner.values()]
