"""Whether the answer of the latent classes depends on the seed: many seeds on one table.

python benchmarks/seeds.py TABLE.csv [--seeds 20] [--classes 10] [--keep NAME]

Printed for each seed: median and ends, humps with their weights, how far the islands' evidence is apart, seconds of
this process's own time on one thread. Then how far medians are apart, and the weights of humps.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import figures
from sijill.estimate.classes import Sampling, latent_class
from sijill.estimate.histories import parse
from sijill.estimate.results import Estimate


def line(seed: int, found: Estimate, seconds: float) -> str:
    """One seed's row."""
    ends = found.interval
    low, high = (ends.low or 0.0, ends.high or 0.0) if ends else (0.0, 0.0)
    held = "; ".join(f"{h['weight']:.3f} ± {h['spread']:.3f} at {h['median']:,.0f}" for h in found.diagnostics["humps"])
    told = found.diagnostics
    return (
        f"| {seed} | {found.median:,.0f} | {low:,.0f} – {high:,.0f} | {held} | {told['log_evidence']:.2f} "
        f"| {told['log_evidence_range']:.2f} ({told['islands']:.1f}) | {told['rhat'] or 0:.3f} "
        f"| {told['ess_bulk']:,.0f} | {told['draws']:,} | {seconds:.1f} |"
    )


def table(path: Path, seeds: Sequence[int], classes: int) -> Iterator[str]:
    """The rows of all seeds, and what they have in common."""
    histories = parse(path.read_text(encoding="utf-8"))
    yield f"## {path.stem}, K = {classes}, {histories.observed:,} people on {len(histories.lists)} lists"
    yield ""
    yield "| seed | median | 95% | humps | log evidence | islands apart (effective) | R-hat | bulk | draws | CPU s |"
    yield "| ---: | ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    medians, counts = [], []
    for seed in seeds:
        began = time.process_time()
        found = latent_class(histories, sampling=Sampling(seed=seed, classes=classes), threads=1)
        yield line(seed, found, time.process_time() - began)
        medians.append(found.median or 0.0)
        counts.append(len(found.diagnostics["humps"]))
    yield ""
    centre = float(np.median(medians))
    furthest = max(abs(m / centre - 1) for m in medians)
    yield (
        f"Medians {min(medians):,.0f} to {max(medians):,.0f}: highest / lowest {max(medians) / min(medians):.3f}, "
        f"furthest from their median {furthest:.1%}; humps by seed {sorted(set(counts))}."
    )
    yield ""


def main(arguments: Sequence[str]) -> int:
    """Measure a table and print as it goes."""
    asked = argparse.ArgumentParser()
    asked.add_argument("path", type=Path)
    asked.add_argument("--seeds", type=int, default=20)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--classes", type=int, default=10)
    asked.add_argument("--keep", default="")
    chosen = asked.parse_args(arguments)
    lines = figures.heading("Latent classes by seed")
    for said in table(chosen.path, range(chosen.first, chosen.first + chosen.seeds), chosen.classes):
        print(said, flush=True)
        lines.append(said)
    if chosen.keep:
        figures.keep(lines, what=chosen.keep)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
