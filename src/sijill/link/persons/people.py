"""A person as a row of a list says it, and what was wrong with the row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

OLDEST = 125
FIRST_YEAR, LAST_YEAR = 1850, 2150
MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Day = tuple[int, int, int]
Read = TypeVar("Read")


class Field(StrEnum):
    """What a column of a list may hold."""

    RECORD = "record"
    NAME_AR = "name_ar"
    NAME_EN = "name_en"
    NAME = "name"
    GIVEN = "given"
    FATHER = "father"
    GRANDFATHER = "grandfather"
    FAMILY = "family"
    MOTHER = "mother"
    SEX = "sex"
    AGE = "age"
    BORN = "born"
    DIED = "died"
    PLACE = "place"


# The parts of a name that may have columns of their own, in the order of a full name.
PARTS = (Field.GIVEN, Field.FATHER, Field.GRANDFATHER, Field.FAMILY)


@dataclass(frozen=True, slots=True)
class Person:
    """One row. `name` is as written, whole; a value that is missing or cannot be is None or empty."""

    record: str
    name: str
    sex: str = ""
    age: int | None = None
    born: Day | None = None
    died: Day | None = None
    mother: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """A value that cannot be: kept in the list, left out of the comparison."""

    record: str
    field: Field
    reason: str


def age_of(text: str) -> int | None:
    """The age in whole years; a fraction is cut off. Raises ValueError for what no person's age can be.

    >>> age_of("٣١"), age_of("0.5"), age_of("")
    (31, 0, None)
    """
    if not text.strip():
        return None
    years = float(text.strip())
    if not 0 <= years <= OLDEST:
        raise ValueError("no person is that old")
    return int(years)


def day_of(text: str) -> Day | None:
    """The day of an ISO date, or of day/month/year where the year stands last. Raises ValueError for no day.

    >>> day_of("2031-03-09"), day_of("9/3/2031"), day_of("")
    ((2031, 3, 9), (2031, 3, 9), None)
    """
    if not text.strip():
        return None
    parts = text.strip().split("T")[0].split(" ")[0].replace("/", "-").replace(".", "-").split("-")
    if len(parts) != 3:
        raise ValueError("not a day, month and year")
    year, month, day = (int(part) for part in (parts if len(parts[0]) == 4 else reversed(parts)))
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= MONTH_DAYS[month - 1]):
        raise ValueError("no such day")
    if (month, day) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400)):
        raise ValueError("no such day")
    return year, month, day


def person_of(values: Mapping[Field, str], name: str, sexes: Mapping[str, str]) -> tuple[Person, tuple[Flag, ...]]:
    """The person of a row, and a flag for each value that cannot be.

    `sexes` leads from a folded word to `m` or `f`; a word that it lacks is no sex.
    """
    flags = []
    record = values[Field.RECORD]

    def kept(field: Field, read: Callable[[str], Read | None]) -> Read | None:
        try:
            return read(values.get(field, ""))
        except ValueError as err:
            flags.append(Flag(record, field, str(err)))
            return None

    person = Person(
        record,
        name,
        sexes.get(values.get(Field.SEX, "").strip().casefold(), ""),
        kept(Field.AGE, age_of),
        kept(Field.BORN, day_of),
        kept(Field.DIED, day_of),
        values.get(Field.MOTHER, ""),
        values.get(Field.PLACE, ""),
    )
    return person, tuple(flags)
