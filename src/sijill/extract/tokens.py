"""Words and sentences of a text, each with its offsets; nothing is ever rewritten, so nothing can shift.

A token keeps the text's own words and, beside them, a folded form by which the language packs are looked up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar, NamedTuple, Protocol

MAX_SENTENCE_TOKENS = 400
LONGEST_SENTENCE = 1600
REMEMBERED_WORDS, REMEMBERED_LENGTH = 50_000, 40
CAPITALS_LOOK = 400
# Capital and small letters, in Latin-1.
UPPER = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ" + bytes({*range(0xC0, 0xDF)} - {0xD7})
LOWER = b"abcdefghijklmnopqrstuvwxyz" + bytes({*range(0xDF, 0x100)} - {0xF7})
WRAP_MIN, WRAP_MAX, WRAP_LINES = 45, 100, 4

# Letters of the Arabic script, its vowel signs and other marks, and characters that show nothing: joiners, directions.
ARABIC = (
    "\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9"
    "\ufb50-\ufd3d\ufd50-\ufdfb\ufe70-\ufefc"
)
MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0300-\u036f"
UNSEEN = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
# One alternative per kind of token, each linear: no alternative can match what another already tried. A word is of one
# script: scrapers run posts and the page around them together. Hash signs and underscores only join words.
TOKEN = re.compile(
    rf"(?P<n>\d+(?:[.,٬٫]\d+)*)(?P<tail>-?[^\W\d_{ARABIC}](?:[^\W{ARABIC}]|-)*)?"
    rf"|(?P<a>[{ARABIC}](?:[{ARABIC}{MARKS}]|[{UNSEEN}*]{{1,4}}(?=[{ARABIC}])"
    rf"|(?<=\u0640)(?:[.·•]{{1,2}}(?=[{ARABIC}])| (?=\u0640)))*)"
    rf"|(?P<w>[^\W\d_{ARABIC}](?:[A-Za-z0-9]++|[^\W_{ARABIC}]|[{MARKS}]|(?<=\w)[{UNSEEN}'’´*-](?=[^\W_])"
    rf"|(?<=[A-Z])\.(?=[A-Z]\b))*)"
    rf"|(?P<p>[^\w\s#{MARKS}{UNSEEN}])"
)
DATELINE = re.compile(r"([A-Z]{3,})(-)([A-Z][a-z]+)")
NOISE = str.maketrans(
    {"’": "'", "´": "'", "ʼ": "'", "\u2010": "-", "\u2011": "-", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك"}
    | dict.fromkeys(map(ord, "*ـ"))
    | dict.fromkeys(c for c in range(0x10000) if re.match(f"[{UNSEEN}]", chr(c)))
)
# Signs that writers put inside an Arabic word to get past a filter, and the letter that is written in two ways.
IN_ARABIC = str.maketrans({"ة": "ه", ".": None, "·": None, "•": None, " ": None})
# A letter written three times or more is drawn out for effect.
STRETCHED = re.compile(rf"([{ARABIC}])\1{{2,}}")
ARABIC_WORD = re.compile(f"[{ARABIC}]")
LETTERS = re.compile(r"[^\W\d_]+")
NO_LETTERS = str.maketrans({c: " " for c in map(chr, range(128)) if not c.isalpha()})
# Letters that a writer hides behind stars or figures to get past a filter: "k*lled", "sh0t".
STARRED = re.compile(r"[^\W\d_]\*+[^\W\d_]")
FIGURED = re.compile(r"[^\W\d_][013457@$]+[^\W\d_]")
FIGURES = str.maketrans("013457@$", "oieasTas".lower())
MOST_STARS = 3
HIDDEN = re.compile(r"[^\W\d_](?:\*+|[013457@$]+)[^\W\d_]")
ENDS = frozenset(".!?…؟。۔")
CLOSERS = frozenset("\"'”’»)]")
BULLETS = frozenset("-•*–—·▪")


class Kind:
    """What a token is made of, one of three.

    No `Enum`: on Python 3.11 a member of one costs five times as much to read, and the innermost loops ask for these.
    """

    __slots__ = ("name",)
    WORD: ClassVar[Kind]
    NUMBER: ClassVar[Kind]
    PUNCTUATION: ClassVar[Kind]

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Kind.{self.name}"


Kind.WORD, Kind.NUMBER, Kind.PUNCTUATION = Kind("WORD"), Kind("NUMBER"), Kind("PUNCTUATION")


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


class Attached(Protocol):
    """Small words that a script writes onto their neighbours; see `clitics.py`."""

    def apart(self, token: Token) -> tuple[Token, ...]:
        """The pieces of a word, each with its place in the text."""

    def bare(self, norm: str) -> str:
        """A folded word without what is written onto it."""

    def unended(self, norm: str) -> str:
        """A folded word without an ending that changes no meaning."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a language writes words together, and where accents tell its words apart.

    `elided` are words that lose their ending before an apostrophe ("l'", "Qu'"), as written, the apostrophe straight;
    `clitics` what a hyphen hangs on a verb ("-t-il"); `prefixes` what one hangs on a noun ("mi-mars"); `accented` the
    words that a look-up without accents would take for another word of the pack ("tué" for "tue"); `attached` takes
    words apart that no sign parts.
    """

    elided: frozenset[str] = frozenset()
    clitics: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    accented: frozenset[str] = frozenset()
    attached: Attached | None = None

    def norm(self, word: str) -> str:
        """The form under which a word is looked up: folded, unless its accents say which word it is.

        >>> Spelling(accented=frozenset({"tué"})).norm("Tué"), Spelling().norm("Tué")
        ('tué', 'tue')
        """
        if self.attached is not None:
            return self.attached.bare(fold(word))
        if self.accented and not word.isascii() and (kept := accented(word)) in self.accented:
            return kept
        return fold(word)

    def pieces(self, word: str) -> tuple[int, ...]:
        """Where a word that is several written together falls apart: offsets of the pieces after the first.

        >>> french = Spelling(frozenset({"l'"}), ("-t-il",))
        >>> french.pieces("l'armée"), french.pieces("affirme-t-il"), french.pieces("N'Djamena")
        ((2,), (7,), ())
        """
        cuts = []
        straight = word.replace("’", "'")
        head = straight.find("'") + 1
        if head and head < len(word) and straight[:head] in self.elided:
            cuts.append(head)
        if "-" not in word:
            return tuple(cuts)
        small = straight.lower()
        prefix = small.partition("-")[0]
        if prefix in self.prefixes:
            cuts += [len(prefix), len(prefix) + 1]
        for clitic in self.clitics:
            if small.endswith(clitic) and len(word) > len(clitic):
                cuts.append(len(word) - len(clitic))
                break
        return tuple(cuts)


PLAIN = Spelling()


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
    if ARABIC_WORD.match(word) and (" " not in word or "\u0640 \u0640" in word):
        word = STRETCHED.sub(r"\1", word.translate(IN_ARABIC))
    word = word.translate(NOISE)
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word).translate(NOISE).casefold().replace("ة", "ه")
    # Cyrillic letters of their own, not letters with marks.
    apart = apart.replace("и\u0306", "й").replace("і\u0308", "ї")
    return "".join(c for c in apart if not unicodedata.combining(c))


@lru_cache(maxsize=REMEMBERED_WORDS)
def remembered(word: str) -> str:
    """`fold`, remembering the words met: a text repeats most of its words, and folding marks costs."""
    return fold(word)


def letter_runs(folded: str) -> list[str]:
    """The runs of letters in a folded text, with every mark and figure between them left out.

    >>> letter_runs("the mayor's 12 guards, d’une ville")
    ['the', 'mayor', 's', 'guards', 'd', 'une', 'ville']
    """
    return folded.translate(NO_LETTERS).split() if folded.isascii() else LETTERS.findall(folded)


def accented(word: str) -> str:
    """A word in small letters with its accents, typographic signs folded away."""
    return unicodedata.normalize("NFC", word).translate(NOISE).casefold()


def tokens(text: str, start: int = 0, end: int | None = None, spelling: Spelling = PLAIN) -> Iterator[Token]:
    """The tokens of `text` from `start` to `end`, with offsets into the whole of it."""
    for m in TOKEN.finditer(text, start, len(text) if end is None else end):
        word, made, (a, b) = m[0], m.lastgroup, m.span()
        if made == "p":
            yield Token(word, a, b, word, Kind.PUNCTUATION)
        elif made == "n":
            yield Token(word, a, b, word, Kind.NUMBER)
        elif "-" in word and (joined := DATELINE.fullmatch(word)):
            # "MNA-Nine farmers": a dateline's dash, not a hyphen.
            for part in (1, 2, 3):
                start_at, end_at = a + joined.start(part), a + joined.end(part)
                kind = Kind.PUNCTUATION if part == 2 else Kind.WORD
                yield Token(text[start_at:end_at], start_at, end_at, fold(text[start_at:end_at]), kind)
        elif spelling.attached is not None:
            norm = remembered(word) if len(word) <= REMEMBERED_LENGTH else fold(word)
            yield from spelling.attached.apart(Token(word, a, b, norm, Kind.WORD))
        elif spelling is not PLAIN:
            cuts = (0, *spelling.pieces(word), len(word))
            for first, last in pairwise(cuts):
                piece = word[first:last]
                kind = Kind.PUNCTUATION if piece == "-" else Kind.WORD
                yield Token(piece, a + first, a + last, spelling.norm(piece), kind)
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
            found += _pieces(text, at, stop)
            at = stop
        found += _pieces(text, at, end)
    return [trimmed for a, b in found if (trimmed := _trim(text, a, b))[0] < trimmed[1]]


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or what text without any marks falls into: pieces that end at a space, none too long to be read."""
    while end - start > LONGEST_SENTENCE:
        cut = (
            max(text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE), 0) or start + LONGEST_SENTENCE
        )
        yield start, cut
        start = cut
    yield start, end


