"""Keys by which two spellings of one name are seen to be one, in Latin and in Arabic script.

Recalled, not read: the Arabic folding (alef forms, final ya, ta marbuta, tatweel, vowel signs) is the usual one of
Arabic search engines; the consonant skeleton is the idea behind the Buckwalter and ALA-LC tables, much simplified.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

WORD = re.compile(r"[^\W_]+")
LETTERS = str.maketrans({**dict(zip("أإآٱىؤئةکی", "اااايويهكي", strict=True)), "ـ": None})
DOTTED = re.compile(r"(?:[A-Z]\.){2,8}")
ARABIC = re.compile(r"[\u0600-\u06ff]")
ARTICLE = "ال"
MIN_STEM = 2
# "Meravian" is ميرافي: the ending of a people's name is no part of its sound.
DEMONYMS = ("ian", "ien", "ienne", "ean", "ians", "iens")

# Consonants by sound class; what is not listed (vowels, h, ayn, hamza) is dropped on both sides.
SOUNDS = MappingProxyType(
    {
        **dict(zip("bdfgjklmnrstvzcqpx", "bdfgjklmnrstfskkbk", strict=True)),
        **dict(zip("بتثجدذرزسشصضطظغفقكلمن", "bttjddrssssdtsgfkklmn", strict=True)),
    }
)
DIGRAPHS = MappingProxyType({"sh": "s", "ch": "s", "th": "t", "dh": "d", "kh": "k", "gh": "g", "ph": "f"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of `vocabulary.toml`, folded; `concepts` leads from a word to its meaning in any language."""

    small: frozenset[str]
    who: frozenset[str]
    how: frozenset[str]
    speakers: frozenset[str]
    concepts: Mapping[str, str]
    meanings: frozenset[str]
    known: Mapping[str, str]
    places: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that is shipped, read once."""
    data = tomllib.loads(resources.files(__package__).joinpath("vocabulary.toml").read_text(encoding="utf-8"))
    concepts = {stem(w): concept for concept, words in data["concepts"].items() for w in [concept, *words]}
    return Vocabulary(
        small=frozenset(fold(w) for w in data["small"]["words"]),
        who=frozenset(stem(w) for w in data["generic"]["who"]),
        how=frozenset(stem(w) for w in data["generic"]["how"]),
        speakers=frozenset(stem(w) for w in data["speakers"]["words"]),
        concepts=MappingProxyType(concepts),
        meanings=frozenset(concepts.values()),
        known=MappingProxyType(dict(data["known"])),
        places=frozenset(stem(w) for w in data["places"]["words"]),
    )


def fold(text: str) -> str:
    """`text` without case, accents, vowel signs and the spelling variants of Arabic letters.

    >>> fold("Wādī al-Ṭall"), fold("مُسْتَشْفى الأمل")
    ('wadi al-tall', 'مستشفي الامل')
    """
    return _unmarked(_unmarked(text).casefold())


def _unmarked(text: str) -> str:
    """`text` in its own case, without marks. Arabic letters first: a hamza would be torn from its seat."""
    parts = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).translate(LETTERS))
    return "".join(c for c in parts if not unicodedata.combining(c)).translate(LETTERS)


def stem(word: str) -> str:
    """A folded word without the Arabic article that is written onto it."""
    word = fold(word)
    return word.removeprefix(ARTICLE) if word.startswith(ARTICLE) and len(word) - len(ARTICLE) >= MIN_STEM else word


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name in order, folded, without articles and small words; short forms known everywhere written out.

    >>> words_of("the Ministry of Health"), words_of("l’hôpital d’Orsa")
    (('ministry', 'health'), ('hopital', 'orsa'))
    """
    known = vocabulary()
    # Before folding: "UN" is the United Nations, "un" a French article.
    text = DOTTED.sub(lambda m: m[0].replace(".", "") + " ", _unmarked(text))
    spelled = " ".join(known.known.get(w, w) for w in WORD.findall(text))
    return tuple(stem(w) for w in WORD.findall(fold(spelled)) if w not in known.small)


def name_key(text: str) -> str:
    """One key for the spellings of a name: words in any order, in any language that the vocabulary knows.

    Those who speak for an institution are left out: its spokesman's count is its own.

    >>> name_key("Ministry of Health") == name_key("a health ministry official") == name_key("وزارة الصحة")
    True
    """
    known, words = vocabulary(), words_of(text)
    keys = {known.concepts.get(w, w) for w in words if w not in known.speakers}
    return " ".join(sorted(keys)) or " ".join(sorted(words)) or fold(text).strip()


def place_key(text: str) -> str:
    """One key for the spellings of a place's name, without the words that only say what kind of place it is.

    >>> place_key("the village of Orsa") == place_key("Orsa"), place_key("Orsa valley") == place_key("vallée de l’Orsa")
    (True, True)
    """
    known, words = vocabulary(), words_of(text)
    keys = {known.concepts.get(w, w) for w in words if w not in known.places} or set(words)
    return " ".join(sorted(keys))


def is_generic(source: str) -> bool:
    """Whether a source's words name nobody in particular.

    >>> is_generic("local medical sources"), is_generic("مصادر طبية"), is_generic("the health ministry")
    (True, True, False)
    """
    known, found = vocabulary(), words_of(source)
    return all(w in known.who or w in known.how for w in found) and any(w in known.who for w in found)


def names_somebody(source: str) -> bool:
    """Whether a source's words hold a proper name: a word with a capital, or in a script without them, of no known use.

    >>> names_somebody("Harun Torm"), names_somebody("it is said"), names_somebody("three witnesses")
    (True, False, False)
    """
    known = vocabulary()
    used = known.who | known.how | known.small | known.speakers
    words = [w for w in WORD.findall(source) if stem(w) not in used and not w.isdigit()]
    return any(w[0].isupper() or is_arabic(w) for w in words)


def is_arabic(text: str) -> bool:
    """Whether it is written in Arabic letters."""
    return ARABIC.search(text) is not None


def skeleton(key: str) -> str:
    """The consonants of a key's proper names beside its concepts: what a name keeps from one script to another.

    >>> skeleton(name_key("Orsa Valley Monitor")) == skeleton(name_key("مرصد وادي أورسا"))
    True
    """
    meanings = vocabulary().meanings
    return " ".join(sorted(w if w in meanings else _sounds(w) for w in key.split()))


def proper_words(key: str) -> tuple[str, ...]:
    """The words of a key, or of its skeleton, that only name: those without a meaning in several languages."""
    meanings = vocabulary().meanings
    return tuple(w for w in key.split() if w not in meanings)


def _sounds(word: str) -> str:
    for ending in DEMONYMS:
        word = word.removesuffix(ending)
    for pair, sound in DIGRAPHS.items():
        word = word.replace(pair, sound)
    once = (c for i, c in enumerate(word) if i == 0 or word[i - 1] != c)
    return "".join(SOUNDS[c] for c in once if c in SOUNDS)
