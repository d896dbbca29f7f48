"""The latent-class sampler: its target is the model's posterior, whatever the seed; humps are said."""

import re
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ks_2samp

from sijill.core.errors import InputError
from sijill.estimate.annealing import Island, Plan, Table, Tuned, exchanged, islands, spread
from sijill.estimate.classes import Convergence, Sampling, _warnings, latent_class
from sijill.estimate.compiled import Reals, compiled
from sijill.estimate.draws import binomial
from sijill.estimate.histories import Histories, of_arrays, parse
from sijill.estimate.humps import Hump, humps
from sijill.estimate.latent import Cells, gibbs, hamiltonian, log_patterns, relabel, shares, slope, start
from sijill.estimate.lines import line_moves

PRIOR = (0.25, 0.5)
TINY = "A,B,C,count\n1,0,0,5\n0,1,0,3\n0,0,1,2\n1,1,0,2\n1,1,1,1\n"

WIDTHS = np.linspace(0.5, 1.5, 12).reshape(3, 4)
KERNELS: dict[str, Callable[[Reals, Table], object]] = {
    "gibbs": lambda p, t: gibbs(p, t.cells, t.counts, PRIOR),
    "relabel": lambda p, t: relabel(p, PRIOR, 3),
    "lines": lambda p, t: line_moves(p, t.cells, t.counts, PRIOR, 4),
    "hamiltonian": lambda p, t: hamiltonian(p, t.cells, t.counts, PRIOR, WIDTHS, 0.3, 8),
}


@compiled
def set_seed(seed: int) -> None:
    """Of the draws in compiled code, which has a generator of its own."""
    np.random.seed(seed)


def by_importance(table: Table, classes: int, size: int, seed: int) -> tuple[Reals, Reals]:
    """log p_seen of draws from the prior, and their weights: the posterior without any move."""
    drawn = start(size, classes, table.patterns.shape[1], PRIOR, seed)
    log_p, log_seen = log_patterns(drawn, table.cells)
    weights = np.exp(log_p @ table.counts - (log_p @ table.counts).max())
    return log_seen, weights / weights.sum()


@pytest.mark.parametrize("kernel", KERNELS)
def test_each_move_leaves_the_posterior_as_it_is(kernel: str) -> None:
    """Draws of the posterior of a tiny table, by weighting the prior, are still that after the move."""
    table = Table.of(parse(TINY))
    drawn = start(200_000, 3, 3, PRIOR, 5)
    log_p, _ = log_patterns(drawn, table.cells)
    weights = np.exp(log_p @ table.counts - (log_p @ table.counts).max())
    chosen = np.random.default_rng(2).choice(len(drawn), size=3000, p=weights / weights.sum())
    set_seed(4)
    before, after = drawn[chosen], drawn[chosen].copy()
    for particle in after:
        for _ in range(5):
            KERNELS[kernel](particle, table)
    assert not np.array_equal(before, after)
    assert np.exp(after[:, :, 0]).sum(axis=1) == pytest.approx(1, abs=1e-9)
    for of in (
        lambda p: log_patterns(p, table.cells)[1],
        lambda p: p[:, 0, 0],
        lambda p: p[:, 2, 0],
        lambda p: p[:, 0, 1],
    ):
        assert ks_2samp(of(before), of(after), method="asymp").pvalue > 1e-4


def test_the_sampler_meets_the_posterior_of_a_tiny_table() -> None:
    """Against weighting the prior, which takes no move and no path."""
    table = Table.of(parse(TINY))
    log_seen, weights = by_importance(table, 3, 200_000, 7)
    order = np.argsort(log_seen)
    exact = np.interp([0.1, 0.25, 0.5, 0.75], np.cumsum(weights[order]), log_seen[order])
    (found,) = islands(table, Plan(3, PRIOR, 300, 2, 3, 0, 1, 6), 1, 3, 1)
    assert np.quantile(found.log_seen, [0.1, 0.25, 0.5, 0.75]) == pytest.approx(exact, abs=0.12)
    log_p, _ = log_patterns(start(200_000, 3, 3, PRIOR, 7), table.cells)
    assert found.log_evidence == pytest.approx(float(np.log(np.mean(np.exp(log_p @ table.counts)))), abs=0.25)