def read_sentence(
    text: str,
    index: int,
    start: int,
    end: int,
    whole: frozenset[str] = frozenset(),
    small: frozenset[str] = frozenset(),
    spelling: Spelling = PLAIN,
) -> Sentence:
    """The sentence that stands there, its tokens cut off at MAX_SENTENCE_TOKENS: no person writes longer ones.

    `whole` are words that are looked up whole where a writer broke them to get past a filter ("kil-led"), `small`
    those that are marked with a caret where they are written as acronyms ("IS", "US").
    """
    found: list[Token] = []
    masked = HIDDEN.search(text, start, end) is not None
    for token in tokens(text, start, end, spelling):
        if "-" in token.norm and (joined := token.norm.replace("-", "")) in whole:
            token = token._replace(norm=joined)
        elif masked and token.kind is Kind.WORD and (hidden := unmasked(token.text, whole)):
            token = token._replace(norm=hidden)
        found.append(token)
        if len(found) >= MAX_SENTENCE_TOKENS:
            break
    head = text[start : min(end, start + CAPITALS_LOOK)].encode("latin-1", "ignore")
    capitals = len(head) - len(head.translate(None, UPPER)) > 4 * (len(head) - len(head.translate(None, LOWER)))
    if not capitals:
        found = [
            t._replace(norm=f"^{t.norm}") if t.norm in small and t.text[1:2].isalpha() and t.text.isupper() else t
            for t in found
        ]
    return Sentence(index, start, end, tuple(found), capitals)


def unmasked(word: str, whole: frozenset[str]) -> str:
    """The word of `whole` that stars or figures hide, "" where none is hidden or several may be.

    >>> words = frozenset({"killed", "shot", "shut"})
    >>> unmasked("k*lled", words), unmasked("ki*lled", words), unmasked("sh0t", words), unmasked("sh*t", words)
    ('killed', 'killed', 'shot', '')
    """
    if "*" in word and word.count("*") <= MOST_STARS and STARRED.search(word):
        if (plain := fold(word)) in whole:
            return plain
        pattern = re.compile(re.escape(word.casefold()).replace(r"\*", "."))
        found = [w for w in whole if len(w) == len(word) and w[0] == word[0].casefold() and pattern.fullmatch(w)]
        return found[0] if len(found) == 1 else ""
    if word.isascii() and FIGURED.search(word) and (plain := word.lower().translate(FIGURES)) in whole:
        return plain
    return ""


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
        opens = following.isupper() or following in '"“#@' or following.isdecimal()
        return opens and len(word) > 2 and word[-1].islower()
    return not following.islower()


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or (text[start] in BULLETS and text[start + 1 : start + 2] == " ")):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
