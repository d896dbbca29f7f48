"""Dates of birth and death as lists write them: whole, in part, or of the Islamic calendar."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sijill.core.lunar import lunar_days

FIRST_YEAR, LAST_YEAR = 1850, 2150
LUNAR_YEARS = range(1318, 1525)
MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DIGITS = {ord(a): str(i % 10) for i, a in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
MARKS = re.compile("[\u200e\u200f\u061c\u064b-\u0652\u0640]")
LUNAR_MARK = re.compile(r"\s*(?:هـ?|A\.?H\.?|م)\s*$", re.IGNORECASE)
CLOCK = re.compile(r"[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$")
LONGEST = 60
# Year, month, day; a month or day that is not known is 0.
Day = tuple[int, int, int]


def day_of(text: str, months: Mapping[str, int]) -> Day | None:
    """The date that a cell holds, None for an empty one. Raises ValueError for what is no date.

    Year first, or year last with the day before the month; the month in figures or by its name in `months`; a year
    alone, a month and year. A year from 1318 to 1524 is of the Islamic calendar: its day is the Gregorian one that
    arithmetic gives, where a sighted moon may say a day earlier or later; a month or year of it is put where its middle
    lies.

    >>> day_of("2031-03-09", {}), day_of("9/3/2031", {}), day_of("", {}), day_of("1990", {})
    ((2031, 3, 9), (2031, 3, 9), None, (1990, 0, 0))
    >>> day_of("1 رمضان 1445", {"رمضان": 9}), day_of("1445-09-01", {}), day_of("آذار 2031", {"آذار": 3})
    ((2024, 3, 11), (2024, 3, 11), (2031, 3, 0))
    >>> day_of("٤ كانون الثاني ٢٠٣١", {"كانون-الثاني": 1}), day_of("March 9, 2031", {"march": 3})
    ((2031, 1, 4), (2031, 3, 9))
    """
    said = CLOCK.sub("", LUNAR_MARK.sub("", MARKS.sub("", text[: 2 * LONGEST]).translate(DIGITS).strip()))
    if not said:
        return None
    if len(said) > LONGEST:
        raise ValueError("not a date")
    year, month, day = _parts([p for p in re.split(r"[\s/.,،\-]+", said) if p], months)
    if year in LUNAR_YEARS:
        return _gregorian(year, month, day)
    _require(year, month, day)
    return year, month, day


def _parts(parts: list[str], months: Mapping[str, int]) -> tuple[int, int, int]:
    """Year, month and day, 0 for those not given."""
    for i in range(len(parts) - 1):  # The names of some months are two words, which `months` joins by a hyphen.
        if (whole := f"{parts[i]}-{parts[i + 1]}") in months:
            parts = [*parts[:i], whole, *parts[i + 2 :]]
            break
    numbers = [months.get(part.casefold(), -1) if not part.isdecimal() else int(part) for part in parts]
    named = [not part.isdecimal() for part in parts]
    if -1 in numbers or not 1 <= len(numbers) <= 3 or any(len(part) > 4 for part in parts if part.isdecimal()):
        raise ValueError("not a day, month and year")
    if len(parts[0]) != 4 or named[0]:
        numbers, named = numbers[::-1], named[::-1]
    year, month, day = (*numbers, 0, 0)[:3]
    if len(numbers) == 3 and named[2]:  # "March 9 2031"
        month, day = day, month
    if named[0]:
        raise ValueError("not a day, month and year")
    return year, month, day


def _require(year: int, month: int, day: int) -> None:
    leap = not (year % 4 or (year % 100 == 0 and year % 400))
    if not (FIRST_YEAR <= year <= LAST_YEAR and 0 <= month <= 12):
        raise ValueError("no such day")
    last = MONTH_DAYS[month - 1] if month else 0
    if not 0 <= day <= last or ((month, day) == (2, 29) and not leap):
        raise ValueError("no such day")


def _gregorian(year: int, month: int, day: int) -> Day:
    """The middle of the days that a lunar date can mean, as exactly as it was given. Raises ValueError."""
    if day:
        first, last = lunar_days(year, month, day)
    elif month:
        first, last = lunar_days(year, month, None)
    else:
        first, last = lunar_days(year, 1, None)[0], lunar_days(year, 12, None)[1]
    middle = first + (last - first) / 2
    return middle.year, middle.month if month else 0, middle.day if day else 0
