"""Where harm happened: the narrowest place that the text names for a claim, resolved with the gazetteer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sijill.core.place import Place
from sijill.extract.gazetteer import Gazetteer, GazetteerEntry
from sijill.extract.marks import Marked
from sijill.extract.placenames import (
    AREA,
    COUNTRY,
    NAMED,
    REGION,
    SETTLEMENT,
    begins,
    capitals_run,
    dateline_end,
    in_longer_name,
    is_name,
    kind_rank,
    label_end,
    name_run,
    titled,
)
from sijill.extract.report import Report

LOOK_BACK = 6
LOOK_ON = 2
REFERRED_BACK = 40
NEAR_MAX = 8
COUNTRIES_MAX = 4
OPENING_CHARACTERS = 800
RANK_COST = (0, 0, 2, 3, 8)
OWN_COST, HEADING_DISTANCE, AFTER_COST, QUIET_COST = 5, 2, 2, 4


@dataclass(frozen=True, slots=True)
class Named:
    """A place named in a sentence: tokens [start, end), how narrow, and what the gazetteer's scan took it for.

    `placed` where a preposition or a noun of place says that it is one.
    """

    start: int
    end: int
    rank: int
    placed: bool
    entry: GazetteerEntry | None = None


@dataclass(slots=True)
class Places:
    """The places of one report; each sentence is searched once."""

    report: Report
    gazetteer: Gazetteer
    _named: dict[int, tuple[Named, ...]] = field(default_factory=dict)
    _about: tuple[GazetteerEntry, ...] | None = None
    _dateline: tuple[int, Named] | None = None
    _violence: dict[int, bool] = field(default_factory=dict)
    _resolved: dict[tuple[str, str | None], Place] = field(default_factory=dict)

    def place_of(self, i: int, position: int, *, wide: bool = False) -> tuple[Place, str] | None:
        """The place of what is told at token `position` of sentence `i`, and the rule that found it.

        `wide` marks a toll over months or years, which the places of other sentences do not confine.
        """
        found = self._choose(i, position, wide)
        if found is None:
            return None
        k, named, rule = found
        m = self.report.marked(k)
        words = " ".join(m.words(named.start, named.end, self.report.text).split())
        return self._resolve(words, self._containing(k, named)), rule

    def _containing(self, k: int, named: Named) -> str | None:
        """The wider place named right behind a name: "the X quarter of Y", "X, Y"."""
        m = self.report.marked(k)
        for other in self.named(k):
            between = range(named.end, other.start)
            if 0 < len(between) <= 3 and all(_links(m, j) for j in between):
                return " ".join(m.words(other.start, other.end, self.report.text).split())
        return None

    def _titled(self) -> bool:
        """Whether the first sentence is a heading: a line of its own without a full stop."""
        end = self.report.bounds[0][1]
        return self.report.text[end - 1] not in ".!?" and self.report.text[end : end + 1] == "\n"

    def _contains(self, k: int, wide: Named) -> bool:
        """Whether a name only says in what another one lies: "X (Y)", "X, Y", "X in the Y"."""
        m = self.report.marked(k)
        for other in self.named(k):
            between = range(other.end, wide.start)
            if 0 < len(between) <= 3 and wide.rank > SETTLEMENT and all(_links(m, j) for j in between):
                return True
        return False

    def _choose(self, i: int, position: int, wide: bool) -> tuple[int, Named, str] | None:
        own = self._best(i, position)
        if own and own.rank <= AREA:
            return i, own, "named in the sentence"
        if referred := self._referred(i):
            return referred
        if own is None and wide:
            return self._continued(i)
        elsewhere = self._elsewhere(i, own)
        if elsewhere and not (self._dateline and elsewhere[1].rank == COUNTRY):
            return elsewhere
        if own is None and self._dateline and self._reports_from_there():
            return *self._dateline, "named in the dateline"
        return (i, own, "named in the sentence") if own else None

    def _continued(self, i: int) -> tuple[int, Named, str] | None:
        """The place of a toll over a long time that only the sentence before names, in the same paragraph."""
        if i == 0 or not self.report.joined(i - 1):
            return None
        if referred := self._referred(i - 1):
            return referred
        before = self._best(i - 1, 0, last=True)
        return (i - 1, before, "named in a sentence before") if before else None

    def _reports_from_there(self) -> bool:
        """Whether the place of writing lies in the country that the report's opening speaks of, and in no other."""
        assert self._dateline is not None
        entry = self._dateline[1].entry
        countries = {e.country for e in self._opening() if e.kind == "country"}
        return entry is None or not countries or countries == {entry.country}

    def _referred(self, i: int) -> tuple[int, Named, str] | None:
        """ "In the valley", "at the prison": the place with that noun which was named last before."""
        m = self.report.marked(i)
        for k in range(1, len(m.tokens)):
            kind = m.norm(k)
            if not m.is_a(k, "places.referring") or not m.is_a(k - 1, "places.articles") or m.is_a(k + 1, "partitive"):
                continue
            for j in range(i - 1, max(-1, i - 1 - REFERRED_BACK), -1):
                start, end = self.report.bounds[j]
                if kind not in self.report.text[start:end].casefold():
                    continue
                n = self.report.marked(j)
                named = [x for x in self.named(j) if n.norm(x.end - 1) == kind and x.end - x.start > 1]
                if named:
                    return j, named[-1], "named before with that noun"
        return None

    def _elsewhere(self, i: int, own: Named | None) -> tuple[int, Named, str] | None:
        """The best place of the sentences around: near beats far, narrow beats wide, before beats after."""
        best: tuple[int, int, Named, str] | None = None
        before, after = range(i - 1, max(-1, i - 1 - LOOK_BACK), -1), range(i + 1, i + 1 + LOOK_ON)
        around = [*before, *after, 0]
        within = [k for k in dict.fromkeys(around) if 0 <= k < len(self.report) and k != i]
        for far, k in sorted(((self._distance(i, k), k) for k in within), key=lambda pair: (pair[0], pair[1] > i)):
            # Nothing further away can cost less.
            if (best is not None and far >= best[0]) or (own is not None and far > OWN_COST):
                break
            named = self._best(k, 0, last=True)
            if named is None or (own is not None and (named.rank > NAMED or not self._inside(named, own))):
                continue
            cost = far + RANK_COST[named.rank] + (0 if self._violent(k) else QUIET_COST)
            if (own is None or cost <= OWN_COST) and (best is None or cost < best[0]):
                best = cost, k, named, "named in a sentence before" if k < i else "named in a sentence after"
        return best[1:] if best else None

    def _violent(self, k: int) -> bool:
        """Whether sentence `k` speaks of violence, or only labels what follows."""
        m = self.report.marked(k)
        if k not in self._violence:
            self._violence[k] = label_end(m) > 0 or any(_of_violence(m, j) for j in range(len(m.tokens)))
        return self._violence[k]

    def _distance(self, i: int, k: int) -> int:
        """Sentences between, a new paragraph counting as one more; the heading is never far."""
        a, b = sorted((self.report.bounds[i][0], self.report.bounds[k][0]))
        paragraphs = min(2, self.report.text.count("\n", a, b))
        far = abs(i - k) + paragraphs + AFTER_COST * (k > i)
        return min(far, HEADING_DISTANCE) if k == 0 else far

    def _inside(self, named: Named, wide: Named) -> bool:
        """Whether a place of another sentence can lie within the wide one that this sentence names."""
        if named.entry is None or wide.entry is None:
            return True
        return named.entry.country == wide.entry.country and wide.rank == COUNTRY

    def _best(self, i: int, position: int, *, last: bool = False) -> Named | None:
        inner = [n for n in self.named(i) if not self._contains(i, n)]
        found = [n for n in inner if n.placed] or [n for n in inner if not last or (i == 0 and self._titled())]
        if not found:
            return None
        narrow = min(n.rank for n in found)
        found = [n for n in found if n.rank == narrow]
        return (
            found[-1]
            if last and position == 0 and narrow > SETTLEMENT
            else min(found, key=lambda n: (min(abs(n.start - position), abs(n.end - position)), n.start))
        )

    def tokens(self, i: int) -> frozenset[int]:
        """The tokens of sentence `i` that name places, countries left out: what acts is no place."""
        return frozenset(k for n in self.named(i) if n.rank != COUNTRY for k in range(n.start, n.end))

    def texts(self, i: int) -> tuple[str, ...]:
        """The words of the places in sentence `i` that are settlements or areas."""
        m = self.report.marked(i)
        return tuple(m.words(n.start, n.end, self.report.text) for n in self.named(i) if n.placed and n.rank <= NAMED)

    def named(self, i: int) -> tuple[Named, ...]:
        """The places named in sentence `i`, left to right."""
        if i not in self._named:
            self._named[i] = self._search(i)
        return self._named[i]

    def _search(self, i: int) -> tuple[Named, ...]:
        m = self.report.marked(i)
        found: list[Named] = []
        scanned = self._scanned(m)
        dateline, label = dateline_end(m), label_end(m)
        k = 0
        while k < len(m.tokens):
            named = _of_kind(m, k, scanned) or _before_kind(m, k) or _after_preposition(m, k) or scanned.get(k)
            named = named or _heading(m, k, dateline, label)
            if named is None:
                k += 1
                continue
            k = max(k + 1, named.end)
            if in_longer_name(m, named.start, named.end) or _elsewhere(m, named):
                continue
            entry = named.entry or next((scanned[j].entry for j in range(named.start, named.end) if j in scanned), None)
            rank, placed = _rank(m, named, entry, scanned), named.placed or named.start < label
            if named.end <= dateline:
                self._dateline = self._dateline or (i, Named(named.start, named.end, rank, True, entry))
            else:
                found.append(Named(named.start, named.end, rank, placed, entry))
        return tuple(found)

    def _scanned(self, m: Marked) -> dict[int, Named]:
        """The gazetteer's own finds in a sentence, by their first token."""
        start, end = m.sentence.start, m.sentence.end
        found: dict[int, Named] = {}
        starts = {t.start: k for k, t in enumerate(m.tokens)}
        for name in self.gazetteer.find_names(self.report.text[start:end], countries=self._countries()):
            k = starts.get(start + name.start)
            stop = k
            while stop is not None and stop < len(m.tokens) and m.tokens[stop].start < start + name.end:
                stop += 1
            if (
                k is None
                or stop is None
                or (m.tokens[stop - 1].end > start + name.end and "-" in m.tokens[stop - 1].text)
            ):
                continue
            entry = name.entries[0]
            found[k] = Named(k, stop, _entry_rank(entry), _prepared(m, k, weak=True), entry)
        return found

    def _countries(self) -> tuple[str, ...]:
        """The countries that the text's opening speaks of, the most named first."""
        counted = Counter(e.country for e in self._opening() if e.country)
        return tuple(sorted(counted, key=lambda c: (-counted[c], c)))[:COUNTRIES_MAX]

    def _opening(self) -> tuple[GazetteerEntry, ...]:
        """The places that the text's opening names, which say what part of the world it is about."""
        if self._about is None:
            opening = self.report.text[:OPENING_CHARACTERS]
            self._about = tuple(f.entries[0] for f in self.gazetteer.find_names(opening))
        return self._about

    def _resolve(self, words: str, admin: str | None) -> Place:
        key = (words, admin)
        if key not in self._resolved:
            near = tuple(dict.fromkeys(self._opening()))[:NEAR_MAX]
            hint = next(iter(self._countries()), None)
            found = self.gazetteer.resolve(words, admin=admin, near=near, country_hint=hint)
            if found is None:
                self._resolved[key] = Place(words, basis="in no gazetteer")
            else:
                e = found.entry
                self._resolved[key] = Place(words, e.name, e.id, e.lat, e.lon, found.precision, found.reason)
        return self._resolved[key]


