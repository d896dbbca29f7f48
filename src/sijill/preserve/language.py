"""The language of a text: by its script first, by its commonest words next, by py3langid last.

The model of py3langid takes a second to load, so it is asked only where script and words do not tell.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from sijill.preserve.vocabulary import vocabulary

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SAMPLE = 2_000
SAMPLE_FOR_MODEL = 600
FEWEST_LETTERS = 3
FEWEST_LETTERS_FOR_MODEL = 16
FEWEST_WORDS = 20
ENOUGH_CONFIDENCE = 0.6
HARDLY_ANY = 0.1
WORDS = vocabulary("languages")
LANGUAGES = tuple(WORDS["languages"].split())
SCRIPTS = {
    "Arab": re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06fc\u0750-\u077f]"),
    "Latn": re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]"),
    "Cyrl": re.compile("[\u0400-\u052f]"),
    "Hebr": re.compile("[\u05d0-\u05ea]"),
}
SCRIPT_OF: dict[str, str] = {
    language: script for script, languages in WORDS["script"].items() for language in languages.split()
}
ARABIC_SCRIPT: dict[str, frozenset[str]] = {
    language: frozenset(letters) for language, letters in WORDS["arabic_script"].items()
}
COMMON_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in WORDS["common_words"].items()
}
WORD = re.compile(r"[^\W\d_]+")
TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8}){0,4}")


def language_tag(stated: str | None) -> str | None:
    """The primary subtag of a language tag (BCP 47), in lower case; `None` for what is no tag.

    >>> language_tag("ar-SY"), language_tag("Arabic")
    ('ar', None)
    """
    match = TAG.fullmatch((stated or "").strip())
    return match.group(1).lower() if match else None


def language_of(text: str) -> str | None:
    """The language of most of a text as a tag such as `ar`; `None` where there is too little to tell."""
    sample = text[:SAMPLE]
    script, letters = _script(sample)
    if script is None:
        return None
    if script == "Arab":
        return _of_arabic_script(sample)
    if script == "Hebr":
        return "he"
    if script == "Latn" and (found := _by_words(sample)):
        return found
    return _by_model(sample[:SAMPLE_FOR_MODEL]) if letters >= FEWEST_LETTERS_FOR_MODEL else None


def contradicts(language: str, text: str) -> bool:
    """Whether hardly a letter of a text is in the script of the language, as in pages out of a foreign template."""
    expected = SCRIPT_OF.get(language)
    counts = _counts(text[:SAMPLE])
    letters = sum(counts.values())
    return expected is not None and letters > FEWEST_WORDS and counts.get(expected, 0) < HARDLY_ANY * letters


def _script(sample: str) -> tuple[str | None, int]:
    """The script of most letters, and how many letters are in it."""
    script, most = max(_counts(sample).items(), key=lambda item: item[1])
    return (script, most) if most >= FEWEST_LETTERS else (None, most)


def _counts(sample: str) -> dict[str, int]:
    """How many letters are in each script."""
    if sample.isascii():
        return {"Latn": len(SCRIPTS["Latn"].findall(sample))}
    return {script: len(letters.findall(sample)) for script, letters in SCRIPTS.items()}


def _of_arabic_script(sample: str) -> str:
    """Arabic, unless one letter in fifty is one that only another language writes."""
    letters = SCRIPTS["Arab"].findall(sample)
    for language, marks in ARABIC_SCRIPT.items():
        if sum(1 for letter in letters if letter in marks) > len(letters) / 50:
            return language
    return "ar"


def _by_words(sample: str) -> str | None:
    """The language whose common words make up a fifth of the text and three times any other's; else `None`."""
    words = WORD.findall(sample.lower())
    if len(words) < FEWEST_WORDS:
        return None
    shares = sorted(
        ((sum(map(common.__contains__, words)), code) for code, common in COMMON_WORDS.items()), reverse=True
    )
    (best, language), (second, _) = shares[:2]
    return language if best > len(words) / 5 and best > 3 * second else None


def _by_model(sample: str) -> str | None:
    language, confidence = _model().classify(sample)
    return str(language) if confidence >= ENOUGH_CONFIDENCE else None


@cache
def _model() -> LanguageIdentifier:
    """The model, loaded when first asked; limited to `LANGUAGES`."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(LANGUAGES)
    return model
