"""How a name is written for comparison only: folded letters, joined compounds, and keys coarser than that.

Arabic. Writers leave out or move the seat of a hamza, write final ya without dots and ta marbuta without its own,
stretch words with tatweel, and part or join compounds (Abd + X, Abu + X, X + al-Din). PDF extraction takes the ligature
lam-alef apart in the order of its glyphs, so that *la* becomes *al*, and the ligature of Allah comes out turned
round. Recalled, not read: W. Wright, A Grammar of the Arabic Language, I.1 on the letters and their seats; A. Schimmel,
Islamic Names (1989), on compounds; the Unicode Standard, ch. 9.2, on presentation forms and Persian letters.
Turning lam-alef round makes two common names one, so it is a coarser key and never part of the folding itself.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

MAX_TOKENS = 12
MAX_LETTERS = 40
ARABIC = re.compile(r"[\u0621-\u064a\u066e-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")
WORD = re.compile(r"[^\W\d_]+")
# Alef with any hamza or madda, wasla; ya and waw as seats; undotted ya; ta marbuta; Persian and Urdu letters.
SEATS = {
    "ا": "أإآٱٲٳ",
    "ي": "ىئیې",
    "و": "ؤۇۆۋ",
    "ه": "ةۀەہھ",
    "ك": "کڪگ",
    "ب": "پ",
    "ج": "چ",
    "ز": "ژ",
    "ف": "ڤ",
    "ق": "ڨ",
}
FOLDED = MappingProxyType(
    str.maketrans({written: bare for bare, forms in SEATS.items() for written in forms} | {"ء": None, "ـ": None})
)
ALLAH_TURNED = re.compile("هللا|اهلل")
ALLAH = "الله"
# The ligature of the rial, which fonts also draw within names.
RIAL_TURNED, RIAL = "لاير", "ريال"
JOIN_NEXT = frozenset({"ابو", "ابي", "ابا", "ام", "بو", "ال"})
JOIN_LAST = frozenset({"الدين", "الله", "الاسلام", "االسالم", "الزمان", "الهدي"})
SON_OF = frozenset({"بن", "ابن", "بنت", "bin", "ibn", "bint", "ben"})
# Servant of: joined to a name of God, which has the article; alone it is what a cut-off compound leaves.
SERVANT = frozenset({"عبد", "امه", "abd", "abed"})
LATIN_NEXT = frozenset({"abdul", "abdel", "abdal", "abu", "abo", "abou", "aboo", "um", "umm", "al", "el", "ul"})
LATIN_LAST = frozenset({"din", "deen", "aldin", "aldeen", "eldin", "eldeen", "eddin", "uddin", "addin", "addeen"})
# The last two romanise the ligature as it comes out turned.
ALLAH_LATIN = frozenset({"allah", "ullah", "hlla", "hllah"})
ARTICLE = re.compile(r"^(?:ال|a+l|el|ul|ar|as|ash|at|an|az|ad|ربه|ربو|rab)")
LAM_ALEF = re.compile("[ال]{2,}")
# Sounds of either script that one may stand for the other in some romanisation: for blocking only.
SOUNDS = {"b": "بbp", "f": "فfv", "t": "تطثt", "d": "دضذظزdz", "s": "سصشsc", "k": "كقغخkqgx", "j": "جj", "l": "لl"}
SKELETON = MappingProxyType(
    {letter: sound for sound, letters in (SOUNDS | {"m": "مm", "n": "نn", "r": "رr"}).items() for letter in letters}
)


class Script(StrEnum):
    """What a name is written in."""

    ARABIC = "arabic"
    LATIN = "latin"


def script_of(text: str) -> Script:
    """Arabic if any letter is, else Latin (or another alphabet that is compared letter by letter)."""
    return Script.ARABIC if ARABIC.search(text) else Script.LATIN


@lru_cache(maxsize=200_000)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, folded, compounds joined, at most MAX_TOKENS; what stands in brackets falls out.

    >>> tokens("عَبْد الرّحمٰن أبو سَمرة"), tokens("Abd al-Rahman Abu-Samra")
    (('عبدالرحمن', 'ابوسمره'), ('abdalrahman', 'abusamra'))
    """
    plain = unicodedata.normalize("NFKC", re.sub(r"\([^()]{0,80}\)", " ", name[:400]))
    if script_of(plain) is Script.ARABIC:
        plain = "".join(c for c in plain if unicodedata.category(c) not in {"Mn", "Cf"})
        words = [ALLAH_TURNED.sub(ALLAH, w.translate(FOLDED)[:MAX_LETTERS]) for w in WORD.findall(plain)]
        return _joined([w for w in words if w], JOIN_NEXT, JOIN_LAST)
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if unicodedata.category(c) not in {"Mn", "Cf"})
    plain = re.sub(r"['’‘`ʿʾ?]", "", plain.casefold().replace("ı", "i"))
    words = ["allah" if w in ALLAH_LATIN else w[:MAX_LETTERS] for w in WORD.findall(plain)]
    return _joined(words, LATIN_NEXT, LATIN_LAST | {"allah"})


