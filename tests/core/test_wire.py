import datetime as dt
import json
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sijill.core.canonical import canonical
from sijill.core.claim import Claim, Group, GroupType, Span
from sijill.core.document import Metadata, Reading
from sijill.core.errors import InvalidRecord
from sijill.core.judgement import Judgement
from sijill.core.log import Checkpoint, LogEntry
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Quantity
from sijill.core.wire import from_json, to_json
from tests.core.inventory import ENUMS, RECORDS
from tests.core.strategies import of_hint

SENTENCE = "At least 8 people were killed in Tell Nour, the monitor said."
CLAIM: dict[str, Any] = {
    "document": "ab" * 32,
    "harm": "killed",
    "count": {"text": "At least 8", "start": 40, "end": 50, "low": 8, "high": None, "qualifier": "at_least"},
    "group": {"text": "people", "type": "unspecified", "subset": ""},
    "place": {
        "text": "Tell Nour",
        "name": "Tell Nour",
        "id": "sen-1",
        "lat": -32.71,
        "lon": -18.02,
        "precision": 2,
        "basis": "gazetteer",
    },
    "period": {"text": "on Monday", "start": "2031-03-03", "end": "2031-03-03", "precision": 1, "basis": "weekday"},
    "attribution": {"text": "the monitor said", "source": "monitor", "kind": "monitor", "chain": ["a wire"]},
    "perpetrator": None,
    "quote": {"text": SENTENCE, "start": 40, "end": 40 + len(SENTENCE)},
    "extractor": "rules-en@0.1.0",
    "confidence": 1,
    "part_of": None,
    "evidence": [{"field": "harm", "rule": "passive", "words": "killed"}],
}


def changed(path: str, value: object) -> dict[str, Any]:
    """The claim above with one value changed; `...` takes it out."""
    data = json.loads(json.dumps(CLAIM))
    *parents, last = path.split(".")
    at = data
    for name in parents:
        at = at[int(name)] if isinstance(at, list) else at[name]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return data  # type: ignore[no-any-return]


@pytest.mark.parametrize("record", RECORDS, ids=lambda c: c.__name__)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_record_reads_back_as_it_was_written(record: type, data: st.DataObject) -> None:
    value = data.draw(of_hint(record))
    written = to_json(value)
    assert from_json(record, written) == value
    assert from_json(record, json.loads(json.dumps(written))) == value


@given(of_hint(Claim))
def test_a_claim_read_back_from_its_canonical_bytes_has_the_same_id(claim: Claim) -> None:
    assert from_json(Claim, json.loads(canonical(to_json(claim)))).id == claim.id


@given(of_hint(Judgement))
def test_a_judgement_read_back_from_its_canonical_bytes_has_the_same_id(judgement: Judgement) -> None:
    assert from_json(Judgement, json.loads(canonical(to_json(judgement)))).id == judgement.id


@pytest.mark.parametrize("enum", ENUMS, ids=lambda c: c.__name__)
def test_an_enum_is_its_value(enum: type[Enum]) -> None:
    assert [to_json(member) for member in enum] == [member.value for member in enum]
    assert all(type(to_json(member)) is str for member in enum)


def test_the_claim_above_is_one() -> None:
    claim = from_json(Claim, CLAIM)
    assert claim.count is not None
    assert claim.count.quantity == Quantity.at_least(8)
    assert claim.period is not None
    assert claim.period.start == dt.date(2031, 3, 3)
    assert type(claim.confidence) is float
    assert to_json(claim) == CLAIM


