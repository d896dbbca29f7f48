"""What a case consists of, to show that something was, or was not, written."""

from pathlib import Path

from sijill.store.address import FILE
from sijill.testing.tamper import connected


def contents(folder: Path) -> dict[str, bytes]:
    """Every file's bytes by path, but for the lock, which holds nothing; and every row, where they lie on a server."""
    found = {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "lock"
    }
    return found | {"database": _rows(folder)} if FILE in found else found


def _rows(folder: Path) -> bytes:
    with connected(folder) as cursor:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        tables = [name for (name,) in cursor.execute(query).fetchall()]
        rows = {table: cursor.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    return repr({table: sorted(map(repr, found)) for table, found in rows.items()}).encode()
