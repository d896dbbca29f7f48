"""A schema on a PostgreSQL server as the home of a case's rows: for a team, several of whom write at once.

Three advisory locks, all named after the schema, stand where a file has one:
- each writer's session shares the lock of presence for as long as it lives; who has it alone may clear up;
- each transaction that writes takes the lock of appending, and thereby its place in the log;
- who derives anew takes a turn, so that what is derived last is derived from everything.
A session that ends, however it ends, gives back all of them, and its transaction is undone by the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, StaticPool, create_engine, event, text

from sijill.core.errors import CaseDamaged, CaseError, CaseLocked, CaseUnreachable, InputError
from sijill.store import catalogue, database
from sijill.store.address import Address
from sijill.store.columns import seal_rows
from sijill.store.homes import Hold, Home
from sijill.store.seal import Keys

OLDEST = 15
LOCK_SECONDS = 300
# How long readers of a generation that no longer counts are waited for, before it is left to a later writer.
READERS_SECONDS = 10
# What holds for every session: times in UTC, and nothing of another schema found first.
SETTINGS = {"timezone": "UTC", "client_encoding": "UTF8", "standard_conforming_strings": "on", "row_security": "off"}
READER = {"default_transaction_isolation": "repeatable\\ read", "default_transaction_read_only": "on"}
# A writer that hangs in a transaction, or whose machine is gone, is cut off, so that the others go on.
WRITER = {
    "default_transaction_isolation": "read\\ committed",
    "default_transaction_read_only": "off",
    "synchronous_commit": "on",
    "lock_timeout": f"{LOCK_SECONDS}s",
    "idle_in_transaction_session_timeout": "600s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
KEEPALIVE = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
# An execution option: this transaction appends nothing, and must not wait for those that do.
APART = "sijill_apart"
LOST = "the connection to the database was lost: what was being written was kept whole or not at all"
AGAIN = "run the command again: it finds what was kept, and goes on"


@dataclass(frozen=True, slots=True, repr=False)
class PostgresSchema:
    """One generation of a case in a schema; `keys` seal what leaves this machine, `None` for a plain case.

    `patience` is for how many seconds `remove` waits for who still reads it.
    """

    address: Address
    generation: int = 1
    keys: Keys | None = None
    patience: float = READERS_SECONDS

    @property
    def label(self) -> str:
        """What findings call it."""
        return "database"

    @property
    def schema(self) -> str:
        """The schema's name, of characters that need no quoting."""
        return self.address.schema if self.generation == 1 else f"{self.address.schema}_{self.generation}"

    def exists(self) -> bool:
        """Whether the schema is there; raises CaseUnreachable."""
        with closing_engine(self.connect(write=False)) as engine, engine.connect() as connection:
            found = connection.execute(
                text("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = :name"), {"name": self.schema}
            )
            return found.first() is not None

    def make(self) -> None:
        """Make the schema; raises InputError for a server or a database that cannot hold a case."""
        with closing_engine(self.connect(write=True)) as engine, engine.connect() as connection, connection.begin():
            require_able(connection)
            connection.exec_driver_sql(f"CREATE SCHEMA {self.schema}")

    def remove(self) -> None:
        """Drop the schema; raises CaseLocked where somebody goes on reading it."""
        with closing_engine(self.connect(write=True)) as engine, engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{int(self.patience * 1000)}ms'")
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")

    def connect(self, *, write: bool, lenient: bool = False) -> Engine:
        """Connections; those that write are one session, which is not replaced when it is lost.

        What a server returns is always text, so that `lenient` changes nothing.
        """
        settings = {"search_path": f"{self.schema},pg_temp", **SETTINGS, **(WRITER if write else READER)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        given = {name: value for name, value in KEEPALIVE.items() if name not in self.address.url.query}
        pool: dict[str, Any] = {"poolclass": StaticPool} if write else {"pool_pre_ping": True}
        try:
            engine = create_engine(
                self.address.url,
                connect_args={**given, "options": options},
                hide_parameters=True,
                use_native_hstore=False,
                **pool,
            )
        except ModuleNotFoundError as err:
            raise InputError("a case on a PostgreSQL server needs psycopg", hint="pip install 'sijill[team]'") from err
        if self.keys is not None:
            seal_rows(engine.dialect, self.keys)
        event.listen(engine, "handle_error", _in_words)
        if write:
            event.listen(engine, "do_connect", _Once())
            event.listen(engine, "begin", self._append)
        return engine

    @contextmanager
    def writing(self, *, alone: bool) -> Iterator[Hold]:
        """A session that writes; raises CaseLocked for `alone` where anybody else does."""
        with closing_engine(self.connect(write=True)) as engine:
            hold = SessionHold(engine, self._lock("presence"), self._lock("turn"))
            hold.enter(alone=alone)
            yield hold

    def copy_to(self, other: Home) -> None:
        """Copy every row to another schema of the same server, opened here and sealed anew."""
        other.remove()
        other.make()
        with (
            closing_engine(other.connect(write=True)) as target,
            closing_engine(self.connect(write=False)) as source,
            source.connect() as reading,
            reading.begin(),
        ):
            revision = database.stated_revision(reading)
            if revision is None:
                raise CaseDamaged("the case's tables are none that this version knows", hint="nothing was changed")
            database.upgrade(target, revision)
            with target.connect() as writing, writing.begin():
                database.copy_rows(reading, writing)

    def flaws(self, connection: Connection) -> Iterator[str]:
        """Tables, columns, keys and indexes that are not those of the migrations, and anything laid beside them."""
        revision = database.stated_revision(connection)
        if revision is None:
            yield "its schema is none that this version knows"
            return
        for name in catalogue.differences(connection, revision):
            yield f"its {name} is not what the migrations made"

    def _lock(self, purpose: str) -> int:
        """The number of an advisory lock: 64 bits with a sign, the same for every generation."""
        named = sha256(f"sijill {purpose} {self.address.schema}".encode()).digest()
        return int.from_bytes(named[:8], "big", signed=True)

    def _append(self, connection: Connection) -> None:
        if not connection.get_execution_options().get(APART):
            connection.exec_driver_sql(f"SELECT pg_catalog.pg_advisory_xact_lock({self._lock('append')})")


@dataclass(slots=True)
class SessionHold:
    """The right to write of one session; `presence` and `turns` are advisory locks."""

    engine: Engine
    presence: int
    turns: int
    alone: bool = field(default=False, init=False)
    _staying: bool = field(default=False, init=False)

    def enter(self, *, alone: bool) -> None:
        """Take the lock of presence: alone where nobody writes; raises CaseLocked where it must be and is not."""
        self._staying = alone
        self.alone = bool(self._say("pg_try_advisory_lock", self.presence))
        if alone and not self.alone:
            raise CaseLocked(
                "somebody else is writing to this case", hint="wait until nobody is; readers are not in the way"
            )
        if not self.alone:
            self._say("pg_advisory_lock_shared", self.presence)

    def share(self) -> None:
        """Let others write, too, unless this one must be alone."""
        if self.alone and not self._staying:
            self._say("pg_advisory_lock_shared", self.presence)
            self._say("pg_advisory_unlock", self.presence)
            self.alone = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait, as long as it takes, until nobody else derives."""
        self._say("pg_advisory_lock", self.turns, patient=True)
        try:
            yield
        finally:
            with suppress(CaseUnreachable):  # A session that was lost holds nothing any more.
                self._say("pg_advisory_unlock", self.turns)

    def _say(self, function: str, lock: int, *, patient: bool = False) -> Any:
        with self.engine.connect() as plain:
            connection = plain.execution_options(**{APART: True})
            with connection.begin():
                if patient:
                    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
                return connection.exec_driver_sql(f"SELECT pg_catalog.{function}({lock})").scalar()


class _Once:
    """Lets an engine connect once: a writer whose session was lost holds no locks, and must begin anew."""

    def __init__(self) -> None:
        self._connected = False

    def __call__(self, *_: object) -> None:
        if self._connected:
            raise CaseUnreachable(LOST, hint=AGAIN)
        self._connected = True


@contextmanager
def closing_engine(engine: Engine) -> Iterator[Engine]:
    """The engine, let go of at the end."""
    try:
        yield engine
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What `doctor` says of a server: `sealed` is whether what goes there is encrypted on the way."""

    version: str
    encoding: str
    local: bool
    sealed: bool
    may_make_cases: bool
    page_checksums: bool


def server_facts(url: URL) -> ServerFacts:
    """Ask a server about itself; raises CaseUnreachable, or InputError without psycopg."""
    home = PostgresSchema(Address(url, "sijill_none"))
    with closing_engine(home.connect(write=False)) as engine, engine.connect() as connection:
        row = connection.exec_driver_sql(FACTS).one()
        return ServerFacts(row.version, row.encoding, row.local, row.sealed, row.may, row.checksums)


FACTS = """
SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
       coalesce(inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1', true) AS local,
       coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS sealed,
       has_database_privilege(current_database(), 'CREATE') AS may,
       current_setting('data_checksums') = 'on' AS checksums
"""


def require_able(connection: Connection) -> None:
    """Raise InputError unless the server and the database can hold a case."""
    version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    if int(version) < OLDEST * 10_000:
        raise InputError(f"the server is PostgreSQL {int(version) // 10_000}", hint=f"use {OLDEST} or newer")
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise InputError(
            f"the database's encoding is {encoding}, which cannot hold every text",
            hint="CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
        )


def _in_words(context: ExceptionContext) -> CaseError | None:
    """What befell a connection, in words that tell what to do; never the statement, which may hold a source's text."""
    state = str(getattr(context.original_exception, "sqlstate", None) or "")
    if context.is_pre_ping:  # The pool connects anew.
        return None
    if context.is_disconnect:
        return CaseUnreachable(LOST, hint=AGAIN)
    if context.connection is None or state.startswith("08"):
        reason = " ".join(str(context.original_exception).split())[:300]
        return CaseUnreachable(
            f"the database cannot be reached: {reason}",
            hint="see that the server runs and SIJILL_DATABASE_URL is right; `sijill doctor CASE` says more",
        )
    if state == "55P03":
        return CaseLocked(
            "others have been using this case for minutes without a pause", hint="nothing was written; try again"
        )
    if state == "42501" or state.startswith(("53", "57", "25")):
        what = {"42501": "the database does not let this user do that", "25": "the database takes no changes"}
        reason = what.get(state) or what.get(state[:2]) or "the database's server stopped what was being done"
        return CaseUnreachable(
            f"{reason} (SQLSTATE {state}): nothing of it was kept",
            hint="ask who runs the server; docs/guides/teams.md says which rights are needed",
        )
    return None
