"""Sources that a mark sets off: "The monitor: 16 dead", "Strike wounds five: governor", "12 dead (X Observatory)"."""

from __future__ import annotations

from dataclasses import dataclass

from sijill.extract.marks import Marked
from sijill.extract.tokens import Kind

HEADLINE_MAX = 6


@dataclass(frozen=True, slots=True)
class SetOff:
    """The tokens [start, end) of a source, and the rule that found it."""

    start: int
    end: int
    rule: str


def set_off_at(m: Marked, k: int) -> SetOff | None:
    """The source that the mark at `k` sets off; a bracket only at the end of a sentence of harm."""
    if m.tokens[k].text == "(":
        return _in_brackets(m, k)
    if k == 0 or m.tokens[k].text not in ":|–—" or m.tokens[-1].text in ".!?":
        return None
    if k <= HEADLINE_MAX and m.tokens[k].text == ":" and names_source(m, 0, k):
        return SetOff(0, k, "before a colon")
    end = len(m.tokens)
    told = any(m.at(j, "trigger") for j in range(k))
    if k + 1 < end <= k + 1 + HEADLINE_MAX and told and names_source(m, k + 1, end):
        return SetOff(k + 1, end, "behind a colon")
    return None


def _in_brackets(m: Marked, k: int) -> SetOff | None:
    """The source in the brackets that close a sentence, if they are no abbreviation of the name before them."""
    end = next((j for j in range(k + 1, min(k + 2 + HEADLINE_MAX, len(m.tokens))) if m.tokens[j].text == ")"), None)
    if end is None or any(m.tokens[j].kind is not Kind.PUNCTUATION for j in range(end, len(m.tokens))):
        return None
    told = any(m.at(j, "trigger") for j in range(k))
    explains = k > 0 and m.tokens[k - 1].is_name and end == k + 2
    return SetOff(k + 1, end, "in brackets") if told and not explains and names_source(m, k + 1, end) else None


def names_source(m: Marked, start: int, end: int) -> bool:
    """Whether a short phrase is nobody but a source: a noun of sources or a known name in it, and no verb."""
    if any(
        m.at(j, "trigger") or m.at(j, "attribution", "verbs") or m.at(j, "attack") or m.is_a(j, "passive")
        for j in range(start, end)
    ):
        return False
    return any(m.at(j, "source_kind") for j in range(start, end)) or bool(alias_in(m, start, end))


def alias_in(m: Marked, start: int, end: int) -> str:
    """The usual name behind an abbreviation in the phrase."""
    for k in range(start, end):
        alias = m.pack.aliases.get(m.norm(k))
        if alias and any(c.isupper() for c in m.tokens[k].text) and not _another(m, start, k, alias):
            return alias
    return ""


def _another(m: Marked, start: int, k: int, alias: str) -> bool:
    """Whether a noun belongs to another body's name: "Senna Observatory" is not the one called "the Observatory"."""
    if k == start or m.tokens[k].text.isupper() or not m.tokens[k - 1].is_name:
        return False
    return m.tokens[k - 1].text.casefold() not in alias.casefold()
