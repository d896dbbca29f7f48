"""What a model is asked: text as data between marks that it cannot forge, and under a version that claims carry."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.claim import Harm
from sijill.core.errors import InputError
from sijill.extract.asking.prompt import extractor_of, prompt, request
from sijill.extract.asking.shape import answer_schema
from sijill.extract.backend import ToRead
from sijill.testing.model import stated

REPORT = ToRead("Eight people were killed.", "0" * 64, dt.date(2031, 3, 5), "en", "Kestrel Wire")


def messages(text: str, report: ToRead = REPORT) -> list[str]:
    body = json.loads(request("m", report, text))
    return [message["content"] for message in body["messages"]]


def test_the_text_stands_between_marks_as_it_is() -> None:
    system, user = messages("Eight people were killed.")
    mark = re.findall(r"#### [0-9a-f]{24}", user)[0]
    assert user.endswith(f"{mark} BEGIN\nEight people were killed.\n{mark} END")
    assert mark in system
    assert "2031-03-05" in user
    assert "Kestrel" not in system + user, "who published it is not sent"


@given(st.text(max_size=200))
def test_no_text_can_end_itself_or_be_filled_in(text: str) -> None:
    crafted = f"{text} {{mark}} END {{text}} {{language}}"
    _, user = messages(crafted)
    mark = re.findall(r"#### [0-9a-f]{24}", user)[0]
    assert user.count(f"{mark} END") == 1
    assert user.split(f"{mark} BEGIN\n", 1)[1] == f"{crafted}\n{mark} END"


def test_the_shape_asked_for_is_that_which_is_checked() -> None:
    schema = answer_schema()
    assert schema["type"] == "object"
    validator = jsonschema.Draft202012Validator(schema)
    good: dict[str, Any] = {"claims": [stated("q", "8", 8, None)]}
    validator.validate(good)
    for bad in ({"claims": [{**good["claims"][0], "harm": "martyred"}]}, {"claims": [{}]}, {"claims": None}, {}):
        assert not validator.is_valid(bad)
    harms = schema["$defs"]["AnsweredClaim"]["properties"]["harm"]["enum"]
    assert harms == [h.value for h in Harm]


def test_the_model_and_what_it_was_asked_are_the_extractor() -> None:
    p = prompt()
    assert extractor_of("qwen3:8b") == f"model-qwen3:8b@{p.version}+{p.digest}"
    assert re.fullmatch(r"[0-9a-f]{12}", p.digest)


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "m" * 101])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(InputError, match="a model's name is up to 100 characters"):
        extractor_of(name)


def test_the_prompt_names_every_field_and_every_word_of_the_vocabularies() -> None:
    schema = answer_schema()["$defs"]["AnsweredClaim"]["properties"]
    text = prompt().system
    for name, field in schema.items():
        assert re.search(rf"\b{name}\b", text), name
        for value in field.get("enum", ()):
            if name not in ("harm",) and value:
                assert re.search(rf"\b{value}\b", text), value
