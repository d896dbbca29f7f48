"""Log-linear models for lists that overlap little: overlaps that are empty, estimates that may not exist.

Source: Chan, Silverman and Vincent, "Multiple systems estimation for sparse capture data: inferential challenges when
there are nonoverlapping lists", Journal of the American Statistical Association 116 (2021). Main effects and
interactions of two lists. An interaction of two lists that nobody is on both of has the extended estimate minus
infinity: the cells that hold both are fitted by zero and left out. Whether an estimate exists and is identified is
decided by a linear programme (Fienberg and Rinaldo, Annals of Statistics 40, 2012): it exists if some table with every
remaining cell positive has the same sufficient statistics, and is identified if the remaining design has full rank.

Interactions come in one at a time. How many people are on both of two lists is Poisson if they do not interact, with
the mean of the model so far; the pair whose number is the least likely, on the side where it lies, comes in while that
one-sided p-value is below the threshold and the model with it has an estimate. Intervals by the bootstrap over people,
choice of model included (see `bootstrap`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations as choose

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.special import pdtr, pdtrc
from scipy.stats import norm

from sijill.core.errors import InputError
from sijill.estimate.bootstrap import BOOTSTRAP, accelerated, checked, missed, replicates
from sijill.estimate.compiled import Bits, Reals, compiled
from sijill.estimate.guards import examine
from sijill.estimate.histories import Histories, combinations
from sijill.estimate.poisson import fit, newton
from sijill.estimate.results import Estimate, Interval, Model

THRESHOLD = 0.02
MIN_LISTS, MAX_LISTS = 3, 10
POSITIVE = 1e-7
ABOUT = (
    "Log-linear models with dependence between pairs of lists, chosen step by step. They assume that nobody came or "
    "left, that everybody listed is found on every list that holds them, and that beyond pairs the lists do not depend "
    "on one another. The interval takes in the choice of the model."
)


@dataclass(frozen=True, eq=False)
class Layout:
    """The cells of some lists: patterns (cells, lists), pairs of lists (pairs, 2), who is on both (pairs, cells)."""

    patterns: Bits
    pairs: NDArray[np.int64]
    both: Reals

    @classmethod
    def of(cls, lists: int) -> Layout:
        """The layout of so many lists."""
        patterns = np.ascontiguousarray(combinations(lists))
        pairs = np.array(list(choose(range(lists), 2)), dtype=np.int64)
        both = (patterns[:, pairs[:, 0]] & patterns[:, pairs[:, 1]]).T.astype(np.float64)
        return cls(patterns, pairs, np.ascontiguousarray(both))


@dataclass(frozen=True, eq=False)
class Choice:
    """The model chosen: its pairs (pairs,) as bits, the number on no list (endless where there is no estimate)."""

    chosen: NDArray[np.bool_]
    missing: float
    deviance: float
    df: int


def sparse(
    histories: Histories,
    *,
    threshold: float = THRESHOLD,
    bootstrap: int = BOOTSTRAP,
    level: float = 0.95,
    seed: int = 1,
) -> Estimate:
    """The estimate of the model chosen step by step, with its bootstrap interval; `bootstrap` 0 gives none.

    Raises InputError where not even the model without interactions has an estimate, or an option cannot be.
    """
    lists = len(histories.lists)
    if not MIN_LISTS <= lists <= MAX_LISTS:
        raise InputError(f"{lists} lists: this method takes 3 to {MAX_LISTS}", hint="merge lists, or latent classes")
    if not 0 <= threshold <= 1:
        raise InputError(f"a threshold of {threshold} cannot be", hint="a p-value, from 0 to 1")
    cautions = examine(histories)
    layout, table = Layout.of(lists), histories.table.astype(np.float64)
    found = stepwise(table, layout, threshold)
    if not math.isfinite(found.missing):
        raise InputError(
            "not even the model without dependence has an estimate: the lists overlap too little",
            hint="find a list that overlaps with the others, or merge lists",
        )
    estimate = histories.observed + found.missing

    def again(drawn: Reals) -> float:
        return stepwise(drawn, layout, threshold).missing

    drawn = replicates(histories, again, checked(bootstrap), seed)
    usable = drawn[np.isfinite(drawn)]
    return Estimate(
        method="sparse",
        lists=histories.lists,
        observed=histories.observed,
        estimate=estimate,
        median=float(np.median(usable)) if len(usable) else None,
        interval=accelerated(histories, again, drawn, estimate, level),
        models=(_model(histories, layout, found, level),),
        diagnostics={
            "bootstrap": len(drawn),
            "without_estimate": len(drawn) - len(usable),
            "threshold": threshold,
            "seed": seed,
        },
        warnings=(*cautions, *missed(drawn)),
        about=ABOUT,
    )


def exists(table: Reals, layout: Layout, chosen: NDArray[np.bool_]) -> bool:
    """Whether the estimate of the model with these pairs exists and is identified; `table` (cells,)."""
    design, counts = _remaining(table, layout, chosen)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return False
    cells = len(counts)
    same = np.hstack([design.T, np.zeros((design.shape[1], 1))])
    above = np.hstack([-np.eye(cells), np.ones((cells, 1))])
    goal = -np.append(np.zeros(cells), 1.0)
    free = [(None, None)] * (cells + 1)
    found = linprog(goal, above, np.zeros(cells), same, design.T @ counts, bounds=free, method="highs")
    return bool(found.status == 0 and -found.fun > POSITIVE)


def _remaining(table: Reals, layout: Layout, chosen: NDArray[np.bool_]) -> tuple[Reals, Reals]:
    """The design and the counts of the cells that an extended estimate leaves."""
    empty = chosen & (layout.both @ table == 0)
    kept = ~layout.both[empty].any(axis=0)
    columns = [np.ones(len(table)), *layout.patterns.T.astype(np.float64), *layout.both[chosen & ~empty]]
    return np.stack(columns, axis=1)[kept], table[kept]


def stepwise(table: Reals, layout: Layout, threshold: float) -> Choice:
    """The model that the steps lead to; no estimate where the one without interactions has none."""
    chosen = np.zeros(len(layout.pairs), dtype=np.bool_)
    missing, deviance, df, fine, expected = fit_pairs(table, layout.patterns, layout.pairs, chosen)
    if not fine and not exists(table, layout, chosen):
        return Choice(chosen, np.inf, deviance, df)
    overlaps = layout.both @ table
    barred = chosen.copy()
    while True:
        p, surprise = _unlikely(overlaps, expected)
        p[chosen | barred] = 2.0
        best = int(np.lexsort((-surprise, p))[0])
        if p[best] >= threshold:
            return Choice(chosen, missing, deviance, df)
        chosen[best] = True
        tried = fit_pairs(table, layout.patterns, layout.pairs, chosen)
        # An iteration that ran away is no proof: the linear programme decides.
        if math.isfinite(tried[0]) and (tried[3] or exists(table, layout, chosen)):
            missing, deviance, df, fine, expected = tried
        else:
            chosen[best], barred[best] = False, True


def _unlikely(overlaps: Reals, expected: Reals) -> tuple[Reals, Reals]:
    """One-sided Poisson p-values of the overlaps (pairs,), and their deviances, which tell p-values of 0 apart."""
    mean = np.maximum(expected, 1e-300)
    p = np.minimum(pdtr(overlaps, mean), np.where(overlaps > 0, pdtrc(overlaps - 1, mean), 1.0))
    ratio = np.log(np.maximum(overlaps, 1e-300) / mean)
    return p, np.where(overlaps > 0, overlaps * ratio, 0.0) - (overlaps - mean)


@compiled
def fit_pairs(
    table: Reals, patterns: Bits, pairs: NDArray[np.int64], chosen: NDArray[np.bool_]
) -> tuple[float, float, int, bool, Reals]:
    """Fit one model: number on no list, deviance, degrees of freedom, whether the iteration came to rest, and how many
    people it expects on both lists of each pair, (pairs,)."""
    cells, lists = patterns.shape
    kept = np.ones(cells, dtype=np.bool_)
    inside = np.zeros(len(pairs), dtype=np.bool_)
    for p in range(len(pairs)):
        if chosen[p]:
            both = (patterns[:, pairs[p, 0]] & patterns[:, pairs[p, 1]]) > 0
            inside[p] = table[both].sum() > 0
            if not inside[p]:
                kept &= ~both
    design = np.ones((int(kept.sum()), 1 + lists + int(inside.sum())))
    design[:, 1 : 1 + lists] = patterns[kept]
    column = 1 + lists
    for p in range(len(pairs)):
        if inside[p]:
            design[:, column] = design[:, 1 + pairs[p, 0]] * design[:, 1 + pairs[p, 1]]
            column += 1
    expected = np.zeros(len(pairs))
    rows, columns = design.shape
    if rows < columns:
        return np.inf, np.inf, rows - columns, False, expected
    missing, deviance, rested, mu = newton(design, table[kept])
    for p in range(len(pairs)):
        expected[p] = (design[:, 1 + pairs[p, 0]] * design[:, 1 + pairs[p, 1]] * mu).sum()
    return missing, deviance, rows - columns, rested, expected


def _model(histories: Histories, layout: Layout, found: Choice, level: float) -> Model:
    """The model chosen, with the interval that takes the choice for granted: log-normal in the number on no list."""
    pairs = layout.pairs[found.chosen] + 1
    alone = [i for i in range(1, layout.patterns.shape[1] + 1) if i not in pairs]
    joint = "" if layout.patterns.shape[1] < 10 else "."
    name = ",".join([*(f"{i}{joint}{j}" for i, j in pairs), *map(str, alone)])
    fitted = fit(*_remaining(histories.table.astype(np.float64), layout, found.chosen))
    spread = math.sqrt(float(fitted.covariance[0, 0]))
    factor = math.exp(spread * float(norm.ppf((1 + level) / 2)))
    seen, missing = histories.observed, found.missing
    return Model(
        f"[{name}]",
        abundance=seen + missing,
        stderr=math.sqrt(missing + (missing * spread) ** 2),
        deviance=found.deviance,
        df=found.df,
        weight=1.0,
        interval=Interval(level, seen + missing / factor, seen + missing * factor),
    )
