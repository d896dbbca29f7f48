"""Language packs: vocabularies in TOML, checked and compiled for look-up.

An engine that knows no language reads these; another language is another file. A phrase is matched by its folded
words, the longest first, so that looking up a token costs no more than the phrases that begin with it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sijill.core.claim import AttributionKind, GroupType, Harm, Subset
from sijill.core.errors import InvalidRecord
from sijill.extract.tokens import fold, tokens

ROLES = ("participle", "object", "subject", "state", "nominal", "counted")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase means: its class ("trigger", "person", …), a name within the class, and two values at most."""

    cls: str
    name: str = ""
    harm: Harm | None = None
    type: GroupType | None = None
    subset: Subset = Subset.ALL
    tail: tuple[tuple[str, ...], ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: tokens [start, end) of a sentence, and what it means."""

    start: int
    end: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Opening:
    """What may begin with a word: what it means alone, and longer phrases by their second word, longest first."""

    alone: tuple[Entry, ...]
    longer: Mapping[str, tuple[tuple[tuple[str, ...], tuple[Entry, ...]], ...]]


@dataclass(frozen=True, slots=True)
class Pack:
    """A language, compiled: `phrases` by first word.

    `alarms` are words of which every phrase of harm has one, so that most sentences need not be read.
    """

    code: str
    name: str
    version: str
    abbreviations: frozenset[str]
    phrases: Mapping[str, Opening]
    alarms: frozenset[str]
    number_words: frozenset[str]
    date_words: frozenset[str]
    owners: tuple[str, ...]
    numbers: Mapping[str, int]
    multipliers: Mapping[str, int]
    articles: Mapping[str, int]
    words: Mapping[str, frozenset[str]]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    days: Mapping[str, int]
    aliases: Mapping[str, str]
    assailants: re.Pattern[str]
    demonyms: Mapping[str, str]
    countries: frozenset[str]
    blaming: tuple[str, ...]

    @property
    def extractor(self) -> str:
        """The name under which claims are stored."""
        return f"rules-{self.code}@{self.version}"

    def at(self, norms: Sequence[str], i: int) -> list[Hit]:
        """Every phrase that begins at word `i`, longest first."""
        opening = self.phrases.get(norms[i])
        if opening is None:
            return []
        found: list[Hit] = []
        if opening.longer and i + 1 < len(norms):
            for phrase, entries in opening.longer.get(norms[i + 1], ()):
                end = i + len(phrase)
                if len(phrase) == 2 or norms[i:end] == phrase:
                    found += [Hit(i, end, entry) for entry in entries]
        found += [Hit(i, i + 1, entry) for entry in opening.alone]
        return found


def languages() -> tuple[str, ...]:
    """The codes of the languages that there are packs for."""
    folder = files("sijill.extract") / "packs"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def load(code: str) -> Pack:
    """The pack of a language; raises KeyError where there is none, InvalidRecord where it is broken."""
    if code not in languages():
        raise KeyError(code)
    return compiled(tomllib.loads((files("sijill.extract") / "packs" / f"{code}.toml").read_text(encoding="utf-8")))


def compiled(raw: Mapping[str, Any]) -> Pack:
    """The pack that a TOML file's content describes; raises InvalidRecord with the table that is wrong."""
    try:
        table: dict[tuple[str, ...], list[Entry]] = {}
        for phrase, entry in _entries(raw):
            key = _phrase(phrase)
            if key and entry not in table.setdefault(key, []):
                table[key].append(entry)
        words = _word_lists(raw)
        return Pack(
            code=raw["code"],
            name=raw["name"],
            version=raw["version"],
            abbreviations=frozenset(raw["abbreviations"]),
            phrases=_by_first_word(table),
            alarms=_alarms(table, words),
            owners=tuple(raw["words"]["possessive_endings"]),
            number_words=_number_words(raw, table),
            date_words=_date_words(raw, table),
            numbers=dict(raw["numbers"]["words"]),
            multipliers=dict(raw["numbers"]["multipliers"]),
            articles=dict(raw["numbers"]["articles"]),
            words=words,
            months=dict(raw["dates"]["months"]),
            weekdays=dict(raw["dates"]["weekdays"]),
            days=dict(raw["dates"]["relative_days"]),
            aliases=dict(raw["attribution"]["aliases"]),
            assailants=_assailants(raw),
            demonyms=dict(raw["demonyms"]),
            countries=frozenset(fold(country) for country in raw["demonyms"].values()),
            blaming=_blaming(raw),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as err:
        raise InvalidRecord(f"language pack {raw.get('code', '?')}: {err!r}") from err


def _alarms(table: Mapping[tuple[str, ...], list[Entry]], words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """For each phrase of harm a word that it cannot do without: one that is a phrase of harm by itself, else the
    longest that is neither a common word nor a noun of people."""
    phrases = [w for w, entries in table.items() if any(e.cls in ("trigger", "toll") for e in entries)]
    phrases += [tail for entries in table.values() for e in entries for tail in e.tail]
    alone = {p[0] for p in phrases if len(p) == 1}
    people = {w[0] for w, entries in table.items() if len(w) == 1 and any(e.cls == "person" for e in entries)}
    weak = words["adverbs"] | words["passive"] | words["active"] | words["relative"] | people
    common = weak | words["stop"]
    alarms = set()
    for phrase in phrases:
        telling = [w for w in phrase if w in alone] or [w for w in phrase if w not in common and w.isalpha()]
        rest = [w for w in phrase if w not in weak]
        alarms.add(max(telling or rest or list(phrase), key=len))
    return frozenset(alarms)


def _number_words(raw: Mapping[str, Any], table: Mapping[tuple[str, ...], list[Entry]]) -> frozenset[str]:
    """The words with which a number can begin."""
    plain = {
        *raw["numbers"]["words"],
        *raw["numbers"]["multipliers"],
        *raw["numbers"]["articles"],
        *raw["numbers"]["between"],
    }
    phrased = {
        w[0] for w, es in table.items() if any(e.cls == "fixed" or (e.cls, e.name) == ("quantity", "vague") for e in es)
    }
    return frozenset(plain | phrased)


def _date_words(raw: Mapping[str, Any], table: Mapping[tuple[str, ...], list[Entry]]) -> frozenset[str]:
    """The words with which a date can begin, apart from figures."""
    dates = raw["dates"]
    plain = {
        *dates["months"],
        *dates["weekdays"],
        *dates["relative_days"],
        *raw["numbers"]["words"],
        *raw["numbers"]["articles"],
    }
    names = ("relative", "same_day", "span_openers", "this")
    phrased = {w[0] for w, es in table.items() if any(e.cls == "dates" and e.name in names for e in es)}
    return frozenset(plain | phrased)


def _assailants(raw: Mapping[str, Any]) -> re.Pattern[str]:
    """A country, as a name or an adjective, right before a means of harm: "X-ian missile strike", "X's bombing"."""
    adjectives = [a for a in raw["demonyms"] if a.isalpha()]
    owners = [ending for ending in raw["words"]["possessive_endings"] if len(ending) > 1]
    countries = [c.casefold() + ending for c in raw["demonyms"].values() for ending in owners]
    names = "|".join(
        sorted({re.escape(n).replace("'", "['’]") for n in [*adjectives, *countries]}, key=lambda n: (-len(n), n))
    )
    actors = set(raw["perpetrators"]["actors"])
    means = "|".join(
        sorted((re.escape(m) for m in raw["perpetrators"]["means"] if m not in actors), key=lambda n: (-len(n), n))
    )
    # For text in small letters: a pattern that minds the case is several times faster.
    return re.compile(rf"\b({names}) (?:[a-z-]{{2,15}} )?(?:{means})\b")


def _blaming(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Of every phrase that blames, claims or denies its longest word: sentences without one need not be read for it."""
    table = raw["perpetrators"]
    phrases = [phrase for name in ("blame", "claimed", "denied", "responsible") for phrase in table[name]]
    return tuple(sorted({max(fold(phrase).split(), key=len) for phrase in phrases}))


def _by_first_word(table: Mapping[tuple[str, ...], list[Entry]]) -> dict[str, Opening]:
    alone: dict[str, tuple[Entry, ...]] = {}
    longer: dict[str, dict[str, list[tuple[tuple[str, ...], tuple[Entry, ...]]]]] = {}
    for words in sorted(table, key=lambda w: (-len(w), w)):
        if len(words) == 1:
            alone[words[0]] = tuple(table[words])
        else:
            longer.setdefault(words[0], {}).setdefault(words[1], []).append((words, tuple(table[words])))
    return {
        word: Opening(alone.get(word, ()), {second: tuple(found) for second, found in longer.get(word, {}).items()})
        for word in {**longer, **dict.fromkeys(alone)}
    }


def _phrase(text: str) -> tuple[str, ...]:
    # A caret marks an acronym that is spelt like a small word: "^is".
    return (text,) if text.startswith("^") else tuple(t.norm for t in tokens(text))


def _entries(raw: Mapping[str, Any]) -> Iterable[tuple[str, Entry]]:
    """Every phrase of the pack with what it means."""
    for phrase, number in raw["numbers"]["fixed"].items():
        yield phrase, Entry("fixed", number=number)
    for name, value in raw["words"].items():
        yield from ((phrase, Entry(name)) for phrase in value if " " in phrase or name in PHRASED)
    yield from _harm_entries(raw)
    yield from _group_entries(raw)
    yield from _listed(raw["quantities"], "quantity")
    for section in ("attribution", "dates", "places", "perpetrators"):
        yield from _listed(raw[section], section)
    for phrase, days in raw["dates"]["relative_days"].items():
        yield phrase, Entry("dates", "relative", number=days)
    for name, value in raw["attribution"]["kinds"].items():
        AttributionKind(name)
        yield from ((phrase, Entry("source_kind", name)) for phrase in value)


def _listed(section: Mapping[str, Any], cls: str) -> Iterable[tuple[str, Entry]]:
    for name, value in section.items():
        if isinstance(value, list):
            yield from ((phrase, Entry(cls, name)) for phrase in value)


def _harm_entries(raw: Mapping[str, Any]) -> Iterable[tuple[str, Entry]]:
    for trigger in raw["triggers"]:
        for role in ROLES:
            for phrase in trigger.get(role, ()):
                yield phrase, Entry("trigger", role, harm=Harm(trigger["harm"]))
    for frame in raw["harmed_frames"]["frames"]:
        for phrase in frame["head"]:
            tail = tuple(_phrase(t) for t in frame["tail"])
            yield phrase, Entry("frame", frame.get("role", "object"), harm=Harm(frame["harm"]), tail=tail)
    for name, value in raw["toll"].items():
        for phrase in value:
            yield phrase, Entry("reach") if name == "reach" else Entry("toll", harm=Harm(name))


def _group_entries(raw: Mapping[str, Any]) -> Iterable[tuple[str, Entry]]:
    for people in raw["people"]:
        subset, kind = Subset(people.get("subset", "")), GroupType(people["type"])
        for phrase in people["words"]:
            yield phrase, Entry("person", type=kind, subset=subset)
    for name in ("homes", "other"):
        for phrase in raw["property"][name]:
            yield phrase, Entry("property", type=GroupType(name))
    for phrase in raw["armed"]["words"]:
        yield phrase, Entry("armed")
    for phrase in raw["mixed"]["words"]:
        yield phrase, Entry("mixed")


# Word lists of which the engine needs the place in a sentence, not only membership.
PHRASED = frozenset(
    {"including", "among_harmed", "rate", "hypothetical", "attack", "accident", "and_connectors", "negation", "inert"}
)


def _word_lists(raw: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    lists = {name: frozenset(fold(w) for w in value) for name, value in raw["words"].items()}
    for section in ("attribution", "dates", "places", "perpetrators", "numbers", "quantities"):
        for name, value in raw[section].items():
            if isinstance(value, list):
                lists[f"{section}.{name}"] = frozenset(fold(w) for w in value)
    return lists
