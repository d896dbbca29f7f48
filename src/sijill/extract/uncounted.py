"""Allegations without a number: "homes were looted", "the attackers killed civilians"."""

from __future__ import annotations

from dataclasses import dataclass

from sijill.core.claim import Group, GroupType, Harm, Subset
from sijill.extract.marks import Marked
from sijill.extract.pack import Hit
from sijill.extract.scope import Assigned, read_scope
from sijill.extract.triggers import Trigger, is_light

MODIFIERS = 3
VERB_REACH = 6


@dataclass(frozen=True, slots=True)
class Allegation:
    """Harm told of people or homes whose number is not: the trigger, and the group."""

    trigger: Trigger
    harm: Harm
    group: Group


def find_uncounted(m: Marked, text: str, counted: list[Assigned]) -> list[Allegation]:
    """The allegations of a sentence, those left out whose words a counted claim has used."""
    used = {a.trigger.start for a in counted if a.trigger}
    inside = {k for a in counted for k in range(a.counted.start, a.counted.end)}
    found: list[Allegation] = []
    for t in read_scope(m, text).triggers:
        if t.start in used or t.start in inside:
            continue
        hit = _after(m, t) if t.has("object", "nominal") or (t.has("participle") and not t.passive) else None
        hit = hit or (_before(m, t) if t.passive or t.has("subject") else None)
        if hit and not inside & set(range(hit.start, hit.end)) and _fits(hit, t.harm):
            words = m.words(hit.start, hit.end, text)
            found.append(Allegation(t, t.harm, Group(words, hit.entry.type or GroupType.UNSPECIFIED, _subset(hit))))
    return found


def _subset(hit: Hit) -> Subset:
    return hit.entry.subset


def _fits(hit: Hit, harm: Harm) -> bool:
    return (hit.entry.cls == "property") == (harm is Harm.PROPERTY)


def _after(m: Marked, t: Trigger) -> Hit | None:
    """The noun of people or homes that follows a verb, a few modifiers between."""
    for k in range(t.end, min(t.end + MODIFIERS + 1, len(m.tokens))):
        if hit := m.at(k, "person") or m.at(k, "property"):
            return hit
        if m.is_mark(k) or (m.is_a(k, "stop") and not m.is_a(k, "determiners")):
            return None
    return None


def _before(m: Marked, t: Trigger) -> Hit | None:
    """The noun of people or homes that stands before a passive verb."""
    for k in range(t.start, max(0, t.start - VERB_REACH), -1):
        if hit := m.before(k, "person") or m.before(k, "property"):
            return hit
        if not (m.is_a(k - 1, "passive") or m.is_a(k - 1, "active") or is_light(m, k - 1)):
            return None
    return None
