"""Incidents from rows: place, days, label, order, and what people's rows do."""

import datetime as dt

import pytest

from sijill.core.claim import Harm
from sijill.core.incident import Incident
from sijill.core.place import Place
from sijill.link.derive import derive
from sijill.link.identity import founding_id, identity
from sijill.link.records import Linkage, Membership, Pair, Reported
from tests.link.notation import reports


def one(lines: str) -> Incident:
    claims = reports(lines)
    (found,) = derive(claims, Linkage(tuple(Membership("i1", c.id) for c in claims)))
    return found


def test_the_most_precise_place_that_most_reports_name() -> None:
    found = one("A/6 killed 8 Tarn 5 | B/6 killed 8 OrsaMill 5 | C/6 killed 8 Orsa 5 | D/6 killed 8 Orsa 5")
    assert found.place is not None
    assert found.place.name == "Orsa"


def test_a_report_that_repeats_a_place_has_one_vote() -> None:
    found = one("A/6 killed 8 OrsaMill 5 | A/6 wounded 9 OrsaMill 5 | B/6 killed 8 Orsa 5 | C/6 killed 8 Orsa 5")
    assert found.place is not None
    assert found.place.name == "Orsa"


def test_the_most_precise_days_that_most_reports_give() -> None:
    found = one("A/6 killed 8 Orsa 4-5 | B/6 killed 8 Orsa 4 | C/6 killed 8 Orsa 5 | D/6 killed 8 Orsa 5")
    assert found.period is not None
    assert (found.period.start, found.period.end) == (dt.date(2031, 3, 5), dt.date(2031, 3, 5))


def test_a_running_toll_has_its_latest_state_s_days() -> None:
    found = one("A/5 killed 11 Tarn 3-4 | B/9 killed 17 Tarn 3-9 | C/7 killed 13 Tarn 3-6")
    assert found.period is not None
    assert found.period.end == dt.date(2031, 3, 9)


@pytest.mark.parametrize(
    ("lines", "label"),
    [
        ("A/6 killed 8 Orsa 5", "Orsa, 5 March 2031"),
        ("A/6 displaced 8 Orsa 5 | B/6 property 9 Orsa 5", "Orsa, 5 March 2031 (displaced, property)"),
        ("A/6 killed 8 Orsa 5-6", "Orsa, 5 to 6 March 2031"),
        ("A/9 killed 8 Tarn 0227-9", "Tarn District, running toll, 27 February to 9 March 2031"),
        ("A/6 killed 8 Orsa -", "Orsa, day not given"),
        ("A/6 killed 8 - 5", "Place not given, 5 March 2031"),
        ("A/6 killed 8 أورسا 5", "أورسا, 5 March 2031"),
    ],
)
def test_labels(lines: str, label: str) -> None:
    assert one(lines).label == label


def test_a_label_has_no_control_or_direction_characters_and_an_end() -> None:
    (claim,) = reports("A/6 killed 8 Orsa 5")
    hostile = claim.claim.with_changes(place=Place("Orsa\u202e\n\x00<b>" + "x" * 200))
    judged = type(claim.judged)(claim.id, claim.claim, hostile)
    (found,) = derive([Reported(judged, 0)], Linkage((Membership("i1", claim.id),)))
    assert found.label == "Orsa <b>" + "x" * 72 + ", 5 March 2031"


def test_rejected_claims_stay_members_but_decide_nothing() -> None:
    found = one("A/6 killed 8 Orsa 5 rejected | B/6 killed 8 Tarn 5")
    assert len(found.claims) == 2
    assert found.label == "Tarn District, 5 March 2031"


def test_an_incident_of_rejected_claims_alone_is_still_shown() -> None:
    assert one("A/6 killed 8 Orsa 5 rejected").label == "Orsa, 5 March 2031"


def test_incidents_are_sorted_by_day_then_id_with_the_undated_last() -> None:
    claims = reports("A/? killed 8 Orsa - | B/6 killed 8 Orsa 5 | C/6 killed 8 Orsa 4 | D/6 killed 8 Velt 4")
    linkage = Linkage(tuple(Membership(f"i{n}", c.id) for n, c in zip("1432", claims, strict=True)))
    assert [i.id for i in derive(claims, linkage)] == ["i2", "i3", "i4", "i1"]


