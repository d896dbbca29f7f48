"""Figures under other rule sets, without reading anything again; that of the record is a decision to be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sijill.core.errors import InputError, UnknownId
from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from tests.pipeline.test_decisions import claim_of, made

OWN = 'name = "ours"\nabout = "The median, as we publish it."\nbest = "median"\n'


@pytest.fixture
def case(tmp_path: Path, example: Path) -> Case:
    return made(tmp_path / "case", tmp_path / "in", example)


def bests(case: Case, preset: str | None = None) -> set[object]:
    return {f["best"] for r in case.incident_rows(preset) for f in r["figures"]}


def rules_of(case: Case) -> set[object]:
    return {r["rules"] for r in case.incident_rows()}


def test_other_rule_sets_are_worked_out_when_asked_and_change_nothing(case: Case) -> None:
    before = case.incident_rows()
    assert {r["rules"] for r in case.incident_rows("ucdp")} == {"ucdp"}
    assert bests(case, "ucdp") - {None}
    assert case.incident_rows() == before
    with pytest.raises(UnknownId, match="no rule set is called 'spam'"):
        case.incident_rows("spam")


def test_the_rule_set_of_the_record_stays_when_people_judge_and_can_be_undone(case: Case) -> None:
    case.build([], Plan(rules="median"))
    assert rules_of(case) == {"median"}
    case.judge("reject", claim_of(case, "courier"))
    assert rules_of(case) == {"median"}
    overview = (case.path / "record" / "index.html").read_text(encoding="utf-8")
    assert "median" in overview
    (row,) = [r for r in case.history() if r["decision"] == "choose"]
    case.undo(str(row["id"]))
    assert rules_of(case) == {"span"}
    assert case.verify().whole


def test_choosing_what_is_chosen_adds_no_row(case: Case) -> None:
    case.build([], Plan(rules="airwars"))
    rows = case.history()
    case.build([], Plan(rules="airwars"))
    assert case.history() == rows


def test_ones_own_rule_set_is_kept_with_the_case(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(OWN, encoding="utf-8")
    assert bests(case) == {None} != bests(case, str(file))
    case.build([], Plan(rules=str(file)))
    file.unlink()
    case.judge("reject", claim_of(case, "harbour"))
    assert rules_of(case) == {"ours"}
    assert bests(case) - {None}
    with Case.open(case.path) as again:
        assert rules_of(again) == {"ours"}


def test_a_changed_rule_set_of_the_same_name_is_a_new_choice(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(OWN, encoding="utf-8")
    case.build([], Plan(rules=str(file)))
    file.write_text(OWN.replace('best = "median"\n', ""), encoding="utf-8")
    case.build([], Plan(rules=str(file)))
    assert bests(case) == {None}
    assert len([r for r in case.history() if r["decision"] == "choose"]) == 2


def test_a_rule_set_that_is_none_stops_before_anything_is_written(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text("name = ", encoding="utf-8")
    before = case.verify().entries
    with pytest.raises(InputError, match=r"ours\.toml: not TOML"):
        case.build([], Plan(rules=str(file)))
    with pytest.raises(InputError, match="No such file"):
        case.build([], Plan(rules=str(tmp_path / "absent.toml")))
    assert case.verify().entries == before
