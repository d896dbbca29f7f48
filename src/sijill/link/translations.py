"""Which report is another's translation: by figures in the same order, places and days, where no words can be shared.

A translator keeps the numbers. Two reports in different languages that give the same figures in the same order, four of
them at least and three of these no round numbers, most of what the one with fewer gives, name a place in common that is
narrower than a province, and lie within a week are one text. Fewer figures, or figures of another order, show nothing:
two outlets that count alike are two voices. Our own rule.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sijill.core.claim import Span
from sijill.core.mention import Repetition, Sharing
from sijill.link.anchors import COUNTRY, PROVINCE
from sijill.link.profiles import Report

# A number that no date, hour, decimal or name runs into; thousands may be set apart.
FIGURE = re.compile(r"(?<![\w/:.,٫-])\d{1,3}(?:[,٬ ]\d{3})+(?![\w/:-])|(?<![\w/:.,٫-])\d{2,7}(?![\w/:٫-]|[.,]\d)")
YEARS = range(1900, 2101)
LEAST, MOST_OF = 4, 0.7
ROUND, LEAST_UNEVEN = 10, 3
RARE, MOST = 2, 12
NEAR_DAYS = 7
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """A report with the numbers that its text gives in figures, each where it first stands, in its order."""

    report: Report
    numbers: tuple[int, ...]
    at: Mapping[int, tuple[int, int]]
    places: frozenset[str]


def translations(reports: Iterable[Report]) -> tuple[Repetition, ...]:
    """Every pair of reports of which one is a translation of the other; the earlier is taken to be the original."""
    known = {r.document: _figures(r) for r in sorted(reports, key=lambda r: r.document) if r.language}
    holding: dict[int, list[str]] = defaultdict(list)
    for document, f in known.items():
        for number in f.numbers:
            holding[number].append(document)
    shared: Counter[tuple[str, str]] = Counter()
    for documents in holding.values():
        if len(documents) <= MOST:
            shared.update(combinations(documents, 2))
    pairs = sorted(pair for pair, n in shared.items() if n >= RARE)
    found = (_compared(known[a], known[b]) for a, b in pairs)
    return tuple(r for r in found if r is not None)


def _figures(report: Report) -> Figures:
    at: dict[int, tuple[int, int]] = {}
    for number, start, end in _numbers(report.text):
        if number not in YEARS and len(at) < LONGEST:
            at.setdefault(number, (start, end))
    named = (m.place for m in report.places)
    places = frozenset(p.id for p in named if p.id is not None and (p.precision or COUNTRY) < PROVINCE)
    return Figures(report, tuple(at), at, places)


def _numbers(text: str) -> Iterator[tuple[int, int, int]]:
    for match in FIGURE.finditer(text):
        yield int(re.sub(r"\D", "", match[0])), match.start(), match.end()


def _compared(a: Figures, b: Figures) -> Repetition | None:
    days = (a.report.day, b.report.day)
    apart = abs((days[0] - days[1]).days) if days[0] is not None and days[1] is not None else 0
    if a.report.language == b.report.language or apart > NEAR_DAYS or not a.places & b.places:
        return None
    same = in_order(a.numbers, b.numbers)
    part = len(same) / min(len(a.numbers), len(b.numbers))
    uneven = sum(n % ROUND != 0 for n in same)
    if len(same) < LEAST or uneven < LEAST_UNEVEN or part < MOST_OF:
        return None
    later, earlier = sorted((a, b), key=_age, reverse=True)
    return Repetition(
        later.report.document,
        earlier.report.document,
        Sharing.TRANSLATION,
        round(min(0.95, 0.5 + 0.05 * len(same)), 3),
        round(part, 3),
        _span(later, same),
        _span(earlier, same),
        f"in two languages, {len(same)} figures in the same order and {len(a.places & b.places)} places stand in both",
    )


def _age(f: Figures) -> tuple[bool, int, str]:
    day = f.report.day
    return (day is None, day.toordinal() if day is not None else 0, f.report.document)


def in_order(a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    """The longest run of numbers that both have in one order, of equals the first; no number stands twice in either.

    >>> in_order((63, 12, 40, 7), (12, 63, 40, 9, 7))
    (63, 40, 7)
    """
    place = {n: i for i, n in enumerate(b)}
    best: list[tuple[int, ...]] = []
    ends: list[int] = []
    for n in a:
        if n in place:
            before = max((r for r, end in zip(best, ends, strict=True) if end < place[n]), key=len, default=())
            best.append((*before, n))
            ends.append(place[n])
    return max(best, key=len, default=())


def _span(f: Figures, same: Sequence[int]) -> Span:
    start, end = f.at[same[0]][0], f.at[same[-1]][1]
    return Span(f.report.text[start:end], start, end)
