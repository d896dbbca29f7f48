"""What ties harm to a place and to days: the anchor of a few claims, and how far two anchors can be one incident.

The limits are our own conventions, named here and in docs/concepts/linking.md; precision codes are UCDP's (GED
codebook, where_prec and date_prec).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sijill.core.period import Period
from sijill.core.place import Place
from sijill.link.names import place_key

EVENT_DAYS = 3
LONG_DAYS = 31
LONG_SLACK = 7
REPORTED_WITHIN = 3
SETTLEMENT = 2
PROVINCE = 4
COUNTRY = 6
UNRESOLVED = 3
HOMONYM_KM = 50.0

# Kilometres around a place of each precision within which another may be the same: where_prec 1 exact, 2 near, …
REACH_KM = {1: 1.0, 2: 5.0, 3: 25.0, 4: 75.0, 5: 0.0, 6: 0.0, 7: 0.0}


class Kind(StrEnum):
    """What a period says: an event of a day or so, a toll over days or weeks, or one over months and years."""

    EVENT = "event"
    TOLL = "toll"
    LONG = "long"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where and when, with how it is known. `start` and `end` are days, both `None` for `UNDATED`.

    `stated` is whether the days stand in the text; else they are those just before publication. `running` is whether
    a toll ends about when it was published. `key` is the place's name, folded.
    """

    place: Place
    key: str
    kind: Kind
    start: dt.date | None
    end: dt.date | None
    stated: bool = True
    running: bool = False

    @property
    def precision(self) -> int:
        """The place's where_prec; a place without an entry in the gazetteer counts as a district."""
        return self.place.precision or UNRESOLVED

    @property
    def first(self) -> dt.date:
        """The first day; not to be asked of what is undated."""
        assert self.start is not None
        return self.start

    @property
    def last(self) -> dt.date:
        """The last day; not to be asked of what is undated."""
        assert self.end is not None
        return self.end


def anchor(place: Place, period: Period | None, published: dt.date | None) -> Anchor:
    """The anchor of a claim with a place; without a period of its own, the days just before publication.

    A period of 2 or 3 days over an area is a toll ("since Monday, in the valley"); at a settlement it is an event
    whose day is not certain.
    """
    area = place.precision is not None and place.precision > SETTLEMENT
    key = place_key(place.name or place.text)
    # Without the words that reports put it in, so that an incident has few anchors however many reports speak of it.
    place = Place(key, None, place.id, place.lat, place.lon, place.precision)
    if period is None or (period.start is None and period.end is None):
        if published is None:
            return Anchor(place, key, Kind.UNDATED, None, None, stated=False)
        return Anchor(place, key, Kind.EVENT, published - dt.timedelta(REPORTED_WITHIN), published, stated=False)
    start, end = period.start, period.end or published or period.start
    if start is None or end is None or end < start:
        return Anchor(place, key, Kind.UNDATED, None, None, stated=False)
    days = (end - start).days + 1
    kind = Kind.LONG if days > LONG_DAYS else Kind.TOLL if days > EVENT_DAYS or (days > 1 and area) else Kind.EVENT
    running = period.end is None or (published is not None and (published - end).days <= LONG_DAYS)
    return Anchor(place, key, kind, start, end, running=running)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two places, or two periods, agree, 0 to 1, in words; `weak` where that is not enough by itself."""

    score: float
    words: str
    weak: bool = False


def places_agree(a: Anchor, b: Anchor) -> Agreement | None:
    """How far two places can be one; `None` where they cannot.

    A country is never a village in it. One entry or one name is the same place, unless they lie far apart. Two
    settlements are one within the sum of their reaches. A settlement inside an area, by distance or by name, agrees
    only weakly: an area holds many incidents.
    """
    if (a.precision >= COUNTRY) != (b.precision >= COUNTRY):
        return None
    km = a.place.km_to(b.place)
    same_entry = a.place.id is not None and a.place.id == b.place.id
    if same_entry or (a.key and a.key == b.key and (km is None or km <= HOMONYM_KM)):
        return _same_place(a, b, resolved=same_entry or km is not None)
    if km is None:
        return _part_of_name(a, b)
    fine, coarse = sorted((a.precision, b.precision))
    reach = REACH_KM[fine] + REACH_KM[coarse]
    if km > reach or (fine > SETTLEMENT and fine == coarse):
        return None
    if coarse <= SETTLEMENT:
        return Agreement(1 - 0.5 * km / reach, f"{max(1, round(km))} km apart")
    return Agreement(0.6, "one place lies in the other", weak=True)


def _same_place(a: Anchor, b: Anchor, *, resolved: bool) -> Agreement:
    if not resolved:
        return Agreement(0.9, "same name of place")
    kinds = {1: "village or town", 2: "village or town", 3: "district", 4: "province", 5: "region"}
    fine, coarse = sorted((a.precision, b.precision))
    # A province has many incidents a day: there the numbers must speak too. A toll of it is one toll.
    weak = coarse >= PROVINCE and Kind.EVENT in (a.kind, b.kind)
    if fine <= SETTLEMENT < coarse:
        return Agreement(0.8, "same name, of a town and of the area around it", weak)
    return Agreement(1.0, f"same {kinds.get(coarse, 'country')}", weak)


def _part_of_name(a: Anchor, b: Anchor) -> Agreement | None:
    x, y = set(a.key.split()), set(b.key.split())
    if x and y and (x < y or y < x):
        return Agreement(0.6, "the name of one place is part of the other's", weak=True)
    return None


def days_agree(a: Anchor, b: Anchor) -> Agreement | None:
    """How far two periods can be of one incident; `None` where they cannot.

    Tolls never join events: months of war are not one day of it.
    """
    if Kind.EVENT == a.kind == b.kind:
        return _events_agree(a, b)
    if a.kind is not b.kind:
        return None
    if a.kind is Kind.UNDATED:
        return Agreement(0.3, "neither report gives a day", weak=True)
    return _tolls_agree(a, b)


def _events_agree(a: Anchor, b: Anchor) -> Agreement | None:
    gap = _gap(a, b)
    if not (a.stated and b.stated):
        words = "one report gives no day" if a.stated or b.stated else "neither report gives a day"
        return Agreement(0.5 if a.stated or b.stated else 0.4, f"{words}, both are of these days") if gap == 0 else None
    if gap == 0:
        same = a.start == a.end == b.start == b.end
        return Agreement(1.0, "same day") if same else Agreement(0.85, "overlapping days")
    return Agreement(0.6, "a day apart", weak=True) if gap == 1 else None


def _tolls_agree(a: Anchor, b: Anchor) -> Agreement | None:
    """Two tolls of one beginning are states of one toll; over months, their ends must agree or both be running."""
    long = a.kind is Kind.LONG
    if abs((a.first - b.first).days) > (LONG_SLACK if long else 0):
        return None
    if long and not (a.running and b.running) and abs((a.last - b.last).days) > LONG_DAYS:
        return None
    return Agreement(1.0 if a.start == b.start else 0.8, "running toll of the same beginning")


def _gap(a: Anchor, b: Anchor) -> int:
    return max(0, (b.first - a.last).days, (a.first - b.last).days)
