"""What looks like a claim and is none: denials, hypotheses, plans, rates, accidents, numbers of other things.

Each rule returns the words that forbid, so that `explain` can say why a number was passed over.
"""

from __future__ import annotations

import re

from sijill.core.claim import GroupType, Harm
from sijill.extract.marks import NOWHERE, Marked
from sijill.extract.tokens import Kind
from sijill.extract.triggers import Trigger
from sijill.extract.who import Counted, What

NEAR = 4
FAR, FARTHEST = 7, 18
RATE_REACH, RESULT_REACH = 5, 10
SPEAKER_REACH = 8
OLDEST = 120
# A post's stamp is in English on many platforms, whatever the post is in; an account's name runs into it.
STAMPED = re.compile(
    "(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)$"
)
MINUTE_FIGURES = 2


def forbidden_count(m: Marked, c: Counted) -> str:
    """Why a number cannot count people or homes, "" where it can."""
    if c.what is What.THING:
        return "counts things"
    before = m.before(c.start, "not_counts_before") or m.before(c.number_start, "not_counts_before")
    if before or m.is_a(c.start - 1, "not_counts_before") or m.is_a(c.number_start - 1, "not_counts_before"):
        return "follows a word of rank, age or money"
    if c.year_like and c.what in (What.ELIDED, What.UNKNOWN) and c.harm is None:
        return "a year"
    if m.is_a(c.count_end, "units") and not m.at(c.count_end, "trigger"):
        return "a measure"
    if _of_clock(m, c.number_start) or _in_a_stamp(m, c):
        return "a time of day, or a post's stamp"
    if _is_age(m, c):
        return "an age"
    if _of_children(m, c):
        return "children of somebody"
    if _one_of_many(m, c):
        return "one of so many"
    if c.quantity.high == 0:
        return "none"
    at = c.start - m.is_a(c.start - 1, "places.articles")
    if c.vague and m.is_a(at - 1, "mourning"):
        # "Thousands bade the dead farewell".
        return "mourners"
    if any(hit.end > c.start for k in range(max(0, c.start - 2), c.start) if (hit := m.at(k, "rate"))):
        # "Twelve in the hundred".
        return "a rate"
    return "a rate" if _rate_after(m, c.end) else ""


def _in_a_stamp(m: Marked, c: Counted) -> bool:
    """Whether a number is of a post's stamp: "9:03 PM", "January 19, 2031", which platforms set in any text."""
    k = c.count_end
    if (
        c.what not in (What.ELIDED, What.UNKNOWN)
        or c.start < 0
        or not m.tokens[k - 1].text.isdecimal()
        or k + 1 >= len(m.tokens)
    ):
        return False
    mark, behind = m.tokens[k], m.tokens[k + 1]
    if not behind.text[:2].isdecimal():
        return False
    if mark.text == ":":
        return mark.start == m.tokens[k - 1].end and mark.end == behind.start
    return mark.text == "," and c.start > 0 and STAMPED.search(m.tokens[c.start - 1].text) is not None


def _of_clock(m: Marked, k: int) -> bool:
    """Whether a number closes a time of day written without spaces: "11:42", at the head of a live report's entry."""
    if k < 2 or m.tokens[k - 1].text != ":" or m.tokens[k - 2].kind is not Kind.NUMBER:
        return False
    hour, colon, minute = m.tokens[k - 2 : k + 1]
    return hour.end == colon.start and colon.end == minute.start and len(minute.text) == MINUTE_FIGURES


def _is_age(m: Marked, c: Counted) -> bool:
    """Whether a bare number is an age: beside a name, in a list behind "aged", behind one person."""
    if c.what is not What.ELIDED or c.vague:
        return False
    if (c.start == c.number_start and _apposed(m, c)) or _of_ages(m, c):
        return True
    return c.quantity.low is None and bool(c.quantity.high) and m.before(c.start, "person") is not None


