"""Kill `sijill build` at random moments and go on: nothing acknowledged is lost, the result is an undisturbed run's.

python benchmarks/killing.py [--kills 60] [--reports 300] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from sijill.core.errors import NotACase
from sijill.store import schema
from sijill.store.case import Case
from sijill.store.merkle import root_of
from sijill.store.verify import verify

PLACES = ("Tamrel", "Belisk", "Dorvin", "Peldra", "Orlune")
SIJILL = [sys.executable, "-c", "from sijill.cli.app import main; main()"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many kills hit a running build, how many documents each left behind, and what was wrong, if anything."""

    kills: int
    documents: tuple[int, ...]
    wrong: tuple[str, ...]


def write_reports(folder: Path, count: int, rng: random.Random) -> None:
    """Invented reports, one claim or two each, some of them lines of a `.jsonl`."""
    folder.mkdir()
    lines = []
    for i in range(count):
        day, place = rng.randint(1, 9), rng.choice(PLACES)
        text = (
            f"At least {rng.randint(2, 60)} people were killed and {rng.randint(2, 90)} wounded in {place} on "
            f"{day} March 2031, the Senna Valley Monitor said in its report number {i}.\n"
        )
        if i % 3:
            (folder / f"r{i:04}.txt").write_text(text, encoding="utf-8")
        else:
            lines.append(json.dumps({"id": f"wire-{i:04}", "language": "en", "text": text}))
    (folder / "wire.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def build(case: Path, reports: Path, server: str = "") -> subprocess.Popen[bytes]:
    """A build in a process group of its own; the rows of a new case go to the server, if one is given."""
    command = [*SIJILL, "build", str(case), str(reports), "--by", "bench"]
    environment = dict(os.environ, SIJILL_DATABASE_URL=server)
    silent = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=silent, stderr=silent, start_new_session=True, env=environment)


def claims(case: Path) -> bytes:
    """What `sijill claims --format jsonl` prints."""
    command = [*SIJILL, "claims", str(case), "--uncounted", "--format", "jsonl"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def log_of(case: Path) -> tuple[list[bytes], bytes, int]:
    """The leaf hashes, the root that the last checkpoint signs, and how many documents there are."""
    opened = Case.open(case)
    with opened.connect() as connection:
        leaves = list(connection.execute(select(schema.log_entry.c.leaf).order_by(schema.log_entry.c.seq)).scalars())
        last = select(schema.checkpoint.c.root).order_by(schema.checkpoint.c.size.desc()).limit(1)
        root = connection.execute(last).scalar_one()
        documents = len(connection.execute(select(schema.document.c.id)).all())
    opened.close()
    return leaves, root, documents


def look(case: Path, before: tuple[list[bytes], bytes] | None) -> tuple[list[str], list[bytes], bytes, int]:
    """What is wrong with a case after a kill, and its log; `before` is the log at the kill before."""
    wrong = [f"{f.kind} {f.where}: {f.what}" for f in verify(case).findings if f.kind != "derived"]
    leaves, root, documents = log_of(case)
    if before is not None and root_of(leaves[: len(before[0])]) != before[1]:
        wrong.append("the log is no continuation of the log at the kill before")
    return wrong, leaves, root, documents


def kill_and_resume(folder: Path, *, reports: int, kills: int, seed: int, server: str = "") -> Outcome:
    """Kill builds of the same reports at random moments until `kills` have hit, starting over when one gets through."""
    rng = random.Random(seed)
    write_reports(folder / "reports", reports, rng)
    start = time.perf_counter()
    if build(folder / "whole", folder / "reports", server).wait() != 0:
        return Outcome(0, (), ("the undisturbed build failed",))
    seconds = time.perf_counter() - start
    expected = claims(folder / "whole")
    wrong: list[str] = []
    documents: list[int] = []
    number = 0
    while len(documents) < kills:
        case, before, number = folder / f"case{number}", None, number + 1
        while True:
            process = build(case, folder / "reports", server)
            time.sleep(rng.uniform(0.05, seconds * 0.8))
            if process.poll() is not None or len(documents) >= kills:
                break
            process.send_signal(signal.SIGKILL)
            process.wait()
            try:
                found, leaves, root, count = look(case, before)
            except NotACase:
                documents.append(0)
                continue
            wrong += found
            before = (leaves, root)
            documents.append(count)
        if process.wait() != 0:
            wrong.append(f"a resumed build ended with {process.returncode}")
        elif claims(case) != expected:
            wrong.append("the claims after kills are not those of the undisturbed run")
        wrong += [f"after the end: {w}" for w in look(case, before)[0]]
    return Outcome(len(documents), tuple(documents), tuple(wrong))


def main() -> int:
    """Run with the options given and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--reports", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sijill-kill-") as name:
        found = kill_and_resume(Path(name), reports=options.reports, kills=options.kills, seed=options.seed)
    print(f"{found.kills} kills, documents left behind by each: {found.documents}")
    print("\n".join(found.wrong) or "nothing acknowledged was lost, nothing half-written, the claims are the same")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
