"""Accuracy on the annotated reports beside the project, by the scorers that come with them; nothing is copied here."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sijill.pipeline.extraction import Problems, claims_in_files

SHARED = Path(__file__).resolve().parents[2] / "shared"


@dataclass(frozen=True, slots=True)
class Score:
    """One line of a scorer: what was scored, and what it printed."""

    name: str
    values: dict[str, Any]


def predicted(paths: Sequence[Path], target: Path, *, gazetteers: Sequence[Path] = ()) -> None:
    """Write the claims in files to `target`, as `sijill extract --format jsonl` prints them."""
    problems = Problems()
    with target.open("w", encoding="utf-8") as out:
        for row in claims_in_files(paths, gazetteers=gazetteers, problems=problems):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    if problems.refused:
        raise RuntimeError(f"{len(problems.refused)} files were refused: {problems.refused[0]}")


def scored(script: Path, *arguments: str) -> str:
    """What a scorer prints."""
    command = [sys.executable, str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def gold(folder: Path, work: Path) -> Iterator[Score]:
    """Claims against the gold, by language."""
    target = work / "gold.jsonl"
    predicted(sorted((folder / "pages").glob("*.txt")), target)
    for line in scored(folder / "score.py", str(folder / "claims"), str(target), "--by", "language").splitlines():
        name, _, values = line.partition(" ")
        yield Score(f"gold, {name}", json.loads(values))


def muc4(folder: Path, work: Path) -> Iterator[Score]:
    """Counts of dead and injured against MUC-4's templates, train and dev."""
    for part in ("train", "dev"):
        target = work / f"muc4-{part}.jsonl"
        predicted([folder / part / "reports.jsonl"], target)
        for line in scored(folder / "score.py", str(folder / part), str(target)).splitlines():
            values = json.loads(line)
            yield Score(f"MUC-4 {part}, counts from {values['counts_from']}", values)


def measure() -> list[Score]:
    """All scores that the material at hand allows; empty where there is none."""
    found: list[Score] = []
    with tempfile.TemporaryDirectory(prefix="sijill-accuracy-") as name:
        if (SHARED / "gold").is_dir():
            found += gold(SHARED / "gold", Path(name))
        if (SHARED / "muc4").is_dir():
            found += muc4(SHARED / "muc4", Path(name))
    return found
