"""When harm happened: the date that belongs to a claim, in its own sentence or in those around."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from sijill.core.claim import Harm
from sijill.core.period import Period
from sijill.extract.dates import SINCE_REACH
from sijill.extract.datewords import DatedSpan, is_day, small_number, unit_at
from sijill.extract.days import Days, OpenDays, resolve, resolve_day, resolve_plain
from sijill.extract.marks import Marked
from sijill.extract.placenames import dateline_end
from sijill.extract.pointing import points_to_acts

if TYPE_CHECKING:
    from sijill.extract.report import Report

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# Harms that last: the text's other dates do not date them.
LASTING = frozenset({Harm.DISPLACED, Harm.DISMISSED, Harm.DETAINED})
# Forms that give the day of an attack to other sentences, and those that say a day only by one named before.
OF_DAYS = ("day", "weekday", "relative", "ago", "range", "overnight", "weekend", "from_day")
TOLD_FROM = ("same_day", "from_day")
# How long after an attack its toll may still rise.
RISING = dt.timedelta(days=14)
# How long a period may be that dates what other sentences tell of.
LENT = dt.timedelta(days=31)
LOOK_BACK, LOOK_ON, OPENING, MAIN_EVENT = 3, 2, 2, 10
# How far news of the day goes, how far on the only day of a report is looked for, and one of the same place.
NEWS_REACH, ONLY_REACH, SAME_PLACE_REACH = 25, 14, 40
TOLD_BACK, HEADING_ON, TOLD_REACH = 8, 5, 6
RANKING_REACH = 6
LONG_COST, OF_ATTACK = 8, 30
SPEECH_REACH = 8
SINCE_COST = 10
HEADING_TOKENS, DATELINE_TOKENS = 4, 8
CAPTION_MAX = 12
IN_SENTENCE = "date in the sentence"
DATELINE_SENTENCES, TODAY_SENTENCES = 6, 12
NEAR_YEARS, WEEKDAY_CYCLE, YEARS_MAX, MAX_PLAUSIBLE, ROUND = 5, 11, 200, 2049, 1000

Apart = Callable[[int, int], bool]
Named = Callable[[int], tuple[str, ...]]


def nothing_named(_i: int) -> tuple[str, ...]:
    """Where no places are known, no sentence names any."""
    return ()


def nowhere_else(_i: int, _k: int) -> bool:
    """Where no places are known, no sentence is of another place."""
    return False


def anchor_of(report: Report) -> dt.date | None:
    """The day of publication that a report's own first lines give: a full date on a short line, or a dateline."""
    for i in range(min(DATELINE_SENTENCES, len(report))):
        m = report.marked(i)
        for span in report.dates(i):
            if span.form != "day" or span.year is None or span.since or span.until:
                continue
            told = any(h.entry.cls == "trigger" for hits in m.starting for h in hits)
            heading = len(m.tokens) - (span.end - span.start) <= 6 and not told
            marked = m.before(span.start, "dates", "published") or m.at(span.end, "dates", "published")
            if heading or (i == 0 and span.start <= 4) or marked:
                days = resolve_day(span, None, None)
                return days[0] if days and len(m.tokens) - (span.end - span.start) <= 30 else None
    return _today(report)


def _today(report: Report) -> dt.date | None:
    """The day of writing of a text that says "today, Friday": the last full date it names, if that was a Friday, or
    "today, Friday 19 August": the first such Friday from the last year that the text names on."""
    for i in range(min(TODAY_SENTENCES, len(report))):
        for span in report.dates(i):
            if span.weekday is None or span.form not in ("relative", "day") or (span.form == "day" and span.year):
                continue
            back = dt.timedelta(days=span.number)
            if span.form == "relative" and (latest := latest_day(report)):
                return latest - back if latest.weekday() == span.weekday else None
            if span.form == "day" and span.unit == "day" and (year := _latest_year(report)):
                day = _first_such(span, year)
                return day - back if day else None
    return None


