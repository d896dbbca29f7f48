"""Recompute everything that the log vouches for, and say which entry, row or object is wrong.

Nothing here trusts a column: objects are hashed, rows are rebuilt into records whose digest must be their id, every
row must be vouched for by an entry and every entry's rows must be there, the tree's root must be the one that each
signed checkpoint states. What is derived may be wrong until it is rebuilt; that is said, too.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.exc import DatabaseError

from sijill.core.canonical import canonical, digest
from sijill.core.claim import Claim
from sijill.core.errors import SijillError
from sijill.core.judgement import Judgement
from sijill.core.log import EntryKind
from sijill.core.wire import from_json, to_json
from sijill.store import database, reads, schema
from sijill.store.case import DATABASE, OBJECTS, case_entry
from sijill.store.config import CaseConfig
from sijill.store.merkle import Frontier, leaf_hash
from sijill.store.notes import NoteError, Verifier, read_checkpoint
from sijill.store.objects import Objects
from sijill.store.writer import text

# What a changed byte can make of a column: not JSON, not a record, not of the type, not even Unicode.
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, SijillError, RecursionError)

# The fields of each kind of entry that name rows, and the tables where those must be.
VOUCHED_BY: dict[EntryKind, dict[str, Table]] = {
    EntryKind.DOCUMENT: {"document": schema.document, "reading": schema.reading, "sighting": schema.sighting},
    EntryKind.SIGHTING: {"sighting": schema.sighting},
    EntryKind.READING: {"reading": schema.reading},
    EntryKind.EXTRACTION: {"extraction": schema.extraction, "claims": schema.claim},
    EntryKind.JUDGEMENT: {"judgement": schema.judgement},
    EntryKind.SUGGESTIONS: {"judgements": schema.judgement},
    EntryKind.GAZETTEER: {"file": schema.gazetteer_file},
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its kind (`object`, `row`, `entry`, `checkpoint`, `case`, `derived`), where, what."""

    kind: str
    where: str
    what: str


@dataclass(slots=True)
class Report:
    """What `verify` found and how much it looked at."""

    findings: list[Finding] = field(default_factory=list)
    objects: int = 0
    rows: int = 0
    entries: int = 0
    checkpoints: int = 0
    root: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def add(self, kind: str, where: str, what: str) -> None:
        """Note something wrong."""
        self.findings.append(Finding(kind, where, what))


@dataclass(slots=True)
class Vouched:
    """What the entries of the log say must be there: ids by table, with the entry that vouches for each."""

    ids: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    sizes: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    extractions: dict[str, dict[str, Any]] = field(default_factory=dict)
    publications: dict[str, dict[str, Any]] = field(default_factory=dict)


