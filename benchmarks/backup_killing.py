"""Kill backups, moves and restores at each touch of the disk: what was a snapshot stays one, and the next run goes on.

python benchmarks/backup_killing.py [--every 1]

Each act runs in a process that is killed with SIGKILL as it is about to touch the disk for the first time, the second
time, and so on, until it gets through. After each: every snapshot that was there is as whole as it was, none is listed
that is not whole, the case is whole where it was or where it goes, and the same act, run again, ends well.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage

from sijill.core.clock import system_clock, timestamp
from sijill.core.document import Metadata, Reading, Sighting
from sijill.core.errors import CaseExists
from sijill.pipeline.backup import backup
from sijill.pipeline.restore import restore, snapshots, verify_backup
from sijill.store.case import Case
from sijill.store.vault import Custodian, Unlock
from sijill.store.verify import Outside, verify

BY = "bench"
ACTS = ("first backup", "backup", "mending backup", "restore")
STEPS, COMMIT = frozenset({"open", "fsync", "rename", "replace", "unlink", "rmdir", "mkdir", "chmod"}), "commit"


@dataclass(slots=True)
class Outcome:
    """How many kills hit which act, and what was wrong, if anything."""

    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACTS, 0))
    wrong: list[str] = field(default_factory=list)


class Killer:
    """An encrypted case and its backups, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        identity = pyrage.x25519.Identity.generate()
        self.brought = Unlock(identities=(str(identity),))
        self.folder, self.case, self.backups = folder, folder / "case", folder / "backup"
        Case.create(self.case, by=BY, custodians=[Custodian(recipient=str(identity.to_public()))]).close()
        self.number = 0
        self.write(3)

    def write(self, reports: int) -> None:
        """Add so many reports to the case."""
        with closing(Case.open(self.case, brought=self.brought)) as case, case.writer(by=BY) as writer:
            for _ in range(reports):
                self.number += 1
                text = f"At least {self.number} people were killed in Tamrel, report {self.number}."
                with writer.transaction() as t:
                    staged = case.objects.stage_bytes(text.encode())
                    reading = Reading(staged.digest, "plain@1", "text/plain", text, Metadata(language="en"))
                    t.document(staged, reading, Sighting(staged.digest, "r", "r.txt", timestamp(system_clock), BY))

    def act(self, name: str) -> None:
        """Do one thing from its beginning to its end."""
        if name == "restore":
            with suppress(CaseExists):  # It was done, and killed a moment later.
                restore(self.backups, self.folder / "again", brought=self.brought)
            return
        with closing(Case.open(self.case, brought=self.brought)) as case:
            backup(case, self.backups, brought=self.brought, mend=name.startswith("mending"))

    def prepare(self, name: str) -> None:
        """What must be there before the act, which then has something to do."""
        if name == "first backup":
            shutil.rmtree(self.backups, ignore_errors=True)
        elif not (self.backups / "snapshots").exists():
            self.act("backup")
        shutil.rmtree(self.folder / "again", ignore_errors=True)
        if name != "restore":
            self.write(1)

    def killed(self, name: str, step: int) -> bool:
        """Have the act killed at a step, in a process forked for it; False where it got through."""
        if not (pid := os.fork()):
            code = 1
            try:
                with Path(os.devnull).open("w") as quiet:
                    os.dup2(quiet.fileno(), 2)
                _die_at(step)
                self.act(name)
                sys.setprofile(None)
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if code not in {0, -signal.SIGKILL}:
            raise RuntimeError(f"{name} ended with {code} at step {step}")
        return code == -signal.SIGKILL

    def look(self, before: tuple[int, ...]) -> Iterator[str]:
        """Everything that is not as it must be."""
        listed = tuple(s.number for s in snapshots(self.backups)) if (self.backups / "backup.json").exists() else ()
        if listed[: len(before)] != before:
            yield f"snapshots are {listed}, were {before}"
        for number in listed[-1:]:
            yield from self._findings(
                f"snapshot {number}",
                lambda n=number: verify_backup(self.backups, brought=self.brought, number=n, outside=Outside()),
            )
        yield from self._findings("the case", lambda: verify(self.case, brought=self.brought))
        again = self.folder / "again"
        if again.exists():
            yield from self._findings("the restored case", lambda: verify(again, brought=self.brought))

    @staticmethod
    def _findings(what: str, check: Callable[[], Any]) -> Iterator[str]:
        for found in check().findings:
            yield f"{what}: {found.kind} {found.where}: {found.what}"


def _die_at(step: int) -> None:
    """Kill this process as it is about to touch the disk for the so many-th time."""
    left = step

    def look(_: object, event: str, called: Any) -> None:
        nonlocal left
        if event == "c_call" and (
            (called.__name__ in STEPS and called.__module__ == "posix") or called.__name__ == COMMIT
        ):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(look)


def kill_at_steps(folder: Path, *, every: int = 1, acts: tuple[str, ...] = ACTS) -> Outcome:
    """Kill each act before each time that it touches the disk, or every so many-th; stops at what is wrong."""
    killer, outcome = Killer(folder), Outcome()
    for name in acts:
        step = 1
        while not outcome.wrong:
            killer.prepare(name)
            held = killer.backups / "backup.json"
            before = tuple(s.number for s in snapshots(killer.backups)) if held.exists() else ()
            killed = killer.killed(name, step)
            outcome.kills[name] += killed
            outcome.wrong += [f"{name} killed at step {step}: {w}" for w in killer.look(before)]
            killer.act(name)
            outcome.wrong += [f"{name} after a kill at step {step}: {w}" for w in killer.look(before)]
            if not killed:
                break
            step += every
    return outcome


def main() -> int:
    """Run with the options given and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sijill-backup-kill-") as name:
        found = kill_at_steps(Path(name), every=options.every)
    print(f"{sum(found.kills.values())} kills: " + ", ".join(f"{n} of {act}" for act, n in found.kills.items()))
    print("\n".join(found.wrong) or "every snapshot stayed whole, and every next run went on")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
