"""`sensitivity` and `strata` at the command line: rows in every format, warnings beside them, what is refused."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran

THREE = "A,B,C,count\n1,0,0,120\n0,1,0,90\n0,0,1,60\n1,1,0,40\n1,0,1,30\n0,1,1,20\n1,1,1,12\n"
Run = Callable[..., Ran]


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    path = tmp_path / "lists.csv"
    path.write_text(THREE, encoding="utf-8")
    return path


def test_sensitivity_prints_one_row_for_each_answer(run: Run, lists: Path) -> None:
    asked = ("sensitivity", str(lists), "--odds", "0.5,1,3")
    shown = run(*asked)
    assert shown.code == 0
    assert "documented: 372 people on 3 lists" in shown.out
    assert "1/2" in shown.out
    found = json.loads(run(*asked, "--format", "json").out)
    assert [c["kind"] for c in found["cases"]] == ["lists"] + ["odds ratio"] * 9 + ["bound"]
    printed = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv").out)))
    assert float(printed[0]["estimate"]) == pytest.approx(found["cases"][0]["estimate"])


def test_tables_of_several_thresholds_are_told_apart(run: Run, lists: Path, tmp_path: Path) -> None:
    other = tmp_path / "strict" / "lists.csv"
    other.parent.mkdir()
    other.write_text(THREE.replace("1,1,1,12", "1,1,1,8"), encoding="utf-8")
    made = run("sensitivity", str(lists), str(other), "--odds", "1", "--format", "jsonl")
    tables = [c for c in map(json.loads, made.out.splitlines()) if c["kind"] == "table"]
    assert len({t["name"] for t in tables}) == len({t["estimate"] for t in tables}) == 2


def test_a_report_is_a_page_that_needs_nothing_else(run: Run, lists: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    made = run("estimate", str(lists), "--report", str(page))
    assert made.code == 0
    text = page.read_text(encoding="utf-8")
    assert text.count("data:image/svg+xml;base64,") == 3
    assert "sijill 0" in text
    assert "Quote it with its interval" in text
    run("estimate", str(lists), "--report", str(tmp_path / "again.html"))
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == text
    refused = run("estimate", str(lists), "--report", str(tmp_path / "nowhere" / "page.html"))
    assert refused.code == 2
    assert "page.html" in refused.err


def test_an_interval_by_the_bootstrap_is_asked_for_by_name(run: Run, lists: Path) -> None:
    asked = ("estimate", str(lists), "--format", "json", "--bootstrap", "60")
    plain, drawn = (json.loads(run(*asked, "--interval", name).out) for name in ("profile", "bootstrap"))
    assert plain["estimate"] == drawn["estimate"]
    assert plain["interval"] != drawn["interval"]
    assert (plain["diagnostics"]["bootstrap"], drawn["diagnostics"]["bootstrap"]) == (0, 60)
    refused = run("estimate", str(lists), "--interval", "x")
    assert refused.code == 2
    assert "there are: profile, bootstrap" in refused.err


def test_strata_are_printed_with_a_reason_where_there_is_no_estimate(run: Run, tmp_path: Path) -> None:
    lines = ["replicate,stratum,A,B,C,count"]
    for j in range(10):
        lines += [f"R{j},north,{row}" for row in THREE.replace(",120\n", f",{120 + j}\n").splitlines()[1:]]
        lines += [f"R{j},south,1,0,0,{30 + j}", f"R{j},south,0,1,0,20"]
    path = tmp_path / "strata.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    north, south, whole = map(json.loads, run("strata", str(path), "--format", "jsonl").out.splitlines())
    assert north["low"] < north["estimate"] < north["high"]
    assert (south["estimate"], "fewer than three usable lists" in south["reason"]) == (None, True)
    assert (whole["stratum"], whole["estimate"]) == ("(all strata)", None)
    assert "it would leave out strata that have no estimate (stratum south" in whole["reason"]
    shown = run("strata", str(path))
    assert "Do not add up" in shown.err
    assert "north" in shown.out
    path.write_text("\n".join(lines[:50]), encoding="utf-8")
    assert run("strata", str(path)).code == 2


@pytest.mark.parametrize(
    ("options", "says"),
    [(("--odds", "many"), "no numbers"), (("--odds", "0"), "cannot be"), (("--method", "x"), "no method is called")],
)
def test_what_cannot_be_asked_is_refused(run: Run, lists: Path, options: tuple[str, ...], says: str) -> None:
    refused = run("sensitivity", str(lists), *options)
    assert refused.code == 2
    assert says in refused.err
