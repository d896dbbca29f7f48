"""Kill writers of an encrypted case at random moments: it opens for whom it should, and nothing acknowledged is lost.

python benchmarks/vault_killing.py [--kills 300] [--seed 1] [--keep]

Each round starts a process that adds reports, reads their claims, judges, lets a custodian in or out, seals the case
anew, backs it up or migrates an old one, says what is done once it is done, and is killed with SIGKILL. Then: `verify`
finds nothing, in the backup neither, the log goes on from where it was, what was acknowledged is there, custodians who
were let in or out are in or out, and the next writer leaves nothing behind. After the random moments, each act is
killed before each single time that it touches the disk: the windows that chance would miss are as narrow as one system
call. Migrations are killed so by `migrating.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pyrage
from sqlalchemy import select

from benchmarks import figures, migrating
from sijill.core.errors import CaseSealed
from sijill.core.judgement import Decision
from sijill.pipeline import custody
from sijill.pipeline.api import Case
from sijill.pipeline.backup import backup
from sijill.pipeline.preserving import add_reports
from sijill.pipeline.restore import snapshots, verify_backup
from sijill.store import case as stored
from sijill.store import reads, schema
from sijill.store.access import access_to
from sijill.store.database import known_revisions
from sijill.store.folders import Layout
from sijill.store.merkle import root_of
from sijill.store.vault import Custodian, Unlock, read_vault
from sijill.store.verify import Outside, verify
from tests.store.old import stored as stored_cases
from tools.make_old_cases import IDENTITY

BY = "bench"
BACKUPS = "backups"
PASSPHRASE, LABEL = "nine otters under the mill", "the team's"
PLACES = ("Tamrel", "Belisk", "Dorvin", "Peldra", "Orlune")
ACTS = ("add", "extract", "judge", "backup", "migrate", "rekey", "admit", "remove")
# What changes who can open the case; the others leave that as it is.
CUSTODY = frozenset({"admit", "remove", "rekey"})
FILES = 2
STEPS, COMMIT = frozenset({"open", "fsync", "rename", "replace", "unlink", "rmdir", "mkdir", "chmod"}), "commit"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many kills hit which act, and what was wrong, if anything."""

    kills: dict[str, int]
    wrong: tuple[str, ...]


@dataclass(slots=True)
class Known:
    """What must be so after a kill: what was acknowledged, who is in, who is out, and the log as it was."""

    inside: dict[str, str] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)
    documents: set[str] = field(default_factory=set)
    judgements: set[str] = field(default_factory=set)
    snapshots: int = 0
    leaves: list[bytes] = field(default_factory=list)
    checkpoints: set[tuple[int, bytes, str]] = field(default_factory=set)


# --- the process that is killed ---


def serve() -> None:
    """For each order, a line of JSON, fork a process that acts, kill it after so many seconds, and say how it ended.

    Forked rather than started anew, as the imports take longer than the acts; no thread was ever started here.
    """
    while line := sys.stdin.readline():
        order = json.loads(line)
        ready, tell = os.pipe()
        if not (pid := os.fork()):
            act(order, tell)
            return
        os.close(tell)
        os.read(ready, 1)
        os.close(ready)
        start = time.perf_counter()
        if order["seconds"] is not None:
            time.sleep(order["seconds"])
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        _say(f"ended {os.waitstatus_to_exitcode(status)} {time.perf_counter() - start}")


def act(order: dict[str, Any], tell: int) -> None:
    """Do what was ordered, and say each thing once it is done."""
    folder, brought = Path(order["case"]), Unlock(order["passphrase"] or None, (order["identity"],))
    case = stored.Case.open(folder, brought=brought)
    api = Case(case, by=BY, brought=brought)
    os.write(tell, b"!")
    os.close(tell)
    if order["step"]:
        _die_at(order["step"])
    match order["act"]:
        case "add":
            for name in order["files"]:
                add_reports(case, [Path(name)], by=BY, workers=1)
                _say(f"kept {Path(name).stem}")
        case "extract":
            api.build([])
        case "backup":
            _say(f"backed {backup(case, folder.parent / BACKUPS, brought=brought).number}")
        case "migrate":
            with case.writer(by=BY):
                pass
        case "judge":
            for number, id_ in enumerate(order["claims"]):
                decision = (Decision.ACCEPT, Decision.REJECT)[number % 2]
                made = api.judge(decision, id_, reason=order["reason"], rebuild=number == len(order["claims"]) - 1)
                _say(f"judged {made}")
        case "admit":
            _say(f"added {custody.add_custodian(case, Custodian(recipient=order['recipient']), by=BY).holder}")
        case "remove":
            custody.remove_custodian(case, order["recipient"], brought, by=BY)
            _say(f"removed {order['recipient']}")
        case "rekey":
            custody.rekey(case, brought, by=BY)
    _say("end")


