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

SPLIT = tomllib.loads(Path(__file__).with_name("gold_split.toml").read_text(encoding="utf-8"))
HELD_OUT = {"en": frozenset(SPLIT["held_out"]), "ar": frozenset(SPLIT["arabic"]), "fr": frozenset(SPLIT["french"])}
PAGE = re.compile(r"---\n(.*?)\n---\n\n*(.*)", re.DOTALL)
# By language: claim F1, then of the claims found the share right in each field; measured, with a small margin.
FLOORS = {
    ("en", "worked on"): {
        "claim": 0.96,
        "subset": 0.98,
        "group_type": 0.93,
        "place": 0.84,
        "date": 0.87,
        "attribution": 0.87,
        "perpetrator": 0.76,
    },
    ("en", "held out"): {
        "claim": 0.85,
        "subset": 0.95,
        "group_type": 0.87,
        "place": 0.56,
        "date": 0.75,
        "attribution": 0.69,
        "perpetrator": 0.65,
    },
    ("ar", "worked on"): {
        "claim": 0.98,
        "subset": 0.99,
        "group_type": 0.9,
        "place": 0.88,
        "date": 0.88,
        "attribution": 0.94,
        "perpetrator": 0.82,
    },
    ("fr", "worked on"): {
        "claim": 0.94,
        "subset": 0.99,
        "group_type": 0.92,
        "place": 0.71,
        "date": 0.84,
        "attribution": 0.84,
        "perpetrator": 0.7,
    },
    ("fr", "held out"): {
        "claim": 0.95,
        "subset": 0.99,
        "group_type": 0.5,
        "place": 0.8,
        "date": 0.95,
        "attribution": 0.7,
        "perpetrator": 0.9,
    },
    ("ar", "held out"): {
        "claim": 0.72,
        "subset": 0.95,
        "group_type": 0.85,
        "place": 0.9,
        "date": 0.95,
        "attribution": 0.72,
        "perpetrator": 0.3,
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
    """The claims read in every page, flattened as the scorer wants them."""
    found = {}
    for page in sorted((shared / "gold" / "pages").glob("*.txt")):
        language = language_of(page.stem)
        if language not in HELD_OUT:
            continue
        m = PAGE.match(page.read_text(encoding="utf-8"))
        assert m is not None
        head = yaml.safe_load(m[1])
        published = dt.date.fromisoformat(str(head["published"])[:10]) if head.get("published") else None
        claims = read_claims(
            m[2],
            document=page.stem,
            published=published,
            language=language,
            publisher=head.get("publisher"),
            gazetteer=Gazetteer.shipped(),
        )
        found[page.stem] = [scorer.flat(to_json(c)) for c in claims]
    return found


def language_of(stem: str) -> str:
    """The language of a page, which its name tells."""
    marked = re.search(r"-(ar|fr)\d+$", stem)
    return marked[1] if marked else "en"


@pytest.mark.parametrize("part", FLOORS, ids=" ".join)
def test_accuracy_does_not_fall(
    shared: Path, scorer: ModuleType, predicted: dict[str, list[dict[str, Any]]], part: tuple[str, str]
) -> None:
    language, which = part
    gold = scorer.load(shared / "gold" / "claims")
    pages = {d for d in predicted if language_of(d) == language}
    aside = {d for d in pages if re.sub(r"-(?:ar|fr)?\d+$", "", d) in HELD_OUT[language]}
    documents = sorted(aside if which == "held out" else pages - aside)
    result = scorer.score(gold, predicted, documents)
    measured = {name: result[name]["f1"] if name == "claim" else result[name] for name in FLOORS[part]}
    below = {name: value for name, value in measured.items() if value < FLOORS[part][name]}
    assert not below, f"{part}: {result}"
