"""Where measured figures are kept: a page of Markdown for each run, named after its day, its commit and what it is."""

from __future__ import annotations

import datetime as dt
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


def commit() -> str:
    """The commit measured, marked where the tree differs from it."""
    git = ["git", "-c", "safe.directory=*"]
    name = subprocess.run([*git, "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=True).stdout
    dirty = subprocess.run([*git, "status", "--porcelain", "-uno"], capture_output=True, text=True, check=True).stdout
    return name.strip() + ("+changes" if dirty else "")


def heading(title: str = "Measured") -> list[str]:
    """The first lines of a page."""
    day = dt.datetime.now(dt.UTC).date().isoformat()
    return [
        f"# {title} on {day}, commit {commit()}",
        "",
        f"Python {platform.python_version()}, {platform.machine()}.",
        "",
    ]


def keep(lines: Iterable[str], *, what: str = "") -> Path:
    """Write a page of figures; `what` tells it from others of the same day and commit."""
    RESULTS.mkdir(exist_ok=True)
    day = dt.datetime.now(dt.UTC).date().isoformat()
    path = RESULTS / f"{day}-{commit()}{f'-{what}' if what else ''}.md"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path