def _die_at(step: int) -> None:
    """Kill this process as it is about to touch the disk for the so many-th time: a name, a flush, a commit."""
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


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


# --- the one who kills it ---


class Killer:
    """One encrypted case, whose writers are killed; `wrong` gathers what should not have come of it."""

    def __init__(self, folder: Path, seed: int, *, passphrase: str = PASSPHRASE) -> None:
        self.passphrase = passphrase
        self.rng = random.Random(seed)
        self.folder, self.case = folder, folder / "case"
        self.identity, recipient = new_identity()
        self.known = Known(inside={recipient: self.identity})
        self.wrong: list[str] = []
        self.kills = dict.fromkeys(ACTS, 0)
        self.seconds = dict.fromkeys(ACTS, 1.0)
        self._reports = 0
        whom = [Custodian(recipient=recipient)]
        if passphrase:
            whom.append(Custodian(passphrase=passphrase, label=LABEL))
        with Case.create(self.case, name="Senna (invented)", by=BY, custodians=whom) as made:
            made.build(self._write_reports())
        command = [sys.executable, __file__, "--serve"]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self) -> None:
        """End the process that starts the others."""
        self._server.communicate()

    @property
    def brought(self) -> Unlock:
        """What opens the case at any time."""
        return Unlock(identities=(self.identity,))

    def run(self, kills: int) -> Outcome:
        """Let each act run once undisturbed, to learn how long it takes; then kill, until so many have hit."""
        for name in ACTS:
            self._try(name, None)
        number = 0
        while sum(self.kills.values()) < kills and not self.wrong:
            name = ACTS[number % len(ACTS)]
            # A rekeying begins with stretching a passphrase, and writes only then.
            late = 0.5 if name in {"rekey", "remove"} else 1.0
            self._try(name, self.seconds[name] * self.rng.random() ** late)
            number += 1
        return Outcome(self.kills, tuple(self.wrong))

    def sweep(self, name: str, every: int) -> Outcome:
        """Kill one act before each time that it touches the disk, or every so many-th, until it gets through."""
        step, killed = 1, True
        while killed and not self.wrong:
            if name == "remove" and len(self.known.inside) == 1:
                self._round("admit", None)
            killed = self._try(name, None, step)
            step += every
        return Outcome(self.kills, tuple(self.wrong))

    def _try(self, name: str, seconds: float | None, step: int = 0) -> bool:
        """Kill one act, on the case of this object or, for a migration, on an old one; gives whether it was killed."""
        return self._migration(seconds, step) if name == "migrate" else self._round(name, seconds, step)

    def _round(self, name: str, seconds: float | None, step: int = 0) -> bool:
        """Have one act killed, after so many seconds or at a step; gives whether it was. Then look at what is left."""
        order: dict[str, Any] = {**self._order(name), "seconds": seconds, "step": step}
        killed, said, moment = self._killed(order)
        self._take(said, order)
        self.wrong += [f"{order['act']} killed {moment}: {w}" for w in self._look(order)]
        return killed

    def _migration(self, seconds: float | None, step: int) -> bool:
        """Have the migration of an old case killed, which is then the old one or the new one, and goes on."""
        old = next(o for o in stored_cases() if o.encrypted)
        folder = old.unpack(self.folder / "old")
        order = {"act": "migrate", "case": str(folder), "passphrase": "", "identity": IDENTITY}
        killed, _, moment = self._killed({**order, "seconds": seconds, "step": step})
        wrong = [*migrating.wrong_with(old, folder)]
        migrating.migrate(old, folder)
        wrong += migrating.wrong_with(old, folder)
        if migrating.schema_of(old, folder) != known_revisions()[0]:
            wrong.append("the next run did not migrate it")
        self.wrong += [f"migrate killed {moment}: {w}" for w in wrong]
        shutil.rmtree(folder)
        return killed

    def _killed(self, order: dict[str, Any]) -> tuple[bool, list[str], str]:
        """Have an order carried out and killed: whether it was, what it said before, and when that was."""
        seconds, step, said = order["seconds"], order["step"], list[str]()
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        while not (line := self._server.stdout.readline()).startswith("ended "):
            assert line, "the process that starts the others is gone"
            said.append(line.strip())
        _, status, elapsed = line.split()
        if seconds is None:
            self.seconds[order["act"]] = float(elapsed)
        if killed := int(status) == -signal.SIGKILL:
            self.kills[order["act"]] += 1
        elif int(status) or said[-1:] != ["end"]:
            self.wrong.append(f"{order['act']} ended with {status} after {said}")
        return killed, said, f"at step {step}" if step else f"after {seconds or 0:.3f} s"

    def _order(self, name: str) -> dict[str, Any]:
        order: dict[str, Any] = {"act": name, "case": str(self.case), "passphrase": self.passphrase}
        order |= {"identity": self.identity, "recipient": ""}
        others = [r for r, identity in self.known.inside.items() if identity != self.identity]
        if name == "add":
            order["files"] = [str(p) for p in self._write_reports()]
        elif name == "extract":
            with closing(stored.Case.open(self.case, brought=self.brought)) as case:
                add_reports(case, self._write_reports(), by=BY, workers=1)
        elif name == "judge":
            with Case.open(self.case, brought=self.brought) as case:
                ids = sorted(c.claim.id for c in case.claims())
            order |= {"claims": self.rng.sample(ids, min(2, len(ids))), "reason": f"reason {self.rng.random()}"}
        elif name == "remove" and others:
            order["recipient"] = self.rng.choice(others)
        elif name in {"admit", "remove"}:
            identity, recipient = new_identity()
            order |= {"act": "admit", "recipient": recipient, "added": identity}
        return order

    def _write_reports(self) -> list[Path]:
        folder = self.folder / "reports"
        folder.mkdir(exist_ok=True)
        made = []
        for _ in range(FILES):
            self._reports += 1
            path = folder / f"r{self._reports:05}.txt"
            path.write_text(
                f"At least {self.rng.randint(2, 60)} people were killed in {self.rng.choice(PLACES)} on 4 March 2031, "
                f"the Senna Valley Monitor said in its report number {self._reports}.\n"
            )
            made.append(path)
        return made

    def _take(self, said: list[str], order: dict[str, Any]) -> None:
        """Take in what was acknowledged; what was not may or may not have come to be."""
        for line in said:
            what, _, value = line.partition(" ")
            if what == "judged":
                self.known.judgements.add(value)
            elif what == "kept":
                self.known.documents.add(value)
            elif what == "backed":
                self.known.snapshots = int(value)
            elif what == "added":
                self.known.inside[value] = order["added"]
            elif what == "removed":
                self.known.outside[value] = self.known.inside.pop(value)

    def _look(self, order: dict[str, Any]) -> Iterator[str]:
        """Everything that is not as it must be, before and after the next writer."""
        yield from self._check_case()
        case = stored.Case.open(self.case, brought=self.brought)
        try:
            with case.writer(by=BY):
                yield from self._check_leftovers(case.access.layout)
        finally:
            case.close()
        self._resolve(order)
        yield from self._check_custodians(order["act"])
        yield from self._check_case()
        if order["act"] == "backup":
            yield from self._check_backups()

    def _check_backups(self) -> Iterator[str]:
        """What counts of the backups is whole, and the next one goes on from it."""
        backups = self.folder / BACKUPS
        if (last := max((s.number for s in snapshots(backups)), default=0) if backups.exists() else 0) < (
            self.known.snapshots
        ):
            yield f"snapshot {self.known.snapshots} is gone: {last} is the last"
        if last:
            found = verify_backup(backups, brought=self.brought, outside=Outside()).findings
            yield from (f"backup, {f.kind} {f.where}: {f.what}" for f in found)
        with closing(stored.Case.open(self.case, brought=self.brought)) as case:
            self.known.snapshots = backup(case, backups, brought=self.brought).number
        found = verify_backup(backups, brought=self.brought, outside=Outside()).findings
        yield from (f"the next backup, {f.kind} {f.where}: {f.what}" for f in found)

    def _check_case(self) -> Iterator[str]:
        for f in verify(self.case, brought=self.brought).findings:
            if f.kind != "derived":
                yield f"{f.kind} {f.where}: {f.what}"
        case = stored.Case.open(self.case, brought=self.brought)
        with case.connect() as connection:
            entries = connection.execute(select(schema.log_entry.c.leaf).order_by(schema.log_entry.c.seq)).scalars()
            leaves = list(entries)
            points = {(r.size, r.root, r.note) for r in connection.execute(select(schema.checkpoint))}
            labels = {s.label for found in reads.sightings(connection).values() for s in found}
            judged = {row.id for row in reads.judgements(connection)}
        case.close()
        if leaves[: len(self.known.leaves)] != self.known.leaves:
            yield "the log is no continuation of what it was"
        if not points >= self.known.checkpoints:
            yield "a checkpoint is gone"
        if any(root_of(leaves[:size]) != root for size, root, _ in points):
            yield "a checkpoint does not fit the log"
        if lost := (self.known.documents - labels) | (self.known.judgements - judged):
            yield f"acknowledged and lost: {sorted(lost)}"
        self.known.leaves, self.known.checkpoints = leaves, points

    def _check_leftovers(self, layout: Layout) -> Iterator[str]:
        expected = {
            layout.database.name,
            layout.objects.name,
            "keys",
            "lock",
            "case.toml",
            "vault.json",
            "backups.json",
        }
        found = {p.name for p in self.case.iterdir()}
        if left := found - expected - {f"{layout.database.name}{end}" for end in ("-wal", "-shm")}:
            yield f"left behind: {sorted(left)}"
        if [p.name for p in (self.case / "keys").iterdir()] != [layout.key.name]:
            yield "keys of another generation are left behind"
        if (layout.objects / "incoming").is_dir() and list((layout.objects / "incoming").iterdir()):
            yield "staged bytes are left behind"

    def _resolve(self, order: dict[str, Any]) -> None:
        """A custodian whose coming or going was not acknowledged is in or out, as the file says; that counts now."""
        whom, known = order["recipient"], self.known
        if whom and whom not in known.outside and (order["act"] == "remove" or whom not in known.inside):
            identity = known.inside.pop(whom, "") or order["added"]
            holders = {slot.holder for slot in read_vault(self.case).slots}
            (known.inside if whom in holders else known.outside)[whom] = identity

    def _check_custodians(self, act: str) -> Iterator[str]:
        expected = {*self.known.inside, LABEL} if self.passphrase else {*self.known.inside}
        if (held := {slot.holder for slot in read_vault(self.case).slots}) != expected:
            yield f"custodians are {sorted(held)}, should be {sorted(expected)}"
        for holder, identity in self.known.inside.items():
            if not self._opens(Unlock(identities=(identity,))):
                yield f"{holder} is shut out"
        for holder, identity in self.known.outside.items():
            if self._opens(Unlock(identities=(identity,))):
                yield f"{holder} is still in"
        if self.passphrase and act in CUSTODY and not self._opens(Unlock(passphrase=self.passphrase)):
            yield "the passphrase does not open it"

    def _opens(self, brought: Unlock) -> bool:
        try:
            return access_to(self.case, brought).keys is not None
        except CaseSealed:
            return False


