"""Which names are one voice: short forms learned from the texts, other scripts, other languages, shortened names.

Every rule here joins two names only where nothing else in the batch could be meant; what stays apart can be joined by
a person. The rules are our own; that an organisation's short form stands in brackets after its name is Schwartz and
Hearst's observation (2003, recalled), simplified to initials.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from sijill.link.names import fold, is_arabic, name_key, proper_words, skeleton, vocabulary, words_of

BRACKET = re.compile(r"\(([^()\n]{2,80})\)")
SHORT = re.compile(r"[A-Z](?:\.?[A-Z]){1,7}\.?")
LATIN_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
BEFORE = 120
MAX_WORDS = 10
MIN_SHARED = 2
MIN_SOUNDS = 3
NOWHERE: frozenset[str] = frozenset()


@dataclass(slots=True)
class Aliases:
    """Names grouped into voices; holds the evidence for each joining. Grows while a batch is read."""

    parent: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)

    def voice(self, key: str) -> str:
        """The key that stands for all names of this voice."""
        while (above := self.parent.get(key, key)) != key:
            key = above
        return key

    def join(self, key: str, other: str, *, because: str) -> None:
        """Makes two keys one voice; the longer, and of equals the first in code point order, stands for both."""
        a, b = self.voice(key), self.voice(other)
        if a == b:
            return
        kept = min((a, b), key=lambda k: (is_arabic(k), -len(k.split()), k))
        gone = b if kept == a else a
        self.parent[gone] = kept
        self.evidence.setdefault(key, because)
        self.evidence.setdefault(other, because)


def learn(spoken_of: Mapping[str, frozenset[str]], short_forms: Mapping[str, str]) -> Aliases:
    """Groups the keys of a batch, given the places that the reports of each speak of.

    `short_forms` are those learned from its texts, key to key.
    """
    found, names = Aliases(), sorted(set(spoken_of) | set(short_forms.values()))
    for short, full in sorted(short_forms.items()):
        found.join(short, full, because="the texts give one as the short form of the other")
    _join_known(found, names, short_forms)
    _join_scripts(found, names)
    _join_languages(found, names)
    _join_shortened(found, names, spoken_of)
    return found


@cache
def organisations() -> tuple[frozenset[str], ...]:
    """The keys of the names of each organisation in `organisations.toml`."""
    data = tomllib.loads(resources.files(__package__).joinpath("organisations.toml").read_text(encoding="utf-8"))
    return tuple(frozenset(name_key(name) for name in names) for names in data["organisations"])


def _join_known(found: Aliases, names: Iterable[str], short_forms: Mapping[str, str]) -> None:
    """The names of one well-known organisation; not a short form that the texts explain as another's."""
    present = set(names) | set(short_forms)
    for keys in organisations():
        own = sorted(k for k in keys & present if short_forms.get(k, k) in keys)
        for key in own[1:]:
            found.join(key, own[0], because="names of one well-known organisation")


def short_forms(texts: Iterable[str], sources: Iterable[str]) -> dict[str, str]:
    """Short forms that the texts explain, "Orsa Valley Monitor (OVM)", as key to key; those with two meanings are out.

    `sources` are the names that speak in the batch: before a bracket with capitals they count in any script.
    """
    speakers = {key: len(words_of(s)) for s in sources if (key := name_key(s))}
    meanings: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for match in BRACKET.finditer(text):
            inside = re.split(r"[,;،؛]", match[1], maxsplit=1)[0].strip()
            before = text[max(0, match.start() - BEFORE) : match.start()]
            if meaning := _meaning(before, inside, speakers):
                meanings[meaning[0]].add(meaning[1])
    return {short: next(iter(full)) for short, full in meanings.items() if len(full) == 1}


def _meaning(before: str, inside: str, speakers: Mapping[str, int]) -> tuple[str, str] | None:
    if SHORT.fullmatch(inside):
        full = _spelled_by(before, inside.replace(".", "")) or _speaker_at_end(before, speakers)
        return (name_key(inside), full) if full else None
    words = before.split()
    if words and SHORT.fullmatch(words[-1]) and _spelled_by(inside, words[-1].replace(".", "")):
        return name_key(words[-1]), name_key(inside)
    return None


