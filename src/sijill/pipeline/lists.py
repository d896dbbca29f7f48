"""Lists of victims in a case: adding a release, showing what is there, saying what a release changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from sijill.core.clock import Clock, system_clock, timestamp
from sijill.core.errors import InputError
from sijill.core.lists import SALT, Field, ListCell, ListColumn, ListRelease, ListRow
from sijill.link.persons.differing import Correction
from sijill.link.persons.entries import NAMES, Cells
from sijill.link.persons.headers import mapping_of, sexes
from sijill.link.persons.people import Flag, person_of
from sijill.link.persons.releases import changes
from sijill.pipeline.peoplelists import ReadList, mapping_text, months, read_people
from sijill.preserve.tables import Fault
from sijill.store import lists
from sijill.store.case import Case
from sijill.store.lists import KeptRelease, KeptRow
from sijill.store.writer import Writer, id_of

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AddedList:
    """What came of adding a file: which version of which list it is now, and what was wrong with which rows.

    `fresh` is false where the newest version has the same bytes and columns: nothing was added. `columns` are the
    headers that were taken for something, `unused` the others. `flags` are values that cannot be: they are kept.
    """

    list: str
    version: int
    rows: int
    fresh: bool
    columns: tuple[ListColumn, ...]
    unused: tuple[str, ...]
    faults: tuple[Fault, ...]
    flags: tuple[Flag, ...]


def read_file(path: Path, mapping: Path | None = None) -> ReadList:
    """A file as `add_list` would read it, to see what its columns would be taken for; raises InputError."""
    return read_people(path, mapping_of(mapping_text(mapping), "", name=mapping.name if mapping else ""))


def add_list(
    case: Case,
    path: Path,
    *,
    by: str,
    name: str = "",
    mapping: Path | None = None,
    clock: Clock = system_clock,
) -> AddedList:
    """Keep a file as the newest release of the list called `name`, else of one called like the file.

    A row that does not fit the headers is left out and reported; a value that cannot be is kept and flagged. Raises
    InputError where the file is no list.
    """
    read = read_file(path, mapping)
    called = name.strip() or path.stem
    taken = _columns(read)
    with case.writer(by=by, clock=clock) as writer:
        with case.connect() as connection:
            earlier = [kept for kept in lists.releases(connection) if kept.release.list == called]
        digest = sha256(read.data).hexdigest()
        last = earlier[-1] if earlier else None
        fresh = last is None or (last.release.file, last.release.columns) != (digest, taken)
        if fresh:
            release = ListRelease(
                called, digest, path.name, timestamp(clock), by, read.table.reader, taken, last.id if last else None
            )
            _keep(writer, read, release)
    version, flags = len(earlier) + fresh, tuple(_flags(read))
    return AddedList(called, version, len(read.people.rows), fresh, taken, unused(read), read.faults, flags)


def unused(read: ReadList) -> tuple[str, ...]:
    """The headers that were taken for nothing."""
    used = {header for _, header in read.people.columns}
    return tuple(h for h in read.table.headers if h and h not in used)


def _columns(read: ReadList) -> tuple[ListColumn, ...]:
    by_header = {header: field for field, header in read.people.columns}
    return tuple(ListColumn(by_header[h], h) for h in read.table.headers if h in by_header)


def _keep(writer: Writer, read: ReadList, release: ListRelease) -> None:
    id_ = id_of(release)
    # From the whole file, so that who has only the log, where the digests of the rows are, cannot try names.
    secret = sha256(b"sijill list\n" + read.data).digest()
    rows = [
        ListRow(id_, line, sha256(secret + str(line).encode()).hexdigest()[:SALT], _cells(row))
        for line, row in zip(read.people.lines, read.people.rows, strict=True)
    ]
    with writer.transaction() as t:
        t.list_release(writer.objects.stage_bytes(read.data), release, rows)


def _cells(row: Cells) -> tuple[ListCell, ...]:
    return tuple(ListCell(field, row[field]) for field in Field if row.get(field))


def _flags(read: ReadList) -> Iterator[Flag]:
    """Values that cannot be, and rows that name nobody, by the list's own numbers, else by the file's rows."""
    for line, row in zip(read.people.lines, read.people.rows, strict=True):
        number = row.get(Field.RECORD) or f"row {line}"
        yield from flags_of(row, number)


def flags_of(row: Cells, number: str) -> tuple[Flag, ...]:
    """What cannot be in one row, under the number by which its list knows it."""
    _, flags = person_of({**row, Field.RECORD: number}, "", sexes(), months())
    nameless = not any(row.get(field) for field in NAMES)
    return (*flags, *((Flag(number, Field.NAME, "nobody is named"),) if nameless else ()))


# --- looking ---


def list_rows(connection: Connection) -> Iterator[Row]:
    """The releases of a case, a row each; no person is named."""
    newest = {kept.id for kept in lists.current(connection)}
    for kept in lists.releases(connection):
        yield {
            "list": kept.release.list,
            "version": kept.version,
            "current": kept.id in newest,
            "people": sum(1 for _ in lists.rows(connection, kept.id)),
            "file": kept.release.name,
            "at": kept.release.at,
            "by": kept.release.by,
            "columns": {str(c.field): c.header for c in kept.release.columns},
            "id": kept.id,
        }


def people_rows(connection: Connection, name: str, version: int | None = None) -> Iterator[Row]:
    """The people of one version of a list, the newest unless one is named, as the file has them."""
    for kept in lists.rows(connection, version_of(connection, name, version).id):
        cells = cells_of(kept)
        flags = flags_of(cells, cells.get(Field.RECORD, ""))
        yield {
            "id": kept.id,
            "row": kept.row.line,
            **{str(field): cells.get(field, "") for field in Field},
            "flags": [f"{flag.field}: {flag.reason}" for flag in flags],
        }


def cells_of(kept: KeptRow) -> dict[Field, str]:
    """A row's values by field."""
    return {cell.field: cell.text for cell in kept.row.cells}


