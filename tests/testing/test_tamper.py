import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.store.case import DATABASE
from sijill.store.findings import Finding
from sijill.store.verify import verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.tamper import Change, NoPlace, Tamperer, applied, connected, flipped, page_of_database
from tests.store.folders import contents


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tamper") / "case"
    synthetic_case(path, documents=5, claims_per_document=3, judgements=12, seed=6, clock=FakeClock()).close()
    return path


@given(st.binary(min_size=1, max_size=50), st.data())
def test_one_bit_changes_and_changes_back(data: bytes, draw: st.DataObject) -> None:
    bit = draw.draw(st.integers(0, len(data) * 8 - 1))
    changed = flipped(data, bit)
    assert (int.from_bytes(changed, "little") ^ int.from_bytes(data, "little")) == 1 << bit
    assert flipped(changed, bit) == data


@pytest.mark.parametrize("choice", ["object_bit", "toml_bit", "page_bit", "row_bit", "entry_bit", "delete_row"])
def test_a_change_changes_its_file_alone_and_is_taken_back(folder: Path, choice: str) -> None:
    before = contents(folder)
    modes = {p: p.stat().st_mode for p in folder.rglob("*")}
    change = getattr(Tamperer(folder, random.Random(3)), choice)()
    with applied(folder, change):
        assert {name for name, data in contents(folder).items() if data != before.get(name)} == {change.path}
        assert not verify(folder).whole
    assert contents(folder) == before
    assert {p: p.stat().st_mode for p in folder.rglob("*")} == modes


def test_a_change_is_taken_back_whatever_happens_meanwhile(folder: Path) -> None:
    before = contents(folder)
    with pytest.raises(RuntimeError, match="meanwhile"), applied(folder, page_of_database(folder, random.Random(1))):
        raise RuntimeError("meanwhile")
    assert contents(folder) == before


def test_the_same_generator_chooses_the_same_changes(folder: Path) -> None:
    one, two = (Tamperer(folder, random.Random(8)) for _ in range(2))
    assert [(c.kind, c.places) for c in (one.bit() for _ in range(20))] == [
        (c.kind, c.places) for c in (two.bit() for _ in range(20))
    ]


def test_a_finding_names_a_place_only_if_it_is_that_place() -> None:
    change = Change("claim.body", DATABASE, ("claim ab12",), lambda _: None)
    assert change.named([Finding("row", "claim ab12", "")])
    assert change.named([Finding("row", "claim ff", ""), Finding("row", "claim ab12 3", "")])
    assert not change.named([])
    assert not change.named([Finding("row", "claim ab123", ""), Finding("row", "reading ab12", "")])


def test_what_the_tables_refuse_is_no_place_to_tamper(folder: Path) -> None:
    def make(path: Path) -> None:
        with connected(path) as cursor:
            cursor.execute("UPDATE judgement SET position = 0")

    before = contents(folder)
    with pytest.raises(NoPlace, match="UNIQUE"), applied(folder, Change("x", DATABASE, (), make)):
        pytest.fail("it was changed")
    assert contents(folder) == before


def test_a_column_may_be_named(folder: Path) -> None:
    tamperer = Tamperer(folder, random.Random(2))
    assert {tamperer.column_bit("claim", "body").kind for _ in range(5)} == {"claim.body"}
    with pytest.raises(NoPlace, match="claim religion"):
        tamperer.column_bit("claim", "religion")
