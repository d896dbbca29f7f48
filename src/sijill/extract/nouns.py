"""The noun phrase around a number: "others", adjectives of harm, modifiers, nouns of people, homes or harm."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sijill.core.claim import Group, GroupType, Subset
from sijill.extract.marks import Marked
from sijill.extract.pack import Entry, Hit
from sijill.extract.tokens import Kind

MAX_MODIFIERS = 6
ARMED_REACH = 9
KIN_REACH = 4
AGE_REACH, MAX_BEHIND = 4, 3
RANKS_REACH = 3
QUOTES = frozenset("\"'“”‘’«»")


class What(Enum):
    """What kind of thing a phrase counts."""

    PEOPLE = "people"
    PROPERTY = "property"
    ELIDED = "elided"
    UNKNOWN = "unknown"
    THING = "thing"


@dataclass(slots=True)
class Phrase:
    """What has been read of a noun phrase so far."""

    end: int
    people: list[Hit]
    property: list[Hit]
    harm: Hit | None = None
    firmly: bool = False
    thing: bool = False
    inherits: bool = False
    back: bool = False
    modifiers: int = 0
    capital: bool = False
    aged: bool = False
    single: bool = False
    joined: bool = False
    behind: int = 0


def read_phrase(m: Marked, i: int, *, single: bool = False) -> Phrase:
    """The phrase from `i` on: "others", adjectives of harm, unknown modifiers, nouns of people, homes or harm."""
    p = Phrase(i, [], [], single=single)
    i = _openers(m, i, p)
    while i < len(m.tokens) and i not in m.dated and p.modifiers <= MAX_MODIFIERS:
        step = _step(m, i, p)
        if step is None:
            break
        i = step
    p.end = max(p.end, i if (p.people or p.property or p.harm or p.modifiers) else p.end)
    return p


def _openers(m: Marked, i: int, p: Phrase) -> int:
    """ "of the", "others", "more", "of them": what stands between a number and its noun."""
    for _ in range(4):
        owned = m.is_a(i - 1, "partitive") and m.is_a(i, "determiners") and not m.is_a(i, "one_of")
        if hit := m.at(i, "quantity", "others"):
            p.inherits = True
            p.back = p.back or m.at(i, "back_to") is not None
            i = p.end = hit.end
        elif owned or (m.is_a(i, "partitive") and not m.is_mark(i + 1)):
            i += 1
            if m.is_a(i - 1, "determiners") and m.tokens[i : i + 1] and m.tokens[i].kind is Kind.NUMBER:
                # "35 of the 70 passengers": the whole's number stands before the noun.
                i += m.at(i + 1, "person") is not None
        else:
            break
    return i


def _step(m: Marked, i: int, p: Phrase) -> int | None:
    """Read one more phrase; the token after it, or `None` where the noun phrase has ended."""
    if inert := m.at(i, "inert"):
        p.thing = True
        return inert.end
    closed = bool(p.people or p.property or (p.harm and p.firmly))
    counted = m.at(i, "trigger", "counted")
    if closed and m.pack.grammar.counting_forms and (end := _described(m, i, counted, p)):
        return end
    person = _person(m, i) or m.at(i, "property") or _national(m, i)
    state = m.at(i, "trigger", "state")
    if state and _noun_at(m, state.end) and not closed:
        p.harm = state
        return state.end
    bare = counted and (m.at(i, "trigger", "participle") or state)
    if counted and (person is None or counted.end >= person.end) and not p.harm and not (bare and closed):
        return _harm_noun(m, counted, person, p)
    if counted is None and m.at(i, "trigger", "participle") and not closed and _harm_noun_at(m, i + 1):
        # "107 disfigured bodies".
        p.modifiers += 1
        return i + 1
    if person and person.entry.cls == "property" and not closed and _only_describes(m, person):
        p.modifiers += 1
        return person.end
    if person:
        (p.people if person.entry.cls == "person" else p.property).append(person)
        return person.end
    if p.thing:
        return None
    return _beyond_noun(m, i, p) if closed else _modifier(m, i, p)


def _person(m: Marked, i: int) -> Hit | None:
    """The longest noun of people at `i`; "homme âgé de 35 ans" is a man, not an old one."""
    hit = m.at(i, "person")
    if hit and hit.end - hit.start > 1 and m.is_a(hit.end - 1, "aged") and m.is_a(hit.end, "partitive"):
        return next((h for h in m.starting[i] if h.entry.cls == "person" and h.end < hit.end), None)
    return hit


def _national(m: Marked, i: int) -> Hit | None:
    """ "Un Malien": where adjectives are written small, a capital makes a people's name a noun."""
    if not m.pack.grammar.adjectives_follow or m.sentence.capitals or m.norms[i] not in m.pack.demonyms:
        return None
    return Hit(i, i + 1, Entry("person", type=GroupType.UNSPECIFIED)) if m.tokens[i].is_name else None


