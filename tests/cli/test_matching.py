"""`match`: the contract, columns by header, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from sijill.link.persons.people import Person
from tests.cli.conftest import Ran
from tests.link.persons.families import lists

LATIN = ("rec", "name_ar", "sex", "age", "dob")
ARABIC = ("الرقم", "الاسم بالعربية", "الجنس", "العمر", "تاريخ الميلاد")


def write(path: Path, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows(rows)
    return path


def row(p: Person) -> tuple[object, ...]:
    born = "-".join(f"{n:02}" for n in p.born) if p.born else ""
    return p.record, p.name, p.sex, "" if p.age is None else p.age, born


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    made = lists(seed=3, families=60)
    a = write(tmp_path / "a.csv", LATIN, map(row, made.a))
    return a, write(tmp_path / "b.csv", ARABIC, map(row, made.b))


def test_prints_pairs_as_the_contract_says(run: Callable[..., Ran], files: tuple[Path, Path]) -> None:
    ran = run("match", *files, "--format", "csv")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "rec_a,rec_b,weight,probability"
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    true = {(r["rec_a"], r["rec_b"]) for r in rows} & lists(seed=3, families=60).truth
    assert len(true) > 0.9 * len(rows)
    assert all(0.5 <= float(r["probability"]) <= 1 for r in rows)
    assert "by name_ar, age, born, sex" in ran.err


def test_explains(run: Callable[..., Ran], files: tuple[Path, Path]) -> None:
    ran = run("match", *files, "--explain", "--format", "jsonl")
    assert "given name: the same" in json.loads(ran.out.splitlines()[0])["reasons"][0]


def test_a_column_of_one_list_is_not_used(run: Callable[..., Ran], files: tuple[Path, Path], tmp_path: Path) -> None:
    fewer = write(tmp_path / "c.csv", LATIN[:3], (row(p)[:3] for p in lists(seed=3, families=60).b))
    assert "by name_ar, sex" in run("match", files[0], fewer, "--format", "csv").err


def test_impossible_values_are_kept_and_flagged(run: Callable[..., Ran], tmp_path: Path) -> None:
    odd = write(tmp_path / "odd.csv", LATIN, [("B1", "سلمى خالد عمر المروني", "f", "300", "2031-02-30")])
    ran = run("match", odd, odd, "--format", "csv")
    assert ran.code == 0
    assert "odd.csv B1: age, no person is that old" in ran.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"rec,shoe\n1,40\n", "no column with names"),
        ("rec,name_ar\n1,سلمى\n2,هدى\n1,ليلى\n".encode(), "1 numbers stand in more than one row: 1"),
        (
            "rec,name_ar\n1,سلمى\n".encode() + "2,هدى\n".encode("cp1256"),
            "mixed encodings: UTF-8, and then other bytes in",
        ),
        ("rec,name_ar\n1,سلمى\n".encode("cp1256"), "not UTF-8: other bytes in line 2"),
        ("rec,name_ar\n1,سلمى\n2,ط§ظ„ظ…\n".encode(), "mixed encodings: the name in row 2"),
        (b"name\n", "no rows"),
    ],
)
def test_refuses(run: Callable[..., Ran], files: tuple[Path, Path], tmp_path: Path, content: bytes, says: str) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(content)
    ran = run("match", files[0], bad)
    assert ran.code == 2
    assert says in ran.err


def test_refuses_a_mapping_of_absent_columns(run: Callable[..., Ran], files: tuple[Path, Path], tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('[a]\nage = "Years"\n', encoding="utf-8")
    ran = run("match", *files, "--mapping", mapping)
    assert ran.code == 2
    assert "no column is called 'Years', which the mapping names for age" in ran.err
