"""Incidents from the rows that stand: membership, place, days and a label; drop them and they come out the same."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sijill.core.claim import Harm
from sijill.core.incident import Incident
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.link.anchors import EVENT_DAYS
from sijill.link.identity import identity
from sijill.link.parts import parts
from sijill.link.profiles import Report
from sijill.link.records import Linkage, Reported
from sijill.link.setting import Speaking, when, where

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
BODILY = frozenset({Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS})
MAX_NAME = 80


def derive(claims: Iterable[Reported], linkage: Linkage, reports: Iterable[Report] = ()) -> tuple[Incident, ...]:
    """The incidents that stand, sorted by their first day, undated last, then by id.

    `linkage` holds the rows that stand, in the order in which they were made. Rows on claims that are not given (no
    longer current) are passed over. Claims that were rejected stay members, so that nothing is lost from view, but
    place, days and label rest on the others where there are any. `reports` may be members without a claim.
    """
    held, whole = {c.id: c for c in claims}, {r.document: r for r in reports}
    stands = identity(linkage, held.values())
    members: dict[str, list[Reported]] = defaultdict(list)
    beside: dict[str, list[Report]] = defaultdict(list)
    for id_, incidents in stands.homes.items():
        for incident in incidents:
            if id_ in held:
                members[incident].append(held[id_])
            elif id_ in whole:
                beside[incident].append(whole[id_])
    merged, naming = stands.merged(), Counter(m.place.id for r in whole.values() for m in r.places)
    found = []
    for id_ in members.keys() | beside.keys():
        rows = members[id_]
        speaking = Speaking(_named_by(rows, whole, beside[id_]), naming, len(whole))
        found.append(_incident(id_, sorted(rows, key=lambda c: c.position), speaking, merged.get(id_, ())))
    larger = parts(found, held, stands, linkage.parts)
    found = [replace(i, part_of=larger.get(i.id)) for i in found]
    return tuple(sorted(found, key=lambda i: (_first_day(i), i.id)))


def _first_day(incident: Incident) -> dt.date:
    period = incident.period
    return (period and (period.start or period.end)) or dt.date.max


def _named_by(rows: Iterable[Reported], whole: Mapping[str, Report], beside: Iterable[Report]) -> tuple[Report, ...]:
    """The reports of an incident, by the order in which they were added."""
    found = {c.document: whole[c.document] for c in rows if c.document in whole}
    return tuple(sorted([*found.values(), *beside], key=lambda r: r.order))


def _incident(id_: str, rows: Sequence[Reported], speaking: Speaking, merged: tuple[str, ...]) -> Incident:
    rest_on = [c for c in rows if c.judged.counts] or rows
    place, period = where(rest_on, speaking), when(rest_on, speaking)
    order = {c.document: c.order for c in rows} | {r.document: r.order for r in speaking.reports}
    return Incident(
        id=id_,
        label=_label(place, period, {c.claim.harm for c in rest_on}),
        claims=tuple(c.id for c in rows),
        documents=tuple(sorted(order, key=lambda d: order[d])),
        place=place,
        period=period,
        merged=merged,
    )


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
