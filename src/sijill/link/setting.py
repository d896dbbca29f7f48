"""Where and when an incident was, by the claims and the reports that speak of it: the most precise that most give."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sijill.core.period import Period
from sijill.core.place import Place
from sijill.link.anchors import SETTLEMENT, UNRESOLVED, Kind, anchor
from sijill.link.bundles import place_of
from sijill.link.names import place_key
from sijill.link.profiles import Report
from sijill.link.records import Reported

T = TypeVar("T")

# What a report's word is worth, against harm that it puts at a place or a day that it states for the harm: 1.
NAMED, PUBLISHED, EVE = 0.4, 0.6, 0.2
SEVERAL = 2
ONE_DAY = dt.timedelta(1)
BY_PUBLICATION = "no report gives the day: that on which most of them were published, or the day before"


@dataclass(frozen=True, slots=True)
class Speaking:
    """The reports that speak of an incident, and how many of all (`of`) name each place."""

    reports: tuple[Report, ...] = ()
    naming: Mapping[str | None, int] = field(default_factory=dict)
    of: int = 0

    def rarity(self, place: str) -> float:
        """How much it says that a report names a place: little where every other report does."""
        return math.log((self.of + 1) / max(1, self.naming.get(place, 0)))


def where(claims: Sequence[Reported], speaking: Speaking) -> Place | None:
    """The settlement that most reports put harm at, by what they name besides and how rare that is.

    Where no count is put at a settlement, that which several reports name; else the most precise place given.
    """
    told: dict[str, dict[str, float]] = defaultdict(dict)
    places: dict[str, Place] = {}
    for report in speaking.reports:
        for mention in report.places:
            if mention.place.id is not None and _is_fine(mention.place):
                told[mention.place.id][report.document] = NAMED
                places.setdefault(mention.place.id, mention.place)
    harmed = set()
    for c in claims:
        at = c.claim.place
        if at is not None and at.id is not None and _is_fine(at):
            told[at.id][c.document] = 1.0
            places[at.id] = at
            harmed.add(at.id)
    options = harmed or {id_ for id_, by in told.items() if len(by) >= min(SEVERAL, len(speaking.reports))}
    if not speaking.reports or not options:
        return _given(claims)
    return places[max(options, key=lambda id_: (sum(told[id_].values()) * speaking.rarity(id_), id_))]


def _is_fine(place: Place) -> bool:
    return place.precision is not None and place.precision <= SETTLEMENT


def _given(claims: Sequence[Reported]) -> Place | None:
    """The most precise place, and of equally precise ones that which most documents put harm at."""
    named = [(c, place) for c in claims if (place := place_of(c)) is not None]
    if not named:
        return None
    finest = min(_precision(p) for _, p in named)
    votes = [(c, p) for c, p in named if _precision(p) == finest]
    return _most_shared(votes, lambda p: p.id or place_key(p.name or p.text))


def _precision(place: Place) -> float:
    return UNRESOLVED + 0.5 if place.precision is None else place.precision


def when(claims: Sequence[Reported], speaking: Speaking) -> Period | None:
    """The most precise days that most documents give; for a toll over days, from its beginning to its latest state.

    Reports that state no day speak for the day on which they were published, and less for the day before.
    """
    dated = [(c, p) for c in claims if (p := c.claim.period) is not None and (p.start or p.end)]
    events = [(c, p) for c, p in dated if anchor(place_of(c) or Place(""), p, c.published).kind is Kind.EVENT]
    if dated and not events:
        return max((p for _, p in dated), key=lambda p: (p.end or dt.date.min, p.start or dt.date.min, p.text))
    stating = {c.document for c, _ in events}
    published = [day for r in speaking.reports if (day := r.day) is not None and r.document not in stating]
    if not published:
        return _stated(events) if events else None
    votes: Counter[dt.date] = Counter()
    for document in sorted(stating):
        days = {d for c, p in events if c.document == document for d in (p.start, p.end) if d is not None}
        votes.update({d: 1.0 / len(days) for d in days})
    for day in published:
        votes.update({day: PUBLISHED, day - ONE_DAY: EVE})
    best = max(votes, key=lambda d: (votes[d], -d.toordinal()))
    there = [(c, p) for c, p in events if p.start is not None and p.start <= best <= (p.end or p.start)]
    return _stated(there) if there else Period.of("", best - ONE_DAY, best, basis=BY_PUBLICATION)


def _stated(events: Sequence[tuple[Reported, Period]]) -> Period:
    shortest = min(_days(p) for _, p in events)
    votes = [(c, p) for c, p in events if _days(p) == shortest]
    return _most_shared(votes, lambda p: (p.start, p.end))


def _days(period: Period) -> int:
    if period.start is None or period.end is None:
        return dt.timedelta.max.days
    return (period.end - period.start).days + 1


def _most_shared(votes: Sequence[tuple[Reported, T]], key: Callable[[T], object]) -> T:
    """The value that most documents give; of equals, the one that was given first."""
    documents: dict[object, set[str]] = defaultdict(set)
    for c, value in votes:
        documents[key(value)].add(c.document)
    most = max(len(d) for d in documents.values())
    return next(value for _, value in votes if len(documents[key(value)]) == most)
