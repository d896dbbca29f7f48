"""A report's words as linking compares them: without what the page adds, unmasked, folded, without affixes.

Arabic affixes are taken off after Larkey, Ballesteros and Connell's light stemmer ("Improving stemming for Arabic
information retrieval", SIGIR 2002, recalled), shortened. Posts on some platforms break words of violence with stretch
marks, dots and spaces; these are put together again first.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import islice

from sijill.link.names import ARABIC, fold

WORD = re.compile(r"[^\W_]+")
LETTER = "\u0621-\u064a"
STRETCHED = re.compile(r"ـ[\s.*_]*(?=ـ)")
BROKEN = re.compile(rf"(?<=[{LETTER}])[.*@](?=[{LETTER}])")
LEAST_KEPT = 80
BESIDE = 16
LEAST_STEM = 3
NUMERIC = re.compile(r"(?<!\d)(?:(\d{1,2})[-/](\d{1,2})[-/]\d{4}|\d{4}[-/](\d{1,2})[-/](\d{1,2}))(?!\d)")
SENTENCE_END = re.compile(r"[.!?؟\n]")
# A date heads a report on a short line of its own, or before the dash or colon of a dateline.
DATELINE = re.compile(r"[^\w\n.!?؟]{0,3}[—–:-]")
NAME_WORD = re.compile(r"[^\W\d_]+")
LINE = re.compile(r"^[^\S\n]*\S", re.MULTILINE)
HEAD_LINES, HEAD_WORDS, HEAD_LENGTH = 4, 3, 80
MONTHS, DAYS = range(1, 13), range(1, 32)


@dataclass(frozen=True, slots=True)
class Spelling:
    """The tables of `words.toml`, folded, with the expressions that find days in a folded text."""

    ends: tuple[str, ...]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    day_of_month: re.Pattern[str]
    weekday: re.Pattern[str]
    relative: re.Pattern[str]
    year_after: re.Pattern[str]


@cache
def spelling() -> Spelling:
    """The tables that are shipped, read once."""
    data = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    months = {fold(w): int(month) for month, names in data["months"].items() for w in names}
    weekdays = {fold(w): int(day) for day, names in data["weekdays"].items() for w in names}
    between = data["between"]
    month, named, relative = _any_of(months), _any_of(weekdays), _any_of(data["relative"]["words"])
    of = _any_of(between["day_and_month"])
    first = rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?[ /]{{0,2}}(?:(?:{of}) )?({month})(?!\w)"
    return Spelling(
        ends=tuple(data["furniture"]["ends"]),
        prefixes=tuple(data["arabic"]["prefixes"]),
        suffixes=tuple(data["arabic"]["suffixes"]),
        months=months,
        weekdays=weekdays,
        day_of_month=re.compile(rf"{first}|(?<!\w)({month})\.? (\d{{1,2}})(?!\d)"),
        weekday=re.compile(rf"(?<!\w)و?({named})(?!\w)"),
        relative=re.compile(rf"(?<!\w)و?(?:{relative})(?!\w)"),
        year_after=re.compile(rf"[ ,،/-]{{1,4}}(?:(?:{_any_of(between['month_and_year'])}) )?((?:19|20)\d\d)(?!\d)"),
    )


def _any_of(words: Iterable[str]) -> str:
    """An expression for any of these, as a folded text has them, the longest first."""
    return "|".join(map(re.escape, sorted({fold(w) for w in words}, key=lambda w: (-len(w), w))))


def content(text: str) -> str:
    """The text that its author wrote, as far as the page shows where that ends, with masked words put together.

    >>> content("قـ ـصـ ـف على القرية")
    'قصف على القرية'
    """
    at = [i for mark in spelling().ends if (i := text.find(mark)) >= LEAST_KEPT]
    kept = STRETCHED.sub("", text[: min(at, default=len(text))]).replace("ـ", "")
    return BROKEN.sub("", kept)


def terms(text: str) -> tuple[str, ...]:
    """The words of a text in its order, folded and without affixes.

    >>> terms("والقرية, the village")
    ('قري', 'the', 'village')
    """
    return tuple(_term(w) for w in WORD.findall(fold(text)))


@lru_cache(maxsize=200_000)
def _term(word: str) -> str:
    if not ARABIC.match(word):
        return word
    if word[0] == "و" and len(word) > LEAST_STEM + 1:
        word = word[1:]
    for prefix in spelling().prefixes:
        if word.startswith(prefix) and len(word) - len(prefix) >= LEAST_STEM:
            word = word.removeprefix(prefix)
            break
    for suffix in spelling().suffixes:
        if word.endswith(suffix) and len(word) - len(suffix) >= LEAST_STEM:
            return word.removesuffix(suffix)
    return word


def days_named(text: str) -> frozenset[tuple[int, int]]:
    """The days of the year, (month, day), that a text names, with or without the year.

    >>> sorted(days_named("on 4 March and 2031-03-09"))
    [(3, 4), (3, 9)]
    """
    known, folded = spelling(), fold(text)
    found = set()
    for match in known.day_of_month.finditer(folded):
        day, month = (match[1], match[2]) if match[1] else (match[4], match[3])
        found.add((known.months[month], int(day)))
    for match in NUMERIC.finditer(folded):
        found.add((int(match[2] or match[3]), int(match[1] or match[4])))
    return frozenset((month, day) for month, day in found if month in MONTHS and day in DAYS)


def weekdays_named(text: str) -> frozenset[int]:
    """The days of the week that a text names; Monday is 0.

    >>> sorted(weekdays_named("On Friday, يوم السبت"))
    [4, 5]
    """
    known = spelling()
    return frozenset(known.weekdays[match[1]] for match in known.weekday.finditer(fold(text)))


def day_of_text(text: str, years: Container[int]) -> dt.date | None:
    """The day with its year, one of these, that heads a text, or is the only day that it names in any way.

    A date heads a text where it stands in its first lines, on a line of its own or before the dash of a dateline.

    >>> day_of_text("Posted 15 March 2031\\nOn Friday nine people died.", range(2029, 2034))
    datetime.date(2031, 3, 15)
    >>> day_of_text("The war began on 15 March 2031. Yesterday nine people died.", range(2029, 2034))
    """
    folded = fold(text)
    found = _with_year(folded)
    head = max((m.start() for m in islice(LINE.finditer(folded), HEAD_LINES)), default=0)
    day = next((d for start, end, d in found if _heads(folded, start, end, head)), None)
    if day is None and len({d for _, _, d in found}) == 1:
        only = found[0][2]
        alone = days_named(text) == {(only.month, only.day)}
        day = only if alone and not _names_other_days(folded, found) else None
    return day if day is not None and day.year in years else None


def _with_year(folded: str) -> list[tuple[int, int, dt.date]]:
    """Where each date with its year starts and ends in a folded text, in its order."""
    known = spelling()
    found: list[tuple[int, int, dt.date]] = []
    for match in known.day_of_month.finditer(folded):
        if year := known.year_after.match(folded, match.end()):
            day, month = (match[1], match[2]) if match[1] else (match[4], match[3])
            found += [(match.start(), year.end(), d) for d in _day(int(year[1]), known.months[month], int(day))]
    for match in NUMERIC.finditer(folded):
        year_first = match[3] is not None
        day, month = (match[4], match[3]) if year_first else (match[1], match[2])
        if year_first or day == month or int(day) not in MONTHS or int(month) not in MONTHS:
            number = int(match[0][:4] if year_first else match[0][-4:])
            found += [(match.start(), match.end(), d) for d in _day(number, int(month), int(day))]
    return sorted(found)


def _heads(folded: str, start: int, end: int, head: int) -> bool:
    """Whether a date in the first lines has little before it, and then a dash or colon, or little to the line's end."""
    line = folded.rfind("\n", max(0, start - HEAD_LENGTH), start) + 1
    if line > head or start - line > HEAD_LENGTH:
        return False
    before, behind = folded[line:start], folded[end : end + HEAD_LENGTH].partition("\n")[0]
    return _is_brief(before) and (DATELINE.match(behind) is not None or _is_brief(behind))


