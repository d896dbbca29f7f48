"""Rules by which a word of harm governs a count: as its own noun, object, subject, toll, frame.

Each only fills in what the rules before it left open; `scope.RULES` gives the order.
"""

from __future__ import annotations

from dataclasses import replace

from sijill.core.claim import Group, GroupType, Harm
from sijill.extract.assigned import Scope, acts_after, linked
from sijill.extract.clitics import OWN
from sijill.extract.exclude import fits, forbidden_trigger
from sijill.extract.gaps import SUBJECT_GAP, precedes, reaches
from sijill.extract.joining import whole_of
from sijill.extract.marks import Marked
from sijill.extract.pack import Entry, Hit
from sijill.extract.triggers import Trigger, find_frames, is_light
from sijill.extract.who import Counted, What

TOLL_GAP, NOUNS_BEHIND = 34, 3
CORRECTION_GAP = 4
TOLL_NOUNS = 5
BRACKET_REACH = 12
LET_GO_REACH = 6
TOLL_BEFORE, TOLL_ASIDE, TOLL_OPENS = 6, 8, 3


def own(s: Scope) -> None:
    """The phrase itself says the harm: "12 deaths", "a dead child", "22 wounded", "36,000 refugees"."""
    for i, c in enumerate(s.counts):
        if c.harm is None or _denied(s.m, c) or _succumbed(s, c):
            continue
        if (not c.firmly and _governed_otherwise(s, c)) or _died_since(s, c):
            continue
        trigger = next((t for t in s.triggers if t.harm is c.harm and c.lead <= t.start < c.end), None)
        if trigger is None and c.firmly:
            continue
        s.give(i, c.harm, trigger, "counted noun" if c.firmly else "noun of the harmed", c.said)
        if trigger:
            s.spent.add(trigger.start)


def _died_since(s: Scope, c: Counted) -> bool:
    """Whether a verb of another harm follows right behind: "five of the injured died"."""
    return any(t.start == c.end and t.harm is not c.harm and t.has("subject") for t in s.triggers)


def _succumbed(s: Scope, c: Counted) -> bool:
    """Whether the wounded are said to have died: "deux blessés ayant succombé"."""
    if c.harm is not Harm.WOUNDED:
        return False
    t = next((t for t in s.triggers if t.harm is Harm.KILLED and t.has("subject") and t.start >= c.end), None)
    return t is not None and all(s.m.is_a(k, "active") or is_light(s.m, k) for k in range(c.end, t.start))


def _denied(m: Marked, c: Counted) -> bool:
    return m.is_a(c.start - 1, "modal") and c.start - 1 not in m.dated


def _governed_otherwise(s: Scope, c: Counted) -> bool:
    """Whether refugees or hostages are harmed in some other way here: "12 refugees were killed", or harmed no more."""
    back = LET_GO_REACH if s.m.pack.grammar.verb_first else 3
    if any(s.m.is_a(k, "let_go") for k in (*range(c.start - back, c.start), *range(c.end, c.end + 6))):
        return True
    if any(t.end <= c.start and c.end <= tail and t.harm is not c.harm for t, tail in find_frames(s.m, s.text)):
        return True
    near = range(max(0, c.start - 6), c.end + 8)
    return any(t.start in near and not (c.count_end <= t.start < c.end) and t.harm is not c.harm for t in s.triggers)


def follows_verb(s: Scope) -> None:
    """The victims follow: "killed 54 herders", "killing at least 25", "the bodies of 14"."""
    for t in s.triggers:
        if t.start in s.spent or not _opens_object(s, t) or _describes(s, t):
            continue
        for i, c in enumerate(s.counts):
            if c.start < t.end or not s.free(i):
                continue
            if reaches(s, t, c) and (fits(c, t.harm) or t.harm is Harm.PROPERTY):
                s.give(i, t.harm, t, "object of the verb" if not t.has("nominal") else "noun of harm", t.words)
                s.spent.add(t.start)
            break


def _describes(s: Scope, t: Trigger) -> bool:
    """Whether a word of harm only says of people counted what they were before: "executed 14 captured soldiers"."""
    return t.has("state") and any(c.number_start < t.start < c.end and c.harm is t.harm for c in s.counts)


def _has_subject(s: Scope, t: Trigger) -> bool:
    """Whether a count before a verb can be its subject."""
    before = (i for i in range(len(s.counts) - 1, -1, -1) if s.counts[i].end <= t.start)
    i = next(before, None)
    return i is not None and s.free(i) and precedes(s, s.counts[i], t)


