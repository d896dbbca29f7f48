"""How one row of a list differs from the same row of another release: in which fields, and in what manner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import OSA

from sijill.core.lists import Field
from sijill.link.persons.days import day_of
from sijill.link.persons.entries import NAMES
from sijill.link.persons.people import age_of
from sijill.link.persons.spelling import LAM_ALEF, tokens

WORDED = frozenset({*NAMES, Field.MOTHER, Field.KUNYA, Field.PLACE})
LETTERS_APART = 2


class Manner(StrEnum):
    """How a value was changed.

    `orthography`: other letters of one spelling (hamza, ya, vowel signs, lam-alef). `spacing`: words parted or joined.
    `letter`: up to two letters of a word. `token`: a word more, less, or in another place. `another`: another name.
    """

    ORTHOGRAPHY = "orthography"
    SPACING = "spacing"
    LETTER = "letter"
    TOKEN = "token"  # noqa: S105 -- a word of a name
    ANOTHER = "another"
    AGE = "age"
    DATE = "date"
    FORM = "form"
    VALUE = "value"
    FILLED = "filled"
    EMPTIED = "emptied"


@dataclass(frozen=True, slots=True)
class Correction:
    """One field as it was and as it is, and how they differ."""

    field: Field
    before: str
    after: str
    manners: tuple[Manner, ...]


def corrections(
    before: Mapping[Field, str], after: Mapping[Field, str], months: Mapping[str, int]
) -> tuple[Correction, ...]:
    """What differs between two rows of one person, field by field; fields that only one release has count as empty."""
    found = []
    for field in Field:
        old, new = before.get(field, ""), after.get(field, "")
        if old != new:
            found.append(Correction(field, old, new, _manners(field, old, new, months)))
    return tuple(found)


def another_person(found: tuple[Correction, ...]) -> bool:
    """Whether a row was given to somebody else: a name has nothing in common with the one before."""
    return any(c.field in NAMES and Manner.ANOTHER in c.manners for c in found)


def _manners(field: Field, old: str, new: str, months: Mapping[str, int]) -> tuple[Manner, ...]:
    if not old or not new:
        return (Manner.FILLED if new else Manner.EMPTIED,)
    if field in WORDED:
        return name_manners(old, new)
    try:
        if field is Field.AGE:
            return (Manner.FORM if age_of(old) == age_of(new) else Manner.AGE,)
        if field in (Field.BORN, Field.DIED):
            return (Manner.FORM if day_of(old, months) == day_of(new, months) else Manner.DATE,)
    except ValueError:  # One of the two is no age or date: that it was put right, or wrong, is the correction.
        return (Manner.AGE if field is Field.AGE else Manner.DATE,)
    return (Manner.VALUE,)


def name_manners(old: str, new: str) -> tuple[Manner, ...]:
    """How two names that are not written alike differ, the slightest manner first.

    >>> [str(m) for m in name_manners("هدى عبد الكريم", "هدي عبدالكريم")]
    ['orthography', 'spacing']
    >>> [str(m) for m in name_manners("Lamia Rafi Wardon", "Lamia Wardun")]
    ['letter', 'token']
    """
    manners = []
    before, after = tokens(old), tokens(new)
    if "".join(old.split()) != "".join(new.split()) and _letters(before) == _letters(after):
        manners.append(Manner.ORTHOGRAPHY)
    if len(old.split()) != len(new.split()) and _letters(before) == _letters(after):
        manners.append(Manner.SPACING)
    if _letters(before) != _letters(after):
        manners += _by_word(before, after)
    return tuple(manners) or (Manner.SPACING,)


def _letters(words: tuple[str, ...]) -> str:
    return "".join(words)


def _by_word(before: tuple[str, ...], after: tuple[str, ...]) -> list[Manner]:
    """Words that stay, words a few letters apart, words that came or went."""
    left, gone = list((Counter(after) - Counter(before)).elements()), (Counter(before) - Counter(after)).elements()
    kept = sum((Counter(before) & Counter(after)).values())
    manners, lost = [], 0
    for word in gone:
        near = min(left, key=lambda other: (OSA.distance(word, other), other), default="")
        if near and OSA.distance(word, near) <= min(LETTERS_APART, max(1, len(word) // 3)):
            left.remove(near)
            manners.append(Manner.ORTHOGRAPHY if _turned(word) == _turned(near) else Manner.LETTER)
        elif near and _turned(word) == _turned(near):
            left.remove(near)
            manners.append(Manner.ORTHOGRAPHY)
        else:
            lost += 1
    if not kept and not manners:
        return [Manner.ANOTHER]
    if lost or left or not manners:
        manners.append(Manner.TOKEN)
    return sorted(set(manners), key=list(Manner).index)


def _turned(word: str) -> str:
    """Lam and alef in one order: extraction from PDF turns the ligature round."""
    return LAM_ALEF.sub(lambda m: "".join(sorted(m.group())), word)
