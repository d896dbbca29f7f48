"""The words that say what befell people or homes, and where in a sentence their victims stand."""

from __future__ import annotations

from dataclasses import dataclass

from sijill.core.claim import GroupType, Harm
from sijill.extract.marks import Marked
from sijill.extract.nouns import QUOTES
from sijill.extract.pack import Hit
from sijill.extract.tokens import Kind

AUXILIARY_REACH = 5
JOINED_REACH = 10
FRAME_REACH = 16
ARMED_REACH = 4


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word or phrase of harm: tokens [start, end), and its roles.

    Roles, after where the victims stand: `participle` (after it, or before it where passive), `object` (after it),
    `subject` (before it), `state` (beside it), `nominal` (after it, "the death of"), `counted` (the number counts it).
    `passive` where an auxiliary says so, `active` likewise; `among` where it is "among those killed"; `armed` where
    only armed people are harmed in these words ("lost 12 soldiers").
    """

    start: int
    end: int
    harm: Harm
    roles: frozenset[str]
    words: str
    passive: bool = False
    active: bool = False
    among: bool = False
    armed: bool = False

    def has(self, *roles: str) -> bool:
        """Whether it has one of the roles."""
        return not self.roles.isdisjoint(roles)


def find_triggers(m: Marked, text: str) -> list[Trigger]:
    """The triggers of a sentence, left to right; of two that overlap, the longer."""
    found: list[Trigger] = []
    done = 0
    for i in sorted({*m.where("trigger"), *m.where("inert"), *m.where("person")}) if m.where("trigger") else ():
        if i < done:
            continue
        if inert := m.at(i, "inert"):
            done = inert.end
            continue
        hits = [h for h in m.starting[i] if h.entry.cls == "trigger"]
        if not hits:
            # "Gardes du corps": no word inside a noun of people says harm.
            person = m.at(i, "person")
            done = person.end if person else i + 1
            continue
        end = hits[0].end
        longest = [h for h in hits if h.end == end]
        harms = {h.entry.harm for h in longest}
        for harm in sorted(h for h in harms if h):
            found.append(_trigger(m, i, end, harm, [h for h in longest if h.entry.harm is harm], found, text))
        done = end
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
        if not (passive or active):
            active = _shares_active(m, start, end, last)
    return Trigger(start, end, harm, roles, m.words(start, end, text), passive, active, _among(m, start))


def _shares_active(m: Marked, start: int, end: int, last: Trigger) -> bool:
    """ "A incendié trois écoles et pillé deux mosquées": one auxiliary for both, the second without agreement."""
    if not m.pack.grammar.participles_need_auxiliary or not m.is_a(start - 1, "numbers.joiners"):
        return False
    if not (last.active or _voice(m, last.start)[1]):
        return False
    plural = m.norm(end - 1).endswith(m.pack.endings["plural"])
    return not plural and not (m.any_is(last.end, start, "passive") or m.any_is(last.end, start, "active"))


def _voice(m: Marked, start: int) -> tuple[bool, bool]:
    """Whether an auxiliary before a participle makes it passive ("were killed") or active ("have killed")."""
    if m.is_a(start - 1, "numbers.joiners") and _people_behind(m, start + 1):
        # "Bombs that were detonated and killed six soldiers".
        return False, False
    if m.is_a(start - 1, "numbers.joiners") and _second_of_two(m, start - 1):
        return True, False
    i = start - 1
    for _ in range(AUXILIARY_REACH):
        if m.is_a(i, "passive"):
            return True, False
        if m.is_a(i, "active"):
            return False, True
        light = m.is_a(i, "adverbs") or m.is_a(i, "negation") or m.is_a(i, "and_connectors")
        if not light and not (m.is_a(i + 1, "and_connectors") and m.norm(i).endswith(m.pack.participles)):
            break
        i -= 1
    return False, False


def _people_behind(m: Marked, k: int) -> bool:
    """Whether a number of people stands right there: what is killed by a verb before it."""
    if not k < len(m.tokens) or not (m.tokens[k].kind is Kind.NUMBER or m.norm(k) in m.pack.numbers):
        return False
    return m.at(k + 1, "person") is not None


def _second_of_two(m: Marked, joiner: int) -> bool:
    """Whether a participle before the joiner already has the auxiliary: "were dragged from a bus and shot"."""
    for k in range(joiner - 1, max(-1, joiner - JOINED_REACH), -1):
        if m.is_mark(k) or m.is_a(k, "relative") or m.is_a(k, "active") or m.is_a(k, "attribution.verbs"):
            return False
        if m.is_a(k, "passive"):
            at = k + 1
            while m.is_a(at, "adverbs") and m.at(at, "trigger") is None:
                at += 1
            return at < joiner and m.norm(at).endswith(m.pack.participles)
    return False


def _among(m: Marked, start: int) -> bool:
    """Whether "among the" or "among those" stands before, with a noun between at most."""
    if m.is_a(start - 1, "determiners") and m.before(start - 1, "among_harmed"):
        return True
    if m.before(start, "among_harmed"):
        return True
    if m.is_a(start - 1, "definite") and m.is_a(start - 2, "partitive") and (start == 2 or m.is_mark(start - 3)):
        # "Of the wounded, 16 were children".
        return True
    person = m.before(start, "person")
    return person is not None and m.before(person.start, "among_harmed") is not None


def find_frames(m: Marked, text: str) -> list[tuple[Trigger, int]]:
    """Heads with a tail apart ("set two schools on fire"), each with the token where the tail begins."""
    found = []
    for i in m.where("frame"):
        for hit in m.starting[i]:
            if hit.entry.cls != "frame" or not hit.entry.harm:
                continue
            for tail in hit.entry.tail or ((),):
                at = _find(m, hit.end, tail)
                if at is not None:
                    words = m.words(i, hit.end, text) + (" … " + " ".join(tail) if tail else "")
                    passive, _ = _voice(m, i)
                    armed = hit.entry.type is GroupType.COMBATANTS
                    role = frozenset({hit.entry.name})
                    trigger = Trigger(i, hit.end, hit.entry.harm, role, words, passive, armed=armed)
                    found.append((trigger, min(at, hit.end + ARMED_REACH) if armed else at))
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
