"""Suggests which incident each claim speaks of: by place, days, kind of harm and numbers, one report after another.

The rules, their limits and their weights are our own conventions (docs/concepts/linking.md); none is taken from a
recorder's handbook. A claim that could belong to several incidents stays unlinked: better that than wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sijill.core.claim import Harm
from sijill.core.place import Place
from sijill.link.anchors import COUNTRY, SETTLEMENT, UNRESOLVED, Anchor, Kind, anchor, days_agree, places_agree
from sijill.link.bundles import Bundle, bundles
from sijill.link.cases import CaseOfReports, cases_of
from sijill.link.grouping import Bonds
from sijill.link.identity import Identity, founding_id, identity, judged_on, named_by_people, wordless_id
from sijill.link.ledger import CLOSE_CALL, Ledger, Match
from sijill.link.naming import Before, changes
from sijill.link.outliers import outliers
from sijill.link.profiles import Report
from sijill.link.records import Linkage, Reported, Suggestion

NEAR = 300
LEAD, SHORT_REPORT = 600, 1500
PARAGRAPH = "\n\n"
SAME_SENTENCE, SAME_DAYS_HERE, NEAR_HERE, SAME_PLACE_HERE = 0.95, 0.65, 0.6, 0.75


def suggest(claims: Sequence[Reported], current: Linkage, reports: Sequence[Report] = ()) -> tuple[Suggestion, ...]:
    """What must be written so that each claim, and each report without one, is in the incident where it belongs.

    All is worked out anew from the reports and from what people decided, so that neither the order of the reports nor
    the number of runs matters; only what differs from what stands is suggested. What people decided (`current`) is
    never gone against: a claim is not put where it was taken out, merged incidents are one, and the members of an
    incident that a person judged on stay. `reports` are the whole texts, by which reports that read alike are found.
    """
    linking = Linking.over(claims, current, reports)
    linking.read()
    documents = {r.document: r.order for r in sorted(reports, key=lambda r: r.order)}
    judged = judged_on(current, linking.stands) | named_by_people(current)
    before = Before(current, linking.stands, linking.settled, documents, judged)
    return changes(linking.made, tuple(sorted(claims, key=lambda c: c.position)), before)


@dataclass(slots=True)
class Linking:
    """One pass over all reports: the incidents so far, where each claim is, and the suggestions made."""

    claims: tuple[Reported, ...]
    stands: Identity
    taken: set[str]
    reports: tuple[Report, ...] = ()
    settled: Mapping[str, str] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    home: dict[str, str] = field(default_factory=dict)
    made: list[Suggestion] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)

    @classmethod
    def over(cls, claims: Sequence[Reported], current: Linkage, reports: Sequence[Report] = ()) -> Linking:
        """A pass over claims, sorted by day, report and place in the text, with what people have decided."""
        stands = identity(current, claims)
        taken = {m.incident for m in current.memberships} | {i for p in current.pairs for i in (p.first, p.second)}
        # By day; of one day, reports with an exact place before those that name only an area around it.
        day: dict[str, tuple[dt.date, dt.date]] = {}
        finest: dict[str, int] = {}
        for c in claims:
            told = c.claim.period.start if c.claim.period is not None else None
            here = (c.published or dt.date.max, told or c.published or dt.date.max)
            day[c.document] = min(here, day.get(c.document, here))
            precision = (c.claim.place.precision if c.claim.place is not None else None) or UNRESOLVED
            finest[c.document] = min(precision, finest.get(c.document, precision))
        ordered = sorted(claims, key=lambda c: (*day[c.document], finest[c.document], c.document, *c.position[1:]))
        judged = judged_on(current, stands)
        settled = {subject: incidents[0] for subject, incidents in stands.homes.items() if incidents[0] in judged}
        linking = cls(tuple(ordered), stands, taken, tuple(reports), settled)
        linking.home.update(settled)
        return linking

    def read(self) -> None:
        """What people settled first; then reports that read alike; then the rest, by its place and days alone.

        A claim that could not be placed is looked at again in every run.
        """
        by_report = [tuple(rows) for _, rows in groupby(self.claims, key=lambda c: c.document)]
        for report in by_report:
            for bundle in bundles(report):
                self._enter_linked(bundle)
        self._read_cases({rows[0].document: rows for rows in by_report})
        for report in by_report:
            while self._read_report(report):
                pass

    def _read_cases(self, rows: Mapping[str, Sequence[Reported]]) -> None:
        """Links the counts of reports that read alike, where they speak of what these have in common."""
        for case in cases_of(self.reports, self.claims, self._bonds()):
            fitting = self._fitting(case, rows)
            settled = {self.home[d] for d in case.documents if d in self.home}
            settled |= {self.home[c.id] for d in case.documents for c in rows.get(d, ()) if c.id in self.home}
            if len(settled) == 1:
                incident = next(iter(settled))
            elif fitting:
                incident = self._new(next(iter(fitting.values()))[0].claims[0])
            else:
                incident = wordless_id(case.documents[0], taken=self.taken)
                self.taken.add(incident)
            for document in case.documents:
                why = case.likeness[document]
                for bundle in fitting.get(document, ()):
                    open_claims = [c for c in bundle.claims if not self._refused(c, incident)]
                    if open_claims:
                        self._put(open_claims, incident, why.score, why.reason, _anchor(bundle))
                refused = (incident, document) in self.stands.refused
                if document not in fitting and document not in self.home and not refused:
                    self.home[document] = incident
                    self.made.append(Suggestion(incident, document, why.score, why.reason))

    def _fitting(self, case: CaseOfReports, rows: Mapping[str, Sequence[Reported]]) -> dict[str, list[Bundle]]:
        """By document, the bundles without an incident that are of the case."""
        found: dict[str, list[Bundle]] = {}
        for document in case.documents:
            held = bundles(rows.get(document, ()))
            sites = len({b.place.id or b.place.text for b in held if b.place is not None and _is_settlement(b.place)})
            fitting = [b for b in held if case.takes(b, sites=sites)]
            found[document] = [b for b in fitting if b.place is not None or _by_the_event(b, fitting)]
        far = outliers(c for held in found.values() for b in held for c in b.claims)
        self.waiting |= far
        return {d: parts for d, held in found.items() if (parts := [p for b in held if (p := self._open(b, far))])}

    def _open(self, bundle: Bundle, far: Container[str]) -> Bundle | None:
        """What of a bundle stands, has no incident yet and is not far from what others say."""
        waiting = [c for c in bundle.claims if c.id not in self.home and c.judged.stands and c.id not in far]
        return Bundle(waiting, bundle.place, bundle.period, bundle.sentence) if waiting else None

    def _bonds(self) -> Bonds:
        """Reports that people put in one incident belong together; those of incidents kept apart do not."""
        document = {c.id: c.document for c in self.claims}
        held: dict[str, set[str]] = {}
        for subject, incident in self.home.items():
            held.setdefault(incident, set()).add(document.get(subject, subject))
        known = {r.document for r in self.reports}
        together = tuple(frozenset(d & known) for _, d in sorted(held.items()) if len(d & known) > 1)
        apart = {
            frozenset((a, b))
            for one, other in self.stands.apart
            for a in held.get(one, ())
            for b in held.get(other, ())
            if a != b
        }
        refused = {
            frozenset((document.get(subject, subject), other))
            for incident, subject in self.stands.refused
            for other in held.get(incident, ())
            if document.get(subject, subject) != other
        }
        return Bonds(together, frozenset(apart | refused))

    def _new(self, founder: Reported) -> str:
        incident = founding_id(founder, taken=self.taken)
        self.taken.add(incident)
        return incident

    def _enter_linked(self, bundle: Bundle) -> None:
        placed = _anchor(bundle)
        by_incident: dict[str, list[Reported]] = {}
        for c in bundle.claims:
            if c.id in self.home:
                for incident in self.stands.homes[c.id]:
                    by_incident.setdefault(incident, []).append(c)
        for incident, rows in by_incident.items():
            if standing := [c for c in rows if c.judged.stands]:
                self.ledger.enter(incident, standing, placed)

    def _read_report(self, rows: Sequence[Reported]) -> bool:
        """Links a report's claims: those with place and days first, then with a place, then by what stands near.

        Says whether any was linked, since that may place another of the same report.
        """
        before = len(self.made)
        waiting = [b for bundle in bundles(rows) for b in self._open_parts(bundle)]
        placed = [(b, a) for b in waiting if (a := _anchor(b)) is not None]
        for bundle, where in placed:
            if where.stated:
                self._link(bundle, where)
        for bundle, where in placed:
            if not where.stated and not self._link_here(bundle, where, rows):
                self._link(bundle, where)
        for bundle in waiting:
            if bundle.place is None:
                self._link_by_context(bundle, rows)
        return len(self.made) > before

    def _open_parts(self, bundle: Bundle) -> list[Bundle]:
        """The claims of a bundle that have no incident yet, apart where a person refused different incidents."""
        linked = {self.home[c.id] for c in bundle.claims if c.id in self.home}
        parts: dict[frozenset[str], Bundle] = {}
        for c in bundle.claims:
            if c.id in self.home or c.id in self.waiting or not c.judged.stands:
                continue
            if len(linked) == 1 and not self._refused(c, incident := next(iter(linked))):
                self._put([c], incident, SAME_SENTENCE, "same sentence as a claim of this incident", None)
                continue
            refused = frozenset(i for i, claim in self.stands.refused if claim == c.id)
            part = parts.setdefault(refused, Bundle([], bundle.place, bundle.period, bundle.sentence))
            part.claims.append(c)
        return list(parts.values())

    def _refused(self, c: Reported, incident: str) -> bool:
        return (incident, c.id) in self.stands.refused

    def _link(self, bundle: Bundle, where: Anchor) -> None:
        """Joins the best incident, founds one, or leaves the bundle open where two fit about as well."""
        matches = self._allowed(self.ledger.matches(bundle.claims, where), bundle)
        if not matches:
            if _may_found(bundle, where):
                self._found(bundle, where)
            return
        if len(matches) > 1 and not matches[0].sure and matches[0].score - matches[1].score < CLOSE_CALL:
            return
        self._put(bundle.claims, matches[0].incident, matches[0].score, matches[0].reason, where)

    def _link_here(self, bundle: Bundle, where: Anchor, rows: Sequence[Reported]) -> bool:
        """Joins the one incident of this report at the same place; a headline seldom repeats the day."""
        same = [i for i in self._near_events(bundle, rows) if self._is_at(i, where)]
        if len(same) == 1:
            self._put(bundle.claims, same[0], SAME_PLACE_HERE, "same place as the report's other counts", where)
        return len(same) == 1

    def _link_by_context(self, bundle: Bundle, rows: Sequence[Reported]) -> None:
        """Claims without a place: to the report's one incident of the same days, or to the one that they stand by."""
        here = self._near_events(bundle, rows)
        if bundle.period is not None:
            days = anchor(Place(""), bundle.period, bundle.claims[0].published)
            fits = [i for i in here if any(_same_days(days, a) for a in self.ledger.held[i].standing)]
            if len(fits) == 1:
                self._put(bundle.claims, fits[0], SAME_DAYS_HERE, "same days as the report's one incident then", None)
        elif len(here) == 1:
            incident, linked = next(iter(here.items()))
            if any(_stand_together(c, bundle.claims[0]) for c in linked):
                self._put(bundle.claims, incident, NEAR_HERE, "stands by a count of the report's one incident", None)

    def _near_events(self, bundle: Bundle, rows: Iterable[Reported]) -> dict[str, list[Reported]]:
        """The incidents that the report speaks of so far, with its claims; without background and what was refused."""
        found: dict[str, list[Reported]] = {}
        for c in rows:
            incident = self.home.get(c.id)
            if incident is not None and incident in self.ledger.held and not self.ledger.held[incident].long:
                found.setdefault(incident, []).append(c)
        return {i: linked for i, linked in found.items() if not self._refused(bundle.claims[0], i)}

    def _is_at(self, incident: str, where: Anchor) -> bool:
        agreed = (places_agree(a, where) for a in self.ledger.held[incident].standing)
        return any(a is not None and not a.weak for a in agreed)

    def _allowed(self, matches: Iterable[Match], bundle: Bundle) -> list[Match]:
        return [m for m in matches if not any(self._refused(c, m.incident) for c in bundle.claims)]

    def _found(self, bundle: Bundle, where: Anchor) -> None:
        self._put(bundle.claims, self._new(bundle.claims[0]), 1.0, "first report of harm at this place and time", where)

    def _put(self, claims: Sequence[Reported], incident: str, score: float, reason: str, where: Anchor | None) -> None:
        self.ledger.enter(incident, claims, where)
        for c in claims:
            self.home[c.id] = incident
            self.made.append(Suggestion(incident, c.id, score, reason))


