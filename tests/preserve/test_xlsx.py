import datetime as dt
import io

import pytest
from openpyxl import Workbook

from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.reading import read_bytes
from tests.preserve.documents import ARABIC, sheet_rows, xlsx


def codes(data: bytes) -> list[str]:
    return [note.code for note in read_bytes(data, name="a.xlsx").notes]


def test_each_sheet_by_its_name_and_each_row_a_line() -> None:
    tolls = sheet_rows(["Place", "Killed"], ["Old Senna", 12], [], ["Ford\n of  Senna", 3, ""])
    data = xlsx({"Tolls": tolls, "Empty": "", "العربية": sheet_rows([ARABIC])}, title="Tolls of March")
    reading = read_bytes(data, name="a.xlsx")
    assert reading.text == f"Tolls\nPlace\tKilled\nOld Senna\t12\nFord of Senna\t3\n\nالعربية\n{ARABIC}"
    assert reading.metadata.title == "Tolls of March"
    assert reading.metadata.published is None
    assert reading.reader.startswith("xlsx@1+openpyxl-")
    assert reading.notes == ()


def test_what_openpyxl_writes_is_read_as_it_was_meant() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Tolls"
    for row in (
        [
            "day",
            dt.date(2031, 3, 9),
            dt.datetime(2031, 3, 9, 14, 5),  # noqa: DTZ001 -- a cell has no zone
            dt.time(14, 5),
        ],
        ["values", 0.1, 1e21, 12.0, -3, True, "#REF!", "١٢"],
        [None, None, "third"],
        ["sum", "=1+1", "=SUM(B2:C2)"],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    reading = read_bytes(out.getvalue(), name="a.xlsx")
    assert reading.text.split("\n") == [
        "Tolls",
        "day\t2031-03-09\t2031-03-09T14:05\t14:05:00",
        "values\t0.1\t1e+21\t12\t-3\tTRUE\t#REF!\t١٢",
        "\t\tthird",
        "sum",
    ]
    lost = next(note for note in reading.notes if note.code == "formulas_without_values")
    assert lost.severe
    assert lost.text.startswith("2 cells")


def test_of_a_formula_the_result_that_is_kept() -> None:
    rows = '<row r="1"><c r="A1"><f>6+6</f><v>12</v></c><c r="B1" t="str"><f>A1</f><v>x</v></c></row>'
    data = xlsx({"S": rows})
    assert read_bytes(data, name="a.xlsx").text == "S\n12\tx"
    assert codes(data) == []
    assert codes(xlsx({"S": sheet_rows([1]) + '<row r="2"><c r="A2"><f t="shared" si="0"/></c></row>'})) == [
        "formulas_without_values"
    ]


def test_a_date_is_a_number_with_the_format_of_one() -> None:
    rows = '<row r="1"><c r="A1" s="1"><v>47916</v></c><c r="B1"><v>47916</v></c></row>'
    assert read_bytes(xlsx({"S": rows}), name="a.xlsx").text == "S\n2031-03-09\t47916"


def test_a_hidden_sheet_is_left_out_and_noted() -> None:
    data = xlsx({"S": sheet_rows([1]), "Names": sheet_rows(["A witness"])}, states={"Names": "veryHidden"})
    assert "witness" not in read_bytes(data, name="a.xlsx").text
    assert codes(data) == ["hidden_text"]


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    data = xlsx({"S": '</sheetData><dimension ref="A1"/><sheetData>' + sheet_rows([1, 2], [3, 4])})
    assert read_bytes(data, name="a.xlsx").text == "S\n1\t2\n3\t4"


@pytest.mark.parametrize(
    ("data", "limits", "reason"),
    [
        (xlsx({"S": sheet_rows([1, 2], [3, 4])}), Limits(max_cells=3), "more than 3 cells"),
        (xlsx({"S": '<row r="9999999999"><c r="A9999999999"><v>1</v></c></row>'}), DEFAULT_LIMITS, "1,048,576 rows"),
        (xlsx({"S": "<row>"}), DEFAULT_LIMITS, "its sheets cannot be read"),
        (xlsx({"S": ""}, prolog="<!DOCTYPE x [<!ENTITY a 'b'>]>"), DEFAULT_LIMITS, "declares entities"),
        (xlsx({"S": ""}), DEFAULT_LIMITS, "there is no text in it"),
        (xlsx({"S": ""}, parts={"xl/vbaProject.bin": "x"}), DEFAULT_LIMITS, "a spreadsheet with macros"),
        (xlsx({"S": ""}, parts={f"{i}": "" for i in range(20)}), Limits(max_parts=10), "parts, where 10 are allowed"),
    ],
)
def test_refusals(data: bytes, limits: Limits, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read_bytes(data, name="a.xlsx", limits=limits)
