"""Who or what a number counts."""

from __future__ import annotations

from dataclasses import dataclass

from sijill.core.claim import Group, GroupType, Harm
from sijill.core.quantity import Qualifier, Quantity
from sijill.extract.marks import Marked
from sijill.extract.nouns import MAX_MODIFIERS, QUOTES, Phrase, group_of, read_phrase, what_of
from sijill.extract.nouns import What as What
from sijill.extract.numbers import Number
from sijill.extract.pack import Hit
from sijill.extract.tokens import Kind

OF_ARMED = 4


@dataclass(frozen=True, slots=True)
class Counted:
    """A count and the phrase around it: tokens [start, end), of which [start, count_end) give the number.

    `harm` is set where the phrase itself says it ("12 deaths", "a dead child"), `said` the words that do; `firmly`
    where they can mean nothing else. `inherits` marks "others" and a bare number, which count people named before;
    `back` those among people named before ("four of them"); `single` one person without a number.
    """

    start: int
    count_end: int
    end: int
    quantity: Quantity
    what: What
    group: Group
    harm: Harm | None = None
    said: str = ""
    firmly: bool = True
    inherits: bool = False
    back: bool = False
    others: bool = False
    single: bool = False
    lead: int = -1
    number_start: int = 0
    year_like: bool = False
    vague: bool = False


def read_counted(m: Marked, n: Number, text: str) -> Counted:
    """The noun phrase that follows a number."""
    phrase = read_phrase(m, n.end)
    what = what_of(phrase)
    elided = what is What.ELIDED
    if elided and not phrase.harm and m.is_a(n.end, "partitive") and not phrase.inherits:
        what = What.THING
    lead, group = n.start, group_of(m, n.end, phrase.end, text, phrase)
    if elided and m.is_a(n.start - 1, "partitive") and m.is_a(n.start - 2, "collective"):
        lead, what, elided = _collective(m, n.start), What.PEOPLE, False
        group = Group(
            m.words(n.start - 2, n.end, text), GroupType.CIVILIANS if m.at(n.start - 2, "person") else group.type
        )
    if what in (What.THING, What.ELIDED) and m.pack.grammar.counting_forms and _of_armed(m, n.end):
        # "Five of the brigade X": its members.
        what, elided = What.PEOPLE, False
        group = Group(m.words(n.end + 1, max(phrase.end, n.end + 2), text), GroupType.COMBATANTS)
    quantity, count_end = n.quantity, n.end
    if quantity.qualifier is Qualifier.EXACT and phrase.end > n.end and (hit := _at_least_behind(m, phrase.end)):
        quantity, count_end = Quantity.at_least(quantity.low or 0), hit.end
    if elided and m.pack.grammar.counting_forms and (noun := _noun_before(m, n)):
        # "Civilians two": the noun stands before its number.
        people = noun.entry.cls == "person"
        before = Phrase(n.end, [noun] if people else [], [])
        lead, what, elided = noun.start, What.PEOPLE if people else What.ELIDED, False
        group = group_of(m, noun.start, noun.end, text, before)
        phrase.harm, phrase.firmly = phrase.harm if people else noun, not people
    return Counted(
        start=n.start,
        count_end=count_end,
        end=max(_tail(m, phrase), count_end),
        quantity=quantity,
        what=what,
        group=group,
        lead=lead,
        harm=phrase.harm.entry.harm if phrase.harm else None,
        said=m.words(phrase.harm.start, phrase.harm.end, text) if phrase.harm else "",
        firmly=phrase.firmly,
        inherits=phrase.inherits or elided,
        back=phrase.back,
        others=phrase.inherits,
        number_start=n.core,
        year_like=n.year_like,
        vague=n.vague,
    )


def _at_least_behind(m: Marked, end: int) -> Hit | None:
    """ "Five people at least": the qualifier behind the noun, unless another number follows that it belongs to."""
    hit = m.at(end, "quantity", "after_at_least")
    if hit is None or hit.end - end < 2 or (hit.end < len(m.tokens) and m.tokens[hit.end].kind is Kind.NUMBER):
        return None
    return None if m.norm(hit.end) in m.pack.numbers else hit


def _of_armed(m: Marked, end: int) -> bool:
    """Whether "of" and the name of an armed body follow a number."""
    at = end + 1
    while at < len(m.tokens) and (m.is_a(at, "determiners") or m.is_mark(at)) and at < end + OF_ARMED:
        at += 1
    return m.is_a(end, "partitive") and m.at(at, "armed") is not None and not m.at(end, "perpetrators", "agent")


def _noun_before(m: Marked, n: Number) -> Hit | None:
    """The noun of people right before a number word without one of its own."""
    at = n.start - 1 if m.is_a(n.start - 1, "determiners") else n.start
    if not n.quantity.high or (m.tokens[n.start].kind is not Kind.WORD and at == n.start):
        return None
    return m.before(at, "person") or (m.before(at, "trigger", "counted") if at < n.start else None)


def _collective(m: Marked, start: int) -> int:
    """Where "a Kurdish family of six" begins."""
    lead = start - 2
    for _ in range(3):
        if lead > 0 and not m.is_mark(lead - 1) and not m.is_a(lead - 1, "stop") and not m.at(lead - 1, "trigger"):
            lead -= 1
    return lead - 1 if m.is_a(lead - 1, "one_of") else lead


def _tail(m: Marked, p: Phrase) -> int:
    """Where a phrase ends with what trails it: "members of the X brigade", "soldiers and guerrillas"."""
    end = p.end
    if not p.people or p.harm:
        return end
    if m.is_a(end, "partitive"):
        at = end + 1
        while at < len(m.tokens) and at - end <= MAX_MODIFIERS and _trails(m, at):
            at += 1
        end = at if at > end + 1 else end
    return end


def _trails(m: Marked, k: int) -> bool:
    token = m.tokens[k]
    if k in m.dated or token.kind is Kind.NUMBER or m.at(k, "trigger"):
        return False
    if m.is_a(k, "one_of") and not any(m.is_a(j, "collective") for j in (k + 1, k + 2)):
        return False
    if token.kind is Kind.PUNCTUATION:
        return token.text in QUOTES
    if m.is_a(k, "perpetrators.verbs") or m.is_a(k, "attribution.verbs"):
        return False
    return not m.is_a(k, "stop") or m.is_a(k, "determiners") or m.is_a(k, "partitive")
