"""Language packs: vocabularies in TOML, compiled for look-up by `compiling.py`.

An engine that knows no language reads these; another language is another file. A phrase is matched by its folded
words, the longest first, so that looking up a token costs no more than the phrases that begin with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from sijill.core.claim import GroupType, Harm, Subset
from sijill.extract.tokens import Spelling

UNITS = ("day", "week", "month", "year", "hour")
KEPT = 64
# Nouns of place, from the narrowest.
KINDS = ("settlement", "area", "region")


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


class Hit(NamedTuple):
    """A phrase found: tokens [start, end) of a sentence, and what it means."""

    start: int
    end: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Opening:
    """What may begin with a word: what it means alone, and longer phrases by their second word, longest first."""

    alone: tuple[Entry, ...]
    longer: Mapping[str, tuple[tuple[tuple[str, ...], tuple[Entry, ...]], ...]]
    _kept: dict[int, tuple[Hit, ...]] = field(default_factory=dict)

    def hits(self, norms: Sequence[str], i: int) -> tuple[Hit, ...]:
        """The phrases of these that stand at word `i`, longest first."""
        found: list[Hit] = []
        if self.longer and i + 1 < len(norms):
            for phrase, entries in self.longer.get(norms[i + 1], ()):
                end = i + len(phrase)
                if len(phrase) == 2 or norms[i:end] == phrase:
                    found += [Hit(i, end, entry) for entry in entries]
        return (*found, *self._alone_at(i)) if found else self._alone_at(i)

    def begin(self, norms: Sequence[str], i: int) -> bool:
        """Whether any of these phrases stands at word `i`."""
        return bool(self.alone or self.hits(norms, i))

    def _alone_at(self, i: int) -> tuple[Hit, ...]:
        """What the word means alone at `i`; kept for the first places of a sentence, where most words stand."""
        if i in self._kept:
            return self._kept[i]
        found = tuple(Hit(i, i + 1, entry) for entry in self.alone)
        if i < KEPT:
            self._kept[i] = found
        return found


@dataclass(frozen=True, slots=True)
class Grammar:
    """What of a language's word order and writing the rules must know; the defaults are those of English.

    `adjectives_follow`: "civils afghans", the head of a noun phrase stands first. `participles_need_auxiliary`: a
    participle governs those behind it only where an auxiliary makes it active ("a tué douze"). `subjects_follow`: a
    passive or a verb may stand before its subject ("murieron doce"). `speakers_follow`: so does a verb of speech, even
    without a comma. `day_first`: 3/8 is the third of August.
    `joins_tens`: an "and" stands behind tens ("treinta y dos") rather than behind hundreds; `ones_first`: behind ones
    ("five and twenty"). `verb_first`: verbs open their clauses, and much may stand before their subjects. `caseless`:
    no letter is a capital. `counting_forms`: a noun's form alone gives one or two ("two martyrs" in one word).
    `no_articles`: a bare noun beside a word of harm is one person ("a woman died" without the "a"). `thousands`,
    `decimals`: the signs inside figures, a space for any space.
    """

    adjectives_follow: bool = False
    participles_need_auxiliary: bool = False
    subjects_follow: bool = False
    speakers_follow: bool = False
    day_first: bool = False
    joins_tens: bool = False
    ones_first: bool = False
    verb_first: bool = False
    caseless: bool = False
    counting_forms: bool = False
    no_articles: bool = False
    thousands: str = ",٬"
    decimals: str = ".٫"

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Grammar:
        """The grammar that a pack states; raises ValueError for what is none of it."""
        known = {f.name: type(f.default) for f in fields(cls)}
        if wrong := [name for name, value in table.items() if not isinstance(value, known.get(name, ()))]:
            raise ValueError(f"[grammar] does not know {', '.join(wrong)} or not with this value")
        return cls(**table)


@dataclass(frozen=True, slots=True)
class Pack:
    """A language, compiled: `phrases` by first word, `harming` those of harm alone.

    `alarms` are words of which every phrase of harm has one, so that most sentences need not be read. `date_words` are
    those with which a date can begin, `date_openers` those of them that need no phrase for it; `units` of time and
    `kinds` of places by word.
    """

    code: str
    name: str
    version: str
    grammar: Grammar
    spelling: Spelling
    abbreviations: frozenset[str]
    phrases: Mapping[str, Opening]
    harming: Mapping[str, Opening]
    alarms: frozenset[str]
    number_words: frozenset[str]
    date_words: frozenset[str]
    date_openers: frozenset[str]
    units: Mapping[str, str]
    kinds: Mapping[str, str]
    owners: tuple[str, ...]
    participles: tuple[str, ...]
    page_marks: tuple[str, ...]
    numbers: Mapping[str, int]
    compounds: Mapping[tuple[str, ...], int]
    number_pieces: frozenset[str]
    multipliers: Mapping[str, int]
    articles: Mapping[str, int]
    words: Mapping[str, frozenset[str]]
    endings: Mapping[str, tuple[str, ...]]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    days: Mapping[str, int]
    aliases: Mapping[str, str]
    assailants: re.Pattern[str]
    demonyms: Mapping[str, str]
    peoples: frozenset[str]
    countries: frozenset[str]
    blaming: tuple[str, ...]

    @property
    def extractor(self) -> str:
        """The name under which claims are stored."""
        return f"rules-{self.code}@{self.version}"

    def at(self, norms: Sequence[str], i: int) -> tuple[Hit, ...]:
        """Every phrase that begins at word `i`, longest first."""
        opening = self.phrases.get(norms[i])
        return opening.hits(norms, i) if opening else ()

    def harms(self, norms: Sequence[str]) -> bool:
        """Whether any phrase of harm stands among the words of a sentence."""
        if self.harming.keys().isdisjoint(norms):
            return False
        return any(norm in self.harming and self.harming[norm].begin(norms, i) for i, norm in enumerate(norms))
