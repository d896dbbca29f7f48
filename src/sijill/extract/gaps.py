"""Whether what stands between a count and a word of harm lets the one govern the other."""

from __future__ import annotations

from sijill.extract.assigned import Scope
from sijill.extract.marks import Marked
from sijill.extract.triggers import Trigger, is_light
from sijill.extract.who import Counted, What

ASIDE_GAP = 12
VERB_GAP = 20
SUBJECT_GAP = 26
SINGLE_GAP = 10
LONGEST_ASIDE = 60
APART = frozenset(":(-–—")


def reaches(s: Scope, t: Trigger, c: Counted) -> bool:
    """Whether nothing of weight stands between a verb and its object, asides and named victims apart."""
    gap = list(range(t.end, c.lead))
    if any(other.start in gap for other in s.triggers if other is not t):
        return False
    rest = [k for k in _without_asides(s.m, gap) if not is_light(s.m, k) and not _of_time(s.m, k)]
    if not rest or _told_apart(s.m, gap):
        return True
    if s.m.pack.grammar.verb_first and t.has("object", "nominal"):
        if t.has("subject") and _adjacent_before(s, t):
            # "Nine people were-killed in the shelling of …": the subject stands before.
            return False
        return len(gap) <= VERB_GAP and not any(_parts_clauses(s.m, k) for k in rest)
    if t.has("participle") and not t.active and _adjacent_before(s, t):
        return False
    return len(gap) <= ASIDE_GAP and _named_before(s.m, rest)


def _told_apart(m: Marked, gap: list[int]) -> bool:
    """Whether the victims stand there without a number, and a mark opens who they were: "the priests -- five …"."""
    if not gap or m.tokens[gap[-1]].text not in APART:
        return False
    return any(m.at(k, "person") for k in gap) and all(
        m.at(k, "person") or is_light(m, k) or m.tokens[k].text in APART for k in gap
    )


def _parts_clauses(m: Marked, k: int) -> bool:
    """Whether a word begins another clause, so that a verb before it has no subject behind it."""
    if m.tokens[k].text in ";؛:!?؟." or m.is_a(k, "relative") or m.is_a(k, "where"):
        return True
    if m.at(k, "including") and not m.is_mark(k) and not m.at(k, "back_to"):
        return True
    said = m.at(k, "attribution", "verbs") is not None and not m.is_a(k, "attribution.nouns")
    # The same letters may be a verb of violence and its noun: "shelled", "the shelling".
    return said or (m.at(k, "perpetrators", "verbs") is not None and m.at(k, "perpetrators", "doings") is None)


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
    while len(rest) > 1 and m.at(rest[-1], "quantity", "others"):
        rest = rest[:-1]
    joined = m.is_a(rest[-1], "numbers.joiners") or m.tokens[rest[-1]].text == ","
    if not joined and (hit := m.before(rest[-1] + 1, "and_connectors")):
        # "The mayor of X, as well as two others".
        joined, rest = True, [k for k in rest if k < hit.start] or rest
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
    m, gap = s.m, _past_aside(s.m, range(c.end, t.start))
    if len(gap) > (SINGLE_GAP if c.single else SUBJECT_GAP):
        return False
    if gap and m.is_a(gap.start, "relative") and t.passive and all(_plain(m, k) for k in gap[1:]):
        # "Together with five others who were wounded".
        return True
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
    return not _acts(m, gap) and not any(m.is_a(k, "own_subjects") and not _aside(m, gap, k) for k in gap)


def _plain(m: Marked, k: int) -> bool:
    return is_light(m, k) or m.is_a(k, "passive")


def _aside(m: Marked, gap: range, k: int) -> bool:
    """Whether token `k` of a gap stands between a pair of commas that opens right behind the people counted."""
    if not gap or m.tokens[gap.start].text != ",":
        return False
    close = next((j for j in range(k, gap.stop) if m.tokens[j].text == ","), None)
    return close is not None and not any(m.tokens[j].text == "," for j in range(gap.start + 1, k))


def _past_aside(m: Marked, gap: range) -> range:
    """A gap from behind the aside that closes right before the verb: "…, credited with this and that, was killed"."""
    last = next(
        (k for k in reversed(gap) if not (m.is_a(k, "passive") or m.is_a(k, "active") or m.is_a(k, "adverbs"))), None
    )
    if last is None or m.tokens[last].text != "," or len(gap) > LONGEST_ASIDE:
        return gap
    first = next((k for k in gap if m.is_mark(k)), last)
    if first == last or m.tokens[first].text != "," or first - gap.start > ASIDE_GAP:
        return gap
    return range(last + 1, gap.stop)


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
    if m.pack.grammar.participles_need_auxiliary and len(inside) == 1 and m.tokens[inside[0]].text == ",":
        # "Huit personnes, tuées dans …": nothing else can a bare participle be.
        return True
    return len(inside) <= 10 and (not _without_asides(m, inside) or m.at(inside[0], "including") is not None)


def _acts(m: Marked, gap: range) -> bool:
    """Whether those counted do something themselves before the verb of harm, outside a relative clause."""
    relative = False
    for k in gap:
        relative = relative or m.is_a(k, "relative")
        if not relative and (m.at(k, "perpetrators", "verbs") or m.at(k, "attribution", "verbs")):
            return True
    return False
