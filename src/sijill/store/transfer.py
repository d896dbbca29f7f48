"""A case as lines that belong to no database, and a database made of them: for backups, moves and bundles.

Four streams, all of one moment: the log's entries and its checkpoints as they are, the rows that they vouch for (see
`store.lines`), and the derived tables as last built. Who loads them gets the same log, so the same root; everything is
then checked as `verify` checks a case, within the transaction that loads it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, exists, insert, inspect, select
from sqlalchemy.exc import IntegrityError

from sijill.core.canonical import canonical
from sijill.core.errors import CaseDamaged, InvalidRecord
from sijill.store import schema
from sijill.store.findings import MALFORMED, Report
from sijill.store.lines import row_line, row_of
from sijill.store.merkle import leaf_hash
from sijill.store.notes import NoteError, Verifier, read_checkpoint
from sijill.store.rowchecks import ROW_CHECKS, wrong_with
from sijill.store.verify import NOTHING_ELSE, Outside, check_tables
from sijill.store.vouched import Vouched, verifier_of, vouch

MANY = 500
DERIVED = {table.name: table for table in schema.DERIVED}


@dataclass(frozen=True, slots=True)
class Dump:
    """The four streams; lines come without their newline. Each is read once, in the order of the fields."""

    entries: Iterable[bytes]
    notes: Iterable[str]
    rows: Iterable[bytes]
    derived: Iterable[bytes] = ()


# --- out of a database ---


def dump(connection: Connection) -> Dump:
    """Everything in a case, as one connection sees it; raises CaseDamaged, while it is read, for what is not whole."""
    return Dump(
        entry_lines(connection),
        notes(connection),
        row_lines(connection, read_log(connection)),
        derived_lines(connection),
    )


def read_log(connection: Connection, first: int = 0) -> Vouched:
    """What the entries from `first` on vouch for; raises CaseDamaged for one that cannot be read."""
    vouched = Vouched()
    for seq, body in enumerate(entry_lines(connection, first), start=first):
        _take_up(vouched, seq, body)
    return vouched


def entry_lines(connection: Connection, first: int = 0) -> Iterator[bytes]:
    """The log's entries from `first` on; raises CaseDamaged where one is missing or is not what its leaf says."""
    t, expected = schema.log_entry, first
    for row in _streamed(connection, select(t).where(t.c.seq >= first).order_by(t.c.seq)):
        if row.seq != expected or leaf_hash(row.body) != row.leaf or b"\n" in row.body:
            raise _damaged(f"log entry {expected} is missing or changed")
        yield row.body
        expected += 1


def leaves(connection: Connection) -> Iterator[bytes]:
    """The leaf hashes of the log, as they are stored; `checked_frontier` holds them against the entries."""
    t = schema.log_entry
    return (row.leaf for row in _streamed(connection, select(t.c.leaf).order_by(t.c.seq)))


def notes(connection: Connection, after: int = 0) -> Iterator[str]:
    """The signed notes of the checkpoints that are about more than `after` entries."""
    t = schema.checkpoint
    for row in _streamed(connection, select(t.c.note).where(t.c.size > after).order_by(t.c.size)):
        yield row.note


def row_lines(connection: Connection, vouched: Vouched, first: int = 0) -> Iterator[bytes]:
    """The rows that entries from `first` on are the first to vouch for, which `vouched` has read.

    Table by table, so that a row comes after those that it refers to. Raises CaseDamaged where one is missing, or is
    not what its id and its entry say.
    """
    there = set(inspect(connection).get_table_names())
    for table in ROW_CHECKS:
        left = dict(vouched.ids[table.name])
        # A case that an earlier version wrote lacks later tables.
        for row in _streamed(connection, _newer(table, first)) if table.name in there else ():
            if wrong := wrong_with(table, row, vouched):
                raise _damaged(f"{table.name} {str(row.id)[:16]}: {wrong}")
            del left[row.id]
            yield row_line(table, row, vouched)
        if table is schema.claim:  # Earlier extractions may have listed the same claims.
            left = _absent(connection, left)
        if left:
            raise _damaged(f"{table.name} {next(iter(left))[:16]} is missing, though the log vouches for it")


def _newer(table: Table, first: int) -> Select[Any]:
    if "entry" in table.c:
        return select(table).where(table.c.entry >= first).order_by(table.c.entry, table.c.id)
    listed, run = schema.extraction_claim, schema.extraction
    by = select(listed.c.claim).join(run, run.c.id == listed.c.extraction).where(listed.c.claim == table.c.id)
    later, earlier = by.where(run.c.entry >= first), by.where(run.c.entry < first)
    query = select(table).where(exists(later)).order_by(table.c.id)
    return query.where(~exists(earlier)) if first else query


