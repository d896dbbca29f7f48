import csv
from pathlib import Path

import pytest
from hypothesis import given

from sijill.core.errors import InvalidRecord
from sijill.core.quantity import Qualifier, Quantity
from tests.core.strategies import NATURAL, quantities

ROWS = list(csv.DictReader((Path(__file__).parent / "quantities.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['low']}..{r['high']} {r['qualifier']}" for r in ROWS])
def test_ends_fit_the_qualifier(row: dict[str, str]) -> None:
    low, high = (int(row[end]) if row[end] else None for end in ("low", "high"))
    if row["holds"] == "yes":
        made = Quantity(low, high, Qualifier(row["qualifier"]))
        assert (made.low, made.high) == (low, high), row["why"]
    else:
        with pytest.raises(InvalidRecord, match=r"cannot|does not fit"):
            Quantity(low, high, Qualifier(row["qualifier"]))


def test_every_qualifier_has_a_row_that_holds_and_one_that_does_not() -> None:
    told = {(row["qualifier"], row["holds"]) for row in ROWS}
    assert told == {(q.value, holds) for q in Qualifier for holds in ("yes", "no")}


@pytest.mark.parametrize("end", [True, False])
def test_a_flag_is_not_a_number(end: bool) -> None:
    with pytest.raises(InvalidRecord, match="a number of people cannot be"):
        Quantity(end, end)


@given(quantities(), quantities())
def test_meeting_is_mutual(a: Quantity, b: Quantity) -> None:
    assert a.meets(b) == b.meets(a)


@given(quantities())
def test_each_meets_itself_and_the_vague(a: Quantity) -> None:
    assert a.meets(a)
    assert a.meets(Quantity.vague())


@given(quantities(), quantities(), NATURAL)
def test_an_integer_in_both_makes_them_meet(a: Quantity, b: Quantity, n: int) -> None:
    def holds(q: Quantity) -> bool:
        return (q.low is None or q.low <= n) and (q.high is None or n <= q.high)

    if holds(a) and holds(b):
        assert a.meets(b)


def test_apart_they_do_not_meet() -> None:
    assert not Quantity.exactly(7).meets(Quantity.at_least(8))
    assert not Quantity.at_most(7).meets(Quantity.between(8, 9))
    assert Quantity.at_most(8).meets(Quantity.between(8, 9))


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [
        (Quantity.exactly(8), "8"),
        (Quantity.at_least(8), "≥ 8"),
        (Quantity.at_most(40), "≤ 40"),
        (Quantity.between(30, 40), "30–40"),
        (Quantity.about(1500), "~ 1500"),
        (Quantity.vague(), "…"),
    ],
)
def test_it_is_shown_without_words_of_any_language(quantity: Quantity, shown: str) -> None:
    assert str(quantity) == shown
