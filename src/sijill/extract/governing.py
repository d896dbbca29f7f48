"""Rules by which a word of harm governs a count: as its own noun, object, subject, toll, frame.

Each only fills in what the rules before it left open; `scope.RULES` gives the order.
"""

from __future__ import annotations

from sijill.extract.assigned import Scope, acts_after, linked
from sijill.extract.exclude import fits, forbidden_trigger
from sijill.extract.gaps import SUBJECT_GAP, precedes, reaches
from sijill.extract.joining import whole_of
from sijill.extract.marks import Marked
from sijill.extract.triggers import Trigger, find_frames, is_light
from sijill.extract.who import Counted

TOLL_GAP = 34


def own(s: Scope) -> None:
    """The phrase itself says the harm: "12 deaths", "a dead child", "22 wounded", "36,000 refugees"."""
    for i, c in enumerate(s.counts):
        if c.harm is None or _denied(s.m, c):
            continue
        if not c.firmly and _governed_otherwise(s, c):
            continue
        trigger = next((t for t in s.triggers if t.harm is c.harm and c.count_end <= t.start < c.end), None)
        if trigger is None and c.firmly:
            continue
        s.give(i, c.harm, trigger, "counted noun" if c.firmly else "noun of the harmed", c.said)
        if trigger:
            s.spent.add(trigger.start)


def _denied(m: Marked, c: Counted) -> bool:
    return m.is_a(c.start - 1, "modal") and c.start - 1 not in m.dated


def _governed_otherwise(s: Scope, c: Counted) -> bool:
    """Whether refugees or hostages are harmed in some other way here: "12 refugees were killed", or harmed no more."""
    if any(s.m.is_a(k, "let_go") for k in range(c.end, c.end + 6)):
        return True
    near = range(max(0, c.start - 6), c.end + 8)
    return any(t.start in near and not (c.count_end <= t.start < c.end) and t.harm is not c.harm for t in s.triggers)


def follows_verb(s: Scope) -> None:
    """The victims follow: "killed 54 herders", "killing at least 25", "the bodies of 14"."""
    for t in s.triggers:
        if t.start in s.spent or not t.has("object", "nominal", "participle") or t.passive:
            continue
        for i, c in enumerate(s.counts):
            if c.start < t.end or not s.free(i):
                continue
            if reaches(s, t, c) and fits(c, t.harm):
                s.give(i, t.harm, t, "object of the verb" if not t.has("nominal") else "noun of harm", t.words)
                s.spent.add(t.start)
            break


def precedes_verb(s: Scope) -> None:
    """The victims stand before: "12 people were killed", "nine rebels died", "nine rebels shot near …"."""
    for t in s.triggers:
        if t.start in s.spent or t.active or t.among or not t.has("subject", "participle", "state"):
            continue
        for i in range(len(s.counts) - 1, -1, -1):
            c = s.counts[i]
            if c.end > t.start:
                continue
            if not s.free(i):
                break
            root = _root(s, i, t)
            if root is not None:
                s.give(root, t.harm, t, "subject of the verb", t.words)
                s.spent.add(t.start)
            elif fits(c, t.harm) and precedes(s, c, t):
                s.give(i, t.harm, t, "subject of the verb", t.words)
                s.spent.add(t.start)
            break


def _root(s: Scope, i: int, t: Trigger) -> int | None:
    """The whole of which count `i` closes the list of parts: "83 people, including nine women and a boy, were …"."""
    if not any(s.m.is_mark(k) and s.m.tokens[k].text in ",)–—-" for k in range(s.counts[i].end, t.start)):
        return None
    at = i
    while at > 0 and whole_of(s, at) is None and linked(s, at - 1, at):
        at -= 1
    whole = whole_of(s, at) if at > 0 else None
    if whole is None or not s.free(whole) or not fits(s.counts[whole], t.harm):
        return None
    c = s.counts[whole]
    if len(range(c.end, t.start)) > SUBJECT_GAP:
        return None
    return whole


def among(s: Scope) -> None:
    """ "Among those killed were 16 policemen", "three children were among the dead"."""
    for t in s.triggers:
        if not t.among:
            continue
        after = next((i for i, c in enumerate(s.counts) if c.start >= t.end), None)
        if after is not None and s.counts[after].start - t.end <= 4 and _has_passive(s.m, t.end, s.counts[after].start):
            s.give(after, t.harm, t, "among those harmed", t.words)
            continue
        before = next((i for i in range(len(s.counts) - 1, -1, -1) if s.counts[i].end <= t.start), None)
        if before is not None and t.start - s.counts[before].end <= 9:
            s.give(before, t.harm, t, "among those harmed", t.words)


