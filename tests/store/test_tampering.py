"""Whatever is changed in a case, `verify` finds it and names the place.

Single bits, and what somebody with SQL at hand would do; the larger run is benchmarks/tampering.py.
"""

import random
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from sijill.core.errors import CaseError
from sijill.store import database
from sijill.store.case import DATABASE, Case
from sijill.store.verify import verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.tamper import DERIVED, LAYERS, Change, NoPlace, Tamperer, applied, page_of_database
from tests.store.folders import contents
from tests.store.reports import BY

DOCUMENTS = 20
SINGLE_BITS = 120
STRUCTURES = 60
PAGES_OF_DATABASE = 150


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tampering") / "case"
    synthetic_case(path, documents=DOCUMENTS, claims_per_document=6, judgements=60, seed=2, clock=FakeClock()).close()
    return path


def tamper(folder: Path, choose: Callable[[], Change], times: int) -> list[Change]:
    """Make so many changes, one at a time, and insist that each is found and named."""
    made: list[Change] = []
    before = contents(folder)
    while len(made) < times:
        change = choose()
        try:
            with applied(folder, change):
                findings = verify(folder).findings
        except NoPlace:
            continue
        assert change.named(findings), (change.kind, change.places, findings[:5])
        made.append(change)
    assert contents(folder) == before
    assert verify(folder).whole
    return made


def test_every_single_bit_is_found_and_named(folder: Path) -> None:
    made = tamper(folder, Tamperer(folder, random.Random(11)).bit, SINGLE_BITS)
    touched = {change.kind.partition(".")[0] for change in made}
    assert touched >= {"object", "case", "log_entry", "checkpoint", *LAYERS}


@pytest.mark.parametrize("table", [*LAYERS, "log_entry", "checkpoint"])
def test_every_column_of_every_row_counts(folder: Path, table: str) -> None:
    tamperer = Tamperer(folder, random.Random(12))
    columns = {name for _, row in tamperer.rows_of(table) for name, value in row.items() if value is not None}
    for column in sorted(columns):
        tamper(folder, lambda column=column: tamperer.column_bit(table, column), 3)  # type: ignore[misc]


def test_whoever_has_sql_at_hand_is_found_and_named(folder: Path) -> None:
    made = tamper(folder, Tamperer(folder, random.Random(14)).structure, STRUCTURES)
    kinds = {change.kind for change in made}
    assert kinds == {"delete", "swap", "swap entries", "copy", "forge", "reorder", "cut", "rewrite", "tables"}


def test_derived_tables_are_found_and_named(folder: Path) -> None:
    made = tamper(folder, Tamperer(folder, random.Random(14)).derived_bit, 30)
    assert {change.kind.partition(".")[0] for change in made} == set(DERIVED)


def test_pages_are_found_and_named(folder: Path) -> None:
    tamper(folder, Tamperer(folder, random.Random(15)).page_bit, 15)


def test_a_bit_anywhere_in_the_file_of_the_database_is_found_or_changes_no_answer(folder: Path, tmp_path: Path) -> None:
    """SQLite's pages hold more than our rows: what `verify` passes must read exactly as before, all of it."""
    copy = tmp_path / "case"
    rng, whole, found = random.Random(16), answers(folder), 0
    for _ in range(PAGES_OF_DATABASE):
        shutil.copytree(folder, copy)
        page_of_database(copy, rng).make(copy)
        if verify(copy).whole:
            assert answers(copy) == whole
        else:
            found += 1
        shutil.rmtree(copy)
    assert PAGES_OF_DATABASE // 3 < found < PAGES_OF_DATABASE


def test_a_bit_anywhere_in_the_file_is_no_crash_to_a_writer(folder: Path, tmp_path: Path) -> None:
    """It writes, or says that the case is damaged: no other error may come out."""
    copy = tmp_path / "case"
    rng = random.Random(17)
    for _ in range(PAGES_OF_DATABASE // 3):
        shutil.copytree(folder, copy)
        page_of_database(copy, rng).make(copy)
        with suppress(CaseError), closing(Case.open(copy)) as case, case.writer(by=BY):
            pass
        shutil.rmtree(copy)


def answers(folder: Path) -> dict[str, list[str]]:
    """Every row of every table, with its types."""
    engine = database.connect(folder / DATABASE, write=False, lenient=True)
    try:
        with engine.connect() as connection, connection.begin():
            names = [n for (n,) in connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {n: sorted(repr(r) for r in connection.exec_driver_sql(f'SELECT * FROM "{n}"')) for n in names}
    finally:
        engine.dispose()
