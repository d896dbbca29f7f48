"""What a snapshot is worth: checked where it lies, as deep as a case's own `verify`, or made a case again.

To check it, its lines are loaded into a database that nobody can read: sealed under a key that is never written down,
and removed at the end. To restore it, a case is made beside the place that it shall have, checked, and renamed.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from sijill.core.canonical import digest
from sijill.core.errors import CaseDamaged, CaseExists, CaseTooNew, InvalidRecord
from sijill.pipeline.backup import WORKING_RECORD, room_in
from sijill.store import database, transfer
from sijill.store.access import Access
from sijill.store.case import case_entry
from sijill.store.config import FILE, CaseConfig
from sijill.store.continuation import kept_checkpoint
from sijill.store.findings import MALFORMED, Report
from sijill.store.folders import Layout, fsync_folder
from sijill.store.keys import signer_of, write_key
from sijill.store.notes import NoteError, Verifier
from sijill.store.objects import Objects
from sijill.store.room import full_disk_told
from sijill.store.seal import KEY, Keys
from sijill.store.snapshots import BATCH, Backups, Contents, Snapshot, dump_of
from sijill.store.vault import FILE as VAULT
from sijill.store.vault import NOTHING, Unlock, digest_of
from sijill.store.verify import MANIFEST, Outside, check_objects, verify
from sijill.store.vouched import Vouched

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Listed:
    """A snapshot as anybody can see it who has the folder."""

    number: int
    at: str
    sealed: bool
    state: str


@dataclass(frozen=True, slots=True)
class Restored:
    """The case that a snapshot was made into, and the objects that had to be left out, if that was allowed."""

    number: int
    root: str
    lost: tuple[str, ...]


def snapshots(folder: Path) -> tuple[Listed, ...]:
    """The snapshots in a folder of backups, oldest first."""
    backups, found = Backups.open(folder), list[Listed]()
    for number in backups.numbers():
        try:
            snapshot = backups.snapshot(number)
            found.append(Listed(number, snapshot.at, bool(snapshot.vault), "readable"))
        except (CaseDamaged, CaseTooNew) as err:
            found.append(Listed(number, "", False, err.message))
    return tuple(found)


# --- checked where it lies ---


def verify_backup(
    folder: Path,
    *,
    brought: Unlock = NOTHING,
    number: int | None = None,
    every: bool = False,
    outside: Outside,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Check a snapshot, the newest where none is named, or every one; raises CaseSealed, UnknownId.

    Everything that the log vouches for is recomputed, as for a case. Raises InvalidRecord for a kept checkpoint that
    is none.
    """
    backups, report, seen = Backups.open(folder), Report(), set[tuple[str, str]]()
    for one in backups.numbers() if every else (number,):
        try:
            snapshot = backups.snapshot(one)
            keys = snapshot.keys(brought)
            contents = snapshot.opened(keys)
        except CaseDamaged as err:
            report.add("case", f"snapshot {one or backups.numbers()[-1]}", err.message)
            continue
        check = _Check(backups, snapshot, keys, contents, report, seen)
        check.run(outside, progress)
    return report


