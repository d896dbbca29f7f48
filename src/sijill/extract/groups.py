"""Groups that only the sentence as a whole shows: "others", bare numbers, and wholes whose parts are told."""

from __future__ import annotations

from dataclasses import replace

from sijill.core.claim import Group, GroupType, Harm, Subset
from sijill.extract.marks import Marked
from sijill.extract.pack import Hit
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
        group = _predicated(m, a) or _apposed(m, a) or _among(m, a) or a.counted.group
        if group.type is GroupType.UNSPECIFIED and a.counted.inherits and a.harm is not Harm.PROPERTY:
            group = replace(group, type=_inherited(settled, a, before))
        if a.harm is Harm.PROPERTY and group.type is GroupType.UNSPECIFIED and (hit := _last_property(m, a)):
            group = replace(group, type=hit.entry.type or group.type)
        if group.type is GroupType.UNSPECIFIED and _told_after(m, a):
            group = replace(group, type=GroupType.MIXED)
        settled.append(replace(a, counted=replace(a.counted, group=group)))
    for i, a in enumerate(settled):
        kinds = {b.counted.group.type for b in settled if b.part_of == i}
        if a.counted.group.type is GroupType.UNSPECIFIED and {GroupType.CIVILIANS, GroupType.COMBATANTS} <= kinds:
            group = replace(a.counted.group, type=GroupType.MIXED)
            settled[i] = replace(a, counted=replace(a.counted, group=group))
    return settled


def _predicated(m: Marked, a: Assigned) -> Group | None:
    """Who those counted are said to be: "15 were children", "all 14 victims were civilians"."""
    at = a.counted.end
    if a.counted.group.subset is not Subset.ALL or a.counted.single or a.harm is Harm.PROPERTY:
        return None
    if a.counted.group.type is not GroupType.UNSPECIFIED or not m.is_a(at, "passive"):
        return None
    at += 1
    while m.is_a(at, "adverbs") or m.is_a(at, "determiners"):
        at += 1
    hit = m.at(at, "person")
    if hit is None or m.at(hit.end, "trigger") or m.is_a(hit.end, "passive"):
        return None
    return Group(
        " ".join(m.tokens[k].text for k in range(at, hit.end)),
        hit.entry.type or GroupType.UNSPECIFIED,
        hit.entry.subset,
    )


def _words(m: Marked, hit: Hit) -> str:
    return " ".join(m.tokens[k].text for k in range(hit.start, hit.end))


def _apposed(m: Marked, a: Assigned) -> Group | None:
    """Who those counted are, said beside them: "seven people, all civilians,"."""
    at, group = a.counted.end, a.counted.group
    if group.type is not GroupType.UNSPECIFIED or group.subset is not Subset.ALL or not m.is_mark(at):
        return None
    if not m.is_a(at + 1, "all_of"):
        return None
    first = at + 2
    while m.is_a(first, "partitive") or m.is_a(first, "attribution.pronouns") or m.is_a(first, "them"):
        first += 1
    hit = m.at(first, "person")
    return replace(group, type=hit.entry.type, subset=hit.entry.subset) if hit and hit.entry.type else None


def _among(m: Marked, a: Assigned) -> Group | None:
    """Among whom deaths are counted: "13 deaths among children"."""
    end, group = a.counted.end, a.counted.group
    if group.type is not GroupType.UNSPECIFIED or group.subset is not Subset.ALL or not m.is_a(end, "among"):
        return None
    hit = next((h for k in range(end + 1, end + 4) if (h := m.at(k, "person"))), None)
    return Group(_words(m, hit), hit.entry.type, hit.entry.subset) if hit and hit.entry.type else None


def _last_property(m: Marked, a: Assigned) -> Hit | None:
    """The noun of property that a bare number repeats."""
    return next((h for k in range(a.counted.start - 1, -1, -1) if (h := m.at(k, "property"))), None)


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
    if m.within(end, end + 3, "mixed"):
        return True
    near = range(end, min(end + 3, len(m.tokens)))
    opening = next((k for k in near if m.at(k, "including") or m.is_a(k, "both")), None)
    if opening is None:
        return False
    kinds = set()
    for k in range(opening, min(opening + SAID_AFTER, len(m.tokens))):
        if hit := m.at(k, "person"):
            kinds.add(hit.entry.type)
        elif m.at(k, "armed"):
            kinds.add(GroupType.COMBATANTS)
        if m.at(k, "trigger") or m.is_a(k, "passive") or m.is_a(k, "places.prepositions"):
            break
    return {GroupType.CIVILIANS, GroupType.COMBATANTS} <= kinds
