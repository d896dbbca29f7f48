"""Where harm happened: the narrowest place that the text names for a claim, resolved with the gazetteer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from sijill.core.place import Place
from sijill.extract.gazetteer import Gazetteer, GazetteerEntry
from sijill.extract.marks import Marked
from sijill.extract.placebehind import (
    belongs_to_body,
    name_behind_kind,
    name_behind_preposition,
    of_speaker,
    with_kind,
)
from sijill.extract.placenames import (
    AREA,
    COUNTRY,
    NAMED,
    REGION,
    SETTLEMENT,
    dateline_end,
    in_longer_name,
    is_name,
    kind_rank,
    label_end,
)
from sijill.extract.placewording import (
    Named,
    after_preposition,
    before_kind,
    in_heading,
    of_event,
    of_kind,
    part_of_country,
    prepared,
    told_elsewhere,
)
from sijill.extract.report import Report
from sijill.extract.tokens import fold

LOOK_BACK = 6
IN_THE_SENTENCE = "named in the sentence"
LOOK_ON = 2
REFERRED_BACK = 40
NEAR_MAX = 8
WIDE_REACH = 8
COUNTRIES_MAX = 4
OPENING_CHARACTERS = 800
RANK_COST = (0, 0, 2, 3, 8)
BEFORE_VERB, OTHER_HARM, OWN_REACH = 30, 40, 3
OWN_COST, HEADING_DISTANCE, AFTER_COST, QUIET_COST = 5, 2, 2, 4


@dataclass(slots=True)
class Places:
    """The places of one report; each sentence is searched once."""

    report: Report
    gazetteer: Gazetteer
    _named: dict[int, tuple[Named, ...]] = field(default_factory=dict)
    _about: tuple[GazetteerEntry, ...] | None = None
    _dateline: tuple[int, Named] | None = None
    _back: dict[int, tuple[int, Named, str] | None] = field(default_factory=dict)
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
        words = self._words(k, named)
        return self._resolve(words, self._containing(k, named)), rule

    def _containing(self, k: int, named: Named) -> str | None:
        """The wider place named right behind a name: "the X quarter of Y", "X, Y"."""
        m = self.report.marked(k)
        for other in self.named(k):
            between = range(named.end, other.start)
            if 0 < len(between) <= 3 and all(_links(m, j) for j in between):
                return self._words(k, other)
        return None

    def _words(self, k: int, named: Named) -> str:
        """The name as written, on one line."""
        m = self.report.marked(k)
        start, end = m.tokens[named.start].start + named.skip, m.tokens[named.end - 1].end
        return " ".join(self.report.text[start:end].split())

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
        if own is not None and self._of_speaker(i, own):
            own = self._best(i, position, speakers=False) or self._stands_in(i, own)
        heads = i == 0 and self.report.pack.grammar.caseless and self._titled()
        if own and own.rank <= (NAMED if heads else AREA):
            return i, own, IN_THE_SENTENCE
        if referred := self._referred(i):
            return referred
        if wide:
            return (i, own, IN_THE_SENTENCE) if own else self._continued(i)
        elsewhere = self._elsewhere(i, own)
        if elsewhere and not (self._dateline and elsewhere[1].rank == COUNTRY):
            return elsewhere
        if own is None and self._dateline and self._reports_from_there():
            return *self._dateline, "named in the dateline"
        return (i, own, IN_THE_SENTENCE) if own else None

    def _of_speaker(self, i: int, named: Named) -> bool:
        """Whether a name only says whence the one who speaks is: "the commissioner of X county said"."""
        spans = ((s.start, s.cue) for s in self.report.speeches(i) if s.start < s.cue and not s.again)
        return any(start <= named.start < cue for start, cue in spans)

    def _stands_in(self, i: int, own: Named) -> Named | None:
        """The speaker's place where nothing around names a better one."""
        found = self._elsewhere(i, None)
        return None if found and found[1].rank < own.rank else own

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
        if i not in self._back:
            self._back[i] = self._refer(i)
        return self._back[i]

    def _refer(self, i: int) -> tuple[int, Named, str] | None:
        m = self.report.marked(i)
        for k in range(1, len(m.tokens)):
            kind = m.norm(k)
            if not m.is_a(k, "places.referring") or not m.is_a(k - 1, "places.articles") or m.is_a(k + 1, "partitive"):
                continue
            for j in range(i - 1, max(-1, i - 1 - REFERRED_BACK), -1):
                start, end = self.report.bounds[j]
                bound = self.report.pack.spelling.attached is not None
                if not bound and kind not in self.report.text[start:end].casefold():
                    continue
                n = self.report.marked(j)
                named = [x for x in self.named(j) if n.norm(x.end - 1) == kind and x.end - x.start > 1]
                named = [x for x in self.named(j) if n.norm(x.start) == kind] if bound else named
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
            if named is None or (own is not None and named.rank > NAMED):
                continue
            if own is not None and not (self._inside(named, own) or self._within(k, named, i, own)):
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
        if i == 0 and self.report.pack.grammar.caseless and self._titled():
            paragraphs = 0
        far = abs(i - k) + paragraphs + AFTER_COST * (k > i)
        return min(far, HEADING_DISTANCE) if k == 0 else far

    def _within(self, k: int, named: Named, i: int, wide: Named) -> bool:
        """Whether sentence `k` itself says that its narrow place lies in the wide one of sentence `i`."""
        holder = self._containing(k, named)
        m = self.report.marked(i)
        words = {m.bare(j) for j in range(wide.start, wide.end) if is_name(m, j)}
        return holder is not None and bool(words) and words <= set(fold(holder).split())

    def _inside(self, named: Named, wide: Named) -> bool:
        """Whether a place of another sentence can lie within the wide one that this sentence names."""
        if named.entry is None or wide.entry is None:
            return True
        if self.report.pack.grammar.caseless and wide.rank in (AREA, REGION):
            return named.entry.admin1 == wide.entry.admin1
        return named.entry.country == wide.entry.country and wide.rank == COUNTRY

    def _best(self, i: int, position: int, *, last: bool = False, speakers: bool = True) -> Named | None:
        inner = [n for n in self.named(i) if not self._contains(i, n)]
        if not speakers:
            inner = [n for n in inner if not self._of_speaker(i, n)]
        m = self.report.marked(i)
        wide = [n for n in inner if m.is_a(n.start - 1, "places.wide") and 0 <= n.start - position <= WIDE_REACH]
        if wide and not last:
            return wide[0]
        found = [n for n in inner if n.placed] or [n for n in inner if not last or (i == 0 and self._titled())]
        if not found:
            return None
        narrow = min(n.rank for n in found)
        found = [n for n in found if n.rank == narrow]
        return (
            found[-1]
            if last and position == 0 and narrow > SETTLEMENT
            else min(found, key=lambda n: (self._away(i, n, position), n.start))
        )

    def _away(self, i: int, n: Named, position: int) -> int:
        """Tokens between a name and what is told; where verbs stand first, the place follows them."""
        away = min(abs(n.start - position), abs(n.end - position))
        if not self.report.pack.grammar.verb_first:
            return away
        m = self.report.marked(i)
        other = any(m.at(k, "trigger", "object") for k in range(position + OWN_REACH, n.start))
        return away + BEFORE_VERB * (n.start < position) + OTHER_HARM * other

    def tokens(self, i: int) -> frozenset[int]:
        """The tokens of sentence `i` that name places, countries left out: what acts is no place."""
        return frozenset(k for n in self._sure(i) if n.rank != COUNTRY for k in range(n.start, n.end))

    def _sure(self, i: int) -> list[Named]:
        """The names of sentence `i` that more than capitals throughout show to be places."""
        capitals = self.report.marked(i).sentence.capitals
        return [n for n in self.named(i) if not (capitals and n.entry is None and n.rank == NAMED)]

    def texts(self, i: int) -> tuple[str, ...]:
        """The words of the places in sentence `i` that are settlements or areas."""
        return tuple(self._words(i, n) for n in self._sure(i) if n.placed and n.rank <= NAMED)

    def apart(self, i: int, k: int) -> bool:
        """Whether two sentences name settlements or areas, and none of them in common."""
        own = self.texts(i)
        other = self.texts(k) if own else ()
        return bool(own and other) and not any(a in b or b in a for a in own for b in other)

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
            if m.pack.grammar.caseless:
                k = self._caseless(m, k, scanned, found)
                continue
            named = of_kind(m, k, scanned) or before_kind(m, k) or after_preposition(m, k) or scanned.get(k)
            named = named or part_of_country(m, k) or of_event(m, k)
            named = named or in_heading(m, k, dateline, label)
            if named is None:
                k += 1
                continue
            k = max(k + 1, named.end)
            if in_longer_name(m, named.start, named.end) or told_elsewhere(m, named):
                continue
            entry = named.entry or next((scanned[j].entry for j in range(named.start, named.end) if j in scanned), None)
            rank, placed = _rank(m, named, entry, scanned), named.placed or named.start < label
            if named.end <= dateline:
                self._dateline = self._dateline or (i, Named(named.start, named.end, rank, True, entry))
            else:
                found.append(Named(named.start, named.end, rank, placed, entry))
        return tuple(found)

    def _caseless(self, m: Marked, k: int, scanned: dict[int, Named], found: list[Named]) -> int:
        """Add the place that begins at token `k`, if one does; the token to go on from."""
        span = name_behind_kind(m, k, {at: n.end for at, n in scanned.items()})
        if span is None:
            named = scanned.get(k)
            if named is None:
                unknown = None if k in scanned else name_behind_preposition(m, k)
                if unknown and not told_elsewhere(m, Named(*unknown, NAMED, True)):
                    found.append(Named(*unknown, NAMED, placed=False))
                return unknown[1] if unknown else k + 1
            country = named.rank == COUNTRY and not named.placed
            if not country and not belongs_to_body(m, k) and not told_elsewhere(m, named):
                found.append(_sided(m, named))
            return named.end
        start, end = span
        rank, whole = kind_rank(m, k), scanned.get(start)
        if not told_elsewhere(m, Named(k, end, 0, True)):
            rank = REGION if rank is None or of_speaker(m, start, end) else rank
            skip = whole.skip if whole else 0
            if with_kind(m, start) and not skip:
                start -= 1
            found.append(Named(start, end, rank, True, whole.entry if whole else None, skip))
        return end

    def _scanned(self, m: Marked) -> dict[int, Named]:
        """The gazetteer's own finds in a sentence, by their first token."""
        start, end = m.sentence.start, m.sentence.end
        found: dict[int, Named] = {}
        starts = {t.start: k for k, t in enumerate(m.tokens)}
        for name in self.gazetteer.find_names(self.report.text[start:end], countries=self._countries()):
            k = starts.get(start + name.start)
            if k is None and m.pack.grammar.caseless:
                k = next((j for j, t in enumerate(m.tokens) if t.start < start + name.start < t.end), None)
            stop = k
            while stop is not None and stop < len(m.tokens) and m.tokens[stop].start < start + name.end:
                stop += 1
            if (
                k is None
                or stop is None
                or (m.tokens[stop - 1].end > start + name.end and "-" in m.tokens[stop - 1].text)
            ):
                continue
            if m.norm(k) in m.pack.numbers:
                continue
            entry = name.entries[0]
            skip = start + name.start - m.tokens[k].start
            placed = skip > 0 or prepared(m, k, weak=True)
            found[k] = Named(k, stop, _entry_rank(entry), placed, entry, skip)
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


def _sided(m: Marked, named: Named) -> Named:
    """A known name, a wide one where a side stands before it: "south of X", "the countryside of X"."""
    before = named.start - 1
    while m.is_a(before, "places.articles"):
        before -= 1
    wide = (m.is_a(before, "places.directions") or of_speaker(m, named.start, named.end)) and named.rank < REGION
    return replace(named, rank=REGION) if wide else named


def _of_violence(m: Marked, j: int) -> bool:
    return bool(m.starting[j]) and any(
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
    if m.norm(named.end) == "," and m.is_a(named.end + 1, "one_of") and kind_rank(m, named.end + 2) is not None:
        # "X, a village in Y".
        return kind_rank(m, named.end + 2) or SETTLEMENT
    if (last := kind_rank(m, named.end - 1)) is not None and named.end - named.start > 1:
        return last
    if m.is_a(named.start, "places.directions") and named.end - named.start > 1:
        return AREA
    whole = scanned.get(named.start)
    return _entry_rank(entry) if entry and whole and whole.end >= named.end else named.rank
