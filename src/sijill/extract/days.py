"""The days that a date means, from the text and the day of publication."""

from __future__ import annotations

import calendar
import datetime as dt

from sijill.extract.dates import MIN_YEAR, DatedSpan, is_day

COUNTED = "counted back from the day of publication"
SLACK = dt.timedelta(days=31)
Days = tuple[dt.date, dt.date, str]


def resolve(span: DatedSpan, published: dt.date | None, context: Days | None) -> Days | None:
    """First and last day that a date means, and how that follows; `None` where the text does not say."""
    days = resolve_plain(span, published, context)
    if days is None:
        return None
    start, _, basis = days
    if span.since:
        if published is None or published < start:
            return None
        return start, published, f"{basis}; since then, to the day of publication"
    return days


def resolve_plain(span: DatedSpan, published: dt.date | None, context: Days | None) -> Days | None:
    """The days of the date by itself, whether or not it opens a longer period."""
    match span.form:
        case "day":
            return resolve_day(span, published, context)
        case "month":
            return _resolve_month(span, published, context)
        case "year" if span.year:
            return _year_part(span.year, span.part)
        case "years" if span.year:
            return dt.date(span.year, 1, 1), dt.date(span.number, 12, 31), "years named"
        case "weekday" if published is not None and span.weekday is not None:
            return _resolve_weekday(span, published)
        case "relative" if published is not None:
            day = published + dt.timedelta(days=span.number)
            return day, day, "counted from the day of publication"
        case "ago" | "past" | "unit" if published is not None:
            return _resolve_counted(span, published)
        case "same_day" if context is not None:
            return context[0], context[1], "the day named before"
    return None


def resolve_day(span: DatedSpan, published: dt.date | None, context: Days | None) -> Days | None:
    """The day, or the run of days ("4-6 March"), that a day and a month mean."""
    assert span.day is not None
    assert span.month is not None
    year, basis = span.year, "date named"
    if year is None:
        year, basis = _year_for(span.month, span.day, published, context)
    if year is None or not is_day(year, span.month, span.day):
        return None
    start = dt.date(year, span.month, span.day)
    end = start
    if span.end_day and is_day(year, span.month, span.end_day) and span.end_day > span.day:
        end = dt.date(year, span.month, span.end_day)
    return start, end, basis


def _year_for(month: int, day: int, published: dt.date | None, context: Days | None) -> tuple[int | None, str]:
    """The year of a date without one: the latest that does not lie after publication, else that of the text."""
    if published is not None:
        later = (month, day) > (published.month, published.day)
        return published.year - later, "year from the day of publication"
    if context is not None:
        # The latest that does not lie a month after the last day that the text names.
        until = context[0] + SLACK
        return until.year - ((month, day) > (until.month, until.day)), "year from a date in the text"
    return None, ""


def _resolve_month(span: DatedSpan, published: dt.date | None, context: Days | None) -> Days | None:
    assert span.month is not None
    year, basis = span.year, "month named"
    if year is None:
        year, basis = _year_for(span.month, 1, published, context)
    if year is None:
        return None
    last = calendar.monthrange(year, span.month)[1]
    first_day, last_day = {"early": (1, 10), "middle": (11, 20), "late": (21, last)}.get(span.part, (1, last))
    end = dt.date(year, span.month, last_day)
    if published is not None and dt.date(year, span.month, first_day) <= published < end:
        end = published
    return dt.date(year, span.month, first_day), end, basis


def _year_part(year: int, part: str) -> Days:
    months = {"early": (1, 4), "middle": (5, 8), "late": (9, 12)}.get(part, (1, 12))
    last = calendar.monthrange(year, months[1])[1]
    return dt.date(year, months[0], 1), dt.date(year, months[1], last), "year named"


def _resolve_weekday(span: DatedSpan, published: dt.date) -> Days | None:
    """The latest such weekday up to publication; "last Friday" on a Friday is a week before."""
    assert span.weekday is not None
    if span.shift > 0:
        return None
    back = (published.weekday() - span.weekday) % 7
    if span.shift < 0 and back == 0:
        back = 7
    day = published - dt.timedelta(days=back)
    return day, day, "weekday before publication"


def _resolve_counted(span: DatedSpan, published: dt.date) -> Days | None:
    """ "Three days ago", "over the past 12 months", "this year", "last week"."""
    if span.unit == "hour":
        days = (span.number + 23) // 24 if span.form == "past" else 0
        return published - dt.timedelta(days=days), published, COUNTED
    if span.form == "past":
        return _back(published, span.number, span.unit), published, COUNTED
    if span.form == "ago":
        return _unit_back(published, span.number, span.unit)
    return _unit_back(published, 1, span.unit) if span.shift else _unit_so_far(published, span.unit)


def _unit_so_far(published: dt.date, unit: str) -> Days:
    """The week, month or year of publication, up to that day."""
    if unit == "year":
        return dt.date(published.year, 1, 1), published, COUNTED
    if unit == "month":
        return published.replace(day=1), published, COUNTED
    return published - dt.timedelta(days=published.weekday()), published, COUNTED


def _unit_back(published: dt.date, number: int, unit: str) -> Days:
    """The whole day, week, month or year that lies so many back."""
    if unit == "day":
        day = _back(published, number, unit)
        return day, day, COUNTED
    if unit == "year":
        return _year_part(published.year - number, "")
    if unit == "month":
        return _whole_month(_back(published.replace(day=1), number, "month"), COUNTED)
    monday = _back(published, number, "week")
    monday -= dt.timedelta(days=monday.weekday())
    return monday, monday + dt.timedelta(days=6), COUNTED


def _whole_month(first: dt.date, basis: str) -> Days:
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1]), basis


def _back(day: dt.date, number: int, unit: str) -> dt.date:
    """`number` units before a day; a day that its month lacks is the month's last."""
    if unit in ("day", "week"):
        return day - dt.timedelta(days=number * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 - number * (12 if unit == "year" else 1)
    year, month = divmod(max(months, MIN_YEAR * 12), 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
