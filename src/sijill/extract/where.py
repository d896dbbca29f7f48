"""Where harm happened: the narrowest place that the text names for a claim, resolved with the gazetteer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sijill.core.place import Place
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.marks import Marked
from sijill.extract.placenames import (
    AREA,
    COUNTRY,
    NAMED,
    REGION,
    SETTLEMENT,
    is_name,
    kind_rank,
    label_end,
    name_run,
)
from sijill.extract.placesearch import PlaceNames
from sijill.extract.placeturns import later_than, long_before, numbers_told, turns, whole_country
from sijill.extract.placewithin import INNER_SENTENCES, WITHIN, Within, links
from sijill.extract.placewording import Named, hosting
from sijill.extract.report import Report
from sijill.extract.tokens import fold

LOOK_BACK = 6
SPEAKER_COST = 3
IN_THE_SENTENCE = "named in the sentence"
REFERRED = "named before with that noun"
BESIDE_THE_COUNT = "named beside the count"
LOOK_ON = 2
REFERRED_BACK = 40
# So many names of a first sentence are counted in the text: enough for any report.
COUNTED_MAX = 20
NEAR_MAX = 8
WIDE_REACH = 8
COUNTRIES_MAX = 4
OPENING_CHARACTERS = 800
RANK_COST = (0, 0, 2, 3, 8)
BEFORE_VERB, OTHER_HARM, OWN_REACH = 30, 40, 3
# How long after an attack a report may still speak of its place.
LATER = dt.timedelta(days=7)
OPENING_SENTENCES, CONTAINED_REACH, BELONGING_REACH = 3, 3, 4
MANY, MANY_DIGITS = 3, 6
NEXT_REACH, EVENT_BACK, CLAUSE_REACH = 3, 20, 8
OWN_COST, HEADING_DISTANCE, AFTER_COST, QUIET_COST, ATTACK_COST = 5, 2, 2, 4, 2


@dataclass(slots=True)
class Places:
    """The places of one report; each sentence is searched once."""

    report: Report
    gazetteer: Gazetteer
    names: PlaceNames = field(init=False)
    within: Within = field(init=False)
    inner: dict[str, Place] = field(default_factory=dict)
    _spot: bool | None = None
    _back: dict[int, tuple[int, Named, str] | None] = field(default_factory=dict)
    _around: dict[tuple[int, Named | None], tuple[int, Named, str] | None] = field(default_factory=dict)
    _chosen: dict[tuple[int, int, bool, bool], Named | None] = field(default_factory=dict)
    _violence: dict[int, bool] = field(default_factory=dict)
    _told: dict[tuple[int, bool], Named | None] = field(default_factory=dict)
    _inner: dict[int, list[Named]] = field(default_factory=dict)
    _broadly: dict[int, bool] = field(default_factory=dict)
    _resolved: dict[tuple[str, str | None], Place] = field(default_factory=dict)
    _countrywide: dict[int, tuple[int, Named, str] | None] = field(default_factory=dict)
    _numbers: dict[int, frozenset[int]] = field(default_factory=dict)
    _turned: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = PlaceNames(self.report, self.gazetteer)
        self.within = Within(self.report, self.names, self._lies_apart)

    def place_of(
        self, i: int, position: int, *, stretch: tuple[int, int] | None = None, wide: bool = False
    ) -> tuple[Place, str] | None:
        """The place of what is told at token `position` of sentence `i`, and the rule that found it.

        `stretch` are the tokens behind a count up to the next one, in a sentence that counts several times; `wide`
        marks a toll over months or years, which the places of other sentences do not confine.
        """
        own = self._in_stretch(i, *stretch) if stretch else None
        wide = wide or self._broad(i)
        found = (i, own, BESIDE_THE_COUNT) if own else self._choose(i, position, wide)
        if found is None:
            return None
        k, named, rule = found
        words = self.names.words(k, named)
        whole = wide or rule == REFERRED or self._throughout(k, named)
        if not whole and (inner := self.within.of(k, named)):
            # Until all claims are read it keeps the name by which the sentences around speak of it.
            self.inner[words] = self._resolve(self.names.words(*inner), self._containing(*inner))
            rule = WITHIN
        return self._resolve(words, self._containing(k, named)), rule

    def meant(self, words: str) -> Place:
        """The place that a name stands for in this report, whatever it is said of."""
        return self._resolve(" ".join(words.split()), None)

    def _containing(self, k: int, named: Named) -> str | None:
        """The wider place named right behind a name: "the X quarter of Y", "X, Y"."""
        m = self.report.marked(k)
        for other in self.names.named(k):
            between = range(named.end, other.start)
            if 0 < len(between) <= CONTAINED_REACH and all(links(m, j) for j in between):
                return self.names.words(k, other)
        return None

    def _lies_apart(self, j: int, n: Named) -> bool:
        """Whether sentence `j` tells of something else than the opening, or only whence a speaker is."""
        elsewhere = self._of_speaker(j, n) or self._turned_between(0, j) or self._other_day(0, j)
        return elsewhere or self._event_of_its_own(j) or self._quiet(INNER_SENTENCES, j) == QUIET_COST

    def _titled(self) -> bool:
        """Whether the first sentence is a heading: a line of its own without a full stop."""
        end = self.report.bounds[0][1]
        return self.report.text[end - 1] not in ".!?" and self.report.text[end : end + 1] == "\n"

    def _contains(self, k: int, wide: Named) -> bool:
        """Whether a name only says in what another one lies: "X (Y)", "X, Y", "X in the Y"."""
        m = self.report.marked(k)
        if m.norm(wide.end - 1) != m.bare(wide.end - 1) and any(n.start == wide.end for n in self.names.named(k)):
            # "X's Y province": Y.
            return True
        for other in self.names.named(k):
            between = range(other.end, wide.start)
            if 0 < len(between) <= BELONGING_REACH and any(m.is_a(j, "places.belonging") for j in between):
                # "The countryside of X that belongs to the city of Y".
                return True
            if 0 < len(between) <= CONTAINED_REACH and wide.rank > SETTLEMENT and all(links(m, j) for j in between):
                return True
        return False

    def _choose(self, i: int, position: int, wide: bool) -> tuple[int, Named, str] | None:
        own = hosting(self.report.marked(i)) or self._before_where(i, position) or self._best(i, position)
        if own is None and later_than(self.report.marked(i), position):
            return None
        if own and (wide or self._throughout(i, own)):
            # A toll of years is that of whatever the sentence names, the place of those who give it included.
            return i, own, IN_THE_SENTENCE
        if own is not None and self._of_speaker(i, own):
            own = self._best(i, position, speakers=False) or self._stands_in(i, own)
        heads = i == 0 and self._titled()
        if own and own.rank <= (NAMED if heads else AREA):
            return i, own, IN_THE_SENTENCE
        if referred := self._referred(i) or (self._whole_country(i) if own is None else None):
            return referred
        if wide:
            return self._continued(i)
        if (i, own) not in self._around:
            self._around[i, own] = self._elsewhere(i, own)
        elsewhere = self._around[i, own]
        if elsewhere and not (self.names.dateline and elsewhere[1].rank == COUNTRY):
            return elsewhere
        there = own is None or (own.rank == COUNTRY and i < OPENING_SENTENCES and self._on_the_spot())
        if there and self.names.dateline and self._reports_from_there() and not self._event_of_its_own(i):
            return *self.names.dateline, "named in the dateline"
        return (i, own, IN_THE_SENTENCE) if own else None

    def _throughout(self, i: int, own: Named) -> bool:
        """Whether harm is told of the whole of a wide place: "across X", "throughout the X province"."""
        m = self.report.marked(i)
        at = own.start - 1
        while m.is_a(at, "places.articles") or m.is_a(at, "places.directions"):
            at -= 1
        return own.rank >= REGION and m.is_a(at, "places.wide")

    def _before_where(self, i: int, position: int) -> Named | None:
        """ "X, where nine people died": the place that the clause of a count speaks of."""
        m = self.report.marked(i)
        where = next((k for k in reversed(m.listed("places.where")) if 0 < k < position), None)
        if where is None:
            return None
        end = where - (m.norm(where - 1) == ",")
        found = next((n for n in (*self.names.named(i), *self.names.far.get(i, ())) if n.end == end), None)
        if found is None:
            start = end
            while end - start < CONTAINED_REACH and is_name(m, start - 1):
                start -= 1
            return (
                Named(start, end, NAMED, True) if 0 < start < end and not m.is_a(start - 1, "places.articles") else None
            )
        if found.rank > NAMED:
            return found
        # "The X prison in Y, where": X.
        inner = (n for n in self.names.named(i) if n.rank <= found.rank and 0 < found.start - n.end <= CONTAINED_REACH)
        return next((n for n in inner if all(links(m, j) for j in range(n.end, found.start))), found)

    def _in_stretch(self, i: int, start: int, stop: int) -> Named | None:
        """The place that stands beside one count of several: "12 in X, nine in Y".

        Only where the sentence names several places; what opens the next count's own clause ("and in Y, nine") is
        that one's.
        """
        told = [n for n in self._inmost(i) if n.placed]
        if len(told) < 2 or not any(n.end <= start or n.start >= stop for n in told):
            return None
        m = self.report.marked(i)
        inner = [n for n in told if start <= n.start and n.end <= stop and not self._of_speaker(i, n)]
        own = next((n for n in inner if not _opens_next(m, n, stop)), None)
        # Without capitals only a noun of place makes a name sure, and so narrow.
        least = SETTLEMENT if m.pack.grammar.caseless else NAMED
        if own and own.rank > max(least, min(n.rank for n in told)):
            # "The shelling of the village X killed nine and wounded five in the countryside of Y".
            return None
        if own is None and inner:
            return next((n for n in reversed(told) if n.end <= start and n.rank <= NAMED), None)
        return own

    def _inmost(self, i: int) -> list[Named]:
        """The places of a sentence but those that only say in what another one lies; found once."""
        if i not in self._inner:
            self._inner[i] = [n for n in self.names.named(i) if not self._contains(i, n)]
        return self._inner[i]

    def _told_of(self, k: int, *, speakers: bool = True) -> Named | None:
        """The place that sentence `k` gives to others; found once."""
        if (k, speakers) not in self._told:
            self._told[k, speakers] = self._best(k, 0, last=True, speakers=speakers)
        return self._told[k, speakers]

    def _broad(self, i: int) -> bool:
        """Whether a sentence speaks of a war or of many attacks at once, which no one place confines."""
        if i not in self._broadly:
            m = self.report.marked(i)
            hits = (m.at(k, "places", "broad") for k in m.where("places", "broad"))
            # "The war monitor" is no war.
            war = any(hit and not m.at(hit.end - 1, "source_kind") and not m.at(hit.end, "source_kind") for hit in hits)
            self._broadly[i] = war or any(_many_attacks(m, k) for k in m.listed("places.events_many"))
        return self._broadly[i]

    def _of_speaker(self, i: int, named: Named) -> bool:
        """Whether a name only says whence the one who speaks is: "the commissioner of X county said"."""
        spans = ((s.start, s.cue) for s in self.report.speeches(i) if s.start < s.cue and not s.again)
        return any(start <= named.start < cue for start, cue in spans)

    def _stands_in(self, i: int, own: Named) -> Named | None:
        """The speaker's place where nothing around names a better one."""
        found = self._elsewhere(i, None)
        m = self.report.marked(i)
        # "The ministry in X" counts for X, "the X governor" speaks of whatever place the text is about.
        start = own.start
        while m.norm(start - 1).rpartition("-")[2] in m.pack.words["places.adjectives"]:
            start -= 1
        if self._local(i, own):
            return own
        stands = m.before(start, "places", "prepositions") and not self._contains(i, own)
        least = own.rank - 1 if stands else max(own.rank, NAMED)
        return None if found and found[1].rank <= least else own

    def _local(self, i: int, own: Named) -> bool:
        """Whether those who speak are where it happened: "residents of X said", "doctors in X said"."""
        m = self.report.marked(i)
        spans = [(s.start, s.cue) for s in self.report.speeches(i) if s.start <= own.start < s.cue]
        hits = (h for start, _ in spans for k in range(start, own.start) for h in m.starting[k])
        return own.rank <= NAMED and any(
            h.entry.cls == "source_kind" and h.entry.name in ("witness", "medical") for h in hits
        )

    def _continued(self, i: int) -> tuple[int, Named, str] | None:
        """The place of a toll over a long time that only the sentence before names, in the same paragraph."""
        if i == 0 or not self.report.joined(i - 1):
            return None
        if referred := self._referred(i - 1):
            return referred
        before = self._told_of(i - 1)
        return (i - 1, before, "named in a sentence before") if before else None

    def _reports_from_there(self) -> bool:
        """Whether the place of writing lies in the country that the report's opening speaks of, and in no other."""
        assert self.names.dateline is not None
        if self._on_the_spot():
            return True
        entry = self.names.dateline[1].entry
        countries = {e.country for e in self.names.opening() if e.kind == "country"}
        return entry is None or not countries or countries == {entry.country}

    def _on_the_spot(self) -> bool:
        """Whether the dateline says in what country its place lies, as it does of places that are no agency's seat."""
        if self._spot is None and self.names.dateline is not None:
            k, named = self.names.dateline
            m = self.report.marked(k)
            start = named.end + 1
            words = " ".join(m.tokens[j].text for j in range(start, name_run(m, start)))
            self._spot = m.norm(named.end) == "," and any(e.kind == "country" for e in self.gazetteer.lookup(words)[:1])
        return bool(self._spot)

    def _referred(self, i: int) -> tuple[int, Named, str] | None:
        """ "In the valley", "at the prison": the place with that noun which was named last before."""
        if i not in self._back:
            self._back[i] = self._refer(i)
        return self._back[i]

    def _whole_country(self, i: int) -> tuple[int, Named, str] | None:
        """ "In the country", "nationwide": the country that the text last named."""
        if i not in self._countrywide:
            self._countrywide[i] = self._find_country(i)
        return self._countrywide[i]

    def _find_country(self, i: int) -> tuple[int, Named, str] | None:
        m = self.report.marked(i)
        if not any(whole_country(m, k) for k in range(len(m.tokens))):
            return None
        for j in range(i - 1, max(-1, i - 1 - REFERRED_BACK), -1):
            named = [n for n in self.names.named(j) if n.entry is not None and n.entry.kind == "country"]
            if named:
                return j, named[-1], "the country that the text speaks of"
        return None

    def _refer(self, i: int) -> tuple[int, Named, str] | None:
        m = self.report.marked(i)
        for k in m.listed("places.referring"):
            kind = m.norm(k)
            if not m.is_a(k - 1, "places.articles") or m.is_a(k + 1, "partitive"):
                continue
            for j in range(i - 1, max(-1, i - 1 - REFERRED_BACK), -1):
                start, end = self.report.bounds[j]
                bound = self.report.pack.spelling.attached is not None
                if not bound and kind not in self.report.text[start:end].casefold():
                    continue
                n = self.report.marked(j)
                named = [x for x in self.names.named(j) if n.norm(x.end - 1) == kind and x.end - x.start > 1]
                named = [x for x in self.names.named(j) if n.norm(x.start) == kind] if bound else named
                if named:
                    return j, named[-1], REFERRED
        return None

    def _elsewhere(self, i: int, own: Named | None) -> tuple[int, Named, str] | None:
        """The best place of the sentences around: near beats far, narrow beats wide, before beats after."""
        best: tuple[int, int, Named, str] | None = None
        on = LOOK_ON if i else LOOK_ON + 1
        before, after = range(i - 1, max(-1, i - 1 - LOOK_BACK), -1), range(i + 1, i + 1 + on)
        around = [*before, *after, 1, 0] if self._titled() else [*before, *after, 0]
        within = [k for k in dict.fromkeys(around) if 0 <= k < len(self.report) and k != i]
        apart = self._event_of_its_own(i)
        for far, k in sorted(((self._distance(i, k), k) for k in within), key=lambda pair: (pair[0], pair[1] > i)):
            if (apart and not self._same_paragraph(i, k)) or self._of_others(i, k):
                continue
            country = own is not None and own.entry is not None and own.entry.kind == "country"
            if k > i > 0 and own is not None and not country and self._counts_harm(k):
                # What follows tells of its own dead.
                continue
            # Nothing further away can cost less.
            if (best is not None and far >= best[0]) or (own is not None and far > OWN_COST):
                break
            named = self._told_of(k, speakers=False)
            if named is None and (named := self._told_of(k)):
                far += SPEAKER_COST
            if named is None or (own is not None and named.rank > NAMED) or self._other_day(i, k):
                continue
            if named.rank < REGION and self._turned_between(i, k):
                continue
            if own is not None and not (self._inside(named, own, i, k) or self._within(k, named, i, own)):
                continue
            cost = far + RANK_COST[named.rank] + self._quiet(i, k)
            if (own is None or cost <= OWN_COST) and (best is None or cost < best[0]):
                best = cost, k, named, "named in a sentence before" if k < i else "named in a sentence after"
        return best[1:] if best else None

    def _of_others(self, i: int, k: int) -> bool:
        """Whether a sentence further on counts dead of its own: no number of it is one of sentence `i`."""
        if k - i <= 1 or not self.report.tells(k):
            return False
        own, other = self._told_numbers(i), self._told_numbers(k)
        return bool(own and other) and own.isdisjoint(other)

    def _counts_harm(self, k: int) -> bool:
        return self.report.alarming(k) and bool(self._told_numbers(k))

    def _told_numbers(self, i: int) -> frozenset[int]:
        if i not in self._numbers:
            self._numbers[i] = numbers_told(self.report.marked(i))
        return self._numbers[i]

    def _turned_between(self, i: int, k: int) -> bool:
        """Whether the text turns to another event between two sentences: at the later one, or in its paragraph."""
        first, last = sorted((i, k))
        at = last
        while at > first:
            if at not in self._turned:
                self._turned[at] = turns(self.report.marked(at))
            if self._turned[at]:
                return True
            if last - at >= LOOK_BACK or not self.report.joined(at - 1):
                break
            at -= 1
        return False

    def _event_of_its_own(self, i: int) -> bool:
        """Whether a sentence gives a day before the one given last: it turns to something else."""
        if i > OPENING_SENTENCES and long_before(self.report, i):
            return True
        if self.report.attack_day(i, months=False) is None:
            return False
        # What follows an attack by days is still of its place.
        before = next(
            (k for k in range(i - 1, max(-1, i - 1 - EVENT_BACK), -1) if self.report.attack_day(k, months=False)), None
        )
        own, other = (
            self.report.attack_day(i, months=False),
            before is not None and self.report.attack_day(before, months=False),
        )
        return bool(own and other and own.end and other.start and own.end < other.start)

    def _same_paragraph(self, i: int, k: int) -> bool:
        a, b = sorted((i, k))
        return "\n" not in self.report.text[self.report.bounds[a][1] : self.report.bounds[b][0]]

    def _other_day(self, i: int, k: int) -> bool:
        """Whether two sentences date what they tell of, and not to the same days."""
        own = self.report.attack_day(i, months=False)
        other = self.report.attack_day(k, months=False) if own else None
        if own is None or other is None or None in (own.start, own.end, other.start, other.end):
            return False
        assert own.start
        assert own.end
        assert other.start
        assert other.end
        return own.end < other.start or other.end + LATER < own.start

    def _quiet(self, i: int, k: int) -> int:
        """What it costs a place that its sentence speaks of no violence, less where the next one goes on from it."""
        if self._violent(k):
            return 0
        if k == i - 1 and self.report.joined(k):
            return 1
        return ATTACK_COST if k < i and self.report.marked(k).where("attack") else QUIET_COST

    def _violent(self, k: int) -> bool:
        """Whether sentence `k` speaks of violence, or only labels what follows."""
        m = self.report.marked(k)
        if k not in self._violence:
            told = (j for j, hits in enumerate(m.starting) if hits and _of_violence(m, j))
            self._violence[k] = label_end(m) > 0 or next(told, None) is not None
        return self._violence[k]

    def _distance(self, i: int, k: int) -> int:
        """Sentences between, a new paragraph counting as one more; the heading is never far."""
        a, b = sorted((self.report.bounds[i][0], self.report.bounds[k][0]))
        paragraphs = min(2, self._breaks(a, b))
        if i == 0 and self.report.pack.grammar.caseless and self._titled():
            paragraphs = 0
        far = abs(i - k) + paragraphs + AFTER_COST * (k > i > 0)
        if k == 0:
            return min(far, HEADING_DISTANCE)
        # The sentence below a heading says more closely what the heading says.
        return min(far, HEADING_DISTANCE) if k == 1 and self._titled() else far

    def _breaks(self, a: int, b: int) -> int:
        """How many paragraphs end between two positions, a blank line between them counting for nothing."""
        return self.report.count("\n", a, b) - self.report.blank_lines(a, b)

    def _within(self, k: int, named: Named, i: int, wide: Named) -> bool:
        """Whether sentence `k` itself says that its narrow place lies in the wide one of sentence `i`."""
        holder = self._containing(k, named)
        m = self.report.marked(i)
        words = {m.bare(j) for j in range(wide.start, wide.end) if is_name(m, j)}
        return holder is not None and bool(words) and words <= set(fold(holder).split())

    def _inside(self, named: Named, wide: Named, i: int, k: int) -> bool:
        """Whether a place of another sentence can lie within the wide one that this sentence names."""
        caseless = self.report.pack.grammar.caseless
        if wide.rank == REGION and i > OPENING_SENTENCES and not self._same_paragraph(i, k) and not caseless:
            # Further down a report may speak of one province for several towns.
            return False
        if named.entry is None or wide.entry is None:
            return True
        units = wide.rank in (AREA, REGION) if caseless else wide.rank == REGION and i < OPENING_SENTENCES and k > i
        if wide.entry.kind != "country" and units:
            # A lead names the province, and what follows it the town.
            return named.entry.country == wide.entry.country and named.entry.admin1 == wide.entry.admin1
        return named.entry.country == wide.entry.country and wide.entry.kind == "country"

    def _best(self, i: int, position: int, *, last: bool = False, speakers: bool = True) -> Named | None:
        """The place of what is told at a token of sentence `i`; the sentences around ask again and again."""
        asked = i, position, last, speakers
        if asked not in self._chosen:
            self._chosen[asked] = self._best_of(i, position, last=last, speakers=speakers)
        return self._chosen[asked]

    def _best_of(self, i: int, position: int, *, last: bool, speakers: bool) -> Named | None:
        inner = self._inmost(i)
        if not speakers:
            inner = [n for n in inner if not self._of_speaker(i, n)]
        m = self.report.marked(i)
        if since := 0 if last else later_than(m, position):
            inner = [n for n in inner if n.start >= since]
        wide = [n for n in inner if m.is_a(n.start - 1, "places.wide") and 0 <= n.start - position <= WIDE_REACH]
        if wide and not last:
            return wide[0]
        found = [n for n in inner if n.placed] or [n for n in inner if not last or (i == 0 and self._titled())]
        if not found:
            return None
        narrow = min(n.rank for n in found)
        found = [n for n in found if n.rank == narrow]
        # "X: nine killed in Y": the label is the wider.
        found = [n for n in found if m.norm(n.end) != ":" or n.start > 1] or found
        if last:
            return min(found, key=lambda n: (-self._often(i, n), self._from_violence(i, n), -n.start))
        return min(found, key=lambda n: (self._away(i, n, position), n.start))

    def _often(self, i: int, n: Named) -> int:
        """How often the text names a place of its first sentence: what it is about, it names again."""
        several = 1 < len(self.names.named(0)) <= COUNTED_MAX
        return self.report.text.count(self.names.words(i, n)) if i == 0 and several else 0

    def _from_violence(self, i: int, n: Named) -> int:
        """Tokens between a name and the nearest word of violence in its sentence."""
        m = self.report.marked(i)
        told = (k for k in range(len(m.tokens)) if _of_violence(m, k))
        return min((min(abs(n.start - k), abs(n.end - k)) for k in told), default=0)

    def _away(self, i: int, n: Named, position: int) -> int:
        """Tokens between a name and what is told; where verbs stand first, the place follows them."""
        away = min(abs(n.start - position), abs(n.end - position))
        if not self.report.pack.grammar.verb_first:
            return away
        m = self.report.marked(i)
        other = any(m.at(k, "trigger", "object") for k in range(position + OWN_REACH, n.start))
        return away + BEFORE_VERB * (n.start < position) + OTHER_HARM * (other or _other_attack(m, position, n.start))

    def tokens(self, i: int) -> frozenset[int]:
        """The tokens of sentence `i` that name places, countries left out: what acts is no place."""
        return frozenset(k for n in self._sure(i) if n.rank != COUNTRY for k in range(n.start, n.end))

    def _sure(self, i: int) -> list[Named]:
        """The names of sentence `i` that more than capitals throughout show to be places."""
        capitals = self.report.marked(i).sentence.capitals
        return [n for n in self.names.named(i) if not (capitals and n.entry is None and n.rank == NAMED)]

    def texts(self, i: int) -> tuple[str, ...]:
        """The words of the places in sentence `i` that are settlements or areas."""
        return tuple(self.names.words(i, n) for n in self._sure(i) if n.placed and n.rank <= NAMED)

    def apart(self, i: int, k: int) -> bool:
        """Whether two sentences name settlements or areas, and none of them in common."""
        own = self.texts(i)
        other = self.texts(k) if own else ()
        if not own or not other:
            return False
        # "West of X" is no other place than X.
        own = (*own, *(self.names.words(i, n) for n in self.names.far.get(i, ())))
        other = (*other, *(self.names.words(k, n) for n in self.names.far.get(k, ())))
        return not any(a in b or b in a for a in own for b in other)

    def _resolve(self, words: str, admin: str | None) -> Place:
        key = (words, admin)
        if key not in self._resolved:
            near = tuple(dict.fromkeys(self.names.opening()))[:NEAR_MAX]
            hint = next(iter(self.names.countries()), None)
            found = self.gazetteer.resolve(words, admin=admin, near=near, country_hint=hint)
            if found is None:
                self._resolved[key] = Place(words, basis="in no gazetteer")
            else:
                e = found.entry
                self._resolved[key] = Place(words, e.name, e.id, e.lat, e.lon, found.precision, found.reason)
        return self._resolved[key]


