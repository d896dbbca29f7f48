"""When harm happened: the date that belongs to a claim, in its own sentence or in those around."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sijill.core.claim import Harm
from sijill.core.period import Period
from sijill.extract.dates import SINCE_REACH, DatedSpan
from sijill.extract.days import Days, resolve, resolve_day, resolve_plain
from sijill.extract.marks import Marked
from sijill.extract.placenames import dateline_end

if TYPE_CHECKING:
    from sijill.extract.report import Report

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# Harms that last: the text's other dates do not date them.
LASTING = frozenset({Harm.DISPLACED, Harm.DISMISSED, Harm.DETAINED})
LOOK_BACK, LOOK_ON, OPENING = 3, 2, 2
SPEECH_REACH = 8
HEADING_TOKENS, DATELINE_TOKENS = 4, 8
IN_SENTENCE = "date in the sentence"
DATELINE_SENTENCES = 6


def anchor_of(report: Report) -> dt.date | None:
    """The day of publication that a report's own first lines give: a full date on a short line, or a dateline."""
    for i in range(min(DATELINE_SENTENCES, len(report))):
        m = report.marked(i)
        for span in report.dates(i):
            if span.form != "day" or span.year is None:
                continue
            heading = len(m.tokens) - (span.end - span.start) <= 6
            if heading or (i == 0 and span.start <= 4) or m.before(span.start, "dates", "published"):
                days = resolve_day(span, None, None)
                return days[0] if days and len(m.tokens) - (span.end - span.start) <= 30 else None
    return None


def period_at(report: Report, i: int, position: int, harm_at: int, harm: Harm) -> tuple[Period, str] | None:
    """The period of harm told of at token `position` of sentence `i`, and the rule that found it.

    It is looked for in the sentence itself, then in those around. Other sentences give a day, a weekday or a month,
    never only a year; the date of a statement ("said on Friday") and of the report's own heading are not dates of harm.
    """
    if own := _nearest(report, i, position, harm_at):
        return own, IN_SENTENCE
    if harm in LASTING:
        return _of_event(report, i) if harm is Harm.DETAINED else None
    near = range(i - 1, max(-1, i - 1 - LOOK_BACK), -1)
    opening = range(min(OPENING, i))
    for k in dict.fromkeys([*report.paragraph_before(i, LOOK_BACK), *opening, *near, *range(i + 1, i + 1 + LOOK_ON)]):
        if 0 <= k < len(report) and (found := _of_attack(report, k, months=k in near)):
            return found, "date of another sentence"
    return None


def _of_event(report: Report, i: int) -> tuple[Period, str] | None:
    """The day on which a raid took people: the one day that the paragraph gives, else the one of the opening."""
    for near in (report.paragraph_before(i, LOOK_BACK), range(min(OPENING, i))):
        found = [p for k in near if (p := _of_attack(report, k, months=False))]
        if found and len({(p.start, p.end) for p in found}) == 1:
            return found[0], "date of another sentence"
    return None


def _usable(report: Report, i: int) -> list[DatedSpan]:
    """The dates of a sentence that can be dates of harm."""
    m = report.marked(i)
    return [d for d in report.dates(i) if not _of_speech(m, d) and not _of_heading(m, d)]


def _of_speech(m: Marked, d: DatedSpan) -> bool:
    """Whether a date is that of a statement: right beside a verb of speech."""
    before = d.start - 1
    while m.is_a(before, "dates.prepositions") or m.is_a(before, "places.articles"):
        before -= 1
    if m.before(before + 1, "attribution", "verbs"):
        return True
    after = d.end
    if m.is_a(after, "attribution.that") and any(
        m.at(j, "attribution", "verbs") for j in range(d.start - SINCE_REACH, d.start)
    ):
        return True
    while m.is_a(after, "attribution.between") or m.is_a(after, "dates.day_parts"):
        after += 1
    return m.at(after, "attribution", "verbs") is not None and d.form in ("relative", "weekday", "day")


def _of_heading(m: Marked, d: DatedSpan) -> bool:
    """Whether a date is the report's own: on a line of its own, or in the dateline that opens a text."""
    if len(m.tokens) - (d.end - d.start) <= HEADING_TOKENS:
        return True
    at = d.start - 1 if d.start and m.norm(d.start - 1) in {",", ":"} else d.start
    if m.before(at, "dates", "published") or m.at(d.end, "dates", "published"):
        return True
    if d.end <= dateline_end(m):
        return True
    opening = d.start <= DATELINE_TOKENS and d.form == "day" and d.year is not None and m.sentence.index <= 1
    return opening and any(m.tokens[k].text in "-—–[" for k in range(d.end, min(d.end + 12, len(m.tokens))))


