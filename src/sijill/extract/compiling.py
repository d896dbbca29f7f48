"""A language pack's TOML checked and compiled into the tables that the engine looks up; see `pack.py` for those."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from sijill.core.claim import AttributionKind, GroupType, Harm, Subset
from sijill.core.errors import InvalidRecord
from sijill.extract.clitics import Clitics
from sijill.extract.pack import KINDS, UNITS, Entry, Grammar, Opening, Pack
from sijill.extract.tokens import PLAIN, Kind, Spelling, accented, fold, letter_runs, tokens
from sijill.extract.wordforms import spelled_out

V = TypeVar("V")
# Nouns whose form alone says how many they are, by the number.
FORMS = {1: "one", 2: "two"}
# Tables of phrases of time, each with its number: a month, a day, a day counted from another, month and day in one.
DATE_TABLES = ("months", "lunar_months", "day_words", "other_days", "feasts", "nth")
ROLES = ("participle", "object", "subject", "state", "nominal", "counted")


@cache
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
        raw = spelled_out(raw)
        spelling = _spelling(raw)
        table: dict[tuple[str, ...], list[Entry]] = {}
        for phrase, entry in _entries(raw, spelling):
            key = _phrase(phrase, spelling)
            if key and entry not in table.setdefault(key, []):
                table[key].append(entry)
        words = _word_lists(raw, spelling)
        numbers, compounds = _number_values(raw, spelling)
        return Pack(
            code=raw["code"],
            name=raw["name"],
            version=raw["version"],
            grammar=Grammar.of(raw.get("grammar", {})),
            spelling=spelling,
            abbreviations=frozenset(raw["abbreviations"]),
            phrases=_by_first_word(table),
            harming=_by_first_word(_harming(table)),
            alarms=_alarms(table, words),
            owners=tuple(raw["words"]["possessive_endings"]),
            page_marks=tuple(raw.get("clutter", {}).get("inline", ())),
            participles=tuple(raw["perpetrators"]["participle_endings"]) or ("\0",),
            number_words=_number_words(raw, table, spelling),
            date_words=_date_words(raw, table, spelling),
            date_openers=_date_openers(raw, words, spelling),
            kinds={word: kind for kind in reversed(KINDS) for word in words[f"places.kinds_{kind}"]},
            units={word: unit for unit in reversed(UNITS) for word in words[f"dates.{unit}_units"]},
            numbers=numbers,
            compounds=compounds,
            number_pieces=frozenset(numbers) | {piece for pieces in compounds for piece in pieces},
            multipliers=_keyed(raw["numbers"]["multipliers"], spelling),
            articles=_keyed(raw["numbers"]["articles"], spelling),
            words=words,
            endings=_endings(words),
            months=_keyed(raw["dates"]["months"], spelling),
            weekdays=_keyed(raw["dates"]["weekdays"], spelling),
            days=_keyed(raw["dates"]["relative_days"], spelling),
            aliases=_keyed(raw["attribution"]["aliases"], spelling),
            assailants=_assailants(raw),
            demonyms=_keyed(raw["demonyms"], spelling),
            peoples=_telling_runs(raw["demonyms"]),
            countries=frozenset(fold(country) for country in raw["demonyms"].values()),
            blaming=_blaming(raw),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as err:
        raise InvalidRecord(f"language pack {raw.get('code', '?')}: {err!r}") from err


def _clitics(raw: Mapping[str, Any]) -> Clitics:
    """What is written onto words in this language, knowing every word of the pack."""
    clitics = Clitics.of(raw["clitics"])
    strings = [*_strings({name: value for name, value in raw.items() if name != "clitics"})]
    strings += [dual for people in raw["people"] for dual in _duals(raw, people)]
    phrases = [[t.norm for t in tokens(text) if t.kind is Kind.WORD] for text in strings]
    for words in phrases:
        if len(words) == 1:
            clitics.learn(words[0])
    # In a phrase words may carry clitics of words that the pack has elsewhere.
    for word in sorted({word for words in phrases for word in words}, key=lambda w: (len(w), w)):
        if len(clitics.split(word)) == 1:
            clitics.learn(word)
    return clitics


def _harming(table: Mapping[tuple[str, ...], list[Entry]]) -> dict[tuple[str, ...], list[Entry]]:
    """The phrases of harm: words of harm, heads of frames, nouns of a toll."""
    found = {words: [e for e in entries if e.cls in ("trigger", "frame", "toll")] for words, entries in table.items()}
    return {words: entries for words, entries in found.items() if entries}


def _alarms(table: Mapping[tuple[str, ...], list[Entry]], words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """For each phrase of harm a word that it cannot do without: one that is a phrase of harm by itself, else the
    longest that is neither a common word nor a noun of people."""
    phrases = [w for w, entries in table.items() if any(e.cls in ("trigger", "toll") for e in entries)]
    phrases += [tail for entries in table.values() for e in entries for tail in e.tail]
    phrases += [w for w, entries in table.items() if any(e.cls == "frame" and not e.tail for e in entries)]
    alone = {p[0] for p in phrases if len(p) == 1}
    people = {w[0] for w, entries in table.items() if len(w) == 1 and any(e.cls == "person" for e in entries)}
    weak = words["adverbs"] | words["passive"] | words["active"] | words["relative"] | people
    common = weak | words["stop"]
    alarms = set()
    for phrase in phrases:
        telling = [w for w in phrase if w in alone] or [w for w in phrase if w not in common and w.isalpha()]
        rest = [w for w in phrase if w not in weak]
        alarms.add(max(telling or rest or list(phrase), key=len))
    # The text is searched for them without its accents.
    return frozenset(map(fold, alarms))


def _spelling(raw: Mapping[str, Any]) -> Spelling:
    """How words are written together, and the words of the pack that only an accent tells from another of its words."""
    if "clitics" in raw:
        return Spelling(attached=_clitics(raw))
    written = raw.get("writing", {})
    elided = frozenset(written.get("elided", ()))
    clitics = tuple(sorted(written.get("clitics", ()), key=lambda c: (-len(c), c)))
    apart = Spelling(elided, clitics, tuple(written.get("prefixes", ())))
    known = {accented(t.text) for phrase in _strings(raw) for t in tokens(phrase, spelling=apart)}
    alike = Counter(map(fold, known))
    told = frozenset(word for word in known if word != fold(word) and alike[fold(word)] > 1)
    return replace(apart, accented=told) if written or told else PLAIN


def _strings(value: Any) -> Iterable[str]:
    """Every phrase of a pack: the strings of its lists, and the keys that stand for a number or a name."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from (key,) if isinstance(inner, int | str) else _strings(inner)
    elif isinstance(value, list):
        for item in value:
            yield from (item,) if isinstance(item, str) else _strings(item)


