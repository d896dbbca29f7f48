"""Tables with a line of headers: CSV, XLSX, JSON and Parquet, as rows of text.

Other than a report, a table that is read as a list must be understood cell by cell: a row that does not fit its headers
is named and left out, and bytes in two encodings are refused rather than guessed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sijill.core.errors import UnreadableFile
from sijill.preserve.delimited import sign_of
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.names import shown
from sijill.preserve.xlsx import sheets_of

PARQUET_MARK = b"PAR1"
LONGEST_CELL = 4_000
# UTF-8 read as Windows-1256 or Windows-1252: Arabic letters come out as pairs that begin with one of these.
MOJIBAKE = ("ط§", "ظ„", "Ø§", "Ù„")


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was left out, by its number from 1, headers apart, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """Headers, the rows that fit them (each with its number from 1, headers apart), and those that do not."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    faults: tuple[Fault, ...]
    reader: str


def read_table(data: bytes, *, name: str, limits: Limits = DEFAULT_LIMITS) -> Table:
    """The table in a file's bytes; `name` tells the format by its ending.

    Raises UnreadableFile for mixed encodings, no rows, headers that repeat, and whatever is damaged.
    """
    kind = PurePath(name).suffix.lower().removeprefix(".")
    reader = READERS.get(kind, _delimited)
    if kind == "json" and not data.lstrip().startswith((b"[", b"\xef\xbb\xbf[")):
        reader = _json_lines
    headers, numbered = reader(data, name, limits)
    if not headers or not any(headers):
        raise _refused(name, "no rows", "a line of headers, then a row for each person")
    if twice := sorted({h for h in headers if h and headers.count(h) > 1}):
        raise _refused(name, f"{len(twice)} headers stand over two columns: {twice[0][:40]}", "give each its own")
    rows, faults = [], []
    for line, cells in numbered:
        fault = cells if isinstance(cells, str) else _fault(cells, len(headers))
        if fault:
            faults.append(Fault(line, fault))
        else:
            padded = (*cells, *("" for _ in range(len(headers) - len(cells))))[: len(headers)]
            rows.append((line, tuple(cell.strip() for cell in padded)))
    if not rows:
        raise _refused(name, "no rows", "a line of headers, then a row for each person")
    return Table(tuple(headers), tuple(rows), tuple(faults), f"{kind or 'csv'}@1")


# A row's cells, or why it has none.
Numbered = tuple[int, list[str] | str]


def _fault(cells: list[str], width: int) -> str:
    if any(cell.strip() for cell in cells[width:]):
        return f"it has {len(cells)} cells, and there are {width} headers"
    if any(len(cell) > LONGEST_CELL for cell in cells):
        return f"a cell of it is longer than {LONGEST_CELL:,} characters"
    return ""


def _delimited(data: bytes, name: str, limits: Limits) -> tuple[list[str], Iterator[Numbered]]:
    text = text_of(data, name=name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign_of(text))
    return _headed(_whole(reader, name), name, limits)


def _whole(reader: Iterable[list[str]], name: str) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as err:
        raise _refused(name, f"no table: {err}", "save the table as CSV in UTF-8") from err


def _headed(rows: Iterable[list[str]], name: str, limits: Limits) -> tuple[list[str], Iterator[Numbered]]:
    """The first row that says anything as headers, and the others, the empty ones left out but counted."""
    every = iter(rows)
    headers = next((row for row in every if any(cell.strip() for cell in row)), [])
    while headers and not headers[-1].strip():
        headers = headers[:-1]
    return [h.strip().lstrip("\ufeff") for h in headers], _counted(every, name, limits)


def _counted(rows: Iterable[list[str]], name: str, limits: Limits) -> Iterator[Numbered]:
    cells = 0
    for line, row in enumerate(rows, start=1):
        cells += len(row)
        if cells > 10 * limits.max_cells:
            raise _refused(name, f"it has more than {10 * limits.max_cells:,} cells", "split it into parts")
        if any(cell.strip() for cell in row):
            yield line, row


