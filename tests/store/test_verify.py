import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sijill.core.errors import CaseTooNew, NotACase
from sijill.store.access import access_to
from sijill.store.address import FILE as ADDRESS
from sijill.store.case import DATABASE, OBJECTS, RECORD, Case
from sijill.store.config import FILE, FORMAT
from sijill.store.findings import Finding, Report
from sijill.store.verify import verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.tamper import connected
from tests.databases import copied, in_a_file
from tests.store.folders import contents
from tests.store.reports import BY, add
from tests.store.sql import change, sql


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, where: str | None) -> Path:
    return made(tmp_path_factory.mktemp("verify") / "case", where)


def made(folder: Path, where: str | None) -> Path:
    case = synthetic_case(
        folder, documents=6, claims_per_document=3, judgements=12, seed=9, clock=FakeClock(), server=where
    )
    case.close()
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    """A copy of a synthetic case, to be damaged."""
    return copied(original, tmp_path / "case")


def found(folder: Path) -> list[tuple[str, str]]:
    return [(f.kind, f.where) for f in verify(folder).findings]


def first_object(folder: Path) -> Path:
    return next(p for p in sorted((folder / OBJECTS).glob("??/*")))


def name_of(path: Path) -> str:
    return f"object {(path.parent.name + path.name)[:16]}"


# --- whole ---


def test_a_whole_case_is_whole_and_everything_was_looked_at(folder: Path) -> None:
    heard: list[int] = []
    report = verify(folder, progress=heard.append)
    assert report.whole
    assert report.findings == []
    with connected(folder) as cursor:
        counts = {t: cursor.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("log_entry", "checkpoint")}
    assert (report.entries, report.checkpoints) == (counts["log_entry"], counts["checkpoint"])
    assert heard == list(range(1, report.objects + 1)) == list(range(1, 6 + 1 + 1 + 1))
    assert report.rows > report.entries
    assert report.unclaimed == 0
    assert len(bytes.fromhex(report.root)) == 32


def test_verifying_writes_nothing(folder: Path) -> None:
    before = contents(folder)
    verify(folder)
    assert contents(folder) == before


def test_a_case_without_pages_or_key_is_whole(folder: Path, tmp_path: Path, where: str | None) -> None:
    shutil.rmtree(folder / "keys")
    assert verify(folder).whole
    Case.create(tmp_path / "empty", by=BY, server=where).close()
    assert verify(tmp_path / "empty").whole


# --- case.toml ---


def test_where_there_is_no_case_nothing_is_verified(tmp_path: Path) -> None:
    with pytest.raises(NotACase, match="is not a case"):
        verify(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"# A Sijill case.", b"# A Sijill casE."),
        (b"\nid", b"\n\nid"),
        (b"name = ", b"name= "),
        (b"Senna valley (invented)", b"Sienna valley (invented)"),
        (b'created = "2031', b'created = "2030'),
        (b'verifier = "sijill', b'verifier = "sijell'),
        (b"format = 1", b"format = 0"),
        (b"format = 1", b"format = 3"),
        (b"format = 1", b"format = \xff"),
        (b"format = 1", b""),
    ],
)
def test_any_change_to_the_file_that_names_the_case_is_said_of_that_file(folder: Path, old: bytes, new: bytes) -> None:
    data = (folder / FILE).read_bytes()
    assert data.count(old) == 1
    (folder / FILE).write_bytes(data.replace(old, new))
    assert found(folder) == [("case", FILE)]


def test_a_case_of_a_newer_format_is_not_judged_by_an_older_program(folder: Path) -> None:
    """Its log says the same number, so nothing was changed: this program is too old for it."""
    newer = str(FORMAT + 1).encode()
    (folder / FILE).write_bytes((folder / FILE).read_bytes().replace(b"format = 1", b"format = " + newer))
    change(folder, "log_entry", "seq = 0", "body", lambda body: body.replace(b'"format":1', b'"format":2'))
    with pytest.raises(CaseTooNew, match="newer Sijill"):
        verify(folder)
    access_to(folder).home.remove()
    with pytest.raises(CaseTooNew, match="newer Sijill"):
        verify(folder)


def test_the_database_of_another_case_is_not_this_ones(folder: Path, tmp_path: Path, where: str | None) -> None:
    other = made(tmp_path / "other", where)
    for name in (DATABASE, ADDRESS):
        if (other / name).exists():
            shutil.copy(other / name, folder / name)
    assert ("case", FILE) in found(folder)


# --- the database ---


def test_a_missing_database_is_said_to_be_missing_and_none_is_made(folder: Path) -> None:
    home = access_to(folder).home
    home.remove()
    assert ("case", home.label) in found(folder)
    assert not home.exists()


@in_a_file
@pytest.mark.parametrize("content", [b"", b"not a database" * 500, b"SQLite format 3\x00" + bytes(4080)])
def test_what_is_no_database_is_said_to_be_none(folder: Path, content: bytes) -> None:
    (folder / DATABASE).write_bytes(content)
    assert ("case", DATABASE) in found(folder)


