"""Each row of presets.csv and blind.csv: claims in, the figure and the grade under one recorder's rule set out.

blind.csv was written from the methods by somebody who had not seen the code. One of its rows was settled otherwise:
UCDP's convention for "about" is not known, so it stays as written.
"""

import csv
from pathlib import Path

import pytest

from sijill.core.incident import IncidentRecord
from sijill.reconcile.figures import figures
from sijill.reconcile.rules import rule_set
from tests.reconcile.notation import scoped, situation

ROWS = [
    row
    for name in ("presets.csv", "blind.csv")
    for row in csv.DictReader((Path(__file__).parent / name).read_text(encoding="utf-8").splitlines())
]
MIN_ROWS = 118


def record(row: dict[str, str]) -> IncidentRecord:
    found = situation(row["claims"])
    return figures(found.incident, found.statements, found.origins, rule_set(row["rules"]))


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_figure_and_grade_are_what_the_row_says(row: dict[str, str]) -> None:
    made = record(row)
    if not any(f.scope.harm == row["scope"].split()[0] for f in made.figures):
        assert row["low"] == row["best"] == row["high"] == "-", row["why"]
        return
    one = scoped(made, row["scope"])
    expected = tuple(None if row[end] == "-" else int(row[end]) for end in ("low", "best", "high"))
    assert (one.low, one.best, one.high) == expected, row["why"]
    assert str(made.grade) == row["grade"], row["why"]
    assert row["says"] in one.reason, row["why"]


def test_there_are_enough_rows_and_no_two_of_one_name() -> None:
    names = [row["id"] for row in ROWS]
    assert len(set(names)) == len(names) >= MIN_ROWS
