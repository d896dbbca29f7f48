"""The address of a server of language models, and asking it: patiently, within limits, and nobody else."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from sijill.core.errors import InputError, NotAnswered, NotNow
from sijill.extract.asking.model import Ask
from sijill.pipeline.posting import Limits, checked_address, post

COMPLETIONS = "/chat/completions"
JSON = "application/json"
PORTS = {"http": 80, "https": 443}
LONGEST_KEY = 1000
ONE_ANSWER = Limits(seconds=120.0, answer=1024 * 1024)

Sleep = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one answer may take and how large it may be, how often it is asked for, and the pauses between.

    Seconds and bytes. A pause doubles each time, or is what the server asks for, up to `longest`.
    """

    limits: Limits = ONE_ANSWER
    tries: int = 4
    pause: float = 1.0
    longest: float = 30.0


PATIENT = Patience()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server with OpenAI's interface answers: the address up to its version, as it is written in a case.

    `local` says that it is this machine's own loopback interface. What listens there may still pass text on.
    """

    address: str
    local: bool

    @property
    def stays(self) -> str:
        """Where text goes that is sent there, in words."""
        if self.local:
            return "the text stays on this machine, as far as the program that listens there does"
        return "the text leaves this machine"


def endpoint(address: str) -> Endpoint:
    """The endpoint at an address such as `http://127.0.0.1:8080/v1`, written in one way; raises InputError.

    Over a network only https is accepted, as the text of reports could be read on its way.
    """
    hint = "an address such as http://127.0.0.1:8080/v1 or https://models.example/v1"
    try:
        url = checked_address(address)
    except NotAnswered as err:
        raise InputError(err.message, hint=hint) from err
    if url.query or url.fragment or address.endswith(("?", "#")):
        raise InputError(f"{address}: an endpoint has no query", hint=hint)
    host, local = url.hostname or "", _is_loopback(url.hostname or "")
    if url.scheme == "http" and not local:
        raise InputError(
            f"{address}: plain http would show the text to everybody on the way",
            hint="use https, or a tunnel (ssh -L) to a port of this machine",
        )
    port = "" if url.port in (None, PORTS[url.scheme]) else f":{url.port}"
    name = f"[{host}]" if ":" in host else host
    path = url.path.rstrip("/").removesuffix(COMPLETIONS)
    return Endpoint(f"{url.scheme}://{name}{port}{path}", local)


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine by number; "localhost" is what RFC 6761 says it is.

    >>> _is_loopback("127.0.0.2"), _is_loopback("::1"), _is_loopback("localhost"), _is_loopback("localhost.example")
    (True, True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def asking(
    where: Endpoint,
    *,
    key: str = "",
    patience: Patience = PATIENT,
    sleep: Sleep,
    tls: ssl.SSLContext | None = None,
) -> Ask:
    """What carries a request to the endpoint and brings the answer back; raises NotAnswered where none comes.

    `key` is sent as a bearer token to this address alone. What may pass is waited for with `sleep`, in seconds.
    """
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InputError("the key is no key: it has characters that a header cannot hold", hint="set it again")
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    def ask(request: bytes) -> bytes:
        for attempt in range(patience.tries):
            try:
                return post(
                    where.address + COMPLETIONS,
                    request,
                    media_type=JSON,
                    accept=JSON,
                    limits=patience.limits,
                    tls=tls,
                    headers=headers,
                )
            except NotNow as err:
                if attempt + 1 == patience.tries:
                    raise
                wait = err.after if err.after is not None else patience.pause * 2**attempt
                sleep(min(wait, patience.longest))
        raise AssertionError("patience has at least one try")

    return ask
