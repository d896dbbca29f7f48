"""Claims read in a text, by rules alone: no model, no network, the same words always giving the same claims.

The steps, a module each: tokens → numbers → triggers → scope (which harm a count is of) → who, groups, when, where,
attribution, perpetrator. A language is a pack of words; no word of any language stands in the code.
"""

from __future__ import annotations

import datetime as dt
import gc
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sijill.core.claim import Attribution, Claim, Count, Evidence, Group, Harm, Perpetrator, Span
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Qualifier
from sijill.extract import compiling as packs
from sijill.extract.accused import Accusations
from sijill.extract.attribution import attribution_of
from sijill.extract.confidence import confidence_of
from sijill.extract.exclude import forbidden_sentence
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.groups import settle
from sijill.extract.listed import Lists
from sijill.extract.marks import Marked
from sijill.extract.pack import Pack
from sijill.extract.perpetrator import perpetrator_of
from sijill.extract.placewithin import narrowed
from sijill.extract.repeats import agreed
from sijill.extract.report import Report
from sijill.extract.scope import Assigned, Told, assign
from sijill.extract.scripts import other_script
from sijill.extract.sharing import shared
from sijill.extract.uncounted import Allegation, find_uncounted
from sijill.extract.when import IN_SENTENCE, period_at
from sijill.extract.where import Places

WIDE_DAYS = 27
BODILY = frozenset({Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS})
VAST = {Harm.KILLED: 5000, Harm.WOUNDED: 5000, Harm.VICTIMS: 5000, Harm.DISPLACED: 100_000}
UNCOUNTED_CONFIDENCE = 0.6


def languages() -> tuple[str, ...]:
    """The codes of the languages that claims can be read in."""
    return packs.languages()


def extractor_for(language: str | None) -> str | None:
    """The name of the extractor for a language ("rules-en@0.1.0"), `None` where there is no pack for it."""
    pack = pack_of(language)
    return pack.extractor if pack else None


def pack_of(language: str | None) -> Pack | None:
    """The pack for a language's code ("ar", "ar-SY"), `None` where there is none."""
    code = (language or "").replace("_", "-").split("-")[0].lower()
    return packs.load(code) if code in languages() else None


def read_claims(
    text: str,
    *,
    document: str,
    published: dt.date | None,
    language: str | None,
    publisher: str | None,
    gazetteer: Gazetteer,
    uncounted: bool = False,
) -> tuple[Claim, ...]:
    """Every claim in `text`, by position; none where there is no pack for the language.

    `document` is the id that the claims carry. Each claim's quote and count stand verbatim at their offsets.
    `uncounted` adds allegations without a number, whose count is `None`.
    """
    pack = pack_of(language)
    if pack is None:
        return ()
    with _uncollected():
        return _claims(text, pack, document, published, publisher, gazetteer, uncounted)


def _claims(
    text: str,
    pack: Pack,
    document: str,
    published: dt.date | None,
    publisher: str | None,
    gazetteer: Gazetteer,
    uncounted: bool,
) -> tuple[Claim, ...]:
    read = _read(Report.of(text, pack, published, publisher), document, gazetteer, uncounted)
    if (passages := other_script(text, pack.code)) and (second := pack_of(passages[0])):
        found = _read(Report.of(passages[1], second, published, publisher), document, gazetteer, uncounted)
        taken = {_position(claim) for claim in read}
        read = [*read, *(claim for claim in found if _position(claim) not in taken)]
    assert all(_stands(claim, text) for claim in read), "a claim's words do not stand where it says"
    return tuple(sorted(read, key=lambda c: (c.quote.start, c.count.start if c.count else -1, c.harm)))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's search for cycles of objects, which reading does not make: the search goes through all that a
    long text holds again and again, and its time grows faster than the text."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _read(report: Report, document: str, gazetteer: Gazetteer, uncounted: bool) -> list[Claim]:
    """The claims of a report in one language."""
    reading = _Reading(report, document, gazetteer)
    claims: list[Claim] = []
    lists = Lists(reading.report)
    for i in range(len(reading.report)):
        item = lists.follow(i)
        if (item or reading.report.alarming(i)) and not reading.report.aside(i):
            claims += reading.sentence(i, _last_group(reading.report, i, claims), uncounted, item)
    return narrowed(shared(agreed(claims), reading.accusations), reading.places.inner)


