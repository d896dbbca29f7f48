"""Whatever is changed in a case, `verify` finds it and names the place.

Single bits, and what somebody with SQL at hand would do; the larger run is benchmarks/tampering.py.
"""

import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pyrage
import pytest

from sijill.core.errors import CaseError, CaseSealed
from sijill.store import database
from sijill.store.case import DATABASE, Case
from sijill.store.findings import Finding
from sijill.store.vault import Custodian, Unlock
from sijill.store.verify import verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.server import missing, running
from sijill.testing.tamper import DERIVED, LAYERS, Change, NoPlace, Tamperer, applied, page_of_database
from tests.databases import in_a_file, restorer
from tests.store.folders import contents
from tests.store.reports import BY

DOCUMENTS = 20
# In a file, and on a server, where each change costs several connections.
SINGLE_BITS = {"file": 120, "server": 50}
STRUCTURES = {"file": 6, "server": 3}  # Of each kind.
EACH_COLUMN = {"file": 3, "server": 1}
DERIVED_BITS = {"file": 30, "server": 15}
PAGES_OF_DATABASE = 150
SEALED_BITS, SEALED_STRUCTURES, SEALED_PAGES = 30, 16, 25
SERVER_CHANGES = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, where: str | None) -> Path:
    path, clock = tmp_path_factory.mktemp("tampering") / "case", FakeClock()
    synthetic_case(
        path, documents=DOCUMENTS, claims_per_document=6, judgements=60, seed=2, clock=clock, server=where
    ).close()
    return path


@pytest.fixture
def home(where: str | None) -> str:
    return "server" if where else "file"


def tamper(folder: Path, *choices: Callable[[], Change], times: int) -> list[Change]:
    """Make so many changes of each choice, one at a time, and insist that each is found and named."""
    made: list[Change] = []
    before, put_back = contents(folder), restorer(folder)
    for choose in choices:
        done = 0
        while done < times:
            try:
                change = choose()
                with applied(folder, change, put_back):
                    findings = verify(folder).findings
            except NoPlace:
                continue
            assert change.named(findings), (change.kind, change.places, findings[:5])
            made.append(change)
            done += 1
    assert contents(folder) == before
    assert verify(folder).whole
    return made


def test_every_single_bit_is_found_and_named(folder: Path, home: str) -> None:
    made = tamper(folder, Tamperer(folder, random.Random(13)).bit, times=SINGLE_BITS[home])
    touched = {change.kind.partition(".")[0] for change in made}
    assert touched >= {"object", "case", "log_entry", "checkpoint", *(LAYERS if home == "file" else ())}


@pytest.mark.parametrize("table", [*LAYERS, "log_entry", "checkpoint"])
def test_every_column_of_every_row_counts(folder: Path, home: str, table: str) -> None:
    tamperer = Tamperer(folder, random.Random(12))
    columns = {name for row in tamperer.rows_of(table) for name, value in row.items() if value is not None}
    choices = [partial(tamperer.column_bit, table, column) for column in sorted(columns)]
    tamper(folder, *choices, times=EACH_COLUMN[home])


def test_whoever_has_sql_at_hand_is_found_and_named(folder: Path, home: str) -> None:
    hands = Tamperer(folder, random.Random(14))
    each = (
        hands.delete_row, hands.swap_rows, hands.swap_entries, hands.copy_row, hands.forge_judgement,
        hands.reorder_claims, hands.cut_log, hands.rewrite_entry, hands.forge_entry, hands.alter_tables,
    )  # fmt: skip
    kinds = {change.kind for change in tamper(folder, *each, times=STRUCTURES[home])}
    assert kinds == {"delete", "swap", "swap entries", "copy", "forge", "reorder", "cut", "rewrite", "tables"}


def test_derived_tables_are_found_and_named(folder: Path, home: str) -> None:
    made = tamper(folder, Tamperer(folder, random.Random(14)).derived_bit, times=DERIVED_BITS[home])
    assert {change.kind.partition(".")[0] for change in made} == set(DERIVED)


@in_a_file
def test_pages_are_found_and_named(folder: Path) -> None:
    tamper(folder, Tamperer(folder, random.Random(15)).page_bit, times=15)


@in_a_file
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


@in_a_file
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


# --- encrypted, and on a server ---


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Unlock]:
    identity = pyrage.x25519.Identity.generate()
    path, whom = tmp_path_factory.mktemp("sealed") / "case", [Custodian(recipient=str(identity.to_public()))]
    synthetic_case(
        path, documents=8, claims_per_document=4, judgements=24, seed=4, clock=FakeClock(), custodians=whom
    ).close()
    return path, Unlock(identities=(str(identity),))


def look(folder: Path, brought: Unlock) -> Sequence[Finding]:
    """What `verify` finds; a vault that opens for nobody any more is a finding, too."""
    try:
        return verify(folder, brought=brought).findings
    except CaseSealed as err:
        return [Finding("case", "vault.json", err.message)]


@pytest.mark.parametrize(
    ("kind", "times"), [("bit", SEALED_BITS), ("vault_bit", 6), ("key_bit", 6), ("structure", SEALED_STRUCTURES)]
)
def test_whatever_is_changed_in_an_encrypted_case_is_named(sealed: tuple[Path, Unlock], kind: str, times: int) -> None:
    folder, brought = sealed
    choose, before = getattr(Tamperer(folder, random.Random(31), brought), kind), contents(folder)
    while times:
        change = choose()
        try:
            with applied(folder, change):
                findings = look(folder, brought)
        except NoPlace:
            continue
        assert change.named(findings), (change.kind, change.places, findings[:5])
        times -= 1
    assert contents(folder) == before


def test_every_bit_of_the_file_of_an_encrypted_database_counts(sealed: tuple[Path, Unlock]) -> None:
    folder, brought = sealed
    rng = random.Random(32)
    for _ in range(SEALED_PAGES):
        with applied(folder, page_of_database(folder, rng)):
            assert look(folder, brought)
        for end in ("-wal", "-shm"):
            (folder / (DATABASE + end)).unlink(missing_ok=True)
    assert not look(folder, brought)


def test_whatever_is_changed_on_a_server_is_named(tmp_path: Path) -> None:
    """On a server of its own, as the whole database is put back after each change."""
    if problem := missing():
        pytest.skip(problem)
    folder, made = tmp_path / "case", 0
    with running() as server:
        synthetic_case(
            folder, documents=5, claims_per_document=3, judgements=14, seed=5, clock=FakeClock(), server=server.address
        ).close()
        server.keep_as("whole")
        tamperer = Tamperer(folder, random.Random(33))
        while made < SERVER_CHANGES:
            change = (tamperer.row_bit, tamperer.structure)[made % 2]()
            try:
                with applied(folder, change, lambda: server.put_back("whole")):
                    findings = verify(folder).findings
            except NoPlace:
                continue
            assert change.named(findings), (change.kind, change.places, findings[:5])
            made += 1
        assert verify(folder).whole


def answers(folder: Path) -> dict[str, list[str]]:
    """Every row of every table, with its types."""
    engine = database.connect(folder / DATABASE, write=False, lenient=True)
    try:
        with engine.connect() as connection, connection.begin():
            names = [n for (n,) in connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {n: sorted(repr(r) for r in connection.exec_driver_sql(f'SELECT * FROM "{n}"')) for n in names}
    finally:
        engine.dispose()
