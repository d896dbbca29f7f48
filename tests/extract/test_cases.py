"""The hard cases: `cases.csv`, a table that a researcher can read and extend. Every sentence in it is invented."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims
from tests.extract.notation import parse

ROWS = list(csv.DictReader(Path(__file__).with_name("cases.csv").read_text(encoding="utf-8").splitlines(keepends=True)))


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_case(row: dict[str, str]) -> None:
    expected = parse(row["claims"])
    claims = read_claims(
        row["text"],
        document="case",
        published=dt.date.fromisoformat(row["published"]) if row["published"] else None,
        language=row["id"].split("-")[0],
        publisher=None,
        gazetteer=Gazetteer.shipped(),
    )
    assert [str(c.harm) + f" {c.count and c.count.quantity}" for c in claims] == [
        f"{e.harm} {e.quantity}" for e in expected
    ], row["reason"]
    for claim, wanted in zip(claims, expected, strict=True):
        assert wanted.shown(claim) == wanted.stated, row["reason"]


def test_the_table_is_whole() -> None:
    ids = [row["id"] for row in ROWS]
    assert len(ids) == len(set(ids)) >= 150
    assert all(row["kind"] and row["text"] and row["reason"] for row in ROWS)
