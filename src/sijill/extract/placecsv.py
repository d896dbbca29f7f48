"""Reading a table of places that the people of a case wrote: villages, quarters and camps that no gazetteer has."""

import csv
import hashlib
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sijill.extract.placetable import GazetteerEntry, Kind, shipped_table
from sijill.extract.resolution import OWN
from sijill.extract.toponyms import fold_letters, normalise_name

#: Longer cells are no names; the row is reported.
LONGEST_CELL = 400
MOST_ALIASES = 50
#: After so many bad rows the rest of the table is not read: it is not a table of places.
MOST_PROBLEMS = 10_000

#: What each column may be called (compared folded), the usual word first.
HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("id", "place id", "code", "pcode", "uid"),
    "name": ("name", "name_en", "name_latin", "place", "place_name", "location", "english name", "name english", "nom"),
    "name_ar": ("name_ar", "arabic name", "name arabic", "nom arabe", "الاسم", "اسم المكان", "الاسم بالعربية"),
    "lat": ("lat", "latitude", "y", "خط العرض"),
    "lon": ("lon", "lng", "long", "longitude", "x", "خط الطول"),
    "admin2": ("district", "admin2", "adm2", "adm2_en", "admin2_name", "القضاء", "المنطقة"),
    "admin1": ("governorate", "admin1", "adm1", "adm1_en", "admin1_name", "province", "gouvernorat", "المحافظة"),
    "country": ("country", "country_code", "iso", "iso2", "pays", "البلد", "الدولة"),
    "aliases": ("aliases", "alias", "other names", "alternate names", "alternatenames", "autres noms"),
    "population": ("population", "pop"),
    "kind": ("kind", "type"),
}
_FIELDS = {normalise_name(header): field for field, headers in HEADERS.items() for header in headers}
_KINDS: tuple[Kind, ...] = ("settlement", "admin1", "admin2", "country")
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:[.,٫]\d{0,12})?")
_SPACES = re.compile(r"[\s\u0000-\u001f\u007f-\u009f]+")


@dataclass(frozen=True, slots=True)
class PlaceProblem:
    """A row of a table of places that was left out: the line of the file it begins on, and what is wrong with it."""

    line: int
    what: str


class _BadRow(Exception):
    """What is wrong with a row; becomes a `PlaceProblem`."""


def read_places_csv(
    text: str | Iterable[str], *, source: str = "the case's own table", country: str = ""
) -> tuple[tuple[GazetteerEntry, ...], tuple[PlaceProblem, ...]]:
    """Read places and what is wrong with the rows that are none.

    `text` is the table, or its lines: comma, semicolon or tab separated, with a header as in `HEADERS`; needed are a
    name and both coordinates (degrees, WGS 84). `aliases` are parted by `|` or `;`. `country` (ISO code) is for rows
    that name none. A row without an id gets one from what it says, the same every time; a row that repeats an
    earlier one exactly is read once. Names are data, whatever they look like: nothing in them is ever carried out.
    """
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="") if isinstance(text, str) else iter(text)
    entries: dict[str, tuple[int, GazetteerEntry]] = {}
    problems: list[PlaceProblem] = []
    columns: dict[str, int] | None = None
    for line, cells in _records(lines, problems):
        if columns is None:
            columns = _columns(cells)
            missing = [name for name in ("lat", "lon") if name not in columns]
            missing += [] if {"name", "name_ar"} & columns.keys() else ["name"]
            if missing:
                told = "; ".join(f"no column for {name} ({', '.join(HEADERS[name])})" for name in missing)
                return (), (PlaceProblem(line, told),)
            continue
        try:
            entry = _entry({field: cells[at] for field, at in columns.items() if at < len(cells)}, source, country)
            earlier = entries.setdefault(entry.id, (line, entry))
            if earlier[1] != entry:
                raise _BadRow(f"its id stands for another place in line {earlier[0]}")
        except _BadRow as problem:
            problems.append(PlaceProblem(line, str(problem)))
    if columns is None and not problems:
        problems.append(PlaceProblem(1, "the table is empty: its first line should name the columns"))
    return tuple(entry for _, entry in entries.values()), tuple(problems)


