"""The dates that a sentence names, as written; what days they mean is for `days.resolve`."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace

from sijill.extract.marks import Marked
from sijill.extract.tokens import Kind

SINCE_REACH = 9
MIN_YEAR, MAX_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class DatedSpan:
    """A date as written: tokens [start, end), and whatever of it the words give.

    `form` says which rule reads it: day, month, year, weekday, relative, ago, past, so_far, same_day, until.
    `since` where it opens a period that runs on; `part` early, middle or late; `shift` "last" (-1) or "next" (+1).
    """

    start: int
    end: int
    form: str
    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    number: int = 0
    unit: str = ""
    since: bool = False
    until: bool = False
    part: str = ""
    shift: int = 0
    end_day: int | None = None


def find_dates(m: Marked) -> tuple[DatedSpan, ...]:
    """The dates of a sentence, left to right."""
    found: list[DatedSpan] = []
    i = 0
    while i < len(m.tokens):
        span = _date_at(m, i)
        if span is None:
            i += 1
            continue
        found.append(_opened(m, span, found[-1].end if found else 0))
        i = span.end
    return tuple(found)


def _date_at(m: Marked, i: int) -> DatedSpan | None:
    token = m.tokens[i]
    if token.kind is Kind.PUNCTUATION:
        return None
    if token.kind is Kind.WORD and m.bare(i) not in m.pack.date_words and not token.text[:1].isdigit():
        return None
    if token.kind is Kind.NUMBER:
        return _numeric(m, i) or _day_month(m, i) or _year(m, i)
    relative = _relative(m, i)
    return (
        _month_first(m, i)
        or relative
        or _counted_back(m, i)
        or _weekday(m, i)
        or _same_day(m, i)
        or (_day_month(m, i) if token.text[:1].isdigit() else None)
    )


def _relative(m: Marked, i: int) -> DatedSpan | None:
    if hit := m.at(i, "dates", "relative"):
        return DatedSpan(i, hit.end, "relative", number=hit.entry.number)
    days = m.pack.days.get(m.bare(i))
    return DatedSpan(i, i + 1, "relative", number=days) if days is not None else None


def _month(m: Marked, i: int) -> int | None:
    """The month named at `i`; words that mean something else too must be written as names."""
    month = m.pack.months.get(m.bare(i))
    if month is None or (m.is_a(i, "dates.ambiguous") and not m.tokens[i].is_name):
        return None
    return month


def _day_number(m: Marked, i: int) -> int | None:
    if not 0 <= i < len(m.tokens):
        return None
    digits = m.tokens[i].norm
    for ending in m.pack.words["dates.ordinals"]:
        digits = digits.removesuffix(ending)
    return int(digits) if digits.isdecimal() and len(digits) <= 2 and 1 <= int(digits) <= 31 else None


def _year_number(m: Marked, i: int) -> int | None:
    if not 0 <= i < len(m.tokens) or m.tokens[i].kind is not Kind.NUMBER or not m.tokens[i].text.isdecimal():
        return None
    text = m.tokens[i].text
    if len(text) == 4 and MIN_YEAR <= int(text) <= MAX_YEAR:
        return int(text)
    return None


def _short_year(m: Marked, i: int) -> int | None:
    """A year, also the two digits of a wire service's dateline ("5 OCT 89")."""
    if (year := _year_number(m, i)) is not None:
        return year
    if m.sentence.capitals and 0 <= i < len(m.tokens) and m.tokens[i].text.isdecimal() and len(m.tokens[i].text) == 2:
        return 1900 + int(m.tokens[i].text)
    return None


def _comma(m: Marked, i: int) -> int:
    return i + 1 if 0 <= i < len(m.tokens) and m.tokens[i].text in {",", "،"} else i


def _day_month(m: Marked, i: int) -> DatedSpan | None:
    """ "2 February", "2 February 2031", "2 DEC 31", "4-6 March"."""
    day, at = _day_number(m, i), i + 1
    if day is None:
        return None
    last = None
    if m.norm(at) in {"-", "–"} and _day_number(m, at + 1) and _month(m, at + 2):
        last, at = _day_number(m, at + 1), at + 2
    elif m.is_a(at, "partitive"):
        at += 1
    month = _month(m, at)
    if month is None:
        return None
    year_at = _comma(m, at + 1)
    year = _short_year(m, year_at)
    end = year_at + 1 if year else at + 1
    return DatedSpan(i, end, "day", day=day, month=month, year=year, end_day=last)


def _month_first(m: Marked, i: int) -> DatedSpan | None:
    """ "February 2", "Feb. 2, 2031", "March 2031", "March"."""
    month, at = _month(m, i), i + 1
    if month is None:
        return None
    if m.norm(at) == "." and at + 1 < len(m.tokens) and m.tokens[at + 1].text[:1].isdigit():
        at += 1
    day = _day_number(m, at)
    if day is not None and not _followed_by_noun(m, at):
        last, end = None, at + 1
        if m.norm(end) in {"-", "–"} and _day_number(m, end + 1):
            last, end = _day_number(m, end + 1), end + 2
        year_at = _comma(m, end)
        year = _year_number(m, year_at)
        return DatedSpan(i, year_at + 1 if year else end, "day", day=day, month=month, year=year, end_day=last)
    year_at = _comma(m, i + 1)
    if m.is_a(year_at, "partitive"):
        year_at += 1
    if (year := _year_number(m, year_at)) is not None:
        return _part(m, DatedSpan(i, year_at + 1, "month", month=month, year=year))
    if m.is_a(i, "dates.ambiguous") and not (m.is_a(i - 1, "dates.prepositions") or m.is_a(i - 2, "dates.whole_month")):
        return None
    return _part(m, DatedSpan(i, i + 1, "month", month=month, shift=_shift(m, i)))


