"""Records to JSON and back, by their own type hints; nothing else turns records into JSON.

A frozen dataclass is an object of its fields, an enum its value, a date its ISO form, a tuple an array. Reading back
checks every type and names the path of what is wrong.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union

from sijill.core.canonical import Json
from sijill.core.errors import InvalidRecord

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """The JSON form of a record, an enum, a date, or tuples and mappings of them.

    Raises TypeError for what has none.
    """
    if value is None or isinstance(value, bool | int | float) or type(value) is str:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: to_json(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def from_json(cls: type[T], data: Json) -> T:
    """The record of type `cls` that `data` holds; raises InvalidRecord with the path of the first thing wrong."""
    return typing.cast(T, _read(cls, data, cls.__name__))


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
    return tuple(f.name for f in dataclasses.fields(cls))


def _read(hint: Any, data: Any, path: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return _read_optional(hint, data, path)
    if origin is tuple:
        if not isinstance(data, list | tuple):
            raise InvalidRecord(f"{path}: expected an array, found {_kind(data)}")
        item = typing.get_args(hint)[0]
        return tuple(_read(item, v, f"{path}[{i}]") for i, v in enumerate(data))
    if dataclasses.is_dataclass(hint):
        return _read_record(typing.cast(type, hint), data, path)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _read_enum(hint, data, path)
    if hint is dt.date:
        return _read_date(data, path)
    if hint is bytes:
        return bytes.fromhex(_plain(str, data, path))
    return _plain(hint, data, path)


def _read_optional(hint: Any, data: Any, path: str) -> Any:
    choices = typing.get_args(hint)
    if data is None and type(None) in choices:
        return None
    (inner,) = (c for c in choices if c is not type(None))
    return _read(inner, data, path)


def _read_record(cls: type, data: Any, path: str) -> Any:
    if not isinstance(data, Mapping):
        raise InvalidRecord(f"{path}: expected an object, found {_kind(data)}")
    known = fields_of(cls)
    if unknown := sorted(set(data) - set(known)):
        raise InvalidRecord(f"{path}: no field is called {unknown[0]!r}; there are {', '.join(known)}")
    if missing := [name for name, (_, required) in known.items() if required and name not in data]:
        raise InvalidRecord(f"{path}: {missing[0]} is missing")
    try:
        return cls(**{name: _read(known[name][0], data[name], f"{path}.{name}") for name in known if name in data})
    except InvalidRecord as err:
        raise err if err.message.startswith(path) else InvalidRecord(f"{path}: {err.message}") from err


def _read_enum(hint: type[Enum], data: Any, path: str) -> Enum:
    try:
        return hint(data)
    except ValueError as err:
        choices = ", ".join(repr(e.value) for e in hint)
        raise InvalidRecord(f"{path}: {str(data)[:40]!r} is none of {choices}") from err


def _read_date(data: Any, path: str) -> dt.date:
    try:
        return dt.date.fromisoformat(_plain(str, data, path))
    except ValueError as err:
        raise InvalidRecord(f"{path}: {str(data)[:40]!r} is not a date such as 2031-03-04") from err


def _plain(hint: Any, data: Any, path: str) -> Any:
    if hint is Any:
        return data
    if hint is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if not isinstance(data, hint) or (isinstance(data, bool) and hint is not bool):
        raise InvalidRecord(f"{path}: expected {hint.__name__}, found {_kind(data)}")
    return data


def _kind(data: Any) -> str:
    return "null" if data is None else type(data).__name__
