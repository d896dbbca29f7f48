from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sijill.extract.asking.windows import windows

LENGTHS = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 5)), max_size=40)


def bounds(lengths: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found, at = [], 0
    for length, gap in lengths:
        found.append((at, at + length))
        at += length + gap
    return found


@given(LENGTHS, st.integers(1, 120), st.integers(0, 60))
def test_every_sentence_stands_whole_in_a_window_and_none_is_too_long(
    lengths: list[tuple[int, int]], size: int, overlap: int
) -> None:
    sentences = bounds(lengths)
    found = windows(sentences, size=size, overlap=overlap)
    for start, end in sentences:
        assert any(a <= start and end <= b for a, b in found)
    for a, b in found:
        assert b - a <= size or (a, b) in sentences
    assert list(found) == sorted(found)
    for (_, before), (after, _) in pairwise(found):
        assert before - after <= overlap
    assert len(found) <= len(sentences)


def test_a_window_begins_with_the_sentences_before_it() -> None:
    sentences = [(n * 10, n * 10 + 9) for n in range(10)]
    assert windows(sentences, size=39, overlap=19) == ((0, 39), (20, 59), (40, 79), (60, 99))


def test_no_sentences_no_windows() -> None:
    assert windows([]) == ()
