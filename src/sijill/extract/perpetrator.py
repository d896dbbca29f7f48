"""Who is said to have done it, and how the text stands to that: claimed by themselves, alleged, contested.

The rules go from the claim's own words outwards and stop at the first that names an actor (`actors.is_actor`). Where
the report names several for one attack, or one denies it, nobody is named: a gap does less harm than a false name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sijill.core.claim import Attribution, AttributionKind, Claim, Group, GroupType, Harm, Perpetrator, Stance
from sijill.extract.accused import Accusations, Accused, agent_at
from sijill.extract.actors import actor_left, actor_right, owner_left, past_auxiliaries
from sijill.extract.deeds import deeds
from sijill.extract.marks import Marked
from sijill.extract.pointing import points_to_act
from sijill.extract.report import Report
from sijill.extract.scope import Assigned
from sijill.extract.tokens import Kind, fold
from sijill.extract.triggers import Trigger
from sijill.extract.when import IN_SENTENCE as DATED_ITSELF

AGENT_REACH = 16
LOOK_BACK = 3
ACT_BACK = 2
ANSWERS_REACH = 6
BEFORE_COST = 8
CLAUSE_LEAST = 12
WIDE_PRECISION = 4
OPENING = 2
WHOLE_MAX = 40
LEAST_STRIKES = 2
# So many deeds of a sentence are looked at: enough for any that people write.
ACTS_MAX = 20
VERBS_BACK = 3
DOING_REACH = 6
ACTIVE_RULES = frozenset(
    {"object of the verb", "part of a whole", "joined to the count before", "frame", "object of a relative clause"}
)
STRUCK = frozenset({Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS, Harm.PROPERTY, Harm.MISSING})
IN_SENTENCE = frozenset({"agent", "subject of the verb", "means named with it"})
BODILY = frozenset({Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS})

Found = tuple[Perpetrator, str]


def perpetrator_of(accusations: Accusations, i: int, a: Assigned, claim: Claim, lead: Claim | None) -> Found | None:
    """Whoever is said to have done what an assigned count of sentence `i` tells, and the rule that found it.

    `claim` is that claim as read so far, `lead` the report's first, which tells what the report is about.
    """
    report = accusations.report
    for rule, words in _in_sentence(accusations, i, a, claim.attribution):
        if words and not is_victim(accusations, words, claim.group):
            return Perpetrator(words, _stance(accusations, i, words, claim.attribution)), rule
    if claim.harm not in STRUCK and claim.harm is not Harm.DETAINED:
        return None
    if words := _tellers_enemies(accusations, i, a, claim):
        return Perpetrator(words, Stance.SELF_CLAIMED), "enemies of the army that tells"
    if words := _beside(accusations, i, a, claim):
        return Perpetrator(words, _stance(accusations, i, words, claim.attribution)), "named in the sentence"
    if found := _of_act_named_before(accusations, i, claim):
        return found, "whose act was named before"
    for rule, near, kind in (
        ("blamed in the sentence", (i,), "blames"),
        ("named in the same paragraph", _paragraph(report, i), "acts"),
        ("blamed in the next sentence", (i + 1,) if i + 1 < len(report) and report.joined(i) else (), "blames"),
        ("named below the heading", range(1, min(len(report), 1 + OPENING)) if i == 0 else (), "acts"),
        ("claimed in a sentence before", (*range(i - 1, max(-1, i - 1 - LOOK_BACK), -1), 0), "claims"),
    ):
        if found := _only(accusations, near, claim, kind):
            return found, rule
    if report.pack.grammar.verb_first and (words := _only_actor(accusations, i, claim, lead)):
        return Perpetrator(words, _stance(accusations, i, words)), "the only one named around"
    if _same_event(claim, lead) and (found := _only(accusations, sorted(accusations.charged()), claim, "blames")):
        return found, "blamed for what the report is about"
    fought = claim.group.type in (GroupType.COMBATANTS, GroupType.MIXED)
    struck = claim.harm in STRUCK and not fought
    words = _only_striker(accusations) if struck and _near_means(accusations, i) else ""
    rule = "the only means named in the text" if words else "the only attacker named in the report"
    words = words or (
        _sole_attacker(accusations, i, claim) if _same_event(claim, lead) or _opens_with_attacker(accusations) else ""
    )
    if words and not is_victim(accusations, words, claim.group):
        return Perpetrator(words, _stance(accusations, i, words)), rule
    return None


def _in_sentence(accusations: Accusations, i: int, a: Assigned, said: Attribution | None) -> Sequence[tuple[str, str]]:
    report, t = accusations.report, a.trigger
    m, barred = report.marked(i), accusations.places.tokens(i)
    if m.pack.grammar.verb_first:
        own = _own_deed(m, a, said)
        return [(own and "told by whoever did it", own), _deed_of(m, a, report.text)]
    acting = t if a.rule in ACTIVE_RULES else None
    found = [("agent", _agent(m, t, report.text, barred)), ("subject of the verb", _actor(m, a, acting, report, said))]
    if a.harm in STRUCK:
        found.append(("subject of the attack", _attacker(m, a, report.text)))
        found.append(("responsible", _responsible(m, a, report.text, barred)))
    if a.harm in STRUCK or a.harm is Harm.DETAINED:
        found.append(("means named with it", _means(m, a, accusations)))
    return found


def _tellers_enemies(accusations: Accusations, i: int, a: Assigned, claim: Claim) -> str:
    """ "The army said 34 terrorists had been killed": who calls the dead so killed them, if nobody else is named."""
    said, m = claim.attribution, accusations.report.marked(i)
    if said is None or said.kind is not AttributionKind.ARMED_PARTY or claim.harm is not Harm.KILLED:
        return ""
    called = {fold(w) for w in claim.group.text.split()}
    enemies = not called.isdisjoint(m.pack.words["perpetrators.enemies"])
    done = a.trigger is not None and m.any_is(a.trigger.start, a.trigger.end, "perpetrators.own_deeds")
    if not (enemies or done) or called & report_names(accusations, said.source) or accusations.acts(i):
        return ""
    return said.source


def _own_deed(m: Marked, a: Assigned, said: Attribution | None) -> str:
    """ "X announced that it killed five": X, where the verb has no subject but the one written onto "that"."""
    at = a.trigger.start if a.trigger else -1
    own = at > 0 and m.is_a(at - 1, "attribution.that") and m.at(at, "perpetrators", "verbs") is not None
    return said.source if own and said is not None and said.kind is AttributionKind.ARMED_PARTY else ""


def _deed_of(m: Marked, a: Assigned, text: str) -> tuple[str, str]:
    """The actor of the deed nearest to a count, those behind its word of harm first."""
    victims = range(a.counted.start, a.counted.end)
    found = deeds(m, victims)
    if not found:
        return "", ""
    at = a.trigger.start if a.trigger else a.counted.start
    found = tuple(d for d in found if d.at >= at or not _parted(m, d.end, at))
    if not found:
        return "", ""
    best = min(found, key=lambda d: (abs(d.at - at) + BEFORE_COST * (d.at < at), d.start))
    country = m.pack.demonyms.get(m.norm(best.end - 1)) if best.end - best.start == 1 else None
    return best.how, (country if country and country in text else m.words(best.start, best.end, text))


def _parted(m: Marked, start: int, end: int) -> bool:
    """Whether a clause of its own harm stands between a deed and a word of harm behind it."""
    return any(m.at(k, "trigger", "object") for k in range(start, end - CLAUSE_LEAST))


def _agent(m: Marked, t: Trigger | None, text: str, barred: frozenset[int]) -> str:
    """ "Killed by X", "killed in a raid by X", "at the hands of X": before anything else is said to have happened."""
    if t is None or t.active or (t.roles == frozenset({"object"}) and not t.passive):
        return ""
    if m.is_a(t.end - 1, "perpetrators.agent") and (found := actor_right(m, t.end, barred)):
        # "Held by the police".
        return m.words(*found, text)
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
        if other and other.entry.harm is t.harm and any(m.tokens[j].kind is Kind.NUMBER for j in range(t.end, k)):
            # "26 villagers were killed and 9 rebels died at the hands of X": X killed the rebels.
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
    if t is None or not t.has("object", "participle") or t.passive or t.armed:
        return ""
    victims = frozenset(range(a.counted.start, a.counted.end))
    if claims := _claims_to_have(m, t):
        subject = actor_left(m, claims, victims)
        return m.words(*subject, report.text) if subject else ""
    for k in _verbs_back(m, t):
        subject = actor_left(m, k, victims) or owner_left(m, past_auxiliaries(m, k), victims)
        if subject is None and k == t.start and (own := _speakers_own(m, t, said)):
            return own
        if subject is None or (k == t.start and _is_counted(m, subject, a)):
            continue
        if m.is_a(subject[0] - 1, "perpetrators.theirs"):
            # "Said that its forces killed": the forces of whoever says so.
            return said.source if said else ""
        return _unowned(m, m.words(*subject, report.text))
    return ""


def _claims_to_have(m: Marked, t: Trigger) -> int | None:
    """The verb of speech of "l'armée affirme avoir tué": whoever says so did it."""
    at = t.start
    while at > 0 and (m.is_a(at - 1, "adverbs") or m.is_a(at - 1, "perfect")):
        at -= 1
    had = at
    while at - 1 in m.dated or (at < had and m.is_a(at - 1, "dates.prepositions")):
        at -= 1
    verb = m.before(at, "attribution", "verbs") if at < t.start and m.within(at, t.start, "trigger") is None else None
    return verb.start if verb and m.any_is(at, t.start, "perfect") else None


def _attacker(m: Marked, a: Assigned, text: str) -> str:
    """ "Those who carried out an attack that left 31 dead": the subject of the verb whose object is the attack."""
    for k in reversed(m.where("perpetrators", "attacking")):
        hit = m.at(k, "perpetrators", "attacking")
        if hit is None or k >= a.counted.start or m.is_a(k - 1, "passive"):
            continue
        doing = any(m.at(j, "perpetrators", "doings") for j in range(hit.end, hit.end + DOING_REACH))
        subject = actor_left(m, k) if doing else None
        return m.words(*subject, text) if subject else ""
    return ""


def _responsible(m: Marked, a: Assigned, text: str, barred: frozenset[int]) -> str:
    """ "The army is responsible for 140 of the deaths": whom the sentence itself calls so, for that number."""
    for k in m.where("perpetrators", "responsible"):
        if m.is_a(k - 1, "passive") and k < a.counted.start <= k + ANSWERS_REACH:
            subject = actor_left(m, k - 1, barred)
            return m.words(*subject, text) if subject else ""
    return ""


def _speakers_own(m: Marked, t: Trigger, said: Attribution | None) -> str:
    """ "The brigade said it had killed 14": whoever says so, if one of those who act."""
    at = t.start
    while m.is_a(at - 1, "active") or m.is_a(at - 1, "adverbs") or m.is_a(at - 1, "attribution.between"):
        at -= 1
    pronoun = m.is_a(at - 1, "attribution.pronouns") and not m.is_a(at - 1, "relative")
    if not pronoun or said is None:
        return ""
    verb = m.before(at - 1 - m.is_a(at - 2, "attribution.that"), "attribution", "verbs")
    speaker = actor_left(m, verb.start) if verb else None
    return said.source if speaker else ""


def _verbs_back(m: Marked, t: Trigger) -> list[int]:
    """The verb itself, then the verbs of violence before it whose subject it may share."""
    acting = (m.where("perpetrators", "verbs"), m.where("trigger", "participle"), m.where("trigger", "object"))
    verbs = sorted({k for found in acting for k in found}, reverse=True)
    before = [k for k in verbs if k < t.start and not m.is_a(k - 1, "passive")]
    return [t.start, *before[:VERBS_BACK]]


def _is_counted(m: Marked, subject: tuple[int, int], a: Assigned) -> bool:
    """Whether a number counts the subject and the victims follow nowhere: "23 soldiers killed"."""
    numbered = m.tokens[subject[0] - 1].norm in m.pack.numbers or m.tokens[subject[0] - 1].text[:1].isdigit()
    return subject[0] > 0 and numbered and a.rule != "object of the verb"


def _means(m: Marked, a: Assigned, accusations: Accusations) -> str:
    """ "X-ian missile strikes", "in a police raid": whose they are; those who are arrested need a raid or operation."""
    for owner in accusations.means(m.sentence.index):
        if a.counted.start <= owner[0] < a.counted.end:
            continue
        country = m.pack.demonyms.get(m.bare(owner[0])) if owner[1] - owner[0] == 1 else None
        words = m.words(*owner, accusations.report.text)
        return accusations.spelt(country, words) if country else words
    return ""


def _beside(accusations: Accusations, i: int, a: Assigned, claim: Claim) -> str:
    """The one actor of whom the sentence says that they attack, wherever in it; of fighters, when they attacked."""
    m = accusations.report.marked(i)
    if m.pack.grammar.verb_first:
        return ""
    if accusations.denied(i) or m.listed("perpetrators.mutual"):
        return ""
    own = range(a.trigger.start, a.trigger.end) if a.trigger and a.rule == "subject of the verb" else range(0)
    # Blame is weighed against what others say of it by the rules that follow.
    acts = [x for x in accusations.acts(i)[:ACTS_MAX] if x.how in IN_SENTENCE]
    acts = [x for x in acts if x.at not in own or x.how == "agent"]
    acts = [x for x in acts if not _told_between(m, a, x) and not _parts(m, a, x)]
    if claim.group.type in (GroupType.COMBATANTS, GroupType.MIXED):
        # "Three soldiers were killed when commandos attacked them": else they may be of those who attacked.
        acts = [x for x in acts if any(m.is_a(k, "where") for k in range(a.counted.end, x.at))]
    if len({accusations.key(x.words) for x in acts}) != 1 or is_victim(accusations, acts[0].words, claim.group):
        return ""
    if claim.harm is Harm.DETAINED and not _arrests(accusations, acts[0].words):
        return ""
    return _named(accusations, max(acts, key=lambda x: len(x.words)))


def _parts(m: Marked, a: Assigned, x: Accused) -> bool:
    """Whether a word between sets a deed apart from the harm: "26 were killed before the army attacked"."""
    first, last = sorted((a.counted.start, x.at))
    return x.how == "subject of the verb" and m.any_is(first, last, "perpetrators.parting")


def _told_between(m: Marked, a: Assigned, x: Accused) -> bool:
    """Whether other people are counted as harmed between a count and a deed: those the deed is of.

    "Two were killed and nine wounded in a raid by X": harms that only a connector parts share what was done; who stands
    right behind another's word of harm ("and nine rebels died at the hands of X") did only that.
    """
    at = x.at
    first, last = sorted((a.counted.end, at)) if at >= a.counted.end else (at, a.counted.start)
    own = range(a.trigger.start, a.trigger.end) if a.trigger else range(0)
    counted = joined = False
    behind = max(first, own.stop) if at >= a.counted.end else first
    for k in range(first, last):
        number = m.tokens[k].kind is Kind.NUMBER or m.norm(k) in m.pack.numbers
        if number and not counted:
            joined = behind <= k and all(_connects(m, j) for j in range(behind, k))
        counted = counted or number
        if not counted or k in own or not (m.at(k, "trigger", "subject") or m.at(k, "trigger", "participle")):
            continue
        hit = m.at(k, "trigger")
        if not joined or hit is None or (x.how == "agent" and hit.end >= at - 1):
            return True
        counted, behind = False, hit.end
    return False


def _connects(m: Marked, k: int) -> bool:
    """Whether a token only joins two counts, or says something of the number behind it."""
    hit = m.at(k, "and_connectors") or m.at(k, "including") or m.at(k, "quantity")
    light = m.is_a(k, "adverbs") or m.is_a(k, "determiners") or m.is_a(k, "passive") or m.is_a(k, "one_of")
    return hit is not None or m.before(k + 1, "quantity") is not None or light


def _of_act_named_before(accusations: Accusations, i: int, claim: Claim) -> Perpetrator | None:
    """ "The strike killed nine": whoever did the act that a sentence before tells of, fighters' deaths too."""
    if claim.harm not in STRUCK or not points_to_act(accusations.report.marked(i)):
        return None
    for k in range(i - 1, max(-1, i - 1 - ACT_BACK), -1):
        if accusations.acts(k):
            mutual = accusations.report.marked(k).listed("perpetrators.mutual")
            return None if mutual or _dated_apart(accusations, k, claim) else _only(accusations, (k,), claim, "the act")
    return None


