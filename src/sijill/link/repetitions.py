"""Which report repeats which, by the words that they share: copies, excerpts, texts that were reworked, translations.

Runs of eight words are sampled by their hash (one in four, the same ones in every text: Broder, "On the resemblance and
containment of documents", 1997), so that reports which share text meet without all pairs being compared; then the pair
is aligned on all runs, and the longest passage that both have is the evidence. A passage that many reports have, or
that one site prints again and again, shows nothing.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sijill.core.claim import Span
from sijill.core.mention import Repetition, Sharing
from sijill.link.names import fold
from sijill.link.profiles import Report
from sijill.link.translations import translations
from sijill.link.words import WORD

RUN = 8
SAMPLED = 4
MOST = 12
COPY, EXCERPT, LEAST = 0.8, 0.8, 0.12
LEAST_WORDS = 16
MONTH = 31


@dataclass(frozen=True, slots=True)
class Words:
    """A report's words, folded, where each stands, and the hash of every run of eight, by its first word."""

    report: Report
    at: tuple[tuple[int, int], ...]
    runs: tuple[int, ...]
    first: Mapping[int, int]

    @property
    def age(self) -> tuple[dt.date, str]:
        """Sorts reports, the earliest first; of undated ones and those of one day, by content."""
        return (self.report.day or dt.date.max, self.report.document)


def repetitions(reports: Iterable[Report]) -> tuple[Repetition, ...]:
    """Every pair of reports of which one has text of the other, sorted by the later and the earlier."""
    known = {r.document: _words(r) for r in sorted(reports, key=lambda r: r.document)}
    common = Counter(run for w in known.values() for run in w.first)
    sampled: dict[int, list[str]] = defaultdict(list)
    for document, w in known.items():
        for run in w.first:
            if run % SAMPLED == 0 and common[run] <= MOST:
                sampled[run].append(document)
    pairs = {pair for held in sampled.values() for pair in combinations(held, 2)}
    found = [r for a, b in sorted(pairs) if (r := _compared(known[a], known[b], common)) is not None]
    told = translations(w.report for w in known.values())
    return tuple(sorted((*found, *told), key=lambda r: (r.later, r.earlier)))


def _words(report: Report) -> Words:
    matches = list(WORD.finditer(report.text))
    words = [fold(m[0]) for m in matches]
    runs = tuple(_hash(words[i : i + RUN]) for i in range(len(words) - RUN + 1))
    first: dict[int, int] = {}
    for i, run in enumerate(runs):
        first.setdefault(run, i)
    return Words(report, tuple(m.span() for m in matches), runs, first)


def _hash(words: Sequence[str]) -> int:
    return zlib.crc32(" ".join(words).encode())


def _compared(a: Words, b: Words, common: Mapping[int, int]) -> Repetition | None:
    later, earlier = sorted((a, b), key=lambda w: w.age, reverse=True)
    same_site = bool(a.report.site) and a.report.site == b.report.site
    telling = {run for run in later.first.keys() & earlier.first.keys() if common[run] <= MOST}
    shared = len(telling) / max(1, min(len(later.first), len(earlier.first)))
    start, source, length = max(_passages(later, earlier, telling), key=lambda p: (p[2], -p[0]), default=(0, 0, 0))
    words = length + RUN - 1 if length else 0
    if words < LEAST_WORDS or shared < LEAST or (same_site and shared < COPY):
        return None
    whole = len(telling) / max(1, len(later.first), len(earlier.first))
    sharing = Sharing.COPY if whole >= COPY else Sharing.EXCERPT if shared >= EXCERPT else Sharing.REWORDED
    return Repetition(
        later.report.document,
        earlier.report.document,
        sharing,
        round(min(0.99, 0.5 + shared / 2), 3),
        round(shared, 3),
        _span(later, start, words),
        _span(earlier, source, words),
        f"{words} words in a row stand in both, {shared:.0%} of the shorter",
    )


def _passages(later: Words, earlier: Words, telling: set[int]) -> Iterator[tuple[int, int, int]]:
    """Stretches of runs that follow one another in both: where each starts, and how many runs it has."""
    i = 0
    while i < len(later.runs):
        if later.runs[i] not in telling:
            i += 1
            continue
        j, length = earlier.first[later.runs[i]], 0
        while (
            i + length < len(later.runs)
            and j + length < len(earlier.runs)
            and later.runs[i + length] == earlier.runs[j + length]
        ):
            length += 1
        yield i, j, length
        i += max(1, length)


def _span(words: Words, first: int, count: int) -> Span:
    start, end = words.at[first][0], words.at[first + count - 1][1]
    return Span(words.report.text[start:end], start, end)
