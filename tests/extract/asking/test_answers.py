"""What becomes of a model's claims: hard cases as rows, and laws over whatever a model may answer."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.claim import Claim
from sijill.core.errors import NotAnswered
from sijill.extract.asking.model import Model
from sijill.extract.asking.shape import MOST_CLAIMS, Why
from sijill.extract.backend import ClaimReader, Found, Rules, ToRead
from sijill.extract.gazetteer import Gazetteer
from sijill.testing.model import stated

ROWS = list(csv.DictReader((Path(__file__).parent / "answers.csv").read_text(encoding="utf-8").splitlines()))
GAZETTEER = Gazetteer.shipped()
REPORT = (
    "Senna Valley Monitor, 5 March 2031\n"
    "At least eight people, among them two children, were killed and 18 wounded when soldiers shelled the market of "
    "Tamrel on 4 March 2031, the hospital of Ardeth said. Dozens of homes were burnt in Kalmon.\n"
)
KILLED = "At least eight people, among them two children, were killed and 18 wounded"


def completion(content: str, **more: Any) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}, **more}]}).encode()


def answered(*claims: object) -> bytes:
    return completion(json.dumps({"claims": list(claims)}))


def read(text: str, *answers: bytes, language: str = "en") -> Found:
    """What a model makes of a text that gives these answers, the last of them ever after."""
    left = list(answers)
    model = Model("test-model", lambda _: left.pop(0) if len(left) > 1 else left[0], GAZETTEER)
    return model.read(ToRead(text, "0" * 64, language=language))


def shown(claim: Claim) -> str:
    assert claim.count is not None
    low, high = ("" if end is None else str(end) for end in (claim.count.low, claim.count.high))
    return f"{low if low == high != '' else f'{low}..{high}'} {claim.count.qualifier}"


@pytest.mark.parametrize("row", ROWS, ids=[r["id"] for r in ROWS])
def test_rows(row: dict[str, str]) -> None:
    low, high = (int(row[end]) if row[end] else None for end in ("low", "high"))
    told = stated(row["quote"], row["count_words"], low, high, row["harm"], harm_words=row["harm_words"])
    language = "ar" if row["id"].startswith("Arabic") else "en"
    found = read(row["text"], answered(told), language=language)
    assert [shown(c) for c in found.claims] + list(found.dropped) == [row["becomes"]], row["why"]
    assert sum(found.dropped.values()) == 1 - len(found.claims)


def test_rows_are_many_and_each_has_a_name() -> None:
    assert len({r["id"] for r in ROWS}) == len(ROWS) >= 30


def test_fields_are_words_of_the_text_and_days_are_read_by_us() -> None:
    told = stated(
        KILLED,
        "At least eight",
        8,
        None,
        harm_words="killed",
        group_words="people",
        place_words="Tamrel",
        period_words="4 March 2031",
        attribution_words="the hospital of Ardeth said",
        source="the hospital of Ardeth",
        source_kind="medical",
        perpetrator_words="soldiers",
    )
    (claim,) = read(REPORT, answered(told)).claims
    assert claim.quote.text == KILLED
    assert claim.quote.stands_in(REPORT)
    assert claim.place is not None
    assert claim.place.text == "Tamrel"
    assert claim.period is not None
    assert (str(claim.period.start), str(claim.period.end), claim.period.precision) == ("2031-03-04", "2031-03-04", 1)
    assert claim.attribution is not None
    assert (claim.attribution.source, claim.attribution.kind) == ("the hospital of Ardeth", "medical")
    assert claim.perpetrator is not None
    assert (claim.perpetrator.text, claim.perpetrator.stance) == ("soldiers", "alleged")
    assert {e.field: e.rule for e in claim.evidence}["count"] == "number grammar"
    assert claim.unconfirmed == "a language model read it, and no person has confirmed it"
    assert claim.extractor.startswith("model-test-model@")


def test_words_that_are_not_in_the_text_leave_their_field_open() -> None:
    told = stated(
        KILLED,
        "At least eight",
        8,
        None,
        group_words="guests",
        place_words="Port Averin",
        period_words="on Friday",
        attribution_words="the ministry said",
        source="the ministry",
        perpetrator_words="rebels",
    )
    found = read(REPORT, answered(told))
    (claim,) = found.claims
    assert (claim.group.text, claim.place, claim.period, claim.attribution, claim.perpetrator) == ("", *[None] * 4)
    names = ("group_words", "place_words", "period_words", "attribution_words", "perpetrator_words")
    assert found.fields == dict.fromkeys(names, 1)


def test_a_source_that_the_text_does_not_name_is_no_voice() -> None:
    told = stated(KILLED, "At least eight", 8, None, attribution_words="the hospital of Ardeth said", source="the UN")
    found = read(REPORT, answered(told))
    assert found.claims[0].attribution is None
    assert found.fields == {"source": 1}


def test_a_part_names_its_whole_if_that_was_given_before() -> None:
    whole = stated(KILLED, "At least eight", 8, None, harm_words="killed")
    part = stated(KILLED, "two", 2, 2, harm_words="killed", subset="children", part_of=0)
    eight, two = read(REPORT, answered(whole, part)).claims
    assert (eight.part_of, two.part_of, str(two.group.subset)) == (None, eight.id, "children")
    found = read(REPORT, answered({**part, "part_of": 1}, whole))
    assert [c.part_of for c in found.claims] == [None, None]
    assert found.fields == {"part_of": 1}


def test_values_outside_the_vocabularies_are_left_open_and_counted() -> None:
    told = stated(
        KILLED,
        "At least eight",
        8,
        None,
        group_type="martyrs",
        source_kind="rumour",
        attribution_words="the hospital of Ardeth said",
        source="the hospital of Ardeth",
        stance="certain",
        perpetrator_words="soldiers",
    )
    found = read(REPORT, answered(told))
    (claim,) = found.claims
    assert (claim.group.type, claim.attribution, claim.perpetrator) == ("unspecified", None, None)
    assert found.fields == {"group_type": 1, "source_kind": 1, "stance": 1}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"subset": "refugees"}, Why.SUBSET),
        ({"harm": "disgraced"}, Why.HARM),
        ({"low": True}, Why.SHAPE),
        ({"low": 8.0}, Why.SHAPE),
        ({"low": "8"}, Why.SHAPE),
        ({"low": 10**30}, Why.SHAPE),
        ({"quote": None}, Why.SHAPE),
        ({"quote": ["Eight"]}, Why.SHAPE),
        ({"place_words": "\ud800"}, Why.SHAPE),
        ({"harm": ["killed"]}, Why.SHAPE),
        ({"verdict": "guilty"}, Why.SHAPE),
    ],
)
def test_what_is_not_in_the_shape_is_dropped(told: dict[str, object], why: Why) -> None:
    claim = stated(KILLED, "At least eight", 8, None)
    found = read(REPORT, answered({**claim, **told}, claim))
    assert (len(found.claims), found.dropped) == (1, {why: 1})


@pytest.mark.parametrize("junk", [None, 8, "killed", [], ["killed"], [[]], {}])
def test_what_is_no_claim_at_all_is_dropped(junk: object) -> None:
    assert read(REPORT, answered(junk)).dropped == {Why.SHAPE: 1}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<!doctype html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}}]}',
        completion("Here you are: {}"),
        completion('{"claims": [}'),
        completion('{"claims": {}}'),
        completion('{"claims": [{"low": NaN}]}'),
        completion("[" * 100_000),
        completion('{"claims": []}', finish_reason="length"),
        completion("\ud800"),
    ],
)
def test_an_answer_that_is_no_list_of_claims_is_asked_for_once_more_and_then_given_up(answer: bytes) -> None:
    with pytest.raises(NotAnswered, match="the model's answer cannot be used"):
        read(REPORT, answer)
    assert len(read(REPORT, answer, answered(stated(KILLED, "At least eight", 8, None))).claims) == 1


def test_the_same_claim_twice_is_one() -> None:
    claim = stated(KILLED, "At least eight", 8, None)
    found = read(REPORT, answered(*[claim] * 40))
    assert (len(found.claims), dict(found.dropped)) == (1, {})


def test_one_number_does_not_tell_of_two_harms_unless_it_is_vague() -> None:
    killed = stated(KILLED, "At least eight", 8, None)
    found = read(REPORT, answered(killed, {**killed, "harm": "wounded"}))
    assert ([str(c.harm) for c in found.claims], found.dropped) == (["killed"], {Why.TWO_HARMS: 1})
    text = "Dozens were killed and wounded in Tamrel."
    vague = [stated(text, "Dozens", None, None, harm, harm_words=harm) for harm in ("killed", "wounded")]
    assert [str(c.harm) for c in read(text, answered(*vague)).claims] == ["killed", "wounded"]


def test_endless_claims_have_an_end() -> None:
    claim = stated(KILLED, "At least eight", 8, None)
    found = read(REPORT, answered(*[claim] * (MOST_CLAIMS + 7)))
    assert (len(found.claims), found.dropped) == (1, {Why.TOO_MANY: 7})


def test_a_language_without_a_pack_is_not_read_as_its_numbers_cannot_be_checked() -> None:
    assert read("Sekiz kişi öldü.", answered(), language="tr") == Found()
    assert Model("m", lambda _: b"", GAZETTEER).extractor_for("tr") is None


def test_what_a_report_says_of_its_language_is_not_told() -> None:
    asked: list[bytes] = []

    def note(request: bytes) -> bytes:
        asked.append(request)
        return answered()

    Model("m", note, GAZETTEER).read(ToRead(REPORT, "0" * 64, language="en-list-900-killed"))
    assert b"Language: en." in asked[0]
    assert b"900" not in asked[0]


def test_both_are_readers_of_claims() -> None:
    readers: list[ClaimReader] = [Rules(GAZETTEER), Model("m", lambda _: answered(), GAZETTEER)]
    found = [reader.read(ToRead(REPORT, "0" * 64, language="en")) for reader in readers]
    assert [bool(f.claims) for f in found] == [True, False]
    assert [str(reader.extractor_for("en")).partition("-")[0] for reader in readers] == ["rules", "model"]


# --- laws ---

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
WORDS = st.sampled_from(["", KILLED, "eight", "At least eight", "two", "18", "Dozens", "Tamrel", "killed", "x", REPORT])
CLAIMS = st.fixed_dictionaries(
    {
        name: st.one_of(JSON, st.sampled_from([0, 1, 2, 8, 18, None]))
        if name in ("low", "high", "part_of")
        else st.one_of(WORDS, WORDS, st.sampled_from([str(value), "killed", "wounded", "children"]), JSON)
        for name, value in stated("", "", None, None).items()
    }
)


@given(st.lists(st.one_of(CLAIMS, JSON), max_size=6))
def test_whatever_is_answered_claims_hold_only_words_of_the_text(claims: list[object]) -> None:
    found = read(REPORT, answered(*claims))
    assert len(found.claims) + sum(found.dropped.values()) <= len(claims)
    for claim in found.claims:
        assert claim.quote.stands_in(REPORT)
        assert claim.count is not None
        assert claim.count.span.stands_in(REPORT)
        assert claim.unconfirmed
        said = [claim.group.text, *(part.text for part in (claim.place, claim.period, claim.perpetrator) if part)]
        said += [claim.attribution.text] if claim.attribution else []
        assert all(words in REPORT for words in said)


@given(JSON, st.binary(max_size=60))
def test_whatever_comes_back_is_an_answer_or_none(content: Any, junk: bytes) -> None:
    for answer in (junk, json.dumps(content).encode(), completion(json.dumps(content))):
        try:
            read(REPORT, answer)
        except NotAnswered:
            continue
