"""Sequential Monte Carlo for the latent-class model: particles that meet the people a few at a time.

Sources: Chopin, "A sequential particle filter method for static models", Biometrika 89 (2002), for the path from the
prior to the posterior by adding data; Del Moral, Doucet and Jasra, "Sequential Monte Carlo samplers", JRSS B 68 (2006).
At stage t the table holds floor(t · count + offset) people of each pattern: whole numbers at every stage, so that the
paper's own Gibbs sweeps are exact there. With few people every chain crosses between the explanations that later become
humps of the posterior, and reweighting carries their shares forward; a chain started at the whole table keeps to the
hump that it met first. At the end the target is the posterior, and every move leaves it as it is.

Islands of particles run apart from one another up to there, and exchange particles by their evidence; then each goes
on by itself: where they disagree, the answer depends on chance.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sijill.estimate.compiled import Bits, Reals
from sijill.estimate.histories import Histories
from sijill.estimate.latent import Cells, log_patterns, start
from sijill.estimate.lines import advance

GOLDEN = 0.6180339887498949
KEPT = 0.6
ACCEPTANCE = 0.65
FIRST_STEP, SMALLEST_STEP, LARGEST_STEP = 0.3, 0.003, 1.5
NORMAL_QUARTILES = 1.349
NARROWEST, WIDEST = 0.01, 3.0
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
class Tuned:
    """What Hamiltonian moves were tuned to: the width of each direction (K, 1 + lists), and the length of a step."""

    scales: Reals
    step: float

    def after(self, accepted: float) -> Tuned:
        """With a longer step where more moves were accepted than is best, a shorter one where fewer were."""
        step = float(np.clip(self.step * np.exp(accepted - ACCEPTANCE), SMALLEST_STEP, LARGEST_STEP))
        return Tuned(self.scales, step)


@dataclass(frozen=True, eq=False)
class Island:
    """What came of one island: log p_seen of every draw, shape (particles, draws), and where it stands.

    `log_evidence` is the logarithm of the marginal likelihood of the table, estimated along the path.
    """

    log_seen: Reals
    log_evidence: float
    stages: int
    tuned: Tuned
    particles: Reals
    rng: np.random.Generator


@dataclass(frozen=True, eq=False)
class Table:
    """The patterns (cells, lists) that anybody has and how many people (cells,), as compiled code takes them."""

    patterns: Bits
    counts: Reals

    @classmethod
    def of(cls, histories: Histories) -> Table:
        """The table of these histories."""
        return cls(np.ascontiguousarray(histories.patterns), histories.counts.astype(np.float64))

    @cached_property
    def cells(self) -> Cells:
        """The patterns as the lists that each is on."""
        return Cells.of(self.patterns)

    def at(self, time: float) -> Reals:
        """The people of a stage: none at 0, all at 1. The offsets spread the cells' steps over the path."""
        if time >= 1:
            return self.counts
        offsets = (np.arange(1, len(self.counts) + 1) * GOLDEN) % 1
        return np.floor(time * self.counts + offsets * (1 - 1e-12))


def islands(table: Table, plan: Plan, number: int, seed: int, threads: int) -> list[Island]:
    """Islands side by side on so many threads, with their first draws; nothing depends on the number of threads."""
    seeds = np.random.SeedSequence(seed).spawn(number)
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        found = list(pool.map(lambda s: anneal(table, plan, np.random.default_rng(s)), seeds))
        shared = exchanged(found, np.random.default_rng([seed, 2]))
        return list(pool.map(lambda one: drawn(table, plan, settled(table, plan, one)), shared))


def further(table: Table, plan: Plan, found: list[Island], threads: int) -> list[Island]:
    """As many draws again of every island, behind those that it has."""
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        return list(pool.map(lambda one: drawn(table, plan, one), found))


def exchanged(found: list[Island], rng: np.random.Generator) -> list[Island]:
    """The islands with particles drawn from all of them, from each in proportion to its evidence.

    An island's evidence is an unbiased estimate of the marginal likelihood, and weighs what the island says (Vergé,
    Dubarry, Del Moral and Moulines, "On parallel implementation of sequential Monte Carlo methods: the island particle
    model", Statistics and Computing 25, 2015): one that lost its way has next to no weight.
    """
    evidence = np.repeat([one.log_evidence for one in found], [len(one.particles) for one in found])
    everything = np.concatenate([one.particles for one in found])[_resampled(np.exp(evidence - evidence.max()), rng)]
    return [replace(one, particles=everything[i :: len(found)].copy()) for i, one in enumerate(found)]


def settled(table: Table, plan: Plan, one: Island) -> Island:
    """An island after `plan.burn` rounds at the whole table, in which its step is tuned further."""
    particles, tuned = one.particles.copy(), Tuned(spread(one.particles), one.tuned.step)
    for _ in range(plan.burn):
        tuned = tuned.after(_advance(particles, table, table.counts, plan, 1, tuned, one.rng))
    return replace(one, particles=particles, tuned=tuned)


def drawn(table: Table, plan: Plan, one: Island) -> Island:
    """An island with `plan.draws` further draws of each particle."""
    particles, found = one.particles.copy(), np.empty((plan.particles, plan.draws))
    for draw in range(plan.draws):
        _advance(particles, table, table.counts, plan, plan.thin, one.tuned, one.rng)
        found[:, draw] = log_patterns(particles, table.cells)[1]
    return replace(one, log_seen=np.hstack([one.log_seen, found]), particles=particles)


def anneal(table: Table, plan: Plan, rng: np.random.Generator) -> Island:
    """One island from the prior to the posterior, without draws."""
    lists = table.patterns.shape[1]
    particles = start(plan.particles, plan.classes, lists, plan.prior, _seed(rng))
    time, people, evidence, stages = 0.0, table.at(0.0), 0.0, 0
    tuned = Tuned(spread(particles), FIRST_STEP)
    while time < 1:
        log_p, _ = log_patterns(particles, table.cells)
        time = _next(table, time, people, log_p)
        weights = log_p @ (table.at(time) - people)
        people = table.at(time)
        top = weights.max()
        weights = np.exp(weights - top)
        evidence += float(np.log(weights.mean()) + top)
        particles = particles[_resampled(weights, rng)]
        tuned = Tuned(spread(particles), tuned.step)
        tuned = tuned.after(_advance(particles, table, people, plan, plan.rounds, tuned, rng))
        stages += 1
    return Island(np.empty((plan.particles, 0)), evidence, stages, tuned, particles, rng)


def spread(particles: Reals) -> Reals:
    """How wide particles (P, K, 1 + lists) lie in each direction, (K, 1 + lists): a robust standard deviation."""
    low, high = np.quantile(particles, [0.25, 0.75], axis=0)
    return np.asarray(np.clip((high - low) / NORMAL_QUARTILES, NARROWEST, WIDEST), dtype=np.float64)


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
    particles: Reals, table: Table, people: Reals, plan: Plan, rounds: int, tuned: Tuned, rng: np.random.Generator
) -> float:
    held = (particles, table.cells, people, plan.prior, rounds, plan.moves, tuned.scales, tuned.step, _seed(rng))
    return float(advance(*held))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(SEEDS))
