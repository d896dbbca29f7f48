"""A table that is gone hides nothing that the log vouches for."""

from __future__ import annotations

from pathlib import Path

from sijill.store.verify import verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.tamper import connected


def test_who_takes_the_stamps_away_with_their_table_is_found(tmp_path: Path, where: str | None) -> None:
    synthetic_case(
        tmp_path / "case",
        documents=2,
        claims_per_document=1,
        judgements=1,
        seed=1,
        clock=FakeClock(),
        server=where,
    ).close()
    with connected(tmp_path / "case") as cursor:
        for table in ("stamp", "mention", "repetition"):
            cursor.execute(f"DROP TABLE {table}")
            cursor.execute("DELETE FROM built WHERE name = ?", (table,))
        cursor.execute("UPDATE alembic_version SET version_num = '0001'")
    found = verify(tmp_path / "case").findings
    assert [f.where.partition(" ")[0] for f in found] == ["stamp"]
    assert "missing, though log entry" in found[0].what
