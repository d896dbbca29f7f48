"""The voice that each claim goes back to: however many outlets repeat a count, it is one source's count.

Source: methods.md, section 8, rule 2 (a proposal of ours; every recorder's rule of two *independent* sources rests on
it). Which words name nobody, and which spellings are one name, is our own data and our own rule.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sijill.core.claim import AttributionKind, Claim, Span
from sijill.core.mention import Repetition, Sharing
from sijill.core.state import Origin
from sijill.link.aliases import Aliases, learn, longest_holder, short_forms, shown
from sijill.link.independence import overruled
from sijill.link.names import WORD, fold, is_generic, name_key, names_somebody, place_key, skeleton, words_of
from sijill.link.records import Pair, Reported
from sijill.link.spoken import Speakers

MIN_SENTENCE = 8
NAMELESS = frozenset({AttributionKind.UNATTRIBUTED})

LARGE, ROUND = 50, 10

Told = tuple[str, str, int | None, int | None, str]


@dataclass(frozen=True, slots=True)
class Report:
    """One document's claims and who publishes it; `publisher` is the key of its own voice."""

    claims: tuple[Reported, ...]
    publisher: str
    name: str

    @property
    def age(self) -> tuple[dt.date, int]:
        """Sorts reports, the earliest first: by day of publication, undated last, then as they were added."""
        first = self.claims[0]
        return (first.published or dt.date.max, first.order)


@dataclass(frozen=True, slots=True)
class Heard:
    """An origin before voices get their names: `own` where nobody else is named, so that it may be a copy."""

    reported: Reported
    origin: Origin
    own: bool = False


def origins(
    claims: Sequence[Reported], repeats: Iterable[Repetition] = (), judged: Iterable[Pair] = ()
) -> tuple[Origin, ...]:
    """The voice of each claim, in the order of the claims.

    A source that is named; else the report's own count under its publisher's name; else the report alone. Words that
    name nobody ("witnesses", "official figures") are a voice only as that publisher tells it. `repeats` says which
    reports have text of others: their counts without a source are those of the report that had them first. `judged` are
    people's rows on independence, which outrank all of this.
    Cost grows with the length of the texts and the number of distinct names, each looked at once.
    """
    named = _sources(claims)
    short = short_forms(_texts(claims), named)
    aliases = learn(_spoken_of(claims), short)
    reports = _reports(claims, aliases)
    speakers = Speakers.of(source for c in claims if (source := _source(c.claim)))
    heard = [h for report in reports for h in _heard_in(report, aliases, speakers)]
    by_document = {r.claims[0].document: r for r in reports}
    heard = _texts_led_back(_figures_led_back(heard, by_document), by_document, repeats)
    found = {h.reported.id: h.origin for h in _copies_led_back(heard, by_document)}
    names = _names(claims, aliases)
    return overruled(claims, [_with_name(found[c.id], names) for c in claims], judged)


def _sources(claims: Iterable[Reported]) -> tuple[str, ...]:
    """Every name that speaks in the batch: sources that name somebody, and publishers."""
    found = {c.publisher for c in claims if c.publisher}
    found |= {source for c in claims if (source := _source(c.claim)) and not is_generic(source)}
    return tuple(sorted(found))


def _spoken_of(claims: Iterable[Reported]) -> dict[str, frozenset[str]]:
    """For the key of each name, the places that its reports speak of: words of their names, and gazetteer entries."""
    places: dict[str, set[str]] = defaultdict(set)
    speakers: dict[str, set[str]] = defaultdict(set)
    for c in claims:
        if c.claim.place is not None:
            words = place_key(c.claim.place.name or c.claim.place.text).split()
            places[c.document].update([*words, c.claim.place.id or ""])
        for name in (c.publisher or "", _source(c.claim)):
            if name and not is_generic(name):
                speakers[name_key(name)].add(c.document)
    return {key: frozenset().union(*(places[d] for d in documents)) for key, documents in speakers.items()}


