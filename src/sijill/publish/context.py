"""What each page shows, put together from a case: one typed context per kind of page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sijill.core.claim import Claim, Harm, Subset
from sijill.core.incident import Figure, GroupScope, Incident, IncidentRecord
from sijill.core.period import Period
from sijill.core.state import ClaimState
from sijill.publish.highlight import Marking, highlighted
from sijill.publish.site import Page, Site
from sijill.publish.view import ClaimView, DocumentView, VersionView
from sijill.publish.wording import Wording

# How much of a quote a list shows; the whole of it stands on the document's page.
LONGEST_QUOTE = 700
QUOTE_BEFORE = 320


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a claim as it stands, and, where a person corrected it, as it was read."""

    key: str
    value: Markup
    was: Markup | None = None


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as a page shows it: its quote with the count marked, its fields, and where it stands.

    `fields` are empty where a list has no use for them. `reason` says why a figure set the claim aside, "" where it did
    not. `cut_before` and `cut_after` tell whether the quote is longer than shown, `stands` whether its words are in the
    text that the document's page shows.
    """

    view: ClaimView
    document: DocumentView
    number: int
    amount: Markup
    quote: Markup
    cut_before: bool
    cut_after: bool
    fields: tuple[Field, ...]
    stands: bool
    reason: str = ""

    @property
    def id(self) -> str:
        """The claim's id."""
        return self.view.judged.id

    @property
    def other_voice(self) -> str:
        """The voice behind the claim, where that is not the source that it names; else ""."""
        named = self.view.judged.claim.attribution
        name = self.view.origin.name if self.view.origin else ""
        return "" if named and named.source == name else name

    @property
    def corrections(self) -> tuple[Field, ...]:
        """The fields that a person changed."""
        return tuple(f for f in self.fields if f.was is not None)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure with the claims that it rests on and those set aside."""

    anchor: str
    figure: Figure
    used: tuple[ClaimRow, ...]
    aside: tuple[ClaimRow, ...]


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident as the overview lists it; `killed` and `wounded` are its figures for all, or else by group."""

    record: IncidentRecord
    killed: tuple[Figure, ...]
    wounded: tuple[Figure, ...]
    voices: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The case on one page."""

    incidents: tuple[IncidentRow, ...]
    documents: tuple[DocumentView, ...]
    unread: tuple[DocumentView, ...]
    noted: tuple[DocumentView, ...]
    unlinked: tuple[ClaimRow, ...]
    voices: int
    judged: int


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """One incident; `unfigured` are its claims that no figure speaks of, as those without a number.

    `history` is how its figures stood and what changed them, the newest first, once one of them changed.
    """

    record: IncidentRecord
    figures: tuple[FigureRow, ...]
    unfigured: tuple[ClaimRow, ...]
    documents: tuple[DocumentView, ...]
    voices: int
    history: tuple[VersionView, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One document; `text` has every claim marked."""

    shown: DocumentView
    text: Markup
    claims: tuple[ClaimRow, ...]


def overview(site: Site, wording: Wording) -> Overview:
    """The overview: incidents by day, documents by the day that they were published."""
    view = site.view
    documents = tuple(sorted(view.documents, key=_published))
    return Overview(
        incidents=tuple(_incident_row(site, r) for r in sorted(view.incidents, key=lambda r: _by_day(r.incident))),
        documents=documents,
        unread=tuple(d for d in documents if d.read_by is None),
        noted=tuple(d for d in documents if d.document.reading.notes),
        unlinked=tuple(claim_row(site, wording, c) for c in view.unlinked),
        voices=_voices(view.claims.values()),
        judged=sum(c.judgement is not None and c.judgement.human for c in view.claims.values()),
    )


def incident_page(site: Site, wording: Wording, record: IncidentRecord) -> IncidentPage:
    """An incident's page; claims keep the order that the figure gives them."""
    figures = tuple(_figure_row(site, wording, n, f) for n, f in enumerate(record.figures, start=1))
    shown = {row.id for f in figures for row in (*f.used, *f.aside)}
    return IncidentPage(
        record=record,
        figures=figures,
        unfigured=tuple(claim_row(site, wording, c) for c in record.incident.claims if c not in shown),
        documents=tuple(sorted((site.documents[d] for d in record.incident.documents), key=_published)),
        voices=_incident_voices(site, record),
        history=_history(site.view.history.get(record.incident.id, ())),
    )


def _history(versions: Sequence[VersionView]) -> tuple[VersionView, ...]:
    """The versions of an incident's figures, the newest first; none while each figure stands as it first did."""
    changed = any(v.version.replaces is not None for v in versions)
    return tuple(reversed(versions)) if changed else ()


