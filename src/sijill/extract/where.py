"""Where harm happened: the narrowest place that the text names for a claim, resolved with the gazetteer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sijill.core.place import Place
from sijill.extract.gazetteer import Gazetteer, GazetteerEntry
from sijill.extract.marks import Marked
from sijill.extract.report import Report
from sijill.extract.tokens import Kind

NAME_WORDS = 5
LOOK_BACK = 6
LOOK_ON = 2
NEAR_MAX = 8
COUNTRIES_MAX = 4
OPENING_CHARACTERS = 800
# How narrow a name is, for choosing among several.
SETTLEMENT, NAMED, REGION, COUNTRY = 0, 1, 2, 3
RANK_COST = (0, 0, 3, 8)
OWN_COST, HEADING_DISTANCE, AFTER_COST = 5, 5, 2


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

    def _choose(self, i: int, position: int, wide: bool) -> tuple[int, Named, str] | None:
        own = self._best(i, position)
        if own and own.rank <= NAMED:
            return i, own, "named in the sentence"
        if own is None and wide:
            return None
        elsewhere = self._elsewhere(i, own)
        if elsewhere:
            return elsewhere
        return (i, own, "named in the sentence") if own else None

    def _elsewhere(self, i: int, own: Named | None) -> tuple[int, Named, str] | None:
        """The best place of the sentences around: near beats far, narrow beats wide, before beats after."""
        best: tuple[int, int, Named, str] | None = None
        around = [*range(i - 1, max(-1, i - 1 - LOOK_BACK), -1), *range(i + 1, i + 1 + LOOK_ON), 0]
        within = [k for k in dict.fromkeys(around) if 0 <= k < len(self.report) and k != i]
        for far, k in sorted(((self._distance(i, k), k) for k in within), key=lambda pair: (pair[0], pair[1] > i)):
            # Nothing further away can cost less.
            if (best is not None and far >= best[0]) or (own is not None and far > OWN_COST):
                break
            named = self._best(k, 0, last=True)
            if named is None or (own is not None and (named.rank > NAMED or not self._inside(named, own))):
                continue
            cost = far + RANK_COST[named.rank]
            if (own is None or cost <= OWN_COST) and (best is None or cost < best[0]):
                best = cost, k, named, "named in a sentence before" if k < i else "named in a sentence after"
        return best[1:] if best else None

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
        found = [n for n in self.named(i) if n.placed] or [n for n in self.named(i) if not last]
        if not found:
            return None
        narrow = min(n.rank for n in found)
        found = [n for n in found if n.rank == narrow]
        return (
            found[-1]
            if last and position == 0 and narrow > SETTLEMENT
            else min(found, key=lambda n: (min(abs(n.start - position), abs(n.end - position)), n.start))
        )

    def named(self, i: int) -> tuple[Named, ...]:
        """The places named in sentence `i`, left to right."""
        if i not in self._named:
            self._named[i] = self._search(i)
        return self._named[i]

    def _search(self, i: int) -> tuple[Named, ...]:
        m = self.report.marked(i)
        found: list[Named] = []
        scanned = self._scanned(m)
        k = 0
        while k < len(m.tokens):
            named = _of_kind(m, k, scanned) or _before_kind(m, k) or _after_preposition(m, k) or scanned.get(k)
            if named is None:
                k += 1
                continue
            entry = named.entry or next((scanned[j].entry for j in range(named.start, named.end) if j in scanned), None)
            if not _elsewhere(m, named) and not _is_dateline(m, named):
                found.append(
                    Named(named.start, named.end, _rank(named.rank, entry, named, scanned), named.placed, entry)
                )
            k = max(k + 1, named.end)
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


def _links(m: Marked, j: int) -> bool:
    return m.tokens[j].text == "," or any(
        m.is_a(j, words) for words in ("partitive", "places.prepositions", "places.articles", "places.directions")
    )


def _entry_rank(entry: GazetteerEntry) -> int:
    return {"country": COUNTRY, "admin1": REGION, "admin2": REGION}.get(entry.kind, NAMED)


def _rank(rank: int, entry: GazetteerEntry | None, named: Named, scanned: dict[int, Named]) -> int:
    """How narrow a name is: its noun of place says so, else the gazetteer."""
    if rank != NAMED or entry is None:
        return rank
    whole = scanned.get(named.start)
    return _entry_rank(entry) if whole and whole.end >= named.end else rank


def _name_run(m: Marked, start: int) -> int:
    """Where a name that begins at `start` ends: capitalised words, with particles and hyphens inside."""
    end = start
    while end < len(m.tokens) and end - start < NAME_WORDS:
        if _is_name(m, end):
            end += 1
        elif m.norm(end) == "-" and _hyphenated(m, end):
            end += 2
        elif (
            m.is_a(end, "places.name_particles")
            and (_is_name(m, end + 1) or _hyphenated(m, end + 1))
            and not m.is_a(end, "one_of")
        ):
            end += 2 if _is_name(m, end + 1) else 3
        else:
            break
    return end


def _hyphenated(m: Marked, k: int) -> bool:
    """Whether a hyphen at `k` joins a name, also in text that a data set has tokenised: "al - Nahr"."""
    if m.norm(k) != "-" or not _is_name(m, k + 1):
        return False
    close = k > 0 and m.tokens[k].start == m.tokens[k - 1].end and m.tokens[k + 1].start == m.tokens[k].end
    return close or m.is_a(k - 1, "places.name_particles")


def _begins(m: Marked, k: int) -> bool:
    """Whether a name can begin at `k`: with a capitalised word, or a particle before one."""
    if _is_name(m, k):
        return True
    return m.is_a(k, "places.name_particles") and not m.is_a(k, "one_of") and _hyphenated(m, k + 1)


def _is_name(m: Marked, k: int) -> bool:
    if not 0 <= k < len(m.tokens) or k in m.dated:
        return False
    token = m.tokens[k]
    if token.kind is not Kind.WORD or not any(c.isupper() for c in token.text):
        return False
    if "-" in token.text and m.norm(k).rpartition("-")[2] in m.pack.words["places.adjectives"]:
        return False
    if m.bare(k) in m.pack.demonyms or m.at(k, "property") or m.at(k, "attack"):
        return False
    if len(token.text) == 1 or m.is_a(k, "stop"):
        return False
    return not m.is_a(k, "places.not_places") and not (m.sentence.capitals and _common(m, k))


def _common(m: Marked, k: int) -> bool:
    return bool(m.starting[k]) or m.is_a(k, "stop")


def _of_kind(m: Marked, k: int, scanned: dict[int, Named]) -> Named | None:
    """ "The town of X", "the towns of X, Y and Z"."""
    settlement = m.is_a(k, "places.kinds_settlement")
    if not settlement and not m.is_a(k, "places.kinds_region"):
        return None
    start = k + 2 if m.is_a(k + 1, "partitive") else k + 1
    if start == k + 1:
        return None
    if m.sentence.capitals:
        end = scanned[start].end if start in scanned else _caps_run(m, start)
    else:
        end = _name_run(m, start)
    if end == start:
        return None
    end = _listed(m, end) if m.norm(k).endswith("s") else end
    return Named(start, end, SETTLEMENT if settlement else REGION, True)


def _caps_run(m: Marked, start: int) -> int:
    end = start
    while end < len(m.tokens) and end - start < NAME_WORDS:
        token = m.tokens[end]
        if token.kind is not Kind.WORD or end in m.dated or m.at(end, "trigger") or m.at(end, "attack"):
            break
        if m.is_a(end, "stop") and not m.is_a(end, "places.name_particles"):
            break
        end += 1
    return end


def _listed(m: Marked, end: int) -> int:
    """Where a list of names after a plural ends: "X, Y, and Z"."""
    while end < len(m.tokens) and m.is_a(end, "and_connectors"):
        at = end
        while m.is_a(at, "and_connectors"):
            at += 1
        stop = _caps_run(m, at) if m.sentence.capitals else _name_run(m, at)
        if stop == at:
            break
        end = stop
    return end


def _before_kind(m: Marked, k: int) -> Named | None:
    """ "X city", "X neighbourhood", "the X sector"."""
    if m.sentence.capitals:
        if not m.is_a(k - 1, "places.prepositions") and not m.is_a(k - 1, "places.articles"):
            return None
        end = _caps_run(m, k)
        kind = next((j for j in range(k + 1, end) if _kind_rank(m, j) is not None), None)
        if kind is None or m.is_a(kind + 1, "partitive"):
            return None
        if any(m.is_a(j, "places.directions") or m.norm(j) in m.pack.demonyms or m.starting[j] for j in range(k, kind)):
            return None
        return Named(k, kind + 1, _kind_rank(m, kind) or 0, True)
    if not _begins(m, k) or _is_name(m, k - 1) or m.at(k, "armed"):
        return None
    end = _name_run(m, k)
    # A noun of place written with a capital belongs to the run itself: "Senna State", "Ostra Refugee Camp".
    inner = next((j for j in range(k + 1, end) if _kind_rank(m, j) is not None), None)
    if inner is not None:
        return Named(k, inner + 1, _kind_rank(m, inner) or 0, True)
    at = end
    for _ in range(2):
        if (rank := _kind_rank(m, at)) is not None:
            return Named(k, at + 1, rank, True) if at > k else None
        if not m.is_a(at, "places.directions") and m.norm(at) not in m.pack.words["places.inner"]:
            return None
        at += 1
    return None


def _kind_rank(m: Marked, k: int) -> int | None:
    if m.is_a(k, "places.kinds_settlement"):
        return SETTLEMENT
    return REGION if m.is_a(k, "places.kinds_region") else None


def _prepared(m: Marked, k: int, *, weak: bool = False) -> bool:
    """Whether a preposition of place stands before, articles and directions between; `weak` admits "of" and "to"."""
    at = k
    for _ in range(4):
        if m.is_a(at - 1, "places.prepositions") or (weak and m.is_a(at - 1, "places.weak_prepositions")):
            return True
        if not (
            m.is_a(at - 1, "places.articles")
            or m.is_a(at - 1, "places.directions")
            or _kind_rank(m, at - 1) is not None
        ):
            return False
        at -= 1
    return False


def _after_preposition(m: Marked, k: int) -> Named | None:
    """ "In X", "near X": a run of capitalised words after a preposition of place."""
    if m.sentence.capitals or not _begins(m, k) or not _prepared(m, k):
        return None
    if m.is_a(k - 1, "partitive") or m.bare(k) in m.pack.demonyms:
        return None
    end = _name_run(m, k)
    if end == k or m.is_a(end, "places.waters") or _titled(m):
        return None
    if m.is_a(k, "places.directions"):
        return Named(k, end, REGION, True)
    if end < len(m.tokens) and (m.at(end, "person") or m.at(end, "perpetrators", "means") or m.at(end, "armed")):
        return None
    if any(m.at(j, "source_kind") or m.at(j, "armed") or m.at(j, "attribution", "titles") for j in range(k, end)):
        return None
    return Named(k, end, NAMED, True)


def _titled(m: Marked) -> bool:
    """Whether a heading is written with capitals on most words, which then show no names."""
    words = [t for t in m.tokens if t.kind is Kind.WORD and len(t.text) > 3]
    return len(words) >= 4 and sum(t.is_name for t in words) > 0.7 * len(words)


def _elsewhere(m: Marked, n: Named) -> bool:
    """Whether the words before say that the harm was not there: "flown to X", "told reporters in X"."""
    at = n.start
    for _ in range(3):
        if m.before(at, "places", "elsewhere"):
            return True
        if not (
            m.is_a(at - 1, "places.articles")
            or m.is_a(at - 1, "places.directions")
            or _kind_rank(m, at - 1) is not None
        ):
            return False
        at -= 1
    return False


def _is_dateline(m: Marked, n: Named) -> bool:
    """Whether a sentence opens with the name as the place of writing: "X, 5 OCT —", "X (AP) —"."""
    if n.start > 1:
        return False
    follows = range(n.end, min(n.end + 12, len(m.tokens)))
    dash = any(
        m.tokens[k].text in "—–"
        or (m.tokens[k].text == "-" and (m.norm(k + 1) == "-" or m.tokens[k - 1].text.isupper()))
        for k in follows
    )
    return dash and bool(follows) and m.tokens[follows[0]].text in ",(—–-"
