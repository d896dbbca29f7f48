"""From reports that read alike to the counts in them that speak of one thing.

A group of reports (grouping.py) shares an event; not every count in them is of it. A count belongs where its place and
days agree with what most of the group says; totals of a round-up over an area, and the background of months, do not.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sijill.core.place import Place
from sijill.link.anchors import COUNTRY, SETTLEMENT, Kind, anchor
from sijill.link.bundles import Bundle
from sijill.link.features import elsewhere, features, kind, reasons, weights
from sijill.link.grouping import Bonds, Limits, grouped
from sijill.link.pairing import candidates
from sijill.link.probability import probability
from sijill.link.profiles import Corpus, Profile, Report, corpus
from sijill.link.records import Reported

NEAR_KM = 12.0
ONE_SITE_KM = 30.0
AREA_KM = 60.0
SLACK = dt.timedelta(days=1)
ROUND_UP = 3
SHORTEST_TEXT = 5
NAMED = 0.4


@dataclass(frozen=True, slots=True)
class Likeness:
    """How well a report fits its group, 0 to 1, and why in words."""

    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class CaseOfReports:
    """Reports that speak of one event: where and when most of them put it; `None` where they do not say.

    `around` are all places that enough of them name; `likeness` says of each report why it is here.
    """

    documents: tuple[str, ...]
    place: Place | None
    days: tuple[dt.date, dt.date] | None
    likeness: Mapping[str, Likeness]

    def takes(self, bundle: Bundle, *, sites: int) -> bool:
        """Whether a report's counts are of this event; `sites` is how many settlements its counts are put at."""
        return self._at(bundle.place, sites) and self._then(bundle)

    def _at(self, place: Place | None, sites: int) -> bool:
        if place is None or self.place is None or sites == 0:
            return sites < ROUND_UP
        precision = place.precision or COUNTRY
        if place.id is not None and place.id == self.place.id:
            return True
        km = place.km_to(self.place)
        if precision > SETTLEMENT:
            # A total over an area that several places lie in is of all of them.
            return sites < ROUND_UP and precision < COUNTRY and (km is None or km <= AREA_KM * (precision - SETTLEMENT))
        # A report's one settlement may be its capital, or badly located; further off it is another attack.
        return km is None or km <= (ONE_SITE_KM if sites == 1 else NEAR_KM)

    def _then(self, bundle: Bundle) -> bool:
        period = bundle.period
        if period is None or self.days is None:
            return True
        where = anchor(bundle.place or Place(""), period, bundle.claims[0].published)
        if where.kind in (Kind.TOLL, Kind.LONG) or where.start is None or where.end is None:
            return where.kind is Kind.UNDATED
        return where.start - SLACK <= self.days[1] and self.days[0] <= where.end + SLACK


def cases_of(reports: Sequence[Report], claims: Iterable[Reported], bonds: Bonds) -> tuple[CaseOfReports, ...]:
    """The groups of reports that read alike, in an order that does not depend on theirs."""
    rows: dict[str, list[Reported]] = defaultdict(list)
    for c in claims:
        rows[c.document].append(c)
    known = corpus(reports, [c for held in rows.values() for c in held])
    comparable = {d for d, p in known.profiles.items() if len(p.bag) >= SHORTEST_TEXT}
    chosen = weights()
    scores, why = {}, {}
    for a, b in candidates(known):
        if a in comparable and b in comparable:
            p, q = known.profiles[a], known.profiles[b]
            if elsewhere(p, q):
                continue
            found = features(p, q, known)
            scores[a, b] = chosen.log_odds(kind(p, q), found)
            why[a, b] = found
    limits = Limits(chosen.join, chosen.unlike, chosen.attach, chosen.ahead)
    groups = grouped(scores, limits, bonds)
    nearest = _nearest(groups, scores)
    made = []
    for group in groups:
        likeness = {}
        for document in group:
            score, pair = nearest.get(document, (0.0, None))
            reason = f"reads like other reports of it: {reasons(why[pair])}" if pair else "a person put it here"
            likeness[document] = Likeness(round(probability(score), 3), reason)
        place = _place([rows[d] for d in group], [known.profiles[d] for d in group], known)
        made.append(CaseOfReports(group, place, _days([known.profiles[d] for d in group]), likeness))
    return tuple(made)


def _nearest(
    groups: Iterable[Sequence[str]], scores: Mapping[tuple[str, str], float]
) -> dict[str, tuple[float, tuple[str, str] | None]]:
    """For each report of a group the best score with another of it, and which pair that is."""
    home = {d: i for i, group in enumerate(groups) for d in group}
    best: dict[str, tuple[float, tuple[str, str] | None]] = {}
    for pair, score in sorted(scores.items()):
        if home.get(pair[0], -1) == home.get(pair[1], -2):
            for document in pair:
                if document not in best or score > best[document][0]:
                    best[document] = (score, pair)
    return best


def _place(claims: Sequence[Sequence[Reported]], profiles: Sequence[Profile], known: Corpus) -> Place | None:
    """The place that most of the reports put harm at or name; a place that many reports of the case name says less."""
    votes: Counter[str] = Counter()
    places: dict[str, Place] = {}
    for rows, profile in zip(claims, profiles, strict=True):
        told: dict[str, float] = {}
        for mention in profile.report.places:
            if mention.place.id is not None and mention.place.id in profile.places:
                told[mention.place.id] = NAMED
                places.setdefault(mention.place.id, mention.place)
        for c in rows:
            at = c.claim.place
            if c.judged.stands and at is not None and at.id is not None and (at.precision or COUNTRY) <= SETTLEMENT:
                told[at.id] = 1.0
                places[at.id] = at
        for id_, weight in told.items():
            votes[id_] += weight * known.rarity(known.with_place[id_])  # type: ignore[assignment]
    best = max(votes, key=lambda id_: (votes[id_], id_), default=None)
    return places[best] if best is not None else None


def _days(profiles: Sequence[Profile]) -> tuple[dt.date, dt.date] | None:
    """The day that most reports allow, the earliest of equals, with the last day that allows as many after it."""
    votes: Counter[dt.date] = Counter()
    for p in profiles:
        if p.days is not None:
            votes.update(p.days[0] + dt.timedelta(n) for n in range((p.days[1] - p.days[0]).days + 1))
    if not votes:
        return None
    most = max(votes.values())
    first = min(day for day, n in votes.items() if n == most)
    last = first
    while votes[last + dt.timedelta(1)] == most and (last - first).days < 2:
        last += dt.timedelta(1)
    return first, last
