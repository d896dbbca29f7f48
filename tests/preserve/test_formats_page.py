"""docs/reference/formats.md lists what the code knows, word for word."""

import dataclasses
import re
from pathlib import Path

import pytest

from sijill.preserve.kinds import SUFFIXES, UNSUPPORTED
from sijill.preserve.limits import DEFAULT_LIMITS
from sijill.preserve.notes import MEANINGS, SEVERE, NoteCode, note

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "formats.md"


def rows(heading: str) -> list[list[str]]:
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_notes() -> None:
    assert rows("Notes") == [[f"`{c}`", "yes" if c in SEVERE else "", meaning] for c, meaning in MEANINGS.items()]
    assert list(MEANINGS) == sorted(NoteCode)


@pytest.mark.parametrize("code", NoteCode)
def test_a_note_is_as_severe_as_its_code(code: NoteCode) -> None:
    assert note(code, "words").severe is (code in SEVERE)


def test_limits() -> None:
    listed = {name.strip("`"): value for name, value, _ in rows("Limits")}
    assert listed == {name: f"{value:,}" for name, value in dataclasses.asdict(DEFAULT_LIMITS).items()}


def test_kinds_that_are_read() -> None:
    listed = [suffix for row in rows("What is read") for suffix in re.findall(r"`(\.[\w.]+)`", row[1])]
    assert listed == list(SUFFIXES)


def test_kinds_that_are_not_read() -> None:
    listed = {
        suffix: (row[0], "" if row[2] == "not a report" else row[2])
        for row in rows("What is not read")
        for suffix in re.findall(r"`(\.\w+)`", row[1])
    }
    assert listed == UNSUPPORTED