def _position(claim: Claim) -> int:
    return claim.count.start if claim.count else claim.quote.start


def _stands(claim: Claim, text: str) -> bool:
    return claim.quote.stands_in(text) and (claim.count is None or claim.count.span.stands_in(text))


def _last_group(report: Report, i: int, claims: list[Claim]) -> Group | None:
    """The group last counted, if that was in the sentence before: "others" may mean its kind."""
    if i == 0 or not claims or claims[-1].quote.start < report.bounds[i - 1][0]:
        return None
    return claims[-1].group


@dataclass(frozen=True, slots=True)
class _Beside:
    """What bears on a claim's fields beside its words: the heading of its list, the tokens up to the next count, and
    whether so many are counted that no one attack can have harmed them."""

    heading: int | None = None
    stretch: tuple[int, int] | None = None
    vast: bool = False


NOTHING_BESIDE = _Beside()


class _Reading:
    """One report being turned into claims; holds what its sentences share."""

    def __init__(self, report: Report, document: str, gazetteer: Gazetteer) -> None:
        self.report = report
        self.document = document
        self.places = Places(report, gazetteer)
        self.accusations = Accusations(report, self.places)
        self.lead: Claim | None = None
        self.last: Harm | None = None

    def sentence(
        self, i: int, before: Group | None, uncounted: bool, item: tuple[int, Told] | None = None
    ) -> list[Claim]:
        """The claims of sentence `i`, a part carrying the id of its whole; `item` is the list that it stands in."""
        if item is None and not self.report.tells(i):
            return []
        m = self.report.marked(i)
        if forbidden_sentence(m):
            return []
        found = assign(m, self.report.text, item[1] if item else None)
        if found and not self._real(m, found):
            return []
        assigned = settle(m, _as_told(found, self.last), before)
        made: list[list[Claim]] = []
        for k, a in enumerate(assigned):
            following = assigned[k + 1].counted.start if k + 1 < len(assigned) else len(m.tokens)
            stretch = (a.counted.count_end, following) if len(assigned) > 1 else None
            claim = self._counted(i, a, item[0] if item else None, stretch)
            if a.part_of is not None and a.part_of < len(made):
                claim = replace(claim, part_of=made[a.part_of][0].id)
            made.append(_split(claim))
        claims = [claim for split in made for claim in split]
        self.last = next((a.harm for a in assigned if a.part_of is None), self.last)
        if uncounted:
            claims += [self._uncounted(i, found) for found in find_uncounted(m, self.report.text, assigned)]
        return claims

    def _real(self, m: Marked, found: list[Assigned]) -> bool:
        """Whether a sentence tells of real violence, as far as the report's setting decides it."""
        attack = m.within(0, len(m.tokens), "attack") is not None
        setting, pack = self.report.setting(), self.report.pack
        return not all(setting.forbids(a, pack, attack=attack) for a in found)

    def _counted(self, i: int, a: Assigned, heading: int | None, stretch: tuple[int, int] | None = None) -> Claim:
        m, c, text = self.report.marked(i), a.counted, self.report.text
        start, end = m.tokens[c.start].start, m.tokens[c.count_end - 1].end
        count = Count.of(Span(text[start:end], start, end), c.quantity)
        evidence = [Evidence("harm", a.rule, a.words), Evidence("count", "number grammar", count.text)]
        evidence += [Evidence("group", "noun phrase", c.group.text)] if c.group.text else []
        harm_at = a.trigger.start if a.trigger else c.start
        beside = _Beside(heading if a.trigger is None else None, stretch, _is_vast(m, a))
        claim = self._claim(i, c.start, harm_at, a.harm, c.group, evidence, beside)
        claim = replace(claim, count=count, confidence=confidence_of(m, a))
        done = perpetrator_of(self.accusations, i, a, claim, self.lead)
        self.lead = self.lead or claim
        return _with_perpetrator(claim, done)

    def _uncounted(self, i: int, found: Allegation) -> Claim:
        at = found.trigger.start
        claim = self._claim(i, at, at, found.harm, found.group, [Evidence("harm", "no number", found.trigger.words)])
        return replace(claim, confidence=UNCOUNTED_CONFIDENCE)

    def _claim(
        self,
        i: int,
        position: int,
        harm_at: int,
        harm: Harm,
        group: Group,
        evidence: list[Evidence],
        beside: _Beside = NOTHING_BESIDE,
    ) -> Claim:
        """A claim with the fields that the text around gives: period, place and source, each with its evidence.

        An item of a list has them from its heading, where it gives none itself.
        """
        report = self.report
        a, b = report.bounds[i]
        stretch = beside.stretch
        if beside.heading is not None and not report.dates(i):
            position = harm_at = len(report.marked(beside.heading).tokens) - 1
            i, stretch = beside.heading, None
        when = period_at(report, i, position, harm_at, harm, apart=self.places.apart, named=self.places.texts)
        if beside.vast and when and when[1] != IN_SENTENCE:
            # Thousands fall in no one attack: the days of one do not date them.
            when = None
        where = self.places.place_of(i, harm_at, stretch=stretch, wide=beside.vast or _is_wide(when))
        said = attribution_of(report, i, position)
        return Claim(
            document=self.document,
            harm=harm,
            count=None,
            group=group,
            place=where[0] if where else None,
            period=when[0] if when else None,
            attribution=said[0] if said else None,
            perpetrator=None,
            quote=Span(report.text[a:b], a, b),
            extractor=report.pack.extractor,
            confidence=1.0,
            evidence=(*evidence, *_why("period", when), *_why("place", where), *_why("attribution", said)),
        )