def _joined(words: list[str], before: frozenset[str], after: frozenset[str]) -> tuple[str, ...]:
    """Words put together: a particle with what follows, the second half of a compound with what it follows."""
    found: list[str] = []
    held = ""
    for place, word in enumerate(words):
        if word in SON_OF and found:
            continue
        if (word in before or (word in SERVANT and _article_next(words, place))) and len(held) < MAX_LETTERS:
            held += word
            continue
        whole, held = held + word, ""
        if whole in after and found:
            found[-1] += whole
        else:
            found.append(whole)
    if held:
        found.append(held)
    return tuple(found[:MAX_TOKENS])


def _article_next(words: list[str], place: int) -> bool:
    return place + 1 < len(words) and bool(ARTICLE.match(words[place + 1]))


@lru_cache(maxsize=200_000)
def coarse(token: str) -> str:
    """A key that spellings of one word share: no article, lam and alef in one order, a weak last letter dropped.

    >>> coarse("العلا") == coarse("عال"), coarse("سلمي") == coarse("سلما")
    (True, True)
    """
    if script_of(token) is Script.LATIN:
        return _coarse_latin(token)
    bare = token.replace(RIAL_TURNED, RIAL)
    bare = LAM_ALEF.sub(lambda m: "ا" * m.group().count("ا") + "ل" * m.group().count("ل"), bare)
    if len(bare) > 4:
        bare = "ا" + bare[3:] if bare.startswith("اال") else bare.removeprefix("ال")
    return (bare[:-1] if len(bare) > 2 and bare[-1] in "اهي" else bare) or token


def _coarse_latin(token: str) -> str:
    """Vowels but the first as one, no doubled letters, no article."""
    bare = re.sub(r"^(?:al|el)(?=.{3})", "", token)
    bare = re.sub(r"(.)\1+", r"\1", bare.replace("ou", "u").replace("ee", "i").replace("oo", "u").replace("kh", "k"))
    return re.sub(r"[aeiouy]+", "a", bare).removesuffix("h").removesuffix("a") or token


def turned(token: str) -> str:
    """An Arabic word with every lam-alef, and the rial's ligature, in the order that PDF extraction may give."""
    return token.replace("لا", "ال").replace(RIAL, RIAL_TURNED)


@lru_cache(maxsize=200_000)
def skeleton(token: str) -> str:
    """The consonants by class of sound, alike for both scripts: a key for blocking, too coarse to compare by.

    >>> skeleton("خالد"), skeleton("khaled"), skeleton("عبدالرحمن"), skeleton("abdalrahman")
    ('kld', 'kld', 'bdlrmn', 'bdlrmn')
    """
    bare = re.sub(r"^(?:a+l|el)(?=.{3})", "", token).removeprefix("ال")
    bare = bare.replace("sh", "s").replace("th", "t").replace("dh", "d").replace("kh", "k").replace("gh", "g")
    kept = "".join(SKELETON.get(c, "") for c in bare)
    return re.sub(r"(.)\1+", r"\1", kept) or token[:1]
