"""The words of the pages in one language, read from `locale/*.toml`, with CLDR's plural rules.

Messages are plain text with `{names}`; what is filled in is escaped, so neither a translator nor a source can put
markup on a page.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

from sijill.publish.inert import plain, said

# The languages of the pages, and those in which records can be put into words: the latter hold `WORDS` at least.
LANGUAGES = ("en", "ar")
SPOKEN = ("en", "ar", "fr")
WORDS = frozenset(
    (
        *("list", "month", "date", "period", "period_precision", "interval", "quantity", "harm", "group", "subset"),
        *("attribution", "attribution_kind", "perpetrator", "stance", "state", "state_means", "grade", "grade_means"),
        *("place", "place_precision", "language_name", "scope", "phrase", "history", "cause", "account", "field"),
    )
)


def english_plural(n: int) -> str:
    """The category of `n` things in English (Unicode CLDR, language plural rules, cardinal, `en`)."""
    return "one" if n == 1 else "other"


def arabic_plural(n: int) -> str:
    """The category of `n` things in Arabic (Unicode CLDR, language plural rules, cardinal, `ar`).

    >>> [arabic_plural(n) for n in (0, 1, 2, 3, 11, 100, 103)]
    ['zero', 'one', 'two', 'few', 'many', 'other', 'few']
    """
    if n < 3:
        return ("zero", "one", "two")[n]
    if 3 <= n % 100 <= 10:
        return "few"
    return "many" if n % 100 >= 11 else "other"


def french_plural(n: int) -> str:
    """The category of `n` things in French (Unicode CLDR, language plural rules, cardinal, `fr`).

    Its `many`, of whole millions, takes the words of `other` here: no message puts a noun behind such a number.
    """
    return "one" if n < 2 else "other"


PLURAL: Mapping[str, Callable[[int], str]] = {"en": english_plural, "ar": arabic_plural, "fr": french_plural}
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "en": ("one", "other"),
    "ar": ("zero", "one", "two", "few", "many", "other"),
    "fr": ("one", "other"),
}
# What stands between groups of three digits. A French reader takes a comma for the decimal sign: 1,500 would be 1.5.
GROUPING: Mapping[str, str] = {"en": ",", "ar": ",", "fr": "\u202f"}
_EVERY_CATEGORY = frozenset(CATEGORIES["ar"])


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every message of one language: `messages` by dotted key, `plurals` by key and then by CLDR category.

    `fixed` are the messages that nothing is filled into, escaped once: they are most of a page.
    """

    language: str
    direction: str
    messages: Mapping[str, str]
    plurals: Mapping[str, Mapping[str, str]]
    fixed: Mapping[str, Markup]

    def text(self, key: str, **values: object) -> Markup:
        """The message as HTML; text filled in is isolated (`said`), integers are written as numbers.

        Raises KeyError for a message, or a value, that is not there.
        """
        if not values and key in self.fixed:
            return self.fixed[key]
        return escape(self.messages[key]).format(**{k: self._filled(v) for k, v in values.items()})

    def plain(self, key: str, **values: object) -> str:
        """The message without markup, for titles and attributes."""
        return self.messages[key].format(**{k: self._spelt(v) for k, v in values.items()})

    def count(self, key: str, n: int, **values: object) -> Markup:
        """The message in the form that goes with `n` things, which it may show as `{n}`."""
        form = self.plurals[key][PLURAL[self.language](n)]
        return escape(form).format(n=self.number(n), **{k: self._filled(v) for k, v in values.items()})

    def number(self, n: int) -> str:
        """A number as the language writes it."""
        return number(n, self.language)

    def _filled(self, value: object) -> Markup:
        if isinstance(value, Markup):
            return value
        return escape(self.number(value)) if isinstance(value, int) else said(str(value))

    def _spelt(self, value: object) -> str:
        return self.number(value) if isinstance(value, int) else plain(str(value))


def number(n: int, language: str = "en") -> str:
    """Western digits in groups of three, in every language.

    Arabic media of the Levant print Western digits, and a figure can then be compared with its source at a glance.

    >>> number(1500), number(1500, "fr")
    ('1,500', '1\u202f500')
    """
    return f"{n:,}".replace(",", GROUPING[language])


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of `language`, one of SPOKEN."""
    text = files("sijill.publish").joinpath("locale", f"{language}.toml").read_text(encoding="utf-8")
    return parse(tomllib.loads(text))


def parse(tree: Mapping[str, Any]) -> Catalogue:
    """A catalogue from the tables of its TOML file; a table whose keys are all plural categories is one message."""
    messages: dict[str, str] = {}
    plurals: dict[str, Mapping[str, str]] = {}
    for key, value in _leaves("", tree):
        if isinstance(value, str):
            messages[key] = value
        else:
            plurals[key] = value
    fixed = {key: escape(message) for key, message in messages.items() if "{" not in message}
    return Catalogue(messages.pop("language.code"), messages.pop("language.direction"), messages, plurals, fixed)


def _leaves(prefix: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping) and not _EVERY_CATEGORY.issuperset(value):
            yield from _leaves(f"{key}.", value)
        elif isinstance(value, str | Mapping):
            yield key, value
        else:
            raise TypeError(f"{key}: a message is text, not {type(value).__name__}")
