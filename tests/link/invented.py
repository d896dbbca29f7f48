"""Invented reports of invented attacks: several outlets tell each in their own words, some copy, some give no day."""

from __future__ import annotations

import datetime as dt
import hashlib
from random import Random

from sijill.core.mention import PlaceMention
from sijill.core.place import Place
from sijill.link.profiles import Report

SOUNDS = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ra", "se", "ti", "vo", "zu", "ha", "jo"]
WEAPONS = "shells", "a drone", "rockets", "gunfire", "a mine", "an air raid"
TARGETS = "a bakery", "the market", "a school", "a tent camp", "the mill", "a clinic", "the bridge", "an orchard"
OPENINGS = (
    "{weapon} hit {target} in {place} {day}, and {dead} people were killed, among them {name}.",
    "In {place}, {dead} people died {day} when {weapon} struck {target}; {name} was one of them.",
    "Rescuers in {place} say {name} and others, {dead} in all, were killed {day} by {weapon} at {target}.",
)
CLOSINGS = (
    "The road to the valley stayed shut until nightfall, residents told this outlet.",
    "Nobody has said that they did it, and the army has not answered our questions.",
    "Mourners carried the bodies to the cemetery by the river in the evening.",
    "The district council asked for ambulances and for blood.",
)


def word(random: Random, syllables: int = 3) -> str:
    return "".join(random.choice(SOUNDS) for _ in range(syllables)).capitalize()


def told(events: int, *, each: int = 4, seed: int = 1) -> tuple[tuple[Report, int], ...]:
    """Reports with the number of the event that each is of, in the order of the events."""
    random = Random(seed)
    found = []
    for event in range(events):
        day = dt.date(2031, 1, 1) + dt.timedelta(days=random.randrange(300))
        name = f"{word(random)} {word(random, 2)}"
        place = Place(word(random), None, f"p{event}", random.uniform(-33, -30), random.uniform(-19, -16), 2)
        facts = {
            "weapon": random.choice(WEAPONS),
            "target": random.choice(TARGETS),
            "place": place.text,
            "dead": random.randrange(3, 40),
            "name": name,
        }
        for copy in range(each):
            dated = copy != 1
            day_words = f"on {day:%A}, {day.day} {day:%B}" if copy % 2 else "today"
            body = random.choice(OPENINGS).format(day=day_words, **facts)
            text = f"{body} {random.choice(CLOSINGS)} {word(random)} News, {copy}."
            found.append((report(text, place, day if dated else None, len(found)), event))
    return tuple(found)


def report(text: str, place: Place, published: dt.date | None, order: int) -> Report:
    id_ = hashlib.sha256(text.encode()).hexdigest()
    return Report(id_, order, f"r{order}", "", "en", published, text, (PlaceMention(place, 0),))
