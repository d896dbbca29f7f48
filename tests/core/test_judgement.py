import csv
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given

from sijill.core.claim import Claim
from sijill.core.errors import InvalidRecord
from sijill.core.judgement import ALLOWED, AUTO, FIXED, Change, Decision, Judgement, Matter, corrected
from sijill.core.wire import fields_of, from_json, to_json
from tests.core.strategies import claims, judgements
from tests.core.test_wire import CLAIM

AT = "2031-03-10T09:00:00.000000Z"
ROWS = list(csv.DictReader((Path(__file__).parent / "corrections.csv").read_text(encoding="utf-8").splitlines()))


def change_list(notation: str) -> tuple[Change, ...]:
    return tuple(Change(field, value) for field, _, value in (part.partition("=") for part in notation.split("; ")))


def made(matter: Matter, decision: Decision, subjects: int, *, by: str = "R. Ostrava") -> Judgement:
    changes = (Change("harm", '"wounded"'),) if decision is Decision.CORRECT else ()
    return Judgement(matter, tuple("ab" * 32 for _ in range(subjects)), decision, by, AT, changes=changes)


@pytest.mark.parametrize(("matter", "decision"), list(product(Matter, Decision)), ids=lambda e: e.value)
def test_decisions_fit_their_matter(matter: Matter, decision: Decision) -> None:
    subjects, decisions = ALLOWED[matter]
    if decision in decisions:
        assert made(matter, decision, subjects).decision is decision
    else:
        with pytest.raises(InvalidRecord, match="cannot"):
            made(matter, decision, subjects)


@pytest.mark.parametrize(("matter", "number"), list(product(Matter, range(4))), ids=str)
def test_each_matter_has_so_many_subjects(matter: Matter, number: int) -> None:
    subjects, decisions = ALLOWED[matter]
    if number != subjects:
        with pytest.raises(InvalidRecord, match=f"{number} subjects"):
            made(matter, min(decisions), number)


def test_every_decision_belongs_to_a_matter() -> None:
    assert {d for _, decisions in ALLOWED.values() for d in decisions} == set(Decision)
    assert set(ALLOWED) == set(Matter)


def test_a_correction_changes_something_and_nothing_else_does() -> None:
    with pytest.raises(InvalidRecord, match="names the fields that it changes"):
        Judgement(Matter.CLAIM, ("x",), Decision.CORRECT, "R. Ostrava", AT)
    with pytest.raises(InvalidRecord, match="names the fields that it changes"):
        Judgement(Matter.CLAIM, ("x",), Decision.ACCEPT, "R. Ostrava", AT, changes=(Change("harm", '"x"'),))


def test_somebody_judges() -> None:
    with pytest.raises(InvalidRecord, match="says who made it"):
        made(Matter.CLAIM, Decision.ACCEPT, 1, by="")


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_score_is_a_share(score: float) -> None:
    with pytest.raises(InvalidRecord, match="score lies between 0 and 1"):
        Judgement(Matter.CLAIM, ("x",), Decision.ACCEPT, AUTO, AT, score=score)


def test_only_the_program_is_not_human() -> None:
    assert not made(Matter.CLAIM, Decision.ACCEPT, 1, by=AUTO).human
    assert made(Matter.CLAIM, Decision.ACCEPT, 1, by="Autolycus").human


@given(judgements(), judgements())
def test_two_judgements_have_one_id_only_if_they_are_the_same(a: Judgement, b: Judgement) -> None:
    assert (a.id == b.id) == (a == b)


@pytest.mark.parametrize("row", ROWS, ids=[row["changes"] for row in ROWS])
def test_corrections(row: dict[str, str]) -> None:
    claim = from_json(Claim, CLAIM)
    if not row["becomes"]:
        with pytest.raises(InvalidRecord, match=r"^[^\n]+$"):
            corrected(claim, change_list(row["changes"]))
        return
    field, _, expected = row["becomes"].partition("=")
    found = to_json(corrected(claim, change_list(row["changes"])))
    for name in field.split("."):
        found = found[name]
    assert found == ["a", "b"] if isinstance(found, list) else str("" if found is None else found) == expected
    assert to_json(claim) == CLAIM, "the source's claim stays as it is"


def test_every_field_can_be_corrected_or_is_the_sources() -> None:
    touched = {c.field.partition(".")[0] for row in ROWS if row["becomes"] for c in change_list(row["changes"])}
    assert touched | FIXED == set(fields_of(Claim))
    refused = {c.field.partition(".")[0] for row in ROWS if not row["becomes"] for c in change_list(row["changes"])}
    assert refused >= FIXED


def test_a_value_nested_without_end_is_refused() -> None:
    with pytest.raises(InvalidRecord, match="is not JSON"):
        corrected(from_json(Claim, CLAIM), (Change("group.text", "[" * 200_000),))


@given(claims())
def test_correcting_a_field_to_what_it_is_changes_nothing(claim: Claim) -> None:
    assert corrected(claim, (Change("harm", f'"{claim.harm}"'),)) == claim
