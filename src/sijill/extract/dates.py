"""The dates and periods that a sentence names, as written; what days they mean is for `days.resolve`."""

from __future__ import annotations

from dataclasses import replace

from sijill.core.lunar import FIRST_YEAR, LAST_YEAR
from sijill.extract.dateforms import fraction_before, special
from sijill.extract.datewords import (
    DASHES,
    PARTS,
    DatedSpan,
    after_comma,
    day_number,
    is_day,
    month_at,
    parted,
    short_year,
    small_number,
    unit_at,
    year_number,
)
from sijill.extract.marks import Marked
from sijill.extract.pack import UNITS
from sijill.extract.ranges import closes, ranged, through
from sijill.extract.tokens import Kind

SINCE_REACH = 9
BEGAN_REACH = 34
YEAR_FIGURES, YEAR_MONTH_DAY = 4, 10


def find_dates(m: Marked) -> tuple[DatedSpan, ...]:
    """The dates of a sentence, left to right."""
    found: list[DatedSpan] = []
    i = 0
    opens = m.pack.date_words
    while i < len(m.tokens):
        token = m.tokens[i]
        if token.kind is Kind.PUNCTUATION or (
            token.kind is Kind.WORD and token.norm.isalpha() and token.norm not in opens
        ):
            i += 1
            continue
        span = _date_at(m, i)
        if span is None:
            i += 1
            continue
        if span.year is not None and m.is_a(span.end, "dates.year_after"):
            # "2031 року": the word for year stands behind it.
            span = replace(span, end=span.end + 1)
        found.append(_opened(m, span, found[-1].end if found else 0))
        i = span.end
    return ranged(m, found)


def _date_at(m: Marked, i: int) -> DatedSpan | None:
    token = m.tokens[i]
    if token.kind is Kind.NUMBER:
        return _numeric(m, i) or _day_month(m, i) or _lunar(m, i) or _year(m, i)
    if not _opens(m, i):
        return None
    return (
        special(m, i)
        or _month_first(m, i)
        or _lunar(m, i)
        or _relative(m, i)
        or _counted_back(m, i)
        or _weekday(m, i)
        or _same_day(m, i)
        or (_day_month(m, i) if token.text[:1].isdigit() or m.at(i, "dates", "day_words") else None)
    )


def _opens(m: Marked, i: int) -> bool:
    """Whether a date can begin with the word at `i`: figures in it, a phrase of time, a month, a number, a unit."""
    if m.tokens[i].text[:1].isdigit():
        return True
    part, word = parted(m, i)
    if not part and m.bare(i) not in m.pack.date_words:
        return False
    known = m.pack.date_openers
    return word in known or m.bare(i) in known or m.norm(i) in known or m.at(i, "dates") is not None


def _relative(m: Marked, i: int) -> DatedSpan | None:
    if hit := m.at(i, "dates", "relative"):
        same = m.at(i, "dates", "same_day")
        if same and same.end > hit.end:
            return None
        return _told_twice(m, DatedSpan(i, hit.end, "relative", number=hit.entry.number))
    days = m.pack.days.get(m.bare(i)) if m.pack.spelling.attached is None else None
    return DatedSpan(i, i + 1, "relative", number=days) if days is not None else None


def _told_twice(m: Marked, span: DatedSpan) -> DatedSpan:
    """ "Today, Friday 19 August": the date that goes on a relative day says more than it."""
    if not m.pack.grammar.caseless:
        return span
    at = span.end
    for _ in range(3):
        at = after_comma(m, at) if after_comma(m, at) > at else at + m.is_a(at, "places.articles")
    named = _weekday(m, at) or _day_month(m, at) if at < len(m.tokens) else None
    if named is None:
        return span
    if named.form == "day":
        return replace(named, start=span.start, number=span.number, unit="day")
    return replace(span, end=named.end, weekday=named.weekday)


