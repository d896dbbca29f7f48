"""How far an estimate moves with what nobody can know from the lists: which lists are used, and how they depend.

Four questions. What would each choice of at least three lists have said? What would tables say that were linked at
other thresholds? What if two of the lists depended on each other by a known odds ratio? And how few people can there
have been, where no model is to be believed?

The odds ratio. Log expected counts of a hierarchical log-linear model are a + sum of terms, and exp(a) is the number
on no list. Fix the interaction of lists i and j at log(odds ratio): the terms that hold both are taken out of the
model, and log(odds ratio) · x_i · x_j is added to each cell as an offset that is not estimated. The cell of nobody has
x = 0, so its offset is 0 and exp(a) still is the number on no list. With two lists this is n10 · n01 · ratio / n11, the
formula of Gerritse, van der Heijden and Bakker, "Sensitivity of population size estimation for violating parametric
assumptions in log-linear models", Journal of Official Statistics 31 (2015), who introduced the offset; Zhang and
Small, "Number of healthcare workers who have died of COVID-19", Epidemiology 31 (2020), show it as a function of the
ratio. With more lists it is the ratio among people who are alike on the others, and the rest of the model is that which
fits best (by BIC up to four lists, step by step with pairs beyond), kept while the ratio moves. A ratio above 1: who is
on one of the two is likelier to be on the other. Where there are further lists, people on them show something of the
ratio; a likelihood-ratio test against the model that estimates it marks the ratios that they speak against.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations as choose
from typing import Any

import numpy as np
from scipy.stats import chi2

from sijill.core.errors import InputError
from sijill.estimate.closed import BOUND, closed_population, log_normal
from sijill.estimate.compiled import Reals
from sijill.estimate.histories import Histories
from sijill.estimate.loglinear import Terms, fit_terms, hierarchical
from sijill.estimate.poisson import Fit, fit
from sijill.estimate.results import Estimate, Interval, Model, finite
from sijill.estimate.sparse import MAX_LISTS, THRESHOLD, Layout, stepwise

RATIOS = (0.25, 1 / 3, 0.5, 2 / 3, 1.0, 1.5, 2.0, 3.0, 4.0)
USABLE = 3
ALL_MODELS = 4
MAX_SUBSETS = 8
FAR_APART = 1.5
UNLIKELY = 0.001
ABOUT = (
    "The same question asked with other lists and other assumptions. Rows that differ show what the lists cannot "
    "decide: the answer is the whole span, and no single row of it is the truth."
)

Estimator = Callable[[Histories], Estimate]


@dataclass(frozen=True, slots=True)
class Case:
    """One answer: the `kind` of question, its `name`, and an estimate with its interval or the `reason` for none.

    `observed` people are documented on the lists used; `ratio` is the odds ratio that was assumed.
    """

    kind: str
    name: str
    observed: int | None = None
    estimate: float | None = None
    interval: Interval | None = None
    ratio: float | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """One flat row; what is missing is null."""
        ends = (self.interval.level, self.interval.low, self.interval.high) if self.interval else (None, None, None)
        return {
            "kind": self.kind,
            "name": self.name,
            "odds_ratio": self.ratio,
            "observed": self.observed,
            "estimate": finite(self.estimate),
            "level": ends[0],
            "low": finite(ends[1]),
            "high": finite(ends[2]),
            "reason": self.reason,
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """All answers: kinds `lists`, `table`, `odds ratio` and `bound`, in that order; `observed` are documented."""

    method: str
    lists: tuple[str, ...]
    observed: int
    cases: tuple[Case, ...]
    warnings: tuple[str, ...]
    about: str = ABOUT

    def to_json(self) -> dict[str, Any]:
        """The answers as rows, with what they have in common."""
        return {
            "method": self.method,
            "lists": list(self.lists),
            "observed": self.observed,
            "cases": [case.to_json() for case in self.cases],
            "warnings": list(self.warnings),
            "about": self.about,
        }


def sensitivity(
    tables: Mapping[str, Histories],
    estimator: Estimator,
    *,
    method: str,
    ratios: Sequence[float] = RATIOS,
    level: float = 0.95,
) -> Sensitivity:
    """Every question about the first of the tables; the others, the same lists linked otherwise, get a row each.

    Raises InputError for no table, tables with other lists, a ratio that is none, or more than `MAX_SUBSETS` lists.
    """
    if not tables:
        raise InputError("no table", hint="name a table of lists")
    histories = next(iter(tables.values()))
    for name, table in tables.items():
        if set(table.lists) != set(histories.lists):
            raise InputError(f"{name} has other lists than the first table", hint="tables of the same lists are needed")
    cases = list(subsets(histories, estimator))
    if len(tables) > 1:
        cases += [_attempt("table", name, table, estimator) for name, table in tables.items()]
    cases += [*odds_ratios(histories, ratios=ratios, level=level), lower_bound(histories, level=level)]
    return Sensitivity(method, histories.lists, histories.observed, tuple(cases), _warnings(cases))


def subsets(histories: Histories, estimator: Estimator) -> tuple[Case, ...]:
    """The estimate from every choice of at least three lists, all of them first, or the reason why there is none."""
    lists = histories.lists
    if len(lists) > MAX_SUBSETS:
        raise InputError(
            f"{len(lists)} lists have {2 ** len(lists):,} subsets", hint=f"merge lists to at most {MAX_SUBSETS}"
        )
    if len(lists) < USABLE:
        return (Case("lists", " + ".join(lists), histories.observed, reason="fewer than three lists"),)
    found = []
    for size in range(len(lists), USABLE - 1, -1):
        for names in choose(lists, size):
            case = _attempt("lists", " + ".join(names), histories, estimator, names)
            found.append(_beside(case, histories.observed))
    return tuple(found)


def _attempt(kind: str, name: str, histories: Histories, estimator: Estimator, lists: Sequence[str] = ()) -> Case:
    """One estimate, or why there is none."""
    observed = None
    try:
        used = histories.only(lists) if lists else histories
        observed = used.observed
        found = estimator(used)
    except InputError as error:
        return Case(kind, name, observed, reason=error.message)
    return Case(kind, name, observed, found.estimate, found.interval, warnings=found.warnings)


def _beside(case: Case, documented: int) -> Case:
    """A case whose estimate is less than what all the lists document is marked: it is known to be wrong."""
    if case.estimate is None or case.estimate >= documented:
        return case
    said = f"less than the {documented:,} people that all the lists document: it cannot be right"
    return Case(case.kind, case.name, case.observed, case.estimate, case.interval, warnings=(*case.warnings, said))


def odds_ratios(histories: Histories, *, ratios: Sequence[float] = RATIOS, level: float = 0.95) -> tuple[Case, ...]:
    """The estimate under each odds ratio of dependence between each pair of lists; intervals are log-normal in the
    number on no list (Chao, Biometrics 43, 1987) and take the model for granted.

    Raises InputError for a ratio that is not above zero.
    """
    if bad := [ratio for ratio in ratios if not 0 < ratio < math.inf]:
        raise InputError(f"an odds ratio of {bad[0]} cannot be", hint="above zero; 1 is independence")
    if len(histories.lists) > MAX_LISTS:
        raise InputError(f"{len(histories.lists)} lists", hint=f"merge lists to at most {MAX_LISTS}")
    base = _base(histories)
    return tuple(
        _at_ratio(histories, base, pair, ratio, level)
        for pair in choose(range(len(histories.lists)), 2)
        for ratio in ratios
    )


def _base(histories: Histories) -> Terms:
    """The terms of the model that is kept while a ratio moves."""
    lists = len(histories.lists)
    if lists <= ALL_MODELS:
        fitted = [(fit_terms(histories, model), model) for model in hierarchical(histories)]
        bics = [(f.bic(histories.observed), i) for i, (f, _) in enumerate(fitted) if f.converged]
        if bics:
            return fitted[min(bics)[1]][1]
        return frozenset(1 << i for i in range(lists))
    layout = Layout.of(lists)
    chosen = layout.pairs[stepwise(histories.table.astype(np.float64), layout, THRESHOLD).chosen].tolist()
    return frozenset(1 << i for i in range(lists)) | {1 << i | 1 << j for i, j in chosen}


def _at_ratio(histories: Histories, base: Terms, pair: tuple[int, int], ratio: float, level: float) -> Case:
    """The estimate with the interaction of one pair fixed."""
    both = 1 << pair[0] | 1 << pair[1]
    name = " and ".join(histories.lists[i] for i in pair)
    design, counts, pair_on = _cells(histories, frozenset(t for t in base if t & both != both), both)
    case = Case("odds ratio", name, histories.observed, ratio=ratio)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return _without(case, "the lists overlap too little to fit the model")
    fitted = fit(design, counts, math.log(ratio) * pair_on)
    if not fitted.converged:
        return _without(case, "the estimate does not exist: some overlap is empty")
    missing = math.exp(fitted.coefficients[0])
    spread = math.sqrt(missing + missing**2 * float(fitted.covariance[0, 0]))
    model = Model(name, abundance=histories.observed + missing, stderr=spread)
    interval = log_normal(model, histories.observed, level)
    said = _against(fitted, design, counts, pair_on)
    return Case(case.kind, name, histories.observed, model.abundance, interval, ratio, warnings=said)


def _against(fixed: Fit, design: Reals, counts: Reals, pair_on: Reals) -> tuple[str, ...]:
    """Whether the model that estimates the ratio fits far better than the one that has it fixed."""
    free = np.column_stack([design, pair_on])
    if not counts @ pair_on or np.linalg.matrix_rank(free) < free.shape[1]:
        return ()
    better = fit(free, counts)
    if not better.converged or chi2.sf(fixed.deviance - better.deviance, 1) >= UNLIKELY:
        return ()
    likeliest = math.exp(better.coefficients[-1])
    return (f"the lists speak against this ratio (p < {UNLIKELY}): with the rest as it is, {likeliest:.2g} fits best",)


def _cells(histories: Histories, terms: Terms, both: int) -> tuple[Reals, Reals, Reals]:
    """Design (cells, terms + 1), counts (cells,), and whether a cell is on both lists of the pair (cells,).

    A term that nobody meets has the extended estimate minus infinity: it goes, with its cells (see `sparse`).
    """
    codes = 1 + np.arange((1 << len(histories.lists)) - 1)
    counts = histories.table.astype(np.float64)
    empty = [t for t in terms if t.bit_count() > 1 and not counts[codes & t == t].any()]
    kept = np.ones(len(codes), dtype=np.bool_)
    for term in empty:
        kept &= codes & term != term
    left = sorted(t for t in terms if not any(t & e == e for e in empty))
    columns = [np.ones(len(codes)), *((codes & t == t).astype(np.float64) for t in left)]
    return np.stack(columns, axis=1)[kept], counts[kept], (codes & both == both).astype(np.float64)[kept]


def _without(case: Case, reason: str) -> Case:
    return Case(case.kind, case.name, case.observed, ratio=case.ratio, reason=reason)


def lower_bound(histories: Histories, *, level: float = 0.95) -> Case:
    """Chao's bound for lists of different sizes (Rivest and Baillargeon 2007, see `closed`): people's chances may
    differ in any way, while each person's listings are independent or attract one another.

    Only the lower end of the interval means something; the upper is `None`. No bound where nobody is on two lists.
    """
    if not (histories.patterns.sum(axis=1) > 1).any():
        reason = "nobody is on two lists: the lists say nothing of those who are on none"
        return Case("bound", BOUND, histories.observed, reason=reason)
    bound = next(m for m in closed_population(histories) if m.name == BOUND)
    if bound.warnings:
        return Case("bound", BOUND, histories.observed, reason=bound.warnings[0])
    # One-sided: all of what the level leaves out lies below.
    ends = log_normal(bound, histories.observed, 2 * level - 1)
    return Case("bound", BOUND, histories.observed, bound.abundance, Interval(level, ends.low, None))


def _warnings(cases: Sequence[Case]) -> tuple[str, ...]:
    """For each kind of question, how far apart the answers are; how many there are none for."""
    found = []
    for kind in dict.fromkeys(case.kind for case in cases):
        asked = [case for case in cases if case.kind == kind]
        said = [case.estimate for case in asked if case.estimate is not None]
        if len(said) < len(asked):
            found.append(f"{kind}: {len(asked) - len(said)} of {len(asked)} have no estimate")
        if said and max(said) > FAR_APART * min(said):
            found.append(f"{kind}: estimates go from {min(said):,.0f} to {max(said):,.0f}: do not quote one number")
    return tuple(found)
