"""`make bench`: measure speed and accuracy, print the tables and write them to benchmarks/results/.

python benchmarks/run.py [--quick]      --quick: a tenth of the input, one round, nothing written
"""

from __future__ import annotations

import datetime as dt
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import accuracy, speed

RESULTS = Path(__file__).resolve().parent / "results"


def commit() -> str:
    """The commit measured, marked where the tree differs from it."""
    git = ["git", "-c", "safe.directory=*"]
    name = subprocess.run([*git, "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=True).stdout
    dirty = subprocess.run([*git, "status", "--porcelain", "-uno"], capture_output=True, text=True, check=True).stdout
    return name.strip() + ("+changes" if dirty else "")


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
    day, name = dt.datetime.now(dt.UTC).date().isoformat(), commit()
    lines = [f"# Measured on {day}, commit {name}", ""]
    lines += [f"Python {platform.python_version()}, {platform.machine()}, times are the best of the rounds.", ""]
    lines += ["## Speed", "", *speed_table(speed.measure(scale=0.1 if quick else 1.0, rounds=1 if quick else 3)), ""]
    scores = accuracy.measure()
    lines += ["## Accuracy", ""]
    lines += [*accuracy_table(scores)] if scores else ["No annotated material lies beside the project: not measured."]
    text = "\n".join([*lines, ""])
    print(text)
    if not quick:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{day}-{name}.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