def _is_brief(words: str) -> bool:
    return len(NAME_WORD.findall(words)) <= HEAD_WORDS and SENTENCE_END.search(words) is None


def _names_other_days(folded: str, found: Iterable[tuple[int, int, dt.date]]) -> bool:
    """Whether a day of the week, or a word such as "yesterday", stands anywhere but right before one of the dates."""
    known, at = spelling(), 0
    rest: list[str] = []
    for start, end, _ in found:
        near = max(at, start - BESIDE)
        closed = [m.end() for m in SENTENCE_END.finditer(folded, near, start)]
        rest.append(folded[at : max([near, *closed])])
        at = end
    around = "\n".join([*rest, folded[at:]])
    return known.weekday.search(around) is not None or known.relative.search(around) is not None


def _day(year: int, month: int, day: int) -> tuple[dt.date, ...]:
    try:
        return (dt.date(year, month, day),)
    except ValueError:  # 30 February, or 29 in most years.
        return ()


def full_days(text: str, years: Iterable[int]) -> tuple[dt.date, ...]:
    """The days that a text gives by day of the week and of the month, where that is so in one of these years only.

    >>> full_days("on Tuesday, 4 March", range(2029, 2034))
    (datetime.date(2031, 3, 4),)
    """
    known, folded = spelling(), fold(text)
    found: dict[dt.date, None] = {}
    for match in known.day_of_month.finditer(folded):
        before = known.weekday.findall(folded[max(0, match.start() - BESIDE) : match.start()])
        if before:
            day, month = (match[1], match[2]) if match[1] else (match[4], match[3])
            options = _such_days(years, known.months[month], int(day), known.weekdays[before[-1]])
            if len(options) == 1:
                found[options[0]] = None
    return tuple(found)


def _such_days(years: Iterable[int], month: int, day: int, weekday: int) -> list[dt.date]:
    return [at for year in sorted(set(years)) for at in _day(year, month, day) if at.weekday() == weekday]
