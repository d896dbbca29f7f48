import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, MetaData, Table, create_engine, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import StaticPool

from sijill.store.columns import Octets, RowSeal, Sealing, Words, escaped, rows_sealed, seal_rows, unescaped
from sijill.store.seal import Keys
from sijill.testing.server import Server

KEYS = Keys(bytes(range(32)))
WORDS = (
    "",
    "plain",
    "a\0b",
    "\0",
    "\x1a",
    "\x1a0",
    "\0\x1a0\0",
    "سجل",
    "\N{MUSICAL SYMBOL G CLEF}",
    "e\u0301",
    "\\u0000",
)
table = Table(
    "held",
    MetaData(),
    Column("open", Words(sealing=Sealing.OPEN)),
    Column("same", Words(sealing=Sealing.SAME)),
    Column("apart", Words()),
    Column("octets", Octets()),
)


@given(st.text())
@example("\0\x1a0\x1a\x1a")
def test_what_is_escaped_holds_no_nul_and_comes_back(text: str) -> None:
    assert "\0" not in escaped(text)
    assert unescaped(escaped(text)) == text


@given(st.text(alphabet="\0\x1a0ab"), st.text(alphabet="\0\x1a0ab"))
def test_two_texts_are_never_escaped_alike(one: str, other: str) -> None:
    assert (escaped(one) == escaped(other)) == (one == other)


@pytest.mark.parametrize("changed", ["\x1a", "a\x1ab", "\x1a\x1a\x1a"])
def test_an_escape_that_was_never_written_is_no_text_that_a_record_can_hold(changed: str) -> None:
    with pytest.raises(UnicodeEncodeError, match="surrogates"):
        unescaped(changed).encode()


def test_sqlite_is_handed_text_as_it_is() -> None:
    dialect = sqlite.dialect()  # type: ignore[no-untyped-call]
    assert Words().bind_processor(dialect) is None
    assert Words().result_processor(dialect, None) is None
    assert str(Words(64).compile(dialect)) == "VARCHAR(64)"
    assert str(Words().compile(dialect)) == "TEXT"


def test_postgresql_compares_byte_by_byte_whatever_the_length() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert {str(words.compile(dialect)) for words in (Words(64), Words())} == {'VARCHAR COLLATE "C"'}


@pytest.fixture(params=["plain", "sealed"])
def connection(request: pytest.FixtureRequest, server: Server) -> Connection:
    """A connection to the server, whose tables are gone when it ends."""
    engine = create_engine(server.address, poolclass=StaticPool)
    if request.param == "sealed":
        seal_rows(engine.dialect, KEYS)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE held (open text, same text, apart text, octets bytea)")
        yield connection
    engine.dispose()


def test_what_is_written_comes_back(connection: Connection) -> None:
    rows = [{"open": w, "same": w, "apart": w, "octets": w.encode()} for w in WORDS]
    connection.execute(insert(table), [*rows, dict.fromkeys(("open", "same", "apart", "octets"))])
    found = [dict(row) for row in connection.execute(select(table)).mappings()]
    assert found == [*rows, dict.fromkeys(("open", "same", "apart", "octets"))]


@pytest.mark.parametrize("word", WORDS)
def test_equal_values_are_found(connection: Connection, word: str) -> None:
    connection.execute(insert(table), [{"same": w, "open": w} for w in WORDS])
    for column in (table.c.same, table.c.open):
        assert connection.execute(select(column).where(column == word)).scalars().all() == [word]
        assert connection.execute(select(column).where(column.in_([word, "no"]))).scalars().all() == [word]


def test_a_server_sees_seals_only(connection: Connection) -> None:
    marker = "Hazelnut of Tell Nour"
    for _ in range(2):
        connection.execute(insert(table), {"same": marker, "apart": marker, "octets": marker.encode()})
    stored = connection.exec_driver_sql("SELECT same, apart, octets FROM held").all()
    if not rows_sealed(connection.dialect):
        assert stored == [(marker, marker, marker.encode())] * 2
        return
    assert not any(marker in str(value) or marker.encode() == value for row in stored for value in row)
    (same, apart, octets), (again, other, others) = stored
    assert same == again
    assert apart != other
    assert octets != others


def test_what_was_not_sealed_here_is_no_text_and_no_bytes(connection: Connection) -> None:
    connection.execute(insert(table), {"same": "a", "apart": "b", "octets": b"c"})
    connection.exec_driver_sql("UPDATE held SET same = apart, apart = same, octets = 'c'")
    (row,) = connection.execute(select(table))
    if rows_sealed(connection.dialect):
        assert row.octets == b""
        for word in (row.same, row.apart):
            with pytest.raises(UnicodeEncodeError, match="surrogates"):
                word.encode()


def test_each_purpose_has_its_own_key() -> None:
    seal = RowSeal.of(KEYS)
    assert seal.open(seal.seal(b"a", Sealing.SAME), Sealing.SAME) == b"a"
    assert seal.open(seal.seal(b"a", Sealing.APART), Sealing.APART) == b"a"
    assert RowSeal.of(Keys(bytes(32))).apart != seal.apart
    assert seal.apart != KEYS.derive("database")
