"""Pictures of an incident as plain numbers for SVG: the tolls as they were reported, a step for each voice.

Pure functions; a template prints what they give. Time runs from left to right in every language, as on the charts that
readers know, so a picture stands in a box of its own direction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sijill.pipeline.examining import ClaimView, IncidentSheet
from sijill.store.pages import DocumentLine

WIDTH, HEIGHT = 720.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 14.0, 34.0
MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Report:
    """One number as one report gave it: when, from `low` to `high`; a `copy` repeats what its voice had said."""

    claim: str
    at: dt.datetime
    low: int
    high: int
    copy: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What one voice said over time."""

    name: str
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A report in the picture: where it stands, and how far its range reaches up and down."""

    claim: str
    x: float
    y: float
    top: float
    bottom: float
    copy: bool
    voice: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The tolls of one harm: a path of steps for each voice, its reports, and two axes.

    `undated` counts the claims that no day can be given for; they are not drawn.
    """

    harm: str
    voices: tuple[str, ...]
    paths: tuple[str, ...]
    dots: tuple[Dot, ...]
    days: tuple[Tick, ...]
    tolls: tuple[Tick, ...]
    undated: int
    width: float = WIDTH
    height: float = HEIGHT


def chart(harm: str, sheet: IncidentSheet) -> Chart:
    """The claims of an incident that count this harm among everybody, by when they were published."""
    lines, undated = _lines(harm, sheet)
    every = [r for line in lines for r in line.reports]
    if not every:
        return Chart(harm, (), (), (), (), (), undated)
    first, last = min(r.at for r in every), max(r.at for r in every)
    if last - first < dt.timedelta(days=1):
        first, last = first - dt.timedelta(hours=12), last + dt.timedelta(hours=12)
    span = (last - first).total_seconds()
    top = max(r.high for r in every) or 1

    def x(at: dt.datetime) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * ((at - first).total_seconds() / span), 1)

    def y(toll: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (toll / top), 1)

    dots = tuple(
        Dot(r.claim, x(r.at), y((r.low + r.high) / 2), y(r.high), y(r.low), r.copy, n)
        for n, line in enumerate(lines)
        for r in line.reports
    )
    paths = tuple(_path([d for d in dots if d.voice == n and not d.copy], x(last)) for n in range(len(lines)))
    days = tuple(Tick(x(day), f"{day:%Y-%m-%d}") for day in _days(first, last))
    tolls = tuple(Tick(y(t), f"{t}") for t in _steps(top))
    return Chart(harm, tuple(line.name for line in lines), paths, dots, days, tolls, undated)


def _lines(harm: str, sheet: IncidentSheet) -> tuple[tuple[Line, ...], int]:
    """What each voice said, in the order in which they first spoke, and how many claims have no day."""
    grouped: dict[str, list[tuple[dt.datetime, int, ClaimView]]] = {}
    undated = 0
    for view in sheet.claims.values():
        claim = view.judged.claim
        if claim.harm != harm or claim.count is None or not view.judged.counts or claim.group.subset:
            continue
        document = sheet.documents[view.judged.source.document]
        at = published(document)
        if at is None or (claim.count.low is None and claim.count.high is None):
            undated += at is None
            continue
        voice = view.origin.voice if view.origin else view.judged.id
        grouped.setdefault(voice, []).append((at, document.entry, view))
    lines = [_line(sorted(said, key=lambda s: (s[0], s[1], s[2].judged.id))) for said in grouped.values()]
    return tuple(sorted(lines, key=lambda line: (line.reports[0].at, line.name))), undated


def _line(said: Sequence[tuple[dt.datetime, int, ClaimView]]) -> Line:
    reports: list[Report] = []
    for at, _, view in said:
        count = view.judged.claim.count
        assert count is not None
        low = count.low if count.low is not None else count.high or 0
        high = count.high if count.high is not None else low
        told = [r for r in reports if not r.copy]
        copy = bool(told) and (told[-1].low, told[-1].high) == (low, high)
        reports.append(Report(view.judged.id, at, low, high, copy))
    origin = said[0][2].origin
    return Line((origin.name or origin.voice) if origin else "", tuple(reports))


def published(document: DocumentLine) -> dt.datetime | None:
    """When a report says that it was published, in UTC without its zone; `None` where it does not."""
    stated = document.metadata.published or ""
    for text in (stated, stated[: len("2031-03-04")]):
        try:
            found = dt.datetime.fromisoformat(text)
        except ValueError:
            continue
        return found.astimezone(dt.UTC).replace(tzinfo=None) if found.tzinfo is not None else found
    return None


def _path(dots: Sequence[Dot], end: float) -> str:
    """A line that stays at each toll until the next is said, and to the end of the picture after the last."""
    if not dots:
        return ""
    parts = [f"M{dots[0].x} {dots[0].y}"]
    for dot in dots[1:]:
        parts.append(f"H{dot.x}V{dot.y}")
    return "".join([*parts, f"H{end}"])


def _days(first: dt.datetime, last: dt.datetime) -> list[dt.datetime]:
    """Midnights for the axis, evenly apart, no more than fit."""
    start = (first + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    total = (last - start).days + 1
    step = max(1, -(-total // MOST_TICKS))
    return [day for n in range(0, max(total, 0), step) if (day := start + dt.timedelta(days=n)) <= last]


def _steps(top: int) -> list[int]:
    """Round numbers from 0 up to the highest toll.

    >>> _steps(9), _steps(43), _steps(1)
    ([0, 2, 4, 6, 8], [0, 10, 20, 30, 40], [0, 1])
    """
    size = 1
    while top / size > MOST_TICKS - 1:
        size = size * 5 // 2 if str(size)[0] == "2" else size * 2
    return list(range(0, top + 1, size))
