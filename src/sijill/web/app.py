"""The application: its routes, how errors look, and the gate in front of all of it."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from sijill.core.errors import CaseError, InputError, SijillError, UnknownId
from sijill.web import entering, judging, reading
from sijill.web.desk import Desk
from sijill.web.door import Door
from sijill.web.gate import NO_SUCH_PAGE, REFUSALS, Gate, cookie_name
from sijill.web.room import Room, page, session_of, speech_of
from sijill.web.showing import Fault
from sijill.web.speech import remark

PARTS = (entering, reading, judging)
SCRIPT, STYLE, WORLD = "workbench.js", "workbench.css", "world.json"
# FastAPI would report to whatever collector the environment names.
SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def application(desk: Desk, door: Door, *, port: int) -> Gate:
    """The workbench on a desk, behind its gate, as served at that port of this machine.

    Raises InputError where its scripts and styles were not built.
    """
    return Gate(inner(desk, door, port=port), door, port=port)


def inner(desk: Desk, door: Door, *, port: int) -> FastAPI:
    """The routes without the gate, for `application` and for tests that go through the list of routes."""
    static = files("sijill.web").joinpath("static")
    if not all(static.joinpath(name).is_file() for name in (SCRIPT, STYLE, WORLD)):
        raise InputError(
            "the workbench has no scripts and styles: it was not built", hint="run `make assets` beside pyproject.toml"
        )
    # No pages about the API: they load their scripts from another host.
    app = FastAPI(title="Sijill", openapi_url=None, docs_url=None, redoc_url=None, telemetry=SILENT)
    app.state.room = Room(desk, door, cookie_name(port))
    for part in PARTS:
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    app.add_exception_handler(SijillError, _told)
    app.add_exception_handler(HTTPException, _none_such)
    app.add_exception_handler(RequestValidationError, _malformed)
    return app


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, SijillError)
    match error:
        case UnknownId():
            status = 404
        case InputError():
            status = 422
        case CaseError():
            status = 409
        case _:
            status = 507
    return _fault(request, Fault(remark(error.message), remark(error.hint)), status)


def _none_such(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _fault(request, Fault(speech_of(request).say("There is no such page.")), error.status_code)


def _malformed(request: Request, error: Exception) -> Response:
    told = speech_of(request).say("A field of this form is missing or malformed; nothing was changed.")
    return _fault(request, Fault(told), 400)


def _fault(request: Request, fault: Fault, status: int) -> Response:
    """The page that says what went wrong; a stranger gets bare words, as every page names the case and who works."""
    if session_of(request) is None:
        return PlainTextResponse(REFUSALS.get(status, NO_SUCH_PAGE), status)
    return page(request, "fault", fault, status=status)
