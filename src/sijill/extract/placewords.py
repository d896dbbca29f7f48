"""The words around a place's name: *rural Homs*, *15 km north of X*, *قضاء X*, *la province de X*.

They say how exactly the name is meant, and so how exact its coordinates are. The words themselves are rows of
`places/words.toml`, which a researcher may extend.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.resources import files

from sijill.extract.toponyms import fold_letters, is_arabic_script

#: Longer phrases are no names of places; what is beyond is not read.
MAX_WORDS, MAX_LETTERS = 24, 400
_POSSESSIVE = re.compile(r"['’]s\b")
_ELISION = re.compile(r"\b([dDlL])['’](?=\w)")
_PARENTHESES = re.compile(r"[()\[\]]")
_COMMA = re.compile(r"[,،;؛]")
#: Forms of the French *de* that a name calls for, and Arabic particles written onto the next word.
_FRENCH_DE = (" d", " du", " des", " de la", " de l", " de les")
_ARABIC_PARTICLES = ("ب", "و", "ل", "وب")


class Wording(Enum):
    """How the words around a name say it is meant; the values are the tables of `places/words.toml`."""

    NEAR = "near"
    DIRECTION = "direction"
    COUNTRYSIDE = "countryside"
    DISTRICT = "district"
    ADMIN1 = "admin1"
    SETTLEMENT = "settlement"
    QUARTER = "quarter"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a phrase: the folded name in it, and the wordings taken off around it."""

    name: str
    wordings: frozenset[Wording]


@dataclass(frozen=True, slots=True)
class PlacePhrase:
    """A phrase taken apart: readings from the fullest name to the barest, and the place said to contain it.

    `container` is the rest of the phrase as written, `None` where it names no containing place.
    """

    readings: tuple[Reading, ...]
    container: str | None


Phrases = dict[tuple[str, ...], Wording]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The rows of `words.toml`, folded, by their words."""

    before: Phrases
    after: Phrases
    between: frozenset[str]
    between_after_unit: frozenset[str]
    determiners: frozenset[str]
    distance_lead: frozenset[str]
    distance_units: frozenset[str]
    distance_from: frozenset[str]
    longest: int


def _forms(phrase: str) -> Iterator[tuple[str, ...]]:
    """The folded forms of one vocabulary row: as it stands, with every French *de*, with Arabic particles."""
    words = tuple(fold_letters(_split_elisions(phrase)).split())
    yield words
    text = " ".join(words)
    if text.endswith(" de"):
        for ending in _FRENCH_DE:
            yield tuple((text.removesuffix(" de") + ending).split())
    if is_arabic_script(text):
        for particle in _ARABIC_PARTICLES:
            yield (particle + words[0], *words[1:])


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    text = files("sijill.extract").joinpath("places", "words.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    before: Phrases = {}
    after: Phrases = {}
    for wording in Wording:
        for phrases, side in ((before, "before"), (after, "after")):
            for row in tables[wording.value][side]:
                for words in _forms(row):
                    phrases.setdefault(words, wording)
    within = {key: frozenset(map(fold_letters, rows)) for key, rows in tables["within"].items()}
    distance = {key: frozenset(map(fold_letters, rows)) for key, rows in tables["distance"].items()}
    return _Vocabulary(
        before,
        after,
        between=within["between"],
        between_after_unit=within["between_after_unit"],
        determiners=within["determiners"],
        distance_lead=frozenset(word for row in distance["lead"] for word in row.split()),
        distance_units=distance["units"],
        distance_from=distance["from"],
        longest=max(map(len, (*before, *after))),
    )


def _split_elisions(text: str) -> str:
    return _ELISION.sub(r"\1 ", text)


def _words(text: str) -> list[str]:
    """The folded words of a phrase, without possessives and with French elisions opened."""
    return fold_letters(_split_elisions(_POSSESSIVE.sub("", text))).split()[:MAX_WORDS]


def _distance(words: list[str]) -> list[str] | None:
    """What follows *15 km* or *1.5 kilometres from*; `None` if the words do not begin with a distance."""
    vocabulary = _vocabulary()
    start = 0
    while start < len(words) and words[start] in vocabulary.distance_lead:
        start += 1
    at = start
    while at < len(words) and words[at].isdigit():
        at += 1
    if at == start or at >= len(words) or words[at] not in vocabulary.distance_units:
        return None
    rest = words[at + 1 :]
    if rest and rest[0] in vocabulary.distance_from:
        rest = rest[1:]
    return rest or None


def _unwrap_after(words: list[str]) -> tuple[list[str], Wording] | None:
    """The words without the longest wording behind the name."""
    vocabulary = _vocabulary()
    for length in range(min(vocabulary.longest, len(words) - 1), 0, -1):
        wording = vocabulary.after.get(tuple(words[-length:]))
        if wording is not None:
            return words[:-length], wording
    return None


def _unwrap_before(words: list[str]) -> tuple[list[str], Wording] | None:
    """The words without the longest wording, or the distance, before the name."""
    vocabulary = _vocabulary()
    for length in range(min(vocabulary.longest, len(words) - 1), 0, -1):
        wording = vocabulary.before.get(tuple(words[:length]))
        if wording is not None:
            return words[length:], wording
    rest = _distance(words)
    return None if rest is None else (rest, Wording.NEAR)


def _readings(words: list[str]) -> tuple[Reading, ...]:
    """The phrase as a whole, then with one wording after the other taken off.

    Those behind the name go first, so that *South Darfur State* is read as *South Darfur* before *Darfur*.
    """
    wordings: frozenset[Wording] = frozenset()
    readings = [Reading(" ".join(words), wordings)]
    while (step := _unwrap_after(words) or _unwrap_before(words)) is not None:
        words = step[0]
        wordings = wordings | {step[1]}
        readings.append(Reading(" ".join(words), wordings))
    return tuple(readings)


def _names_a_unit(words: list[str]) -> bool:
    """Whether the words are a name with its unit behind it (*the Jobar district*), not a unit alone (*the city*)."""
    while words and words[0] in _vocabulary().determiners:
        words = words[1:]
    return bool(words) and _unwrap_after(words) is not None


def _split_within(words: list[str]) -> tuple[list[str], str | None]:
    """The words before *in*, *dans*, *في*, and the container after it; *of* and *من* count only after a unit's word."""
    vocabulary = _vocabulary()
    start = 0
    while start < len(words) and words[start] in vocabulary.determiners:
        start += 1
    open_beginning = _unwrap_before(words[start:]) is None
    for at in range(1, len(words) - 1):
        weak = open_beginning and words[at] in vocabulary.between_after_unit and _names_a_unit(words[:at])
        if weak or words[at] in vocabulary.between:
            return words[:at], " ".join(words[at + 1 :])
    return words, None


