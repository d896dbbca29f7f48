"""A request posted to the one address that the user named, and to no other.

The standard library's plain HTTP client, because it does nothing by itself: it follows no redirect, uses no proxy that
the environment names, and sends no header that says which program or machine asks.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from sijill.core.errors import NotAnswered, NotNow

OK = 200
READ = 8192
# What a server answers that could do what it was asked at another time: too slow, too many requests, out of order.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the whole exchange may take, and how many bytes an answer may have."""

    seconds: float = 30.0
    answer: int = 256 * 1024


USUAL = Limits()


@dataclass(slots=True)
class _Exchange:
    """One exchange, run in a thread of its own, as a server can keep a socket busy for ever, a byte at a time."""

    connection: HTTPConnection
    limit: int
    answer: bytes = b""
    problem: str = ""
    cause: Exception | None = None
    late: bool = False
    passing: bool = False
    after: float | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def run(self, target: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Send and receive; what goes wrong is noted, not raised, as nobody is there to catch it."""
        try:
            self.connection.request("POST", target, body, dict(headers))
            response = self.connection.getresponse()
            if response.status != OK:
                self.problem, self.passing = _status(response.status), response.status in PASSING
                self.after = _seconds(response.getheader("Retry-After"))
                return
            while not self.late and len(self.answer) <= self.limit and (part := response.read1(READ)):
                self.answer += part
            if len(self.answer) > self.limit:
                self.problem = f"its answer has more than {self.limit} bytes"
        except TimeoutError:
            self.late = True
        except (OSError, HTTPException, ValueError) as err:
            self.problem, self.cause = f"the connection failed: {_reason(err)}", err
            self.passing = not isinstance(err, ssl.SSLCertVerificationError)
        finally:
            self.connection.close()
            self.done.set()


def post(
    address: str,
    body: bytes,
    *,
    media_type: str,
    accept: str,
    limits: Limits = USUAL,
    tls: ssl.SSLContext | None = None,
    headers: Mapping[str, str] = NO_HEADERS,
) -> bytes:
    """The body of the answer to a POST; raises NotAnswered for whatever is not a plain 200 within the limits.

    It is a NotNow where the same may be answered at another time. `headers` are sent beside the two media types; `tls`
    says which servers are believed over https; without it, those that this machine's own store vouches for.
    """
    url = checked_address(address)
    host = url.hostname or ""
    connection: HTTPConnection
    if url.scheme == "https":
        context = tls or ssl.create_default_context()
        connection = HTTPSConnection(host, url.port, timeout=limits.seconds, context=context)
    else:
        connection = HTTPConnection(host, url.port, timeout=limits.seconds)
    exchange = _Exchange(connection, limits.answer)
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    sent = {**headers, "Content-Type": media_type, "Accept": accept}
    threading.Thread(target=exchange.run, args=(target, body, sent), daemon=True).start()
    if not exchange.done.wait(limits.seconds):
        exchange.late = True
    if exchange.late:
        raise NotNow(f"{address} did not answer within {limits.seconds:g} seconds", hint="try again later")
    if exchange.problem:
        message, hint = f"{address}: {exchange.problem}", "check the address; nothing was sent anywhere else"
        if exchange.passing:
            raise NotNow(message, hint=hint, after=exchange.after) from exchange.cause
        raise NotAnswered(message, hint=hint) from exchange.cause
    return exchange.answer


def checked_address(address: str) -> SplitResult:
    """The parts of an http or https address; raises NotAnswered for anything else, or with a password in it."""
    hint = "an address such as https://tsa.example/tsr"
    if not address.isascii() or not address.isprintable() or " " in address:
        raise NotAnswered(f"{address!a} is no address: it has a space, or a character beyond ASCII", hint=hint)
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError as err:
        raise NotAnswered(f"{address} is no address", hint=hint) from err
    if url.scheme not in ("http", "https") or not url.hostname or port == 0:
        raise NotAnswered(f"{address} is no address of a web server", hint=hint)
    if url.username is not None or url.password is not None:
        raise NotAnswered("the address holds a name or a password, which would be kept with the case", hint=hint)
    return url


def _status(status: int) -> str:
    if 300 <= status < 400:
        return f"it sends elsewhere (HTTP {status}), which is not followed"
    return f"it answered with HTTP {status}"


def _seconds(given: str | None) -> float | None:
    """How long a server asks to wait, where it says so in whole seconds."""
    return float(given) if given is not None and given.isascii() and given.isdigit() and len(given) < 6 else None


def _reason(err: Exception) -> str:
    return getattr(err, "strerror", None) or str(err) or type(err).__name__
