"""Finding known places' names in running text, in time that grows with its length alone.

Latin script: a name begins with a capital. Arabic script: any word may begin one, with و ف ب ل ك written onto it.
The longest name wins. Half a million places bear the names of people and things, so a hit must be worth believing:
ordinary words and given names (`places/ordinary.toml`) are passed over, and a little place counts only in company,
where the text speaks of its country anyway.
"""

import re
import tomllib
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from sijill.extract.placetable import Candidate, GazetteerEntry
from sijill.extract.resolution import OWN, WELL_KNOWN
from sijill.extract.toponyms import (
    drop_arabic_article,
    fold_letters,
    is_arabic_script,
    is_article,
    normalise_name,
)

#: No name in the table has more words.
_MOST_WORDS = 8
#: Where a text names no well-known place at all, a place of this population is believed by itself.
_TOWN = 15_000
#: How much likelier (`resolution.prior`) a place abroad may be and still come after one in a country spoken of.
_LITTLE_LIKELIER = 1.5
_CACHED_WORDS = 200_000
_LONGEST_WORD, _LONGEST_ARTICLE = 60, 3

_APOSTROPHE = "'’‘ʼʻʿʾ`´"
_LATIN = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0259\u0300-\u036f\u1e00-\u1eff"
_CAPITAL = "A-Z" + "".join(chr(i) for i in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)) if chr(i).isupper())
_LATIN_WORD = rf"[{_LATIN}](?:[{_LATIN}{_APOSTROPHE}]*[{_LATIN}])?"
_ARABIC_WORD = "[\u0621-\u065f\u0670-\u06d3\u06d5\u06dc\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]+"
_BEGINNING = re.compile(rf"(?<![{_LATIN}])[{_CAPITAL}](?:[{_LATIN}{_APOSTROPHE}]*[{_LATIN}])?|{_ARABIC_WORD}")
_JOINT = r"(?:[ \u00a0]?\r?\n|[ \u00a0\u2010\u2011-])"
_NEXT_LATIN = re.compile(rf"{_JOINT}({_LATIN_WORD})")
_NEXT_ARABIC = re.compile(rf"{_JOINT}({_ARABIC_WORD})")
_NEXT_CAPITAL = re.compile(rf"[ -]([{_CAPITAL}][{_LATIN}]+)")
_ARTICLE_BEFORE = re.compile(r"(?<![A-Za-z])[AaEe](?:l|[tdrszn]|sh|th|dh|ch)[ -]$")
_POSSESSIVE = re.compile(r"['’]s$")
#: A word that is stretched at an end is a piece of one, and one with the ending -an is an adverb or an object.
_FRAGMENT = re.compile("^ـ|ـ$|[\u064b-\u064d]")
_ELISION = re.compile(r"[dlDL]['’](?=\w)")


