"""`sending`, `ask`, `agreement`, `claims --suggested`: asking a language model from the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from sijill.testing.model import LocalModel, Manner, local_model, stated
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
TAMREL = "Eight people were killed in Tamrel on 4 March 2031, the hospital said."
BRIDGE = "Of those who kept watch at the bridge, four now lie under the olive trees."
KNOWS = (stated(TAMREL, "Eight", 8, 8, harm_words="killed"), stated(BRIDGE, "four", 4, 4))


@pytest.fixture
def model() -> Iterator[LocalModel]:
    with local_model(KNOWS) as running:
        yield running


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    for name, text in (("tamrel", TAMREL), ("bridge", BRIDGE)):
        (folder / f"{name}.txt").write_text(f"---\nlanguage: en\npublished: 2031-03-05\n---\n{text}\n", "utf-8")
    with Case.create(folder / "case", by="Amal") as made:
        made.build([folder / "tamrel.txt", folder / "bridge.txt"], Plan(workers=1))
    return folder / "case"


@pytest.fixture
def case(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "case"))


def rows(ran: Ran) -> list[dict[str, object]]:
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def asking(run: Run, case: Path, model: LocalModel, *more: object) -> Ran:
    return run("ask", case, "--endpoint", model.url, "--model", "senna-7b", *more)


def test_it_is_off_until_a_person_allows_it(run: Run, case: Path, model: LocalModel) -> None:
    refused = asking(run, case, model)
    assert refused.code == 2
    assert "nobody has allowed that text of this case is sent" in refused.err
    assert model.asked == []
    allowed = run("sending", case, "--allow", model.url, "--reason", "our own machine")
    assert (allowed.code, "the text stays on this machine" in allowed.err) == (0, True)
    assert "this was decided before" in run("sending", case, "--allow", model.url).err
    (row,) = rows(run("sending", case, "--format", "jsonl"))
    assert (row["decision"], row["about"], row["by"], row["reason"]) == (
        "allow",
        model.url,
        "tester",
        "our own machine",
    )
    assert asking(run, case, model).code == 0
    assert len(model.asked) == 2
    assert run("sending", case, "--forbid", model.url).code == 0
    assert asking(run, case, model).code == 2


def test_beyond_this_machine_it_says_that_the_text_leaves(run: Run, case: Path) -> None:
    said = run("sending", case, "--allow", "https://models.example/v1").err
    assert "the text leaves this machine" in said
    assert "sensitive DOCUMENT" in said
    assert run("sending", case, "--allow", "http://models.example/v1").code == 2
    assert run("sending", case, "--allow", "https://a.example", "--forbid", "https://b.example").code == 2
    assert run("judge", case, "allow", "tamrel").code == 2


def test_a_dry_run_sends_nothing_and_needs_no_leave(run: Run, case: Path, model: LocalModel) -> None:
    ran = asking(run, case, model, "--dry-run", "--format", "jsonl")
    assert [(r["label"], r["parts"], r["claims"]) for r in rows(ran)] == [("tamrel", 1, None), ("bridge", 1, None)]
    assert "nothing was sent. A run would send the text of 2 reports" in ran.err
    assert model.asked == []


def test_suggestions_are_listed_explained_and_confirmed(run: Run, case: Path, model: LocalModel) -> None:
    run("sending", case, "--allow", model.url)
    told = {r["label"]: r for r in rows(asking(run, case, model, "--format", "jsonl"))}
    assert {label: r["claims"] for label, r in told.items()} == {"tamrel": 1, "bridge": 1}
    before = rows(run("claims", case, "--format", "jsonl"))
    assert [r["document"] for r in before] == ["tamrel"]
    suggested = {str(r["document"]): r for r in rows(run("claims", case, "--suggested", "--format", "jsonl"))}
    assert {r["state"] for r in suggested.values()} == {"proposed"}
    four = str(suggested["bridge"]["id"])
    why = run("explain", case, four).out
    assert "UNCONFIRMED NUMBER: a language model read it, and no person has confirmed it" in why
    assert "read the report, then accept the claim" in why
    assert f"its text was sent to {model.url}" in run("explain", case, "bridge").out
    assert run("judge", case, "accept", four, "--reason", "read in the report").code == 0
    assert {r["document"] for r in rows(run("claims", case, "--format", "jsonl"))} == {"tamrel", "bridge"}
    eight = str(suggested["tamrel"]["id"])
    run("judge", case, "accept", eight)
    shown = run("claims", case, "--format", "csv").out
    assert "replaced" in shown
    assert f"a person confirmed claim {eight}" in run("explain", case, str(before[0]["id"])).out
    assert json.loads(run("show", case, eight, "--format", "json").out)
    assert run("verify", case).code == 0


def test_a_sensitive_report_is_not_sent(run: Run, case: Path, model: LocalModel) -> None:
    run("sending", case, "--allow", model.url)
    assert run("judge", case, "sensitive", "bridge", "--reason", "a witness").code == 0
    ran = asking(run, case, model)
    assert (ran.code, len(model.asked)) == (0, 1)
    assert "marked sensitive" in ran.out
    marked = rows(run("sending", case, "--format", "jsonl"))
    assert [r["decision"] for r in marked] == ["allow", "sensitive"]


def test_agreement_is_a_table_of_reports_or_of_counts(run: Run, case: Path, model: LocalModel) -> None:
    run("sending", case, "--allow", model.url)
    asking(run, case, model)
    found = {str(r["document"]): r for r in rows(run("agreement", case, "--format", "jsonl"))}
    assert (found["all"]["both"], found["all"]["rules_only"], found["all"]["model_only"]) == (1, 0, 1)
    assert found["all"]["agreement"] == 0.667
    counts = rows(run("agreement", case, "--claims", "--format", "jsonl"))
    assert [(r["document"], r["read_by"]) for r in counts] == [("tamrel", "both"), ("bridge", "model")]
    lines = run("agreement", case, "--format", "csv").out.splitlines()
    assert lines[0].startswith("document,both,rules_only,model_only,agreement,count,")
    assert lines[-1].startswith("all,1,0,1,0.667,1/1,")
    assert "tamrel" in run("agreement", case).out
    assert json.loads(run("agreement", case, "--format", "json").out)[-1]["document"] == "all"


def test_documents_may_be_named_and_their_number_limited(run: Run, case: Path, model: LocalModel) -> None:
    run("sending", case, "--allow", model.url)
    assert asking(run, case, model, "--document", "bridge").code == 0
    assert len(model.asked) == 1
    assert asking(run, case, model, "--limit", 1).code == 0
    assert len(model.asked) == 2
    assert asking(run, case, model, "--document", "nowhere").code == 2


def test_a_key_is_read_from_the_environment(
    run: Run, case: Path, model: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("sending", case, "--allow", model.url)
    monkeypatch.setenv("SIJILL_MODEL_KEY", "sesame")
    ran = asking(run, case, model)
    assert {h["authorization"] for h in model.headers} == {"Bearer sesame"}
    assert "sesame" not in ran.out + ran.err
    assert not any(b"sesame" in file.read_bytes() for file in case.rglob("*") if file.is_file())


def test_no_answer_is_said_and_the_command_fails(run: Run, case: Path, model: LocalModel) -> None:
    run("sending", case, "--allow", model.url)
    model.manner = Manner.BAD_JSON
    ran = asking(run, case, model)
    assert ran.code == 1
    assert "the model's answer cannot be used" in ran.out
