"""A table that is gone hides nothing that the log vouches for."""

from __future__ import annotations

from pathlib import Path

from sijill.store.verify import verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from tests.store.sql import put_back


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
    put_back(tmp_path / "case")
    found = verify(tmp_path / "case").findings
    assert {f.where.partition(" ")[0] for f in found} == {"stamp", "figure_version", "list_release", "list_row"}
    assert all("missing, though log entry" in f.what for f in found)
