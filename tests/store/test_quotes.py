from hypothesis import given
from hypothesis import strategies as st

from sijill.core.claim import Claim, Count, Group, Harm, Span
from sijill.core.quantity import Quantity
from sijill.store.quotes import moved

SENTENCE = "At least 12 people were killed in Old Senna."


def claim(text: str, quote: str, count: str | None, nth: int = 0) -> Claim:
    """A claim that quotes the `nth` place of some words, and counts some words within them."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(quote, start + 1)
    counted = None
    if count is not None:
        at = text.index(count, start)
        counted = Count.of(Span(count, at, at + len(count)), Quantity.exactly(12))
    span = Span(quote, start, start + len(quote))
    return Claim("0" * 64, Harm.KILLED, counted, Group(), None, None, None, None, span, "rules-en@1", 0.9)


def words(text: str, place: tuple[int, int] | None) -> str:
    assert place is not None
    return text[slice(*place)]


def test_words_are_found_wherever_they_stand_now() -> None:
    now = f"A headline that is new\n\n{SENTENCE}"
    assert words(now, moved(claim(SENTENCE, SENTENCE, "12"), SENTENCE, now)) == "12"
    assert words(now, moved(claim(SENTENCE, SENTENCE, None), SENTENCE, now)) == SENTENCE


def test_breaks_of_lines_do_not_matter() -> None:
    now = SENTENCE.replace("12 people", "12\n  people").replace("in Old", "in\fOld")
    assert words(now, moved(claim(SENTENCE, SENTENCE, "12 people"), SENTENCE, now)) == "12\n  people"


def test_words_that_are_gone_stand_nowhere() -> None:
    for now in ("", "At least 17 people were killed in Old Senna.", SENTENCE.upper()):
        assert moved(claim(SENTENCE, SENTENCE, "12"), SENTENCE, now) is None


def test_of_words_that_stand_twice_the_place_among_them_decides() -> None:
    twice = f"{SENTENCE} Later: {SENTENCE}"
    now = f"New. {twice}"
    second = moved(claim(twice, SENTENCE, "12", nth=1), twice, now)
    assert second is not None
    assert second[0] == now.rindex("12")
    assert moved(claim(twice, SENTENCE, "12", nth=1), twice, f"{twice} {SENTENCE}") is None
    assert words(SENTENCE, moved(claim(twice, SENTENCE, "12", nth=1), twice, SENTENCE)) == "12"


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_put_around_a_text_moves_its_claims_alike(before: str, after: str) -> None:
    now = before + " " + SENTENCE + " " + after
    place = moved(claim(SENTENCE, SENTENCE, "12"), SENTENCE, now)
    if now.count(SENTENCE) == 1:
        assert place == (len(before) + 1 + SENTENCE.index("12"), len(before) + 3 + SENTENCE.index("12"))