def _day_month(m: Marked, i: int) -> DatedSpan | None:
    """ "2 February", "2 February 2031", "2 DEC 31", "4-6 March", "the 3rd, 4th and 5th of March"."""
    day, at = _day_named(m, i)
    if day is None:
        return None
    last, at = _last_day(m, day, at)
    if m.is_a(at, "partitive"):
        at += 1
        at += m.is_a(at, "places.articles")
        at += m.is_a(at, "dates.whole_month")
    elif m.at(i, "dates", "day_words") and m.pack.words["partitive"] and not m.is_a(i - 1, "places.articles"):
        return None
    found = month_at(m, at)
    if found is None:
        return None
    month, end = found
    year_at = after_comma(m, end)
    year_at += m.is_a(year_at, "dates.before_year")
    # "On 18 December, 18 of them": behind a comma two figures are no year.
    year = short_year(m, year_at) if year_at == end else year_number(m, year_at)
    end = year_at + 1 if year else end
    if year is None and m.is_a(end, "dates.namesakes"):
        # "The 7 June Front": the figures are no count, and the name dates nothing.
        return DatedSpan(i, end, "name")
    if last is None and m.is_a(end, "numbers.joiners") and day_number(m, end + 1) == day + 1:
        # "3 August and 4 August".
        again = month_at(m, end + 2)
        last, end = (day + 1, again[1]) if again and again[0] == month else (last, end)
    return DatedSpan(i, end, "day", day=day, month=month, year=year, end_day=last)


def _day_named(m: Marked, i: int) -> tuple[int | None, int]:
    """The day of a month at `i`, in figures or in a word ("the third of March"), and the token behind it."""
    if hit := m.at(i, "dates", "day_words"):
        # "The week the first of March" is a week.
        counted = any(m.is_a(i - 1, name) for name in ("dates.week_units", "dates.halves", "dates.quarters"))
        return (None, i) if counted else (hit.entry.number, hit.end)
    return day_number(m, i), i + 1


def _last_day(m: Marked, day: int, at: int) -> tuple[int | None, int]:
    """The last of several days of one month ("1 to 9", "3, 4 and 5"), `None` where there is one; what follows."""
    last: int | None = None
    while True:
        after = through(m, at) or at
        if after == at and (m.is_a(at, "dates.to") or m.is_a(at, "numbers.joiners") or m.norm(at) == ","):
            after = at + 1
        while after > at and m.is_a(after, "places.articles"):
            after += 1
        found, end = _day_named(m, after)
        listed = m.norm(at) == ","
        if after == at or found is None or found <= (last or day) or (listed and found != (last or day) + 1):
            return last, at
        last, at = found, end


def _month_first(m: Marked, i: int) -> DatedSpan | None:
    """ "February 2", "Feb. 2, 2031", "March 2031", "March"."""
    found = month_at(m, i)
    if found is None:
        return None
    month, at = found
    if m.norm(at) == "." and at + 1 < len(m.tokens) and m.tokens[at + 1].text[:1].isdigit():
        at += 1
    day = day_number(m, at)
    if day is not None and not _followed_by_noun(m, at):
        last, end = _through_day(m, i, day, at + 1)
        year_at = after_comma(m, end)
        year = year_number(m, year_at)
        return DatedSpan(i, year_at + 1 if year else end, "day", day=day, month=month, year=year, end_day=last)
    after = found[1]
    year_at = after_comma(m, after)
    if m.is_a(year_at, "partitive") or m.is_a(year_at, "dates.before_year"):
        year_at += 1
    if (year := year_number(m, year_at)) is not None:
        return _part(m, DatedSpan(i, year_at + 1, "month", month=month, year=year))
    if m.is_a(i, "dates.ambiguous") and not (m.is_a(i - 1, "dates.prepositions") or m.is_a(i - 2, "dates.whole_month")):
        return None
    end = after + m.is_a(after, "dates.last_after")
    return _part(m, DatedSpan(i, end, "month", month=month, shift=_shift(m, i)))


def _through_day(m: Marked, i: int, day: int, end: int) -> tuple[int | None, int]:
    """The last of the days behind a month, and what follows: "March 1-9", "March 3 to 9", "March 3 and 4"."""
    joined = m.is_a(end, "numbers.joiners")
    after = through(m, end) or (end + 1 if joined else end)
    last = day_number(m, after) if after > end else None
    counts = m.at(after + 1, "person") or m.at(after + 1, "quantity", "others") or m.at(after + 1, "trigger")
    if last is None or last <= day or counts or (joined and last != day + 1 and not m.is_a(i - 1, "dates.between")):
        return None, end
    return last, after + 1


