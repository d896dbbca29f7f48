"""A still map of an incident as plain numbers for SVG: where its claims say that it was, between coasts and borders.

Outlines are Natural Earth's (public domain, 1:50 million), fetched at build time as TopoJSON. At that scale they say in
which part of which country a place lies, and no more; whose a piece of land is, the map does not say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sijill.core.place import Place
from sijill.pipeline.examining import IncidentSheet

WIDTH, HEIGHT = 720.0, 380.0
# Degrees of latitude that a map shows at least: closer up, outlines of this scale would mislead.
LEAST_SPAN = 3.0
MARGIN = 1.5
KM_A_DEGREE = 111.195
STEPS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 45.0)
MOST_LINES = 7
SCALES = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Marker:
    """A place on the map: where it stands in the picture, how many claims name it, and whether it is only an area."""

    number: int
    x: float
    y: float
    place: Place
    claims: int
    of_incident: bool

    @property
    def wide(self) -> bool:
        """Whether the place is a district or more, so that its point is only the middle of it."""
        return (self.place.precision or 0) >= 3


@dataclass(frozen=True, slots=True)
class Grid:
    """A meridian or a parallel: where it stands, and the degree that it is."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Map:
    """Everything that the picture draws; `scale` is so many pixels for `scale_km` kilometres."""

    markers: tuple[Marker, ...]
    outlines: tuple[str, ...]
    meridians: tuple[Grid, ...]
    parallels: tuple[Grid, ...]
    scale: float
    scale_km: int
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True, slots=True)
class View:
    """The part of the earth that a map shows: equirectangular, true to scale along its middle parallel."""

    lat: float
    lon: float
    pixels: float  # For a degree of latitude.

    @property
    def squeeze(self) -> float:
        """How much shorter a degree of longitude is than one of latitude, in the middle."""
        return max(0.05, math.cos(math.radians(self.lat)))

    def east(self, lon: float) -> float:
        """Degrees east of the middle, by the shorter way round."""
        return (lon - self.lon + 180) % 360 - 180

    def place(self, lon: float, lat: float) -> Point:
        """Where a point stands in the picture."""
        x = WIDTH / 2 + self.east(lon) * self.squeeze * self.pixels
        return round(x, 1), round(HEIGHT / 2 - (lat - self.lat) * self.pixels, 1)

    @property
    def half(self) -> Point:
        """Degrees of longitude and of latitude from the middle to the edges."""
        return WIDTH / 2 / self.pixels / self.squeeze, HEIGHT / 2 / self.pixels


def still_map(sheet: IncidentSheet) -> Map | None:
    """The map of an incident and of the places that its claims name; `None` where no place has coordinates."""
    places = list(_places(sheet))
    if not places:
        return None
    view = _view([p for p, _, _ in places])
    markers = []
    for number, (place, claims, of_incident) in enumerate(places, 1):
        assert place.lat is not None
        assert place.lon is not None
        markers.append(Marker(number, *view.place(place.lon, place.lat), place, claims, of_incident))
    km = next((k for k in reversed(SCALES) if k / KM_A_DEGREE * view.pixels <= WIDTH / 4), SCALES[0])
    return Map(
        tuple(markers),
        tuple(_outlines(view, world())),
        tuple(_meridians(view)),
        tuple(_parallels(view)),
        round(km / KM_A_DEGREE * view.pixels, 1),
        km,
    )


def _places(sheet: IncidentSheet) -> Iterator[tuple[Place, int, bool]]:
    """Each place once, that of the incident first, with how many standing claims name it."""
    named: dict[tuple[float, float], list[Place]] = {}
    of_incident = sheet.record.incident.place
    claimed = [v.judged.claim.place for v in sheet.claims.values() if v.judged.stands]
    for place in (of_incident, *claimed):
        if place is not None and place.lat is not None and place.lon is not None:
            named.setdefault((place.lat, place.lon), []).append(place)
    for found in named.values():
        own = found[0] is of_incident
        yield found[0], len(found) - own, own


