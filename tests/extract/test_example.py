"""The example reports in English against `expected.csv`, field by field: floors a little below what is reached."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from sijill.core.claim import Claim
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims
from sijill.extract.run import publication_day
from sijill.pipeline.places import read_places
from sijill.preserve.limits import DEFAULT_LIMITS
from sijill.preserve.run import readings

# Of the expected claims the share found with their number, of those read the share expected; then, of the claims
# found, the share right in each field.
FLOORS = {"found": 0.9, "expected": 0.95, "place": 0.95, "date": 0.9, "attribution": 0.95, "perpetrator": 0.95}
Row = dict[str, str]
Pair = tuple[Row, Claim]


@pytest.fixture(scope="module")
def texts(example: Path) -> dict[str, tuple[str, list[Claim]]]:
    """The text of every English report of the example, and the claims read in it."""
    gazetteer = Gazetteer.shipped().with_places(read_places(example / "gazetteer.csv")[0])
    found = {}
    for label, reading in readings(sorted((example / "reports").iterdir()), limits=DEFAULT_LIMITS, workers=1):
        assert not isinstance(reading, Exception), label
        if reading.metadata.language == "en":
            claims = read_claims(
                reading.text,
                document=reading.document,
                published=publication_day(reading.metadata.published),
                language="en",
                publisher=reading.metadata.publisher,
                gazetteer=gazetteer,
            )
            found[label] = (reading.text, list(claims))
    return found


@pytest.fixture(scope="module")
def rows(example: Path, texts: dict[str, tuple[str, list[Claim]]]) -> list[Row]:
    """The expected claims of the English reports, those left out that count neither way."""
    with (example / "expected.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["document"] in texts and not row["optional"]]


@pytest.fixture(scope="module")
def pairs(rows: list[Row], texts: dict[str, tuple[str, list[Claim]]]) -> list[Pair]:
    """Each expected claim with the one read at its place, of its harm and with its number."""
    found = []
    for row in rows:
        text, claims = texts[row["document"]]
        at = position(row, text)
        number = tuple(int(row[end]) if row[end] else None for end in ("low", "high"))
        for claim in claims:
            if claim.count is None or str(claim.harm) != row["harm"] or not claim.count.start <= at < claim.count.end:
                continue
            if (claim.count.quantity.low, claim.count.quantity.high) == number:
                found.append((row, claim))
                break
    return found


def position(row: Row, text: str) -> int:
    """Where the count of an expected claim stands: within its context, which stands once."""
    context, count = (r"\s+".join(map(re.escape, row[column].split())) for column in ("context", "count_text"))
    around = re.search(context, text)
    assert around is not None, row
    found = re.search(count, around[0])
    assert found is not None, row
    return around.start() + found.start()


def values(claim: Claim) -> Row:
    """The fields of a claim as the table writes them."""
    period = claim.period
    return {
        "place": claim.place.text if claim.place else "",
        "date": f"{period.start} {period.end}" if period else " ",
        "attribution": claim.attribution.source if claim.attribution else "",
        "perpetrator": claim.perpetrator.text if claim.perpetrator else "",
    }


def wanted(row: Row) -> Row:
    """The fields of an expected claim."""
    return {
        "place": row["place"],
        "date": f"{row['date_start']} {row['date_end']}",
        "attribution": row["attributed_to"],
        "perpetrator": row["perpetrator"],
    }


def same(field: str, expected: str, read: str) -> bool:
    """Whether two values mean the same: one name may leave out words of the other, a date may not."""
    if field == "date" or not expected or not read:
        return expected == read
    a, b = (set(re.findall(r"\w+", value.casefold())) - {"the", "of", "in", "at"} for value in (expected, read))
    return a <= b or b <= a


def test_the_fields_are_read_as_expected(
    rows: list[Row], pairs: list[Pair], texts: dict[str, tuple[str, list[Claim]]]
) -> None:
    compared = [(field, value, values(claim)[field]) for row, claim in pairs for field, value in wanted(row).items()]
    right = Counter(field for field, value, read in compared if same(field, value, read))
    reached = {field: right[field] / len(pairs) for field in ("place", "date", "attribution", "perpetrator")}
    reached["found"] = len(pairs) / len(rows)
    # The one optional claim, of families, may be read too.
    reached["expected"] = len(pairs) / (sum(len(claims) for _, claims in texts.values()) - 1)
    assert {field: value for field, value in reached.items() if value < FLOORS[field]} == {}, reached


def test_nobody_is_accused_whom_the_reports_do_not_accuse(pairs: list[Pair]) -> None:
    accused = [
        (row["document"], row["count_text"], claim.perpetrator.text)
        for row, claim in pairs
        if claim.perpetrator and not same("perpetrator", row["perpetrator"], claim.perpetrator.text)
    ]
    assert accused == []


def test_only_those_who_can_act_are_accused(texts: dict[str, tuple[str, list[Claim]]]) -> None:
    accused = {c.perpetrator.text for _, claims in texts.values() for c in claims if c.perpetrator}
    assert accused == {
        "Heron Front",
        "Interior Ministry",
        "Interior Ministry forces",
        "Meravian army",
        "men in police uniform",
        "police",
        "Unidentified gunmen",
        "unidentified gunmen",
    }
