"""Where a report turns from one event to another, by words that no place's name shows: a place of the one is not that
of the other."""

from __future__ import annotations

from sijill.extract.marks import Marked
from sijill.extract.numbers import find_numbers
from sijill.extract.report import Report

TURN_REACH, LATER_REACH = 3, 14
LONG_UNITS = ("week", "month", "year")


def turns(m: Marked) -> bool:
    """Whether a sentence opens with words that turn to another event: "Elsewhere", "In a separate attack"."""
    return any(m.at(k, "places", "turns") is not None for k in range(TURN_REACH))


def long_before(report: Report, i: int) -> bool:
    """Whether a sentence tells of a time well before the report's own: "last month", "two years ago"."""
    return any(
        (span.form in ("unit", "month") and span.shift < 0 and not span.since)
        or (span.form == "ago" and span.unit in LONG_UNITS)
        for span in report.dates(i)
    )


def later_than(m: Marked, position: int) -> int:
    """The token behind a "days after" that stands before a token, 0 where none does.

    "The attack on X came days after a strike killed 11": the eleven died elsewhere.
    """
    for k in range(position - 1, max(0, position - 1 - LATER_REACH), -1):
        if m.is_a(k, "dates.later") and m.norm(k - 1) in m.pack.units:
            return k + 1
    return 0


def numbers_told(m: Marked) -> frozenset[int]:
    """The numbers of a sentence, by which it shows whether it tells of the same dead as another."""
    ends = ((n.quantity.low, n.quantity.high) for n in find_numbers(m))
    return frozenset(end for pair in ends for end in pair if end is not None)


def whole_country(m: Marked, k: int) -> bool:
    """Whether "the country" stands at `k` as a place: behind a preposition, or at the head of its sentence."""
    if m.is_a(k, "places.nationwide"):
        return True
    if not m.is_a(k, "places.countries") or not m.is_a(k - 1, "places.articles") or m.is_a(k - 1, "one_of"):
        return False
    return k == 1 or m.before(k - 1, "places", "prepositions") is not None or m.is_a(k - 2, "places.wide")
