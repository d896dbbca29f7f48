"""Several writers on PostgreSQL add the same reports at once: each is stored once, in one unbroken log.

python benchmarks/writers.py [--writers 8] [--reports 2000]

Each writer is `sijill add` in a process of its own, started together with the others on one case. Afterwards the case
is looked at with `verify`, and its log's root is computed once more from the entries. Besides seconds, the figures tell
what waiting cost: one writer alone, on a case of its own, is measured before.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import select

from benchmarks import figures
from benchmarks.speed import invented_text
from sijill.store import reads, schema
from sijill.store.case import Case
from sijill.store.merkle import leaf_hash, root_of
from sijill.store.verify import verify
from sijill.testing.server import missing, running


@dataclass(frozen=True, slots=True)
class Outcome:
    """What so many writers left behind: how long it took, what is stored, and everything that is wrong with it."""

    writers: int
    seconds: float
    documents: int
    sightings: int
    transactions: int
    by: tuple[tuple[str, int], ...]
    wrong: tuple[str, ...]


def write_reports(path: Path, count: int) -> Path:
    """So many invented reports in a `.jsonl` file."""
    rng = random.Random(5)
    lines = (json.dumps({"id": f"r{i:05}", "language": "en", "text": invented_text(rng, i)}) for i in range(count))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def together(folder: Path, server: str, reports: Path, writers: int) -> Outcome:
    """Make a case and have so many processes add the same reports to it, all begun before any has begun to write."""
    Case.create(folder, by="benchmark", server=server).close()
    names = [f"writer {number}" for number in range(writers)]
    began = time.perf_counter()
    processes = {name: _started(folder, reports, name) for name in names}
    said = {name: process.communicate()[1] for name, process in processes.items()}
    seconds = time.perf_counter() - began
    failed = [f"{name} ended with {p.returncode}: {said[name][-300:]}" for name, p in processes.items() if p.returncode]
    return _looked_at(folder, writers, seconds, failed, expected=reports.read_bytes().count(b"\n"))


def _started(folder: Path, reports: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from sijill.cli.app import main; main()", "add", str(folder), str(reports)]
    command += ["--by", name, "--workers", "1"]
    # Where the writers of a team are on machines of their own, nobody's libraries take several cores.
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def _looked_at(folder: Path, writers: int, seconds: float, failed: list[str], *, expected: int) -> Outcome:
    report, case = verify(folder), Case.open(folder)
    with case.connect() as connection:
        bodies = list(connection.execute(select(schema.log_entry.c.body).order_by(schema.log_entry.c.seq)).scalars())
        point = reads.material_point(connection)
        counts = reads.counts(connection)
    case.close()
    entries = [json.loads(body) for body in bodies]
    kept = Counter(entry["body"]["document"] for entry in entries if entry["kind"] == "document")
    wrong = [*failed, *(f"{f.where}: {f.what}" for f in report.findings)]
    wrong += [f"document {id_[:16]} is stored {n} times" for id_, n in kept.items() if n != 1]
    if not len(kept) == counts["document"] == counts["sighting"] == report.objects == expected:
        wrong.append(f"{len(kept)} documents, {counts['sighting']} sightings, {report.objects} objects of {expected}")
    if len(bodies) != expected + 1:
        wrong.append(f"the log has {len(bodies)} entries, not one a report and the first")
    if not root_of([leaf_hash(body) for body in bodies]).hex() == report.root == point.root:
        wrong.append("the root is not that of the entries")
    by = Counter(str(entry["by"]) for entry in entries[1:])
    return Outcome(
        writers,
        seconds,
        counts["document"],
        counts["sighting"],
        report.checkpoints - 1,
        tuple(sorted(by.items())),
        tuple(wrong),
    )


def table(outcomes: list[Outcome]) -> list[str]:
    """The outcomes as a table."""
    lines = [
        "| writers | seconds | reports stored | sightings | transactions | wrong |",
        "| ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for o in outcomes:
        wrong = "; ".join(o.wrong) or "nothing"
        lines.append(f"| {o.writers} | {o.seconds:.1f} | {o.documents} | {o.sightings} | {o.transactions} | {wrong} |")
    shares = ", ".join(str(n) for _, n in outcomes[-1].by)
    return [*lines, "", f"Reports stored by each of the {outcomes[-1].writers} writers: {shares}."]


def measure(writers: int, reports: int) -> list[Outcome]:
    """One writer alone, then so many together; raises RuntimeError where no server can be had."""
    with running(safe=True) as server, tempfile.TemporaryDirectory(prefix="sijill-bench-") as name:
        lines = write_reports(Path(name) / "reports.jsonl", reports)
        return [together(Path(name) / f"case{n}", server.address, lines, n) for n in (1, writers)]


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--reports", type=int, default=2000)
    given = parser.parse_args()
    if problem := missing():
        sys.stderr.write(f"not measured: {problem}\n")
        return 2
    outcomes = measure(given.writers, given.reports)
    lines = [*figures.heading("Writers on PostgreSQL, measured"), *table(outcomes)]
    print("\n".join(lines))
    figures.keep(lines, what="writers")
    return 1 if any(o.wrong for o in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
