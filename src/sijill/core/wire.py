"""Records to JSON and back, by their own type hints; nothing else turns records into JSON.

A frozen dataclass is an object of its fields, an enum its value, a date its ISO form, a tuple an array. A field that is
marked `ADDED_LATER` is left out while it says nothing, so that records written before it keep their digests. Reading
back checks every type and names the path of what is wrong.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import sys
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union

from sijill.core.canonical import MAX_SAFE_INTEGER, Json
from sijill.core.errors import InvalidRecord

T = TypeVar("T")
Reader = Callable[[Any, str], Any]
HEX = frozenset("0123456789abcdef")
# Metadata of a field whose default is `None` and which is written only where it is something else.
ADDED_LATER: Mapping[str, bool] = types.MappingProxyType({"added_later": True})
PLAIN = frozenset({type(None), bool, int, float, str})


def to_json(value: Any) -> Any:
    """The JSON form of a record, an enum, a date, or tuples and mappings of them.

    Raises TypeError for what has none.
    """
    kind: type = type(value)
    if kind in PLAIN:
        return value
    if names := _names(kind):
        found = {name: to_json(getattr(value, name)) for name in names}
        for name in added_later(kind):
            if found[name] is None:
                del found[name]
        return found
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def from_json(cls: type[T], data: Json) -> T:
    """The record of type `cls` that `data` holds; raises InvalidRecord with the path of the first thing wrong."""
    return typing.cast(T, _reader(typing.cast(Any, cls))(data, cls.__name__))


@cache
def fields_of(cls: type) -> dict[str, tuple[Any, bool]]:
    """Name of each field of a record to its type and whether it must be given."""
    hints = typing.get_type_hints(cls)
    return {
        f.name: (hints[f.name], f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING)
        for f in dataclasses.fields(cls)
    }


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(cls)) if dataclasses.is_dataclass(cls) else ()


@cache
def added_later(cls: type) -> tuple[str, ...]:
    """The fields of a record that are left out where they are `None`."""
    return tuple(f.name for f in dataclasses.fields(cls) if f.metadata.get("added_later"))


@cache
def _reader(hint: Any) -> Reader:
    """What reads a type hint, looked up once: a case may hold a million claims, each of some forty values."""
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional(hint)
    if origin is tuple:
        return _array(_reader(typing.get_args(hint)[0]))
    if origin is dict:
        return _object
    if dataclasses.is_dataclass(hint):
        return _record(typing.cast(type, hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint)
    return READERS[hint]


def _optional(hint: Any) -> Reader:
    (inner,) = (_reader(choice) for choice in typing.get_args(hint) if choice is not type(None))
    return lambda data, path: None if data is None else inner(data, path)


def _array(item: Reader) -> Reader:
    def read(data: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            raise _unexpected("an array", data, path)
        return tuple([item(v, f"{path}[{i}]") for i, v in enumerate(data)])

    return read


def _record(cls: type) -> Reader:
    known = fields_of(cls)
    readers = {name: _reader(hint) for name, (hint, _) in known.items()}
    required = frozenset(name for name, (_, needed) in known.items() if needed)

    def read(data: Any, path: str) -> Any:
        if not isinstance(data, Mapping):
            raise _unexpected("an object", data, path)
        if unknown := data.keys() - readers.keys():
            raise InvalidRecord(f"{path}: no field is called {min(unknown)[:40]!r}; there are {', '.join(known)}")
        if missing := required - data.keys():
            raise InvalidRecord(f"{path}: {min(missing, key=list(known).index)} is missing")
        values = {name: readers[name](value, f"{path}.{name}") for name, value in data.items()}
        try:
            return cls(**values)
        except InvalidRecord as err:
            raise InvalidRecord(f"{path}: {err.message}") from err

    return read


def _enum(hint: type[Enum]) -> Reader:
    members = {member.value: member for member in hint}

    def read(data: Any, path: str) -> Enum:
        if not isinstance(data, str) or data not in members:
            choices = ", ".join(repr(value) for value in members)
            raise InvalidRecord(f"{path}: {str(data)[:40]!r} is none of {choices}")
        return members[data]

    return read


def _string(data: Any, path: str) -> str:
    if not isinstance(data, str):
        raise _unexpected("str", data, path)
    # JSON can escape half of a surrogate pair; no bytes can hold it, so no digest or file could either.
    if not data.isascii():
        try:
            data.encode()
        except UnicodeEncodeError as err:
            raise InvalidRecord(f"{path}: half of a surrogate pair is not text") from err
    return data


def _integer(data: Any, path: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise _unexpected("int", data, path)
    if abs(data) > MAX_SAFE_INTEGER:
        raise InvalidRecord(f"{path}: beyond 2^53 - 1, the largest integer that JSON can hold")
    return data


def _float(data: Any, path: str) -> float:
    if not isinstance(data, float | int) or isinstance(data, bool):
        raise _unexpected("float", data, path)
    if not abs(data) <= sys.float_info.max:
        raise InvalidRecord(f"{path}: not a finite number")
    return float(data)


def _boolean(data: Any, path: str) -> bool:
    if not isinstance(data, bool):
        raise _unexpected("bool", data, path)
    return data


def _date(data: Any, path: str) -> dt.date:
    # Python also reads 20310304 and 2031-W10-2; a record has one way to be written.
    if isinstance(data, str) and len(data) == len("2031-03-04"):
        with contextlib.suppress(ValueError):
            if (found := dt.date.fromisoformat(data)).isoformat() == data:
                return found
    raise InvalidRecord(f"{path}: {str(data)[:40]!r} is not a date such as 2031-03-04")


def _bytes(data: Any, path: str) -> bytes:
    if isinstance(data, str) and len(data) % 2 == 0 and HEX.issuperset(data):
        return bytes.fromhex(data)
    raise InvalidRecord(f"{path}: expected bytes in lower-case hexadecimal")


def _object(data: Any, path: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise _unexpected("an object", data, path)
    return dict(data)


def _unexpected(expected: str, data: Any, path: str) -> InvalidRecord:
    return InvalidRecord(f"{path}: expected {expected}, found {'null' if data is None else type(data).__name__}")


READERS: dict[Any, Reader] = {
    str: _string,
    int: _integer,
    float: _float,
    bool: _boolean,
    dt.date: _date,
    bytes: _bytes,
    Any: lambda data, _: data,
}
