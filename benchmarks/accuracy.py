"""Accuracy on the annotated reports beside the project, by the scorers that come with them; nothing is copied here."""

from __future__ import annotations

import csv
import importlib.util
import json
import random
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims
from sijill.pipeline.extraction import Problems, claims_in_files

SHARED = Path(__file__).resolve().parents[2] / "shared"
TESTS = Path(__file__).resolve().parents[1] / "tests" / "extract"
SPLIT = TESTS / "gold_split.toml"
SEED, DRAWS = 20261120, 400
Claims = dict[str, list[dict[str, Any]]]


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


def gold_parts(folder: Path, work: Path) -> Iterator[Score]:
    """The gold by language and part, worked on and held out, each figure with its bootstrap interval over reports.

    French is pooled, having too few reports. The predictions are those that `gold` has written.
    """
    scorer = _module(folder / "score.py")
    true, found = scorer.load(folder / "claims"), scorer.load(work / "gold.jsonl")
    split = tomllib.loads(SPLIT.read_text(encoding="utf-8"))
    aside = {"en": split["held_out"], "ar": split.get("arabic", []), "fr": split.get("french", [])}
    parts: dict[str, list[str]] = {}
    for document in sorted(true):
        topic, language = _topic(document)
        held = "" if language == "fr" else ", held out" if topic in aside[language] else ", worked on"
        parts.setdefault(f"{language}{held}", []).append(document)
    for name, documents in sorted(parts.items()):
        yield Score(f"gold, {name}", _with_intervals(scorer, true, found, documents))


def _topic(document: str) -> tuple[str, str]:
    m = re.fullmatch(r"(.*?)(?:-(ar|fr))?-?(\d+)", document)
    assert m is not None
    return m[1].rstrip("-"), m[2] or "en"


def _with_intervals(scorer: ModuleType, true: Claims, found: Claims, documents: list[str]) -> dict[str, str]:
    """Each figure with the 95% interval of reports drawn with replacement, from a fixed seed."""
    whole, rng = _figures(scorer.score(true, found, documents)), random.Random(SEED)
    drawn = [_figures(scorer.score(true, found, rng.choices(documents, k=len(documents)))) for _ in range(DRAWS)]
    out = {"documents": str(len(documents))}
    for name, value in whole.items():
        values = sorted(d[name] for d in drawn)
        low, high = values[int(0.025 * DRAWS)], values[int(0.975 * DRAWS)]
        out[name] = f"{value} ({low} to {high})"
    return out


def _figures(score: dict[str, Any]) -> dict[str, float]:
    fields = ("subset", "group_type", "place", "date", "attribution", "perpetrator")
    return {"claim F1": score["claim"]["f1"], **{f: score[f] for f in fields}}


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def noclaims(table: Path) -> Iterator[Score]:
    """Claims read in the invented reports that hold none, by language."""
    spurious: dict[str, int] = {}
    reports: dict[str, int] = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        reports[row["language"]] = reports.get(row["language"], 0) + 1
        claims = read_claims(
            row["text"],
            document=row["id"],
            published=None,
            language=row["language"],
            publisher=None,
            gazetteer=Gazetteer.shipped(),
        )
        spurious[row["language"]] = spurious.get(row["language"], 0) + len(claims)
    for language in sorted(reports):
        values = {"reports": reports[language], "spurious claims": spurious[language]}
        yield Score(f"reports without a claim, {language}", values)


def muc4(folder: Path, work: Path) -> Iterator[Score]:
    """Counts of dead and injured against MUC-4's templates, train and dev."""
    for part in ("train", "dev"):
        target = work / f"muc4-{part}.jsonl"
        predicted([folder / part / "reports.jsonl"], target)
        for line in scored(folder / "score.py", str(folder / part), str(target)).splitlines():
            values = json.loads(line)
            yield Score(f"MUC-4 {part}, counts from {values['counts_from']}", values)


def recorded(folder: Path, work: Path) -> Iterator[Score]:
    """Recorders' numbers of killed civilians that some report cited for the incident yields as a claim.

    An incident counts where it records one killed or more; it is found where a claim of killed, or of victims, has
    the recorded minimum or maximum as its lowest or highest number. `killed` asks for a claim of killed alone.
    """
    target = work / "recorded.jsonl"
    predicted([folder / "reports.jsonl"], target)
    counts: dict[str, set[tuple[str, int]]] = {}
    for line in target.read_text(encoding="utf-8").splitlines():
        claim = json.loads(line)
        count = claim.get("count") or {}
        ends = {count.get("low"), count.get("high")} - {None}
        counts.setdefault(claim["document"], set()).update((claim["harm"], end) for end in ends)
    incidents = [json.loads(line) for line in (folder / "incidents.jsonl").read_text(encoding="utf-8").splitlines()]
    total = found = killed = 0
    for incident in incidents:
        wanted = {incident["killed_min"], incident["killed_max"]} - {None}
        if not any(wanted):
            continue
        told = {pair for source in incident["sources"] for pair in counts.get(source, ())}
        total += 1
        found += any((harm, n) in told for harm in ("killed", "victims") for n in wanted)
        killed += any(("killed", n) in told for n in wanted)
    values = {"incidents": total, "found": round(found / total, 3), "killed": round(killed / total, 3)}
    yield Score("airwars-syria, recorded numbers of killed", values)


def measure() -> list[Score]:
    """All scores that the material at hand allows; empty where there is none."""
    found: list[Score] = []
    with tempfile.TemporaryDirectory(prefix="sijill-accuracy-") as name:
        if (SHARED / "gold").is_dir():
            found += gold(SHARED / "gold", Path(name))
            found += gold_parts(SHARED / "gold", Path(name))
        if (SHARED / "muc4").is_dir():
            found += muc4(SHARED / "muc4", Path(name))
        if (SHARED / "airwars-syria").is_dir():
            found += recorded(SHARED / "airwars-syria", Path(name))
        found += noclaims(TESTS / "blind" / "noclaims.csv")
    return found
