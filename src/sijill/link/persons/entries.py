"""A list as rows by field: what its columns were taken for, which of them make the name, and its rows as people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sijill.core.errors import InputError
from sijill.core.lists import Field
from sijill.link.persons.headers import columns, sexes
from sijill.link.persons.people import PARTS, Flag, Person, person_of
from sijill.link.persons.spelling import Script, script_of

SHOWN = 5
FULL = {Script.ARABIC: Field.NAME_AR, Script.LATIN: Field.NAME_EN}
NAMES = (*FULL.values(), Field.NAME, *PARTS)
# What says nothing of who somebody is: never compared.
NOT_COMPARED = frozenset({*NAMES, Field.RECORD, Field.SOURCE})

Cells = Mapping[Field, str]


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list: its rows by field, each `record` unlike any other's, and under which fields there is a name.

    `lines` are the numbers of the rows in the file, `columns` the headers that were taken for fields.
    """

    name: str
    rows: tuple[Cells, ...]
    fields: frozenset[Field]
    lines: tuple[int, ...] = ()
    columns: tuple[tuple[Field, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Which fields make the name in either of two lists, and what else both have."""

    left: tuple[Field, ...]
    right: tuple[Field, ...]
    shared: frozenset[Field]


def fields_of(
    name: str, headers: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], mapping: Mapping[Field, str]
) -> PeopleList:
    """The rows of a table by field. Raises InputError for absent columns, no names, and numbers that repeat."""
    places = columns(headers, mapping, name=name)
    if not set(NAMES) & places.keys():
        raise no_names(name)
    numbered = tuple(rows)
    cells = tuple({field: row[place] for field, place in places.items()} for _, row in numbered)
    _check_numbers(name, cells)
    named = tuple((field, headers[place]) for field, place in places.items())
    return PeopleList(name, cells, frozenset(places), tuple(line for line, _ in numbered), named)


def no_names(name: str) -> InputError:
    """The refusal of a list in which nobody is named."""
    return InputError(f"{name}: no column with names", hint='name it in a mapping file: name_ar = "…", with --mapping')


def _check_numbers(name: str, rows: tuple[Cells, ...]) -> None:
    """Numbers must not repeat; that one is missing is for the caller to bear."""
    times = Counter(row[Field.RECORD] for row in rows if row.get(Field.RECORD))
    if twice := sorted(record for record, n in times.items() if n > 1):
        listed = ", ".join(record[:40] for record in twice[:SHOWN]) + (" …" if len(twice) > SHOWN else "")
        raise InputError(f"{name}: {len(twice)} numbers stand in more than one row: {listed}", hint="keep one row each")


def with_scripts(given: PeopleList) -> PeopleList:
    """A column that is only called a name, as that of the script which most of its names are in."""
    if Field.NAME not in given.fields:
        return given
    scripts = Counter(script_of(row[Field.NAME]) for row in given.rows if row.get(Field.NAME))
    field = FULL[max(scripts, key=lambda s: (scripts[s], s), default=Script.LATIN)]
    if field in given.fields:
        return given
    rows = tuple({**row, field: row.get(Field.NAME, "")} for row in given.rows)
    return PeopleList(given.name, rows, given.fields | {field}, given.lines)


def named_by(a: PeopleList, b: PeopleList) -> Named:
    """What is compared: a full name that both have, parts that both have, or any; and every other field of both.

    Raises InputError where a list has no name at all.
    """
    shared = (a.fields & b.fields) - NOT_COMPARED
    for field in FULL.values():
        if field in a.fields & b.fields:
            return Named((field,), (field,), shared)
    parts = tuple(part for part in PARTS if part in a.fields & b.fields)
    if Field.GIVEN in parts:
        return Named(parts, parts, shared)
    return Named(_own_names(a), _own_names(b), shared)


def _own_names(given: PeopleList) -> tuple[Field, ...]:
    full = tuple(field for field in FULL.values() if field in given.fields)[:1]
    found = full or tuple(part for part in PARTS if part in given.fields)
    if not found:
        raise no_names(given.name)
    return found


def full_name(row: Cells, names: Sequence[Field]) -> str:
    """The name as it is compared: the parts in their order."""
    return " ".join(row[name] for name in names if row.get(name))


def people_of(
    given: PeopleList, names: Sequence[Field], shared: frozenset[Field], months: Mapping[str, int]
) -> tuple[list[Person], list[Flag]]:
    """The rows as people with what is compared of them, and a flag for each value that cannot be."""
    people: list[Person] = []
    flags: list[Flag] = []
    for row in given.rows:
        values = {field: row.get(field, "") for field in shared} | {Field.RECORD: row[Field.RECORD]}
        person, wrong = person_of(values, full_name(row, names), sexes(), months)
        people.append(person)
        flags += wrong
    return people, flags


def mostly_arabic(people: Sequence[Person]) -> bool:
    """Whether more than half of the names are in Arabic letters."""
    return sum(script_of(p.name) is Script.ARABIC for p in people) * 2 > len(people)
