"""What the claims of an incident say together: bounds that follow, sums that agree, and claims that cannot all be true.

The figures of a rule set choose among voices; this account chooses nothing. It takes each voice's latest number for
each region that it speaks of (regions.py) and asks what follows from all of them at once (bounding.py).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sijill.core.claim import Harm
from sijill.core.incident import Account, Bound, Contradiction, Incident
from sijill.core.place import Place
from sijill.core.quantity import Qualifier
from sijill.core.state import Origin
from sijill.reconcile.bounding import MAX_ATOMS, Assertion, System
from sijill.reconcile.records import Bounds, Statement
from sijill.reconcile.regions import EVERYWHERE, Places, Region, count_atoms, disjoint, relation
from sijill.reconcile.ruleset import RuleSet
from sijill.reconcile.wording import contradiction, sums_up, whom

MIN_PARTS = 2
NEAR_LEAST = 100
NEAR_PERCENT = 2
NEAR_DAYS = 7


@dataclass(frozen=True, slots=True)
class Told:
    """One number that a voice gives for a region, with the claim that it rests on and how people call the voice."""

    statement: Statement
    voice: str
    name: str
    region: Region
    bounds: Bounds
    place: str

    @property
    def assertion(self) -> Assertion:
        """The number as a constraint."""
        return Assertion(self.statement.id, self.region, self.bounds.low, self.bounds.high)


def account(
    incident: Incident,
    held: Sequence[Statement],
    origins: Mapping[str, Origin],
    rules: RuleSet,
    places: Places,
) -> Account:
    """The account of an incident's claims, `held`. `places` says which places lie within which; others are apart.

    A claim without a place or days of its own counts where and when the incident was; a vague word says nothing here.
    """
    told = _told(held, incident, origins, rules, places)
    by_harm: dict[Harm, list[Told]] = defaultdict(list)
    for t in told:
        by_harm[t.region.harm].append(t)
    found = [_of_harm(by_harm[harm], places) for harm in Harm if harm in by_harm]
    return Account(
        bounds=tuple(b for a in found for b in a.bounds),
        contradictions=tuple(c for a in found for c in a.contradictions),
        agreements=tuple(g for a in found for g in a.agreements),
    )


def _of_harm(told: Sequence[Told], places: Places) -> Account:
    """The account of one harm; claims that contradict others are left out of the bounds, all of them alike."""
    if len(told) == 1:
        return Account()
    regions = list(dict.fromkeys(t.region for t in told))
    if count_atoms(regions) > MAX_ATOMS:
        return Account(
            agreements=(f"{len(told)} numbers on {len(regions)} scopes: too many to be set against one another",)
        )
    system = System([t.assertion for t in told], places)
    by_id = {t.statement.id: t for t in told}
    conflicts = system.conflicts()
    disputed = frozenset[str]().union(*conflicts)
    # Only so many contradictions are listed: what is left may still hold more of them.
    undisputed = system.peaceful(t.statement.id for t in told if t.statement.id not in disputed)
    labels = {t.region: t.place for t in told}
    bounds = []
    for region in regions:
        interval = system.interval(region, undisputed)
        if (interval.low, interval.high) != (0, None):
            bounds.append(_bound(region, labels[region], interval.low, interval.high))
    return Account(
        bounds=tuple(bounds),
        contradictions=tuple(_contradiction([by_id[c] for c in conflict], places) for conflict in conflicts),
        agreements=tuple(_agreements(told, places)),
    )


def _bound(region: Region, place: str, low: int, high: int | None) -> Bound:
    return Bound(region.harm, region.group, region.subset, place, region.start, region.end, low, high)


def _told(
    held: Iterable[Statement], incident: Incident, origins: Mapping[str, Origin], rules: RuleSet, places: Places
) -> list[Told]:
    """The latest number of each voice for each region, and what differs from it by as little as a misprint.

    Earlier numbers of the same voice are history.
    """
    latest: dict[tuple[str, Region], Told] = {}
    others: list[Told] = []
    for s in sorted(held, key=lambda s: s.position):
        bounds = rules.bounds(s.claim) if s.judged.counts and s.claim.count is not None else None
        if bounds is None or not bounds.firm:
            continue
        origin = origins.get(s.id)
        voice = origin.voice if origin is not None else f"report {s.document}"
        region, place = _region(s, incident, rules, places)
        told = Told(s, voice, origin.name if origin is not None else s.report, region, bounds, place)
        before = latest.get((voice, region))
        if before is not None and _near(before.statement, s):
            others.append(told)
        elif before is None or (before.statement.moment, before.bounds.highest) <= (s.moment, bounds.highest):
            latest[voice, region] = told
    return sorted([*latest.values(), *others], key=lambda t: t.statement.position)


def _near(a: Statement, b: Statement) -> bool:
    """Whether two exact numbers of one voice, said within a week, are so near that one may be a misprint of the other.

    That is within 2 %, of three digits or more: "1,482" for "1,479". A growing toll can change so little too, so
    nothing is set aside for it; people are shown both. The convention is ours.
    """
    first, second = (_exact(s) for s in (a, b))
    if a.day is None or b.day is None or abs((a.day - b.day).days) > NEAR_DAYS:
        return False
    return min(first, second) >= NEAR_LEAST and 0 < abs(first - second) * 100 <= NEAR_PERCENT * max(first, second)


def _exact(s: Statement) -> int:
    count = s.claim.count
    return count.low or 0 if count is not None and count.qualifier is Qualifier.EXACT else 0


def _region(s: Statement, incident: Incident, rules: RuleSet, places: Places) -> tuple[Region, str]:
    cell, (start, end) = rules.cell(s.claim), _days(s, incident)
    key, label = _place(s.claim.place, incident.place, places)
    return Region(cell.harm, cell.group, cell.subset, key, start, end), label


def _days(s: Statement, incident: Incident) -> tuple[dt.date, dt.date]:
    """The days that a claim counts; what it leaves open is the incident's, or for an end the day it was said."""
    own, whole = s.claim.period, incident.period
    starts = [p.start for p in (own, whole) if p is not None and p.start is not None]
    ends = [own.end if own is not None else whole.end if whole is not None else None, s.day]
    days = [*starts[:1], *[end for end in ends if end is not None][:1]]
    return (min(days), max(days)) if days else (dt.date.min, dt.date.max)


