"""The latent-class model of capture histories: its posterior and moves that leave it as it is, compiled.

Source: Manrique-Vallier, "Bayesian population size estimation using Dirichlet process mixtures", Biometrics 72 (2016).
Each person is of one of K classes with probabilities pi from stick-breaking, v_k ~ Beta(1, alpha), alpha ~ Gamma(a, b)
with rate b; in class k a person is on list j with probability lambda_kj ~ Uniform(0, 1), independently of the other
lists; a population of N has prior weight 1/N. The paper samples N, classes and alpha beside (pi, lambda). Here they are
summed out, which leaves the same posterior of (pi, lambda):

- with the prior 1/N the likelihood is that of the patterns given that somebody was seen, and N - n given the rest is
  negative binomial (n, 1 - p0), p0 being the probability of being on no list;
- classes sum out of each cell: p_c = sum_k g_k exp(sum_j x_cj b_kj), with b = logit lambda and g_k = pi_k prod_j
  (1 - lambda_kj), so that p0 = sum_k g_k;
- alpha is conjugate: the density of pi is proportional to 1 / (pi_K (b - log pi_K)^(a + K - 1) prod_{1<k<K} R_k), where
  R_k = pi_k + ... + pi_K is what is left of the stick.

A particle is an array (K, 1 + lists): log pi_k, then b_kj.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sijill.estimate.compiled import Bits, Places, Reals, compiled
from sijill.estimate.draws import binomial, log_gamma, poisson

VAST = 1e200


@compiled
def softplus(x: float) -> float:
    """log(1 + e^x) without overflow."""
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


@compiled
def log_add(x: float, y: float) -> float:
    """log(e^x + e^y) without overflow; the larger may be minus infinity."""
    top = max(x, y)
    return top if top == -np.inf else top + math.log1p(math.exp(min(x, y) - top))


@compiled
def stick(log_pi: Reals, prior: tuple[float, float]) -> float:
    """The log density of pi, with alpha summed out, up to a constant; `log_pi` (K,) need not add up to one."""
    classes = len(log_pi)
    rest, left = log_pi[classes - 1], 0.0
    for k in range(classes - 2, 0, -1):
        rest = log_add(rest, log_pi[k])
        left += rest
    whole = log_add(rest, log_pi[0]) if classes > 1 else rest
    last = log_pi[classes - 1] - whole
    density: float = -last - (left - (classes - 2) * whole) - (prior[0] + classes - 1) * math.log(prior[1] - last)
    return density


@compiled
def from_prior(particle: Reals, prior: tuple[float, float]) -> None:
    """Draw a particle from the prior, in place."""
    classes, width = particle.shape
    nobody = np.zeros(classes)
    draw_sticks(particle, nobody, np.exp(log_gamma(prior[0])) / prior[1])
    for k in range(classes):
        for j in range(1, width):
            particle[k, j] = log_gamma(1.0) - log_gamma(1.0)


@compiled
def draw_sticks(particle: Reals, inside: Reals, alpha: float) -> None:
    """Draw pi given how many people are inside each class, in place."""
    classes = len(inside)
    beyond, left = inside.sum(), 0.0
    for k in range(classes - 1):
        beyond -= inside[k]
        on, off = log_gamma(1 + inside[k]), log_gamma(max(alpha, 1e-12) + max(beyond, 0.0))
        both = log_add(on, off)
        particle[k, 0] = left + on - both
        left += off - both
    particle[classes - 1, 0] = left


class Cells(NamedTuple):
    """The patterns that anybody has: cell c is on the lists `members[starts[c]:starts[c + 1]]`, counted from 0."""

    starts: Places
    members: Places

    @staticmethod
    def of(patterns: Bits) -> Cells:
        """From patterns (cells, lists) of 0 and 1; most people are on few of many lists."""
        starts = np.concatenate([[0], np.cumsum(patterns.sum(axis=1, dtype=np.int64))])
        return Cells(starts.astype(np.int64), np.nonzero(patterns)[1].astype(np.int64))


@compiled
def shares(particle: Reals, cells: Cells) -> tuple[Reals, Reals, Reals]:
    """Of each class: its probability of each pattern (cells, K), of being on no list (K,), on any list (K,)."""
    return weigh(particle, cells, np.empty((particle.shape[1] - 1, len(particle))))[:3]


@compiled
def weigh(particle: Reals, cells: Cells, odds: Reals) -> tuple[Reals, Reals, Reals, Reals]:
    """What `shares` returns, and 1 / p(no list | class), (K,); `odds` (lists, K) receives e^b.

    Classes lie side by side in memory, so that one instruction takes several of them.
    """
    classes, lists = len(particle), len(odds)
    none, seen, rests = np.empty(classes), np.empty(classes), np.empty(classes)
    vast = False
    for k in range(classes):
        rest = 1.0
        for j in range(lists):
            odds[j, k] = math.exp(particle[k, 1 + j])
            rest *= 1 + odds[j, k]
        size = math.exp(particle[k, 0])
        rests[k], none[k] = rest, size / rest
        if rest > VAST:
            vast, seen[k] = True, size
        else:
            seen[k] = size * (rest - 1) / rest if rest > 1.001 else size * _any(odds[:, k]) / rest
    inside = np.empty((len(cells.starts) - 1, classes))
    for c in range(len(inside)):
        row = inside[c]
        row[:] = none
        for i in range(cells.starts[c], cells.starts[c + 1]):
            of_list = odds[cells.members[i]]
            for k in range(classes):
                row[k] *= of_list[k]
    if vast:
        for k in range(classes):
            if rests[k] > VAST:
                _shares_by_logs(particle[k], cells, inside[:, k])
    return inside, none, seen, rests


@compiled
def _any(odds: Reals) -> float:
    """prod(1 + odds) - 1 for small odds, without loss of digits."""
    total = 0.0
    for j in range(len(odds)):
        total += odds[j] * (1 + total)
    return total


@compiled
def _shares_by_logs(row: Reals, cells: Cells, inside: Reals) -> None:
    """One class's probabilities of the patterns where its odds are too large to be multiplied."""
    base = row[0]
    for j in range(1, len(row)):
        base -= softplus(row[j])
    for c in range(len(inside)):
        value = base
        for i in range(cells.starts[c], cells.starts[c + 1]):
            value += row[1 + cells.members[i]]
        inside[c] = math.exp(value)


