"""Do everything that writes on a full disk: a clear error, nothing acknowledged lost, and with room again it goes on.

python benchmarks/full_disk.py [--every 1] [--way tmpfs|limit|both] [--keep]

`tmpfs`: a small file system in memory (root only), filled until so many pages are left: none, one, two, until the act
gets through. `limit`: no file may grow beyond so many bytes (RLIMIT_FSIZE), which needs no root. After each failure the
error must be the one that says so, `verify` must find nothing, what was there must be there, nothing may be left under
temporary names once the next writer came, and with room again the same act must get through. Exit code 1 if not, 3 if
nothing could be run.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import select

from benchmarks import figures
from sijill.core.errors import NoRoom
from sijill.core.judgement import Decision
from sijill.pipeline import custody
from sijill.pipeline.api import Case
from sijill.pipeline.backup import backup
from sijill.pipeline.preserving import add_reports
from sijill.pipeline.restore import verify_backup
from sijill.store import case as stored_case
from sijill.store import schema
from sijill.store.access import access_to
from sijill.store.merkle import root_of
from sijill.store.vault import Custodian, Unlock
from sijill.store.verify import Outside, verify
from tests.store.old import OldCase, stored
from tools.make_old_cases import PASSPHRASE, REPORTS

BY = "bench"
PAGE, ROOM = 4096, 24 * 1024 * 1024
LARGEST_STEP = 400
REPORT = "At least {} people were killed in Dorvin on 9 March 2031, the Senna Valley Monitor said in its report {}.\n"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that writes: its name, the case that it begins with, and how it is done."""

    name: str
    old: OldCase
    do: Callable[[Path, Unlock], object]


@dataclass(slots=True)
class Tried:
    """What came of one act in one way."""

    name: str
    way: str
    failed: int = 0
    through: int = 0
    wrong: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)


# --- what is done ---


def add(folder: Path, brought: Unlock) -> None:
    """Preserve a few reports, large and small, without reading claims."""
    with closing(stored_case.Case.open(folder, brought=brought)) as case:
        add_reports(case, sorted((folder.parent / "more").iterdir()), by=BY, workers=1)


def extract(folder: Path, brought: Unlock) -> None:
    """Read claims, link, reconcile, write the record."""
    with Case.open(folder, by=BY, brought=brought) as case:
        case.build([folder.parent / "more"])


def judge(folder: Path, brought: Unlock) -> None:
    """Judge a claim, and derive everything anew."""
    with Case.open(folder, by=BY, brought=brought) as case:
        case.judge(Decision.ACCEPT, sorted(c.claim.id for c in case.claims())[-1], reason="read on a full disk")


def rekey(folder: Path, brought: Unlock) -> None:
    """Seal the whole case anew; the passphrase can be carried over only by who knows it."""
    with closing(stored_case.Case.open(folder, brought=brought)) as case:
        custody.rekey(case, replace(brought, passphrase=PASSPHRASE), by=BY)


def migrate(folder: Path, brought: Unlock) -> None:
    """Open an old case to write."""
    with closing(stored_case.Case.open(folder, brought=brought)) as case, case.writer(by=BY):
        pass


def create(folder: Path, brought: Unlock) -> None:
    """Make a case beside the one that is there."""
    with Case.create(folder.parent / "made", name="Senna (invented)", by=BY, custodians=_whom(brought)):
        pass


def back_up(folder: Path, brought: Unlock) -> None:
    """Take a snapshot of the case into a folder of backups beside it."""
    with closing(stored_case.Case.open(folder, brought=brought)) as case:
        backup(case, folder.parent / "backups", brought=brought)


def _whom(brought: Unlock) -> list[Custodian]:
    import pyrage

    return [Custodian(recipient=str(pyrage.x25519.Identity.from_str(i).to_public())) for i in brought.identities]


def acts() -> Iterator[Act]:
    """Every act on every case that it can begin with."""
    oldest, newest = stored()[0].schema, stored()[-1].schema
    for old in stored():
        if old.schema == newest:
            kind = "encrypted" if old.encrypted else "plain"
            for do in (add, extract, judge, create, back_up):
                yield Act(f"{do.__name__}, {kind}", old, do)
            if old.encrypted:
                yield Act("rekey, encrypted", old, rekey)
        elif old.schema == oldest:
            yield Act(f"migrate, {'encrypted' if old.encrypted else 'plain'}", old, migrate)


# --- the ways in which a disk is full ---


@contextmanager
def small_disk(scratch: Path) -> Iterator[Path]:
    """A small file system of its own; raises OSError where this user may not mount one."""
    place = scratch / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=700", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        raise OSError("only root may mount a tmpfs")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def fill(place: Path, left: int) -> None:
    """Fill the file system, and leave so many pages."""
    with (place / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * (1 << 20)):
                pass
        except OSError:
            pass
        size = os.fstat(file.fileno()).st_size
        room = os.statvfs(place)
        file.truncate(max(0, size - (left - room.f_bavail) * PAGE))


