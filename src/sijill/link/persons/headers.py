"""Which column of a list holds what: by its header, in Arabic or Latin, or as a mapping says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from sijill.core.errors import InputError
from sijill.core.lists import Field
from sijill.link.persons.spelling import FOLDED

BETWEEN = re.compile(r"[\s_\-.:'’]+")
MARKS = re.compile(r"[\u064b-\u0652]")


@cache
def _vocabulary() -> dict[str, Any]:
    return tomllib.loads((resources.files("sijill.link.persons") / "headers.toml").read_text(encoding="utf-8"))


@cache
def sexes() -> Mapping[str, str]:
    """The words for sexes, to `m` and `f`."""
    return {word: sex for sex, words in _vocabulary()["sexes"].items() for word in words}


@cache
def lunar_months() -> Mapping[str, int]:
    """The names of the months of the Islamic calendar, to their numbers."""
    return {name: int(number) for number, names in _vocabulary()["lunar_months"].items() for name in names}


def folded(header: str) -> str:
    """A header as it is looked up.

    >>> folded(" Date_of-Birth "), folded("الجَدّ")
    ('date of birth', 'الجد')
    """
    return BETWEEN.sub(" ", MARKS.sub("", header.lstrip("\ufeff").casefold())).strip().translate(FOLDED)


@cache
def _known() -> Mapping[str, Field]:
    return {folded(h): Field(field) for field, headers in _vocabulary()["columns"].items() for h in headers}


def columns(headers: Sequence[str], mapping: Mapping[Field, str], *, name: str) -> dict[Field, int]:
    """Where each field stands. What `mapping` names counts first; of two columns for one field, the first.

    Raises InputError for a mapping that names a column which is not there; `name` is the file's.
    """
    found: dict[Field, int] = {}
    for field, header in mapping.items():
        if header not in headers:
            raise InputError(
                f"{name}: no column is called {header[:60]!r}, which the mapping names for {field}",
                hint=f"its columns are: {', '.join(h[:40] for h in headers[:30])}",
            )
        found[field] = list(headers).index(header)
    for place, header in enumerate(headers):
        known = _known().get(folded(header))
        if known and known not in found and place not in found.values():
            found[known] = place
    return found


def mapping_of(text: str, which: str, *, name: str) -> dict[Field, str]:
    """The mapping for list `a` or `b`: `field = "header"` at the top for both, under `[a]` or `[b]` for one.

    Raises InputError for TOML that is none, or a field that there is not.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise InputError(f"{name}: not TOML: {err}", hint='lines such as age = "Age (years)"') from err
    own = table.get(which, {})
    both = {key: value for key, value in table.items() if key not in {"a", "b"}}
    found = {}
    for key, value in (both | (own if isinstance(own, dict) else {})).items():
        if key not in set(Field) or not isinstance(value, str):
            raise InputError(f"{name}: {str(key)[:40]!r} is no field with a header", hint=f"fields: {', '.join(Field)}")
        found[Field(key)] = value
    return found
