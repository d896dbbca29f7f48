"""The main job on the example case, again and again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest

from sijill.core.document import Metadata
from sijill.core.errors import CaseLocked, UnknownId
from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from sijill.store import reads
from sijill.store.case import Case as StoredCase
from sijill.store.verify import verify
from tests.store.sql import sql

NOON = dt.datetime(2031, 3, 10, 12, tzinfo=dt.UTC)


def clock() -> dt.datetime:
    return NOON


def bytes_of(folder: Path) -> dict[str, str]:
    """Every file of a folder by its SHA-256."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_every_report_of_the_example_is_preserved_and_found_again(example_case: Case, example: Path) -> None:
    files = [p for p in (example / "reports").iterdir() if p.suffix != ".jsonl"]
    lines = sum(len(p.read_text(encoding="utf-8").splitlines()) for p in (example / "reports").glob("*.jsonl"))
    documents = example_case.documents()
    assert len(documents) == len(files) + lines
    names = {s.name for d in documents for s in d.sightings}
    assert {p.name for p in files} <= names


def test_a_document_is_the_bytes_that_were_handed_in(example_case: Case, example: Path) -> None:
    held = {d.id: d for d in example_case.documents()}
    for path in (example / "reports").iterdir():
        if path.suffix != ".jsonl":
            data = path.read_bytes()
            document = held[hashlib.sha256(data).hexdigest()]
            stored = example_case.path / "objects" / document.id[:2] / document.id[2:]
            assert stored.read_bytes() == data
            assert document.size == len(data)


def test_every_claim_stands_in_its_document_word_for_word(example_case: Case) -> None:
    texts = {d.id: d.reading.text for d in example_case.documents()}
    claims = example_case.claims()
    assert claims, "the example holds claims"
    for judged in claims:
        assert judged.claim.quote.stands_in(texts[judged.claim.document])
        assert judged.claim.count is None or judged.claim.count.span.stands_in(texts[judged.claim.document])


def test_building_again_writes_nothing(example_case: Case, example: Path) -> None:
    before = {k: v for k, v in bytes_of(example_case.path).items() if not k.startswith("case.db")}
    entries = example_case.verify().entries
    report = example_case.build([example / "reports"], Plan(gazetteers=(example / "gazetteer.csv",)))
    assert report.add.added == 0
    assert report.extract.read == 0
    assert report.derived.record.written == 0
    assert example_case.verify().entries == entries
    assert {k: v for k, v in bytes_of(example_case.path).items() if not k.startswith("case.db")} == before


def test_two_cases_of_the_same_reports_say_the_same(tmp_path: Path, example_case: Case, example: Path) -> None:
    other = Case.create(tmp_path / "other", by="somebody else", clock=clock)
    other.build([example / "reports"], Plan(gazetteers=(example / "gazetteer.csv",), workers=1))
    assert other.claim_rows(uncounted=True) == example_case.claim_rows(uncounted=True)
    assert other.incident_rows() == example_case.incident_rows()


def test_reports_handed_in_one_by_one_give_the_same(tmp_path: Path, example_case: Case, example: Path) -> None:
    slow = Case.create(tmp_path / "slow", by="tester", clock=clock)
    slow.build([], Plan(gazetteers=(example / "gazetteer.csv",)))
    for path in sorted((example / "reports").iterdir()):
        slow.build([path], Plan(workers=1))
    assert slow.claim_rows() == example_case.claim_rows()
    # Ids that incidents had on the way still lead to them; nothing else differs.
    assert [row | {"merged": []} for row in slow.incident_rows()] == list(example_case.incident_rows())