def _one_of_many(m: Marked, c: Counted) -> bool:
    """Whether a number is only the whole of which another counts a part: "one of the nine", "of one family"."""
    of = m.is_a(c.start - 2, "partitive") and _number_at(m, c.start - 3)
    if m.is_a(c.start - 1, "determiners") and of:
        return True
    if m.is_a(c.start - 1, "partitive") and m.is_a(c.start - 1, "determiners") and _number_at(m, c.start - 2):
        # "Trente-cinq des 70": of and the in one word.
        return True
    within = m.is_a(c.start - 1, "prepositions") or m.is_a(c.start - 1, "partitive")
    at = c.start - 1 - m.is_a(c.start - 1, "determiners")
    if m.is_a(at, "partitive") and m.is_a(at - 1, "negation"):
        # "None of the 312 passengers".
        return True
    if m.is_a(at, "partitive") and (at == 0 or m.is_mark(at - 1)) and m.norm(c.end) == "," and c.harm is None:
        # "Of the nine soldiers, three were killed".
        return True
    if c.quantity.high == 1 and m.is_a(c.number_start - 1, "collective") and m.pack.grammar.adjectives_follow:
        # "Membres d'une famille une seule", "from a family one".
        return True
    return c.quantity.high == 1 and m.is_a(c.end - 1, "collective") and within


def _number_at(m: Marked, k: int) -> bool:
    """Whether a number in figures or words stands at `k`."""
    return 0 <= k < len(m.tokens) and (m.tokens[k].kind is Kind.NUMBER or m.norm(k).split("-")[0] in m.pack.numbers)


def speaks(m: Marked, c: Counted) -> bool:
    """Whether one person told of is the one who speaks: "…, an officer at the scene said"."""
    if not c.single or c.start == 0 or not m.is_mark(c.start - 1):
        return False
    for k in range(c.end, min(c.end + SPEAKER_REACH, len(m.tokens))):
        if m.at(k, "attribution", "verbs") and not m.is_a(k, "attribution.nouns"):
            return m.at(k, "trigger") is None
        if m.is_mark(k) or m.at(k, "trigger") or m.is_a(k, "relative"):
            return False
    return False


def _apposed(m: Marked, c: Counted) -> bool:
    """Whether a bare number stands between two commas, or a comma and the end, behind a name: "X Y, 24, a farmer"."""
    if m.norm(c.start - 1) != "," or c.count_end - c.start != 1 or not m.tokens[c.start].text.isdecimal():
        return False
    closes = c.end >= len(m.tokens) or m.norm(c.end) in {",", ".", ";", ")"}
    beside = c.start >= 2 and (m.tokens[c.start - 2].is_name or m.before(c.start - 1, "person") is not None)
    return closes and beside and (c.quantity.low or 0) < OLDEST


def _of_ages(m: Marked, c: Counted) -> bool:
    """Whether a number stands in a list of ages: behind "aged", behind a name, or in brackets behind one."""
    k = c.start - 1
    while k > 0 and (m.tokens[k].kind is Kind.NUMBER or m.is_a(k, "and_connectors") or m.is_a(k, "numbers.between")):
        k -= 1
    if m.is_a(k, "ages"):
        return True
    if m.norm(k + 1) == "," and k >= 0 and (m.tokens[k].is_name or m.before(k + 1, "person")) and k + 2 < c.count_end:
        closes = next((j for j in range(c.count_end, len(m.tokens)) if m.is_mark(j)), None)
        plain = closes is not None and all(_age_like(m, j) for j in range(k + 2, closes))
        if plain and m.norm(closes or 0) in {",", ")"} and m.any_is(k + 2, closes or 0, "numbers.joiners"):
            return True
    bracketed = m.norm(c.start - 1) == "(" and m.norm(c.count_end) in {")", ","} and (c.quantity.low or 0) < OLDEST
    behind = c.start - 2
    named = behind >= 0 and m.tokens[behind].is_name and not m.sentence.capitals
    return bracketed and named and m.at(behind, "trigger") is None


def _age_like(m: Marked, k: int) -> bool:
    """Whether a token can stand in a list of ages: a number below OLDEST or a joiner."""
    digits = m.norm(k)
    return m.is_a(k, "numbers.joiners") or (digits.isdecimal() and len(digits) <= 3 and int(digits) < OLDEST)