def _of_violence(m: Marked, j: int) -> bool:
    return any(
        h.entry.cls == "trigger" or (h.entry.cls == "perpetrators" and h.entry.name in ("doings", "verbs"))
        for h in m.starting[j]
    )


def _links(m: Marked, j: int) -> bool:
    return m.tokens[j].text in ",(" or any(
        m.is_a(j, words) for words in ("partitive", "places.prepositions", "places.articles", "places.directions")
    )


def _entry_rank(entry: GazetteerEntry) -> int:
    return {"country": COUNTRY, "admin1": REGION, "admin2": REGION}.get(entry.kind, NAMED)


def _rank(m: Marked, named: Named, entry: GazetteerEntry | None, scanned: dict[int, Named]) -> int:
    """How narrow a name is: its noun of place says so, or a direction in front of it, else the gazetteer."""
    if named.rank != NAMED:
        return named.rank
    if (last := kind_rank(m, named.end - 1)) is not None and named.end - named.start > 1:
        return last
    if m.is_a(named.start, "places.directions") and named.end - named.start > 1:
        return AREA
    whole = scanned.get(named.start)
    return _entry_rank(entry) if entry and whole and whole.end >= named.end else named.rank


def _of_kind(m: Marked, k: int, scanned: dict[int, Named]) -> Named | None:
    """ "The town of X", "the towns of X, Y and Z"."""
    rank = kind_rank(m, k)
    if rank is None:
        return None
    start = k + 2 if m.is_a(k + 1, "partitive") else k + 1
    if start == k + 1:
        return None
    if m.sentence.capitals:
        end = scanned[start].end if start in scanned else capitals_run(m, start)
    else:
        end = name_run(m, start)
    if end == start:
        return None
    end = _listed(m, end) if m.norm(k).endswith("s") else end
    if m.is_a(k, "places.offices") and start not in scanned:
        # "The department of X" is more often an office than a region.
        return None
    return Named(start, end, rank, True)


