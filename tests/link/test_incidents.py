"""What holds for suggestions over whole sets of reports: stability, people's word, growth of cost."""

import datetime as dt
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sijill.core.judgement import Decision, Judgement, Matter
from sijill.core.period import Period
from sijill.link.derive import derive
from sijill.link.incidents import Linking, suggest
from sijill.link.records import Linkage, Membership, Pair, Reported
from tests.link.notation import reports, together

lines = st.lists(
    st.builds(
        "{0} {1} {2} {3} {4}".format,
        st.sampled_from(["killed", "killed", "wounded", "displaced"]),
        st.sampled_from(["1", "3", "8", "9", "30", "none"]),
        st.sampled_from(["Orsa", "OrsaMill", "Velt", "Tarn", "Marn", "Meravia", "Nowhere", "-"]),
        st.sampled_from(["3", "4", "5", "3-4", "3-9", "0101-6", "-"]),
        st.sampled_from(["", "+", "far"]),
    ),
    min_size=1,
    max_size=4,
)
cases = st.lists(lines, min_size=1, max_size=6).map(
    lambda docs: reports(
        " | ".join(
            f"R{i}/{6 + i % 4} {line if j else line.removesuffix('+')}"
            for i, doc in enumerate(docs)
            for j, line in enumerate(doc)
        )
    )
)


def linked(claims: tuple[Reported, ...], linkage: Linkage) -> Linkage:
    return linkage.extended(suggest(claims, linkage))


@given(cases, st.integers(0, 6))
def test_two_runs_give_the_same_incidents_as_one(claims: tuple[Reported, ...], cut: int) -> None:
    first = tuple(c for c in claims if c.order < cut)
    at_once, in_two = linked(claims, Linkage()), linked(claims, linked(first, Linkage()))
    assert set(in_two.memberships) == set(at_once.memberships)
    assert derive(claims, in_two) == derive(claims, at_once)


@given(cases)
def test_a_second_run_has_nothing_to_add(claims: tuple[Reported, ...]) -> None:
    once = linked(claims, Linkage())
    assert suggest(claims, once) == ()


@given(cases, st.randoms())
def test_the_order_in_which_claims_are_given_changes_nothing(claims: tuple[Reported, ...], random: Random) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert set(suggest(shuffled, Linkage())) == set(suggest(claims, Linkage()))


@given(cases)
def test_each_claim_gets_one_incident_at_most_with_a_score_and_a_reason(claims: tuple[Reported, ...]) -> None:
    found = suggest(claims, Linkage())
    assert len({s.claim for s in found}) == len(found)
    assert all(0 < s.score <= 1 and s.reason for s in found)


@given(cases)
def test_a_claim_is_never_suggested_for_what_a_person_took_it_out_of(claims: tuple[Reported, ...]) -> None:
    once = linked(claims, Linkage())
    refused = tuple(Membership(m.incident, m.claim, belongs=False, human=True) for m in once.memberships[:2])
    stands = Linkage(once.memberships + refused)
    assert not {(s.incident, s.claim) for s in suggest(claims, stands)} & {(m.incident, m.claim) for m in refused}


TWO = "A/6 killed 8 Orsa 5 | B/6 killed 7 Orsa 5"


def test_the_reason_says_what_agrees_in_words_and_names_no_place() -> None:
    founding, joining = suggest(reports(TWO), Linkage())
    assert founding.reason == "first report of harm at this place and time"
    assert joining.reason == "same village or town, same day, killed 7 and 8"
    assert founding.score == 1
    assert 0.9 < joining.score < 1


def test_ids_come_from_the_founding_claim_and_stay_as_reports_are_added() -> None:
    claims = reports(TWO + " | C/6 killed 9 Orsa 5")
    (incident,) = {s.incident for s in suggest(claims, Linkage())}
    (again,) = {s.incident for s in suggest(claims[:2], Linkage())}
    assert incident == again
    assert incident.startswith("i")
    assert len(incident) == 13


def test_a_refused_claim_founds_an_incident_of_its_own() -> None:
    claims = reports(TWO)
    once = linked(claims, Linkage())
    refused = Linkage((*once.memberships, Membership(once.memberships[1].incident, claims[1].id, False, True)))
    (apart,) = suggest(claims, refused)
    assert apart.claim == claims[1].id
    assert {i.claims for i in derive(claims, refused.extended([apart]))} == {(c.id,) for c in claims}


