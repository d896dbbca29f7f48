"""Canonical JSON (RFC 8785) and the digests made of it.

Two programs that hold the same record must arrive at the same bytes, or no digest could ever be checked.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
MAX_SAFE_INTEGER = 2**53 - 1


def canonical(value: Json) -> bytes:
    """UTF-8 bytes of `value` as RFC 8785 (JSON Canonicalization Scheme) orders and writes them.

    Raises ValueError for NaN, infinities, integers beyond 2^53 - 1 and lone surrogates (RFC 8785, section 3.2.2;
    RFC 7493, section 2), and TypeError for what is not JSON.

    >>> canonical({"b": [1, 2.50, None], "a": "سجل"}).decode()
    '{"a":"سجل","b":[1,2.5,null]}'
    """
    return _write(value).encode("utf-8")


def digest(value: Json) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


# Python's escapes are those of RFC 8785, section 3.2.2.2; made once, because `json.dumps` makes one each call.
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def _write(value: Json) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            raise ValueError("an integer is beyond 2^53 - 1, the largest that canonical JSON can hold")
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return "{" + ",".join([f"{_quoted(name)}:{_write(value[name])}" for name in _ordered(value)]) + "}"
    if isinstance(value, list | tuple):  # Not any sequence: bytes would pass for an array of numbers.
        return "[" + ",".join([_write(item) for item in value]) + "]"
    raise TypeError(f"{type(value).__name__} is not JSON")


def _ordered(names: Iterable[str]) -> list[str]:
    """Names by their UTF-16 code units (section 3.2.3), which differs from code points above U+FFFF."""
    if all(map(str.isascii, names)):
        return sorted(names)
    return sorted(names, key=lambda name: str.encode(name, "utf-16-be"))


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