def _opens_object(s: Scope, t: Trigger) -> bool:
    """Whether those harmed may follow: behind a passive only where the language lets a subject follow its verb."""
    grammar = s.m.pack.grammar
    if not t.has("object", "nominal", "participle"):
        # "Murieron doce personas", but not "doce personas murieron".
        return grammar.subjects_follow and t.has("subject") and not _has_subject(s, t)
    if t.passive:
        return grammar.subjects_follow
    return t.active or t.has("object", "nominal") or not grammar.participles_need_auxiliary


def precedes_verb(s: Scope) -> None:
    """The victims stand before: "12 people were killed", "nine rebels died", "nine rebels shot near …"."""
    for t in s.triggers:
        if t.start in s.spent or t.active or t.among or not t.has("subject", "participle", "state"):
            continue
        for i in range(len(s.counts) - 1, -1, -1):
            c = s.counts[i]
            if c.end > t.start or _bracketed(s.m, c, t):
                continue
            if i and s.free(i) and _corrects(s, i):
                s.give(i, t.harm, t, "number corrected", t.words)
                continue
            if not s.free(i):
                if _within_clause(s, i):
                    continue
                break
            root = _root(s, i, t)
            if root is not None:
                s.give(root, t.harm, t, "subject of the verb", t.words)
                s.spent.add(t.start)
            elif fits(c, t.harm) and precedes(s, c, t) and not _died_of_it(s, c, t):
                s.give(i, t.harm, t, "subject of the verb", t.words)
                s.spent.add(t.start)
            break


def _died_of_it(s: Scope, c: Counted, t: Trigger) -> bool:
    """Whether the wounded died: "two soldiers wounded on Monday died", where the wounds only describe them."""
    if t.harm is not Harm.WOUNDED or t.passive:
        return False
    died = next((d for d in s.triggers if d.start >= t.end and d.harm is Harm.KILLED and d.has("subject")), None)
    return died is not None and not any(t.end <= o.start < died.start for o in s.counts) and precedes(s, c, died)


def _corrects(s: Scope, i: int) -> bool:
    """Whether a count is the one put right: "81, and not 66 as first reported, were killed"."""
    hit = s.m.before(s.counts[i].start, "corrections")
    denies = hit is not None and any(s.m.is_a(k, "negation") for k in range(hit.start, hit.end))
    return denies and s.counts[i].what is What.ELIDED


def _bracketed(m: Marked, c: Counted, t: Trigger) -> bool:
    """Whether a count stands in brackets that close before a verb: "two servants (a mother and a girl) were killed"."""
    opened = [k for k in range(max(0, c.start - BRACKET_REACH), c.start) if m.tokens[k].text in "()"]
    if not opened or m.tokens[opened[-1]].text != "(":
        return False
    return any(m.tokens[k].text == ")" for k in range(c.end, t.start))


def _within_clause(s: Scope, i: int) -> bool:
    """Whether count `i` is the object of a clause that only describes those before: "men accused of killing three"."""
    t = s.assigned[i].trigger
    if (
        i == 0
        or t is None
        or s.assigned[i].rule not in ("object of the verb", "noun of harm")
        or t.start < s.counts[i - 1].end
    ):
        return False
    return any(s.m.is_a(k, "charged") or s.m.is_a(k, "relative") for k in range(s.counts[i - 1].end, t.start))


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
        if after is not None and s.counts[after].start - t.end <= 4 and _said_to_be(s.m, t.end, s.counts[after]):
            s.give(after, t.harm, t, "among those harmed", t.words)
            continue
        before = next((i for i in range(len(s.counts) - 1, -1, -1) if s.counts[i].end <= t.start), None)
        if before is not None and t.start - s.counts[before].end <= 9:
            s.give(before, t.harm, t, "among those harmed", t.words)


def listed(s: Scope) -> None:
    """ "The dead included three nurses", "the wounded: 12 soldiers", "the victims were two brothers"."""
    m = s.m
    for t in s.triggers:
        if not t.has("counted", "state", "participle") or t.passive or t.active:
            continue
        known = m.is_a(t.start - 1, "definite") or t.among or (_heads(m, t) and m.norm(t.end) == ":")
        opens = m.is_a(t.end, "listing") or m.is_a(t.end, "passive")
        if not known or not opens or m.is_a(t.start - 2, "prepositions") or m.at(t.end + 1, "trigger"):
            continue
        i = next((i for i, c in enumerate(s.counts) if 0 < c.start - t.end <= 2), None)
        if i is not None and s.free(i):
            s.give(i, t.harm, t, "among those harmed", t.words)


def _heads(m: Marked, t: Trigger) -> bool:
    """Whether a word of harm is the whole label before a colon: "killed: 4", "civilian deaths: 17"."""
    return all(
        m.at(k, "person") or m.is_mark(k) or m.is_a(k, "and_connectors") for k in range(max(0, t.start - 2), t.start)
    )


