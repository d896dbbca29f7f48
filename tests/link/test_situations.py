"""Each row of situations.csv: the reports that come in and the claims that belong together."""

import csv
from pathlib import Path

import pytest

from sijill.link.incidents import suggest
from sijill.link.records import Linkage
from tests.link.notation import reports, together

ROWS = list(csv.DictReader((Path(__file__).parent / "situations.csv").read_text(encoding="utf-8").splitlines()))
MIN_SITUATIONS = 25


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_the_claims_that_belong_together_are_linked(row: dict[str, str]) -> None:
    claims = reports(row["reports"])
    found = together(claims, Linkage().extended(suggest(claims, Linkage())))
    expected = sorted([int(n) for n in group.split("+")] for group in row["together"].split("; ") if group)
    assert found == expected, row["why"]


def test_there_are_enough_rows_and_no_two_of_one_name() -> None:
    names = [row["id"] for row in ROWS]
    assert len(set(names)) == len(names) >= MIN_SITUATIONS
