"""`lists`: files in, versions, what changed; and that no name leaves the case by a message or the log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sijill.store.case import Case
from sijill.store.verify import verify
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
FIRST = (
    "رقم,الاسم,العمر,dob,shoe\n1,هدى سمير نوري,31,2000-01-02,39\n2,زياد عمر وردان,300,,41\n"
    "3,,5,,\n4,منى خالد,x,,,y\n6,هاني طارق,ten,,\n"
)
SECOND = "رقم,الاسم,العمر,dob,shoe\n1,هدي سمير نوري,13,2000-01-02,39\n5,ليلى باسل,7,,30\n"


@pytest.fixture
def case(run: Run, tmp_path: Path) -> Path:
    assert run("init", tmp_path / "case").code == 0
    (tmp_path / "first.csv").write_text(FIRST, encoding="utf-8")
    (tmp_path / "second.csv").write_text(SECOND, encoding="utf-8")
    return tmp_path / "case"


def rows(ran: Ran) -> list[dict[str, object]]:
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


@pytest.fixture
def filled(run: Run, case: Path) -> Path:
    for name in ("first", "second"):
        assert run("lists", "add", case, case.parent / f"{name}.csv", "--list", "ministry").code == 0
    return case


def test_a_file_is_kept_and_what_is_wrong_is_said_without_a_name(run: Run, case: Path) -> None:
    ran = run("lists", "add", case, case.parent / "first.csv")
    assert ran.code == 0
    assert "رقم as record, الاسم as name, العمر as age, dob as born" in ran.err.replace("\n", " ")
    assert "not used: shoe" in ran.err
    assert "version 1 of the list 'first': 4 people" in ran.err
    assert "left out: row 4: it has 6 cells, and there are 5 headers" in ran.err
    assert "2: age, no person is that old; 3: name, nobody is named; 6: age, no number of years" in ran.err
    assert "نوري" not in ran.err + ran.out
    again = run("lists", "add", case, case.parent / "first.csv")
    assert "nothing new: it is version 1" in again.err


def test_a_dry_run_keeps_nothing(run: Run, case: Path) -> None:
    ran = run("lists", "add", case, case.parent / "first.csv", "--dry-run")
    assert "nothing was kept" in ran.err
    assert rows(run("lists", "show", case, "--format", "jsonl")) == []


def test_a_mapping_says_what_is_not_recognised(run: Run, case: Path) -> None:
    mapping = case.parent / "map.toml"
    mapping.write_text('source = "shoe"\n', encoding="utf-8")
    assert "shoe as source" in run("lists", "add", case, case.parent / "first.csv", "--mapping", mapping).err
    mapping.write_text('source = "hat"\n', encoding="utf-8")
    ran = run("lists", "add", case, case.parent / "second.csv", "--mapping", mapping)
    assert ran.code == 2
    assert "no column is called 'hat'" in ran.err


def test_versions_are_listed_and_their_people_shown_as_written(run: Run, filled: Path) -> None:
    kept = rows(run("lists", "show", filled, "--format", "jsonl"))
    assert [(r["list"], r["version"], r["people"], r["current"]) for r in kept] == [
        ("ministry", 1, 4, False),
        ("ministry", 2, 2, True),
    ]
    assert [r["name"] for r in rows(run("lists", "show", filled, "ministry", "--format", "jsonl"))] == [
        "هدي سمير نوري",
        "ليلى باسل",
    ]
    (_, old, nobody, _) = rows(run("lists", "show", filled, "ministry", "--version", "1", "--format", "jsonl"))
    assert (old["age"], old["flags"]) == ("300", ["age: no person is that old"])
    assert nobody["flags"] == ["name: nobody is named"]
    assert run("lists", "show", filled, "nobody's").code == 2
    assert run("lists", "show", filled, "ministry", "--version", "3").code == 2


def test_diff_says_what_changed_and_how(run: Run, filled: Path) -> None:
    ran = run("lists", "diff", filled, "ministry", "--format", "jsonl")
    found = {(r["change"], r["record"]): r["how"] for r in rows(ran)}
    assert found == {
        ("removed", "2"): [],
        ("removed", "3"): [],
        ("removed", "6"): [],
        ("added", "5"): [],
        ("corrected", "1"): ["orthography", "age"],
    }
    assert "1 added, 3 removed, 1 corrected" in ran.err
    assert run("lists", "diff", filled, "ministry", "--to", "1").code == 2


def test_the_log_vouches_for_every_row_and_names_nobody(filled: Path) -> None:
    assert verify(filled).whole
    case = Case.open(filled)
    with case.connect() as connection:
        held = [row.body for row in connection.exec_driver_sql("SELECT body FROM log_entry")]
        bodies = [row.body for row in connection.exec_driver_sql("SELECT body FROM list_row")]
    case.close()
    assert len(bodies) == 6
    assert not any("نوري".encode() in body or b"first.csv" in body for body in held)
    assert len({json.loads(body)["salt"] for body in bodies}) == 6


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no,shoe\n1,40\n", "no column with names"),
        ("no,name\n1,A\n1,B\n", "1 numbers stand in more than one row: 1"),
        ("no,name\n1,ط§ظ„ظ…\n", "mixed encodings: the name in row 1"),
    ],
)
def test_refuses(run: Run, case: Path, content: str, says: str) -> None:
    bad = case.parent / "bad.csv"
    bad.write_text(content, encoding="utf-8")
    ran = run("lists", "add", case, bad)
    assert ran.code == 2
    assert says in ran.err
    assert rows(run("lists", "show", case, "--format", "jsonl")) == []
