from dataclasses import replace

from sijill.core.claim import Harm
from sijill.core.incident import Figure, GroupScope, Scope
from sijill.reconcile.explain import explain, explain_figure, numbers
from sijill.reconcile.figures import figures
from sijill.reconcile.rules import rule_set
from tests.reconcile.notation import Situation, situation

SPAN = rule_set("span")


def explained(found: Situation) -> list[str]:
    record = figures(found.incident, found.statements, found.origins, SPAN)
    return list(explain_figure(record.figures[0], found.statements, found.origins))


def test_it_says_why_low_why_high_who_and_what_was_set_aside() -> None:
    found = situation(
        "monitor 5 killed 8 | agency 6 killed >=5 | monitor 6 killed 8 |"
        "agency 4 killed 3 | ministry 7 killed 80 rejected"
    )
    assert explained(found) == [
        "killed, all: 5 to 8, 2 independent voices",
        "  low 5: Agency",
        "  high 8: Monitor",
        "  “at least” leaves the upper end open and does not raise it",
        "  voice: Monitor: “8” (Outlet 0, 2031-03-05); carried by 2 reports",
        "  voice: Agency: “>=5” (Outlet 1, 2031-03-06)",
        "  set aside: “3”, Agency (Outlet 3, 2031-03-04): superseded by the same voice on 2031-03-06",
        "  set aside: “80”, Ministry (Outlet 4, 2031-03-07): rejected by a person",
    ]


def test_conventions_are_named() -> None:
    lines = explained(situation("monitor 5 killed ~1500"))
    assert "  “about 1500” is taken as 1350 to 1650, 10 % either way" in lines


def test_the_origin_s_evidence_is_told() -> None:
    found = situation("monitor 5 killed 8")
    origins = {c: replace(o, reason="the report names it as its source") for c, o in found.origins.items()}
    assert "    the report names it as its source" in explained(replace(found, origins=origins))


def test_a_claim_without_number_or_origin_is_told_too() -> None:
    found = replace(situation("monitor 5 killed - | ministry 6 killed 4"), origins={})
    lines = explained(found)
    assert "  set aside: no number, unknown voice (Outlet 0, 2031-03-05): gives no number" in lines
    assert "  voice: Outlet 1, 2031-03-06: “4” (Outlet 1, 2031-03-06)" in lines


def test_a_whole_record_is_explained_figure_by_figure() -> None:
    found = situation("monitor 5@A killed 8 | monitor 5@A wounded 18")
    lines = explain(
        figures(found.incident, found.statements, found.origins, SPAN), found.statements, found.origins, SPAN
    )
    assert lines[0].startswith("Senna valley, under the rule set “span”: ")
    assert [line for line in lines if not line.startswith(" ")][1:] == [
        "",
        "killed, all: 8, 1 voice",
        "",
        "wounded, all: 18, 1 voice",
    ]


def test_numbers_as_people_write_them() -> None:
    scope = Scope(Harm.KILLED, GroupScope.ALL)
    assert numbers(Figure(scope, None, None, None, 0, ())) == "no number"
    assert numbers(Figure(scope, 2, None, None, 1, ())) == "2 or more"
    assert numbers(Figure(scope, 7, 8, 9, 2, ())) == "7 to 9, best 8"
