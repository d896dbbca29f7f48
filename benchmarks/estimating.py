"""How fast estimates are, on one thread, in this process's own time.

python benchmarks/estimating.py FOLDER-OF-TABLES [--keep NAME]

Effective draws a second of the latent classes (bulk, of log N; with the path from the prior and without it), bootstraps
of the sparse method, the average over decomposable graphs; then how the latent classes grow with lists, people and
classes, in time for each round of moves of a particle.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import figures
from sijill.estimate.annealing import Plan, Table, anneal, drawn, settled
from sijill.estimate.classes import Sampling, convergence, latent_class
from sijill.estimate.decomposable import decomposable
from sijill.estimate.histories import Histories, of_arrays, parse
from sijill.estimate.sparse import sparse

T = TypeVar("T")
TINY = "A,B,C,count\n1,0,0,5\n0,1,0,3\n0,0,1,2\n1,1,0,2\n1,1,1,1\n"
ROUNDS = 40


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of this process's own time, and what the work returns."""
    began = time.process_time()
    made = work()
    return time.process_time() - began, made


def warmed() -> None:
    """Compile, or load what was compiled, before anything is measured."""
    tiny = parse(TINY)
    latent_class(tiny, sampling=Sampling(draws=8, particles=8, chains=1, classes=3, batches=1), threads=1)
    sparse(parse("A,B,C,count\n1,0,0,70\n0,1,0,60\n0,0,1,50\n1,1,0,12\n1,0,1,9\n"), bootstrap=2)
    convergence(np.random.default_rng(1).random((2, 50)) + 1)


def effective(histories: Histories) -> Iterator[str]:
    """Effective draws a second, over all and while drawing."""
    plan = Sampling().plan()
    table = Table.of(histories)
    path, start = timed(lambda: anneal(table, plan, np.random.default_rng(1)))
    start = settled(table, plan, start)
    drawing, one = timed(lambda: drawn(table, plan, start))
    halves = np.array_split(one.log_seen, 2)
    alone = convergence(np.stack([histories.observed * np.exp(-half).ravel() for half in halves]))
    yield f"| latent classes, kosovo_1999, K = 10: path of one island | {path:.2f} s |"
    yield (
        f"| … effective draws a second while drawing (bulk; tail) | {alone.ess_bulk / drawing:,.0f}; "
        f"{alone.ess_tail / drawing:,.0f} |"
    )
    whole, found = timed(lambda: latent_class(histories, threads=1))
    told = found.diagnostics
    yield (
        f"| … all of `latent_class`, four islands | {whole:.1f} s, {told['ess_bulk']:,.0f} effective draws, "
        f"{told['ess_bulk'] / whole:,.0f} a second |"
    )


def invented(people: int, lists: int) -> Histories:
    """People of two kinds on so many lists."""
    rng = np.random.default_rng(people + lists)
    rates = np.where(rng.random(people)[:, None] < 0.3, rng.uniform(0.3, 0.6, lists), rng.uniform(0.05, 0.2, lists))
    return of_arrays((rng.random((people, lists)) < rates).astype(int), np.ones(people), merge=True)


def growth() -> Iterator[str]:
    """Time of a round of moves as one of lists, people and classes grows."""
    yield "| lists | people | classes | patterns | one round of a particle |"
    yield "| ---: | ---: | ---: | ---: | ---: |"
    base = (5, 5_000, 10)
    steps = [(n, base[1], base[2]) for n in (3, 5, 10, 15)]
    steps += [(base[0], n, base[2]) for n in (500, 50_000, 500_000)] + [(base[0], base[1], n) for n in (5, 20, 40)]
    for lists, people, classes in steps:
        histories = invented(people, lists)
        table, plan = Table.of(histories), Plan(classes, (0.25, 0.25), 8, 1, 2, 0, 1, ROUNDS)
        start = anneal(table, plan, np.random.default_rng(1))
        seconds, _ = timed(lambda: drawn(table, plan, start))  # noqa: B023, called at once
        cost = seconds / (ROUNDS * plan.particles)
        yield f"| {lists} | {people:,} | {classes} | {len(histories.counts)} | {cost * 1e6:,.0f} µs |"


def measured(folder: Path) -> Iterator[str]:
    """All figures as lines of a page."""

    def table(name: str) -> Histories:
        return parse((folder / f"{name}.csv").read_text(encoding="utf-8"))

    warmed()
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    yield f"{os.cpu_count()} cores, {platform.processor() or platform.machine()}; load before {load}. Processor time."
    yield ""
    yield "| what | figure |"
    yield "| --- | --- |"
    yield from effective(table("kosovo_1999"))
    seconds, found = timed(lambda: sparse(table("ukdat_5"), bootstrap=1000))
    ends = found.interval
    yield (
        f"| sparse, ukdat_5, 1,000 bootstraps | {seconds:.2f} s ({ends.low:,.0f} – {ends.high:,.0f}) |" if ends else ""
    )
    seconds, average = timed(lambda: decomposable(table("ukdat_5")))
    yield f"| decomposable, ukdat_5, 822 graphs, full grid | {seconds:.2f} s (mean {average.mean:,.1f}) |"
    yield ""
    yield from growth()


def main(arguments: Sequence[str]) -> int:
    """Measure, print as it goes, and keep."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--keep", default="")
    chosen = asked.parse_args(arguments)
    lines = figures.heading("Estimates, how fast,")
    for said in measured(chosen.folder):
        print(said, flush=True)
        lines.append(said)
    if chosen.keep:
        figures.keep(lines, what=chosen.keep)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
