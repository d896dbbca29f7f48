"""The places that a case knows: adding, listing, looking up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sijill.core.clock import Clock, system_clock
from sijill.core.errors import UnreadableFile
from sijill.extract.gazetteer import Gazetteer, GazetteerEntry, read_places_csv
from sijill.extract.run import case_places
from sijill.preserve.run import add_gazetteer
from sijill.store import reads
from sijill.store.case import Case


@dataclass(frozen=True, slots=True)
class PlacesReport:
    """How many places a file brought, the rows left out, and whether the file was new."""

    places: int
    problems: tuple[str, ...]
    fresh: bool


def add_places(case: Case, path: Path, *, by: str, clock: Clock = system_clock) -> PlacesReport:
    """Keep a CSV of places with the case; raises UnreadableFile where it holds none."""
    entries, problems = read_places(path)
    with case.writer(by=by, clock=clock) as writer:
        return PlacesReport(len(entries), problems, add_gazetteer(case, writer, path))


def gazetteer_rows(case: Case) -> Iterator[dict[str, Any]]:
    """The files of places of a case, with how many places each holds."""
    with case.connect() as connection:
        for file in reads.gazetteer_files(connection):
            entries, _ = read_places_csv(case.objects.read(file.id).decode("utf-8-sig"))
            yield {"name": file.name, "places": len(entries), "id": file.id}


def case_gazetteer(case: Case) -> Gazetteer:
    """The shipped gazetteer with the case's own places in front."""
    with case.connect() as connection:
        places, _ = case_places(case, connection)
    return Gazetteer.shipped().with_places(places)


def read_places(path: Path) -> tuple[tuple[GazetteerEntry, ...], tuple[str, ...]]:
    """The places in a CSV file and the rows that are none, said in words; raises UnreadableFile."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as err:
        raise UnreadableFile(path.name, err.strerror or "cannot be read", hint="check the path") from err
    except UnicodeDecodeError as err:
        raise UnreadableFile(path.name, "is not UTF-8", hint="save the table as CSV in UTF-8") from err
    entries, problems = read_places_csv(text)
    if not entries:
        raise UnreadableFile(
            path.name,
            "holds no place" + (f": {problems[0]}" if problems else ""),
            hint="a CSV with a header row: name, name_ar, lat, lon",
        )
    return tuple(entries), tuple(str(p) for p in problems)


def places_called(name: str, case: Case | None) -> Iterator[dict[str, Any]]:
    """The places of that name, those of the case first, best first."""
    gazetteer = case_gazetteer(case) if case else Gazetteer.shipped()
    for entry in gazetteer.lookup(name):
        yield {
            "id": entry.id,
            "name": entry.name,
            "name_ar": entry.name_ar,
            "kind": entry.kind,
            "admin1": entry.admin1,
            "country": entry.country,
            "lat": entry.lat,
            "lon": entry.lon,
            "population": entry.population,
        }