def _first_such(span: DatedSpan, year: int) -> dt.date | None:
    """The first day from a year on that has the day, the month and the weekday of a date without a year.

    Where years pass before there is one, the last such day before: a page names later years than its report.
    """
    for y in (*range(year, year + NEAR_YEARS), *range(year - 1, year - WEEKDAY_CYCLE, -1)):
        if span.month and span.day and is_day(y, span.month, span.day):
            day = dt.date(y, span.month, span.day)
            if day.weekday() == span.weekday:
                return day
    return None


def _latest_year(report: Report) -> int | None:
    """The last year that the text names, in whatever connection; "2000" is more often a number."""
    years = (int(hit[0]) for hit in islice(YEAR.finditer(report.text), YEARS_MAX))
    return max((y for y in years if y <= MAX_PLAUSIBLE and y % ROUND), default=None)


def period_at(
    report: Report,
    i: int,
    position: int,
    harm_at: int,
    harm: Harm,
    *,
    apart: Apart = nowhere_else,
    named: Named = nothing_named,
) -> tuple[Period, str] | None:
    """The period of harm told of at token `position` of sentence `i`, and the rule that found it.

    `apart` says whether another sentence speaks of another place than this one, and so of another event; `named` gives
    the places that a sentence names.

    It is looked for in the sentence itself, then in those around. Other sentences give a day, a weekday or a month,
    never only a year; the date of a statement ("said on Friday") and of the report's own heading are not dates of harm.
    """
    quiet = harm is Harm.MISSING and not _attack_told(report.marked(i))
    own = _nearest(report, i, position, harm_at, since=quiet)
    if own:
        return own, IN_SENTENCE
    closed = _closed(report, i, position)
    if (i, harm) not in report.periods_around:
        report.periods_around[i, harm] = _elsewhere(report, i, harm, apart, named)
    told = report.periods_around[i, harm]
    if closed and closed.end and not (told and told[0].end and closed.end - RISING <= told[0].end <= closed.end):
        return closed, IN_SENTENCE
    return told


def _closed(report: Report, i: int, position: int) -> Period | None:
    """The time up to a day ("by Monday the toll had reached 87"), of which the sentence gives no beginning."""
    m = report.marked(i)
    spans = [d for d in _usable(report, i) if d.until]
    for span in sorted(spans, key=lambda d: abs(d.start - position)):
        if days := resolve(span, report.published, _context(report, i)):
            return Period.since(m.words(span.start, span.end, report.text), *days)
    return None


def _elsewhere(report: Report, i: int, harm: Harm, apart: Apart, named: Named) -> tuple[Period, str] | None:
    """The period that other sentences give for what sentence `i` tells, and the rule that found it."""
    if told := _of_these_acts(report, i):
        return told, "period of the acts named before"
    if _untimed(report.marked(i)):
        return None
    if harm in LASTING:
        return _of_event(report, i) if harm is Harm.DETAINED else None
    near = range(i - 1, max(-1, i - 1 - LOOK_BACK), -1)
    opening = range(min(OPENING, i))
    on = range(i + 1, i + 1 + (LOOK_ON if i else HEADING_ON))
    for k in dict.fromkeys([*report.paragraph_before(i, LOOK_BACK), *opening, *near, *on]):
        months = k in near and (i < OPENING or k in report.paragraph_before(i, LOOK_BACK))
        if not 0 <= k < len(report) or not (found := report.attack_day(k, months=months)):
            continue
        if k > i >= HEADING_ON and report.alarming(k):
            # What follows tells of its own dead.
            continue
        # What a report opens with happened on the day that it gives there, wherever.
        if i == 0 or not apart(i, k):
            return found, "date of another sentence"
    if found := _of_same_place(report, i, named):
        return found, "date told of the same place"
    for k in range(OPENING, min(MAIN_EVENT, i)):
        if (found := report.attack_day(k, months=False)) and not apart(i, k):
            return found, "date of the report's main event"
    if i < NEWS_REACH and report.breaking():
        return _news_of_the_day(report), "news of the day"
    only = _only_day(report, i, apart) if i < OPENING else None
    return (only, "the only day that the report gives") if only else None


