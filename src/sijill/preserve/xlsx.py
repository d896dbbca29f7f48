"""XLSX: the sheets of a workbook as lines of text, with the values that it keeps; no formula is worked out here.

openpyxl finds the cells and tells dates from numbers. It reads some parts with a parser that expands entities and
believes what rows say of their own numbers, so every part is looked at first and the rows are counted.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from sijill.core.document import Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.opc import DECLARATION, FAULTS, core_metadata, require_sane, unreadable
from sijill.preserve.quiet import PARSER_FAULTS
from sijill.preserve.view import View, reader_name

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS, MEDIA = "xl/worksheets/", ("xl/media/", "xl/embeddings/", "xl/printerSettings/")
# As many rows as a sheet of Excel can have: one that says more lies.
MOST_ROWS = 1_048_576
# A formula, and then the end of its cell: nobody kept what it came to.
WITHOUT_VALUE = re.compile(
    rb"(?:</(?:\w{1,20}:)?f>|<(?:\w{1,20}:)?f\b[^<>]{0,200}/>)(?:<v\s?/>|<v></v>)?</(?:\w{1,20}:)?c>"
)
# ElementTree's ParseError is a SyntaxError.
XLSX_FAULTS: tuple[type[Exception], ...] = (*FAULTS, *PARSER_FAULTS, SyntaxError)
DAMAGED = "it is damaged: its sheets cannot be read"


def read_xlsx(data: bytes, *, name: str, limits: Limits) -> View:
    """The name of each sheet that is shown, then a line for each row that says anything, its cells parted by tabs.

    Raises UnreadableFile for what is damaged, encrypted, unpacks to too much, declares entities, or has too many cells.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            require_sane(package, name, limits)
            lost = _without_value(package, name)
            metadata, about_date = core_metadata(package, name)
        lines, hidden = _lines(data, name, limits)
    except zipfile.BadZipFile as err:
        raise unreadable(name, "it is damaged: it cannot be unpacked") from err
    except XLSX_FAULTS as err:
        raise unreadable(name, DAMAGED) from err
    notes = (*_notes(lost, hidden), *about_date)
    return View("\n".join(lines), reader_name("xlsx", "openpyxl"), MEDIA_TYPE, metadata, notes)


def sheets_of(data: bytes, *, name: str, limits: Limits) -> list[list[list[str]]]:
    """The rows of each sheet that is shown, cells as words; raises as `read_xlsx` does."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            require_sane(package, name, limits)
            _without_value(package, name)
        with _book(data) as book:
            return [rows for _, rows in _shown(book, name, limits)]
    except zipfile.BadZipFile as err:
        raise unreadable(name, "it is damaged: it cannot be unpacked") from err
    except XLSX_FAULTS as err:
        raise unreadable(name, DAMAGED) from err


def _without_value(package: zipfile.ZipFile, name: str) -> int:
    """How many cells hold a formula and no value; looks at every part on the way, since none may declare entities."""
    found = 0
    for entry in package.infolist():
        part = package.read(entry)
        if not entry.filename.startswith(MEDIA) and DECLARATION.search(part.replace(b"\0", b"")):
            raise unreadable(name, "it declares entities, which no Office document does")
        if entry.filename.startswith(SHEETS):
            found += len(WITHOUT_VALUE.findall(part))
    return found


@contextmanager
def _book(data: bytes) -> Iterator[Workbook]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it passes over: styles, drawings, extensions.
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()


def _lines(data: bytes, name: str, limits: Limits) -> tuple[list[str], int]:
    """The lines of all sheets that are shown, and how many sheets are hidden."""
    lines: list[str] = []
    with _book(data) as book:
        hidden = sum(sheet.sheet_state != "visible" for sheet in book.worksheets)
        for title, cells in _shown(book, name, limits):
            rows = [line for row in cells if (line := _line(row))]
            if rows:
                lines += ["", _one_line(title), *rows]
    return lines[1:], hidden


def _shown(book: Workbook, name: str, limits: Limits) -> Iterator[tuple[str, list[list[str]]]]:
    """The title and the rows of each sheet that is shown."""
    cells = 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        rows = []
        for row in _rows(sheet, name):
            cells += len(row)
            if cells > limits.max_cells:
                raise _too_many(name, limits)
            rows.append(row)
        yield sheet.title, rows


def _rows(sheet: ReadOnlyWorksheet, name: str) -> Iterator[list[str]]:
    """The cells of each row as words; what the sheet says of its own size is not believed."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        if number >= MOST_ROWS:
            raise unreadable(name, f"a sheet of it says that it has more than {MOST_ROWS:,} rows")
        if row:
            yield [_words(value) for value in row]


def _line(cells: Iterable[str]) -> str:
    """The cells of a row parted by tabs, each on one line, without the empty ones at its end."""
    return "\t".join(_one_line(cell) for cell in cells).rstrip("\t ")


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _words(value: object) -> str:
    """A value as text: dates by ISO 8601, numbers as they are kept, to the 15 digits that Excel knows."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return format(value, ".15g")
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime():
            return value.isoformat(timespec="minutes" if not value.second else "seconds")
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)


def _too_many(name: str, limits: Limits) -> UnreadableFile:
    return UnreadableFile(
        shown(name),
        f"it has more than {limits.max_cells:,} cells",
        hint="split it into parts and add each",
    )


def _notes(lost: int, hidden: int) -> Iterator[Note]:
    if lost:
        said = f"{lost:,} cells hold formulas whose results the file does not keep; nothing was read of them."
        yield note(NoteCode.FORMULAS_WITHOUT_VALUES, said)
    if hidden:
        yield note(NoteCode.HIDDEN_TEXT, f"{hidden:,} sheets that the workbook hides were left out.")
