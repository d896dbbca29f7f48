"""The words that dates are made of: months, day numbers, years, units; each looked up at one place of a sentence."""

from __future__ import annotations

import calendar
from dataclasses import dataclass

from sijill.extract.marks import Marked
from sijill.extract.tokens import Kind

MIN_YEAR, MAX_YEAR = 1900, 2100
PARTS = ("early", "middle", "late")
DASHES = frozenset("-–—")


@dataclass(frozen=True, slots=True)
class DatedSpan:
    """A date as written: tokens [start, end), and whatever of it the words give.

    `form` says which rule reads it: day, unclear, month, lunar, year, years, weekday, weekend, overnight, relative,
    from_day, same_day, ago, past, unit, range, name (of a body, which dates nothing). `since` where it opens a period
    that runs on, `until` where it closes one; `part` early, middle, late, "week:1", "half:2", "quarter:-1"; `shift`
    "last" (-1) or "next" (+1). Of a range, `ends` are the dates at either end.
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
    ends: tuple[DatedSpan, DatedSpan] | None = None


def month_at(m: Marked, i: int) -> tuple[int, int] | None:
    """The month named at `i` and the token after it; words that mean something else too must be written as names.

    A month may be named twice, in two calendars of names: "شباط/فبراير".
    """
    hit = m.at(i, "dates", "months") if m.pack.grammar.caseless else None
    month = hit.entry.number if hit else m.pack.months.get(parted(m, i)[1])
    if month is None:
        return None
    if m.is_a(i, "dates.ambiguous") and not m.tokens[i].is_name and not _beside_figures(m, i):
        return None
    end = hit.end if hit else i + 1
    if hit and m.norm(end) in {"/", "-", "("} and (again := m.at(end + 1, "dates", "months")):
        end = again.end + (m.norm(again.end) == ")") if again.entry.number == month else end
    return month, end


def _beside_figures(m: Marked, i: int) -> bool:
    """Whether a word that may be a month stands by a day or a year, where capitals cannot show that it is one."""
    if not m.pack.grammar.caseless:
        return False
    before = i - 2 if m.is_a(i - 1, "partitive") else i - 1
    return day_number(m, before) is not None or year_number(m, i + 1) is not None or m.is_a(i - 1, "dates.whole_month")


def day_number(m: Marked, i: int) -> int | None:
    """The day of a month that the figures at `i` give, also as an ordinal: "3", "3rd"."""
    if not 0 <= i < len(m.tokens):
        return None
    digits = m.tokens[i].norm
    for ending in m.pack.words["dates.ordinals"]:
        digits = digits.removesuffix(ending)
    return int(digits) if digits.isdecimal() and len(digits) <= 2 and 1 <= int(digits) <= 31 else None


def year_number(m: Marked, i: int) -> int | None:
    """The year of four figures at `i`."""
    if not 0 <= i < len(m.tokens) or m.tokens[i].kind is not Kind.NUMBER or not m.tokens[i].text.isdecimal():
        return None
    text = m.tokens[i].text
    if len(text) == 4 and MIN_YEAR <= int(text) <= MAX_YEAR:
        return int(text)
    return None


def short_year(m: Marked, i: int) -> int | None:
    """A year, also the two digits of a wire service's dateline ("5 OCT 89")."""
    if (year := year_number(m, i)) is not None:
        return year
    short = 0 <= i < len(m.tokens) and m.tokens[i].text.isdecimal() and len(m.tokens[i].text) == 2
    counts = m.at(i + 1, "person") or m.at(i + 1, "trigger") or m.at(i + 1, "quantity", "others")
    if m.sentence.capitals and short and not counts:
        return 1900 + int(m.tokens[i].text)
    return None


def after_comma(m: Marked, i: int) -> int:
    """The token behind a comma at `i`, else `i`."""
    return i + 1 if 0 <= i < len(m.tokens) and m.tokens[i].text in {",", "،"} else i


def small_number(m: Marked, i: int) -> tuple[int | None, int]:
    """The small number at `i`, in words, figures or as an article, and the token behind it."""
    norm = m.norm(i)
    if norm in m.pack.numbers:
        return m.pack.numbers[norm], i + 1
    if norm.isdecimal() and len(norm) <= 3:
        return int(norm), i + 1
    if norm in m.pack.articles and norm:
        return m.pack.articles[norm], i + 1
    return None, i


def unit_at(m: Marked, i: int) -> str:
    """Which unit of time the word at `i` is, "" for none."""
    return m.pack.units.get(m.norm(i), "")


def is_day(year: int, month: int, day: int) -> bool:
    """Whether there is such a day, within the years that reports can speak of."""
    return MIN_YEAR <= year <= MAX_YEAR and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def parted(m: Marked, i: int) -> tuple[str, str]:
    """A word and the part of a period that a hyphen hangs on it: ("middle", "march") for "mid-March"."""
    word = m.bare(i)
    head, dash, tail = word.partition("-")
    if dash:
        for part in PARTS:
            if head in m.pack.words[f"dates.{part}"]:
                return part, tail
    return "", word