def _only_day(report: Report, i: int, apart: Apart) -> Period | None:
    """The day of an attack where a report gives a single one, for what it opens with."""
    told = [(k, p) for k in range(min(ONLY_REACH, len(report))) if (p := report.attack_day(k, months=False))]
    if len({(p.start, p.end) for _, p in told}) != 1 or any(apart(i, k) for k, _ in told):
        return None
    return told[0][1]


def _of_these_acts(report: Report, i: int) -> Period | None:
    """ "These attacks left 40 dead": the period that the sentence before gives for them, however long."""
    m = report.marked(i)
    goes_on = points_to_acts(m) or m.at(0, "attribution", "continuing")
    if i == 0 or not goes_on or not report.joined(i - 1):
        return None
    before = report.marked(i - 1)
    for span in _usable(report, i - 1):
        if not span.until and (
            days := resolve(_with_year(report, span), report.published, _lent_base(report, i - 1, span))
        ):
            days = _until(report, i - 1, span, days)
            return Period.since(before.words(span.start, span.end, report.text), *days)
    return None


def _of_same_place(report: Report, i: int, named: Named) -> Period | None:
    """The one day that the report gives for an attack at a place which sentence `i` names."""
    own = set(named(i))
    found: dict[tuple[dt.date | None, dt.date | None], Period] = {}
    for k in range(min(SAME_PLACE_REACH, len(report))) if own else ():
        if k != i and (told := report.attack_day(k, months=False)) and own.intersection(named(k)):
            found[told.start, told.end] = told
    return next(iter(found.values())) if len(found) == 1 else None


def _news_of_the_day(report: Report) -> Period:
    assert report.published is not None
    return Period.since("", report.published, report.published, "told as news on the day of publication")


def is_breaking(report: Report) -> bool:
    """Whether a report tells on its day of publication what has just happened: "missiles have hit X", and no day."""
    if report.published is None:
        return False
    fresh = any(_has_attacked(report.marked(k)) for k in range(min(OPENING, len(report))))
    return fresh and not any(report.attack_day(k, months=True) for k in range(min(TODAY_SENTENCES, len(report))))


def _has_attacked(m: Marked) -> bool:
    """Whether a verb of attack or harm stands in the perfect, where that is no common past: "have hit"."""
    for k in range(len(m.tokens)):
        if not m.is_a(k, "dates.fresh") or m.is_a(k - 1, "infinitive"):
            continue
        at = k + 1
        while m.is_a(at, "passive") or (m.is_a(at, "adverbs") and not m.at(at, "trigger")):
            at += 1
        if m.at(at, "trigger", "participle") or m.at(at, "perpetrators", "verbs"):
            return not _untimed(m)
    return False


def _attack_told(m: Marked) -> bool:
    """Whether a sentence tells of an attack, beside those who are missing since."""
    return m.within(0, len(m.tokens), "attack") is not None


def _untimed(m: Marked) -> bool:
    """Whether the sentence gives a time that is no date: "in recent days", "within 24 hours", "over the years"."""
    return m.within(0, len(m.tokens), "dates", "vague") is not None or any(_lasted(m, k) for k in range(len(m.tokens)))


def _lasted(m: Marked, k: int) -> bool:
    """Whether a length of time stands at `k` that no date ends: "in two weeks", not "two weeks ago"."""
    if k in m.dated or not m.is_a(k - 1, "dates.during"):
        return False
    number, at = small_number(m, k)
    return bool(number and unit_at(m, at)) and not m.is_a(at + 1, "dates.ago") and not m.is_a(at + 1, "partitive")


def _of_event(report: Report, i: int) -> tuple[Period, str] | None:
    """The day on which a raid took people: the one day that the paragraph gives, else the one of the opening."""
    for near in (report.paragraph_before(i, LOOK_BACK), range(min(OPENING, i))):
        found = [p for k in near if (p := report.attack_day(k, months=False))]
        if found and len({(p.start, p.end) for p in found}) == 1:
            return found[0], "date of another sentence"
    return None


