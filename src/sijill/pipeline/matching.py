"""Two lists of people from files: which columns are compared, and who on one is whom on the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sijill.core.errors import InputError
from sijill.core.lists import Field
from sijill.link.persons.entries import PeopleList, mostly_arabic, named_by, people_of, with_scripts
from sijill.link.persons.headers import mapping_of
from sijill.link.persons.matching import EVEN, Pair, match
from sijill.link.persons.people import Flag
from sijill.pipeline.peoplelists import mapping_text, months, read_people
from sijill.preserve.tables import Fault

__all__ = ["Matching", "Pair", "match_files"]


@dataclass(frozen=True, slots=True)
class Matching:
    """What came of matching two lists; `across`: names were compared across scripts; `used`: what was compared.

    `faults` are the rows that could not be read, by file; `flags` the values that cannot be.
    """

    pairs: tuple[Pair, ...]
    used: tuple[Field, ...]
    across: bool
    flags: tuple[tuple[str, Flag], ...]
    sizes: tuple[int, int]
    faults: tuple[tuple[str, Fault], ...] = ()


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
    require_probability(threshold)
    said = mapping_text(mapping)
    lists, faults = [], []
    for path, which in ((a, "a"), (b, "b")):
        read = read_people(path, mapping_of(said, which, name=mapping.name if mapping else "") | _record(record))
        lists.append(with_scripts(_numbered(read.people)))
        faults += [(path.name, fault) for fault in read.faults]
    named = named_by(*lists)
    people, flags = [], []
    for given, names in zip(lists, (named.left, named.right), strict=True):
        found, wrong = people_of(given, names, named.shared, months())
        people.append(found)
        flags += [(given.name, flag) for flag in wrong]
    across = mostly_arabic(people[0]) != mostly_arabic(people[1])
    pairs = match(*people, across=across, threshold=threshold, explain=explain)
    used = tuple(dict.fromkeys((*named.left, *named.right, *sorted(named.shared))))
    return Matching(pairs, used, across, tuple(flags), (len(people[0]), len(people[1])), tuple(faults))


def require_probability(threshold: float) -> None:
    """Raises InputError for a threshold that is no probability."""
    if not 0 < threshold < 1:
        raise InputError(f"a threshold of {threshold} is no probability", hint="0.5, say")


def _record(header: str) -> dict[Field, str]:
    return {Field.RECORD: header} if header else {}


def _numbered(given: PeopleList) -> PeopleList:
    """The rows with their numbers, or those in the file where the list has none."""
    if Field.RECORD not in given.fields:
        rows = tuple({**row, Field.RECORD: str(i)} for i, row in zip(given.lines, given.rows, strict=True))
        return replace(given, rows=rows, fields=given.fields | {Field.RECORD})
    if missing := sum(not row[Field.RECORD] for row in given.rows):
        raise InputError(f"{given.name}: {missing} rows have no number", hint="name another column with --id")
    return given
