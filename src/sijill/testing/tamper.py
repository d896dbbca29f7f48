"""Tampering with a case, to show that `verify` finds it: single bits, and what somebody with SQL at hand would do.

A `Change` knows how to make itself and which place a finding must name. `applied` makes it, and puts every byte back.
Nothing here writes through the store's writer: rows are changed by SQL, with foreign keys off, objects as files.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sijill.core.canonical import digest
from sijill.store import database, schema
from sijill.store.case import DATABASE, OBJECTS, RECORD
from sijill.store.config import FILE
from sijill.store.findings import Finding
from sijill.store.merkle import leaf_hash
from sijill.store.objects import Objects

LAYERS = tuple(
    t.name for t in schema.metadata.sorted_tables if t not in {*schema.DERIVED, schema.log_entry, schema.checkpoint}
)
DERIVED = tuple(t.name for t in schema.DERIVED)


class NoPlace(Exception):
    """There is nothing here that the change could be made to, or the database's own constraints refuse it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One act of tampering.

    `kind` groups them in reports, `path` is the file that it touches (relative to the case), `places` are the places
    of which a finding must name one: what its `where` begins with.
    """

    kind: str
    path: str
    places: tuple[str, ...]
    make: Callable[[Path], None]

    def named(self, findings: Sequence[Finding]) -> bool:
        """Whether a finding names a place that was changed."""
        return any(f.where == p or f.where.startswith(f"{p} ") for f in findings for p in self.places)


@contextmanager
def applied(folder: Path, change: Change) -> Iterator[None]:
    """Make the change, and put back every byte and permission afterwards; raises NoPlace where it cannot be made."""
    path = folder / change.path
    before = (path.read_bytes(), path.stat().st_mode) if path.exists() else None
    try:
        change.make(folder)
        yield
    finally:
        path.unlink(missing_ok=True)
        if before:
            path.write_bytes(before[0])
            path.chmod(before[1])


class Tamperer:
    """Chooses changes to one case at random; the same case and generator give the same changes."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.folder = folder
        self.rng = rng

    # --- single bits ---

    def bit(self) -> Change:
        """A changed bit in an object, a row of the source or judgement layer, the log, a checkpoint, or `case.toml`."""
        rows = (self.row_bit,) * 3  # Seven tables of them.
        return self._some(self.object_bit, *rows, self.entry_bit, self.checkpoint_bit, self.toml_bit)

    def object_bit(self) -> Change:
        """A bit of an object."""
        objects = Objects(self.folder / OBJECTS)
        id_ = self.rng.choice(sorted(objects))
        path = str(objects.path(id_).relative_to(self.folder))
        return self._file_bit("object", path, f"object {id_[:16]}")

    def toml_bit(self) -> Change:
        """A bit of `case.toml`."""
        return self._file_bit("case.toml", FILE, FILE)

    def row_bit(self) -> Change:
        """A bit of a column of a row of the source or judgement layer."""
        return self.column_bit(self.rng.choice(LAYERS))

    def entry_bit(self) -> Change:
        """A bit of an entry of the log, of its leaf hash, or of its number."""
        return self.column_bit("log_entry")

    def checkpoint_bit(self) -> Change:
        """A bit of a checkpoint's note, or of its row."""
        return self.column_bit("checkpoint")

    def derived_bit(self) -> Change:
        """A bit of a derived table."""
        return self.column_bit(self.rng.choice(DERIVED))

    def page_bit(self) -> Change:
        """A bit of a page of the working record, or of its manifest."""
        files = [p for p in sorted((self.folder / RECORD).rglob("*")) if p.is_file()]
        path = self.rng.choice(files).relative_to(self.folder).as_posix()
        return self._file_bit("page", path, path)

    # --- what somebody with SQL at hand would do ---

    def structure(self) -> Change:
        """A row deleted, swapped, copied or forged, claims reordered, the log cut off or rewritten, a trigger laid."""
        return self._some(
            self.delete_row,
            self.swap_rows,
            self.swap_entries,
            self.copy_row,
            self.forge_judgement,
            self.reorder_claims,
            self.cut_log,
            self.rewrite_entry,
            self.forge_entry,
            self.alter_tables,
        )

    def delete_row(self) -> Change:
        """A row of the source or judgement layer, or an entry of the log, that is gone."""
        table = self.rng.choice((*LAYERS, "log_entry"))
        rowid, row = self._row(table)
        return self._sql("delete", (place(table, row),), (_delete(table, "rowid = ?"), (rowid,)))

    def swap_rows(self) -> Change:
        """Two rows that have changed their ids."""
        table = self.rng.choice([t for t in LAYERS if t != "extraction_claim"])
        (one, a), (two, b) = self._rows(table, 2)
        moves = [("aside", one), (a["id"], two), (b["id"], one)]
        return self._sql("swap", (place(table, a), place(table, b)), *((_update(table, "id"), m) for m in moves))

    def swap_entries(self) -> Change:
        """Two entries of the log that have changed places: each is whole, and only the root can tell."""
        a, b = sorted(row["seq"] for _, row in self._rows("log_entry", 2))
        moves = [(-1, a), (a, b), (b, -1)]
        places = (self._signed_by(a),)
        return self._sql("swap entries", places, *((_update("log_entry", "seq"), m) for m in moves))

    def copy_row(self) -> Change:
        """A row that is there twice, the second time under an id of its own."""
        table = self.rng.choice([t for t in LAYERS if t != "extraction_claim"])
        _, row = self._row(table)
        copy = {**row, "id": digest(["copy", row["id"]])}
        if "entry" in copy:
            copy["entry"] = 10**6
        if "position" in copy:
            copy["position"] = 10**6
        return self._sql("copy", (place(table, copy),), _insert(table, copy))

    def forge_judgement(self) -> Change:
        """A judgement that is well-formed in itself, under an entry of another."""
        _, row = self._row("judgement")
        body = row["body"].replace('"by":"', '"by":"not ', 1)
        forged = {**row, "id": sha256(body.encode()).hexdigest(), "body": body, "position": 10**6}
        return self._sql("forge", (place("judgement", forged),), _insert("judgement", forged))

    def reorder_claims(self) -> Change:
        """Two claims of one extraction that have changed places."""
        rows = [r for _, r in self.rows_of("extraction_claim")]
        extraction = self.rng.choice(rows)["extraction"]
        members = [r for r in rows if r["extraction"] == extraction]
        if len({r["claim"] for r in members}) < 2:
            raise NoPlace("one claim only")
        a, b = self.rng.sample(members, 2)
        update = "UPDATE extraction_claim SET claim = ? WHERE extraction = ? AND position = ?"
        moves = [(b["claim"], extraction, a["position"]), (a["claim"], extraction, b["position"])]
        places = (place("extraction_claim", a), place("extraction_claim", b))
        return self._sql("reorder", places, *((update, move) for move in moves))

    def cut_log(self) -> Change:
        """The log without its last entries, and without the checkpoints that sign them: only their rows are left."""
        sizes = sorted(r["size"] for _, r in self.rows_of("checkpoint"))
        size = self.rng.choice(sizes[:-2])
        places = tuple(
            place(table, row) for table in LAYERS for _, row in self.rows_of(table) if row.get("entry", -1) >= size
        )
        if not places:
            raise NoPlace("nothing but publications")
        return self._sql(
            "cut",
            places,
            (_delete("log_entry", "seq >= ?"), (size,)),
            (_delete("checkpoint", "size > ?"), (size,)),
        )

    def rewrite_entry(self) -> Change:
        """An entry by somebody else, with the leaf hash that fits it: only the signed root can tell."""
        rowid, row = self._row("log_entry")
        body = row["body"].replace(b'"by":"', b'"by":"not ', 1)
        moves = (
            (_update("log_entry", "body"), (body, rowid)),
            (_update("log_entry", "leaf"), (leaf_hash(body), rowid)),
        )
        return self._sql("rewrite", (self._signed_by(row["seq"]),), *moves)

    def forge_entry(self) -> Change:
        """An entry at the log's end that nobody signed."""
        entries = self.rows_of("log_entry")
        row = {**self.rng.choice(entries)[1], "seq": len(entries)}
        return self._sql("forge", (f"checkpoint {len(entries) + 1}",), _insert("log_entry", row))

    def alter_tables(self) -> Change:
        """A trigger, a view or a lost index: no row is changed yet, but what is written next would be, or found."""
        statement = self.rng.choice(
            (
                "CREATE TRIGGER hush AFTER INSERT ON judgement BEGIN DELETE FROM judgement WHERE id = new.id; END",
                "CREATE VIEW claims AS SELECT * FROM claim",
                "DROP INDEX ix_judgement_matter_subject",
                "UPDATE alembic_version SET version_num = '9999'",
            )
        )
        return self._sql("tables", (DATABASE,), (statement, ()))

    # --- how ---

    def _some(self, *choices: Callable[[], Change]) -> Change:
        while True:
            try:
                return self.rng.choice(choices)()
            except NoPlace:
                continue

    def _file_bit(self, kind: str, path: str, where: str) -> Change:
        size = (self.folder / path).stat().st_size
        if not size:
            raise NoPlace(path)
        bit = self.rng.randrange(size * 8)

        def make(folder: Path) -> None:
            target = folder / path
            changed = flipped(target.read_bytes(), bit)
            target.chmod(0o600)
            target.write_bytes(changed)

        return Change(kind, path, (where,), make)

    def column_bit(self, table: str, column: str = "") -> Change:
        """A bit of a column of a table, of any that holds something if none is named."""
        cells = [
            (rowid, row, name)
            for rowid, row in self.rows_of(table)
            for name, value in row.items()
            if name == (column or name) and value not in {None, "", b""}
        ]
        if not cells:
            raise NoPlace(f"{table} {column}")
        rowid, row, column = self.rng.choice(cells)
        new, cast = self._flip(row[column])
        return self._sql(f"{table}.{column}", (place(table, row),), (_update(table, column, cast), (new, rowid)))

    def _flip(self, value: Any) -> tuple[Any, str]:
        if isinstance(value, int):
            return value ^ (1 << self.rng.randrange(63)), "?"
        data = value.encode() if isinstance(value, str) else value
        # Text stays text for SQLite, though it may be no UTF-8 any more.
        cast = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
        return flipped(data, self.rng.randrange(len(data) * 8)), cast

    def rows_of(self, table: str) -> list[tuple[int, dict[str, Any]]]:
        """Every row of a table with its rowid, columns by name."""
        with connected(self.folder) as cursor:
            query = f"SELECT rowid AS rowid_, * FROM {table} ORDER BY rowid"  # noqa: S608 - names of our own.
            rows = cursor.execute(query).fetchall()
            names = [c[0] for c in cursor.description][1:]
        return [(rowid, dict(zip(names, row, strict=True))) for rowid, *row in rows]

    def _signed_by(self, seq: int) -> str:
        """The first checkpoint that covers an entry: more than that the roots cannot tell."""
        return f"checkpoint {min(r['size'] for _, r in self.rows_of('checkpoint') if r['size'] > seq)}"

    def _row(self, table: str) -> tuple[int, dict[str, Any]]:
        return self._rows(table, 1)[0]

    def _rows(self, table: str, number: int) -> list[tuple[int, dict[str, Any]]]:
        rows = self.rows_of(table)
        if len(rows) < number:
            raise NoPlace(table)
        return self.rng.sample(rows, number)

    def _sql(self, kind: str, places: tuple[str, ...], *statements: tuple[str, tuple[Any, ...]]) -> Change:
        def make(folder: Path) -> None:
            with connected(folder) as cursor:
                for statement, values in statements:
                    cursor.execute(statement, values)

        return Change(kind, DATABASE, places, make)


