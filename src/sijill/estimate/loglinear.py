"""Hierarchical log-linear models: every one of them, or up to an order of interaction, weighed by AIC and BIC.

Sources: Fienberg, "The multiple recapture census for closed populations and incomplete 2^k contingency tables",
Biometrika 59 (1972), for the models; Cormack, "Interval estimation for mark-recapture studies of closed populations",
Biometrics 48 (1992), for the profile interval; `bootstrap` for the other one, which takes in the choice of the model
anew by BIC in each table; Raftery, "Bayesian model selection in social research", Sociological
Methodology 25 (1995), for averaging by BIC. A model is named by its generators, the largest interactions that it holds:
`[123,14,34]` has the three-way interaction of lists 1, 2 and 3, all within it, and 1 with 4, 3 with 4.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations as choose

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln, xlogy
from scipy.stats import chi2

from sijill.core.errors import InputError
from sijill.estimate.bootstrap import Missing, accelerated, checked, missed, replicates
from sijill.estimate.compiled import Reals
from sijill.estimate.guards import examine
from sijill.estimate.histories import Histories, combinations
from sijill.estimate.poisson import Fit, fit, newton
from sijill.estimate.results import Estimate, Interval, Model

MAX_MODELS = 40_000
FAR = 1e9
CONSIDERED = 200
ABOUT = (
    "Log-linear models of how the lists overlap. They assume that nobody came or left, that everybody listed is found "
    "on every list that holds them, and that those on no list follow the same model: that the interaction of all lists "
    "at once, which cannot be seen, is none."
)

Terms = frozenset[int]


def log_linear(
    histories: Histories, *, max_order: int | None = None, level: float = 0.95, bootstrap: int = 0, seed: int = 1
) -> Estimate:
    """Fit the models; the estimate is that of the best by BIC, the mean the average by BIC.

    `max_order` bounds how many lists an interaction may join; without it, every model is fitted but the saturated one,
    which leaves nothing to judge it by. The interval is that of the best model's profile, or of so many `bootstrap`
    samples, in each of which the best of the 200 models that fitted best is chosen anew. Raises InputError where there
    are too many models.
    """
    cautions = examine(histories)
    terms = {name_of(m): m for m in hierarchical(histories, max_order)}
    fitted = [(name, fit_terms(histories, m)) for name, m in terms.items()]
    bics = np.array([f.bic(histories.observed) if f.converged else np.inf for _, f in fitted])
    if not np.isfinite(bics).any():
        raise InputError("no log-linear model has an estimate here", hint="the lists overlap too little: try `sparse`")
    weights = np.exp(-(bics - bics.min()) / 2)
    weights /= weights.sum()
    models = sorted(
        (_model(name, f, histories, float(w)) for (name, f), w in zip(fitted, weights, strict=True)),
        key=lambda m: (m.bic if m.bic is not None else math.inf, m.name),
    )
    usable = [m for m in models if not m.warnings and m.abundance is not None]
    best = usable[0]
    mean = sum((m.abundance or 0) * (m.weight or 0) for m in usable)
    drawn = np.empty(0)
    if checked(bootstrap):
        again = _choosing_anew(histories, [terms[m.name] for m in usable[:CONSIDERED]])
        drawn = replicates(histories, again, bootstrap, seed)
        interval = accelerated(histories, again, drawn, best.abundance or 0.0, level)
    else:
        interval = profile(histories, terms[best.name], level)
    return Estimate(
        method="loglinear",
        lists=histories.lists,
        observed=histories.observed,
        estimate=best.abundance,
        mean=mean,
        interval=interval,
        models=tuple(models),
        diagnostics={
            "best_bic": best.name,
            "best_aic": min(usable, key=lambda m: (m.aic or 0, m.name)).name,
            "models": len(models),
            "bootstrap": len(drawn),
        },
        warnings=(*cautions, *_warnings(usable, mean), *missed(drawn)),
        about=ABOUT,
    )


def hierarchical(histories: Histories, max_order: int | None = None) -> list[Terms]:
    """The terms of every hierarchical model that holds all lists, the saturated one left out, simple ones first.

    A term is a set of lists as bits. Raises InputError where there are more than `MAX_MODELS`.
    """
    lists = len(histories.lists)
    top = min(max_order or lists, lists)
    if top > 1 and 1 << (lists * (lists - 1) // 2) > MAX_MODELS:
        # Any set of pairs is a model: no need to write them all down first.
        raise InputError(
            f"{lists} lists have more than {MAX_MODELS:,} hierarchical models", hint="merge lists, or use `sparse`"
        )
    mains = frozenset(1 << i for i in range(lists))
    terms = [sum(1 << i for i in c) for size in range(2, top + 1) for c in choose(range(lists), size)]
    found = []
    for model in _ideals(terms, mains):
        if len(model) < (1 << lists) - 1:
            found.append(model)
        if len(found) > MAX_MODELS:
            raise InputError(
                f"{lists} lists have more than {MAX_MODELS:,} hierarchical models",
                hint="bound the interactions: --max-order 2",
            )
    return sorted(found, key=lambda m: (len(m), name_of(m)))


def _ideals(terms: list[int], held: Terms) -> Iterator[Terms]:
    """Every set of terms that holds, with a term, all terms within it; `terms` by growing size."""
    if not terms:
        yield held
        return
    first, *rest = terms
    yield from _ideals(rest, held)
    if all(first & ~(1 << i) in held for i in range(first.bit_length()) if first >> i & 1):
        yield from _ideals(rest, held | {first})


def name_of(model: Terms) -> str:
    """The generators of a model: `[123,14,34]`.

    >>> name_of(frozenset({1, 2, 4, 3}))
    '[12,3]'
    """
    generators = [t for t in model if not any(t != u and t & u == t for u in model)]
    lists = sorted(
        ([i + 1 for i in range(t.bit_length()) if t >> i & 1] for t in generators), key=lambda g: (-len(g), g)
    )
    joint = "" if all(i < 10 for g in lists for i in g) else "."
    return f"[{','.join(joint.join(map(str, g)) for g in lists)}]"


def fit_terms(histories: Histories, model: Terms) -> Fit:
    """Fit one model to the cells that can be seen; the first coefficient is the logarithm of the number on no list."""
    return fit(_design(histories, model, missing=False), histories.table.astype(np.float64))


def _design(histories: Histories, model: Terms, *, missing: bool) -> Reals:
    patterns = combinations(len(histories.lists)).astype(bool)
    if missing:
        patterns = np.vstack([np.zeros((1, patterns.shape[1]), dtype=bool), patterns])
    columns: list[Reals] = [np.ones(len(patterns))]
    for term in sorted(model, key=lambda t: (t.bit_count(), t)):
        inside = [i for i in range(patterns.shape[1]) if term >> i & 1]
        columns.append(patterns[:, inside].prod(axis=1, dtype=np.float64))
    return np.stack(columns, axis=1)


def _model(name: str, fitted: Fit, histories: Histories, weight: float) -> Model:
    if not fitted.converged:
        return Model(name, weight=0.0, warnings=("the estimate does not exist: some overlap is empty",))
    missing = math.exp(fitted.coefficients[0])
    return Model(
        name,
        abundance=histories.observed + missing,
        stderr=math.sqrt(missing + missing**2 * float(fitted.covariance[0, 0])),
        deviance=fitted.deviance,
        df=fitted.df,
        aic=fitted.aic,
        bic=fitted.bic(histories.observed),
        weight=weight,
    )


def _choosing_anew(histories: Histories, models: list[Terms]) -> Missing:
    """From a table of the same lists, the number on no list by that model of these which is best by BIC for it."""
    designs = [_design(histories, model, missing=False) for model in models]
    price = math.log(histories.observed)

    def missing(table: Reals) -> float:
        best, found = math.inf, math.inf
        for design in designs:
            unseen, deviance, rested, _ = newton(design, table)
            if rested and deviance + price * design.shape[1] < best:
                best, found = deviance + price * design.shape[1], unseen
        return found

    return missing


def profile(histories: Histories, model: Terms, level: float) -> Interval:
    """The interval of abundances that the likelihood does not tell from the best one, all else fitted anew for each.

    Of the multinomial likelihood over all cells, those on no list among them; the cut is the chi-square's with one
    degree of freedom (Cormack 1992).
    """
    design = _design(histories, model, missing=True)
    cells = histories.table.astype(np.float64)

    def likelihood(missing: float) -> float:
        counts = np.concatenate([[missing], cells])
        total = counts.sum()
        mu = fit(design, counts).expected
        constant = gammaln(total + 1) - gammaln(missing + 1)
        return float(constant + np.sum(xlogy(counts, mu / total)))

    best = math.exp(fit_terms(histories, model).coefficients[0])
    cut = likelihood(best) - chi2.ppf(level, 1) / 2
    # The multinomial likelihood peaks a little beside the Poisson estimate: the cut is taken from its own peak.
    peak = max((likelihood(best + d) for d in (-1.0, -0.5, 0.0, 0.5) if best + d > 0), default=cut)
    cut = max(cut, peak - chi2.ppf(level, 1) / 2)
    low = _crossing(lambda m: likelihood(m) - cut, best, downwards=True) or 0.0
    high = _crossing(lambda m: likelihood(m) - cut, best, downwards=False)
    return Interval(level, histories.observed + low, None if high is None else histories.observed + high)


def _crossing(height: Callable[[float], float], start: float, *, downwards: bool) -> float | None:
    """Where a height falls to zero on one side of `start`; 0 below if it never does, `None` above."""
    if downwards:
        return 0.0 if start <= 0 or height(0.0) > 0 else float(brentq(height, 0.0, start, xtol=1e-6))
    far = max(2 * start, 1.0)
    while height(far) > 0:
        far *= 2
        if far > FAR:
            return None
    return float(brentq(height, start, far, xtol=1e-6))


def _warnings(usable: list[Model], mean: float) -> tuple[str, ...]:
    """Where models that fit about as well disagree, the choice among them decides, and nobody can make it from data."""
    near = [m.abundance or 0 for m in usable if (m.bic or 0) <= (usable[0].bic or 0) + 6]
    if max(near) > 1.5 * min(near):
        span = f"{min(near):,.0f} to {max(near):,.0f}"
        return (f"models that fit about as well say {span}: the answer depends on the model; average {mean:,.0f}",)
    return ()
