"""Dates of posts and articles that state none: rows in postdates.csv, about an invented town."""

import csv
import io
import json
from pathlib import Path

import pytest

from sijill.preserve.limits import DEFAULT_LIMITS
from sijill.preserve.postdates import post_date, same_day_of_another_year
from sijill.preserve.reports import read_report

TABLE = (Path(__file__).parent / "postdates.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(io.StringIO(TABLE)))


@pytest.mark.parametrize("row", ROWS, ids=[r["reason"] for r in ROWS])
def test_the_day_that_a_post_shows(row: dict[str, str]) -> None:
    found = post_date(row["text"], row["url"] or None)
    assert (found.day if found else "") == row["day"]
    assert row["basis"] in (found.basis if found else "")


@pytest.mark.parametrize(
    ("stated", "stamped", "expected"),
    [
        ("2032-03-09", "2031-03-09", True),
        ("2032-03-10T01:00:00+03:00", "2031-03-09", True),
        ("2031-03-10", "2031-03-09", False),
        ("2032-04-09", "2031-03-09", False),
        ("2032-02-29", "2031-03-01", False),
    ],
)
def test_a_stamp_of_another_year(stated: str, stamped: str, expected: bool) -> None:
    assert same_day_of_another_year(stated, stamped) is expected


def _read(**fields: str) -> tuple[str | None, list[str]]:
    _, reading = read_report(json.dumps(fields).encode(), name="reports.jsonl", line=1, limits=DEFAULT_LIMITS)
    return reading.metadata.published, [n.code for n in reading.notes]


def test_a_report_without_a_date_takes_that_of_its_stamp_and_says_so() -> None:
    text = "Orsa NewsMarch 9, 2031 · Shared with Public. Two people were wounded in the town of Orsa."
    assert _read(text=text) == ("2031-03-09", ["date_from_text"])
    assert _read(published="2031-03-11", text=text) == ("2031-03-11", [])


def test_a_date_that_is_a_year_off_gives_way_to_the_stamp() -> None:
    text = "Orsa NewsMarch 9, 2031 · Shared with Public. Two people were wounded in the town of Orsa."
    assert _read(published="2032-03-09", text=text) == ("2031-03-09", ["date_contradicted"])


@pytest.mark.parametrize("piece", ["12:12", "march 1, ", "1 march 20", "@aaaa", "20/20/", "at at ", "1|2|"])
def test_hostile_text_shows_nothing_and_comes_back(piece: str) -> None:
    assert post_date(piece * 20_000, "https://x.com/" + "a" * 2_000) is None