def among_counted(s: Scope) -> None:
    """ "Three nurses were among nine people killed"."""
    for j in range(1, len(s.counts)):
        gap = s.gap(s.counts[j - 1], s.counts[j])
        whole = s.assigned.get(j)
        plain = all(s.m.is_a(k, "passive") or s.m.is_a(k, "among") or is_light(s.m, k) for k in gap)
        if whole and s.free(j - 1) and plain and any(s.m.is_a(k, "among") for k in gap):
            s.give(j - 1, whole.harm, whole.trigger, "among those harmed", whole.words, j)


def _has_passive(m: Marked, start: int, end: int) -> bool:
    return any(m.is_a(k, "passive") for k in range(start, end))


def toll(s: Scope) -> None:
    """ "The death toll has risen to 87": a noun of toll, a word that reaches, a number."""
    m = s.m
    for k in range(len(m.tokens)):
        hit = m.at(k, "toll")
        if hit is None or hit.entry.harm is None:
            continue
        for i, c in enumerate(s.counts):
            if c.start < hit.end or c.single:
                continue
            if c.start - hit.end > TOLL_GAP:
                break
            if _reached(m, c, hit.end):
                if not s.free(i) and s.assigned[i].rule == "frame":
                    break
                s.assigned.pop(i, None)
                s.give(i, hit.entry.harm, None, "toll", m.words(hit.start, hit.end, s.text))
                break


def _reached(m: Marked, c: Counted, toll_end: int) -> bool:
    """Whether a word that reaches stands right before a number, or is its qualifier ("exceeded 40")."""
    at = c.start
    while at > toll_end and (m.is_a(at - 1, "adverbs") or m.is_a(at - 1, "determiners")) and not m.before(at, "reach"):
        at -= 1
    if c.start < c.number_start and m.at(c.start, "reach") is not None:
        return True
    hit = m.before(at, "reach")
    # "Of" reaches only from the toll itself: "a death toll of 12".
    return hit is not None and (hit.start <= toll_end or not m.is_a(at - 1, "partitive"))


def relative_object(s: Scope) -> None:
    """ "The 900 villagers they have kidnapped": the victims stand before an active verb and its pronoun."""
    for t in s.triggers:
        if not t.active or t.start in s.spent:
            continue
        for i in range(len(s.counts) - 1, -1, -1):
            c = s.counts[i]
            gap = range(c.end, t.start)
            if c.end > t.start or len(gap) > 5 or not s.free(i):
                continue
            pronoun = any(s.m.is_a(k, "attribution.pronouns") for k in gap)
            if pronoun and all(_of_relative(s.m, k) for k in gap):
                s.give(i, t.harm, t, "object of a relative clause", t.words)
            break


def _of_relative(m: Marked, k: int) -> bool:
    return m.is_a(k, "attribution.pronouns") or m.is_a(k, "active") or m.is_a(k, "relative") or m.is_a(k, "adverbs")


def in_frame(s: Scope) -> None:
    """ "Set six shops and five huts on fire", "the fate of dozens is unknown"."""
    for t, tail in find_frames(s.m, s.text):
        if forbidden_trigger(s.m, t):
            continue
        inside = [i for i, c in enumerate(s.counts) if t.end <= c.start and c.count_end <= tail]
        if t.has("subject"):
            inside = [i for i, c in enumerate(s.counts) if c.end <= t.start and precedes(s, c, t)][-1:]
        if not inside and t.passive:
            inside = [i for i, c in enumerate(s.counts) if c.end <= t.start and precedes(s, c, t)][-1:]
        for i in inside[:1]:
            s.give(i, t.harm, t, "frame", t.words)


def alongside(s: Scope) -> None:
    """ "He was killed along with two of his guards": joined to the subject from behind the verb."""
    for t in s.triggers:
        if not (t.passive or t.has("subject")):
            continue
        for k in range(t.end, min(t.end + SUBJECT_GAP, len(s.m.tokens))):
            hit = s.m.at(k, "alongside")
            if hit is None:
                continue
            i = next((i for i, c in enumerate(s.counts) if 0 <= c.start - hit.end <= 2), None)
            if i is not None and not acts_after(s, s.counts[i]):
                s.give(i, t.harm, t, "alongside the subject", t.words)
            break
