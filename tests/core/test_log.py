import json

import pytest
from hypothesis import given

from sijill.core.log import EntryKind, LogEntry
from sijill.core.wire import to_json
from tests.core.strategies import of_hint


@given(of_hint(LogEntry))
def test_a_leaf_is_the_canonical_json_of_all_fields(entry: LogEntry) -> None:
    assert json.loads(entry.bytes(), parse_int=float) == json.loads(json.dumps(to_json(entry)), parse_int=float)


def test_a_leaf_is_the_same_on_every_machine() -> None:
    entry = LogEntry(EntryKind.CASE, "2031-03-10T09:00:00.000000Z", "R. Ostrava", "sijill 0.1.0", {"b": 1.0, "a": "é"})
    assert (
        entry.bytes()
        == (
            '{"at":"2031-03-10T09:00:00.000000Z","body":{"a":"é","b":1},"by":"R. Ostrava","kind":"case",'
            '"program":"sijill 0.1.0"}'
        ).encode()
    )


def test_what_canonical_json_cannot_hold_makes_no_leaf() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        LogEntry(EntryKind.CASE, "", "\udcff", "", {}).bytes()
