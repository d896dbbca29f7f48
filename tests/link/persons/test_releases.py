"""What a new release of a list changed, and how."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.lists import Field
from sijill.link.persons.days import day_of
from sijill.link.persons.differing import Manner, another_person, corrections, name_manners
from sijill.link.persons.releases import changes
from sijill.pipeline.peoplelists import months

HERE = Path(__file__).parent


def cases(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", cases("differences.csv"), ids=lambda row: row["why"])
def test_how_names_differ(row: dict[str, str]) -> None:
    assert {str(m) for m in name_manners(row["before"], row["after"])} == set(row["how"].split())
    assert {str(m) for m in name_manners(row["after"], row["before"])} == set(row["how"].split())


@pytest.mark.parametrize("row", cases("dates.csv"), ids=lambda row: f"{row['written']}: {row['why']}")
def test_dates_as_lists_write_them(row: dict[str, str]) -> None:
    if row["year"]:
        assert day_of(row["written"], months()) == (int(row["year"]), int(row["month"]), int(row["day"]))
    else:
        with pytest.raises(ValueError, match=r"such day|year|not a date"):
            day_of(row["written"], months())


@given(st.text(max_size=80))
def test_any_text_is_a_date_or_none(text: str) -> None:
    try:
        found = day_of(text, months())
    except ValueError:
        return
    assert found is None or len(found) == 3


def row(record: str, name: str, **more: str) -> dict[Field, str]:
    return {Field.RECORD: record, Field.NAME_AR: name} | {Field(k): v for k, v in more.items()}


def test_numbers_put_rows_together_and_what_was_corrected_is_named() -> None:
    before = [
        row("1", "هدى سمير نوري", age="31", born="2000-01-02"),
        row("2", "زياد عمر", age="٩"),
        row("3", "منى خالد"),
    ]
    after = [row("2", "زياد عمر", age="9"), row("1", "هدي سمير نوري", age="13", born="2/1/2000", sex="f")]
    found = changes(before, after, months())
    assert (found.added, found.removed) == ((), (2,))
    one, two = found.kept
    assert {c.field: c.manners for c in one.corrected} == {
        Field.NAME_AR: (Manner.ORTHOGRAPHY,),
        Field.AGE: (Manner.AGE,),
        Field.BORN: (Manner.FORM,),
        Field.SEX: (Manner.FILLED,),
    }
    assert [c.manners for c in two.corrected] == [(Manner.FORM,)]


def test_a_number_given_to_somebody_else_is_one_removed_and_one_added() -> None:
    found = changes([row("1", "هدى سمير نوري")], [row("1", "زياد عمر وردان")], months())
    assert (found.kept, found.added, found.removed) == ((), (0,), (0,))


def test_a_row_that_got_another_number_is_the_same_row() -> None:
    found = changes([row("1", "هدى سمير نوري", age="9")], [row("7", "هدى سمير نوري", age="9")], months())
    (kept,) = found.kept
    assert [c.field for c in kept.corrected] == [Field.RECORD]


def test_lists_without_numbers_are_put_together_by_what_they_say() -> None:
    people = ["هدى سمير نوري", "زياد عمر وردان", "منى خالد كرمين", "ليلى باسل زيتور", "هاني طارق بدرين"]
    before = [{Field.NAME_AR: name, Field.AGE: str(20 + i)} for i, name in enumerate(people)]
    after = [{Field.NAME_AR: "سعاد رامز صخراج", Field.AGE: "50"}, *before[:1], *before[2:]]
    after[1] = {**after[1], Field.AGE: "20", Field.NAME_AR: "هدي سمير نوري"}
    found = changes(before, after, months())
    assert (found.added, found.removed) == ((0,), (1,))
    assert [(k.before, k.after) for k in found.kept] == [(0, 1), (2, 2), (3, 3), (4, 4)]


@given(st.permutations(range(5)))
def test_a_release_that_only_has_another_order_changes_nothing(order: list[int]) -> None:
    rows = [row(str(i), f"هدى نوري {'ابتثج'[i]}") for i in range(5)]
    found = changes(rows, [rows[i] for i in order], months())
    assert not found.added
    assert not found.removed
    assert not any(k.corrected for k in found.kept)


def test_another_person_is_told_by_the_name_alone() -> None:
    assert not another_person(corrections(row("1", "هدى نوري", age="9"), row("1", "هدى نوري", age="60"), {}))
