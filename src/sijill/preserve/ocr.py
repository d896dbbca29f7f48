"""Text from pixels: read at least twice, and what the readings do not agree on said beside it.

No number from a picture is a fact: every text that comes out of here carries a severe note that says so, and claims
read in it count for nothing until a person confirms them. Two readings that differ show where to look first; two that
agree prove little, since both may be wrong in the same way.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sijill.core.document import Note
from sijill.preserve.limits import Limits
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.tesseract import ARABIC, LATIN, SAUVOLA, Raster, ReadingFailed, Word, engine, words_in

# How much larger the second picture of a page with Arabic letters is than the first.
LARGER = 1.5
# Of a hundred: a line in which no word is as sure as this is dirt, a word below `UNSURE` is counted in the note.
LEAST, UNSURE = 50, 60
# Two boxes are of one word where so much of the smaller lies in the other.
HALF = 0.5
# A number that only the other reading saw, or that it saw in the other digits, counts from here.
SURE = 70
ARABIC_LETTER = re.compile("[\u0620-\u064a\u066e-\u06d3]")
LATIN_LETTER = re.compile("[A-Za-z]")
DIGIT = re.compile(r"\d")
WESTERN = re.compile(r"[0-9][0-9.,]*")
READABLE = re.compile(r"[^\W_]")
BLOCKS = re.compile("[٠-٩۰-۹]+")
TO_ARABIC = {ord(e): a for e, a in zip("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", strict=True)}
VALUE = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
MOST_DISAGREEMENTS = 100

# Between two pages, as in PDF.
PAGE_BREAK = "\n\f"

PictureOf = Callable[[float], Raster]
Alive = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of one page and the notes on it, which stand at offsets from its beginning; "" where there is none."""

    text: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """A further reading of the same page; `whole` where it read all of it, not only some numbers."""

    words: tuple[Word, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """A word with where it stands in the text."""

    word: Word
    start: int
    end: int


def recognise(picture_of: PictureOf, *, where: str, limits: Limits, alive: Alive) -> Recognised:
    """The text of a page; `picture_of` draws it so many times its usual size, `where` names it ("page 3").

    `alive` is called before each run of tesseract. Raises ReadingFailed.
    """

    def read(scale: float, model: str, threshold: int = 0) -> tuple[Word, ...]:
        alive()
        found = words_in(picture_of(scale), model, threshold=threshold, seconds=limits.ocr_seconds)
        return tuple(w.scaled(1 / scale) for w in found)

    script = read(1.0, ARABIC)
    if not any(w.confidence >= LEAST for w in script):
        return Recognised()
    if _mostly_latin(script):
        first, others = read(1.0, LATIN), [Other(script)]
    else:
        # The Latin model makes letters of Arabic digits, but what it is sure to be a Western number is worth a look.
        western = tuple(w for w in read(1.0, LATIN) if WESTERN.fullmatch(w.text) and w.confidence >= SURE)
        first, others = script, [Other(read(LARGER, ARABIC, SAUVOLA)), Other(western, whole=False)]
    text, placed = laid_out(first)
    if not text:
        return Recognised()
    return Recognised(text, (_about(where, text, placed), *disagreements(where, placed, others)))


def _mostly_latin(words: Sequence[Word]) -> bool:
    text = " ".join(w.text for w in words if w.confidence >= UNSURE)
    return len(LATIN_LETTER.findall(text)) > len(ARABIC_LETTER.findall(text))


def laid_out(words: Sequence[Word]) -> tuple[str, list[Placed]]:
    """The words of each line with spaces between, a blank line between paragraphs; lines that are dirt left out."""
    lines: dict[tuple[int, int, int], list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    text, placed, last = "", list[Placed](), (0, 0)
    for line, row in lines.items():
        if not any(w.confidence >= LEAST and READABLE.search(w.text) for w in row):
            continue
        if text:
            text += "\n" if line[:2] == last else "\n\n"
        last = line[:2]
        for i, word in enumerate(row):
            said = _one_block(word.text)
            text += (" " if i else "") + said
            placed.append(Placed(word, len(text) - len(said), len(text)))
    return text, placed


def _one_block(word: str) -> str:
    """A number whose digits are of two alphabets, which no writer mixes, in one of them; its value stays.

    >>> _one_block("۲٠٣١"), _one_block("۲۰۳۱")
    ('٢٠٣١', '۲۰۳۱')
    """
    return BLOCKS.sub(lambda m: m.group().translate(TO_ARABIC) if re.search("[٠-٩]", m.group()) else m.group(), word)


def _about(where: str, text: str, placed: Sequence[Placed]) -> Note:
    sure = [p.word.confidence for p in placed]
    low = sum(one < UNSURE for one in sure)
    said = (
        f"{where[:1].upper()}{where[1:]} was read by OCR: {len(sure):,} words, mean confidence "
        f"{sum(sure) / len(sure):.0f} of 100, {low:,} of them below {UNSURE}. No number in it is confirmed."
    )
    return note(NoteCode.OCR_UNCONFIRMED, said, start=0, end=len(text))


def disagreements(where: str, placed: Sequence[Placed], others: Sequence[Other]) -> Iterator[Note]:
    """A note for each number that another reading gives differently, or that only another reading saw."""
    made = 0
    matched = [(other, _matched(placed, other.words)) for other in others]
    for p in placed:
        said_there = [_differs(p.word, there.get(p, ()), whole=other.whole) for other, there in matched]
        differing = sorted({said for said in said_there if said})
        if not differing:
            continue
        made += 1
        if made > MOST_DISAGREEMENTS:
            said = f"On {where} more than {MOST_DISAGREEMENTS:,} numbers were read in two ways."
            yield note(NoteCode.OCR_NUMBERS_DISAGREE, said)
            return
        told = " and ".join(f"“{one}”" for one in differing)
        said = f"On {where}, “{p.word.text[:40]}” (confidence {p.word.confidence:.0f}) was also read as {told}."
        yield note(NoteCode.OCR_NUMBERS_DISAGREE, said, start=p.start, end=p.end)


def _matched(placed: Sequence[Placed], others: Sequence[Word]) -> dict[Placed, list[Word]]:
    """The words of another reading, each with the one word that it stands for, where numbers are at stake.

    That is the one which shares most room with it, and before others one with the same digits: tesseract's boxes are
    at times as wide as several words.
    """
    numbers = [p for p in placed if DIGIT.search(p.word.text)]
    found: dict[Placed, list[Word]] = {}
    for other in others:
        near = placed if DIGIT.search(other.text) else numbers
        there = [p for p in near if _shared(p.word, other) >= HALF * _smaller(p.word, other)]
        if there:
            best = max(there, key=lambda p: (_digits(p.word.text) == _digits(other.text), _shared(p.word, other)))
            found.setdefault(best, []).append(other)
    return found


def _shared(a: Word, b: Word) -> float:
    """The room, in square pixels, that two boxes share."""
    wide = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
    high = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
    return wide * high if wide > 0 and high > 0 else 0.0


def _smaller(a: Word, b: Word) -> float:
    """The room of the smaller of two boxes, never nothing."""
    return max(1.0, min(a.width * a.height, b.width * b.height))


def _differs(word: Word, there: Sequence[Word], *, whole: bool) -> str:
    """What another reading makes of a word, "" where it gives the same digits or had nothing to say of it.

    A word without digits differs only from what another is sure to be a number. `whole`: it read all of the page.
    """
    said = " ".join(o.text for o in there)
    digits = _digits(word.text)
    if digits == _digits(said):
        return ""
    if not there:
        return "nothing" if whole else ""
    return said[:40] if digits or min(o.confidence for o in there) >= SURE else ""


def _digits(text: str) -> str:
    return "".join(DIGIT.findall(text.translate(VALUE)))


class Scanner:
    """Reads the pages of one file, as many and as long as one file may take; a page that fails is a note."""

    def __init__(self, limits: Limits, alive: Alive) -> None:
        self._limits = limits
        self._alive = alive
        self._left = limits.max_pictures
        self._until = time.monotonic() + limits.max_ocr_seconds

    def read(self, picture_of: PictureOf, *, where: str) -> Recognised:
        """The text of a page with notes; without the program, nothing at all: that is for the caller to say."""
        if engine() is None:
            return Recognised()
        if not self._left or time.monotonic() > self._until:
            return _failed(where, "the file has more pictures than one file may have read; split it into parts")
        self._left -= 1
        try:
            return recognise(picture_of, where=where, limits=self._limits, alive=self._alive)
        except ReadingFailed as err:
            return _failed(where, str(err))


def joined(pages: Sequence[Recognised]) -> tuple[str, tuple[Note, ...]]:
    """Pages one after another, a form feed between two, and their notes where they then stand."""
    text = PAGE_BREAK.join(page.text for page in pages)
    notes: list[Note] = []
    at = 0
    for page in pages:
        notes += [one.moved(at) for one in page.notes]
        at += len(page.text) + len(PAGE_BREAK)
    return ("", tuple(notes)) if not text.strip() else (text, tuple(notes))


def without_lines_of(page: Recognised, known: str) -> Recognised:
    """A page without the lines whose words all stand in a text that is known already, in this order.

    Notes on what is gone go with it.
    """
    said = _letters(known)
    text, notes, at = "", list[Note](), 0
    kept: list[tuple[int, int, int]] = []
    for line in page.text.splitlines(keepends=True):
        if not (words := _letters(line)) or words not in said:
            kept.append((at, at + len(line), len(text)))
            text += line
        at += len(line)
    for one in page.notes:
        notes += _moved_with(one, kept)
    text = text.rstrip()
    return Recognised(text, tuple(notes)) if READABLE.search(text) else Recognised()


def _moved_with(one: Note, kept: Sequence[tuple[int, int, int]]) -> Iterator[Note]:
    """A note where its text has gone; one on many lines covers those that are left."""
    if one.start is None or one.end is None:
        yield one
        return
    parts = [
        (max(one.start, start) - start + now, min(one.end, end) - start + now)
        for start, end, now in kept
        if one.touches(start, end)
    ]
    if parts:
        yield replace(one, start=parts[0][0], end=parts[-1][1])


def _letters(text: str) -> str:
    return "".join(READABLE.findall(text)).casefold()


def _failed(where: str, why: str) -> Recognised:
    said = f"{where[:1].upper()}{where[1:]} was not read by OCR: {why}."
    return Recognised(notes=(note(NoteCode.OCR_FAILED, said),))
