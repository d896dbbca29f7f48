"""What a copied page holds beside the report makes no claims, and the report's own words keep their offsets."""

from __future__ import annotations

from sijill.core.claim import Claim
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims

REPORT = (
    "Eight people were killed in Balta on Monday, the hospital said in a statement that it sent to all the papers of "
    "the valley. Five others were wounded."
)
MENU = "Log in\nSign up\nSearch\n"
HEADLINES = "Rebels kill 12 in Ostra\nStorm kills 4 in Harun\nSix held over bombing\nParliament votes on budget\n"


def read(text: str) -> tuple[Claim, ...]:
    return read_claims(text, document="x", published=None, language="en", publisher=None, gazetteer=Gazetteer.shipped())


def counts(text: str) -> list[str]:
    return [c.count.text for c in read(text) if c.count]


def test_menus_and_headlines_of_other_stories_make_no_claims() -> None:
    assert counts(f"{MENU}{HEADLINES}\n{REPORT}\n") == ["Eight", "Five"]


def test_what_stands_behind_read_next_makes_no_claims() -> None:
    assert counts(f"Log in\nShare\n{REPORT}\nRead next\nMayor and 3 guards shot dead\n") == ["Eight", "Five"]


def test_a_copy_of_a_post_is_read_once() -> None:
    assert counts(f"Log in\nSign up\n{REPORT}\n{REPORT}\n") == ["Eight", "Five"]


def test_a_report_without_menus_is_left_as_it_is() -> None:
    assert counts(f"{HEADLINES}\n{REPORT}\n{REPORT}\n")[:1] == ["12"]
    assert counts(f"{REPORT}\n{REPORT}\n") == ["Eight", "Five", "Eight", "Five"]


def test_offsets_are_those_of_the_whole_text() -> None:
    text = f"{MENU}{HEADLINES}\n{REPORT}\n"
    assert all(c.quote.stands_in(text) and c.count and c.count.span.stands_in(text) for c in read(text))


def test_hidden_letters_and_unseen_characters_shift_nothing() -> None:
    text = "Two peo\u200bple were kil\u200bled\u200f, 6 k*lled, 3 w0unded and 4 inj*red in Ostra."
    assert counts(text) == ["Two", "6", "3", "4"]
    assert all(c.quote.stands_in(text) for c in read(text))


def test_text_without_any_marks_is_read_to_its_end() -> None:
    assert counts("and then " * 900 + "twelve people were killed in Ostra") == ["twelve"]
