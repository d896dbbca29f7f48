"""Where harm is said to have happened: the words, and the gazetteer's entry with UCDP's code of precision."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sijill.core.errors import InvalidRecord

EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Place:
    """A place as written, and what it was resolved to.

    `id`, `name`, `lat` and `lon` (degrees, WGS 84) are `None` where the gazetteer has no entry. `precision` is UCDP
    GED's where_prec: 1 exact, 2 near a known point, 3 district, 4 province, 5 part of a country, 6 country, 7 sea or
    air; `None` while unresolved. `basis` says why this entry of several.
    """

    text: str
    name: str | None = None
    id: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: int | None = None
    basis: str = ""

    def __post_init__(self) -> None:
        if (self.lat is None) != (self.lon is None):
            raise InvalidRecord("a place has both coordinates or neither")
        if self.lat is not None and self.lon is not None and not (abs(self.lat) <= 90 and abs(self.lon) <= 180):
            raise InvalidRecord(f"no such place on earth: latitude {self.lat}, longitude {self.lon}")
        if self.precision is not None and not 1 <= self.precision <= 7:
            raise InvalidRecord(f"a place's precision runs from 1 to 7, not {self.precision}")

    def km_to(self, other: Place) -> float | None:
        """Great-circle distance in kilometres (haversine, mean radius), `None` where either is unresolved."""
        if self.lat is None or self.lon is None or other.lat is None or other.lon is None:
            return None
        a, b = math.radians(self.lat), math.radians(other.lat)
        half = math.sin((b - a) / 2) ** 2
        half += math.cos(a) * math.cos(b) * math.sin(math.radians(other.lon - self.lon) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))