def _keyed(table: Mapping[str, V], spelling: Spelling) -> dict[str, V]:
    return {spelling.norm(word): value for word, value in table.items()}


def _number_values(raw: Mapping[str, Any], spelling: Spelling) -> tuple[dict[str, int], dict[tuple[str, ...], int]]:
    """Number words of one piece, and those of several: "quatre-vingt", "vingt et un"."""
    apart = {tuple(re.split("[ -]", spelling.norm(word))): n for word, n in raw["numbers"]["words"].items()}
    numbers = {pieces[0]: n for pieces, n in apart.items() if len(pieces) == 1}
    return numbers, {pieces: n for pieces, n in apart.items() if len(pieces) > 1}


def _number_words(
    raw: Mapping[str, Any], table: Mapping[tuple[str, ...], list[Entry]], spelling: Spelling
) -> frozenset[str]:
    """The words with which a number can begin."""
    plain = {
        *raw["numbers"]["words"],
        *raw["numbers"]["multipliers"],
        *raw["numbers"]["articles"],
        *raw["numbers"]["between"],
        *raw["numbers"].get("from", ()),
    }
    phrased = {
        w[0] for w, es in table.items() if any(e.cls == "fixed" or (e.cls, e.name) == ("quantity", "vague") for e in es)
    }
    return frozenset({spelling.norm(re.split("[ -]", word)[0]) for word in plain} | phrased)


