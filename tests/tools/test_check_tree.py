"""The script that checks what other tools do not."""

import subprocess
from pathlib import Path

import pytest

from tools.check_tree import main


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "src/sijill/core").mkdir(parents=True)
    return tmp_path


def function_of(lines: int, comment: str = "") -> str:
    return f"def long():{comment}\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("src/sijill/a.py", function_of(61), "a.py:1: long has 61 lines, more than 60"),
        ("src/sijill/a.py", "x = 1\n" * 601, "a.py:1: the module has 601 lines, more than 600"),
        ("src/sijill/core/a.py", "import os\nfrom sijill.store import case\n", "a.py:2: core imports sijill.store"),
        ("src/sijill/core/a.py", "import yaml\n", "a.py:1: core imports yaml"),
        ("notes.md", "see pypi" + ".org\n", "notes.md:1: names a package registry's host"),
        ("notes.md", "one\n/ho" + "me/someone/x\n", "notes.md:2: carries a path of the machine"),
    ],
)
def test_what_is_found(tree: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, complaint: str):
    (tree / name).write_text(text)
    assert main([str(tree)]) == 1
    assert complaint in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/sijill/a.py", function_of(60)),
        ("src/sijill/a.py", function_of(61, "  # long: one table, read from top to bottom")),
        ("src/sijill/a.py", "# long: a table\n" + "x = 1\n" * 600),
        ("src/sijill/core/a.py", "import json\nfrom sijill.core.place import Place\n"),
        ("picture.png", "\udcff/ho" + "me/someone"),
    ],
)
def test_what_is_let_through(tree: Path, name: str, text: str):
    (tree / name).write_bytes(text.encode(errors="surrogateescape"))
    assert main([str(tree)]) == 0


def test_ignored_files_are_not_read(tree: Path):
    (tree / ".gitignore").write_text("scratch/\n")
    (tree / "scratch").mkdir()
    (tree / "scratch/a.md").write_text("pypi" + ".org")
    assert main([str(tree)]) == 0
