"""Candidates by place and day, so that the cost of linking grows with the number of claims and not with its square.

An incident is entered under each day and cell of its anchors; an anchor looks only where something near enough could
stand. Cells are degrees of latitude and longitude, or a word of the place's name where coordinates are missing.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from sijill.link.anchors import COUNTRY, SETTLEMENT, Anchor, Kind

FINE = 0.1
COARSE = 1.0
MAX_SPREAD = 8
WEEK = 7

Day = tuple[str, int]
Cell = tuple[str | int, ...]


@dataclass(slots=True)
class Blocks:
    """An index from day and cell to incidents, in the order in which they were entered."""

    held: dict[tuple[Day, Cell], dict[str, None]] = field(default_factory=dict)

    def enter(self, incident: str, anchor: Anchor) -> None:
        """Puts an incident where anchors near this one will look."""
        for day in _entry_days(anchor):
            for cell in _entry_cells(anchor):
                self.held.setdefault((day, cell), {})[incident] = None

    def near(self, anchor: Anchor) -> tuple[str, ...]:
        """Incidents that may have an anchor near this one, the earliest entered first per block."""
        found: dict[str, None] = {}
        cells = tuple(_lookup_cells(anchor))
        for day in _lookup_days(anchor):
            for cell in cells:
                found.update(self.held.get((day, cell), {}))
        return tuple(found)


def _entry_days(a: Anchor) -> Iterator[Day]:
    if a.start is None or a.end is None:
        yield (Kind.UNDATED, 0)
    elif a.kind is Kind.EVENT:
        yield from ((Kind.EVENT, day) for day in range(a.start.toordinal(), a.end.toordinal() + 1))
    else:
        yield (a.kind, _bucket(a.start, a.kind))


def _lookup_days(a: Anchor) -> Iterator[Day]:
    if a.start is None or a.end is None:
        yield (Kind.UNDATED, 0)
    elif a.kind is Kind.EVENT:
        yield from ((Kind.EVENT, day) for day in range(a.start.toordinal() - 1, a.end.toordinal() + 2))
    elif a.kind is Kind.LONG:
        yield from ((a.kind, _bucket(a.start, a.kind) + step) for step in (-1, 0, 1))
    else:
        yield (a.kind, _bucket(a.start, a.kind))


def _bucket(day: dt.date, kind: Kind) -> int:
    return day.toordinal() // WEEK if kind is Kind.LONG else day.toordinal()


def _entry_cells(a: Anchor) -> Iterator[Cell]:
    yield ("name", a.key)
    if a.place.id is not None:
        yield ("entry", a.place.id)
    unresolved = a.place.lat is None
    for word in set(a.key.split()):
        yield ("word", word)
        if unresolved:
            yield ("unresolved", word)
    if a.place.lat is not None and a.place.lon is not None and a.precision < COUNTRY:
        if a.precision <= SETTLEMENT:
            yield ("fine", *_cell(a.place.lat, a.place.lon, FINE))
        else:
            yield ("area", *_cell(a.place.lat, a.place.lon, COARSE))
        yield ("any", *_cell(a.place.lat, a.place.lon, COARSE))


def _lookup_cells(a: Anchor) -> Iterator[Cell]:
    yield ("name", a.key)
    if a.place.id is not None:
        yield ("entry", a.place.id)
    kind = "word" if a.place.lat is None else "unresolved"
    yield from ((kind, word) for word in sorted(set(a.key.split())))
    if a.place.lat is None or a.place.lon is None or a.precision >= COUNTRY:
        return
    if a.precision <= SETTLEMENT:
        yield from (("fine", *cell) for cell in _around(a.place.lat, a.place.lon, FINE))
        yield from (("area", *cell) for cell in _around(a.place.lat, a.place.lon, COARSE))
    else:
        yield from (("any", *cell) for cell in _around(a.place.lat, a.place.lon, COARSE))


def _cell(lat: float, lon: float, size: float) -> tuple[int, int]:
    return (math.floor(lat / size), math.floor(lon / size) % round(360 / size))


def _around(lat: float, lon: float, size: float) -> Iterator[tuple[int, int]]:
    """The cells within one cell's height; more of them side by side where meridians draw together."""
    row, column = _cell(lat, lon, size)
    spread = min(MAX_SPREAD, math.ceil(1 / max(math.cos(math.radians(lat)), 1e-6)))
    for i in (-1, 0, 1):
        for j in range(-spread, spread + 1):
            yield (row + i, (column + j) % round(360 / size))