def verify(folder: Path, *, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Check a whole case; raises NotACase where there is none. `progress` hears of each object that was hashed."""
    report = Report()
    config = CaseConfig.read(folder)
    engine = database.connect(folder / DATABASE, write=False, lenient=True)
    try:
        with engine.connect() as connection, connection.begin():
            _check_file(connection, report)
            vouched = _check_log(connection, config, report)
            _check_rows(connection, vouched, report)
            _check_derived(connection, report)
    except DatabaseError as err:
        report.add("case", DATABASE, f"the database is malformed: {err.orig}")
        vouched = Vouched()
    finally:
        engine.dispose()
    _check_objects(Objects(folder / OBJECTS), vouched, report, progress)
    _check_pages(folder, vouched, report)
    return report


def _check_file(connection: Connection, report: Report) -> None:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
        if line != "ok":
            report.add("case", DATABASE, f"SQLite's own check: {line}")


def _check_log(connection: Connection, config: CaseConfig, report: Report) -> Vouched:
    vouched, frontier, roots = Vouched(), Frontier(), {}
    for row in connection.execute(select(schema.log_entry).order_by(schema.log_entry.c.seq)):
        if row.seq != frontier.size:
            report.add("entry", f"log entry {frontier.size}", f"missing: the next one found is {row.seq}")
            break
        leaf = leaf_hash(row.body) if isinstance(row.body, bytes) else b""
        if leaf != row.leaf:
            report.add("entry", f"log entry {row.seq}", "its bytes are not those of its leaf hash")
        try:
            _vouch(vouched, row.seq, json.loads(row.body), config)
        except MALFORMED as err:
            report.add("entry", f"log entry {row.seq}", f"unreadable: {type(err).__name__}")
        frontier.append(leaf)
        roots[frontier.size] = frontier.root()
    report.entries, report.root = frontier.size, frontier.root().hex()
    _check_checkpoints(connection, config, roots, report)
    return vouched


def _vouch(vouched: Vouched, seq: int, entry: dict[str, Any], config: CaseConfig) -> None:
    kind, body = EntryKind(entry["kind"]), entry["body"]
    if kind is EntryKind.CASE and body != case_entry(config):
        raise ValueError("case.toml is not what the log's first entry says")
    for name, table in VOUCHED_BY.get(kind, {}).items():
        for id_ in [body[name]] if isinstance(body[name], str) else body[name]:
            vouched.ids[table.name].setdefault(id_, seq)
    if kind is EntryKind.DOCUMENT:
        vouched.sizes[body["document"]] = body["size"]
    elif kind is EntryKind.GAZETTEER:
        vouched.sizes[body["file"]], vouched.names[body["file"]] = body["size"], body["name"]
    elif kind is EntryKind.EXTRACTION:
        vouched.extractions[body["extraction"]] = body
    elif kind is EntryKind.PUBLICATION:
        vouched.publications[body["form"]] = body


def _check_checkpoints(connection: Connection, config: CaseConfig, roots: dict[int, bytes], report: Report) -> None:
    try:
        verifier = Verifier.parse(config.verifier)
    except NoteError as err:
        report.add("case", "case.toml", f"its key is unusable: {err}")
        return
    if verifier.name != config.origin:
        report.add("case", "case.toml", "its key is that of another log")
    sizes = []
    for row in connection.execute(select(schema.checkpoint).order_by(schema.checkpoint.c.size)):
        sizes.append(row.size)
        where = f"checkpoint {row.size}"
        try:
            point = read_checkpoint(row.note, verifier)
        except (NoteError, *MALFORMED) as err:
            report.add("checkpoint", where, f"does not verify: {err}")
            continue
        if (point.size, point.root) != (row.size, row.root):
            report.add("checkpoint", where, "its note is about another size or root than its row")
        if point.root != roots.get(point.size):
            report.add("checkpoint", where, "the log's entries do not lead to the root that it signs")
    report.checkpoints = len(sizes)
    if not sizes or sizes[-1] != len(roots):
        report.add("checkpoint", f"checkpoint {len(roots)}", "missing: the log's last entries are not signed")


def _check_rows(connection: Connection, vouched: Vouched, report: Report) -> None:
    for table, check in ROW_CHECKS.items():
        left = dict(vouched.ids[table.name])
        for row in connection.execute(select(table)):
            report.rows += 1
            where = f"{table.name} {str(row.id)[:16]}"
            entry = left.pop(row.id, None)
            if entry is None:
                report.add("row", where, "no entry of the log vouches for it")
                continue
            try:
                wrong = check(row, vouched)
            except MALFORMED as err:
                wrong = f"unreadable: {type(err).__name__}"
            if not wrong and hasattr(row, "entry") and row.entry != entry:
                wrong = f"it names log entry {row.entry}, its entry is {entry}"
            if wrong:
                report.add("row", where, wrong)
        for id_, entry in left.items():
            report.add("row", f"{table.name} {id_[:16]}", f"missing, though log entry {entry} vouches for it")
    _check_order(connection, vouched, report)


def _check_order(connection: Connection, vouched: Vouched, report: Report) -> None:
    """Which claims belong to which extraction and where, and the order of the judgements, as the log has them."""
    listed: dict[str, dict[int, str]] = defaultdict(dict)
    for row in connection.execute(select(schema.extraction_claim)):
        listed[row.extraction][row.position] = row.claim
        report.rows += 1
    for id_ in sorted(vouched.extractions.keys() | listed.keys()):
        body = vouched.extractions.get(id_)
        expected = dict(enumerate(body["claims"])) if body else {}
        if listed.get(id_, {}) != expected:
            places = [p for p in expected.keys() | listed[id_].keys() if expected.get(p) != listed[id_].get(p)]
            where = f"extraction_claim {id_[:16]} {min(places)}"
            report.add("row", where, "the claims listed are not those that the log vouches for")
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
    return _require((row.size, row.name), (vouched.sizes.get(row.id), vouched.names.get(row.id)), "name or size")


ROW_CHECKS: dict[Table, Callable[[Row[Any], Vouched], str | None]] = {
    schema.document: _document,
    schema.reading: _reading,
    schema.sighting: _sighting,
    schema.extraction: _extraction,
    schema.claim: _claim,
    schema.judgement: _judgement,
    schema.gazetteer_file: _gazetteer_file,
}


def _check_objects(objects: Objects, vouched: Vouched, report: Report, progress: Callable[[int], None]) -> None:
    for id_ in sorted(vouched.sizes):
        found = objects.fixity(id_)
        report.objects += 1
        progress(report.objects)
        if found is None:
            report.add("object", f"object {id_[:16]}", "missing")
        elif found != id_:
            report.add("object", f"object {id_[:16]}", f"its bytes changed: they are now {found[:16]}…")


def _check_derived(connection: Connection, report: Report) -> None:
    tables = {t.name: t for t in schema.DERIVED if t is not schema.built}
    for mark in connection.execute(select(schema.built)):
        if mark.name not in tables:
            report.add("derived", f"table {mark.name}", "unknown; `sijill build CASE` rebuilds what is derived")
            continue
        table = tables.pop(mark.name)
        rows = [dict(r._mapping) for r in connection.execute(select(table).order_by(table.c.position))]
        try:
            same = digest(rows) == mark.digest
        except MALFORMED:
            same = False
        if not same:
            report.add("derived", f"table {mark.name}", "changed since it was built; `sijill build CASE` rebuilds it")
    for name, table in tables.items():
        if connection.execute(select(table).limit(1)).first() is not None:
            report.add("derived", f"table {name}", "not marked as built; `sijill build CASE` rebuilds it")


def _check_pages(folder: Path, vouched: Vouched, report: Report) -> None:
    """The pages of the working record against their manifest, and the manifest against the log."""
    manifest = folder / "record" / "manifest.json"
    body = vouched.publications.get("working-record")
    if body is None or not manifest.is_file():
        return
    try:
        files = json.loads(manifest.read_bytes())
        if digest(files) != body["digest"]:
            raise ValueError("not the manifest that the log vouches for")
    except MALFORMED:
        report.add("derived", "record/manifest.json", "changed since it was written; `sijill build CASE` rewrites it")
        return
    for name in _changed_pages(manifest.parent, files):
        report.add("derived", f"record/{name}", "changed or missing; `sijill build CASE` rewrites it")


def _changed_pages(folder: Path, files: dict[str, str]) -> Iterator[str]:
    for name, expected in sorted(files.items()):
        path = folder / name
        if not path.is_file() or sha256(path.read_bytes()).hexdigest() != expected:
            yield name
