"""Two lists of people from CSV files: which columns are compared, and who on one is whom on the other."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sijill.core.errors import InputError, UnreadableFile
from sijill.link.persons.headers import columns, mapping_of, sexes
from sijill.link.persons.matching import EVEN, Pair, match
from sijill.link.persons.people import PARTS, Field, Flag, Person, person_of
from sijill.link.persons.spelling import Script, script_of
from sijill.preserve.delimited import sign_of

__all__ = ["Matching", "Pair", "match_files", "read_list"]

MAX_BYTES = 2_000_000_000
SHOWN = 5
# UTF-8 read as Windows-1256 or Windows-1252: Arabic letters come out as pairs that begin with one of these.
MOJIBAKE = ("ط§", "ظ„", "Ø§", "Ù„")
FULL = {Script.ARABIC: Field.NAME_AR, Script.LATIN: Field.NAME_EN}


@dataclass(frozen=True, slots=True)
class Table:
    """A list as read: rows by field, and under which fields there is a name."""

    name: str
    rows: tuple[dict[Field, str], ...]
    fields: frozenset[Field]


@dataclass(frozen=True, slots=True)
class Matching:
    """What came of matching two lists; `across`: names were compared across scripts; `used`: what was compared."""

    pairs: tuple[Pair, ...]
    used: tuple[Field, ...]
    across: bool
    flags: tuple[tuple[str, Flag], ...]
    sizes: tuple[int, int]


def match_files(
    a: Path,
    b: Path,
    *,
    record: str = "",
    mapping: Path | None = None,
    threshold: float = EVEN,
    explain: bool = False,
) -> Matching:
    """Match two lists, each without duplicates; `record` is the header of the lists' own numbers.

    A column that only one file has is not used, except that names are compared across scripts where no name column is
    shared. Raises InputError where a list cannot be used, naming what is wrong with which row.
    """
    if not 0 < threshold < 1:
        raise InputError(f"a threshold of {threshold} is no probability", hint="0.5, say")
    said = _text(mapping) if mapping else ""
    tables = [
        read_list(path, mapping_of(said, which, name=mapping.name if mapping else "") | _record(record))
        for path, which in ((a, "a"), (b, "b"))
    ]
    names = _names(*tables)
    shared = (tables[0].fields & tables[1].fields) - {Field.NAME} - set(PARTS) - set(FULL.values()) - {Field.RECORD}
    people, flags = [], []
    for table, name in zip(tables, names, strict=True):
        found, wrong = _people(table, name, shared)
        people.append(found)
        flags += [(table.name, flag) for flag in wrong]
    across = _mostly_arabic(people[0]) != _mostly_arabic(people[1])
    pairs = match(*people, across=across, threshold=threshold, explain=explain)
    used = tuple(dict.fromkeys((*names[0], *names[1], *sorted(shared))))
    return Matching(pairs, used, across, tuple(flags), (len(people[0]), len(people[1])))


def _record(header: str) -> dict[Field, str]:
    return {Field.RECORD: header} if header else {}


def _text(path: Path) -> str:
    """A file as UTF-8. Raises InputError that says at which line it is not."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(path.name, f"larger than {MAX_BYTES:,} bytes", hint="match it in parts")
        data = path.read_bytes()
    except OSError as err:
        raise UnreadableFile(path.name, err.strerror or "cannot be read", hint="check the path") from err
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        mixed = any(byte > 127 for byte in data[: err.start])
        what = "mixed encodings: UTF-8, and then" if mixed else "not UTF-8:"
        raise UnreadableFile(
            path.name, f"{what} other bytes in line {line}", hint="save the whole table as CSV in UTF-8"
        ) from err


