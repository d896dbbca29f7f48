"""What each page shows, put together from what the pipeline gives: one typed context per kind of page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from sijill.core.claim import AttributionKind, Claim, GroupType, Harm, Span, Stance, Subset
from sijill.core.document import Document
from sijill.core.incident import Figure, Incident, IncidentRecord
from sijill.core.judgement import Judgement, Matter
from sijill.core.quantity import Qualifier
from sijill.core.state import ClaimState
from sijill.pipeline.adding import guessed, quote_around, require_words
from sijill.pipeline.correcting import GazetteerEntry, Wanted, wanted_as_is
from sijill.pipeline.examining import ClaimView, DocumentSheet, IncidentSheet, Orphan, RuledIncident, VersionView
from sijill.pipeline.speaking import Marking, headline, highlighted
from sijill.pipeline.survey import Counts, IncidentLine, Survey, Task
from sijill.store.pages import DocumentLine, Made
from sijill.web.drawing import Chart, chart
from sijill.web.mapping import Map, still_map
from sijill.web.speech import Speech, isolated

# How much of a quote a list shows; the whole of it stands on the document's page.
LONGEST_QUOTE = 600
QUOTE_BEFORE = 260
MOST_ENTRIES = 150
QUEUE = 20
MOST_REASONS = 3
NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    href: str
    words: Markup


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Something that needs a look: what, where it is, and why."""

    link: Link
    kind: Markup
    reasons: tuple[Markup, ...]
    more: int
    document: DocumentLine | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The overview: how much there is, and what most needs a look; `after` begins the next page, "" where none does."""

    counts: Counts
    rules: str
    total: int
    rows: tuple[TaskRow, ...]
    after: str
    first: bool


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    """A page of the list of documents, with how many claims each holds and how many of them nobody has judged."""

    rows: tuple[tuple[DocumentLine, int, int], ...]
    after: int | None
    first: bool


@dataclass(frozen=True, slots=True)
class IncidentsPage:
    """A page of the list of incidents."""

    rows: tuple[IncidentLine, ...]
    after: str
    first: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a claim as it stands, and, where a person corrected it, as it was read."""

    key: str
    value: Markup
    was: Markup | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim on its document's page; `stands` tells whether its words are in the text that is shown."""

    number: int
    view: ClaimView
    amount: Markup
    fields: tuple[Field, ...]
    incidents: tuple[Incident, ...]
    stands: bool
    suggested: bool = False
    current: bool = False

    @property
    def anchor(self) -> str:
        """The element's id."""
        return f"claim-{self.number}"


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document beside its claims; `more` leads to those that follow, where there are many."""

    sheet: DocumentSheet
    text: Markup
    entries: tuple[Entry, ...]
    total: int
    open: int
    before: str
    more: str


@dataclass(frozen=True, slots=True)
class EntryPart:
    """One claim anew, and the document that it is in."""

    entry: Entry
    sheet: DocumentSheet
    open: int
    total: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A claim in a list of many documents: its words with the count marked, and where they come from."""

    view: ClaimView
    amount: Markup
    words: Markup
    cut_before: bool
    cut_after: bool
    document: DocumentLine
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """What one source says, through however many reports; `repeats` are those that bring nothing of their own."""

    name: str
    reason: str
    first: tuple[Quote, ...]
    repeats: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure with the claims that it rests on and those set aside."""

    anchor: str
    figure: Figure
    used: tuple[Quote, ...]
    aside: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class RuledRow:
    """A rule set, with the figures that lists show."""

    name: str
    about: str
    grade: str
    killed: tuple[Figure, ...]
    wounded: tuple[Figure, ...]
    chosen: bool
    of_record: bool


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """An incident under the rule set that is looked at, what every rule set makes of it, and what was decided."""

    record: IncidentRecord
    rulings: tuple[RuledRow, ...]
    figures: tuple[FigureRow, ...]
    voices: tuple[Voice, ...]
    charts: tuple[Chart, ...]
    map: Map | None
    documents: tuple[DocumentLine, ...]
    near: tuple[IncidentLine, ...]
    made: tuple[MadeRow, ...]
    history: tuple[VersionView, ...]
    rules: str


@dataclass(frozen=True, slots=True)
class MadeRow:
    """A judgement in a history, with where what it is about can be seen; `can_undo` where it stands."""

    made: Made
    links: tuple[Link, ...]

    @property
    def can_undo(self) -> bool:
        """Whether it can be taken back."""
        return self.made.live


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """What people decided, the last first; `about` is what it is narrowed to."""

    rows: tuple[MadeRow, ...]
    after: int | None
    first: bool
    about: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong with a request, and what to do."""

    message: Markup
    hint: Markup = NOTHING


