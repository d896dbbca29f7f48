"""Who is said to have done it, and how the text stands to that: claimed by themselves, alleged, contested."""

from __future__ import annotations

from collections import Counter

from sijill.core.claim import Harm, Perpetrator, Stance
from sijill.extract.marks import Marked
from sijill.extract.report import Report
from sijill.extract.scope import Assigned
from sijill.extract.tokens import Kind, fold
from sijill.extract.triggers import Trigger

NAME_MAX = 9
AGENT_REACH = 14
LOOK_BACK = 3
DOMINANT = 0.6
ACTIVE_RULES = frozenset(
    {"object of the verb", "part of a whole", "joined to the count before", "frame", "object of a relative clause"}
)
STRUCK = frozenset({Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS, Harm.PROPERTY, Harm.MISSING})

Found = tuple[Perpetrator, str]


def perpetrator_of(report: Report, i: int, a: Assigned) -> Found | None:
    """Whoever is said to have done what an assigned count of sentence `i` tells, and the rule that found it."""
    m, t = report.marked(i), a.trigger
    acting = t if a.rule in ACTIVE_RULES else None
    for rule, words in (
        ("agent", _agent(m, t, report.text)),
        ("subject of the verb", _actor(report, m, acting)),
        ("means named with it", _means(m, report.text)),
    ):
        if words:
            return Perpetrator(words, _stance(report, i, words)), rule
    for k in (*range(i - 1, max(-1, i - 1 - LOOK_BACK), -1), 0):
        if words := _claimant(report.marked(k), report.text):
            return Perpetrator(words, Stance.SELF_CLAIMED), "claimed in a sentence before"
    if a.harm in STRUCK and _near_means(report, i) and (words := _dominant(report)):
        return Perpetrator(words, _stance(report, i, words)), "the only means named in the text"
    return None


def _agent(m: Marked, t: Trigger | None, text: str) -> str:
    """ "Killed by X", "attacks by X", "at the hands of X"."""
    if t is None:
        return ""
    for k in range(t.end, min(t.end + AGENT_REACH, len(m.tokens))):
        if hit := m.at(k, "perpetrators", "agent"):
            return _name_right(m, hit.end, text)
        if m.is_mark(k) and m.tokens[k].text in ".;":
            break
    return ""


def _name_right(m: Marked, start: int, text: str) -> str:
    """A noun phrase to the right; a mere explosion, missile or accident is nobody."""
    while start < len(m.tokens) and (m.is_a(start, "determiners") or m.is_a(start, "quantities.about")):
        start += 1
    end = start
    while end < len(m.tokens) and end - start < NAME_MAX and not _ends_name(m, end, start):
        end += 1
    if end == start or start in m.dated:
        return ""
    if m.at(end - 1, "perpetrators", "impersonal") or m.is_a(start, "perpetrators.impersonal"):
        return _modifier(m, start, end, text)
    return m.words(start, end, text)


def _ends_name(m: Marked, k: int, start: int) -> bool:
    token = m.tokens[k]
    if token.kind is Kind.PUNCTUATION:
        return token.text not in "-'’&"
    if k in m.dated:
        return True
    if m.is_a(k, "partitive") or m.is_a(k, "determiners"):
        return k == start
    return m.is_a(k, "stop") or m.is_a(k, "relative") or m.at(k, "trigger", "participle") is not None


def _actor(report: Report, m: Marked, t: Trigger | None) -> str:
    """The subject of an active verb of harm, or of the act that a participle goes on from."""
    if t is None or not t.has("object", "participle") or t.passive:
        return ""
    words = _name_left(report, m, t.start)
    if words:
        return words
    for k in range(t.start - 1, -1, -1):
        if m.at(k, "perpetrators", "verbs") and not m.is_a(k - 1, "passive"):
            return _name_left(report, m, k)
    return ""


def _name_left(report: Report, m: Marked, verb: int) -> str:
    """The noun phrase right before a verb."""
    end = verb
    while end > 0 and (
        m.is_a(end - 1, "active") or m.is_a(end - 1, "adverbs") or m.is_a(end - 1, "attribution.between")
    ):
        end -= 1
    start = end
    for _ in range(3):
        start = end
        while start > 0 and end - start < NAME_MAX and not _opens_name(m, start - 1):
            start -= 1
        # "The strike on X killed": the noun before the preposition acts.
        if (not m.is_a(start - 1, "prepositions") and not m.is_a(start - 1, "places.prepositions")) or start == end:
            break
        end = start - 1
    while start < end and (m.is_a(start, "determiners") or m.is_mark(start)):
        start += 1
    if start >= end or start in m.dated:
        return ""
    if m.at(end - 1, "perpetrators", "impersonal"):
        return _modifier(m, start, end, report.text)
    if any(m.at(k, "armed") or m.at(k, "person") or m.at(k, "perpetrators", "means") for k in range(start, end)):
        return m.words(start, end, report.text)
    named = all(m.tokens[k].is_name for k in range(start, end)) and not m.sentence.capitals
    return m.words(start, end, report.text) if named else ""


