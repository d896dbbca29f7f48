"""The rows of a case as lines of canonical JSON, which no database can read in another way.

A line is `{"id", "row", "table"}`, as in an evidence bundle (docs/reference/evidence-format.md): `row` is the record
that the id is the digest of. What the log says already, the line leaves out: which entry vouches for the row, the place
of a judgement. From the log and its lines, every row can be made again, to the byte.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Row, Table

from sijill.core.canonical import Json, canonical
from sijill.core.claim import Claim
from sijill.core.document import Metadata, Note
from sijill.core.errors import InvalidRecord
from sijill.core.incident import FigureVersion
from sijill.core.judgement import Judgement
from sijill.core.lists import ListRelease, ListRow
from sijill.core.wire import from_json
from sijill.store import schema
from sijill.store.findings import MALFORMED
from sijill.store.vouched import Vouched
from sijill.store.writer import (
    claim_columns,
    figure_columns,
    judgement_columns,
    list_row_columns,
    release_columns,
    text,
)

LONGEST_LINE = 256_000_000

Record = Mapping[str, Json]
JSON_COLUMNS = frozenset({"metadata", "notes", "stated"})


def row_line(table: Table, row: Row[Any], vouched: Vouched) -> bytes:
    """The line of a row that is whole, without its newline."""
    return canonical({"id": row.id, "row": _record(table, row, vouched), "table": table.name})


def _record(table: Table, row: Row[Any], vouched: Vouched) -> Record:
    if "body" in table.c:
        return dict(json.loads(row.body))
    if table is schema.extraction:
        return {name: value for name, value in vouched.extractions[row.id].items() if name != "extraction"}
    record = {name: value for name, value in row._mapping.items() if name not in {"id", "entry"}}
    if table is schema.stamp:
        record["reply"] = base64.b64encode(row.reply).decode()
    return {name: json.loads(value) if name in JSON_COLUMNS else value for name, value in record.items()}


def row_of(line: bytes, vouched: Vouched, positions: Mapping[str, int]) -> tuple[Table, dict[str, Any]]:
    """The table and the columns that a line stands for; raises InvalidRecord for what no case can hold.

    `positions` are the places of the judgements. Whether the row is what its id says is for `check_rows` to tell.
    """
    try:
        held = json.loads(line)
        table, id_, record = TABLES[held["table"]], held["id"], held["row"]
        if held.keys() != {"id", "row", "table"} or canonical(held) != line:
            raise ValueError("not in canonical JSON")
        columns = COLUMNS[table](record)
        if table is schema.judgement:
            columns["position"] = positions[id_]
        if "entry" in table.c:
            columns["entry"] = vouched.ids[table.name][id_]
    except MALFORMED as err:
        what = f"a line of the dump is no row that the log vouches for: {type(err).__name__}"
        raise InvalidRecord(what, hint="the dump was changed or cut off; take another") from err
    return table, {"id": id_, **columns}


def _own(*names: str) -> Callable[[Record], dict[str, Any]]:
    """The members of a record as columns of the same names, those that hold JSON as text."""

    def columns(record: Record) -> dict[str, Any]:
        if record.keys() != set(names):
            raise ValueError("it has other members")
        return {name: text(record[name]) if name in JSON_COLUMNS else record[name] for name in names}

    return columns


def _reading(record: Record) -> dict[str, Any]:
    # Through the records, so that JSON which the log vouches for, but no reader could read, is refused here.
    from_json(Metadata, record["metadata"])
    tuple(from_json(Note, n) for n in record["notes"])  # type: ignore[union-attr]
    return _own("document", "reader", "media_type", "text", "metadata", "notes")(record)


def _extraction(record: Record) -> dict[str, Any]:
    names = ("document", "reading", "extractor")
    return {name: record[name] for name in names} | {"settings": text(record["settings"])}


def _claim(record: Record) -> dict[str, Any]:
    return claim_columns(from_json(Claim, record))


def _judgement(record: Record) -> dict[str, Any]:
    return judgement_columns(from_json(Judgement, record))


def _figure_version(record: Record) -> dict[str, Any]:
    return figure_columns(from_json(FigureVersion, record))


def _list_release(record: Record) -> dict[str, Any]:
    return release_columns(from_json(ListRelease, record))


def _list_row(record: Record) -> dict[str, Any]:
    return list_row_columns(from_json(ListRow, record))


def _stamp(record: Record) -> dict[str, Any]:
    columns = _own("size", "authority", "reply")(record)
    return columns | {"reply": base64.b64decode(columns["reply"], validate=True)}


COLUMNS: Mapping[Table, Callable[[Record], dict[str, Any]]] = {
    schema.document: _own("size"),
    schema.sighting: _own("document", "label", "name", "at", "by", "container", "line", "stated"),
    schema.reading: _reading,
    schema.extraction: _extraction,
    schema.claim: _claim,
    schema.judgement: _judgement,
    schema.gazetteer_file: _own("name", "size"),
    schema.stamp: _stamp,
    schema.figure_version: _figure_version,
    schema.list_release: _list_release,
    schema.list_row: _list_row,
}
TABLES: Mapping[str, Table] = {table.name: table for table in COLUMNS}
