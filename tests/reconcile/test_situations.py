"""Each row of situations.csv: the claims that come in and the figure that goes out, under the rule set `span`."""

import csv
from pathlib import Path

import pytest

from sijill.core.incident import Figure
from sijill.reconcile.figures import figures
from sijill.reconcile.rules import rule_set
from tests.reconcile.notation import Situation, scoped, situation

ROWS = list(csv.DictReader((Path(__file__).parent / "situations.csv").read_text(encoding="utf-8").splitlines()))
MIN_SITUATIONS = 40


def figure(found: Situation, scope: str) -> Figure:
    return scoped(figures(found.incident, found.statements, found.origins, rule_set("span")), scope)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_the_figure_is_what_the_row_says(row: dict[str, str]) -> None:
    found = situation(row["claims"])
    one = figure(found, row["scope"])
    expected = tuple(None if row[end] == "-" else int(row[end]) for end in ("low", "high"))
    assert (one.low, one.high, one.voices) == (*expected, int(row["voices"])), row["why"]
    assert one.best is None
    assert row["says"] in one.reason, row["why"]


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_what_is_set_aside_is_what_the_row_says(row: dict[str, str]) -> None:
    found = situation(row["claims"])
    reasons = {found.ids.index(a.claim) + 1: a.reason for a in figure(found, row["scope"]).set_aside}
    expected = [part.split(": ", 1) for part in row["aside"].split("; ") if part]
    assert sorted(reasons) == [int(n) for n, _ in expected], row["why"]
    for n, words in expected:
        assert words in reasons[int(n)], row["why"]


def test_there_are_enough_rows_and_no_two_of_one_name() -> None:
    names = [row["id"] for row in ROWS]
    assert len(set(names)) == len(names) >= MIN_SITUATIONS
