"""Words and sentences of a text, each with its offsets; nothing is ever rewritten, so nothing can shift.

A token keeps the text's own words and, beside them, a folded form by which the language packs are looked up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

MAX_SENTENCE_TOKENS = 400
CAPITALS_LOOK = 400
UPPER, LOWER = re.compile("[A-ZÀ-ÖØ-Þ]"), re.compile("[a-zß-öø-ÿ]")
WRAP_MIN, WRAP_MAX, WRAP_LINES = 45, 100, 4

# One alternative per kind of token, each linear: no alternative can match what another already tried.
TOKEN = re.compile(
    r"(?P<n>\d+(?:[.,٬٫]\d+)*)(?P<tail>-?[^\W\d_][\w-]*)?"
    r"|(?P<w>[^\W\d_](?:[^\W_]|(?<=\w)[\u0640\u200c\u200d'’´*-](?=[^\W_])|(?<=[A-Z])\.(?=[A-Z]\b))*)"
    r"|(?P<p>[^\w\s]|_)"
)
DATELINE = re.compile(r"([A-Z]{3,})(-)([A-Z][a-z]+)")
NOISE = str.maketrans(
    {"’": "'", "´": "'", "ʼ": "'", "\u2010": "-", "\u2011": "-"} | dict.fromkeys(map(ord, "*ـ\u200c\u200d"))
)
ENDS = frozenset(".!?…؟。۔")
CLOSERS = frozenset("\"'”’»)]")
BULLETS = frozenset("-•*–—·▪")


class Kind(Enum):
    """What a token is made of."""

    WORD = "w"
    NUMBER = "n"
    PUNCTUATION = "p"


# al-, el-, d' and the like; not anti- or pro-.
LONGEST_ARTICLE = 2


class Token(NamedTuple):
    """A word, number or mark: as written, where it starts and ends in the text, and folded for look-up."""

    text: str
    start: int
    end: int
    norm: str
    kind: Kind

    @property
    def is_name(self) -> bool:
        """Whether it is written with a capital first letter, behind a small article if need be ("al-Sunna").

        >>> [Token(w, 0, len(w), w, Kind.WORD).is_name for w in ("Tamrel", "al-Sunna", "d’Orlune", "anti-Meravian")]
        [True, True, True, False]
        """
        if self.text[:1].isupper():
            return True
        article, _, name = self.text.replace("’", "'").replace("'", "-", 1).partition("-")
        return len(article) <= LONGEST_ARTICLE and article.isalpha() and name[:1].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or heading: its tokens, where it stands, and whether it is written in capitals throughout."""

    index: int
    start: int
    end: int
    tokens: tuple[Token, ...]
    capitals: bool


