"""A case as lines and back: nothing is lost, the root stays, and lines that were changed are refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, select, update

from sijill.core.canonical import canonical
from sijill.core.errors import CaseDamaged, InvalidRecord
from sijill.store import database, schema, transfer
from sijill.store.case import Case
from sijill.store.transfer import Dump
from sijill.store.verify import verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from tests.store.same import rows_of


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("source") / "case"
    case = synthetic_case(folder, documents=12, claims_per_document=3, judgements=24, seed=5, clock=FakeClock())
    yield case
    case.close()


@pytest.fixture
def lines(source: Case) -> Dump:
    with source.connect() as connection:
        return held(transfer.dump(connection))


def held(dump: Dump) -> Dump:
    return Dump(tuple(dump.entries), tuple(dump.notes), tuple(dump.rows), tuple(dump.derived))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    engine = database.connect(tmp_path / "empty.db", write=True)
    database.upgrade(engine)
    yield engine
    engine.dispose()


def test_what_is_loaded_is_what_was_dumped(source: Case, lines: Dump, tmp_path: Path, empty: Engine) -> None:
    vouched, report = transfer.load(empty, lines)
    whole = verify(source.folder)
    assert report.whole
    assert (report.root, report.entries, report.rows) == (whole.root, whole.entries, whole.rows)
    assert len(vouched.sizes) == whole.objects
    with source.connect() as one, empty.connect() as other:
        for table in schema.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key)
            assert one.execute(query).all() == other.execute(query).all(), table.name
        assert held(transfer.dump(other)) == lines, "and gives the same lines again"


def test_a_dump_can_be_taken_in_pieces(source: Case, lines: Dump) -> None:
    """Entries, checkpoints and rows of the beginning, then those of the rest: nothing twice, nothing left out."""
    with source.connect() as connection:
        size = connection.execute(select(func.count()).select_from(schema.log_entry)).scalar_one()
        for cut in (1, 2, 7, size // 2, size - 1, size):
            late = transfer.read_log(connection, cut)
            rows = list(transfer.row_lines(connection, late, cut))
            assert len(set(rows)) == len(rows)
            early = [line for line in lines.rows if line not in set(rows)]
            assert {r for r in rows if entry_of(r, late) < cut} == set()
            assert len(early) + len(rows) == len(tuple(lines.rows))
            assert list(transfer.entry_lines(connection, cut)) == list(lines.entries)[cut:]


def entry_of(line: bytes, vouched: transfer.Vouched) -> int:
    row = json.loads(line)
    return vouched.ids[row["table"]][row["id"]]


def test_lines_are_canonical_and_those_of_an_evidence_bundle(lines: Dump) -> None:
    for line in (*lines.rows, *lines.derived, *lines.entries):
        assert canonical(json.loads(line)) == line
    tables = {json.loads(line)["table"] for line in lines.rows}
    assert tables == {t.name for t in schema.metadata.sorted_tables if t not in schema.DERIVED} - {
        "log_entry",
        "checkpoint",
        "extraction_claim",
    }


def changed(lines: Dump, number: int, change: Callable[[dict[str, object]], object]) -> Dump:
    rows = list(lines.rows)
    row = json.loads(rows[number])
    change(row)
    rows[number] = canonical(row)
    return replace(lines, rows=rows)


def first(lines: Dump, table: str) -> int:
    return next(i for i, line in enumerate(lines.rows) if json.loads(line)["table"] == table)


def spoil(table: str) -> Callable[[dict[str, object]], object]:
    def change(row: dict[str, object]) -> None:
        record = row["row"]
        assert isinstance(record, dict)
        match table:
            case "document" | "gazetteer_file":
                record["size"] += 1
            case "reading":
                record["text"] += "!"
            case "sighting":
                record["name"] += "!"
            case "extraction":
                record["extractor"] += "!"
            case "claim":
                record["confidence"] = 0.123
            case "judgement":
                record["reason"] += "!"
            case "figure_version":
                record["voices"] += 1
            case "list_release":
                record["name"] += "!"
            case "list_row":
                record["cells"].append({"field": "age", "text": "31"})
            case "stamp":
                record["reply"] = base64.b64encode(b"another").decode()

    return change


@pytest.mark.parametrize(
    "table",
    [
        "document",
        "gazetteer_file",
        "reading",
        "sighting",
        "extraction",
        "claim",
        "judgement",
        "stamp",
        "figure_version",
        "list_release",
        "list_row",
    ],
)
def test_a_changed_row_is_refused_and_nothing_is_kept(lines: Dump, empty: Engine, table: str) -> None:
    with pytest.raises(CaseDamaged, match=f"{table} [0-9a-f]{{16}}: "):
        transfer.load(empty, changed(lines, first(lines, table), spoil(table)))
    with empty.connect() as connection:
        for t in schema.metadata.sorted_tables:
            assert connection.execute(select(func.count()).select_from(t)).scalar_one() == 0


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (lambda d: replace(d, rows=tuple(d.rows)[1:]), "missing|no case holds together"),
        (lambda d: replace(d, rows=(*d.rows, next(iter(d.rows)))), "no case holds together"),
        (lambda d: replace(d, rows=(b"{}", *d.rows)), "no row that the log vouches for: KeyError"),
        (lambda d: replace(d, rows=(b"\xff", *d.rows)), "no row that the log vouches for: UnicodeDecodeError"),
        (lambda d: replace(d, rows=(next(iter(d.rows)) + b" ", *tuple(d.rows)[1:])), "no row that the log vouches for"),
        (lambda d: replace(d, entries=tuple(d.entries)[:-1]), "missing: a checkpoint signs|missing"),
        (lambda d: replace(d, entries=(*tuple(d.entries)[:-1], b"not json")), "cannot be read"),
        (lambda d: replace(d, entries=()), "does not say what case it is of"),
        (lambda d: replace(d, notes=tuple(d.notes)[:-1]), "last entries are not signed"),
        (lambda d: replace(d, notes=("a note\n\n\N{EM DASH} x y\n",)), "checkpoint does not verify"),
        (lambda d: replace(d, derived=(b'{"row":{},"table":"document"}',)), "no row of a derived table"),
    ],
)
def test_lines_that_are_not_a_whole_case_are_refused(
    lines: Dump, empty: Engine, wrong: Callable[[Dump], Dump], match: str
) -> None:
    with pytest.raises((CaseDamaged, InvalidRecord), match=match):
        transfer.load(empty, wrong(lines))


@pytest.mark.parametrize("table", [t.name for t in (schema.claim, schema.reading, schema.judgement, schema.log_entry)])
def test_a_case_that_is_not_whole_gives_no_dump(table: str, tmp_path: Path, clock: FakeClock) -> None:
    case = synthetic_case(tmp_path / "case", documents=3, claims_per_document=2, judgements=6, seed=2, clock=clock)
    t = schema.metadata.tables[table]
    column = {"reading": "text", "log_entry": "leaf"}.get(table, "body")
    value = b"x" * 32 if table == "log_entry" else "{}"
    engine = database.connect(case.access.layout.database, write=True)
    key = next(iter(t.primary_key))
    with engine.begin() as connection:
        last = connection.execute(select(func.max(key))).scalar_one()
        connection.execute(update(t).where(key == last).values({column: value}))
    with case.connect() as connection, pytest.raises(CaseDamaged, match=r"changed|unreadable"):
        held(transfer.dump(connection))
    if table == "judgement":
        with engine.begin() as connection:
            connection.execute(delete(t).where(key == last))
        with case.connect() as connection, pytest.raises(CaseDamaged, match="is missing"):
            held(transfer.dump(connection))
    engine.dispose()
    case.close()


def test_what_is_derived_goes_along_even_where_it_was_changed(source: Case, lines: Dump, empty: Engine) -> None:
    spoiled = [line.replace(b'"position":0', b'"position":9') for line in lines.derived]
    _, report = transfer.load(empty, replace(lines, derived=spoiled))
    assert {f.kind for f in report.findings} == {"derived"}


def test_rows_are_read_as_before(source: Case, lines: Dump, tmp_path: Path) -> None:
    engine = database.connect(tmp_path / "again.db", write=True)
    database.upgrade(engine)
    transfer.load(engine, lines)
    engine.dispose()
    (tmp_path / "again").mkdir()
    for name in ("case.toml",):
        (tmp_path / "again" / name).write_bytes((source.folder / name).read_bytes())
    (tmp_path / "again.db").rename(tmp_path / "again" / "case.db")
    case = Case.open(tmp_path / "again")
    assert rows_of(case) == rows_of(source)
    case.close()
