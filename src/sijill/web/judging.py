"""What people decide: each a row by who works here, with the reason given; figures follow in the background."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from sijill.core.claim import AttributionKind, GroupType, Harm, Span, Stance, Subset
from sijill.core.errors import InputError, InvalidRecord
from sijill.core.judgement import Change, Decision
from sijill.core.place import Place
from sijill.core.quantity import Qualifier
from sijill.core.state import ClaimState
from sijill.pipeline import adding, correcting, decisions, examining
from sijill.store import reads
from sijill.store.writer import Writer
from sijill.web import showing
from sijill.web.desk import Desk
from sijill.web.reading import Named
from sijill.web.room import go, home, page, room_of, speech_of, swapping

router = APIRouter()

Why = Annotated[str, Form(alias="reason", max_length=2000)]
Words = Annotated[str, Field(max_length=500)]
Whole = Annotated[str, Field(pattern=r"^\s*[0-9]{0,15}\s*$")]
At = Annotated[int, Query(ge=0, le=2**31)]
Day = Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]


class Correction(BaseModel):
    """A claim's fields as a person sets them in the form; what is left empty is not known."""

    model_config = ConfigDict(extra="ignore")

    harm: Harm
    low: Whole = ""
    high: Whole = ""
    qualifier: Qualifier = Qualifier.VAGUE
    group: GroupType
    subset: Subset = Subset.ALL
    place_name: Words = ""
    place: Words = ""
    start: Day = ""
    end: Day = ""
    source: Words = ""
    kind: AttributionKind
    perpetrator: Words = ""
    stance: Stance = Stance.ALLEGED
    reason: Annotated[str, Field(max_length=2000)] = ""

    def wanted(self, place: Place | None) -> correcting.Wanted:
        """As the pipeline takes it."""
        return correcting.Wanted(
            harm=self.harm,
            low=_whole(self.low),
            high=_whole(self.high),
            qualifier=self.qualifier,
            group=self.group,
            subset=self.subset,
            start=_day(self.start),
            end=_day(self.end),
            source=self.source.strip(),
            kind=self.kind,
            perpetrator=self.perpetrator.strip(),
            stance=self.stance,
            place=place,
        )


class Addition(Correction):
    """A claim that a person reads: the words that give its number, [start, end) in the document's text, and its fields.

    `words` are those that stood there when they were selected, to see that they still do.
    """

    words_start: Annotated[int, Field(ge=0, le=2**31)]
    words_end: Annotated[int, Field(ge=0, le=2**31)]
    words: Annotated[str, Field(max_length=1000)]


def _whole(text: str) -> int | None:
    return int(text) if text.strip() else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as err:
        raise InvalidRecord(f"{text} is no day") from err


@router.post("/claims/{id_}/judge")
def judge_claim(
    request: Request, id_: Named, decision: Annotated[Literal["accept", "reject"], Form()], reason: Why = ""
) -> Response:
    """Accept or reject a claim; raises InputError where a corrected one would be accepted.

    To accept says that the claim was read rightly, so that it would throw the correction away.
    """
    return _judged(request, id_, Decision(decision), reason)


@router.get("/claims/{id_}/correct", response_class=HTMLResponse)
def correct_form(request: Request, id_: Named) -> Response:
    """The form in which a claim's fields are set."""
    with room_of(request).desk.reading() as connection:
        view = examining.claim_view(connection, id_, ())
    shown = showing.correcting_page(view, speech_of(request))
    return page(request, "correct_part" if swapping(request) else "correct", shown)


@router.post("/claims/{id_}/correct")
def correct(request: Request, id_: Named, form: Annotated[Correction, Form()]) -> Response:
    """Set a claim's fields; raises InputError where nothing differs from what stands."""
    desk = room_of(request).desk
    with desk.reading() as connection:
        view = examining.claim_view(connection, id_, ())
    standing = view.judged.claim.place
    place = correcting.place_chosen(desk.case, form.place_name, form.place) if form.place else standing
    earlier = view.judgement.changes if view.judgement else ()
    changes = correcting.changes_to(view.judged.source, form.wanted(place), earlier)
    if not changes:
        raise InputError(
            "nothing differs from what was read",
            hint="to say that it was read rightly, accept the claim instead, once a correction of it is taken back",
        )
    return _judged(request, id_, Decision.CORRECT, form.reason, changes)


