"""UTF-8 that somebody read as a one-byte encoding and saved so (`Ù…Ù‚ØªÙ„`, `ظ…ظ‚طھظ„`), turned back.

Only whole lines are turned back, and only where nearly everything beyond ASCII fits: ط is a letter of Arabic, and `É»`
ends a sentence in French. ftfy was tried and left out: it does not know UTF-8 read as windows-1256.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

FEWEST_SEQUENCES = 3
EXPLAINED = 0.9
ROUNDS = 2
# What repaired text may consist of: Latin with accents, Cyrillic, Hebrew, Arabic, general punctuation, €, ™, U+FFFD.
PLAUSIBLE = re.compile(
    "[\u0080-\u024f\u0300-\u036f\u0400-\u052f\u0590-\u06ff\u0750-\u077f\u200b-\u203a\u20ac\u2122\ufb50-\ufdff\ufe70-\ufeff]"
)
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Misreading:
    """One-byte encoding that UTF-8 was read in: the pattern of its sequences, and each character's byte."""

    encoding: str
    pattern: re.Pattern[str]
    byte_of: dict[int, int]


def repaired(text: str) -> tuple[str, int, str]:
    """The text, how many of its lines were turned back, and the encoding that they had been read in.

    Linear in the text; a text without a sequence of the kind comes back as it is, with 0 and "".
    """
    lines_repaired, encoding = 0, ""
    for _ in range(ROUNDS):
        if text.isascii():
            break
        for misreading in misreadings():
            text, count = _turned_back(misreading, text)
            if count:
                lines_repaired, encoding = max(lines_repaired, count), encoding or misreading.encoding
    return text, lines_repaired, encoding


@cache
def misreadings() -> tuple[Misreading, ...]:
    """windows-1256 and windows-1252, the two that reports from the region were seen mangled with."""
    return tuple(_misreading(encoding) for encoding in ("cp1256", "cp1252"))


def _misreading(encoding: str) -> Misreading:
    # A byte that the encoding leaves open is read as the C1 control of its number, as browsers do.
    byte_of = {byte: byte for byte in range(0x80, 0xA0)}
    for byte in range(0x80, 0x100):
        if char := bytes([byte]).decode(encoding, errors="ignore"):
            byte_of[ord(char)] = byte

    def chars(first: int, last: int) -> str:
        return "[" + "".join(re.escape(chr(c)) for c, b in sorted(byte_of.items()) if first <= b <= last) + "]"

    tail = chars(0x80, 0xBF)
    pattern = f"{chars(0xC2, 0xDF)}{tail}|{chars(0xE0, 0xEF)}{tail}{{2}}|{chars(0xF0, 0xF4)}{tail}{{3}}"
    return Misreading(encoding, re.compile(f"(?:{pattern})+"), byte_of)


def _turned_back(misreading: Misreading, text: str) -> tuple[str, int]:
    if misreading.pattern.search(text) is None:
        return text, 0
    lines = text.split("\n")
    count = 0
    for i, line in enumerate(lines):
        if line.isascii():
            continue
        better = _line(misreading, line)
        if better is not None:
            lines[i] = better
            count += 1
    return "\n".join(lines), count


def _line(misreading: Misreading, line: str) -> str | None:
    """The line turned back, or `None` where it is not, or not surely, mangled."""
    runs = misreading.pattern.findall(line)
    covered = sum(map(len, runs))
    if not runs or covered < EXPLAINED * len(BEYOND_ASCII.findall(line)):
        return None
    back = _decoder(misreading)
    repaired = [back(run) for run in runs]
    letters = "".join(repaired)
    wide = any(len(run.encode("utf-8")) >= 3 for run in repaired)
    if len(letters) < FEWEST_SEQUENCES and not wide:
        return None
    if len(PLAUSIBLE.findall(letters)) < EXPLAINED * len(letters):
        return None
    return misreading.pattern.sub(lambda match: back(match.group()), line)


def _decoder(misreading: Misreading) -> Callable[[str], str]:
    def back(run: str) -> str:
        try:
            return bytes(misreading.byte_of[ord(char)] for char in run).decode("utf-8")
        except UnicodeDecodeError:
            return run

    return back
