"""Claims of one report that go together: counts of one sentence, and parts with their whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sijill.core.period import Period
from sijill.core.place import Place
from sijill.link.anchors import UNRESOLVED
from sijill.link.names import place_key
from sijill.link.records import Reported

LONGEST = 10**6


@dataclass(slots=True)
class Bundle:
    """Claims that are linked as one, with the most precise place and period that any of them has."""

    claims: list[Reported]
    place: Place | None = None
    period: Period | None = None
    sentence: tuple[int, int] = field(default=(0, 0))

    def takes(self, other: Reported) -> bool:
        """Whether nothing in the claim's place and days speaks against its going with these."""
        place, period = place_of(other), other.claim.period
        if place is not None and self.place is not None and not _same_place(place, self.place):
            return False
        return period is None or self.period is None or _days(period) == _days(self.period)

    def add(self, other: Reported) -> None:
        """Adds a claim, and takes its place or period where it is the more precise."""
        place, period = place_of(other), other.claim.period
        self.claims.append(other)
        if place is not None and (self.place is None or _precision(place) < _precision(self.place)):
            self.place = place
        if period is not None and (self.period is None or _length(period) < _length(self.period)):
            self.period = period


def bundles(claims: Sequence[Reported]) -> tuple[Bundle, ...]:
    """The bundles of one report's claims, in the order of its text.

    Counts of one sentence go together unless their places or days differ; a count of some goes with the count of all,
    in whichever sentence, unless it has a place of its own.
    """
    ordered = sorted(claims, key=lambda c: c.position)
    present = {c.id for c in ordered}
    parts = [c for c in ordered if c.claim.part_of in present and c.claim.part_of != c.id]
    held = {c.id for c in parts}
    found: list[Bundle] = []
    by_sentence: dict[tuple[int, int], list[Bundle]] = defaultdict(list)
    home: dict[str, Bundle] = {}
    for c in ordered:
        if c.id not in held:
            _put(c, found, by_sentence, home, None)
    for c in parts:
        _put(c, found, by_sentence, home, home.get(c.claim.part_of or ""))
    for bundle in found:
        bundle.claims.sort(key=lambda c: c.position)
    return tuple(sorted(found, key=lambda b: b.claims[0].position))


def _put(
    c: Reported,
    found: list[Bundle],
    by_sentence: dict[tuple[int, int], list[Bundle]],
    home: dict[str, Bundle],
    whole: Bundle | None,
) -> None:
    sentence = (c.claim.quote.start, c.claim.quote.end)
    options = [b for b in (whole, *reversed(by_sentence[sentence])) if b is not None and b.takes(c)]
    if not options:
        options = [Bundle([], sentence=sentence)]
        found.append(options[0])
        by_sentence[sentence].append(options[0])
    options[0].add(c)
    home[c.id] = options[0]


def place_of(c: Reported) -> Place | None:
    """The claim's place, `None` also where it has no name that could be compared."""
    place = c.claim.place
    return place if place is not None and (place.id is not None or place_key(place.name or place.text)) else None


def _same_place(a: Place, b: Place) -> bool:
    if a.id is not None and b.id is not None:
        return a.id == b.id
    return place_key(a.name or a.text) == place_key(b.name or b.text)


def _precision(place: Place) -> int:
    return place.precision or UNRESOLVED


def _days(period: Period) -> tuple[object, object]:
    return (period.start, period.end)


def _length(period: Period) -> int:
    if period.start is None or period.end is None:
        return LONGEST
    return (period.end - period.start).days