def test_what_has_a_default_may_be_left_out() -> None:
    assert from_json(Group, {"type": "civilians"}) == Group("", GroupType.CIVILIANS)
    assert from_json(Metadata, {}) == Metadata()


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("harm", ..., r"^Claim: harm is missing$"),
        ("count", ..., r"^Claim: count is missing$"),
        ("count.low", ..., r"^Claim\.count: low is missing$"),
        ("religion", "x", r"^Claim: no field is called 'religion'; there are document, harm, "),
        ("group.sect", "x", r"^Claim\.group: no field is called 'sect'; there are text, type, subset$"),
        ("harm", "vexed", r"^Claim\.harm: 'vexed' is none of 'killed', 'wounded', "),
        ("harm", None, r"^Claim\.harm: 'None' is none of "),
        ("harm", ["killed"], r"^Claim\.harm: .* is none of "),
        ("harm", 1, r"^Claim\.harm: '1' is none of "),
        ("count.low", "8", r"^Claim\.count\.low: expected int, found str$"),
        ("count.low", 8.0, r"^Claim\.count\.low: expected int, found float$"),
        ("count.low", True, r"^Claim\.count\.low: expected int, found bool$"),
        ("count.low", 2**53, r"^Claim\.count\.low: beyond 2\^53 - 1"),
        ("count.low", -1, r"^Claim\.count: a number of people cannot be -1$"),
        ("count.high", 7, r"^Claim\.count: an interval cannot run from 8 down to 7$"),
        ("count.end", 51, r"^Claim\.count: a span from 40 to 51 cannot hold 10 code points$"),
        ("count.text", "At most 99", r"^Claim: a claim's count is worded as its quote has it$"),
        ("count", [], r"^Claim\.count: expected an object, found list$"),
        ("quote", None, r"^Claim\.quote: expected an object, found null$"),
        ("quote.text", 5, r"^Claim\.quote\.text: expected str, found int$"),
        ("quote.text", "\ud83d", r"^Claim\.quote\.text: half of a surrogate pair is not text$"),
        ("place.lat", 91, r"^Claim\.place: no such place on earth"),
        ("place.lat", None, r"^Claim\.place: a place has both coordinates or neither$"),
        ("place.lat", float("nan"), r"^Claim\.place\.lat: not a finite number$"),
        ("place.lat", float("inf"), r"^Claim\.place\.lat: not a finite number$"),
        ("place.lat", 10**400, r"^Claim\.place\.lat: not a finite number$"),
        ("place.lat", "1", r"^Claim\.place\.lat: expected float, found str$"),
        ("place.lat", False, r"^Claim\.place\.lat: expected float, found bool$"),
        ("period.start", "2031-02-30", r"^Claim\.period\.start: '2031-02-30' is not a date such as 2031-03-04$"),
        ("period.start", "20310303", r"^Claim\.period\.start: '20310303' is not a date"),
        ("period.start", "2031-W10-1", r"^Claim\.period\.start: '2031-W10-1' is not a date"),
        ("period.start", "٢٠٣١-٠٣-٠٣", r"^Claim\.period\.start: .* is not a date"),
        ("period.start", 20310303, r"^Claim\.period\.start: '20310303' is not a date"),
        ("period.end", "2031-03-02", r"^Claim\.period: a period cannot run from 2031-03-03 back to 2031-03-02$"),
        ("attribution.chain", "a wire", r"^Claim\.attribution\.chain: expected an array, found str$"),
        ("attribution.chain", ["a", 2], r"^Claim\.attribution\.chain\[1\]: expected str, found int$"),
        ("evidence.0.rule", ..., r"^Claim\.evidence\[0\]: rule is missing$"),
        ("confidence", 1.01, r"^Claim: a confidence lies between 0 and 1, not at 1\.01$"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(path: str, value: object, says: str) -> None:
    with pytest.raises(InvalidRecord, match=says):
        from_json(Claim, changed(path, value))


@pytest.mark.parametrize("data", [None, [], "claim", 5, True], ids=repr)
def test_what_is_no_object_is_no_record(data: Any) -> None:
    with pytest.raises(InvalidRecord, match=r"^Claim: expected an object, found "):
        from_json(Claim, data)


@pytest.mark.parametrize("data", ["zz", "abc", "AB", "ab cd", 5, None])
def test_bytes_are_lower_case_hexadecimal(data: Any) -> None:
    with pytest.raises(InvalidRecord, match=r"^Checkpoint\.root: expected bytes in lower-case hexadecimal$"):
        from_json(Checkpoint, {"size": 1, "root": data, "note": ""})


def test_a_log_entry_holds_any_json_object() -> None:
    entry = {"kind": "case", "at": "", "by": "x", "program": "", "body": {"deep": [{"a": None}, 1.5]}}
    assert to_json(from_json(LogEntry, entry)) == entry
    with pytest.raises(InvalidRecord, match=r"^LogEntry\.body: expected an object, found list$"):
        from_json(LogEntry, {**entry, "body": []})


def test_flags_are_not_numbers() -> None:
    with pytest.raises(InvalidRecord, match=r"notes\[0\]\.severe: expected bool, found int"):
        from_json(Reading, {**to_json(READING), "notes": [{"code": "c", "text": "t", "severe": 1}]})


READING = Reading("cd" * 32, "plain@1", "text/plain", "Ten.", Metadata())


@pytest.mark.parametrize("value", [Claim, object(), {1, 2}, 1j, Span])
def test_what_has_no_json_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="has no JSON form"):
        to_json(value)


def test_mappings_and_tuples_of_records_have_a_json_form() -> None:
    assert to_json({"a": (Span("x", 0, 1), dt.date(2031, 3, 4), b"\x01")}) == {
        "a": [{"text": "x", "start": 0, "end": 1}, "2031-03-04", "01"]
    }


def test_a_subclass_of_str_is_written_as_plain_text() -> None:
    class Shout(str):
        __slots__ = ()

    assert type(to_json(Shout("x"))) is str


def test_a_new_record_needs_no_further_code() -> None:
    @dataclass(frozen=True, slots=True)
    class Pair:
        period: Period | None
        places: tuple[Place, ...] = ()

    assert from_json(Pair, {"period": None, "places": [{"text": "Ardeth"}]}) == Pair(None, (Place("Ardeth"),))
