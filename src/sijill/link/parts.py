"""Which incidents are parts of a larger one: the days of a massacre, the towns of a province.

People say it by a row. Without one, an incident is a part of a total over an area or over days only where one report
counts both, the place lies in the other's and the days within its days: a round-up and what it adds up.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sijill.core.claim import Harm, Subset
from sijill.core.incident import Incident
from sijill.link.anchors import COUNTRY, EVENT_DAYS, LONG_DAYS, REACH_KM, SETTLEMENT
from sijill.link.identity import Identity
from sijill.link.records import Pair, Reported

NEAREST_KM = 5.0


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an incident reaches: UCDP's code of its place, never finer than a settlement, and its days."""

    precision: int
    start: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        """How many days, both ends included."""
        return (self.end - self.start).days + 1

    def holds(self, other: Extent) -> bool:
        """Whether the other lies within its days, and it is the wider of the two in place or time."""
        wider = (self.precision, self.days) != (other.precision, other.days)
        return wider and self.precision >= other.precision and self.start <= other.start and other.end <= self.end


def parts(
    incidents: Sequence[Incident], claims: Mapping[str, Reported], stands: Identity, rows: Iterable[Pair]
) -> dict[str, str]:
    """From each incident that is a part to the larger one, people's rows before the program's view.

    The latest row of a person on a part stands; one that would make an incident a part of itself, by way of others too,
    is passed over.
    """
    alive = {i.id for i in incidents}
    found: dict[str, str] = {}
    refused: set[tuple[str, str]] = set()
    decided = [(stands.of(r.first), stands.of(r.second), r.same) for r in rows]
    for part, whole, is_part in decided:
        refused.discard((part, whole))
        if not is_part:
            refused.add((part, whole))
            if found.get(part) == whole:
                del found[part]
        elif part in alive and whole in alive and part not in _above(whole, found):
            found[part] = whole
    by_report: dict[str, list[Incident]] = defaultdict(list)
    for incident in incidents:
        if _is_wide(incident):
            for document in incident.documents:
                by_report[document].append(incident)
    for incident in incidents:
        if incident.id not in found:
            near = {w.id: w for document in incident.documents for w in by_report[document]}
            for w in sorted((w for w in near.values() if _adds_up(w, incident, claims)), key=_width):
                if (incident.id, w.id) not in refused and incident.id not in _above(w.id, found):
                    found[incident.id] = w.id
                    break
    return found


def _above(incident: str, found: Mapping[str, str]) -> Iterator[str]:
    """The incident and all that it is a part of, the nearest first."""
    at: str | None = incident
    while at is not None:
        yield at
        at = found.get(at)


def _extent(incident: Incident) -> Extent | None:
    place, period = incident.place, incident.period
    if place is None or place.precision is None or period is None or period.start is None or period.end is None:
        return None
    return Extent(max(SETTLEMENT, place.precision), period.start, period.end)


def _is_wide(incident: Incident) -> bool:
    """Whether it is a total over an area or over days, though not the background of months."""
    extent = _extent(incident)
    if extent is None or extent.precision >= COUNTRY or extent.days > LONG_DAYS:
        return False
    return extent.precision > SETTLEMENT or extent.days > EVENT_DAYS


def _width(incident: Incident) -> tuple[int, int, str]:
    extent = _extent(incident)
    assert extent is not None, "what is wide has an extent"
    return (extent.precision, extent.days, incident.id)


def _adds_up(whole: Incident, part: Incident, claims: Mapping[str, Reported]) -> bool:
    """Whether the part lies in the whole, and no count that one report gives of both is larger in it."""
    outer, inner = _extent(whole), _extent(part)
    if outer is None or inner is None or not outer.holds(inner) or not _lies_in(part, whole, outer.precision):
        return False
    within, total = _counted(part, claims), _counted(whole, claims)
    shared = within.keys() & total.keys()
    return bool(shared) and all(within[told] <= total[told] for told in shared)


def _lies_in(part: Incident, whole: Incident, precision: int) -> bool:
    if part.place is None or whole.place is None:
        return False
    if part.place.id is not None and part.place.id == whole.place.id:
        return True
    km = part.place.km_to(whole.place)
    return km is not None and km <= (NEAREST_KM if precision <= SETTLEMENT else REACH_KM[precision])


def _counted(incident: Incident, claims: Mapping[str, Reported]) -> dict[tuple[str, Harm], int]:
    """The largest count of all people harmed by each report, by report and kind of harm."""
    found: dict[tuple[str, Harm], int] = {}
    for id_ in incident.claims:
        c = claims[id_]
        count = c.claim.count
        if c.judged.counts and count is not None and count.low is not None and c.claim.group.subset is Subset.ALL:
            key = (c.document, c.claim.harm)
            found[key] = max(count.low, found.get(key, 0))
    return found
