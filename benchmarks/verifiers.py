"""Tamper with a case and its bundle, one change at a time, and see whether three programs say the same of it.

`sijill verify` and the stand-alone `sijill_verify.py` look at changed cases, the stand-alone file and `verify.mjs`
(JavaScript) at changed bundles. They share no code. For each kind of change a line is printed: how many were made, how
many were found by both, passed by both, and how often the two differed, in the verdict or in a place that they name.
Then each program's time for the case as it was. Exit code 1 if any two differ.

Usage: python benchmarks/verifiers.py [--documents 40] [--bits 200] [--structures 100] [--derived 60] [--pages 200]
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sijill.publish.verifier import sijill_verify
from sijill.store.case import DATABASE
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.tamper import Change, NoPlace, Tamperer, applied, page_of_database
from tests.publish.verifier.bundles import (
    BundleChange,
    BundleTamperer,
    CannotSay,
    Places,
    by_javascript,
    by_python,
    by_sijill,
    changed,
)

SIJILL, ALONE, JAVASCRIPT = "sijill verify", "sijill_verify.py", "verify.mjs"


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    for name, default in (("documents", 40), ("bits", 200), ("structures", 100), ("derived", 60), ("pages", 200)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def said(program: Callable[[Path], Places], folder: Path) -> Places | str:
    """What a program finds, or that it cannot say."""
    try:
        return program(folder)
    except CannotSay:
        return "cannot say"


class Table:
    """Counts by kind of change."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.made: Counter[str] = Counter()
        self.ends: Counter[tuple[str, str]] = Counter()
        self.started = time.perf_counter()

    def add(self, kind: str, one: Places | str, other: Places | str) -> None:
        """Count what two programs said of one change."""
        self.made[kind] += 1
        end = "differ" if one != other else "found" if one else "passed"
        self.ends[kind, end] += 1
        if end == "differ":
            print(f"differ on {kind}: {one} and {other}")

    def printed(self) -> bool:
        """Print the table; whether the two never differed."""
        seconds = time.perf_counter() - self.started
        print(f"\n{self.title}: {self.made.total()} changes, {seconds:.0f} s")
        for kind in sorted(self.made):
            counts = "  ".join(f"{self.ends[kind, end]:4} {end}" for end in ("found", "passed", "differ"))
            print(f"  {kind:32} {self.made[kind]:5} changed  {counts}")
        return not any(end == "differ" for _, end in self.ends)


def of_case(title: str, folder: Path, choose: Callable[[], Change], times: int) -> bool:
    """Change a case so many times; what SQLite leaves beside it is cleared away."""
    table = Table(f"{title}, {SIJILL} and {ALONE}")
    while table.made.total() < times:
        change = choose()
        try:
            with applied(folder, change):
                table.add(change.kind.partition(".")[0], said(by_python, folder), said(by_sijill, folder))
        except NoPlace:
            continue
        for left in ("-wal", "-shm"):
            (folder / (DATABASE + left)).unlink(missing_ok=True)
    return table.printed()


def of_bundle(title: str, bundle: Path, choose: Callable[[], BundleChange], times: int) -> bool:
    """Change a bundle so many times."""
    table = Table(f"{title}, {ALONE} and {JAVASCRIPT}")
    for _ in range(times):
        change = choose()
        with changed(bundle, change):
            table.add(change.kind, said(by_python, bundle), said(by_javascript, bundle))
    return table.printed()


def timed(program: Callable[[Path], Places], folder: Path) -> float:
    """The best of three runs, in seconds."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        program(folder)
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> int:
    """Run all rounds."""
    given = options()
    if shutil.which("node") is None:
        print("Node is not installed, so there is no second implementation to ask")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        case, bundle = Path(scratch) / "case", Path(scratch) / "bundle"
        synthetic_case(
            case,
            documents=given.documents,
            claims_per_document=6,
            judgements=3 * given.documents,
            seed=given.seed,
            clock=FakeClock(),
        ).close()
        whole = sijill_verify.export(case, bundle)
        print(f"a case of {given.documents} documents: {whole.objects} objects, {whole.rows} rows, {whole.entries} "
              f"entries; Python's SQLite {sqlite3.sqlite_version}")  # fmt: skip
        rng = random.Random(given.seed)
        tamperer, bundles = Tamperer(case, rng), BundleTamperer(bundle, rng)

        def derived() -> Change:
            return rng.choice((tamperer.derived_bit, tamperer.page_bit))()

        passed = [
            of_case("bits of a case", case, tamperer.bit, given.bits),
            of_case("SQL at hand", case, tamperer.structure, given.structures),
            of_case("derived", case, derived, given.derived),
            of_case("bits anywhere in the database", case, lambda: page_of_database(case, rng), given.pages),
            of_bundle("bits of a bundle", bundle, bundles.bit, given.bits),
            of_bundle("lines and files of a bundle", bundle, bundles.structure, given.structures),
            by_sijill(case) == by_python(case) == by_python(bundle) == by_javascript(bundle) == set(),
        ]
        print(f"\nthe whole case: {SIJILL} {timed(by_sijill, case):.3f} s, {ALONE} {timed(by_python, case):.3f} s; its "
              f"bundle: {ALONE} {timed(by_python, bundle):.3f} s, {JAVASCRIPT} {timed(by_javascript, bundle):.3f} s "
              "with the start of Node")  # fmt: skip
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
