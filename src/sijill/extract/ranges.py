"""Periods between two dates: "from 1 March to 9 March", "between Monday and Wednesday", "3 – 8 March", "since … until".

Two dates are the ends of one period where nothing but a word that leads from one to the other stands between them. An
"and" does so only behind a "between", or between days that follow one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sijill.extract.datewords import DASHES, DatedSpan
from sijill.extract.marks import Marked

DAYS = frozenset({"day", "weekday", "relative", "ago", "overnight", "from_day"})
KINDS = (DAYS | {"month"}, frozenset({"year", "month"}), frozenset({"lunar"}))
BETWEEN_ENDS = 4


def ranged(m: Marked, spans: Sequence[DatedSpan]) -> tuple[DatedSpan, ...]:
    """The dates of a sentence, two that are the ends of one period made one."""
    found: list[DatedSpan] = []
    for span in spans:
        if found and (joined := _joined(m, found[-1], span)):
            found[-1] = joined
        else:
            found.append(span)
    return tuple(found)


def through(m: Marked, i: int) -> int:
    """The token behind a word or dash at `i` that leads from one end of a period to the other; 0 for none."""
    if m.norm(i) in DASHES:
        return i + 1
    hit = m.at(i, "dates", "through")
    return hit.end if hit else 0


def closes(m: Marked, start: int, last: int) -> bool:
    """Whether a date is the end of a time that runs up to it: "until Monday", "by the end of March"."""
    at = start
    for _ in range(BETWEEN_ENDS):
        if at <= last:
            return False
        if m.before(at, "dates", "until"):
            return True
        if not (m.is_a(at - 1, "places.articles") or m.is_a(at - 1, "dates.day_parts")):
            return False
        at -= 1
    return False


def _joined(m: Marked, a: DatedSpan, b: DatedSpan) -> DatedSpan | None:
    """The period from one date to the next, `None` where they are two dates."""
    if a.ends or b.since or a.form == "range" or not any(a.form in k and b.form in k for k in KINDS):
        return None
    opened = a.since or m.is_a(a.start - 1, "dates.from") or m.is_a(a.start - 2, "dates.from")
    whole = DatedSpan(a.start, b.end, "range", ends=(replace(a, since=False), replace(b, until=False)))
    follows = _follow(a, b)
    if a.end == b.start:
        return whole if follows and a.form == "weekday" and m.is_a(a.start - 1, "dates.day_parts") else None
    for gap in (a.end, a.end + 1):
        if gap > a.end and not (m.norm(a.end) == "," or m.is_a(a.end, "dates.day_parts")):
            break
        after = through(m, gap)
        if after and _reaches(m, after, b.start):
            # Without an opening word only dates of one kind are ends: "on Monday to 3 March" is none.
            return whole if opened or a.form == b.form else None
        if m.is_a(gap, "numbers.joiners") and _reaches(m, gap + 1, b.start):
            paired = any(m.is_a(a.start - k, "dates.between") for k in (1, 2, 3))
            return whole if paired or follows else None
    return None


def _reaches(m: Marked, start: int, end: int) -> bool:
    """Whether only small words of time stand between two places: articles, "early", "the night of"."""
    small = ("dates.prepositions", "places.articles", "dates.day_parts", "partitive")
    return 0 <= end - start <= BETWEEN_ENDS and all(any(m.is_a(k, name) for name in small) for k in range(start, end))


def _follow(a: DatedSpan, b: DatedSpan) -> bool:
    """Whether the second day is the one after the first, as far as the words alone say it."""
    if a.form == b.form == "weekday" and a.weekday is not None and b.weekday is not None:
        return b.weekday == (a.weekday + 1) % 7 and not a.shift and not b.shift
    return a.form == b.form == "day" and a.month == b.month and a.day is not None and b.day == a.day + 1
