"""`compare`: voices beside one another, contradictions in words, coverage by month."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sijill.core.judgement import Change
from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
TEXTS = {
    "kestrel": "Eight people were killed in Tamrel on 4 March 2031, the hospital said.",
    "courier": "Eleven people were killed in Tamrel on 4 March 2031, according to the Senna Valley Monitor.",
    "lantern": "Eleven people were killed in Tamrel on 4 March 2031, according to the Senna Valley Monitor.",
}


@pytest.fixture
def case(tmp_path: Path, example: Path) -> Path:
    """Three invented reports of one incident, two of them with one voice."""
    reports = tmp_path / "in"
    reports.mkdir()
    for name, text in TEXTS.items():
        front = f"---\nlanguage: en\npublisher: {name.capitalize()}\npublished: 2031-03-05\n---\n"
        (reports / f"{name}.txt").write_text(f"{front}{text}\n", encoding="utf-8")
    with Case.create(tmp_path / "case", by="Amal") as made:
        made.build([reports], Plan(gazetteers=(example / "gazetteer.csv",)))
    return tmp_path / "case"


def rows(ran: Ran) -> list[dict[str, object]]:
    assert ran.code == 0
    return [json.loads(line) for line in ran.out.splitlines()]


def test_each_claim_stands_under_its_voice_with_what_became_of_it(run: Run, case: Path) -> None:
    found = rows(run("compare", case, "--format", "jsonl"))
    killed = [r for r in found if r["scope"] == "killed, all"]
    assert [(r["report"], r["low"], r["fate"]) for r in killed if r["fate"] == "used"] == [
        ("courier", 11, "used"),
        ("kestrel", 8, "used"),
    ]
    (aside,) = [r for r in killed if r["fate"] != "used"]
    assert (aside["report"], aside["voice"]) == ("lantern", killed[0]["voice"])
    assert str(aside["fate"]).startswith("repeats the same voice's count")
    assert {(r["figure_low"], r["figure_high"], r["voices"]) for r in killed} == {(8, 11, 2)}


def test_what_cannot_all_be_true_is_said_in_words(run: Run, case: Path) -> None:
    (row,) = rows(run("compare", case, "--show", "contradictions", "--format", "jsonl"))
    assert row["kind"] == "contradiction"
    assert "they count the same people" in str(row["reason"])
    assert "contradiction:" in run("explain", case, str(row["incident"])).out


def test_coverage_counts_incidents_and_claims_by_voice_and_month(run: Run, case: Path) -> None:
    found = rows(run("compare", case, "--show", "coverage", "--format", "jsonl"))
    assert {(r["month"], r["incidents"], r["claims"], r["only_voice"]) for r in found} == {
        ("2031-03", 1, 1, 0),
        ("2031-03", 1, 2, 0),
    }


def test_one_incident_can_be_asked_for_and_a_claim_cannot(run: Run, case: Path) -> None:
    (incident,) = rows(run("incidents", case, "--format", "jsonl"))
    assert rows(run("compare", case, str(incident["id"]), "--format", "jsonl")) == rows(
        run("compare", case, "--format", "jsonl")
    )
    refused = run("compare", case, str(incident["claims"][0]))  # type: ignore[index]
    assert refused.code == 2
    assert "is a claim, not an incident" in refused.err


def test_an_institution_s_total_is_taken_apart_in_steps(run: Run, tmp_path: Path, example: Path) -> None:
    reports = tmp_path / "in"
    reports.mkdir()
    texts = {
        "strike": "Eight people were killed in Tamrel on 4 March 2031, the hospital said.",
        "morgue": "60 people were killed in Senna Province in early March 2031, the morgue said.",
        "ministry": "64 people were killed in Senna Province in early March 2031, the ministry said.",
    }
    for name, text in texts.items():
        (reports / f"{name}.txt").write_text(f"---\nlanguage: en\npublished: 2031-03-10\n---\n{text}\n", "utf-8")
    with Case.create(tmp_path / "case", by="Amal") as made:
        made.build([reports], Plan(gazetteers=(example / "gazetteer.csv",)))
        totals = [str(r["id"]) for r in made.claim_rows() if r["document"] in ("morgue", "ministry")]
        for total in totals:
            days = [Change("period.start", '"2031-03-01"'), Change("period.end", '"2031-03-09"')]
            made.judge("correct", total, changes=days, reason="the morgue's own table")
    ran = run("institution", tmp_path / "case", *totals, "--background", 10, "--fighters", "2,4")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "totals of 2 reports: 60 to 64"
    assert ran.out.splitlines()[-1] == "beyond the recorded incidents: 39 to 44"
    refused = run("institution", tmp_path / "case", *totals, "--background", 10, "--fighters", "few")
    assert (refused.code, "is no share of fighters" in refused.err) == (2, True)