def queue_page(
    survey: Survey, tasks: Sequence[Task], documents: Mapping[str, DocumentLine], speech: Speech, *, first: bool
) -> QueuePage:
    """The overview with one page of the queue: `tasks` are those of the page, and one more where others follow."""
    shown = tasks[:QUEUE]
    rows = tuple(_task_row(t, documents.get(t.document), speech) for t in shown)
    following = shown[-1].id if len(tasks) > QUEUE else ""
    return QueuePage(survey.counts, survey.rules, len(survey.tasks), rows, following, first)


def _task_row(task: Task, document: DocumentLine | None, speech: Speech) -> TaskRow:
    reasons = tuple(speech.reason(r) for r in task.reasons[:MOST_REASONS])
    label = isolated(task.label)
    match task.kind:
        case "claim":
            harm = speech.words.label("harm", task.harm)
            words = speech.say("{harm}: “{count}”", harm=harm, count=label) if task.label else harm
            link, kind = Link(f"/claims/{task.id}", words), speech.say("Claim")
        case "incident":
            link, kind = Link(f"/incidents/{task.id}", label), speech.say("Incident")
        case "document":
            link, kind = Link(f"/documents/{task.id}", label), speech.say("Document")
        case _:
            link, kind = Link(f"/history/{task.id}", speech.say("by {who}", who=label)), speech.say("Decision")
    return TaskRow(link, kind, reasons, len(task.reasons) - len(reasons), document)


def document_page(sheet: DocumentSheet, speech: Speech, *, claim: str, first: int) -> DocumentPage:
    """A document with its claims from the `first` on, or those around the one that is asked for."""
    every = (*sheet.claims, *sheet.suggestions)
    chosen = next((n for n, v in enumerate(every) if v.judged.id == claim), None)
    start = max(0, min(first - 1, len(every) - 1)) if chosen is None else chosen - chosen % MOST_ENTRIES
    shown = range(start, min(start + MOST_ENTRIES, len(every)))
    entries = tuple(entry_of(sheet, speech, n, current=n == chosen) for n in shown)
    text = sheet.document.reading.text
    markings = [_marking(v, n, speech, near=n in shown) for n, v in enumerate(every) if _stands(v, text)]
    before = f"?first={max(1, start + 1 - MOST_ENTRIES)}" if start else ""
    more = f"?first={shown.stop + 1}" if shown.stop < len(every) else ""
    return DocumentPage(sheet, highlighted(text, markings), entries, len(every), open_of(every), before, more)


def open_of(claims: Iterable[ClaimView]) -> int:
    """How many of these nobody has judged."""
    return sum(c.judged.state is ClaimState.PROPOSED and c.judged.stands for c in claims)


def entry_of(sheet: DocumentSheet, speech: Speech, n: int, *, current: bool = False) -> Entry:
    """The claim at position `n` of its document, from 0."""
    every = (*sheet.claims, *sheet.suggestions)
    view = every[n]
    return Entry(
        number=n + 1,
        view=view,
        amount=speech.words.amount(view.judged.claim.count),
        fields=_fields(speech, view),
        incidents=tuple(sheet.incidents[i] for i in view.incidents if i in sheet.incidents),
        stands=_stands(view, sheet.document.reading.text),
        suggested=n >= len(sheet.claims),
        current=current,
    )


def _stands(view: ClaimView, text: str) -> bool:
    return view.judged.source.quote.stands_in(text)


def _fields(speech: Speech, view: ClaimView) -> tuple[Field, ...]:
    now = _values(speech, view.judged.claim)
    read = now if view.judged.claim == view.judged.source else _values(speech, view.judged.source)
    return tuple(Field(key, now[key], None if now[key] == read[key] else read[key]) for key in now)


def _values(speech: Speech, claim: Claim) -> dict[str, Markup]:
    words = speech.words
    amount = words.amount(claim.count)
    return {
        "harm": words.label("harm", claim.harm),
        "count": words.quoted(claim.count.text, amount) if claim.count else amount,
        "group": words.group(claim.group),
        "place": words.place(claim.place),
        "period": words.period(claim.period),
        "attribution": words.attribution(claim.attribution),
        "perpetrator": words.perpetrator(claim.perpetrator),
    }


