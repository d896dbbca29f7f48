"""Tables with headers in four formats, and what is refused or left out of them."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import Limits
from sijill.preserve.tables import read_table, text_of

HEADERS = ("رقم", "الاسم", "age", "dob")
PEOPLE = [("1", "هدى نوري", "31", "2000-01-02"), ("2", "زياد عمر", "", "")]


def as_csv() -> bytes:
    return "\n".join(";".join(row) for row in (HEADERS, *PEOPLE)).encode("utf-8-sig")


def as_json() -> bytes:
    objects = [
        {h: (int(v) if h == "age" and v else v or None) for h, v in zip(HEADERS, p, strict=True)} for p in PEOPLE
    ]
    return json.dumps(objects, ensure_ascii=False).encode()


def as_lines() -> bytes:
    return b"\n".join(json.dumps(dict(zip(HEADERS, p, strict=True))).encode() for p in PEOPLE)


def as_workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append([])
    sheet.append(HEADERS)
    for number, name, age, born in PEOPLE:
        sheet.append([number, name, int(age) if age else None, dt.date.fromisoformat(born) if born else None])
    book.save(out)
    return out.getvalue()


def as_parquet() -> bytes:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {h: [p[i] or None for p in PEOPLE] for i, h in enumerate(HEADERS)}
    columns["dob"] = [dt.date.fromisoformat(p[3]) if p[3] else None for p in PEOPLE]
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


FORMATS = {
    "list.csv": as_csv,
    "list.tsv": lambda: as_csv().replace(b";", b"\t"),
    "list.json": as_json,
    "list.jsonl": as_lines,
    "lines.json": as_lines,
    "list.xlsx": as_workbook,
    "list.parquet": as_parquet,
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_rows(name: str) -> None:
    table = read_table(FORMATS[name](), name=name)
    assert table.headers == HEADERS
    assert [cells for _, cells in table.rows] == PEOPLE
    assert table.faults == ()


def test_a_row_that_does_not_fit_is_named_and_the_rest_goes_on() -> None:
    table = read_table(b"no,name\n1,A\n2,B,C\n\n3\n", name="x.csv")
    assert table.rows == ((1, ("1", "A")), (4, ("3", "")))
    assert [(f.line, f.reason) for f in table.faults] == [(2, "it has 3 cells, and there are 2 headers")]


def test_a_line_of_json_that_is_none_is_named_and_the_rest_goes_on() -> None:
    table = read_table(b'{"name": "A"}\nnot JSON\n{"name": ["B"]}\n{"name": true}\n', name="x.jsonl")
    assert table.rows == ((1, ("A",)), (4, ("true",)))
    assert [f.reason for f in table.faults] == ["it is no object", "a value of it is neither text nor number"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.csv", b"", "no rows"),
        ("x.csv", b"name,age\n", "no rows"),
        ("x.csv", b"name,name\nA,B\n", "1 headers stand over two columns: name"),
        (
            "x.csv",
            "name\nهدى\n".encode() + "نوري".encode("cp1256"),
            "mixed encodings: UTF-8, and then other bytes in line 3",
        ),
        ("x.csv", "name\nهدى\n".encode("cp1256"), "not UTF-8: other bytes in line 2"),
        ("x.json", b"[{]", "not JSON"),
        ("x.json", b"[1, 2]", "no array of objects"),
        ("x.xlsx", b"PK\x03\x04 nothing", "it is damaged"),
        ("x.parquet", b"PAR1 nothing", "it is damaged"),
        ("x.parquet", b"PAR1 nothing PAR1", "it is damaged"),
    ],
)
def test_refuses(name: str, data: bytes, says: str) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(UnreadableFile, match=says):
        read_table(data, name=name)


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="more than 40 cells"):
        read_table(b"a,b\n" + b"1,2\n" * 30, name="x.csv", limits=Limits(max_cells=4))


@given(st.binary(max_size=200), st.sampled_from(["x.csv", "x.json", "x.jsonl"]))
def test_any_bytes_are_a_table_or_refused(data: bytes, name: str) -> None:
    try:
        table = read_table(data, name=name)
    except UnreadableFile:
        return
    assert all(len(cells) == len(table.headers) for _, cells in table.rows)


def test_a_byte_order_mark_is_no_text() -> None:
    assert text_of("\ufeffA".encode(), name="x") == "A"
