"""Nothing is reached past the gate: a matrix over every route that there is, so that none can be forgotten."""

import asyncio
import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

from sijill.web.app import PARTS, inner
from sijill.web.gate import CHANGING, MOST_BODY, OPEN, READING, Gate
from tests.web.conftest import HOST, PORT, Bench

FORM = "application/x-www-form-urlencoded"


def addresses(bench: Bench) -> list[tuple[str, str]]:
    """Every method and path of the application, with something in the place of each parameter."""
    found, left = [], [part.router for part in PARTS]
    for route in inner(bench.desk, bench.door, port=PORT).routes:
        if isinstance(route, Mount):
            found.append(("GET", f"{route.path}/workbench.js"))
        else:
            left.remove(getattr(route, "original_router", None))  # A route of its own would be in no part.
    assert not left
    for part in PARTS:
        for route in part.router.routes:
            assert isinstance(route, APIRoute), f"{route}: what kind of route is this?"
            path = re.sub(r"\{[^}]*\}", "a" * 64, route.path)
            found += [(method, path) for method in route.methods]
    return found


def test_every_route_is_of_a_known_kind(reading: Bench) -> None:
    found = addresses(reading)
    assert len(found) >= 18
    assert {method for method, _ in found} <= READING | CHANGING
    assert {p for m, p in found if p.startswith(OPEN) and m in CHANGING} == set()


REFUSED: list[tuple[str, int, dict[str, str]]] = [
    ("no session", 401, {"cookie": ""}),
    ("wrong session", 401, {"cookie": f"sijill-{PORT}=wrong"}),
    ("malformed cookie", 401, {"cookie": "\x7f;;;=="}),
    ("session of another port", 401, {"cookie": "sijill-1=wrong"}),
    ("other host", 421, {"host": "hostile.example"}),
    ("other port", 421, {"host": "127.0.0.1:1"}),
    ("no host", 421, {"host": ""}),
    ("another machine's name", 421, {"host": f"localhost.hostile.example:{PORT}"}),
]
UNCHANGED: list[tuple[str, int, dict[str, str], str]] = [
    ("no token", 403, {}, "decision=accept"),
    ("wrong token", 403, {}, "csrf=wrong"),
    ("two tokens", 403, {}, "csrf={csrf}&csrf={csrf}"),
    ("token of somebody else", 403, {}, "csrf=" + "A" * 43),
    ("other origin", 403, {"origin": "http://hostile.example"}, "csrf={csrf}"),
    ("origin of another port", 403, {"origin": "http://127.0.0.1:1"}, "csrf={csrf}"),
    ("null origin", 403, {"origin": "null"}, "csrf={csrf}"),
    ("from another site", 403, {"sec-fetch-site": "cross-site"}, "csrf={csrf}"),
    ("from another port", 403, {"sec-fetch-site": "same-site"}, "csrf={csrf}"),
    ("JSON", 415, {"content-type": "application/json"}, '{"csrf": "{csrf}"}'),
    ("plain text", 415, {"content-type": "text/plain"}, "csrf={csrf}"),
    ("no type", 415, {"content-type": ""}, "csrf={csrf}"),
    ("too large", 413, {}, "csrf={csrf}&reason=" + "x" * MOST_BODY),
    ("too many fields", 400, {}, "csrf={csrf}" + "&a=b" * 500),
    ("no text", 400, {}, "csrf={csrf}&a=\udcff"),
]


@pytest.mark.parametrize(("status", "headers"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_no_route_answers_a_stranger(reading: Bench, status: int, headers: dict[str, str]) -> None:
    for method, path in addresses(reading):
        body = f"csrf={reading.session.csrf}".encode() if method in CHANGING else b""
        answer = reading.client.ask(method, path, body=body, headers={"content-type": FORM, **headers})
        open_to_all = status == 401 and path.startswith("/static/")
        assert answer.status == (200 if open_to_all else status), (method, path)


@pytest.mark.parametrize(("status", "headers", "body"), [u[1:] for u in UNCHANGED], ids=[u[0] for u in UNCHANGED])
def test_no_route_is_changed_from_elsewhere(reading: Bench, status: int, headers: dict[str, str], body: str) -> None:
    data = body.replace("{csrf}", reading.session.csrf).encode("utf-8", "surrogateescape")
    changing = [(m, p) for m, p in addresses(reading) if m in CHANGING]
    assert len(changing) >= 6
    for method, path in changing:
        answer = reading.client.ask(method, path, body=data, headers={"content-type": FORM, **headers})
        assert answer.status == status, (method, path)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_other_methods_are_refused(reading: Bench, method: str) -> None:
    assert reading.client.ask(method, "/").status == 405


@pytest.mark.parametrize(
    "path", ["/static/nothing.js", "/static/", "/static/../app.py", "/enter/", "/enter/a/b", "/enter/wrong"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_stranger_learns_no_name(reading: Bench, method: str, path: str) -> None:
    answer = reading.client.ask(method, path, headers={"cookie": ""})
    assert answer.status in {401, 404, 405}
    assert answer.headers["content-type"].startswith("text/plain")
    for name in (reading.desk.by, reading.desk.case.name, "<html"):
        assert name not in answer.text
    if path != "/enter/wrong":  # Who is in is told on a page of the workbench.
        assert "<html" in reading.client.ask("GET", path).text


def test_every_answer_carries_the_headers(reading: Bench) -> None:
    for method, path in [*addresses(reading), ("GET", "/nowhere"), ("PUT", "/")]:
        answer = reading.client.ask(method, path, headers={"host": HOST})
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "data:" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_page_holds_script_or_style_of_its_own(reading: Bench) -> None:
    documents = re.findall(r"/documents/[0-9a-f]{64}", reading.get("/documents").text)
    incidents = re.findall(r"/incidents/\w+", reading.get("/incidents").text)
    for path in ["/", "/documents", "/incidents", "/history", documents[0], incidents[0]]:
        text = reading.get(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=\"/static/)", text), path
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text), path


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/", "/static"]
)
def test_files_are_served_from_one_folder(reading: Bench, path: str) -> None:
    assert reading.client.get(path).status in (401, 404, 405, 307)
    assert "import" not in reading.client.get(path).text


def test_web_sockets_are_closed(reading: Bench) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    app = reading.client.app
    assert isinstance(app, Gate)
    asyncio.run(app({"type": "websocket", "path": "/", "headers": []}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_body_that_breaks_off_changes_nothing(reading: Bench) -> None:
    sent: list[Any] = []
    cookie = "; ".join(f"{k}={v}" for k, v in reading.client.cookies.items())
    headers = [(b"host", HOST.encode()), (b"cookie", cookie.encode()), (b"content-type", FORM.encode())]
    messages = [{"type": "http.request", "body": b"csrf=", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/leave", "headers": headers, "query_string": b""}
    asyncio.run(reading.client.app(scope, receive, send))
    assert sent[0]["status"] == 400
    assert reading.get("/history").status == 200


def test_nothing_is_reported_to_a_collector(reading: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    app = inner(reading.desk, reading.door, port=PORT)
    assert not app._native_telemetry.enabled()
    assert app._telemetry["auto_configure"] is False
    assert not [r for r in app.routes if getattr(r, "path", "") in ("/docs", "/redoc", "/openapi.json")]