def _opens_name(m: Marked, k: int) -> bool:
    token = m.tokens[k]
    if token.kind is Kind.PUNCTUATION:
        return token.text not in "-'’&"
    if token.kind is Kind.NUMBER or token.norm in m.pack.numbers or k in m.dated or m.at(k, "quantity"):
        return True
    return m.is_a(k, "stop") and not m.is_a(k, "partitive") and not m.is_a(k, "determiners")


def _modifier(m: Marked, start: int, end: int, text: str) -> str:
    """Whose strike it is: the name or adjective of a country or body before the means."""
    for k in range(start, end):
        norm = m.norm(k)
        owner = m.bare(k)
        if norm in m.pack.demonyms or m.at(k, "armed") or (owner != norm and m.tokens[k].is_name):
            return m.tokens[k].text[: len(owner)]
    return ""


def _means(m: Marked, text: str) -> str:
    """ "X-ian missile strike", "X-ian forces bombed": an adjective of a country right before a means of harm."""
    for k in range(len(m.tokens)):
        owner = m.bare(k) in m.pack.demonyms
        if not owner and not (m.at(k, "armed") and m.tokens[k].is_name and not m.sentence.capitals):
            continue
        for j in range(k + 1, min(k + 4, len(m.tokens))):
            if hit := m.at(j, "perpetrators", "means"):
                if not m.at(j, "perpetrators", "actors"):
                    return m.tokens[k].text
                if _strikes(m, hit.end) or m.before(k, "perpetrators", "agent"):
                    return m.words(k, hit.end, text)
                break
            if m.is_a(j, "stop") or m.is_mark(j) or (m.tokens[j].is_name and not m.sentence.capitals):
                break
    return ""


def _strikes(m: Marked, end: int) -> bool:
    return any(m.at(k, "perpetrators", "verbs") for k in range(end, end + 3))


def _near_means(report: Report, i: int) -> bool:
    """Whether the heading, the sentence or those before speak of a country's strikes, or of any attack at all."""
    start, end = report.bounds[max(0, i - LOOK_BACK)][0], report.bounds[i][1]
    heading_end = report.bounds[0][1]
    found = report.pack.assailants.search
    return bool(found(report.text, start, end) or found(report.text, 0, heading_end))


def _dominant(report: Report) -> str:
    """The country whose strikes a text speaks of, where it speaks of one country's far more than of others'."""
    counted = Counter(_country(report, m[1]) for m in report.pack.assailants.finditer(report.text))
    if not counted:
        return ""
    name, n = min(counted.items(), key=lambda item: (-item[1], item[0]))
    return country_or_adjective(report, name) if n >= DOMINANT * counted.total() else ""


def _country(report: Report, written: str) -> str:
    folded = fold(written)
    for ending in report.pack.owners:
        folded = folded.removesuffix(ending)
    return report.pack.demonyms.get(folded, folded.title())


def country_or_adjective(report: Report, country: str) -> str:
    """The country's name where the text has it, else the adjective as it writes it."""
    if country in report.text:
        return country
    adjectives = [a.title() for a, c in report.pack.demonyms.items() if c == country and a.title() in report.text]
    return adjectives[0] if adjectives else country


def _claimant(m: Marked, text: str) -> str:
    """ "Was claimed by X", "X claimed responsibility"."""
    for k in range(len(m.tokens)):
        hit = m.at(k, "perpetrators", "claimed")
        if hit is None:
            continue
        if m.tokens[hit.end - 1].norm in m.pack.words["perpetrators.agent"]:
            return _name_right(m, hit.end, text)
        start = hit.start
        while start > 0 and hit.start - start < NAME_MAX and not _opens_name(m, start - 1):
            start -= 1
        return m.words(start, hit.start, text)
    return ""


def _stance(report: Report, i: int, words: str) -> Stance:
    """Self-claimed or contested where the sentences around say so of the same name."""
    for k in range(max(0, i - LOOK_BACK), min(len(report), i + LOOK_BACK + 1)):
        m = report.marked(k)
        claimed = m.within(0, len(m.tokens), "perpetrators", "claimed")
        if claimed and _claimant(m, report.text).casefold() == words.casefold():
            return Stance.SELF_CLAIMED
        if m.within(0, len(m.tokens), "perpetrators", "denied") and _names(report, k, words):
            return Stance.CONTESTED
    return Stance.ALLEGED


def _names(report: Report, k: int, words: str) -> bool:
    start, end = report.bounds[k]
    return words.casefold() in report.text[start:end].casefold()