def run(act: Act, folder: Path, limit: int = 0) -> str:
    """Do it in a process of its own; "" where it got through, else the name of the error."""
    told, tell = os.pipe()
    if not (pid := os.fork()):
        os.close(told)
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            act.do(folder, act.old.brought)
            said = ""
        except NoRoom as err:
            said = f"NoRoom: {err.message}" if err.hint else "NoRoom without a hint"
        except BaseException as err:  # noqa: BLE001 - whatever else it may be is what is looked for.
            said = f"{type(err).__name__}: {err}"[:300]
        os.write(tell, said.encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told, "rb") as stream:
        said = stream.read().decode()
    _, status = os.waitpid(pid, 0)
    return said if not status else f"ended with {os.waitstatus_to_exitcode(status)}"


# --- trying it ---


def try_act(act: Act, place: Path, way: str, every: int) -> Tried:
    """Do it with ever more room, until it gets through."""
    tried = Tried(act.name, way)
    template = act.old.unpack(place.parent / f"{act.name} {way}")
    largest = max(p.stat().st_size for p in template.rglob("*") if p.is_file())
    for step in range(0, LARGEST_STEP, every):
        folder = place / "case"
        shutil.copytree(template, folder)
        write_more(place / "more")
        if way == "tmpfs":
            fill(place, step)
        said = run(act, folder, 0 if way == "tmpfs" else 1 + step * PAGE * max(1, largest // PAGE // 40))
        (place / "filler").unlink(missing_ok=True)
        at = f"with room for {step}"
        if said and not said.startswith("NoRoom: "):
            tried.wrong.append(f"{at}: {said}")
        tried.ends[said.partition(":")[0] or "through"] += 1
        tried.wrong += [f"{at}: {w}" for w in wrong_with(act, folder)]
        if said and (again := run(act, folder)):
            tried.wrong.append(f"{at}, with room again: {again}")
        tried.wrong += [f"{at}, with room again: {w}" for w in (*wrong_with(act, folder), *left_behind(act, folder))]
        for left in place.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        tried.failed += bool(said)
        if not said:
            tried.through += 1
            break
        if len(tried.wrong) > 8:
            break
    return tried


def write_more(folder: Path) -> None:
    """Reports that the case does not have yet, and those that it has."""
    folder.mkdir()
    for name, text in REPORTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    for number in range(6):
        words = REPORT.format(number + 2, number) * (1 if number % 2 else 60)
        (folder / f"more-{number}.txt").write_text(words, encoding="utf-8")


def wrong_with(act: Act, folder: Path) -> Iterator[str]:
    """What is not as it must be: everything that was there is, and all of it verifies."""
    for f in verify(folder, brought=act.old.brought, since=[act.old.root]).findings:
        if f.kind != "derived":
            yield f"{f.kind} {f.where}: {f.what}"
    with closing(stored_case.Case.open(folder, brought=act.old.brought)) as case, case.connect() as connection:
        leaves = list(connection.execute(select(schema.log_entry.c.leaf).order_by(schema.log_entry.c.seq)).scalars())
    if root_of(leaves[: act.old.entries]).hex() != act.old.root:
        yield "the log is not what it was"


def left_behind(act: Act, folder: Path) -> Iterator[str]:
    """What lies where nothing should, after a writer came and went."""
    layout = access_to(folder, act.old.brought).layout
    incoming = layout.objects / "incoming"
    if incoming.is_dir() and any(incoming.iterdir()):
        yield "staged bytes are left behind"
    expected = {
        layout.database.name,
        layout.objects.name,
        "keys",
        "lock",
        "case.toml",
        "vault.json",
        "backups.json",
        "record",
    }
    if left := {p.name for p in folder.iterdir()} - expected:
        yield f"left behind: {sorted(left)}"
    if beside := {p.name for p in folder.parent.iterdir()} - {"case", "more", "made", "backups"}:
        yield f"left beside it: {sorted(beside)}"
    if (backups := folder.parent / "backups").exists():
        found = verify_backup(backups, brought=act.old.brought, outside=Outside(since=(act.old.root,)))
        yield from (f"backup, {f.kind} {f.where}: {f.what}" for f in found.findings)


def main() -> int:
    """Try every act in every way that this machine allows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="try every so many-th amount of room")
    parser.add_argument("--way", choices=["tmpfs", "limit", "both"], default="both")
    parser.add_argument("--acts", default="", help="only those whose name begins so")
    parser.add_argument("--keep", action="store_true", help="write the figures to benchmarks/results/")
    given = parser.parse_args()
    tried: list[Tried] = []
    with tempfile.TemporaryDirectory() as scratch:
        chosen = [act for act in acts() if act.name.startswith(given.acts)]
        if given.way in {"limit", "both"}:
            place = Path(scratch) / "limited"
            place.mkdir()
            tried += [try_act(act, place, "limit", given.every) for act in chosen]
        if given.way in {"tmpfs", "both"}:
            try:
                with small_disk(Path(scratch)) as place:
                    tried += [try_act(act, place, "tmpfs", given.every) for act in chosen]
            except OSError as err:
                print(f"tmpfs not tried: {err}")
    lines = ["| act | way | failed for want of room | wrong |", "| --- | --- | ---: | --- |"]
    lines += [f"| {t.name} | {t.way} | {t.failed} | {'; '.join(t.wrong[:6]) or 'nothing'} |" for t in tried]
    print("\n".join(lines))
    if given.keep:
        print(figures.keep([*figures.heading("Full disks"), *lines], what="full-disk"))
    if not tried:
        return 3
    return 1 if any(t.wrong or not t.through for t in tried) else 0


if __name__ == "__main__":
    sys.exit(main())
