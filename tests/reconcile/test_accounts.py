"""Each row of accounts.csv: claims in; contradictions, sums that agree and bounds out, in words."""

import csv
from pathlib import Path

import pytest

from sijill.core.incident import Account, Bound
from sijill.reconcile.figures import figures
from sijill.reconcile.regions import Places
from sijill.reconcile.rules import rule_set
from tests.reconcile.notation import DAYS, situation

ROWS = list(csv.DictReader((Path(__file__).parent / "accounts.csv").read_text(encoding="utf-8").splitlines()))
PLACES = Places(dict.fromkeys(("tamrel", "belisk", "harun", "oren"), ("senna",)))


def account(claims: str) -> Account:
    found = situation(claims)
    return figures(found.incident, found.statements, found.origins, rule_set("span"), PLACES).account


def words(bound: Bound) -> str:
    people = " ".join(filter(None, ("" if bound.group == "all" else str(bound.group), str(bound.subset)))) or "all"
    place = f" in {bound.place}" if bound.place else ""
    days = "" if bound.start == DAYS.start else f" on {bound.start.day}-{bound.end.day}"
    return f"{bound.harm} {people}{place}{days}: {bound.low} to {'-' if bound.high is None else bound.high}"


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_the_account_is_what_the_row_says(row: dict[str, str]) -> None:
    found = account(row["claims"])
    assert len(found.contradictions) == bool(row["contradictions"]), row["why"]
    assert all(row["contradictions"] in c.reason and len(c.claims) > 1 for c in found.contradictions), row["why"]
    assert len(found.agreements) == bool(row["agreements"]), row["why"]
    assert all(row["agreements"] in line for line in found.agreements), row["why"]
    given = [words(b) for b in found.bounds]
    for expected in filter(None, row["bounds"].split("; ")):
        assert expected in given, row["why"]


def test_one_number_alone_has_no_account() -> None:
    assert account("monitor 5 killed 8") == Account()
