"""Poisson regression of the cells of a table, the engine of the log-linear models.

Iteratively reweighted least squares (McCullagh and Nelder, Generalized Linear Models, 2nd ed. 1989, section 2.5).
The cells are Poisson given their expectations, which gives the same estimates as the multinomial of those observed
(Cormack, "Log-linear models for capture-recapture", Biometrics 45, 1989).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, xlogy

from sijill.estimate.compiled import Reals, compiled

MAX_ITERATIONS = 100
TOLERANCE = 1e-12
FLOOR = 1e-10
ROUNDING = 4e-15
ITERATIONS = 60


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model: coefficients (p,), their covariance (p, p), expectations (cells,), deviance and log-likelihood.

    `converged` is False where the estimate runs away: it does not exist, or only at the edge.
    """

    coefficients: Reals
    covariance: Reals
    expected: Reals
    deviance: float
    log_likelihood: float
    converged: bool

    @property
    def df(self) -> int:
        """Cells less parameters."""
        return len(self.expected) - len(self.coefficients)

    @property
    def aic(self) -> float:
        """Akaike's criterion, of the Poisson likelihood."""
        return 2 * len(self.coefficients) - 2 * self.log_likelihood

    def bic(self, observed: int) -> float:
        """Schwarz's criterion; the sample size is the number of people observed."""
        return float(np.log(observed)) * len(self.coefficients) - 2 * self.log_likelihood


@compiled
def newton(design: Reals, counts: Reals) -> tuple[float, float, bool, Reals]:
    """Iteratively reweighted least squares by the normal equations, for the few columns that there are."""
    rows, columns = design.shape
    eta: Reals = np.log(counts + 0.1)
    deviance, rested = np.inf, False
    coefficients: Reals = np.zeros(columns)
    for _ in range(ITERATIONS):
        mu = np.exp(eta)
        weighted = design.T * mu
        information = weighted @ design
        for a in range(columns):
            information[a, a] *= 1 + 1e-12
            information[a, a] += 1e-12
        coefficients = np.linalg.solve(information, design.T @ (mu * eta + counts - mu))  # type: ignore[assignment]
        eta = np.minimum(np.maximum(design @ coefficients, -60.0), 60.0)
        mu = np.exp(eta)
        now = 2 * (mu - counts).sum()
        for r in range(rows):
            if counts[r] > 0:
                now += 2 * counts[r] * (math.log(counts[r]) - eta[r])
        if abs(now - deviance) <= 1e-10 * (abs(now) + 0.1):
            deviance, rested = now, True
            break
        deviance = now
    edge = False
    for r in range(rows):
        if counts[r] == 0 and eta[r] < -16:
            edge = True
    if abs(coefficients[0]) > 30 or not math.isfinite(deviance):
        return np.inf, np.inf, False, np.exp(eta)
    return math.exp(coefficients[0]), deviance, rested and not edge, np.exp(eta)


def fit(design: Reals, counts: Reals, offset: Reals | None = None) -> Fit:
    """Fit log expected counts as `offset` + `design` @ coefficients; `design` (cells, p) must have full column rank."""
    shift = np.zeros(len(counts)) if offset is None else offset
    eta = np.log(np.maximum(counts, 0.0) + 0.1)
    deviance, converged = np.inf, False
    # A deviance near 0 is a difference of large terms: below their rounding it never comes to rest.
    rounding = ROUNDING * float(counts.sum())
    coefficients: Reals = np.zeros(design.shape[1])
    for _ in range(MAX_ITERATIONS):
        mu = np.exp(eta)
        root = np.sqrt(mu)
        working = eta - shift + (counts - mu) / mu
        solved = np.linalg.lstsq(design * root[:, None], working * root, rcond=None)[0]
        coefficients = np.asarray(solved, dtype=np.float64)
        eta = np.clip(shift + design @ coefficients, -700, 700)
        mu = np.exp(eta)
        before, deviance = deviance, _deviance(counts, mu)
        if abs(before - deviance) <= TOLERANCE * (abs(deviance) + 0.1) + rounding:
            converged = True
            break
    mu = np.exp(eta)
    information = design.T @ (design * mu[:, None])
    covariance = np.asarray(np.linalg.pinv(information, hermitian=True), dtype=np.float64)
    likelihood = float(np.sum(xlogy(counts, mu) - mu - gammaln(counts + 1)))
    edge = bool(np.any((mu < max(FLOOR, 4 * rounding)) & (counts == 0)))
    return Fit(coefficients, covariance, mu, float(deviance), likelihood, converged and not edge)


def _deviance(counts: Reals, mu: Reals) -> float:
    return float(2 * np.sum(xlogy(counts, counts) - xlogy(counts, mu) - counts + mu))