def _usable(report: Report, i: int) -> list[DatedSpan]:
    """The dates of a sentence that can be dates of harm."""
    m = report.marked(i)
    found = [d for d in report.dates(i) if not (_of_speech(m, d) or _of_heading(m, d) or _of_rank(m, d))]
    if not found or m.within(0, len(m.tokens), "attribution", "before") is None:
        return found
    # "According to reports given minutes ago by X": the day stands within the citation.
    cited = [(s.cue, s.end) for s in report.speeches(i) if s.rule == "according to" and s.cue < s.start]
    return [d for d in found if not any(first <= d.start < last for first, last in cited)]


def _of_rank(m: Marked, d: DatedSpan) -> bool:
    """Whether a date only says among what a count ranks: "the third attack in 2031", "the deadliest since May"."""
    if d.form in ("day", "relative", "weekday") and not d.since:
        return False
    for k in range(d.start - 1, max(-1, d.start - RANKING_REACH), -1):
        if m.is_mark(k):
            break
        if m.is_a(k, "dates.ranking"):
            return True
    return False


def _of_speech(m: Marked, d: DatedSpan) -> bool:
    """Whether a date is that of a statement: right beside a verb of speech."""
    before = d.start - 1
    while any(m.is_a(before, words) for words in ("dates.prepositions", "places.articles", "attribution.between")):
        before -= 1
    if m.before(before + 1, "attribution", "verbs") or _told_on(m, before):
        return True
    if m.is_a(before, "dates.issued") or m.is_a(before, "dates.stated_in"):
        return True
    after = d.end
    if m.is_a(after, "attribution.that") and any(
        m.at(j, "attribution", "verbs") for j in range(d.start - SINCE_REACH, d.start)
    ):
        return True
    while m.is_a(after, "attribution.between") or m.is_a(after, "dates.day_parts"):
        after += 1
    return m.at(after, "attribution", "verbs") is not None and d.form in ("relative", "weekday", "day")


def _told_on(m: Marked, before: int) -> bool:
    """Whether only those spoken to stand between a verb of speech and its day: "said in a statement on Friday"."""
    for k in range(before, max(-1, before - TOLD_REACH), -1):
        if m.before(k + 1, "attribution", "verbs") and not m.is_a(k, "attribution.nouns"):
            return m.at(k, "trigger") is None
        if m.is_mark(k) or _of_violence(m, k) or m.is_a(k, "attribution.that") or m.is_a(k, "passive"):
            return False
        if m.at(k, "person") or m.at(k, "quantity") or m.norm(k) in m.pack.numbers:
            return False
    return False


def _of_heading(m: Marked, d: DatedSpan) -> bool:
    """Whether a date is the report's own: on a line of its own, or in the dateline that opens a text."""
    if len(m.tokens) - (d.end - d.start) <= HEADING_TOKENS and "trigger" not in m.spots:
        return True
    at = d.start - 1 if d.start and m.norm(d.start - 1) in {",", ":"} else d.start
    if m.before(at, "dates", "published") or m.at(d.end, "dates", "published"):
        return True
    if d.end <= dateline_end(m):
        return True
    opening = d.start <= DATELINE_TOKENS and d.form == "day" and d.year is not None and m.sentence.index <= 1
    return opening and any(m.tokens[k].text in "-—–[" for k in range(d.end, min(d.end + 12, len(m.tokens))))


def of_attack(report: Report, k: int, *, months: bool) -> Period | None:
    """The date in sentence `k` that stands nearest to a word of violence, outside clauses of background."""
    m = report.marked(k)
    attacks = [j for j, hits in enumerate(m.starting) if hits and _of_violence(m, j)]
    best: tuple[int, Period] | None = None
    for span in () if _is_caption(report, k) else _usable(report, k):
        if span.until or (span.form not in OF_DAYS and not (months and span.form == "month")):
            continue
        if span.form == "from_day" and _lent_base(report, k, span) is None:
            continue
        if not (attacks or dateline_end(m)) or (span.since and span.form != "relative") or _background(m, span):
            continue
        days = resolve(_with_year(report, span), report.published, _lent_base(report, k, span))
        distance = _to_nearest(attacks, span.start)
        if days and days[0] and days[1] and days[1] - days[0] > LENT:
            # A toll over months dates no other sentence.
            continue
        if days and (best is None or distance < best[0]):
            basis = f"{days[2]}; from another sentence"
            best = distance, Period.since(m.words(span.start, span.end, report.text), days[0], days[1], basis)
    return best[1] if best else None


