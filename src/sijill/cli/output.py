"""Rows to standard output, everything else to standard error; text of sources cannot steer a terminal."""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

stderr = Console(stderr=True, highlight=False, soft_wrap=True)
PIPED_WIDTH = 1_000
CELL = 48
NARROW = 3
# What a spreadsheet would run as a formula (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


Cell = Callable[[Mapping[str, Any]], object]


def print_rows(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, Cell], format_: Format) -> int:
    """Print rows, whole as JSON or by the columns given; returns how many there were."""
    match format_:
        case Format.JSONL:
            return _print_lines(rows)
        case Format.JSON:
            held = list(rows)
            sys.stdout.write(json.dumps(held, ensure_ascii=False, indent=2) + "\n")
            return len(held)
        case Format.CSV:
            return _print_csv(rows, columns)
        case Format.TABLE:
            return _print_table(rows, columns)


def _print_lines(rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def _print_csv(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, Cell]) -> int:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        count += 1
        writer.writerow([_harmless(cell(row)) for cell in columns.values()])
        sys.stdout.write(buffer.getvalue())
        buffer.seek(0)
        buffer.truncate()
    sys.stdout.write(buffer.getvalue())
    return count


def _harmless(value: object) -> object:
    """A text that a spreadsheet would run gets an apostrophe in front, which spreadsheets hide."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _print_table(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, Cell]) -> int:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPED_WIDTH)
    wide = len(columns) > NARROW
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="ellipsis", no_wrap=True, max_width=CELL if wide else None)
    for row in rows:
        table.add_row(*(escape(visible("" if (v := cell(row)) is None else str(v))) for cell in columns.values()))
    if table.row_count:
        console.print(table)
    return table.row_count


def visible(text: str, *, lines: bool = False) -> str:
    """The text with control characters and bidirectional overrides shown as code points, so that none acts.

    >>> visible("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    return "".join(c if _plain(c, lines=lines) else f"\\x{ord(c):02x}" for c in text)


def _plain(c: str, *, lines: bool) -> bool:
    if c in "\n\t":
        return lines
    return (
        unicodedata.category(c) not in {"Cc", "Cs"}
        and c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def say(message: str, style: str = "") -> None:
    """A line for the person, on standard error."""
    stderr.print(visible(message, lines=True), style=style or None, markup=False)


def columns_of(*names: str, **cells: Cell) -> dict[str, Cell]:
    """Columns that hold a row's own values, then those that are computed."""

    def own(name: str) -> Cell:
        return lambda row: row[name]

    return {**{name: own(name) for name in names}, **cells}


class Bars:
    """Progress bars on standard error while a long job runs; silent where that is no terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=stderr,
            disable=not stderr.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Callable[[str, int, int | None], None]:
        self._progress.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _show(self, stage: str, done: int, of: int | None) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=of)
        self._progress.update(self._tasks[stage], completed=done, total=of)


def joined(values: Sequence[object]) -> str:
    """Values in one cell."""
    return ", ".join(str(v) for v in values)
