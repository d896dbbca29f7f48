"""Tamper with a case, one change at a time, and count what `verify` finds and names at its place.

Three rounds on a synthetic case: single bits in objects, source and judgement rows, log, checkpoints and `case.toml`;
what somebody with SQL at hand would do; derived tables and pages. Then bits anywhere in the database's file, of which
each must be found or leave every row of every table as it was. Exit code 1 if any is missed or not named.

Usage: python benchmarks/tampering.py [--documents 100] [--bits 500] [--structures 200] [--derived 100] [--pages 500]
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sijill.store import database
from sijill.store.case import DATABASE
from sijill.store.verify import verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.tamper import Change, NoPlace, Tamperer, applied, page_of_database


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    for name, default in (("documents", 100), ("bits", 500), ("structures", 200), ("derived", 100), ("pages", 500)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def round_of(title: str, folder: Path, choose: Callable[[], Change], times: int) -> bool:
    """Make so many changes and print a line for each kind; whether all were found and named."""
    made: Counter[str] = Counter()
    found: Counter[str] = Counter()
    named: Counter[str] = Counter()
    findings = 0
    started = time.perf_counter()
    while made.total() < times:
        change = choose()
        try:
            with applied(folder, change):
                report = verify(folder)
        except NoPlace:
            continue
        made[change.kind] += 1
        found[change.kind] += not report.whole
        named[change.kind] += change.named(report.findings)
        findings += len(report.findings) == 1
    print(f"\n{title}: {made.total()} changes, {found.total()} found, {named.total()} named at their place, "
          f"{findings} with that one finding alone; {time.perf_counter() - started:.0f} s")  # fmt: skip
    for kind in sorted(made):
        print(f"  {kind:32} {made[kind]:5} changed {found[kind]:5} found {named[kind]:5} named")
    return made == found == named


def pages_of(folder: Path, times: int, rng: random.Random) -> bool:
    """Change bits anywhere in the database's file and print how many were found, harmless or missed."""
    whole, ends = answers(folder), Counter[str]()
    for _ in range(times):
        with applied(folder, page_of_database(folder, rng)):
            if not verify(folder).whole:
                ends["found"] += 1
            else:
                ends["harmless" if answers(folder) == whole else "missed"] += 1
        for left in ("-wal", "-shm"):
            (folder / (DATABASE + left)).unlink(missing_ok=True)
    print(f"\nbits anywhere in {DATABASE}: {times} changes, {ends['found']} found, {ends['harmless']} harmless (every "
          f"row of every table reads as before), {ends['missed']} missed")  # fmt: skip
    return not ends["missed"]


def answers(folder: Path) -> dict[str, list[str]]:
    """Every row of every table, with its types."""
    engine = database.connect(folder / DATABASE, write=False, lenient=True)
    try:
        with engine.connect() as connection, connection.begin():
            names = [n for (n,) in connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {n: sorted(repr(r) for r in connection.exec_driver_sql(f'SELECT * FROM "{n}"')) for n in names}
    finally:
        engine.dispose()


def main() -> int:
    """Run all rounds."""
    given = options()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "case"
        synthetic_case(
            folder,
            documents=given.documents,
            claims_per_document=6,
            judgements=3 * given.documents,
            seed=given.seed,
            clock=FakeClock(),
        ).close()
        whole = verify(folder)
        print(f"a case of {given.documents} documents: {whole.objects} objects, {whole.rows} rows, {whole.entries} log "
              f"entries, {whole.checkpoints} checkpoints; whole: {whole.whole}")  # fmt: skip
        tamperer = Tamperer(folder, random.Random(given.seed))

        def derived() -> Change:
            return tamperer.rng.choice((tamperer.derived_bit, tamperer.page_bit))()

        passed = [
            round_of("single bits", folder, tamperer.bit, given.bits),
            round_of("SQL at hand", folder, tamperer.structure, given.structures),
            round_of("derived", folder, derived, given.derived),
            pages_of(folder, given.pages, tamperer.rng),
            verify(folder).whole,
        ]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