def _absent(connection: Connection, ids: dict[str, int]) -> dict[str, int]:
    wanted, t = list(ids), schema.claim
    for i in range(0, len(wanted), MANY):
        for id_ in connection.execute(select(t.c.id).where(t.c.id.in_(wanted[i : i + MANY]))).scalars():
            del ids[id_]
    return ids


def derived_lines(connection: Connection) -> Iterator[bytes]:
    """The derived tables as last built, `{"row", "table"}` a line: nothing vouches for them but their own digests."""
    for table in schema.DERIVED:
        if not inspect(connection).has_table(table.name):  # Of a case that an earlier version wrote.
            continue
        for row in _streamed(connection, select(table).order_by(*table.primary_key)):
            yield canonical({"row": dict(row._mapping), "table": table.name})


def _streamed(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    with connection.execute(query, execution_options={"yield_per": MANY}) as rows:
        yield from rows


# --- into a database ---


def load(
    engine: Engine,
    lines: Dump,
    *,
    outside: Outside = NOTHING_ELSE,
    lenient: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[Vouched, Report]:
    """Fill the empty tables of a database with a dump, or leave them empty.

    Returns what the log vouches for, and what was looked at and found. Raises InvalidRecord for lines that are no dump
    of a case, CaseDamaged for a dump that is not whole; but what is derived may be wrong, and `lenient`, for `verify`
    alone, loads whatever can be loaded.
    """
    try:
        return _load(engine, lines, outside, lenient, progress)
    except IntegrityError as err:
        raise InvalidRecord("the dump holds rows that no case holds together", hint="take another") from err


def _load(
    engine: Engine, lines: Dump, outside: Outside, lenient: bool, progress: Callable[[int], None]
) -> tuple[Vouched, Report]:
    with engine.connect() as connection, connection.begin():
        vouched = Vouched()
        rows = _Rows(connection, progress)
        for seq, body in enumerate(lines.entries):
            _take_up(vouched, seq, body)
            rows.add(schema.log_entry, {"seq": seq, "leaf": leaf_hash(body), "body": body})
        verifier = verifier_of(vouched.case)
        if verifier is None:
            raise InvalidRecord("the dump does not say what case it is of", hint="it was changed or cut off")
        for note in lines.notes:
            rows.add(schema.checkpoint, _checkpoint(note, verifier))
        positions = {id_: place for place, id_ in enumerate(vouched.ids[schema.judgement.name])}
        for line in lines.rows:
            rows.add(*row_of(line, vouched, positions))
        for id_, run in vouched.extractions.items():
            for place, claim in enumerate(run["claims"]):
                rows.add(schema.extraction_claim, {"extraction": id_, "position": place, "claim": claim})
        for line in lines.derived:
            rows.add(*_derived_row(line))
        rows.flush()
        report = Report()
        check_tables(connection, vouched, vouched.case, report, outside)
        wrong = [f for f in report.findings if f.kind != "derived"]
        if wrong and not lenient:
            raise _damaged(f"{wrong[0].where}: {wrong[0].what}")
    return vouched, report


class _Rows:
    """Rows on their way into the database, a few hundred at a time, in an order that the foreign keys allow."""

    def __init__(self, connection: Connection, progress: Callable[[int], None]) -> None:
        self._connection = connection
        self._progress = progress
        self._waiting: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._count = 0
        self._done = 0

    def add(self, table: Table, row: dict[str, Any]) -> None:
        self._waiting[table].append(row)
        self._count += 1
        if self._count >= MANY:
            self.flush()

    def flush(self) -> None:
        for table in schema.metadata.sorted_tables:
            if rows := self._waiting.pop(table, None):
                self._connection.execute(insert(table), rows)
        self._done += self._count
        self._count = 0
        self._progress(self._done)


def _take_up(vouched: Vouched, seq: int, body: bytes) -> None:
    try:
        vouch(vouched, seq, json.loads(body))
    except MALFORMED as err:
        raise _damaged(f"log entry {seq} cannot be read") from err


def _checkpoint(note: str, verifier: Verifier) -> dict[str, Any]:
    try:
        point = read_checkpoint(note, verifier)
    except (NoteError, *MALFORMED) as err:
        raise _damaged(f"a checkpoint does not verify: {err}") from err
    return {"size": point.size, "root": point.root, "note": note}


def _derived_row(line: bytes) -> tuple[Table, dict[str, Any]]:
    try:
        held = json.loads(line)
        table, row = DERIVED[held["table"]], dict(held["row"])
        if row.keys() != set(table.c.keys()):
            raise ValueError("it has other columns")
    except MALFORMED as err:
        raise InvalidRecord("a line of the dump is no row of a derived table", hint="it was changed") from err
    return table, row


def _damaged(what: str) -> CaseDamaged:
    return CaseDamaged(what, hint="nothing was kept of it; `sijill verify CASE` says what else is wrong")
