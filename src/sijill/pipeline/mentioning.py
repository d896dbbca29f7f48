"""Which places each report names, whether or not a claim is put at them: what linking compares reports by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection

from sijill.core.mention import Mentions, PlaceMention
from sijill.core.place import Place
from sijill.extract.gazetteer import Gazetteer, GazetteerEntry
from sijill.extract.run import case_places
from sijill.store import reads, schema
from sijill.store.built import as_built
from sijill.store.case import Case
from sijill.store.writer import Writer, text

BATCH = 200
# UCDP's where_prec of a place that is only named: near a known point, a district, a province, a country.
PRECISION = {"country": 6, "admin1": 4, "admin2": 3}
NEAR = 2


def mention(case: Case, writer: Writer) -> int:
    """Bring what the reports name up to date; returns how many texts were read anew.

    A text is read where it, or the gazetteer, is not the one that was read before; all are where somebody changed the
    table since.
    """
    with case.connect() as connection:
        entries, version = case_places(case, connection)
        kept = as_built(connection, schema.mention)
        known = reads.mentions(connection) if kept else {}
        ids = reads.document_ids(connection)
        pending = list(_pending(connection, ids, known, version))
        if kept and not pending and known.keys() == set(ids):
            return 0
        gazetteer = Gazetteer.shipped().with_places(entries)
        for start in range(0, len(pending), BATCH):
            for id_, current in reads.current_readings(connection, pending[start : start + BATCH]).items():
                known[id_] = named(current.reading.text, gazetteer, id_, _reader(version, current.id))
    rows = [{"document": id_, "position": i, "body": text(known[id_])} for i, id_ in enumerate(ids)]
    with writer.transaction() as t:
        t.derived(schema.mention, rows)
    return len(pending)


def _reader(version: str, reading: str) -> str:
    return f"{version}/{reading[:12]}"


def _pending(connection: Connection, ids: tuple[str, ...], known: dict[str, Mentions], version: str) -> Iterator[str]:
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        current = reads.current_readings(connection, batch)
        for id_ in batch:
            if id_ not in known or known[id_].reader != _reader(version, current[id_].id):
                yield id_


def named(report: str, gazetteer: Gazetteer, document: str, reader: str) -> Mentions:
    """The places that a text names, in the order in which they first stand there."""
    first: dict[str, tuple[GazetteerEntry, int, str]] = {}
    times: Counter[str] = Counter()
    for name in gazetteer.find_names(report):
        first.setdefault(name.entries[0].id, (name.entries[0], name.start, report[name.start : name.end]))
        times[name.entries[0].id] += 1
    places = tuple(
        PlaceMention(_place(entry, words), start, times[id_], entry.population)
        for id_, (entry, start, words) in first.items()
    )
    return Mentions(document, reader, places)


def _place(entry: GazetteerEntry, words: str) -> Place:
    return Place(words, entry.name, entry.id, entry.lat, entry.lon, PRECISION.get(entry.kind, NEAR))
