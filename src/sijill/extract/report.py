"""A report being read: its sentences, each marked once and only when a rule asks for it."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from dataclasses import dataclass, field

from sijill.core.claim import Attribution, Harm
from sijill.core.period import Period
from sijill.extract.clutter import page_furniture
from sijill.extract.dates import find_dates
from sijill.extract.datewords import MAX_YEAR, MIN_YEAR, DatedSpan
from sijill.extract.marks import Marked
from sijill.extract.pack import Pack
from sijill.extract.setting import Setting
from sijill.extract.speech import Speech, speeches
from sijill.extract.tokens import HIDDEN, Sentence, fold, letter_runs, read_sentence, sentences, tokens, unmasked
from sijill.extract.when import anchor_of, days_with_years, is_breaking, latest_day, of_attack

MASKED = re.compile(r"[^\W\d_][\w*@$]{2,30}")
QUOTED = re.compile(r"“[^”]{1,600}”|«[^»]{1,600}»|\"[^\"]{1,600}\"")
BLANK, BLANK_LINE = "blank lines", re.compile(r"(?<=\n)[^\S\n]*\n")
BROKEN = re.compile(r"[^\W\d_]+-[^\W\d_]+")


@dataclass(slots=True)
class Report:
    """The text, its pack, the day it was published and by whom; caches what has been read of each sentence."""

    text: str
    pack: Pack
    published: dt.date | None
    publisher: str | None
    bounds: list[tuple[int, int]]
    _alarming: dict[int, bool] = field(default_factory=dict)
    _sentences: dict[int, Sentence] = field(default_factory=dict)
    _marked: dict[int, Marked] = field(default_factory=dict)
    _dates: dict[int, tuple[DatedSpan, ...]] = field(default_factory=dict)
    _latest: list[dt.date | None] = field(default_factory=list)
    _breaking: list[bool] = field(default_factory=list)
    _years: list[dict[tuple[int, int], int | None]] = field(default_factory=list)
    _we: list[bool] = field(default_factory=list)
    _aside: frozenset[int] | None = None
    _setting: Setting | None = None
    _speeches: dict[int, tuple[Speech, ...]] = field(default_factory=dict)
    _attacks: dict[tuple[int, bool], Period | None] = field(default_factory=dict)
    _positions: dict[str, list[int]] = field(default_factory=dict)
    # What was found for a sentence as a whole, whichever of its counts asked first.
    periods_around: dict[tuple[int, Harm], tuple[Period, str] | None] = field(default_factory=dict)
    voices_around: dict[int, tuple[Attribution, str] | None] = field(default_factory=dict)
    full_names: dict[str, tuple[tuple[int, int, str], ...]] = field(default_factory=dict)
    _aliases: list[frozenset[str]] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, pack: Pack, published: dt.date | None, publisher: str | None) -> Report:
        """The report, split into sentences; the day of publication is read from its own dateline where not given."""
        if published is not None and not MIN_YEAR <= published.year <= MAX_YEAR:
            published = None
        report = cls(text, pack, published, publisher, sentences(text, pack.abbreviations))
        if published is None:
            report.published = anchor_of(report)
        return report

    def __len__(self) -> int:
        return len(self.bounds)

    def sentence(self, i: int) -> Sentence:
        """Sentence `i` with its tokens."""
        if i not in self._sentences:
            pack, (start, end) = self.pack, self.bounds[i]
            small = pack.words["stop"]
            self._sentences[i] = read_sentence(self.text, i, start, end, pack.alarms, small, pack.spelling)
        return self._sentences[i]

    def tells(self, i: int) -> bool:
        """Whether a phrase of harm stands in sentence `i`, which an alarming word alone is not."""
        return self.pack.harms(tuple(token.norm for token in self.sentence(i).tokens))

    def marked(self, i: int) -> Marked:
        """Sentence `i` with the pack's phrases and its dates marked."""
        if i not in self._marked:
            plain = Marked.of(self.sentence(i), self.pack)
            dates = find_dates(plain)
            self._dates[i] = dates
            dated = frozenset(k for d in dates for k in range(d.start, d.end))
            self._marked[i] = plain.with_dates(dated)
        return self._marked[i]

    def dates(self, i: int) -> tuple[DatedSpan, ...]:
        """The dates named in sentence `i`, unresolved."""
        self.marked(i)
        return self._dates[i]

    def attack_day(self, k: int, *, months: bool) -> Period | None:
        """The date of the attack that sentence `k` tells of, `months` admitting one without a day; found once."""
        if (k, months) not in self._attacks:
            self._attacks[k, months] = of_attack(self, k, months=months)
        return self._attacks[k, months]

    def speeches(self, k: int) -> tuple[Speech, ...]:
        """The sources named in sentence `k`, left to right."""
        if k not in self._speeches:
            self._speeches[k] = tuple(speeches(self.marked(k)))
        return self._speeches[k]

    def latest(self) -> dt.date | None:
        """The last day that the text names with its year, where it does not say when it was published."""
        if not self._latest:
            self._latest.append(latest_day(self) if self.published is None else None)
        return self._latest[0]

    def year_of(self, month: int, day: int) -> int | None:
        """The year that the text gives for a day of a month wherever it names that day in full."""
        if not self._years:
            self._years.append(days_with_years(self))
        return self._years[0].get((month, day))

    def breaking(self) -> bool:
        """Whether the report tells as news what happened on the day of its publication; asked once."""
        if not self._breaking:
            self._breaking.append(is_breaking(self))
        return self._breaking[0]

    def positions(self, marks: str) -> list[int]:
        """Where any of some characters stands in the text, in order; it is searched once."""
        if marks not in self._positions:
            self._positions[marks] = [m.start() for m in re.finditer(f"[{re.escape(marks)}]", self.text)]
        return self._positions[marks]

    def count(self, marks: str, start: int, end: int) -> int:
        """How many of some characters stand in [start, end), in time that does not grow with the distance."""
        found = self.positions(marks)
        return bisect_left(found, end) - bisect_left(found, start)

    def blank_lines(self, start: int, end: int) -> int:
        """How many line ends in [start, end) only follow another, in time that does not grow with the distance."""
        if BLANK not in self._positions:
            self._positions[BLANK] = [m.end() - 1 for m in BLANK_LINE.finditer(self.text)]
        found = self._positions[BLANK]
        return bisect_left(found, end) - bisect_left(found, start)

    def last(self, marks: str, start: int, end: int) -> int:
        """Where the last of some characters stands in [start, end), -1 where none does."""
        found = self.positions(marks)
        at = bisect_left(found, end) - 1
        return found[at] if at >= 0 and found[at] >= start else -1

    def joined(self, k: int) -> bool:
        """Whether sentence `k` and the next stand in one paragraph."""
        return "\n" not in self.text[self.bounds[k][1] : self.bounds[k + 1][0]]

    def paragraph_before(self, i: int, reach: int) -> range:
        """The sentences before `i` in its paragraph, `reach` at most, the nearest first."""
        first = i
        while first > 0 and i - first < reach and self.joined(first - 1):
            first -= 1
        return range(i - 1, first - 1, -1)

    def speaks_as_we(self) -> bool:
        """Whether the report is written in the first person plural; what others are quoted to say does not show it."""
        if not self._we:
            we = self.pack.words["attribution.we"]
            self._we.append(any(fold(word) in we for word in letter_runs(QUOTED.sub(" ", self.text))))
        return self._we[0]

    def aliases_named(self) -> frozenset[str]:
        """The usual names of sources that the text has in full; it is searched once."""
        if not self._aliases:
            self._aliases.append(frozenset(name for name in self.pack.aliases.values() if name in self.text))
        return self._aliases[0]

    def alarming(self, i: int) -> bool:
        """Whether a word of harm stands in sentence `i`: only such sentences are read in full."""
        if i not in self._alarming:
            self._alarming[i] = self._alarms(i)
        return self._alarming[i]

    def _alarms(self, i: int) -> bool:
        start, end = self.bounds[i]
        if self.pack.spelling.attached is not None:
            return any(t.norm in self.pack.alarms for t in tokens(self.text, start, end, self.pack.spelling))
        folded = fold(self.text[start:end])
        if not self.pack.alarms.isdisjoint(letter_runs(folded)):
            return True
        if "-" in folded and any(w.replace("-", "") in self.pack.alarms for w in BROKEN.findall(folded)):
            return True
        raw = self.text[start:end]
        return any(unmasked(w, self.pack.alarms) for w in MASKED.findall(raw)) if HIDDEN.search(raw) else False

    def setting(self) -> Setting:
        """What the report is about."""
        if self._setting is None:
            self._setting = Setting.of(self.text, self.pack)
        return self._setting

    def aside(self, i: int) -> bool:
        """Whether sentence `i` is furniture of the page it was copied from, or a copy of one before."""
        if self._aside is None:
            self._aside = page_furniture(self.text, self.bounds, self.pack)
        return i in self._aside
