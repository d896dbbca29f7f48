"""Closed-population models M0, Mt, Mh, Mth, Mb and Mbh, as log-linear models.

Sources: Otis, Burnham, White and Anderson, Wildlife Monographs 62 (1978), for the models; Cormack, Biometrics 45
(1989), and Rivest and Lévesque, "Improved log-linear model estimators of abundance in capture-recapture experiments",
Canadian Journal of Statistics 29 (2001), for their log-linear form; Rivest and Baillargeon, "Applications and
extensions of Chao's moment estimator", Biometrics 63 (2007), for the lower bound; Baillargeon and Rivest, "Rcapture",
Journal of Statistical Software 19(5), 2007, for the functions of heterogeneity. Written from these papers, checked
against published results.

The expected number with a history is a log-linear function of it, and exp(intercept) is the number on no list.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from sijill.core.errors import InputError
from sijill.estimate.compiled import Reals
from sijill.estimate.guards import examine
from sijill.estimate.histories import Histories, combinations
from sijill.estimate.poisson import Fit, fit
from sijill.estimate.results import Estimate, Interval, Model

GAMMA_SHAPE = 3.5
POISSON_BASE = 2.0
BOUND = "Mth Chao (LB)"
BY_ORDER = ("Mb", "Mbh")
NOTHING, WILD = 1e-9, 100.0

ABOUT = (
    "Models of a population that nobody joins or leaves, on lists that each person is on by chance: the same for all "
    "(M0), by list (Mt), by person (Mh), by both (Mth), or changed by the first listing (Mb, Mbh). Chao's is a lower "
    "bound."
)

Heterogeneity = Callable[[Reals], Reals]

# How much likelier the next capture is after k of them, on the log scale of the number with k captures.
HETEROGENEITY: dict[str, Heterogeneity] = {
    "Poisson2": lambda k: POISSON_BASE**k - 1,
    "Darroch": lambda k: k**2 / 2,
    "Gamma3.5": lambda k: -np.log(GAMMA_SHAPE + k) + np.log(GAMMA_SHAPE),
}


def closed_population(histories: Histories) -> tuple[Model, ...]:
    """Every model, the simple ones first; for Mb and Mbh the lists are taken as occasions in their order."""
    patterns = combinations(len(histories.lists)).astype(np.float64)
    counts = histories.table.astype(np.float64)
    captures = patterns.sum(axis=1)
    constant = np.ones((len(counts), 1))
    m0 = np.hstack([constant, captures[:, None]])
    mt = np.hstack([constant, patterns])
    models = [_model("M0", fit(m0, counts), histories), _model("Mt", fit(mt, counts), histories)]
    for name, base in (("Mh", m0), ("Mth", mt)):
        models.append(_model(f"{name} Chao (LB)", _chao(base, captures, counts), histories))
        for shape, heterogeneity in HETEROGENEITY.items():
            design = np.hstack([base, heterogeneity(captures)[:, None]])
            models.append(_model(f"{name} {shape}", fit(design, counts), histories))
    models += [_behaviour(histories, patterns, counts, first=False)]
    if len(histories.lists) > 2:
        models += [_behaviour(histories, patterns, counts, first=True)]
    return tuple(models)


def _model(name: str, fitted: Fit, histories: Histories) -> Model:
    missing = float(np.exp(fitted.coefficients[0]))
    variance = missing + missing**2 * float(fitted.covariance[0, 0])
    return _named(name, fitted, histories, missing, variance)


def _named(name: str, fitted: Fit, histories: Histories, missing: float, variance: float) -> Model:
    # An error of the logarithm of the missing beyond any sense: the iteration stopped on its way to nobody missing.
    away = missing < NOTHING or variance > missing + (WILD * missing) ** 2
    said = "the fit runs away: the estimate does not exist or lies at the edge"
    warnings = () if fitted.converged and not away else (said,)
    return Model(
        name,
        abundance=histories.observed + missing,
        stderr=float(np.sqrt(variance)),
        deviance=fitted.deviance,
        df=fitted.df,
        aic=fitted.aic,
        bic=fitted.bic(histories.observed),
        warnings=warnings,
    )


def _chao(base: Reals, captures: Reals, counts: Reals) -> Fit:
    """The lower bound: beyond two captures the logarithm of the numbers may bend upwards at each step, never down.

    A bend that comes out negative is taken out, the smallest first, until none is left (Rivest and Baillargeon 2007,
    section 3).
    """
    free = [float(k) for k in range(3, int(captures.max()) + 1)]
    while True:
        columns = [np.maximum(captures - k + 1, 0.0)[:, None] for k in free]
        fitted = fit(np.hstack([base, *columns]), counts)
        etas = fitted.coefficients[base.shape[1] :]
        if not len(etas) or etas.min() >= 0:
            return fitted
        del free[int(etas.argmin())]


def _behaviour(histories: Histories, patterns: Reals, counts: Reals, *, first: bool) -> Model:
    """Mb: capture changes the chance of the next one; Mbh: also the first occasion has a chance of its own.

    With the first capture on occasion j (from 1) of t and r captures after it, log expectation = a + b (j - 1) + d r,
    plus for Mbh e [j = 1]. Of the geometric sequence of first captures, ratio q = 1 - p, the tail is on no list.
    """
    t = patterns.shape[1]
    j = patterns.argmax(axis=1) + 1.0
    r = patterns.sum(axis=1) - 1
    columns = [np.ones_like(j), j - 1, r, *([(j == 1).astype(np.float64)] if first else [])]
    fitted = fit(np.stack(columns, axis=1), counts)

    def missing(coefficients: Reals) -> float:
        a, b, d = coefficients[:3]
        stay = -np.log1p(np.exp(d))
        q = np.exp(b + stay)
        if q >= 1:
            return float("inf")
        return float(np.exp(a - (t - 1) * stay + t * np.log(q)) / (1 - q))

    centre = missing(fitted.coefficients)
    slope = _gradient(missing, fitted.coefficients)
    variance = centre + float(slope @ fitted.covariance @ slope)
    return _named("Mbh" if first else "Mb", fitted, histories, centre, variance)


def _gradient(function: Callable[[Reals], float], at: Reals) -> Reals:
    """Central differences; the function is smooth and the coefficients are of order one."""
    steps = np.eye(len(at)) * 1e-6
    return np.array([(function(at + s) - function(at - s)) / 2e-6 for s in steps])


def closed(histories: Histories, *, level: float = 0.95) -> Estimate:
    """All models side by side; the estimate is that of the best by AIC whose estimate exists.

    Mb and Mbh, which take the lists for occasions in the order of their columns, are shown and never chosen: lists of
    people have no order, and an estimate must not hang on that of the columns.

    The models with heterogeneity explain the same overlap by very different numbers of unseen people (Link,
    "Nonidentifiability of population size from capture-recapture data with heterogeneous detection probabilities",
    Biometrics 59, 2003), which the warnings say where it shows.
    """
    cautions = examine(histories)
    models = closed_population(histories)
    usable = [m for m in models if not m.warnings and m.name not in BY_ORDER]
    if not usable:
        raise InputError("no closed-population model has an estimate here", hint="the lists overlap too little")
    best = min(usable, key=lambda m: m.aic if m.aic is not None else math.inf)
    return Estimate(
        method="closed",
        lists=histories.lists,
        observed=histories.observed,
        estimate=best.abundance,
        interval=log_normal(best, histories.observed, level),
        models=models,
        diagnostics={"best_aic": best.name, "lower_bound": BOUND},
        warnings=(*cautions, *_warnings(usable, best)),
        about=ABOUT,
    )


def log_normal(model: Model, observed: int, level: float) -> Interval:
    """Log-normal on the number not seen (Chao, Biometrics 43, 1987), which keeps the lower end above those observed."""
    missing = (model.abundance or 0) - observed
    if missing <= 0 or not model.stderr:
        return Interval(level, float(observed), model.abundance)
    spread = math.sqrt(math.log1p((model.stderr / missing) ** 2)) * norm.ppf((1 + level) / 2)
    return Interval(level, observed + missing / math.exp(spread), observed + missing * math.exp(spread))


def _warnings(usable: list[Model], best: Model) -> tuple[str, ...]:
    near = [m.abundance or 0 for m in usable if (m.aic or 0) <= (best.aic or 0) + 4]
    if max(near) > 1.5 * min(near):
        span = f"{min(near):,.0f} to {max(near):,.0f}"
        return (f"models that fit about as well say {span}: people's chances differ in a way the lists cannot show",)
    return ()
