"""Connections to a case's file, and the migrations of every database.

Every SQLite file is opened with the sqlcipher3 driver, keyed or not, so that the SQLite inside is the same everywhere.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from sijill.core.errors import CaseDamaged, CaseTooNew
from sijill.store.schema import metadata

BUSY_MILLISECONDS = 10_000
# How many rows are in memory at a time, where a table is read from its first row to its last.
MANY = 500

LOG_HEADER, FRAME_HEADER = 32, 24

# What reading a malformed database raises; the driver also fails to decode its own messages about one.
UNREADABLE = (SQLAlchemyError, UnicodeError)


def connect(path: Path, *, write: bool, lenient: bool = False, key: bytes | None = None) -> Engine:
    """An engine on the SQLite file; a reader's connections refuse to write.

    `lenient` lets text that is no UTF-8 through with surrogates, for `verify` alone to name the row. `key` is the raw
    32-byte key of an encrypted file (SQLCipher), `None` for a plain one.
    """
    # As a URL object: in a URL's text, a `?` or `#` in the path would end it.
    engine = create_engine(URL.create("sqlite", database=str(path)), module=sqlcipher3.dbapi2, hide_parameters=True)

    def configure(raw: Any, _: object) -> None:
        raw.isolation_level = None  # We begin transactions ourselves.
        if lenient:
            raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        cursor = raw.cursor()
        if key is not None:  # Before anything else is read of the file.
            cursor.execute("PRAGMA cipher_log_level = NONE")  # What is wrong is raised, and not for standard error.
            cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in _pragmas(write=write):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN"))
    return engine


def copy_sealed(source: Path, key: bytes | None, target: Path, new_key: bytes | None) -> None:
    """Copy a database into a new file under another key (SQLCipher's `sqlcipher_export`); nobody may be writing.

    A target that a killed run left half-made is replaced.
    """
    for end in ("", "-wal", "-shm", "-journal"):
        target.with_name(target.name + end).unlink(missing_ok=True)
    raw = sqlcipher3.dbapi2.connect(str(source), isolation_level=None)
    try:
        raw.execute("PRAGMA cipher_log_level = NONE")
        if key is not None:
            raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        raw.execute("PRAGMA temp_store = MEMORY")
        raw.execute("ATTACH DATABASE ? AS fresh KEY ?", (str(target), f"x'{new_key.hex()}'" if new_key else ""))
        raw.execute("SELECT sqlcipher_export('fresh')")
        raw.execute("DETACH DATABASE fresh")
    finally:
        raw.close()
    target.chmod(0o600)
    with target.open("rb") as f:
        os.fsync(f.fileno())


def _pragmas(*, write: bool) -> tuple[str, ...]:
    common = (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "temp_store = MEMORY",  # What is sorted must not lie on the disk, least of all that of an encrypted case.
    )
    return (*common, "journal_mode = WAL", "synchronous = FULL") if write else (*common, "query_only = ON")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to this version's schema, or to an earlier one."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def require_schema(connection: Connection) -> bool:
    """Whether the tables are of this version; raises CaseTooNew for one that this version does not know."""
    try:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    except UNREADABLE as err:
        raise CaseDamaged(
            "the case's database cannot be read", hint="`sijill verify CASE` says what is wrong; restore a backup"
        ) from err
    if found not in known_revisions():
        raise CaseTooNew(
            f"the case was written by a newer Sijill (schema {found})", hint="upgrade Sijill; nothing was changed"
        )
    return bool(found == known_revisions()[0])


@cache
def known_revisions() -> tuple[str, ...]:
    """The schemas that this version knows, its own first."""
    return tuple(revision.revision for revision in ScriptDirectory.from_config(_config()).walk_revisions())


@cache
def expected_layout(revision: str) -> dict[str, tuple[Any, ...]]:
    """What the migrations up to a revision make, as `layout` has it."""
    engine = create_engine("sqlite://", module=sqlcipher3.dbapi2)
    try:
        upgrade(engine, revision)
        with engine.connect() as connection:
            return layout(connection)
    finally:
        engine.dispose()


def stated_revision(connection: Connection) -> str | None:
    """The schema that the database says it has, `None` where this version knows none such."""
    revisions = [r for (r,) in connection.exec_driver_sql("SELECT version_num FROM alembic_version")]
    return revisions[0] if len(revisions) == 1 and revisions[0] in known_revisions() else None


def copy_rows(source: Connection, target: Connection) -> None:
    """Copy every row of every table that the source has, in an order that the foreign keys allow."""
    there = set(inspect(source).get_table_names())
    for table in metadata.sorted_tables:
        if table.name in there:
            for rows in source.execute(select(table).execution_options(yield_per=MANY)).mappings().partitions():
                target.execute(insert(table), [dict(row) for row in rows])


def pages_in_log(path: Path) -> frozenset[int]:
    """The numbers of the pages that the log beside the file holds (SQLite's file format, section 4)."""
    log = path.with_name(f"{path.name}-wal")
    pages: set[int] = set()
    if log.is_file():
        with log.open("rb") as file:
            page_size = int.from_bytes(file.read(LOG_HEADER)[8:12], "big")
            while len(head := file.read(FRAME_HEADER)) == FRAME_HEADER:
                pages.add(int.from_bytes(head[:4], "big"))
                file.seek(page_size, os.SEEK_CUR)
    return frozenset(pages)


def layout(connection: Connection) -> dict[str, tuple[Any, ...]]:
    """The kind, table and definition of each table, index, view and trigger of the database, by name.

    Definitions without quotes, capitals and needless white space: these are the library's, and another version of it
    may write what it makes otherwise.
    """
    made = connection.execute(text("SELECT name, type, tbl_name, sql FROM sqlite_schema"))
    return {name: (kind, table, _as_worded(sql)) for name, kind, table, sql in made}


def _as_worded(sql: str | None) -> str | None:
    """None of our definitions holds a literal, or a name with capitals or spaces, that this could make another's."""
    if not isinstance(sql, str):
        return sql
    return re.sub(r" ?([(),]) ?", r"\1", " ".join(sql.replace('"', "").split())).lower()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