def _place(own: Place | None, whole: Place | None, places: Places) -> tuple[str, str]:
    """The key and the words of a claim's place; `EVERYWHERE` for that of the incident, or for one around it."""
    if own is None or whole is None or own.id is None or own.id == whole.id:
        return EVERYWHERE, ""
    around = whole.id is not None and places.contains(own.id, whole.id)
    return (EVERYWHERE, "") if around else (own.id, own.name or own.text)


def _contradiction(told: Sequence[Told], places: Places) -> Contradiction:
    rows = sorted(told, key=lambda t: t.statement.position)
    said = [(t.name, t.statement.report, t.bounds, t.region, t.place) for t in rows]
    return Contradiction(tuple(t.statement.id for t in rows), contradiction(said, places))


def _agreements(told: Sequence[Told], places: Places) -> Iterable[str]:
    """Parts that one voice counts and that add up to its own whole, exactly."""
    by_voice: dict[str, list[Told]] = defaultdict(list)
    for t in told:
        if t.bounds.low is not None and t.bounds.low == t.bounds.high:
            by_voice[t.voice].append(t)
    for rows in by_voice.values():
        for whole in rows:
            parts = [t for t in rows if relation(t.region, whole.region, places) == "within"]
            outer = [p for p in parts if not any(relation(p.region, q.region, places) == "within" for q in parts)]
            if len(outer) >= MIN_PARTS and disjoint([p.region for p in outer], places):
                numbers = [p.bounds.lowest for p in outer]
                if sum(numbers) == whole.bounds.lowest:
                    yield sums_up(whole.name, numbers, [whom(p.region, p.place) for p in outer], whole.bounds.lowest)
