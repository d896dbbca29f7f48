"""The day on which a post or an article was put out, where only its address or the clutter around it says so.

Posts are copied with what the page shows beside them: "Orsa News, March 9, 2031 · Shared with Public". A date counts
only where its surroundings say that it is a stamp (a time of day, a middle dot, an account's name right before it):
dates in running text are those of events, and a page's banner bears the day on which it was copied. How the number of a
post on X holds its time is documented by its maker ("Snowflake", 2010: milliseconds since 2010-11-04T01:42:54.657Z,
shifted by 22 bits).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sijill.preserve.dates import DIGITS, MONTHS, day, published_of

LOOKED_AT = 20_000
HEAD, MOST_LINES, LONGEST_LINE = 800, 12, 60
SNOWFLAKE_EPOCH = 1_288_834_974_657
SNOWFLAKE = re.compile(r"https?://(?:[a-z]{1,8}\.)?(?:twitter|x)\.com/[^/?#]{1,60}/status(?:es)?/(\d{16,19})(?!\d)")
IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?=[/?#_-]|$)")
# A bulletin's day at the end of its page's name: "events-of-16-08-2031.html".
IN_NAME = re.compile(r"/[^/?#]*[-_](\d\d?)[-_](\d\d?)[-_]((?:19|20)\d\d)(?=\.[a-z]{3,5}(?:[?#]|$)|/?(?:[?#]|$))")

_NAMES = "|".join(re.escape(n).replace(r"\-", r"[ -]") for n in sorted(MONTHS, key=len, reverse=True))
_MONTH_FIRST = rf"(?:{_NAMES})\.?(?:/(?:{_NAMES}))? \d{{1,2}},? \d{{4}}"
_DAY_FIRST = rf"(?<!\d)\d{{1,2}} (?:{_NAMES})\.?(?:/(?:{_NAMES}))?[,،]? \d{{4}}"
_NUMERIC = "|".join(
    rf"(?<!\d)\d{{4}}{s}\d{{1,2}}{s}\d{{1,2}}|(?<!\d)\d{{1,2}}{s}\d{{1,2}}{s}\d{{4}}" for s in ("-", "/", r"\.")
)
_TIME = r"(?:at |à |الساعة )?\d{1,2}[:.]\d\d(?!\d)(?:[:.]\d\d)?(?: ?(?:[AaPp]\.?[Mm]|[صم])(?!\w))?"
NOT_A_DIGIT = r"(?!\d)"
_DATE = rf"(?P<date>{_MONTH_FIRST}|{_DAY_FIRST}|{_NUMERIC}){NOT_A_DIGIT}"

# The date, then a time of day or a middle dot; a name may run straight into it.
_BEFORE_MARK = re.compile(rf"{_DATE}(?=[,،]? ?(?:[-|–—•] ?)?(?:{_TIME}| ?·))", re.IGNORECASE)
# A time of day, a mark, then the date; the number of views may run straight into the year.
_AFTER_TIME = re.compile(
    rf"\d[:.]\d\d(?: ?(?:[AaPp]\.?[Mm]|[صم]))? ?[·•|،,–—-] ?{_DATE.removesuffix(NOT_A_DIGIT)}", re.IGNORECASE
)
# An account's name that runs into the date.
_AFTER_ACCOUNT = re.compile(rf"@\w{{1,20}}?(?P<date>{_MONTH_FIRST})(?!\d)", re.IGNORECASE)
_SPACE = str.maketrans(dict.fromkeys("\n\r\t\f\v\u00a0\u202f", " ") | dict.fromkeys("\u200e\u200f\u061c", None))


@dataclass(frozen=True, slots=True)
class PostDate:
    """A day found beside the text, as an ISO date, and in words what shows it."""

    day: str
    basis: str


def post_date(text: str, url: str | None) -> PostDate | None:
    """The day of a post or an article by its stamp, or else by its address; `None` where neither shows one.

    >>> post_date("Orsa NewsMarch 9, 2031 · Shared with Public. Two wounded.", None).day
    '2031-03-09'
    >>> post_date("Two were wounded on 7 March 2031.", "https://monitor.example/2031/03/09/orsa").basis
    'the path of its address'
    """
    return stamp_date(text) or _address_date(url) or _dateline(text)


def stamp_date(text: str) -> PostDate | None:
    """The day of the first stamp in the text."""
    found = min(_stamps(text[:LOOKED_AT]), default=None)
    return PostDate(found[1], "the stamp of the post in its text") if found else None


def _stamps(text: str) -> Iterator[tuple[int, str]]:
    plain = re.sub(" {2,}", " ", text.translate(_SPACE)).translate(DIGITS)
    for pattern in (_BEFORE_MARK, _AFTER_TIME, _AFTER_ACCOUNT):
        for match in pattern.finditer(plain):
            written, _ = published_of(match["date"])
            if written is not None:
                yield match.start("date"), written[:10]
                break


def _dateline(text: str) -> PostDate | None:
    """A date that has a line to itself below the headline; on the first line it is the page's banner."""
    for line in [p for row in text[:HEAD].split("\n") for p in row.split("|") if p.strip()][1:MOST_LINES]:
        written, _ = (
            published_of(line) if any(c.isdigit() for c in line) and len(line) <= LONGEST_LINE else (None, None)
        )
        if written is not None:
            return PostDate(written[:10], "a line below the headline that holds only a date")
    return None


def _address_date(url: str | None) -> PostDate | None:
    if url is None:
        return None
    if match := SNOWFLAKE.match(url):
        moment = dt.datetime.fromtimestamp(((int(match[1]) >> 22) + SNOWFLAKE_EPOCH) / 1000, dt.UTC)
        if moment.year < 2200:
            return PostDate(moment.date().isoformat(), "the number of the post in its address")
    if (match := IN_PATH.search(url)) and (found := day(int(match[1]), int(match[2]), int(match[3]))):
        return PostDate(found, "the path of its address")
    if (match := IN_NAME.search(url)) and (found := day(int(match[3]), int(match[2]), int(match[1]))):
        return PostDate(found, "the name of the page in its address")
    return None


def same_day_of_another_year(stated: str, stamped: str) -> bool:
    """Whether two ISO dates differ in the year alone, by a day more or less for the zone.

    A stamp without its year, copied a year later, is often stated with the year of copying.
    """
    a, b = dt.date.fromisoformat(stated[:10]), dt.date.fromisoformat(stamped[:10])
    if a.year == b.year:
        return False
    try:
        return abs((a.replace(year=b.year) - b).days) <= 1
    except ValueError:  # 29 February.
        return False
