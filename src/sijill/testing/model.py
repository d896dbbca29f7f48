"""A server of a language model of our own on loopback, with OpenAI's interface, which replays and can misbehave.

It reads nothing: it is told which claims it knows, and lists those whose quote stands in what it is sent. What it does
wrong, it does over a real connection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sijill.testing.web import BLOCK, HUGE, WebHandler, WebServer

JSON = {"Content-Type": "application/json"}
ENDLESS = 5000
Stated = dict[str, Any]


class Manner(StrEnum):
    """How the server answers."""

    HONEST = "as it should"
    NO_JSON = "with a page of text"
    BAD_JSON = "with an answer that is no JSON"
    NO_LIST = "with JSON that is no list of claims"
    TRUNCATED = "with an answer that stops in the middle"
    CUT_SHORT = "with an answer that it says is cut short"
    INVENTED = "with quotes that are in no report"
    ALTERED = "with quotes of which one character is another"
    MISCOUNTED = "with numbers that are one more than the words say"
    OUTSIDE = "with values outside the vocabularies"
    MISSHAPEN = "with claims that lack a field, or have one more"
    ENDLESS = "with the same claims over and over"
    SLOW = "a byte at a time"
    SILENT = "not at all"
    ERROR = "with HTTP 500"
    BUSY = "with HTTP 429"
    FORBIDDEN = "with HTTP 401"
    REDIRECT = "with the address of another server"
    HUGE = "with more than anybody should read"
    CUT_OFF = "with half an answer, and hangs up"


@dataclass(slots=True)
class LocalModel:
    """A running server. `manner` may be changed between requests; those in `next` are used up first, one a request.

    `knows` are the claims it would list, as the shape asked for has them; `asked` are the requests it was sent, with
    their `headers` and `paths`. `elsewhere` is where a redirect points, `after` what a busy server says about waiting.
    """

    url: str
    knows: list[Stated] = field(default_factory=list)
    manner: Manner = Manner.HONEST
    next: list[Manner] = field(default_factory=list)
    elsewhere: str = "/elsewhere"
    after: str = "1"
    asked: list[Stated] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def answer(self, manner: Manner, request: Stated) -> bytes:
        """The body of an answer in a manner, to a request."""
        text = str(request["messages"][-1]["content"])
        claims = [told(manner, c) for c in self.knows if c["quote"] in text]
        content = json.dumps({"claims": claims * (ENDLESS if manner is Manner.ENDLESS else 1)}, ensure_ascii=False)
        if manner is Manner.BAD_JSON:
            content = f"Here are the claims:\n{content}"
        elif manner is Manner.NO_LIST:
            content = json.dumps({"claims": {"all": claims}})
        elif manner is Manner.TRUNCATED:
            content = content[: len(content) // 2]
        ended = "length" if manner is Manner.CUT_SHORT else "stop"
        message = {"role": "assistant", "content": content}
        whole = {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": ended}]}
        return json.dumps(whole, ensure_ascii=False).encode()


def stated(quote: str, count: str, low: int | None, high: int | None, harm: str = "killed", **fields: Any) -> Stated:
    """A claim as a model states it, every field there; those not given are empty."""
    empty = dict.fromkeys(
        ("group_words", "place_words", "period_words", "attribution_words", "source", "perpetrator_words"), ""
    )
    return {
        "quote": quote,
        "count_words": count,
        "low": low,
        "high": high,
        "harm": harm,
        "harm_words": "",
        **empty,
        "group_type": "unspecified",
        "subset": "",
        "source_kind": "unattributed",
        "stance": "alleged",
        "part_of": None,
        **fields,
    }


def told(manner: Manner, claim: Stated) -> Stated:
    """A claim as a server in this manner states it."""
    match manner:
        case Manner.INVENTED:
            return {**claim, "quote": f"Afterwards {claim['quote']}"}
        case Manner.ALTERED:
            middle = len(claim["quote"]) // 2
            other = "x" if claim["quote"][middle] != "x" else "y"
            return {**claim, "quote": claim["quote"][:middle] + other + claim["quote"][middle + 1 :]}
        case Manner.MISCOUNTED:
            return {**claim, **{end: claim[end] + 1 for end in ("low", "high") if claim[end] is not None}}
        case Manner.OUTSIDE:
            return {**claim, "group_type": "martyrs", "source_kind": "rumour", "stance": "certain"}
        case Manner.MISSHAPEN:
            return {name: value for name, value in claim.items() if name != "low"} | {"verdict": "guilty"}
        case _:
            return claim


@contextmanager
def local_model(knows: Sequence[Stated] = ()) -> Iterator[LocalModel]:
    """A server on a free port of 127.0.0.1 that runs until the end."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.model = LocalModel(f"http://127.0.0.1:{server.server_address[1]}/v1", list(knows))
        with server.serving():
            yield server.model


class _Server(WebServer):
    """A web server that knows the model it serves."""

    model: LocalModel


class _Handler(WebHandler):
    """Answers in the model's manner."""

    server: _Server

    def do_POST(self) -> None:
        """Note what was asked, and answer."""
        model = self.server.model
        body, headers = self.received()
        request = json.loads(body)
        model.asked.append(request)
        model.paths.append(self.path)
        model.headers.append(headers)
        manner = model.next.pop(0) if model.next else model.manner
        match manner:
            case Manner.SILENT:
                self.server.stopping.wait()
            case Manner.ERROR:
                self.send(500, b"out of memory", JSON)
            case Manner.BUSY:
                self.send(429, b"one at a time", {**JSON, "Retry-After": model.after})
            case Manner.FORBIDDEN:
                self.send(401, b"who are you?", JSON)
            case Manner.REDIRECT:
                self.send(307, b"", {**JSON, "Location": model.elsewhere})
            case Manner.NO_JSON:
                self.send(200, b"<!doctype html><title>Sign in to the network</title>", JSON)
            case Manner.HUGE:
                self.drip(bytes(BLOCK), HUGE // BLOCK, 0)
            case Manner.SLOW:
                self.drip(b" ", BLOCK, 0.05)
            case Manner.CUT_OFF:
                answer = model.answer(manner, request)
                self.send(200, answer[: len(answer) // 2], {**JSON, "Content-Length": str(len(answer))})
            case _:
                self.send(200, model.answer(manner, request), JSON)