def _anchor(bundle: Bundle) -> Anchor | None:
    """Where and when a bundle puts its harm; `None` without a place."""
    if bundle.place is None:
        return None
    where = anchor(bundle.place, bundle.period, bundle.claims[0].published)
    # "In the country", without a day, is background and not an event of the week before.
    return where if where.stated or where.precision < COUNTRY else None


def _by_the_event(bundle: Bundle, fitting: Iterable[Bundle]) -> bool:
    """Whether a count without a place stands in the lead of its report, or by a count that has one."""
    first = bundle.claims[0]
    if len(first.text) <= SHORT_REPORT or first.claim.quote.start <= LEAD:
        return True
    return any(_stand_together(first, c) for b in fitting if b.place is not None for c in b.claims)


def _is_settlement(place: Place) -> bool:
    return place.precision is not None and place.precision <= SETTLEMENT


def _same_days(a: Anchor, b: Anchor) -> bool:
    agreed = days_agree(a, b)
    return agreed is not None and not agreed.weak and a.stated and b.stated


def _may_found(bundle: Bundle, where: Anchor) -> bool:
    """Whether a bundle says enough to be an incident: a place, and days or a number."""
    if any(c.claim.count is not None for c in bundle.claims):
        return where.kind is not Kind.UNDATED or where.precision <= UNRESOLVED
    alleged = any(c.claim.harm not in (Harm.PROPERTY, Harm.DISPLACED, Harm.DISMISSED) for c in bundle.claims)
    return alleged and where.stated and where.kind is Kind.EVENT and where.precision <= UNRESOLVED


def _stand_together(a: Reported, b: Reported) -> bool:
    """Whether two claims stand in one paragraph, or within a few lines of one another."""
    first, second = sorted((a.claim.quote, b.claim.quote), key=lambda q: q.start)
    between = max(0, second.start - first.end)
    if between <= NEAR:
        return True
    return bool(a.text) and a.document == b.document and PARAGRAPH not in a.text[first.end : second.start]
