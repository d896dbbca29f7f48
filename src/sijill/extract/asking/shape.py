"""The one shape that an answer may have: the same records are its JSON Schema and what checks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from sijill.core.claim import AttributionKind, GroupType, Harm, Stance, Subset
from sijill.core.errors import InvalidRecord
from sijill.core.schema import json_schema
from sijill.core.wire import from_json

MOST_CLAIMS = 200


class Why(StrEnum):
    """Why something that a model answered is no claim."""

    SHAPE = "not in the shape asked for"
    HARM = "a harm outside the vocabulary"
    SUBSET = "a subset outside the vocabulary"
    QUOTE = "its quote is not in the text"
    COUNT_WORDS = "its count is not in its quote"
    NO_NUMBER = "no single number in the words of its count"
    NUMBER = "another number than its words say"
    FURNITURE = "furniture of the page"
    TWO_HARMS = "a second harm for one number"
    TOO_MANY = "more claims than a part of a report may hold"


@dataclass(frozen=True, slots=True)
class AnsweredClaim:
    """One claim as a model states it: words copied out of the text, "" where it has none. Nothing is believed yet."""

    quote: str
    count_words: str
    low: int | None
    high: int | None
    harm: Harm
    harm_words: str
    group_words: str
    group_type: GroupType
    subset: Subset
    place_words: str
    period_words: str
    attribution_words: str
    source: str
    source_kind: AttributionKind
    perpetrator_words: str
    stance: Stance
    part_of: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """All claims in the text, in its order."""

    claims: tuple[AnsweredClaim, ...]


# Fields whose vocabulary may be missed without losing the claim: what is kept instead, and what is emptied with it.
FORGIVEN: dict[str, tuple[type[Enum], str, tuple[str, ...]]] = {
    "group_type": (GroupType, GroupType.UNSPECIFIED, ()),
    "source_kind": (AttributionKind, AttributionKind.UNATTRIBUTED, ("attribution_words", "source")),
    "stance": (Stance, Stance.ALLEGED, ("perpetrator_words",)),
}
DECISIVE: dict[str, tuple[type[Enum], Why]] = {"harm": (Harm, Why.HARM), "subset": (Subset, Why.SUBSET)}


class UnusableAnswer(Exception):
    """An answer that is no list of claims; the message says what it is, never what it says."""


def answer_schema() -> dict[str, Any]:
    """JSON Schema of an answer, its root an object, as servers demand."""
    schema = json_schema(Answer)
    defs = schema["$defs"]
    root = defs.pop("Answer")
    return {**root, "$defs": defs}


def claims_in(answer: bytes) -> list[object]:
    """What an answer of the endpoint lists as claims, unchecked; raises UnusableAnswer.

    The shape around it is that of OpenAI's chat completions: `choices[0].message.content` holds the answer as text.
    """
    whole = _parsed(answer, "the response")
    match whole:
        case {"choices": [{"finish_reason": "length"}, *_]}:
            raise UnusableAnswer("it was cut short")
        case {"choices": [{"message": {"content": str(content)}}, *_]}:
            pass
        case _:
            raise UnusableAnswer("it is no chat completion with a text")
    match _parsed(content.encode("utf-8", "surrogatepass"), "the text of the answer"):
        case {"claims": list(claims)}:
            return claims
        case _:
            raise UnusableAnswer("its text is not the object that was asked for")


def checked(raw: object) -> tuple[AnsweredClaim | Why, tuple[str, ...]]:
    """One claim of an answer, or why it is none, and the fields whose value was outside the vocabulary."""
    if not isinstance(raw, dict):
        return Why.SHAPE, ()
    for name, (vocabulary, why) in DECISIVE.items():
        if isinstance(raw.get(name), str) and raw[name] not in _values(vocabulary):
            return why, ()
    given, missed = dict(raw), []
    for name, (vocabulary, instead, emptied) in FORGIVEN.items():
        if isinstance(given.get(name), str) and given[name] not in _values(vocabulary):
            given |= {name: str(instead), **dict.fromkeys(emptied, "")}
            missed.append(name)
    try:
        return from_json(AnsweredClaim, given), tuple(missed)
    except InvalidRecord:
        return Why.SHAPE, ()


def _values(vocabulary: type[Enum]) -> Iterator[object]:
    return (member.value for member in vocabulary)


def _parsed(data: bytes, what: str) -> object:
    try:
        return json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as err:
        raise UnusableAnswer(f"{what} is not JSON") from err


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