def _records(lines: Iterable[str], problems: list[PlaceProblem]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table that are not blank, each with the line it begins on; unreadable ones become problems."""
    held = iter(lines)
    first = next(held, "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(_chain(first, held), delimiter=delimiter)
    while len(problems) < MOST_PROBLEMS:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(PlaceProblem(line, f"not a row of a table: {error}"))
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first.removeprefix("\ufeff")
    yield from rest


def _columns(header: list[str]) -> dict[str, int]:
    """Which cell holds which field; the first of two columns for one field counts."""
    columns: dict[str, int] = {}
    for at, cell in enumerate(header):
        field = _FIELDS.get(normalise_name(cell))
        if field is not None:
            columns.setdefault(field, at)
    return columns


def _entry(row: dict[str, str], source: str, country: str) -> GazetteerEntry:
    """One row as a place; raises `_BadRow`."""
    if any(len(cell) > LONGEST_CELL and field != "aliases" for field, cell in row.items()):
        raise _BadRow(f"a cell is longer than {LONGEST_CELL} characters")
    cell = {field: _clean(text) for field, text in row.items()}
    name, name_ar = cell.get("name", ""), cell.get("name_ar", "")
    if not normalise_name(name) and not normalise_name(name_ar):
        raise _BadRow("no name")
    lat = _degrees(cell.get("lat", ""), "latitude", 90.0)
    lon = _degrees(cell.get("lon", ""), "longitude", 180.0)
    if lat == lon == 0.0:
        raise _BadRow("0, 0 is a point in the sea off Africa: are the coordinates missing?")
    told = "\0".join(f"{field}={cell[field]}" for field in sorted(cell.keys() - {"id"}))
    number = cell.get("id") or hashlib.sha256(told.encode()).hexdigest()[:12]
    return GazetteerEntry(
        id=f"{OWN}{number}",
        name=name or name_ar,
        name_ar=name_ar or None,
        kind=_kind(cell.get("kind", "")),
        country=_country(cell.get("country", "") or country),
        admin1=cell.get("admin1") or None,
        lat=lat,
        lon=lon,
        population=_population(cell.get("population", "")),
        source=source,
        admin2=cell.get("admin2") or None,
        aliases=_aliases(row.get("aliases", "")),
    )


def _clean(text: str) -> str:
    """A cell on one line: control characters and spaces become one space, invisible marks at its ends go."""
    line = _SPACES.sub(" ", text).strip()
    start, end = 0, len(line)
    while start < end and unicodedata.category(line[start]) in ("Cf", "Zs"):
        start += 1
    while end > start and unicodedata.category(line[end - 1]) in ("Cf", "Zs"):
        end -= 1
    return line[start:end]


def _degrees(text: str, what: str, most: float) -> float:
    """A coordinate, with decimal point or comma, in any script's digits; raises `_BadRow`."""
    if not text:
        raise _BadRow(f"no {what}")
    if not _NUMBER.fullmatch(text):
        raise _BadRow(f"{what} is not a number of degrees")
    degrees = float(text.replace(",", ".").replace("٫", "."))
    if not math.fabs(degrees) <= most:
        raise _BadRow(f"{what} {degrees:g} is out of range ({-most:g} to {most:g})")
    return degrees


def _population(text: str) -> int | None:
    digits = re.sub(r"[ ,.'’\u202f]", "", text)
    if not digits:
        return None
    if not digits.isdecimal() or len(digits) > 10:
        raise _BadRow("population is not a number")
    return int(digits)


def _kind(text: str) -> Kind:
    """The kind that a row states, a settlement if it states none; other words are the writer's own and mean nothing."""
    folded = fold_letters(text)
    return next((kind for kind in _KINDS if kind == folded), "settlement")


def _country(text: str) -> str:
    """The ISO code for a code or a country's name; a country that is not known keeps the writer's word."""
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper()
    found = shipped_table().candidates(normalise_name(text)) if text else ()
    return next((c.entry.country for c in found if c.entry.kind == "country"), text)


def _aliases(text: str) -> tuple[str, ...]:
    names = [_clean(part) for part in re.split(r"[|;؛]", text[: LONGEST_CELL * MOST_ALIASES])]
    return tuple(dict.fromkeys(name for name in names if normalise_name(name)))[:MOST_ALIASES]
