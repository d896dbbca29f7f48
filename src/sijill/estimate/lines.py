"""Moves of one class of the latent-class model along a line, with everybody's class and the unseen summed out.

Neal, "Slice sampling", Annals of Statistics 31 (2003), with stepping out and shrinkage. Sampling people's classes and
the unseen, as the paper of `latent` does, is slow to change how many are unseen: most of those are in the state itself.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sijill.estimate.compiled import Reals, compiled
from sijill.estimate.latent import Cells, gibbs, hamiltonian, log_add, relabel, shares, softplus, stick

WIDEST, NARROWEST = 3.0, 0.05
STEPS_OUT, SHRINKS = 4, 60
LARGE = 600.0
LEAPS = 50
EXCHANGES = 5


class Line(NamedTuple):
    """One class k, where it stands and a direction in (log g_k, b_k) in which it may go.

    `row` and `direction` are (1 + lists,), of which the row's first is not looked at; `own` and `rest` (cells,) are the
    probabilities of the patterns in the class and in all others, `slopes` (cells,) those of log `own` along the line;
    `rest_seen` is the probability of being seen in all others. `log_pi` (K,) is written to at k.
    """

    k: int
    row: Reals
    direction: Reals
    own: Reals
    rest: Reals
    slopes: Reals
    counts: Reals
    log_g: float
    rest_seen: float
    log_pi: Reals


@compiled
def height(step: float, line: Line, prior: tuple[float, float]) -> float:
    """The log posterior with a class moved by `step` along its line, up to a constant.

    The measure is that of log pi_m - log pi_K and b, in which a move of log g_k and b_k keeps volumes: log pi_k is
    log g_k plus a function of b_k.
    """
    density, rise, log_pi = 0.0, 0.0, line.log_pi
    for j in range(1, len(line.row)):
        b = line.row[j] + step * line.direction[j]
        part = softplus(b)
        rise += part
        density += b - 2 * part
    log_pi[line.k] = line.log_g + step * line.direction[0] + rise
    if log_pi[line.k] > LARGE:
        return -np.inf
    mass = line.rest_seen + math.exp(log_pi[line.k]) * -math.expm1(-rise)
    if not 0 < mass < np.inf:
        return -np.inf
    people = 0.0
    for c in range(len(line.own)):
        if line.counts[c] > 0:
            p = line.rest[c] + line.own[c] * math.exp(step * line.slopes[c])
            if not 0 < p < np.inf:
                return -np.inf
            density += line.counts[c] * math.log(p)
            people += line.counts[c]
    whole, logs = -np.inf, 0.0
    for m in range(len(log_pi)):
        whole = log_add(whole, log_pi[m])
        logs += log_pi[m]
    return density - people * math.log(mass) + stick(log_pi, prior) + logs - len(log_pi) * whole


@compiled
def draw_direction(direction: Reals) -> None:
    """A direction for a class: more unseen people with the same singles, one list, its size, or any."""
    direction[:] = 0.0
    lists = len(direction) - 1
    kind = np.random.random()
    if kind < 0.4:
        direction[0] = 1.0
        direction[1:] = -1.0
    elif kind < 0.6:
        direction[1 + np.random.randint(lists)] = 1.0
    elif kind < 0.8:
        direction[0] = 1.0
    else:
        for j in range(lists + 1):
            direction[j] = np.random.standard_normal()


@compiled
def line_moves(particle: Reals, cells: Cells, counts: Reals, prior: tuple[float, float], moves: int) -> None:
    """So many moves, each of a class along a line, in place."""
    classes, width = particle.shape
    inside, _, seen = shares(particle, cells)
    size = len(inside)
    log_pi, direction, slopes = particle[:, 0].copy(), np.empty(width), np.empty(size)
    for _move in range(moves):
        k = np.random.randint(classes)
        draw_direction(direction)
        rest, rest_seen = np.zeros(size), 0.0
        for m in range(classes):
            if m != k:
                rest_seen += seen[m]
        for c in range(size):
            for m in range(classes):
                if m != k:
                    rest[c] += inside[c, m]
            slopes[c] = direction[0]
            for i in range(cells.starts[c], cells.starts[c + 1]):
                slopes[c] += direction[1 + cells.members[i]]
        log_g = log_pi[k] - _rise(particle[k])
        line = Line(
            k, particle[k].copy(), direction, inside[:, k].copy(), rest, slopes, counts, log_g, rest_seen, log_pi
        )
        step = _slice(line, prior)
        for j in range(1, width):
            particle[k, j] += step * direction[j]
        rise = _rise(particle[k])
        log_pi[k] = log_g + step * direction[0] + rise
        seen[k] = math.exp(log_pi[k]) * -math.expm1(-rise)
        for c in range(size):
            inside[c, k] *= math.exp(step * slopes[c])
    whole = -np.inf
    for m in range(classes):
        whole = log_add(whole, log_pi[m])
    particle[:, 0] = log_pi - whole


@compiled
def _rise(row: Reals) -> float:
    """log pi_k - log g_k: of a class, minus the log probability of being on no list."""
    total = 0.0
    for j in range(1, len(row)):
        total += softplus(row[j])
    return total


@compiled
def _slice(line: Line, prior: tuple[float, float]) -> float:
    """How far to go along a line: one draw by slice sampling, 0 where nothing else is found."""
    level = height(0.0, line, prior) + math.log(1 - np.random.random())
    width = WIDEST * math.exp(math.log(NARROWEST / WIDEST) * np.random.random())
    low = -width * np.random.random()
    high = low + width
    down = np.random.randint(STEPS_OUT)
    up = STEPS_OUT - 1 - down
    while down > 0 and height(low, line, prior) > level:
        low -= width
        down -= 1
    while up > 0 and height(high, line, prior) > level:
        high += width
        up -= 1
    for _ in range(SHRINKS):
        step = low + (high - low) * np.random.random()
        if height(step, line, prior) > level:
            return step
        if step < 0:
            low = step
        else:
            high = step
    return 0.0


@compiled
def advance(  # noqa: PLR0913, compiled code takes no objects of ours
    particles: Reals,
    cells: Cells,
    counts: Reals,
    prior: tuple[float, float],
    rounds: int,
    moves: int,
    scales: Reals,
    step: float,
    seed: int,
) -> float:
    """So many rounds of a Gibbs sweep, relabelling, line moves and a Hamiltonian move for every particle, in place.

    Returns the mean acceptance of the Hamiltonian moves.
    """
    np.random.seed(seed)
    accepted = 0.0
    for i in range(len(particles)):
        for _ in range(rounds):
            gibbs(particles[i], cells, counts, prior)
            relabel(particles[i], prior, EXCHANGES)
            line_moves(particles[i], cells, counts, prior, moves)
            accepted += hamiltonian(particles[i], cells, counts, prior, scales, step, LEAPS)
    return accepted / (len(particles) * rounds)
