"""How well two lists of people are matched: F1, time and memory, with birth dates, without, and across scripts.

    PYTHONPATH=src python -m benchmarks.names FOLDER

FOLDER holds a.csv and b.csv (`rec`, `name_ar`, `name_en`, `sex`, `age`, `dob`), truth.csv and ambiguous.csv (`rec_a`,
`rec_b`). Pairs in ambiguous.csv count neither way. No row is printed or kept.
"""

from __future__ import annotations

import csv
import itertools
import resource
import sys
import tempfile
import time
from pathlib import Path

from sijill.pipeline.matching import Matching, match_files

RUNS = {
    "Arabic, sex, age, birth date": (("name_ar", "sex", "age", "dob"), ("name_ar", "sex", "age", "dob")),
    "Arabic, sex, age": (("name_ar", "sex", "age"), ("name_ar", "sex", "age")),
    "Arabic against English, sex, age": (("name_ar", "sex", "age"), ("name_en", "sex", "age")),
}
BANDS = (0.5, 0.9, 0.99, 1.0)


def main(folder: Path) -> None:
    """Print a table of figures."""
    truth, free = pairs(folder / "truth.csv"), pairs(folder / "ambiguous.csv")
    free -= truth
    print("| compared | precision | recall | F1 | calibration error | seconds | CPU | most memory |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, columns in RUNS.items():
        with tempfile.TemporaryDirectory() as held:
            files = [cut(folder / f"{side}.csv", Path(held), keep) for side, keep in zip("ab", columns, strict=True)]
            started, cpu = time.perf_counter(), time.process_time()
            found = match_files(files[0], files[1], record="rec")
            wall, cpu = time.perf_counter() - started, time.process_time() - cpu
        said = {(p.rec_a, p.rec_b) for p in found.pairs} - free
        precision, recall = len(said & truth) / len(said), len(said & truth) / len(truth)
        f1 = 2 * precision * recall / (precision + recall)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"| {name} | {precision:.5f} | {recall:.5f} | {f1:.5f} | {off(found, truth, free):.3f} "
            f"| {wall:.1f} | {cpu:.1f} | {peak:.2f} GB |"
        )


def off(found: Matching, truth: set[tuple[str, str]], free: set[tuple[str, str]]) -> float:
    """Expected calibration error over bands of probability, weighted by how many pairs each holds."""
    counted = [(p.probability, (p.rec_a, p.rec_b) in truth) for p in found.pairs if (p.rec_a, p.rec_b) not in free]
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
