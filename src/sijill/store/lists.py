"""The lists of victims that a case holds, as records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, select

from sijill.core.errors import UnknownId
from sijill.core.lists import ListRelease, ListRow
from sijill.core.wire import from_json
from sijill.store import schema
from sijill.store.database import MANY


@dataclass(frozen=True, slots=True)
class KeptRelease:
    """A release with its id, and which version of its list it is, from 1."""

    id: str
    version: int
    release: ListRelease


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row of a list with its id."""

    id: str
    row: ListRow


def releases(connection: Connection) -> tuple[KeptRelease, ...]:
    """Every release of every list, in the order in which they were added."""
    t = schema.list_release
    if not inspect(connection).has_table(t.name):  # Of a case that an earlier version wrote.
        return ()
    found: list[KeptRelease] = []
    for row in connection.execute(select(t.c.id, t.c.body).order_by(t.c.entry)):
        release = from_json(ListRelease, json.loads(row.body))
        earlier = sum(kept.release.list == release.list for kept in found)
        found.append(KeptRelease(row.id, earlier + 1, release))
    return tuple(found)


def versions(connection: Connection, name: str) -> tuple[KeptRelease, ...]:
    """The releases of one list, the earliest first; raises UnknownId where there is no list of that name."""
    every = releases(connection)
    found = tuple(kept for kept in every if kept.release.list == name)
    if not found:
        known = ", ".join(sorted({kept.release.list for kept in every})) or "there are none"
        raise UnknownId(f"no list is called {name[:80]!r}", hint=f"lists of this case: {known[:400]}")
    return found


def current(connection: Connection) -> tuple[KeptRelease, ...]:
    """The newest release of each list, in the order in which the lists came."""
    newest = {kept.release.list: kept for kept in releases(connection)}
    return tuple(newest.values())


def rows(connection: Connection, release: str) -> Iterator[KeptRow]:
    """The rows of one release, in the order of the file."""
    t = schema.list_row
    query = select(t.c.id, t.c.body).where(t.c.release == release).order_by(t.c.line)
    for row in connection.execute(query.execution_options(yield_per=MANY)):
        yield KeptRow(row.id, from_json(ListRow, json.loads(row.body)))