def _of_attack(report: Report, k: int, *, months: bool) -> Period | None:
    """The date in sentence `k` that stands nearest to a word of violence, outside clauses of background."""
    m = report.marked(k)
    attacks = [j for j in range(len(m.tokens)) if _of_violence(m, j)]
    best: tuple[int, Period] | None = None
    for span in _usable(report, k):
        if span.form not in ("day", "weekday", "relative", "ago") and not (months and span.form == "month"):
            continue
        if not (attacks or dateline_end(m)) or (span.since and span.form != "relative") or _background(m, span):
            continue
        days = resolve(span, report.published, _context(report, k))
        distance = min((abs(j - span.start) for j in attacks), default=0)
        if days and (best is None or distance < best[0]):
            basis = f"{days[2]}; from another sentence"
            best = distance, Period.of(m.words(span.start, span.end, report.text), days[0], days[1], basis)
    return best[1] if best else None


def _background(m: Marked, span: DatedSpan) -> bool:
    """Whether a date stands in a relative clause that tells of something other than violence."""
    for j in range(span.start - 1, max(-1, span.start - SINCE_REACH), -1):
        if _of_violence(m, j):
            return False
        if m.is_a(j, "relative"):
            return not (m.is_a(j, "attribution.that") and _reported(m, j))
    return False


def _reported(m: Marked, that: int) -> bool:
    """Whether a "that" tells what somebody said, the day of saying it between: "said on Sunday that"."""
    return any(m.at(k, "attribution", "verbs") for k in range(max(0, that - SPEECH_REACH), that))


def _of_violence(m: Marked, j: int) -> bool:
    return any(
        h.entry.cls in ("attack", "trigger") or (h.entry.cls == "perpetrators" and h.entry.name == "verbs")
        for h in m.starting[j]
    )


def _context(report: Report, i: int) -> Days | None:
    """The latest day that the text names in full, by which dates without a year are placed."""
    latest = report.latest()
    return (latest, latest, "") if latest else None


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


def _nearest(report: Report, i: int, position: int, harm_at: int) -> Period | None:
    m = report.marked(i)
    best: tuple[int, Period] | None = None
    for span in _usable(report, i):
        if span.since and _in_relative(m, span.end, harm_at):
            # "Since the shelling of X in September, when nine people died": nine died in September.
            span = replace(span, since=False)
        days = _same(report, i) if span.form == "same_day" else resolve(span, report.published, _context(report, i))
        if days is None or (span.since and _in_relative(m, harm_at, span.start)):
            continue
        days = _until(report, i, span, days)
        distance = min(abs(span.start - position), abs(span.start - harm_at), abs(span.end - position))
        # A date on the other side of an "and" belongs to what is joined there.
        between = range(min(span.end, position), max(span.start, position))
        distance += 4 * any(m.is_a(k, "and_connectors") and m.norm(k) != "," for k in between)
        period = Period.of(m.words(span.start, span.end, report.text), days[0], days[1], days[2])
        if best is None or distance < best[0]:
            best = (distance, period)
    return best[1] if best else None


def _same(report: Report, i: int) -> Days | None:
    """The day that "the same afternoon" means: that of the sentences before, nearest first."""
    for k in range(i - 1, max(-1, i - 1 - LOOK_BACK), -1):
        found = _of_attack(report, k, months=False)
        if found and found.start and found.end:
            return found.start, found.end, "the day named before"
    return _context(report, i)


def _until(report: Report, i: int, since: DatedSpan, days: Days) -> Days:
    """A toll "since Monday" that reached a number "by Thursday" ends on Thursday."""
    if not since.since:
        return days
    m = report.marked(i)
    for span in _usable(report, i):
        if span.start > since.start and m.is_a(span.start - 1, "dates.until") and not span.since:
            end = resolve(span, report.published, _context(report, i))
            if end and days[0] <= end[1] <= days[1]:
                return days[0], end[1], days[2]
    return days


def _in_relative(m: Marked, start: int, end: int) -> bool:
    return any(m.is_a(k, "relative") or m.is_a(k, "where") for k in range(start, end))
