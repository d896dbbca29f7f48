"""Connections to a case's database, and its migrations.

Every SQLite file is opened with the sqlcipher3 driver, keyed or not, so that the SQLite inside is the same everywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError

from sijill.core.errors import CaseDamaged, CaseTooNew

BUSY_MILLISECONDS = 10_000


def connect(path: Path, *, write: bool, lenient: bool = False) -> Engine:
    """An engine on the SQLite file; a reader's connections refuse to write.

    `lenient` lets text that is no UTF-8 through with surrogates, for `verify` alone to name the row.
    """
    engine = create_engine(f"sqlite:///{path}", module=sqlcipher3.dbapi2)

    def configure(raw: Any, _: object) -> None:
        raw.isolation_level = None  # We begin transactions ourselves.
        if lenient:
            raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        cursor = raw.cursor()
        for pragma in _pragmas(write=write):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN"))
    return engine


def _pragmas(*, write: bool) -> tuple[str, ...]:
    common = (f"busy_timeout = {BUSY_MILLISECONDS}", "foreign_keys = ON", "trusted_schema = OFF")
    return (*common, "journal_mode = WAL", "synchronous = FULL") if write else (*common, "query_only = ON")


def upgrade(engine: Engine) -> None:
    """Bring the tables to this version's schema."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_schema(connection: Connection) -> bool:
    """Whether the tables are of this version; raises CaseTooNew for one that this version does not know."""
    try:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except DatabaseError as err:
        raise CaseDamaged(
            "the case's database cannot be read", hint="`sijill verify CASE` says what is wrong; restore a backup"
        ) from err
    script = ScriptDirectory.from_config(_config())
    known = {revision.revision for revision in script.walk_revisions()}
    if found not in known:
        raise CaseTooNew(
            f"the case was written by a newer Sijill (schema {found})", hint="upgrade Sijill; nothing was changed"
        )
    return bool(found == script.get_current_head())


def has_tables(connection: Connection) -> bool:
    """Whether there is anything in the file yet."""
    return bool(inspect(connection).get_table_names())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
