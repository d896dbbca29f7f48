"""Whether what stands between a count and a word of harm lets the one govern the other."""

from __future__ import annotations

from sijill.extract.assigned import Scope
from sijill.extract.marks import Marked
from sijill.extract.triggers import Trigger, is_light
from sijill.extract.who import Counted, What

ASIDE_GAP = 12
SUBJECT_GAP = 26
SINGLE_GAP = 10


def reaches(s: Scope, t: Trigger, c: Counted) -> bool:
    """Whether nothing of weight stands between a verb and its object, asides and named victims apart."""
    gap = list(range(t.end, c.lead))
    if any(other.start in gap for other in s.triggers if other is not t):
        return False
    rest = [k for k in _without_asides(s.m, gap) if not is_light(s.m, k) and not _of_time(s.m, k)]
    if not rest:
        return True
    if t.has("participle") and not t.active and _adjacent_before(s, t):
        return False
    return len(gap) <= ASIDE_GAP and _named_before(s.m, rest)


def _of_time(m: Marked, k: int) -> bool:
    """Whether a token belongs to a phrase of time: "the murder on the night of 3 May of nine"."""
    if k in m.dated or m.is_a(k, "dates.day_parts"):
        return True
    return any(j in m.dated for j in range(k + 1, k + 5)) and (
        m.is_a(k, "dates.prepositions") or m.is_a(k, "places.articles")
    )


def _without_asides(m: Marked, gap: list[int]) -> list[int]:
    """A gap without what stands between a pair of commas or dashes: "killed, with knives and bars, three"."""
    if len(gap) < 2 or len(gap) > ASIDE_GAP:
        return gap
    first, last = m.tokens[gap[0]].text, m.tokens[gap[-1]].text
    return [] if first == last and first in {",", "-", "–", "—"} else gap


def _named_before(m: Marked, rest: list[int]) -> bool:
    """Victims named before the counted ones: "killing the commander and nine others"."""
    joined = m.norm(rest[-1]) in m.pack.words["numbers.joiners"] or m.tokens[rest[-1]].text == ","
    plain = all(not m.is_a(k, "stop") or _nominal(m, k) for k in rest)
    return joined and plain and len(rest) > 1


def _nominal(m: Marked, k: int) -> bool:
    """Whether a small word can stand inside a noun phrase."""
    return any(
        m.is_a(k, words) for words in ("determiners", "numbers.joiners", "partitive", "possessive", "and_connectors")
    )


def _adjacent_before(s: Scope, t: Trigger) -> bool:
    return any(c.end <= t.start and all(is_light(s.m, k) for k in range(c.end, t.start)) for c in s.counts)


def precedes(s: Scope, c: Counted, t: Trigger) -> bool:
    """Whether a count can be the subject of a verb that follows it."""
    m, gap = s.m, range(c.end, t.start)
    if len(gap) > (SINGLE_GAP if c.single else SUBJECT_GAP):
        return False
    light = all(is_light(m, k) or m.is_a(k, "passive") or m.is_a(k, "active") for k in gap)
    if m.is_a(c.start - 1, "prepositions") and c.start - 1 not in m.dated and gap and (not light or not t.passive):
        return False
    if _within_relative(s, gap, t):
        return False
    if light:
        return True
    if any(m.is_mark(k) and m.tokens[k].text in ";:!?" for k in gap) or _in_aside(m, gap):
        return False
    if t.has("participle", "state") and not t.passive and not t.has("subject"):
        return _reduced(m, gap)
    if c.what is What.UNKNOWN and len(gap) > 6:
        return False
    return not _acts(m, gap) and not any(m.is_a(k, "own_subjects") for k in gap)


def _within_relative(s: Scope, gap: range, t: Trigger) -> bool:
    """Whether a verb is in a relative clause and the main verb of harm is still to come: "who had fled were killed"."""
    if not any(s.m.is_a(k, "relative") for k in gap):
        return False
    later = next((other for other in s.triggers if other.start >= t.end and other.passive), None)
    return later is not None and not any(t.end <= c.start < later.start for c in s.counts)


def _in_aside(m: Marked, gap: range) -> bool:
    """Whether brackets or dashes opened in a gap are still open, so that the verb is in the aside alone."""
    texts = [m.tokens[k].text for k in gap]
    dashes = sum(
        1 for k, x in enumerate(texts) if x in "–—" or (x == "-" and k + 1 < len(texts) and texts[k + 1] == "-")
    )
    return texts.count("(") > texts.count(")") or dashes % 2 == 1


def _reduced(m: Marked, gap: range) -> bool:
    """Whether only an aside or a phrase of place stands between people and a bare participle."""
    inside = list(gap)
    return len(inside) <= 10 and (not _without_asides(m, inside) or m.at(inside[0], "including") is not None)


def _acts(m: Marked, gap: range) -> bool:
    """Whether those counted do something themselves before the verb of harm, outside a relative clause."""
    relative = False
    for k in gap:
        relative = relative or m.is_a(k, "relative")
        if not relative and (m.at(k, "perpetrators", "verbs") or m.at(k, "attribution", "verbs")):
            return True
    return False
