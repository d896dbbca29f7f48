"""What of a model's answer is believed: words that stand in the text, and numbers that our own grammar reads in them.

A model only points at words. Where they stand, which number, day and place they mean is found here, so that whatever
the model says, and whatever the report made it say, a claim holds nothing that is not in the report.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sijill.core.backend import MODEL_UNCONFIRMED
from sijill.core.claim import Attribution, Claim, Count, Evidence, Group, Perpetrator, Span
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Qualifier, Quantity
from sijill.extract.asking.shape import AnsweredClaim, Why
from sijill.extract.days import resolve
from sijill.extract.numbers import find_numbers
from sijill.extract.report import Report
from sijill.extract.singles import find_singles
from sijill.extract.where import Places
from sijill.extract.who import read_counted

ASKED = "language model"
UNCONFIRMED = "a language model read it, and no person has confirmed it"
# All claims of a model are alike to review: it says nothing of how sure it is that could be believed.
CONFIDENCE = 0.5
# How often the same words are looked for: a text that repeats itself is no reason to take long.
MOST_PLACES = 20
# Of a longer quote, only the sentence of the number is kept.
LONGEST_QUOTE = 1000

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as our grammar reads it: [start, end) with its qualifier, [core, core_end) without, what it asserts.

    `single` is one person told of without a number.
    """

    start: int
    core: int
    core_end: int
    end: int
    quantity: Quantity
    single: bool