def _of_children(m: Marked, c: Counted) -> bool:
    """Whether a number is of somebody's children: "a father of four", "a mother of three children"."""
    return m.is_a(c.start - 1, "partitive") and m.is_a(c.start - 2, "parents")


def _rate_after(m: Marked, end: int) -> bool:
    return any(_is_rate(m, i) for i in range(end, min(end + RATE_REACH, len(m.tokens))))


def _is_rate(m: Marked, k: int) -> bool:
    """Whether a rate stands at `k`: "a day", but not "a day after"."""
    hit = m.at(k, "rate")
    return hit is not None and not m.is_a(hit.end, "dates.counted_from")


def forbidden_trigger(m: Marked, t: Trigger) -> str:
    """Why a word of harm says nothing that happened, "" where it does."""
    if _rate_of(m, t):
        return "a rate"
    if t.has("nominal") and m.is_a(t.start - 1, "definite"):
        # "Will investigate the murder of …": that it happened is taken for granted.
        return ""
    for i in range(t.start - 1, max(-1, t.start - 1 - FARTHEST), -1):
        near = t.start - i <= NEAR
        if m.starting[i] and m.at(i, "affirmed"):
            continue
        if (m.is_mark(i) and m.tokens[i].text in ".;:") or m.is_a(i, "contrast"):
            break
        if near and m.is_a(i, "modal") and not _is_month(m, i):
            return "possible, not said to have happened"
        if near and m.is_a(i, "negation") and not m.is_a(i + 1, "infinitive") and not m.at(i, "quantity"):
            return "denied"
        supposed = m.at(i, "hypothetical") if m.starting[i] else None
        if supposed and (t.start - i <= FAR or m.is_a(supposed.end - 1, "attribution.that")):
            return "planned, feared or supposed"
    if m.is_a(t.start - 1, "infinitive") and t.has("object") and not _achieved(m, t.start - 1):
        return "intended"
    return "intended" if _purposed(m, t) else ""


def _purposed(m: Marked, t: Trigger) -> bool:
    """Whether a "for" of purpose stands before: "entered for arresting three", not "led to the killing"."""
    if not (m.is_a(t.start - 1, "purpose") and m.is_a(t.start, "purposed")):
        return False
    return not m.any_is(t.start - RESULT_REACH, t.start, "resulting")


def _rate_of(m: Marked, t: Trigger) -> bool:
    """Whether the clause says "every day": "200 are killed and 500 wounded every day", but not "a day after"."""
    for k in range(t.end, min(t.end + RATE_REACH, len(m.tokens))):
        if m.is_mark(k):
            return False
        if _is_rate(m, k):
            return True
    return False


def _is_month(m: Marked, i: int) -> bool:
    return i in m.dated


def _achieved(m: Marked, i: int) -> bool:
    return m.before(i, "achieved") is not None or m.is_a(i - 1, "achieved")


def forbidden_sentence(m: Marked) -> str:
    """Whether a sentence is of an accident, a disease or a disaster, and of no attack."""
    accidents = m.spots.get("accident", NOWHERE).values()
    # "Heat stroke" is no stroke of arms.
    within = {k for hit in accidents for k in range(hit.start, hit.end)}
    if accidents and not any(k not in within for k in m.where("attack")):
        return "accident, disease or disaster"
    return ""


def fits(c: Counted, harm: Harm) -> bool:
    """Whether what a phrase counts can suffer a harm: homes burn, people are killed; a bare number can both."""
    if harm is Harm.PROPERTY:
        return c.what is What.PROPERTY or (c.what is What.ELIDED and c.others)
    if harm is Harm.DISPLACED and c.group.type is GroupType.COMBATANTS:
        return False
    return c.what in (What.PEOPLE, What.ELIDED, What.UNKNOWN)


def gets_away(m: Marked, c: Counted, harm: Harm) -> bool:
    """Whether a bare number of those who fled are escapers, whom the sentence speaks of, rather than displaced."""
    if harm is not Harm.DISPLACED or (c.harm is harm and c.firmly):
        return False
    return c.what is What.ELIDED and m.any_is(0, len(m.tokens), "escape")