def _source(claim: Claim) -> str:
    """The source's words; where nothing says what kind of source it is, only if they name somebody."""
    said = claim.attribution
    if said is None or (said.kind in NAMELESS and not names_somebody(said.source)):
        return ""
    return said.source.strip()


def _texts(claims: Iterable[Reported]) -> Iterable[str]:
    seen: set[str] = set()
    for c in claims:
        if not c.text:
            yield c.claim.quote.text
        elif c.document not in seen:
            seen.add(c.document)
            yield c.text


def _reports(claims: Iterable[Reported], aliases: Aliases) -> tuple[Report, ...]:
    by_document: dict[str, list[Reported]] = defaultdict(list)
    for c in claims:
        by_document[c.document].append(c)
    return tuple(
        sorted((_report(rows, aliases) for rows in by_document.values()), key=lambda r: (r.claims[0].order, r.age))
    )


def _report(rows: list[Reported], aliases: Aliases) -> Report:
    first = min(rows, key=lambda r: r.position)
    held = tuple(sorted(rows, key=lambda r: r.position))
    if first.publisher:
        return Report(held, aliases.voice(name_key(first.publisher)), first.publisher)
    return Report(held, f"report {first.document}", f"report {first.label or first.document[:12]}")


def _heard_in(report: Report, aliases: Aliases, speakers: Speakers) -> Iterable[Heard]:
    """The origins of one report's claims: those with a source first, since a bare count may repeat one of theirs."""
    spoken = _spoken_in(report, aliases)
    attributed = [_attributed(c, report, spoken, aliases) for c in report.claims if _source(c.claim)]
    yield from attributed
    named = [h for h in attributed if not h.own]
    for c in report.claims:
        if not _source(c.claim):
            yield _named_beside(c, report, aliases, speakers) or _repeated_within(c, report, named) or _own(c, report)


def _spoken_in(report: Report, aliases: Aliases) -> tuple[str, ...]:
    found = {report.publisher} if report.claims[0].publisher else set()
    for c in report.claims:
        if (source := _source(c.claim)) and not is_generic(source) and not _witness(c.claim):
            found.add(aliases.voice(name_key(source)))
    return tuple(sorted(found))


def _witness(claim: Claim) -> bool:
    return claim.attribution is not None and claim.attribution.kind is AttributionKind.WITNESS


def _attributed(c: Reported, report: Report, spoken: Sequence[str], aliases: Aliases) -> Heard:
    source, key = _source(c.claim), name_key(_source(c.claim))
    if not _witness(c.claim) and (full := _full_name(aliases.voice(key), spoken)):
        reason = "a shorter form of a name in the same report"
        return Heard(c, Origin(c.id, full, source, _through(c, report, full), reason))
    if _witness(c.claim) or is_generic(source):
        reason = f"“{source}” names nobody whom two reports could be known to mean: a voice as told by this publisher"
        voice = f"{' '.join(words_of(source))} told by {report.publisher}"
        return Heard(c, Origin(c.id, voice, f"{source} (told by {report.name})", _chain(c), reason), own=True)
    voice = aliases.voice(key)
    because = aliases.evidence.get(key, "")
    reason = "the report names it as its source" + (f"; {because}" if because and voice != key else "")
    if voice == report.publisher:
        reason = "the publisher's own count, by name"
    return Heard(c, Origin(c.id, voice, source, _through(c, report, voice), reason))


def _full_name(key: str, spoken: Sequence[str]) -> str | None:
    """The one name of the report that holds all words of `key`: "the ministry" after "the Interior Ministry"."""
    sounds = {k: frozenset(skeleton(k).split()) for k in (*spoken, key)}
    holders: dict[str, set[str]] = defaultdict(set)
    for k, words in sounds.items():
        for word in words:
            holders[word].add(k)
    longer = longest_holder(key, sounds, holders)
    return longer if longer is not None and " " in longer else None