def document_page(site: Site, wording: Wording, page: Page, shown: DocumentView) -> DocumentPage:
    """A document's page; claims in the order in which they stand in the text."""
    ids = sorted(shown.claims, key=site.number.__getitem__)
    rows = tuple(claim_row(site, wording, c, detailed=True) for c in ids)
    markings = [_marking(site, wording, page, row) for row in rows if row.stands]
    return DocumentPage(shown, highlighted(shown.document.reading.text, markings), rows)


def claim_row(site: Site, wording: Wording, id: str, *, reason: str = "", detailed: bool = False) -> ClaimRow:
    """A claim with the words of its source and its meaning as it stands; `detailed` with all of its fields."""
    view = site.view.claims[id]
    source = view.judged.source
    words = source.quote.text
    at = (source.count.start - source.quote.start, source.count.end - source.quote.start) if source.count else (0, 0)
    start, end = _window(len(words), at)
    count = (max(at[0], start) - start, min(at[1], end) - start) if source.count else None
    faded = _faded(view)
    return ClaimRow(
        view=view,
        document=site.documents[source.document],
        number=site.number[id],
        amount=wording.amount(view.judged.claim.count),
        quote=highlighted(words[start:end], [Marking((0, 0), count, faded=faded)]),
        cut_before=start > 0,
        cut_after=end < len(words),
        fields=_fields(wording, view) if detailed or view.judged.claim != source else (),
        stands=site.stands[id],
        reason=reason,
    )


def headline(record: IncidentRecord, harm: Harm) -> tuple[Figure, ...]:
    """The figures that a list shows for a harm: the one that counts everybody, or else each group's; never a sum."""
    whole = tuple(f for f in record.figures if f.scope.harm is harm and f.scope.subset is Subset.ALL)
    return tuple(f for f in whole if f.scope.group is GroupScope.ALL) or whole


def _incident_row(site: Site, record: IncidentRecord) -> IncidentRow:
    killed, wounded = headline(record, Harm.KILLED), headline(record, Harm.WOUNDED)
    return IncidentRow(record, killed, wounded, _incident_voices(site, record))


def _figure_row(site: Site, wording: Wording, number: int, figure: Figure) -> FigureRow:
    return FigureRow(
        anchor=f"figure-{number}",
        figure=figure,
        used=tuple(claim_row(site, wording, c) for c in figure.claims),
        aside=tuple(claim_row(site, wording, s.claim, reason=s.reason) for s in figure.set_aside),
    )


def _fields(wording: Wording, view: ClaimView) -> tuple[Field, ...]:
    now = _values(wording, view.judged.claim)
    read = now if view.judged.claim == view.judged.source else _values(wording, view.judged.source)
    return tuple(Field(key, now[key], None if now[key] == read[key] else read[key]) for key in now)


def _values(wording: Wording, claim: Claim) -> dict[str, Markup]:
    amount = wording.amount(claim.count)
    return {
        "harm": wording.label("harm", claim.harm),
        "count": wording.quoted(claim.count.text, amount) if claim.count else amount,
        "group": wording.group(claim.group),
        "place": wording.place(claim.place),
        "period": wording.period(claim.period),
        "attribution": wording.attribution(claim.attribution),
        "perpetrator": wording.perpetrator(claim.perpetrator),
    }


def _marking(site: Site, wording: Wording, page: Page, row: ClaimRow) -> Marking:
    source = row.view.judged.source
    return Marking(
        quote=(source.quote.start, source.quote.end),
        count=(source.count.start, source.count.end) if source.count else None,
        anchor=site.in_text(row.id),
        note=f"{row.number}",
        href=page.to(page.name, site.in_list(row.id)),
        label=wording.catalogue.plain("claim.numbered", number=row.number),
        faded=_faded(row.view),
    )


def _faded(view: ClaimView) -> bool:
    """Whether a person said that the words do not say this, or confirmed another reading of them."""
    return view.judged.state is ClaimState.REJECTED or view.judged.replaced_by is not None


def _window(length: int, at: tuple[int, int]) -> tuple[int, int]:
    """The part of a quote that a list shows, around its count."""
    if length <= LONGEST_QUOTE:
        return 0, length
    start = max(0, min(at[0] - QUOTE_BEFORE, length - LONGEST_QUOTE))
    return start, start + LONGEST_QUOTE


def _incident_voices(site: Site, record: IncidentRecord) -> int:
    return _voices(site.view.claims[c] for c in record.incident.claims)


def _voices(claims: Iterable[ClaimView]) -> int:
    return len({c.origin.voice for c in claims if c.origin and c.judged.counts})


def _by_day(incident: Incident) -> tuple[bool, str, str, str]:
    period = incident.period or Period("", None, None, 5)
    day = period.start or period.end
    return day is None, day.isoformat() if day else "", incident.label, incident.id


def _published(shown: DocumentView) -> tuple[bool, str, str, str]:
    published = shown.document.metadata.published
    return published is None, published or "", shown.document.label, shown.document.id