def test_documents_and_claims_stand_in_the_order_of_the_reports() -> None:
    claims = reports("A/6 killed 8 Orsa 5 | B/6 killed 8 Orsa 5 | A/6 wounded 9 Orsa 5")
    (found,) = derive(tuple(reversed(claims)), Linkage(tuple(Membership("i1", c.id) for c in claims)))
    assert found.documents == (claims[0].document, claims[1].document)
    assert found.claims == (claims[0].id, claims[2].id, claims[1].id)


def test_rows_on_claims_that_are_gone_are_passed_over() -> None:
    claims = reports("A/6 killed 8 Orsa 5")
    rows = (Membership("i1", claims[0].id), Membership("i2", "f" * 64))
    assert [i.id for i in derive(claims, Linkage(rows))] == ["i1"]


def test_a_person_may_put_a_claim_in_two_incidents() -> None:
    claims = reports("A/6 killed 8 Orsa 5")
    rows = tuple(Membership(i, claims[0].id, True, True) for i in ("i1", "i2"))
    assert [i.id for i in derive(claims, Linkage(rows))] == ["i1", "i2"]


def test_merged_incidents_lead_to_the_one_that_was_founded_first() -> None:
    claims = reports("A/6 killed 8 Orsa 5 | B/6 killed 8 Velt 5 | C/6 killed 8 Brenn 5")
    a, b, c = (founding_id(x) for x in claims)
    rows = tuple(Membership(founding_id(x), x.id) for x in claims)
    (found,) = derive(claims, Linkage(rows, (Pair(c, b, True), Pair(b, a, True))))
    assert (found.id, found.merged) == (a, tuple(sorted((b, c))))


def test_what_a_person_keeps_apart_is_not_joined_by_a_third() -> None:
    claims = reports("A/6 killed 8 Orsa 5 | B/6 killed 8 Velt 5 | C/6 killed 8 Brenn 5")
    a, b, c = (founding_id(x) for x in claims)
    rows = tuple(Membership(founding_id(x), x.id) for x in claims)
    pairs = (Pair(a, c, False), Pair(a, b, True), Pair(b, c, True))
    found = derive(claims, Linkage(rows, pairs))
    assert {i.id: i.merged for i in found} == {a: (b,), c: ()}


def test_splitting_a_merge_restores_both() -> None:
    claims = reports("A/6 killed 8 Orsa 5 | B/6 killed 8 Velt 5")
    a, b = (founding_id(x) for x in claims)
    rows = tuple(Membership(founding_id(x), x.id) for x in claims)
    before = derive(claims, Linkage(rows))
    assert derive(claims, Linkage(rows, (Pair(a, b, True),))) != before
    assert derive(claims, Linkage(rows, (Pair(a, b, False),))) == before


def test_a_refusal_holds_for_the_merged_incident_too() -> None:
    claims = reports("A/6 killed 8 Orsa 5 | B/6 killed 8 Velt 5")
    a, b = (founding_id(x) for x in claims)
    rows = (Membership(a, claims[0].id), Membership(b, claims[1].id), Membership(a, claims[1].id, False, True))
    stands = identity(Linkage(rows, (Pair(a, b, True),)), claims)
    assert claims[1].id not in stands.homes


def test_ids_of_founders_differ_by_document_harm_and_place_in_the_text() -> None:
    claims = reports("A/6 killed 8 Orsa 5 | A/6 wounded 8 Orsa 5 + | B/6 killed 8 Orsa 5")
    assert len({founding_id(c) for c in claims}) == 3
    first = claims[0]
    corrected = first.claim.with_changes(harm=Harm.WOUNDED)
    assert founding_id(Reported(type(first.judged)(first.id, first.claim, corrected), 0)) == founding_id(first)
    assert founding_id(first, taken={founding_id(first)}) != founding_id(first)
