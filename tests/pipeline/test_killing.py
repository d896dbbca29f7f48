"""Killed in the middle, run again: the long version is `python benchmarks/killing.py`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.killing import kill_and_resume


def test_killed_builds_lose_nothing_and_end_the_same(tmp_path: Path, where: str | None) -> None:
    kills = 3 if where else 5
    found = kill_and_resume(tmp_path, reports=60, kills=kills, seed=7, server=where or "")
    assert found.wrong == ()
    assert found.kills == kills
