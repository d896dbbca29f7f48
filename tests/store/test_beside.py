"""Claims of two back ends: whatever is judged, no number is in the record twice."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.backend import MODEL_UNCONFIRMED
from sijill.core.claim import Claim, Count, Evidence, Harm, Span
from sijill.core.document import Metadata, Reading
from sijill.core.judgement import AUTO, Change, Decision, Judgement, Matter
from sijill.core.quantity import Quantity
from sijill.core.state import ClaimState, JudgedClaim
from sijill.store import reads
from sijill.store.beside import in_record
from sijill.store.case import Case
from sijill.store.state import Row, carry_over, judged_claims, standing
from sijill.store.writer import id_of
from sijill.testing.clock import FakeClock
from tests.store.reports import BY, add, claim, reading

SITUATIONS = list(csv.DictReader((Path(__file__).parent / "beside.csv").read_text(encoding="utf-8").splitlines()))
TEXT = "10 were killed, 20 were wounded, 30 are missing, dozens fell."
MODEL, OTHER = "model-first@1", "model-second@1"
UNCONFIRMED = (Evidence("claim", MODEL_UNCONFIRMED, "a model read it"),)


def asked(found: Claim, extractor: str = MODEL) -> Claim:
    return replace(found, extractor=extractor, evidence=UNCONFIRMED)


def vague(harm: Harm) -> Claim:
    start = TEXT.index("dozens")
    span = Span("dozens", start, start + 6)
    return replace(claim(TEXT, 10, harm=harm), count=Count.of(span, Quantity.vague()), quote=span)


RULES = {
    "rules 10": claim(TEXT, 10, extractor="rules-en@1"),
    "rules 20": claim(TEXT, 20, harm=Harm.WOUNDED, extractor="rules-en@1"),
}
VAGUE = {
    "vague rules killed": vague(Harm.KILLED),
    "vague rules wounded": vague(Harm.WOUNDED),
    "vague model killed": asked(vague(Harm.KILLED)),
    "vague model wounded": asked(vague(Harm.WOUNDED)),
}
BY_MODEL = {
    "model 10": asked(claim(TEXT, 10)),
    "model 30": asked(claim(TEXT, 30, harm=Harm.MISSING)),
    "other 10": asked(claim(TEXT, 10), OTHER),
}
DECISIONS = {
    "accept": (Decision.ACCEPT, ()),
    "reject": (Decision.REJECT, ()),
    "correct": (Decision.CORRECT, (Change("harm", '"wounded"'), Change("count.qualifier", '"exact"'))),
    "locate": (Decision.CORRECT, (Change("place.text", '"Tell Nour"'),)),
}


def history(steps: str, claims: dict[str, Claim]) -> list[Row]:
    rows: list[Row] = []
    for number, step in enumerate(filter(None, steps.split("; "))):
        by, verb, *about = step.split(" ")
        at = f"2031-03-10T09:00:{number:02}.000000Z"
        if verb == "undo":
            made = Judgement(Matter.UNDO, (rows[int(about[0]) - 1].id,), Decision.UNDO, by, at)
        elif verb == "aside":
            made = Judgement(Matter.SOURCE, (RULES["rules 10"].document,), Decision.SET_ASIDE, by, at)
        else:
            decision, changes = DECISIONS[verb]
            made = Judgement(Matter.CLAIM, (claims[" ".join(about)].id,), decision, by, at, changes=changes)
        rows.append(Row(made.id, made))
    return rows


def record(rows: list[Row], claims: dict[str, Claim]) -> tuple[JudgedClaim, ...]:
    judged, misfits = judged_claims({c.id: c for c in claims.values()}, standing(rows, {}))
    assert misfits == ()
    return in_record(judged)


@pytest.mark.parametrize("situation", SITUATIONS, ids=[s["id"] for s in SITUATIONS])
def test_situations(situation: dict[str, str]) -> None:
    claims = {**RULES, **BY_MODEL, **(VAGUE if "vague" in situation["steps"] else {})}
    names = {c.id: name for name, c in claims.items()}
    found = set()
    for c in record(history(situation["steps"], claims), claims):
        mark = "replaced " if c.replaced_by else "aside " if c.set_aside else "rejected " if not c.stands else ""
        found.add(mark + names[c.id])
    assert found == set(situation["stands"].split("; ")), situation["why"]


def test_there_are_no_two_situations_of_one_name() -> None:
    assert len({s["id"] for s in SITUATIONS}) == len(SITUATIONS) >= 15


@given(st.lists(st.tuples(st.sampled_from(("ann", AUTO)), st.sampled_from([*DECISIONS]), st.data()), max_size=8))
def test_no_number_counts_twice_and_nothing_of_the_rules_is_lost(steps: list[tuple[str, str, st.DataObject]]) -> None:
    claims = {**RULES, **BY_MODEL}
    told = "; ".join(f"{by} {verb} {data.draw(st.sampled_from(sorted(claims)))}" for by, verb, data in steps)
    found = record(history(told, claims), claims)
    assert {c.id for c in found} >= {c.id for c in RULES.values()}
    counting = [c for c in found if c.counts]
    spans = [(c.source.count.start, c.claim.harm) for c in counting if c.source.count]
    assert len(spans) == len(set(spans))
    assert all(c.judgement is not None for c in counting if c.source.extractor.startswith("model"))
    for c in found:
        assert c.replaced_by is None or c.replaced_by in {other.id for other in found if other.stands}


def test_a_part_belongs_to_what_stands_in_the_place_of_its_whole() -> None:
    part = replace(claim(TEXT, 20), part_of=RULES["rules 10"].id)
    claims = {"rules 10": RULES["rules 10"], "part": part, "model 10": BY_MODEL["model 10"]}
    found = {c.id: c for c in record(history("ann accept model 10", claims), claims)}
    assert found[part.id].claim.part_of == BY_MODEL["model 10"].id
    suggested = asked(replace(claim(TEXT, 20), part_of=BY_MODEL["model 10"].id))
    claims = {"rules 10": RULES["rules 10"], "model 10": BY_MODEL["model 10"], "part": suggested}
    found = {c.id: c for c in record(history("ann accept part", claims), claims)}
    assert found[suggested.id].claim.part_of == RULES["rules 10"].id


def test_what_people_said_of_a_models_claim_is_not_carried_to_the_rules() -> None:
    old, now = BY_MODEL["model 10"], RULES["rules 10"]
    assert carry_over({now.id: now}, {old.id: old}) == {old.id: None}
    newer = asked(claim(TEXT, 10, context=4), OTHER)
    assert carry_over({now.id: now, newer.id: newer}, {old.id: old}) == {old.id: newer.id}


# --- in a case ---


@pytest.fixture
def asked_case(case: Case, clock: FakeClock) -> Case:
    """A report that the rules read, and a model was asked about after them."""
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        add(case, t, TEXT, clock)
        document, of = claim(TEXT, 10).document, id_of(reading(TEXT))
        t.extraction(document, of, "rules-en@1", {}, list(RULES.values()))
        t.extraction(document, of, MODEL, {}, [BY_MODEL["model 10"], BY_MODEL["model 30"]])
    return case


def judge(case: Case, clock: FakeClock, about: Claim, decision: Decision = Decision.ACCEPT) -> str:
    at = f"2031-03-10T09:00:00.{len(about.quote.text):06}Z"
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        return t.judgement(Judgement(Matter.CLAIM, (about.id,), decision, BY, at))


def ids(*names: str) -> set[str]:
    return {{**RULES, **BY_MODEL}[name].id for name in names}


def test_the_last_extraction_by_the_rules_stays_current(asked_case: Case) -> None:
    with asked_case.connect() as connection:
        assert {e.extractor for e in reads.current_extractions(connection).values()} == {"rules-en@1"}
        assert set(reads.claims(connection)) == ids("rules 10", "rules 20")
        assert set(reads.judged_claims(connection)[0]) == ids("rules 10", "rules 20")
        assert set(reads.suggestions(connection)) == ids("model 10", "model 30")
        assert set(reads.judged_suggestions(connection)) == ids("model 10", "model 30")


def test_what_a_person_confirmed_stays_whatever_is_asked_later(asked_case: Case, clock: FakeClock) -> None:
    judge(asked_case, clock, BY_MODEL["model 30"])
    with asked_case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        document = claim(TEXT, 10).document
        t.extraction(document, id_of(reading(TEXT)), OTHER, {}, [BY_MODEL["other 10"]])
    with asked_case.connect() as connection:
        assert set(reads.suggestions(connection)) == ids("other 10", "model 30")
        found, standing_now = reads.judged_claims(connection)
    assert set(found) == ids("rules 10", "rules 20", "model 30")
    assert standing_now.orphans == ()


def test_of_another_text_a_suggestion_is_none_and_what_was_confirmed_waits_for_a_person(
    asked_case: Case, clock: FakeClock
) -> None:
    made = judge(asked_case, clock, BY_MODEL["model 30"])
    document = claim(TEXT, 10).document
    newer = Reading(document, "plain@2", "text/plain", f"Read anew: {TEXT}", Metadata(language="en"))
    with asked_case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        t.reading(newer)
    with asked_case.connect() as connection:
        assert reads.suggestions(connection) == {}
        found, standing_now = reads.judged_claims(connection)
    assert set(found) == ids("rules 10", "rules 20")
    assert [row.id for row in standing_now.orphans] == [made]


def test_what_a_person_adds_takes_the_place_of_the_same_harm_only() -> None:
    """A number may tell of two harms; a later extractor may read what a person had added before."""
    rules = claim(TEXT, 10, extractor="rules-en@1")
    same, other = replace(rules, extractor="person-1"), replace(rules, harm=Harm.WOUNDED, extractor="person-1")
    read = JudgedClaim(rules.id, rules, rules)

    def added(found: Claim, state: ClaimState = ClaimState.ACCEPTED) -> JudgedClaim:
        return JudgedClaim(found.id, found, found, state)

    assert [(c.id, c.replaced_by) for c in in_record([read, added(other)])] == [(rules.id, None), (other.id, None)]
    assert {(c.id, c.replaced_by) for c in in_record([read, added(same)])} == {(rules.id, same.id), (same.id, None)}
    # Where a person confirmed what the rules read as well, that stands.
    firm = replace(read, state=ClaimState.ACCEPTED)
    assert {(c.id, c.replaced_by) for c in in_record([firm, added(same)])} == {(rules.id, None), (same.id, rules.id)}
    assert [c.id for c in in_record([read, added(same, ClaimState.REJECTED)])] == [rules.id]