def _date_words(
    raw: Mapping[str, Any], table: Mapping[tuple[str, ...], list[Entry]], spelling: Spelling
) -> frozenset[str]:
    """The words with which a date can begin, apart from figures."""
    dates = raw["dates"]
    plain = {
        *dates["months"],
        *dates["weekdays"],
        *dates["relative_days"],
        *raw["numbers"]["words"],
        *raw["numbers"]["articles"],
    }
    if raw.get("grammar", {}).get("adjectives_follow"):
        plain |= {word for unit in ("week", "month", "year") for word in dates[f"{unit}_units"]}
    names = ["relative", "same_day", "span_openers", "this", "ago_before", "year_so_far"]
    names += ["months", "lunar_months", "ago_first"]
    names += ["day_words", "other_days", "feasts", "weekend", "overnight", "decade_before"]
    if dates.get("last_after"):
        names += [name for name in dates if name.endswith("_units")]
    phrased = {w[0] for w, es in table.items() if any(e.cls == "dates" and e.name in names for e in es)}
    return frozenset({spelling.norm(word) for word in plain} | phrased)


def _date_openers(raw: Mapping[str, Any], words: Mapping[str, frozenset[str]], spelling: Spelling) -> frozenset[str]:
    """The words with which a date can begin without a phrase of time: names of months and days, numbers, units."""
    dates, numbers = raw["dates"], raw["numbers"]
    plain = {*dates["months"], *dates["weekdays"], *dates["relative_days"], *numbers["words"], *numbers["articles"]}
    listed = ("dates.this", "dates.ago_first", *(f"dates.{unit}_units" for unit in UNITS))
    return frozenset(map(spelling.norm, plain)).union(*(words[name] for name in listed))


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
    if Grammar.of(raw.get("grammar", {})).adjectives_follow:
        return re.compile(rf"\b(?:{means}) (?:[^\W\d_]{{2,15}} )?({names})\b")
    return re.compile(rf"\b({names}) (?:[a-z-]{{2,15}} )?(?:{means})\b")