def read_list(path: Path, mapping: Mapping[Field, str]) -> Table:
    """A list from a CSV file. Raises InputError for mixed encodings, no rows, absent columns or numbers that repeat."""
    text = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign_of(text))
    try:
        headers, *lines = (row for row in reader if any(cell.strip() for cell in row))
    except ValueError as err:
        raise UnreadableFile(path.name, "no rows", hint="a line of headers, then a row for each person") from err
    except csv.Error as err:
        raise UnreadableFile(path.name, f"no table: {err}", hint="save the table as CSV in UTF-8") from err
    places = columns([h.strip() for h in headers], mapping, name=path.name)
    rows = tuple(
        {field: line[place].strip() if place < len(line) else "" for field, place in places.items()} for line in lines
    )
    _check_encoding(path.name, rows)
    return _with_scripts(Table(path.name, _numbered(path.name, rows), frozenset(places)))


def _check_encoding(name: str, rows: tuple[dict[Field, str], ...]) -> None:
    fields = (*FULL.values(), Field.NAME, *PARTS)
    for number, row in enumerate(rows, 1):
        if any(mark in row.get(field, "") for field in fields for mark in MOJIBAKE):
            raise UnreadableFile(
                name,
                f"mixed encodings: the name in row {number} was read in the wrong one before it was saved",
                hint="export the list again, in UTF-8",
            )


def _numbered(name: str, rows: tuple[dict[Field, str], ...]) -> tuple[dict[Field, str], ...]:
    """The rows with their numbers, or counted from 1 where the list has none; numbers must not repeat."""
    if rows and Field.RECORD not in rows[0]:
        return tuple({**row, Field.RECORD: str(i)} for i, row in enumerate(rows, 1))
    times = Counter(row[Field.RECORD] for row in rows)
    if "" in times:
        raise InputError(f"{name}: {times['']} rows have no number", hint="name another column with --id")
    if twice := sorted(record for record, n in times.items() if n > 1):
        listed = ", ".join(record[:40] for record in twice[:SHOWN]) + (" …" if len(twice) > SHOWN else "")
        raise InputError(f"{name}: {len(twice)} numbers stand in more than one row: {listed}", hint="keep one row each")
    return rows


def _with_scripts(table: Table) -> Table:
    """A column that is only called a name, as that of the script which most of its names are in."""
    if Field.NAME not in table.fields:
        return table
    scripts = Counter(script_of(row[Field.NAME]) for row in table.rows if row[Field.NAME])
    field = FULL[max(scripts, key=lambda s: (scripts[s], s), default=Script.LATIN)]
    if field in table.fields:
        return table
    rows = tuple({**row, field: row[Field.NAME]} for row in table.rows)
    return Table(table.name, rows, table.fields | {field})


def _names(a: Table, b: Table) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """The fields that make the name in either list: a full name that both have, parts that both have, or any."""
    for field in FULL.values():
        if field in a.fields & b.fields:
            return (field,), (field,)
    parts = tuple(part for part in PARTS if part in a.fields & b.fields)
    if Field.GIVEN in parts:
        return parts, parts
    chosen = []
    for table in (a, b):
        full = tuple(field for field in FULL.values() if field in table.fields)[:1]
        found = full or tuple(part for part in PARTS if part in table.fields)
        if not found:
            raise InputError(
                f"{table.name}: no column with names", hint='name it in a mapping file: name_ar = "…", with --mapping'
            )
        chosen.append(found)
    return chosen[0], chosen[1]


def _people(table: Table, names: tuple[Field, ...], shared: frozenset[Field]) -> tuple[list[Person], list[Flag]]:
    people: list[Person] = []
    flags: list[Flag] = []
    for row in table.rows:
        values = {field: row[field] for field in shared} | {Field.RECORD: row[Field.RECORD]}
        person, wrong = person_of(values, " ".join(row[name] for name in names if row[name]), sexes())
        people.append(person)
        flags += wrong
    return people, flags


def _mostly_arabic(people: list[Person]) -> bool:
    return sum(script_of(p.name) is Script.ARABIC for p in people) * 2 > len(people)
