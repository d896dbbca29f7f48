"""Dates that are neither days of a month nor weekdays: weekends, nights, feasts, decades, days counted from another.

Also the fractions of months and years: "the first week of March", "the second half of 2031".
"""

from __future__ import annotations

from sijill.extract.datewords import DatedSpan, after_comma, small_number, unit_at, year_number
from sijill.extract.marks import Marked
from sijill.extract.tokens import Kind

DECADE = 10


def special(m: Marked, i: int) -> DatedSpan | None:
    """The date of one of these forms that begins at `i`."""
    return _feast(m, i) or _weekend(m, i) or _overnight(m, i) or _from_day(m, i) or _decade(m, i)


def _feast(m: Marked, i: int) -> DatedSpan | None:
    """A day of the year that has a name: "New Year's Eve", "Christmas Day 2031"."""
    hit = m.at(i, "dates", "feasts")
    if hit is None:
        return None
    month, day = divmod(hit.entry.number, 100)
    at = after_comma(m, hit.end)
    year = year_number(m, at)
    return DatedSpan(i, at + 1 if year else hit.end, "day", day=day, month=month, year=year)


def _weekend(m: Marked, i: int) -> DatedSpan | None:
    hit = m.at(i, "dates", "weekend")
    if hit is None:
        return None
    if m.is_a(i - 1, "dates.next"):
        return None
    after = m.is_a(hit.end, "dates.last_after")
    return DatedSpan(i, hit.end + after, "weekend", shift=-1 if after or m.is_a(i - 1, "dates.last") else 0)


def _overnight(m: Marked, i: int) -> DatedSpan | None:
    """The night before publication; where a day follows ("overnight on Friday"), that day says it."""
    hit = m.at(i, "dates", "overnight")
    if hit is None:
        return None
    at = hit.end
    while at < hit.end + 3 and (m.is_a(at, "dates.prepositions") or m.is_a(at, "dates.through")):
        at += 1
    if m.bare(at) in m.pack.weekdays or (at < len(m.tokens) and m.tokens[at].kind is Kind.NUMBER):
        return None
    if m.is_a(i - 1, "dates.day_parts") or m.bare(i - 1) in m.pack.weekdays:
        return None
    return DatedSpan(i, hit.end, "overnight")


def _from_day(m: Marked, i: int) -> DatedSpan | None:
    """A day counted from the one named before: "the next day", "two days later", "a day earlier"."""
    if hit := m.at(i, "dates", "other_days"):
        return DatedSpan(i, hit.end, "from_day", number=hit.entry.number, unit="day")
    number, at = small_number(m, i)
    unit = unit_at(m, at) if number else ""
    if not unit or unit == "hour":
        return None
    for name, sign in (("later", 1), ("earlier", -1)):
        hit = m.at(at + 1, "dates", name)
        # "Two days after the strike" is counted from an event, not from a day.
        if hit and (m.is_a(at + 1, f"dates.{name}_alone") or _ends(m, hit.end)):
            return DatedSpan(i, hit.end, "from_day", number=sign * (number or 1), unit=unit)
    return None


def _ends(m: Marked, i: int) -> bool:
    return i >= len(m.tokens) or m.is_mark(i) or m.is_a(i, "numbers.joiners")


def _decade(m: Marked, i: int) -> DatedSpan | None:
    """ "The 1990s", "les années 1990": ten years."""
    text = m.tokens[i].text
    if hit := m.at(i, "dates", "decade_before"):
        year = year_number(m, hit.end)
        if year is not None and year % DECADE == 0:
            return DatedSpan(i, hit.end + 1, "years", year=year, number=year + DECADE - 1)
    for ending in m.pack.words["dates.decade_endings"]:
        figures = text.removesuffix(ending)
        if figures != text and figures.isdecimal() and len(figures) == 4 and int(figures) % DECADE == 0:
            return DatedSpan(i, i + 1, "years", year=int(figures), number=int(figures) + DECADE - 1)
    return None


def fraction_before(m: Marked, end: int) -> tuple[int, str] | None:
    """Where a fraction that ends before `end` begins, and which it is: "the first week of", "the last half of"."""
    for unit, words in (("week", "dates.week_units"), ("half", "dates.halves"), ("quarter", "dates.quarters")):
        # "First week", or "week first", also with an article between.
        for noun in (end - 1, end - 2, end - 3):
            if not m.is_a(noun, words):
                continue
            inner = range(noun + 1, end)
            nth = m.before(noun, "dates", "nth") if not inner else None
            for k in inner:
                hit = m.at(k, "dates", "nth")
                if hit and hit.end == end and all(m.is_a(j, "places.articles") for j in range(noun + 1, k)):
                    nth = hit
            if nth:
                return min(nth.start, noun), f"{unit}:{nth.entry.number}"
    return None
