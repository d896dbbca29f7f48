"""`make bench`: measure speed and accuracy, print the tables and write them to benchmarks/results/.

python benchmarks/run.py [--quick]      --quick: a tenth of the input, one round, nothing written
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import accuracy, figures, homes, linking, reading, speed, writers
from sijill.testing.server import missing


def speed_table(ratios: list[speed.Ratio]) -> Iterator[str]:
    """The ratios as a table, and why, where one is above 2."""
    yield "| what | Sijill | plain | ratio | plain work |"
    yield "| --- | ---: | ---: | ---: | --- |"
    for r in ratios:
        yield f"| {r.name} | {r.ours:.2f} s | {r.plain:.2f} s | {r.ratio:.2f} | {r.against} |"
    yield ""
    for r in ratios:
        if r.ratio > 2:
            yield f"- {r.name}: {r.why or 'not explained yet'}."


def writers_table(*, quick: bool) -> list[str]:
    """Eight writers that add the same reports at once, where a server can be had."""
    return [f"Not measured: {missing()}."] if missing() else writers.table(writers.measure(8, 200 if quick else 2000))


def accuracy_table(scores: list[accuracy.Score]) -> Iterator[str]:
    """What the scorers printed."""
    yield "| what | figures |"
    yield "| --- | --- |"
    for s in scores:
        values = ", ".join(f"{k} {v}" for k, v in s.values.items())
        yield f"| {s.name} | {values} |".replace("{", "").replace("}", "").replace("'", "")


def main(arguments: list[str]) -> int:
    """Measure, print, and keep the figures with date and commit."""
    quick = "--quick" in arguments
    lines = [*figures.heading(), "Times are the best of the rounds.", ""]
    scale, rounds = (0.1, 1) if quick else (1.0, 3)
    lines += ["## Speed", "", *speed_table(speed.measure(scale=scale, rounds=rounds)), ""]
    lines += ["## Encryption, and a server", "", *speed_table(homes.measure(scale=scale, rounds=rounds)), ""]
    lines += ["## Writers at once", "", *writers_table(quick=quick), ""]
    lines += ["## Reading", "", *accuracy_table(reading.measure()), ""]
    with tempfile.TemporaryDirectory(prefix="sijill-linking-") as name:
        scores = [*accuracy.measure(), *linking.measure(accuracy.SHARED, Path(name))]
    lines += ["## Accuracy", ""]
    lines += [*accuracy_table(scores)] if scores else ["No annotated material lies beside the project: not measured."]
    print("\n".join([*lines, ""]))
    if not quick:
        figures.keep(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
