import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.preserve.pdflines import Glyph, in_order, righted
from sijill.preserve.reading import read_bytes
from tests.preserve.documents import Run, pdf


def glyph(text: str, pen: float, width: float = 6.0) -> Glyph:
    return Glyph(text, pen, pen, pen + width, 700.0, 12.0, 0)


def test_glyphs_stand_by_the_place_of_the_pen() -> None:
    assert [g.text for g in in_order([glyph("ب", 20), glyph("ا", 10), glyph("ت", 30)])] == ["ا", "ب", "ت"]


def test_a_letter_that_hangs_over_another_stays_behind_it() -> None:
    """In some fonts the bowl of one letter reaches below the next: the pen tells, the ink does not."""
    assert [g.text for g in in_order([glyph("م", 190.9, 5.9), glyph("ج", 190.2, 7.7)])] == ["ج", "م"]


def test_a_mark_goes_with_the_letter_below_it() -> None:
    line = [glyph("س", 20, 10), glyph("ن", 10, 10), glyph("\u0651", 23, 2), glyph(" ", 5, 5)]
    assert [g.text for g in in_order(line)] == [" ", "ن", "س\u0651"]


@pytest.mark.parametrize(
    ("line", "turned"),
    [
        ("قال )وزير( ثم", "قال (وزير) ثم"),
        ("قال (وزير) ثم", "قال (وزير) ثم"),
        (")٢٥٪(.", "(٢٥٪)."),
        ("»سنا« و", "«سنا» و"),
        ("killed [2] of (5)", "killed [2] of (5)"),
    ],
)
def test_brackets_open_before_words_and_close_after_them(line: str, turned: str) -> None:
    assert righted(line) == turned


@given(st.text(alphabet="اب12 ()[]«».,", max_size=40))
def test_only_brackets_change(line: str) -> None:
    assert [c for c in righted(line) if c not in "()[]«»"] == [c for c in line if c not in "()[]«»"]
    assert len(righted(line)) == len(line)


def test_words_are_parted_where_there_is_room_for_a_space() -> None:
    """Two runs on one line without a space character between them, and one that touches the next."""
    runs = [Run("سنا"[::-1], x=100), Run("١٢", x=126), Run("قت"[::-1], x=160), Run("لى"[::-1], x=148)]
    assert read_bytes(pdf([runs]), name="a.pdf").text == "قتلى ١٢ سنا"


def test_runs_of_one_line_may_come_in_any_order() -> None:
    runs = [Run("قتل"[::-1], x=200), Run("في"[::-1], x=100), Run("١٢", x=150)]
    assert read_bytes(pdf([runs]), name="a.pdf").text == "قتل ١٢ في"


def test_columns_stay_apart() -> None:
    right = [Run("قتل"[::-1], x=400, y=700), Run("سنا"[::-1], x=400, y=680)]
    left = [Run("نزح"[::-1], x=100, y=700), Run("وادي"[::-1], x=100, y=680)]
    assert read_bytes(pdf([right + left]), name="a.pdf").text == "قتل\nسنا\nنزح\nوادي"
