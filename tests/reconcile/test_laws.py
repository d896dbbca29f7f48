"""Laws that hold for any claims: what the figures must not depend on, and what they must never do."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sijill.core.claim import Harm, Subset
from sijill.core.incident import Figure, GroupScope, IncidentRecord, Scope
from sijill.core.state import ClaimState
from sijill.reconcile.figures import every_claim, figures
from sijill.reconcile.records import Statement
from sijill.reconcile.rules import RuleSet, rule_set, rule_sets
from sijill.reconcile.scopes import contains, lies_in
from tests.reconcile.notation import Situation, assemble, situation

SPAN = rule_set("span")
any_rules = st.sampled_from(rule_sets())

numbers = st.integers(1, 30)
quantities = st.one_of(
    numbers.map(str),
    numbers.map(lambda n: f">={n}"),
    numbers.map(lambda n: f"<={n}"),
    numbers.map(lambda n: f"~{n}"),
    st.tuples(numbers, numbers).map(lambda p: f"{min(p)}-{max(p)}"),
    st.sampled_from(["dozens", "several", "-"]),
)
lines = st.builds(
    "{0} {1}@{2} {3} {4} {5} {6} {7}".format,
    st.sampled_from(["monitor", "ministry", "hospital", "agency"]),
    st.integers(3, 9),
    st.sampled_from("ABCD"),
    st.sampled_from(["killed", "wounded"]),
    quantities,
    st.sampled_from(["", "civilians", "combatants", "mixed"]),
    st.sampled_from(["", "", "women", "children", "men", "medical"]),
    st.sampled_from(["", "", "", "rejected", "aside"]),
)
situations = st.lists(lines, min_size=1, max_size=9).map(lambda rows: situation(" | ".join(_one_day_a_report(rows))))


def _one_day_a_report(rows: list[str]) -> list[str]:
    """A report is published on one day, whichever of its claims is looked at."""
    days = {"A": 4, "B": 5, "C": 5, "D": 7}
    found = []
    for row in rows:
        voice, when, *rest = row.split()
        report = when.split("@")[1]
        found.append(" ".join([voice, f"{days[report]}@{report}", *rest]))
    return found


def reconciled(found: Situation, rules: RuleSet = SPAN) -> IncidentRecord:
    return figures(found.incident, found.statements, found.origins, rules)


def settled(record: IncidentRecord) -> dict[Scope, tuple[int | None, int | None, int | None, int]]:
    return {f.scope: (f.low, f.best, f.high, f.voices) for f in record.figures}


def without_repeats(figure: Figure) -> list[str]:
    return [a.reason for a in figure.set_aside if not a.reason.startswith("repeats ")]


@given(situations, any_rules)
def test_every_claim_of_a_scope_is_used_or_set_aside_and_never_both(found: Situation, rules: RuleSet) -> None:
    for figure in reconciled(found, rules).figures:
        inside = {s.id for s in found.statements.values() if lies_in(figure.scope, rules.cell(s.claim))}
        aside = [a.claim for a in figure.set_aside]
        assert every_claim(figure) == inside
        assert len(figure.claims) + len(aside) == len(inside)
        assert all(a.reason for a in figure.set_aside)


@given(situations, any_rules, st.randoms())
def test_the_order_in_which_claims_are_given_changes_nothing(found: Situation, rules: RuleSet, random: Random) -> None:
    ids = list(found.ids)
    random.shuffle(ids)
    statements = {id_: found.statements[id_] for id_ in ids}
    other = figures(replace(found.incident, claims=tuple(ids)), statements, found.origins, rules)
    assert (other.figures, other.grade) == (reconciled(found, rules).figures, reconciled(found, rules).grade)


@given(situations, any_rules, st.sampled_from("ABCD"), st.integers(0, 5))
def test_repeating_a_report_changes_no_figure_and_no_grade(
    found: Situation, rules: RuleSet, report: str, later: int
) -> None:
    repeated = with_repeat(found, report, later)
    before, after = reconciled(found, rules), reconciled(repeated, rules)
    assert (settled(after), after.grade) == (settled(before), before.grade)
    assert [f.claims for f in after.figures] == [f.claims for f in before.figures]


def with_repeat(found: Situation, report: str, later: int) -> Situation:
    """The situation with one report handed in again under another name, some days later."""
    days = {"A": "2031-03-04", "B": "2031-03-05", "C": "2031-03-05", "D": "2031-03-07"}
    statements, origins = list(found.statements.values()), dict(found.origins)
    order = 1 + max(s.order for s in statements)
    published = f"2031-03-{int(days[report][-2:]) + later:02}"
    for s in [s for s in statements if s.published == days[report] and s.order == first_order(found, report)]:
        source = s.judged.source.with_changes(document="f" * 64)
        judged = replace(s.judged, id=source.id, source=source, claim=source)
        statements.append(replace(s, judged=judged, order=order, published=published))
        origins[source.id] = replace(origins[s.id], claim=source.id)
    return assemble(statements, origins)


def first_order(found: Situation, report: str) -> int:
    days = {"A": "2031-03-04", "B": "2031-03-05", "C": "2031-03-05", "D": "2031-03-07"}
    return min((s.order for s in found.statements.values() if s.published == days[report]), default=-1)


@given(situations, lines)
def test_adding_a_rejected_claim_changes_no_number(found: Situation, line: str) -> None:
    added = situation(" ".join(_one_day_a_report([line])))
    (extra,) = added.statements.values()
    source = extra.judged.source.with_changes(document="e" * 64)
    judged = replace(extra.judged, id=source.id, source=source, claim=source, state=ClaimState.REJECTED)
    statements = [*found.statements.values(), replace(extra, judged=judged, order=99)]
    after = reconciled(assemble(statements, found.origins))
    before = settled(reconciled(found))
    assert {scope: numbers for scope, numbers in settled(after).items() if scope in before} == before
    assert all(f.low is f.high is None for f in after.figures if f.scope not in before)


@given(situations, any_rules)
def test_low_best_and_high_never_fall_and_a_number_has_a_voice(found: Situation, rules: RuleSet) -> None:
    for figure in reconciled(found, rules).figures:
        known = [n for n in (figure.low, figure.best, figure.high) if n is not None]
        assert known == sorted(known)
        assert (figure.voices == 0) == (figure.claims == ())


@given(situations)
def test_low_never_passes_high_and_no_best_is_given(found: Situation) -> None:
    for figure in reconciled(found).figures:
        assert figure.best is None
        assert figure.low is None or figure.low >= 1
        assert figure.low is None or figure.high is None or figure.low <= figure.high
        assert (figure.voices == 0) == (figure.claims == ())


@given(situations)
def test_no_part_counts_more_than_its_whole(found: Situation) -> None:
    record = reconciled(found)
    for whole in record.figures:
        for part in record.figures:
            if contains(whole.scope, part.scope) and whole.high is not None and part.high is not None:
                assert part.high <= whole.high


@given(situations)
def test_a_figure_lies_within_what_was_said(found: Situation) -> None:
    """No number comes from nowhere: high is no more than all that counting claims say, added up and widened."""
    for figure in reconciled(found).figures:
        counts = [c for s in found.statements.values() if s.judged.counts and (c := s.claim.count) is not None]
        most = sum(max(c.low or 0, c.high or 0, 2) for c in counts)
        assert figure.high is None or figure.high <= most + most // 10


def test_the_laws_meet_what_they_speak_of() -> None:
    """The situations above would pass if they were empty: here are all kinds in one."""
    found = situation(
        "monitor 4@A killed 8 | monitor 4@A killed 3 women | ministry 5@B killed >=6 | agency 5@C killed 8 civilians |"
        "hospital 7@D wounded ~20 | monitor 7@D killed 9 rejected"
    )
    scopes = {f.scope for f in reconciled(found).figures}
    assert Scope(Harm.KILLED, GroupScope.CIVILIANS) in scopes
    assert Scope(Harm.KILLED, GroupScope.ALL, Subset.WOMEN) in scopes
    repeated = with_repeat(found, "A", 2)
    assert len(repeated.ids) == len(found.ids) + 2
    assert [without_repeats(f) for f in reconciled(repeated).figures] == [
        without_repeats(f) for f in reconciled(found).figures
    ]
    assert isinstance(next(iter(found.statements.values())), Statement)