@dataclass(slots=True)
class _Check:
    backups: Backups
    snapshot: Snapshot
    keys: Keys | None
    contents: Contents
    report: Report
    seen: set[tuple[str, str]]

    def run(self, outside: Outside, progress: Callable[[int], None]) -> None:
        where, report = f"snapshot {self.snapshot.number}", self.report
        try:
            objects = self.backups.objects(self.snapshot.chain, self.keys)
            config = CaseConfig.parse(self.contents.config.encode(), self.backups.folder / FILE)
        except CaseDamaged as err:
            report.add("case", where, err.message)
            return
        _require_checkpoints(outside.since, config)
        try:
            with _scratch() as engine:
                lines = dump_of(objects, self.contents)
                vouched, found = transfer.load(engine, lines, outside=outside, lenient=True)
        except (CaseDamaged, InvalidRecord) as err:
            report.add("case", where, err.message)
            return
        report.findings += found.findings
        report.rows, report.entries, report.checkpoints = found.rows, found.entries, found.checkpoints
        report.root = found.root
        if (found.root, found.entries) != (self.contents.root, self.contents.size):
            report.add("case", where, "its log is not the one that it says")
        for problem in _config_problems(config, self.snapshot, self.contents, vouched):
            report.add("case", where, problem)
        self._check_key(objects, config)
        # What several snapshots name is read once.
        fresh = {id_: size for id_, size in vouched.sizes.items() if (self.snapshot.chain, id_) not in self.seen}
        unclaimed = report.unclaimed
        check_objects(objects, Vouched(sizes=fresh), report, progress)
        report.unclaimed = unclaimed  # Other snapshots name them.
        self.seen |= {(self.snapshot.chain, id_) for id_ in fresh}
        self._check_pages(objects, vouched)

    def _check_key(self, objects: Objects, config: CaseConfig) -> None:
        if self.contents.key:
            try:
                signer_of(objects.read(self.contents.key), config.origin, config.verifier)
            except CaseDamaged as err:
                self.report.add("case", f"snapshot {self.snapshot.number}", err.message)

    def _check_pages(self, objects: Objects, vouched: Vouched) -> None:
        if self.contents.pages:
            for name, id_ in _pages(objects, self.contents, vouched, self.report):
                if objects.fixity(id_) != id_:
                    self.report.add("derived", f"record/{name}", "changed or missing; a build makes it anew")


def _pages(objects: Objects, contents: Contents, vouched: Vouched, report: Report) -> Iterable[tuple[str, str]]:
    """Names and digests of the record's pages, which lead nowhere else."""
    try:
        files = {str(name): str(id_) for name, id_ in json.loads(objects.read(contents.pages)).items()}
        if vouched.publications[WORKING_RECORD]["digest"] != digest(files):
            raise ValueError("another manifest")
        if not all(_inside(name) for name in files):
            raise ValueError("it leads elsewhere")
    except (CaseDamaged, *MALFORMED):
        report.add("derived", f"record/{MANIFEST}", "changed or missing; a build makes it anew")
        return ()
    return sorted(files.items())


def _inside(name: str) -> bool:
    root = Path("/record")
    return "\\" not in name and "\0" not in name and (root / name).resolve().is_relative_to(root) and name != "."


def _config_problems(config: CaseConfig, snapshot: Snapshot, contents: Contents, vouched: Vouched) -> Iterator[str]:
    """What in `case.toml` and `vault.json` is not as the log has it."""
    if case_entry(config) != vouched.case or config.rendered() != contents.config.encode():
        yield f"its {FILE} is not what the log's first entry says"
    if snapshot.encrypted != bool(vouched.vault):
        yield f"it has a {VAULT} and should have none, or the other way round"
    elif snapshot.encrypted and digest_of(snapshot.vault.encode()) != vouched.vault:
        yield f"its {VAULT} is not what the log vouches for"


def _require_checkpoints(since: Iterable[str], config: CaseConfig) -> None:
    for text in since:
        try:
            kept_checkpoint(text, Verifier.parse(config.verifier))
        except NoteError:
            continue  # Another case's, or a changed key: a finding, and not a misuse.


@contextmanager
def _scratch() -> Iterator[Engine]:
    """A database for a while, which nobody else can read."""
    with tempfile.TemporaryDirectory(prefix="sijill-") as name:
        engine = database.connect(Path(name) / "scratch.db", write=True, key=secrets.token_bytes(KEY))
        try:
            database.upgrade(engine)
            with full_disk_told(Path(name)):
                yield engine
        finally:
            engine.dispose()


# --- made a case again ---


