"""Rules by which counts share a harm: parts of wholes, brackets, coordination."""

from __future__ import annotations

from dataclasses import replace

from sijill.core.claim import Group, GroupType
from sijill.extract.assigned import BACKWARD, Scope, acts_after, connects, linked
from sijill.extract.triggers import Trigger, is_light
from sijill.extract.who import What

PART_GAP = 14
JOIN_GAP = 20
PART_MARKS = frozenset(":;–—-(,")


def bracketed(s: Scope) -> None:
    """ "Nine monks (seven X and two Y) and three cooks": counts in brackets or dashes are parts of the one before."""
    opened: int | None = None
    for k, token in enumerate(s.m.tokens):
        dash = token.text in "–—" or (token.text == "-" and s.m.norm(k + 1) == "-")
        if token.text in "([" or (opened is None and dash):
            opened = k
        elif opened is not None and (token.text in ")]" or dash):
            _bracket(s, opened, k)
            opened = None


def _bracket(s: Scope, start: int, end: int) -> None:
    whole = next((i for i in range(len(s.counts) - 1, -1, -1) if s.counts[i].end <= start), None)
    if whole is not None and s.counts[whole].end < start:
        t = s.assigned[whole].trigger if not s.free(whole) else None
        whole = whole if t is not None and t.end == start else None
    inside = [i for i, c in enumerate(s.counts) if start < c.start and c.end <= end]
    after = next((i for i, c in enumerate(s.counts) if c.start >= end), None)
    if whole is None or not inside or s.counts[inside[0]].start - start > 3 or s.counts[inside[0]].single:
        return
    if s.free(whole) and after is not None and not s.free(after) and s.assigned[after].rule in BACKWARD:
        between = range(end + 1, s.counts[after].start)
        joined = all(s.m.is_a(k, "and_connectors") or is_light(s.m, k) or s.m.norm(k) == "-" for k in between)
        a = s.assigned[after]
        if joined:
            s.give(whole, a.harm, a.trigger, "joined to the count after", a.words)
    if not s.free(whole):
        a = s.assigned[whole]
        for i in inside:
            s.give(i, a.harm, a.trigger, "part of a whole", a.words, whole)


def parts(s: Scope) -> None:
    """ "14 civilians, including five children", "58: 31 rebels, nine farmers": a part has its whole's harm."""
    for j in range(1, len(s.counts)):
        i = whole_of(s, j)
        if i is None:
            continue
        whole, part = s.assigned.get(i), s.assigned.get(j)
        if whole and part is None:
            s.give(j, whole.harm, whole.trigger, "part of a whole", whole.words, i)
        elif part and whole is None and part.rule in BACKWARD:
            s.give(i, part.harm, part.trigger, "whole of a part", part.words)
            if i in s.assigned:
                s.assigned[j] = replace(part, part_of=i)
        elif whole and part and whole.harm is part.harm and part.part_of is None and not whole.counted.single:
            s.assigned[j] = replace(part, part_of=i)


def whole_of(s: Scope, j: int) -> int | None:
    """The count of which count `j` is introduced as a part."""
    c = s.counts[j]
    if c.back:
        return next((i for i in range(j - 1, -1, -1) if not s.free(i)), None)
    i = j - 1
    gap = s.gap(s.counts[i], c)
    if len(gap) > PART_GAP or s.counts[i].single:
        return None
    if s.m.before(s.counts[i].start, "among_harmed") and _listed_next(s, gap):
        return i
    openings = [k for k in gap if s.m.at(k, "including")]
    opening = next((k for k in openings if s.m.tokens[k].text.isalpha()), openings[0] if openings else None)
    if opening is None or c.what not in (What.PEOPLE, What.PROPERTY, What.ELIDED, What.UNKNOWN):
        return None
    hit = s.m.at(opening, "including")
    assert hit is not None
    strong = s.m.tokens[opening].text.isalpha()
    if not strong and (c.what is What.ELIDED or c.single or opening not in (gap[0], gap[-1]) or len(gap) > 6):
        return None
    between = range(s.counts[i].end, opening)
    if not strong and not c.single and _closes_clause(s, i, opening):
        return i
    if any(t.start in range(hit.end, c.start) for t in s.triggers):
        return None
    return i if strong or not s.trigger_in(between) else None


def of_those(s: Scope) -> None:
    """ "Of the 51 shot dead, 18 were women": the second count is a part of the first, and says who they were."""
    m = s.m
    for j in range(1, len(s.counts)):
        whole, c = s.assigned.get(j - 1), s.counts[j]
        if whole is None or not s.free(j) or c.what is not What.ELIDED or not m.is_a(c.end, "passive"):
            continue
        at = whole.counted.start
        while m.is_a(at - 1, "determiners") and not m.is_a(at - 1, "partitive"):
            at -= 1
        opens = m.is_a(at - 1, "partitive") and (at == 1 or m.is_mark(at - 2))
        person = m.at(c.end + 1, "person")
        if opens and person and m.norm(c.start - 1) == "," and not s.trigger_in(range(c.end, person.end)):
            words = m.words(person.start, person.end, s.text)
            group = Group(words, person.entry.type or GroupType.UNSPECIFIED, person.entry.subset)
            s.counts[j] = replace(c, group=group)
            s.give(j, whole.harm, whole.trigger, "part of a whole", whole.words, j - 1)


def _listed_next(s: Scope, gap: range) -> bool:
    """Whether a verb that lists parts stands before them: "among the 51 dead were 18 women"."""
    lists = any(s.m.is_a(k, "listing") or s.m.is_a(k, "passive") for k in gap)
    return lists and not any(t.start in gap for t in s.triggers) and not s.m.is_a(gap[-1], "stop")


