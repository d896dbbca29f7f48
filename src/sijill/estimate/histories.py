"""Capture histories: how many people each combination of lists holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sijill.core.errors import InputError

MAX_LISTS = 30
MAX_ROWS = 1_000_000
MAX_CELL = 20
COUNT = "count"
MAX_PEOPLE = 2**53 - 1

Patterns = NDArray[np.uint8]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Histories:
    """People by the combination of lists that they are on.

    `patterns` has a row for each combination that somebody is on and a column for each list, 0 or 1; `counts` are how
    many people, all positive. No row is all zero: those on no list are what is to be estimated.
    """

    lists: tuple[str, ...]
    patterns: Patterns
    counts: Counts

    @property
    def observed(self) -> int:
        """How many people are on at least one list."""
        return int(self.counts.sum())

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many people each list holds."""
        return tuple(int(n) for n in self.counts @ self.patterns.astype(np.int64))

    @cached_property
    def table(self) -> Counts:
        """The counts of all 2^lists - 1 combinations, shape (2^L - 1,): at i - 1 the one whose bit k is list k."""
        if len(self.lists) > MAX_CELL:
            raise InputError(
                f"a whole table of {len(self.lists)} lists has 2^{len(self.lists)} cells",
                hint=f"use at most {MAX_CELL} lists here, or latent classes",
            )
        codes = self.patterns.astype(np.int64) @ (1 << np.arange(len(self.lists), dtype=np.int64))
        found = np.zeros((1 << len(self.lists)) - 1, dtype=np.int64)
        found[codes - 1] = self.counts
        return found

    def only(self, lists: Sequence[str]) -> Histories:
        """The histories over some of the lists; who is on none falls out. Raises InputError for a name that is none."""
        if unknown := [name for name in lists if name not in self.lists]:
            raise InputError(f"no list is called {unknown[0]!r}", hint=f"there are: {', '.join(self.lists)}")
        columns = [self.lists.index(name) for name in lists]
        return of_arrays(self.patterns[:, columns], self.counts, tuple(lists), merge=True)


def combinations(lists: int) -> Patterns:
    """Every combination of lists but the empty one, shape (2^lists - 1, lists), in the order of `Histories.table`."""
    codes = np.arange(1, 1 << lists, dtype=np.int64)
    return ((codes[:, None] >> np.arange(lists)) & 1).astype(np.uint8)


def of_arrays(patterns: Any, counts: Any, lists: Sequence[str] = (), *, merge: bool = False) -> Histories:
    """Histories from arrays: `patterns` (rows, lists) of 0 and 1, `counts` (rows,) of whole numbers.

    Rows with count 0 are left out. With `merge`, equal rows are added up and the empty one is dropped; without, they
    are refused. Raises InputError that says what is wrong and in which row, counted from 1.
    """
    rows, numbers = np.asarray(patterns), np.asarray(counts)
    if rows.ndim != 2 or numbers.shape != rows.shape[:1]:
        raise InputError(f"{rows.shape} patterns do not go with {numbers.shape} counts", hint="one count for each row")
    names = tuple(lists) or tuple(f"L{i + 1}" for i in range(rows.shape[1]))
    _check_names(names, rows.shape[1])
    _check_values(rows, numbers)
    table, whole = rows.astype(np.uint8), numbers.astype(np.int64)
    kept = whole > 0
    if merge:
        kept &= table.any(axis=1)
    table, whole = table[kept], whole[kept]
    if not len(whole):
        raise InputError("nobody is on any list: every count is 0", hint="is this the right table?")
    if not table.any(axis=1).all():
        raise InputError(
            "a row of zeros counts people who are on no list", hint="leave it out: they are what is to be estimated"
        )
    distinct, inverse = np.unique(table, axis=0, return_inverse=True)
    if len(distinct) < len(table) and not merge:
        twice = table[np.bincount(inverse.ravel()).argmax() == inverse.ravel()][0]
        raise InputError(f"the combination {_code(twice)} stands in two rows", hint="add them up into one")
    added = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(added, inverse.ravel(), whole)
    return Histories(names, distinct, added)


def of_rows(rows: Iterable[Mapping[str, Any]]) -> Histories:
    """Histories from rows as a CSV reader or a data frame gives them: a column for each list, and `count`."""
    held = list(rows)
    if not held:
        raise InputError("the table has no rows", hint="a column of 0 and 1 for each list, then `count`")
    lists = [name for name in held[0] if name != COUNT]
    if COUNT not in held[0]:
        raise InputError("the table has no column `count`", hint="a column of 0 and 1 for each list, then `count`")
    patterns = [[_number(row.get(name), i, name) for name in lists] for i, row in enumerate(held, 1)]
    return of_arrays(patterns, [_number(row.get(COUNT), i, COUNT) for i, row in enumerate(held, 1)], lists)


def parse(text: str) -> Histories:
    """Histories from the text of a CSV file with a header; raises InputError that says what is wrong and where."""
    return of_rows(read(text))


def read(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file with a header, every cell filled; raises InputError that says what is wrong and where."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    names = reader.fieldnames or ()
    if len(set(names)) < len(names):
        raise InputError("two columns of the table have one name", hint="give every list a name of its own")
    rows = []
    try:
        for row in reader:
            if None in row or None in row.values():
                raise InputError(f"line {reader.line_num} has not {len(names)} cells", hint="one cell for each column")
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise InputError(f"more than {MAX_ROWS:,} rows", hint="add up equal combinations first")
    except csv.Error as error:
        raise InputError(f"line {reader.line_num}: not CSV: {error}", hint="save the table as CSV") from error
    return rows


def _number(value: Any, row: int, column: str) -> float:
    """A cell as a number; whether it may stand there is for `of_arrays`."""
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"row {row}, {column}: {str(value)[:30]!r} is no number", hint="every cell needs one; write 0 for none"
        ) from error


def _check_names(names: Sequence[str], columns: int) -> None:
    if len(names) != columns or len(set(names)) < len(names):
        raise InputError(f"{len(set(names))} different names for {columns} lists", hint="give every list its own name")
    if columns < 2:
        raise InputError("one list says nothing of those who are on none", hint="three lists or more are needed")
    if columns > MAX_LISTS:
        raise InputError(f"{columns} lists are more than {MAX_LISTS}", hint="merge lists that were made together")


def _check_values(rows: NDArray[Any], numbers: NDArray[Any]) -> None:
    if bad := np.argwhere((rows != 0) & (rows != 1)).tolist():
        row, column = bad[0]
        raise InputError(
            f"row {row + 1}, list {column + 1}: {rows[row, column]} is neither 0 nor 1", hint="1 is “on it”"
        )
    for row, number in enumerate(numbers.tolist(), 1):
        if not float(number).is_integer() or number < 0 or number > MAX_PEOPLE:
            raise InputError(f"row {row}: {number} people cannot be", hint="counts are whole numbers from 0")


def _code(pattern: NDArray[np.uint8]) -> str:
    return "".join(str(int(bit)) for bit in pattern)