def _marking(view: ClaimView, n: int, speech: Speech, *, near: bool) -> Marking:
    source = view.judged.source
    return Marking(
        quote=(source.quote.start, source.quote.end),
        count=(source.count.start, source.count.end) if source.count else None,
        anchor=f"place-{n + 1}",
        note=str(n + 1),
        href=f"#claim-{n + 1}" if near else f"/claims/{view.judged.id}",
        label=str(speech.own.gettext("claim {number}")).format(number=n + 1),
        faded=view.judged.state is ClaimState.REJECTED or view.judged.replaced_by is not None,
    )


def incident_page(
    sheet: IncidentSheet, rulings: Sequence[RuledIncident], near: tuple[IncidentLine, ...], speech: Speech, rules: str
) -> IncidentPage:
    """An incident; figures are those under `rules`, or under the rule set of the record where that is none."""
    chosen = next((r for r in rulings if r.record.rules == rules), rulings[0])
    quotes = {id_: _quote(view, sheet.documents, speech) for id_, view in sheet.claims.items()}
    return IncidentPage(
        record=chosen.record,
        rulings=tuple(_ruled(r, chosen.record, sheet.record) for r in rulings),
        figures=tuple(_figure(f"figure-{n}", f, quotes) for n, f in enumerate(chosen.record.figures, 1)),
        voices=_voices(sheet, quotes),
        charts=tuple(chart(harm, sheet) for harm in _harms(sheet)),
        map=still_map(sheet),
        documents=tuple(sorted(sheet.documents.values(), key=lambda d: (d.metadata.published or "~", d.entry))),
        near=near,
        made=tuple(made_row(m, speech) for m in sheet.made),
        history=tuple(reversed(sheet.history)) if any(h.version.replaces for h in sheet.history) else (),
        rules=sheet.record.rules,
    )


def _ruled(ruled: RuledIncident, chosen: IncidentRecord, of_record: IncidentRecord) -> RuledRow:
    record = ruled.record
    return RuledRow(
        record.rules,
        ruled.about,
        str(record.grade),
        headline(record, Harm.KILLED),
        headline(record, Harm.WOUNDED),
        record.rules == chosen.rules,
        record.rules == of_record.rules,
    )


def _harms(sheet: IncidentSheet) -> list[str]:
    """The harms that some claim counts, the one counted most often first."""
    found: dict[str, int] = {}
    for view in sheet.claims.values():
        if view.judged.claim.count is not None and view.judged.counts:
            found[view.judged.claim.harm] = found.get(view.judged.claim.harm, 0) + 1
    return sorted(found, key=lambda h: (-found[h], h))


def _figure(anchor: str, figure: Figure, quotes: Mapping[str, Quote]) -> FigureRow:
    aside = tuple(replace(quotes[s.claim], reason=s.reason) for s in figure.set_aside if s.claim in quotes)
    return FigureRow(anchor, figure, tuple(quotes[c] for c in figure.claims if c in quotes), aside)


def _quote(view: ClaimView, documents: Mapping[str, DocumentLine], speech: Speech) -> Quote:
    source = view.judged.source
    words = source.quote.text
    at = (source.count.start - source.quote.start, source.count.end - source.quote.start) if source.count else (0, 0)
    start = max(0, min(at[0] - QUOTE_BEFORE, len(words) - LONGEST_QUOTE)) if len(words) > LONGEST_QUOTE else 0
    end = min(len(words), start + LONGEST_QUOTE)
    count = (max(at[0], start) - start, min(at[1], end) - start) if source.count else None
    marked = highlighted(words[start:end], [Marking((0, 0), count, faded=not view.judged.stands)])
    amount = speech.words.amount(view.judged.claim.count)
    return Quote(view, amount, marked, start > 0, end < len(words), documents[source.document])


def _voices(sheet: IncidentSheet, quotes: Mapping[str, Quote]) -> tuple[Voice, ...]:
    """The claims by voice, in the order in which they spoke; a repeat says nothing that its voice had not said."""
    grouped: dict[str, list[Quote]] = {}
    order = sorted(quotes.values(), key=lambda q: (q.document.metadata.published or "~", q.document.entry, _at(q)))
    for quote in order:
        origin = quote.view.origin
        grouped.setdefault(origin.voice if origin else "", []).append(quote)
    found = []
    for said in grouped.values():
        told: set[tuple[object, ...]] = set()
        first, repeats = list[Quote](), list[Quote]()
        for quote in said:
            claim = quote.view.judged.claim
            what = (claim.harm, claim.group.type, claim.group.subset, claim.count and claim.count.quantity)
            fresh = what not in told or quote.view.origin is None
            (first if fresh else repeats).append(quote)
            told.add(what)
        origin = said[0].view.origin
        found.append(
            Voice(
                origin.name or origin.voice if origin else "",
                origin.reason if origin else "",
                tuple(first),
                tuple(repeats),
            )
        )
    return tuple(found)


