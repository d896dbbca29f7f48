"""A report being read: its sentences, each marked once and only when a rule asks for it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace

from sijill.extract.dates import MAX_YEAR, MIN_YEAR, DatedSpan, find_dates
from sijill.extract.marks import Marked
from sijill.extract.pack import Pack
from sijill.extract.tokens import fold, read_sentence, sentences
from sijill.extract.when import anchor_of, latest_day

WORD = re.compile(r"[^\W\d_]+")
BROKEN = re.compile(r"[^\W\d_]+-[^\W\d_]+")


@dataclass(slots=True)
class Report:
    """The text, its pack, the day it was published and by whom; caches what has been read of each sentence."""

    text: str
    pack: Pack
    published: dt.date | None
    publisher: str | None
    bounds: list[tuple[int, int]]
    _marked: dict[int, Marked] = field(default_factory=dict)
    _dates: dict[int, tuple[DatedSpan, ...]] = field(default_factory=dict)
    _latest: list[dt.date | None] = field(default_factory=list)
    _we: list[bool] = field(default_factory=list)

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

    def marked(self, i: int) -> Marked:
        """Sentence `i` with the pack's phrases and its dates marked."""
        if i not in self._marked:
            plain = Marked.of(
                read_sentence(self.text, i, *self.bounds[i], self.pack.alarms, self.pack.words["stop"]), self.pack
            )
            dates = find_dates(plain)
            self._dates[i] = dates
            dated = frozenset(k for d in dates for k in range(d.start, d.end))
            self._marked[i] = replace(plain, dated=dated)
        return self._marked[i]

    def dates(self, i: int) -> tuple[DatedSpan, ...]:
        """The dates named in sentence `i`, unresolved."""
        self.marked(i)
        return self._dates[i]

    def latest(self) -> dt.date | None:
        """The last day that the text names with its year, where it does not say when it was published."""
        if not self._latest:
            self._latest.append(latest_day(self) if self.published is None else None)
        return self._latest[0]

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
        """Whether the report is written in the first person plural."""
        if not self._we:
            we = self.pack.words["attribution.we"]
            self._we.append(any(fold(word[0]) in we for word in WORD.finditer(self.text)))
        return self._we[0]

    def alarming(self, i: int) -> bool:
        """Whether a word of harm stands in sentence `i`: only such sentences are read in full."""
        start, end = self.bounds[i]
        folded = fold(self.text[start:end])
        if not self.pack.alarms.isdisjoint(WORD.findall(folded)):
            return True
        return any(w.replace("-", "") in self.pack.alarms for w in BROKEN.findall(folded)) if "-" in folded else False
