import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from sijill.publish.inert import OBEYED, inert, json_escaped, plain, said
from tests.publish.markup import Recovered

ANY_TEXT = st.text(st.characters(exclude_categories=()))
BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]


@given(ANY_TEXT)
@example("a\r\nb\rc\u202e\u200b\x00\ud800\U000e0041\ufffe")
def test_every_character_can_be_had_back(text: str) -> None:
    assert Recovered(inert(text)).text == text


@given(ANY_TEXT)
def test_what_is_written_obeys_nothing(text: str) -> None:
    for written in (inert(text), plain(text)):
        assert not re.search(f"[{OBEYED}]", written)
        written.encode("utf-8")


@pytest.mark.parametrize("code", BIDI)
def test_directional_controls_are_drawn_with_their_names(code: int) -> None:
    shown = inert(f"21{chr(code)}12")
    assert chr(code) not in shown
    assert f'data-cp="{code:04X}"' in shown
    assert re.search(r'title="U\+20\w\w [A-Z-]+ [A-Z -]+"', shown)


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u061c", "\u200b", "\ufeff", "\u00ad"])
def test_unseen_characters_keep_working_and_are_ticked(mark: str) -> None:
    assert inert(mark) == Markup(f'<span class="tick" data-cp="{ord(mark):04X}" title="{_title(mark)}">{mark}</span>')


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_joiners_are_left_alone(joiner: str) -> None:
    """Persian and Kurdish spelling needs them, and they reorder nothing."""
    assert inert(f"می{joiner}خواهم") == f"می{joiner}خواهم"


def test_a_line_break_of_two_characters_is_one_break() -> None:
    assert inert("a\r\nb") == 'a<span class="cr" data-cp="000D"></span>\nb'


def test_names_are_isolated() -> None:
    assert said("<i>\u202e") == Markup(f"<bdi>&lt;i&gt;{inert(chr(0x202E))}</bdi>")


@given(
    st.recursive(ANY_TEXT | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner))
)
def test_escaped_json_says_the_same(value: object) -> None:
    text = json_escaped(json.dumps(value, ensure_ascii=False, indent=1))
    assert json.loads(text) == value
    text.encode("utf-8")
    assert not re.search(f"[{OBEYED}]", text)


def _title(character: str) -> str:
    return inert(character).partition('title="')[2].partition('"')[0]