def _lunar(m: Marked, i: int) -> DatedSpan | None:
    """ "15 Ramadan 1444": a date of the Islamic calendar; only with its year, since the month's name has other uses."""
    day, at = day_number(m, i), i
    if day is not None:
        at += 1
        at += m.is_a(at, "partitive")
    hit = m.at(at, "dates", "lunar_months")
    if hit is None:
        return None
    year_at = hit.end + m.is_a(hit.end, "dates.before_year")
    text = m.tokens[year_at].text if year_at < len(m.tokens) else ""
    year = int(text) if text.isdecimal() and len(text) == 4 else 0
    if not FIRST_YEAR <= year < LAST_YEAR:
        return None
    end = year_at + 1 + m.is_a(year_at + 1, "dates.lunar_year")
    return DatedSpan(i, end, "lunar", day=day, month=hit.entry.number, year=year)


def _followed_by_noun(m: Marked, at: int) -> bool:
    """Whether a number after a month counts people, as in "In March 20 people were killed"."""
    return m.at(at + 1, "person") is not None and m.is_a(at - 2, "dates.prepositions")


def _part(m: Marked, span: DatedSpan) -> DatedSpan:
    """The month or year with the part of it that the words before name: "early", "the first week of"."""
    if part := parted(m, span.start)[0]:
        return replace(span, part=part)
    of = (
        span.start - 1
        if m.is_a(span.start - 1, "dates.whole_month") or m.is_a(span.start - 1, "dates.year_units")
        else span.start
    )
    of -= m.is_a(of - 1, "places.articles")
    of -= m.is_a(of - 1, "partitive")
    if fraction := fraction_before(m, of):
        return replace(span, start=fraction[0], part=fraction[1])
    for part in PARTS:
        hit = m.before(span.start, "dates", part)
        if hit is None and m.is_a(span.start - 1, "partitive"):
            hit = m.before(span.start - 1, "dates", part)
        if hit:
            return replace(span, start=hit.start, part=part)
    return span


def _shift(m: Marked, i: int) -> int:
    if m.is_a(i - 1, "dates.last") or m.is_a(i + 1, "dates.last_after"):
        return -1
    return 1 if m.is_a(i - 1, "dates.next") else 0


def _numeric(m: Marked, i: int) -> DatedSpan | None:
    """ISO dates, and day, month and year with slashes or dots; 3/8 is unclear where nothing says which is which."""
    dotted = m.tokens[i].text.split(".")
    if len(dotted) == 3:
        # Dots part a day from its month, never a month from its day.
        return _figures(i, i + 1, dotted, day_first=True)
    if i + 4 >= len(m.tokens) or m.norm(i + 1) != m.norm(i + 3) or m.norm(i + 1) not in {"-", "/", "."}:
        return None
    figures = [m.tokens[i + k].text.partition("T")[0] for k in (0, 2, 4)]
    return _figures(i, i + 5, figures, day_first=m.pack.grammar.day_first or m.norm(i + 1) == ".")


def _figures(start: int, end: int, figures: list[str], *, day_first: bool) -> DatedSpan | None:
    """The date that three figures give, the year first or last."""
    if not all(f.isdecimal() and f.isascii() for f in figures) or sum(map(len, figures)) > YEAR_MONTH_DAY:
        return None
    first, second, third = map(int, figures)
    if len(figures[0]) == YEAR_FIGURES and is_day(first, second, third):
        return DatedSpan(start, end, "day", day=third, month=second, year=first)
    if len(figures[2]) != YEAR_FIGURES:
        return None
    by_day, by_month = is_day(third, second, first), is_day(third, first, second)
    if by_day and (day_first or not by_month or first == second):
        return DatedSpan(start, end, "day", day=first, month=second, year=third)
    if by_month and not by_day:
        return DatedSpan(start, end, "day", day=second, month=first, year=third)
    return DatedSpan(start, end, "unclear", day=first, month=second, year=third) if by_day else None


