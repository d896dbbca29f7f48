"""Numbers that a machine read from a picture, from the text to the record: shown, linked, in no figure unconfirmed."""

import datetime as dt
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

import sijill
from sijill.core.document import OCR_NUMBERS_DISAGREE, OCR_UNCONFIRMED, Metadata, Note, Reading, Sighting
from sijill.core.judgement import Change, Decision
from sijill.core.state import ClaimState, JudgedClaim
from sijill.pipeline.build import build
from sijill.store.case import Case as Stored
from tests.preserve.pictures import LATIN, drawn, needs_tesseract, saved

NOON = dt.datetime(2031, 3, 10, 12, tzinfo=dt.UTC)
BY = "R. Ostrava"
TYPED = "Shelling killed at least 17 people in the market of Old Senna on 9 March 2031, the Senna Valley Monitor said."
SCANNED = "Shelling killed ٤١ people in the market of Old Senna on 9 March 2031, the ministry of health said."
DIFFERING = "On page 2, “٤١” (confidence 62) was also read as “١٤”."


def at(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def reading(data: bytes, text: str, notes: tuple[Note, ...] = ()) -> Reading:
    metadata = Metadata(language="en", published="2031-03-10", publisher="Kestrel Wire")
    return Reading(sha256(data).hexdigest(), "pdf@2", "application/pdf", text, metadata, notes)


def put(case: Stored, data: bytes, found: Reading) -> None:
    with case.writer(by=BY, clock=lambda: NOON) as writer, writer.transaction() as t:
        staged = writer.objects.stage_bytes(data)
        t.document(staged, found, Sighting(found.document, "bulletin", "bulletin.pdf", "", BY))


@pytest.fixture
def case(tmp_path: Path) -> Iterator[sijill.Case]:
    """A bulletin of two pages, typed and scanned, each with a toll of the same day; nothing is judged."""
    folder = tmp_path / "case"
    stored = Stored.create(folder, name="Senna", by=BY, clock=lambda: NOON)
    text = f"{TYPED}\n\f{SCANNED}"
    notes = (
        Note(OCR_UNCONFIRMED, "Page 2 was read by OCR.", True, *at(text, SCANNED)),
        Note(OCR_NUMBERS_DISAGREE, DIFFERING, True, *at(text, "٤١")),
    )
    put(stored, b"bulletin", reading(b"bulletin", text, notes))
    build(stored, [], by=BY, clock=lambda: NOON)
    stored.close()
    opened = sijill.Case.open(folder, by=BY, clock=lambda: NOON)
    yield opened
    opened.close()


def tolls(case: sijill.Case) -> dict[str, JudgedClaim]:
    return {c.source.count.text: c for c in case.claims() if c.source.count is not None}


def killed(case: sijill.Case) -> set[tuple[int | None, int | None]]:
    figures = [f for record in case.incidents() for f in record.figures if f.scope.harm == "killed"]
    return {(f.low, f.high) for f in figures}


def test_a_claim_from_a_picture_says_so_and_is_in_no_figure(case: sijill.Case) -> None:
    found = tolls(case)
    typed, scanned = found["at least 17"], found["٤١"]
    assert (typed.unconfirmed, typed.counts) == ("", True)
    assert (scanned.unconfirmed, scanned.counts) == (DIFFERING, False)
    assert scanned.source.count is not None
    assert scanned.source.count.low == 41
    assert [(e.field, e.words) for e in scanned.source.evidence if e.rule == OCR_UNCONFIRMED] == [("count", DIFFERING)]
    assert killed(case) == {(17, 17)}
    (record,) = case.incidents()
    assert scanned.id in record.incident.claims
    aside = {s.claim: s.reason for f in record.figures for s in f.set_aside}
    assert aside[scanned.id] == "its number was read in a picture, and no person has confirmed it"


def test_accepting_it_confirms_it_and_undoing_that_does_not(case: sijill.Case) -> None:
    scanned = tolls(case)["٤١"].id
    made = case.judge(Decision.ACCEPT, scanned, reason="looked at page 2")
    assert tolls(case)["٤١"].unconfirmed == ""
    assert killed(case) == {(17, 41)}
    case.undo(made)
    assert tolls(case)["٤١"].unconfirmed == DIFFERING
    assert killed(case) == {(17, 17)}


def test_correcting_its_count_confirms_the_corrected_number(case: sijill.Case) -> None:
    scanned = tolls(case)["٤١"].id
    case.judge(Decision.CORRECT, scanned, changes=[Change("count.low", "14"), Change("count.high", "14")])
    stands = tolls(case)["٤١"]
    assert (stands.state, stands.unconfirmed, stands.counts) == (ClaimState.CORRECTED, "", True)
    assert killed(case) == {(14, 17)}


def test_correcting_something_else_leaves_the_number_unconfirmed(case: sijill.Case) -> None:
    scanned = tolls(case)["٤١"].id
    case.judge(Decision.CORRECT, scanned, changes=[Change("group.type", '"civilians"')])
    stands = tolls(case)["٤١"]
    assert (stands.state, stands.unconfirmed, stands.counts) == (ClaimState.CORRECTED, DIFFERING, False)
    case.judge(Decision.REJECT, scanned)
    assert tolls(case)["٤١"].unconfirmed == DIFFERING


def test_listings_explanations_and_pages_say_it(case: sijill.Case) -> None:
    scanned = tolls(case)["٤١"].id
    assert {row["id"]: row["unconfirmed"] for row in case.claim_rows()}[scanned] == DIFFERING
    assert any("UNCONFIRMED NUMBER" in line for line in case.explain(scanned))
    pages = [p for p in (case.path / "record").rglob("*.html") if DIFFERING in p.read_text(encoding="utf-8")]
    assert {p.parts[-3] for p in pages} == {"en", "ar"} or len(pages) >= 2
    (data,) = (case.path / "record").rglob("documents/*.json")
    shown = {c["judged"]["id"]: c["judged"]["unconfirmed"] for c in json.loads(data.read_text("utf-8"))["claims"]}
    assert shown[scanned] == DIFFERING
    assert case.verify().whole


@needs_tesseract
def test_a_picture_from_its_pixels_to_a_figure(tmp_path: Path) -> None:
    picture = tmp_path / "bulletin.png"
    picture.write_bytes(saved(drawn(LATIN)))
    with sijill.Case.create(tmp_path / "case", by=BY, clock=lambda: NOON) as case:
        case.build([picture])
        found = tolls(case)
        assert {"twelve", "34"} <= found.keys()
        assert all(c.unconfirmed and not c.counts for c in found.values())
        assert {f.low for record in case.incidents() for f in record.figures} <= {None}
        case.judge(Decision.ACCEPT, found["34"].id)
        assert {f.low for record in case.incidents() for f in record.figures if f.scope.harm == "wounded"} == {34}