def _listed(m: Marked, end: int) -> int:
    """Where a list of names after a plural ends: "X, Y, and Z"."""
    while end < len(m.tokens) and m.is_a(end, "and_connectors"):
        at = end
        while m.is_a(at, "and_connectors"):
            at += 1
        stop = capitals_run(m, at) if m.sentence.capitals else name_run(m, at)
        if stop == at:
            break
        end = stop
    return end


def _before_kind(m: Marked, k: int) -> Named | None:
    """ "X city", "X neighbourhood", "the X sector"."""
    if m.sentence.capitals:
        if not m.is_a(k - 1, "places.prepositions") and not m.is_a(k - 1, "places.articles"):
            return None
        end = capitals_run(m, k)
        kind = next((j for j in range(k + 1, end) if kind_rank(m, j) is not None), None)
        if kind is None or m.is_a(kind + 1, "partitive"):
            return None
        if any(m.is_a(j, "places.directions") or m.norm(j) in m.pack.demonyms or m.starting[j] for j in range(k, kind)):
            return None
        return Named(k, kind + 1, kind_rank(m, kind) or 0, True)
    if not begins(m, k) or is_name(m, k - 1) or m.at(k, "armed"):
        return None
    end = name_run(m, k)
    # A noun of place written with a capital belongs to the run itself: "Senna State", "Ostra Refugee Camp".
    inner = next((j for j in range(k + 1, end) if kind_rank(m, j) is not None), None)
    if inner is not None:
        return Named(k, inner + 1, kind_rank(m, inner) or 0, True)
    at = end
    for _ in range(2):
        if (rank := kind_rank(m, at)) is not None:
            return Named(k, at + 1, rank, True) if at > k else None
        if not m.is_a(at, "places.directions") and m.norm(at) not in m.pack.words["places.inner"]:
            return None
        at += 1
    return None


