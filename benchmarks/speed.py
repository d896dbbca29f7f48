"""Speed as ratios, each pair measured in one run on one machine, alternating, best of several.

A ratio says what a user pays for what Sijill adds to the plain work; seconds on somebody's machine say little.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import trafilatura

from sijill.pipeline.api import Case
from sijill.pipeline.extraction import Problems, texts_of
from sijill.pipeline.preserving import add_reports
from sijill.store.case import Case as StoredCase
from sijill.store.verify import verify

WORDS = tuple("market road village shelling report people killed wounded officials said on the of near river".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Ratio:
    """Seconds of ours and of the plain work, and what each is."""

    name: str
    ours: float
    plain: float
    against: str
    why: str = ""

    @property
    def ratio(self) -> float:
        """Ours over plain."""
        return self.ours / self.plain


def invented_text(rng: random.Random, number: int, words: int = 150) -> str:
    """A small invented report, different for each number."""
    body = " ".join(rng.choice(WORDS) for _ in range(words))
    return f"Invented report {number}.\n\n{body}.\n"


def invented_page(rng: random.Random, number: int) -> str:
    """A small invented news page with a menu, an article and a footer."""
    paragraphs = "".join(f"<p>{invented_text(rng, number * 10 + i, 60)}</p>" for i in range(6))
    menu = "".join(f"<li><a href='/{w}'>{w}</a></li>" for w in WORDS)
    return (
        f"<!doctype html><html lang='en'><head><title>Report {number}</title>"
        f"<meta property='article:published_time' content='2021-03-0{1 + number % 9}'></head>"
        f"<body><nav><ul>{menu}</ul></nav><article><h1>Report {number}</h1>{paragraphs}</article>"
        f"<footer>All invented</footer></body></html>"
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def plain_copy(files: list[Path], target: Path) -> None:
    """Read, hash, write, fsync and rename each file."""
    target.mkdir()
    for path in files:
        data = path.read_bytes()
        temporary = target / f"{path.name}.new"
        with temporary.open("wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        temporary.rename(target / hashlib.sha256(data).hexdigest())


def adding(folder: Path, count: int, rounds: int) -> tuple[Ratio, Path]:
    """Adding small text reports against a plain loop over the same files; returns a case for `verifying`."""
    rng = random.Random(1)
    reports = folder / "reports"
    reports.mkdir()
    for i in range(count):
        (reports / f"r{i:05}.txt").write_text(invented_text(rng, i), encoding="utf-8")
    files = sorted(reports.iterdir())
    ours, plain, case = [], [], folder / "case"
    for i in range(rounds):
        plain.append(timed(lambda i=i: plain_copy(files, folder / f"plain{i}")))  # type: ignore[misc]
        shutil.rmtree(case, ignore_errors=True)
        opened = StoredCase.create(case, by="bench")
        ours.append(timed(lambda opened=opened: add_reports(opened, [reports], by="bench")))  # type: ignore[misc]
        opened.close()
    why = "besides that, each is read in a bounded process of its own, its language found, its rows digested and logged"
    return Ratio(
        f"add {count:,} small text reports", min(ours), min(plain), "read, hash, fsync, rename each", why
    ), case


def verifying(case: Path, rounds: int) -> Ratio:
    """`verify` of that case against `sha256sum` over its objects."""
    objects = [str(p) for p in sorted((case / "objects").rglob("*")) if p.is_file()]
    listing = "\0".join(objects).encode()

    def plain() -> None:
        subprocess.run(["xargs", "-0", "sha256sum"], input=listing, stdout=subprocess.DEVNULL, check=True)

    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(timed(plain))
        ours.append(timed(lambda: verify(case)))
    why = "besides the bytes, it rebuilds every row into its record and digests it, and walks the log"
    return Ratio(f"verify a case of {len(objects):,} objects", min(ours), min(theirs), "sha256sum of its objects", why)


def reading_pages(folder: Path, count: int, rounds: int) -> Ratio:
    """Reading HTML pages, in one worker, against bare trafilatura with metadata on the same pages."""
    rng = random.Random(2)
    pages = folder / "pages"
    pages.mkdir()
    for i in range(count):
        (pages / f"p{i:04}.html").write_text(invented_page(rng, i), encoding="utf-8")
    files = sorted(pages.iterdir())

    def plain() -> None:
        for path in files:
            trafilatura.bare_extraction(path.read_bytes(), with_metadata=True)

    def ours_work() -> None:
        problems = Problems()
        read = sum(1 for _ in texts_of([pages], problems=problems, workers=1))
        assert (read, problems.refused) == (count, []), "every page is read"

    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(timed(plain))
        ours.append(timed(ours_work))
    return Ratio(f"read {count:,} HTML pages", min(ours), min(theirs), "bare trafilatura, text and metadata")


def building(folder: Path, count: int) -> Ratio:
    """Building a case anew against building it again when nothing is new."""
    rng = random.Random(3)
    reports = folder / "more"
    reports.mkdir()
    for i in range(count):
        line = f"On 4 March 2031 at least {rng.randint(2, 90)} people were killed in Tamrel, officials said.\n"
        (reports / f"b{i:05}.txt").write_text(invented_text(rng, i) + line, encoding="utf-8")
    case = Case.create(folder / "built", by="bench")
    first = timed(lambda: case.build([reports]))
    again = timed(lambda: case.build([reports]))
    case.close()
    return Ratio(f"build {count:,} reports again, nothing new", again, first, "the first build")


def measure(*, scale: float = 1.0, rounds: int = 3) -> list[Ratio]:
    """All ratios; `scale` shrinks the inputs for a quick look."""
    with tempfile.TemporaryDirectory(prefix="sijill-bench-") as name:
        folder = Path(name)
        add, case = adding(folder, int(10_000 * scale), rounds)
        return [
            add,
            verifying(case, rounds),
            reading_pages(folder, int(1_000 * scale), rounds),
            building(folder, int(1_000 * scale)),
        ]