def _blaming(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Of every phrase that blames, claims or denies its longest word: sentences without one need not be read for it.

    They are as written, in small letters, for the text is searched for them as it stands.
    """
    table = raw["perpetrators"]
    phrases = [phrase for name in ("blame", "claimed", "denied", "responsible") for phrase in table[name]]
    return tuple(sorted({max((accented(t.text) for t in tokens(phrase)), key=len) for phrase in phrases}))


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


def _phrase(text: str, spelling: Spelling) -> tuple[str, ...]:
    # A caret marks an acronym that is spelt like a small word: "^is".
    if text.startswith("^"):
        return (text,)
    head, _, last = text.rpartition(" ")
    if last in spelling.elided:
        # An apostrophe that nothing follows is no part of a word in running text.
        return (*(_phrase(head, spelling) if head else ()), spelling.norm(last))
    return tuple(t.norm for t in tokens(text, spelling=spelling))


def _entries(raw: Mapping[str, Any], spelling: Spelling) -> Iterable[tuple[str, Entry]]:
    """Every phrase of the pack with what it means."""
    for phrase, number in raw["numbers"]["fixed"].items():
        yield phrase, Entry("fixed", number=number)
    for name, value in raw["words"].items():
        yield from ((phrase, Entry(name)) for phrase in value if " " in phrase or name in PHRASED)
    yield from _harm_entries(raw, spelling)
    yield from _group_entries(raw)
    yield from _listed(raw["quantities"], "quantity")
    for section in ("attribution", "dates", "places", "perpetrators"):
        yield from _listed(raw[section], section)
    for phrase, days in raw["dates"]["relative_days"].items():
        yield phrase, Entry("dates", "relative", number=days)
    for name in DATE_TABLES:
        for phrase, value in raw["dates"].get(name, {}).items():
            yield phrase, Entry("dates", name, number=value)
    for name, value in raw["attribution"]["kinds"].items():
        AttributionKind(name)
        yield from ((phrase, Entry("source_kind", name)) for phrase in value)


def _listed(section: Mapping[str, Any], cls: str) -> Iterable[tuple[str, Entry]]:
    for name, value in section.items():
        if isinstance(value, list):
            yield from ((phrase, Entry(cls, name)) for phrase in value)


def _harm_entries(raw: Mapping[str, Any], spelling: Spelling) -> Iterable[tuple[str, Entry]]:
    for trigger in raw["triggers"]:
        for role in ROLES:
            for phrase in trigger.get(role, ()):
                yield phrase, Entry("trigger", role, harm=Harm(trigger["harm"]))
        for number, form in FORMS.items():
            for phrase in trigger.get(form, ()):
                yield phrase, Entry("trigger", "counted", harm=Harm(trigger["harm"]), number=number)
    for frame in raw["harmed_frames"]["frames"]:
        for phrase in frame["head"]:
            tail = tuple(_phrase(t, spelling) for t in frame["tail"])
            only = GroupType(frame["only"]) if "only" in frame else None
            yield phrase, Entry("frame", frame.get("role", "object"), Harm(frame["harm"]), only, tail=tail)
    for name, value in raw["toll"].items():
        for phrase in value:
            yield phrase, Entry("reach") if name == "reach" else Entry("toll", harm=Harm(name))


def _duals(raw: Mapping[str, Any], people: Mapping[str, Any]) -> list[str]:
    """The forms for two that the language makes of its nouns for one, in the case that no plural shares."""
    endings = raw.get("clitics", {}).get("duals", {})
    nouns = [noun for noun in people.get("one", ()) if " " not in noun]
    return [n.removesuffix(e) + dual for e, dual in endings.items() for n in nouns if n.endswith(e)]


def _group_entries(raw: Mapping[str, Any]) -> Iterable[tuple[str, Entry]]:
    for people in raw["people"]:
        subset, kind = Subset(people.get("subset", "")), GroupType(people["type"])
        yield from ((phrase, Entry("person", type=kind, subset=subset)) for phrase in people["words"])
        for number, form in FORMS.items():
            phrases = [*people.get(form, ()), *(_duals(raw, people) if number == 2 else ())]
            yield from ((phrase, Entry("person", type=kind, subset=subset, number=number)) for phrase in phrases)
    for name in ("homes", "other"):
        for phrase in raw["property"][name]:
            yield phrase, Entry("property", type=GroupType(name))
        for phrase in raw["property"].get(f"{name}_two", ()):
            yield phrase, Entry("property", type=GroupType(name), number=2)
    for phrase in raw["armed"]["words"]:
        yield phrase, Entry("armed")
    for phrase in raw["mixed"]["words"]:
        yield phrase, Entry("mixed")


# Word lists of which the engine needs the place in a sentence, not only membership.
PHRASED = frozenset(
    {
        "including",
        "among_harmed",
        "rate",
        "hypothetical",
        "attack",
        "accident",
        "and_connectors",
        "negation",
        "inert",
        "ranks",
        "alongside",
        "corrections",
        "toll_of",
        "affirmed",
        "back_to",
    }
)


# Word lists of rules that not every language needs: a pack may leave them out.
OPTIONAL = frozenset(
    {
        "adjective_endings",
        "aged",
        "ages",
        "all_of",
        "attribution.addressing",
        "attribution.never_within",
        "attribution.plain",
        "attribution.sourced",
        *(
            "attribution.quoted",
            "attribution.before_to",
            "attribution.to_written_on",
            "attribution.continuing",
            "attribution.telling",
            "attribution.societies",
        ),
        "both",
        "changes",
        "charged",
        "contrast",
        "corrections",
        *("dates.called_by_day", "dates.captions", "dates.fresh", "dates.namesakes", "dates.stated_in"),
        "dates.ago_before",
        "dates.began",
        "dates.counted_from",
        "dates.year_after",
        "dates.year_so_far",
        "dates.last_after",
        "dates.during",
        "dates.issued",
        "dates.lasting",
        "dates.ranking",
        "dates.running",
        "dates.to",
        "definite",
        "kin",
        "listing",
        "nth",
        "numbers.bare",
        "numbers.one",
        "numbers.rounded",
        "mourning",
        "parents",
        "purpose",
        "purposed",
        "quantities.vast",
        "resulting",
        "perfect",
        "perpetrators.mutual",
        "perpetrators.parting",
        "perpetrators.spared",
        "places.broad",
        "places.events_many",
        "places.kinds_named",
        "places.realms",
        "places.sides",
        "places.belonging",
        "places.nations",
        "places.hosting",
        "places.nationwide",
        "places.telling",
        "places.turns",
        "places.where",
        "perpetrators.whose",
        "places.countries",
        "places.events",
        "places.kept",
        "person_endings",
        "ranks",
        "places.wide",
        "them",
        "toll_of",
        *("affirmed", "another_two", "one_among", "owned_kin", "numbers.from", "numbers.teens"),
        *("attribution.relaying", "attribution.relayed", "places.kinds_many", "places.kinds_two"),
        *("dates.ago_first", "dates.lunar_year", "dates.before_year", "dates.whole_day", "dates.one_units"),
        *(f"dates.{name}" for name in ("from", "between", "through", "halves", "quarters", "weekend", "overnight")),
        *(f"dates.{name}" for name in ("later", "earlier", "later_alone", "earlier_alone")),
        *(f"dates.{name}" for name in ("decade_before", "decade_endings")),
        *(f"dates.two_{unit}_units" for unit in ("day", "week", "month", "year", "hour")),
        *(f"perpetrators.{name}" for name in ("belongs", "two_sided", "generic", "faceless", "answering")),
        *(f"perpetrators.{name}" for name in ("pointing", "these", "attached", "of_body", "enemies", "own_deeds")),
    }
)


def _telling_runs(demonyms: Mapping[str, str]) -> frozenset[str]:
    """Of every name of a country or its people the longest run of letters, which no text that has the name lacks."""
    names = (letter_runs(name.casefold()) for pair in demonyms.items() for name in pair)
    return frozenset(max(runs, key=len) for runs in names if runs)


def _endings(words: Mapping[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    """The lists of endings as `str.endswith` takes them, by name."""
    named = ((name, name.removesuffix("_endings")) for name in words)
    return {short: tuple(sorted(words[name])) for name, short in named if short != name}


def _word_lists(raw: Mapping[str, Any], spelling: Spelling) -> dict[str, frozenset[str]]:
    lists: dict[str, frozenset[str]] = dict.fromkeys(OPTIONAL, frozenset())
    lists |= {name: frozenset(map(spelling.norm, value)) for name, value in raw["words"].items()}
    for section in ("attribution", "dates", "places", "perpetrators", "numbers", "quantities"):
        for name, value in raw[section].items():
            if isinstance(value, list):
                lists[f"{section}.{name}"] = frozenset(map(spelling.norm, value))
    for section, names in (("clutter", ("menus", "teasers")), ("setting", ("armed", "mishaps", "harmless", "fiction"))):
        for name in names:
            lists[f"{section}.{name}"] = frozenset(map(spelling.norm, raw.get(section, {}).get(name, ())))
    return lists
