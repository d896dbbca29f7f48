import pytest

from sijill.core.claim import Perpetrator, Stance
from sijill.core.errors import UnknownId
from sijill.core.incident import Grade
from sijill.reconcile.figures import figures, perpetrators
from sijill.reconcile.records import Statement
from sijill.reconcile.rules import DEFAULT, RULE_SETS, rule_set, rule_sets
from tests.reconcile.notation import situation


def test_rule_sets_are_found_by_the_name_they_give_themselves() -> None:
    assert [rules.name for rules in rule_sets()] == sorted(RULE_SETS)
    assert all(rule_set(name).name == name and rule_set(name).about for name in RULE_SETS)
    assert DEFAULT in RULE_SETS


def test_an_unknown_rule_set_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        UnknownId, match="no rule set is called 'spam'\nhint: there are: acled, airwars, ibc, median, ohchr, span, ucdp"
    ):
        rule_set("spam")


def test_span_grades_nothing() -> None:
    found = situation("monitor 5 killed 8 | ministry 5 killed 8")
    assert figures(found.incident, found.statements, found.origins, rule_set("span")).grade is Grade.UNGRADED


def test_a_claim_that_is_not_current_is_refused() -> None:
    found = situation("monitor 5 killed 8")
    with pytest.raises(UnknownId, match=f"claim {found.ids[0][:12]} of incident i0 is not current"):
        figures(found.incident, {}, found.origins, rule_set("span"))


def test_perpetrators_are_those_named_by_claims_that_count() -> None:
    found = situation(
        "monitor 5 killed 8 | ministry 5 killed 8 | agency 6 killed 8 | mayor 6 killed 8 rejected | army 6 killed 8"
    )
    named = [
        Perpetrator("Heron  Front"),
        Perpetrator("the army"),
        Perpetrator("heron front"),
        Perpetrator("rioters"),
        Perpetrator("the army", Stance.DENIED),
    ]
    held: list[Statement] = []
    for s, who in zip(found.statements.values(), named, strict=True):
        claim = s.claim.with_changes(perpetrator=who)
        judged = type(s.judged)(s.id, claim, claim, s.judged.state)
        held.append(Statement(judged, s.order))
    assert perpetrators(held) == ("Heron Front", "the army")
