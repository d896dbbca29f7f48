"""The places that the sentences of a report name, each sentence searched once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from sijill.extract.gazetteer import Gazetteer, GazetteerEntry
from sijill.extract.marks import Marked
from sijill.extract.placebehind import (
    belongs_to_body,
    name_behind_kind,
    name_behind_preposition,
    of_speaker,
    with_kind,
)
from sijill.extract.placebehind import (
    part_of_country as side_of_country,
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
    may_name,
    of_event,
    of_kind,
    only_describes_one,
    part_of_country,
    prepared,
    told_elsewhere,
)
from sijill.extract.report import Report

OPENING_SENTENCES = 3
COUNTRIES_MAX = 4
OPENING_CHARACTERS = 800


@dataclass(slots=True)
class PlaceNames:
    """The names of places in one report.

    `far` are names that say where something was not ("80 km from X"), `dateline` is the place of writing.
    """

    report: Report
    gazetteer: Gazetteer
    far: dict[int, tuple[Named, ...]] = field(default_factory=dict)
    dateline: tuple[int, Named] | None = None
    _named: dict[int, tuple[Named, ...]] = field(default_factory=dict)
    _about: tuple[GazetteerEntry, ...] | None = None
    _countries: tuple[str, ...] | None = None
    _known: dict[str, tuple[tuple[str, ...], Named]] = field(default_factory=dict)

    def words(self, k: int, named: Named) -> str:
        """The name as written, on one line, without the ending of an owner."""
        m = self.report.marked(k)
        start, end = m.tokens[named.start].start + named.skip, m.tokens[named.end - 1].end
        end -= len(m.norm(named.end - 1)) - len(m.bare(named.end - 1))
        return " ".join(self.report.text[start:end].split())

    def named(self, i: int) -> tuple[Named, ...]:
        """The places named in sentence `i`, left to right."""
        if i not in self._named:
            for opening in range(min(i, OPENING_SENTENCES)):
                self.named(opening)
            self._named[i] = self._search(i)
        return self._named[i]

    def _again(self, m: Marked, k: int) -> Named | None:
        """A name at token `k` that the report has shown to be a place before: "the men of X" behind "the town of X"."""
        known = self._known.get(m.bare(k))
        if known is None or not m.tokens[k].is_name or is_name(m, k - 1):
            return None
        words, named = known
        end = k + len(words)
        if m.norms[k : end - 1] != words[:-1] or m.bare(end - 1) != words[-1]:
            return None
        return Named(k, end, min(named.rank, NAMED), prepared(m, k, weak=True), named.entry)

    def _search(self, i: int) -> tuple[Named, ...]:
        m = self.report.marked(i)
        found, far = list[Named](), list[Named]()
        scanned = self._scanned(m)
        dateline, label = dateline_end(m), label_end(m)
        k = 0
        while k < len(m.tokens):
            if m.pack.grammar.caseless:
                k = self._caseless(m, k, scanned, found)
                continue
            if k not in scanned and m.bare(k) not in self._known and not may_name(m, k):
                k += 1
                continue
            named = of_kind(m, k, scanned) or before_kind(m, k) or after_preposition(m, k) or scanned.get(k)
            named = named or part_of_country(m, k) or of_event(m, k) or self._again(m, k)
            named = named or in_heading(m, k, dateline, label)
            if named is None:
                k += 1
                continue
            k = max(k + 1, named.end)
            if kind_rank(m, named.end - 1) is not None and only_describes_one(m, named.start):
                continue
            if in_longer_name(m, named.start, named.end) or _acts(m, named):
                continue
            entry = named.entry or next((scanned[j].entry for j in range(named.start, named.end) if j in scanned), None)
            rank, placed = _rank(m, named, entry, scanned), named.placed or named.start < label
            if told_elsewhere(m, named) or _joined_to(m, far, named):
                far.append(Named(named.start, named.end, rank, placed, entry))
            elif named.end <= dateline:
                self.dateline = self.dateline or (i, Named(named.start, named.end, rank, True, entry))
            else:
                found.append(Named(named.start, named.end, rank, placed, entry))
        if far:
            self.far[i] = tuple(far)
        for named in found:
            if named.placed and named.rank <= NAMED:
                words = (*m.norms[named.start : named.end - 1], m.bare(named.end - 1))
                self._known.setdefault(words[0], (words, named))
        return tuple(found)

    def _caseless(self, m: Marked, k: int, scanned: dict[int, Named], found: list[Named]) -> int:
        """Add the place that begins at token `k`, if one does; the token to go on from."""
        if side := side_of_country(m, k):
            found.append(Named(*side, REGION, placed=True))
            return side[1]
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
            rank = REGION if rank is None or of_speaker(m, start, end) or m.is_a(k - 1, "places.sides") else rank
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
        for name in self.gazetteer.find_names(self.report.text[start:end], countries=self.countries()):
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

    def countries(self) -> tuple[str, ...]:
        """The countries that the text's opening speaks of, the most named first."""
        if self._countries is None:
            counted = Counter(e.country for e in self.opening() if e.country)
            self._countries = tuple(sorted(counted, key=lambda c: (-counted[c], c)))[:COUNTRIES_MAX]
        return self._countries

    def opening(self) -> tuple[GazetteerEntry, ...]:
        """The places that the text's opening names, which say what part of the world it is about."""
        if self._about is None:
            opening = self.report.text[:OPENING_CHARACTERS]
            self._about = tuple(f.entries[0] for f in self.gazetteer.find_names(opening))
        return self._about


def _sided(m: Marked, named: Named) -> Named:
    """A known name, a wide one where a side stands before it: "south of X", "the countryside of X"."""
    before = named.start - 1
    while m.is_a(before, "places.articles"):
        before -= 1
    wide = (m.is_a(before, "places.directions") or of_speaker(m, named.start, named.end)) and named.rank < REGION
    return replace(named, rank=REGION) if wide else named


def _of_actor(m: Marked, named: Named) -> bool:
    """Whether a name says whose those who act are: "the X regime"."""
    after = named.end
    return m.is_a(after, "perpetrators.actors") or m.at(after, "armed") is not None


def _acts(m: Marked, named: Named) -> bool:
    """The same, unless a preposition of place stands before the name: "allied to the X regime", but "in X police …"."""
    if not _of_actor(m, named):
        return False
    return not named.placed or (m.is_a(named.start - 1, "places.articles") and not prepared(m, named.start))


def _joined_to(m: Marked, far: list[Named], named: Named) -> bool:
    """Whether a name goes on a list of those where harm was not: "flown to X and Y"."""
    between = range(far[-1].end, named.start) if far else range(0)
    return 0 < len(between) <= 2 and all(m.is_a(k, "numbers.joiners") or m.tokens[k].text == "," for k in between)


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
    rank = _entry_rank(entry) if entry and whole and whole.end >= named.end else named.rank
    # "Eastern X" is less than X.
    return REGION if rank == COUNTRY and m.is_a(named.start - 1, "places.directions") else rank
