"""Kill a migration before each touch of the disk: the case is the old one or the new one, and the next run goes on.

python benchmarks/migrating.py [--every 1] [--keep]

For each stored case of an earlier schema (`tests/store/old_cases/`), plain and encrypted: a process opens it to write,
which migrates it, and is killed as it is about to touch the disk for the first time, the second, and so on, inside
SQLite too. Then the schema must be one of the two, `verify` must find nothing, the log must go on from where it was,
and a further run must bring the case to today's schema, exactly as a new case has it. Exit code 1 if not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import select, text

from benchmarks import figures
from sijill.store import database, schema
from sijill.store.case import Case
from sijill.store.merkle import root_of
from sijill.store.verify import verify
from sijill.testing.touches import NotTraceable, kill_before
from tests.store.old import OldCase, stored

BY = "bench"


@dataclass(slots=True)
class Swept:
    """What came of killing the migration of one stored case."""

    name: str
    touches: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def migrate(old: OldCase, folder: Path) -> None:
    """Open the case to write, as any command that writes does."""
    with closing(Case.open(folder, brought=old.brought)) as case, case.writer(by=BY):
        pass


def schema_of(old: OldCase, folder: Path) -> str:
    """The revision of the case's tables."""
    with closing(Case.open(folder, brought=old.brought)) as case, case.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def wrong_with(old: OldCase, folder: Path) -> Iterator[str]:
    """What is not as it was."""
    yield from (f"{f.kind} {f.where}: {f.what}" for f in verify(folder, brought=old.brought, since=[old.root]).findings)
    with closing(Case.open(folder, brought=old.brought)) as case, case.connect() as connection:
        leaves = list(connection.execute(select(schema.log_entry.c.leaf).order_by(schema.log_entry.c.seq)).scalars())
    if root_of(leaves[: old.entries]).hex() != old.root:
        yield "the log is not what it was"


def sweep(old: OldCase, scratch: Path, every: int) -> Swept:
    """Kill the migration before each so many-th touch, until it gets through."""
    swept, newest, step = Swept(old.name), database.known_revisions()[0], 1
    while True:
        folder = old.unpack(scratch / f"{old.name}-{step}")
        ending = kill_before(step, lambda folder=folder: migrate(old, folder))  # type: ignore[misc]
        if not ending.killed:
            swept.touches = ending.touches
            return swept
        swept.kills[ending.killed] += 1
        found = schema_of(old, folder)
        swept.left["old" if found == old.schema else "new" if found == newest else found] += 1
        at = f"killed before touch {step}, {ending.killed}"
        swept.wrong += [f"{at}: {w}" for w in wrong_with(old, folder)]
        if found not in {old.schema, newest}:
            swept.wrong.append(f"{at}: the schema is {found}")
        migrate(old, folder)
        if (found := schema_of(old, folder)) != newest:
            swept.wrong.append(f"{at}: the next run left the schema at {found}")
        swept.wrong += [f"{at}, run again: {w}" for w in wrong_with(old, folder)]
        step += every


def main() -> int:
    """Sweep every stored case that is not of today's schema."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="write the figures to benchmarks/results/")
    given = parser.parse_args()
    lines = ["| stored case | touches | killed before | left as | wrong |", "| --- | ---: | --- | --- | --- |"]
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        for old in stored():
            if old.schema == database.known_revisions()[0]:
                continue
            try:
                swept = sweep(old, Path(scratch), given.every)
            except NotTraceable as err:
                print(f"not run: {err}")
                return 3
            bad += len(swept.wrong)
            kills = ", ".join(f"{name} {n}" for name, n in sorted(swept.kills.items()))
            left = ", ".join(f"{name} {n}" for name, n in sorted(swept.left.items()))
            lines.append(
                f"| {old.name} | {swept.touches} | {kills} | {left} | {'; '.join(swept.wrong[:5]) or 'nothing'} |"
            )
    print("\n".join(lines))
    if given.keep:
        print(figures.keep([*figures.heading("Migrations killed"), *lines], what="migrating"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