def _dated_apart(accusations: Accusations, k: int, claim: Claim) -> bool:
    """Whether a claim's own sentence gives a day that sentence `k` does not: another act, then."""
    told = accusations.report.attack_day(k, months=True)
    own = any(e.field == "period" and e.rule == DATED_ITSELF for e in claim.evidence)
    return own and claim.period is not None and (told is None or told.start != claim.period.start)


def _paragraph(report: Report, i: int) -> list[int]:
    """The other sentences of the paragraph: those before, the nearest first, and the next."""
    # The next sentence may tell of other dead, and of whoever killed those.
    after = [i + 1] if i + 1 < len(report) and report.joined(i) and not report.alarming(i + 1) else []
    return [*report.paragraph_before(i, LOOK_BACK), *after]


def _only(accusations: Accusations, near: Sequence[int], claim: Claim, kind: str) -> Perpetrator | None:
    """The one actor whom these sentences name, none where they name several or one denies it.

    `kind` says what counts: all "acts", "blames" (with claims), or only the "claims" of those who did it themselves;
    "the act" is one that the claim points back to, so that it counts for fighters too.
    """
    place = claim.place.text if claim.place else ""
    fought = claim.group.type in (GroupType.COMBATANTS, GroupType.MIXED)
    found: list[Accused] = []
    for k in near:
        some = accusations.acts(k) if kind in ("acts", "the act") else accusations.blamed(k)
        if some and (accusations.elsewhere(k, place) or accusations.on_another_day(k, claim.period)):
            continue
        found += [a for a in some if a.claimed or kind == "the act" or not (kind == "claims" or fought)]
    if own := [a for a in found if a.own]:
        found = own
    disputed = bool(found) and not own and kind not in ("acts", "the act") and accusations.disputed()
    denied = disputed or (not own and any(map(accusations.denied, near)))
    if denied and not _denies_it(accusations, near, found):
        return None
    if len({accusations.key(a.words) for a in found}) != 1 or is_victim(accusations, found[0].words, claim.group):
        return None
    if claim.harm is Harm.DETAINED and not _arrests(accusations, found[0].words):
        return None
    stance = Stance.SELF_CLAIMED if any(a.claimed for a in found) else Stance.DENIED if denied else Stance.ALLEGED
    return Perpetrator(_named(accusations, found[0]), stance)


