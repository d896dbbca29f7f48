"""Words as linking compares them, and the days that texts name."""

import datetime as dt

import pytest

from sijill.link.words import content, days_named, full_days, terms, weekdays_named


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("قـ ـصـ ـف", "قصف"),
        ("اسـ.ـتهـ.ـدف", "استهدف"),
        ("استشها.د", "استشهاد"),
        ("x" * 90 + "All reactions:12 comments", "x" * 90),
        ("All reactions: are welcome", "All reactions: are welcome"),
    ],
)
def test_masked_words_are_put_together_and_what_the_page_adds_is_left(text: str, kept: str) -> None:
    assert content(text) == kept


@pytest.mark.parametrize(
    ("one", "other"), [("والقرية", "القرية"), ("بالقرية", "قرية"), ("للقرية", "القرية"), ("قريتها", "القريت")]
)
def test_affixes_make_no_difference(one: str, other: str) -> None:
    assert terms(one) == terms(other)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on March 4", {(3, 4)}),
        ("4 آذار/مارس", {(3, 4)}),
        ("5 تشرين الأول", {(10, 5)}),
        ("le 14 août 2031", {(8, 14)}),
        ("09-03-2031 and 2031/03/10", {(3, 9), (3, 10)}),
        ("4 may they rest, 45 March", {(5, 4)}),
        ("March of the 40", set()),
    ],
)
def test_days_of_the_year(text: str, days: set[tuple[int, int]]) -> None:
    assert days_named(text) == days


def test_days_of_the_week_in_two_languages() -> None:
    assert weekdays_named("Friday; يوم السبت; mercredi") == {2, 4, 5}


@pytest.mark.parametrize(
    ("text", "years", "found"),
    [
        ("Tuesday 4 March", range(2029, 2034), (dt.date(2031, 3, 4),)),
        ("Tuesday 4 March", range(2020, 2034), ()),
        ("اليوم الثلاثاء 4 آذار", range(2029, 2034), (dt.date(2031, 3, 4),)),
        ("Friday 29 February", range(2029, 2034), ()),
        ("4 March", range(2029, 2034), ()),
    ],
)
def test_a_day_of_the_week_and_of_the_month_give_the_year(text: str, years: range, found: tuple[dt.date, ...]) -> None:
    assert full_days(text, years) == found
