"""Random draws inside compiled code, where numba's own are slow or lose an end.

numba's binomial takes time in proportion to n p, and where (1 - p)^n underflows it cuts n into equal parts and drops
the remainder.
"""

from __future__ import annotations

import math

import numpy as np

from sijill.estimate.compiled import compiled

VAST = 1e9
FEW = 10.0


@compiled
def binomial(n: int, p: float) -> int:
    """A draw from Binomial(n, p): by inversion where few are expected, else by transformed rejection.

    Hörmann, "The generation of binomial random variates", Journal of Statistical Computation and Simulation 46 (1993),
    algorithm BTRS.
    """
    if p > 0.5:
        return n - binomial_half(n, 1 - p)
    return binomial_half(n, p)


@compiled
def binomial_half(n: int, p: float) -> int:
    """A draw from Binomial(n, p) for p of at most a half."""
    if n <= 0 or p <= 0:
        return 0
    q = 1 - p
    if n * p < FEW:
        left, chance, k = np.random.random(), math.exp(n * math.log1p(-p)), 0
        while left > chance and k < n:
            left -= chance
            k += 1
            chance *= (n - k + 1) * p / (k * q)
        return k
    spread = math.sqrt(n * p * q)
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    centre, sure, alpha = n * p + 0.5, 0.92 - 4.2 / b, (2.83 + 5.1 / b) * spread
    mode = math.floor((n + 1) * p)
    height = math.lgamma(mode + 1) + math.lgamma(n - mode + 1)
    while True:
        u, v = np.random.random() - 0.5, np.random.random()
        side = 0.5 - abs(u)
        k = math.floor((2 * a / side + b) * u + centre)
        if side >= 0.07 and v <= sure:
            return int(k)
        if k < 0 or k > n:
            continue
        bound = height - math.lgamma(k + 1) - math.lgamma(n - k + 1) + (k - mode) * math.log(p / q)
        if math.log(v * alpha / (a / (side * side) + b)) <= bound:
            return int(k)


@compiled
def poisson(rate: float) -> float:
    """A draw from Poisson(rate); beyond a thousand million a normal one, which differs by less than can be told."""
    if rate > VAST:
        return max(0.0, math.floor(rate + math.sqrt(rate) * np.random.standard_normal()))
    return float(np.random.poisson(rate))


@compiled
def log_gamma(shape: float) -> float:
    """The logarithm of a draw from Gamma(shape, 1); for a small shape by Gamma(shape + 1) · U^(1 / shape)."""
    if shape >= 1:
        return math.log(max(np.random.gamma(shape), 1e-300))
    return math.log(max(np.random.gamma(shape + 1), 1e-300)) + math.log(1 - np.random.random()) / shape
