"""Tamper with cases, one change at a time, and count what `verify` finds and names at its place.

A synthetic case three times: plain and encrypted with its rows in a file, and plain with its rows on a PostgreSQL
server that is started for it. Single bits of objects, of source and judgement rows, log, checkpoints, `case.toml`,
`vault.json` and the signing key; what somebody with SQL at hand would do; derived tables and pages, which a build must
make anew; bits anywhere in the database's file and in the log that SQLite keeps beside it after a kill. Last, what only
`--since` can show: another history signed with the case's own key, and a case put back to an earlier day. Exit code 1
if any change is missed or not named.

Usage: python benchmarks/tampering.py [--documents 40] [--scale 1.0] [--seed 1] [--keep]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pyrage

from benchmarks import figures
from sijill.core.canonical import canonical
from sijill.core.clock import system_clock
from sijill.core.errors import CaseSealed
from sijill.pipeline.api import Case
from sijill.store import case as stored
from sijill.store import schema
from sijill.store.access import access_to
from sijill.store.findings import Finding
from sijill.store.vault import FILE as VAULT
from sijill.store.vault import NOTHING, Custodian, Unlock
from sijill.store.verify import verify
from sijill.store.writer import Writer
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.resigning import resign
from sijill.testing.server import missing, running
from sijill.testing.tamper import Change, NoPlace, Tamperer, applied, connected, flipped, nothing, page_of_database
from tools.make_old_cases import REPORTS

BY = "bench"
KINDS = ("plain", "encrypted", "server")
# How many changes of each sort; together somewhat over 2,000.
BITS = {"plain": 400, "encrypted": 300, "server": 200}
STRUCTURES = {"plain": 200, "encrypted": 100, "server": 100}
PAGES = {"plain": 250, "encrypted": 150}
WAL, KEY, REBUILT, RESIGNED, PUT_BACK = 80, 40, 60, 60, 20


@dataclass(slots=True)
class Round:
    """What came of one sort of change to one case."""

    title: str
    made: Counter[str] = field(default_factory=Counter)
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def add(self, kind: str, end: str, *, right: bool) -> None:
        """Count one change."""
        group = kind.partition(".")[0]
        self.made[group] += 1
        self.ends[group, end] += 1
        if not right:
            self.wrong.append(f"{kind}: {end}")

    def rows(self) -> Iterator[str]:
        """A line of the table for each kind, ends in words."""
        for kind, count in sorted(self.made.items()):
            ends = ", ".join(f"{end} {n}" for (of, end), n in sorted(self.ends.items()) if of == kind)
            yield f"| {self.title} | {kind} | {count} | {ends} |"


@dataclass(frozen=True, slots=True)
class Whole:
    """A case before anything was changed: where it lies, what opens it, and how its server is put back."""

    kind: str
    folder: Path
    brought: Unlock = NOTHING
    put_back: Callable[[], object] = nothing

    def look(self, *since: str) -> Sequence[Finding]:
        """What `verify` finds; a vault that nobody can open any more is a finding, too."""
        try:
            return verify(self.folder, brought=self.brought, since=since).findings
        except CaseSealed as err:
            return [Finding("case", VAULT, err.message)]

    def answers(self) -> str:
        """A digest over every row of every table, as they read."""
        hasher = sha256()
        with connected(self.folder, self.brought) as hands:
            for table in schema.metadata.sorted_tables:
                rows = hands.execute(f"SELECT * FROM {table.name}").fetchall()
                hasher.update("\n".join([table.name, *sorted(map(repr, rows))]).encode("utf-8", "surrogatepass"))
        return hasher.hexdigest()

    def newest(self) -> str:
        """The newest checkpoint, as somebody would have kept it."""
        with connected(self.folder, self.brought) as hands:
            (note,) = hands.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
        return str(note)


# --- cases to tamper with ---


@contextmanager
def cases(scratch: Path, documents: int, seed: int) -> Iterator[tuple[Whole, ...]]:
    """The three cases; without a server on this machine, two."""
    identity = pyrage.x25519.Identity.generate()
    brought = Unlock(identities=(str(identity),))
    whom = [Custodian(recipient=str(identity.to_public()))]
    found = []
    for kind, custodians in (("plain", []), ("encrypted", whom)):
        made = synthetic(scratch / kind, documents, seed, custodians=custodians)
        found.append(Whole(kind, made, brought if custodians else NOTHING))
    if problem := missing():
        print(f"no server: {problem}")
        yield tuple(found)
        return
    with running() as server:
        made = synthetic(scratch / "server", documents, seed, address=server.address)
        server.keep_as("whole")
        yield (*found, Whole("server", made, put_back=lambda: server.put_back("whole")))


def synthetic(
    folder: Path, documents: int, seed: int, *, custodians: Sequence[Custodian] = (), address: str | None = None
) -> Path:
    """A synthetic case."""
    synthetic_case(
        folder,
        documents=documents,
        claims_per_document=6,
        judgements=3 * documents,
        seed=seed,
        clock=FakeClock(),
        custodians=custodians,
        server=address,
    ).close()
    return folder


# --- sorts of changes ---


def changes(whole: Whole, title: str, choose: Callable[[], Change], times: int) -> Round:
    """Make so many changes, each of which must be found and named."""
    done, start = Round(f"{whole.kind}: {title}"), time.perf_counter()
    while done.made.total() < times:
        try:
            change = choose()
            with applied(whole.folder, change, whole.put_back):
                findings = whole.look()
        except NoPlace:
            continue
        named = change.named(findings)
        end = "found and named" if named else f"found, not named: {findings[0].where}" if findings else "missed"
        done.add(change.kind, end, right=named)
    done.seconds = time.perf_counter() - start
    return done


def bits_of_files(whole: Whole, title: str, choose: Callable[[], Change], times: int) -> Round:
    """Make so many changes to files, each of which must be found, or leave every row reading as before."""
    done, start, before = Round(f"{whole.kind}: {title}"), time.perf_counter(), whole.answers()
    for _ in range(times):
        change = choose()
        with applied(whole.folder, change):
            end = "found" if whole.look() else "harmless" if whole.answers() == before else "missed"
        clear_beside(whole)
        done.add(change.kind, end, right=end != "missed")
    done.seconds = time.perf_counter() - start
    return done


def clear_beside(whole: Whole) -> None:
    """Remove what SQLite keeps beside a file that is not the file of then any more."""
    database = access_to(whole.folder, whole.brought).layout.database
    for end in ("-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)


def bits_of_log(whole: Whole, rng: random.Random, times: int) -> Round:
    """Change bits of the log that SQLite keeps beside the database, as a kill leaves it.

    SQLite takes in no more of it than is whole: what the last transactions wrote may be gone, which is a case put back
    to an earlier moment. Each is found, harmless, or found by the checkpoint that the last transaction signed.
    """
    done, start = Round(f"{whole.kind}: log beside the database"), time.perf_counter()
    copy = Whole(whole.kind, whole.folder.with_name(f"{whole.kind}-killed"), whole.brought)
    shutil.copytree(whole.folder, copy.folder)
    leave_log(copy)
    database = access_to(copy.folder, copy.brought).layout.database
    log = database.with_name(f"{database.name}-wal")
    held = {p: p.read_bytes() for p in (database, log)}
    with shut(copy, held):
        before, newest = copy.answers(), copy.newest()
    for _ in range(times):
        with shut(copy, held):
            log.write_bytes(flipped(held[log], rng.randrange(len(held[log]) * 8)))
            if copy.look():
                end = "found"
            elif copy.look(newest):
                end = "found by what was kept"
            else:
                end = "harmless" if copy.answers() == before else "missed"
        done.add("log beside the database", end, right=end != "missed")
    done.seconds = time.perf_counter() - start
    return done


def leave_log(whole: Whole) -> None:
    """Write to the case in a process that ends without closing it, as a kill would end it."""
    if pid := os.fork():
        os.waitpid(pid, 0)
        return
    try:
        case = stored.Case.open(whole.folder, brought=whole.brought)
        with case.writer(by=BY) as writer:
            for number in range(3):
                remark(writer, f"page-{number}")
            os._exit(0)
    finally:
        os._exit(1)


def remark(writer: Writer, name: str) -> None:
    """Write an entry that is about nothing in the case."""
    with writer.transaction() as t:
        t.publication("remark", {name: "0" * 64})


@contextmanager
def shut(whole: Whole, held: dict[Path, bytes]) -> Iterator[None]:
    """Files as they were, before and after."""
    clear_beside(whole)
    for path, data in held.items():
        path.write_bytes(data)
    yield
    clear_beside(whole)
    for path, data in held.items():
        path.write_bytes(data)


def rebuilt(scratch: Path, kind: str, rng: random.Random, times: int) -> Round:
    """Change what is derived in a case that was built of reports: found, named, and made anew by the next build."""
    done, start = Round(f"{kind}: derived, and built again"), time.perf_counter()
    identity = pyrage.x25519.Identity.generate()
    brought = Unlock(identities=(str(identity),)) if kind == "encrypted" else NOTHING
    whole = Whole(kind, scratch / f"built-{kind}", brought)
    reports = scratch / "reports"
    reports.mkdir(exist_ok=True)
    for name, text in REPORTS.items():
        (reports / name).write_text(text, encoding="utf-8")
    whom = [Custodian(recipient=str(identity.to_public()))] if brought.identities else []
    with Case.create(whole.folder, name="Senna (invented)", by=BY, custodians=whom) as case:
        case.build([reports])
    tamperer = Tamperer(whole.folder, rng, brought)
    while done.made.total() < times:
        try:  # Not every derived table holds something.
            change = rng.choice((tamperer.derived_bit,) if whom else (tamperer.derived_bit, tamperer.page_bit))()
            change.make(whole.folder)
        except NoPlace:
            continue
        found = change.named(whole.look())
        with Case.open(whole.folder, by=BY, brought=brought) as case:
            case.build([])
        again = not whole.look()
        end = "found, named and built again" if found and again else f"named: {found}, whole again: {again}"
        done.add(change.kind, end, right=found and again)
    done.seconds = time.perf_counter() - start
    return done


def resigned(whole: Whole, rng: random.Random, times: int) -> Round:
    """Have another history signed with the case's own key; `--since` must tell, whether or not the rows do."""
    done, start, newest = Round(f"{whole.kind}: signed anew"), time.perf_counter(), whole.newest()
    copy = Whole(whole.kind, whole.folder.with_name(f"{whole.kind}-resigned"), whole.brought)
    for _ in range(times):
        shutil.copytree(whole.folder, copy.folder)
        kind, rewrite = rng.choice(REWRITES)
        resign(copy.folder, lambda entries, rewrite=rewrite: rewrite(list(entries), rng), brought=whole.brought)
        alone, since = copy.look(), [f for f in copy.look(newest) if f.kind == "checkpoint"]
        end = ("its rows tell, too" if alone else "whole in itself") + (", found by --since" if since else ", missed")
        done.add(kind, end, right=bool(since))
        shutil.rmtree(copy.folder)
    done.seconds = time.perf_counter() - start
    return done


