"""Newer readers over kept bytes: further texts, and judgements that follow their words or wait."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from sijill.core.document import Metadata, Reading, Sighting
from sijill.core.judgement import Decision
from sijill.core.state import ClaimState, JudgedClaim
from sijill.pipeline import decisions, explain
from sijill.pipeline.build import build
from sijill.pipeline.rereading import outdated_documents, reread_documents
from sijill.reconcile.rules import rule_set
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.verify import verify
from tests.preserve.documents import Run, pdf

NOON = dt.datetime(2031, 3, 10, 12, tzinfo=dt.UTC)
BY = "R. Ostrava"
FIRST = "Shelling killed 17 people in the market of Old Senna on 9 March 2031."
SECOND = "Shelling killed 23 people in the harbour of Port Averin on 8 March 2031."
DATA = pdf([[Run(FIRST, y=700, size=8), Run(SECOND, y=650, size=8)]])
DOCUMENT = sha256(DATA).hexdigest()


def read(text: str, reader: str = "pdf@1") -> Reading:
    metadata = Metadata(language="en", published="2031-03-10")
    return Reading(DOCUMENT, reader, "application/pdf", text, metadata)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """A bulletin that an old reader read with the second toll first."""
    made = Case.create(tmp_path / "case", name="Senna", by=BY, clock=lambda: NOON)
    with made.writer(by=BY, clock=lambda: NOON) as writer, writer.transaction() as t:
        sighting = Sighting(DOCUMENT, "bulletin", "bulletin.pdf", "", BY)
        t.document(writer.objects.stage_bytes(DATA), read(f"{SECOND}\n{FIRST}\nA headline."), sighting)
    build(made, [], by=BY, clock=lambda: NOON)
    yield made
    made.close()


def tolls(case: Case) -> dict[str, JudgedClaim]:
    with case.connect() as connection:
        found = reads.judged_claims(connection)[0].values()
    return {c.source.count.text: c for c in found if c.source.count is not None}


def judge(case: Case, decision: Decision, claim: str) -> None:
    with case.writer(by=BY, clock=lambda: NOON) as writer:
        decisions.judge(case, writer, decision, [claim])


def waiting(case: Case) -> list[str]:
    with case.connect() as connection:
        return [row.judgement.subjects[0] for row in reads.judged_claims(connection)[1].orphans]


def test_a_newer_reader_makes_a_further_text_and_judgements_follow_their_words(case: Case) -> None:
    """At the old place of the accepted 17 stands another number now: places would have moved the judgement to it."""
    before = tolls(case)
    judge(case, Decision.ACCEPT, before["17"].id)
    judge(case, Decision.REJECT, before["23"].id)
    assert outdated_documents(case) == (DOCUMENT,)
    report = reread_documents(case, by=BY, clock=lambda: NOON, workers=1)
    assert (report.reread.outdated, report.reread.reread, report.reread.refused) == (1, 1, ())
    with case.connect() as connection:
        document = reads.document(connection, DOCUMENT)
        readers = reads.readers(connection, DOCUMENT)
    assert document.version == 2
    assert document.reading.text == f"{FIRST}\n{SECOND}"
    assert (readers[0], readers[1].partition("+")[0]) == ("pdf@1", "pdf@2")
    after = tolls(case)
    assert {n: c.state for n, c in after.items()} == {"17": ClaimState.ACCEPTED, "23": ClaimState.REJECTED}
    assert after["17"].id != before["17"].id
    assert waiting(case) == []
    assert outdated_documents(case) == ()
    assert reread_documents(case, by=BY, clock=lambda: NOON).reread.outdated == 0
    assert verify(case.folder).whole


def test_a_judgement_whose_words_are_gone_waits_and_stays_on_the_older_text(case: Case) -> None:
    judge(case, Decision.ACCEPT, tolls(case)["17"].id)
    accepted = tolls(case)["17"].id
    with case.writer(by=BY, clock=lambda: NOON) as writer, writer.transaction() as t:
        t.reading(read(f"{FIRST.replace('17', '71')}\n{SECOND}", "pdf@1+ocr"))
    build(case, [], by=BY, clock=lambda: NOON)
    assert waiting(case) == [accepted]
    assert {n: c.state for n, c in tolls(case).items()} == dict.fromkeys(("71", "23"), ClaimState.PROPOSED)
    with case.connect() as connection:
        told = "\n".join(explain.explain(case, connection, accepted, rule_set("span")))
    assert "waits for a person" in told
    assert FIRST in told
    page = (case.folder / "record" / "index.html").read_text(encoding="utf-8")
    assert "stands on an earlier text" in page


def test_the_record_says_which_text_it_shows_and_what_was_carried_over(case: Case) -> None:
    judge(case, Decision.ACCEPT, tolls(case)["17"].id)
    reread_documents(case, by=BY, clock=lambda: NOON, workers=1)
    pages = [p.read_text(encoding="utf-8") for p in (case.folder / "record").rglob(f"*{DOCUMENT[:12]}*.html")]
    assert any("text version" in page and "made on an earlier text" in page for page in pages)
    with case.connect() as connection:
        told = "\n".join(explain.explain(case, connection, tolls(case)["17"].id, rule_set("span")))
        about = "\n".join(explain.explain(case, connection, "bulletin", rule_set("span")))
    assert "of an earlier text or extractor" in told
    assert "text version 2" in about
    assert "text version 1 was read by pdf@1" in about


def test_a_document_that_is_damaged_keeps_its_text(case: Case) -> None:
    path = case.objects.path(DOCUMENT)
    path.chmod(0o600)
    path.write_bytes(b"no longer")
    report = reread_documents(case, by=BY, clock=lambda: NOON, workers=1)
    assert report.reread.reread == 0
    (refused,) = report.reread.refused
    assert "changed on disk" in refused.message
    assert tolls(case).keys() == {"17", "23"}


def test_only_those_named_and_those_not_outdated_if_asked(case: Case, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text(f"{FIRST} {SECOND}", encoding="utf-8")
    lines = tmp_path / "agency.jsonl"
    lines.write_text('{"id": "agency", "text": "Five people were killed in Ardeth."}\n', encoding="utf-8")
    build(case, [note, lines], by=BY, clock=lambda: NOON)
    assert outdated_documents(case, ["note"]) == ()
    again = reread_documents(case, ["note", "agency"], every=True, by=BY, clock=lambda: NOON, workers=1)
    assert (again.reread.outdated, again.reread.reread, again.reread.refused) == (2, 0, ())
    assert outdated_documents(case) == (DOCUMENT,)
    assert list((case.folder / "objects" / "incoming").iterdir()) == []


def test_no_second_reading_is_the_same_as_an_earlier_one(case: Case) -> None:
    reread_documents(case, by=BY, clock=lambda: NOON, workers=1)
    with case.writer(by=BY, clock=lambda: NOON) as writer, writer.transaction() as t:
        with case.connect() as connection:
            current = reads.document(connection, DOCUMENT).reading
        assert not t.reading(current)
        assert t.reading(replace(current, reader="pdf@99"))
