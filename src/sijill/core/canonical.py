"""Canonical JSON (RFC 8785) and the digests made of it.

Two programs that hold the same record must arrive at the same bytes, or no digest could ever be checked.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
MAX_SAFE_INTEGER = 2**53 - 1


def canonical(value: Json) -> bytes:
    """UTF-8 bytes of `value` as RFC 8785 (JSON Canonicalization Scheme) orders and writes them.

    Raises ValueError for NaN, infinities, integers beyond 2^53 - 1 and lone surrogates (RFC 8785, section 3.2.2;
    RFC 7493, section 2), and TypeError for what is not JSON.

    >>> canonical({"b": [1, 2.50, None], "a": "سجل"}).decode()
    '{"a":"سجل","b":[1,2.5,null]}'
    """
    return "".join(_write(value)).encode("utf-8")


def digest(value: Json) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _write(value: Json) -> list[str]:
    if value is None or isinstance(value, bool):
        return [{None: "null", True: "true", False: "false"}[value]]
    if isinstance(value, str):
        return [json.dumps(str(value), ensure_ascii=False)]
    if isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            raise ValueError(f"{value} is beyond 2^53 - 1, the integers that canonical JSON can hold")
        return [str(int(value))]
    if isinstance(value, float):
        return [_number(value)]
    if isinstance(value, Mapping):
        return _write_object(value)
    if isinstance(value, Sequence):
        parts = ["["]
        for i, item in enumerate(value):
            parts += [",", *_write(item)] if i else _write(item)
        return [*parts, "]"]
    raise TypeError(f"{type(value).__name__} is not JSON")


def _write_object(value: Mapping[str, Json]) -> list[str]:
    parts = ["{"]
    # Section 3.2.3: names sort by their UTF-16 code units, which differs from code points above U+FFFF.
    for i, name in enumerate(sorted(value, key=lambda n: n.encode("utf-16-be"))):
        parts += [","] if i else []
        parts += [json.dumps(name, ensure_ascii=False), ":", *_write(value[name])]
    return [*parts, "}"]


def _number(x: float) -> str:
    """A double as ECMAScript writes it (ECMA-262, Number::toString), from Python's shortest digits."""
    if not math.isfinite(x):
        raise ValueError("NaN and infinities are not JSON")
    if x == 0:
        return "0"
    mantissa, _, exponent = repr(abs(x)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    n = len(digits)
    if n <= point <= 21:
        body = digits + "0" * (point - n)
    elif 0 < point <= 21:
        body = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        body = "0." + "0" * -point + digits
    else:
        body = (digits[0] + ("." + digits[1:] if n > 1 else "")) + f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return ("-" if x < 0 else "") + body
