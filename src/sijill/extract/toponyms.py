"""Folding of place names, so that spellings which differ only in dress compare as equal.

A folded name is for comparison alone and is never shown: *Al-Ḩasakah*, *al Hasakah* and *Hasakah* fold
to one string, as do *الحسكة*, *الحَسَكه* and *حسكة*. Two scripts never fold into each other.
"""

import re
import unicodedata
from functools import lru_cache

#: Marks that writers put inside a name for a glottal stop or ʿayn; they are dropped, not turned into spaces.
_APOSTROPHES = "'`´‘’‚‛“”\"ʹʺʻʼʽʾʿˀˁˈ′‵՚＇"

#: Letters that Unicode does not decompose: Latin ones to their plain base, Arabic-script ones to the Arabic letter.
_LETTERS = {
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ə": "e",
    "ŋ": "n",
    "ħ": "h",
    "ŧ": "t",
    "ٱ": "ا",
    "ة": "ه",
    "ى": "ي",
    "ی": "ي",
    "ې": "ي",
    "ک": "ك",
    "ڪ": "ك",
    "ە": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ۀ": "ه",
    "ۃ": "ه",
    "ء": "",
    "ـ": "",
}
_TRANSLATION = str.maketrans(_LETTERS | dict.fromkeys(_APOSTROPHES, ""))
#: Longer strings are no names; they are folded each time anew, so that remembering names costs little memory.
_REMEMBERED = 100
_ARABIC_ARTICLE = "ال"
_FULL_ARTICLES = frozenset({"al", "el", "il", "ul"})
_SUN_CLUSTERS = ("sh", "th", "dh", "ch")
_SUN_LETTERS = frozenset("tdrszn")


def _plain(text: str) -> str:
    """One pass of folding letter by letter; not yet a fixed point for every exotic character."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_TRANSLATION)).casefold()
    letters: list[str] = []
    for char in unicodedata.normalize("NFKD", decomposed).translate(_TRANSLATION):
        category = unicodedata.category(char)
        if category in ("Mn", "Me", "Cf"):
            continue
        if category == "Nd":
            letters.append(str(unicodedata.decimal(char)))
        else:
            letters.append(char if char.isalnum() else " ")
    return "".join(letters)


class _Folding(dict[int, str]):
    """What each character folds to, worked out when it is first met; no character's folding depends on another's."""

    def __missing__(self, code: int) -> str:
        folded, previous = _plain(chr(code)), ""
        while folded != previous:
            folded, previous = _plain(folded), folded
        self[code] = folded
        return folded


_FOLDING = _Folding()


def is_arabic_script(text: str) -> bool:
    """Whether a text begins in Arabic script."""
    return "\u0600" <= text[:1] <= "\u06ff" or "\u0750" <= text[:1] <= "\u077f" or "\ufb50" <= text[:1] <= "\ufefc"


def fold_letters(text: str) -> str:
    """Fold case, marks, apostrophes, hyphens, Arabic letter forms and digits, but keep every word.

    Total on any Unicode string and idempotent; words come out separated by single spaces. Articles stay,
    which lets a caller prefer *El Salvador* over *Salvador* when both would match.

    >>> fold_letters("Deir ez-Zôr"), fold_letters("الرَّقّـة ١٢")
    ('deir ez zor', 'الرقه 12')
    """
    return " ".join(text.translate(_FOLDING).split())


def is_article(word: str, following: str) -> bool:
    """Whether a folded Latin word is the Arabic article before the folded word that follows it.

    The forms that take over the next consonant (*ash-*, *ez-*, *ar-*) count only before that consonant, so
    that *As Pontes* keeps its *As*.
    """
    if word in _FULL_ARTICLES:
        return True
    if len(word) == 2 and word[0] in "aeu":
        return word[1] in _SUN_LETTERS and following.startswith(word[1])
    return len(word) == 3 and word[0] in "aeu" and word[1:] in _SUN_CLUSTERS and following.startswith(word[1:])


def drop_arabic_article(word: str) -> str:
    """A folded Arabic word without its leading ال, if at least two letters remain."""
    while len(word) >= 4 and word.startswith(_ARABIC_ARTICLE):
        word = word[2:]
    return word


def drop_articles(words: list[str]) -> list[str]:
    """Folded words without Arabic articles; the last word always stays, so that a name never becomes empty."""
    kept: list[str] = []
    for word in reversed(words):
        if kept and is_article(word, kept[-1]):
            continue
        kept.append(drop_arabic_article(word))
    kept.reverse()
    return kept


def normalise_name(name: str) -> str:
    """The form of a place name that lookups compare: letters folded and Arabic articles left out.

    >>> normalise_name("Al-Ḩasakah") == normalise_name("el Hasakah") == "hasakah"
    True
    >>> normalise_name("دير الزَّور") == normalise_name("دير زور")
    True
    """
    return _normalise_once(name) if len(name) <= _REMEMBERED else _normalise(name)


def _normalise(name: str) -> str:
    return " ".join(drop_articles(fold_letters(name).split()))


_normalise_once = lru_cache(maxsize=65_536)(_normalise)


#: Consonants that writers of Arabic names in Latin letters, or two transcriptions of them, do not keep apart.
_CLUSTERS = (("sh", "ش"), ("ch", "ش"), ("kh", "خ"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("dj", "j"), ("ph", "f"))
_CONSONANTS = {
    **dict(zip("bdfghjklmnprstvz", "bdfghjklmnbrstfz", strict=True)),
    **dict(zip("cqxشخY", ("k", "k", "ks", "ش", "خ", "y"), strict=True)),
    **dict(zip("بتثجحدذرزسصضطظغفقكلمنهپگڤچ", "bttjhddrzssdtdgfkklmnhbgfش", strict=True)),
}
_SEMIVOWELS = {"w": "w", "y": "y", "و": "w", "ي": "y"}


#: The ending -iya in its spellings (-iya, -iyyeh, -ia, -eya, ية, يا).
_IYA = re.compile(r"(?:i+y*|e+y+|y+)[ae]h?$|ي[اه]$")
_FINAL_VOWELS = frozenset("aeiouyYاهيوع")


def skeleton(name: str) -> str:
    """The consonants of a name in Latin or Arabic letters: one string for most spellings of an Arabic name.

    *Maarat al-Numan*, *Ma'arrat an-Nu'man* and *معرة النعمان* have one skeleton. It leaves out vowels, doubled letters
    and the division into words; *w* and *y* count where they begin a word, the ending *-iya* counts as *y*, and a
    vowel at the end as *a*, whatever it is. Names that are quite unlike can share one, so a match by skeleton needs
    something else to speak for it.
    """
    letters: list[str] = []
    final = ""
    for word in normalise_name(name).split():
        for cluster, letter in _CLUSTERS:
            word = word.replace(cluster, letter)
        word = _IYA.sub("Y", word)
        if word[-1:] == "h" and word[-2:-1] in ("a", "e", "i", "o", "u"):
            word = word[:-1]
        final = "a" if word[-1] in _FINAL_VOWELS else ""
        word = word.removesuffix("ه")
        letters.append(_SEMIVOWELS.get(word[:1], "") + "".join(_CONSONANTS.get(letter, "") for letter in word))
    joined = "".join(letters)
    once = "".join(letter for at, letter in enumerate(joined) if at == 0 or letter != joined[at - 1])
    return once + final
