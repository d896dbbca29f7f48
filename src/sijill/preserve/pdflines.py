"""The lines of a PDF page in the order of reading, from where its letters stand.

pdfium gives the letters of Arabic pages in an order of its own: single words come out turned around, and parts of a
line apart. Where each letter stands is right, so lines are put together again from that.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pypdfium2 import PdfTextPage, raw

from sijill.preserve.bidi import as_read, is_rtl, runs_from_right

# In heights of the letters: how far apart the base lines of one line may be, and the least gap between two words.
SAME_LINE, WORD_GAP = 0.4, 0.15
MARKS = frozenset({"Mn", "Me"})
OPENING_OF = dict(zip(")]}»›", "([{«‹", strict=True))
CLOSING_OF = {opening: closing for closing, opening in OPENING_OF.items()}
# The name of God is one glyph in many fonts; no word has these letters in the other order.
TURNED = {"هللا": "الله", "هلل": "لله"}
ALEF_LAM = re.compile("^([\u0622\u0623\u0625\u0627\u0671])(\u0644)$")
# Alef with two fathas ends a word; in some fonts its glyph fills the space after it.
TANWIN = re.compile("(\u064b\u0627|\u0627\u064b)(?=[\u0621-\u064a])")
# After a space and before a word a bracket opens; after a word and before a space or a stop it closes.
TO_OPEN = re.compile(r"(?:(?<=\s)|^)[)\]}»›](?=\w)")
TO_CLOSE = re.compile(r"(?<=[\w%٪.])[(\[{«‹](?=[\s.,;:!?،؛؟]|$)")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A letter with its marks, or a space: where the pen stood, its edges along the line, its base line and its size.

    In points of the page turned upright, so that `base` falls from line to line.
    """

    text: str
    pen: float
    left: float
    right: float
    base: float
    size: float
    turn: int

    @property
    def middle(self) -> float:
        """Half way along it."""
        return (self.left + self.right) / 2


Placed = tuple[Glyph, tuple[float, float]]


def lines_by_place(textpage: PdfTextPage) -> list[str]:
    """The lines of a page as they are read; parts that follow one another at one height are one line."""
    lines = [in_order(line) for line in _lines(list(_glyphs(textpage)))]
    directions = [runs_from_right([glyph.text for glyph in line]) for line in lines]
    usual = sum(one is True for one in directions) >= sum(one is False for one in directions)
    return [
        _joined(line, rtl=usual if direction is None else direction)
        for line, direction in zip(lines, directions, strict=True)
    ]


def in_order(line: list[Glyph]) -> list[Glyph]:
    """From left to right by where the pen stood, since letters hang over one another; marks with their letter."""
    letters = sorted((g for g in line if not _is_mark(g.text)), key=lambda g: (g.pen, g.middle))
    marks = [g for g in line if _is_mark(g.text)]
    texts = [g.text for g in letters]
    bases = [i for i, text in enumerate(texts) if text != " "]
    for mark in marks if bases else ():
        texts[min(bases, key=lambda i: _distance(letters[i], mark))] += mark.text
    return [replace(letter, text=text) for text, letter in zip(texts, letters, strict=True)]


def _joined(line: list[Glyph], *, rtl: bool) -> str:
    """The line as read, with a space wherever the letters leave the room of one."""
    items: list[str] = []
    for i, glyph in enumerate(line):
        if i and glyph.left - line[i - 1].right > WORD_GAP * max(glyph.size, line[i - 1].size):
            items.append(" ")
        items.append(glyph.text)
    words = TANWIN.sub(r"\1 ", "".join(as_read(items, rtl=rtl)))
    return righted(" ".join(words.split()))


def righted(line: str) -> str:
    """Brackets turned to what they stand at: pdfium turns some over and others not, depending on their neighbours.

    >>> righted("قال )وزير( ثم [2]")
    'قال (وزير) ثم [2]'
    """
    line = TO_OPEN.sub(lambda match: OPENING_OF.get(match.group(), match.group()), line)
    return TO_CLOSE.sub(lambda match: CLOSING_OF.get(match.group(), match.group()), line)


def _is_mark(text: str) -> bool:
    return all(unicodedata.category(char) in MARKS for char in text)


