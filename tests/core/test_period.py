import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import InvalidRecord
from sijill.core.period import Period
from tests.core.strategies import periods

ROWS = list(csv.DictReader((Path(__file__).parent / "periods.csv").read_text(encoding="utf-8").splitlines()))
MONDAY, TUESDAY = dt.date(2031, 3, 3), dt.date(2031, 3, 4)


@pytest.mark.parametrize("row", ROWS, ids=[row["why"] for row in ROWS])
def test_precision_follows_from_the_days(row: dict[str, str]) -> None:
    period = Period.of("", dt.date.fromisoformat(row["start"]), dt.date.fromisoformat(row["end"]))
    assert period.precision == int(row["precision"])


def test_a_period_does_not_run_back() -> None:
    with pytest.raises(InvalidRecord, match="cannot run from 2031-03-04 back to 2031-03-03"):
        Period("", TUESDAY, MONDAY, 1)


@pytest.mark.parametrize("precision", [0, 6, -1])
def test_precision_is_one_of_the_codes(precision: int) -> None:
    with pytest.raises(InvalidRecord, match="precision runs from 1 to 5"):
        Period("", MONDAY, MONDAY, precision)


@given(periods(), periods())
def test_the_gap_is_mutual_and_never_negative(a: Period, b: Period) -> None:
    assert a.gap(b) == b.gap(a)
    assert (a.gap(b) or 0) >= 0


@given(periods())
def test_a_period_has_no_gap_to_itself(period: Period) -> None:
    known = period.start is not None and period.end is not None
    assert period.gap(period) == (0 if known else None)


@given(st.dates(max_value=dt.date(9000, 1, 1)), st.integers(0, 30), st.integers(1, 400), st.integers(0, 30))
def test_the_gap_counts_the_days_from_end_to_start(start: dt.date, length: int, gap: int, other: int) -> None:
    end = start + dt.timedelta(length)
    later = end + dt.timedelta(gap)
    assert Period.of("", start, end).gap(Period.of("", later, later + dt.timedelta(other))) == gap
