"""What is left of a morgue's total, by the examples and by laws."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import InputError
from sijill.reconcile.institutional import Recorded, Share, beyond_recorded
from sijill.reconcile.records import Statement
from tests.reconcile.notation import situation


def totals(text: str) -> list[Statement]:
    return list(situation(text).statements.values())


TWO = "morgue 9 killed 1000 days=4-8 | ministry 9 killed 1100 days=4-8"


def test_each_step_is_taken_in_its_order_and_said() -> None:
    recorded = [Recorded("Tamrel", 10, 12), Recorded("Belisk", 5, 5), Recorded("Market", 80, 90, received=False)]
    found = beyond_recorded(totals(TWO), recorded, fighters=Share(Fraction(2), Fraction(4)), background=100)
    assert (found.low, found.high) == (1000 - 40 - 100 - 17, 1100 - 22 - 100 - 15)
    assert found.steps == (
        "totals of 2 reports: 1,000 to 1,100",
        "less suspected fighters, 2 to 4 %: 960 to 1,078",
        "less 100 that would have died anyway: 860 to 978",
        "less 2 recorded incidents: Tamrel (10 to 12), Belisk (5): 843 to 963",
        "not taken off, as such deaths are not received there: Market",
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("morgue 9 killed 1000 days=4-8", "needs two reports"),
        ("morgue 9@A killed 1000 days=4-8 | ministry 9@A killed 1100 days=4-8", "needs two reports"),
        ("morgue 9 killed ~1000 days=4-8 | ministry 9 killed 1100 days=4-8", "gives no exact total"),
        ("morgue 9 killed 1000 | ministry 9 killed 1100 days=4-8", "gives no period"),
        ("morgue 9 killed 1000 days=4-7 | ministry 9 killed 1100 days=4-8", "different periods"),
    ],
)
def test_totals_that_cannot_be_used_are_refused(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        beyond_recorded(totals(text), [], fighters=Share(), background=0)


@pytest.mark.parametrize("ends", [(-1, 4), (5, 4), (0, 101)])
def test_a_share_is_between_none_and_all(ends: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="a share of fighters runs from 0 to 100"):
        Share(Fraction(ends[0]), Fraction(ends[1]))


def test_a_background_is_no_less_than_none() -> None:
    with pytest.raises(InputError, match="a background of -1"):
        beyond_recorded(totals(TWO), [], fighters=Share(), background=-1)


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400), st.booleans()), max_size=6),
    st.integers(0, 2000),
    st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted),
)
def test_low_never_passes_high_and_nothing_is_less_than_none(
    rows: list[tuple[int, int, bool]], background: int, share: list[int]
) -> None:
    recorded = [Recorded(f"i{i}", min(a, b), max(a, b), r) for i, (a, b, r) in enumerate(rows)]
    fighters = Share(Fraction(share[0]), Fraction(share[1]))
    found = beyond_recorded(totals(TWO), recorded, fighters=fighters, background=background)
    assert 0 <= found.low <= found.high <= 1100
    more = beyond_recorded(totals(TWO), [*recorded, Recorded("more", 3, 4)], fighters=fighters, background=background)
    assert more.low <= found.low
    assert more.high <= found.high