def _view(places: Sequence[Place]) -> View:
    lons = [p.lon for p in places if p.lon is not None]
    lats = [p.lat for p in places if p.lat is not None]
    lat = (min(lats) + max(lats)) / 2
    # The middle of the shortest stretch that holds every longitude, which may cross the 180th meridian.
    turned = sorted(lons)
    gaps = [(b - a, a) for a, b in zip(turned, [*turned[1:], turned[0] + 360], strict=True)]
    widest, west_of = max(gaps)
    spread = 360 - widest
    lon = (west_of + widest + spread / 2 + 180) % 360 - 180
    squeeze = max(0.05, math.cos(math.radians(lat)))
    span = max(LEAST_SPAN, (max(lats) - min(lats)) * MARGIN, spread * squeeze * MARGIN * HEIGHT / WIDTH)
    return View(lat, lon, HEIGHT / min(span, 170.0))


def _outlines(view: View, lines: Iterable[tuple[Point, ...]]) -> Iterator[str]:
    """Paths of whatever lies in the picture or next to it."""
    wide, high = (h * 1.2 + 0.5 for h in view.half)
    for line in lines:
        near = [abs(view.east(lon)) <= wide and abs(lat - view.lat) <= high for lon, lat in line]
        if any(near):
            yield from _pieces(view, line, near)


def _pieces(view: View, line: Sequence[Point], near: Sequence[bool]) -> Iterator[str]:
    """The stretches of a line whose points, or the points next to them, are near: so that none ends in the picture."""
    wanted = [any(near[max(0, i - 1) : i + 2]) for i in range(len(line))]
    piece: list[str] = []
    for i, (lon, lat) in enumerate(line):
        # A line does not run round the back of the earth.
        torn = bool(piece) and abs(view.east(lon) - view.east(line[i - 1][0])) > 180
        if (not wanted[i] or torn) and len(piece) > 1:
            yield "M" + "L".join(piece)
        if not wanted[i] or torn:
            piece = []
        if wanted[i]:
            x, y = view.place(lon, lat)
            piece.append(f"{x} {y}")
    if len(piece) > 1:
        yield "M" + "L".join(piece)


def _meridians(view: View) -> Iterator[Grid]:
    half = view.half[0]
    step = _step(2 * half)
    for n in range(math.ceil((view.lon - half) / step), math.floor((view.lon + half) / step) + 1):
        lon = (n * step + 180) % 360 - 180
        yield Grid(view.place(lon, view.lat)[0], _degrees(lon, "E", "W"))


def _parallels(view: View) -> Iterator[Grid]:
    half = view.half[1]
    step = _step(2 * half)
    for n in range(math.ceil((view.lat - half) / step), math.floor((view.lat + half) / step) + 1):
        if abs(n * step) <= 90:
            yield Grid(view.place(view.lon, n * step)[1], _degrees(n * step, "N", "S"))


def _step(span: float) -> float:
    return next((s for s in STEPS if span / s <= MOST_LINES), STEPS[-1])


def _degrees(value: float, positive: str, negative: str) -> str:
    """A degree as maps write it.

    >>> _degrees(36.5, "N", "S"), _degrees(-18.0, "E", "W"), _degrees(0.0, "E", "W")
    ('36.5°N', '18°W', '0°')
    """
    if not value:
        return "0°"
    return f"{abs(value):g}°{positive if value > 0 else negative}"


@cache
def world() -> tuple[tuple[Point, ...], ...]:
    """Every coast and border as a line of longitudes and latitudes, each once."""
    text = files("sijill.web").joinpath("static", "world.json").read_text(encoding="utf-8")
    return lines_of(json.loads(text))


def lines_of(topology: dict[str, object]) -> tuple[tuple[Point, ...], ...]:
    """The arcs of a quantised TopoJSON topology, decoded (TopoJSON specification, 2.1.3 and 2.2)."""
    transform, arcs = topology["transform"], topology["arcs"]
    assert isinstance(transform, dict)
    assert isinstance(arcs, list)
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    found = []
    for arc in arcs:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * kx + dx, y * ky + dy))
        found.append(tuple(line))
    return tuple(found)
