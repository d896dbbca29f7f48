"""People decide; nothing is lost, everything can be undone and carried elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sijill.core.errors import InputError, InvalidRecord, UnknownId
from sijill.core.judgement import Change
from sijill.core.state import ClaimState
from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from sijill.pipeline.decisions import export_judgements, import_judgements
from sijill.store.case import Case as StoredCase

TEXTS = {
    "kestrel": "At least eight people were killed in Tamrel on 4 March 2031, the hospital said.",
    "courier": "Eleven people were killed in Tamrel on 4 March 2031, according to the Senna Valley Monitor.",
    "harbour": "Three people were wounded in Belisk on 7 March 2031, the Interior Ministry said.",
}


@pytest.fixture
def case(tmp_path: Path, example: Path) -> Case:
    """Three short reports about two incidents, built."""
    return made(tmp_path / "case", tmp_path / "in", example)


def made(folder: Path, reports: Path, example: Path) -> Case:
    reports.mkdir(exist_ok=True)
    for name, text in TEXTS.items():
        front = "---\nlanguage: en\npublished: 2031-03-08\n---\n"
        (reports / f"{name}.txt").write_text(f"{front}{text}\n", encoding="utf-8")
    case = Case.create(folder, by="Amal")
    case.build([reports], Plan(gazetteers=(example / "gazetteer.csv",)))
    return case


def claim_of(case: Case, label: str) -> str:
    """The id of the one claim of a report."""
    (row,) = [r for r in case.claim_rows() if r["document"] == label]
    return str(row["id"])


def killed(case: Case) -> tuple[int | None, int | None]:
    """Low and high of the killed in the one incident that has any."""
    found = [f for r in case.incident_rows() for f in r["figures"] if (f["harm"], f["group"]) == ("killed", "all")]
    assert len(found) == 1
    return found[0]["low"], found[0]["high"]


def test_a_rejected_claim_carries_no_figure_but_stays_in_sight(case: Case) -> None:
    assert killed(case) == (8, 11)
    case.judge("reject", claim_of(case, "courier"), reason="about another day")
    assert killed(case) == (8, 8)
    (aside,) = [a for r in case.incident_rows() for f in r["figures"] for a in f["set_aside"]]
    assert aside["claim"] == claim_of(case, "courier")
    assert "reject" in aside["reason"]


def test_undoing_restores_what_was(case: Case) -> None:
    before = case.incident_rows(), case.claim_rows()
    made = case.judge("reject", claim_of(case, "courier"))
    case.undo(made)
    assert (case.incident_rows(), case.claim_rows()) == before
    with pytest.raises(InputError, match="undone already"):
        case.undo(made)


def test_an_undo_can_be_undone(case: Case) -> None:
    made = case.judge("reject", claim_of(case, "courier"))
    after = case.incident_rows()
    case.undo(case.undo(made))
    assert case.incident_rows() == after


def test_a_correction_changes_what_stands_and_not_what_was_read(case: Case) -> None:
    id_ = claim_of(case, "courier")
    changes = [Change("count.low", "12"), Change("count.high", "12")]
    case.judge("correct", id_, changes=changes, reason="misprint")
    (judged,) = [c for c in case.claims() if c.id == id_]
    assert judged.state is ClaimState.CORRECTED
    assert judged.claim.count is not None
    assert judged.source.count is not None
    assert (judged.claim.count.low, judged.source.count.low) == (12, 11)
    assert killed(case) == (8, 12)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([Change("count.low", '"twelve"')], "expected int"),
        ([Change("religion", '"any"')], "no field 'religion'"),
        ([Change("document", '"' + "0" * 64 + '"')], "cannot be corrected"),
        ([Change("count.low", "30")], "cannot run from 30 down to 11"),
        ([Change("harm", '"annoyed"')], "is none of"),
    ],
)
def test_a_correction_that_does_not_fit_is_refused_before_it_is_written(
    case: Case, changes: list[Change], message: str
) -> None:
    entries = case.verify().entries
    with pytest.raises(InvalidRecord, match=message):
        case.judge("correct", claim_of(case, "courier"), changes=changes)
    assert case.verify().entries == entries


def test_a_source_set_aside_and_restored(case: Case) -> None:
    before = killed(case)
    case.judge("set_aside", "kestrel", reason="withdrawn by its publisher")
    assert killed(case) == (11, 11)
    assert all(r["set_aside"] for r in case.claim_rows() if r["document"] == "kestrel")
    case.judge("restore", "kestrel")
    assert killed(case) == before


def test_a_claim_can_be_taken_out_of_an_incident_and_put_back(case: Case) -> None:
    (incident,) = [r["id"] for r in case.incident_rows() if len(r["claims"]) == 2]
    taken = case.judge("different", incident, claim_of(case, "courier"))
    assert all(len(r["claims"]) == 1 for r in case.incident_rows())
    case.undo(taken)
    assert sorted(len(r["claims"]) for r in case.incident_rows()) == [1, 2]


def test_incidents_can_be_joined_and_parted(case: Case) -> None:
    before = case.incident_rows()
    first, second = (str(r["id"]) for r in before)
    joined = case.judge("same", first, second)
    (one,) = case.incident_rows()
    assert {one["id"], *one["merged"]} == {first, second}
    case.undo(joined)
    assert case.incident_rows() == before


def test_what_is_meant_must_be_there_and_be_one(case: Case) -> None:
    with pytest.raises(UnknownId, match="nothing here is called 'zzz'"):
        case.judge("accept", "zzz")
    with pytest.raises(InvalidRecord, match="cannot accept document"):
        case.judge("accept", "kestrel")
    incident = str(case.incident_rows()[0]["id"])
    with pytest.raises(InvalidRecord, match="cannot same incident and incident"):
        case.judge("same", incident, incident)


def test_judgements_travel_to_another_case_of_the_same_reports(case: Case, tmp_path: Path, example: Path) -> None:
    case.judge("reject", claim_of(case, "courier"), reason="about another day")
    case.undo(case.judge("accept", claim_of(case, "kestrel")))
    with StoredCase.open(case.path).connect() as connection:
        lines = [json.dumps(row) for row in export_judgements(connection)]
    other = made(tmp_path / "other", tmp_path / "in", example)
    stored = StoredCase.open(other.path)
    with stored.writer(by="importer") as writer:
        report = import_judgements(stored, writer, [*lines, "nonsense", "{}"])
        again = import_judgements(stored, writer, lines)
    other.build()
    assert (report.taken, report.known, len(report.refused)) == (3, 0, 2)
    assert (again.taken, again.known) == (0, 3)
    assert other.claim_rows() == case.claim_rows()
    assert other.incident_rows() == case.incident_rows()
    assert other.verify().whole


def test_explaining_names_what_a_person_decided(case: Case) -> None:
    id_ = claim_of(case, "courier")
    case.judge("reject", id_, reason="about another day")
    text = "\n".join(case.explain(id_))
    assert "state: rejected" in text
    assert "Amal: reject" in text
    assert "about another day" in text


def voices(case: Case) -> set[int]:
    """How many voices each figure of the killed rests on."""
    return {f["voices"] for r in case.incident_rows() for f in r["figures"] if f["harm"] == "killed"}


def test_independence_is_overruled_and_restored(case: Case) -> None:
    before = case.incident_rows()
    assert voices(case) == {2}
    made = case.judge(
        "one_voice", claim_of(case, "kestrel"), claim_of(case, "courier"), reason="one and the same doctor"
    )
    assert voices(case) == {1}
    case.undo(made)
    assert case.incident_rows() == before
    case.judge("one_voice", "kestrel", "courier")
    assert voices(case) == {1}
    case.judge("independent", "courier", "kestrel", reason="they asked two doctors")
    assert case.incident_rows() == before


def test_an_incident_becomes_a_part_of_a_larger_one(case: Case) -> None:
    before = case.incident_rows()
    first, second = (r["id"] for r in before)
    made = case.judge("part_of", first, second)
    assert [r["part_of"] for r in case.incident_rows()] == [second, None]
    assert f"a part of incident {second}" in "\n".join(case.explain(first))
    case.undo(made)
    assert case.incident_rows() == before


def test_what_cannot_be_a_part_or_a_voice_is_refused(case: Case) -> None:
    first = case.incident_rows()[0]["id"]
    for decision, subjects in (
        ("part_of", (first, first)),
        ("independent", (first, claim_of(case, "courier"))),
        ("one_voice", ("courier", "courier")),
    ):
        with pytest.raises(InvalidRecord, match="cannot"):
            case.judge(decision, *subjects)
