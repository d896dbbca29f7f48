"""The annotated reports beside the project, scored by the scorer that comes with them: floors that may only rise."""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from sijill.core.wire import to_json
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims

HELD_OUT = frozenset(tomllib.loads(Path(__file__).with_name("gold_split.toml").read_text(encoding="utf-8"))["held_out"])
PAGE = re.compile(r"---\n(.*?)\n---\n\n*(.*)", re.DOTALL)
# English: claim F1, then of the claims found the share right in each field; measured, with a small margin.
FLOORS = {
    "worked on": {
        "claim": 0.96,
        "subset": 0.98,
        "group_type": 0.93,
        "place": 0.74,
        "date": 0.79,
        "attribution": 0.85,
        "perpetrator": 0.67,
    },
    "held out": {
        "claim": 0.83,
        "subset": 0.95,
        "group_type": 0.84,
        "place": 0.55,
        "date": 0.7,
        "attribution": 0.69,
        "perpetrator": 0.55,
    },
}


@pytest.fixture(scope="module")
def scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_score", shared / "gold" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def predicted(shared: Path, scorer: ModuleType) -> dict[str, list[dict[str, Any]]]:
    """The claims read in every English page, flattened as the scorer wants them."""
    found = {}
    for page in sorted((shared / "gold" / "pages").glob("*.txt")):
        if re.search(r"-(ar|fr)\d+$", page.stem):
            continue
        m = PAGE.match(page.read_text(encoding="utf-8"))
        assert m is not None
        head = yaml.safe_load(m[1])
        published = dt.date.fromisoformat(str(head["published"])[:10]) if head.get("published") else None
        claims = read_claims(
            m[2],
            document=page.stem,
            published=published,
            language="en",
            publisher=head.get("publisher"),
            gazetteer=Gazetteer.shipped(),
        )
        found[page.stem] = [scorer.flat(to_json(c)) for c in claims]
    return found


@pytest.mark.parametrize("part", FLOORS)
def test_accuracy_does_not_fall(
    shared: Path, scorer: ModuleType, predicted: dict[str, list[dict[str, Any]]], part: str
) -> None:
    gold = scorer.load(shared / "gold" / "claims")
    aside = {d for d in predicted if re.sub(r"-\d+$", "", d) in HELD_OUT}
    documents = sorted(aside if part == "held out" else set(predicted) - aside)
    result = scorer.score(gold, predicted, documents)
    measured = {name: result[name]["f1"] if name == "claim" else result[name] for name in FLOORS[part]}
    below = {name: value for name, value in measured.items() if value < FLOORS[part][name]}
    assert not below, f"{part}: {result}"