def _named_beside(c: Reported, report: Report, aliases: Aliases, speakers: Speakers) -> Heard | None:
    """A count whose sentence names one source that other reports give as theirs."""
    name = speakers.named_in(c.claim.quote.text)
    voice = aliases.voice(name_key(name)) if name else ""
    if not voice or voice == report.publisher:
        return None
    reason = "the sentence names it, and other reports name it as their source"
    return Heard(c, Origin(c.id, voice, name, _through(c, report, voice), reason))


def _own(c: Reported, report: Report) -> Heard:
    if c.publisher:
        reason = "no source is named: own count of its publisher"
        return Heard(c, Origin(c.id, report.publisher, f"own count of {report.name}", (), reason), own=True)
    return Heard(c, Origin(c.id, report.publisher, report.name, (), "neither source nor publisher is known"), own=True)


def _repeated_within(c: Reported, report: Report, named: Sequence[Heard]) -> Heard | None:
    """A count without a source that equals one with a source in the same report: a headline, a summary, a repeat."""
    told = _told(c)
    same = [
        h for h in named if told is not None and _told(h.reported) == told and _may_be_one(h.reported.claim, c.claim)
    ]
    if not same:
        return None
    start = c.claim.quote.start
    nearest = min(same, key=lambda h: (abs(h.reported.claim.quote.start - start), h.reported.position))
    reason = "no source is named here; the same report gives the same count by this source"
    voice = nearest.origin.voice
    return Heard(c, Origin(c.id, voice, nearest.origin.name, _through(c, report, voice), reason))


def _may_be_one(a: Claim, b: Claim) -> bool:
    """Whether neither place nor days of two claims speak against their being one."""
    apart = a.period.gap(b.period) if a.period is not None and b.period is not None else None
    if apart:
        return False
    return a.place is None or b.place is None or place_key(a.place.text) == place_key(b.place.text)


def _told(c: Reported) -> Told | None:
    count = c.claim.count
    if count is None:
        return None
    words = fold(count.text) if count.low is None and count.high is None else ""
    return (c.claim.harm, c.claim.group.subset, count.low, count.high, words)


def _through(c: Reported, report: Report, voice: str) -> tuple[str, ...]:
    chain = _chain(c)
    return chain if voice == report.publisher or report.name in chain else (*chain, report.name)


def _chain(c: Reported) -> tuple[str, ...]:
    return c.claim.attribution.chain if c.claim.attribution is not None else ()


def _figures_led_back(heard: Sequence[Heard], reports: Mapping[str, Report]) -> list[Heard]:
    """Own counts with a large and uneven number that one named voice gives in another report are that voice's.

    Two who count alone seldom come to 126; they often come to 8, or to 100.
    """
    named: dict[tuple[str, str, int], list[Heard]] = defaultdict(list)
    for h in heard:
        figure = _figure(h.reported)
        if not h.own and figure is not None:
            named[figure].append(h)
    found = []
    for h in heard:
        figure = _figure(h.reported) if h.own else None
        found.append(_of_figure(h, named.get(figure, ()), reports) if figure is not None else h)
    return found


def _figure(c: Reported) -> tuple[str, str, int] | None:
    count = c.claim.count
    number = count.low if count is not None else None
    if number is None or number < LARGE or number % ROUND == 0:
        return None
    return (c.claim.harm, c.claim.group.subset, number)


def _of_figure(own: Heard, same: Sequence[Heard], reports: Mapping[str, Report]) -> Heard:
    options = [h for h in same if _may_be_one(h.reported.claim, own.reported.claim)]
    if len({h.origin.voice for h in options}) != 1:
        return own
    first, report = options[0], reports[own.reported.document]
    reason = "no source is named here; another report gives the same figure by this source, and nobody else gives it"
    through = _through(own.reported, report, first.origin.voice)
    return Heard(own.reported, replace(first.origin, claim=own.reported.id, through=through, reason=reason))


