import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.preserve.encoding import decode
from sijill.preserve.mojibake import repaired
from tests.preserve.documents import ARABIC, ENGLISH, FRENCH


def misread(text: str, encoding: str) -> str:
    """UTF-8 read as another encoding, bytes that it leaves open as the controls of their numbers."""
    return "".join(bytes([b]).decode(encoding, "ignore") or chr(b) for b in text.encode())


@pytest.mark.parametrize("encoding", ["cp1256", "cp1252", "latin-1"])
@pytest.mark.parametrize("text", [ARABIC, FRENCH, "L’hôpital a compté « douze » morts…"])
def test_it_is_turned_back(text: str, encoding: str) -> None:
    assert repaired(misread(text, encoding))[0] == text


def test_twice_misread_is_turned_back_twice() -> None:
    assert repaired(misread(misread(ARABIC, "cp1252"), "cp1252"))[0] == ARABIC


def test_only_the_lines_that_are_mangled_are_touched() -> None:
    text = f"{misread(ARABIC, 'cp1256')}\n{ARABIC}\n{ENGLISH}"
    assert repaired(text) == (f"{ARABIC}\n{ARABIC}\n{ENGLISH}", 1, "cp1256")


def test_it_is_said() -> None:
    decoded = decode(misread(ARABIC, "cp1256").encode(), name="a.txt")
    assert decoded.text == ARABIC
    assert [(note.code, note.severe) for note in decoded.notes] == [("mojibake_repaired", False)]


@pytest.mark.parametrize(
    "text",
    [
        ARABIC,
        FRENCH,
        "في الوسط، ثم في الوسط» مرة أخرى؛ وعلى الشط… قرب النقاط؟",
        "« LE CAFÉ » ET « LA FORÊT »",
        "PÅ» sa han",
        "Â© 2031",
        "",
    ],
)
def test_good_text_stays(text: str) -> None:
    assert repaired(text) == (text, 0, "")


@given(st.lists(st.sampled_from(ARABIC.split() + FRENCH.split() + ENGLISH.split()), max_size=60).map(" ".join))
def test_good_words_in_any_order_stay(text: str) -> None:
    assert repaired(text) == (text, 0, "")


@given(st.text(max_size=300))
def test_total(text: str) -> None:
    assert isinstance(repaired(text)[0], str)
