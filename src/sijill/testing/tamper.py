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
from sijill.store import schema
from sijill.store.access import access_to
from sijill.store.case import DATABASE, RECORD
from sijill.store.config import FILE
from sijill.store.findings import Finding
from sijill.store.merkle import leaf_hash
from sijill.store.vault import FILE as VAULT
from sijill.store.vault import NOTHING, Unlock

# What nobody put there, whichever database it is; and what SQLite and PostgreSQL have each.
LAID = (
    "CREATE VIEW claims AS SELECT * FROM claim",
    "DROP INDEX ix_judgement_matter_subject",
    "UPDATE alembic_version SET version_num = '9999'",
    "ALTER TABLE judgement ADD COLUMN remark TEXT",
)
LAID_IN_FILE = (
    "CREATE TRIGGER hush AFTER INSERT ON judgement BEGIN DELETE FROM judgement WHERE id = new.id; END",
    "CREATE TABLE claim_ AS SELECT * FROM claim",
)
LAID_ON_SERVER = (
    "CREATE RULE hush AS ON INSERT TO judgement DO INSTEAD NOTHING",
    "ALTER TABLE judgement DISABLE TRIGGER ALL",
)
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


def nothing() -> None:
    """What puts back a change that touched files only."""


@contextmanager
def applied(folder: Path, change: Change, put_back: Callable[[], object] = nothing) -> Iterator[None]:
    """Make the change, and put back every byte and permission afterwards; raises NoPlace where it cannot be made.

    What a change did to a server (its `path` is then "") is put back by `put_back`.
    """
    path = folder / change.path
    before = (path.read_bytes(), path.stat().st_mode) if path.is_file() else None
    try:
        change.make(folder)
        yield
    finally:
        if change.path:
            path.unlink(missing_ok=True)
        else:
            put_back()
        if before:
            path.write_bytes(before[0])
            path.chmod(before[1])


