"""Periods as reports word them, in five languages: each row of `periods.csv` behind and before an invented sentence."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.period import Period
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims

ROWS = list(csv.DictReader(Path(__file__).with_name("periods.csv").read_text(encoding="utf-8").splitlines()))
# An invented sentence of each language: behind its claim, and before it.
FRAMES = {
    "en": ("Twelve people were killed {}.", "{}, twelve people were killed."),
    "fr": ("Douze personnes ont été tuées {}.", "{}, douze personnes ont été tuées."),
    "es": ("Doce personas murieron {}.", "{}, doce personas murieron."),
    "ar": ("قتل 12 مدنيا {}.", "{} قتل 12 مدنيا."),
    "uk": ("Загинули 12 людей {}.", "{} загинули 12 людей."),
}
MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2049, 12, 28))


def period(text: str, language: str, published: dt.date | None) -> Period | None:
    """The period of the only claim in a text."""
    claims = read_claims(
        text, document="x", published=published, language=language, publisher=None, gazetteer=Gazetteer.shipped()
    )
    assert len(claims) == 1, [c.quote.text for c in claims]
    return claims[0].period


def written(day: dt.date, *, year: bool = True) -> str:
    """A day as an English report writes it."""
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


@pytest.mark.parametrize("front", [False, True], ids=["behind", "in front"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['language']} {row['words']} {row['published']}")
def test_periods_mean_their_days(row: dict[str, str], front: bool) -> None:
    published = dt.date.fromisoformat(row["published"]) if row["published"] else None
    words = row["words"][:1].upper() + row["words"][1:] if front else row["words"]
    found = period(FRAMES[row["language"]][front].format(words), row["language"], published)
    assert (f"{found.start}..{found.end}" if found else "") == row["days"], row["reason"]
    assert found is None or found.basis


@given(
    DAYS, st.integers(0, 500), st.sampled_from(["from {} to {}", "between {} and {}", "{} – {}", "from {} until {}"])
)
def test_a_period_runs_from_its_first_day_to_its_last(first: dt.date, length: int, form: str) -> None:
    last = first + dt.timedelta(days=length)
    found = period(f"Twelve people were killed {form.format(written(first), written(last))}.", "en", None)
    assert found
    assert (found.start, found.end) == (first, last)


@given(DAYS, st.integers(0, 300))
def test_one_year_serves_both_ends(first: dt.date, length: int) -> None:
    last = first + dt.timedelta(days=length)
    found = period(f"From {written(first, year=False)} to {written(last)}, 60 people were killed.", "en", None)
    assert found
    assert (found.start, found.end) == (first, last)


@given(DAYS, st.integers(0, 6))
def test_a_weekday_is_one_of_the_last_seven(published: dt.date, back: int) -> None:
    day = published - dt.timedelta(days=back)
    found = period(f"On {day:%A}, twelve people were killed.", "en", published)
    assert found
    assert found.start == found.end == day


@given(DAYS, st.sampled_from(["early {}", "mid-{}", "late {}", "the first week of {}", "the last week of {}", "{}"]))
def test_a_part_of_a_month_lies_in_the_month(day: dt.date, part: str) -> None:
    words = part.format(f"{MONTHS[day.month - 1]} {day.year}")
    found = period(f"Twelve people were killed in {words}.", "en", None)
    assert found
    assert found.start
    assert found.end
    assert {(d.year, d.month) for d in (found.start, found.end)} == {(day.year, day.month)}


@given(DAYS, st.sampled_from(["overnight", "last week", "last month", "over the weekend", "since Monday", "today"]))
def test_no_harm_is_dated_after_publication(published: dt.date, words: str) -> None:
    found = period(f"Twelve people were killed {words}.", "en", published)
    assert found
    assert found.end
    assert found.end <= published
