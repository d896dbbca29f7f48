"""Who is said to have done it, and how the text stands to that: claimed by themselves, alleged, contested.

The rules go from the claim's own words outwards and stop at the first that names an actor (`actors.is_actor`). Where
the report names several for one attack, or one denies it, nobody is named: a gap does less harm than a false name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sijill.core.claim import Attribution, Claim, Group, GroupType, Harm, Perpetrator, Stance
from sijill.extract.accused import Accusations, Accused, agent_at, means_at
from sijill.extract.actors import actor_left
from sijill.extract.marks import Marked
from sijill.extract.report import Report
from sijill.extract.scope import Assigned
from sijill.extract.tokens import fold
from sijill.extract.triggers import Trigger

AGENT_REACH = 16
LOOK_BACK = 3
OPENING = 2
LEAST_STRIKES = 2
ACTIVE_RULES = frozenset(
    {"object of the verb", "part of a whole", "joined to the count before", "frame", "object of a relative clause"}
)
STRUCK = frozenset({Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS, Harm.PROPERTY, Harm.MISSING})
BODILY = frozenset({Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS})

Found = tuple[Perpetrator, str]


def perpetrator_of(accusations: Accusations, i: int, a: Assigned, claim: Claim, lead: Claim | None) -> Found | None:
    """Whoever is said to have done what an assigned count of sentence `i` tells, and the rule that found it.

    `claim` is that claim as read so far, `lead` the report's first, which tells what the report is about.
    """
    report = accusations.report
    for rule, words in _in_sentence(accusations, i, a, claim.attribution):
        if words and not _is_victim(accusations, words, claim.group):
            return Perpetrator(words, _stance(accusations, i, words)), rule
    if claim.harm not in STRUCK and claim.harm is not Harm.DETAINED:
        return None
    for rule, near, kind in (
        ("blamed in the sentence", (i,), "blames"),
        ("named in the same paragraph", _paragraph(report, i), "acts"),
        ("claimed in a sentence before", (*range(i - 1, max(-1, i - 1 - LOOK_BACK), -1), 0), "claims"),
    ):
        if found := _only(accusations, near, claim, kind):
            return found, rule
    if _same_event(claim, lead) and (found := _only(accusations, sorted(accusations.charged()), claim, "blames")):
        return found, "blamed for what the report is about"
    words = _only_striker(accusations) if claim.harm in STRUCK and _near_means(accusations, i) else ""
    if words and not _is_victim(accusations, words, claim.group):
        return Perpetrator(words, _stance(accusations, i, words)), "the only means named in the text"
    return None


def _in_sentence(accusations: Accusations, i: int, a: Assigned, said: Attribution | None) -> Sequence[tuple[str, str]]:
    report, t = accusations.report, a.trigger
    m, barred = report.marked(i), accusations.places.tokens(i)
    acting = t if a.rule in ACTIVE_RULES else None
    found = [("agent", _agent(m, t, report.text, barred)), ("subject of the verb", _actor(m, a, acting, report, said))]
    if a.harm in STRUCK or a.harm is Harm.DETAINED:
        found.append(("means named with it", _means(m, a, accusations)))
    return found


def _agent(m: Marked, t: Trigger | None, text: str, barred: frozenset[int]) -> str:
    """ "Killed by X", "killed in a raid by X", "at the hands of X": before anything else is said to have happened."""
    if t is None or t.active or (t.roles == frozenset({"object"}) and not t.passive):
        return ""
    for k in range(t.end, min(t.end + AGENT_REACH, len(m.tokens))):
        if found := agent_at(m, k, barred):
            return m.words(*found, text)
        if m.is_mark(k) and m.tokens[k].text in ".;:":
            break
        other = m.at(k, "trigger")
        if m.is_a(k, "relative") or m.is_a(k, "where") or _says(m, k):
            break
        if other and {t.harm, other.entry.harm} - BODILY and other.entry.harm is not t.harm:
            break
    return ""


def _says(m: Marked, k: int) -> bool:
    return (
        m.at(k, "attribution", "verbs") is not None
        and m.at(k, "trigger") is None
        and not m.is_a(k, "attribution.nouns")
    )


def _actor(m: Marked, a: Assigned, t: Trigger | None, report: Report, said: Attribution | None) -> str:
    """The subject of an active verb of harm, or of the act that a participle goes on from."""
    if t is None or not t.has("object", "participle") or t.passive:
        return ""
    victims = frozenset(range(a.counted.start, a.counted.end))
    for k in _verbs_back(m, t):
        subject = actor_left(m, k, victims)
        if subject is None or (k == t.start and _is_counted(m, subject, a)):
            continue
        if m.is_a(subject[0] - 1, "perpetrators.theirs"):
            # "Said that its forces killed": the forces of whoever says so.
            return said.source if said else ""
        return m.words(*subject, report.text)
    return ""


def _verbs_back(m: Marked, t: Trigger) -> list[int]:
    """The verb itself, then the verbs of violence before it whose subject it may share."""
    before = [
        k for k in range(t.start - 1, -1, -1) if m.at(k, "perpetrators", "verbs") and not m.is_a(k - 1, "passive")
    ]
    return [t.start, *before[:1]]


def _is_counted(m: Marked, subject: tuple[int, int], a: Assigned) -> bool:
    """Whether a number counts the subject and the victims follow nowhere: "23 soldiers killed"."""
    numbered = m.tokens[subject[0] - 1].norm in m.pack.numbers or m.tokens[subject[0] - 1].text[:1].isdigit()
    return subject[0] > 0 and numbered and a.rule != "object of the verb"


def _means(m: Marked, a: Assigned, accusations: Accusations) -> str:
    """ "X-ian missile strikes", "in a police raid": whose they are; those who are arrested need a raid or operation."""
    for k in range(len(m.tokens)):
        owner = means_at(m, k)
        if owner is None or a.counted.start <= k < a.counted.end:
            continue
        country = m.pack.demonyms.get(m.bare(k))
        return accusations.spelt(country, m.tokens[k].text) if country else m.words(*owner, accusations.report.text)
    return ""


def _paragraph(report: Report, i: int) -> list[int]:
    """The other sentences of the paragraph: those before, the nearest first, and the next."""
    after = [i + 1] if i + 1 < len(report) and report.joined(i) else []
    return [*report.paragraph_before(i, LOOK_BACK), *after]


def _only(accusations: Accusations, near: Sequence[int], claim: Claim, kind: str) -> Perpetrator | None:
    """The one actor whom these sentences name, none where they name several or one denies it.

    `kind` says what counts: all "acts", "blames" (with claims), or only the "claims" of those who did it themselves.
    """
    place = claim.place.text if claim.place else ""
    fought = claim.group.type in (GroupType.COMBATANTS, GroupType.MIXED)
    found: list[Accused] = []
    for k in near:
        some = accusations.acts(k) if kind == "acts" else accusations.blamed(k)
        if some and accusations.elsewhere(k, place):
            continue
        found += [a for a in some if a.claimed or not (kind == "claims" or fought)]
    if own := [a for a in found if a.own]:
        found = own
    elif (found and kind != "acts" and accusations.disputed()) or any(accusations.denied(k) for k in near):
        return None
    if len({accusations.key(a.words) for a in found}) != 1 or _is_victim(accusations, found[0].words, claim.group):
        return None
    if claim.harm is Harm.DETAINED and not _arrests(accusations, found[0].words):
        return None
    stance = Stance.SELF_CLAIMED if any(a.claimed for a in found) else Stance.ALLEGED
    return Perpetrator(_named(accusations, found[0]), stance)


def _arrests(accusations: Accusations, words: str) -> bool:
    """Whether somebody is of those who arrest people."""
    return not {fold(w) for w in words.split()}.isdisjoint(accusations.report.pack.words["perpetrators.wardens"])


def _named(accusations: Accusations, a: Accused) -> str:
    country = accusations.report.pack.demonyms.get(fold(a.words))
    return accusations.spelt(country, a.words) if country else a.words


def _same_event(claim: Claim, lead: Claim | None) -> bool:
    """Whether a claim is of the time and place that the report's first claim tells of."""
    if lead is None:
        return True
    if claim.period is None or lead.period is None or claim.place is None or lead.place is None:
        return False
    same_days = (claim.period.start, claim.period.end) == (lead.period.start, lead.period.end)
    return same_days and claim.place.text == lead.place.text


