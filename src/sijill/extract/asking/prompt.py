"""What a model is asked: the words of `prompt.toml`, the shape of the answer, and the text between marks."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from sijill.core.backend import BackEnd
from sijill.core.canonical import canonical
from sijill.core.errors import InputError
from sijill.extract.asking.shape import answer_schema
from sijill.extract.backend import ToRead

MOST_TOKENS = 8192
LONGEST_NAME = 100
SHORT = 12


@dataclass(frozen=True, slots=True)
class Prompt:
    """The words, their version, and the beginning of the digest of these and of the shape asked for."""

    version: str
    system: str
    user: str
    digest: str


@cache
def prompt() -> Prompt:
    """The prompt that is shipped."""
    raw = (files("sijill.extract.asking") / "prompt.toml").read_bytes()
    held = tomllib.loads(raw.decode())
    digest = sha256(raw + canonical(answer_schema())).hexdigest()[:SHORT]
    return Prompt(held["version"], held["system"].strip(), held["user"].strip(), digest)


def extractor_of(model: str) -> str:
    """The name under which a model's claims are stored; raises InputError for a name that cannot be one.

    The same model under another prompt is another extractor.
    """
    if not model or len(model) > LONGEST_NAME or not model.isprintable() or " " in model:
        raise InputError(
            "a model's name is up to 100 characters without a space", hint="give it as the endpoint lists it"
        )
    p = prompt()
    return f"{BackEnd.MODEL}-{model}@{p.version}+{p.digest}"


def request(model: str, report: ToRead, text: str) -> bytes:
    """The body that asks a model about `text`, a part of the report.

    The marks around the text hold its digest, so that no text can hold its own end.
    """
    p = prompt()
    mark = f"#### {sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"
    published = report.published.isoformat() if report.published else "not known"
    # The text last: whatever it holds is not filled in again.
    user = p.user.replace("{mark}", mark).replace("{language}", report.language or "not known")
    user = user.replace("{published}", published).replace("{text}", text)
    body = {
        "model": model,
        "messages": [
            {"role": "system", "content": p.system.replace("{mark}", mark)},
            {"role": "user", "content": user},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "claims", "strict": True, "schema": answer_schema()},
        },
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
        "stream": False,
    }
    return json.dumps(body).encode()