def test_a_copy_under_another_name_is_a_sighting_not_a_document(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("first.txt", "second.txt"):
        (tmp_path / "in" / name).write_text("Two people were killed in Tamrel on 4 March 2031.\n", encoding="utf-8")
    case = Case.create(tmp_path / "case", by="tester")
    report = case.build([tmp_path / "in"])
    assert (report.add.added, report.add.repeated) == (1, 1)
    (document,) = case.documents()
    assert [s.name for s in document.sightings] == ["first.txt", "second.txt"]
    assert len({c.claim.document for c in case.claims()}) == 1


def test_what_a_person_states_outranks_what_was_read_and_is_read_anew(tmp_path: Path) -> None:
    report = tmp_path / "r.txt"
    text = "---\npublished: 2031-03-09\n---\nTwo people were killed in Tamrel yesterday.\n"
    report.write_text(text, encoding="utf-8")
    case = Case.create(tmp_path / "case", by="tester")
    case.build([report])
    assert [str(c.claim.period.start) for c in case.claims() if c.claim.period] == ["2031-03-08"]
    case.build([report], Plan(stated=Metadata(published="2031-03-05", publisher="The Courier")))
    (document,) = case.documents()
    assert (document.metadata.published, document.metadata.publisher) == ("2031-03-05", "The Courier")
    assert [str(c.claim.period.start) for c in case.claims() if c.claim.period] == ["2031-03-04"]


def test_a_bad_file_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("Three people were killed in Tamrel on 4 March 2031.\n", encoding="utf-8")
    (folder / "b.txt").write_bytes(b"")
    (folder / "c.pdf").write_text("not a PDF", encoding="utf-8")
    (folder / "d.jsonl").write_text(
        json.dumps({"id": "ok", "text": "Four people were killed in Belisk.", "language": "en"}) + "\n[1]\n",
        encoding="utf-8",
    )
    case = Case.create(tmp_path / "case", by="tester")
    report = case.build([folder, tmp_path / "missing.txt"])
    assert report.add.added == 2
    refused = " / ".join(e.message for e in report.add.refused)
    assert len(report.add.refused) == 4
    for named in ("b.txt", "c.pdf", "d.jsonl, line 2", "missing.txt"):
        assert named in refused
    assert all(e.hint for e in report.add.refused), "each says what to do"
    assert {c.claim.count.low for c in case.claims() if c.claim.count} == {3, 4}
    assert case.verify().whole


def test_refused_files_leave_no_bytes_behind(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_text("not a PDF", encoding="utf-8")
    case = Case.create(tmp_path / "case", by="tester")
    case.build([bad])
    assert not [p for p in (case.path / "objects").rglob("*") if p.is_file()]


def test_places_added_later_are_used_for_what_was_read_before(tmp_path: Path, example: Path) -> None:
    report = tmp_path / "r.txt"
    report.write_text("Two people were killed in Tamrel on 4 March 2031.\n", encoding="utf-8")
    case = Case.create(tmp_path / "case", by="tester")
    case.build([report])
    assert [c.claim.place.id for c in case.claims() if c.claim.place] in ([None], [])
    case.build([], Plan(gazetteers=(example / "gazetteer.csv",)))
    (claim,) = case.claims()
    assert claim.claim.place is not None
    assert claim.claim.place.lat is not None
    assert case.verify().whole


def test_an_unknown_rule_set_is_refused_before_anything_is_written(tmp_path: Path, example: Path) -> None:
    case = Case.create(tmp_path / "case", by="tester")
    before = bytes_of(case.path)
    with pytest.raises(UnknownId, match="no rule set is called 'best'"):
        case.build([example / "reports"], Plan(rules="best"))
    assert bytes_of(case.path) == before


def test_one_writer_at_a_time(tmp_path: Path, example: Path) -> None:
    case = Case.create(tmp_path / "case", by="tester")
    with StoredCase.open(case.path).writer(by="another"), pytest.raises(CaseLocked, match="somebody else is writing"):
        case.build([example / "reports"])
    assert case.documents() == ()


def test_a_language_without_a_pack_is_said_not_hidden(tmp_path: Path) -> None:
    report = tmp_path / "r.txt"
    report.write_text("---\nlanguage: tr\n---\nTamrel'de sabah saatlerinde olay yaşandı.\n", encoding="utf-8")
    case = Case.create(tmp_path / "case", by="tester")
    built = case.build([report])
    assert built.extract.unread == {"tr": 1}
    page = (case.path / "record" / "index.html").read_text(encoding="utf-8")
    assert "no language pack for tr" in page


@pytest.mark.parametrize(("second", "incidents"), [("Kalmon", 2), ("Tamrel", 1), ("Kalmon, near Tamrel", 1)])
def test_two_towns_that_no_gazetteer_has_are_two(tmp_path: Path, second: str, incidents: int) -> None:
    told = (
        "---\nlanguage: en\npublished: 2031-03-05\n---\nEight people were killed by a rocket in {} on 4 March 2031.\n"
    )
    for name, place in (("one", "Tamrel"), ("other", second)):
        (tmp_path / f"{name}.txt").write_text(told.format(place), encoding="utf-8")
    case = Case.create(tmp_path / "case", by="tester")
    case.build([tmp_path / "one.txt", tmp_path / "other.txt"])
    assert len(case.incidents()) == incidents


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mention SET body = replace(body, 'Tamrel', 'Peldra')",
        "UPDATE mention SET body = CAST(x'7bff' AS TEXT)",
        "UPDATE mention SET body = 'not JSON'",
        "DELETE FROM mention WHERE position = 0",
        "UPDATE built SET digest = 'x' WHERE name = 'mention'",
    ],
)
def test_what_texts_name_is_read_again_where_somebody_changed_it(tmp_path: Path, example: Path, statement: str) -> None:
    case = Case.create(tmp_path / "case", by="tester")
    case.build([example / "reports" / "0305-courier-toll.html"], Plan(gazetteers=(example / "gazetteer.csv",)))
    with StoredCase.open(case.path).connect() as connection:
        before = reads.mentions(connection)
    assert any(m.places for m in before.values())
    sql(case.path, statement)
    case.build([])
    assert verify(case.path).whole
    with StoredCase.open(case.path).connect() as connection:
        assert reads.mentions(connection) == before


def test_the_record_is_vouched_for_and_mended(tmp_path: Path, example: Path) -> None:
    case = Case.create(tmp_path / "case", by="tester")
    case.build([example / "reports" / "0303-kestrel-truce.txt"])
    page = case.path / "record" / "index.html"
    whole = page.read_bytes()
    page.write_bytes(whole.replace(b"Sijill", b"Segill", 1))
    (finding,) = verify(case.path).findings
    assert (finding.kind, finding.where) == ("derived", "record/index.html")
    case.build()
    assert page.read_bytes() == whole
    assert verify(case.path).whole
