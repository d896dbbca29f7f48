"""What is made of words that tesseract gives, without tesseract: layout, disagreements, places of notes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.document import Note
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.ocr import PAGE_BREAK, Other, Recognised, disagreements, joined, laid_out, without_lines_of
from sijill.preserve.tesseract import Word


def words(*rows: str, sure: float = 90.0, line_height: float = 40.0) -> tuple[Word, ...]:
    """Words of lines, each in a box of its own: twenty pixels a letter."""
    made = []
    for number, row in enumerate(rows):
        left = 0.0
        for text in row.split():
            made.append(Word(text, sure, left, number * line_height, 20.0 * len(text), 30.0, (1, 1, number)))
            left += 20.0 * len(text) + 20.0
    return tuple(made)


def told(first: tuple[Word, ...], *others: Other) -> list[tuple[str, str]]:
    text, placed = laid_out(first)
    return [(text[n.start : n.end], n.text) for n in disagreements("page 1", placed, others)]


def test_lines_and_paragraphs() -> None:
    rows = [Word(t, 90, 0, 0, 10, 10, (1, p, n)) for t, p, n in (("a1", 1, 1), ("b", 1, 1), ("c", 1, 2), ("d", 2, 1))]
    text, placed = laid_out(rows)
    assert text == "a1 b\nc\n\nd"
    assert [text[p.start : p.end] for p in placed] == ["a1", "b", "c", "d"]


def test_lines_of_dirt_are_left_out() -> None:
    dirt = tuple(Word(t, 20, 0, 90, 10, 10, (1, 1, 9)) for t in ("|", "x7", "."))
    assert laid_out((*words("12 killed"), *dirt))[0] == "12 killed"
    assert laid_out(words("| ~ —"))[0] == ""


def test_readings_that_agree_say_nothing() -> None:
    assert told(words("12 killed in Senna"), Other(words("12 killed in Sema"))) == []
    assert told(words("قتل ١٢ شخصا"), Other(words("قتل ۱۲ شخصا"))) == []


@pytest.mark.parametrize(
    ("first", "other", "place", "said"),
    [
        ("12 killed", "72 killed", "12", "“72”"),
        ("قتل ١٢ شخصا", "قتل ٢١ شخصا", "١٢", "“٢١”"),
        ("قتل ١٢ شخصا", "قتل IY شخصا", "١٢", "“IY”"),
        ("on IO March", "on 10 March", "IO", "“10”"),
        ("1,500 fled", "1,50O fled", "1,500", "“1,50O”"),
    ],
)
def test_both_readings_of_a_number_are_told_at_its_place(first: str, other: str, place: str, said: str) -> None:
    ((found, text),) = told(words(first), Other(words(other)))
    assert found == place
    assert said in text
    assert "confidence 90" in text


def test_a_number_that_the_other_reading_lost_is_told() -> None:
    ((found, text),) = told(words("12 killed"), Other(words("12 killed")[1:]))
    assert (found, "“nothing”" in text) == ("12", True)
    assert told(words("12 killed"), Other(words("12 killed")[1:], whole=False)) == []


def test_a_number_that_only_an_unsure_reading_saw_is_not() -> None:
    assert told(words("on IO March"), Other(words("on 10 March", sure=40))) == []


def test_a_box_as_wide_as_the_line_is_of_the_word_with_its_digits() -> None:
    """As tesseract gave it for a number at the end of an Arabic line."""
    wide = Word("47", 90, 0, 0, 400, 30, (1, 1, 0))
    assert (
        told(words("children and 47 women"), Other((*words("children and"), wide, words("children and 47 women")[3])))
        == []
    )


def test_digits_of_two_alphabets_in_one_number_become_one() -> None:
    text, placed = laid_out(words("يوم ۲٠۳١"))
    assert text == "يوم ٢٠٣١"
    assert placed[1].word.text == "۲٠۳١"


def test_more_disagreements_than_anybody_reads_end_in_one_note() -> None:
    many = " ".join(str(n) for n in range(100, 300))
    found = told(words(many), Other(words(many.replace("1", "7"))))
    assert len(found) == 101
    assert "more than 100" in found[-1][1]


pages = st.lists(
    st.text("abc1 ", max_size=12).map(
        lambda text: Recognised(text, (note(NoteCode.OCR_UNCONFIRMED, text, start=0, end=len(text)),))
    ),
    max_size=6,
)


@given(pages)
def test_notes_of_joined_pages_stand_where_their_page_stands(given_pages: list[Recognised]) -> None:
    text, notes = joined(given_pages)
    if text:
        assert text == PAGE_BREAK.join(page.text for page in given_pages)
        assert [text[n.start : n.end] for n in notes] == [n.text for n in notes]


def test_what_the_text_says_already_is_not_said_twice() -> None:
    page = Recognised(
        "Old Senna, 9 March\n12 killed\nOld  SENNA", (Note("x", "12", True, 19, 21), Note("y", "all", True, 0, 39))
    )
    left = without_lines_of(page, "The market of old Senna, 9 March 2031.")
    assert left.text == "12 killed"
    assert [(n.code, left.text[n.start : n.end]) for n in left.notes] == [("x", "12"), ("y", "12 killed")]
    assert without_lines_of(page, page.text) == Recognised()
