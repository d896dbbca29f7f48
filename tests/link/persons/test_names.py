"""Spellings, levels of words, transliteration, and the assignment, one by one."""

from __future__ import annotations

import csv
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.errors import InputError
from sijill.core.lists import Field
from sijill.link.persons.assigning import assign, competing
from sijill.link.persons.days import day_of
from sijill.link.persons.headers import columns, mapping_of
from sijill.link.persons.people import person_of
from sijill.link.persons.spelling import coarse, tokens
from sijill.link.persons.transliteration import ARABIC, LATIN, MAX_A, MAX_L, align, coded, costs_of, tabled

CASES = list(csv.DictReader((Path(__file__).parent / "spellings.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("case", CASES, ids=[c["reason"] for c in CASES])
def test_spellings(case: dict[str, str]) -> None:
    left, right = tokens(case["left"]), tokens(case["right"])
    assert (left == right) is (case["same"] == "words")
    same = [coarse(w) for w in left] == [coarse(w) for w in right]
    assert same is (case["same"] in {"words", "keys"})


@given(st.text(max_size=60))
def test_folding_is_total_and_settles(name: str) -> None:
    folded = tokens(name)
    assert all(folded)
    assert tokens(" ".join(folded)) == tokens(" ".join(tokens(" ".join(folded))))


def cost(arabic: str, latin: str) -> float:
    return float(align(coded([arabic], ARABIC, MAX_A), coded([latin], LATIN, MAX_L), costs_of(tabled()))[0][0])


@pytest.mark.parametrize(
    ("arabic", "near", "far"),
    [
        ("خالد", "khaled", "saleh"),
        ("يوسف", "yousef", "younis"),
        ("شيماء", "shaima", "salma"),
        ("جمال", "gamal", "kamal"),
    ],
)
def test_a_rendering_costs_less_than_another_name(arabic: str, near: str, far: str) -> None:
    assert cost(arabic, near) < cost(arabic, far) / 1.5


def test_many_romanisations_cost_about_the_same() -> None:
    costs = [cost("حسين", latin) for latin in ("hussein", "hossein", "husain", "houssein")]
    assert max(costs) < 1.6 * min(costs)


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(-3, 9), min_size=3, max_size=3), min_size=3, max_size=3))
def test_assignment_is_worth_most(table: list[list[int]]) -> None:
    left, right = np.repeat(np.arange(3), 3), np.tile(np.arange(3), 3)
    worth = np.array(table, dtype=float).ravel()
    chosen = assign(left, right, worth)
    assert len(set(left[chosen])) == len(set(right[chosen])) == len(chosen)
    best = max(sum(max(0, table[i][j]) for i, j in enumerate(order)) for order in permutations(range(3)))
    assert worth[chosen].sum() == pytest.approx(best, abs=1e-2)


def test_two_equal_rivals_cannot_both_be_likely() -> None:
    probability = competing(np.array([0, 0]), np.array([0, 1]), np.array([9.0, 9.0]))
    assert probability == pytest.approx([0.5, 0.5], abs=1e-3)


def test_impossible_values_are_flagged() -> None:
    values = {Field.RECORD: "7", Field.AGE: "214", Field.BORN: "2031-02-30", Field.SEX: "أنثى"}
    person, flags = person_of(values, "سلمى خالد", {"أنثى": "f"}, {})
    assert (person.age, person.born, person.sex) == (None, None, "f")
    assert [(f.record, f.field) for f in flags] == [("7", Field.AGE), ("7", Field.BORN)]


def test_a_leap_day_is_a_day() -> None:
    assert day_of("2028-02-29", {}) == (2028, 2, 29)
    with pytest.raises(ValueError, match="no such day"):
        day_of("2031-02-29", {})


@pytest.mark.parametrize(
    "headers",
    [("rec", "name_ar", "sex", "age", "dob"), ("الرقم", "الاسم بالعربية", "الجنس", "العمر", "تاريخ الميلاد")],
)
def test_headers_in_either_script(headers: tuple[str, ...]) -> None:
    found = columns(headers, {}, name="x.csv")
    assert found == {Field.RECORD: 0, Field.NAME_AR: 1, Field.SEX: 2, Field.AGE: 3, Field.BORN: 4}


def test_a_mapping_of_what_is_no_field() -> None:
    with pytest.raises(InputError, match="'shoe' is no field"):
        mapping_of('shoe = "Size"', "a", name="map.toml")
    assert mapping_of('age = "Y"\n[b]\nage = "Z"', "b", name="map.toml") == {Field.AGE: "Z"}
