"""The shipped table of places: a read-only file of compressed blocks, of which a lookup opens two or three.

One name is found in a few milliseconds without making objects of the other half million, and the file stays
small enough to ship. `tools/make_gazetteer.py` writes it; `docs/reference/gazetteer.md` describes its layout.
"""

import json
import math
import zlib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal, TypedDict

from sijill.core.place import EARTH_RADIUS_KM

Kind = Literal["settlement", "admin1", "admin2", "country"]

MAGIC = b"sijill places 1\n"
#: What a key begins with if it is a skeleton (`toponyms.skeleton`), and how many letters one has at least.
SKELETON, SHORTEST_SKELETON = "~", 4
KINDS: dict[str, Kind] = {"S": "settlement", "A": "admin1", "B": "admin2", "C": "country"}


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """A place that a name can mean.

    `id` is `geonames:<number or code>`, or `case:<id>` for a place that the people of a case added. `country` is an
    ISO 3166-1 code, `""` where a case's own table does not say. `admin1` is the name of the first-order unit.
    `lat` and `lon` are degrees, WGS 84; those of units and countries are the middle of their populated places.
    `admin2` is the name of the district, `None` where it is not recorded; so are the other values that may be `None`.
    `aliases` are the other names of a case's own place; the shipped table knows its places' other names only folded.
    """

    id: str
    name: str
    name_ar: str | None
    kind: Kind
    country: str
    admin1: str | None
    lat: float
    lon: float
    population: int | None
    source: str
    admin2: str | None = None
    aliases: tuple[str, ...] = ()

    def km_to(self, other: "GazetteerEntry") -> float:
        """Great-circle distance in kilometres (haversine, mean radius)."""
        a, b = math.radians(self.lat), math.radians(other.lat)
        half = math.sin((b - a) / 2) ** 2
        half += math.cos(a) * math.cos(b) * math.sin(math.radians(other.lon - self.lon) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry and how the name fits it: `main` if it is the entry's usual name, not one of its other names."""

    entry: GazetteerEntry
    main: bool


class _Header(TypedDict):
    """What the first line of the file says: where its parts are, and their sizes in bytes."""

    place_blocks: list[int]
    places_per_block: int
    name_blocks: list[int]
    first_names: int
    known: int
    starts: int
    source: str


class NameFilter:
    """A Bloom filter over folded names: never misses one, now and then takes a stranger for one.

    It lets a scan of running text turn away almost every word without opening a block.
    """

    def __init__(self, bits: bytes) -> None:
        self._bits = bits
        self._mask = len(bits) * 8 - 1
        self._shift = 32 - self._mask.bit_length()

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        for position in positions(name, mask=self._mask, shift=self._shift):
            if not self._bits[position >> 3] >> (position & 7) & 1:
                return False
        return True


def positions(name: str, *, mask: int, shift: int) -> tuple[int, int]:
    """The two bits that stand for a name in a filter of `mask + 1` bits (a power of two); `shift` is 32 less its log.

    CRC-32 and its Fibonacci hash: the same on every machine, unlike Python's own hash of strings.
    """
    crc = zlib.crc32(name.encode())
    return crc & mask, (crc * 0x9E3779B1 & 0xFFFFFFFF) >> shift


class PlaceTable:
    """The shipped table, opened for reading. All positions come from its header; nothing is decoded before it is asked.

    Raises `ValueError` if the bytes are not such a table.
    """

    def __init__(self, data: bytes) -> None:
        try:
            header, at = _header(data)
        except (ValueError, TypeError) as error:
            raise ValueError(f"not a table of places ({error}): reinstall Sijill, its data file is damaged") from error
        self._data = data
        self._per_block = header["places_per_block"]
        self._source = header["source"]
        self._place_spans, at = _spans(header["place_blocks"], at)
        self._name_spans, at = _spans(header["name_blocks"], at)
        parts = [header["first_names"], header["known"], header["starts"]]
        (self._firsts, self._known, self._starts), at = _spans(parts, at)
        if at != len(data):
            raise ValueError("a table of places was cut short: reinstall Sijill, its data file is damaged")
        self._block = lru_cache(maxsize=256)(self._read_block)
        self._names = lru_cache(maxsize=256)(self._read_names)
        self.candidates = lru_cache(maxsize=16_384)(self._candidates)

    @cached_property
    def _first_names(self) -> list[str]:
        return self._inflate(self._firsts).split("\n") if self._name_spans else []

    @cached_property
    def known(self) -> NameFilter:
        """The folded names that a scan of running text may take for places."""
        return NameFilter(zlib.decompress(self._data[slice(*self._known)]))

    @cached_property
    def starts(self) -> NameFilter:
        """The beginnings, whole words each, of those of them that have several words."""
        return NameFilter(zlib.decompress(self._data[slice(*self._starts)]))

    def _inflate(self, span: tuple[int, int]) -> str:
        return zlib.decompress(self._data[slice(*span)]).decode()

    def _read_block(self, number: int) -> list[str]:
        return self._inflate(self._place_spans[number]).split("\n")

    def _read_names(self, number: int) -> dict[str, str]:
        return dict(line.split("\t", 1) for line in self._inflate(self._name_spans[number]).split("\n"))

    def _candidates(self, key: str) -> tuple[Candidate, ...]:
        """Every place that a folded name can mean, in no order that matters."""
        number = bisect_right(self._first_names, key) - 1
        references = self._names(number).get(key) if number >= 0 else None
        if references is None:
            return ()
        return tuple(
            Candidate(self._entry(int(reference.rstrip("*"))), not reference.endswith("*"))
            for reference in references.split(" ")
        )

    def _entry(self, index: int) -> GazetteerEntry:
        block, row = divmod(index, self._per_block)
        cells = self._block(block)[row].split("\t")
        letter, number, name, name_ar, country, admin1, admin2, lat, lon, population = cells
        return GazetteerEntry(
            id=f"geonames:{number}",
            name=name,
            name_ar=name_ar or None,
            kind=KINDS[letter],
            country=country,
            admin1=admin1 or None,
            lat=float(lat),
            lon=float(lon),
            population=int(population) if population else None,
            source=self._source,
            admin2=admin2 or None,
        )


def _header(data: bytes) -> tuple[_Header, int]:
    """The header of a table, and where its parts begin; raises `ValueError` if there is none."""
    if not data.startswith(MAGIC):
        raise ValueError("it does not begin as one")
    end = data.index(b"\n", len(MAGIC))
    header: _Header = json.loads(data[len(MAGIC) : end])
    missing = _Header.__required_keys__ - header.keys()
    if missing:
        raise ValueError(f"its header lacks {', '.join(sorted(missing))}")
    return header, end + 1


def _spans(sizes: list[int], at: int) -> tuple[list[tuple[int, int]], int]:
    """Start and end of parts that lie one after the other from `at`, and where they end."""
    spans = []
    for size in sizes:
        spans.append((at, at + size))
        at += size
    return spans, at


@lru_cache(maxsize=1)
def shipped_table() -> PlaceTable:
    """The table that comes with the package, read once in a process (some ten megabytes, kept compressed)."""
    return PlaceTable(files("sijill.extract").joinpath("places", "places.dat").read_bytes())
