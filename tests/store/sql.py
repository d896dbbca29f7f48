"""Changes to a case's rows by SQL, whichever database they lie in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sijill.testing.tamper import connected


def sql(folder: Path, *statements: str) -> None:
    with connected(folder) as cursor:
        for statement in statements:
            cursor.execute(statement)


def put_back(folder: Path) -> None:
    """Make a case's database one of schema 0001."""
    with connected(folder) as cursor:
        for table in (
            "stamp",
            "mention",
            "repetition",
            "figure_version",
            "list_row",
            "list_release",
        ):
            cursor.execute(f"DROP TABLE {table}")
            cursor.execute("DELETE FROM built WHERE name = ?", (table,))
        cursor.execute("UPDATE alembic_version SET version_num = '0001'")


def change(folder: Path, table: str, condition: str, column: str, new: Callable[[Any], object]) -> None:
    """Change one value to what a function makes of it."""
    with connected(folder) as cursor:
        (old,) = cursor.execute(f"SELECT {column} FROM {table} WHERE {condition}").fetchone()
        cursor.execute(f"UPDATE {table} SET {column} = ? WHERE {condition}", (new(old),))