def _texts_led_back(
    heard: Iterable[Heard], reports: Mapping[str, Report], repeats: Iterable[Repetition]
) -> list[Heard]:
    """Where a report has text of an earlier one, its own counts that the earlier one gives too are the earlier one's.

    Of a translation, only those between its first and its last figure that both have. The earliest of several is taken
    first, so that a chain of copies leads to its beginning.
    """
    found = {h.reported.id: h for h in heard}
    by_document: dict[str, list[str]] = defaultdict(list)
    for h in found.values():
        by_document[h.reported.document].append(h.reported.id)
    known = [r for r in repeats if r.later in reports and r.earlier in reports]
    for repeat in sorted(known, key=lambda r: (reports[r.later].age, reports[r.earlier].age, r.later, r.earlier)):
        for id_ in by_document[repeat.later]:
            own, told = found[id_], _told(found[id_].reported)
            held = [found[i] for i in by_document[repeat.earlier] if _told(found[i].reported) == told]
            same = [h for h in held if _is_compared(h.reported, repeat, repeat.source)]
            if own.own and told is not None and same and _is_compared(own.reported, repeat, repeat.passage):
                found[id_] = _from_text(same[0], own, reports[repeat.later], repeat)
    return list(found.values())


def _is_compared(c: Reported, repeat: Repetition, passage: Span) -> bool:
    """Whether a count stands where the two texts were compared; a translation is known by that passage alone."""
    count = c.claim.count
    inside = count is not None and passage.start <= count.start and count.end <= passage.end
    return inside or repeat.sharing is not Sharing.TRANSLATION


def _from_text(first: Heard, later: Heard, report: Report, repeat: Repetition) -> Heard:
    through = (*later.origin.through, report.name) if report.name not in later.origin.through else later.origin.through
    reason = f"no source is named; the report has text of an earlier one with this count: {repeat.reason}"
    return Heard(later.reported, replace(first.origin, claim=later.reported.id, through=through, reason=reason))


def _copies_led_back(heard: Iterable[Heard], reports: Mapping[str, Report]) -> Iterable[Heard]:
    """Where a later report has an earlier one's very sentence and neither names a source: the earlier one's voice.

    Only whole sentences of some length count; text that was reworded is for a later version to find.
    """
    by_sentence: dict[tuple[str, Told], list[Heard]] = defaultdict(list)
    for h in heard:
        sentence, told = " ".join(WORD.findall(fold(h.reported.claim.quote.text))), _told(h.reported)
        if h.own and told is not None and sentence.count(" ") + 1 >= MIN_SENTENCE:
            by_sentence[sentence, told].append(h)
        else:
            yield h
    for same in by_sentence.values():
        first = min(same, key=lambda h: (reports[h.reported.document].age, h.reported.position))
        for h in same:
            yield h if h.origin.voice == first.origin.voice else _copy_of(first, h, reports[h.reported.document])


def _copy_of(first: Heard, later: Heard, report: Report) -> Heard:
    through = (*later.origin.through, report.name)
    reason = "the same sentence, word for word, stands in an earlier report that names no source either"
    return replace(later, origin=replace(first.origin, claim=later.reported.id, through=through, reason=reason))


def _names(claims: Iterable[Reported], aliases: Aliases) -> dict[str, str]:
    """The name to show for each voice that has one."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for c in claims:
        for name in (c.publisher or "", _source(c.claim)):
            if name and not is_generic(name):
                spellings[aliases.voice(name_key(name))][name] += 1
    return {voice: shown(names) for voice, names in spellings.items()}


def _with_name(origin: Origin, names: Mapping[str, str]) -> Origin:
    """Every claim of a voice shows one name; an own count says that it is one."""
    name = names.get(origin.voice)
    if name is None:
        return origin
    return replace(origin, name=f"own count of {name}" if origin.name.startswith("own count of ") else name)
