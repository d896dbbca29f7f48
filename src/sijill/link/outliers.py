"""Counts that cannot be of an incident, since several reports agree on a quite different size of it.

Reports of one event also give the toll of a year, of another attack, or of one victim among many. Where two reports or
more give one number, a count far beyond it, or far below, waits for a person instead of stretching the figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sijill.core.claim import Subset
from sijill.link.numbers import Counted
from sijill.link.records import Reported

AGREEING = 2
TIMES, LEAST = 3, 3
FAR = 5


def outliers(claims: Iterable[Reported]) -> frozenset[str]:
    """The ids of the claims whose number is far from what the reports agree on; small numbers are never far."""
    told: dict[Counted, list[tuple[int, Reported]]] = defaultdict(list)
    for c in claims:
        count = c.claim.count
        number = None if count is None else count.low if count.low is not None else count.high
        if number is not None and c.claim.group.subset is Subset.ALL:
            told[c.claim.harm, c.claim.group.subset].append((number, c))
    found: set[str] = set()
    for rows in told.values():
        by = _reports(rows)
        found.update(c.id for number, c in rows if _is_far(number, by))
    return frozenset(found)


def _reports(rows: Sequence[tuple[int, Reported]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for number, c in rows:
        found[number].add(c.document)
    return found


def _is_far(number: int, by: Mapping[int, set[str]]) -> bool:
    agreed = [n for n, documents in by.items() if len(documents) >= AGREEING]
    if number in agreed:
        return False
    if agreed:
        return number > TIMES * max(agreed) + LEAST or (min(agreed) >= LEAST and number * TIMES < min(agreed))
    if len(set[str]().union(*by.values())) <= AGREEING:
        return False
    middle = sorted(by)[len(by) // 2]
    return number > FAR * middle + FAR
