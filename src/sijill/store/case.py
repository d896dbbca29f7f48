"""A case on disk: made, opened for reading, or opened by its one writer."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
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
from sijill.store.config import FORMAT, CaseConfig
from sijill.store.keys import create_key, load_signer
from sijill.store.merkle import Frontier, leaf_hash
from sijill.store.notes import NoteError, Signer, Verifier, read_checkpoint
from sijill.store.objects import Objects, fsync_folder
from sijill.store.writer import Writer

DATABASE = "case.db"
OBJECTS = "objects"
KEYS = "keys"
LOCK = "lock"
RECORD = "record"


class Case:
    """One folder that holds a case; read through `store.reads`, written through `writer`."""

    def __init__(self, folder: Path, config: CaseConfig) -> None:
        self.folder = folder
        self.config = config
        self.objects = Objects(folder / OBJECTS)
        self._engine = database.connect(folder / DATABASE, write=False)

    @classmethod
    def create(cls, folder: Path, *, name: str = "", by: str, clock: Clock = system_clock) -> Case:
        """Make a case in a folder that is not there yet or is empty; raises CaseExists otherwise.

        Everything is made under a temporary name beside it and renamed, so that no half-made case is ever seen.
        """
        folder = folder.resolve()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CaseExists(f"{folder} is there already", hint="name a folder that is not there yet, or is empty")
        folder.parent.mkdir(parents=True, exist_ok=True)
        making = folder.parent / f".{folder.name[:100]}.{uuid.uuid4().hex[:8]}"
        making.mkdir(mode=0o700)
        try:
            # A folder's name may hold bytes that are no text.
            _make(making, (name or folder.name).encode("utf-8", "replace").decode(), by, clock)
            making.rename(folder)  # Also onto an empty folder; no other is replaced.
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        fsync_folder(folder.parent)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Case:
        """Open a case to read; raises NotACase, CaseTooNew or CaseDamaged."""
        case = cls(folder, CaseConfig.read(folder))
        if not (folder / DATABASE).is_file():
            raise CaseDamaged(f"{folder} has no {DATABASE}", hint="restore it from a backup")
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
        """The one writer; raises CaseLocked while another has it, CaseDamaged where the log does not verify."""
        if by.strip().casefold() == AUTO:
            raise InputError(f"{by!r} is the name of the program itself", hint="say who you are with --by")
        lock = FileLock(self.folder / LOCK, timeout=0, mode=0o600)
        try:
            lock.acquire()
        except Timeout as err:
            raise CaseLocked(
                f"somebody else is writing to {self.folder}", hint="wait until that ends; readers are not in the way"
            ) from err
        engine: Engine | None = None
        try:
            signer = load_signer(self.folder / KEYS, self.config.origin, self.config.verifier)
            engine = database.connect(self.folder / DATABASE, write=True)
            with engine.connect() as connection, connection.begin():
                current = database.require_schema(connection)
                frontier = checked_frontier(connection, signer.verifier)
            if not current:
                database.upgrade(engine)
            self.objects.clear_temporary()
            yield Writer(engine, self.objects, signer, frontier, by=by, clock=clock)
        finally:
            if engine is not None:
                engine.dispose()
            lock.release()

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


def _make(folder: Path, name: str, by: str, clock: Clock) -> None:
    case_id, created = str(uuid.uuid4()), timestamp(clock)
    origin = f"sijill/{case_id}"
    signer = Signer(origin, create_key(folder / KEYS))
    config = CaseConfig(FORMAT, case_id, name, created, str(signer.verifier))
    config.write(folder)
    (folder / OBJECTS).mkdir(mode=0o700)
    engine = database.connect(folder / DATABASE, write=True)
    database.upgrade(engine)
    (folder / DATABASE).chmod(0o600)
    try:
        with Writer(engine, Objects(folder / OBJECTS), signer, Frontier(), by=by, clock=clock).transaction() as t:
            t.log(EntryKind.CASE, dict(case_entry(config)))
    finally:
        engine.dispose()
    fsync_folder(folder / KEYS)
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
