"""Whether decoded text could be words: the test that tells one-byte encodings apart.

windows-1256 and ISO 8859-6 share bytes for half of the Arabic letters, and windows-1252 gives accented letters for all
of them, so a wrong guess raises no error; but it mixes scripts within words, or uses letters that are rare.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import islice

WORD_BEYOND_ASCII = re.compile(r"(?:[^\W_]|[\u064b-\u0655\u0640])+")
# Eleven letters make up two thirds of running Arabic; a wrong encoding shifts them onto others.
COMMON_ARABIC = frozenset("اليمونترهعب")
ARABIC_LETTER = re.compile("[\u0621-\u063a\u0641-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc]")
TANWIN = re.compile("[\u064b-\u064d]")
EXPECTED_COMMON = 0.5
MAX_TANWIN = 0.05
# Letters of Western Europe that stand within words, and the signs beyond ASCII that stand between them.
WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿßšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝŠŽ")
SIGNS = frozenset("\xa0\xad«»“”‘’‚„–—…•·€£°©®™§،؛؟٪٫٬\u200c\u200d\u200e\u200fªº²³½¼¾±´†‡‹›")
OPENING_SIGNS = frozenset("¡¿")
SIGNS_NOT_WITHIN_WORDS = frozenset("‚„†‡£€")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
READABLE = re.compile(
    "[\t\n\r\f\x20-\x7e\u00a0-\u024f\u0300-\u036f\u0370-\u052f\u0590-\u06ff\u0750-\u077f\u2000-\u206f\u20a0-\u20bf\ufb50-\ufdff\ufe70-\ufeff]"
)
SAMPLE_OF_WORDS = 4_000


def plausibility(text: str) -> float:
    """How far the words beyond ASCII could be words, 0 to 1; 1 where there are none.

    Each word with a letter beyond ASCII, and each such sign, is judged on its own; the score is the share that passes,
    lowered where the letters of Arabic are not those that Arabic mostly uses.
    """
    verdicts: list[bool] = []
    for match in WORD_BEYOND_ASCII.finditer(text):
        word = match.group()
        if not word.isascii():
            verdicts.append(_could_be_word(word))
            if len(verdicts) >= SAMPLE_OF_WORDS:
                break
    signs = (match.start() for match in BEYOND_ASCII.finditer(text) if not WORD_BEYOND_ASCII.match(match.group()))
    verdicts += [_could_be_sign(text, at) for at in islice(signs, SAMPLE_OF_WORDS)]
    if not verdicts:
        return 1.0
    return sum(verdicts) / len(verdicts) * _arabic_frequencies(text)


def readable_share(text: str) -> float:
    """The share of characters that reports of the region are written with, controls and East Asian ones left out."""
    return len(READABLE.findall(text)) / len(text) if text else 0.0


def _could_be_word(word: str) -> bool:
    """One script; Arabic with its marks; Latin mostly ASCII, its accents Western, no capital after a small letter."""
    letters = [char for char in word if char.isalpha()]
    scripts = {_script(char) for char in letters}
    if len(scripts) > 1 or not letters:
        return False
    if scripts == {"OTHER"} or not (word.isupper() or word[1:] == word[1:].lower()):
        return False
    if scripts != {"LATIN"}:
        return True
    accented = [char for char in letters if ord(char) > 0x7F]
    return WESTERN.issuperset(accented) and (len(accented) * 2 <= len(letters) or len(letters) <= 2)


def _could_be_sign(text: str, at: int) -> bool:
    """A sign of print where one stands: low quotes not within a word, and `¡` before one."""
    before, after = text[at - 1 : at].isalpha(), text[at + 1 : at + 2].isalpha()
    if text[at] in OPENING_SIGNS:
        return after and not before
    return text[at] in SIGNS and not (before and after and text[at] in SIGNS_NOT_WITHIN_WORDS)


@cache
def _script(char: str) -> str:
    name = unicodedata.name(char, "OTHER").split(" ")[0]
    if char in "ªº":
        return "LATIN"
    return name if name in ("LATIN", "ARABIC", "CYRILLIC", "GREEK", "HEBREW") else "OTHER"


def _arabic_frequencies(text: str) -> float:
    letters = ARABIC_LETTER.findall(text)
    if len(letters) < 8:
        return 1.0
    common = sum(letter in COMMON_ARABIC for letter in letters) / len(letters)
    tanwin = len(TANWIN.findall(text)) / len(letters)
    return min(1.0, common / EXPECTED_COMMON) * (1.0 if tanwin <= MAX_TANWIN else MAX_TANWIN / tanwin)
