"""Dates of the Islamic calendar, as days of the Gregorian one, with the uncertainty that its months begin by sight.

The tabular calendar (civil epoch, 16 July 622 Julian; leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29 of a cycle
of thirty) is the arithmetic of Reingold and Dershowitz, *Calendrical Calculations*, chapter 7. A month
that was declared when the new moon was seen may begin a day earlier or later, so a date means three days.
"""

from __future__ import annotations

import datetime as dt

EPOCH = 227_015
FIRST_YEAR, LAST_YEAR = 1318, 1524
MONTHS, DAYS_IN_MONTH = 12, 30
DOUBT = dt.timedelta(days=1)


def tabular(year: int, month: int, day: int) -> dt.date:
    """The Gregorian day of a tabular Islamic date; raises ValueError for what is no such date.

    >>> tabular(1445, 9, 1), tabular(1400, 1, 1)
    (datetime.date(2024, 3, 11), datetime.date(1979, 11, 21))
    """
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= MONTHS and 1 <= day <= DAYS_IN_MONTH):
        raise ValueError(f"{year}-{month}-{day} is no date of the Islamic calendar in the years that reports speak of")
    ordinal = day + 29 * (month - 1) + (6 * month - 1) // 11 + (year - 1) * 354 + (3 + 11 * year) // 30 + EPOCH - 1
    return dt.date.fromordinal(ordinal)


def lunar_days(year: int, month: int, day: int | None) -> tuple[dt.date, dt.date]:
    """First and last day that a lunar date, or a whole month, can mean."""
    if day is not None:
        found = tabular(year, month, day)
        return found - DOUBT, found + DOUBT
    year_after, month_after = (year + 1, 1) if month == MONTHS else (year, month + 1)
    return tabular(year, month, 1) - DOUBT, tabular(year_after, month_after, 1)