def test_the_slope_is_that_of_the_density() -> None:
    table = Table.of(parse(TINY))
    rng = np.random.default_rng(0)
    at, found, unused = rng.normal(size=(4, 4)), np.empty((4, 4)), np.empty((4, 4))
    slope(at, table.cells, table.counts, PRIOR, found)
    for index in np.ndindex(4, 4):
        up, down = at.copy(), at.copy()
        up[index] += 1e-5
        down[index] -= 1e-5
        difference = slope(up, table.cells, table.counts, PRIOR, unused)
        difference -= slope(down, table.cells, table.counts, PRIOR, unused)
        assert difference / 2e-5 == pytest.approx(found[index], abs=1e-6)


def test_odds_beyond_what_can_be_multiplied_keep_their_probabilities() -> None:
    """A class that is on every list for certain, and one that is on none."""
    particle = np.log([[0.5, 1, 1], [0.5, 1, 1]])
    particle[0, 1:], particle[1, 1:] = 400.0, -400.0
    inside, none, seen = shares(particle, Cells.of(np.array([[1, 0], [1, 1]], dtype=np.uint8)))
    assert inside[:, 0] == pytest.approx([0, 0.5])
    assert none == pytest.approx([0, 0.5])
    assert seen == pytest.approx([0.5, 0])


@pytest.mark.parametrize(("n", "p"), [(7, 0.3), (40, 0.9), (5000, 0.4), (100_000, 0.001), (3, 1.0), (0, 0.5)])
def test_binomial_draws_have_their_mean_and_spread(n: int, p: float) -> None:
    set_seed(6)
    drawn = np.array([binomial(n, p) for _ in range(4000)])
    assert drawn.min() >= 0
    assert drawn.max() <= n
    error = np.sqrt(n * p * (1 - p) / 4000)
    assert abs(drawn.mean() - n * p) <= 5 * error + 1e-12
    assert drawn.var() == pytest.approx(n * p * (1 - p), rel=0.15, abs=1e-12)


def test_the_path_adds_people_and_ends_with_the_table() -> None:
    table = Table.of(parse(TINY))
    stages = np.array([table.at(t) for t in np.linspace(0, 1, 50)])
    assert stages[0].tolist() == [0] * 5
    assert stages[-1].tolist() == table.counts.tolist()
    assert (np.diff(stages, axis=0) >= 0).all()


def test_an_island_that_lost_its_way_has_no_weight() -> None:
    """Particles go to islands in proportion to the evidence of the island they come from."""
    held = [np.full((50, 2, 3), value) for value in (0.0, 1.0, 2.0)]
    evidence = (-10.0, -10.0 - np.log(3), -500.0)
    tuned = Tuned(np.ones((2, 3)), 0.3)
    rng = np.random.default_rng(1)
    found = [Island(np.empty((50, 0)), e, 1, tuned, p, rng) for p, e in zip(held, evidence, strict=True)]
    mixed = np.concatenate([one.particles[:, 0, 0] for one in exchanged(found, rng)])
    assert [(mixed == value).mean() for value in (0.0, 1.0, 2.0)] == pytest.approx([0.75, 0.25, 0.0], abs=0.01)


def test_islands_that_differ_are_said_whatever_the_chains_say() -> None:
    """After the exchange R-hat is blind to what the weightiest island missed."""
    calm, parts = Convergence(1.0, 5000.0, 5000.0), (Hump(900.0, 800.0, 1000.0, 1.0, 0.0),)
    assert _warnings(calm, parts, np.ones(4), 1.0) == ()
    (said,) = _warnings(calm, parts, np.array([1.0, 1e-3, 1e-4, 0.0]), 9.0)
    assert "log evidence 9.0 apart, so that 4 count as 1.0" in said


