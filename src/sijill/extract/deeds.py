"""Who does harm where verbs stand first and describing words last: "shelled the forces of X", "shelling of the X army".

An actor is a noun phrase whose head the pack lists among those who act, or a country; it is taken only from the places
of a sentence that say who acted: behind a verb of violence, behind or within the noun of what was done, behind "by".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sijill.extract.clitics import OWN
from sijill.extract.marks import Marked
from sijill.extract.placenames import kind_rank
from sijill.extract.tokens import Kind

NAME_MAX = 9
DESCRIBED_MAX = 4
SOURCE_REACH = 7
BLAME_REACH = 14
SUBJECT_REACH = 6
OF_REACH = 3
QUOTED_MAX = 8
BRACKET_MAX = 5
OPENING, CLOSING = frozenset('"“«'), frozenset('"”»')
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Deed:
    """An actor, tokens [start, end), and the token `at` that says what was done; `how` is the rule."""

    start: int
    end: int
    at: int
    how: str


def deeds(m: Marked, victims: Collection[int] = frozenset()) -> tuple[Deed, ...]:
    """Everybody whom a sentence says to have done something violent, left to right; `victims` are no actors."""
    if m.any_is(0, len(m.tokens), "perpetrators.answering"):
        # "The army answered by shelling": done in return, not what is told of.
        return ()
    found = [d for k in range(len(m.tokens)) if m.starting[k] for d in _deeds_at(m, k)]
    return tuple(d for d in found if not set(range(d.start, d.end)) & set(victims))


def _deeds_at(m: Marked, k: int) -> Iterator[Deed]:
    if hit := m.at(k, "perpetrators", "agent"):
        if span := _quoted(m, hit.end) or _actor_near(m, hit.end, SOURCE_REACH):
            yield Deed(*span, k, "agent")
        return
    if (verb := m.at(k, "perpetrators", "verbs")) and (span := _subject(m, k, verb.end)):
        yield Deed(*span, k, "subject of the verb")
    if (done := m.at(k, "perpetrators", "doings")) and (span := _doer(m, k, done.end)):
        yield Deed(*span, k, "means named with it")


def _subject(m: Marked, verb: int, end: int) -> Span | None:
    """The actor behind a verb of violence, or right before it where the writer set it first."""
    if m.norm(end).startswith(OWN):
        end += 1
    at = end
    while at in m.dated or m.is_a(at, "places.articles") or m.is_a(at, "attribution.between") or _opens_name(m, at):
        at += 1
    if span := actor_at(m, at):
        harmed = m.at(verb, "trigger") is not None and m.at(span[0], "person") is not None
        return None if harmed else span
    for start in range(_clause_start(m, verb), verb):
        if (span := actor_at(m, start)) and span[1] >= verb - 1 and not _is_object(m, start):
            return span[0], min(span[1], verb)
    return None


def _opens_name(m: Marked, k: int) -> bool:
    """Whether a quotation mark at `k` opens the name of an actor."""
    return k < len(m.tokens) and m.tokens[k].text in OPENING and actor_at(m, k + 1) is not None


def _clause_start(m: Marked, verb: int) -> int:
    """Where to look for a subject before its verb: not past a mark or a word of harm."""
    start = verb
    while start > 0 and verb - start < SUBJECT_REACH and not _parts(m, start - 1):
        start -= 1
    return start


def _parts(m: Marked, k: int) -> bool:
    """Whether a mark, other than that of a quoted name, or a word of harm parts a verb from what stands before."""
    quotes = m.tokens[k].text in OPENING or m.tokens[k].text in CLOSING
    return (m.is_mark(k) and not quotes) or m.at(k, "trigger") is not None


def _is_object(m: Marked, start: int) -> bool:
    before = start - 1 if not m.is_a(start - 1, "places.articles") else start - 2
    return (
        m.is_a(before, "prepositions") or m.is_a(before, "places.prepositions") or m.tokens[before].kind is Kind.NUMBER
    )


def _doer(m: Marked, k: int, end: int) -> Span | None:
    """Whose a raid or a shelling is: a country's adjective, "of" an actor, or the actor that the noun governs."""
    at = end
    for _ in range(DESCRIBED_MAX):
        article = m.is_a(at, "places.articles")
        word = at + article
        if m.norm(word) in m.pack.demonyms:
            return (k if m.is_a(k, "perpetrators.actors") else word), word + 1
        belongs = m.is_a(word, "perpetrators.belongs") or m.at(word, "perpetrators", "belongs")
        if belongs or m.at(at, "perpetrators", "agent"):
            hit = m.at(at, "perpetrators", "agent") or m.at(word, "perpetrators", "belongs")
            return _actor_near(m, hit.end if hit else word + 1, OF_REACH)
        if span := actor_at(m, word):
            objects = m.is_a(k, "perpetrators.two_sided") and not m.is_a(span[1], "perpetrators.belongs")
            return None if objects else span
        if not _describes(m, word):
            return actor_at(m, k) if m.is_a(k, "perpetrators.actors") else None
        at = word + 1
    return None