def _of_people(m: Marked, i: int, p: Phrase) -> int | None:
    """ "289 décès de civils": who they were, behind a noun that says the harm."""
    at = i + 1
    while m.is_a(at, "determiners"):
        at += 1
    if not (p.harm and p.firmly and not p.people and m.is_a(i, "partitive")) or not (person := m.at(at, "person")):
        return None
    p.people.append(person)
    return person.end


def _described(m: Marked, i: int, counted: Hit | None, p: Phrase) -> int | None:
    """What describes a noun from behind: "martyrs civilian", "civilians dead", "wounded of the civilians"."""
    if counted and p.people and not p.harm and not p.single:
        p.harm, p.firmly = counted, True
        return counted.end
    at = i
    while m.is_a(at, "partitive") or m.is_a(at, "determiners"):
        at += 1
    person = m.at(at, "person")
    if person and p.harm and not p.people and at - i != 1:
        p.people.append(person)
        return person.end
    return None


def _beyond_noun(m: Marked, i: int, p: Phrase) -> int | None:
    """What may go on after a noun: more people under the same number, or a place that they only describe."""
    if (told := _conjoined(m, i, p) or _of_people(m, i, p)) is not None:
        return told
    if p.people and (armed := m.at(i, "armed")) and m.at(armed.end, "person"):
        return armed.end
    if m.pack.grammar.adjectives_follow and (end := _aged(m, i) or _adjective(m, i, p)):
        return end
    # "A refugee camp", "three police stations": the people only describe a place.
    head_last = not m.pack.grammar.counting_forms
    if head_last and (p.people and not p.harm) and (m.is_a(i, "things") or m.is_a(i, "places.kinds_settlement")):
        p.thing = True
        return i + 1
    return None


def _aged(m: Marked, i: int) -> int | None:
    """The token after an age that follows its noun: "de 12 ans", "âgés de 3 à 12 ans"."""
    at = i + 1 if m.is_a(i, "aged") else i
    if not m.is_a(at, "partitive"):
        return None
    for k in range(at + 1, at + 1 + AGE_REACH):
        if m.is_a(k, "units"):
            return k + 1 if k > at + 1 else None
        number = 0 <= k < len(m.tokens) and m.tokens[k].kind is Kind.NUMBER
        if not (number or m.norm(k) in m.pack.numbers or m.is_a(k, "numbers.range_joiners")):
            return None
    return None


def _adjective(m: Marked, i: int, p: Phrase) -> int | None:
    """The token after an adjective that follows its noun, by its ending and for being nothing else."""
    token = m.tokens[i]
    if token.kind is not Kind.WORD or p.behind >= MAX_BEHIND or m.is_a(i, "stop") or m.is_a(i, "passive"):
        return None
    if m.at(i, "trigger") or m.at(i, "including") or m.at(i, "quantity") or m.norm(i) in m.pack.numbers:
        return None
    if any(m.at(i, cls, "verbs") for cls in ("attribution", "perpetrators")) or m.is_a(i, "active"):
        return None
    plurals = m.pack.endings["plural"]
    if p.people and m.norm(p.people[-1].end - 1).endswith(plurals) and not m.norm(i).endswith(plurals):
        return None
    describes = m.norm(i).endswith(m.pack.endings["adjective"]) or m.norm(i) in m.pack.demonyms
    if not (describes or m.at(i, "armed")):
        return None
    p.behind += 1
    return i + 1


