import os
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sijill.core.errors import CaseDamaged, CaseError, CaseExists, CaseLocked, CaseTooNew, InvalidRecord, NotACase
from sijill.store import reads, schema
from sijill.store.access import access_to
from sijill.store.case import DATABASE, KEYS, OBJECTS, Case
from sijill.store.config import FILE
from sijill.store.folders import HALF_MADE
from sijill.store.folders import SIGNING_KEY as KEY
from sijill.store.verify import verify
from sijill.testing.clock import FakeClock
from tests.databases import in_a_file
from tests.store.folders import contents
from tests.store.reports import BY, add
from tests.store.sql import change, sql

HOLD = """
import sys
from pathlib import Path
from sijill.store.case import Case
with Case.open(Path(sys.argv[1])).writer(by="another process"):
    print("writing", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def filled(case: Case, clock: FakeClock) -> Path:
    """The folder of a closed case with two documents."""
    with case.writer(by=BY, clock=clock) as writer:
        for text in ("Ten were killed.", "Eleven were killed."):
            with writer.transaction() as t:
                add(case, t, text, clock)
    case.close()
    return case.folder


def entries(case: Case) -> int:
    with case.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.log_entry)).scalar_one())


# --- making ---


def test_a_new_case_is_whole_and_has_one_entry(case: Case) -> None:
    assert entries(case) == 1
    assert verify(case.folder).whole
    with closing(Case.open(case.folder)) as again:
        assert again.config == case.config


def test_only_its_owner_may_look(case: Case) -> None:
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (case.folder, *case.folder.iterdir())}
    assert modes[case.folder.name] == modes[KEYS] == modes[OBJECTS] == 0o700
    assert modes.get(DATABASE, 0o600) == 0o600
    assert stat.S_IMODE((case.folder / KEYS / KEY).stat().st_mode) == 0o600


def test_an_empty_folder_becomes_a_case(tmp_path: Path, where: str | None) -> None:
    (tmp_path / "case").mkdir()
    Case.create(tmp_path / "case", by=BY, server=where).close()
    assert (tmp_path / "case" / FILE).is_file()


def test_folders_on_the_way_are_made(tmp_path: Path, where: str | None) -> None:
    Case.create(tmp_path / "a" / "b" / "case", by=BY, server=where).close()
    assert verify(tmp_path / "a" / "b" / "case").whole


@pytest.mark.parametrize("start", [".", ""])
def test_the_current_folder_becomes_a_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str, where: str | None
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Case.create(Path(start), by=BY, server=where).close()
    assert verify(tmp_path / "here").whole


@pytest.mark.parametrize(
    "name", ["a b", "q?x=1", "h#1", "100%", "%41", "сенна", "سجل", ":memory:", "file:x", "a" * 240]
)
def test_a_case_may_lie_in_a_folder_of_any_name(tmp_path: Path, name: str, where: str | None) -> None:
    made = Case.create(tmp_path / name, by=BY, server=where)
    assert made.config.name == name
    assert made.access.home.exists()
    made.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]


def test_a_folder_may_be_called_what_is_no_text(tmp_path: Path, where: str | None) -> None:
    folder = tmp_path / os.fsdecode(b"senna\xff")
    made = Case.create(folder, by=BY, server=where)
    assert made.config.name == "senna?"
    made.close()
    assert verify(folder).whole


@pytest.mark.parametrize("what", ["case", "file", "folder"])
def test_what_is_there_already_stays(tmp_path: Path, what: str, where: str | None) -> None:
    folder = tmp_path / "there"
    if what == "case":
        Case.create(folder, by=BY, server=where).close()
    elif what == "file":
        folder.write_text("mine")
    else:
        folder.mkdir()
        (folder / "mine.txt").write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(CaseExists, match="is there already"):
        Case.create(folder, by=BY, server=where)
    assert contents(tmp_path) == before


def test_a_case_that_cannot_be_made_leaves_nothing(tmp_path: Path, where: str | None) -> None:
    def broken() -> object:
        raise RuntimeError("the clock stands still")

    with pytest.raises(RuntimeError, match="the clock stands still"):
        Case.create(tmp_path / "case", by=BY, clock=broken, server=where)  # type: ignore[arg-type]
    with pytest.raises(InvalidRecord, match="cannot be written as JSON"):
        Case.create(tmp_path / "case", by="\ud800", clock=FakeClock(), server=where)
    assert list(tmp_path.iterdir()) == []


# --- refusing, before anything is written ---


def not_a_case(folder: Path) -> None:
    (folder / FILE).unlink()


def newer_format(folder: Path) -> None:
    (folder / FILE).write_bytes((folder / FILE).read_bytes().replace(b"format = 1", b"format = 2"))


def damaged_config(folder: Path) -> None:
    (folder / FILE).write_bytes(b"format = \xff")


def newer_schema(folder: Path) -> None:
    sql(folder, "UPDATE alembic_version SET version_num = '9999'")


def no_schema(folder: Path) -> None:
    sql(folder, "DELETE FROM alembic_version")


def two_schemas(folder: Path) -> None:
    sql(folder, "INSERT INTO alembic_version VALUES ('9999')")


def no_database(folder: Path) -> None:
    access_to(folder).home.remove()


def no_sqlite(folder: Path) -> None:
    (folder / DATABASE).write_bytes(b"not a database, however long it may be" * 200)


def empty_database(folder: Path) -> None:
    (folder / DATABASE).write_bytes(b"")


def missing_key(folder: Path) -> None:
    (folder / KEYS / KEY).unlink()


def other_key(folder: Path) -> None:
    Case.create(folder.parent / "other", by=BY).close()
    (folder / KEYS / KEY).write_bytes((folder.parent / "other" / KEYS / KEY).read_bytes())


def changed_entry(folder: Path) -> None:
    change(folder, "log_entry", "seq = 1", "body", lambda body: body.replace(b"Ostrava", b"Ostraba"))


def text_for_bytes(folder: Path) -> None:
    sql(folder, "UPDATE log_entry SET body = CAST(body AS TEXT) WHERE seq = 1")


def changed_leaf(folder: Path) -> None:
    change(folder, "log_entry", "seq = 1", "leaf", lambda _: bytes(32))


def missing_entry(folder: Path) -> None:
    sql(folder, "DELETE FROM log_entry WHERE seq = 1")


def missing_last_entry(folder: Path) -> None:
    sql(folder, "DELETE FROM log_entry WHERE seq = 2")


def no_checkpoint(folder: Path) -> None:
    sql(folder, "DELETE FROM checkpoint")


def missing_last_checkpoint(folder: Path) -> None:
    sql(folder, "DELETE FROM checkpoint WHERE size = 3")


def changed_note(folder: Path) -> None:
    sql(folder, "UPDATE checkpoint SET note = replace(note, '3', '4') WHERE size = 3")


def bytes_for_note(folder: Path) -> None:
    sql(folder, "UPDATE checkpoint SET note = CAST(note AS BLOB) WHERE size = 3")


def note_that_is_no_text(folder: Path) -> None:
    sql(folder, "UPDATE checkpoint SET note = CAST(x'ff' || note AS TEXT) WHERE size = 3")


def changed_root(folder: Path) -> None:
    change(folder, "checkpoint", "size = 3", "root", lambda _: bytes(32))


def half_a_database(folder: Path) -> None:
    data = (folder / DATABASE).read_bytes()
    (folder / DATABASE).write_bytes(data[: len(data) // 2])


REFUSED_TO_READERS: dict[Callable[[Path], None], tuple[type[CaseError], str]] = {
    not_a_case: (NotACase, "is not a case"),
    newer_format: (CaseTooNew, "newer Sijill"),
    damaged_config: (CaseDamaged, "is damaged"),
    newer_schema: (CaseTooNew, r"newer Sijill \(schema 9999\)"),
    no_schema: (CaseDamaged, "cannot be read"),
    two_schemas: (CaseDamaged, "cannot be read"),
    no_database: (CaseDamaged, r"has no (case\.db|database)"),
}
REFUSED_TO_WRITERS: dict[Callable[[Path], None], str] = {
    missing_key: "signing key is missing",
    other_key: "not the one that this case was made with",
    changed_entry: "log entry 1 changed",
    changed_leaf: "log entry 1 changed",
    missing_entry: "log entry 1 is missing",
    missing_last_entry: "the log's 2 entries are not those that its last checkpoint signs",
    no_checkpoint: "no checkpoint",
    missing_last_checkpoint: "the log's 3 entries are not those that its last checkpoint signs",
    changed_note: "does not verify",
    changed_root: "another size or root than its row",
}
# No server's tables hold such values.
IN_FILES = {
    text_for_bytes: "log entry 1 changed",
    bytes_for_note: "no checkpoint",
    note_that_is_no_text: "cannot be read",
    half_a_database: "cannot be read",
}


def name_of(damage: Callable[[Path], None]) -> str:
    return damage.__name__


@pytest.mark.parametrize("damage", REFUSED_TO_READERS, ids=name_of)
def test_what_cannot_be_read_is_refused_and_nothing_is_written(filled: Path, damage: Callable[[Path], None]) -> None:
    refused_to_readers(filled, damage, *REFUSED_TO_READERS[damage])


@in_a_file
@pytest.mark.parametrize("damage", [no_sqlite, empty_database], ids=name_of)
def test_what_is_no_database_is_refused_and_nothing_is_written(filled: Path, damage: Callable[[Path], None]) -> None:
    refused_to_readers(filled, damage, CaseDamaged, "cannot be read")


def refused_to_readers(filled: Path, damage: Callable[[Path], None], error: type[CaseError], says: str) -> None:
    damage(filled)
    before = contents(filled)
    with pytest.raises(error, match=says):
        Case.open(filled)
    assert contents(filled) == before


@pytest.mark.parametrize("damage", REFUSED_TO_WRITERS, ids=name_of)
def test_what_does_not_verify_is_not_written_to(filled: Path, damage: Callable[[Path], None]) -> None:
    refused_to_writers(filled, damage, REFUSED_TO_WRITERS[damage])


@in_a_file
@pytest.mark.parametrize("damage", IN_FILES, ids=name_of)
def test_what_no_server_holds_is_not_written_to(filled: Path, damage: Callable[[Path], None]) -> None:
    refused_to_writers(filled, damage, IN_FILES[damage])


def refused_to_writers(filled: Path, damage: Callable[[Path], None], says: str) -> None:
    damage(filled)
    before = contents(filled)
    with pytest.raises(CaseDamaged, match=says) as raised:  # noqa: PT012 - half a database may fail at either step.
        opened = Case.open(filled)
        try:
            with opened.writer(by=BY):
                pytest.fail("it may be written to")
        finally:
            opened.close()
    assert raised.value.hint
    assert contents(filled) == before


@pytest.mark.parametrize("damage", [missing_key, other_key], ids=lambda f: f.__name__)
def test_without_its_key_a_case_can_be_read(filled: Path, damage: Callable[[Path], None]) -> None:
    damage(filled)
    opened = Case.open(filled)
    assert entries(opened) == 3
    opened.close()
    # It may be kept elsewhere; one that is there must be the case's.
    assert [f.where for f in verify(filled).findings] == ([] if damage is missing_key else ["keys/signing.pem"])


# --- one writer ---


@in_a_file
def test_another_process_that_writes_keeps_us_out_but_not_from_reading(filled: Path) -> None:
    opened = Case.open(filled)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(filled)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "writing\n"
        before = contents(filled)
        with pytest.raises(CaseLocked, match="somebody else is writing") as raised, opened.writer(by=BY):
            pytest.fail("two writers")
        assert "readers are not in the way" in raised.value.hint
        assert contents(filled) == before
        assert entries(opened) == 3
        holder.communicate("")
    with opened.writer(by=BY):
        pass
    opened.close()


@in_a_file
def test_a_writer_keeps_a_second_one_of_the_same_process_out(filled: Path) -> None:
    opened, again = Case.open(filled), Case.open(filled)
    with opened.writer(by=BY), pytest.raises(CaseLocked, match="somebody else is writing"), again.writer(by=BY):
        pytest.fail("two writers")
    with again.writer(by=BY):
        pass
    opened.close()
    again.close()


def test_a_refused_writer_lets_go_of_the_lock(filled: Path) -> None:
    key = filled / KEYS / KEY
    kept = key.read_bytes()
    key.unlink()
    opened = Case.open(filled)
    with pytest.raises(CaseDamaged, match="key is missing"), opened.writer(by=BY):
        pytest.fail("no key")
    key.write_bytes(kept)
    with opened.writer(by=BY):
        pass
    opened.close()


def test_a_writer_clears_what_a_killed_one_left(filled: Path) -> None:
    opened = Case.open(filled)
    left = opened.objects.stage_bytes(b"half a report")
    with opened.writer(by=BY):
        assert not left.path.exists()
    opened.close()


# --- readers ---


@pytest.mark.parametrize("name", HALF_MADE)
def test_a_writer_clears_a_file_that_was_to_replace_one(filled: Path, name: str) -> None:
    (filled / name).write_text("half of i")
    with closing(Case.open(filled)) as case, case.writer(by=BY):
        pass
    assert not (filled / name).exists()


def test_a_reader_sees_one_moment(filled: Path, clock: FakeClock) -> None:
    opened = Case.open(filled)
    with opened.connect() as connection:
        assert len(reads.document_ids(connection)) == 2
        with opened.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
            add(opened, t, "Twelve were killed.", clock)
        assert len(reads.document_ids(connection)) == 2
    with opened.connect() as connection:
        assert len(reads.document_ids(connection)) == 3
    opened.close()


def test_a_reader_cannot_write(filled: Path) -> None:
    opened = Case.open(filled)
    with opened.connect() as connection, pytest.raises(Exception, match=r"readonly|takes no changes"):
        connection.execute(schema.judgement.delete())
    opened.close()


def test_reading_and_verifying_leave_a_case_as_it_was(filled: Path) -> None:
    before = contents(filled)
    opened = Case.open(filled)
    assert entries(opened) == 3
    assert verify(filled).whole
    opened.close()
    assert contents(filled) == before
