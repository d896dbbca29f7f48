"""The bootstrap over people: estimates from tables drawn anew, and the interval made of them.

Source: Efron, "Better bootstrap confidence intervals", Journal of the American Statistical Association 82 (1987). As
many people as were observed are drawn with replacement, so a table drawn anew is multinomial with the observed shares;
whatever is chosen by looking at the table is chosen anew in each.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from sijill.core.errors import InputError
from sijill.estimate.compiled import Reals
from sijill.estimate.histories import Histories
from sijill.estimate.results import Interval

BOOTSTRAP = 1_000
MOST = 1_000_000

# From a table (cells,) the number on no list: not finite where there is no estimate.
Missing = Callable[[Reals], float]


def checked(samples: int) -> int:
    """A number of samples; raises InputError for one that cannot be."""
    if not 0 <= samples <= MOST:
        raise InputError(f"{samples} bootstrap samples cannot be", hint=f"from 0 to {MOST:,}; 1,000, say")
    return samples


def replicates(histories: Histories, missing: Missing, samples: int, seed: int) -> Reals:
    """Estimates from so many tables drawn anew, (samples,); not finite where there was none."""
    rng = np.random.default_rng(seed)
    share = histories.table / histories.observed
    drawn = rng.multinomial(histories.observed, share, size=samples).astype(np.float64)
    return np.array([histories.observed + missing(table) for table in drawn])


def accelerated(histories: Histories, missing: Missing, found: Reals, estimate: float, level: float) -> Interval | None:
    """The bias-corrected and accelerated interval of replicates found; `None` where none of them is finite."""
    usable = found[np.isfinite(found)]
    if not len(usable):
        return None
    left, weights = without_one(histories, missing)
    return bias_corrected(estimate, usable, left, weights, level)


def without_one(histories: Histories, missing: Missing) -> tuple[Reals, Reals]:
    """Estimates with one person left out, one for each cell that holds any, and how many people each stands for."""
    table = histories.table.astype(np.float64)
    left, weights = [], []
    for cell in np.flatnonzero(table):
        without = table.copy()
        without[cell] -= 1
        unseen = missing(without)
        if math.isfinite(unseen):
            left.append(histories.observed - 1 + unseen)
            weights.append(table[cell])
    return np.array(left), np.array(weights)


def bias_corrected(estimate: float, found: Reals, left: Reals, weights: Reals, level: float) -> Interval:
    """The bias-corrected and accelerated interval from bootstrap replicates (Efron 1987, section 6).

    `left` (k,) are the estimates with one person left out, each standing for `weights` (k,) people.
    """
    bias, acceleration = _bias(estimate, found), _acceleration(left, weights)

    def end(share: float) -> float:
        shifted = bias + float(norm.ppf(share))
        return float(np.quantile(found, norm.cdf(bias + shifted / (1 - acceleration * shifted))))

    return Interval(level, end((1 - level) / 2), end((1 + level) / 2))


def _bias(estimate: float, found: Reals) -> float:
    """How far the estimate is from the median of the replicates, as a normal deviate."""
    below = float((found < estimate).mean() + (found == estimate).mean() / 2)
    edge = 0.5 / len(found)
    return float(norm.ppf(min(max(below, edge), 1 - edge)))


def _acceleration(left: Reals, weights: Reals) -> float:
    if not len(left):
        return 0.0
    influence = np.average(left, weights=weights) - left
    spread = float(weights @ influence**2)
    return float(weights @ influence**3) / (6 * spread**1.5) if spread > 0 else 0.0


def missed(found: Reals) -> tuple[str, ...]:
    """What to say where tables drawn anew had no estimate."""
    share = float((~np.isfinite(found)).mean()) if len(found) else 0.0
    if not share:
        return ()
    return (f"{share:.1%} of the bootstrap samples have no estimate and are left out: the interval is too short",)
