"""The days that a date means, from the text and the day of publication."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import replace

from sijill.core.lunar import lunar_days
from sijill.extract.datewords import MIN_YEAR, DatedSpan, is_day

COUNTED = "counted back from the day of publication"
SLACK = dt.timedelta(days=31)
# How long before publication a date in figures may lie that could be read in two orders.
RECENT = dt.timedelta(days=45)
WEEK, SATURDAY = 7, 5
Days = tuple[dt.date, dt.date, str]
# The same of a period that runs on, whose last day the text may leave open, or that runs up to a day from no first one.
OpenDays = tuple[dt.date | None, dt.date | None, str]


def resolve(span: DatedSpan, published: dt.date | None, context: Days | None) -> OpenDays | None:
    """First and last day that a date means, and how that follows; `None` where the text does not say."""
    days = resolve_plain(span, published, context)
    if days is None:
        return None
    start, end, basis = days
    if span.since:
        if published is None:
            return start, None, f"{basis}; since then, to a day that the text does not give"
        if published < start:
            return None
        return start, published, f"{basis}; since then, to the day of publication"
    if span.until:
        return None, end, f"{basis}; up to then"
    return days


def resolve_plain(span: DatedSpan, published: dt.date | None, context: Days | None) -> Days | None:
    """The days of the date by itself, whether or not it opens a longer period."""
    match span.form:
        case "day":
            return resolve_day(span, published, context)
        case "month":
            return _resolve_month(span, published, context)
        case "lunar" if span.year and span.month:
            return *lunar_days(span.year, span.month, span.day), "date of the Islamic calendar, a day either way"
        case "year" if span.year:
            return _year_part(span.year, span.part)
        case "years" if span.year:
            return dt.date(span.year, 1, 1), dt.date(span.number, 12, 31), "years named"
        case "same_day" if context is not None:
            return context[0], context[1], "the day named before"
        case "from_day" if context is not None:
            return _resolve_from(span, context)
        case "range" if span.ends:
            return _resolve_range(*span.ends, published, context)
    return _from_publication(span, published) if published is not None else None


def _from_publication(span: DatedSpan, published: dt.date) -> Days | None:
    """The days of a date that says them only by the day on which the report was published."""
    match span.form:
        case "weekday" if span.weekday is not None:
            return _resolve_weekday(span, published)
        case "relative":
            day = published + dt.timedelta(days=span.number)
            return day, day, "counted from the day of publication"
        case "ago" | "past" | "unit":
            return _resolve_counted(span, published)
        case "weekend":
            return _resolve_weekend(span, published)
        case "overnight":
            return published - dt.timedelta(days=1), published, "the night before the day of publication"
        case "unclear":
            return _resolve_unclear(span, published)
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
    start, end = part_of(dt.date(year, span.month, 1), _last_of(year, span.month), span.part)
    if published is not None and start <= published < end:
        end = published
    return start, end, basis


def _last_of(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def part_of(first: dt.date, last: dt.date, part: str) -> tuple[dt.date, dt.date]:
    """First and last day of a part of a month or a year, the whole of it for "".

    Thirds of a month are ten days each, of a year four months; weeks are counted from the first day or, with -1, back
    from the last.

    >>> part_of(dt.date(2031, 3, 1), dt.date(2031, 3, 31), "week:2")
    (datetime.date(2031, 3, 8), datetime.date(2031, 3, 14))
    """
    unit, _, nth = part.partition(":")
    if unit == "week":
        back = nth == "-1"
        start = last - dt.timedelta(days=WEEK - 1) if back else first + dt.timedelta(days=WEEK * (int(nth) - 1))
        return max(start, first), min(start + dt.timedelta(days=WEEK - 1), last)
    if first.month == last.month:
        ends = {
            "early": (1, 10),
            "middle": (11, 20),
            "late": (21, last.day),
            "half:1": (1, 15),
            "half:2": (16, last.day),
        }
        ends["half:-1"] = ends["half:2"]
        start_day, end_day = ends.get(part, (first.day, last.day))
        return first.replace(day=start_day), first.replace(day=end_day)
    halves = {"half:1": (1, 6), "half:2": (7, 12), "half:-1": (7, 12), "quarter:-1": (10, 12)}
    thirds = {"early": (1, 4), "middle": (5, 8), "late": (9, 12)}
    quarters = {f"quarter:{k}": (3 * k - 2, 3 * k) for k in range(1, 5)}
    months = (halves | thirds | quarters).get(part, (first.month, last.month))
    return dt.date(first.year, months[0], 1), _last_of(first.year, months[1])


def _year_part(year: int, part: str) -> Days:
    return *part_of(dt.date(year, 1, 1), dt.date(year, 12, 31), part), "year named"


def _resolve_weekend(span: DatedSpan, published: dt.date) -> Days | None:
    """The latest Saturday and Sunday that began by publication; "last weekend" on one of them is the one before."""
    back = (published.weekday() - SATURDAY) % WEEK
    if span.shift < 0 and back <= 1:
        back += WEEK
    saturday = published - dt.timedelta(days=back)
    return saturday, min(saturday + dt.timedelta(days=1), published), "Saturday and Sunday before publication"


def _resolve_from(span: DatedSpan, context: Days) -> Days | None:
    """A day so many days, weeks, months or years before or after the one that the text named last."""
    first, last, _ = context
    basis = "counted from the day named before"
    if span.number < 0:
        day = _back(first, -span.number, span.unit)
        return day, day, basis
    if span.unit in ("day", "week"):
        day = last + dt.timedelta(days=span.number * (WEEK if span.unit == "week" else 1))
        return day, day, basis
    # "A month later" is no day.
    return None


def _resolve_unclear(span: DatedSpan, published: dt.date) -> Days | None:
    """3/8/2031, whose order nothing in it says: the one that lies shortly before publication, if the other does not."""
    assert span.year is not None
    assert span.month is not None
    assert span.day is not None
    both = [dt.date(span.year, span.month, span.day), dt.date(span.year, span.day, span.month)]
    likely = [day for day in both if published - RECENT <= day <= published]
    if len(likely) != 1:
        return None
    return likely[0], likely[0], "date in figures, in the order that lies shortly before publication"


def _resolve_range(first: DatedSpan, last: DatedSpan, published: dt.date | None, context: Days | None) -> Days | None:
    """From the first day of one date to the last of another; a year that one of them gives serves for both."""
    if first.year is None and last.year is not None and first.form in ("day", "month"):
        first = replace(first, year=last.year - _later_in_year(first, last))
    if last.year is None and first.year is not None and last.form in ("day", "month"):
        last = replace(last, year=first.year + _later_in_year(first, last))
    end = resolve_plain(last, published, context)
    if end is None:
        return None
    # What the first date means follows from the last one: the latest such month or weekday up to then.
    known = end[1] if first.form in ("day", "month", "weekday") and first.year is None else published
    start = resolve_plain(first, known, context)
    if start is None or start[0] > end[1]:
        return None
    return start[0], end[1], f"from one date to another; {end[2]}"


def _later_in_year(first: DatedSpan, last: DatedSpan) -> bool:
    """Whether the first date lies later in its year than the last one, so that a new year begins between them."""
    return (first.month or 1, first.day or 1) > (last.month or 12, last.day or 31)


def _resolve_weekday(span: DatedSpan, published: dt.date) -> Days | None:
    """The latest such weekday up to publication; "last Friday" on a Friday is a week before."""
    assert span.weekday is not None
    if span.shift > 0:
        return None
    back = (published.weekday() - span.weekday) % 7
    if span.shift < 0 and back == 0:
        back = 7
    day = published - dt.timedelta(days=back)
    return day - dt.timedelta(days=span.number), day, "weekday before publication"


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