def _denies_it(accusations: Accusations, near: Sequence[int], found: Sequence[Accused]) -> bool:
    """Whether whoever denies it is the one accused: then he is named, with his denial; another's leaves it open."""
    text, bounds = accusations.report.text, accusations.report.bounds
    denials = [
        text[slice(*bounds[k])].casefold() for k in sorted({*near, *accusations.charged()}) if accusations.denied(k)
    ]
    return bool(denials) and all(any(a.words.casefold() in denial for a in found) for denial in denials)


def _only_actor(accusations: Accusations, i: int, claim: Claim, lead: Claim | None) -> str:
    """The one actor whom the sentences around name, or the whole report for what it is about."""
    report = accusations.report
    if claim.group.type in (GroupType.COMBATANTS, GroupType.MIXED) or _background(claim, lead):
        return ""
    around = [k for k in (i - 1, i + 1, i - 2, i + 2) if 0 <= k < len(report)]
    for near in (around, range(min(len(report), WHOLE_MAX)) if _same_event(claim, lead) else ()):
        place = claim.place.text if claim.place else ""
        acts = accusations.acts_near(near, place)
        if not acts:
            continue
        one = len({accusations.key(a.words) for a in acts}) == 1
        words = max((a.words for a in acts), key=len) if one else ""
        return words if words and not is_victim(accusations, words, claim.group) else ""
    return ""


