"""A client that asks an ASGI application in this process, as a browser would or as none would: no network, no mocks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

App = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
Fields = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: header names are in lower case, the last of a name wins."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode()


@dataclass(slots=True)
class Client:
    """Keeps cookies as a browser does; follows nothing. `headers` go with every request."""

    app: App
    host: str
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: Fields = (), *, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a form."""
        pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
        given = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.ask("POST", path, body=urlencode(pairs).encode(), headers=given)

    def ask(self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send anything; a header that is given replaces one of ours, an empty one leaves it out."""
        own = {"host": self.host}
        if self.cookies:
            own["cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        whole = {**own, **self.headers, **(headers or {})}
        return asyncio.run(self._ask(method, path, body, {k: v for k, v in whole.items() if v}))

    async def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        split = urlsplit(path)
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": split.path,
            "raw_path": split.path.encode(),
            "query_string": split.query.encode(),
            "headers": [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 0),
        }
        messages: list[MutableMapping[str, Any]] = []
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> MutableMapping[str, Any]:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        start = next(m for m in messages if m["type"] == "http.response.start")
        pairs = [(k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in start.get("headers", [])]
        for name, value in pairs:
            if name == "set-cookie":
                self._keep(value)
        parts = [m.get("body", b"") for m in messages if m["type"] == "http.response.body"]
        return Answer(start["status"], dict(pairs), b"".join(parts))

    def _keep(self, value: str) -> None:
        for name, morsel in SimpleCookie(value).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
