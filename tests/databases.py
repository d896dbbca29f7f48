"""The two databases that a case's rows may lie in: a file, and a PostgreSQL server that the run starts for itself."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from sijill.store import database, schema
from sijill.store.address import FILE, read_address, write_address
from sijill.store.postgres import PostgresSchema, closing_engine
from sijill.testing.server import Server, missing, running

# For what is about files: a test that is marked so runs on a file only.
in_a_file = pytest.mark.parametrize("where", ["sqlite"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server, one for each worker of a run; each case has a schema of its own there."""
    if problem := missing():
        pytest.skip(problem)
    with running() as found:
        yield found


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest) -> str | None:
    """Where a case is made: the address of a server, or `None` for a file in its folder."""
    if request.param == "sqlite":
        return None
    found: Server = request.getfixturevalue("server")
    return found.address


def copied(folder: Path, target: Path) -> Path:
    """A copy of a case, to be damaged: on a server it gets a schema of its own."""
    shutil.copytree(folder, target)
    address = read_address(folder, None)
    if address is not None:
        (target / FILE).unlink()
        own = replace(address, schema=f"copy_{next(_numbers)}_{address.schema}"[:50])
        PostgresSchema(address).copy_to(PostgresSchema(own))
        write_address(target, own)
    return target


def restorer(folder: Path) -> Callable[[], None]:
    """What puts the rows and tables of a case on a server back as they are now, and does nothing for a file."""
    address = read_address(folder, None)
    if address is None:
        return lambda: None
    kept = replace(address, schema=f"kept_{next(_numbers)}_{address.schema}"[:50])
    PostgresSchema(address).copy_to(PostgresSchema(kept))
    return lambda: _put_back(PostgresSchema(kept), PostgresSchema(address))


def _put_back(kept: PostgresSchema, case: PostgresSchema) -> None:
    """Rows alone where the tables are what the migrations made: that is quicker than making them anew."""
    with closing_engine(case.connect(write=True)) as engine, engine.connect() as connection, connection.begin():
        revision = database.stated_revision(connection)
        same = revision is not None and not list(case.flaws(connection))
        if same:
            names = [table.name for table in schema.metadata.sorted_tables]
            connection.exec_driver_sql(f"TRUNCATE {', '.join(names)}")
            for name in names:
                connection.exec_driver_sql(f"INSERT INTO {name} SELECT * FROM {kept.schema}.{name}")
    if not same:
        kept.copy_to(case)


_numbers = count()
