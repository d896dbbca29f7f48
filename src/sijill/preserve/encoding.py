"""Bytes to text: what a mark at the start says, UTF-8 before anything else, and guesses that say that they are guesses.

Order: byte order mark; UTF-16 and UTF-32 without one; UTF-8; the encoding that the file declares; then the one-byte
encodings, each judged by whether its words could be words (`plausibility.py`). charset-normalizer is asked only where
none of the usual ones is plausible.
"""

from __future__ import annotations

import codecs
from itertools import islice
from typing import NamedTuple

from sijill.core.document import Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.mojibake import repaired
from sijill.preserve.names import shown
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.plausibility import plausibility, readable_share
from sijill.preserve.quiet import silence_parsers

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WIDE = (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2))
USUAL = ("cp1252", "cp1256", "iso8859_6")
# Labels as files declare them (WHATWG Encoding Standard), to Python's codecs. A closed list: Python has codecs, such
# as punycode and zlib, that a file must not be able to choose.
LABELS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be"), "utf-8"),  # bytes that can declare it are not in it
    **dict.fromkeys(("windows-1256", "cp1256", "x-cp1256"), "cp1256"),
    **dict.fromkeys(("iso-8859-6", "arabic", "asmo-708", "iso8859-6", "ecma-114"), "iso8859_6"),
    **dict.fromkeys(("windows-1252", "cp1252", "iso-8859-1", "iso8859-1", "latin1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("iso-8859-15", "latin9"), "iso8859_15"),
    **dict.fromkeys(("windows-1254", "cp1254", "iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("windows-1250", "cp1250"), "cp1250"),
    **dict.fromkeys(("iso-8859-2", "latin2"), "iso8859_2"),
    **dict.fromkeys(("windows-1251", "cp1251"), "cp1251"),
    **dict.fromkeys(("koi8-r", "koi8-u"), "koi8_u"),
    **dict.fromkeys(("windows-1255", "cp1255", "iso-8859-8", "iso-8859-8-i"), "cp1255"),
    **dict.fromkeys(("windows-1253", "cp1253", "iso-8859-7"), "cp1253"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
}
EAST_ASIAN = frozenset({"gb18030", "big5hkscs", "cp932", "euc_jp", "cp949"})
SURE, POSSIBLE = 0.85, 0.5
FOREIGN = 0.9  # what an encoding counts that reports of the region are seldom in
MAX_DAMAGE = 0.2
SAMPLE = 60_000


class Decoded(NamedTuple):
    """Text without its byte order mark, Python's name of the encoding, and what there is to say about it."""

    text: str
    encoding: str
    notes: tuple[Note, ...] = ()


def decode(data: bytes, *, name: str, declared: str | None = None) -> Decoded:
    """The text of `data`; `declared` is the encoding that the file itself states, which is believed where it fits.

    Raises UnreadableFile where no encoding gives text that could be words.
    """
    found = _by_mark(data) or _wide(data) or _utf8(data) or _one_byte(data, declared)
    if found is None:
        raise UnreadableFile(
            shown(name),
            "it is in no encoding that is known, or it is not text",
            hint="save it as UTF-8 with the program that made it",
        )
    text, lines, misread_as = repaired(found.text)
    if not lines:
        return found
    said = note(NoteCode.MOJIBAKE_REPAIRED, f"{lines:,} lines of UTF-8 had been read as {misread_as}; turned back.")
    return Decoded(text, found.encoding, (*found.notes, said))


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _patched(data[len(mark) :], encoding)
    return None


def _patched(data: bytes, encoding: str) -> Decoded:
    """Decoded, with U+FFFD and a severe note for bytes that are damaged."""
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError as err:
        text = data.decode(encoding, errors="replace")
        count, first = max(1, text.count("\ufffd")), err.start
        said = f"{count:,} characters could not be read as {encoding}, the first at byte {first:,}."
        return Decoded(text, encoding, (note(NoteCode.BYTES_REPLACED, said),))


def _wide(data: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a mark: NULs, and nearly every character one that reports are written with."""
    if b"\0" not in data[:SAMPLE]:
        return None
    for encoding, width in WIDE:
        sample = data[: min(len(data), SAMPLE) // width * width]
        if len(sample) >= 2 * width and readable_share(sample.decode(encoding, errors="replace")) > 0.8:
            return _patched(data, encoding)
    return None


def _utf8(data: bytes) -> Decoded | None:
    """UTF-8, also where a few bytes are damaged: among many good sequences, no other encoding would look so."""
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        text = data[: 4 * SAMPLE].decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    good = sum(char > "\x7f" for char in text) - damaged
    return _patched(data, "utf-8") if damaged <= MAX_DAMAGE * good else None


def _one_byte(data: bytes, declared: str | None) -> Decoded | None:
    """The encoding declared, where its words could be words; else the best of the usual ones; else a guess."""
    stated = LABELS.get((declared or "").strip().strip("\"'").lower())
    sample = data[:SAMPLE]
    scores: dict[str, float] = {}
    for encoding in dict.fromkeys((*((stated,) if stated else ()), *USUAL)):
        text = _try(sample, encoding)
        if text is not None:
            scores[encoding] = POSSIBLE if encoding in EAST_ASIAN else plausibility(text)
    # Ties go to the encoding declared, then to the more usual.
    best = max(scores, key=lambda encoding: scores[encoding], default=None)
    if stated and scores.get(stated, 0.0) >= POSSIBLE and (best is None or scores[best] - scores[stated] < 0.2):
        best = stated
    elif best is None or scores[best] < SURE:
        best = _other(sample, scores) or best
    if best is None or scores[best] < POSSIBLE:
        return None
    found = _patched(data, best)
    return Decoded(found.text, best, (*found.notes, *_notes_on(best, scores[best], stated)))


def _notes_on(encoding: str, score: float, stated: str | None) -> tuple[Note, ...]:
    if encoding == stated:
        return ()
    if score < SURE or encoding not in USUAL:
        return (note(NoteCode.ENCODING_GUESSED, f"Read as {encoding}, which is a guess: letters may be wrong."),)
    if stated is not None:
        return (note(NoteCode.ENCODING_CONTRADICTED, f"Declared as {stated}, but read as {encoding}."),)
    return (note(NoteCode.ENCODING_DETECTED, f"Read as {encoding}, as its words show."),)


def _other(sample: bytes, scores: dict[str, float]) -> str | None:
    """What charset-normalizer makes of it, where that is more plausible than the usual encodings; adds its score."""
    from charset_normalizer import from_bytes

    silence_parsers()
    for match in islice(from_bytes(sample, cp_exclusion=["utf_7"]), 3):
        text = _try(sample, match.encoding)
        if text is None:
            continue
        score = FOREIGN * plausibility(text)
        if score > max(scores.values(), default=0.0) and match.encoding not in scores:
            scores[match.encoding] = score
            return match.encoding
    return None


def _try(sample: bytes, encoding: str) -> str | None:
    """The sample decoded, `None` where it cannot be; a character cut at the sample's end is no fault."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return None