def _heading(m: Marked, k: int, dateline: int, label: int) -> Named | None:
    """An unknown name that opens a dateline, or a label that also gives a day or a wider place."""
    if m.sentence.capitals or not begins(m, k) or m.starting[k] or not all(m.is_mark(j) for j in range(k)):
        return None
    told = dateline or any(j in m.dated or kind_rank(m, j) is not None for j in range(k, label))
    return Named(k, name_run(m, k), NAMED, True) if told else None


def _prepared(m: Marked, k: int, *, weak: bool = False) -> bool:
    """Whether a preposition of place stands before, articles and directions between; `weak` admits "of" and "to"."""
    at = k
    for _ in range(4):
        if m.is_a(at - 1, "places.prepositions") or (weak and m.is_a(at - 1, "places.weak_prepositions")):
            return True
        if not (
            m.is_a(at - 1, "places.articles") or m.is_a(at - 1, "places.directions") or kind_rank(m, at - 1) is not None
        ):
            return False
        at -= 1
    return False


def _after_preposition(m: Marked, k: int) -> Named | None:
    """ "In X", "near X": a run of capitalised words after a preposition of place."""
    if m.sentence.capitals or not begins(m, k) or not _prepared(m, k):
        return None
    if m.is_a(k - 1, "partitive") or m.bare(k) in m.pack.demonyms:
        return None
    end = name_run(m, k)
    if end == k or m.is_a(end, "places.waters") or titled(m):
        return None
    if m.is_a(k, "places.directions"):
        return Named(k, end, REGION, True)
    if end < len(m.tokens) and (m.at(end, "person") or m.at(end, "perpetrators", "means") or m.at(end, "armed")):
        return None
    if any(m.at(j, "source_kind") or m.at(j, "armed") or m.at(j, "attribution", "titles") for j in range(k, end)):
        return None
    return Named(k, end, NAMED, True)


def _elsewhere(m: Marked, n: Named) -> bool:
    """Whether the words before say that the harm was not there: "flown to X", "told reporters in X"."""
    at = n.start
    for _ in range(3):
        if m.before(at, "places", "elsewhere"):
            return True
        if not (
            m.is_a(at - 1, "places.articles") or m.is_a(at - 1, "places.directions") or kind_rank(m, at - 1) is not None
        ):
            return False
        at -= 1
    return False