def test_the_founder_taken_out_founds_another_id() -> None:
    claims = reports(TWO)
    once = linked(claims, Linkage())
    incident = once.memberships[0].incident
    refused = Linkage((*once.memberships, Membership(incident, claims[0].id, False, True)))
    (apart,) = suggest(claims, refused)
    assert apart.incident != incident


def test_taking_a_refusal_back_restores_what_was() -> None:
    claims = reports(TWO)
    once = linked(claims, Linkage())
    refusal = Membership(once.memberships[0].incident, claims[1].id, False, True)
    apart = linked(claims, Linkage((*once.memberships, refusal)))
    undone = Linkage(tuple(m for m in apart.memberships if m != refusal))
    assert derive(claims, apart) != derive(claims, once)
    assert derive(claims, undone) == derive(claims, once)


def test_a_person_s_placing_outranks_the_program_s() -> None:
    claims = reports("A/6 killed 8 Orsa 5 | B/6 killed 3 Brenn 5")
    once = linked(claims, Linkage())
    target = once.memberships[0].incident
    moved = Linkage((*once.memberships, Membership(target, claims[1].id, True, True)))
    assert suggest(claims, moved) == ()
    (one,) = derive(claims, moved)
    assert one.id == target
    assert one.claims == tuple(c.id for c in claims)


def test_new_reports_join_what_a_person_merged_under_the_older_id() -> None:
    claims = reports("A/6 killed 8 Orsa 5 | B/6 killed 8 Velt 5 | C/6 killed 8 Velt 5")
    once = linked(claims[:2], Linkage())
    a, b = (m.incident for m in once.memberships)
    merged = linked(claims, Linkage(once.memberships, (Pair(b, a, True),)))
    assert merged.memberships[-1].incident == a
    (one,) = derive(claims, merged)
    assert (one.id, one.merged) == (a, (b,))


def test_linkage_is_read_from_the_judgements_that_stand() -> None:
    def row(matter: Matter, subjects: tuple[str, str], decision: Decision, by: str) -> Judgement:
        return Judgement(matter, subjects, decision, by, "2031-03-06T00:00:00Z")

    found = Linkage.of(
        [
            row(Matter.MEMBERSHIP, ("i1", "c1"), Decision.SAME, "auto"),
            row(Matter.MEMBERSHIP, ("i1", "c2"), Decision.DIFFERENT, "Rana"),
            row(Matter.INCIDENT, ("i1", "i2"), Decision.SAME, "Rana"),
            Judgement(Matter.CLAIM, ("c1",), Decision.REJECT, "Rana", "2031-03-06T00:00:00Z"),
        ]
    )
    assert found.memberships == (Membership("i1", "c1", True, False), Membership("i1", "c2", False, True))
    assert found.pairs == (Pair("i1", "i2", True, True),)


def synthetic(n: int) -> tuple[Reported, ...]:
    """`n` claims, five to an incident, over villages and days that grow with `n` as a longer conflict does."""
    found = []
    places = "Orsa", "Velt", "Brenn", "BrennNorth"
    first = dt.date(2031, 1, 1)
    claims = {p: reports(f"A/1 killed 8 {p} 1")[0] for p in places}
    for i in range(n):
        incident = i // 5
        pattern = claims[places[incident % 4]]
        on = first + dt.timedelta(days=3 * (incident // 4))
        period = Period.of("", on, on)
        claim = pattern.claim.with_changes(document=f"{i:064x}", period=period)
        judged = type(pattern.judged)(claim.id, claim, claim)
        found.append(Reported(judged, i, f"r{i}", f"Outlet {i % 7}", on + dt.timedelta(days=1), pattern.text))
    return tuple(found)


def compared(claims: tuple[Reported, ...]) -> int:
    linking = Linking.over(claims, Linkage())
    linking.read()
    assert len({s.incident for s in linking.made}) == len(claims) // 5
    return linking.ledger.compared


def test_ten_times_the_claims_cost_about_ten_times_the_comparisons() -> None:
    small, large = compared(synthetic(1_000)), compared(synthetic(10_000))
    assert large <= 12 * small


def test_synthetic_incidents_are_found_again() -> None:
    claims = synthetic(200)
    groups = together(claims, linked(claims, Linkage()))
    assert all(b - a == 1 for group in groups for a, b in pairwise(group))
    assert {len(group) for group in groups} == {5}