def _is_victim(accusations: Accusations, words: str, group: Group) -> bool:
    """Whether those accused are the harmed themselves: their own nation, or armed people of the same name."""
    if not group.text:
        return False
    theirs = {fold(w) for w in re.findall(r"[^\W\d_]+", group.text)}
    names = report_names(accusations, words)
    if any(
        accusations.report.pack.demonyms.get(w, w).casefold() in names
        for w in theirs
        if w in accusations.report.pack.demonyms
    ):
        return True
    return group.type is GroupType.COMBATANTS and bool(theirs & names)


def report_names(accusations: Accusations, words: str) -> set[str]:
    """The words of an actor's name, folded, and the country that its adjective means."""
    found = {fold(w) for w in re.findall(r"[^\W\d_]+", words)}
    return found | {
        accusations.report.pack.demonyms[w].casefold() for w in found if w in accusations.report.pack.demonyms
    }


def _near_means(accusations: Accusations, i: int) -> bool:
    """Whether the heading, the sentence or those before speak of a country's strikes."""
    report = accusations.report
    start, end = report.bounds[max(0, i - LOOK_BACK)][0], report.bounds[i][1]
    heading_end = report.bounds[min(OPENING, len(report) - 1)][1]
    return any(start <= at < end or at < heading_end for at, _ in accusations.strikes())


def _only_striker(accusations: Accusations) -> str:
    """The country whose strikes a text speaks of, if it speaks of no other's and nobody else is blamed."""
    report, strikes = accusations.report, [words for _, words in accusations.strikes()]
    if len(strikes) < LEAST_STRIKES:
        return ""
    blamed = {accusations.key(a.words) for _, a in accusations.everywhere()}
    if len({accusations.key(words) for words in strikes} | blamed) != 1:
        return ""
    word = fold(re.sub(r"['’]s$", "", strikes[0]))
    country = report.pack.demonyms.get(word) or word.title()
    return accusations.spelt(country, strikes[0])


def _stance(accusations: Accusations, i: int, words: str) -> Stance:
    """Self-claimed or contested where the sentences around say so of the same name."""
    report, key = accusations.report, accusations.key(words)
    for k in range(max(0, i - LOOK_BACK), min(len(report), i + LOOK_BACK + 1)):
        if any(a.claimed and accusations.key(a.words) == key for a in accusations.blamed(k)):
            return Stance.SELF_CLAIMED
        start, end = report.bounds[k]
        if accusations.denied(k) and words.casefold() in report.text[start:end].casefold():
            return Stance.CONTESTED
    return Stance.ALLEGED
