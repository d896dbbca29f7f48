"""What a place's name means: all the places that bear it, and which of them a text most likely speaks of.

A gazetteer is the shipped table, made from GeoNames, with a case's own places in front. Looking up is pure: no
network, no clock; the shipped table is opened read-only. `docs/reference/gazetteer.md` tells the reader what the
precisions mean and how one of several places of a name is chosen.
"""

import hashlib
import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import astuple
from functools import cache, cached_property

from sijill.core.errors import InvalidRecord
from sijill.extract.placecsv import PlaceProblem as PlaceProblem
from sijill.extract.placecsv import read_places_csv as read_places_csv
from sijill.extract.placescan import FoundName as FoundName
from sijill.extract.placescan import NameScanner
from sijill.extract.placetable import SHORTEST_SKELETON, SKELETON, Candidate, PlaceTable, shipped_table
from sijill.extract.placetable import GazetteerEntry as GazetteerEntry
from sijill.extract.placeversion import GAZETTEER_VERSION as GAZETTEER_VERSION
from sijill.extract.placewords import is_wording, parse_phrase
from sijill.extract.resolution import OWN, Evidence, by_prior, resolve
from sijill.extract.resolution import Resolution as Resolution
from sijill.extract.toponyms import normalise_name as normalise_name
from sijill.extract.toponyms import skeleton

ATTRIBUTION = (
    "Place data from GeoNames (https://www.geonames.org), licensed CC BY 4.0 "
    "(https://creativecommons.org/licenses/by/4.0/), selected and reformatted. "
    "Names of countries and provinces also from the Unicode CLDR, Unicode License v3."
)


class _Either:
    """Membership in either of two containers: the shipped filter and a case's own names."""

    def __init__(self, first: Container[str], second: Container[str]) -> None:
        self._first = first
        self._second = second

    def __contains__(self, name: object) -> bool:
        return name in self._second or name in self._first


class Gazetteer:
    """Places by their names: the shipped ones, and in front of them those that the people of a case added.

    Made by `Gazetteer.shipped()` and `with_places`; it does not change, apart from remembering what it has decoded.
    """

    def __init__(self, table: PlaceTable, own: Mapping[str, tuple[Candidate, ...]], *, version: str) -> None:
        self._table = table
        self._own = dict(own)
        self.version = version

    @classmethod
    @cache
    def shipped(cls) -> "Gazetteer":
        """The table that comes with the package, alone; made once, for it remembers the names that it has met."""
        return cls(shipped_table(), {}, version=GAZETTEER_VERSION)

    def with_places(
        self, rows: Iterable[GazetteerEntry], aliases: Mapping[str, Iterable[str]] | None = None
    ) -> "Gazetteer":
        """A gazetteer that also knows a case's own places, which win over shipped ones of equal fit.

        `aliases` gives further names by entry id, beside those that the entries hold. Neither the order of the rows
        nor adding a row twice makes a difference. Raises `InvalidRecord` if an id is not a case's own.
        """
        own: dict[str, list[Candidate]] = {key: list(found) for key, found in self._own.items()}
        entries = sorted(set(rows), key=lambda entry: repr(astuple(entry)))
        for entry in entries:
            if not entry.id.startswith(OWN):
                raise InvalidRecord(f"{entry.id}: the id of a case's own place begins with {OWN!r}")
            names = _own_keys(entry, aliases or {})
            for key, main in [(key, True) for key in names] + [(key, False) for key in _loose_keys(entry, names)]:
                candidate = Candidate(entry, main=main)
                if candidate not in own.setdefault(key, []):
                    own[key].append(candidate)
        others = sorted((entry_id, sorted(names)) for entry_id, names in (aliases or {}).items())
        told = json.dumps([self.version, [astuple(entry) for entry in entries], others], ensure_ascii=False)
        version = f"{GAZETTEER_VERSION}+case.{hashlib.sha256(told.encode()).hexdigest()[:16]}"
        return Gazetteer(self._table, {key: tuple(found) for key, found in own.items()}, version=version)

    def _candidates(self, key: str) -> tuple[Candidate, ...]:
        return self._own.get(key, ()) + self._table.candidates(key)

    def lookup(self, name: str) -> tuple[GazetteerEntry, ...]:
        """Every place of that name, in any spelling that folds to it; the likeliest without further evidence first."""
        return tuple(candidate.entry for candidate, _ in self._weighed(name))

    def _weighed(self, name: str) -> tuple[tuple[Candidate, float], ...]:
        return by_prior(self._candidates(normalise_name(name)), name)

    def resolve(
        self,
        name: str,
        *,
        admin: str | None = None,
        near: tuple[GazetteerEntry, ...] = (),
        country_hint: str | None = None,
    ) -> Resolution | None:
        """The place that a phrase such as *rural Homs*, *Jableh, Latakia* or *قرية الباب في ريف حلب* means.

        `admin` is the containing place that the text gives elsewhere, as written; `near` are other places in the
        text; `country_hint` is the country that the text is about, by ISO code or name. `None` if no known place
        fits: a name of a village far from everything else in the text is no place at all.
        """
        evidence = Evidence((admin,) if admin else (), tuple(near), self._country_code(country_hint))
        return resolve(self._candidates, name, evidence)

    def find_names(self, text: str, *, countries: tuple[str, ...] = ()) -> tuple[FoundName, ...]:
        """The known places named in running text, in its order; `countries` are ISO codes it is known to speak of."""
        return self._scanner.find(text, countries=countries)

    @cached_property
    def _scanner(self) -> NameScanner:
        table = self._table
        if not self._own:
            return NameScanner(table.known, table.starts, self._weighed)
        known = {key for key, found in self._own.items() if any(c.main for c in found) and _can_be_looked_for(key)}
        words = [key.split() for key in known]
        starts = {" ".join(key[:length]) for key in words for length in range(1, len(key))}
        return NameScanner(_Either(table.known, known), _Either(table.starts, starts), self._weighed)

    def _country_code(self, hint: str | None) -> str | None:
        """An ISO code for a code or a country's name; a country that is not known keeps its word."""
        if not hint:
            return None
        if len(hint) == 2 and hint.isascii() and hint.isalpha():
            return hint.upper()
        return next((entry.country for entry in self.lookup(hint) if entry.kind == "country"), hint)


def _own_keys(entry: GazetteerEntry, aliases: Mapping[str, Iterable[str]]) -> list[str]:
    """The folded names of a case's own place, each once."""
    names = (entry.name, entry.name_ar or "", *entry.aliases, *aliases.get(entry.id, ()))
    return sorted({key for key in map(normalise_name, names) if key})


def _loose_keys(entry: GazetteerEntry, names: list[str]) -> list[str]:
    """What else a case's own place can be called by: *Abu Senn* for *Abu Senn village*, and consonants alone."""
    phrases = [parse_phrase(name) for name in (entry.name, entry.name_ar or "") if name]
    keys = {normalise_name(reading.name) for phrase in phrases for reading in phrase.readings}
    keys = {key for key in keys if key and not is_wording(key)} | set(names)
    consonants = {skeleton(key) for key in keys}
    return sorted(keys - set(names)) + sorted(SKELETON + key for key in consonants if len(key) >= SHORTEST_SKELETON)


def _can_be_looked_for(key: str) -> bool:
    """Whether a folded name is worth looking for in running text: no number, no abbreviation, no word for a unit."""
    return len(key) >= 3 and not key.replace(" ", "").isdigit() and not is_wording(key)
