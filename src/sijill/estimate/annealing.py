"""Sequential Monte Carlo for the latent-class model: particles that meet the people a few at a time.

Sources: Chopin, "A sequential particle filter method for static models", Biometrika 89 (2002), for the path from the
prior to the posterior by adding data; Del Moral, Doucet and Jasra, "Sequential Monte Carlo samplers", JRSS B 68 (2006).
At stage t the table holds floor(t · count + offset) people of each pattern: whole numbers at every stage, so that the
paper's own Gibbs sweeps are exact there. With few people every chain crosses between the explanations that later become
humps of the posterior, and reweighting carries their shares forward; a chain started at the whole table keeps to the
hump that it met first. At the end the target is the posterior, and every move leaves it as it is.

Islands of particles run apart from one another: where they disagree, the answer depends on chance.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from sijill.estimate.compiled import Bits, Reals
from sijill.estimate.histories import Histories
from sijill.estimate.latent import log_patterns, start
from sijill.estimate.lines import advance

GOLDEN = 0.6180339887498949
KEPT = 0.6
ACCEPTANCE = 0.65
FIRST_STEP, SMALLEST_STEP, LARGEST_STEP = 0.3, 0.003, 0.5
HALVINGS = 30
SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Plan:
    """How to sample: particles of an island, rounds of moves at each stage, line moves in a round; then rounds after
    the last stage that are dropped, rounds between two draws, and draws of each particle."""

    classes: int
    prior: tuple[float, float]
    particles: int
    rounds: int
    moves: int
    burn: int
    thin: int
    draws: int


@dataclass(frozen=True, eq=False)
class Island:
    """What came of one island: log p_seen of every draw, shape (particles, draws), and how it went.

    `log_evidence` is the logarithm of the marginal likelihood of the table, estimated along the path.
    """

    log_seen: Reals
    log_evidence: float
    stages: int
    acceptance: float


@dataclass(frozen=True, eq=False)
class Table:
    """The patterns (cells, lists) that anybody has and how many people (cells,), as compiled code takes them."""

    patterns: Bits
    counts: Reals

    @classmethod
    def of(cls, histories: Histories) -> Table:
        """The table of these histories."""
        return cls(np.ascontiguousarray(histories.patterns), histories.counts.astype(np.float64))

    def at(self, time: float) -> Reals:
        """The people of a stage: none at 0, all at 1. The offsets spread the cells' steps over the path."""
        if time >= 1:
            return self.counts
        offsets = (np.arange(1, len(self.counts) + 1) * GOLDEN) % 1
        return np.floor(time * self.counts + offsets * (1 - 1e-12))


def islands(table: Table, plan: Plan, number: int, seed: int, threads: int) -> list[tuple[Reals, Island]]:
    """Islands side by side on so many threads: the particles at the end of their path, and their draws.

    What comes out does not depend on the number of threads.
    """
    seeds = np.random.SeedSequence(seed).spawn(number)
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        return list(pool.map(lambda s: island(table, plan, np.random.default_rng(s)), seeds))


def island(table: Table, plan: Plan, rng: np.random.Generator) -> tuple[Reals, Island]:
    """One island from the prior to the draws."""
    particles, step, evidence, stages = anneal(table, plan, rng)
    acceptance = 0.0
    if plan.burn:
        _advance(particles, table, table.counts, plan, plan.burn, step, rng)
    found = np.empty((plan.particles, plan.draws))
    for draw in range(plan.draws):
        acceptance += _advance(particles, table, table.counts, plan, plan.thin, step, rng)
        found[:, draw] = log_patterns(particles, table.patterns)[1]
    return particles, Island(found, evidence, stages, acceptance / max(plan.draws, 1))


def anneal(table: Table, plan: Plan, rng: np.random.Generator) -> tuple[Reals, float, float, int]:
    """Particles from the prior to the posterior: particles, Hamiltonian step, log evidence, number of stages."""
    lists = table.patterns.shape[1]
    particles = start(plan.particles, plan.classes, lists, plan.prior, _seed(rng))
    time, people, step, evidence, stages = 0.0, table.at(0.0), FIRST_STEP, 0.0, 0
    while time < 1:
        log_p, _ = log_patterns(particles, table.patterns)
        time = _next(table, time, people, log_p)
        weights = log_p @ (table.at(time) - people)
        people = table.at(time)
        top = weights.max()
        weights = np.exp(weights - top)
        evidence += float(np.log(weights.mean()) + top)
        particles = particles[_resampled(weights, rng)]
        accepted = _advance(particles, table, people, plan, plan.rounds, step, rng)
        step = float(np.clip(step * np.exp(accepted - ACCEPTANCE), SMALLEST_STEP, LARGEST_STEP))
        stages += 1
    return particles, step, evidence, stages


def _next(table: Table, time: float, people: Reals, log_p: Reals) -> float:
    """The time up to which reweighting keeps enough of the particles, at least one person further."""
    wanted = KEPT * len(log_p)
    if _effective(log_p @ (table.counts - people)) > wanted:
        return 1.0
    low, high = time, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _effective(log_p @ (table.at(middle) - people)) > wanted:
            low = middle
        else:
            high = middle
    return low if np.any(table.at(low) != people) else high


def _effective(log_weights: Reals) -> float:
    weights = np.exp(log_weights - log_weights.max())
    return float(weights.sum() ** 2 / (weights @ weights))


def _resampled(weights: Reals, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Systematic resampling: which particle stands at each place, in order."""
    places = (rng.random() + np.arange(len(weights))) / len(weights)
    return np.minimum(np.searchsorted(np.cumsum(weights) / weights.sum(), places), len(weights) - 1)


def _advance(
    particles: Reals, table: Table, people: Reals, plan: Plan, rounds: int, step: float, rng: np.random.Generator
) -> float:
    return float(advance(particles, table.patterns, people, plan.prior, rounds, plan.moves, step, _seed(rng)))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(SEEDS))