def version_of(connection: Connection, name: str, version: int | None) -> KeptRelease:
    """One version of a list, the newest where none is named; raises UnknownId, InputError."""
    found = lists.versions(connection, name)
    if version is None:
        return found[-1]
    if not 1 <= version <= len(found):
        raise InputError(
            f"{name[:80]!r} has versions 1 to {len(found)}, not {version}", hint="`sijill lists show CASE`"
        )
    return found[version - 1]


# --- what a release changed ---


def diff_rows(
    connection: Connection, name: str, *, before: int | None = None, after: int | None = None
) -> Iterator[Row]:
    """What changed from one version of a list to another: rows removed, added, corrected, and how.

    The newest and the one before it, unless others are named. Raises UnknownId, and InputError where there is only one.
    """
    new = version_of(connection, name, after)
    if before is None and new.version == 1:
        raise InputError(f"{name[:80]!r} has no version before {new.version}", hint="add a later release with --list")
    old = version_of(connection, name, new.version - 1 if before is None else before)
    rows = [list(lists.rows(connection, kept.id)) for kept in (old, new)]
    cells = [[cells_of(kept) for kept in side] for side in rows]
    found = changes(cells[0], cells[1], months())
    for i in found.removed:
        yield _change("removed", cells[0][i], rows[0][i])
    for i in found.added:
        yield _change("added", cells[1][i], rows[1][i])
    for pair in found.kept:
        if pair.corrected:
            yield _change("corrected", cells[1][pair.after], rows[1][pair.after], pair.corrected)


def _change(change: str, cells: Mapping[Field, str], kept: KeptRow, corrected: tuple[Correction, ...] = ()) -> Row:
    return {
        "change": change,
        "record": cells.get(Field.RECORD, ""),
        "row": kept.row.line,
        "how": list(dict.fromkeys(str(manner) for c in corrected for manner in c.manners)),
        "fields": [
            {"field": str(c.field), "before": c.before, "after": c.after, "how": [str(m) for m in c.manners]}
            for c in corrected
        ],
        "id": kept.id,
    }
