"""A view in which every word that a source, a person or a file name could have chosen is hostile."""

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any

from sijill.core.claim import Count, Span
from sijill.core.document import Reading
from sijill.publish.view import CaseView

PAYLOAD = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(2)></bdi></title><!--\u202e\u2066\x1b[31m\x00\r"
    "{{ 7*7 }}{% endraw %}{n}../../\ud800&lt;\u2028javascript:alert(3) http://hostile.example/ "
)


def poisoned(view: CaseView) -> CaseView:
    """The view with PAYLOAD before every text; digests of documents and offsets stay, or it would be no view."""
    documents = frozenset(d.document.id for d in view.documents)
    result = _poison(view, documents)
    assert isinstance(result, CaseView)
    return result


def count_texts(value: Any) -> int:
    """How many texts of a view carry the payload."""
    if isinstance(value, Enum):
        return 0
    if isinstance(value, str):
        return int(PAYLOAD in value)
    if isinstance(value, tuple):
        return sum(count_texts(v) for v in value)
    if isinstance(value, Mapping):
        return sum(count_texts(v) for v in value.values())
    if dataclasses.is_dataclass(value):
        return sum(count_texts(getattr(value, f.name)) for f in dataclasses.fields(value))
    return 0


def _poison(value: Any, documents: frozenset[str]) -> Any:
    if isinstance(value, Enum | Span | Count) or value is None:
        return value
    if isinstance(value, str):
        # An empty text is often a word of its own ("nothing was set aside").
        return value if not value or value in documents else PAYLOAD + value
    if isinstance(value, tuple):
        return tuple(_poison(v, documents) for v in value)
    if isinstance(value, Mapping):
        return {_poison(k, documents): _poison(v, documents) for k, v in value.items()}
    if isinstance(value, Reading):
        # The payload goes to the end, where it moves no offset.
        other = {f.name: _poison(getattr(value, f.name), documents) for f in dataclasses.fields(value)}
        return Reading(**{**other, "text": value.text + PAYLOAD})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _poison(getattr(value, f.name), documents) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value