@compiled
def log_patterns(particles: Reals, cells: Cells) -> tuple[Reals, Reals]:
    """Log probability of each pattern given that somebody is seen, (P, cells), and log p_seen, (P,)."""
    found, log_seen = np.empty((len(particles), len(cells.starts) - 1)), np.empty(len(particles))
    for i in range(len(particles)):
        inside, _, seen = shares(particles[i], cells)
        log_seen[i] = math.log(max(seen.sum(), 1e-300))
        for c in range(len(inside)):
            found[i, c] = math.log(max(inside[c].sum(), 1e-300)) - log_seen[i]
    return found, log_seen


@compiled
def gibbs(particle: Reals, cells: Cells, counts: Reals, prior: tuple[float, float]) -> None:
    """One sweep of the paper's own sampler, its people collapsed over cells; `counts` are whole numbers; in place."""
    classes, lists = len(particle), particle.shape[1] - 1
    inside, none, seen = shares(particle, cells)
    alpha = np.random.gamma(prior[0] + classes - 1) / (prior[1] - particle[classes - 1, 0])
    people, on = np.zeros(classes), np.zeros((classes, lists))
    total = counts.sum()
    # N - n is negative binomial: Poisson of a gamma rate, and so independently in each class.
    rate = np.random.gamma(total) / max(seen.sum(), 1e-300) if total > 0 else 0.0
    for k in range(classes):
        people[k] = poisson(rate * none[k])
    for c in range(len(inside)):
        left, weight = int(counts[c]), inside[c].sum()
        for k in range(classes):
            if left == 0:
                break
            share = inside[c, k]
            here = left if k == classes - 1 or share >= weight else binomial(left, share / weight)
            weight -= share
            left -= here
            people[k] += here
            for i in range(cells.starts[c], cells.starts[c + 1]):
                on[k, cells.members[i]] += here
    draw_sticks(particle, people, alpha)
    for k in range(classes):
        for j in range(lists):
            particle[k, 1 + j] = log_gamma(1 + on[k, j]) - log_gamma(1 + people[k] - on[k, j])


@compiled
def relabel(particle: Reals, prior: tuple[float, float], tries: int) -> None:
    """Propose to exchange two classes, so many times, in place: the likelihood does not know their order, pi does."""
    classes = len(particle)
    log_pi = particle[:, 0].copy()
    now = stick(log_pi, prior)
    for _ in range(tries):
        h = np.random.randint(classes - 1)
        k = h + 1 + np.random.randint(classes - 1 - h)
        log_pi[h], log_pi[k] = log_pi[k], log_pi[h]
        then = stick(log_pi, prior)
        if math.log(1 - np.random.random()) < then - now:
            now = then
            for j in range(particle.shape[1]):
                particle[h, j], particle[k, j] = particle[k, j], particle[h, j]
        else:
            log_pi[h], log_pi[k] = log_pi[k], log_pi[h]


