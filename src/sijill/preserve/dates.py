"""Dates of publication as documents write them, to ISO 8601; strict, because everything relative hangs on them.

What is partial ("March 2031"), ambiguous ("03/08/2031") or in another calendar gives no date but a note. Months are our
own tables: the names of the Levant and Iraq are in no library that was tried.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

from sijill.core.document import Note
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.vocabulary import vocabulary

EARLIEST, LATEST = 1900, 2199
LONGEST = 80
DIGITS = {ord(a): str(i % 10) for i, a in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
IGNORED = re.compile("[\u200e\u200f\u061c\u064b-\u0652\u0640]")
WORDS = vocabulary("months")
MONTHS: dict[str, int] = {name: i for i, names in enumerate(WORDS["months"], start=1) for name in names.split()}
FIRST_WORDS = re.compile(rf"\b({'|'.join(WORDS['first_words'].split())})\s+(?=ال)")
PASSED_OVER = frozenset(WORDS["weekdays"].split() + WORDS["linking"].split())
ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE,
)
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
NUMERIC = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})")
CLOCK = re.compile(r"[,،]?\s*(?:at |à |الساعة )?(\d{1,2})[:h](\d\d)(?::\d\d)?\s*(am|pm|utc|gmt|z)?\s*$", re.IGNORECASE)


def published_of(stated: str | None) -> tuple[str | None, Note | None]:
    """An ISO date, or date and time, of what a document says of its publication; else `None` and a note.

    >>> published_of("9 آذار 2031")[0], published_of("Sun, 9 Mar 2031 14:05:00 +0200")[0]
    ('2031-03-09', '2031-03-09T14:05:00+02:00')
    >>> published_of("03/08/2031")[1].code
    'date_unclear'
    """
    text = " ".join(IGNORED.sub("", (stated or "")[: 4 * LONGEST]).translate(DIGITS).split())
    if not text:
        return None, None
    found = (_iso(text) or _numeric(text) or _mail(text) or _written(text)) if len(text) <= LONGEST else None
    if found is None:
        return None, note(NoteCode.DATE_UNCLEAR, "The date of publication is partial, ambiguous or not understood.")
    return found, None


def day(year: int, month: int, number: int) -> str | None:
    """The ISO date, where there is such a day between 1900 and 2199."""
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return dt.date(year, month, number).isoformat()
    except ValueError:
        return None


def _iso(text: str) -> str | None:
    if compact := COMPACT.fullmatch(text):
        return day(*(int(part) for part in compact.groups()))
    match = ISO.fullmatch(text)
    if match is None:
        return None
    year, month, number, hour, minute, second, zone = match.groups()
    date = day(int(year), int(month), int(number))
    if date is None or hour is None:
        return date
    return _with_time(date, int(hour), int(minute), int(second or 0), zone or "")


def _with_time(date: str, hour: int, minute: int, second: int = 0, zone: str = "") -> str | None:
    if hour > 23 or minute > 59 or second > 59:
        return None
    zone = zone.upper()
    if zone in ("Z", "UTC", "GMT"):
        zone = "+00:00"
    elif zone and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    if zone and (int(zone[1:3]) > 14 or int(zone[4:]) > 59):
        return None
    return f"{date}T{hour:02}:{minute:02}:{second:02}{zone}"


def _mail(text: str) -> str | None:
    """RFC 5322, section 3.3, as mail and feeds write it; needs the time, or any words would pass."""
    if not re.search(r"\d{4} \d\d:\d\d", text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.isoformat() if EARLIEST <= moment.year <= LATEST else None


def _numeric(text: str) -> str | None:
    """Year first; or day, month and year where only one order is possible."""
    text, time = _split_time(text)
    match = NUMERIC.fullmatch(text)
    if match is None:
        return None
    a, b, c = (int(part) for part in match.groups())
    if len(match.group(1)) == 4:
        return _joined(day(a, b, c), time)
    if len(match.group(3)) != 4:
        return None
    readings = {day(c, b, a), day(c, a, b)} - {None}
    return _joined(readings.pop(), time) if len(readings) == 1 else None


def _written(text: str) -> str | None:
    """A day, a month in words and a year, in any order that leaves no doubt."""
    text, time = _split_time(text)
    text = FIRST_WORDS.sub(r"\1-", text)
    words = [word.strip(".,،") for word in re.sub(r"(?<=\d)(?:st|nd|rd|th|er)\b", "", text.lower()).split()]
    words = [word for word in words if word and word not in PASSED_OVER]
    # "آذار/مارس": both names of a month, as the agencies of the UN write it.
    months = {MONTHS[part] for word in words for part in word.split("/") if part in MONTHS}
    others = [word for word in words if not all(part in MONTHS for part in word.split("/"))]
    if len(months) != 1 or len(others) != 2 or not all(word.isdecimal() for word in others):
        return None
    years = [word for word in others if len(word) == 4]
    days = [word for word in others if len(word) <= 2]
    if len(years) != 1 or len(days) != 1:
        return None
    return _joined(day(int(years[0]), months.pop(), int(days[0])), time)


def _split_time(text: str) -> tuple[str, str]:
    """The date, and the time of day after it in ISO's form, "" where there is none."""
    match = CLOCK.search(text)
    if match is None:
        return text, ""
    hour, minute, suffix = int(match.group(1)), int(match.group(2)), (match.group(3) or "").lower()
    if suffix in ("am", "pm"):
        hour = hour % 12 + (12 if suffix == "pm" else 0)
    if hour > 23 or minute > 59:
        return text, ""
    zone = "+00:00" if suffix in ("utc", "gmt", "z") else ""
    return text[: match.start()].rstrip(" ,،-–|"), f"T{hour:02}:{minute:02}:00{zone}"


def _joined(date: str | None, time: str) -> str | None:
    return None if date is None else date + time