def _background(claim: Claim, lead: Claim | None) -> bool:
    """Whether a claim is of other days than the report is about: who did that may not have done this."""
    if claim.period is None or lead is None:
        return False
    if lead.period is None:
        return claim.period.precision >= WIDE_PRECISION
    return (claim.period.start, claim.period.end) != (lead.period.start, lead.period.end)


def _arrests(accusations: Accusations, words: str) -> bool:
    """Whether somebody is of those who arrest people."""
    return not {fold(w) for w in words.split()}.isdisjoint(accusations.report.pack.words["perpetrators.wardens"])


def _unowned(m: Marked, words: str) -> str:
    """A name without the ending that makes it an owner: "the army's guns" are the army's."""
    straight = words.replace("’", "'")
    ending = next((e for e in m.pack.owners if straight.endswith(e)), "")
    return words[: len(words) - len(ending)].rstrip("'’") if ending else words


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


def is_victim(accusations: Accusations, words: str, group: Group) -> bool:
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
    blamed |= {accusations.key(words) for words in accusations.attackers()}
    if len({accusations.key(words) for words in strikes} | blamed) != 1:
        return ""
    word = fold(re.sub(r"['’]s$", "", strikes[0]))
    country = report.pack.demonyms.get(word) or word.title()
    return accusations.spelt(country, strikes[0])


