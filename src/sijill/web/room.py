"""What a request works with: the desk, its session, the language of its reader, and how its page leaves."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from sijill.web.desk import Desk
from sijill.web.door import Door, Session
from sijill.web.printing import Frame, printed
from sijill.web.speech import Speech, preferred, speech

PAGE = 50


@dataclass(frozen=True, slots=True)
class Room:
    """The workbench as requests find it."""

    desk: Desk
    door: Door
    cookie: str


def room_of(request: Request) -> Room:
    """The room that a request came into."""
    room: Room = request.app.state.room
    return room


def session_of(request: Request) -> Session | None:
    """The session of a request; the gate lets none without one in, but to what is open."""
    session: Session | None = request.state.session
    return session


def speech_of(request: Request) -> Speech:
    """The language that the reader chose, else the one that the browser asks for."""
    session = session_of(request)
    if session is not None and session.language is not None:
        return speech(session.language)
    return speech(preferred(request.headers.get("accept-language", "")))


def frame_of(request: Request) -> Frame:
    """What stands around the page that answers this request."""
    room, session = room_of(request), session_of(request)
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    return Frame(
        speech_of(request),
        room.desk.case.name,
        room.desk.by,
        quote(request.url.path) + query,
        session.csrf if session else "",
        room.desk.freshness,
        room.desk.trouble,
        room.desk.case.access.keys is not None,
    )


def page(request: Request, template: str, it: object, *, status: int = 200) -> HTMLResponse:
    """A page, or a part of one."""
    return HTMLResponse(printed(template, frame_of(request), it), status)


def swapping(request: Request) -> bool:
    """Whether a script asks, for a part of a page; else a browser does, for a whole one."""
    return request.headers.get("hx-request") == "true"


def go(path: str) -> Response:
    """Lead on to a page of ours, after a change."""
    return RedirectResponse(path, 303)


def home(path: str) -> str:
    """`path`, if it is one of ours; "/" for anything that could lead to another host.

    >>> home("/documents?after=3"), home("//hostile.example"), home("https://hostile.example"), home("/\\\\hostile")
    ('/documents?after=3', '/', '/', '/')
    """
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if ours else "/"