def split_list(text: str) -> list[str]:
    """The parts of a list of names such as *Jableh, Latakia (Syria)*."""
    parts = _COMMA.split(_PARENTHESES.sub(",", text[:MAX_LETTERS]))
    return [part.strip() for part in parts if part.strip()]


def parse_phrase(text: str) -> PlacePhrase:
    """Take a phrase apart into a name, what is said around it, and the place said to contain it.

    >>> parse_phrase("the northern countryside of Homs").readings[-1].name
    'homs'
    >>> parse_phrase("Tell Senna, Meravia").container
    'Meravia'
    """
    return _parse(text[:MAX_LETTERS])


@lru_cache(maxsize=16_384)
def _parse(text: str) -> PlacePhrase:
    head, *rest = split_list(text) or [""]
    words = _words(head)
    whole = Reading(fold_letters(head), frozenset())
    inner, container = (words, ", ".join(rest)) if rest else _split_within(words)
    return PlacePhrase(tuple(dict.fromkeys((whole, *_readings(inner)))), container)


def unit_name(text: str) -> str:
    """The folded name of a unit without the word for its kind: *Homs Governorate* and *Homs*, *محافظة حمص* and *حمص*.

    A unit named by a direction keeps its whole name: *Northern State* is not *Northern*.
    """
    vocabulary = _vocabulary()
    name = fold_letters(text)
    for reading in _readings(_words(text)):
        words = tuple(reading.name.split())
        if not reading.wordings <= {Wording.ADMIN1, Wording.DISTRICT} or words in vocabulary.before:
            break
        name = reading.name
    return name


def is_wording(name: str) -> bool:
    """Whether a folded name is nothing but a word of the vocabulary (*north*, *city*, *ريف*)."""
    words = tuple(name.split())
    return words in _vocabulary().before or words in _vocabulary().after
