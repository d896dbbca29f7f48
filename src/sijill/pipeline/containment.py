"""Which of the places that a case speaks of lie within which, by the gazetteer's units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from sijill.core.place import Place
from sijill.extract.gazetteer import Gazetteer, GazetteerEntry
from sijill.pipeline.places import case_gazetteer
from sijill.reconcile.regions import Places
from sijill.store import reads
from sijill.store.case import Case

COUNTRY = "country"


def places_of(case: Case, connection: Connection) -> Places:
    """The containment of all places that current claims and incidents name."""
    claims, _ = reads.judged_claims(connection)
    named = [c.claim.place for c in claims.values()] + [i.place for i in reads.incidents(connection)]
    return containment([p for p in named if p is not None], case_gazetteer(case))


def containment(named: Iterable[Place], gazetteer: Gazetteer) -> Places:
    """Of each place its containers among those named: districts, provinces, countries, the smallest first.

    A unit contains a place that the gazetteer puts into a unit of its name in its country. Places that it does not know
    are within nothing.
    """
    entries = {p.id: entry for p in named if (entry := _entry(p, gazetteer)) is not None}
    units = {key: entry for entry in entries.values() for key in _as_unit(entry)}
    within = {
        id_: tuple(units[key].id for key in _units_around(entry) if key in units and units[key].id != id_)
        for id_, entry in entries.items()
    }
    return Places({id_: tuple(dict.fromkeys(found)) for id_, found in within.items() if id_ is not None and found})


def _entry(place: Place, gazetteer: Gazetteer) -> GazetteerEntry | None:
    if place.id is None or place.name is None:
        return None
    return next((e for e in gazetteer.lookup(place.name) if e.id == place.id), None)


def _as_unit(entry: GazetteerEntry) -> Iterator[tuple[str, str, str]]:
    """Under which keys an entry contains others, if it is a country, a province or a district."""
    if entry.kind == COUNTRY:
        yield (COUNTRY, entry.country, "")
    elif entry.kind in ("admin1", "admin2"):
        yield (entry.kind, entry.country, entry.name.casefold())


def _units_around(entry: GazetteerEntry) -> Iterator[tuple[str, str, str]]:
    if entry.admin2:
        yield ("admin2", entry.country, entry.admin2.casefold())
    if entry.admin1:
        yield ("admin1", entry.country, entry.admin1.casefold())
    yield (COUNTRY, entry.country, "")
