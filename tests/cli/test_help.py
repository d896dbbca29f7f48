"""Every command explains itself, and every page that lists commands is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

import sijill
from sijill.cli.app import app
from tools import reference

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = dict(reference.commands_of(get_command(app)))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_of_itself(path: tuple[str, ...]) -> None:
    text = COMMANDS[path].help or ""
    assert f"Example: sijill {' '.join(path)}" in text


def test_the_reference_pages_are_what_the_code_says() -> None:
    assert reference.main(["--check"]) == 0, "run `make docs`"


def test_every_command_that_the_readme_shows_is_there() -> None:
    shown = re.findall(r"^sijill ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert shown
    assert set(shown) <= {path[0] for path in COMMANDS}


def test_links_of_the_documentation_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_surface_of_the_package_is_pinned() -> None:
    assert sijill.__all__ == ["Case", "SijillError", "__version__", "estimate", "extract"]
    for name in sijill.__all__:
        assert getattr(sijill, name) is not None