def by_another(entries: list[bytes], rng: random.Random) -> list[bytes]:
    """An entry by somebody else."""
    at = rng.randrange(1, len(entries))
    entries[at] = canonical({**json.loads(entries[at]), "by": "somebody else"})
    return entries


def at_another_time(entries: list[bytes], rng: random.Random) -> list[bytes]:
    """An entry of another day."""
    at = rng.randrange(1, len(entries))
    entries[at] = canonical({**json.loads(entries[at]), "at": "2031-01-01T00:00:00Z"})
    return entries


def cut_back(entries: list[bytes], rng: random.Random) -> list[bytes]:
    """A log without its end."""
    return entries[: rng.randrange(1, len(entries))]


def exchanged(entries: list[bytes], rng: random.Random) -> list[bytes]:
    """Two entries that have changed places."""
    a, b = rng.sample(range(1, len(entries)), 2)
    entries[a], entries[b] = entries[b], entries[a]
    return entries


def taken_out(entries: list[bytes], rng: random.Random) -> list[bytes]:
    """An entry that was never made."""
    del entries[rng.randrange(1, len(entries))]
    return entries


REWRITES = tuple(
    (f.__name__.replace("_", " "), f) for f in (by_another, at_another_time, cut_back, exchanged, taken_out)
)


def put_back(scratch: Path, seed: int, times: int) -> Round:
    """Put a case back to an earlier day, bytes and all: whole in itself, and found by what was kept since."""
    done, start = Round("plain: put back to an earlier day"), time.perf_counter()
    folder, days = scratch / "days", []
    synthetic_case(folder, documents=3, claims_per_document=3, judgements=6, seed=seed, clock=FakeClock()).close()
    for number in range(times):
        days.append(shutil.copytree(folder, scratch / f"day-{number}"))
        with closing(stored.Case.open(folder)) as case, case.writer(by=BY, clock=system_clock) as writer:
            remark(writer, f"page-{number}")
    newest = Whole("plain", folder).newest()
    for day in days:
        earlier = Whole("plain", day)
        alone, since = earlier.look(), earlier.look(newest)
        end = ("whole in itself" if not alone else "not whole") + (", found by --since" if since else ", missed")
        done.add("put back", end, right=bool(since) and not alone)
    done.seconds = time.perf_counter() - start
    return done