def _closes_clause(s: Scope, i: int, opening: int) -> bool:
    """Whether the verb of a whole stands right before the mark that opens its parts: "eight were killed: five …"."""
    a = s.assigned.get(i)
    return a is not None and a.trigger is not None and a.trigger.end == opening and a.rule == "subject of the verb"


def distributed(s: Scope) -> None:
    """ "Five were killed at the bridge, three in the orchard and one on the steps": the verb is said once."""
    for j in range(1, len(s.counts)):
        a, b = s.assigned.get(j - 1), s.counts[j]
        if a is None or not s.free(j) or b.what is not What.ELIDED or b.others or b.start - a.counted.end > JOIN_GAP:
            continue
        gap = range(a.counted.end, b.start)
        others = [t for t in s.triggers if t.start in gap and t is not a.trigger]
        plain = not any(s.m.is_a(k, "relative") or s.m.at(k, "attribution", "verbs") for k in gap)
        placed = s.m.is_a(b.end, "places.prepositions") or s.m.is_a(b.end, "places.weak_prepositions")
        if placed and plain and not others and s.m.before(b.start, "and_connectors"):
            s.give(j, a.harm, a.trigger, "joined to the count before", a.words, a.part_of)


def summed(s: Scope) -> None:
    """ "13 bodies lay in the street; eight rebels, four soldiers and a farmer": counts that add up to one before."""
    for i in sorted(s.assigned):
        whole = s.assigned[i]
        total = whole.counted.quantity.low
        if total is None or whole.counted.quantity.high != total or whole.part_of is not None:
            continue
        inside, left = [], total
        for j in range(i + 1, len(s.counts)):
            number = s.counts[j].quantity
            if not s.free(j) or number.low is None or number.low != number.high or number.low > left:
                break
            inside.append(j)
            left -= number.low
            if left == 0:
                break
        marks = range(whole.counted.end, s.counts[inside[0]].start) if inside else range(0)
        if left == 0 and len(inside) > 1 and any(s.m.tokens[k].text in PART_MARKS for k in marks):
            for j in inside:
                s.give(j, whole.harm, whole.trigger, "part of a whole", whole.words, i)


def coordination(s: Scope) -> None:
    """ "One captain and five men", "12 people in the north and four in the south": joined counts share a harm."""
    for _ in range(2):
        for j in range(1, len(s.counts)):
            i = j - 1
            a, b = s.assigned.get(i), s.assigned.get(j)
            if a and b is None and _joined(s, i, j, forward=True):
                s.give(j, a.harm, a.trigger, "joined to the count before", a.words, a.part_of)
        for j in range(len(s.counts) - 1, 0, -1):
            a, b = s.assigned.get(j - 1), s.assigned.get(j)
            if b and a is None and b.rule in BACKWARD and _joined(s, j - 1, j, forward=False):
                s.give(j - 1, b.harm, b.trigger, "joined to the count after", b.words, b.part_of)


def _told_between(s: Scope, t: Trigger | None, gap: list[int]) -> bool:
    """Whether only the first count's own verb stands between: "39 died at the scene and 12 more in hospital"."""
    if t is None or not s.m.before(gap[-1] + 1, "and_connectors"):
        return False
    others = [u for u in s.triggers if u.start in gap and u is not t]
    return t.start in gap and not others and not any(s.m.is_a(k, "relative") for k in gap)


def regroup(s: Scope) -> None:
    """Parts joined to a part belong to the same whole: "83, including nine women and a boy"."""
    for j in range(1, len(s.counts)):
        a, b = s.assigned.get(j - 1), s.assigned.get(j)
        if a and b and a.part_of is not None and b.part_of is None and a.harm is b.harm and linked(s, j - 1, j):
            s.assigned[j] = replace(b, part_of=a.part_of)


def _joined(s: Scope, i: int, j: int, *, forward: bool) -> bool:
    """Whether only connectors stand between two counts, or, going forward, a phrase that trails the first."""
    a, b, m = s.counts[i], s.counts[j], s.m
    gap = list(s.gap(a, b))
    if not gap or len(gap) > JOIN_GAP:
        return False
    if (a.what is What.PROPERTY) != (b.what is What.PROPERTY) and What.ELIDED not in (a.what, b.what):
        return False
    if not forward and m.is_a(gap[0], "relative") and m.is_a(gap[-1], "and_connectors"):
        return not s.trigger_in(range(a.end, b.start))
    if connects(m, range(gap[0], gap[-1] + 1)):
        return not forward or b.what is not What.UNKNOWN or m.sentence.capitals or not acts_after(s, b)
    if not forward or b.what is What.UNKNOWN:
        return False
    if b.others and (told := s.assigned.get(i)) is not None and _told_between(s, told.trigger, gap):
        return not acts_after(s, b)
    if s.trigger_in(range(a.end, b.start)) or any(m.is_a(k, "passive") or m.is_a(k, "active") for k in gap):
        return False
    if any(m.at(k, "attribution", "verbs") or m.at(k, "perpetrators", "verbs") or m.is_a(k, "relative") for k in gap):
        return False
    ends_joined = m.before(b.start, "and_connectors") is not None or (
        is_light(m, gap[-1]) and len(gap) > 1 and m.is_a(gap[-2], "and_connectors")
    )
    if m.tokens[gap[-1]].text == "," and (len(gap) > 2 or (b.single and not b.inherits)):
        return False
    return ends_joined and not any(m.is_mark(k) and m.tokens[k].text in ";:.!?" for k in gap) and not acts_after(s, b)
