"""How well two lists of people are matched, and how well by plain Splink on raw names: F1, time and memory.

With birth dates, without, and across scripts.

    PYTHONPATH=src python -m benchmarks.names FOLDER

FOLDER holds a.csv and b.csv (`rec`, `name_ar`, `name_en`, `sex`, `age`, `dob`), truth.csv and ambiguous.csv (`rec_a`,
`rec_b`). Pairs in ambiguous.csv count neither way. No row is printed or kept.
"""

from __future__ import annotations

import csv
import itertools
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sijill.pipeline.matching import match_files

RUNS = {
    "Arabic, sex, age, birth date": (("name_ar", "sex", "age", "dob"), ("name_ar", "sex", "age", "dob")),
    "Arabic, sex, age": (("name_ar", "sex", "age"), ("name_ar", "sex", "age")),
    "Arabic against English, sex, age": (("name_ar", "sex", "age"), ("name_en", "sex", "age")),
}
BANDS = (0.5, 0.9, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Run:
    """What one program found in two files, and what that took."""

    pairs: set[tuple[str, str]]
    probable: tuple[tuple[str, str, float], ...]
    wall: float
    cpu: float
    memory: float


def main(folder: Path) -> None:
    """Print a table of figures; each program runs alone, in a process of its own."""
    truth, free = pairs(folder / "truth.csv"), pairs(folder / "ambiguous.csv")
    free -= truth
    print("| compared | by | precision | recall | F1 | calibration error | seconds | CPU | most memory |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, columns in RUNS.items():
        with tempfile.TemporaryDirectory() as held:
            files = [cut(folder / f"{side}.csv", Path(held), keep) for side, keep in zip("ab", columns, strict=True)]
            # Names as written in two scripts have no letter in common: there is nothing for plain Splink to compare.
            programs = (by_sijill, by_splink) if columns[0] == columns[1] else (by_sijill,)
            for program in programs:
                run = alone(program, *files)
                said = run.pairs - free
                precision, recall = len(said & truth) / max(1, len(said)), len(said & truth) / len(truth)
                f1 = 2 * precision * recall / max(1e-9, precision + recall)
                error = f"{off(run.probable, truth, free):.3f}" if run.probable else ""
                print(
                    f"| {name} | {program.__name__[3:]} | {precision:.5f} | {recall:.5f} | {f1:.5f} | {error} "
                    f"| {run.wall:.1f} | {run.cpu:.1f} | {run.memory:.2f} GB |",
                    flush=True,
                )


def alone(program: Callable[[Path, Path], Run], a: Path, b: Path) -> Run:
    """A program in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(program, a, b).result()


def by_sijill(a: Path, b: Path) -> Run:
    """What `sijill match` finds."""
    started, cpu = time.perf_counter(), time.process_time()
    found = match_files(a, b, record="rec").pairs
    probable = tuple((p.rec_a, p.rec_b, p.probability) for p in found)
    return taken({(p.rec_a, p.rec_b) for p in found}, probable, started, cpu)


def by_splink(a: Path, b: Path) -> Run:
    """What plain Splink finds on names as they are written."""
    from benchmarks.names_splink import linked  # The extra `names`.

    started, cpu = time.perf_counter(), time.process_time()
    return taken(linked(a, b), (), started, cpu)


def taken(found: set[tuple[str, str]], probable: tuple[tuple[str, str, float], ...], started: float, cpu: float) -> Run:
    """The run that began then, of which this is what was found."""
    wall, used = time.perf_counter() - started, time.process_time() - cpu
    return Run(found, probable, wall, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


def off(found: tuple[tuple[str, str, float], ...], truth: set[tuple[str, str]], free: set[tuple[str, str]]) -> float:
    """Expected calibration error over bands of probability, weighted by how many pairs each holds."""
    counted = [(probability, (a, b) in truth) for a, b, probability in found if (a, b) not in free]
    error = 0.0
    for low, high in itertools.pairwise(BANDS):
        band = [pair for pair in counted if low <= pair[0] <= high]
        error += abs(sum(probability - true for probability, true in band)) / len(counted)
    return error


def pairs(path: Path) -> set[tuple[str, str]]:
    """The pairs of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["rec_a"], row["rec_b"]) for row in csv.DictReader(file)}


def cut(path: Path, folder: Path, keep: tuple[str, ...]) -> Path:
    """The list with only these columns."""
    out = folder / path.name
    with path.open(encoding="utf-8", newline="") as read, out.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, ("rec", *keep), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(csv.DictReader(read))
    return out


if __name__ == "__main__":
    main(Path(sys.argv[1]))