@in_a_file
def test_half_a_database_is_found(folder: Path) -> None:
    data = (folder / DATABASE).read_bytes()
    (folder / DATABASE).write_bytes(data[: len(data) // 2])
    assert ("case", DATABASE) in found(folder)


@in_a_file
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON judgement BEGIN DELETE FROM judgement; END",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE mine (x)",
        "CREATE INDEX i ON claim (harm)",
        "DROP INDEX ix_claim_document",
        "ALTER TABLE claim ADD COLUMN religion TEXT",
        "DROP TABLE incident",
        "DELETE FROM alembic_version",
        "UPDATE alembic_version SET version_num = '0099'",
        "INSERT INTO alembic_version VALUES ('0000')",
    ],
)
def test_nothing_is_added_to_the_tables_or_taken_away(folder: Path, statement: str) -> None:
    sql(folder, "PRAGMA foreign_keys = OFF", statement)
    assert ("case", DATABASE) in found(folder)


@in_a_file
def test_a_value_of_another_type_is_found(folder: Path) -> None:
    sql(folder, "UPDATE document SET size = x'31' WHERE rowid = 1", "UPDATE claim SET start = 'x' WHERE rowid = 1")
    assert sorted({kind for kind, _ in found(folder)}) == ["row"]
    assert len(found(folder)) == 2


@in_a_file
def test_positions_and_ids_of_any_type_are_compared(folder: Path) -> None:
    sql(
        folder,
        "PRAGMA foreign_keys = OFF",
        "UPDATE extraction_claim SET position = 'x' WHERE rowid = 1",
        "UPDATE extraction_claim SET extraction = x'00' WHERE rowid = 2",
        "UPDATE judgement SET id = x'00' WHERE rowid = 1",
    )
    wheres = [where.split(" ")[0] for _, where in found(folder)]
    assert set(wheres) == {"extraction_claim", "judgement"}


# --- one change, one finding ---


@pytest.mark.parametrize(
    ("table", "condition", "column", "new", "finding"),
    [
        ("log_entry", "seq = 7", "body", lambda body: body + b" ", ("entry", "log entry 7")),
        ("log_entry", "seq = 7", "leaf", lambda _: bytes(32), ("entry", "log entry 7")),
        ("checkpoint", "size = 2", "root", lambda _: bytes(32), ("checkpoint", "checkpoint 2")),
        ("checkpoint", "size = 2", "size", lambda _: 3, ("checkpoint", "checkpoint 2")),
        ("checkpoint", "size = 2", "note", lambda note: note + "x", ("checkpoint", "checkpoint 2")),
    ],
)
def test_only_what_was_changed_is_named(
    folder: Path, table: str, condition: str, column: str, new: Callable[[Any], object], finding: tuple[str, str]
) -> None:
    change(folder, table, condition, column, new)
    assert found(folder) == [finding]


@in_a_file
@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE log_entry SET leaf = 'x' WHERE seq = 7", ("entry", "log entry 7")),
        ("UPDATE checkpoint SET note = x'00' WHERE size = 2", ("checkpoint", "checkpoint 2")),
    ],
)
def test_only_what_is_of_another_type_is_named(folder: Path, statement: str, finding: tuple[str, str]) -> None:
    sql(folder, statement)
    assert found(folder) == [finding]


def test_a_gap_in_the_log_is_named_by_its_first_and_last(folder: Path) -> None:
    sql(folder, "DELETE FROM log_entry WHERE seq IN (4, 5, 9)")
    missing = [f for f in verify(folder).findings if f.kind == "entry"]
    assert [(f.where, f.what) for f in missing] == [
        ("log entry 4", "missing, and all up to 5"),
        ("log entry 9", "missing"),
    ]


def test_a_log_without_its_end_is_found_though_nothing_else_is_wrong(folder: Path) -> None:
    """The last entry is a publication, which no row names; the checkpoint over it is still there."""
    last = verify(folder).entries - 1
    sql(folder, f"DELETE FROM log_entry WHERE seq = {last}")
    assert found(folder) == [("entry", f"log entry {last}")]


def test_entries_that_nobody_signed_are_found(folder: Path) -> None:
    entries = verify(folder).entries
    sql(folder, f"DELETE FROM checkpoint WHERE size = {entries}")
    assert found(folder) == [("checkpoint", f"checkpoint {entries}")]


def test_without_a_usable_key_in_either_place_no_checkpoint_passes(folder: Path) -> None:
    (folder / FILE).write_bytes(b"")
    change(folder, "log_entry", "seq = 0", "body", lambda body: body.replace(b"sijill", b"sajill"))
    kinds = found(folder)
    assert ("case", FILE) in kinds
    assert kinds.count(("entry", "log entry 0")) == 2


# --- what only a checkpoint kept elsewhere can tell ---


