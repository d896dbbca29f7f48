"""Whether two cases hold the same, row by row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from sijill.store import reads, schema
from sijill.store.case import Case


def rows_of(case: Case) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, sorted, and the order in which judgements and documents are read."""
    with case.connect() as connection:
        held = {
            # Sorted here: where ids are sealed, a server sorts their seals.
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in schema.metadata.sorted_tables
        }
        held["read documents"] = [(d,) for d in reads.documents(connection)]
        held["read judgements"] = [(j,) for j in reads.judgements(connection)]
    return held
