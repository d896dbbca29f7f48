"""What a whole report says that can be compared with others: its words, places, days and numbers.

Cost grows with the length of the texts. How rare a word or a place is, is counted over the case at hand; a passage that
one site prints again and again over weeks is its furniture (a menu, other headlines) and is not compared.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from urllib.parse import urlsplit

from sijill.core.claim import Subset
from sijill.core.document import Document
from sijill.core.mention import Mentions, PlaceMention
from sijill.core.place import Place
from sijill.core.state import ClaimState
from sijill.link.anchors import COUNTRY, EVENT_DAYS, SETTLEMENT
from sijill.link.names import fold
from sijill.link.records import Reported, day_of
from sijill.link.words import content, day_of_text, days_named, full_days, terms, weekdays_named

SHORTEST = 3
SHINGLE, PASSAGE = 5, 6
REPRINTS, REPRINT_DAYS = 3, 20
LATEST = 14
ONE_DAY = dt.timedelta(1)
# Platforms on which everybody publishes: their address says nothing of who speaks.
OPEN_SITES = frozenset({"facebook.com", "twitter.com", "x.com", "t.me", "youtube.com", "instagram.com"})

Point = tuple[float, float]
Days = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Report:
    """A preserved report as linking sees it, whether or not a claim was read in it.

    `order` is the position in which it was added; `site` the host of its address, "" where unknown or open to all;
    `told` is the first day that its text gives by its day of the week, or else the one with its year that heads it or
    is its only day, where it does not say when it was published.
    """

    document: str
    order: int
    label: str = ""
    site: str = ""
    language: str = ""
    published: dt.date | None = None
    text: str = ""
    places: tuple[PlaceMention, ...] = ()
    told: dt.date | None = None

    @property
    def day(self) -> dt.date | None:
        """When it was published, or else the first full day in its text."""
        return self.published or self.told

    @classmethod
    def of(cls, document: Document, *, order: int, mentions: Mentions | None = None) -> Report:
        """The report in a document, with the places that its text names."""
        about = document.metadata
        return cls(
            document.id,
            order,
            document.label,
            site_of(about.url),
            about.language or "",
            day_of(about.published),
            document.reading.text,
            mentions.places if mentions is not None else (),
        )


def site_of(url: str | None) -> str:
    """The host of an address without "www.", "" where everybody may publish there.

    >>> site_of("https://www.orsa-monitor.example/2031/03"), site_of("https://x.com/somebody/status/1")
    ('orsa-monitor.example', '')
    """
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("www.").removeprefix("m.")
    return "" if host in OPEN_SITES else host


@dataclass(slots=True)
class Profile:
    """One report, ready to be compared. `days` is when its event was, as far as it says; `None` for undated.

    `vector` has length 1; `places` leads from the id of each settlement named to where it is, `exact` from those that
    claims are put at. `numbers` are those of the dead and the wounded. `sites` are the places of its claims, found in a
    gazetteer or not; none where a claim is of a whole area, or says no place. `folded` is the whole text, folded.
    """

    report: Report
    terms: tuple[str, ...]
    days: Days | None
    calendar: frozenset[tuple[int, int]]
    weekdays: frozenset[int]
    places: Mapping[str, Point]
    wide: frozenset[str]
    exact: Mapping[str, Point]
    numbers: Mapping[str, frozenset[int]]
    sites: tuple[Place, ...] = ()
    folded: str = ""
    bag: Counter[str] = field(default_factory=Counter)
    pairs: frozenset[tuple[str, str]] = frozenset()
    shingles: frozenset[int] = frozenset()
    vector: dict[str, float] = field(default_factory=dict)

    @property
    def calendar_days(self) -> frozenset[tuple[int, int]]:
        """The days of the year that it may be of: its own days, and all that it names."""
        return self.calendar | {(d.month, d.day) for d in self.days or ()}


@dataclass(slots=True)
class Corpus:
    """The profiles of a case, by document, with how many reports have each word, pair of words and place."""

    profiles: dict[str, Profile]
    with_term: Counter[str]
    with_pair: Counter[tuple[str, str]]
    with_place: Counter[str]

    def rarity(self, reports: int) -> float:
        """How much it says that two reports share what so many have: the logarithm of the odds, 0 for what all have."""
        return math.log((len(self.profiles) + 1) / max(1, reports))


def corpus(reports: Iterable[Report], claims: Iterable[Reported]) -> Corpus:
    """The profiles of all reports; the order in which they are given makes no difference."""
    by_document: dict[str, list[Reported]] = defaultdict(list)
    for c in claims:
        by_document[c.document].append(c)
    profiles = {r.document: _profile(r, by_document[r.document]) for r in sorted(reports, key=lambda r: r.document)}
    furniture = _furniture(profiles.values())
    for p in profiles.values():
        _take_words(p, furniture)
    found = Corpus(
        profiles,
        Counter(t for p in profiles.values() for t in p.bag),
        Counter(pair for p in profiles.values() for pair in p.pairs),
        Counter(place for p in profiles.values() for place in (*p.places, *p.wide)),
    )
    for p in profiles.values():
        _weigh(p, found)
    return found


def dated(reports: Iterable[Report]) -> tuple[Report, ...]:
    """The reports, with the days that texts give by the day of the week, which need the years of the whole case."""
    given = tuple(reports)
    years = {r.published.year for r in given if r.published is not None}
    span = range(min(years), max(years) + 1) if years else range(0)
    return tuple(replace(r, told=_told(r, span)) for r in given)


def _told(report: Report, years: range) -> dt.date | None:
    if report.published is not None:
        return None
    text = content(report.text)
    return next(iter(full_days(text, years)), None) or day_of_text(text, years)


def _profile(report: Report, claims: Sequence[Reported]) -> Profile:
    text = content(report.text)
    settled = [m.place for m in report.places if (m.place.precision or COUNTRY) <= SETTLEMENT]
    at = [c.claim.place for c in claims if c.judged.stands and c.claim.place is not None]
    return Profile(
        report,
        terms(text),
        _event_days(report, claims),
        days_named(text),
        weekdays_named(text),
        {p.id: (p.lat, p.lon) for p in settled if p.id and p.lat is not None and p.lon is not None},
        frozenset(m.place.id for m in report.places if m.place.id and (m.place.precision or COUNTRY) > SETTLEMENT),
        {
            p.id or p.text: (p.lat, p.lon)
            for p in at
            if p.lat is not None and p.lon is not None and (p.precision or COUNTRY) <= SETTLEMENT
        },
        _numbers(claims),
        _sites(claims),
        fold(report.text),
    )


def _sites(claims: Sequence[Reported]) -> tuple[Place, ...]:
    # A claim that another took the place of tells where the report is about all the same.
    places = [c.claim.place for c in claims if c.judged.state is not ClaimState.REJECTED]
    told = {p.id or fold(p.text): p for p in places if p is not None and (p.precision or SETTLEMENT) <= SETTLEMENT}
    wide = any(p is not None and (p.precision or SETTLEMENT) > SETTLEMENT for p in places)
    return () if wide else tuple(told[key] for key in sorted(told))


def _event_days(report: Report, claims: Sequence[Reported]) -> Days | None:
    """The days that most of its claims give, unless long before it was published; else the day of publication and
    the day before; else the day that the text tells."""
    votes: Counter[Days] = Counter()
    for c in claims:
        period = c.claim.period
        days = (period.start, period.end) if period is not None and c.judged.stands else (None, None)
        if days[0] is not None and days[1] is not None and (days[1] - days[0]).days < EVENT_DAYS:
            votes[days[0], days[1]] += 1
    most = max(votes, key=lambda d: (votes[d], d), default=None)
    published = report.published
    if most is not None and (published is None or -1 <= (published - most[0]).days <= LATEST):
        return most
    if published is not None:
        return (published - ONE_DAY, published)
    return (report.told, report.told) if report.told is not None else None


def _numbers(claims: Sequence[Reported]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for c in claims:
        count = c.claim.count
        if c.judged.stands and count is not None and count.low is not None and c.claim.group.subset is Subset.ALL:
            found[c.claim.harm.value].add(count.low)
    return {harm: frozenset(numbers) for harm, numbers in found.items()}


def _passages(p: Profile) -> Iterator[int]:
    return (hash((p.report.site, p.terms[i : i + PASSAGE])) for i in range(len(p.terms) - PASSAGE + 1))


def _furniture(profiles: Iterable[Profile]) -> set[int]:
    """The passages that a site prints in several reports weeks apart, or in several without a day."""
    seen: dict[int, set[tuple[str, dt.date | None]]] = defaultdict(set)
    for p in profiles:
        for passage in _passages(p):
            seen[passage].add((p.report.document, p.report.published))
    return {passage for passage, prints in seen.items() if len(prints) >= REPRINTS and _is_reprinted(prints)}


def _is_reprinted(prints: Iterable[tuple[str, dt.date | None]]) -> bool:
    days = [day for _, day in prints]
    known = [d for d in days if d is not None]
    spread = (max(known) - min(known)).days if known else 0
    return not known or spread > REPRINT_DAYS or len(days) - len(known) >= REPRINTS


def _take_words(p: Profile, furniture: set[int]) -> None:
    dropped: set[int] = set()
    for i, passage in enumerate(_passages(p)):
        if passage in furniture:
            dropped.update(range(i, i + PASSAGE))
    kept = tuple(t for i, t in enumerate(p.terms) if i not in dropped)
    p.terms = kept
    p.bag = Counter(t for t in kept if len(t) >= SHORTEST and not t.isdigit())
    p.pairs = frozenset(pairwise(kept))
    p.shingles = frozenset(hash(kept[i : i + SHINGLE]) for i in range(len(kept) - SHINGLE + 1))


def _weigh(p: Profile, all_of_them: Corpus) -> None:
    """Term frequency by its logarithm, times rarity, to length 1 (Salton and Buckley, 1988)."""
    weights = {
        t: (1 + math.log(n)) * all_of_them.rarity(reports)
        for t, n in p.bag.items()
        if (reports := all_of_them.with_term[t]) > 1
    }
    length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
    p.vector = {t: w / length for t, w in weights.items()}
