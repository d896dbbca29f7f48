"""Backups and restores killed in the middle: the long version is `python benchmarks/backup_killing.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import benchmarks.backup_killing

EVERY = 23


def test_killed_backups_harm_no_snapshot_and_the_next_goes_on() -> None:
    """In a process of its own, as it forks, which one with threads must not."""
    program = Path(benchmarks.backup_killing.__file__)
    ran = subprocess.run([sys.executable, program, "--every", str(EVERY)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert int(ran.stdout.partition(" ")[0]) > 10, "it was killed in the middle"
