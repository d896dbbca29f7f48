"""A case on disk: made, opened for reading, or opened by its one writer."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from sijill.core.canonical import digest
from sijill.core.clock import Clock, system_clock, timestamp
from sijill.core.errors import CaseDamaged, CaseExists, CaseLocked, CaseUnreachable, InputError
from sijill.core.judgement import AUTO
from sijill.core.log import EntryKind
from sijill.store import database
from sijill.store.access import Access, access_to, clear_generations, last_vault, require_current
from sijill.store.address import new_address, write_address
from sijill.store.config import FORMAT, CaseConfig
from sijill.store.folders import DATABASE, HALF_MADE, KEYS, OBJECTS, RECORD, Layout, fsync_folder
from sijill.store.frontier import checked_frontier
from sijill.store.homes import FileHold, Hold, Home
from sijill.store.keys import create_key, load_signer
from sijill.store.merkle import Frontier
from sijill.store.notes import Signer
from sijill.store.room import full_disk_told, telling_of_a_full_disk
from sijill.store.vault import NOTHING, Custodian, Unlock, Vault, new_vault, prepare, settle, take_effect
from sijill.store.writer import Writer

__all__ = ["DATABASE", "KEYS", "OBJECTS", "RECORD", "Case", "Connection", "case_entry", "checked_frontier"]


class Case:
    """One folder that holds a case; read through `store.reads`, written through `writer`."""

    def __init__(self, config: CaseConfig, access: Access) -> None:
        self.folder = access.layout.folder
        self.config = config
        self.name = access.name if access.keys else config.name
        self.access = access
        self.objects = access.objects()
        self._engine = access.home.connect(write=False)

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        name: str = "",
        by: str,
        clock: Clock = system_clock,
        custodians: Sequence[Custodian] = (),
        server: str | None = None,
    ) -> Case:
        """Make a case in a folder that is not there yet or is empty; raises CaseExists otherwise.

        With custodians it is encrypted, and each of them can open it. With the address of a PostgreSQL database as
        `server`, its rows lie there. Everything is made under a temporary name beside it and renamed, so that no
        half-made case is ever seen. Raises InputError or CaseUnreachable where there is no such database.
        """
        folder = folder.resolve()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CaseExists(f"{folder} is there already", hint="name a folder that is not there yet, or is empty")
        folder.parent.mkdir(parents=True, exist_ok=True)
        making = folder.parent / f".{folder.name[:100]}.{uuid.uuid4().hex[:8]}"
        making.mkdir(mode=0o700)
        # A folder's name may hold bytes that are no text.
        name = (name or folder.name).encode("utf-8", "replace").decode()
        try:
            vault, keys = new_vault(custodians, name) if custodians else (None, None)
            case_id = str(uuid.uuid4())
            address = new_address(server, case_id) if server else None
            access = Access(Layout(making, encrypted=keys is not None), keys, name, address=address)
            with full_disk_told(folder.parent), _removed_unless_done(access.home):
                _make(access, case_id, vault, by, clock)
                making.rename(folder)  # Also onto an empty folder; no other is replaced.
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        fsync_folder(folder.parent)
        return cls(CaseConfig.read(folder), replace(access, layout=replace(access.layout, folder=folder)))

    @classmethod
    def open(cls, folder: Path, *, brought: Unlock = NOTHING) -> Case:
        """Open a case to read; raises NotACase, CaseTooNew, CaseDamaged, or CaseSealed where nothing unlocks it."""
        config = CaseConfig.read(folder)
        access = access_to(folder, brought)
        if not access.home.exists():
            raise CaseDamaged(f"{folder} has no {access.home.label}", hint="restore it from a backup")
        case = cls(config, access)
        try:
            with case.connect() as connection:
                database.require_schema(connection)
        except BaseException:
            case.close()
            raise
        return case

    @contextmanager
    @telling_of_a_full_disk
    def connect(self) -> Iterator[Connection]:
        """A connection that only reads, and sees one moment."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    @telling_of_a_full_disk
    def writer(self, *, by: str, clock: Clock = system_clock, alone: bool = False) -> Iterator[Writer]:
        """One who writes; raises CaseLocked while another has the case, CaseDamaged where the log does not verify.

        A case in a file has one writer. One on a server has any number, whose transactions follow one another, unless
        one must be `alone`. Raises CaseSealed where the case was sealed under a new key since it was opened.
        """
        if by.strip().casefold() == AUTO:
            raise InputError(f"{by!r} is the name of the program itself", hint="say who you are with --by")
        with self.access.home.writing(alone=alone) as hold:
            require_current(self.access)
            layout, keys = self.access.layout, self.access.keys
            signer = load_signer(layout.key, self.config.origin, self.config.verifier, keys)
            with self.connect() as connection:
                current = database.require_schema(connection)
                frontier = checked_frontier(connection, signer.verifier)
                vouched = last_vault(connection)
            self._clear_up(hold, vouched, current=current)
            hold.share()
            yield Writer(hold, self.objects, signer, frontier, by=by, clock=clock)

    def _clear_up(self, hold: Hold, vouched: str, *, current: bool) -> None:
        """Bring the tables up to date and remove what killed runs left, while nobody else writes."""
        if hold.alone:
            if not current:
                database.upgrade(hold.engine)
            if self.access.keys is not None:
                settle(self.folder, vouched)
                clear_generations(self.access)
            self.objects.clear_temporary()
            for name in HALF_MADE:
                (self.folder / name).unlink(missing_ok=True)
        elif not current:
            raise CaseLocked(
                "others are writing to this case with an earlier Sijill",
                hint="wait until they are done: the tables are brought up to date while nobody else writes",
            )

    def reopen(self, access: Access) -> None:
        """Go on with another generation of the case, after a rekeying."""
        self._engine.dispose()
        self.access = access
        self.objects = access.objects()
        self._engine = access.home.connect(write=False)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


@contextmanager
def _removed_unless_done(home: Home) -> Iterator[None]:
    """What was made on a server is not in the folder that is removed when making a case fails."""
    home.make()
    try:
        yield
    except BaseException:
        with suppress(CaseUnreachable):  # What made it fail says more.
            home.remove()
        raise


def _make(access: Access, case_id: str, vault: Vault | None, by: str, clock: Clock) -> None:
    layout, keys, folder = access.layout, access.keys, access.layout.folder
    signer = Signer(f"sijill/{case_id}", create_key(layout.key, keys))
    # The name of an encrypted case stands in its vault, sealed.
    config = CaseConfig(FORMAT, case_id, "" if keys else access.name, timestamp(clock), str(signer.verifier))
    config.write(folder)
    if access.address is not None:
        write_address(folder, access.address)
    layout.objects.mkdir(mode=0o700)
    engine = access.home.connect(write=True)
    try:
        database.upgrade(engine)
        writer = Writer(FileHold(engine), access.objects(), signer, Frontier(), by=by, clock=clock)
        with writer.transaction() as t:
            t.log(EntryKind.CASE, dict(case_entry(config)))
            if vault is not None:
                prepare(folder, vault)
                t.custody(vault)
    finally:
        engine.dispose()
    if access.address is None:
        layout.database.chmod(0o600)
    if vault is not None:
        take_effect(folder)
    fsync_folder(layout.key.parent)
    fsync_folder(folder)


def case_entry(config: CaseConfig) -> dict[str, str | int]:
    """The body of the log's first entry: what `case.toml` says, the name as a digest, as entries hold no names."""
    return {
        "format": config.format,
        "case": config.id,
        "name": digest(config.name),
        "created": config.created,
        "verifier": config.verifier,
    }
