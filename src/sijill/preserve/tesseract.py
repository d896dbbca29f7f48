"""Tesseract as a program of its own: pixels in by its standard input, words with their places out by its output.

pytesseract was tried and left out: it hands pixels over in temporary files, which must not be for a case that is
encrypted. The model is that of the Arabic script, which reads Latin letters too; the model of the Arabic language
(`ara`) loses numbers, and is never used.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sijill.core.lifeline import die_with_parent
from sijill.preserve.worker import bounded_environment

PROGRAM = "tesseract"
ARABIC, LATIN = "Arabic", "eng"
MODELS = (ARABIC, LATIN)
INSTALL = "install tesseract with the models `Arabic` and `eng` (Debian: tesseract-ocr tesseract-ocr-script-arab)"
# As tesseract numbers its ways to tell ink from paper: one threshold for the page, or one for each neighbourhood.
OTSU, SAUVOLA = 0, 2
ANSWERS_WITHIN = 30.0
WORD_LEVEL, COLUMNS = "5", 12
FOLDER = re.compile(r'"([^"\n]+)"')
# It wraps numbers and Latin words in these, which would break a number apart from its neighbours.
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class ReadingFailed(Exception):
    """A page that tesseract did not read: it took too long, or ended with an error. Said in a note, never raised on."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The program, its version, and its models, each with the beginning of its file's SHA-256."""

    program: str
    version: str
    models: tuple[tuple[str, str], ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """What a reading depends on, as a reader's name lists it: `tesseract-5.3.0`, `Arabic-4b5e…`."""
        return (f"{PROGRAM}-{self.version}", *(f"{name}-{digest}" for name, digest in self.models))


@dataclass(frozen=True, slots=True)
class Raster:
    """A page in pixels, a byte of grey for each, row by row; `dpi` is how many of them are an inch."""

    width: int
    height: int
    pixels: bytes
    dpi: int = 300


@dataclass(frozen=True, slots=True)
class Word:
    """A word as read, with tesseract's confidence (0 to 100), its box in pixels, and its block, paragraph and line."""

    text: str
    confidence: float
    left: float
    top: float
    width: float
    height: float
    line: tuple[int, int, int] = (0, 0, 0)

    def scaled(self, factor: float) -> Word:
        """The same in an image that is so many times as large."""
        box = (self.left * factor, self.top * factor, self.width * factor, self.height * factor)
        return Word(self.text, self.confidence, *box, self.line)


@cache
def engine() -> Engine | None:
    """The tesseract of this machine, `None` where it or one of its models is missing."""
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    version = _asked(program, "--version").split("\n", 1)[0].removeprefix(PROGRAM).strip()
    folder = FOLDER.search(_asked(program, "--list-langs"))
    files = [Path(folder.group(1)) / f"{name}.traineddata" for name in MODELS] if folder else []
    if not version or not files or not all(file.is_file() for file in files):
        return None
    digests = (hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in files)
    return Engine(program, version, tuple(zip(MODELS, digests, strict=True)))


def words_in(raster: Raster, model: str, *, threshold: int = OTSU, seconds: float) -> tuple[Word, ...]:
    """The words on a page, in the order of reading. Raises ReadingFailed."""
    found = engine()
    if found is None:
        raise ReadingFailed(INSTALL)
    if raster.pixels.count(raster.pixels[:1]) == len(raster.pixels):
        return ()  # One colour throughout: nothing is written there.
    settings = ["-l", model, "--psm", "3", "--dpi", str(raster.dpi), "-c", f"thresholding_method={threshold}"]
    try:
        done = subprocess.run(
            [found.program, "stdin", "stdout", *settings, "tsv"],
            input=_pgm(raster),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**bounded_environment(), "OMP_THREAD_LIMIT": "1"},
            timeout=seconds,
            check=False,
            # A worker has one thread, so that nothing can hold a lock here.
            preexec_fn=die_with_parent,
        )
    except subprocess.TimeoutExpired as err:
        raise ReadingFailed(f"it took longer than {seconds:g} seconds") from err
    if done.returncode:
        raise ReadingFailed("tesseract ended with an error")
    return tuple(_words(done.stdout.decode("utf-8", "replace")))


def _asked(program: str, question: str) -> str:
    """What the program says of itself, "" where it does not answer."""
    try:
        answer = subprocess.run([program, question], capture_output=True, timeout=ANSWERS_WITHIN, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return (answer.stdout or answer.stderr).decode("utf-8", "replace")


def _pgm(raster: Raster) -> bytes:
    """A portable graymap, the plainest of formats: nothing in it can be wrong."""
    return b"P5 %d %d 255\n" % (raster.width, raster.height) + raster.pixels


def _words(table: str) -> Iterator[Word]:
    for row in table.split("\n"):
        cells = row.split("\t")
        if len(cells) != COLUMNS or cells[0] != WORD_LEVEL:
            continue
        text = DIRECTIONS.sub("", cells[11]).strip()
        try:
            block, paragraph, line = (int(cell) for cell in cells[2:5])
            left, top, width, height, confidence = (float(cell) for cell in cells[6:11])
        except ValueError:
            continue
        if text:
            yield Word(text, confidence, left, top, width, height, (block, paragraph, line))
