"""JSON Schema (draft 2020-12) of the records, written from their types so that the two cannot part."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from enum import Enum
from typing import Any, Union

from sijill.core.wire import added_later, fields_of

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(cls: type) -> dict[str, Any]:
    """The schema of what `to_json` writes for `cls`; records it holds stand under `$defs`."""
    defs: dict[str, Any] = {}
    root = _schema(cls, defs)
    return {"$schema": DRAFT, **root, "$defs": dict(sorted(defs.items()))}


def _schema(hint: Any, defs: dict[str, Any]) -> dict[str, Any]:
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        parts = [_schema(c, defs) for c in typing.get_args(hint) if c is not type(None)]
        return {"anyOf": [*parts, {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _schema(typing.get_args(hint)[0], defs)}
    if dataclasses.is_dataclass(hint):
        return _record(typing.cast(type, hint), defs)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [e.value for e in hint]}
    if origin is dict:
        return {"type": "object"}
    if hint is dt.date:
        return {"type": "string", "format": "date"}
    return {"type": {str: "string", int: "integer", float: "number", bool: "boolean", bytes: "string"}[hint]}


def _record(cls: type, defs: dict[str, Any]) -> dict[str, Any]:
    if cls.__name__ not in defs:
        defs[cls.__name__] = {}
        known = fields_of(cls)
        defs[cls.__name__] = {
            "type": "object",
            "description": (cls.__doc__ or "").split("\n\n")[0].strip(),
            "properties": {name: _schema(hint, defs) for name, (hint, _) in known.items()},
            "required": [name for name in known if name not in added_later(cls)],
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{cls.__name__}"}
