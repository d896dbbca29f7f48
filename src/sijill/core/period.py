"""When harm is said to have happened: earliest and latest day, with UCDP's code of precision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sijill.core.errors import InvalidRecord


def date_precision(start: dt.date, end: dt.date) -> int:
    """UCDP GED's date_prec of a span of days: 1 one day, 2 up to six, 3 a week, 4 a month, 5 longer.

    Source: UCDP GED codebook, variable date_prec (1 exact day, 2 two to six days, 3 week, 4 month, 5 year).

    >>> date_precision(dt.date(2031, 3, 4), dt.date(2031, 3, 4))
    1
    """
    days = (end - start).days + 1
    if days <= 1:
        return 1
    if days <= 6:
        return 2
    if days <= 7:
        return 3
    return 4 if days <= 31 else 5


OPEN_PRECISION = 5


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both ends included; an end is `None` where the text leaves it open or does not say.

    `text` holds the words, `basis` how the days follow from them ("weekday before publication on 2031-03-09").
    `precision` is UCDP's date_prec, 1 to 5.
    """

    text: str
    start: dt.date | None
    end: dt.date | None
    precision: int
    basis: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.precision <= 5:
            raise InvalidRecord(f"a period's precision runs from 1 to 5, not {self.precision}")
        if self.start and self.end and self.start > self.end:
            raise InvalidRecord(f"a period cannot run from {self.start} back to {self.end}")

    @classmethod
    def of(cls, text: str, start: dt.date, end: dt.date, basis: str = "") -> Period:
        """A period of known ends, its precision computed."""
        return cls(text, start, end, date_precision(start, end), basis)

    @classmethod
    def since(cls, text: str, start: dt.date | None, end: dt.date | None, basis: str = "") -> Period:
        """A period of which either end may be open, which leaves its length unknown (precision 5)."""
        return cls(text, start, end, date_precision(start, end) if start and end else OPEN_PRECISION, basis)

    def gap(self, other: Period) -> int | None:
        """Days between two periods: 0 where they meet, `None` where either is open."""
        if self.start is None or self.end is None or other.start is None or other.end is None:
            return None
        return max(0, (other.start - self.end).days, (self.start - other.end).days)
