"""`doctor`: what is missing on this machine and what is wrong with a case, each with what to do."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sijill.core.errors import CaseSealed, NotACase
from sijill.pipeline import custody, doctor
from sijill.pipeline.backup import backup
from sijill.pipeline.doctor import case_checks, machine
from sijill.pipeline.moving import move_rows
from sijill.store import database
from sijill.store.case import Case
from sijill.store.location import Location, write_location
from sijill.store.taken import FILE as NOTED
from sijill.store.taken import noted_backups
from sijill.store.vault import NOTHING, PREPARED, Custodian, Unlock
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import START, FakeClock
from sijill.testing.server import Server
from tests.pipeline.sealed import ANNA, BASIL, by
from tests.store.buckets import BUCKET, reach, s3_server


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original") / "case"
    case = synthetic_case(folder, documents=4, claims_per_document=2, judgements=6, seed=3, clock=FakeClock())
    backup(case, tmp_path_factory.mktemp("backups") / "backup", clock=FakeClock())
    case.close()
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "case")


def said(folder: Path, brought: Unlock = NOTHING, *, later: dt.timedelta = dt.timedelta()) -> set[tuple[str, str, str]]:
    """What is not as it should be, apart from what the synthetic reports themselves ask for."""
    clock = FakeClock(START + dt.timedelta(hours=1) + later)
    checks = list(case_checks(folder, brought=brought, clock=clock))
    assert all(c.do for c in checks if c.state != "ok"), "each says what to do"
    return {
        (c.subject, c.state, c.detail)
        for c in checks
        if c.state != "ok" and not c.subject.startswith(("document", "judgement"))
    }


def test_a_case_that_is_well_is_said_to_be(folder: Path) -> None:
    assert said(folder) == set()


def foreign(folder: Path) -> None:
    folder.chmod(0o755)


def stray(folder: Path) -> None:
    (folder / "objects" / "ab").mkdir(exist_ok=True)
    (folder / "objects" / "ab" / ("c" * 62)).write_bytes(b"nothing vouches for this")


def lose(folder: Path) -> None:
    next((folder / "objects").glob("??/*")).unlink()


def incoming(folder: Path) -> None:
    (folder / "objects" / "incoming").mkdir(exist_ok=True)
    (folder / "objects" / "incoming" / "half").write_bytes(b"half")


def elsewhere(folder: Path) -> None:
    (folder / "keys" / "signing.pem").unlink()


def unbacked(folder: Path) -> None:
    (folder / NOTED).unlink()


def half_made(folder: Path) -> None:
    left = folder.parent / f".{folder.name}.0123abcd"
    left.mkdir()
    shutil.copy(folder / "case.toml", left)


def prepared(folder: Path) -> None:
    (folder / PREPARED).write_text("{}")


def rekeying(folder: Path) -> None:
    (folder / "objects-2").mkdir()


def newer(folder: Path) -> None:
    change(folder, "UPDATE alembic_version SET version_num = '9999'")


def gone(folder: Path) -> None:
    (folder / "case.db").unlink()


def change(folder: Path, statement: str) -> None:
    engine = database.connect(folder / "case.db", write=True)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    ("spoil", "subject", "state", "detail"),
    [
        (foreign, "permissions", "wrong", "others on this machine can enter the folder"),
        (stray, "preserved files", "note", "1 that no entry of the log vouches for"),
        (lose, "preserved files", "wrong", "1 of 6 are missing"),
        (incoming, "unfinished", "note", "1 files of a run that was killed, or is under way"),
        (elsewhere, "signing key", "note", "can be read, but not written"),
        (unbacked, "backup", "note", "none is known"),
        (half_made, "unfinished", "note", "was left half-made by a run that was killed"),
        (prepared, "unfinished", "note", "was left by a run that was killed"),
        (rekeying, "unfinished", "note", "a rekeying was killed"),
        (newer, "case", "wrong", "written by a newer Sijill"),
        (gone, "case", "wrong", "has no case.db"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_else(
    folder: Path, spoil: Callable[[Path], None], subject: str, state: str, detail: str
) -> None:
    spoil(folder)
    (found,) = said(folder)
    assert found[:2] == (subject, state)
    assert detail in found[2]


def test_an_earlier_schema_is_said(folder: Path) -> None:
    case = Case.open(folder)
    case.close()
    change(folder, "DROP TABLE stamp")
    change(folder, "UPDATE alembic_version SET version_num = '0001'")
    assert ("rows", "note", "in case.db, as an earlier Sijill made its tables") in said(folder)


def test_the_age_of_the_last_backup_is_said_once_it_is_old(folder: Path, tmp_path: Path) -> None:
    week = dt.timedelta(days=8)
    assert said(folder, later=week) == set(), "old, but nothing came since"
    case = Case.open(folder)
    with case.writer(by="tester", clock=FakeClock()) as writer, writer.transaction() as t:
        t.publication("leaflet", {})
    assert said(folder) == set(), "of today"
    ((subject, _, detail),) = said(folder, later=week)
    assert subject == "backup"
    assert "snapshot 1, 8 days old, 1 log entries since" in detail
    backup(case, tmp_path / "newer", clock=FakeClock(START + week))
    assert len(noted_backups(case)) == 2
    shutil.rmtree(tmp_path / "newer")
    assert any("the folder is not there" in detail for _, _, detail in said(folder, later=week))
    backup(case, tmp_path / "newer", clock=FakeClock(START + week))
    (tmp_path / "newer" / "snapshots" / "000001.json").unlink()
    assert any("the snapshot is not there any more" in detail for _, _, detail in said(folder, later=week))
    case.close()


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Case]:
    case = Case.create(tmp_path / "sealed", by="tester", custodians=[Custodian(recipient=ANNA[1])], clock=FakeClock())
    yield case
    case.close()


def test_one_custodian_is_few(sealed: Case) -> None:
    assert ("custodians", "note", "there is one way into this case, and if that is lost, the case is") in said(
        sealed.folder, by(ANNA)
    )
    custody.add_custodian(sealed, Custodian(recipient=BASIL[1]), by="tester")
    assert {subject for subject, _, _ in said(sealed.folder, by(ANNA))} == {"backup"}


def test_what_cannot_be_opened_or_is_no_case_is_an_error(sealed: Case, tmp_path: Path) -> None:
    with pytest.raises(CaseSealed, match="nothing was given"):
        list(case_checks(sealed.folder))
    with pytest.raises(NotACase, match="is not a case"):
        list(case_checks(tmp_path))


def test_a_bucket_that_does_not_answer_is_said(folder: Path) -> None:
    with s3_server() as endpoint:
        write_location(folder, Location(BUCKET, "case", endpoint))
        assert {(s, state) for s, state, _ in said(folder)} == {("preserved files", "wrong")}
        found = said(folder, Unlock(buckets=reach))
        assert {detail.partition(" ")[2] for s, _, detail in found if s == "preserved files"} == {
            "of 6 are missing",
            "copies lie in the folder, though the case looks into its bucket",
        }
    assert any("does not answer" in detail for _, _, detail in said(folder, Unlock(buckets=reach)))


def test_old_rows_in_the_folder_are_said(folder: Path, server: Server) -> None:
    case = Case.open(folder)
    move_rows(case, server.address, by="tester", keep=True)
    case.close()
    found = said(folder)
    assert ("rows", "note", "case.db is an old copy of the rows, which lie on a server") in found


def test_a_server_that_does_not_answer_is_said(folder: Path) -> None:
    (folder / "database.toml").write_text(
        'address = "postgresql://sijill@127.0.0.1:9/sijill"\nschema = "sijill_invented"\n'
    )
    ((subject, state, _),) = said(folder)
    assert (subject, state) == ("case", "wrong")


def test_what_a_machine_lacks_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setattr(doctor.util, "find_spec", lambda name: None)
    found = {c.subject: c for c in machine()}
    for subject in ("tesseract", "chromium", "openssl", "extra ocr", "extra team"):
        assert found[subject].state == "note"
        assert "not installed" in found[subject].detail
        assert "install" in found[subject].do
    monkeypatch.undo()
    there = {c.subject: c for c in machine()}
    assert there["python"].state == there["sqlcipher3"].state == "ok"
