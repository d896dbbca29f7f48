import datetime as dt
import re

import pytest

from sijill.core.claim import Attribution, AttributionKind, Count, Group, GroupType, Harm, Perpetrator, Stance, Subset
from sijill.core.incident import GroupScope, Scope
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Qualifier, Quantity
from sijill.publish.catalogue import catalogue
from sijill.publish.wording import Wording

EN, AR = Wording(catalogue("en")), Wording(catalogue("ar"))
MARCH = dt.date(2031, 3, 4)


def words(markup: str) -> str:
    """The text of a piece of HTML."""
    return re.sub(r"<[^>]*>", "", markup)


@pytest.mark.parametrize(
    ("low", "high", "english", "arabic"),
    [
        (8, 8, "8", "8"),
        (3, 5, "3 to 5", "من 3 إلى 5"),
        (1500, None, "1,500 or more", "1,500 أو أكثر"),
        (None, 40, "up to 40", "حتى 40"),
        (None, None, "no number", "لا رقم"),
        (0, 0, "0", "0"),
    ],
)
def test_ranges_are_words_not_dashes(low: int | None, high: int | None, english: str, arabic: str) -> None:
    assert (EN.interval(low, high), AR.interval(low, high)) == (english, arabic)


@pytest.mark.parametrize(
    ("quantity", "english", "arabic"),
    [
        (Quantity.exactly(8), "8", "8"),
        (Quantity.at_least(8), "at least 8", "8 على الأقل"),
        (Quantity.at_most(40), "at most 40", "40 على الأكثر"),
        (Quantity(10, 40, Qualifier.AT_MOST), "10 to 40", "من 10 إلى 40"),
        (Quantity.about(1500), "about 1,500", "نحو 1,500"),
        (Quantity.between(30, 40), "30 to 40", "بين 30 و40"),
        (Quantity.vague(), "several, no number given", "عدد غير محدَّد"),
    ],
)
def test_amounts_keep_the_hedge(quantity: Quantity, english: str, arabic: str) -> None:
    count = Count("words", 0, 5, quantity.low, quantity.high, quantity.qualifier)
    assert (EN.amount(count), AR.amount(count)) == (english, arabic)


def test_an_uncounted_claim_has_no_amount() -> None:
    assert EN.amount(None) == "no number"


@pytest.mark.parametrize(
    ("start", "end", "english", "arabic"),
    [
        (MARCH, MARCH, "4 March 2031", "4 آذار 2031"),
        (MARCH, dt.date(2031, 3, 9), "4 to 9 March 2031", "من 4 إلى 9 آذار 2031"),
        (MARCH, dt.date(2031, 4, 1), "4 March to 1 April 2031", "من 4 آذار إلى 1 نيسان 2031"),
        (dt.date(2030, 12, 26), dt.date(2031, 1, 2), "26 December 2030 to 2 January 2031",
         "من 26 كانون الأول 2030 إلى 2 كانون الثاني 2031"),
        (MARCH, None, "since 4 March 2031", "منذ 4 آذار 2031"),
        (None, MARCH, "until 4 March 2031", "حتى 4 آذار 2031"),
        (None, None, "day not said", "اليوم غير مذكور"),
    ],
)  # fmt: skip
def test_days_are_no_longer_than_they_must_be(
    start: dt.date | None, end: dt.date | None, english: str, arabic: str
) -> None:
    period = Period("", start, end, 1)
    assert (words(EN.days(period)), words(AR.days(period))) == (english, arabic)


@pytest.mark.parametrize(
    ("written", "english"),
    [
        ("2031-03-04", "4 March 2031"),
        ("2031-03-04T18:40:00Z", "4 March 2031, 18:40 UTC"),
        ("2031-03-04T18:40:00+05:30", "4 March 2031, 18:40 UTC+05:30"),
        ("2031-03-04T18:40", "4 March 2031, 18:40"),
        ("2031-02-30", "2031-02-30"),
        ("last Tuesday <b>", "last Tuesday &lt;b&gt;"),
        ("", ""),
    ],
)
def test_moments_are_read_or_shown_as_they_are(written: str, english: str) -> None:
    assert words(EN.moment(written)) == english


def test_machines_can_read_the_days() -> None:
    assert EN.day(MARCH) == '<time datetime="2031-03-04">4 March 2031</time>'


@pytest.mark.parametrize(
    ("scope", "english", "arabic"),
    [
        (Scope(Harm.KILLED), "Killed: everyone", "قتلى: الجميع"),
        (Scope(Harm.PROPERTY), "Property: of every kind", "ممتلكات: بجميع أنواعها"),
        (Scope(Harm.KILLED, GroupScope.ALL, Subset.WOMEN), "Killed: women", "قتلى: نساء"),
        (Scope(Harm.WOUNDED, GroupScope.CIVILIANS, Subset.CHILDREN), "Wounded: civilians, children",
         "جرحى: مدنيون، أطفال"),
    ],
)  # fmt: skip
def test_scopes(scope: Scope, english: str, arabic: str) -> None:
    assert (EN.scope(scope), AR.scope(scope)) == (english, arabic)


def test_coordinates_cannot_be_swapped_by_the_direction_of_the_line() -> None:
    place = Place("Tell Oren", "تل أورين", "mv:117", -36.14031, 37.0, 2)
    assert AR.coordinates(place) == '<bdi dir="ltr" class="coordinates">-36.1403, 37.0000</bdi>'
    assert words(EN.place(place)) == "“Tell Oren”: تل أورين, -36.1403, 37.0000, near a known place"


def test_what_is_not_known_is_said() -> None:
    assert EN.place(None) == "place not said"
    assert words(EN.place(Place("the valley"))) == "“the valley”: not found in the gazetteer"
    assert EN.period(None) == "day not said"
    assert words(EN.period(Period("in winter", None, None, 5))) == "“in winter”: day not said"
    assert EN.attribution(None) == "the report itself, naming no source"
    assert EN.perpetrator(None) == "nobody named"


def test_who_says_it_and_through_whom() -> None:
    attribution = Attribution("citing", "<Monitor>", AttributionKind.MONITOR, ("Wire", "Courier"))
    assert words(EN.attribution(attribution)) == "&lt;Monitor&gt; (monitoring group), passed on by Wire, Courier"
    unnamed = Attribution("witnesses said", "", AttributionKind.WITNESS)
    assert EN.attribution(unnamed) == "witness"


def test_groups_and_perpetrators() -> None:
    group = Group("schoolgirls", GroupType.CIVILIANS, Subset.CHILDREN)
    assert words(EN.group(group)) == "“schoolgirls”: civilians, children"
    assert words(EN.perpetrator(Perpetrator("the militia", Stance.DENIED))) == "the militia (denies it)"


def test_a_language_is_named_or_its_code_shown() -> None:
    assert EN.language("ar") == "Arabic"
    assert EN.language("x<y") == "<bdi>x&lt;y</bdi>"
