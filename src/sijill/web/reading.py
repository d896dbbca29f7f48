"""The pages that only show: each parses its address, asks the pipeline, and prints."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from sijill.core.errors import UnknownId
from sijill.core.state import ClaimState
from sijill.pipeline import examining
from sijill.store import pages, reads
from sijill.web import showing
from sijill.web.room import PAGE, go, page, room_of, speech_of

router = APIRouter()

NEAR = 8
Named = Annotated[str, Path(min_length=1, max_length=100)]
After = Annotated[str, Query(max_length=100)]
Entry = Annotated[int | None, Query(ge=0, le=2**53)]


@router.get("/", response_class=HTMLResponse)
def queue(request: Request, after: After = "") -> Response:
    """The overview, and what most needs a look."""
    desk = room_of(request).desk
    with desk.reading() as connection:
        survey = desk.survey(connection)
        tasks = survey.tasks_after(after, showing.QUEUE + 1)
        lines = pages.document_lines_of(connection, {t.document for t in tasks if t.document})
    return page(request, "queue", showing.queue_page(survey, tasks, lines, speech_of(request), first=not after))


@router.get("/documents", response_class=HTMLResponse)
def documents(request: Request, before: Entry = None) -> Response:
    """The documents, the last added first."""
    with room_of(request).desk.reading() as connection:
        lines = pages.document_lines(connection, before=before, limit=PAGE + 1)
        claims, _ = pages.judged_claims_of(connection, [line.id for line in lines[:PAGE]])
    held: dict[str, tuple[int, int]] = {}
    for claim in claims.values():
        total, waiting = held.get(claim.source.document, (0, 0))
        held[claim.source.document] = (total + 1, waiting + (claim.state is ClaimState.PROPOSED and claim.stands))
    rows = tuple((line, *held.get(line.id, (0, 0))) for line in lines[:PAGE])
    after = lines[PAGE - 1].entry if len(lines) > PAGE else None
    return page(request, "documents", showing.DocumentsPage(rows, after, before is None))


@router.get("/documents/{id_}", response_class=HTMLResponse)
def document(
    request: Request, id_: Named, claim: After = "", first: Annotated[int, Query(ge=1, le=10**6)] = 1
) -> Response:
    """A document beside its claims."""
    desk = room_of(request).desk
    with desk.reading() as connection:
        near = desk.survey(connection).of_document.get(id_, ())
        sheet = examining.document_sheet(connection, id_, near)
    return page(request, "document", showing.document_page(sheet, speech_of(request), claim=claim, first=first))


@router.get("/claims/{id_}")
def claim(request: Request, id_: Named) -> Response:
    """Lead to a claim in its document."""
    with room_of(request).desk.reading() as connection:
        held = reads.claims_by_id(connection, [id_]).get(id_)
    if held is None:
        raise UnknownId(f"no claim {id_[:16]}")
    return go(f"/documents/{held.document}?claim={id_}")


@router.get("/things/{id_}")
def thing(request: Request, id_: Named) -> Response:
    """Lead to what an id of a link names: a claim, or a document."""
    with room_of(request).desk.reading() as connection:
        kind, whole = reads.find(connection, id_)
    where = {"claim": "claims", "document": "documents", "incident": "incidents"}.get(kind, "history")
    return go(f"/{where}/{whole}")


@router.get("/incidents", response_class=HTMLResponse)
def incidents(request: Request, after: After = "") -> Response:
    """The incidents, by day."""
    desk = room_of(request).desk
    with desk.reading() as connection:
        survey = desk.survey(connection)
    lines = survey.incidents_after(after, PAGE + 1)
    following = lines[PAGE - 1].id if len(lines) > PAGE else ""
    return page(request, "incidents", showing.IncidentsPage(lines[:PAGE], following, not after))


@router.get("/incidents/{id_}", response_class=HTMLResponse)
def incident(request: Request, id_: Named, rules: After = "") -> Response:
    """An incident; an id that was given up leads to where its claims are now."""
    desk = room_of(request).desk
    with desk.reading() as connection:
        survey = desk.survey(connection)
        if (heir := survey.merged.get(id_)) is not None and heir != id_:
            return go(f"/incidents/{heir}")
        sheet = examining.incident_sheet(connection, id_)
        rulings = examining.under_every_rule_set(desk.case, connection, sheet)
    shown = showing.incident_page(sheet, rulings, survey.near(id_, NEAR), speech_of(request), rules)
    return page(request, "incident", shown)


@router.get("/history", response_class=HTMLResponse)
def history(request: Request, before: Entry = None) -> Response:
    """What people decided, the last first."""
    with room_of(request).desk.reading() as connection:
        made = pages.judgements_made(connection, before=before, limit=PAGE + 1)
    rows = tuple(showing.made_row(m, speech_of(request)) for m in made[:PAGE])
    after = made[PAGE - 1].position if len(made) > PAGE else None
    return page(request, "history", showing.HistoryPage(rows, after, before is None, ""))


@router.get("/history/{id_}", response_class=HTMLResponse)
def history_of(request: Request, id_: Named) -> Response:
    """What people decided about one thing, or one decision and what became of it."""
    with room_of(request).desk.reading() as connection:
        about = pages.made_about(connection, [id_])
        itself = pages.judgements_named(connection, [id_])
        if itself:
            about = pages.made_about(connection, itself[id_].subjects)
    rows = tuple(showing.made_row(m, speech_of(request)) for m in about if m.judgement.human)
    return page(request, "history", showing.HistoryPage(rows, None, True, id_))


@router.get("/freshness", response_class=HTMLResponse)
def freshness(request: Request) -> Response:
    """The line that says whether figures follow from every judgement, to be asked for again while they do not."""
    return page(request, "freshness", None)