class Tamperer:
    """Chooses changes to one case at random; the same case and generator give the same changes.

    The case may be plain or encrypted, its rows in a file; or plain with its rows on a server, of which what is sealed
    cannot be told by name.
    """

    def __init__(self, folder: Path, rng: random.Random, brought: Unlock = NOTHING) -> None:
        self.folder = folder
        self.rng = rng
        self._brought = brought
        self._access = access_to(folder, brought)
        self._of_server = self._access.address is not None

    # --- single bits ---

    def bit(self) -> Change:
        """A changed bit in an object, a row of the source or judgement layer, the log, a checkpoint, or `case.toml`."""
        rows = (self.row_bit,) * 3  # Seven tables of them.
        sealed = (self.vault_bit, self.key_bit) if self._access.keys else ()
        return self._some(self.object_bit, *rows, self.entry_bit, self.checkpoint_bit, self.toml_bit, *sealed)

    def object_bit(self) -> Change:
        """A bit of an object."""
        ids = sorted(row["id"] for table in ("document", "gazetteer_file") for row in self.rows_of(table))
        id_ = self.rng.choice(ids)
        path = str(self._access.objects().path(id_).relative_to(self.folder))
        return self._file_bit("object", path, f"object {id_[:16]}")

    def toml_bit(self) -> Change:
        """A bit of `case.toml`."""
        return self._file_bit("case.toml", FILE, FILE)

    def vault_bit(self) -> Change:
        """A bit of `vault.json`."""
        return self._file_bit("vault.json", VAULT, VAULT)

    def key_bit(self) -> Change:
        """A bit of the signing key, sealed in an encrypted case; in a plain one, some bits of its PEM say nothing."""
        path = self._access.layout.key.relative_to(self.folder).as_posix()
        return self._file_bit("key", path, path)

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
        row = self._row(table)
        return self._sql("delete", (place(table, row),), _delete(table, row))

    def swap_rows(self) -> Change:
        """Two rows that have changed their ids."""
        table = self.rng.choice([t for t in LAYERS if t != "extraction_claim"])
        a, b = self._rows(table, 2)
        moves = [("aside", a["id"]), (a["id"], b["id"]), (b["id"], "aside")]
        update = f"UPDATE {table} SET id = ? WHERE id = ?"  # noqa: S608 - names of our own.
        return self._sql("swap", (place(table, a), place(table, b)), *((update, move) for move in moves))

    def swap_entries(self) -> Change:
        """Two entries of the log that have changed places: each is whole, and only the root can tell."""
        a, b = sorted(row["seq"] for row in self._rows("log_entry", 2))
        moves = [(-1, a), (a, b), (b, -1)]
        update = "UPDATE log_entry SET seq = ? WHERE seq = ?"
        return self._sql("swap entries", (self._signed_by(a),), *((update, move) for move in moves))

    def copy_row(self) -> Change:
        """A row that is there twice, the second time under an id of its own."""
        table = self.rng.choice([t for t in LAYERS if t != "extraction_claim"])
        row = self._row(table)
        copy = {**row, "id": digest(["copy", row["id"]])}
        if "entry" in copy:
            copy["entry"] = 10**6
        if "position" in copy:
            copy["position"] = 10**6
        return self._sql("copy", (place(table, copy),), _insert(table, copy))

    def forge_judgement(self) -> Change:
        """A judgement that is well-formed in itself, under an entry of another."""
        row = self._row("judgement")
        body = row["body"].replace('"by":"', '"by":"not ', 1)
        forged = {**row, "id": sha256(body.encode()).hexdigest(), "body": body, "position": 10**6}
        return self._sql("forge", (place("judgement", forged),), _insert("judgement", forged))

    def reorder_claims(self) -> Change:
        """Two claims of one extraction that have changed places."""
        rows = self.rows_of("extraction_claim")
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
        sizes = sorted(r["size"] for r in self.rows_of("checkpoint"))
        size = self.rng.choice(sizes[:-2])
        places = tuple(
            place(table, row) for table in LAYERS for row in self.rows_of(table) if row.get("entry", -1) >= size
        )
        if not places:
            raise NoPlace("nothing but publications")
        return self._sql(
            "cut",
            places,
            ("DELETE FROM log_entry WHERE seq >= ?", (size,)),
            ("DELETE FROM checkpoint WHERE size > ?", (size,)),
        )

    def rewrite_entry(self) -> Change:
        """An entry by somebody else, with the leaf hash that fits it: only the signed root can tell."""
        row = self._row("log_entry")
        body = row["body"].replace(b'"by":"', b'"by":"not ', 1)
        update = "UPDATE log_entry SET body = ?, leaf = ? WHERE seq = ?"
        return self._sql("rewrite", (self._signed_by(row["seq"]),), (update, (body, leaf_hash(body), row["seq"])))

    def forge_entry(self) -> Change:
        """An entry at the log's end that nobody signed."""
        entries = self.rows_of("log_entry")
        row = {**self.rng.choice(entries), "seq": len(entries)}
        return self._sql("forge", (f"checkpoint {len(entries) + 1}",), _insert("log_entry", row))

    def alter_tables(self) -> Change:
        """A trigger, a view or a lost index: no row is changed yet, but what is written next would be, or found."""
        statement = self.rng.choice((*LAID, *(LAID_ON_SERVER if self._of_server else LAID_IN_FILE)))
        return self._sql("tables", (self._access.home.label,), (statement, ()))

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
            (row, name)
            for row in self.rows_of(table)
            for name, value in row.items()
            if name == (column or name) and value not in {None, "", b""}
        ]
        if not cells:
            raise NoPlace(f"{table} {column}")
        row, column = self.rng.choice(cells)
        new, cast = self._flip(row[column])
        where, key = _key(table, row)
        update = f'UPDATE {table} SET "{column}" = {cast} WHERE {where}'  # noqa: S608 - names of our own.
        return self._sql(f"{table}.{column}", (place(table, row),), (update, (new, *key)))

    def _flip(self, value: Any) -> tuple[Any, str]:
        if isinstance(value, int):
            return value ^ (1 << self.rng.randrange(63)), "?"
        data = value.encode() if isinstance(value, str) else value
        # Text stays text, though for SQLite it may be no UTF-8 any more, which PostgreSQL refuses.
        text = "convert_from(?, 'UTF8')" if self._of_server else "CAST(? AS TEXT)"
        return flipped(data, self.rng.randrange(len(data) * 8)), text if isinstance(value, str) else "?"

    def rows_of(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table in the order of its key, columns by name."""
        order = ", ".join(f'"{c.name}"' for c in schema.metadata.tables[table].primary_key)
        with connected(self.folder, self._brought) as hands:
            cursor = hands.execute(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608 - names of our own.
            names = [c[0] for c in cursor.description]
            return [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]

    def _signed_by(self, seq: int) -> str:
        """The first checkpoint that covers an entry: more than that the roots cannot tell."""
        return f"checkpoint {min(r['size'] for r in self.rows_of('checkpoint') if r['size'] > seq)}"

    def _row(self, table: str) -> dict[str, Any]:
        return self._rows(table, 1)[0]

    def _rows(self, table: str, number: int) -> list[dict[str, Any]]:
        rows = self.rows_of(table)
        if len(rows) < number:
            raise NoPlace(table)
        return self.rng.sample(rows, number)

    def _sql(self, kind: str, places: tuple[str, ...], *statements: tuple[str, tuple[Any, ...]]) -> Change:
        def make(folder: Path) -> None:
            with connected(folder, self._brought) as hands:
                for statement, values in statements:
                    hands.execute(statement, values)

        return Change(kind, "" if self._of_server else self._access.layout.database.name, places, make)


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


def page_of_database(folder: Path, rng: random.Random, name: str = DATABASE) -> Change:
    """A bit anywhere in the database's file, whatever SQLite holds there; what it is called is not known."""
    bit = rng.randrange((folder / name).stat().st_size * 8)
    return Change("page of the database", name, (), lambda f: _flip_file(f / name, bit))


def _flip_file(path: Path, bit: int) -> None:
    path.write_bytes(flipped(path.read_bytes(), bit))


def _key(table: str, row: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """What finds a row by its key: a condition, and its values."""
    names = [column.name for column in schema.metadata.tables[table].primary_key]
    return " AND ".join(f'"{name}" = ?' for name in names), tuple(row[name] for name in names)


def _delete(table: str, row: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    where, key = _key(table, row)
    return f"DELETE FROM {table} WHERE {where}", key  # noqa: S608 - names of our own.


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _insert(table: str, row: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values())  # noqa: S608 - names of our own.


class Hands:
    """SQL at hand: a cursor on a case's database, whichever it is, with `?` for values as SQLite has it."""

    def __init__(self, cursor: Any, *, of_server: bool) -> None:
        self._cursor = cursor
        self._of_server = of_server

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement; returns the cursor."""
        self._cursor.execute(statement.replace("?", "%s") if self._of_server else statement, values)
        return self._cursor


@contextmanager
def connected(folder: Path, brought: Unlock = NOTHING) -> Iterator[Hands]:
    """A cursor on the case's database that is bound by nothing but the tables' own constraints.

    Raises NoPlace where those refuse a change: it could only be made in the file's bytes.
    """
    access = access_to(folder, brought)
    engine = access.home.connect(write=True)
    raw = engine.raw_connection()
    refusals = (engine.dialect.loaded_dbapi.IntegrityError, engine.dialect.loaded_dbapi.DataError)
    of_server = access.address is not None
    try:
        cursor = raw.cursor()
        cursor.execute("SET session_replication_role = replica" if of_server else "PRAGMA foreign_keys = OFF")
        yield Hands(cursor, of_server=of_server)
        cursor.close()
        raw.commit()
    except refusals as err:
        raise NoPlace(str(err)) from err
    finally:
        raw.close()
        engine.dispose()
