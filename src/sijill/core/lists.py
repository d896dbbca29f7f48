"""Lists of victims as their makers wrote them: releases of a list, and the rows of a release.

A row is about somebody who was harmed; there is no field for anybody's religion, sect or ethnicity, and none is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sijill.core.document import require_digest
from sijill.core.errors import InvalidRecord

SALT = 32


class Field(StrEnum):
    """What a column of a list may hold. `record` is the list's own number, `source` what its maker names as source."""

    RECORD = "record"
    NAME_AR = "name_ar"
    NAME_EN = "name_en"
    NAME = "name"
    GIVEN = "given"
    FATHER = "father"
    GRANDFATHER = "grandfather"
    FAMILY = "family"
    MOTHER = "mother"
    KUNYA = "kunya"
    SEX = "sex"
    AGE = "age"
    BORN = "born"
    DIED = "died"
    PLACE = "place"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class ListColumn:
    """Which header of the file was taken for which field."""

    field: Field
    header: str


@dataclass(frozen=True, slots=True)
class ListRelease:
    """One version of a list, as a file that somebody handed in.

    `list` is the name by which its releases go together; `file` the SHA-256 of the bytes, an object of the case; `name`
    the file's; `at` UTC, ISO 8601; `columns` what each column was taken for; `replaces` the id of the release before.
    """

    list: str
    file: str
    name: str
    at: str
    by: str
    reader: str
    columns: tuple[ListColumn, ...]
    replaces: str | None = None

    def __post_init__(self) -> None:
        require_digest(self.file)
        if not self.list.strip():
            raise InvalidRecord("a list has a name")


@dataclass(frozen=True, slots=True)
class ListCell:
    """A value as it stands in the file; empty ones are left out of a row."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class ListRow:
    """One person as a release of a list says it; never edited.

    `line` counts the rows of the file from 1, headers apart. The log holds the digest of each row: `salt`, 32
    hexadecimal digits that follow from the whole file, keeps anybody who has only the log from trying names against it.
    """

    release: str
    line: int
    salt: str
    cells: tuple[ListCell, ...]

    def __post_init__(self) -> None:
        require_digest(self.release)
        if self.line < 1 or len(self.salt) != SALT:
            raise InvalidRecord(f"a row of a list has a line from 1 and a salt of {SALT} digits")

    def text(self, field: Field) -> str:
        """What the row says of a field, "" where it says nothing."""
        return next((cell.text for cell in self.cells if cell.field is field), "")