def fold(word: str) -> str:
    """The form under which a word is looked up: case, apostrophes and marks above letters folded away.

    >>> fold("Témoins’")
    "temoins'"
    """
    if word.isascii() and word.isalpha():
        return word.lower()
    word = word.translate(NOISE)
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word).casefold()
    return "".join(c for c in apart if not unicodedata.combining(c))


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of `text` from `start` to `end`, with offsets into the whole of it."""
    for m in TOKEN.finditer(text, start, len(text) if end is None else end):
        word, a, b = m[0], m.start(), m.end()
        if m.lastgroup == "p":
            yield Token(word, a, b, word, Kind.PUNCTUATION)
        elif m.lastgroup == "n":
            yield Token(word, a, b, word, Kind.NUMBER)
        elif "-" in word and (joined := DATELINE.fullmatch(word)):
            # "MNA-Nine farmers": a dateline's dash, not a hyphen.
            for part in (1, 2, 3):
                start_at, end_at = a + joined.start(part), a + joined.end(part)
                kind = Kind.PUNCTUATION if part == 2 else Kind.WORD
                yield Token(text[start_at:end_at], start_at, end_at, fold(text[start_at:end_at]), kind)
        else:
            # Also "20-year-old", "100m", "25th": no count of anything, though a number stands in it.
            yield Token(word, a, b, fold(word), Kind.WORD)


def sentences(text: str, abbreviations: frozenset[str] = frozenset()) -> list[tuple[int, int]]:
    """Where each sentence or heading starts and ends.

    Lines end sentences, save in text that was wrapped to a width, where only empty lines do. A full stop ends one
    unless it follows an abbreviation or an initial; it needs no space after it, for scrapers run sentences together.
    """
    found: list[tuple[int, int]] = []
    for start, end in _paragraphs(text):
        at = start
        for m in re.finditer(r"[.!?…؟。۔]", text[start:end]):
            stop = start + m.end()
            if stop <= at or not _ends_here(text, stop, end, abbreviations):
                continue
            while stop < end and text[stop] in CLOSERS:
                stop += 1
            found.append((at, stop))
            at = stop
        found.append((at, end))
    return [trimmed for a, b in found if (trimmed := _trim(text, a, b))[0] < trimmed[1]]


def read_sentence(
    text: str,
    index: int,
    start: int,
    end: int,
    whole: frozenset[str] = frozenset(),
    small: frozenset[str] = frozenset(),
) -> Sentence:
    """The sentence that stands there, its tokens cut off at MAX_SENTENCE_TOKENS: no person writes longer ones.

    `whole` are words that are looked up whole where a writer broke them to get past a filter ("kil-led"), `small`
    those that are marked with a caret where they are written as acronyms ("IS", "US").
    """
    found: list[Token] = []
    for token in tokens(text, start, end):
        if "-" in token.norm and (joined := token.norm.replace("-", "")) in whole:
            token = token._replace(norm=joined)
        found.append(token)
        if len(found) >= MAX_SENTENCE_TOKENS:
            break
    head = text[start : min(end, start + CAPITALS_LOOK)]
    capitals = len(UPPER.findall(head)) > 4 * len(LOWER.findall(head))
    if not capitals:
        found = [
            t._replace(norm=f"^{t.norm}") if t.norm in small and len(t.text) > 1 and t.text.isupper() else t
            for t in found
        ]
    return Sentence(index, start, end, tuple(found), capitals)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Lines, or the paragraphs that hard-wrapped lines make up."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n\r\u2028\u2029]+", text)]
    if not _is_wrapped(text, lines):
        yield from lines
        return
    start = last = None
    for a, b in lines:
        blank = not text[a:b].strip()
        apart = last is not None and (blank or text.count("\n", last, a) > 1)
        if start is not None and last is not None and apart:
            yield start, last
            start = None
        if not blank:
            start = a if start is None else start
            last = b
    if start is not None and last is not None:
        yield start, last


def _is_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether a machine broke the lines at a width: most are nearly as long as the longest, none is very long."""
    lengths = sorted(b - a for a, b in lines if text[a:b].strip())
    if len(lengths) < WRAP_LINES or lengths[-1] > WRAP_MAX:
        return False
    return lengths[len(lengths) // 2] >= WRAP_MIN


def _ends_here(text: str, stop: int, end: int, abbreviations: frozenset[str]) -> bool:
    """Whether the mark before `stop` ends a sentence."""
    if stop >= end:
        return True
    if text[stop - 1] != ".":
        return text[stop] not in ENDS
    before = stop - 1
    while before > 0 and text[before - 1] == " ":
        before -= 1
    word_start = before
    while (
        word_start > 0 and stop - word_start < 24 and (text[word_start - 1].isalnum() or text[word_start - 1] in "-.")
    ):
        word_start -= 1
    word = text[word_start:before]
    if len(word) == 1 and word.isupper() and not (word_start > 1 and text[word_start - 1] == "."):
        return False
    if word.lower() in abbreviations or ("." in word and len(word) <= 5):
        return False
    after = stop
    while after < end and text[after] in CLOSERS:
        after += 1
    spaced = after < end and text[after].isspace()
    while after < end and text[after].isspace():
        after += 1
    if after >= end:
        return True
    following = text[after]
    if word.isdecimal() and following.isdecimal() and text[stop - 2 : stop - 1] == " ":
        # Text tokenised by a data set: "1 . 5 million".
        return False
    if not spaced:
        return (following.isupper() or following in '"“') and len(word) > 2 and word[-1].islower()
    return not following.islower()


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or (text[start] in BULLETS and text[start + 1 : start + 2] == " ")):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
