"""How a pack writes many forms of a word in one: endings in brackets, choices in braces, words with variants.

Languages that inflect would need a line for every form: "tué", "tuée", "tués", "tuées" is "tué(e)(s)", and
"asesin{a|an|ó|aron}" is four forms of a verb. `variants` does the same for a small word wherever it stands in a phrase:
with `de = ["de", "d'", "du", "des"]`, "mort de" is also "mort du".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

CHOICE = re.compile(r"\{([^{}]*)\}|(?<=[\w)}])\((\w+)\)")
MAX_FORMS = 512


def forms(pattern: str) -> tuple[str, ...]:
    """Every form that a pattern stands for, in its order; raises ValueError where it stands for too many.

    >>> forms("tué(e)(s)")
    ('tué', 'tués', 'tuée', 'tuées')
    >>> forms("{a|ont} péri"), forms("(")
    (('a péri', 'ont péri'), ('(',))
    """
    found = CHOICE.search(pattern)
    if found is None:
        return (pattern,)
    pieces: list[tuple[str, ...]] = []
    end, many = 0, 1
    for m in CHOICE.finditer(pattern):
        choices = tuple(m[1].split("|")) if m[1] is not None else ("", m[2])
        pieces += [(pattern[end : m.start()],), choices]
        end, many = m.end(), many * len(choices)
    if many > MAX_FORMS:
        raise ValueError(f"{pattern!r} stands for more than {MAX_FORMS} forms")
    return tuple(dict.fromkeys("".join(chosen) + pattern[end:] for chosen in product(*pieces)))


def varied(phrase: str, variants: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """A phrase of several words with each of its variable words in every shape.

    >>> varied("mort de", {"de": ["de", "d'"]}), varied("de", {"de": ["de", "d'"]})
    (('mort de', "mort d'"), ('de',))
    """
    words = phrase.split(" ")
    if len(words) < 2 or variants.keys().isdisjoint(words):
        return (phrase,)
    return tuple(" ".join(chosen) for chosen in product(*(variants.get(w, (w,)) for w in words)))


def spelled_out(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A pack's content with every listed phrase, and every phrase that is a key, in all its forms."""
    variants = raw.get("variants", {})
    return {key: value if key == "variants" else _spelled(value, variants) for key, value in raw.items()}


def _spelled(value: Any, variants: Mapping[str, Iterable[str]]) -> Any:
    if isinstance(value, Mapping):
        return {form: _spelled(inner, variants) for key, inner in value.items() for form in _forms(key, variants)}
    if isinstance(value, list):
        strings = [form for item in value if isinstance(item, str) for form in _forms(item, variants)]
        return strings + [_spelled(item, variants) for item in value if not isinstance(item, str)]
    return value


def _forms(pattern: str, variants: Mapping[str, Iterable[str]]) -> list[str]:
    return [phrase for form in forms(pattern) for phrase in varied(form, variants)]
