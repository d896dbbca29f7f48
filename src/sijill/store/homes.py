"""Where the rows of a case lie, and who may write there: a file of the one who holds the lock, or a server's schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine

from sijill.core.errors import CaseLocked
from sijill.store import database

MOST_LINES = 20


class Hold(Protocol):
    """The right to write, while it is held.

    `alone` says that nobody else writes, nor will until `share`: the time to clear up after runs that were killed.
    Each transaction that `engine` begins is the only one that writes until it ends.
    """

    @property
    def engine(self) -> Engine:
        """Connections that write."""

    @property
    def alone(self) -> bool:
        """Whether nobody else writes now."""

    def share(self) -> None:
        """Let others write, too, between the transactions of this one."""

    def turn(self) -> AbstractContextManager[None]:
        """One at a time derives anew; others may add meanwhile."""


class Home(Protocol):
    """Where the rows of one generation of a case lie."""

    @property
    def label(self) -> str:
        """What findings call it."""

    def exists(self) -> bool:
        """Whether it is there at all; raises CaseUnreachable where that cannot be known."""

    def make(self) -> None:
        """Make it, without tables."""

    def remove(self) -> None:
        """Remove it with all that it holds; raises CaseLocked where somebody goes on reading it."""

    def connect(self, *, write: bool, lenient: bool = False) -> Engine:
        """Connections; those of a reader refuse to write, and see one moment in each transaction."""

    def writing(self, *, alone: bool) -> AbstractContextManager[Hold]:
        """The right to write; raises CaseLocked where another holds it, or, for `alone`, anybody writes."""

    def copy_to(self, other: Home) -> None:
        """Copy every row to another home of the same kind, under its keys; a half-made one there is replaced."""

    def flaws(self, connection: Connection) -> Iterator[str]:
        """What the database says of itself, and what the migrations did not make."""


@dataclass(frozen=True, slots=True)
class FileHold:
    """The right to write to a file: always alone."""

    engine: Engine
    alone: bool = True

    def share(self) -> None:
        """A file has one writer."""

    def turn(self) -> AbstractContextManager[None]:
        """Nobody else derives."""
        return nullcontext()


@dataclass(frozen=True, slots=True, repr=False)
class SqliteFile:
    """A file in the case's folder, encrypted where there is a key; `lock` is held by its one writer."""

    path: Path
    lock: Path
    key: bytes | None = None

    @property
    def label(self) -> str:
        """The file's name."""
        return self.path.name

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.is_file()

    def make(self) -> None:
        """SQLite makes a file when it is first written to."""

    def remove(self) -> None:
        """Remove the file and what SQLite keeps beside it."""
        for end in ("", "-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    def connect(self, *, write: bool, lenient: bool = False) -> Engine:
        """Connections to the file."""
        return database.connect(self.path, write=write, lenient=lenient, key=self.key)

    @contextmanager
    def writing(self, *, alone: bool) -> Iterator[Hold]:
        """The file lock, which is there for one."""
        lock = FileLock(self.lock, timeout=0, mode=0o600)
        try:
            lock.acquire()
        except Timeout as err:
            raise CaseLocked(
                f"somebody else is writing to {self.lock.parent}",
                hint="wait until that ends; readers are not in the way",
            ) from err
        engine = self.connect(write=True)
        try:
            yield FileHold(engine)
        finally:
            engine.dispose()
            lock.release()

    def copy_to(self, other: Home) -> None:
        """Copy the file under another key."""
        if not isinstance(other, SqliteFile):
            raise AssertionError("a file is copied to a file")
        database.copy_sealed(self.path, self.key, other.path, other.key)

    def flaws(self, connection: Connection) -> Iterator[str]:
        """SQLite's own check, and that nothing was added to what the migrations made, or taken away."""
        if self.key is not None:  # Every page has a seal, also those that hold nothing now.
            # Read past the log beside the file: a page that it holds anew may lie half-written in the file. What is in
            # use is read through the log by the next check, too.
            anew = database.pages_in_log(self.path)
            for (line,) in islice(connection.exec_driver_sql("PRAGMA cipher_integrity_check"), MOST_LINES):
                if _page_in(line) not in anew:
                    yield f"SQLCipher's own check: {line}"
        for (line,) in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_LINES})"):
            if line != "ok":
                yield f"SQLite's own check: {line}"
        revision = database.stated_revision(connection)
        if revision is None:
            yield "its schema is none that this version knows"
            return
        found, expected = database.layout(connection), database.expected_layout(revision)
        for name in sorted(found.keys() | expected.keys(), key=str):
            if found.get(name) != expected.get(name):
                yield f"its {name} is not what the migrations made"


def _page_in(line: str) -> int:
    """The number of the page that a line of SQLCipher's check is about, 0 where it names none."""
    named = re.search(r"page (\d+)", line)
    return int(named.group(1)) if named else 0
