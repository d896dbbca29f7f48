"""Reports full of numbers and of words like "killed" and "strike", written blind, that hold no claim."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sijill.core.claim import Claim
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims

TABLE = Path(__file__).with_name("blind") / "noclaims.csv"
ROWS = [row for row in csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()) if row["language"] == "en"]
# Claims read where there is none, measured; fewer than one in 50 reports is wanted.
MOST_SPURIOUS = 1


@pytest.fixture(scope="module")
def spurious() -> list[str]:
    found = []
    for row in ROWS:
        claims = read_claims(
            row["text"],
            document=row["id"],
            published=None,
            language="en",
            publisher=None,
            gazetteer=Gazetteer.shipped(),
        )
        found += [f"{row['id']}: {c.quote.text}" for c in claims]
    return found


def test_hardly_any_claim_is_read_where_there_is_none(spurious: list[str]) -> None:
    assert len(ROWS) == 100
    assert len(spurious) <= MOST_SPURIOUS, "\n".join(spurious)


def test_the_same_words_make_claims_where_arms_are_spoken_of() -> None:
    text = (
        "Four people died and sixteen were hurt when a coach was hit near Upper Caddis. The shell came from the ridge."
    )
    armed = text.replace("The shell came", "Militants said that it came")
    assert [c.count.text for c in read(armed) if c.count] == ["Four", "sixteen"]


@pytest.mark.parametrize(("language", "reports", "most"), [("ar", 60, 2), ("fr", 40, 0)])
def test_the_setting_is_read_in_other_languages_too(language: str, reports: int, most: int) -> None:
    texts = [
        row["text"]
        for row in csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())
        if row["language"] == language
    ]
    assert len(texts) == reports
    found = [
        c.quote.text
        for text in texts
        for c in read_claims(
            text, document="x", published=None, language=language, publisher=None, gazetteer=Gazetteer.shipped()
        )
    ]
    assert len(found) <= most, found


def test_an_arabic_report_of_arms_keeps_its_dead() -> None:
    claims = read_claims(
        "توفي ثلاثة عمال وأصيب خمسة في انهيار مبنى في هارون. وسقط المبنى بعد قصف الحي.",
        document="x",
        published=None,
        language="ar",
        publisher=None,
        gazetteer=Gazetteer.shipped(),
    )
    assert [c.count.quantity.low for c in claims if c.count] == [3, 5]


def read(text: str) -> tuple[Claim, ...]:
    return read_claims(text, document="x", published=None, language="en", publisher=None, gazetteer=Gazetteer.shipped())
