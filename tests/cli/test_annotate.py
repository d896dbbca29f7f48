"""`annotate`: a page of one report with its claims marked."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.cli.conftest import Ran

Run = Callable[..., Ran]
TEXT = "Eight people were killed in Tamrel on Tuesday, the hospital said. Homes were looted in Kalmon."
MARKED = re.compile(r"<mark\b")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "bulletin.txt"
    path.write_text(f"---\nlanguage: en\npublished: 2031-03-05\n---\n{TEXT}\n", "utf-8")
    return path


def test_the_page_shows_the_text_its_claims_and_why(run: Run, report: Path, tmp_path: Path) -> None:
    page = tmp_path / "bulletin.html"
    ran = run("annotate", report, "--to", page)
    assert (ran.code, ran.out) == (0, "")
    html = page.read_text("utf-8")
    assert html.startswith("<!doctype html>")
    assert MARKED.search(html)
    assert "2031-03-04" in html, "Tuesday is read by the day of publication"
    assert "number grammar" in html
    assert not re.search(r"<script|src=|https?://", html), "it loads and runs nothing"


def test_without_a_file_the_page_goes_to_standard_output(run: Run, report: Path) -> None:
    ran = run("annotate", report)
    assert ran.code == 0
    assert ran.out.startswith("<!doctype html>")


def test_what_is_stated_outranks_the_file(run: Run, report: Path) -> None:
    assert "2031-04-01" in run("annotate", report, "--published", "2031-04-02").out
    ran = run("annotate", report, "--language", "tr")
    assert (ran.code, ran.out) == (1, "")
    assert "there is no language pack for tr yet" in ran.err


def test_allegations_without_a_number_are_marked_if_asked_for(run: Run, report: Path) -> None:
    counted, all_ = (len(MARKED.findall(run("annotate", report, *more).out)) for more in ((), ("--uncounted",)))
    assert all_ > counted > 0


def test_standard_input_is_a_report_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(TEXT.encode())))
    ran = run("annotate", "-", "--language", "en", "--published", "2031-03-05")
    assert ran.code == 0
    assert MARKED.search(ran.out)


def test_what_cannot_be_read_is_said(run: Run, tmp_path: Path) -> None:
    missing = run("annotate", tmp_path / "nothing.txt")
    assert (missing.code, missing.out) == (2, "")
    assert "refused" in missing.err


def test_the_words_of_a_report_are_no_markup(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "crafted.txt"
    path.write_text("---\nlanguage: en\n---\nEight people were killed in <script>alert(1)</script> Tamrel.\n", "utf-8")
    html = run("annotate", path).out
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
