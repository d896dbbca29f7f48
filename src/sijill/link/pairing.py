"""Which reports are worth comparing: those that share rare words or places, within days of one another where dated.

Cost grows nearly with the number of reports: a word or a place leads to others only through blocks of bounded size,
and each report keeps a bounded number of candidates.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from sijill.link.features import gap
from sijill.link.profiles import Corpus, Profile

WEEK = 7
MOST_TERMS, MOST_IN_BLOCK, MOST_KEPT = 60, 200, 40
A_PLACE = 3.0
# The least rarity that two reports must share, by the days between them; without a day of one, `UNDATED`.
NEXT_DAY, THIS_WEEK, MONTHS, UNDATED = 1.5, 5.0, 40.0, 8.0
MONTHS_DAYS = 60
RARE = 20

Pair = tuple[str, str]
Key = tuple[str, str]


def candidates(corpus: Corpus) -> tuple[Pair, ...]:
    """Pairs of documents to compare, each once and sorted, whatever the order of the reports was."""
    keys = {d: _keys(p, corpus) for d, p in corpus.profiles.items()}
    dated: dict[tuple[Key, int], list[str]] = defaultdict(list)
    everywhere: dict[Key, list[str]] = defaultdict(list)
    for document, found in keys.items():
        days = corpus.profiles[document].days
        for key in found:
            everywhere[key].append(document)
            if days is not None:
                dated[key, days[0].toordinal() // WEEK].append(document)
    kept: set[Pair] = set()
    for document in corpus.profiles:
        shared = _shared(document, keys, dated, everywhere, corpus)
        good = [(score, other) for other, score in shared.items() if _enough(document, other, score, corpus)]
        good.sort(key=lambda item: (-item[0], item[1]))
        kept.update((min(document, other), max(document, other)) for _, other in good[:MOST_KEPT])
    return tuple(sorted(kept))


def _keys(p: Profile, corpus: Corpus) -> dict[Key, float]:
    """The rarest words and all places of a report, with what sharing them is worth."""
    rarest = sorted(p.vector, key=lambda t: (corpus.with_term[t], t))[:MOST_TERMS]
    found: dict[Key, float] = {("term", t): corpus.rarity(corpus.with_term[t]) for t in rarest}
    return found | {("place", place): A_PLACE for place in sorted(p.places.keys() | p.wide)}


def _shared(
    document: str,
    keys: Mapping[str, Mapping[Key, float]],
    dated: Mapping[tuple[Key, int], list[str]],
    everywhere: Mapping[Key, list[str]],
    corpus: Corpus,
) -> Counter[str]:
    found: Counter[str] = Counter()
    for key, worth in keys[document].items():
        for other in _block(document, key, dated, everywhere, corpus):
            if other != document:
                found[other] += worth  # type: ignore[assignment]
    return found


def _block(
    document: str,
    key: Key,
    dated: Mapping[tuple[Key, int], list[str]],
    everywhere: Mapping[Key, list[str]],
    corpus: Corpus,
) -> Iterator[str]:
    """The reports of the same weeks that have this word or place; of any time where few have it."""
    days, block = corpus.profiles[document].days, everywhere[key]
    if len(block) <= (MOST_IN_BLOCK if days is None else RARE):
        yield from block
        return
    if days is None:
        return
    week = days[0].toordinal() // WEEK
    for at in (week - 1, week, week + 1):
        near = dated.get((key, at), ())
        if len(near) <= MOST_IN_BLOCK:
            yield from near


def _enough(document: str, other: str, score: float, corpus: Corpus) -> bool:
    a, b = corpus.profiles[document].days, corpus.profiles[other].days
    if a is None or b is None:
        return score >= UNDATED
    apart = gap(a, b)
    return score >= (NEXT_DAY if apart <= 1 else THIS_WEEK if apart <= WEEK else MONTHS) and apart <= MONTHS_DAYS
