from pathlib import Path

import pytest

from sijill.core.errors import CaseDamaged, InputError
from sijill.store.address import FILE, new_address, parse_address, read_address, write_address

ID = "3f6c1f6e-94f2-4c57-9a0e-0d1b5c1a2b3c"
SECRET = "a7-secret/word"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_is_read_however_it_is_spelt(scheme: str) -> None:
    url = parse_address(f" {scheme}://anna@db.meravia.example:5433/sijill?sslmode=verify-full\n")
    assert (url.drivername, url.host, url.port, url.database) == (
        "postgresql+psycopg",
        "db.meravia.example",
        5433,
        "sijill",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be read"),
        ("db.meravia.example", "cannot be read"),
        (f"mysql://anna:{SECRET}@db/sijill", "not that of a PostgreSQL server"),
        ("sqlite:///case.db", "not that of a PostgreSQL server"),
        ("postgresql://db/sijill?options=-csearch_path%3Dmine", "'options', which is not taken"),
        (f"postgresql://db/sijill?password={SECRET}", "'password', which is not taken"),
        ("postgresql://db/sijill?host=a&host=b", "a parameter twice"),
        (f"postgresql://anna:{SECRET}@db:port/sijill", "cannot be read"),
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        parse_address(text)
    assert SECRET not in str(caught.value)


def test_no_password_is_written(tmp_path: Path) -> None:
    address = new_address(f"postgresql://anna:{SECRET.replace('/', '%2F')}@db/sijill?sslmode=require", ID)
    assert address.url.password == SECRET
    write_address(tmp_path, address)
    written = (tmp_path / FILE).read_text()
    assert "secret" not in written
    assert "anna@db/sijill?sslmode=require" in written
    assert "secret" not in repr(address)


def test_the_folder_says_where_the_rows_lie_unless_told_otherwise(tmp_path: Path) -> None:
    assert read_address(tmp_path, "postgresql://elsewhere/sijill") is None, "a case in a file stays there"
    write_address(tmp_path, new_address("postgresql://anna@127.0.0.1/sijill", ID))
    found = read_address(tmp_path, None)
    assert found is not None
    assert (found.url.host, found.schema) == ("127.0.0.1", "sijill_3f6c1f6e94f24c579a0e0d1b5c1a2b3c")
    told = read_address(tmp_path, "postgresql://basil:pw@moved/other")
    assert told is not None
    assert (told.url.host, told.url.username, told.schema) == ("moved", "basil", found.schema)
    with pytest.raises(InputError, match="not that of a PostgreSQL server"):
        read_address(tmp_path, "mysql://db/sijill")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"address = 1\nschema = 'a'",
        b"address = 'postgresql://db/x'",
        b"address = 'postgresql://db/x'\nschema = 'a; DROP SCHEMA b'",
        b"address = 'postgresql://db/x'\nschema = 7",
        b"address = 'http://db/x'\nschema = 'a'",
        b"address = 'postgresql://db/x?options=-c'\nschema = 'a'",
        b"address = 'postgresql://db/x'\nschema = 'a'\nmore = 1",
    ],
)
def test_a_changed_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CaseDamaged, match=r"database\.toml is damaged"):
        read_address(tmp_path, None)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://db.meravia.example/sijill",
        "postgresql://127.0.0.1,db.meravia.example/sijill",
        "postgresql:///sijill?host=db.meravia.example",
        "postgresql://127.0.0.1/sijill?hostaddr=192.0.2.7",
        "postgresql:///sijill?service=team",
        "postgresql:///sijill",
    ],
)
def test_a_folder_alone_leads_to_no_other_machine(tmp_path: Path, address: str) -> None:
    write_address(tmp_path, new_address(address, ID))
    with pytest.raises(InputError, match="on another machine") as caught:
        read_address(tmp_path, None)
    assert "SIJILL_DATABASE_URL=postgresql://" in caught.value.hint
    assert read_address(tmp_path, address) is not None


@pytest.mark.parametrize(
    "address", ["postgresql://localhost/s", "postgresql://[::1]:5433/s", "postgresql:///s?host=/run/pg"]
)
def test_a_folder_may_lead_to_this_machine(tmp_path: Path, address: str) -> None:
    write_address(tmp_path, new_address(address, ID))
    assert read_address(tmp_path, None) is not None
