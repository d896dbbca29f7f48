import datetime as dt
from dataclasses import replace

from sijill.core.period import Period
from sijill.core.state import JudgedClaim
from sijill.reconcile.rules import rule_set
from sijill.reconcile.voices import hear
from tests.reconcile.notation import situation

BOUNDS = rule_set("span").bounds


def test_each_voice_speaks_once_on_each_cell() -> None:
    found = situation("monitor 5 killed 8 | monitor 6 killed 9 | monitor 5 killed 3 women | ministry 5 killed 8")
    heard = hear(found.statements.values(), found.origins, BOUNDS)
    assert sorted((s.voice, str(s.cell.subset), str(s.bounds)) for s in heard.said) == [
        ("ministry", "", "8"),
        ("monitor", "", "9"),
        ("monitor", "women", "3"),
    ]


def test_a_claim_without_an_origin_is_the_voice_of_its_report_alone() -> None:
    found = situation("monitor 5 killed 8 | monitor 6 killed 8")
    heard = hear(found.statements.values(), {}, BOUNDS)
    assert len({s.voice for s in heard.said}) == 2
    assert {s.name for s in heard.said} == {"Outlet 0, 2031-03-05", "Outlet 1, 2031-03-06"}


def test_the_first_to_say_it_is_used_and_the_later_ones_repeat_it() -> None:
    found = situation("monitor 7 killed 8 | monitor 6 killed 8")
    heard = hear(found.statements.values(), found.origins, BOUNDS)
    assert [s.claim for s in heard.said] == [found.ids[1]]
    assert [a.reason for a in heard.aside] == ["repeats the same voice's count, as in: Outlet 1, 2031-03-06"]


def test_of_two_vague_words_the_later_stands() -> None:
    found = situation("monitor 5 killed dozens | monitor 6 killed hundreds")
    heard = hear(found.statements.values(), found.origins, BOUNDS)
    assert [s.claim for s in heard.said] == [found.ids[1]]
    assert [a.reason for a in heard.aside] == ["superseded by the same voice on 2031-03-06"]


def test_times_in_two_zones_are_compared_in_utc() -> None:
    found = situation("monitor 5 killed 5 | monitor 5 killed 6")
    early, late = found.statements.values()
    moved = {
        early.id: type(early)(early.judged, 0, published="2031-03-05T23:30:00-03:00"),
        late.id: type(late)(late.judged, 1, published="2031-03-06T01:00:00+00:00"),
    }
    heard = hear(moved.values(), found.origins, BOUNDS)
    assert [s.claim for s in heard.said] == [early.id]


def test_without_a_date_of_publication_the_last_day_counted_dates_a_statement() -> None:
    found = situation("monitor ? killed 745 | monitor ? killed 340")
    days = {found.ids[0]: dt.date(2031, 3, 9), found.ids[1]: dt.date(2031, 3, 8)}
    dated = []
    for s in found.statements.values():
        claim = s.claim.with_changes(period=Period.of("", dt.date(2031, 3, 6), days[s.id]))
        dated.append(replace(s, judged=JudgedClaim(s.id, s.judged.source, claim)))
    heard = hear(dated, found.origins, BOUNDS)
    assert [s.claim for s in heard.said] == [found.ids[0]]
    assert [a.reason for a in heard.aside] == ["superseded by the same voice on 2031-03-09"]
