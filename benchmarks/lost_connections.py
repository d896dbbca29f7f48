"""Take a writer's connection to the server away at random moments: nothing half-written, a clear error, and it goes on.

python benchmarks/lost_connections.py [--times 60] [--seed 1] [--keep]

A case on a PostgreSQL server that is started for it, plain and encrypted. A process adds reports, reads their claims or
judges, and says what is done once it is done; meanwhile its session is ended (`pg_terminate_backend`), or the whole
server is stopped as by a crash and started again. The process must end with the error that says so or get through;
then `verify` must find nothing, what was acknowledged must be there, the log must go on from where it was, and the same
act must get through. Exit code 1 if not, 3 where there is no server.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pyrage
from sqlalchemy import create_engine, select, text

from benchmarks import figures
from sijill.core.errors import CaseUnreachable
from sijill.core.judgement import Decision
from sijill.pipeline.api import Case
from sijill.pipeline.preserving import add_reports
from sijill.store import case as stored
from sijill.store import reads, schema
from sijill.store.merkle import root_of
from sijill.store.vault import NOTHING, Custodian, Unlock
from sijill.store.verify import verify
from sijill.testing.server import Server, missing, running

BY = "bench"
ACTS = ("add", "extract", "judge")
WAYS = ("session ended", "server stopped")
FILES, PATIENCE = 2, 2.0
REPORT = "At least {} people were killed in Dorvin on 9 March 2031, the Senna Valley Monitor said in its report {}.\n"
WRITERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' "
    "AND pid <> pg_backend_pid() AND state <> 'idle'"
)


@dataclass(slots=True)
class Tried:
    """One case: what opens it, what was acknowledged, the log as it was, and what was wrong."""

    kind: str
    folder: Path
    server: Server
    brought: Unlock
    rng: random.Random
    reports: int = 0
    documents: set[str] = field(default_factory=set)
    judgements: set[str] = field(default_factory=set)
    root: tuple[int, str] = (0, "")
    seconds: dict[str, float] = field(default_factory=dict)
    ends: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def round(self, act: str, way: str) -> None:
        """Do it, take the connection away meanwhile, look, and do it again."""
        files = self.write_reports()
        after = self.seconds[act] * self.rng.random() if way else None
        at = f"{self.kind}, {act}, {way or 'undisturbed'}"
        start = time.perf_counter()
        said, error = self.run(act, files, way, after)
        self.seconds.setdefault(act, time.perf_counter() - start)
        print(f"{at}: {self.seconds[act]:.1f} s undisturbed, {error or 'got through'}", flush=True)
        if error and not error.startswith("CaseUnreachable: "):
            self.wrong.append(f"{at}: {error}")
        if way:
            self.ends[act, way, "lost, said in words" if error else "got through"] += 1
        self.take(said)
        self.wrong += [f"{at}: {w}" for w in self.look()]
        if error:
            said, again = self.run(act, files, "", None)
            self.take(said)
            self.wrong += [f"{at}, again: {w}" for w in (*([again] if again else []), *self.look())]

    def run(self, act: str, files: Sequence[Path], way: str, after: float | None) -> tuple[list[str], str]:
        """Have a process act, and take its connection away after so many seconds: what it said, and its error."""
        told, tell = os.pipe()
        if not (pid := os.fork()):
            os.close(told)
            os.dup2(tell, 1)
            os._exit(self.act(act, files))
        os.close(tell)
        if after is not None:
            time.sleep(after)
            self.take_away(way)
        with os.fdopen(told, encoding="utf-8") as stream:
            said = stream.read().splitlines()
        _, status = os.waitpid(pid, 0)
        errors = [line.removeprefix("error ") for line in said if line.startswith("error ")]
        if status and not errors:
            errors = [f"ended with {os.waitstatus_to_exitcode(status)}"]
        return said, errors[0] if errors else ""

    def act(self, name: str, files: Sequence[Path]) -> int:
        """What the process does, saying each thing once it is done."""
        try:
            with Case.open(self.folder, by=BY, brought=self.brought) as case:
                if name == "add":
                    for file in files:
                        with closing(stored.Case.open(self.folder, brought=self.brought)) as inner:
                            add_reports(inner, [file], by=BY, workers=1)
                        say(f"kept {file.stem}")
                elif name == "extract":
                    case.build(files)
                else:
                    for claim in sorted(c.claim.id for c in case.claims())[:2]:
                        reason = f"read at {time.perf_counter_ns()}"
                        say(f"judged {case.judge(Decision.ACCEPT, claim, reason=reason, rebuild=False)}")
            say("end")
        except CaseUnreachable as err:
            say(f"error CaseUnreachable: {err.message}" if err.hint else "error without a hint")
        except BaseException as err:  # noqa: BLE001 - whatever else it may be is what is looked for.
            say(f"error {type(err).__name__}: {' '.join(str(err).split())[:300]}")
        return 0

    def take_away(self, way: str) -> None:
        """End the session that writes, or stop the server as a crash would, and start it again."""
        if way == "server stopped":
            self.server.stop(mode="immediate")
            self.server.start()
            return
        engine, until = create_engine(self.server.address), time.monotonic() + PATIENCE
        while time.monotonic() < until:  # Amid a transaction, or the process may be done before one is found.
            with engine.connect() as connection:
                if connection.execute(WRITERS).first():
                    break
            time.sleep(0.002)
        engine.dispose()

    def take(self, said: Sequence[str]) -> None:
        """Take in what was acknowledged."""
        self.documents |= {line.removeprefix("kept ") for line in said if line.startswith("kept ")}
        self.judgements |= {line.removeprefix("judged ") for line in said if line.startswith("judged ")}

    def look(self) -> Iterator[str]:
        """What is not as it must be."""
        for f in verify(self.folder, brought=self.brought).findings:
            if f.kind != "derived":
                yield f"{f.kind} {f.where}: {f.what}"
        with closing(stored.Case.open(self.folder, brought=self.brought)) as case, case.connect() as connection:
            leaves = list(
                connection.execute(select(schema.log_entry.c.leaf).order_by(schema.log_entry.c.seq)).scalars()
            )
            labels = {s.label for found in reads.sightings(connection).values() for s in found}
            judged = {row.id for row in reads.judgements(connection)}
        if lost := (self.documents - labels) | (self.judgements - judged):
            yield f"acknowledged and lost: {sorted(lost)}"
        size, root = self.root
        if size and root_of(leaves[:size]).hex() != root:
            yield "the log is no continuation of what it was"
        self.root = len(leaves), root_of(leaves).hex()

    def write_reports(self) -> list[Path]:
        """A few reports that the case does not have yet."""
        folder, made = self.folder.with_name(f"{self.kind}-reports"), []
        folder.mkdir(exist_ok=True)
        for _ in range(FILES):
            self.reports += 1
            path = folder / f"r{self.reports:05}.txt"
            path.write_text(REPORT.format(self.rng.randint(2, 60), self.reports))
            made.append(path)
        return made


def say(line: str) -> None:
    """A line to whoever started this process."""
    os.write(1, f"{line}\n".encode())


def tried(kind: str, scratch: Path, server: Server, times: int, seed: int) -> Tried:
    """Take the connection away so many times from writers of one case."""
    identity = pyrage.x25519.Identity.generate()
    brought = Unlock(identities=(str(identity),)) if kind == "encrypted" else NOTHING
    whom = [Custodian(recipient=str(identity.to_public()))] if kind == "encrypted" else []
    folder = scratch / kind
    stored.Case.create(folder, name="Senna", by=BY, custodians=whom, server=server.address).close()
    trial = Tried(kind, folder, server, brought, random.Random(seed))
    for act in ("extract", "add", "judge"):
        trial.round(act, "")
    for number in range(times):
        trial.round(ACTS[number % len(ACTS)], WAYS[number // len(ACTS) % len(WAYS)])
        if trial.wrong:
            break
    return trial


def main() -> int:
    """Try both kinds of cases and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=60, help="for each kind of case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="write the figures to benchmarks/results/")
    given = parser.parse_args()
    if problem := missing():
        print(f"not run: {problem}")
        return 3
    trials = []
    with tempfile.TemporaryDirectory() as scratch, running(safe=True) as server:
        for kind in ("plain", "encrypted"):
            trials.append(tried(kind, Path(scratch), server, given.times, given.seed))
    lines = ["| case | act | the connection | what came of it | times |", "| --- | --- | --- | --- | ---: |"]
    for trial in trials:
        lines += [f"| {trial.kind} | {a} | {w} | {e} | {n} |" for (a, w, e), n in sorted(trial.ends.items())]
    wrong = [w for trial in trials for w in trial.wrong]
    lines += ["", "Wrong: " + ("; ".join(wrong) or "nothing") + "."]
    print("\n".join(lines))
    if given.keep:
        print(figures.keep([*figures.heading("Connections lost"), *lines], what="lost-connections"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