def test_widths_are_those_of_the_particles_and_bounded() -> None:
    rng = np.random.default_rng(2)
    particles = rng.normal(size=(4000, 1, 3)) * [0.5, 0.0, 1e6]
    assert spread(particles)[0] == pytest.approx([0.5, 0.01, 3.0], rel=0.05)


def drawn_from_classes(seed: int) -> Histories:
    """3,000 people of two kinds, on four lists."""
    rng = np.random.default_rng(seed)
    rates = np.where(rng.random(3000)[:, None] < 0.3, [0.6, 0.7, 0.5, 0.6], [0.2, 0.15, 0.25, 0.1])
    return of_arrays((rng.random((3000, 4)) < rates).astype(int), np.ones(3000), merge=True)


def quick(seed: int) -> Sampling:
    return Sampling(seed=seed, draws=320, chains=2, classes=4, particles=64, batches=1)


def test_a_planted_population_is_found_with_any_seed() -> None:
    """The same answer from two seeds and any number of threads; the clock only counts seconds."""
    histories = drawn_from_classes(1)
    ticks = count()
    first, again, other = (
        latent_class(histories, sampling=quick(seed), threads=threads, timer=lambda: float(next(ticks)))
        for seed, threads in ((1, 1), (1, 2), (2, 2))
    )
    assert first == again
    assert first.interval
    assert (first.interval.low or 0) < 3000 < (first.interval.high or 0)
    assert other.median == pytest.approx(first.median, rel=0.05)
    assert first.diagnostics["rhat"] < 1.1
    assert first.diagnostics["ess_bulk"] > 30
    assert len(first.diagnostics["humps"]) == 1


def test_humps_are_found_with_their_weights() -> None:
    rng = np.random.default_rng(1)
    low, high = rng.normal(np.log(50_000), 0.1, (4, 700)), rng.normal(np.log(140_000), 0.1, (4, 300))
    found = humps(np.exp(np.hstack([low, high])), 0.95)
    assert [round(h.weight, 2) for h in found] == [0.7, 0.3]
    assert [h.median for h in found] == pytest.approx([50_000, 140_000], rel=0.02)
    assert len(humps(np.exp(low), 0.95)) == 1
    assert len(humps(np.full((2, 50), 7.0), 0.95)) == 1


@pytest.mark.parametrize(
    ("sampling", "says"),
    [
        (Sampling(classes=1), "1 classes cannot be"),
        (Sampling(chains=0), "0 chains cannot be"),
        (Sampling(draws=0), "0 draws cannot be"),
        (Sampling(thin=0), "0 thin cannot be"),
        (Sampling(burn=-1), "-1 burn cannot be"),
        (Sampling(seed=-1), "-1 seed cannot be"),
        (Sampling(prior_a=0.0), "a prior Gamma(0.0, 0.25) cannot be"),
        (Sampling(prior_b=float("nan")), "a prior Gamma(0.25, nan) cannot be"),
    ],
)
def test_options_that_cannot_be_are_refused(sampling: Sampling, says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        latent_class(parse(TINY), sampling=sampling)


def test_two_lists_are_refused() -> None:
    with pytest.raises(InputError, match="2 lists: latent classes need three or more"):
        latent_class(parse("A,B,count\n1,0,60\n0,1,40\n1,1,20\n"))


@pytest.mark.shared
def test_kosovo_is_met(shared: Path) -> None:
    """Against long chains of another program: 10,411 (8,914 to 13,975); few draws here, so that the suite is short."""
    histories = parse((shared / "lists" / "mse" / "kosovo_1999.csv").read_text(encoding="utf-8"))
    found = latent_class(histories, sampling=Sampling(draws=5120, chains=2, batches=2))
    assert found.interval
    assert found.median == pytest.approx(10_411, rel=0.02)
    assert found.interval.low == pytest.approx(8_914, rel=0.03)
    assert found.interval.high == pytest.approx(13_975, rel=0.05)
