"""Incidents from the rows that stand: membership, place, days and a label; drop them and they come out the same."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sijill.core.claim import Harm
from sijill.core.incident import Incident
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.link.anchors import EVENT_DAYS, UNRESOLVED, Kind, anchor
from sijill.link.bundles import place_of
from sijill.link.identity import identity
from sijill.link.names import place_key
from sijill.link.records import Linkage, Reported

T = TypeVar("T")

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
BODILY = frozenset({Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS})
MAX_NAME = 80


def derive(claims: Iterable[Reported], linkage: Linkage) -> tuple[Incident, ...]:
    """The incidents that stand, sorted by their first day, undated last, then by id.

    `linkage` holds the rows that stand, in the order in which they were made. Rows on claims that are not given (no
    longer current) are passed over. Claims that were rejected stay members, so that nothing is lost from view, but
    place, days and label rest on the others where there are any.
    """
    held = {c.id: c for c in claims}
    stands = identity(linkage, held.values())
    members: dict[str, list[Reported]] = defaultdict(list)
    for id_, incidents in stands.homes.items():
        if id_ in held:
            for incident in incidents:
                members[incident].append(held[id_])
    found = [
        _incident(id_, sorted(rows, key=lambda c: c.position), stands.merged_into(id_)) for id_, rows in members.items()
    ]
    return tuple(sorted(found, key=lambda i: (_first_day(i), i.id)))


def _first_day(incident: Incident) -> dt.date:
    period = incident.period
    return (period and (period.start or period.end)) or dt.date.max


def _incident(id_: str, rows: Sequence[Reported], merged: tuple[str, ...]) -> Incident:
    rest_on = [c for c in rows if c.judged.counts] or rows
    place, period = _place(rest_on), _period(rest_on)
    return Incident(
        id=id_,
        label=_label(place, period, {c.claim.harm for c in rest_on}),
        claims=tuple(c.id for c in rows),
        documents=tuple(dict.fromkeys(c.document for c in rows)),
        place=place,
        period=period,
        merged=merged,
    )


def _place(rows: Sequence[Reported]) -> Place | None:
    """The most precise place, and of equally precise ones that which most documents name."""
    named = [(c, place) for c in rows if (place := place_of(c)) is not None]
    if not named:
        return None
    finest = min(_precision(p) for _, p in named)
    votes = [(c, p) for c, p in named if _precision(p) == finest]
    return _most_shared(votes, lambda p: p.id or place_key(p.name or p.text))


def _precision(place: Place) -> float:
    return UNRESOLVED + 0.5 if place.precision is None else place.precision


def _period(rows: Sequence[Reported]) -> Period | None:
    """The most precise days that most documents give; for a toll over days, from its beginning to its latest state."""
    dated = [(c, p) for c in rows if (p := c.claim.period) is not None and (p.start or p.end)]
    if not dated:
        return None
    events = [(c, p) for c, p in dated if anchor(place_of(c) or Place(""), p, c.published).kind is Kind.EVENT]
    if not events:
        return max((p for _, p in dated), key=lambda p: (p.end or dt.date.min, p.start or dt.date.min, p.text))
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


def _label(place: Place | None, period: Period | None, harms: set[Harm]) -> str:
    """An English name for lists: place, days, and the kind of harm where nobody is said to be dead or wounded.

    Made of a source's words in part: escape it on output.
    """
    where = _shown(place.name or place.text) if place is not None else "Place not given"
    label = ", ".join(filter(None, (where, _when(period))))
    if harms & BODILY:
        return label
    return f"{label} ({', '.join(h.value.replace('_', ' ') for h in Harm if h in harms)})"


def _shown(name: str) -> str:
    """A name without control and direction characters, on one line, of bounded length."""
    clean = "".join(c for c in name if unicodedata.category(c)[0] != "C" or c.isspace())
    return " ".join(clean.split())[:MAX_NAME]


def _when(period: Period | None) -> str:
    if period is None or (period.start is None and period.end is None):
        return "day not given"
    start, end = period.start, period.end
    if start is None or end is None:
        return f"since {_day(start)}" if start is not None else f"until {_day(end or dt.date.max)}"
    if start == end:
        return _day(start)
    span = f"{_day(start, end)} to {_day(end)}"
    return span if (end - start).days < EVENT_DAYS else f"running toll, {span}"


def _day(day: dt.date, until: dt.date | None = None) -> str:
    """A day in English; without what it shares with the day that follows it in the line."""
    parts = [str(day.day)]
    if until is None or (day.year, day.month) != (until.year, until.month):
        parts.append(MONTHS[day.month - 1])
    if until is None or day.year != until.year:
        parts.append(str(day.year))
    return " ".join(parts)