def _followed_by_noun(m: Marked, at: int) -> bool:
    """Whether a number after a month counts people, as in "In March 20 people were killed"."""
    return m.at(at + 1, "person") is not None and m.is_a(at - 2, "dates.prepositions")


def _part(m: Marked, span: DatedSpan) -> DatedSpan:
    for part in ("early", "late", "middle"):
        hit = m.before(span.start, "dates", part)
        if hit is None and m.is_a(span.start - 1, "partitive"):
            hit = m.before(span.start - 1, "dates", part)
        if hit:
            return replace(span, start=hit.start, part=part)
    return span


def _shift(m: Marked, i: int) -> int:
    if m.is_a(i - 1, "dates.last"):
        return -1
    return 1 if m.is_a(i - 1, "dates.next") else 0


def _numeric(m: Marked, i: int) -> DatedSpan | None:
    """ISO dates and day/month/year with slashes; which of 3/8 is the day nobody can say, so it is left."""
    if i + 4 < len(m.tokens) and m.norm(i + 1) == m.norm(i + 3) and m.norm(i + 1) in {"-", "/", "."}:
        first, second, third = (m.tokens[i + k].text for k in (0, 2, 4))
        if not (first.isdecimal() and second.isdecimal() and third.isdecimal() and len(first + second + third) <= 10):
            return None
        if len(first) == 4 and is_day(int(first), int(second), int(third)):
            return DatedSpan(i, i + 5, "day", day=int(third), month=int(second), year=int(first))
        if len(third) == 4 and is_day(int(third), int(second), int(first)) and (int(first) > 12 or first == second):
            return DatedSpan(i, i + 5, "day", day=int(first), month=int(second), year=int(third))
        if len(third) == 4 and is_day(int(third), int(first), int(second)) and int(second) > 12:
            return DatedSpan(i, i + 5, "day", day=int(second), month=int(first), year=int(third))
        if len(third) == 4:
            return DatedSpan(i, i + 5, "unclear", year=int(third))
    return None


def _year(m: Marked, i: int) -> DatedSpan | None:
    """A year after a preposition or an article of time: "in 1985", "since 1980", "1983 - 2005", "of 2022"."""
    year = _year_number(m, i)
    if year is None:
        return None
    if m.norm(i + 1) in {"-", "–"} and (last := _year_number(m, i + 2)) is not None and last > year:
        return DatedSpan(i, i + 3, "years", year=year, number=last)
    if m.is_a(i - 1, "dates.prepositions"):
        return _part(m, DatedSpan(i, i + 1, "year", year=year))
    return None


def _weekday(m: Marked, i: int) -> DatedSpan | None:
    weekday = m.pack.weekdays.get(m.bare(i))
    if weekday is None or (m.is_a(i, "dates.ambiguous") and not m.tokens[i].is_name):
        return None
    end = i + 1
    for start in (i + 1, i + 2):
        # "Friday 21 January 2022", "Thu Nov 10, 2011": the date says more than the weekday.
        at = start if start == i + 1 else _comma(m, i + 1)
        dated = at < len(m.tokens) and (_day_month(m, at) or _month_first(m, at))
        if dated and dated.form == "day":
            return replace(dated, start=i)
    return DatedSpan(i, end, "weekday", weekday=weekday, shift=_shift(m, i))


def _same_day(m: Marked, i: int) -> DatedSpan | None:
    hit = m.at(i, "dates", "same_day")
    return DatedSpan(i, hit.end, "same_day") if hit else None


def _counted_back(m: Marked, i: int) -> DatedSpan | None:
    """ "over the past 12 months", "three days ago", "last week", "this year", "so far this year"."""
    if hit := m.at(i, "dates", "span_openers"):
        number, at = _small_number(m, hit.end)
        if unit := _unit(m, at):
            return DatedSpan(i, at + 1, "past" if number else "unit", number=number or 1, unit=unit, shift=-1)
    number, at = _small_number(m, i)
    if number and (unit := _unit(m, at)) and m.is_a(at + 1, "dates.ago"):
        return DatedSpan(i, at + 2, "ago", number=number, unit=unit)
    if m.is_a(i, "dates.this") and (unit := _unit(m, i + 1)) in ("week", "month", "year"):
        return DatedSpan(i, i + 2, "unit", unit=unit, number=1)
    return None


def _small_number(m: Marked, i: int) -> tuple[int | None, int]:
    norm = m.norm(i)
    if norm in m.pack.numbers:
        return m.pack.numbers[norm], i + 1
    if norm.isdecimal() and len(norm) <= 3:
        return int(norm), i + 1
    if norm in m.pack.articles and norm:
        return m.pack.articles[norm], i + 1
    return None, i


def _unit(m: Marked, i: int) -> str:
    for unit in ("day", "week", "month", "year", "hour"):
        if m.is_a(i, f"dates.{unit}_units"):
            return unit
    return ""


def _opened(m: Marked, span: DatedSpan, last: int) -> DatedSpan:
    """The date with "since" before it, also at some words' distance ("since the fighting began in July").

    `last` is where the date before ended: a "since" before that one opens that one.
    """
    for at in range(span.start, max(last, span.start - SINCE_REACH), -1):
        if m.before(at, "dates", "since"):
            return replace(span, since=True)
        if at < span.start and (m.is_mark(at) or m.at(at, "trigger", "participle")):
            break
    return span


def is_day(year: int, month: int, day: int) -> bool:
    """Whether there is such a day, within the years that reports can speak of."""
    return MIN_YEAR <= year <= MAX_YEAR and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