def _lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    lines: list[list[Glyph]] = []
    for glyph in glyphs:
        last = lines[-1][-1] if lines else None
        near = last is not None and abs(last.base - glyph.base) <= SAME_LINE * max(last.size, glyph.size)
        if last is not None and near and last.turn == glyph.turn:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return lines


def _distance(letter: Glyph, mark: Glyph) -> float:
    outside = max(letter.left - mark.middle, mark.middle - letter.right, 0.0)
    return outside + abs(letter.middle - mark.middle) / 1000


def _glyphs(textpage: PdfTextPage) -> Iterator[Glyph]:
    """The glyphs of a page in the file's order; letters that one glyph stands for (a ligature) stay together."""
    placed = [_glyph(textpage, index) for index in range(textpage.count_chars())]
    start = 0
    while start < len(placed):
        first = placed[start]
        end = start + 1
        if first is not None and first[0].text != " ":
            while end < len(placed) and (other := placed[end]) is not None and other[1] == first[1]:
                end += 1
        parts = [found[0] for found in placed[start:end] if found is not None]
        if len(parts) > 1:
            yield _ligature(parts, rising=_rises(placed, start, end))
        else:
            yield from parts
        start = end


def _rises(placed: list[Placed | None], start: int, end: int) -> bool:
    """Whether the letters around some run on to the right, though they are read from the right."""
    before = placed[start - 1] if start else None
    after = placed[end] if end < len(placed) else None
    here = placed[start]
    if before is not None and here is not None and is_rtl(before[0].text):
        return before[0].left < here[0].left
    return after is not None and here is not None and is_rtl(after[0].text) and here[0].left < after[0].left


def _ligature(parts: list[Glyph], *, rising: bool) -> Glyph:
    """One glyph of several letters, in the order of reading.

    Where pdfium gives each letter a part of the glyph, the parts tell; where each has all of it, the letters stand in
    the order of those around them; and alef never comes before the lam that it is joined to.
    """
    whole = max(part.right for part in parts) - min(part.left for part in parts)
    if sum(part.right - part.left for part in parts) <= 1.01 * whole:
        parts = sorted(parts, key=lambda part: -part.right) if is_rtl(parts[0].text) else parts
    elif rising:
        parts = parts[::-1]
    text = "".join(part.text for part in parts)
    text = TURNED.get(text) or ALEF_LAM.sub(r"\2\1", text)
    left, right = min(part.left for part in parts), max(part.right for part in parts)
    return replace(parts[0], text=text, left=left, right=right)


def _glyph(textpage: PdfTextPage, index: int) -> Placed | None:
    """The glyph of one character and its origin; `None` for what pdfium made up and what takes no room."""
    code = raw.FPDFText_GetUnicode(textpage, index)
    if code in (0, 0xFFFE) or raw.FPDFText_IsGenerated(textpage, index) == 1 or 0xD800 <= code < 0xE000:
        return None
    text = unicodedata.normalize("NFKC", chr(code)) if 0xFB1D <= code <= 0xFEFC else chr(code)
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    if not (
        raw.FPDFText_GetLooseCharBox(textpage, index, box)
        and raw.FPDFText_GetMatrix(textpage, index, matrix)
        and raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    ):
        return None
    turn = round(raw.FPDFText_GetCharAngle(textpage, index) / (math.pi / 2)) % 4
    pen, left, right, base = _upright(turn, (box.left, box.right, box.bottom, box.top), (x.value, y.value))
    size = (raw.FPDFText_GetFontSize(textpage, index) * math.hypot(matrix.c, matrix.d)) or 1.0
    if text.isspace() and right - left <= 0.01:
        return None
    # A box is drawn around the ink, which may begin after the place of the pen.
    glyph = Glyph(" " if text.isspace() else text, pen, min(pen, left), right, base, size, turn)
    return glyph, (x.value, y.value)


def _upright(
    turn: int, box: tuple[float, float, float, float], origin: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Pen, left, right and base line of a glyph turned by quarter turns, as if the page had been turned back."""
    left, right, bottom, top = box
    x, y = origin
    if turn == 1:
        return y, bottom, top, -x
    if turn == 2:
        return -x, -right, -left, -y
    if turn == 3:
        return -y, -top, -bottom, x
    return x, left, right, y
