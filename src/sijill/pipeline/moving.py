"""Moving the parts of a case: its rows between a file and a server, its preserved files between a folder and a bucket.

What is moved is first copied and read back, then the case is told, by one renaming of a file, and only then is the old
copy removed. Killed in between, the case is whole where it was, or whole where it goes; run again, it goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import Connection, inspect

from sijill.core.clock import Clock, system_clock
from sijill.core.errors import CaseDamaged, CaseUnreachable, InputError
from sijill.store import database, schema, transfer
from sijill.store.address import new_address, write_address
from sijill.store.case import Case
from sijill.store.continuation import Kept, continuation
from sijill.store.findings import Report
from sijill.store.homes import Home
from sijill.store.location import Location, write_location
from sijill.store.merkle import Frontier
from sijill.store.objects import Objects
from sijill.store.reads import object_ids
from sijill.store.snapshots import Store
from sijill.store.vault import Reach

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class MovedRows:
    """How many log entries there are where the case looks now, their root, and whether the old rows are gone."""

    entries: int
    root: str
    removed: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """How many objects there are where the case looks now, how many were copied, and if the old copies are gone."""

    objects: int
    copied: int
    removed: bool


def move_objects(
    case: Case,
    location: Location | None,
    *,
    reach: Reach | None,
    by: str,
    keep: bool = False,
    clock: Clock = system_clock,
    progress: Progress = lambda stage, done, of: None,
) -> Moved:
    """Move the preserved files into a bucket, or, with no location, into the case's folder.

    `keep` leaves the old copies where they are. Raises CaseDamaged where an object is not whole, NotAnswered where the
    bucket does not answer: then the case looks where it looked before.
    """
    if location == case.access.location:
        raise InputError("the preserved files lie there already", hint="`sijill doctor CASE` says where")
    with case.writer(by=by, clock=clock, alone=True):
        source, access = case.objects, replace(case.access, location=location, reach=reach)
        target = Store(access.objects())
        target.objects.shelf.claim(case.config.id)
        with case.connect() as connection:
            ids = object_ids(connection)
        for done, id_ in enumerate(ids, start=1):
            target.keep(source.read(id_))
            progress("copying", done, len(ids))
        target.sync()
        for done, id_ in enumerate(ids, start=1):
            _require_same(target.objects, id_)
            progress("reading back", done, len(ids))
        write_location(case.folder, location)
        case.reopen(access)
        if not keep:
            _remove(source, ids, progress)
    return Moved(len(ids), target.written, not keep)


def _require_same(objects: Objects, id_: str) -> None:
    if objects.fixity(id_) != id_:
        raise CaseDamaged(f"object {id_[:12]}… did not arrive as it is", hint="the case is as it was; run this again")


def _remove(source: Objects, ids: tuple[str, ...], progress: Progress) -> None:
    """Remove what the log names, and nothing else that may lie there."""
    for done, id_ in enumerate(ids, start=1):
        source.shelf.discard(source.name(id_))
        progress("removing", done, len(ids))


# --- rows ---


def move_rows(
    case: Case,
    server: str | None,
    *,
    by: str,
    keep: bool = False,
    clock: Clock = system_clock,
    progress: Progress = lambda stage, done, of: None,
) -> MovedRows:
    """Move the rows to a PostgreSQL server, or, with none, into a file in the case's folder; the log's root stays.

    Everything is checked as it arrives, as `verify` checks a case. `keep` leaves the old rows where they are. Raises
    CaseDamaged where the case is not whole, CaseLocked where anybody else writes, CaseUnreachable; and InputError where
    rows lie there already that are not the beginning of these.
    """
    address = new_address(server, case.config.id) if server else None
    if address == case.access.address:
        raise InputError("the rows lie there already", hint="`sijill doctor CASE` says where")
    with case.writer(by=by, clock=clock, alone=True):
        old, new = case.access.home, replace(case.access, address=address)
        with case.connect() as connection:
            _make_room(new.home, connection)
            new.home.make()
            try:
                report = _load(new.home, connection, progress)
            except BaseException:
                with suppress(CaseUnreachable):  # What made it fail says more.
                    new.home.remove()
                raise
        if address is None:
            new.layout.database.chmod(0o600)
        write_address(case.folder, address)
        case.reopen(new)
        removed = not keep
        if removed:
            try:
                old.remove()
            except CaseUnreachable:
                removed = False
    return MovedRows(report.entries, report.root, removed)


def _load(home: Home, source: Connection, progress: Progress) -> Report:
    engine = home.connect(write=True)
    try:
        database.upgrade(engine)
        return transfer.load(engine, transfer.dump(source), progress=lambda done: progress("rows", done, None))[1]
    finally:
        engine.dispose()


def _make_room(home: Home, source: Connection) -> None:
    """Remove what an earlier move left there: nothing, or a beginning of the same log."""
    if not home.exists():
        return
    engine, frontier = home.connect(write=False), Frontier()
    try:
        with engine.connect() as connection, connection.begin():
            if inspect(connection).has_table(schema.log_entry.name):
                for leaf in transfer.leaves(connection):
                    frontier.append(leaf)
    finally:
        engine.dispose()
    kept = [Kept(frontier.root(), frontier.size)] if frontier.size else []
    if next(continuation(transfer.leaves(source), kept), None) is not None:
        raise InputError(
            "rows of this case lie there already, and they are not the beginning of what it holds now",
            hint="look at them first: somebody may have gone on with them; then remove them",
        )
    home.remove()
