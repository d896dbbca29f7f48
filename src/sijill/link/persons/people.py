"""A person as a row of a list says it, and what was wrong with the row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sijill.core.lists import Field
from sijill.link.persons.days import Day, day_of

OLDEST = 125
Read = TypeVar("Read")


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
    kunya: str = ""


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
    try:
        years = float(text.strip())
    except ValueError:  # Its message would hold what the cell says.
        raise ValueError("no number of years") from None
    if not 0 <= years <= OLDEST:
        raise ValueError("no person is that old")
    return int(years)


def person_of(
    values: Mapping[Field, str], name: str, sexes: Mapping[str, str], months: Mapping[str, int]
) -> tuple[Person, tuple[Flag, ...]]:
    """The person of a row, and a flag for each value that cannot be.

    `sexes` leads from a folded word to `m` or `f`; a word that it lacks is no sex. `months` leads from the name of a
    month to its number.
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
        kept(Field.BORN, lambda text: day_of(text, months)),
        kept(Field.DIED, lambda text: day_of(text, months)),
        values.get(Field.MOTHER, ""),
        values.get(Field.PLACE, ""),
        values.get(Field.KUNYA, ""),
    )
    if person.born and person.died and person.born > person.died and 0 not in (*person.born, *person.died):
        flags.append(Flag(record, Field.DIED, "it lies before the birth date"))
    return person, tuple(flags)
