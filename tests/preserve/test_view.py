import pytest

from sijill.core.document import Metadata, Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.view import NOTHING_STATED, View, finish, reader_name
from tests.preserve.documents import ARABIC, ENGLISH


def finished(text: str, metadata: Metadata = NOTHING_STATED, limits: Limits = DEFAULT_LIMITS) -> Reading:
    return finish(View(text, "text@1", "text/plain", metadata), document="0" * 64, name="a.txt", limits=limits)


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


def test_nul_is_replaced_one_for_one() -> None:
    reading = finished(f"a\0b {ENGLISH}")
    assert reading.text == f"a\ufffdb {ENGLISH}"
    assert codes(reading) == ["nul_replaced"]


def test_halves_of_characters_are_replaced() -> None:
    assert finished(f"\ud800{ENGLISH}").text == f"\ufffd{ENGLISH}"
    assert codes(finished(f"\ud800{ENGLISH}")) == ["bytes_replaced"]


def test_control_characters_stay_and_are_told_of() -> None:
    assert finished(f"\x1b[2J{ENGLISH}").text == f"\x1b[2J{ENGLISH}"
    assert codes(finished(f"\x1b[2J{ENGLISH}")) == ["control_characters"]


def test_forced_directions_are_severe() -> None:
    reading = finished(f"\u202e21\u202c {ENGLISH}")
    assert [(note.code, note.severe) for note in reading.notes] == [("bidi_overrides", True)]


def test_marks_of_direction_that_arabic_pages_use_are_not() -> None:
    assert codes(finished(f"\u200f\u202b{ARABIC}\u202c")) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no text"),
        (" \n\u200b\ufeff", "no text"),
        ("\ufffd\ufffd", "no text"),
        ("\x01\x02" * 100 + ENGLISH, "control characters"),
        ("x" * 101, "more than 100 characters"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    limits = Limits(max_text=100) if "100" in reason else Limits()
    with pytest.raises(UnreadableFile, match=reason):
        finished(text, limits=limits)


def test_fields_are_one_clean_line() -> None:
    stated = Metadata(title="a\n\x1b b\u202e  c", publisher=" ", url="https://courier.example/x")
    assert finished(ENGLISH, stated).metadata == Metadata("a b c", None, "https://courier.example/x", "en")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "courier.example", "https://a b", "https://"]
)
def test_an_address_that_is_none_is_dropped(url: str) -> None:
    reading = finished(ENGLISH, Metadata(url=url))
    assert reading.metadata.url is None
    assert codes(reading) == ["field_dropped"]


def test_a_language_that_is_none_is_dropped_and_found() -> None:
    reading = finished(ENGLISH, Metadata(language="English (UK)"))
    assert (reading.metadata.language, codes(reading)) == ("en", ["field_dropped"])


def test_a_language_of_another_script_is_contradicted() -> None:
    reading = finished(ARABIC, Metadata(language="en-GB"))
    assert (reading.metadata.language, codes(reading)) == ("ar", ["language_contradicted"])


def test_a_reader_names_the_versions_it_depends_on() -> None:
    assert reader_name("text") == "text@1"
    assert reader_name("html", "lxml").startswith("html@1+lxml-")
