from hypothesis import given
from hypothesis import strategies as st

from sijill.preserve.names import LONGEST, UNSAFE, shown


def test_what_moves_a_terminal_is_written_out() -> None:
    assert shown("a\x1b[2J\nb.txt") == "a\\x1b[2J\\x0ab.txt"


def test_what_reverses_a_name_is_written_out() -> None:
    assert shown("bill\u202efdp.exe") == "bill\\u202efdp.exe"


def test_bytes_that_are_not_utf8_are_written_as_bytes() -> None:
    assert shown(b"x\xff.txt".decode("utf-8", "surrogateescape")) == "x\\xff.txt"


def test_arabic_stays() -> None:
    assert shown("تقرير عن سنّا.txt") == "تقرير عن سنّا.txt"


@given(st.text(alphabet=st.characters(), max_size=500))
def test_nothing_unsafe_is_left(name: str) -> None:
    assert not UNSAFE.search(shown(name))
    assert len(shown(name)) <= LONGEST + 1