def _to_nearest(places: Sequence[int], at: int) -> int:
    """How far the nearest of some tokens, left to right, stands from another, 0 where there is none."""
    behind = bisect_left(places, at)
    return min((abs(k - at) for k in places[max(0, behind - 1) : behind + 1]), default=0)


def _is_caption(report: Report, k: int) -> bool:
    """Whether a sentence describes a picture, whose day is not that of the attack: it ends in "(… photo)"."""
    behind = report.marked(k + 1) if k + 1 < len(report) and report.joined(k) else None
    for m in (report.marked(k), behind):
        words = m.listed("dates.captions") if m else ()
        for j in words:
            opens = next((h for h in range(j, max(-1, j - CAPTION_MAX), -1) if m and m.norm(h) == "("), None)
            if opens is not None and (m is not behind or opens == 0):
                return True
    return False


def _background(m: Marked, span: DatedSpan) -> bool:
    """Whether a date stands in a relative clause that tells of something other than violence."""
    for j in range(span.start - 1, max(-1, span.start - SINCE_REACH), -1):
        if _of_violence(m, j):
            return False
        if m.is_a(j, "relative"):
            if j and _of_violence(m, j - 1):
                # "The shelling that happened on Friday".
                return False
            return not (m.is_a(j, "attribution.that") and _reported(m, j))
    return False


def _reported(m: Marked, that: int) -> bool:
    """Whether a "that" tells what somebody said, the day of saying it between: "said on Sunday that"."""
    return any(m.at(k, "attribution", "verbs") for k in range(max(0, that - SPEECH_REACH), that))


def _of_violence(m: Marked, j: int) -> bool:
    return bool(m.starting[j]) and any(
        h.entry.cls in ("attack", "trigger") or (h.entry.cls == "perpetrators" and h.entry.name == "verbs")
        for h in m.starting[j]
    )


def _context(report: Report, i: int) -> Days | None:
    """The latest day that the text names in full, by which dates without a year are placed."""
    latest = report.latest()
    return (latest, latest, "") if latest else None


def _lent_base(report: Report, k: int, span: DatedSpan) -> Days | None:
    """From which day a date is to be understood that sentence `k` gives to others: for "a day earlier" the day that the
    sentence itself names before, else that of publication; without looking into other sentences."""
    if span.form != "from_day":
        return _context(report, k)
    before = [d for d in report.dates(k) if d.end <= span.start and d.form in ("day", "weekday", "relative")]
    if before:
        return resolve_plain(before[-1], report.published, _context(report, k))
    published = report.published if span.number < 0 else None
    return (published, published, "") if published else None


def _with_year(report: Report, span: DatedSpan) -> DatedSpan:
    """A day of a month with the year that the text gives for that day elsewhere."""
    if span.form != "day" or span.year is not None or span.month is None or span.day is None:
        return span
    return replace(span, year=report.year_of(span.month, span.day))


def days_with_years(report: Report) -> dict[tuple[int, int], int | None]:
    """The year of each day of a month that the text names in full, `None` where it names several."""
    found: dict[tuple[int, int], int | None] = {}
    for k in range(len(report)):
        start, end = report.bounds[k]
        for span in report.dates(k) if YEAR.search(report.text, start, end) else ():
            if span.form == "day" and span.year is not None and span.month and span.day:
                known = found.setdefault((span.month, span.day), span.year)
                found[span.month, span.day] = known if known == span.year else None
    return found


def latest_day(report: Report) -> dt.date | None:
    """The last day that the text names with its year."""
    found: list[dt.date] = []
    for k in range(len(report)):
        start, end = report.bounds[k]
        if not YEAR.search(report.text, start, end):
            continue
        for span in report.dates(k):
            if span.year is not None and span.form in ("day", "month") and (days := resolve_plain(span, None, None)):
                found.append(days[0])
    return max(found, default=None)