@router.get("/documents/{id_}/add", response_class=HTMLResponse)
def add_form(request: Request, id_: Named, start: At, end: At) -> Response:
    """The form for a claim that a person reads at these words."""
    with room_of(request).desk.reading() as connection:
        document = reads.document(connection, id_)
    return page(request, "add", showing.adding_page(document, start, end))


@router.post("/documents/{id_}/claims")
def add(request: Request, id_: Named, form: Annotated[Addition, Form()]) -> Response:
    """Keep a claim that a person reads; it is accepted with that."""
    desk = room_of(request).desk
    place = correcting.place_chosen(desk.case, form.place_name, form.place) if form.place else None
    try:
        words = Span(json.loads(form.words), form.words_start, form.words_end)
    except (ValueError, TypeError) as err:
        raise InvalidRecord("the selected words did not arrive whole", hint="select them again") from err
    wanted = form.wanted(place)
    made = desk.write(lambda w: adding.add_claim(desk.case, w, id_, words, wanted, reason=form.reason))
    return go(f"/claims/{made}")


@router.get("/places", response_class=HTMLResponse)
def places(request: Request, place_name: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The places of a name, to choose from."""
    found = correcting.places_named(room_of(request).desk.case, place_name)
    return page(request, "places", showing.PlacesPart(place_name, found))


@router.post("/judgements/{id_}/undo")
def undo(
    request: Request,
    id_: Named,
    reason: Why = "",
    claim: Annotated[str, Form(max_length=100)] = "",
    path: Annotated[str, Form(max_length=2000)] = "/history",
) -> Response:
    """Take back a decision, by a row; then show the claim anew that it was about, or the page that one came from."""
    desk = room_of(request).desk
    desk.write(lambda writer: decisions.undo(desk.case, writer, id_, reason=reason))
    return _shown(request, claim) if claim else go(home(path))


@router.post("/incidents/{id_}/judge")
def judge_incident(
    request: Request,
    id_: Named,
    decision: Annotated[Literal["same", "different"], Form()],
    other: Annotated[list[str], Form(max_length=200)],
    reason: Why = "",
) -> Response:
    """Say of other incidents, or of claims, that they are or are not this incident: one row for each."""
    desk = room_of(request).desk
    others = tuple(dict.fromkeys(other))
    with desk.reading() as connection:
        for name in (id_, *others):  # All or none: nothing is written where one of them is nothing.
            reads.find(connection, name)
    desk.write(
        lambda writer: [decisions.judge(desk.case, writer, Decision(decision), [id_, o], reason=reason) for o in others]
    )
    return go(f"/incidents/{id_}")


def _judged(request: Request, id_: str, decision: Decision, reason: str, changes: tuple[Change, ...] = ()) -> Response:
    desk = room_of(request).desk

    def act(writer: Writer) -> None:
        if decision is Decision.ACCEPT:
            _require_uncorrected(desk, id_)
        decisions.judge(desk.case, writer, decision, [id_], reason=reason, changes=changes)

    desk.write(act)
    return _shown(request, id_)


def _require_uncorrected(desk: Desk, id_: str) -> None:
    with desk.reading() as connection:
        state = examining.claim_view(connection, id_, ()).judged.state
    if state is ClaimState.CORRECTED:
        raise InputError(
            "this claim was corrected, and to accept it would bring back what was read; nothing was changed",
            hint="leave it if the correction is right; else take the correction back, or correct it again",
        )


def _shown(request: Request, id_: str) -> Response:
    """The claim as it stands now: by itself for a script, on its document's page for a browser.

    One that is of the record no more, as a claim that a person added and took back, is gone from the page.
    """
    if not swapping(request):
        return go(f"/claims/{id_}")
    desk = room_of(request).desk
    with desk.reading() as connection:
        near = desk.survey(connection).of_document
        document = reads.claims_by_id(connection, [id_])[id_].document
        sheet = examining.document_sheet(connection, document, near.get(document, ()))
    part = showing.entry_part(sheet, speech_of(request), id_)
    if part is None:
        return Response("", headers={"HX-Refresh": "true"})
    return page(request, "entry_part", part)
