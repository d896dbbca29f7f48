"""Bayesian latent classes: the posterior of the number of people, with how far the sampler can be trusted.

Source: Manrique-Vallier, Biometrics 72 (2016); the model is in `latent`, the sampler in `annealing`. Convergence by
split R-hat and by bulk and tail effective sizes of log N (Vehtari, Gelman, Simpson, Carpenter and Bürkner, "Rank-
normalization, folding, and localization", Bayesian Analysis 16, 2021), as ArviZ computes them; the chains are islands
of particles, in each the draws of one particle after those of another.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from sijill.core.errors import InputError
from sijill.estimate.annealing import Island, Plan, Table, further, islands
from sijill.estimate.compiled import Reals
from sijill.estimate.guards import examine
from sijill.estimate.histories import Histories
from sijill.estimate.humps import Hump, humps
from sijill.estimate.results import Estimate, Interval

LISTS = 3
ROUNDS, MOVES = 3, 2
EVIDENCE_APART = 2.0
RHAT, ENOUGH, SETTLED = 1.01, 400, 1_500
SURE = 0.05
MOST_CLASSES, MOST_CHAINS, MOST_DRAWS, MOST_BATCHES = 100, 64, 1_000_000, 1_000
ABOUT = (
    "Bayesian latent classes: people are of unknown kinds, and those of one kind are on each list by chance, "
    "independently of the others. Assumes that nobody came or left, that everybody listed is found on every list that "
    "holds them, and that some kind of people is not missed by all the lists."
)


@dataclass(frozen=True, slots=True)
class Sampling:
    """What the sampler takes.

    `chains` islands of `particles`, `draws` of each island, `thin` rounds of moves between two draws of a particle,
    `burn` rounds before the first; K classes; the prior of alpha, Gamma(`prior_a`, rate `prior_b`). While the islands
    do not agree, or give too few effective draws, as many draws again are taken, up to `batches` times in all.
    """

    seed: int = 1
    draws: int = 10_240
    burn: int = 20
    thin: int = 1
    chains: int = 4
    classes: int = 10
    prior_a: float = 0.25
    prior_b: float = 0.25
    particles: int = 128
    batches: int = 10

    def checked(self) -> Sampling:
        """Itself; raises InputError for a value that is none."""
        for name, value, low, high in (
            ("classes", self.classes, 2, MOST_CLASSES),
            ("chains", self.chains, 1, MOST_CHAINS),
            ("draws", self.draws, 4, MOST_DRAWS),
            ("batches", self.batches, 1, MOST_BATCHES),
            ("particles", self.particles, 2, MOST_DRAWS),
            ("thin", self.thin, 1, MOST_DRAWS),
            ("burn", self.burn, 0, MOST_DRAWS),
            ("seed", self.seed, 0, 2**63),
        ):
            if not low <= value <= high:
                raise InputError(f"{value} {name} cannot be", hint=f"from {low} to {high}")
        if not (0 < self.prior_a < np.inf and 0 < self.prior_b < np.inf):
            raise InputError(f"a prior Gamma({self.prior_a}, {self.prior_b}) cannot be", hint="both are above zero")
        return self

    def plan(self) -> Plan:
        """Particles enough for the humps, and as many draws of each as make up the number asked for."""
        return Plan(
            classes=self.classes,
            prior=(self.prior_a, self.prior_b),
            particles=self.particles,
            rounds=ROUNDS,
            moves=MOVES,
            burn=self.burn,
            thin=self.thin,
            draws=max(1, -(-self.draws // self.particles)),
        )


@dataclass(frozen=True, slots=True)
class Convergence:
    """Split R-hat (`None` for one chain), bulk and tail effective numbers of draws, of log N."""

    rhat: float | None
    ess_bulk: float
    ess_tail: float

    @property
    def settled(self) -> bool:
        """Whether more draws would hardly change the answer."""
        return (self.rhat is None or self.rhat <= RHAT) and min(self.ess_bulk, self.ess_tail) >= SETTLED


def latent_class(
    histories: Histories,
    *,
    sampling: Sampling | None = None,
    level: float = 0.95,
    threads: int | None = None,
    timer: Callable[[], float] = time.process_time,
) -> Estimate:
    """The posterior of the number of people; the estimate is its median.

    `threads` changes how fast, not what. Raises InputError for fewer than three lists or an option that cannot be.
    """
    chosen = (sampling or Sampling()).checked()
    if len(histories.lists) < LISTS:
        raise InputError(
            f"{len(histories.lists)} lists: latent classes need three or more", hint="find another list, or `closed`"
        )
    cautions = examine(histories)
    began = timer()
    found, people, measured = _sampled(histories, chosen, threads or os.cpu_count() or 1)
    seconds = timer() - began
    parts = humps(people, level)
    low, median, high = np.quantile(people, [(1 - level) / 2, 0.5, (1 + level) / 2]).tolist()
    evidence = np.array([part.log_evidence for part in found])
    shares = np.exp(evidence - evidence.max())
    return Estimate(
        method="latent-class",
        lists=histories.lists,
        observed=histories.observed,
        estimate=median,
        mean=float(people.mean()),
        median=median,
        interval=Interval(level, low, high),
        diagnostics={
            **asdict(measured),
            "ess_per_second": measured.ess_bulk / seconds if seconds > 0 else None,
            "seconds": seconds,
            "sd": float(people.std()),
            "chains": chosen.chains,
            "draws": people.size,
            "stages": max(part.stages for part in found),
            "log_evidence": float(np.log(shares.mean()) + evidence.max()),
            "log_evidence_range": float(np.ptp(evidence)),
            "islands": _effective(shares),
            "humps": [asdict(part) for part in parts],
            "seed": chosen.seed,
        },
        warnings=(*cautions, *_warnings(measured, parts, shares, float(np.ptp(evidence)))),
        about=ABOUT,
    )


def _sampled(histories: Histories, chosen: Sampling, threads: int) -> tuple[list[Island], Reals, Convergence]:
    """Islands, numbers of people (islands, draws), and how they agree: with draws added until they do, or no more."""
    table, plan = Table.of(histories), chosen.plan()
    found = islands(table, plan, chosen.chains, chosen.seed, threads)
    for _ in range(1, chosen.batches):
        if convergence(_people(histories, found, chosen.seed)).settled:
            break
        found = further(table, plan, found, threads)
    people = _people(histories, found, chosen.seed)
    return found, people, convergence(people)


def _people(histories: Histories, found: list[Island], seed: int) -> Reals:
    """Numbers of people, (islands, draws)."""
    rng = np.random.default_rng([seed, 1])
    return histories.observed + np.stack([unseen(histories.observed, p.log_seen, rng).ravel() for p in found])


def unseen(observed: int, log_seen: Reals, rng: np.random.Generator) -> Reals:
    """Draws of N - n given p_seen: negative binomial, as a Poisson number at a gamma rate; beyond 2^53 the rate."""
    rate = rng.standard_gamma(observed, size=log_seen.shape) * -np.expm1(log_seen) / np.exp(log_seen)
    return np.where(rate < 1e15, rng.poisson(np.minimum(rate, 1e15)), np.floor(rate)).astype(np.float64)


def convergence(people: Reals) -> Convergence:
    """Split R-hat, bulk and tail effective size of log N over draws (chains, draws); `None` where they have none."""
    with warnings.catch_warnings():
        # ArviZ 0.23 tells everybody who imports it of its next version.
        warnings.simplefilter("ignore", FutureWarning)
        import arviz
    logs = np.log(people)
    rhat: Callable[[Reals], float] = arviz.rhat
    ess: Callable[..., float] = arviz.ess
    return Convergence(
        rhat=float(rhat(logs)) if len(logs) > 1 else None,
        ess_bulk=float(ess(logs, method="bulk")),
        ess_tail=float(ess(logs, method="tail")),
    )


def _effective(shares: Reals) -> float:
    """How many equal islands these weights are worth."""
    return float(shares.sum() ** 2 / (shares @ shares))


def _warnings(measured: Convergence, parts: tuple[Hump, ...], shares: Reals, apart: float) -> tuple[str, ...]:
    found = []
    # After the exchange the chains share what the weightiest islands found: R-hat cannot see what those missed.
    if apart > EVIDENCE_APART:
        found.append(
            f"islands of the sampler weigh the data differently (log evidence {apart:.1f} apart, so that "
            f"{len(shares)} count as {_effective(shares):.1f}): some part of the posterior may be missed, and with "
            "another seed the ends of the interval may move; do not rely on this estimate alone"
        )
    rhat, fewest = measured.rhat, min(measured.ess_bulk, measured.ess_tail)
    if rhat is not None and not rhat <= RHAT:
        found.append(
            f"the chains have not converged (R-hat {rhat:.3f}, above {RHAT}): another seed may give another answer; "
            "raise --draws and --chains"
        )
    if not fewest >= ENOUGH:
        found.append(f"only {fewest:,.0f} effective draws: the ends of the interval are rough; raise --draws")
    if len(parts) > 1:
        said = "; ".join(f"{p.weight:.0%} about {p.median:,.0f} ({p.low:,.0f} to {p.high:,.0f})" for p in parts)
        found.append(
            f"the posterior has {len(parts)} humps: {said}. The lists allow more than one explanation: do not "
            "quote one number"
        )
        if max(p.spread for p in parts) > SURE:
            found.append("the weights of the humps are uncertain by more than .05: raise --draws and --chains")
    return tuple(found)
