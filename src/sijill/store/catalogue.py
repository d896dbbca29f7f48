"""What stands in a PostgreSQL schema, compared with what the migrations make.

The migrations run in SQLite's memory first; what both databases say of tables, columns, keys and indexes must agree.
SQLite's own definitions are compared word by word elsewhere; PostgreSQL keeps none that could be.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlcipher3.dbapi2
from sqlalchemy import Connection, Inspector, Integer, LargeBinary, String, create_engine, inspect, text
from sqlalchemy.types import TypeEngine

from sijill.store import database

# Whatever else can lie in a schema or on a table, and change what is read or written.
BESIDE = text("""
SELECT 'relation ' || c.relname FROM pg_catalog.pg_class c
 WHERE c.relnamespace = :schema AND (c.relkind NOT IN ('r', 'i') OR c.relrowsecurity OR c.relpersistence <> 'p')
UNION ALL SELECT 'trigger ' || t.tgname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = :schema AND (NOT t.tgisinternal OR t.tgenabled <> 'O')
UNION ALL SELECT 'rule ' || r.rulename FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
 WHERE c.relnamespace = :schema
UNION ALL SELECT 'policy ' || p.polname FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
 WHERE c.relnamespace = :schema
UNION ALL SELECT 'function ' || f.proname FROM pg_catalog.pg_proc f WHERE f.pronamespace = :schema
UNION ALL SELECT 'operator ' || o.oprname FROM pg_catalog.pg_operator o WHERE o.oprnamespace = :schema
UNION ALL SELECT 'inheritance of ' || c.relname FROM pg_catalog.pg_inherits i
 JOIN pg_catalog.pg_class c ON c.oid = i.inhparent WHERE c.relnamespace = :schema AND c.relkind = 'r'
UNION ALL SELECT 'constraint ' || k.conname FROM pg_catalog.pg_constraint k
 WHERE k.connamespace = :schema AND (k.contype NOT IN ('p', 'u', 'f', 'n') OR NOT k.convalidated)
UNION ALL SELECT 'column ' || a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = :schema AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
   AND (a.attgenerated <> '' OR a.attidentity <> '')
""")


def differences(connection: Connection, revision: str) -> Iterator[str]:
    """The names of what is there and should not be, is missing, or is not as it should be."""
    found, expected = shape(connection), expected_shape(revision)
    for name in sorted(found.keys() | expected.keys()):
        if found.get(name) != expected.get(name):
            yield name
    schema = connection.exec_driver_sql("SELECT oid FROM pg_namespace WHERE nspname = current_schema()").scalar_one()
    yield from sorted(connection.execute(BESIDE, {"schema": schema}).scalars())


@cache
def expected_shape(revision: str) -> dict[str, Any]:
    """What the migrations up to a revision make."""
    engine = create_engine("sqlite://", module=sqlcipher3.dbapi2)
    try:
        database.upgrade(engine, revision)
        with engine.connect() as connection:
            return shape(connection)
    finally:
        engine.dispose()


def shape(connection: Connection) -> dict[str, Any]:
    """Every table, with its columns, keys and indexes, by name, as both databases can say it."""
    return dict(_parts(inspect(connection)))


def _parts(look: Inspector) -> Iterator[tuple[str, Any]]:
    for (_, table), columns in look.get_multi_columns().items():
        yield f"table {table}", {c["name"]: (_kind(c["type"]), c["nullable"], c["default"]) for c in columns}
    for (_, table), key in look.get_multi_pk_constraint().items():
        if key is not None:
            yield f"key {key['name']}", (table, tuple(key["constrained_columns"]))
    for (_, table), keys in look.get_multi_foreign_keys().items():
        for foreign in keys:
            there = (foreign["referred_table"], tuple(foreign["referred_columns"]))
            yield f"key {foreign['name']}", (table, tuple(foreign["constrained_columns"]), *there)
    unique = set()
    for (_, table), constraints in look.get_multi_unique_constraints().items():
        for one in constraints:
            unique.add(one["name"])
            yield f"key {one['name']}", (table, tuple(one["column_names"]), "unique")
    for (_, table), indexes in look.get_multi_indexes().items():
        for index in indexes:
            if index["name"] not in unique:
                partial = index.get("dialect_options", {}).get("postgresql_where")
                yield f"index {index['name']}", (table, tuple(index["column_names"]), bool(index["unique"]), partial)


def _kind(type_: TypeEngine[Any]) -> str:
    """The kind of values of a column: what is VARCHAR in the one is TEXT in the other."""
    for kind in (String, Integer, LargeBinary):
        if isinstance(type_, kind):
            return kind.__name__
    return str(type_)