def _year(m: Marked, i: int) -> DatedSpan | None:
    """A year after a preposition or an article of time: "in 1985", "since 1980", "1983 - 2005", "of 2022"."""
    year = year_number(m, i)
    if year is None:
        return None
    if m.norm(i + 1) in DASHES and (last := _second_year(m, i + 2, year)) is not None and last > year:
        return DatedSpan(i, i + 3, "years", year=year, number=last)
    opener = i - 2 if m.is_a(i - 1, "dates.year_units") else i - 1
    if m.is_a(opener, "numbers.between") and (m.is_a(i + 1, "numbers.range_joiners") or m.is_a(i + 1, "dates.to")):
        last = year_number(m, i + 2)
        if last is not None and last > year:
            return DatedSpan(i, i + 3, "years", year=year, number=last)
    if m.is_a(i - 1, "dates.prepositions") and not (m.before(i, "quantity") or m.at(i + 1, "person")):
        return _part(m, DatedSpan(i, i + 1, "year", year=year))
    return None


def _second_year(m: Marked, i: int, first: int) -> int | None:
    """The year that closes a run of years, also as two figures: "2012-13"."""
    text = m.tokens[i].text if i < len(m.tokens) else ""
    if len(text) == 2 and text.isdecimal() and m.is_a(i - 3, "dates.prepositions"):
        return first // 100 * 100 + int(text)
    return year_number(m, i)


def _weekday(m: Marked, i: int) -> DatedSpan | None:
    weekday = m.pack.weekdays.get(m.bare(i))
    if m.pack.grammar.caseless and (not m.is_a(i - 1, "places.articles") or _names_place(m, i - 2)):
        # Without their article the names of days are numbers and common words; "the Thursday market" is a place.
        return None
    if weekday is None or (m.is_a(i, "dates.ambiguous") and not m.tokens[i].is_name):
        return None
    end = i + 1
    for start in (i + 1, i + 2):
        # "Friday 21 January 2022", "Thu Nov 10, 2011": the date says more than the weekday.
        at = start if start == i + 1 else after_comma(m, i + 1)
        at += m.is_a(at, "dates.whole_day")
        dated = at < len(m.tokens) and (_day_month(m, at) or _month_first(m, at))
        if dated and dated.form == "day":
            return replace(dated, start=i, weekday=weekday)
    after = m.pack.weekdays.get(m.norm(i + 2))
    if m.is_a(i + 1, "dates.to") and after == (weekday + 1) % 7:
        # "In the night from Tuesday to Wednesday".
        return DatedSpan(i, i + 3, "weekday", weekday=after, number=1)
    end += m.is_a(end, "dates.last_after")
    return DatedSpan(i, end, "weekday", weekday=weekday, shift=_shift(m, i))


def _names_place(m: Marked, k: int) -> bool:
    """Whether a noun stands there that is called by a day: "the Thursday market"."""
    return m.is_a(k, "places.kinds_settlement") or m.is_a(k, "dates.called_by_day")


def _same_day(m: Marked, i: int) -> DatedSpan | None:
    hit = m.at(i, "dates", "same_day")
    return DatedSpan(i, hit.end, "same_day") if hit else None


def _counted_back(m: Marked, i: int) -> DatedSpan | None:
    """ "over the past 12 months", "three days ago", "last week", "this year", "so far this year"."""
    if hit := m.at(i, "dates", "span_openers"):
        number, at = small_number(m, hit.end)
        if unit := unit_at(m, at):
            # "The past month" runs to now, "last month" is one of the calendar.
            past = number or m.is_a(i, "dates.running")
            return DatedSpan(i, at + 1, "past" if past else "unit", number=number or 1, unit=unit, shift=-1)
    if hit := m.at(i, "dates", "year_so_far"):
        return DatedSpan(i, hit.end, "unit", number=1, unit="year")
    if hit := m.at(i, "dates", "ago_before"):
        # "Il y a trois jours".
        number, at = small_number(m, hit.end)
        if number and (unit := unit_at(m, at)):
            return DatedSpan(i, at + 1, "ago", number=number, unit=unit)
    if (unit := unit_at(m, i)) and m.is_a(i + 1, "dates.last_after"):
        # "La semaine dernière".
        return DatedSpan(i, i + 2, "unit", number=1, unit=unit, shift=-1)
    if before := _before_now(m, i):
        return before
    number, at = small_number(m, i)
    if number and m.is_a(at, "dates.span_openers") and (unit := unit_at(m, at + 1)):
        # "Ces trois derniers mois".
        return DatedSpan(i, at + 2, "past", number=number, unit=unit, shift=-1)
    if number and (unit := unit_at(m, at)) and m.is_a(at + 1, "dates.ago"):
        return DatedSpan(i, at + 2, "ago", number=number, unit=unit)
    if m.is_a(i, "dates.this") and (unit := unit_at(m, i + 1)) in ("week", "month", "year"):
        return DatedSpan(i, i + 2, "unit", unit=unit, number=1)
    return _unit_described(m, i)


