import pytest

from sijill.core.claim import Harm
from sijill.core.errors import InputError
from sijill.core.incident import Grade
from sijill.reconcile.figures import figures
from sijill.reconcile.preset import Preset
from sijill.reconcile.rules import own_rule_set
from tests.reconcile.notation import scoped, situation

LEAST = 'name = "ours"\nabout = "What we publish."\n'


def made(text: str) -> Preset:
    return own_rule_set(LEAST + text, where="ours.toml")


def test_without_choices_it_is_a_span_with_no_grade() -> None:
    found = situation("monitor 5 killed ~50 | ministry 5 killed 60")
    record = figures(found.incident, found.statements, found.origins, made(""))
    one = scoped(record, "killed")
    assert (one.low, one.best, one.high, record.rules, record.grade) == (45, None, 60, "ours", Grade.UNGRADED)


def test_every_choice_has_its_effect() -> None:
    rules = made(
        'harms = ["killed"]\nabout_percent = 20\nbest = "most_reliable"\nreliable = ["Ministry"]\n'
        'grade = "two_sources"\n'
        "presumed_civilian = true\n[vague]\ndozens = [12, 36]\nhundreds = [100]\n[uncounted]\nkilled = [1, 2]\n"
    )
    found = situation("monitor 5 killed ~50 | ministry 5 killed 60 | agency 5 wounded 9")
    record = figures(found.incident, found.statements, found.origins, rules)
    one = scoped(record, "killed civilians")
    assert (one.low, one.best, one.high, record.grade) == (40, 60, 60, Grade.CONFIRMED)
    assert "Ministry, ranked as the most reliable here" in one.reason
    assert scoped(record, "wounded").low is None
    vague = situation("monitor 5 killed dozens | ministry 5 killed hundreds")
    one = scoped(figures(vague.incident, vague.statements, vague.origins, rules), "killed")
    assert (one.low, one.high) == (12, None)
    assert rules.harms == {Harm.KILLED}


def test_voices_needed_to_verify_can_be_set() -> None:
    found = situation("monitor 5 killed 8 | ministry 5 killed 6")
    record = figures(
        found.incident, found.statements, found.origins, made('best = "verified"\nvoices = 2\ngrade = "verified"\n')
    )
    one = scoped(record, "killed")
    assert (one.low, one.best, one.high, record.grade) == (6, 6, 8, Grade.VERIFIED)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = 'ours'", "ours.toml: `about` is missing"),
        ("about = 'x'", "ours.toml: `name` is missing"),
        ("name = 'span'\nabout = 'x'", "name = 'span' cannot be used"),
        ("name = 'Our Rules'\nabout = 'x'", "name = 'Our Rules' cannot be used"),
        ("name = ", "ours.toml: not TOML"),
        (LEAST + "bets = 'lowest'", "unknown key 'bets'\nhint: known: about"),
        (LEAST + "best = 'highest'", "best = 'highest' cannot be used\nhint: it is one of none, lowest"),
        (LEAST + "reliable = ['Ministry']", "`reliable` says nothing here"),
        (LEAST + "about_percent = 101", "about_percent = '101' cannot be used\nhint: it is a whole number from 0 to"),
        (LEAST + "about_percent = true", "about_percent = 'True' cannot be used"),
        (LEAST + "harms = ['slain']", r"hint: it is a list out of killed, wounded"),
        (LEAST + "[vague]\nzillions = [1, 2]", r"unknown \[vague\] 'zillions'\nhint: known: few, several"),
        (LEAST + "[vague]\ndozens = [24, 12]", r"vague.dozens = '\[24, 12\]' cannot be used"),
        (LEAST + "[vague]\ndozens = [-1]", r"hint: it is \[low, high\] or \[low\]"),
        (LEAST + "[vague]\ndozens = []", r"hint: it is \[low, high\] or \[low\]"),
        (LEAST + "[uncounted]\nkilled = [1.5, 2]", r"hint: it is \[low, high\] or \[low\]"),
        (LEAST + "#" * 100_000, "at most 100000 characters"),
    ],
)
def test_what_is_wrong_is_said_with_what_may_stand_there(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        own_rule_set(text, where="ours.toml")
