"""The condition of a case: what lies about it unfinished, where its parts are, and when it was last backed up.

A look and no proof: names are counted and nothing is hashed, so that it takes seconds where `verify` takes an hour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sijill.core.errors import CaseDamaged, InputError
from sijill.store import database, reads
from sijill.store.case import Case
from sijill.store.folders import HALF_MADE, is_shared
from sijill.store.objects import TEMPORARY, FolderShelf
from sijill.store.snapshots import Backups, is_backup
from sijill.store.taken import Noted, noted_backups
from sijill.store.vault import PREPARED, read_vault

OK, WARNING, WRONG = "ok", "note", "wrong"
OLD = dt.timedelta(days=7)
NEXT_WRITER = "nothing: the next command that writes puts it right"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `ok`, `note` or `wrong`, and what to do where it is not ok."""

    subject: str
    state: str
    detail: str
    do: str = ""


def condition(case: Case, now: dt.datetime) -> Iterator[Check]:
    """What lies about unfinished or in the wrong place, and whether there is a backup."""
    yield from _folder(case)
    yield from _rows(case)
    yield from _objects(case)
    yield from _keys(case)
    yield from _backups(case, now)


def _folder(case: Case) -> Iterator[Check]:
    # A team may open a folder to a group of its own.
    if case.folder.stat().st_mode & (0o007 if is_shared(case.folder) else 0o077):
        yield Check("permissions", WRONG, "others on this machine can enter the folder", f"chmod 700 {case.folder}")
    parent = case.folder.resolve().parent
    for left in sorted(parent.glob(f".{_plain(case.folder.resolve().name[:100])}.????????")):
        if left.is_dir() and ((left / "case.toml").exists() or not any(left.iterdir())):
            what = f"{left} was left half-made by a run that was killed"
            yield Check("unfinished", WARNING, what, "remove it, unless such a run is under way")
    for name in (PREPARED, *HALF_MADE):
        if (case.folder / name).exists():
            yield Check("unfinished", WARNING, f"{name} was left by a run that was killed", NEXT_WRITER)
    layout = case.access.layout
    for generation in (layout.generation - 1, layout.generation + 1):
        stale = replace(layout, generation=generation)
        if generation and (
            stale.objects.exists() or stale.database.exists() or (stale.encrypted and stale.key.exists())
        ):
            yield Check("unfinished", WARNING, "a rekeying was killed, and left files of another key", NEXT_WRITER)


def _plain(name: str) -> str:
    """A name as a pattern that matches nothing else."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _rows(case: Case) -> Iterator[Check]:
    address = case.access.address
    where = f"schema {address.schema} of {address.public}" if address else case.access.layout.database.name
    with case.connect() as connection:
        current = database.require_schema(connection)
    if current:
        yield Check("rows", OK, f"in {where}")
    else:
        yield Check("rows", WARNING, f"in {where}, as an earlier Sijill made its tables", NEXT_WRITER)
    if address is not None and case.access.layout.database.exists():
        what = f"{case.access.layout.database.name} is an old copy of the rows, which lie on a server"
        yield Check("rows", WARNING, what, "remove it, or keep it as it is: nothing reads it")


def _objects(case: Case) -> Iterator[Check]:
    location, folder = case.access.location, case.access.layout.objects
    with case.connect() as connection:
        ids = reads.object_ids(connection)
    expected = {case.objects.name(id_) for id_ in ids}
    try:
        there = set(case.objects.shelf.names())
    except InputError as err:  # A bucket that was not named, or does not answer.
        yield Check("preserved files", WRONG, err.message, err.hint)
        return
    lost, unclaimed = len(expected - there), len(there - expected)
    if lost:
        do = "restore them from a backup; `sijill verify CASE` names them"
        yield Check("preserved files", WRONG, f"{lost} of {len(expected)} are missing", do)
    else:
        yield Check("preserved files", OK, f"{len(expected)} in {location or folder.name}")
    if unclaimed:
        what = f"{unclaimed} that no entry of the log vouches for: left by a run that was killed, or by a rollback"
        yield Check(
            "preserved files", WARNING, what, "add the reports again; if the log was cut back, see `verify --since`"
        )
    waiting = list((folder / TEMPORARY).glob("*")) if not (folder / TEMPORARY).is_symlink() else []
    if waiting:
        what = f"{len(waiting)} files of a run that was killed, or is under way"
        yield Check("unfinished", WARNING, what, NEXT_WRITER)
    if location is not None and next(FolderShelf(folder).names(), None) is not None:
        what = "old copies lie in the folder, though the case looks into its bucket"
        yield Check("preserved files", WARNING, what, "remove them, or keep them as they are: nothing reads them")


def _keys(case: Case) -> Iterator[Check]:
    if not case.access.layout.key.exists():
        what = "the signing key is not in the folder: the case can be read, but not written"
        yield Check("signing key", WARNING, what, "bring it from where it is kept, or from a backup")
    if case.access.keys is not None and len(read_vault(case.folder).slots) == 1:
        what = "there is one way into this case, and if that is lost, the case is"
        yield Check("custodians", WARNING, what, "`sijill add-custodian CASE`")


def _backups(case: Case, now: dt.datetime) -> Iterator[Check]:
    noted = noted_backups(case)
    if not noted:
        yield Check("backup", WARNING, "none is known", "`sijill backup CASE FOLDER`, on another disk")
        return
    with case.connect() as connection:
        size = reads.counts(connection)["log_entry"]
    for one in noted:
        yield _backup(case, one, size, now)


def _backup(case: Case, one: Noted, size: int, now: dt.datetime) -> Check:
    age = now - dt.datetime.fromisoformat(one.at)
    said = f"{one.folder}: snapshot {one.number}, {_old(age)}, {size - one.size} log entries since"
    again = f"`sijill backup CASE {one.folder}`"
    problem = _missing(case, one)
    if problem:
        return Check("backup", WARNING, f"{said}; {problem}", f"is that disk there? else {again}")
    if age > OLD and size > one.size:
        return Check("backup", WARNING, said, again)
    return Check("backup", OK, said)


def _old(age: dt.timedelta) -> str:
    days = max(age.days, 0)
    return "of today" if not days else f"{days} day{'s' if days > 1 else ''} old"


def _missing(case: Case, one: Noted) -> str:
    """Why the snapshot cannot be counted on, "" where its file is there."""
    folder = Path(one.folder)
    try:
        if not is_backup(folder):
            return "the folder is not there"
        backups = Backups.open(folder)
        if backups.case != case.config.id or one.number not in backups.numbers():
            return "the snapshot is not there any more"
    except (OSError, CaseDamaged) as err:
        return f"it cannot be read: {err}"
    return ""