def _describes(m: Marked, k: int) -> bool:
    """Whether a word can describe what was done: "missile", "heavy", in whatever form."""
    if not 0 <= k < len(m.tokens) or m.tokens[k].kind is not Kind.WORD or k in m.dated:
        return False
    return not (m.is_a(k, "stop") or kind_rank(m, k) is not None or m.at(k, "property") or m.at(k, "person"))


def _actor_near(m: Marked, start: int, reach: int) -> Span | None:
    """The first actor from a token on, with a few words between such as "areas held by"."""
    for k in range(start, min(start + reach, len(m.tokens))):
        if span := actor_at(m, k):
            return span
        if m.is_mark(k) and m.tokens[k].text not in OPENING:
            return None
        if m.at(k, "trigger") or kind_rank(m, k) == 0 or m.at(k, "attribution", "verbs"):
            return None
    return None


def blamed_behind(m: Marked, end: int) -> Span | None:
    """Whom a verb of blame names, past whoever blames."""
    return next((s for k in range(end, min(end + BLAME_REACH, len(m.tokens))) if (s := actor_at(m, k))), None)


def _quoted(m: Marked, start: int) -> Span | None:
    """A name in quotation marks right behind "by", with what describes it."""
    if start >= len(m.tokens) or m.tokens[start].text not in OPENING:
        return None
    end = _phrase_end(m, start, start)
    return (start, end) if end > start else None


def actor_at(m: Marked, k: int) -> Span | None:
    """The actor whose noun phrase has its head at `k`, a second one joined to it included."""
    span = _one_actor(m, k)
    if span is None:
        return None
    start, end = span
    if m.is_a(end, "perpetrators.of_body") and (body := _one_actor(m, end + 1)):
        end = body[1]
    for _ in range(2):
        behind = _past_bracket(m, end)
        joined = behind + m.is_a(behind, "numbers.joiners")
        joined = joined if joined > behind else end
        joined += m.is_a(joined, "places.articles") if joined > end else 0
        joined += joined > end and joined < len(m.tokens) and m.tokens[joined].text in OPENING
        second = _one_actor(m, joined) if joined > end else None
        if second is None:
            break
        end = second[1]
    return start, end


def _past_bracket(m: Marked, end: int) -> int:
    """Behind the short name in brackets that follows an actor's name, where there is one."""
    at = end + (end < len(m.tokens) and m.tokens[end].text in CLOSING)
    if m.norm(at) != "(":
        return end
    closes = (k for k in range(at + 1, min(at + 1 + BRACKET_MAX, len(m.tokens))) if m.norm(k) == ")")
    return next(closes, end - 1) + 1


def _one_actor(m: Marked, k: int) -> Span | None:
    head = m.at(k, "perpetrators", "actors")
    if head is None or m.at(k, "perpetrators", "bystanders") or k in m.dated:
        return None
    # The article that a preposition has swallowed ("للنظام") is no part of the name as written.
    start = k - 1 if m.is_a(k - 1, "places.articles") and len(m.tokens[k - 1].text) > 1 else k
    if start > 0 and (m.tokens[start - 1].kind is Kind.NUMBER or m.norm(start - 1) in m.pack.numbers):
        return None
    if m.norm(head.end).startswith(OWN):
        # "His forces": whose they are the phrase does not say.
        return None
    end = _phrase_end(m, start, head.end)
    if all(m.is_a(j, "perpetrators.faceless") or m.is_mark(j) for j in range(start, end)):
        return None
    if any(m.at(j, "perpetrators", "bystanders") for j in range(k, end)):
        return None
    return start, end


def _phrase_end(m: Marked, start: int, end: int) -> int:
    """Where an actor's noun phrase ends: what its head governs, then words with an article, nations, quoted names."""
    governed = not m.is_a(start, "places.articles")
    while end < len(m.tokens) and end - start < NAME_MAX:
        if m.tokens[end].text in OPENING:
            closing = next(
                (j for j in range(end + 1, min(end + QUOTED_MAX, len(m.tokens))) if m.tokens[j].text in CLOSING), None
            )
            if closing is None:
                break
            end, governed = closing + 1, False
            continue
        article = m.is_a(end, "places.articles")
        word = end + article
        nation = m.norm(word) in m.pack.demonyms
        if not _can_name(m, word) or not (article or nation or governed):
            break
        # "Militias of the-forces of X": what is governed may govern in turn.
        governed = governed and not article and m.is_a(word, "perpetrators.actors")
        end = word + 1
    return end + m.norm(end).startswith(OWN)


def _can_name(m: Marked, k: int) -> bool:
    if not 0 <= k < len(m.tokens) or m.tokens[k].kind is not Kind.WORD or k in m.dated or m.norm(k).startswith(OWN):
        return False
    if m.is_a(k, "perpetrators.attached"):
        return False
    if m.is_a(k, "perpetrators.actors") or m.norm(k) in m.pack.demonyms:
        return True
    if m.is_a(k, "stop") or m.is_a(k, "things") or kind_rank(m, k) is not None or m.at(k, "attribution", "verbs"):
        return False
    return not any(
        h.entry.cls in ("trigger", "person", "property", "quantity", "including") for h in m.starting[k]
    ) and not (m.at(k, "perpetrators", "verbs") or m.at(k, "perpetrators", "doings"))