def _as_told(found: list[Assigned], last: Harm | None) -> list[Assigned]:
    """ "Among the victims were ten women", behind the number of those killed: they were killed, too."""
    if last is not Harm.KILLED or not found or found[0].rule != "among those harmed":
        return found
    return [replace(a, harm=last) if a.harm is Harm.VICTIMS else a for a in found]


def _why(field: str, found: tuple[Period | Place | Attribution, str] | None) -> tuple[Evidence, ...]:
    return (Evidence(field, found[1], found[0].text),) if found else ()


def _with_perpetrator(claim: Claim, done: tuple[Perpetrator, str] | None) -> Claim:
    if done is None:
        return claim
    evidence = (*claim.evidence, Evidence("perpetrator", done[1], done[0].text))
    return replace(claim, perpetrator=done[0], evidence=evidence)


def _is_vast(m: Marked, a: Assigned) -> bool:
    """Whether so many are counted that no one attack can have harmed them."""
    q, c = a.counted.quantity, a.counted
    if a.harm in BODILY and c.vague and m.any_is(c.start, c.count_end, "quantities.vast"):
        return True
    return max(q.low or 0, q.high or 0) >= VAST.get(a.harm, math.inf)


def _is_wide(when: tuple[Period, str] | None) -> bool:
    """Whether the sentence itself gives a toll over a month or more."""
    if when is None or when[1] != IN_SENTENCE or when[0].start is None or when[0].end is None:
        return False
    return (when[0].end - when[0].start).days > WIDE_DAYS


def _split(claim: Claim) -> list[Claim]:
    """ "Several killed and injured" under one vague word is two claims; under a number it stays one of victims."""
    vague = claim.count is not None and claim.count.qualifier is Qualifier.VAGUE
    if claim.harm is not Harm.VICTIMS or not vague or " " not in claim.evidence[0].words:
        return [claim]
    return [replace(claim, harm=Harm.KILLED), replace(claim, harm=Harm.WOUNDED)]
