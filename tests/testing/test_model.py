"""The local model: what it lists, and that it states claims in the shape that is asked for."""

import json
import urllib.error
import urllib.request
from dataclasses import fields
from typing import Any

import jsonschema
import pytest

from sijill.extract.asking.shape import AnsweredClaim, answer_schema
from sijill.testing.model import ENDLESS, LocalModel, Manner, local_model, stated

KNOWS = (stated("Eight people were killed.", "Eight", 8, 8), stated("12 were wounded.", "12", 12, 12, "wounded"))
REQUEST = {
    "messages": [{"role": "system", "content": "12 were wounded."}, {"role": "user", "content": "12 were wounded."}]
}


def post(model: LocalModel) -> dict[str, Any]:
    asked = urllib.request.Request(f"{model.url}/chat/completions", json.dumps(REQUEST).encode())
    with urllib.request.urlopen(asked, timeout=10) as response:
        return dict(json.loads(response.read()))


def listed(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return list(json.loads(answer["choices"][0]["message"]["content"])["claims"])


def test_a_claim_is_stated_in_the_shape_that_is_asked_for() -> None:
    assert set(KNOWS[0]) == {f.name for f in fields(AnsweredClaim)}
    jsonschema.Draft202012Validator(answer_schema()).validate({"claims": list(KNOWS)})


def test_it_lists_what_stands_in_the_text_that_it_was_sent() -> None:
    with local_model(KNOWS) as model:
        assert listed(post(model)) == [KNOWS[1]]
        assert model.asked == [REQUEST]
        assert model.paths == ["/v1/chat/completions"]


def test_manners_may_be_lined_up() -> None:
    with local_model(KNOWS) as model:
        model.next = [Manner.ERROR]
        with pytest.raises(urllib.error.HTTPError, match="500"):
            post(model)
        assert listed(post(model)) == [KNOWS[1]]


@pytest.mark.parametrize(
    "manner", [Manner.INVENTED, Manner.ALTERED, Manner.MISCOUNTED, Manner.OUTSIDE, Manner.MISSHAPEN]
)
def test_what_it_does_wrong_is_wrong_and_nothing_else(manner: Manner) -> None:
    with local_model(KNOWS) as model:
        model.manner = manner
        (claim,) = listed(post(model))
    names = {n for n in claim.keys() | KNOWS[1].keys() if claim.get(n, "-") != KNOWS[1].get(n, "-")}
    assert (
        names
        == {
            Manner.INVENTED: {"quote"},
            Manner.ALTERED: {"quote"},
            Manner.MISCOUNTED: {"low", "high"},
            Manner.OUTSIDE: {"group_type", "source_kind", "stance"},
            Manner.MISSHAPEN: {"low", "verdict"},
        }[manner]
    )


def test_endless_is_very_many() -> None:
    with local_model(KNOWS) as model:
        model.manner = Manner.ENDLESS
        assert len(listed(post(model))) == ENDLESS