def _spelled_by(before: str, short: str) -> str | None:
    """The key of the words at the end of `before` whose initials, small words aside, spell `short`."""
    small = vocabulary().small
    words = LATIN_WORD.findall(before)[-MAX_WORDS:]
    for start in range(len(words) - 1, -1, -1):
        initials = "".join(w[0] for w in words[start:] if fold(w) not in small)
        if initials.upper() == short and words[start][0].upper() == short[0]:
            return name_key(" ".join(words[start:]))
    return None


def _speaker_at_end(before: str, speakers: Mapping[str, int]) -> str | None:
    words = before.split()[-MAX_WORDS:]
    for start in range(len(words)):
        key = name_key(" ".join(words[start:]))
        if speakers.get(key, 0) >= MIN_SHARED:
            return key
    return None


def _join_scripts(found: Aliases, names: Iterable[str]) -> None:
    """One name in Latin and one in Arabic letters, with the same consonants and a word that both languages know."""
    by_sound: dict[str, list[str]] = defaultdict(list)
    for key in names:
        if _has_meaning(key) and (sound := skeleton(key)):
            by_sound[sound].append(key)
    for keys in by_sound.values():
        latin = {found.voice(k) for k in keys if not is_arabic(k)}
        arabic = {found.voice(k) for k in keys if is_arabic(k)}
        if len(latin) == len(arabic) == 1:
            found.join(arabic.pop(), latin.pop(), because="the same name in another script")


def _join_languages(found: Aliases, names: Iterable[str]) -> None:
    """Two spellings in one script that differ in one vowel of a proper name only: Meravia, Méravie."""
    by_sound: dict[str, list[str]] = defaultdict(list)
    for key in names:
        if _has_meaning(key):
            by_sound[skeleton(key)].append(key)
    for sound, keys in by_sound.items():
        if max(map(len, proper_words(sound)), default=0) >= MIN_SOUNDS:
            for a, b in pairwise(sorted(keys)):
                if Levenshtein.distance(a, b, score_cutoff=1) <= 1:
                    found.join(a, b, because="the same name in another language")


def _join_shortened(found: Aliases, names: Iterable[str], spoken_of: Mapping[str, frozenset[str]]) -> None:
    """A name whose words all stand in one longer name of the batch, and in no other: "Interior Ministry".

    Only where reports of both speak of one place: two countries have two such ministries.
    """
    holders: dict[str, set[str]] = defaultdict(set)
    sounds = {key: frozenset(skeleton(key).split()) for key in names}
    for key, words in sounds.items():
        for word in words:
            holders[word].add(key)
    for key in sorted(sounds):
        longer = longest_holder(key, sounds, holders) if len(sounds[key]) >= MIN_SHARED else None
        if longer is None or spoken_of.get(key, NOWHERE).isdisjoint(spoken_of.get(longer, NOWHERE)):
            continue
        if all(w in longer.split() or is_arabic(w + longer) for w in key.split()):
            found.join(key, longer, because="a shorter form of the only such name in these reports")


def _has_meaning(key: str) -> bool:
    """Whether the key holds a word such as `ministry` beside its proper names: sound alone proves nothing."""
    return len(proper_words(key)) < len(key.split())


def longest_holder(key: str, sounds: Mapping[str, frozenset[str]], holders: Mapping[str, set[str]]) -> str | None:
    """The one key that holds all words of `key` and more, and of which every other such key is a part."""
    words = sounds[key]
    if not words:
        return None
    rarest = min(words, key=lambda w: (len(holders[w]), w))
    longer = [k for k in holders[rarest] if words < sounds[k]]
    top = max(longer, key=lambda k: (len(sounds[k]), k), default=None)
    return top if top is not None and all(sounds[k] <= sounds[top] for k in longer) else None


def shown(names: Mapping[str, int]) -> str:
    """The name to show for a voice, of its spellings with their uses: Latin letters first, then the most used."""
    return min(names, key=lambda n: (is_arabic(n), -names[n], -len(n), n))
