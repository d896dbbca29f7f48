"""Groups that only the sentence as a whole shows: "others", bare numbers, and wholes whose parts are told."""

from __future__ import annotations

from dataclasses import replace

from sijill.core.claim import Group, GroupType, Harm
from sijill.extract.marks import Marked
from sijill.extract.scope import Assigned
from sijill.extract.who import What

SAID_AFTER = 10


def settle(m: Marked, found: list[Assigned], before: Group | None) -> list[Assigned]:
    """The assigned counts of a sentence with their groups settled; `before` is the last group of the sentence before.

    "Nine farmers were killed and 60 others wounded": the 60 are civilians too. "58: 31 rebels and 27 farmers":
    the 58 are mixed.
    """
    settled: list[Assigned] = []
    for a in found:
        group = a.counted.group
        if group.type is GroupType.UNSPECIFIED and a.counted.inherits and a.harm is not Harm.PROPERTY:
            group = replace(group, type=_inherited(settled, a, before))
        if group.type is GroupType.UNSPECIFIED and _told_after(m, a):
            group = replace(group, type=GroupType.MIXED)
        settled.append(replace(a, counted=replace(a.counted, group=group)))
    for i, a in enumerate(settled):
        kinds = {b.counted.group.type for b in settled if b.part_of == i}
        if a.counted.group.type is GroupType.UNSPECIFIED and {GroupType.CIVILIANS, GroupType.COMBATANTS} <= kinds:
            group = replace(a.counted.group, type=GroupType.MIXED)
            settled[i] = replace(a, counted=replace(a.counted, group=group))
    return settled


def _inherited(earlier: list[Assigned], a: Assigned, before: Group | None) -> GroupType:
    """The type of those named before: the last that is no mere part, else, for "others", the sentence before's."""
    if a.part_of is not None and a.part_of < len(earlier):
        return earlier[a.part_of].counted.group.type
    wholes = [e for e in earlier if e.part_of is None and e.counted.what is not What.PROPERTY]
    if wholes:
        return _people(wholes[-1].counted.group.type)
    elided = a.counted.what is What.ELIDED and a.rule != "toll" and a.counted.others
    return _people(before.type) if before and elided else GroupType.UNSPECIFIED


def _people(kind: GroupType) -> GroupType:
    return GroupType.UNSPECIFIED if kind in (GroupType.HOMES, GroupType.OTHER, GroupType.MIXED) else kind


def _told_after(m: Marked, a: Assigned) -> bool:
    """Whether "including civilians and military" follows, without numbers."""
    end = a.counted.end
    opening = next((k for k in range(end, min(end + 3, len(m.tokens))) if m.at(k, "including")), None)
    if opening is None:
        return False
    kinds = set()
    for k in range(opening, min(opening + SAID_AFTER, len(m.tokens))):
        if hit := m.at(k, "person"):
            kinds.add(hit.entry.type)
        elif m.at(k, "armed"):
            kinds.add(GroupType.COMBATANTS)
        if m.at(k, "trigger") or m.is_a(k, "passive"):
            break
    return {GroupType.CIVILIANS, GroupType.COMBATANTS} <= kinds