def _sole_attacker(accusations: Accusations, i: int, claim: Claim) -> str:
    """The one actor of whom the whole report says that they attack, for harm that a sentence lays to an attack.

    Nobody where the report names a second one, where somebody denies it, or for fighters, who fall to either side.
    """
    fought = claim.group.type in (GroupType.COMBATANTS, GroupType.MIXED)
    if claim.harm not in STRUCK or fought or not _by_attack(accusations.report.marked(i)):
        return ""
    named = accusations.attackers()
    if accusations.disputed() and not _denies_it(accusations, (), [Accused(words, "", 0) for words in named]):
        return ""
    if (
        not named
        or (len(named) < LEAST_STRIKES and not accusations.told_plainly())
        or len({accusations.key(words) for words in named}) != 1
    ):
        return ""
    nations = (accusations.report.pack.demonyms.get(fold(words)) for words in named)
    country = next((nation for nation in nations if nation), None)
    return accusations.spelt(country, named[0]) if country else max(named, key=len)


def _opens_with_attacker(accusations: Accusations) -> bool:
    """Whether the report's first sentences say who attacks: then it is that actor's deeds that it tells of."""
    return any(accusations.acts(k) for k in range(min(len(accusations.report), OPENING)))


def _by_attack(m: Marked) -> bool:
    """Whether a sentence names what was done, such as a strike or a raid, or a verb of attack."""
    return bool(m.where("perpetrators", "doings") or m.where("perpetrators", "verbs"))


def _stance(accusations: Accusations, i: int, words: str, said: Attribution | None = None) -> Stance:
    """Self-claimed where the accused says so; that or contested where the sentences around say so of the name."""
    if said is not None and accusations.key(said.source) == accusations.key(words):
        return Stance.SELF_CLAIMED
    report, key = accusations.report, accusations.key(words)
    for k in range(max(0, i - LOOK_BACK), min(len(report), i + LOOK_BACK + 1)):
        if any(a.claimed and accusations.key(a.words) == key for a in accusations.blamed(k)):
            return Stance.SELF_CLAIMED
        start, end = report.bounds[k]
        if accusations.denied(k) and words.casefold() in report.text[start:end].casefold():
            return Stance.CONTESTED
    return Stance.ALLEGED
