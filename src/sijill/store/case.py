"""A case on disk: made, opened for reading, or opened by its one writer."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, select

from sijill.core.canonical import digest
from sijill.core.clock import Clock, system_clock, timestamp
from sijill.core.errors import CaseDamaged, CaseExists, CaseLocked, InputError
from sijill.core.judgement import AUTO
from sijill.core.log import EntryKind
from sijill.store import database, schema
from sijill.store.access import DATABASE_KEY, Access, access_to, clear_generations, last_vault, require_current
from sijill.store.config import FORMAT, CaseConfig
from sijill.store.folders import DATABASE, KEYS, OBJECTS, RECORD, Layout, fsync_folder
from sijill.store.keys import create_key, load_signer
from sijill.store.merkle import Frontier, leaf_hash
from sijill.store.notes import NoteError, Signer, Verifier, read_checkpoint
from sijill.store.objects import Objects
from sijill.store.seal import Keys
from sijill.store.vault import NOTHING, Custodian, Unlock, Vault, new_vault, prepare, settle, take_effect
from sijill.store.writer import Writer

__all__ = ["DATABASE", "KEYS", "OBJECTS", "RECORD", "Case", "case_entry", "checked_frontier"]


class Case:
    """One folder that holds a case; read through `store.reads`, written through `writer`."""

    def __init__(self, config: CaseConfig, access: Access) -> None:
        self.folder = access.layout.folder
        self.config = config
        self.name = access.name if access.keys else config.name
        self.access = access
        self.objects = Objects(access.layout.objects, access.keys)
        self._engine = database.connect(access.layout.database, write=False, key=access.database_key)

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        name: str = "",
        by: str,
        clock: Clock = system_clock,
        custodians: Sequence[Custodian] = (),
    ) -> Case:
        """Make a case in a folder that is not there yet or is empty; raises CaseExists otherwise.

        With custodians it is encrypted, and each of them can open it. Everything is made under a temporary name beside
        it and renamed, so that no half-made case is ever seen.
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
            _make(making, name, vault, keys, by, clock)
            making.rename(folder)  # Also onto an empty folder; no other is replaced.
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        fsync_folder(folder.parent)
        return cls(CaseConfig.read(folder), Access(Layout(folder, encrypted=keys is not None), keys, name))

    @classmethod
    def open(cls, folder: Path, *, brought: Unlock = NOTHING) -> Case:
        """Open a case to read; raises NotACase, CaseTooNew, CaseDamaged, or CaseSealed where nothing unlocks it."""
        config = CaseConfig.read(folder)
        access = access_to(folder, brought)
        if not access.layout.database.is_file():
            raise CaseDamaged(f"{folder} has no {access.layout.database.name}", hint="restore it from a backup")
        case = cls(config, access)
        try:
            with case.connect() as connection:
                database.require_schema(connection)
        except BaseException:
            case.close()
            raise
        return case

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection that only reads, and sees one moment."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writer(self, *, by: str, clock: Clock = system_clock) -> Iterator[Writer]:
        """The one writer; raises CaseLocked while another has it, CaseDamaged where the log does not verify.

        Raises CaseSealed where the case was sealed under a new key since it was opened.
        """
        if by.strip().casefold() == AUTO:
            raise InputError(f"{by!r} is the name of the program itself", hint="say who you are with --by")
        lock = FileLock(self.access.layout.lock, timeout=0, mode=0o600)
        try:
            lock.acquire()
        except Timeout as err:
            raise CaseLocked(
                f"somebody else is writing to {self.folder}", hint="wait until that ends; readers are not in the way"
            ) from err
        engine: Engine | None = None
        try:
            require_current(self.access)
            layout, keys = self.access.layout, self.access.keys
            signer = load_signer(layout.key, self.config.origin, self.config.verifier, keys)
            engine = database.connect(layout.database, write=True, key=self.access.database_key)
            with engine.connect() as connection, connection.begin():
                current = database.require_schema(connection)
                frontier = checked_frontier(connection, signer.verifier)
                vouched = last_vault(connection)
            if not current:
                database.upgrade(engine)
            if keys is not None:
                settle(self.folder, vouched)
                clear_generations(layout)
            self.objects.clear_temporary()
            yield Writer(engine, self.objects, signer, frontier, by=by, clock=clock)
        finally:
            if engine is not None:
                engine.dispose()
            lock.release()

    def reopen(self, access: Access) -> None:
        """Go on with another generation of the case, after a rekeying."""
        self._engine.dispose()
        self.access = access
        self.objects = Objects(access.layout.objects, access.keys)
        self._engine = database.connect(access.layout.database, write=False, key=access.database_key)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def checked_frontier(connection: Connection, verifier: Verifier) -> Frontier:
    """The log's frontier, recomputed from its entries; raises CaseDamaged unless the last checkpoint signs it."""
    try:
        return _frontier(connection, verifier)
    except NoteError as err:
        raise _damaged(f"the last checkpoint does not verify: {err}") from err
    except database.UNREADABLE as err:
        raise _damaged("the database cannot be read") from err


def _frontier(connection: Connection, verifier: Verifier) -> Frontier:
    frontier = Frontier()
    for expected, row in enumerate(connection.execute(select(schema.log_entry).order_by(schema.log_entry.c.seq))):
        if row.seq != expected:
            raise _damaged(f"log entry {expected} is missing")
        if not isinstance(row.body, bytes) or leaf_hash(row.body) != row.leaf:
            raise _damaged(f"log entry {expected} changed: its bytes are not those of its leaf hash")
        frontier.append(row.leaf)
    newest = select(schema.checkpoint).order_by(schema.checkpoint.c.size.desc()).limit(1)
    last = connection.execute(newest).one_or_none()
    if last is None or not isinstance(last.note, str):
        raise _damaged("the log has no checkpoint")
    found = read_checkpoint(last.note, verifier)
    if (found.size, found.root) != (last.size, last.root):
        raise _damaged("the last checkpoint's note is about another size or root than its row")
    if (found.size, found.root) != (frontier.size, frontier.root()):
        raise _damaged(f"the log's {frontier.size} entries are not those that its last checkpoint signs")
    return frontier


def _damaged(what: str) -> CaseDamaged:
    return CaseDamaged(what, hint="nothing was written; `sijill verify CASE` says which entry, row or object is wrong")


def _make(folder: Path, name: str, vault: Vault | None, keys: Keys | None, by: str, clock: Clock) -> None:
    layout = Layout(folder, encrypted=keys is not None)
    case_id, created = str(uuid.uuid4()), timestamp(clock)
    origin = f"sijill/{case_id}"
    signer = Signer(origin, create_key(layout.key, keys))
    # The name of an encrypted case stands in its vault, sealed.
    config = CaseConfig(FORMAT, case_id, "" if keys else name, created, str(signer.verifier))
    config.write(folder)
    layout.objects.mkdir(mode=0o700)
    engine = database.connect(layout.database, write=True, key=keys.derive(DATABASE_KEY) if keys else None)
    database.upgrade(engine)
    layout.database.chmod(0o600)
    try:
        writer = Writer(engine, Objects(layout.objects, keys), signer, Frontier(), by=by, clock=clock)
        with writer.transaction() as t:
            t.log(EntryKind.CASE, dict(case_entry(config)))
            if vault is not None:
                prepare(folder, vault)
                t.custody(vault)
    finally:
        engine.dispose()
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
