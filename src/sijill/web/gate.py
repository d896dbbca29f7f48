"""What every request passes before a page sees it: host, session, origin, size; and the headers of every answer.

All that is not listed as open here needs a session, and all that may change something needs the session's token
besides, so that a page that is added later is closed until somebody opens it.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from sijill.web.door import Door, Session

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

READING = frozenset({"GET", "HEAD"})
CHANGING = frozenset({"POST"})
FORM = b"application/x-www-form-urlencoded"
MOST_BODY = 1_000_000
MOST_FIELDS = 200
ENTRY = "/enter/"
OPEN = (ENTRY, "/static/")
TOKEN_FIELD = "csrf"  # noqa: S105 -- the name of a field, not what it holds

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),  # With none at all, a browser calls the origin of its own forms null.
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cache-control", b"no-store"),
)
NO_SUCH_PAGE = "There is no such page.\nلا توجد صفحة كهذه.\nCette page n’existe pas."
REFUSALS = {
    400: "This request cannot be understood.\nلا يمكن فهم هذا الطلب.\nCette demande n’est pas compréhensible.",
    401: "Open the address that `sijill serve` printed; it lets one browser in, once.\n"
    "افتح العنوان الذي طبعه `sijill serve`؛ وهو يُدخل متصفحًا واحدًا، مرة واحدة.\n"
    "Ouvrez l’adresse que `sijill serve` a affichée ; elle laisse entrer un navigateur, une seule fois.",
    403: "This did not come from a page of the workbench, so nothing was changed. Load the page again.\n"
    "لم يأتِ هذا من إحدى صفحات المنضدة، فلم يتغير شيء. أعد تحميل الصفحة.\n"
    "Ceci ne venait pas d’une page de l’atelier : rien n’a été changé. Rechargez la page.",
    405: "The workbench does not know this method.\n"
    "لا تعرف المنضدة هذه الطريقة.\nL’atelier ne connaît pas cette méthode.",
    413: "This is too large.\nهذا أكبر مما يُقبل.\nC’est trop volumineux.",
    415: "The workbench takes forms only.\nلا تقبل المنضدة إلا الاستمارات.\nL’atelier n’accepte que des formulaires.",
    421: "The workbench answers under its own address only.\nلا تجيب المنضدة إلا على عنوانها.\n"
    "L’atelier ne répond qu’à sa propre adresse.",
}


@dataclass(frozen=True, slots=True)
class _Refused(Exception):
    status: int


class Gate:
    """The application behind its checks. `port` is where it is served, which names its cookie and its own address."""

    def __init__(self, app: App, door: Door, *, port: int) -> None:
        self._app = app
        self._door = door
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self.cookie = cookie_name(port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # No WebSockets: a handshake would come with no token.
            await send({"type": "websocket.close", "code": 1008})
            return
        sealed = _sealing(send)
        try:
            host = self._host(scope)
            session = self._session(scope)
            _require_method(scope)
            body: bytes | None = None
            if scope["method"] in CHANGING:
                _require_origin(scope, host)
                body = await _whole(scope, receive)
                _require_token(session, body)
        except _Refused as refused:
            await _refuse(sealed, refused.status)
            return
        scope["state"] = {**scope.get("state", {}), "session": session}
        await self._app(scope, receive if body is None else _replay(body, receive), sealed)

    def _host(self, scope: Scope) -> str:
        """Our own name, as asked for: any other was made to lead here by somebody else (DNS rebinding)."""
        named = [value.decode("latin-1") for value in _headers(scope, b"host")]
        if len(named) != 1 or named[0] not in self._hosts:
            raise _Refused(421)
        return named[0]

    def _session(self, scope: Scope) -> Session | None:
        for value in _headers(scope, b"cookie"):
            try:
                morsel = SimpleCookie(value.decode("latin-1")).get(self.cookie)
            except CookieError:
                continue
            if morsel is not None and (found := self._door.session(morsel.value)) is not None:
                return found
        if scope["path"].startswith(OPEN) and scope["method"] in READING:
            return None
        raise _Refused(401)


def cookie_name(port: int) -> str:
    """Cookies know no ports: the name tells apart what two servers on this machine set."""
    return f"sijill-{port}"


def _headers(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


def _require_method(scope: Scope) -> None:
    if scope["method"] not in READING | CHANGING:
        raise _Refused(405)


def _require_origin(scope: Scope, host: str) -> None:
    """A changing request comes from our own pages, as far as the browser says where it comes from."""
    origins, sites = _headers(scope, b"origin"), _headers(scope, b"sec-fetch-site")
    if any(origin != f"http://{host}".encode() for origin in origins) or any(s != b"same-origin" for s in sites):
        raise _Refused(403)


def _require_token(session: Session | None, body: bytes) -> None:
    try:
        fields = parse_qs(body.decode(), max_num_fields=MOST_FIELDS, keep_blank_values=True)
    except (UnicodeDecodeError, ValueError) as err:
        raise _Refused(400) from err
    given = fields.get(TOKEN_FIELD, [])
    if session is None or len(given) != 1 or not hmac.compare_digest(given[0].encode(), session.csrf.encode()):
        raise _Refused(403)


async def _whole(scope: Scope, receive: Receive) -> bytes:
    """The body, if it is a form and not too large; what its length claims is not believed."""
    kinds = _headers(scope, b"content-type")
    if len(kinds) != 1 or kinds[0].partition(b";")[0].strip().lower() != FORM:
        raise _Refused(415)
    found = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _Refused(400)
        found += message.get("body", b"")
        if len(found) > MOST_BODY:
            raise _Refused(413)
        if not message.get("more_body", False):
            return bytes(found)


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once more, for the application; then whatever follows, such as that the browser has gone."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _sealing(send: Send) -> Send:
    """Send with our headers, instead of any of their names that the application set."""
    ours = {name for name, _ in HEADERS}

    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in ours]
            message = {**message, "headers": [*kept, *HEADERS]}
        await send(message)

    return sealed


async def _refuse(send: Send, status: int) -> None:
    body = REFUSALS[status].encode()
    headers: Iterable[tuple[bytes, bytes]] = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
