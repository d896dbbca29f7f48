"""Words as linking compares them, and the days that texts name."""

import datetime as dt

import pytest

from sijill.link.words import content, day_of_text, days_named, full_days, terms, weekdays_named


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("قـ ـصـ ـف", "قصف"),
        ("اسـ.ـتهـ.ـدف", "استهدف"),
        ("استشها.د", "استشهاد"),
        ("x" * 90 + "All reactions:12 comments", "x" * 90),
        ("All reactions: are welcome", "All reactions: are welcome"),
    ],
)
def test_masked_words_are_put_together_and_what_the_page_adds_is_left(text: str, kept: str) -> None:
    assert content(text) == kept


@pytest.mark.parametrize(
    ("one", "other"), [("والقرية", "القرية"), ("بالقرية", "قرية"), ("للقرية", "القرية"), ("قريتها", "القريت")]
)
def test_affixes_make_no_difference(one: str, other: str) -> None:
    assert terms(one) == terms(other)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on March 4", {(3, 4)}),
        ("4 آذار/مارس", {(3, 4)}),
        ("5 تشرين الأول", {(10, 5)}),
        ("le 14 août 2031", {(8, 14)}),
        ("09-03-2031 and 2031/03/10", {(3, 9), (3, 10)}),
        ("4 may they rest, 45 March", {(5, 4)}),
        ("March of the 40", set()),
    ],
)
def test_days_of_the_year(text: str, days: set[tuple[int, int]]) -> None:
    assert days_named(text) == days


def test_days_of_the_week_in_two_languages() -> None:
    assert weekdays_named("Friday; يوم السبت; mercredi") == {2, 4, 5}


@pytest.mark.parametrize(
    ("text", "years", "found"),
    [
        ("Tuesday 4 March", range(2029, 2034), (dt.date(2031, 3, 4),)),
        ("Tuesday 4 March", range(2020, 2034), ()),
        ("اليوم الثلاثاء 4 آذار", range(2029, 2034), (dt.date(2031, 3, 4),)),
        ("Friday 29 February", range(2029, 2034), ()),
        ("4 March", range(2029, 2034), ()),
    ],
)
def test_a_day_of_the_week_and_of_the_month_give_the_year(text: str, years: range, found: tuple[dt.date, ...]) -> None:
    assert full_days(text, years) == found


YEARS = range(2029, 2034)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        # It heads the report: a line of its own, or a dateline.
        ("Posted 15/03/2031\nYesterday nine people died in Orsa. The war began on 4 June 2029.", (2031, 3, 15)),
        ("By Mira Sand\n\n15 March 2031, 10:45 GMT\n\nNine people died on Friday.", (2031, 3, 15)),
        ("Orsa, 15 March 2031 — Nine people died yesterday.", (2031, 3, 15)),
        # It is the only day of the text.
        ("Nine people, all of them farmers, died in Orsa on 15 March 2031.", (2031, 3, 15)),
        ("Nine farmers were killed in Orsa today, 15 March 2031, and buried at once.", (2031, 3, 15)),
        # Another day is named, by whatever words.
        ("The war in the valley began on 15 March 2030. Yesterday nine people died in Orsa.", None),
        ("The war in the valley began on 15 March 2030. Nine people died in Orsa on Friday.", None),
        ("The war in the valley began on 15 March 2030. Nine people died in Orsa on 4 June.", None),
        ("The war in the valley began on 15 March 2030, and ended on 4 June 2032 in Orsa.", None),
        ("La guerre dans la vallée a débuté le 15 mars 2030. Hier, neuf personnes sont mortes.", None),
        ("La guerra en el valle empezó el 15 de marzo de 2030. Ayer murieron nueve personas.", None),
        ("بدأت الحرب في وادي أورسا في 15 آذار 2030. وقتل أمس تسعة أشخاص في البلدة.", None),
        ("Війна в долині Орси почалася 15 березня 2030 року. Вчора загинули девʼятеро людей.", None),
        # The day or the month: nobody knows.
        ("Posted 03/04/2031", None),
        ("Posted 04/04/2031", (2031, 4, 4)),
        ("Posted 2031-03-04", (2031, 3, 4)),
        ("Posted 30/02/2031", None),
        ("Posted 15 March 1931", None),
        # The words of a year in five languages.
        ("Nine people, all of them farmers, died on 4 March of the year 2031 in Orsa.", (2031, 3, 4)),
        ("Neuf personnes sont mortes dans le village le 4 mars de l'année 2031 à Orsa.", (2031, 3, 4)),
        ("Nueve personas murieron en el pueblo el 4 de marzo de 2031 en Orsa.", (2031, 3, 4)),
        ("Nueve personas murieron en el pueblo el 4 de marzo del año 2031 en Orsa.", (2031, 3, 4)),
        ("قتل تسعة أشخاص في بلدة أورسا في 4 آذار من عام 2031 بقصف.", (2031, 3, 4)),
        ("قتل تسعة أشخاص في بلدة أورسا في 4 آذار سنة 2031 بقصف.", (2031, 3, 4)),
        ("Девʼятеро людей загинули в селі Орса 4 березня 2031 року.", (2031, 3, 4)),
    ],
)
def test_the_day_that_a_text_tells(text: str, day: tuple[int, int, int] | None) -> None:
    assert day_of_text(text, YEARS) == (dt.date(*day) if day else None)


def test_a_line_of_many_dates_is_no_head() -> None:
    assert day_of_text("Nine people died in Orsa on 4 March 2031 and 5 March 2031. " * 2000, YEARS) is None