def new_identity() -> tuple[str, str]:
    """A fresh age identity and its recipient."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def kill_writers(folder: Path, *, kills: int, seed: int) -> Outcome:
    """Kill writers of one encrypted case until so many kills have hit; stops at the first thing that is wrong."""
    with closing(Killer(folder, seed)) as killer:
        return killer.run(kills)


def kill_at_steps(folder: Path, name: str, *, every: int = 1) -> Outcome:
    """Kill one act on a small case before each time that it touches the disk, or every so many-th."""
    with closing(Killer(folder, 1, passphrase="")) as killer:
        return killer.sweep(name, every)


def main() -> int:
    """Run with the options given and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", action="store_true", help="at random moments only")
    parser.add_argument("--keep", action="store_true", help="write the figures to benchmarks/results/")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return 0
    with tempfile.TemporaryDirectory(prefix="sijill-vault-kill-") as name:
        outcomes = {"at random": kill_writers(_folder(name, "random"), kills=options.kills, seed=options.seed)}
        for act_name in () if options.random else (a for a in ACTS if a != "migrate"):
            outcomes[f"before each touch of the disk by {act_name}"] = kill_at_steps(_folder(name, act_name), act_name)
    lines = ["| killed | times | in | wrong |", "| --- | ---: | --- | --- |"]
    for when, found in outcomes.items():
        hit = ", ".join(f"{act_name} {n}" for act_name, n in found.kills.items() if n)
        lines.append(f"| {when} | {sum(found.kills.values())} | {hit} | {'; '.join(found.wrong) or 'nothing'} |")
    print("\n".join(lines))
    if options.keep:
        print(figures.keep([*figures.heading("Writers of an encrypted case killed"), *lines], what="vault-killing"))
    wrong = [w for found in outcomes.values() for w in found.wrong]
    return 1 if wrong else 0


def _folder(parent: str, name: str) -> Path:
    folder = Path(parent) / name
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())