def _nearest(report: Report, i: int, position: int, harm_at: int, *, since: bool = False) -> Period | None:
    """The date of a sentence that stands nearest to a count or its harm; `since` only those that open a period."""
    m = report.marked(i)
    ands = m.pack.words["and_connectors"] - {","}
    best: tuple[int, Period] | None = None
    for span in _usable(report, i):
        if (since and not span.since) or span.until:
            continue
        if span.since and m.any_is(span.end, harm_at, "where"):
            # "Since the shelling of X in September, when nine people died": nine died in September.
            span = replace(span, since=False)
        days = resolve(_with_year(report, span), report.published, _base(report, i, span))
        if days is None or (span.since and _in_relative(m, harm_at, span.start)):
            continue
        days = _until(report, i, span, days)
        distance = min(abs(span.start - position), abs(span.start - harm_at), abs(span.end - position))
        # A date on the other side of an "and" belongs to what is joined there.
        between = slice(min(span.end, position), max(span.start, position))
        # "The toll of Saturday's attack rose on Monday".
        owner = m.norm(span.end - 1) != m.bare(span.end - 1) and _of_violence(m, span.end)
        distance -= OF_ATTACK * (owner and not _in_relative(m, span.end, min(position, harm_at)))
        distance += LONG_COST * (span.form in ("unit", "year") and not span.since)
        distance += SINCE_COST * (span.since and _has_day(report, i)) * (1 + _in_another_clause(m, span.end, harm_at))
        distance += 4 * (not ands.isdisjoint(m.norms[between]))
        period = Period.since(m.words(span.start, span.end, report.text), days[0], days[1], days[2])
        # Of two as near, the one behind: "64 on Sunday from 52 a day earlier".
        if best is None or distance < best[0] or (distance == best[0] and span.start > position):
            best = (distance, period)
    return best[1] if best else None


def _in_another_clause(m: Marked, start: int, end: int) -> bool:
    """Whether a clause begins between: "since July attacks have risen, as nine died on the 24th"."""
    return any(m.is_a(k, "attribution.openers") and not m.is_a(k, "numbers.joiners") for k in range(start, end))


def _has_day(report: Report, i: int) -> bool:
    """Whether the sentence names a day by itself, beside a period that runs on."""
    return any(d.form == "day" and not d.since for d in report.dates(i))


def _base(report: Report, i: int, span: DatedSpan) -> Days | None:
    """The days from which a date of sentence `i` is to be understood.

    "The same afternoon" and "a day earlier" speak of the day named before, in the sentence itself or in those before
    it; without one, "a day earlier" is one before publication. Of other dates only a missing year is in question.
    """
    if span.form not in TOLD_FROM:
        return _context(report, i)
    if span.form == "from_day":
        before = [d for d in report.dates(i) if d.end <= span.start and d.form in ("day", "weekday", "relative")]
        days = resolve_plain(before[-1], report.published, _context(report, i)) if before else None
        if days:
            return days
    for k in range(i - 1, max(-1, i - 1 - TOLD_BACK), -1):
        found = report.attack_day(k, months=False)
        if found and found.start and found.end:
            return found.start, found.end, "the day named before"
    if span.form == "same_day":
        return _context(report, i)
    published = report.published if span.number < 0 else None
    return (published, published, "") if published else None


def _until(report: Report, i: int, since: DatedSpan, days: OpenDays) -> OpenDays:
    """A toll "since Monday" that reached a number "by Thursday" ends on Thursday."""
    if not since.since:
        return days
    for span in _usable(report, i):
        if span.start > since.start and span.until:
            end = resolve(span, report.published, _context(report, i))
            last = end[1] if end else None
            if last and days[0] and days[0] <= last and (days[1] is None or last <= days[1]):
                return days[0], last, days[2]
    return days


def _in_relative(m: Marked, start: int, end: int) -> bool:
    return m.any_is(start, end, "relative") or m.any_is(start, end, "where")