def _at(quote: Quote) -> int:
    source = quote.view.judged.source
    return (source.count or source.quote).start


def made_row(made: Made, speech: Speech) -> MadeRow:
    """A judgement with links to what it is about."""
    return MadeRow(made, tuple(_subject(made.judgement, n, s, speech) for n, s in enumerate(made.judgement.subjects)))


def _subject(judgement: Judgement, n: int, id_: str, speech: Speech) -> Link:
    kinds: dict[Matter, tuple[str, ...]] = {
        Matter.CLAIM: ("claims",),
        Matter.MEMBERSHIP: ("incidents", "things"),
        Matter.INCIDENT: ("incidents", "incidents"),
        Matter.PART: ("incidents", "incidents"),
        Matter.VOICE: ("things", "things"),
        Matter.SOURCE: ("documents",),
        Matter.SENSITIVITY: ("documents",),
        Matter.UNDO: ("history",),
    }
    kind = kinds.get(judgement.matter, ())
    words = isolated(id_[:12])
    return Link(f"/{kind[n]}/{id_}" if n < len(kind) else "", words)


def orphan_words(orphan: Orphan) -> str:
    """The words that an orphaned judgement was about, on one line."""
    return " ".join(orphan.was.split())[:LONGEST_QUOTE]


@dataclass(frozen=True, slots=True)
class CorrectingPage:
    """The form in which a claim's fields are set, filled with what stands."""

    view: ClaimView
    amount: Markup
    wanted: Wanted
    harms: tuple[Harm, ...]
    qualifiers: tuple[Qualifier, ...]
    groups: tuple[GroupType, ...]
    subsets: tuple[Subset, ...]
    kinds: tuple[AttributionKind, ...]
    stances: tuple[Stance, ...]


@dataclass(frozen=True, slots=True)
class PlacesPart:
    """The places of a name, to choose from."""

    name: str
    found: tuple[GazetteerEntry, ...]


def correcting_page(view: ClaimView, speech: Speech) -> CorrectingPage:
    """The form for a claim."""
    claim = view.judged.claim
    return CorrectingPage(
        view,
        speech.words.amount(claim.count),
        wanted_as_is(claim),
        tuple(Harm),
        tuple(Qualifier),
        tuple(GroupType),
        tuple(Subset),
        tuple(AttributionKind),
        tuple(Stance),
    )


@dataclass(frozen=True, slots=True)
class AddingPage:
    """The form for a claim that a person reads: its words, in their quote, and the number that they may be.

    `words_sent` are the words as JSON, in which no character that a form would change stands.
    """

    document: Document
    words: Span
    words_sent: str
    quote: Markup
    wanted: Wanted
    harms: tuple[Harm, ...]
    qualifiers: tuple[Qualifier, ...]
    groups: tuple[GroupType, ...]
    subsets: tuple[Subset, ...]
    kinds: tuple[AttributionKind, ...]
    stances: tuple[Stance, ...]


def adding_page(document: Document, start: int, end: int) -> AddingPage:
    """The form for the words [start, end) of a document; raises InputError where they cannot give a number."""
    text = document.reading.text
    words = Span(text[start:end], start, min(end, len(text))) if start < min(end, len(text)) else Span("", 0, 0)
    require_words(words)
    quote, number = quote_around(text, words.start, words.end), guessed(words.text)
    count = (words.start - quote.start, words.end - quote.start)
    wanted = Wanted(
        harm=Harm.KILLED,
        low=number,
        high=number,
        qualifier=Qualifier.EXACT if number is not None else Qualifier.VAGUE,
        group=GroupType.UNSPECIFIED,
        subset=Subset.ALL,
        start=None,
        end=None,
        source="",
        kind=AttributionKind.UNATTRIBUTED,
        perpetrator="",
        stance=Stance.ALLEGED,
    )
    lists = (tuple(Harm), tuple(Qualifier), tuple(GroupType), tuple(Subset), tuple(AttributionKind), tuple(Stance))
    marked = highlighted(quote.text, [Marking((0, len(quote.text)), count)])
    return AddingPage(document, words, json.dumps(words.text), marked, wanted, *lists)


def entry_part(sheet: DocumentSheet, speech: Speech, id_: str) -> EntryPart | None:
    """One claim of a document anew, `None` where it is of the record no more."""
    every = (*sheet.claims, *sheet.suggestions)
    n = next((n for n, view in enumerate(every) if view.judged.id == id_), None)
    if n is None:
        return None
    return EntryPart(entry_of(sheet, speech, n, current=True), sheet, open_of(every), len(every))
