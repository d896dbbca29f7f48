import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.preserve.dates import MONTHS, published_of

CASES = list(csv.DictReader((Path(__file__).parent / "dates.csv").read_text(encoding="utf-8").splitlines()))
DAYS = st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2199, 12, 31))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["stated"])
def test_cases(case: dict[str, str]) -> None:
    found, note = published_of(case["stated"])
    assert (found or "") == case["published"], case["reason"]
    assert (note.code if note else "") == ("" if case["published"] else "date_unclear")


def test_nothing_stated_is_nothing_unclear() -> None:
    assert published_of(None) == published_of("  \u200f ") == (None, None)


@given(DAYS, st.sampled_from(sorted(MONTHS)))
def test_every_name_of_a_month_reads_as_its_number(day: dt.date, name: str) -> None:
    found, _ = published_of(f"1 {name.replace('-', ' ')} {day.year}")
    assert found == f"{day.year}-{MONTHS[name]:02}-01"


@given(DAYS)
def test_arabic_digits_read_as_western(day: dt.date) -> None:
    eastern = day.isoformat().translate({ord(str(i)): "٠١٢٣٤٥٦٧٨٩"[i] for i in range(10)})
    assert published_of(eastern) == published_of(day.isoformat()) == (day.isoformat(), None)


@given(st.text(max_size=120))
def test_total_and_a_real_day(stated: str) -> None:
    found, note = published_of(stated)
    if found is not None:
        assert note is None
        assert 1900 <= dt.datetime.fromisoformat(found).year <= 2199
