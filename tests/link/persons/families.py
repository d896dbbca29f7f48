"""Invented people of the Republic of Meravia, in families, and a second list of them with planted noise.

Family names and places are made up; given names are common ones. Nothing here comes from the code under test.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from sijill.link.persons.people import Person

BOYS_WRITTEN = "أحمد خالد سمير يوسف عمر زياد مراد باسل نبيل طارق فؤاد هاني رامز عصام غسان صلاح صالح علاء ماجد إياد"
GIRLS_WRITTEN = "سلمى ليلى هدى رانيا نور منى عبير سعاد لمياء فاطمة زينب هناء رشا ميساء آلاء أمل دعاء سناء غادة وفاء"
STEMS_WRITTEN, ENDINGS_WRITTEN = "مير سنا رافي دال ورد كرم زيت لوز صخر بدر نهر قمح", "وني ادي اوي ين ان ور يط وم اس يج"
BOYS, GIRLS = BOYS_WRITTEN.split(), GIRLS_WRITTEN.split()
FIRST, SECOND = STEMS_WRITTEN.split(), ENDINGS_WRITTEN.split()
FAMILIES = [f"ال{first}{second}" for first in FIRST for second in SECOND]
LATIN = {
    **dict(zip("ابتجحدرزسصضطظعفقكلمنهوي", "abtjhdrzssdtzafqklmnhoi", strict=True)),
    "ث": "th",
    "خ": "kh",
    "ذ": "dh",
    "ش": "sh",
    "غ": "gh",
    "أ": "a",
    "إ": "i",
    "آ": "aa",
    "ى": "a",
    "ة": "a",
    "ء": "",
    "ئ": "i",
    "ؤ": "o",
}
MONTH = 28


@dataclass(frozen=True, slots=True)
class Lists:
    """Two lists, the true pairs, and what was done to each pair's second row."""

    a: tuple[Person, ...]
    b: tuple[Person, ...]
    truth: frozenset[tuple[str, str]]
    noise: dict[str, str]


def households(seed: int, families: int) -> list[Person]:
    """Siblings by household: they share father, grandfather and family, and differ in given name and birth date."""
    draw = random.Random(seed)
    people = []
    for _ in range(families):
        father, grandfather, family = draw.choice(BOYS), draw.choice(BOYS), draw.choice(FAMILIES)
        born = draw.randint(1990, 2015)
        boys, girls = draw.sample(BOYS, 2), draw.sample(GIRLS, 2)
        for given, sex in [*((g, "m") for g in boys), *((g, "f") for g in girls)][: draw.randint(1, 4)]:
            day = (born, draw.randint(1, 12), draw.randint(1, MONTH))
            name = f"{given} {father} {grandfather} {family}"
            people.append(Person(f"P{len(people):05}", name, sex, 2031 - born, day))
            born += draw.randint(1, 4)
    return people


def noisy(person: Person, kind: str, draw: random.Random) -> Person:
    """The person as another list might have it."""
    name = person.name
    match kind:
        case "spelling":
            name = name.replace("أ", "ا").replace("إ", "ا").replace("ة", "ه").replace("ى", "ي")
        case "lam-alef":
            name = name.replace("لا", "ال")
        case "vowel signs":
            name = "".join(c + ("\u064e" if draw.random() < 0.3 else "") for c in name)
        case "letter":
            place = draw.randrange(2, len(name) - 2)
            name = name[:place] + draw.choice("بتنمرس") + name[place + 1 :] if name[place] != " " else name
        case "missing":
            words = name.split()
            name = " ".join(words[:2] + words[3:])
        case "date" if person.born:
            year, month, day = person.born
            return replace(person, born=(year, day, month) if day <= 12 else (year, month, day % MONTH + 1))
        case "no date":
            return replace(person, born=None, age=None)
    return replace(person, name=name)


NOISE = ("none", "spelling", "lam-alef", "vowel signs", "letter", "missing", "date", "no date")


def lists(seed: int = 5, families: int = 300, *, dates: bool = True) -> Lists:
    """Two overlapping lists of one population: two in three are on either."""
    draw = random.Random(seed)
    a, b, truth, noise = [], [], set(), {}
    for person in households(seed, families):
        if not dates:
            person = replace(person, born=None)
        on_a, on_b, kind = draw.random() < 0.66, draw.random() < 0.66, draw.choice(NOISE)
        left, right = replace(person, record=f"A{person.record}"), replace(person, record=f"B{person.record}")
        if on_a:
            a.append(left)
        if on_b:
            b.append(noisy(right, kind, draw))
            noise[right.record] = kind
        if on_a and on_b:
            truth.add((left.record, right.record))
    draw.shuffle(a)
    draw.shuffle(b)
    return Lists(tuple(a), tuple(b), frozenset(truth), noise)


def romanised(name: str) -> str:
    """A plain romanisation with some vowels put in between consonants, as clerks do."""
    words = []
    for word in name.split():
        article, rest = ("al-", word[2:]) if word.startswith("ال") else ("", word)
        letters = [LATIN[c] for c in rest]
        vowelled = "".join(
            text
            + ("a" if i + 1 < len(letters) and i % 2 == 0 and not set(text + letters[i + 1]) & set("aeiow") else "")
            for i, text in enumerate(letters)
        )
        words.append((article + vowelled).title())
    return " ".join(words)
