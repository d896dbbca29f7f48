"""`origins`: voices with those who pass them on, and reports that have text of others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
STORY = (
    "Seventeen people were killed in Tamrel on 4 March 2031 when shells fell on the grain market in the early morning. "
    "Farmers had come down from the hills with their carts, and the square was full when the first shell struck."
)
TEXTS = {
    "kestrel": STORY,
    "courier": "From our own staff. " + STORY,
    "lantern": "Nineteen people were killed in Tamrel on 4 March 2031, according to the Senna Valley Monitor.",
    "heron": "Nineteen people were killed in Tamrel on 4 March 2031, the Senna Valley Monitor said.",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four invented reports: one copies another, two have one source."""
    folder = tmp_path_factory.mktemp("origins")
    (folder / "in").mkdir()
    for day, (name, text) in enumerate(TEXTS.items(), 5):
        front = f"---\nlanguage: en\npublisher: {name.capitalize()}\npublished: 2031-03-{day:02}\n---\n"
        (folder / "in" / f"{name}.txt").write_text(f"{front}{text}\n", encoding="utf-8")
    with Case.create(folder / "case", by="Amal") as made:
        made.build([folder / "in"], Plan())
    return folder / "case"


def rows(ran: Ran) -> list[dict[str, object]]:
    assert ran.code == 0
    return [json.loads(line) for line in ran.out.splitlines()]


def test_each_count_stands_under_the_voice_that_it_goes_back_to(run: Run, case: Path) -> None:
    found = {str(r["report"]): r for r in rows(run("origins", case, "--format", "jsonl"))}
    assert found["lantern"]["voice"] == found["heron"]["voice"] != found["kestrel"]["voice"]
    assert str(found["lantern"]["through"]).endswith("'Lantern']")
    assert found["courier"]["voice"] == found["kestrel"]["voice"]
    assert "in a row stand in both" in str(found["courier"]["evidence"]) or "word for word" in str(
        found["courier"]["evidence"]
    )


def test_who_has_text_of_whom_is_shown_with_the_passage(run: Run, case: Path) -> None:
    (row,) = rows(run("origins", case, "--show", "repeats", "--format", "jsonl"))
    assert (row["later"], row["earlier"], row["sharing"]) == ("courier", "kestrel", "copy")
    passage = row["passage"]
    assert isinstance(passage, dict)
    assert passage["text"] in TEXTS["courier"]
    assert len(passage["text"].split()) > 20


def test_one_incident_alone_can_be_asked_for_and_nothing_else(run: Run, case: Path) -> None:
    every = rows(run("origins", case, "--format", "jsonl"))
    incident = next(str(r["id"]) for r in rows(run("incidents", case, "--format", "jsonl")))
    some = rows(run("origins", case, incident, "--format", "jsonl"))
    assert 0 < len(some) <= len(every) == 4
    assert run("origins", case, "kestrel").code == 2