@dataclass(slots=True)
class Verifier:
    """Checks what is answered about one report; `left_open` counts fields that did not verify, by name."""

    report: Report
    places: Places
    document: str
    extractor: str
    left_open: Counter[str] = field(default_factory=Counter)
    _numbers: dict[int, tuple[Number, ...]] = field(default_factory=dict)

    def claim(self, asked: AnsweredClaim, window: Stretch) -> Claim | Why:
        """The claim that words of the text bear out, or why there is none. `window` is the part that was shown."""
        placed = self._placed(asked, window)
        if isinstance(placed, Why):
            return placed
        quote, number = placed
        if not _agrees(asked, number.quantity):
            return Why.NUMBER
        text = self.report.text
        count = Count.of(Span(text[number.start : number.end], number.start, number.end), number.quantity)
        words = self._near(asked.harm_words, (quote.start, quote.end), number.start)
        evidence = [
            Evidence("claim", MODEL_UNCONFIRMED, UNCONFIRMED),
            Evidence("harm", ASKED, text[slice(*words)] if words else ""),
            Evidence("count", "number grammar", count.text),
        ]
        group = asked.group_words if self._near(asked.group_words, (quote.start, quote.end), number.start) else ""
        if asked.group_words and not group:
            self.left_open["group_words"] += 1
        made = Claim(
            document=self.document,
            harm=asked.harm,
            count=count,
            group=Group(group, asked.group_type, asked.subset),
            place=self._place(asked, window, number.start),
            period=self._period(asked, window, number.start),
            attribution=self._attribution(asked, window, number.start),
            perpetrator=self._perpetrator(asked, window, number.start),
            quote=quote,
            extractor=self.extractor,
            confidence=CONFIDENCE,
        )
        evidence += [Evidence("group", ASKED, group)] if group else []
        given = {
            "place": made.place,
            "period": made.period,
            "attribution": made.attribution,
            "perpetrator": made.perpetrator,
        }
        evidence += [Evidence(name, ASKED, value.text) for name, value in given.items() if value is not None]
        return made.with_changes(evidence=tuple(evidence))

    def _placed(self, asked: AnsweredClaim, window: Stretch) -> tuple[Span, Number] | Why:
        """Where the quote stands and which number in it is meant: the one nearest to the words of harm."""
        text, why = self.report.text, Why.QUOTE
        for at in _places(text, asked.quote, window):
            within = (at, at + len(asked.quote))
            if (i := self._sentence(at)) is not None and self.report.aside(i):
                why = Why.FURNITURE
                continue
            found = list(_places(text, asked.count_words, within))
            if not found:
                return Why.COUNT_WORDS
            numbers = [n for c in found for n in self._number(c, c + len(asked.count_words))]
            if not numbers:
                why = Why.NO_NUMBER
                continue
            harm = self._near(asked.harm_words, within, found[0])
            near = harm[0] if harm else found[0]
            number = min(numbers, key=lambda n: abs(n.core - near))
            if len(asked.quote) > LONGEST_QUOTE:
                at, end = self.report.bounds[self._sentence(number.core) or 0]
                within = (at, end)
            start, end = min(at, number.start), max(within[1], number.end)
            return Span(text[start:end], start, end), number
        return why

    def _number(self, start: int, end: int) -> Iterator[Number]:
        """The number that the words in [start, end) give, none where they give none, several, or cut one short."""
        i = self._sentence(start)
        if i is None:
            return
        all_read = self._numbers_of(i)
        whole = [n for n in all_read if not n.single and start <= n.core and n.core_end <= end]
        cut = [n for n in all_read if not n.single and n not in whole and n.core < end and start < n.core_end]
        singles = [n for n in all_read if n.single and n.start < end and start < n.end]
        found = whole or singles
        if len(found) == 1 and not cut:
            yield found[0]

    def _numbers_of(self, i: int) -> tuple[Number, ...]:
        """The numbers of a sentence, then its single people told of without one."""
        if i not in self._numbers:
            m, text = self.report.marked(i), self.report.text
            numbers = find_numbers(m)
            counted = [read_counted(m, n, text) for n in numbers]
            taken = frozenset(k for c in counted for k in range(c.start, c.count_end))
            singles = find_singles(m, taken, text)
            ends = [n.end for n in numbers] + [c.count_end for c in singles]
            self._numbers[i] = tuple(
                Number(
                    m.tokens[c.start].start,
                    m.tokens[c.start if c.single else c.number_start].start,
                    m.tokens[end - 1].end,
                    m.tokens[c.count_end - 1].end,
                    c.quantity,
                    c.single,
                )
                for c, end in zip((*counted, *singles), ends, strict=True)
            )
        return self._numbers[i]

    def _sentence(self, at: int) -> int | None:
        """The sentence that a code point stands in, `None` between two."""
        bounds = self.report.bounds
        i = bisect_right(bounds, (at, len(self.report.text) + 1)) - 1
        return i if i >= 0 and at < bounds[i][1] else None

    def _near(self, words: str, within: Stretch, at: int) -> Stretch | None:
        """Where words stand, the nearest to a position, `None` where they do not."""
        found = list(_places(self.report.text, words, within))
        start = min(found, key=lambda k: abs(k - at), default=None)
        return None if start is None else (start, start + len(words))

    def _said(self, name: str, words: str, window: Stretch, at: int) -> Stretch | None:
        """Where the words of a field stand; a field whose words do not is left open, and counted."""
        found = self._near(words, window, at) if words else None
        self.left_open[name] += bool(words) and found is None
        return found

    def _place(self, asked: AnsweredClaim, window: Stretch, at: int) -> Place | None:
        said = self._said("place_words", asked.place_words, window, at)
        return self.places.meant(asked.place_words) if said and asked.place_words.strip() else None

    def _period(self, asked: AnsweredClaim, window: Stretch, at: int) -> Period | None:
        """The days that our own grammar reads in the words; no days where it reads none."""
        said = self._said("period_words", asked.period_words, window, at)
        i = self._sentence(said[0]) if said else None
        if said is None or i is None:
            return None
        m = self.report.marked(i)
        for span in self.report.dates(i):
            start, end = m.tokens[span.start].start, m.tokens[span.end - 1].end
            if start < said[1] and said[0] < end and (days := resolve(span, self.report.published, None)):
                return Period.since(asked.period_words, *days)
        return Period.since(asked.period_words, None, None)

    def _attribution(self, asked: AnsweredClaim, window: Stretch, at: int) -> Attribution | None:
        """Who says so: a voice that the text does not name would be an independent witness who does not exist."""
        said = self._said("attribution_words", asked.attribution_words, window, at)
        if said is None or self._said("source", asked.source, window, at) is None:
            return None
        source = " ".join(asked.source.split())
        return Attribution(asked.attribution_words, source, asked.source_kind) if source else None

    def _perpetrator(self, asked: AnsweredClaim, window: Stretch, at: int) -> Perpetrator | None:
        said = self._said("perpetrator_words", asked.perpetrator_words, window, at)
        return Perpetrator(asked.perpetrator_words, asked.stance) if said else None


def _places(text: str, words: str, within: Stretch) -> Iterator[int]:
    """Where words stand in part of a text, verbatim; nowhere if there are none."""
    at, (start, end) = 0, within
    for _ in range(MOST_PLACES if words else 0):
        at = text.find(words, start, end)
        if at < 0:
            return
        yield at
        start = at + 1


def _agrees(asked: AnsweredClaim, read: Quantity) -> bool:
    """Whether the number stated is the one that the words give, with or without what "more than" adds to it."""
    stated = {n for n in (asked.low, asked.high) if n is not None}
    if read.qualifier is Qualifier.VAGUE:
        return not stated
    if read.qualifier is Qualifier.BETWEEN:
        return (asked.low, asked.high) == (read.low, read.high)
    low, high = read.low, read.high
    given = {n for n in (low, high) if n is not None}
    if read.qualifier is Qualifier.AT_LEAST and low:
        given.add(low - 1)
    if read.qualifier is Qualifier.AT_MOST and high is not None:
        given.add(high + 1)
    return len(stated) == 1 and stated <= given
