"""Names of places in scripts without capitals: behind a noun of place ("town X"), or where the gazetteer knows them.

Nothing but the noun of place shows where an unknown name begins; it is taken to have one word, two where the first is
one that opens names ("hill X", "the father of X"), and what describes it behind an article of its own.
"""

from __future__ import annotations

import re

from sijill.extract.marks import Marked
from sijill.extract.placenames import SETTLEMENT, kind_rank
from sijill.extract.tokens import Kind

# The signs of an indefinite noun, which no name has.
INDEFINITE = re.compile("[\u064b-\u064d]")
OPENING, CLOSING = frozenset('"“«”('), frozenset('"”»)')
QUOTED_MAX, LEAST_NAME, LONGEST_NAME = 5, 4, 4
SPEAKER_REACH, WHOM_REACH = 14, 5
BODY_REACH = 5
Span = tuple[int, int]


def name_behind_kind(m: Marked, k: int, known: dict[int, int]) -> Span | None:
    """The name that a noun of place at `k` opens, `known` giving where known names that begin at a token end."""
    if kind_rank(m, k) is None or _of_many(m, k):
        return None
    start = k + 1
    while kind_rank(m, start) is not None and not m.is_a(start, "places.name_particles"):
        start += 1
    if start < len(m.tokens) and m.tokens[start].text in OPENING:
        return _quoted(m, start)
    if (opened := _of_whom(m, start)) and (quoted := _quoted(m, opened)):
        return quoted
    if start in known:
        return start, _described(m, start, known[start])
    if m.is_a(k - 1, "places.articles") or m.is_a(start - 1, "places.kinds_many"):
        # "The villages near", "quarters full of people": what describes them is no name.
        return None
    end = _unknown(m, start)
    return (start, _described(m, start, end)) if end > start else None


def _of_whom(m: Marked, start: int) -> int:
    """Where the quoted name of a camp opens behind those who live there: "a camp for the displaced “X”", else 0."""
    for k in range(start + 1, min(start + WHOM_REACH, len(m.tokens))):
        if m.tokens[k].text in OPENING:
            whose = m.is_a(start, "places.weak_prepositions") or m.is_a(start, "places.not_places")
            return k if whose else 0
        if m.is_mark(k):
            return 0
    return 0


def part_of_country(m: Marked, k: int) -> Span | None:
    """ "The north X-ian": a part of a country, by its side and its adjective, each with its article."""
    if not (m.is_a(k, "places.articles") and m.is_a(k + 1, "places.sides") and m.is_a(k + 2, "places.articles")):
        return None
    return (k, k + 4) if m.is_a(k + 3, "places.nations") else None


def name_behind_preposition(m: Marked, k: int) -> Span | None:
    """A name that no gazetteer knows, right behind "in" or "at" and closing its clause; the weakest sign of a place."""
    if not m.is_a(k - 1, "places.prepositions") or m.is_a(k, "places.articles"):
        return None
    if m.starting[k] and not m.is_a(k, "places.name_particles"):
        return None
    end = _unknown(m, k)
    if end == k or (len(m.tokens[k].text) < LEAST_NAME and end == k + 1):
        return None
    closes = end >= len(m.tokens) or m.is_mark(end) or m.is_a(end, "numbers.joiners") or end in m.dated
    return (k, end) if closes or m.is_a(end, "places.prepositions") else None


def with_kind(m: Marked, start: int) -> bool:
    """Whether the noun of place before a name belongs to it as written: "town X", not "the towns X and Y"."""
    several = m.is_a(start - 1, "places.kinds_many") or m.is_a(start - 1, "places.kinds_two")
    return kind_rank(m, start - 1) is not None and not several


def _of_many(m: Marked, k: int) -> bool:
    """Whether a noun of place is one that many have: "a town", "the town", with no name behind it."""
    return m.is_mark(k + 1) and m.tokens[k + 1].text not in OPENING


def _quoted(m: Marked, start: int) -> Span | None:
    for end in range(start + 1, min(start + 1 + QUOTED_MAX, len(m.tokens))):
        if m.tokens[end].text in CLOSING:
            return (start + 1, end) if end > start + 1 else None
    return None


def _unknown(m: Marked, start: int) -> int:
    """Where a name that no gazetteer knows ends."""
    at = start + m.is_a(start, "places.articles")
    if not _can_name(m, at):
        return start
    end = at + 1
    while m.is_a(end - 1, "places.name_particles") and end - at < LONGEST_NAME:
        # "The valley of the spring of X".
        end += m.is_a(end, "places.articles")
        if not _can_name(m, end):
            break
        end += 1
    return end


def _can_name(m: Marked, k: int) -> bool:
    if not 0 <= k < len(m.tokens) or k in m.dated or m.tokens[k].kind is not Kind.WORD or m.norm(k).startswith("+"):
        return False
    if m.is_a(k, "places.name_particles"):
        return True
    if INDEFINITE.search(m.tokens[k].text):
        return False
    if m.is_a(k, "stop") or m.is_a(k, "places.directions") or m.is_a(k, "dates.last") or m.is_a(k, "dates.this"):
        return False
    if m.norm(k) in m.pack.demonyms or m.is_a(k, "places.not_places"):
        return False
    return not any(h.entry.cls in ("trigger", "person", "attack", "property", "quantity") for h in m.starting[k])


def of_speaker(m: Marked, start: int, end: int) -> bool:
    """Whether a name says where the one who speaks is: "said the correspondent in X that"."""
    said = next((k for k in range(end, min(end + 3, len(m.tokens))) if m.is_a(k, "attribution.that")), None)
    if said is None:
        return False
    back = range(start - 1, max(-1, start - SPEAKER_REACH), -1)
    stop = next((k for k in back if m.is_a(k, "attribution.that") or m.at(k, "attribution", "verbs")), None)
    return stop is not None and m.at(stop, "attribution", "verbs") is not None


def _described(m: Marked, start: int, end: int) -> int:
    """A name with the sides that describe it: "countryside of X the northern"."""
    if kind_rank(m, start - 1) in (None, SETTLEMENT):
        return end
    while m.is_a(end, "places.articles") and m.is_a(end + 1, "places.directions"):
        end += 2
    return end


def belongs_to_body(m: Marked, start: int) -> bool:
    """Whether a name stands right behind a word for a force or a body, and is part of what that is called."""
    if any(
        h.start < start < h.end
        for j in range(max(0, start - BODY_REACH), start)
        for h in m.starting[j]
        if h.entry.cls == "source_kind"
    ):
        # "The White X": a piece of a body's own name.
        return True
    before = start - 1
    while m.is_a(before, "places.articles"):
        before -= 1
    if before < 0 or m.is_mark(before):
        return False
    named = m.before(before + 1, "armed") or m.before(before + 1, "source_kind")
    return named is not None or m.is_a(before, "perpetrators.actors") or m.is_a(before, "attribution.titles")
