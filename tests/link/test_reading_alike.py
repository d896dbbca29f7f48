"""What holds for incidents found by the texts of reports: order, runs, repeats, and people's word."""

import datetime as dt
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.place import Place
from sijill.link.derive import derive
from sijill.link.features import weights
from sijill.link.identity import Identity
from sijill.link.incidents import suggest
from sijill.link.profiles import Report, dated
from sijill.link.records import Linkage, Membership
from tests.link.invented import report, told

seeds = st.integers(0, 50)


def run(reports: tuple[Report, ...], before: Linkage | None = None) -> Linkage:
    standing = before or Linkage()
    return standing.extended(suggest((), standing, reports))


def groups(reports: tuple[Report, ...], linkage: Linkage) -> set[frozenset[str]]:
    return {frozenset(i.documents) for i in derive((), linkage, reports)}


def planted(count: int, seed: int) -> tuple[tuple[Report, ...], set[frozenset[str]]]:
    rows = told(count, seed=seed)
    by_event: dict[int, set[str]] = {}
    for r, event in rows:
        by_event.setdefault(event, set()).add(r.document)
    return dated(r for r, _ in rows), {frozenset(d) for d in by_event.values()}


def test_reports_in_different_words_of_one_attack_are_one_incident() -> None:
    reports, expected = planted(12, 1)
    found = groups(reports, run(reports))
    assert len(found & expected) >= 10
    assert all(any(group <= event for event in expected) for group in found)


@settings(max_examples=8)
@given(seeds, st.randoms())
def test_the_order_of_the_reports_makes_no_difference(seed: int, random: Random) -> None:
    reports, _ = planted(5, seed)
    shuffled = list(reports)
    random.shuffle(shuffled)
    reordered = tuple(replace(r, order=i) for i, r in enumerate(shuffled))
    assert groups(reordered, run(reordered)) == groups(reports, run(reports))


@settings(max_examples=8)
@given(seeds, st.integers(1, 19))
def test_a_run_after_another_gives_what_one_run_over_all_gives(seed: int, cut: int) -> None:
    reports, _ = planted(5, seed)
    in_two = run(reports, run(reports[:cut]))
    assert groups(reports, in_two) == groups(reports, run(reports))
    assert suggest((), in_two, reports) == ()


@settings(max_examples=8)
@given(seeds)
def test_a_repeated_report_joins_its_incident_and_changes_no_other(seed: int) -> None:
    reports, _ = planted(5, seed)
    before = run(reports)
    again = replace(reports[0], document="f" * 64, order=len(reports), text=reports[0].text + " Again.")
    after = groups((*reports, again), run((*reports, again), before))
    home = next((g for g in groups(reports, before) if reports[0].document in g), frozenset({reports[0].document}))
    assert after == (groups(reports, before) - {home}) | {home | {again.document}}


def test_ids_stay_as_reports_are_added() -> None:
    reports, _ = planted(5, 3)
    first = run(reports[:-1])
    ids = {i.id for i in derive((), first, reports)}
    assert ids <= {i.id for i in derive((), run(reports, first), reports)}


def test_a_report_that_a_person_took_out_stays_out_and_undoing_that_restores_what_was() -> None:
    reports, _ = planted(3, 2)
    once = run(reports)
    member = once.memberships[0]
    refusal = Membership(member.incident, member.claim, belongs=False, human=True)
    refused = run(reports, Linkage((*once.memberships, refusal)))
    assert all(member.claim not in i.documents for i in derive((), refused, reports) if i.id == member.incident)
    undone = Linkage(tuple(m for m in refused.memberships if m != refusal))
    assert derive((), run(reports, undone), reports) == derive((), once, reports)


def test_incidents_that_a_person_judged_on_keep_their_members() -> None:
    reports, _ = planted(3, 2)
    once = run(reports)
    held = [m for m in once.memberships if m.incident == once.memberships[0].incident]
    confirmed = Linkage((*once.memberships, Membership(held[0].incident, held[0].claim, human=True)))
    # With the other reports gone, nothing but the person's word holds these together.
    alone = tuple(r for r in reports if r.document in {m.claim for m in held})
    assert groups(alone, run(alone, confirmed)) == {frozenset(m.claim for m in held)}


def test_an_id_whose_reports_have_moved_leads_to_where_they_are() -> None:
    stands = Identity({}, {"c1": ("i2",), "c2": ("i2",)}, frozenset(), left={"i1": ("c1",)})
    assert stands.merged() == {"i2": ("i1",)}


def test_reasons_are_in_words_without_names() -> None:
    reports, _ = planted(3, 1)
    found = suggest((), Linkage(), reports)
    assert all(0 < s.score <= 1 and s.reason.startswith("reads like other reports of it: ") for s in found)
    names = {m.place.text for r in reports for m in r.places}
    assert not any(name in s.reason for s in found for name in names)


@settings(max_examples=25)
@given(seeds, st.integers(2, 4))
def test_in_a_small_case_two_attacks_are_not_one(seed: int, events: int) -> None:
    reports, expected = planted(events, seed)
    for group in groups(reports, run(reports)):
        assert any(group <= event for event in expected)


def test_reports_join_at_even_odds_at_least() -> None:
    chosen = weights()
    assert min(chosen.join, chosen.attach) >= 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The war in the valley began on 15 March 2030. Yesterday nine people died in Ostra.", None),
        ("Posted 15 March 2031\nThe war began on 4 June 2030. Yesterday nine people died in Ostra.", (2031, 3, 15)),
        ("Posted 03/04/2031\nYesterday nine people died in Ostra.", None),
        ("Posted 15/03/2031\nOn Tuesday, 4 March, nine people died in Ostra.", (2031, 3, 4)),
    ],
)
def test_the_day_that_an_undated_report_tells(text: str, told: tuple[int, int, int] | None) -> None:
    known = [report("x", Place("Ostra"), dt.date(year, 3, 9), 0) for year in (2030, 2031)]
    assert dated([*known, report(text, Place("Ostra"), None, 2)])[-1].told == (dt.date(*told) if told else None)