def _before_now(m: Marked, i: int) -> DatedSpan | None:
    """ "Before two days", "since three weeks": so many units back, the word for it standing first."""
    if not m.is_a(i, "dates.ago_first"):
        return None
    for unit in UNITS:
        if m.is_a(i + 1, f"dates.two_{unit}_units"):
            return DatedSpan(i, i + 2, "ago", number=2, unit=unit)
    number, at = small_number(m, i + 1)
    unit = unit_at(m, at)
    if not unit or (number is None and not m.is_a(at, "dates.one_units")):
        return None
    # "Before the day of", "since the year 2031", "since the month of March".
    nexts = at + 1
    if nexts < len(m.tokens) and (m.tokens[nexts].kind is Kind.NUMBER or m.is_a(nexts, "partitive")):
        return None
    named = m.is_a(nexts, "places.articles") or m.is_a(nexts, "dates.prepositions") or m.at(nexts, "dates", "months")
    return None if named else DatedSpan(i, nexts, "ago", number=number or 1, unit=unit)


def _unit_described(m: Marked, i: int) -> DatedSpan | None:
    """ "The month the past", "the year the current", "this the year": a describing word behind its noun."""
    if not m.pack.grammar.adjectives_follow:
        return None
    if m.is_a(i, "dates.this") and m.is_a(i + 1, "places.articles"):
        unit, end, shift = unit_at(m, i + 2), i + 3, 0
    else:
        unit, at = unit_at(m, i), i + 1 + m.is_a(i + 1, "places.articles")
        end = at + 1
        shift = -1 if m.is_a(at, "dates.last") else 0
        unit = unit if shift or m.is_a(at, "dates.this") else ""
    return DatedSpan(i, end, "unit", unit=unit, number=1, shift=shift) if unit in ("week", "month", "year") else None


def _opened(m: Marked, span: DatedSpan, last: int) -> DatedSpan:
    """The date with "since" before it, also at some words' distance ("since the fighting began in July").

    `last` is where the date before ended: a "since" before that one opens that one.
    """
    if span.end_day or span.form == "years":
        return span
    for at in range(span.start, max(last, span.start - SINCE_REACH), -1):
        if m.before(at, "dates", "since"):
            return replace(span, since=True)
        if at < span.start and (m.is_mark(at) or m.at(at, "trigger", "participle")):
            break
    if _began(m, span, last):
        return replace(span, since=True)
    return replace(span, until=True) if closes(m, span.start, last) else span


def _goes_on(m: Marked, end: int) -> bool:
    """Whether what began then has done harm ever since: the perfect follows, behind the comma of a relative clause."""
    at = end + (m.norm(end) == ",")
    return m.is_a(at, "active") and m.is_a(at, "dates.lasting") and not m.is_a(at - 1, "relative")


def _began(m: Marked, span: DatedSpan, last: int) -> bool:
    """Whether something began on the date, with "since" far before: "since the fighting in X began in July"."""
    verb = span.start - 1 - m.is_a(span.start - 1, "dates.prepositions")
    if not m.is_a(verb, "dates.began"):
        return False
    if _goes_on(m, span.end):
        # "The war, which broke out on D, has killed".
        return True
    return any(m.before(at, "dates", "since") for at in range(verb, max(last, verb - BEGAN_REACH), -1))