def test_an_older_checkpoint_is_not_missed_for_later_ones_sign_all_that_it_signed(folder: Path) -> None:
    sql(folder, "DELETE FROM checkpoint WHERE size = 2")
    assert verify(folder).whole


def test_a_case_put_back_to_an_earlier_moment_is_whole_in_itself_but_leaves_objects_unclaimed(
    folder: Path, clock: FakeClock, tmp_path: Path
) -> None:
    earlier = copied(folder, tmp_path / "earlier")
    root = verify(folder).root
    case = Case.open(folder)
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        add(case, t, "Nine were killed, and somebody would rather not have it known.", clock)
    case.close()
    assert verify(folder).root != root
    shutil.copytree(folder / OBJECTS, earlier / OBJECTS, dirs_exist_ok=True)
    report = verify(earlier)
    assert (report.whole, report.root, report.unclaimed) == (True, root, 1)


# --- objects ---


def test_a_missing_object_is_named(folder: Path) -> None:
    path = first_object(folder)
    path.unlink()
    assert found(folder) == [("object", name_of(path))]


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to another"])
def test_what_stands_in_for_an_object_is_found_and_nothing_waits(folder: Path, kind: str) -> None:
    path = first_object(folder)
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(sorted((folder / OBJECTS).glob("??/*"))[-1])
    assert found(folder) == [("object", name_of(path))]


def test_an_entry_that_names_no_digest_leads_to_no_file(folder: Path) -> None:
    change(
        folder, "log_entry", "seq = 2", "body", lambda body: body.replace(b'"document":"', b'"document":"../../etc/')
    )
    kinds = {kind for kind, _ in found(folder)}
    assert {"entry", "object", "row"} <= kinds


def test_objects_that_no_entry_vouches_for_are_counted_and_nothing_wrong(folder: Path) -> None:
    case = Case.open(folder)
    case.objects.keep(case.objects.stage_bytes(b"left by a run that was killed before it committed"))
    case.objects.sync()
    case.close()
    report = verify(folder)
    assert report.whole
    assert report.unclaimed == 1


# --- derived ---


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incident SET body = replace(body, 'Incident', 'Accident') WHERE position = 0",
        "DELETE FROM incident WHERE position = 0",
        "UPDATE built SET digest = 'x' WHERE name = 'incident'",
        "UPDATE built SET size = size + 1 WHERE name = 'incident'",
        "DELETE FROM built WHERE name = 'incident'",
        "UPDATE incident SET body = 'not JSON' WHERE position = 0",
        "UPDATE incident SET position = 7 WHERE position = 0",
    ],
)
def test_a_derived_table_that_was_changed_is_to_be_rebuilt(folder: Path, statement: str) -> None:
    sql(folder, statement)
    (finding,) = verify(folder).findings
    assert (finding.kind, finding.where) == ("derived", "table incident")
    assert "sijill build CASE" in finding.what


def test_a_mark_for_a_table_that_is_none_is_found(folder: Path) -> None:
    sql(folder, "INSERT INTO built VALUES ('judgement', 1, 'x')")
    assert found(folder) == [("derived", "table judgement")]


def test_pages_that_were_changed_lost_or_planted_are_named(folder: Path) -> None:
    record = folder / RECORD
    (record / "index.html").write_text("Nothing happened here.")
    (record / "incident" / "one.html").unlink()
    (record / "incident" / "two.html").write_text("An incident that nobody reported.")
    assert found(folder) == [
        ("derived", f"{RECORD}/incident/one.html"),
        ("derived", f"{RECORD}/index.html"),
        ("derived", f"{RECORD}/incident/two.html"),
    ]


@pytest.mark.parametrize("change", ["changed", "not JSON", "missing", "record missing"])
def test_without_its_manifest_no_page_passes(folder: Path, change: str) -> None:
    manifest = folder / RECORD / "manifest.json"
    if change == "changed":
        manifest.write_bytes(manifest.read_bytes().replace(b"index", b"Index"))
    elif change == "not JSON":
        manifest.write_bytes(b"[" * 100_000)
    elif change == "missing":
        manifest.unlink()
    else:
        shutil.rmtree(folder / RECORD)
    assert found(folder) == [("derived", f"{RECORD}/manifest.json")]


# --- what is printed ---


@in_a_file
def test_a_finding_is_fit_for_a_terminal_whatever_a_row_holds(folder: Path) -> None:
    sql(folder, "UPDATE claim SET id = char(27) || '[2J' || char(8238) || CAST(x'ff' AS TEXT) WHERE rowid = 1")
    wheres = [where for _, where in found(folder) if where.startswith("claim")]
    assert "claim \\x1b[2J\\u202e\\udcff" in wheres
    assert all(where.isprintable() for where in wheres)


def test_a_report_is_whole_until_something_is_found() -> None:
    report = Report()
    assert report.whole
    report.add("row", "claim ab\ncd", "it\tchanged")
    assert not report.whole
    assert report.findings == [Finding("row", "claim ab\\ncd", "it\\tchanged")]