def _modifier(m: Marked, i: int, p: Phrase) -> int | None:
    """A word before the noun: an age, a describing word, or a thing, which makes the number one of things."""
    token = m.tokens[i]
    if p.aged and token.text == "-":
        return i + 1
    if token.text == "." and "." in m.tokens[i - 1].text and m.tokens[i - 1].end == token.start:
        # The last mark of "U.S.".
        return i + 1
    if token.kind is Kind.PUNCTUATION:
        quoted = token.text in QUOTES and i + 1 < len(m.tokens) and m.tokens[i + 1].kind is Kind.WORD
        return i + 1 if quoted else None
    if (m.is_a(i, "things") and not _noun_at(m, i + 1)) or (m.is_a(i, "units") and not p.aged):
        p.thing = True
        return i + 1
    if token.kind is Kind.NUMBER and m.is_a(i + 1, "units"):
        p.aged = True
        return i + 1
    if token.kind is not Kind.WORD or m.is_a(i, "stop") or m.at(i, "trigger") or m.is_a(i, "passive"):
        return None
    if (m.is_a(i, "attribution.verbs") or m.is_a(i, "perpetrators.verbs")) and not _noun_at(m, i + 1):
        return None
    p.modifiers += 1
    p.capital = token.is_name and not m.sentence.capitals
    return i + 1


def _conjoined(m: Marked, i: int, p: Phrase) -> int | None:
    """ "Soldiers and guerrillas", "jihadists and their families": people under one number."""
    if not p.people or p.property or p.harm or p.single or not m.is_a(i, "numbers.joiners"):
        return None
    at = i + 1 + (m.is_a(i + 1, "possessive") or m.is_a(i + 1, "determiners"))
    for k in range(at, at + 3):
        if (hit := m.at(k, "person")) and any(h.entry.number for h in m.starting[k] if h.entry.cls == "person"):
            # "Children and a woman": the noun is a count of its own.
            return None
        if hit and not m.is_a(at - 1, "one_of"):
            p.people.append(hit)
            p.joined = True
            return hit.end
        if not 0 <= k < len(m.tokens) or m.is_mark(k) or m.is_a(k, "stop") or m.at(k, "trigger"):
            return None
        if m.tokens[k].kind is Kind.NUMBER or m.norm(k) in m.pack.numbers or m.at(k, "quantity") or m.at(k, "fixed"):
            return None
    return None


def _harm_noun(m: Marked, counted: Hit, person: Hit | None, p: Phrase) -> int:
    """A noun or participle that says the harm itself: "12 deaths", "22 wounded", "36,000 refugees"."""
    p.harm, p.firmly = counted, person is None
    if person:
        p.people.append(person)
    return counted.end


def _harm_noun_at(m: Marked, i: int) -> bool:
    return m.at(i, "trigger", "counted") is not None and m.at(i, "trigger", "participle") is None


def _only_describes(m: Marked, hit: Hit) -> bool:
    """Whether a noun of property describes people behind it whom the pack does not know: "market porters"."""
    plural = m.pack.endings["plural"]
    unknown = hit.end < len(m.tokens) and m.tokens[hit.end].kind is Kind.WORD and not m.starting[hit.end]
    plain = unknown and not m.is_a(hit.end, "stop") and not m.is_a(hit.end, "things")
    return plain and m.norm(hit.end).endswith(plural) and not m.norm(hit.end - 1).endswith(plural)


def _noun_at(m: Marked, i: int) -> bool:
    """Whether a noun of people or homes follows, with one unknown word between at most."""
    if m.at(i, "person") or m.at(i, "property"):
        return True
    plain = i < len(m.tokens) and m.tokens[i].kind is Kind.WORD and not m.is_a(i, "stop") and not m.at(i, "trigger")
    return plain and m.at(i + 1, "person") is not None


def what_of(p: Phrase) -> What:
    """What kind of thing a phrase counts, by its last noun."""
    if p.thing:
        return What.THING
    if p.property and (not p.people or p.property[-1].start > p.people[-1].start):
        return What.PROPERTY
    if p.people:
        return What.PEOPLE
    if p.harm:
        return What.ELIDED if not p.modifiers else What.PEOPLE
    if p.modifiers:
        return What.PEOPLE if p.capital else What.UNKNOWN
    return What.ELIDED


