"""The desk says that figures are fresh only where they are, and keeps judgements whatever becomes of the figures."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sijill.core.errors import InputError
from sijill.core.judgement import Decision
from sijill.pipeline import decisions
from sijill.pipeline.build import derive
from sijill.store import pages, reads
from sijill.store.case import Case
from sijill.store.writer import Writer
from sijill.web import desk as module
from sijill.web.desk import Desk, Freshness
from tests.web.conftest import BY

Opened = Callable[..., Desk]


@pytest.fixture
def folder(built_example: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built_example, tmp_path / "case"))


@pytest.fixture
def opened(folder: Path) -> Iterator[Opened]:
    made: list[Desk] = []

    def open_(quiet: float = 0) -> Desk:
        made.append(Desk(Case.open(folder), by=BY, quiet=quiet))
        return made[-1]

    yield open_
    for desk in made:
        desk.close()


def some_claims(case: Case) -> list[str]:
    with case.connect() as connection:
        return sorted(reads.judged_claims(connection)[0])


def rejecting(case: Case, claim: str) -> Callable[[Writer], str]:
    return lambda writer: decisions.judge(case, writer, Decision.REJECT, [claim])


def behind(desk: Desk) -> bool:
    with desk.reading() as connection:
        return pages.is_behind(connection)


def test_figures_from_before_a_judgement_are_never_fresh(folder: Path, opened: Opened) -> None:
    case = Case.open(folder)
    with case.writer(by="somebody else") as writer:  # As `sijill judge` does, or a workbench that is killed.
        rejecting(case, some_claims(case)[0])(writer)
    case.close()
    desk = opened(quiet=0.2)
    assert desk.freshness is Freshness.WORKING
    assert behind(desk)
    assert desk.settle(120)
    assert desk.freshness is Freshness.FRESH
    assert not behind(desk)


def test_a_case_that_is_up_to_date_is_left_alone(opened: Opened) -> None:
    desk = opened(quiet=60)
    assert desk.freshness is Freshness.FRESH
    assert not behind(desk)


@pytest.mark.parametrize("error", [ValueError("the words of a source"), KeyError("x")])
def test_an_unforeseen_error_is_told_and_the_next_judgement_tries_again(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    desk = opened()
    one, other = some_claims(desk.case)[:2]
    monkeypatch.setattr(module, "derive", fails)
    desk.write(rejecting(desk.case, one))
    assert desk.settle(120)
    assert desk.freshness is Freshness.FAILED
    assert desk.trouble is not None
    assert type(error).__name__ in desk.trouble.message
    assert type(error).__name__ in caplog.text
    assert "words of a source" not in caplog.text + desk.trouble.message
    monkeypatch.setattr(module, "derive", derive)
    desk.write(rejecting(desk.case, other))
    assert desk.settle(120)
    assert desk.freshness is Freshness.FRESH
    assert not behind(desk)


def test_while_another_writes_it_tries_again(folder: Path, opened: Opened) -> None:
    case = Case.open(folder)
    with case.writer(by="somebody else") as writer:
        rejecting(case, some_claims(case)[0])(writer)
        desk = opened()
        assert not desk.settle(0.3)
        assert desk.freshness is Freshness.WORKING
    case.close()
    assert desk.settle(120)
    assert desk.freshness is Freshness.FRESH
    assert not behind(desk)


def test_figures_follow_from_what_was_written_before_an_error(opened: Opened) -> None:
    desk = opened()
    claim = some_claims(desk.case)[0]

    def act(writer: Writer) -> None:
        rejecting(desk.case, claim)(writer)
        raise InputError("no more")

    with pytest.raises(InputError, match="no more"):
        desk.write(act)
    assert desk.settle(120)
    assert desk.freshness is Freshness.FRESH
    assert not behind(desk)


def test_what_writes_nothing_has_nothing_worked_out(opened: Opened) -> None:
    desk = opened(quiet=60)
    desk.write(lambda _: None)
    assert desk.freshness is Freshness.FRESH


def test_judgements_in_a_row_wait_for_no_figures(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()
    runs: list[int] = []

    def counted(case: Case, writer: Writer) -> None:
        begun.set()
        runs.append(1)
        derive(case, writer)

    desk = opened(quiet=60)
    monkeypatch.setattr(module, "derive", counted)
    for claim in some_claims(desk.case)[:3]:
        desk.write(rejecting(desk.case, claim))
        assert desk.freshness is Freshness.WORKING
    assert not begun.wait(0.2)
    desk.close()
    assert len(runs) == 1
    case = Case.open(desk.case.folder)
    with case.connect() as connection:
        assert not pages.is_behind(connection)
    case.close()