def restore(
    folder: Path,
    target: Path,
    *,
    brought: Unlock = NOTHING,
    number: int | None = None,
    despite_damage: bool = False,
    progress: Progress = lambda stage, done, of: None,
) -> Restored:
    """Make a case of a snapshot, the newest where none is named, in a folder that is not there yet or is empty.

    It opens for whom it opened then. Raises CaseExists, CaseSealed, UnknownId, NoRoom, and CaseDamaged where the
    snapshot is not whole; `despite_damage` leaves out objects that are lost, and no more than these.
    """
    backups, target = Backups.open(folder), target.resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CaseExists(f"{target} is there already", hint="name a folder that is not there yet, or is empty")
    snapshot = backups.snapshot(number)
    keys = snapshot.keys(brought)
    making = target.parent / f".{target.name[:100]}.{uuid.uuid4().hex[:8]}"
    with room_in(target.parent):
        making.mkdir(mode=0o700, parents=True)
        try:
            lost = _fill(making, backups, snapshot, keys, progress)
            report = verify(making, brought=brought)
            wrong = [f for f in report.findings if f.kind not in {"derived", *(["object"] if lost else [])}]
            if wrong or (lost and not despite_damage):
                what = f"{wrong[0].where}: {wrong[0].what}" if wrong else f"{len(lost)} objects are changed or missing"
                hint = "" if wrong else "; --despite-damage restores everything else"
                raise CaseDamaged(
                    f"snapshot {snapshot.number} is not whole: {what}",
                    hint=f"`sijill verify BACKUP` says more; try an earlier snapshot{hint}",
                )
            making.rename(target)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        fsync_folder(target.parent)
    return Restored(snapshot.number, report.root, lost)


def _fill(making: Path, backups: Backups, snapshot: Snapshot, keys: Keys | None, progress: Progress) -> tuple[str, ...]:
    contents, objects = snapshot.opened(keys), backups.objects(snapshot.chain, keys)
    own = keys if snapshot.encrypted else None
    generation = snapshot.parsed_vault().generation if snapshot.encrypted else 1
    access = Access(Layout(making, generation, encrypted=snapshot.encrypted), own)
    CaseConfig.parse(contents.config.encode(), making / FILE).write(making)
    if snapshot.encrypted:
        (making / VAULT).write_bytes(snapshot.vault.encode())
        (making / VAULT).chmod(0o600)
    access.layout.key.parent.mkdir(mode=0o700)
    if contents.key:
        write_key(access.layout.key, objects.read(contents.key), own)
    vouched = _load(access, dump_of(objects, contents), progress)
    lost = _copy_objects(objects, access, sorted(vouched.sizes), progress)
    _write_pages(objects, contents, vouched, access.layout.record)
    return lost


def _load(access: Access, lines: transfer.Dump, progress: Progress) -> Vouched:
    engine = database.connect(access.layout.database, write=True, key=access.database_key)
    try:
        database.upgrade(engine)
        access.layout.database.chmod(0o600)
        return transfer.load(engine, lines, progress=lambda done: progress("rows", done, None))[0]
    finally:
        engine.dispose()


def _copy_objects(source: Objects, access: Access, ids: list[str], progress: Progress) -> tuple[str, ...]:
    access.layout.objects.mkdir(mode=0o700)
    target, lost = access.objects(), list[str]()
    for done, id_ in enumerate(ids, start=1):
        try:
            target.keep(target.stage_bytes(source.read(id_)))
        except CaseDamaged:
            lost.append(id_)
        if done % BATCH == 0:
            target.sync()
        progress("objects", done, len(ids))
    target.sync()
    return tuple(lost)


def _write_pages(objects: Objects, contents: Contents, vouched: Vouched, record: Path) -> None:
    """The pages as they were; one that is lost is made anew by a build."""
    if not contents.pages:
        return
    for name, id_ in _pages(objects, contents, vouched, Report()):
        try:
            data = objects.read(id_)
        except (CaseDamaged, InvalidRecord):
            continue
        path = record / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    record.mkdir(exist_ok=True)
    (record / MANIFEST).write_bytes(objects.read(contents.pages))
