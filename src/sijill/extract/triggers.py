"""The words that say what befell people or homes, and where in a sentence their victims stand."""

from __future__ import annotations

from dataclasses import dataclass

from sijill.core.claim import Harm
from sijill.extract.marks import Marked
from sijill.extract.nouns import QUOTES
from sijill.extract.pack import Hit

AUXILIARY_REACH = 5
FRAME_REACH = 16


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word or phrase of harm: tokens [start, end), and its roles.

    Roles, after where the victims stand: `participle` (after it, or before it where passive), `object` (after it),
    `subject` (before it), `state` (beside it), `nominal` (after it, "the death of"), `counted` (the number counts it).
    `passive` where an auxiliary says so, `active` likewise; `among` where it is "among those killed".
    """

    start: int
    end: int
    harm: Harm
    roles: frozenset[str]
    words: str
    passive: bool = False
    active: bool = False
    among: bool = False

    def has(self, *roles: str) -> bool:
        """Whether it has one of the roles."""
        return not self.roles.isdisjoint(roles)


def find_triggers(m: Marked, text: str) -> list[Trigger]:
    """The triggers of a sentence, left to right; of two that overlap, the longer."""
    found: list[Trigger] = []
    i = 0
    while i < len(m.tokens):
        if inert := m.at(i, "inert"):
            i = inert.end
            continue
        hits = [h for h in m.starting[i] if h.entry.cls == "trigger"]
        if not hits:
            i += 1
            continue
        end = hits[0].end
        longest = [h for h in hits if h.end == end]
        harms = {h.entry.harm for h in longest}
        for harm in sorted(h for h in harms if h):
            found.append(_trigger(m, i, end, harm, [h for h in longest if h.entry.harm is harm], found, text))
        i = end
    return found


def _trigger(m: Marked, start: int, end: int, harm: Harm, hits: list[Hit], before: list[Trigger], text: str) -> Trigger:
    roles = frozenset(h.entry.name for h in hits)
    passive, active = _voice(m, start) if "participle" in roles else (False, False)
    if "participle" in roles and not passive and before:
        # "were killed and injured": one auxiliary for both.
        last = before[-1]
        joined = all(m.is_a(k, "and_connectors") or m.is_a(k, "adverbs") for k in range(last.end, start))
        if joined and last.passive and 0 < start - last.end <= 3:
            passive = True
    return Trigger(start, end, harm, roles, m.words(start, end, text), passive, active, _among(m, start))


def _voice(m: Marked, start: int) -> tuple[bool, bool]:
    """Whether an auxiliary before a participle makes it passive ("were killed") or active ("have killed")."""
    i = start - 1
    for _ in range(AUXILIARY_REACH):
        if m.is_a(i, "passive"):
            return True, False
        if m.is_a(i, "active"):
            return False, True
        if not (m.is_a(i, "adverbs") or m.is_a(i, "negation") or m.is_a(i, "and_connectors")):
            break
        i -= 1
    return False, False


def _among(m: Marked, start: int) -> bool:
    """Whether "among the" or "among those" stands before, with a noun between at most."""
    if m.before(start, "among_harmed"):
        return True
    person = m.before(start, "person")
    return person is not None and m.before(person.start, "among_harmed") is not None


def find_frames(m: Marked, text: str) -> list[tuple[Trigger, int]]:
    """Heads with a tail apart ("set two schools on fire"), each with the token where the tail begins."""
    found = []
    for i in range(len(m.tokens)):
        for hit in m.starting[i]:
            if hit.entry.cls != "frame" or not hit.entry.harm:
                continue
            for tail in hit.entry.tail or ((),):
                at = _find(m, hit.end, tail)
                if at is not None:
                    words = m.words(i, hit.end, text) + (" … " + " ".join(tail) if tail else "")
                    passive, _ = _voice(m, i)
                    trigger = Trigger(i, hit.end, hit.entry.harm, frozenset({hit.entry.name}), words, passive)
                    found.append((trigger, at))
                    break
    return found


def _find(m: Marked, start: int, phrase: tuple[str, ...]) -> int | None:
    if not phrase:
        return min(start + FRAME_REACH, len(m.tokens))
    for i in range(start, min(start + FRAME_REACH, len(m.tokens) - len(phrase) + 1)):
        if m.norm(i) == phrase[0] and all(m.norm(i + k) == w for k, w in enumerate(phrase)):
            return i
    return None


def is_light(m: Marked, i: int) -> bool:
    """Whether the word at `i` says nothing of who was harmed: adverbs, articles, quotation marks."""
    mark = m.tokens[i].text
    return m.is_a(i, "adverbs") or m.is_a(i, "determiners") or m.is_a(i, "partitive") or mark in QUOTES or mark == "["
