"""The workbench says everything in each of its languages."""

import re
import runpy
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from sijill.pipeline.speaking import SPOKEN
from sijill.pipeline.survey import End, Reason, Why
from sijill.web.speech import speech

TOOL = Path(__file__).parents[2] / "tools" / "words.py"
OTHERS = [language for language in SPOKEN if language != "en"]


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(TOOL))


def catalogue(tool: dict[str, Any], language: str) -> Catalog:
    with tool["path_of"](language).open("rb") as file:
        found: Catalog = read_po(file, locale=language)
        return found


def names(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


def test_catalogues_hold_every_message_and_no_other(tool: dict[str, Any]) -> None:
    assert set(tool["LANGUAGES"]) == set(OTHERS)
    for language in OTHERS:
        assert tool["path_of"](language).read_bytes() == tool["updated"](language), "run tools/words.py"
        assert tool["untranslated"](language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_messages_fill_in_the_same_values(tool: dict[str, Any], language: str) -> None:
    for message in catalogue(tool, language):
        if isinstance(message.id, tuple):
            assert isinstance(message.string, tuple)
            for form in message.string:
                assert names(form) <= names(message.id[1]), message.id
        elif message.id:
            assert isinstance(message.string, str)
            assert names(message.string) == names(message.id), message.id


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_holds_markup_or_a_direction_of_its_own(tool: dict[str, Any], language: str) -> None:
    for message in catalogue(tool, language):
        for form in message.string if isinstance(message.string, tuple) else (message.string,):
            assert message.id == "" or not re.search("[<>&\u200e\u200f\u202a-\u202e\u2066-\u2069]", str(form)), (
                message.id
            )


@pytest.mark.parametrize("language", SPOKEN)
def test_every_reason_has_words(language: str) -> None:
    from sijill.core.claim import Harm
    from sijill.core.incident import Scope

    said = speech(language)
    for why in Why:
        for end in End:
            reason = Reason(why, "<b>", Scope(Harm.KILLED), end, 3, 1500, 0.4)
            words = said.reason(reason)
            assert words
            assert "<b>" not in words
    assert "1,500" in speech("en").reason(Reason(Why.EFFECT, "", Scope(Harm.KILLED), End.LOW, 3, 1500))


def test_numbers_go_with_their_words() -> None:
    arabic = speech("ar")
    forms = [arabic.count("{n} claim", "{n} claims", n) for n in (0, 1, 2, 3, 11, 100)]
    assert forms == ["لا إفادات", "إفادة واحدة", "إفادتان", "3 إفادات", "11 إفادةً", "100 إفادة"]
    assert speech("fr").count("{n} claim", "{n} claims", 1500) == "1\u202f500 affirmations"
    assert speech("fr").count("{n} claim", "{n} claims", 0) == "0 affirmation"