def possessed(s: Scope) -> None:
    """ "The six priests' murder", "two children's deaths": the noun of harm behind the ending of an owner."""
    for i, c in enumerate(s.counts):
        end = c.end + (c.end < len(s.m.tokens) and s.m.tokens[c.end].text in "'’")
        if not s.free(i) or (end == c.end and s.m.norm(end - 1) == s.m.bare(end - 1)):
            continue
        t = next((t for t in s.triggers if end <= t.start <= end + 1 and t.has("nominal", "counted", "object")), None)
        if t is not None:
            s.give(i, t.harm, t, "noun of harm", t.words)


def among_counted(s: Scope) -> None:
    """ "Three nurses were among nine people killed"."""
    for j in range(1, len(s.counts)):
        gap = s.gap(s.counts[j - 1], s.counts[j])
        whole = s.assigned.get(j)
        plain = all(s.m.is_a(k, "passive") or s.m.is_a(k, "among") or is_light(s.m, k) for k in gap)
        if whole and s.free(j - 1) and plain and any(s.m.is_a(k, "among") for k in gap):
            s.give(j - 1, whole.harm, whole.trigger, "among those harmed", whole.words, j)


def _said_to_be(m: Marked, start: int, c: Counted) -> bool:
    """ "Among those killed were nine", "of those killed, nine were women"."""
    if m.any_is(start, c.start, "passive"):
        return True
    if m.pack.grammar.verb_first and start == c.start:
        return True
    return m.is_mark(start) and c.start == start + 1 and m.is_a(c.end, "passive")


def toll(s: Scope) -> None:
    """ "The death toll has risen to 87": a noun of toll, a word that reaches, a number."""
    m = s.m
    for k in sorted({*m.where("toll"), *m.where("toll_of")}):
        hit = m.at(k, "toll") or _number_of(s, k)
        if hit is None or hit.entry.harm is None:
            continue
        for i, c in enumerate(s.counts):
            if c.start < hit.end or c.single:
                continue
            if c.start - hit.end > TOLL_GAP:
                break
            if _reached(m, c, hit.end):
                _grouped(s, i, hit)
                if not s.free(i) and s.assigned[i].rule in ("frame", "counted noun"):
                    _corrected(s, i)
                    break
                s.assigned.pop(i, None)
                s.give(i, hit.entry.harm, None, "toll", m.words(hit.start, hit.end, s.text))
                _corrected(s, i)
                break


def inverted_toll(s: Scope) -> None:
    """ "Bringing to 27 the number of journalists killed": the number stands before its toll."""
    for i, c in enumerate(s.counts):
        at = c.end + s.m.is_a(c.end, "definite")
        if not s.free(i) or at == c.end or s.m.before(c.start, "reach") is None:
            continue
        hit = s.m.at(at, "toll") or _number_of(s, at)
        if hit is None or hit.entry.harm is None:
            continue
        # "The number of civilian dead": who they are may stand behind the noun.
        stop = hit.end + (NOUNS_BEHIND if s.m.pack.grammar.adjectives_follow else 0)
        person = next((h for k in range(hit.start, stop) if (h := s.m.at(k, "person"))), None)
        if person and c.what is What.ELIDED:
            words = s.m.words(person.start, person.end, s.text)
            group = Group(words, person.entry.type or GroupType.UNSPECIFIED, person.entry.subset)
            s.counts[i] = replace(c, group=group)
        s.give(i, hit.entry.harm, None, "toll", s.m.words(hit.start, hit.end, s.text))


def toll_joined(s: Scope) -> None:
    """ "The number of dead rose to five and the wounded to 15": the second toll has its noun and no verb."""
    m = s.m
    for j in range(1, len(s.counts)):
        a, b = s.assigned.get(j - 1), s.counts[j]
        if a is None or not s.free(j) or a.rule not in ("toll", "toll corrected", "counted noun"):
            continue
        hit = m.before(b.start, "reach")
        t = next((t for t in s.triggers if hit and t.end == hit.start and t.has("counted", "state")), None)
        if t is None or t.start < a.counted.end or t.harm is a.harm:
            continue
        between = range(a.counted.end, t.start)
        if all(is_light(m, k) or m.is_a(k, "numbers.joiners") or m.is_a(k, "and_connectors") for k in between):
            s.give(j, t.harm, t, "toll", t.words)


def _number_of(s: Scope, k: int) -> Hit | None:
    """ "The number of journalists killed": the phrase, with the harm of the verb that closes it."""
    opener = s.m.at(k, "toll_of")
    t = next((t for t in s.triggers if opener and 0 <= t.start - opener.end <= TOLL_NOUNS), None)
    if opener is None or t is None or not t.has("participle", "counted"):
        return None
    return Hit(k, t.end, Entry("toll", harm=t.harm))


