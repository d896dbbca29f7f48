from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from sijill.core.errors import CaseDamaged, CaseTooNew
from sijill.store import database, schema


@pytest.fixture
def path(tmp_path: Path) -> Path:
    engine = database.connect(tmp_path / "case.db", write=True)
    database.upgrade(engine)
    engine.dispose()
    return tmp_path / "case.db"


def pragma(path: Path, name: str, *, write: bool) -> object:
    engine = database.connect(path, write=write)
    try:
        with engine.connect() as connection:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
    finally:
        engine.dispose()


def test_the_migrations_make_what_the_tables_say(path: Path) -> None:
    engine = database.connect(path, write=False)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "render_as_batch": True}
        )
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()


def test_upgrading_again_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    engine = database.connect(path, write=True)
    database.upgrade(engine)
    engine.dispose()
    assert path.read_bytes() == before


def test_the_layout_expected_is_the_layout_made(path: Path) -> None:
    engine = database.connect(path, write=False)
    with engine.connect() as connection:
        assert database.layout(connection) == database.expected_layout(database.known_revisions()[0])
        assert database.require_schema(connection)
    engine.dispose()
    assert database.known_revisions() == ("0005", "0004", "0003", "0002", "0001")


@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=lambda t: t.name)
def test_postgresql_runs_the_same_schema(table: object) -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    made = str(CreateTable(table).compile(dialect=dialect))  # type: ignore[arg-type]
    made += "".join(str(CreateIndex(i).compile(dialect=dialect)) for i in table.indexes)  # type: ignore[attr-defined]
    assert "CREATE TABLE" in made
    assert not {"BLOB", "AUTOINCREMENT", "WITHOUT ROWID"} & set(made.upper().split())


@pytest.mark.parametrize(
    ("name", "write", "value"),
    [
        ("foreign_keys", True, 1),
        ("foreign_keys", False, 1),
        ("trusted_schema", True, 0),
        ("trusted_schema", False, 0),
        ("journal_mode", True, "wal"),
        ("synchronous", True, 2),
        ("query_only", False, 1),
        ("query_only", True, 0),
        ("busy_timeout", True, database.BUSY_MILLISECONDS),
    ],
)
def test_each_connection_is_set_up(path: Path, name: str, write: bool, value: object) -> None:
    assert pragma(path, name, write=write) == value


def test_a_row_must_name_an_entry_of_the_log(path: Path) -> None:
    engine = database.connect(path, write=True)
    with engine.connect() as connection, connection.begin(), pytest.raises(IntegrityError, match="FOREIGN KEY"):
        connection.execute(schema.document.insert(), {"id": "ab" * 32, "size": 1, "entry": 7})
    engine.dispose()


def test_a_reader_may_not_write(path: Path) -> None:
    engine = database.connect(path, write=False)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="readonly"):
        connection.execute(text("CREATE TABLE mine (x)"))
    engine.dispose()


def test_a_failed_transaction_takes_tables_back_too(path: Path) -> None:
    """The driver must not commit of its own accord before it changes the schema, as Python's once did."""
    engine = database.connect(path, write=True)
    with engine.connect() as connection:
        with pytest.raises(RuntimeError, match="enough"), connection.begin():  # noqa: PT012
            connection.execute(text("CREATE TABLE mine (x)"))
            raise RuntimeError("enough")
        assert "mine" not in database.layout(connection)
    engine.dispose()


def test_only_the_lenient_see_text_that_is_none(path: Path) -> None:
    engine = database.connect(path, write=True)
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = CAST(x'30ff' AS TEXT)")
    engine.dispose()
    engine = database.connect(path, write=False)
    with engine.connect() as connection, pytest.raises(CaseDamaged, match="cannot be read"):
        database.require_schema(connection)
    engine.dispose()
    engine = database.connect(path, write=False, lenient=True)
    with engine.connect() as connection:
        with pytest.raises(CaseTooNew, match="newer Sijill"):
            database.require_schema(connection)
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "0\udcff"
    engine.dispose()


def test_how_a_definition_is_worded_is_the_librarys(path: Path) -> None:
    """Quotes, capitals and white space may come out otherwise from another version; anything else may not."""
    engine = database.connect(path, write=True)
    columns = '(name varchar( 64 )  not null,\nsize integer NOT NULL , "digest" VARCHAR(64) not null,'
    assert "built" not in changed(engine, f'create table "built" {columns} CONSTRAINT pk_built PRIMARY KEY (name))')
    assert "built" in changed(engine, f'create table "built" {columns} CONSTRAINT pk_other PRIMARY KEY (name))')
    engine.dispose()


def changed(engine: Engine, statement: str) -> set[str]:
    """What is not as the migrations made it, once the table of what is built is made by this statement."""
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE built")
        connection.exec_driver_sql(statement)
        found, expected = database.layout(connection), database.expected_layout(database.known_revisions()[0])
    return {name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)}
