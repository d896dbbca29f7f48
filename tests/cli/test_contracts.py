"""What other programs depend on: shapes, streams and exit codes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sijill.pipeline.api import Case
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
CLAIM = {
    "id", "document", "harm", "count", "group", "place", "period", "attribution", "perpetrator", "quote", "extractor",
    "confidence",
}  # fmt: skip
FIGURE = {"harm", "group", "subset", "low", "best", "high", "voices", "claims", "set_aside"}
INCIDENT = {"id", "label", "documents", "claims", "place", "period", "grade", "perpetrators", "figures"}


def lines(text: str) -> list[dict[str, object]]:
    """The objects of a `.jsonl`."""
    return [json.loads(line) for line in text.splitlines()]


def test_extract_prints_a_claim_a_line_in_the_contract_s_shape(run: Run, example: Path) -> None:
    ran = run("extract", example / "reports" / "0304-kestrel-market.txt", "--format", "jsonl")
    assert ran.code == 0
    rows = lines(ran.out)
    assert rows
    for row in rows:
        assert set(row) >= CLAIM
        assert row["document"] == "0304-kestrel-market"
        assert set(row["count"]) == {"text", "start", "end", "low", "high", "qualifier"}  # type: ignore[arg-type]
        assert set(row["group"]) == {"text", "type", "subset"}  # type: ignore[arg-type]
        for name, keys in {
            "place": {"text", "name", "id", "lat", "lon", "precision"},
            "period": {"text", "start", "end", "precision"},
            "attribution": {"text", "source", "kind"},
            "perpetrator": {"text", "stance"},
            "quote": {"text", "start", "end"},
        }.items():
            assert row[name] is None or set(row[name]) >= keys  # type: ignore[call-overload]


def test_offsets_refer_to_the_text_that_text_prints(run: Run, example: Path) -> None:
    for path in sorted((example / "reports").iterdir()):
        if path.suffix == ".jsonl":
            continue
        text = run("text", path).out
        for row in lines(run("extract", path, "--format", "jsonl").out):
            for part in (row["count"], row["quote"]):
                assert isinstance(part, dict)
                assert text[part["start"] : part["end"]] == part["text"]


def test_a_line_of_reports_is_called_by_its_id(run: Run, example: Path) -> None:
    ran = run("extract", example / "reports" / "agency-briefs.jsonl", "--format", "jsonl")
    briefs = (example / "reports" / "agency-briefs.jsonl").read_text(encoding="utf-8")
    ids = {json.loads(line)["id"] for line in briefs.splitlines()}
    named = {row["document"] for row in lines(ran.out)}
    assert named
    assert named <= ids


def test_incidents_print_in_the_contract_s_shape(run: Run, example_case: Case) -> None:
    ran = run("incidents", example_case.path, "--format", "jsonl")
    assert ran.code == 0
    claims = {row["id"] for row in lines(run("claims", example_case.path, "--format", "jsonl").out)}
    labels = {s.label for d in example_case.documents() for s in d.sightings}
    rows = lines(ran.out)
    assert rows
    for row in rows:
        assert set(row) >= INCIDENT
        assert set(row["documents"]) <= labels  # type: ignore[call-overload]
        assert set(row["claims"]) <= claims  # type: ignore[call-overload]
        for figure in row["figures"]:  # type: ignore[attr-defined]
            assert set(figure) == FIGURE


@pytest.mark.parametrize("command", ["claims", "incidents", "show"])
def test_every_listing_takes_every_format(run: Run, example_case: Case, command: str) -> None:
    rows = lines(run(command, example_case.path, "--format", "jsonl").out)
    assert json.loads(run(command, example_case.path, "--format", "json").out) == rows
    table = list(csv.DictReader(io.StringIO(run(command, example_case.path, "--format", "csv").out)))
    assert len(table) == len(rows)
    assert len(run(command, example_case.path).out.splitlines()) == len(rows) + 1


def test_data_go_to_standard_output_and_the_rest_to_standard_error(run: Run, tmp_path: Path, example: Path) -> None:
    ran = run("build", tmp_path / "case", example / "reports" / "0304-kestrel-market.txt")
    assert (ran.code, ran.out) == (0, "")
    assert "preserved 1 new reports" in ran.err


def test_verify_answers_by_its_exit_code(run: Run, example_case: Case) -> None:
    assert run("verify", example_case.path).code == 0
    victim = next(p for p in (example_case.path / "objects").rglob("*") if p.is_file())
    victim.chmod(0o600)
    victim.write_bytes(victim.read_bytes() + b"!")
    ran = run("verify", example_case.path, "--format", "jsonl")
    assert ran.code == 1
    (finding,) = lines(ran.out)
    assert finding["kind"] == "object"


def test_misuse_and_bad_input_exit_with_two(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    for arguments in (
        ["frobnicate"],
        ["extract"],
        ["extract", tmp_path / "empty.txt"],
        ["extract", tmp_path / "missing.txt"],
        ["claims", tmp_path],
        ["verify", tmp_path / "nowhere"],
        ["build", tmp_path / "case", tmp_path / "empty.txt"],
        ["build", tmp_path / "case", "--published", "last week"],
        ["incidents", tmp_path / "case", "--preset", "guess"],
        ["show", tmp_path / "case", "zzz"],
        ["init", tmp_path / "case"],
    ):
        ran = run(*arguments)
        assert ran.code == 2, arguments
        assert ran.err.strip(), arguments
        assert "Traceback" not in ran.err


def test_a_refusal_says_what_where_and_what_to_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.pdf").write_text("no PDF", encoding="utf-8")
    ran = run("build", tmp_path / "case", tmp_path / "r.pdf")
    assert "r.pdf" in ran.err
    assert "there is no PDF in it" in ran.err
    assert "rename it" in ran.err
    assert "1 could not be preserved" in ran.err


def test_text_of_sources_cannot_steer_the_terminal_or_the_spreadsheet(run: Run, tmp_path: Path) -> None:
    front = "---\ntitle: x\npublisher: '=HYPERLINK(1)'\n---\n"
    hostile = "Two people were killed in \x1b[2J\u202eTamrel on 4 March 2031.\n"
    (tmp_path / "r.txt").write_text(front + hostile, encoding="utf-8")
    assert run("build", tmp_path / "case", tmp_path / "r.txt").code == 0
    for command in ("claims", "show", "incidents"):
        assert "\x1b" not in run(command, tmp_path / "case").out
    shown = run("show", tmp_path / "case", "--format", "csv").out
    assert "'=HYPERLINK" in shown
    explained = run("explain", tmp_path / "case", "r").out
    assert "\u202e" not in explained


def test_judging_from_the_command_line(run: Run, example_case: Case) -> None:
    claim = example_case.claim_rows()[0]
    ran = run("judge", example_case.path, "correct", claim["id"][:12], "--set", "count.low=1", "--set", "count.high=1",
              "--set", "count.qualifier=exact", "--reason", "seen by eye")  # fmt: skip
    assert ran.code == 0
    (row,) = lines(run("history", example_case.path, "--format", "jsonl").out)
    assert (row["by"], row["reason"]) == ("tester", "seen by eye")
    assert run("undo", example_case.path, str(row["id"])[:12]).code == 0
    exported = run("judgements", "export", example_case.path).out
    assert len(lines(exported)) == 2


def test_places_are_added_listed_and_found(run: Run, tmp_path: Path, example: Path) -> None:
    assert run("init", tmp_path / "case").code == 0
    assert run("gazetteer", "add", tmp_path / "case", example / "gazetteer.csv").code == 0
    assert "already" in run("gazetteer", "add", tmp_path / "case", example / "gazetteer.csv").err
    (row,) = lines(run("gazetteer", "list", tmp_path / "case", "--format", "jsonl").out)
    assert row["name"] == "gazetteer.csv"
    found = lines(run("gazetteer", "find", "Tamrel", "--case", tmp_path / "case", "--format", "jsonl").out)
    assert found[0]["name"] == "Tamrel"
    assert run("gazetteer", "find", "Tamrel").code == 1


def test_the_doctor_says_what_asks_for_a_look(run: Run, example_case: Case) -> None:
    ran = run("doctor", example_case.path, "--format", "jsonl")
    assert ran.code == 0
    assert {"python", "sqlcipher3", "case"} <= {str(row["subject"]) for row in lines(ran.out)}


def test_the_demo_says_where_the_record_is(run: Run, tmp_path: Path) -> None:
    ran = run("demo", tmp_path / "demo")
    assert ran.code == 0
    assert (tmp_path / "demo" / "record" / "index.html").is_file()
    assert (tmp_path / "demo" / "record" / "index.html").as_uri() in ran.err
    assert "invented" in ran.err


def test_the_program_starts_fast_enough_to_be_asked_for_help() -> None:
    command = [sys.executable, "-X", "importtime", "-c", "import sijill; sijill.__version__"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert not {"sqlalchemy", "trafilatura", "numpy"} & loaded, "importing the package imports no stage"
