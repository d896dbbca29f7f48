"""Moving a case's rows between a file and a PostgreSQL server: nothing is lost, and the log's root stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from sijill.core.errors import CaseDamaged, CaseLocked, CaseUnreachable, InputError
from sijill.pipeline import moving
from sijill.pipeline.backup import backup
from sijill.pipeline.bundle import write_bundle
from sijill.pipeline.moving import move_rows
from sijill.pipeline.restore import restore, verify_backup
from sijill.publish.verifier import sijill_verify
from sijill.store import database, transfer
from sijill.store.address import FILE, read_address
from sijill.store.case import Case
from sijill.store.vault import NOTHING, Unlock
from sijill.store.verify import Outside, verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.server import Server, running
from tests.cli.conftest import Ran, run
from tests.pipeline.sealed import ANNA, by, make_case, write_gazetteer, write_reports
from tests.store.folders import contents
from tests.store.reports import BY, add
from tests.store.same import rows_of

__all__ = ["run"]  # A fixture.


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("originals")
    synthetic_case(
        folder / "plain", documents=6, claims_per_document=2, judgements=8, seed=3, clock=FakeClock()
    ).close()
    make_case(folder / "sealed", write_reports(folder / "reports"), write_gazetteer(folder / "places.csv"))
    return {"plain": folder / "plain", "sealed": folder / "sealed"}


@pytest.fixture(params=["plain", "sealed"])
def folder(originals: dict[str, Path], request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> Path:
    """A copy whose rows lie in a file."""
    return fresh(originals[request.param], tmp_path / "case", server)


def fresh(original: Path, copied: Path, server: Server) -> Path:
    """A copy; a schema that an earlier test left on the server is removed."""
    shutil.copytree(original, copied)
    with closing(Case.open(copied, brought=brought(copied))) as case:
        replace(case.access, address=moving.new_address(server.address, case.config.id)).home.remove()
    return copied


def brought(folder: Path) -> Unlock:
    return by(ANNA) if (folder / "vault.json").exists() else NOTHING


def opened(folder: Path) -> closing[Case]:
    return closing(Case.open(folder, brought=brought(folder)))


def write(case: Case, text: str) -> None:
    with case.writer(by=BY) as writer, writer.transaction() as t:
        add(case, t, text, FakeClock())


def test_there_and_back_again_loses_nothing_and_keeps_the_root(folder: Path, server: Server) -> None:
    before = verify(folder, brought=brought(folder))
    with opened(folder) as case:
        rows = rows_of(case)
        moved = move_rows(case, server.address, by=BY)
        assert (moved.root, moved.entries, moved.removed) == (before.root, before.entries, True)
        assert rows_of(case) == rows
    assert not list(folder.glob("case*.db*")), "nothing stays in the folder"
    assert verify(folder, brought=brought(folder)) == before
    with opened(folder) as case:
        assert rows_of(case) == rows
        write(case, "A report that is kept on the server.")
        later = verify(folder, brought=brought(folder))
        rows = rows_of(case)
        assert move_rows(case, None, by=BY).root == later.root
    assert not (folder / FILE).exists()
    assert (folder / "case.db").stat().st_mode & 0o077 == 0
    with opened(folder) as case:
        assert rows_of(case) == rows
        write(case, "And one after that.")
    after = verify(folder, brought=brought(folder))
    assert (after.findings, after.entries) == ([], later.entries + 1)


def test_the_old_rows_stay_if_that_is_asked_and_are_taken_up(folder: Path, server: Server) -> None:
    with opened(folder) as case:
        assert not move_rows(case, server.address, by=BY, keep=True).removed
        assert (folder / "case.db").is_file()
        write(case, "A report of later.")
        rows = rows_of(case)
        move_rows(case, None, by=BY, keep=True)
        assert rows_of(case) == rows, "the old rows, a beginning of these, were replaced"
        assert verify(folder, brought=brought(folder)).whole


def test_rows_that_went_another_way_are_never_replaced(folder: Path, server: Server, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / "other")
    with opened(other) as case:
        write(case, "Another history.")
        move_rows(case, server.address, by=BY)
        theirs = rows_of(case)
    with opened(folder) as case:
        write(case, "One history.")
        ours = rows_of(case)
        with pytest.raises(InputError, match="not the beginning of what it holds now"):
            move_rows(case, server.address, by=BY)
        assert rows_of(case) == ours
    with opened(other) as case:
        assert rows_of(case) == theirs


@pytest.mark.parametrize("after", [0, 3, 12])
def test_a_move_that_fails_leaves_the_case_where_it_was(
    folder: Path, server: Server, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, left = contents(folder), after
    real: Callable[..., object] = transfer.row_of

    def failing(*arguments: object) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt("stopped here")
        return real(*arguments)

    with opened(folder) as case:
        rows = rows_of(case)
        with monkeypatch.context() as patch:
            patch.setattr(transfer, "row_of", failing)
            with pytest.raises(KeyboardInterrupt, match="stopped here"):
                move_rows(case, server.address, by=BY)
        assert rows_of(case) == rows
        now = contents(folder)
        assert {k: v for k, v in now.items() if "case.db-" not in k} == {
            k: v for k, v in before.items() if "case.db-" not in k
        }
        move_rows(case, server.address, by=BY)
        assert rows_of(case) == rows


def test_a_lost_connection_is_said_and_the_case_stays_where_it_was(
    originals: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(originals["plain"], tmp_path / "case")
    real: Callable[..., object] = transfer.row_of
    with running() as server, opened(folder) as case:
        rows = rows_of(case)

        def cutting(*arguments: object) -> object:
            server.stop(mode="immediate")
            monkeypatch.undo()
            return real(*arguments)

        monkeypatch.setattr(transfer, "row_of", cutting)
        with pytest.raises(CaseUnreachable, match="connection"):
            move_rows(case, server.address, by=BY)
        assert read_address(folder, None) is None
        assert rows_of(case) == rows
        server.start()
        move_rows(case, server.address, by=BY)
        assert rows_of(case) == rows


def test_nobody_else_may_write_meanwhile(folder: Path, server: Server) -> None:
    with (
        opened(folder) as case,
        opened(folder) as other,
        other.writer(by=BY),
        pytest.raises(CaseLocked, match="somebody else is writing"),
    ):
        move_rows(case, server.address, by=BY)


def test_a_case_that_is_not_whole_stays_where_it_is(originals: dict[str, Path], tmp_path: Path, server: Server) -> None:
    folder = shutil.copytree(originals["plain"], tmp_path / "case")
    engine = database.connect(folder / "case.db", write=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE judgement SET matter = 'incident'"))
    engine.dispose()
    with opened(folder) as case, pytest.raises(CaseDamaged, match="matter or subjects changed"):
        move_rows(case, server.address, by=BY)
    assert not (folder / FILE).exists()


def test_a_case_on_a_server_is_backed_up_and_bundled_like_any(folder: Path, server: Server, tmp_path: Path) -> None:
    with opened(folder) as case:
        rows = rows_of(case)
        root = move_rows(case, server.address, by=BY).root
        backup(case, tmp_path / "backup", brought=brought(folder))
        write(case, "A report of later.")
        backup(case, tmp_path / "backup", brought=brought(folder))
        write_bundle(case, tmp_path / "bundle")
    whole = verify_backup(tmp_path / "backup", brought=brought(folder), every=True, outside=Outside())
    assert whole.findings == []
    assert sijill_verify.verify(tmp_path / "bundle").findings == []
    assert restore(tmp_path / "backup", tmp_path / "again", brought=brought(folder), number=1).root == root
    with opened(tmp_path / "again") as again:
        assert rows_of(again) == rows, "in a file of its own"


def test_from_the_command_line(
    run: Callable[..., Ran],
    originals: dict[str, Path],
    tmp_path: Path,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = fresh(originals["plain"], tmp_path / "case", server)
    monkeypatch.setenv("SIJILL_DATABASE_URL", "")
    assert "is not set" in run("move", folder, "--database", "server", "--yes").err
    monkeypatch.setenv("SIJILL_DATABASE_URL", server.address)
    moved = run("move", folder, "--database", "server", "--yes")
    assert moved.code == 0, moved.err
    assert f":{server.port}/sijill now" in moved.err
    assert run("move", folder, "--database", "server", "--yes").code == 2
    assert run("verify", folder).code == 0
    assert run("move", folder, "--database", "file").code == 0, "nothing leaves the machine, so nothing is asked"
    monkeypatch.setenv("SIJILL_DATABASE_URL", "")
    assert run("verify", folder).code == 0