def rounds(found: Sequence[Whole], scratch: Path, scale: float, seed: int) -> Iterator[Round]:
    """Every sort of change to every case that it can be made to."""

    def times(number: int) -> int:
        return max(1, int(number * scale))

    for whole in found:
        rng = random.Random(seed)
        tamperer = Tamperer(whole.folder, rng, whole.brought)
        yield changes(whole, "single bits", tamperer.bit, times(BITS[whole.kind]))
        yield changes(whole, "SQL at hand", tamperer.structure, times(STRUCTURES[whole.kind]))
        yield changes(whole, "derived", tamperer.derived_bit, times(REBUILT))
        if whole.kind == "server":
            continue
        name = access_to(whole.folder, whole.brought).layout.database.name
        anywhere = lambda rng=rng, whole=whole, name=name: page_of_database(whole.folder, rng, name)  # noqa: E731
        yield bits_of_files(whole, "anywhere in the database", anywhere, times(PAGES[whole.kind]))
        yield bits_of_log(whole, rng, times(WAL))
        yield resigned(whole, rng, times(RESIGNED))
        yield rebuilt(scratch, whole.kind, rng, times(REBUILT))
        if whole.kind == "plain":
            yield bits_of_files(whole, "signing key", tamperer.key_bit, times(KEY))
            yield changes(whole, "pages", tamperer.page_bit, times(REBUILT))
    yield put_back(scratch, seed, times(PUT_BACK))


def main() -> int:
    """Run all rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--scale", type=float, default=1.0, help="how many of the changes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="write the figures to benchmarks/results/")
    given = parser.parse_args()
    lines = ["| case and sort | change | times | what came of it |", "| --- | --- | ---: | --- |"]
    made, wrong = 0, list[str]()
    with tempfile.TemporaryDirectory() as name, cases(Path(name), given.documents, given.seed) as found:
        for done in rounds(found, Path(name), given.scale, given.seed):
            lines += done.rows()
            made += done.made.total()
            wrong += [f"{done.title}, {w}" for w in done.wrong]
            print(
                f"{done.title}: {done.made.total()} changes, {len(done.wrong)} wrong, {done.seconds:.0f} s", flush=True
            )
        still = [f"{whole.kind}: not whole at the end" for whole in found if whole.look()]
    lines += ["", f"{made} changes, {len(wrong)} missed or not named.", *(f"- {w}" for w in (*wrong, *still))]
    print("\n".join(lines))
    if given.keep:
        print(figures.keep([*figures.heading("Cases tampered with"), *lines], what="tampering"))
    return 1 if wrong or still else 0


if __name__ == "__main__":
    sys.exit(main())