def _grouped(s: Scope, i: int, toll: Hit) -> None:
    """Who a toll counts, where its own words say it: "the number of journalists killed", "casualties among farmers"."""
    c, m = s.counts[i], s.m
    inside = [h for k in range(toll.start, c.start) if (h := m.at(k, "person"))]
    if c.what is What.ELIDED and inside and not c.group.text and m.at(inside[-1].end, "attribution", "verbs") is None:
        entry = inside[-1].entry
        words = m.words(inside[-1].start, inside[-1].end, s.text)
        group = Group(words, entry.type or GroupType.UNSPECIFIED, entry.subset)
        s.counts[i] = replace(c, group=group)


def _corrected(s: Scope, i: int) -> None:
    """The other number of a toll that was corrected: "59 and not 62", "from 23 to 21"."""
    a = s.assigned.get(i)
    for j in (i - 1, i + 1):
        if a is None or not 0 <= j < len(s.counts) or s.counts[j].what is not What.ELIDED:
            continue
        first, second = (s.counts[j], s.counts[i]) if j < i else (s.counts[i], s.counts[j])
        near = second.start - first.count_end <= CORRECTION_GAP
        from_, other = _changed_from(s.m, first.start), _changed_from(s.m, second.start)
        denied = s.m.before(second.start, "corrections") is not None
        if near and (from_ or other or denied):
            s.give(j, a.harm, None, "toll corrected", a.words)


def _changed_from(m: Marked, start: int) -> bool:
    """Whether "from" stands before a number, that from which a toll has changed."""
    return m.is_a(start - 1, "numbers.between") and m.norm(start - 1) not in m.pack.words["changes"]


def _reached(m: Marked, c: Counted, toll_end: int) -> bool:
    """Whether a word that reaches stands right before a number, or is its qualifier ("exceeded 40")."""
    at = c.start
    while at > toll_end and (at - 1 in m.dated or m.is_a(at - 1, "dates.prepositions")) and not m.before(at, "reach"):
        at -= 1
    while at > toll_end and (m.is_a(at - 1, "adverbs") or m.is_a(at - 1, "determiners")) and not m.before(at, "reach"):
        at -= 1
    if c.start < c.number_start and m.at(c.start, "reach") is not None:
        return True
    hit = m.before(at, "reach")
    clear = at - toll_end <= TOLL_ASIDE and not any(m.is_mark(k) or m.at(k, "trigger") for k in range(toll_end, at))
    if hit is None and clear and m.pack.grammar.verb_first:
        if toll_end <= TOLL_OPENS and c.start < c.number_start:
            # "The number of the wounded in the shelling fewer than 25".
            return True
        # "Reached the-number-of dead 12": the word that reaches stands before.
        return any(m.at(k, "reach") for k in range(max(0, toll_end - TOLL_BEFORE), toll_end))
    # "Of" reaches only from the toll itself: "a death toll of 12".
    return hit is not None and (hit.start <= toll_end or not m.is_a(at - 1, "partitive"))


def relative_object(s: Scope) -> None:
    """ "The 900 villagers they have kidnapped": the victims stand before an active verb and its pronoun."""
    for t in s.triggers:
        if s.m.norm(t.end).startswith(OWN) and s.m.is_a(t.start - 1, "relative"):
            # "The families that drove-out-them the army": a pronoun points back to the victims.
            for i in (i for i, c in enumerate(s.counts) if c.end == t.start - 1 and s.free(i)):
                s.give(i, t.harm, t, "object of a relative clause", t.words)
        if not t.active or t.start in s.spent:
            continue
        for i in range(len(s.counts) - 1, -1, -1):
            c = s.counts[i]
            gap = range(c.end, t.start)
            if c.end > t.start or len(gap) > 5 or not s.free(i):
                continue
            pronoun = any(s.m.is_a(k, "attribution.pronouns") for k in gap)
            if gap and s.m.is_a(gap[0], "them") and s.m.is_a(gap[0], "relative"):
                # "The 14 miners whom the militia had shot".
                s.give(i, t.harm, t, "object of a relative clause", t.words)
            elif pronoun and all(_of_relative(s.m, k) for k in gap):
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
            if any(_died_between(s, s.counts[i], t) for i in inside):
                continue
        if not inside and t.passive:
            inside = [i for i, c in enumerate(s.counts) if c.end <= t.start and precedes(s, c, t)][-1:]
        for i in inside[:1]:
            c = s.counts[i]
            if not t.armed or c.group.type is GroupType.COMBATANTS or (c.single and s.m.is_a(c.start, "possessive")):
                s.give(i, t.harm, t, "frame", t.words)


def _died_between(s: Scope, c: Counted, t: Trigger) -> bool:
    """Whether people died before the clause that says of what: "a woman died after sustaining injuries"."""
    return any(c.end <= d.start < t.start and d.harm is Harm.KILLED and d.has("subject") for d in s.triggers)


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
