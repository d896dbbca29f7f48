import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.publish.highlight import Level, Marking, highlighted, stretches
from tests.publish.markup import Recovered

ALPHABET = st.characters(exclude_categories=()) | st.sampled_from("<>&\"'\r\n\u202e\u2069قتل ")


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Marking]]:
    """A text, and claims whose spans overlap, touch, nest and are empty."""
    text = draw(st.text(ALPHABET, max_size=60))
    position = st.integers(0, len(text))
    markings = []
    for n in range(draw(st.integers(0, 6))):
        start, low, high, end = sorted(draw(st.tuples(position, position, position, position)))
        count = (low, high) if draw(st.booleans()) else None
        faded = draw(st.booleans())
        markings.append(Marking((start, end), count, f"c-{n}", f"{n}", f"#k-{n}", f"claim {n}", faded))
    return text, markings


@given(marked_texts())
def test_the_text_is_all_there_and_nothing_else(case: tuple[str, list[Marking]]) -> None:
    text, markings = case
    assert Recovered(highlighted(text, markings)).text == text


@given(marked_texts())
def test_each_character_is_marked_as_strongly_as_its_strongest_claim(case: tuple[str, list[Marking]]) -> None:
    text, markings = case
    levels = [Level.NONE] * len(text)
    for marking in markings:
        for (start, end), level in marking.spans():
            for i in range(start, end):
                levels[i] = max(levels[i], level)
    found = [s.level for s in stretches(len(text), markings) for _ in range(s.start, s.end)]
    assert found == levels


@given(marked_texts())
def test_each_claim_has_its_anchor_and_its_number_once(case: tuple[str, list[Marking]]) -> None:
    text, markings = case
    html = highlighted(text, markings)
    assert sorted(re.findall(r'id="([^"]*)"', html)) == sorted(m.anchor for m in markings)
    assert sorted(re.findall(r'data-note="([^"]*)"', html)) == sorted(m.note for m in markings)


def test_a_count_within_the_quotes_of_two_claims() -> None:
    markings = [Marking((0, 21), (0, 5), "a"), Marking((6, 21), (16, 17), "b")]
    assert highlighted("eight killed and 3 hurt", markings) == (
        '<span id="a" class="place"><mark class="counted">eight</mark></span><mark class="quoted"> </mark>'
        '<mark class="quoted">killed and</mark><span id="b" class="place"><mark class="counted"> </mark></span>'
        '<mark class="quoted">3 hu</mark>rt'
    )


def test_a_rejected_count_gives_way_to_one_that_stands() -> None:
    faded, kept = Marking((0, 4), (0, 4), faded=True), Marking((2, 4), (2, 4))
    assert [s.level for s in stretches(4, [faded, kept])][:2] == [Level.FADED, Level.COUNT]


def test_offsets_are_code_points() -> None:
    text = "😀😀 ثمانية قتلى"
    assert '<mark class="counted">ثمانية</mark>' in highlighted(text, [Marking((3, 14), (3, 9))])


def test_a_span_outside_the_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="a span from 2 to 9 lies outside a text of 4 code points"):
        highlighted("text", [Marking((2, 9), None)])


def test_many_overlapping_claims_stay_quick() -> None:
    n = 20_000
    markings = [Marking((i, n), (i, i + 1)) for i in range(0, n, 2)]
    assert sum(1 for _ in stretches(n, markings)) == n + 1