class FoundName(NamedTuple):
    """A known name in a text: its span in code points, without particles, and what it can mean, best first."""

    start: int
    end: int
    entries: tuple[GazetteerEntry, ...]


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a name can mean, the likeliest first, with weights.

    `home` is the country of the well-known place that it usually names, if it names one; `only` says that no other
    country has a well-known place of that name.
    """

    weighed: tuple[tuple[Candidate, float], ...]
    home: str | None
    only: bool

    @property
    def best(self) -> GazetteerEntry:
        """The likeliest place."""
        return self.weighed[0][0].entry

    def entries(self, spoken_of: set[str]) -> tuple[GazetteerEntry, ...]:
        """The places; one in a country that the text speaks of before one that is little likelier."""
        likeliest = self.weighed[0][1]

        def order(pair: tuple[Candidate, float]) -> bool:
            return not (pair[0].entry.country in spoken_of and likeliest - pair[1] <= _LITTLE_LIKELIER)

        return tuple(candidate.entry for candidate, _ in sorted(self.weighed, key=order))


@dataclass(frozen=True, slots=True)
class _Hit:
    """A known name before it is known whether to believe it.

    `beside` says that the words right beside it make it likely to be a piece of the name of a person, a body or a
    mountain.
    """

    start: int
    end: int
    meaning: _Meaning
    beside: bool

    @property
    def strong(self) -> bool:
        """Whether it is believed by itself."""
        return self.meaning.home is not None and (not self.beside or self.meaning.best.kind == "country")


def _homes(weighed: tuple[tuple[Candidate, float], ...], *, usual_only: bool) -> list[str]:
    """The countries of the places that one may name without saying where they are, the likeliest first."""
    homes = []
    for candidate, _ in weighed:
        entry = candidate.entry
        known = entry.kind in ("country", "admin1") or (entry.population or 0) >= WELL_KNOWN
        if (candidate.main or not usual_only) and (known or entry.id.startswith(OWN)):
            homes.append(entry.country)
    return homes


#: A way to begin a name with a word: how many characters to skip, and the folded rest.
_Option = tuple[int, str]


class _Beginning(NamedTuple):
    """A way to begin a name with a word: characters to skip, the folded rest, and what is known of that rest.

    `known` if it is a name by itself, `starts` if longer names begin with it; `article` is `None` in Latin script.
    """

    skip: int
    key: str
    known: bool
    starts: bool
    article: bool | None


class _Step(NamedTuple):
    """A name with one more word: its key, or an article that waits for the word behind it.

    `known` if it is a name, `starts` if longer names begin with it, `owner` if the word has a possessive ending.
    """

    key: str
    waiting: str
    known: bool
    starts: bool
    owner: bool


@dataclass(frozen=True, slots=True)
class _Ordinary:
    """The lists of `ordinary.toml`, folded: names that are no places in running text, and words beside names."""

    passed_over: frozenset[str]
    with_article: frozenset[str]
    neutral: frozenset[str]
    before_arabic: frozenset[str]


@lru_cache(maxsize=1)
def _ordinary() -> _Ordinary:
    text = files("sijill.extract").joinpath("places", "ordinary.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    before = (*tables["neighbours"]["before_arabic"], *tables["pass_over"]["people_arabic"])
    return _Ordinary(
        passed_over=frozenset(normalise_name(word) for rows in tables["pass_over"].values() for word in rows),
        with_article=frozenset(normalise_name(word) for word in tables["keep"]["with_article"]),
        neutral=frozenset(fold_letters(word) for word in tables["neighbours"]["words"]),
        before_arabic=frozenset(normalise_name(word) for word in before),
    )


class NameScanner:
    """Finds names in texts. It remembers words it has seen, which is what makes it fast; results never depend on it."""

    def __init__(
        self,
        known: Container[str],
        starts: Container[str],
        weighed: Callable[[str], tuple[tuple[Candidate, float], ...]],
    ) -> None:
        self._known = known
        self._starts = starts
        self._weighed = weighed
        self._meaning = lru_cache(maxsize=16_384)(self._mean)
        self._beginnings: dict[str, tuple[_Beginning, ...]] = {}
        self._steps: dict[tuple[str, str, str], _Step] = {}

    def find(self, text: str, *, countries: tuple[str, ...] = ()) -> tuple[FoundName, ...]:
        """The places named in a text, in its order. `countries` are ISO codes that the text is known to speak of."""
        hits = tuple(self._hits(text))
        strong = [hit.meaning for hit in hits if hit.strong]
        spoken_of = {*countries, *(meaning.home for meaning in strong)}

        def believed(hit: _Hit) -> bool:
            if hit.strong:
                return True
            if any(candidate.entry.country in spoken_of for candidate, _ in hit.meaning.weighed):
                return hit.meaning.home is not None or not hit.beside
            return not spoken_of and not hit.beside and (hit.meaning.best.population or 0) >= _TOWN

        sure = {*countries, *(meaning.home for meaning in strong if meaning.only and meaning.home is not None)}
        meanings = {id(hit.meaning): hit.meaning for hit in hits}
        entries = {number: meaning.entries(sure) for number, meaning in meanings.items()}
        return tuple(FoundName(hit.start, hit.end, entries[id(hit.meaning)]) for hit in hits if believed(hit))

    def _mean(self, key: str, article: bool | None) -> _Meaning | None:
        """What a folded name can mean; `article` says whether an Arabic one has its article, `None` for a Latin one."""
        weighed = self._weighed(key)
        if article is not None:
            weighed = _with_same_article(weighed, key, article)
        homes = _homes(weighed, usual_only=article is None)
        return _Meaning(weighed, homes[0] if homes else None, len(set(homes)) == 1) if weighed else None

    def _hits(self, text: str) -> Iterator[_Hit]:
        done = 0
        before: re.Match[str] | None = None
        known = self._beginnings
        for match in _BEGINNING.finditer(text):
            word = match.group()
            beginnings = known.get(word)
            if beginnings is None:
                beginnings = self._remember(word)
            # Most words begin no name.
            if beginnings and match.start() >= done:
                hits = [hit for b in beginnings if (hit := self._longest(text, match, b, before)) is not None]
                if hits:
                    # "L'Irak" is Iraq and not the hamlet of Lirak.
                    hit = next((hit for hit in hits if hit.strong), hits[0])
                    yield hit
                    done = hit.end
            before = match

    def _remember(self, word: str) -> tuple[_Beginning, ...]:
        """The ways in which a word can begin a name, kept for the next time."""
        if len(word) > _LONGEST_WORD:
            return ()
        if len(self._beginnings) >= _CACHED_WORDS:
            self._beginnings.clear()
        arabic = is_arabic_script(word)
        every = (
            _Beginning(
                skip, key, key in self._known, key in self._starts, _has_arabic_article(word, skip) if arabic else None
            )
            for skip, key in (_arabic_options(word) if arabic else _latin_options(word))
        )
        useful = tuple(beginning for beginning in every if beginning.known or beginning.starts)
        self._beginnings[word] = useful
        return useful

    def _longest(
        self, text: str, match: re.Match[str], beginning: _Beginning, before: re.Match[str] | None
    ) -> _Hit | None:
        """The longest known name that begins with a word."""
        skip, first, known, starts, article = beginning
        latin = article is None
        found = self._longer(text, match.end(), first, _NEXT_LATIN if latin else _NEXT_ARABIC) if starts else []
        if known:
            found.insert(0, (_end(match), first))
        ordinary = _ordinary()
        for end, key in reversed(found):
            if key in ordinary.passed_over and not (article and key in ordinary.with_article):
                return None
            meaning = self._meaning(key, article)
            if meaning is not None:
                start = _with_article(text, match.start() + skip) if latin else match.start() + skip
                beside = " " not in key and (_in_longer_name if latin else _after_title)(text, start, end, before)
                return _Hit(start, end, meaning, beside)
        return None

    def _longer(self, text: str, end: int, key: str, following: re.Pattern[str]) -> list[tuple[int, str]]:
        """Where each known name ends that goes on from a word, and its key, the shortest first."""
        found: list[tuple[int, str]] = []
        waiting = ""
        for _ in range(_MOST_WORDS):
            match = following.match(text, end)
            if match is None or match.end() - end > _LONGEST_WORD:
                break
            end, word = match.end(), match[1]
            step = self._steps.get((key, waiting, word)) or self._step(key, waiting, word)
            key, waiting = step.key, step.waiting
            if waiting:
                continue
            if step.known:
                found.append((end - len("'s") if step.owner else end, key))
            if step.owner or not step.starts:
                break
        return found

    def _step(self, key: str, waiting: str, word: str) -> _Step:
        """A name with one more word, articles left out as `normalise_name` does; kept for the next time."""
        if len(self._steps) >= _CACHED_WORDS:
            self._steps.clear()
        possessive = _POSSESSIVE.search(word)
        folded = fold_letters(word[: possessive.start()] if possessive else word)
        longer = f"{key} {waiting}" if waiting and not is_article(waiting, folded) else key
        if len(folded) <= _LONGEST_ARTICLE and is_article(folded, folded[-1:]):
            step = _Step(longer, folded, known=False, starts=True, owner=False)
        else:
            longer = f"{longer} {drop_arabic_article(folded)}"
            step = _Step(longer, "", longer in self._known, longer in self._starts, possessive is not None)
        self._steps[key, waiting, word] = step
        return step


def _has_arabic_article(word: str, skip: int) -> bool:
    """Whether a word has the article ال, also where the particle ل has taken its first letter."""
    rest = fold_letters(word[skip:])
    return rest.startswith("ال") or (skip >= 2 and fold_letters(word[:skip]).endswith("لل"))


def _with_same_article(
    weighed: tuple[tuple[Candidate, float], ...], key: str, article: bool
) -> tuple[tuple[Candidate, float], ...]:
    """Without places whose Arabic name has the article where the text has none, or the other way about.

    The article tells *السورية*, Syrian, from *سورية*, Syria, and *خرج*, he went out, from *الخرج*. A case's own places
    are found either way.
    """

    def agrees(entry: GazetteerEntry) -> bool:
        name = fold_letters(entry.name_ar or "")
        comparable = entry.kind == "country" or normalise_name(name) == key
        told = entry.id.startswith(OWN) or not name or not comparable
        return told or name.startswith("ال") == article

    return tuple(pair for pair in weighed if agrees(pair[0].entry))


def _latin_options(word: str) -> list[_Option]:
    """A word as it stands, and without *d'* or *l'*."""
    bare = _POSSESSIVE.sub("", word)
    options = [(0, fold_letters(bare))]
    elision = _ELISION.match(bare)
    if elision is not None:
        options.append((elision.end(), fold_letters(bare[elision.end() :])))
    return options


def _arabic_options(word: str) -> list[_Option]:
    """A word as it stands, and without the particles و ف and ب ل ك that may be written onto it."""
    if _FRAGMENT.search(word):
        return []
    folded = fold_letters(word)
    skips = [0]
    if folded[:1] in ("و", "ف"):
        skips.append(1)
    for skip in tuple(skips):
        rest = folded[skip:]
        if rest.startswith("لل"):
            skips.append(skip + 2)
        elif rest[:1] in ("ب", "ل", "ك"):
            skips.append(skip + 1)
    options = [(skip, drop_arabic_article(folded[skip:])) for skip in skips]
    return [(_raw_length(word, skip), key) for skip, key in options if skip == 0 or len(key) >= 3]


def _raw_length(word: str, letters: int) -> int:
    """How many characters of a word its first so many folded letters take up."""
    at = 0
    while at < len(word) and len(fold_letters(word[:at])) < letters:
        at += 1
    return at


def _end(match: re.Match[str]) -> int:
    """Where a word ends, without a possessive."""
    possessive = _POSSESSIVE.search(match.group())
    return match.end() if possessive is None else match.start() + possessive.start()


def _with_article(text: str, start: int) -> int:
    """Where a name begins when an Arabic article stands before it: *al-Bab* begins at its article."""
    if text[start - 1 : start] not in {" ", "-"}:
        return start
    article = _ARTICLE_BEFORE.search(text, max(0, start - 4), start)
    if article is None or not is_article(article.group()[:-1].lower(), fold_letters(text[start : start + 3])):
        return start
    return article.start()


def _in_longer_name(text: str, start: int, end: int, before: re.Match[str] | None) -> bool:
    """Whether other capitalised words stand right beside a name, so that it is rather a person's or a body's."""
    neutral = _ordinary().neutral
    if before is not None and text[before.end() : start] in (" ", "-"):
        word = before.group()
        if not is_arabic_script(word) and fold_letters(word) not in neutral:
            return True
    following = _NEXT_CAPITAL.match(text, end)
    return following is not None and fold_letters(following.group(1)) not in neutral


def _after_title(text: str, start: int, end: int, before: re.Match[str] | None) -> bool:
    """Whether an Arabic name follows a given name, a title, or a word such as *mountain*, *mosque* or *brigade*."""
    if before is None or start > before.end() + 1 or text[before.end() : start] != " ":
        return False
    return any(key in _ordinary().before_arabic for _, key in _arabic_options(before.group()))
