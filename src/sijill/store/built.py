"""Whether a derived table is as the last build left it: what is taken from one must not be what somebody put there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Table, inspect, select
from sqlalchemy.exc import DatabaseError

from sijill.store import schema
from sijill.store.findings import MALFORMED
from sijill.store.writer import built_digest


def as_built(connection: Connection, table: Table) -> bool:
    """Whether its rows can be read and have the digest that the last build noted; else they are to be made anew."""
    if not inspect(connection).has_table(table.name):  # Of a case that an earlier version wrote.
        return False
    try:
        mark = connection.execute(select(schema.built).where(schema.built.c.name == table.name)).one_or_none()
        return mark is not None and is_as_marked(connection, table, mark)
    except DatabaseError:  # Bytes that are no text, for one.
        return False


def is_as_marked(connection: Connection, table: Table, mark: Row[Any]) -> bool:
    """Whether the rows of a derived table have the digest of their mark."""
    rows = [dict(row._mapping) for row in connection.execute(select(table))]
    try:
        return bool(built_digest(mark.size, rows) == mark.digest)
    except MALFORMED:
        return False
