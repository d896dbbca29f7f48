import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import UnreadableFile
from sijill.preserve.delimited import SIGNS, sign_of
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.reading import read_bytes
from tests.preserve.documents import ARABIC

LINE = ARABIC.replace("١٢", "12").replace("٣٤", "34").replace("٩", "9")
CELL = st.text("ab 1ق", min_size=1, max_size=8).filter(str.strip)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"place,killed\r\nOld Senna,12\r\n", "place\tkilled\nOld Senna\t12"),
        (b'place;killed\n"Old; Senna";12,5\n\n;;\n', "place\tkilled\nOld; Senna\t12,5"),
        (b"a|b|c\n1|2|3", "a\tb\tc\n1\t2\t3"),
        (b'place,words\nSenna,"he said ""twelve""\nand left"\n', 'place\twords\nSenna\the said "twelve" and left'),
        (b"one column\nof words\n", "one column\nof words"),
        (f"المكان;القتلى\nسنا القديمة;12\n{LINE};".encode("cp1256"), f"المكان\tالقتلى\nسنا القديمة\t12\n{LINE}"),
        ("a,b\n1,2".encode("utf-16"), "a\tb\n1\t2"),
    ],
)
def test_rows_are_lines(data: bytes, text: str) -> None:
    reading = read_bytes(data, name="a.csv")
    assert reading.text == text
    assert (reading.reader, reading.media_type) == ("delimited@1", "text/csv")


def test_a_tsv_is_the_same_by_another_name() -> None:
    reading = read_bytes(b"a\tb, c\n1\t2, 3\n", name="a.tsv")
    assert reading.text == "a\tb, c\n1\t2, 3"
    assert reading.media_type == "text/tab-separated-values"


@given(st.sampled_from(SIGNS), st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=6))
def test_the_sign_that_wrote_a_table_is_found(sign: str, rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows(rows)
    assert sign_of(out.getvalue()) == sign


@pytest.mark.parametrize(
    ("data", "limits", "reason"),
    [
        (b"a,b\n" * 10, Limits(max_cells=19), "more than 19 cells"),
        (b'a,"' + b"b\n" * 100_000, DEFAULT_LIMITS, "a cell of it is longer than"),
        (b"a,b\n" * 30, Limits(max_text=20), "larger than a text of 20 characters"),
        (b",,\n,,", DEFAULT_LIMITS, "there is no text in it"),
        (b"%PDF-1.7\n", DEFAULT_LIMITS, "it is a PDF"),
    ],
)
def test_refusals(data: bytes, limits: Limits, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read_bytes(data, name="a.csv", limits=limits)
