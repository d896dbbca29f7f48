import csv
import hashlib
import json
import math
import struct
from enum import IntEnum, StrEnum
from pathlib import Path
from types import MappingProxyType

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from sijill.core.canonical import MAX_SAFE_INTEGER, canonical, digest
from tests.core.strategies import json_values

NUMBERS = list(csv.DictReader((Path(__file__).parent / "numbers.csv").read_text(encoding="utf-8").splitlines()))


@given(json_values)
@example({"\U0001d11e": 1, "\ufb33": 2, "\u00f6": 3, "1": 4, "\r": 5, "\u0080": 6, "\u20ac": 7, "": 8})
@example({"\ue000": 1, "\U00010000": 2})
@example(["\x00\x1f\x7f\u2028\u2029\ud7ff\uffff", '"\\/\b\f\n\r\t'])
def test_it_writes_what_the_independent_implementation_writes(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_are_written_as_the_independent_implementation_writes_them(x: float) -> None:
    assert canonical(x) == rfc8785.dumps(x)


@given(st.integers(0, 2**64 - 1))
def test_doubles_of_any_bits_read_back_as_themselves(bits: int) -> None:
    (x,) = struct.unpack(">d", bits.to_bytes(8, "big"))
    if math.isfinite(x):
        assert float(canonical(x)) == x


@given(json_values)
def test_reading_back_and_writing_again_changes_no_byte(value: object) -> None:
    def number(digits: str) -> float:
        return n if abs(n := int(digits)) <= MAX_SAFE_INTEGER else float(digits)  # A large double has no point.

    once = canonical(value)
    assert canonical(json.loads(once, parse_int=number)) == once


@given(st.dictionaries(st.text(), st.integers(0, 9)), st.randoms())
def test_the_order_in_which_an_object_was_made_is_irrelevant(value: dict[str, int], rng: object) -> None:
    items = list(value.items())
    rng.shuffle(items)  # type: ignore[attr-defined]
    assert canonical(dict(items)) == canonical(value)


@pytest.mark.parametrize("row", NUMBERS, ids=[row["written"] for row in NUMBERS])
def test_numbers_of_the_standard_and_their_neighbours(row: dict[str, str]) -> None:
    (x,) = struct.unpack(">d", bytes.fromhex(row["bits"]))
    assert canonical(x).decode() == row["written"], row["why"]


def test_names_sort_by_utf16_code_units_not_by_code_points() -> None:
    # The clef is U+1D11E, in UTF-16 d834 dd1e, so it comes before the Hebrew letter U+FB33.
    assert canonical({"\ufb33": 1, "\U0001d11e": 2}) == '{"\U0001d11e":2,"\ufb33":1}'.encode()


def test_only_what_must_be_escaped_is() -> None:
    text = '\x00\b\t\n\x0b\f\r\x1f"\\/\x7f\u2028é\U0001f30d'
    written = '"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\"\\\\/\x7f\u2028é\U0001f30d"'
    assert canonical(text) == written.encode()


def test_there_is_no_space_and_arrays_keep_their_order() -> None:
    assert canonical({"b": [3, 1, {"d": None, "c": True}], "a": {}}) == b'{"a":{},"b":[3,1,{"c":true,"d":null}]}'


def test_what_behaves_like_json_is_written_as_json() -> None:
    class Colour(StrEnum):
        RED = "red"

    class Size(IntEnum):
        BIG = 7

    value = MappingProxyType({"a": (1, 2), "b": Colour.RED, "c": Size.BIG})
    assert canonical(value) == b'{"a":[1,2],"b":"red","c":7}'


def test_the_digest_is_of_the_bytes() -> None:
    assert digest({"a": 1.0}) == hashlib.sha256(b'{"a":1}').hexdigest()


@pytest.mark.parametrize("value", [MAX_SAFE_INTEGER, -MAX_SAFE_INTEGER])
def test_the_largest_integers_are_written(value: int) -> None:
    assert canonical([value]) == b"[%d]" % value


@pytest.mark.parametrize(
    "value",
    [MAX_SAFE_INTEGER + 1, -MAX_SAFE_INTEGER - 1, 10**5000, math.nan, math.inf, -math.inf, "\ud800", {"\udfff": 1}],
    ids=["beyond", "below", "enormous", "nan", "inf", "-inf", "half a pair", "half a pair as a name"],
)
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"2\^53 - 1|not JSON|surrogates not allowed"):
        canonical({"value": value})


@pytest.mark.parametrize("value", [b"ab", bytearray(b"a"), {1: 2}, {"é": 1, 2: 3}, {None: 1}, {1, 2}, object(), 1j])
def test_what_is_not_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"is not JSON|object"):
        canonical(value)