def group_of(m: Marked, start: int, end: int, text: str, p: Phrase) -> Group:
    """Who was harmed, from the nouns of the phrase and, for neutral ones ("members"), what describes them."""
    words = m.words(start, end, text).strip("\"'“”‘’")
    if p.property and (not p.people or p.property[-1].start > p.people[-1].start):
        kinds = {hit.entry.type for hit in p.property}
        kind = GroupType.HOMES if GroupType.HOMES in kinds else GroupType.OTHER
        return Group(words, kind)
    types = [hit.entry.type or GroupType.UNSPECIFIED for hit in p.people]
    kind = types[-1] if types else GroupType.UNSPECIFIED
    if GroupType.COMBATANTS in types and kind is not GroupType.CIVILIANS:
        kind = GroupType.COMBATANTS
    if kind is GroupType.UNSPECIFIED and (_armed(m, start, end) or _repeated(m, start, p)):
        kind = GroupType.COMBATANTS
    if p.joined and {GroupType.COMBATANTS, GroupType.CIVILIANS} <= set(types):
        kind = GroupType.MIXED
    if m.within(start, end, "mixed") or m.at(end, "mixed"):
        kind = GroupType.MIXED
    if kind is GroupType.UNSPECIFIED and any(t is GroupType.CIVILIANS for t in types) and not _neutral(m, p):
        kind = GroupType.CIVILIANS
    if kind is GroupType.UNSPECIFIED and (ranks := m.at(end, "ranks")):
        kind = _ranks(m, ranks.end)
    if kind is GroupType.UNSPECIFIED and p.people and _of_kin(m, end):
        kind = GroupType.CIVILIANS
    subset = Subset.ALL
    if kind in (GroupType.CIVILIANS, GroupType.UNSPECIFIED):
        subset = next((h.entry.subset for h in p.people if h.entry.subset is not Subset.ALL), Subset.ALL)
    return Group(_trimmed(words), kind, subset)


def _neutral(m: Marked, p: Phrase) -> bool:
    """Whether the head says how people are held, which outweighs what they were: "child inmates"."""
    return m.norm(p.people[-1].end - 1) in m.pack.words["held"]


def _ranks(m: Marked, start: int) -> GroupType:
    """Of whose ranks the harmed are: "89 morts dans les rangs de l'armée", "douze morts parmi les civils"."""
    for k in range(start, start + RANKS_REACH):
        if m.at(k, "armed"):
            return GroupType.COMBATANTS
        if person := m.at(k, "person"):
            return person.entry.type or GroupType.UNSPECIFIED
        if m.is_mark(k) or m.at(k, "trigger"):
            break
    return GroupType.UNSPECIFIED


def _of_kin(m: Marked, end: int) -> bool:
    """Whether "of one family" follows."""
    return m.is_a(end, "partitive") and m.any_is(end + 1, end + 1 + KIN_REACH, "kin")


def _repeated(m: Marked, start: int, p: Phrase) -> bool:
    """Whether the same neutral noun was described as armed before: "militia members … 40 members were killed"."""
    if not p.people or m.norm(p.people[-1].end - 1) not in m.pack.words["membership"]:
        return False
    head = m.norm(p.people[-1].end - 1)
    return any(m.norm(k) == head and m.at(k - 1, "armed") for k in range(start))


def _armed(m: Marked, start: int, end: int) -> bool:
    """Whether an armed body describes the people: before the noun, or after it in "of …"."""
    if m.within(start, end, "armed"):
        return True
    if not m.is_a(end, "partitive") and not m.is_a(end, "belonging"):
        return False
    if m.pack.grammar.counting_forms and m.at(end, "perpetrators", "agent"):
        return False
    for i in range(end, min(end + ARMED_REACH, len(m.tokens))):
        if m.at(i, "armed"):
            return True
        if m.at(i, "trigger") or m.is_a(i, "passive") or (m.is_mark(i) and m.tokens[i].text not in QUOTES):
            return False
    return False


def _trimmed(words: str) -> str:
    return " ".join(words.split())