def place(table: str, row: dict[str, Any]) -> str:
    """The name that `verify` has for a row."""
    if table == "log_entry":
        return f"log entry {row['seq']}"
    if table == "checkpoint":
        return f"checkpoint {row['size']}"
    if table == "extraction_claim":
        return f"extraction_claim {row['extraction'][:16]} {row['position']}"
    if table in DERIVED:
        return f"table {row['name'] if table == 'built' else table}"
    return f"{table} {row['id'][:16]}"


def flipped(data: bytes, bit: int) -> bytes:
    """The bytes with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def page_of_database(folder: Path, rng: random.Random) -> Change:
    """A bit anywhere in the database's file, whatever SQLite holds there; what it is called is not known."""
    bit = rng.randrange((folder / DATABASE).stat().st_size * 8)
    return Change("page of the database", DATABASE, (), lambda f: _flip_file(f / DATABASE, bit))


def _flip_file(path: Path, bit: int) -> None:
    path.write_bytes(flipped(path.read_bytes(), bit))


def _update(table: str, column: str, value: str = "?") -> str:
    return f'UPDATE {table} SET "{column}" = {value} WHERE rowid = ?'  # noqa: S608 - names of our own.


def _delete(table: str, where: str) -> str:
    return f"DELETE FROM {table} WHERE {where}"  # noqa: S608 - names of our own.


def _insert(table: str, row: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values())  # noqa: S608 - names of our own.


@contextmanager
def connected(folder: Path) -> Iterator[Any]:
    """A cursor on the case's database that is bound by nothing but the tables' own constraints.

    Raises NoPlace where those refuse a change: it could only be made in the file's bytes.
    """
    engine = database.connect(folder / DATABASE, write=True)
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA foreign_keys = OFF")
        yield cursor
        cursor.close()
    except engine.dialect.loaded_dbapi.IntegrityError as err:
        raise NoPlace(str(err)) from err
    finally:
        raw.close()
        engine.dispose()