def _of_violence(m: Marked, j: int) -> bool:
    return bool(m.starting[j]) and any(
        h.entry.cls == "trigger" or (h.entry.cls == "perpetrators" and h.entry.name in ("doings", "verbs"))
        for h in m.starting[j]
    )


def _opens_next(m: Marked, n: Named, stop: int) -> bool:
    """Whether a place opens the clause of the count at `stop`: "; in Y, nine", "and in Y nine"."""
    at = n.start
    while at > 0 and (
        m.is_a(at - 1, "places.articles")
        or m.is_a(at - 1, "places.directions")
        or kind_rank(m, at - 1) is not None
        or m.is_a(at - 1, "partitive")
    ):
        at -= 1
    at -= m.is_a(at - 1, "places.prepositions")
    opens = m.is_mark(at - 1) or m.is_a(at - 1, "numbers.joiners")
    return opens and stop < len(m.tokens) and stop - n.end <= NEXT_REACH


def _other_attack(m: Marked, position: int, stop: int) -> bool:
    """Whether a clause of another attack begins between two tokens: "…, and this morning shells hit the village of"."""
    for k in range(position + 1, stop - 1):
        if m.is_mark(k) and m.is_a(k + 1, "numbers.joiners"):
            return any(m.at(j, "perpetrators", "verbs") for j in range(k + 2, min(k + 2 + CLAUSE_REACH, stop)))
    return False


def _many_attacks(m: Marked, k: int) -> bool:
    """Whether three attacks or more are counted at `k`: "ten attacks left 21 dead"."""
    if not m.is_a(k, "places.events_many"):
        return False
    number = m.pack.numbers.get(m.norm(k - 1))
    digits = m.norm(k - 1)
    return (number or (int(digits) if digits.isdecimal() and len(digits) < MANY_DIGITS else 0)) >= MANY