@compiled
def slope(particle: Reals, cells: Cells, counts: Reals, prior: tuple[float, float], gradient: Reals) -> float:
    """The log posterior in (log pi, b), up to a constant; `gradient` (K, 1 + lists) receives its slope.

    log pi need not add up to one: the density does not change with a shift of all of it.
    """
    classes, lists = len(particle), particle.shape[1] - 1
    odds, on_list, on = np.empty((lists, classes)), np.zeros((lists, classes)), np.zeros(classes)
    inside, none, seen, rests = weigh(particle, cells, odds)
    mass, people, density = seen.sum(), counts.sum(), 0.0
    for c in range(len(inside)):
        if counts[c] == 0:
            continue
        row = inside[c]
        total = row.sum()
        density += counts[c] * math.log(total)
        row *= counts[c] / total
        on += row
        for i in range(cells.starts[c], cells.starts[c + 1]):
            of_list = on_list[cells.members[i]]
            for k in range(classes):
                of_list[k] += row[k]
    density -= people * math.log(mass) if people > 0 else 0.0
    for k in range(classes):
        gradient[k, 0] = on[k] - people * seen[k] / mass
        amount = 2 + on[k] + people * none[k] / mass
        for j in range(lists):
            b = particle[k, 1 + j]
            rate = odds[j, k] / (1 + odds[j, k]) if b < 500 else 1.0
            gradient[k, 1 + j] = on_list[j, k] + 1 - rate * amount
            density += b if rests[k] <= VAST else b - 2 * softplus(b)
        density -= 2 * math.log(rests[k]) if rests[k] <= VAST else 0.0
    return density + _stick_slope(particle[:, 0], prior, gradient)


@compiled
def _stick_slope(log_pi: Reals, prior: tuple[float, float], gradient: Reals) -> float:
    """The log density of log pi, its slope added to the first column of `gradient`."""
    classes = len(log_pi)
    rests, whole, logs = np.empty(classes), -np.inf, 0.0
    for k in range(classes - 1, -1, -1):
        whole = log_add(whole, log_pi[k])
        rests[k] = whole
        logs += log_pi[k]
    last = log_pi[classes - 1] - whole
    pull = (prior[0] + classes - 1) / (prior[1] - last) - 1
    before = -np.inf
    for k in range(classes):
        share = math.exp(log_pi[k] - whole)
        if 0 < k < classes - 1:
            before = log_add(before, -rests[k])
        gradient[k, 0] += 1 - share * (2 + pull) - math.exp(log_pi[k] + before)
    gradient[classes - 1, 0] += pull
    return stick(log_pi, prior) + logs - classes * whole


@compiled
def hamiltonian(
    particle: Reals, cells: Cells, counts: Reals, prior: tuple[float, float], scales: Reals, step: float, leaps: int
) -> float:
    """One Hamiltonian move of all classes at once, in place; returns its chance of acceptance.

    Neal, "MCMC using Hamiltonian dynamics", Handbook of Markov Chain Monte Carlo (2011). `scales` (K, 1 + lists) are
    how wide the posterior is in each direction, the square roots of its inverse masses (section 4.2.4). The length of
    a path is drawn up to `leaps`, to keep it from closing on itself.
    """
    gradient, moved = np.empty_like(particle), particle.copy()
    momentum = np.random.standard_normal(particle.size).reshape(particle.shape)
    before = slope(moved, cells, counts, prior, gradient) - 0.5 * (momentum**2).sum()
    length = step * (0.5 + np.random.random())
    density = 0.0
    for _ in range(1 + np.random.randint(leaps)):
        momentum += 0.5 * length * scales * gradient
        moved += length * scales * momentum
        density = slope(moved, cells, counts, prior, gradient)
        if not math.isfinite(density):
            return 0.0
        momentum += 0.5 * length * scales * gradient
    after = density - 0.5 * (momentum**2).sum()
    chance = math.exp(min(0.0, after - before)) if math.isfinite(after) else 0.0
    if np.random.random() < chance:
        whole = -np.inf
        for k in range(len(moved)):
            whole = log_add(whole, moved[k, 0])
        particle[:] = moved
        particle[:, 0] -= whole
    return chance


@compiled
def start(size: int, classes: int, lists: int, prior: tuple[float, float], seed: int) -> Reals:
    """Particles (size, classes, 1 + lists) drawn from the prior."""
    np.random.seed(seed)
    made = np.empty((size, classes, 1 + lists))
    for i in range(size):
        from_prior(made[i], prior)
    return made
