"""Humps of a posterior: where draws gather, and what share of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sijill.estimate.compiled import Reals

GRID = 400
VALLEY = 0.5
SMALLEST = 0.02


@dataclass(frozen=True, slots=True)
class Hump:
    """One hump: the median of its draws, the ends of its middle share, and its weight among all draws.

    `spread` is the standard error of the weight, from how far the islands differ.
    """

    median: float
    low: float
    high: float
    weight: float
    spread: float


def humps(people: Reals, level: float) -> tuple[Hump, ...]:
    """The humps of draws (islands, draws) on the log scale, from the lowest; one where there is no real valley.

    The density is estimated by a Gaussian kernel of Silverman's width (Density Estimation, 1986, section 3.4); a valley
    is real if it is lower than half of the lower of the two tops beside it, and a hump if it holds 2% of the draws.
    """
    logs = np.log(people)
    cuts = _valleys(logs.ravel())
    edges = [-np.inf, *cuts, np.inf]
    found = []
    for low, high in pairwise(edges):
        inside = (logs > low) & (logs <= high)
        by_island = inside.mean(axis=1)
        error = float(by_island.std(ddof=1) / np.sqrt(len(by_island))) if len(by_island) > 1 else 0.0
        ends = np.quantile(people[inside], [(1 - level) / 2, 0.5, (1 + level) / 2]).tolist()
        found.append(Hump(ends[1], ends[0], ends[2], float(inside.mean()), error))
    return tuple(found)


def _valleys(logs: Reals) -> list[float]:
    """Where to cut between humps, from the lowest."""
    quartiles = np.quantile(logs, [0.25, 0.75])
    width = 0.9 * min(float(logs.std()), float(np.diff(quartiles)[0]) / 1.34) * len(logs) ** -0.2
    if width <= 0:
        return []
    grid = np.linspace(logs.min() - 3 * width, logs.max() + 3 * width, GRID)
    spacing = float(grid[1] - grid[0])
    width = max(width, spacing)
    counts = np.bincount(np.round((logs - grid[0]) / spacing).astype(np.int64), minlength=GRID)[:GRID]
    reach = int(np.ceil(4 * width / spacing))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * spacing / width) ** 2)
    density = np.convolve(counts, kernel, mode="full")[reach : reach + GRID]
    cuts = [i for i in range(1, GRID - 1) if density[i] <= density[i - 1] and density[i] < density[i + 1]]
    while cuts:
        parts = np.split(density, cuts)
        shares = np.array([counts[a:b].sum() for a, b in zip([0, *cuts], [*cuts, GRID], strict=True)]) / len(logs)
        tops = np.array([part.max() for part in parts])
        # The shallowest valley goes first; so does one that parts off too few draws to be a hump.
        depth = [
            0.0 if min(shares[i], shares[i + 1]) < SMALLEST else 1 - density[cut] / min(tops[i], tops[i + 1])
            for i, cut in enumerate(cuts)
        ]
        worst = int(np.argmin(depth))
        if depth[worst] >= 1 - VALLEY:
            break
        del cuts[worst]
    return [float(grid[cut]) for cut in cuts]
