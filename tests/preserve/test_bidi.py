import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.preserve.bidi import as_read, is_rtl, runs_from_right

CASES = list(csv.DictReader((Path(__file__).parent / "bidi.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["reason"])
def test_cases(case: dict[str, str]) -> None:
    """Letters of Arabic are given turned around, as they stand on the page from left to right."""
    seen = case["seen"].replace("→", "")
    assert "".join(as_read(seen, rtl=case["line"] == "rtl")) == case["read"]


def test_marks_stay_with_their_letter() -> None:
    assert as_read(["ا", "ن", "سّ"], rtl=True) == ["سّ", "ن", "ا"]


@pytest.mark.parametrize(
    ("text", "expected"), [("قتل 12 شخصا", True), ("12 killed near سنا", False), ("12 / 34", None), ("ab اب", None)]
)
def test_direction_of_a_line(text: str, expected: bool | None) -> None:
    assert runs_from_right(text) is expected


def test_is_rtl() -> None:
    assert is_rtl("killed in سنا")
    assert not is_rtl("tué à Senna")


@given(st.text(alphabet="ابت abc 012٣٤ .,-()", max_size=60), st.booleans())
def test_every_item_is_kept(line: str, rtl: bool) -> None:
    assert sorted(as_read(line, rtl=rtl)) == sorted(line)


@given(st.lists(st.sampled_from(["قتل", "١٢", "1,500", "12", "سنا", "٣٫٥"]), min_size=1, max_size=12))
def test_numbers_among_arabic_words_come_out_as_they_went_in(words: list[str]) -> None:
    """A line of Arabic words and numbers, laid out by hand: words turned around, numbers not, all from the right."""
    seen = " ".join(word if word[0].isdecimal() else word[::-1] for word in reversed(words))
    assert "".join(as_read(seen, rtl=True)) == " ".join(words)


@given(st.text(alphabet="abc 012.,()-", max_size=40))
def test_a_line_without_arabic_stays(line: str) -> None:
    assert "".join(as_read(line, rtl=False)) == line