def _workbook(data: bytes, name: str, limits: Limits) -> tuple[list[str], Iterator[Numbered]]:
    """The first sheet that is shown."""
    first = next(iter(sheets_of(data, name=name, limits=limits)), [])
    return _headed(first, name, limits)


def _json(data: bytes, name: str, limits: Limits) -> tuple[list[str], Iterator[Numbered]]:
    try:
        found = json.loads(text_of(data, name=name))
    except (ValueError, RecursionError) as err:
        raise _refused(name, "not JSON", "an array of objects, one for each person") from err
    return _objects(found, name, limits)


def _json_lines(data: bytes, name: str, limits: Limits) -> tuple[list[str], Iterator[Numbered]]:
    """An object a line; a line that is none is a fault of its own."""
    found: list[Any] = []
    for line in text_of(data, name=name).splitlines():
        if line.strip():
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError):
                found.append(None)
    return _objects(found, name, limits)


def _objects(found: Any, name: str, limits: Limits) -> tuple[list[str], Iterator[Numbered]]:
    if not isinstance(found, list) or not any(isinstance(one, dict) for one in found):
        raise _refused(name, "no array of objects", "one object for each person, its members the columns")
    headers = list(dict.fromkeys(str(key).strip() for one in found if isinstance(one, dict) for key in one))
    if len(headers) * len(found) > 10 * limits.max_cells:
        raise _refused(name, f"it has more than {10 * limits.max_cells:,} cells", "split it into parts")
    return headers, ((line, _members(one, headers)) for line, one in enumerate(found, start=1))


def _members(one: Any, headers: list[str]) -> list[str] | str:
    if not isinstance(one, dict):
        return "it is no object"
    named = {str(key).strip(): value for key, value in one.items()}
    if any(isinstance(value, dict | list) for value in named.values()):
        return "a value of it is neither text nor number"
    return [_plain(named.get(header)) for header in headers]


def _plain(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _parquet(data: bytes, name: str, limits: Limits) -> tuple[list[str], Iterator[Numbered]]:
    try:
        import pyarrow as pa  # Comes with `sijill[names]`: too large for everybody.
        import pyarrow.parquet as pq
    except ImportError as err:
        raise _refused(
            name, "Parquet needs the extra `names`", "pip install 'sijill[names]', or save it as CSV"
        ) from err
    if not (data.startswith(PARQUET_MARK) and data.endswith(PARQUET_MARK)):
        raise _refused(name, "it is damaged: no Parquet file", "write it again, or save it as CSV")
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        if file.metadata.num_rows * file.metadata.num_columns > 10 * limits.max_cells:
            raise _refused(name, f"it has more than {10 * limits.max_cells:,} cells", "split it into parts")
        table = file.read()
    except (pa.ArrowException, OSError, ValueError) as err:
        raise _refused(name, f"it is damaged: {type(err).__name__}", "write it again, or save it as CSV") from err
    return _objects([{k: _dated(v) for k, v in row.items()} for row in table.to_pylist()], name, limits)


def _dated(value: Any) -> Any:
    """Dates as ISO 8601; what else JSON has no form for, as its text."""
    if hasattr(value, "isoformat"):
        return value.isoformat().removesuffix("T00:00:00")
    return value if value is None or isinstance(value, str | int | float | dict | list) else str(value)


def text_of(data: bytes, *, name: str) -> str:
    """Bytes as UTF-8. Raises UnreadableFile that says at which line they are not."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        mixed = any(byte > 127 for byte in data[: err.start])
        what = "mixed encodings: UTF-8, and then" if mixed else "not UTF-8:"
        raise _refused(name, f"{what} other bytes in line {line}", "save the whole table as CSV in UTF-8") from err
    return text


def _refused(name: str, reason: str, hint: str) -> UnreadableFile:
    return UnreadableFile(shown(name), reason, hint=hint)


READERS: dict[str, Callable[[bytes, str, Limits], tuple[list[str], Iterator[Numbered]]]] = {
    "xlsx": _workbook,
    "json": _json,
    "jsonl": _json_lines,
    "parquet": _parquet,
}
