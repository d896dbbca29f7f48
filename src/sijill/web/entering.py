"""Coming in, choosing a language, leaving."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from sijill.pipeline.speaking import SPOKEN
from sijill.web.gate import ENTRY, REFUSALS
from sijill.web.room import go, home, page, room_of, session_of

router = APIRouter()


@router.get(ENTRY + "{token}", response_class=HTMLResponse)
def enter(request: Request, token: str) -> Response:
    """Exchange the one-time token for a session.

    The page leads on by itself rather than by a redirect: a browser that came from another site, as from a mail, would
    not send a strict cookie along with that.
    """
    room = room_of(request)
    session = room.door.enter(token)
    if session is None:
        return Response(REFUSALS[401], 401, media_type="text/plain; charset=utf-8")
    answer = page(request, "entered", None)
    answer.set_cookie(room.cookie, session, httponly=True, samesite="strict", path="/")
    return answer


@router.post("/language")
def language(
    request: Request, language: Annotated[str, Form(max_length=10)], path: Annotated[str, Form(max_length=2000)] = "/"
) -> Response:
    """Choose the language of the workbench for as long as the session lasts."""
    session = session_of(request)
    if session is not None and language in SPOKEN:
        session.language = language
    return go(home(path))


@router.post("/leave")
def leave(request: Request) -> Response:
    """End the session; the token is spent, so that the server has to be started anew to come in again."""
    room = room_of(request)
    room.door.leave(request.cookies.get(room.cookie, ""))
    answer = Response(REFUSALS[401], 200, media_type="text/plain; charset=utf-8")
    answer.delete_cookie(room.cookie, path="/", httponly=True, samesite="strict")
    return answer
