"""Files of people on their way in: which format, which column is which, and what is wrong with which row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sijill.core.errors import UnreadableFile
from sijill.core.lists import Field
from sijill.link.persons.entries import NAMES, PeopleList, fields_of
from sijill.link.persons.headers import lunar_months
from sijill.preserve.dates import MONTHS
from sijill.preserve.reading import bytes_of
from sijill.preserve.tables import MOJIBAKE, Fault, Table, read_table, text_of


@dataclass(frozen=True, slots=True)
class ReadList:
    """A file of people as read: the list, the table that it came from, and its bytes."""

    people: PeopleList
    table: Table
    data: bytes

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The rows that were left out, and why."""
        return self.table.faults


def months() -> dict[str, int]:
    """The names of the months of either calendar, to their numbers."""
    return {**lunar_months(), **MONTHS}


def read_people(path: Path, mapping: Mapping[Field, str]) -> ReadList:
    """A list from a CSV, XLSX, JSON or Parquet file.

    Raises InputError for mixed encodings, no rows, absent columns, no names, or numbers that repeat.
    """
    data = bytes_of(path, name=path.name)
    table = read_table(data, name=path.name)
    people = fields_of(path.name, table.headers, table.rows, mapping)
    _check_encoding(people)
    return ReadList(people, table, data)


def _check_encoding(people: PeopleList) -> None:
    for line, row in zip(people.lines, people.rows, strict=True):
        if any(mark in row.get(field, "") for field in NAMES for mark in MOJIBAKE):
            raise UnreadableFile(
                people.name,
                f"mixed encodings: the name in row {line} was read in the wrong one before it was saved",
                hint="export the list again, in UTF-8",
            )


def mapping_text(path: Path | None) -> str:
    """A mapping file's text, "" where there is none; raises UnreadableFile."""
    return text_of(bytes_of(path, name=path.name), name=path.name) if path else ""
