import copy
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sijill.core.claim import Claim
from sijill.core.incident import IncidentRecord
from sijill.core.schema import DRAFT, json_schema
from sijill.core.wire import added_later, fields_of, from_json, to_json
from tests.core.inventory import RECORDS
from tests.core.strategies import of_hint
from tests.core.test_wire import CLAIM, changed


def validator(record: type) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        json_schema(record), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


@pytest.mark.parametrize("record", RECORDS, ids=lambda c: c.__name__)
def test_the_schema_is_one(record: type) -> None:
    schema = json_schema(record)
    assert schema["$schema"] == DRAFT
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("record", RECORDS, ids=lambda c: c.__name__)
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
@given(data=st.data())
def test_the_schema_allows_whatever_is_written(record: type, data: st.DataObject) -> None:
    validator(record).validate(to_json(data.draw(of_hint(record))))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("harm", "vexed"),
        ("harm", ...),
        ("count.low", "8"),
        ("count.low", 8.5),
        ("count.qualifier", "roughly"),
        ("group.sect", "x"),
        ("period.start", "3 March"),
        ("attribution.chain", "a wire"),
        ("evidence", [{}]),
        ("quote", None),
    ],
)
def test_the_schema_refuses_what_reading_refuses(path: str, value: object) -> None:
    assert validator(Claim).is_valid(CLAIM)
    assert not validator(Claim).is_valid(changed(path, value))


@pytest.mark.parametrize("record", RECORDS, ids=lambda c: c.__name__)
def test_every_field_is_described_and_nothing_else(record: type) -> None:
    described = json_schema(record)["$defs"][record.__name__]
    always = [name for name in fields_of(record) if name not in added_later(record)]
    assert list(described["properties"]) == list(fields_of(record))
    assert described["required"] == always
    assert described["additionalProperties"] is False
    assert described["description"]


def test_records_within_records_stand_once_under_defs() -> None:
    schema = json_schema(IncidentRecord)
    assert {"Incident", "Figure", "Scope", "Place", "Period", "SetAside"} <= set(schema["$defs"])
    assert list(schema["$defs"]) == sorted(schema["$defs"])


def test_the_parts_of_a_claim_have_the_shape_of_the_contract() -> None:
    """The nested objects of a line of `sijill extract --format jsonl` hold at least what other programs read there."""
    contract: dict[str, set[str]] = {
        "count": {"text", "start", "end", "low", "high", "qualifier"},
        "group": {"text", "type", "subset"},
        "place": {"text", "name", "id", "lat", "lon", "precision"},
        "period": {"text", "start", "end", "precision"},
        "attribution": {"text", "source", "kind"},
        "quote": {"text", "start", "end"},
    }
    written = to_json(from_json(Claim, CLAIM))
    assert {"document", "harm", "extractor", "confidence", "perpetrator", *contract} <= set(written)
    for name, fields in contract.items():
        assert fields <= set(written[name]), name


def test_what_the_contract_lets_be_null_may_be_null() -> None:
    data: dict[str, Any] = copy.deepcopy(CLAIM)
    for name in ("place", "period", "attribution", "perpetrator", "count"):
        data[name] = None
    assert validator(Claim).is_valid(data)
