"""Rows of the source and judgement layers against the log: rebuilt into records whose digest must be their id."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Table, inspect, select

from sijill.core.canonical import canonical, digest
from sijill.core.claim import Claim
from sijill.core.incident import FigureVersion
from sijill.core.judgement import Judgement
from sijill.core.lists import ListRelease, ListRow
from sijill.core.wire import from_json, to_json
from sijill.store import reads, schema
from sijill.store.database import MANY
from sijill.store.findings import MALFORMED, Report
from sijill.store.vouched import Vouched
from sijill.store.writer import text


def check_rows(connection: Connection, vouched: Vouched, report: Report) -> None:
    """Every row must be vouched for by an entry and be what its id says; every entry's rows must be there."""
    there = set(inspect(connection).get_table_names())
    for table in ROW_CHECKS:
        left = dict(vouched.ids[table.name])
        # A case that an earlier version wrote lacks later tables; what its log vouches for must be there all the same.
        every = select(table).execution_options(yield_per=MANY)
        for row in connection.execute(every) if table.name in there else ():
            report.rows += 1
            where = f"{table.name} {str(row.id)[:16]}"
            left.pop(row.id, None)
            if wrong := wrong_with(table, row, vouched):
                report.add("row", where, wrong)
        for id_, entry in left.items():
            report.add("row", f"{table.name} {id_[:16]}", f"missing, though log entry {entry} vouches for it")
    _check_listed_claims(connection, vouched, report)
    _check_positions(connection, vouched, report)


def wrong_with(table: Table, row: Row[Any], vouched: Vouched) -> str | None:
    """What is wrong with one row, `None` if it is what its id and its entry say."""
    entry = vouched.ids[table.name].get(row.id)
    if entry is None:
        return "no entry of the log vouches for it"
    try:
        wrong = ROW_CHECKS[table](row, vouched)
    except MALFORMED as err:
        return f"unreadable: {type(err).__name__}"
    if not wrong and hasattr(row, "entry") and row.entry != entry:
        return f"it names log entry {row.entry}, its entry is {entry}"
    return wrong


def _check_listed_claims(connection: Connection, vouched: Vouched, report: Report) -> None:
    """Which claims belong to which extraction, and in which order, as the log has them."""
    listed: dict[str, dict[int, str]] = defaultdict(dict)
    for row in connection.execute(select(schema.extraction_claim)):
        listed[row.extraction][row.position] = row.claim
        report.rows += 1
    for id_ in sorted(vouched.extractions.keys() | listed.keys(), key=str):
        body, found = vouched.extractions.get(id_), listed.get(id_, {})
        expected = dict(enumerate(body["claims"])) if body else {}
        for place in sorted(expected.keys() | found.keys(), key=str):
            if expected.get(place) != found.get(place):
                where = f"extraction_claim {str(id_)[:16]} {place}"
                report.add("row", where, "the claim listed there is not the one that the log vouches for")


def _check_positions(connection: Connection, vouched: Vouched, report: Report) -> None:
    """The order of the judgements, as the log has it."""
    order = [id_ for id_, _ in sorted(vouched.ids["judgement"].items(), key=lambda item: item[1])]
    position = {row.id: row.position for row in connection.execute(select(schema.judgement))}
    for i, id_ in enumerate(order):
        if id_ in position and position[id_] != i:
            report.add("row", f"judgement {id_[:16]}", f"it stands at position {position[id_]}, the log has it at {i}")


def _require(found: object, expected: object, what: str) -> str | None:
    return None if found == expected and type(found) is type(expected) else f"its {what} changed"


def _document(row: Row[Any], vouched: Vouched) -> str | None:
    return _require(row.size, vouched.sizes.get(row.id), "size")


def _reading(row: Row[Any], _: Vouched) -> str | None:
    record = reads.reading_of(row)
    if (text(record.metadata), text(record.notes)) != (row.metadata, row.notes):
        return "its metadata or notes are not written as they were"
    return _require(digest(to_json(record)), row.id, "content")


def _sighting(row: Row[Any], _: Vouched) -> str | None:
    record = reads.sighting_of(row)
    if text(record.stated) != row.stated:
        return "what was stated is not written as it was"
    return _require(digest(to_json(record)), row.id, "content")


def _extraction(row: Row[Any], vouched: Vouched) -> str | None:
    body = {k: v for k, v in vouched.extractions[row.id].items() if k != "extraction"}
    if digest(body) != row.id:
        return "the log's entry about it changed"
    settings = canonical(body["settings"]).decode()
    expected = (body["document"], body["reading"], body["extractor"], settings)
    return _require((row.document, row.reading, row.extractor, row.settings), expected, "content")


def _claim(row: Row[Any], _: Vouched) -> str | None:
    record = from_json(Claim, json.loads(row.body))
    if text(record) != row.body or record.id != row.id:
        return "its content changed"
    at = record.count or record.quote
    expected = (record.document, str(record.harm), at.start, at.end)
    return _require((row.document, row.harm, row.start, row.end), expected, "document, harm or span")


def _judgement(row: Row[Any], _: Vouched) -> str | None:
    record = from_json(Judgement, json.loads(row.body))
    if text(record) != row.body or record.id != row.id:
        return "its content changed"
    subject, *second = record.subjects
    expected = (str(record.matter), subject, second[0] if second else None)
    return _require((row.matter, row.subject, row.second_subject), expected, "matter or subjects")


def _gazetteer_file(row: Row[Any], vouched: Vouched) -> str | None:
    expected = (vouched.sizes.get(row.id), vouched.names.get(row.id))
    return _require((row.size, digest(row.name)), expected, "name or size")


def _stamp(row: Row[Any], vouched: Vouched) -> str | None:
    body = vouched.stamps[row.id]
    found = (sha256(row.reply).hexdigest(), row.size, digest(row.authority))
    return _require(found, (row.id, body["size"], body["authority"]), "reply, size or authority")


def _figure_version(row: Row[Any], _: Vouched) -> str | None:
    record = from_json(FigureVersion, json.loads(row.body))
    if text(record) != row.body or digest(to_json(record)) != row.id:
        return "its content changed"
    return _require(row.incident, record.incident, "incident")


def _list_release(row: Row[Any], vouched: Vouched) -> str | None:
    record = from_json(ListRelease, json.loads(row.body))
    if text(record) != row.body or digest(to_json(record)) != row.id or record.file not in vouched.sizes:
        return "its content changed"
    return _require((row.list, row.file), (record.list, record.file), "list or file")


def _list_row(row: Row[Any], _: Vouched) -> str | None:
    record = from_json(ListRow, json.loads(row.body))
    if text(record) != row.body or digest(to_json(record)) != row.id:
        return "its content changed"
    return _require((row.release, row.line), (record.release, record.line), "release or line")


ROW_CHECKS: dict[Table, Callable[[Row[Any], Vouched], str | None]] = {
    schema.document: _document,
    schema.reading: _reading,
    schema.sighting: _sighting,
    schema.extraction: _extraction,
    schema.claim: _claim,
    schema.judgement: _judgement,
    schema.gazetteer_file: _gazetteer_file,
    schema.stamp: _stamp,
    schema.figure_version: _figure_version,
    schema.list_release: _list_release,
    schema.list_row: _list_row,
}
