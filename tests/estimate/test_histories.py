"""Tables of lists: what is refused and how, and that the order of rows and lists makes no difference."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import InputError
from sijill.estimate.histories import combinations, of_arrays, of_rows, parse

ROWS = list(csv.DictReader((Path(__file__).parent / "tables.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_malformed_table_is_refused_with_what_is_wrong(row: dict[str, str]) -> None:
    with pytest.raises(InputError, match=re.escape(row["says"])) as refused:
        parse(row["text"].replace("|", "\n"))
    assert refused.value.hint


def test_a_table_is_read_whatever_the_order_of_its_rows() -> None:
    one = parse("A,B,C,count\n1,0,0,5\n0,1,0,3\n1,1,1,2\n0,0,1,0\n")
    other = parse("A,B,C,count\n1,1,1,2\n0,1,0,3\n1,0,0,5\n")
    assert one.lists == ("A", "B", "C")
    assert (one.observed, one.sizes) == (10, (7, 5, 2))
    assert one.table.tolist() == other.table.tolist() == [5, 3, 0, 0, 0, 0, 2]


@given(st.lists(st.integers(0, 50), min_size=7, max_size=7).filter(any))
def test_arrays_and_rows_say_the_same(counts: list[int]) -> None:
    patterns = combinations(3)
    rows = [dict(zip("ABC", p, strict=True)) | {"count": n} for p, n in zip(patterns.tolist(), counts, strict=True)]
    assert of_rows(rows).table.tolist() == of_arrays(patterns, np.array(counts)).table.tolist() == counts


def test_fewer_lists_lose_those_who_are_on_none_of_them() -> None:
    whole = parse("A,B,C,count\n1,0,0,5\n0,1,0,3\n1,1,1,2\n1,1,0,4\n")
    less = whole.only(["B", "C"])
    assert (less.lists, less.observed, less.table.tolist()) == (("B", "C"), 9, [7, 0, 2])
    with pytest.raises(InputError, match="no list is called 'D'"):
        whole.only(["A", "D"])
