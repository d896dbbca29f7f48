"""Tamper with a case and its bundle, one change at a time, and see whether three programs say the same of it.

`sijill verify` and the stand-alone `sijill_verify.py` look at changed cases, the stand-alone file and `verify.mjs`
(JavaScript) at changed bundles, of the plain case, of an encrypted one and of one on a PostgreSQL server. They share no
code. For each kind of change a line is printed: how many were made, how many were found by both, passed by both, and
how often the two differed, in the verdict or in a place that they name; then histories signed anew, told by a
checkpoint that was kept; then each program's time for the case as it was. Exit code 1 if any two differ.

Usage: python benchmarks/verifiers.py [--documents 40] [--bits 200] [--structures 100] [--derived 60]
       [--pages 200] [--keep]
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pyrage

from benchmarks import figures
from benchmarks.tampering import synthetic
from sijill.pipeline.bundle import write_bundle
from sijill.publish.verifier import sijill_verify
from sijill.store.case import DATABASE, Case
from sijill.store.vault import NOTHING, Custodian, Unlock
from sijill.testing.server import missing, running
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
    entries_of,
    key_of,
    notes_of,
    signed,
    size_of,
)

ENDS = ("found", "passed", "differ")
SIJILL, ALONE, JAVASCRIPT = "sijill verify", "sijill_verify.py", "verify.mjs"


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    for name, default in (("documents", 40), ("bits", 200), ("structures", 100), ("derived", 60), ("pages", 200)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="write the figures to benchmarks/results/")
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

    def add(self, kind: str, one: Places | str, other: Places | str) -> None:
        """Count what two programs said of one change."""
        self.made[kind] += 1
        end = "differ" if one != other else "found" if one else "passed"
        self.ends[kind, end] += 1
        if end == "differ":
            print(f"differ on {kind}: {one} and {other}")

    def rows(self) -> Iterator[str]:
        """A line of the table for each kind."""
        for kind in sorted(self.made):
            counts = " | ".join(str(self.ends[kind, end]) for end in ENDS)
            yield f"| {self.title} | {kind} | {self.made[kind]} | {counts} |"

    @property
    def agreed(self) -> bool:
        """Whether the two never differed."""
        return not any(end == "differ" for _, end in self.ends)


def of_case(title: str, folder: Path, choose: Callable[[], Change], times: int) -> Table:
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
    return table


def of_bundle(title: str, bundle: Path, choose: Callable[[], BundleChange], times: int) -> Table:
    """Change a bundle so many times."""
    table = Table(f"{title}, {ALONE} and {JAVASCRIPT}")
    for _ in range(times):
        change = choose()
        with changed(bundle, change):
            table.add(change.kind, said(by_python, bundle), said(by_javascript, bundle))
    return table


def timed(program: Callable[[Path], Places], folder: Path) -> float:
    """The best of three runs, in seconds."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        program(folder)
        times.append(time.perf_counter() - started)
    return min(times)


def signed_anew(case: Path, bundle: Path, rng: random.Random, times: int) -> Table:
    """Other histories, each signed with the case's own key, against the newest checkpoint, which was kept elsewhere."""
    table = Table(f"signed anew, against a kept checkpoint, {ALONE} and {JAVASCRIPT}")
    entries, note, key = entries_of(bundle), notes_of(bundle)[-1], key_of(case)
    sizes, kept = [size_of(n) for n in notes_of(bundle)], bundle.with_name("kept.txt")
    kept.write_text(note, encoding="utf-8")
    for _ in range(times):
        at = rng.randrange(1, len(entries))
        kind, other = rng.choice(
            (
                ("cut back", entries[:at]),
                ("by another", [*entries[:at], entries[at].replace(b'"by":"', b'"by":"not ', 1), *entries[at + 1 :]]),
                ("taken out", [*entries[:at], *entries[at + 1 :]]),
            )
        )
        files = [bundle / name for name in ("log.jsonl", "checkpoints.txt")]
        before = [path.read_bytes() for path in files]
        signed(bundle, key, other, [*sizes, len(other)])
        table.add(kind, by_python(bundle, [note]), by_javascript(bundle, kept))
        for path, data in zip(files, before, strict=True):
            path.write_bytes(data)
    return table


def bundles(scratch: Path, documents: int, seed: int) -> Iterator[tuple[str, Path]]:
    """Bundles of an encrypted case, and of one whose rows lie on a server, where there is one."""
    identity = pyrage.x25519.Identity.generate()
    brought = Unlock(identities=(str(identity),))
    whom = [Custodian(recipient=str(identity.to_public()))]
    yield "encrypted", exported(synthetic(scratch / "encrypted", documents, seed, custodians=whom), brought)
    if missing():
        return
    with running() as server:
        yield "on a server", exported(synthetic(scratch / "server", documents, seed, address=server.address))


def exported(case: Path, brought: Unlock = NOTHING) -> Path:
    """The bundle of a case that the stand-alone file cannot open by itself."""
    target = case.with_name(f"{case.name}-bundle")
    with closing(Case.open(case, brought=brought)) as opened:
        write_bundle(opened, target)
    return target


def main() -> int:
    """Run all rounds."""
    given = options()
    if shutil.which("node") is None:
        print("Node is not installed, so there is no second implementation to ask")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        case, bundle = synthetic(Path(scratch) / "case", given.documents, given.seed), Path(scratch) / "bundle"
        sijill_verify.export(case, bundle)
        rng = random.Random(given.seed)
        tamperer, changer = Tamperer(case, rng), BundleTamperer(bundle, rng)

        def derived() -> Change:
            return rng.choice((tamperer.derived_bit, tamperer.page_bit))()

        tables = [
            of_case("bits of a case", case, tamperer.bit, given.bits),
            of_case("SQL at hand", case, tamperer.structure, given.structures),
            of_case("derived", case, derived, given.derived),
            of_case("bits anywhere in the database", case, lambda: page_of_database(case, rng), given.pages),
            of_bundle("bits of a bundle", bundle, changer.bit, given.bits),
            of_bundle("lines and files of a bundle", bundle, changer.structure, given.structures),
            signed_anew(case, bundle, rng, given.structures // 2),
        ]
        same = by_sijill(case) == by_python(case) == by_python(bundle) == by_javascript(bundle) == set()
        for of, other in bundles(Path(scratch), given.documents, given.seed):
            changer = BundleTamperer(other, rng)
            tables.append(of_bundle(f"bits of a bundle, {of}", other, changer.bit, given.bits // 2))
            tables.append(of_bundle(f"lines of a bundle, {of}", other, changer.structure, given.structures // 2))
            same = same and by_python(other) == by_javascript(other) == set()
        times = (
            f"The whole case: {SIJILL} {timed(by_sijill, case):.3f} s, {ALONE} {timed(by_python, case):.3f} s; its "
            f"bundle: {ALONE} {timed(by_python, bundle):.3f} s, {JAVASCRIPT} {timed(by_javascript, bundle):.3f} s "
            "with the start of Node."
        )
    lines = [
        f"| who looks at what | change | times | {' | '.join(ENDS)} |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [row for table in tables for row in table.rows()]
    lines += [
        "",
        times,
        "All say of what was not changed that it is whole." if same else "They differ on the whole case!",
    ]
    print("\n".join(lines))
    if given.keep:
        print(figures.keep([*figures.heading("Verifiers compared"), *lines], what="verifiers"))
    return 0 if same and all(table.agreed for table in tables) else 1


if __name__ == "__main__":
    sys.exit(main())
