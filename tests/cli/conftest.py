"""The command line, run in this process as the program runs it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sijill.cli.app import main


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run `sijill` with arguments; returns its exit code and what it printed."""

    def call(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["sijill", *map(str, arguments)])
        monkeypatch.setenv("SIJILL_USER", "tester")
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        printed = capsys.readouterr()
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    return call
