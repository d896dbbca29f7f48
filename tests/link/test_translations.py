"""Translations are found by figures, places and days, and nothing else is taken for one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.mention import PlaceMention, Repetition, Sharing
from sijill.core.place import Place
from sijill.link.profiles import Report
from sijill.link.repetitions import repetitions
from sijill.link.translations import in_order
from tests.link.invented import report as invented

ORSA = Place("Orsa", "Orsa", "mer-Orsa", -32.4, -18.3, 1)
MARN = Place("Marn Province", "Marn Province", "mer-Marn", -32.5, -18.4, 4)
MERAVIA = Place("Meravia", "Meravia", "mer-Meravia", -32.7, -18.0, 6)
VELT = Place("Velt", "Velt", "mer-Velt", -32.5, -18.4, 1)
ENGLISH = "In Orsa 63 people were killed, 17 of them children, and 240 wounded in 38 attacks, the office said in 2031."
FRENCH = "À Orsa, 63 personnes ont été tuées, dont 17 enfants, et 240 blessées dans 38 attaques, dit le bureau."
ARABIC = "قتل ٦٣ شخصاً في أورسا بينهم ١٧ طفلاً وأصيب ٢٤٠ في ٣٨ هجوماً، بحسب المكتب."


def report(text: str, language: str, day: int | None = 5, place: Place = ORSA) -> Report:
    published = dt.date(2031, 3, day) if day is not None else None
    made = invented(text, place, published, 0)
    return Report(made.document, 0, language, "", language, published, text, (PlaceMention(place, 0),))


def found(*reports: Report) -> tuple[Repetition, ...]:
    return repetitions(reports)


@pytest.mark.parametrize(("text", "language"), [(FRENCH, "fr"), (ARABIC, "ar")])
def test_a_translation_with_its_passages(text: str, language: str) -> None:
    (only,) = found(report(ENGLISH, "en"), report(text, language, 7))
    assert only.sharing is Sharing.TRANSLATION
    assert only.later == report(text, language, 7).document
    assert only.passage.stands_in(text)
    assert only.source.stands_in(ENGLISH)
    assert only.reason == "in two languages, 4 figures in the same order and 1 places stand in both"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (report(FRENCH, "en"), "the same language"),
        (report(FRENCH, "fr", 25), "three weeks later"),
        (report(FRENCH, "fr", place=VELT), "no place in common"),
        (report("À Orsa, 240 blessés, 63 morts, 38 attaques, 17 enfants.", "fr"), "another order"),
        (report("À Orsa, 63 morts et 240 blessés.", "fr"), "too few figures"),
        (report(FRENCH + " Plus loin 51, 52, 53, 54 et 55 encore.", "fr"), ""),
        (report(FRENCH.replace("17", "19").replace("38", "41"), "fr"), "other figures"),
    ],
)
def test_what_shows_nothing(other: Report, why: str) -> None:
    assert (found(report(ENGLISH, "en"), other) == ()) is bool(why)


@pytest.mark.parametrize("wide", [MARN, MERAVIA])
def test_an_area_that_both_name_is_no_place_in_common(wide: Place) -> None:
    assert found(report(ENGLISH, "en", place=wide), report(FRENCH, "fr", place=wide)) == ()


def test_round_numbers_meet_by_chance() -> None:
    rounded = {"63": "60", "17": "20"}
    english, french = ENGLISH, FRENCH
    for number, other in rounded.items():
        english, french = english.replace(number, other), french.replace(number, other)
    assert found(report(english, "en"), report(french, "fr")) == ()


def test_days_hours_and_decimals_are_no_figures() -> None:
    text = "On 16/08/2031 at 10:45 the 12.5 km of road 63-17 were shut."
    assert found(report(text, "en"), report(f"Le {text[3:]}", "fr")) == ()


@given(st.lists(st.integers(10, 99), unique=True), st.lists(st.integers(10, 99), unique=True))
def test_the_longest_run_in_one_order(a: list[int], b: list[int]) -> None:
    run = in_order(a, b)
    assert len(run) == len(in_order(b, a))
    for numbers in (a, b):
        places = [numbers.index(n) for n in run]
        assert places == sorted(places)
    assert bool(run) == bool(set(a) & set(b))
