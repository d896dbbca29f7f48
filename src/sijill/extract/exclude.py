"""What looks like a claim and is none: denials, hypotheses, plans, rates, accidents, numbers of other things.

Each rule returns the words that forbid, so that `explain` can say why a number was passed over.
"""

from __future__ import annotations

from sijill.core.claim import GroupType, Harm
from sijill.extract.marks import Marked
from sijill.extract.triggers import Trigger
from sijill.extract.who import Counted, What

NEAR = 4
FAR = 7
RATE_REACH = 5
SPEAKER_REACH = 8


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
    if c.what is What.ELIDED and not c.vague and c.start == c.number_start and _apposed(m, c):
        return "an age beside a name"
    if (
        m.is_a(c.start - 1, "determiners")
        and m.is_a(c.start - 2, "partitive")
        and m.norm(c.start - 3) in m.pack.numbers
    ):
        return "one of so many"
    if c.quantity.high == 1 and m.is_a(c.end - 1, "collective") and m.is_a(c.start - 1, "prepositions"):
        return "one family that others belong to"
    if c.quantity.high == 0:
        return "none"
    if c.what is What.ELIDED and c.quantity.low is None and c.quantity.high and m.before(c.start, "person"):
        return "an age"
    if _rate_after(m, c.end):
        return "a rate"
    return ""


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
    return closes and c.start >= 2 and m.tokens[c.start - 2].is_name and (c.quantity.low or 0) < 120


def _rate_after(m: Marked, end: int) -> bool:
    return any(m.at(i, "rate") for i in range(end, min(end + RATE_REACH, len(m.tokens))))


def forbidden_trigger(m: Marked, t: Trigger) -> str:
    """Why a word of harm says nothing that happened, "" where it does."""
    if m.at(t.end, "rate"):
        return "a rate"
    for i in range(t.start - 1, max(-1, t.start - 1 - FAR), -1):
        near = t.start - i <= NEAR
        if m.is_mark(i) and m.tokens[i].text in ".;:":
            break
        if near and m.is_a(i, "modal") and not _is_month(m, i):
            return "possible, not said to have happened"
        if near and m.is_a(i, "negation") and not m.is_a(i + 1, "infinitive"):
            return "denied"
        if m.at(i, "hypothetical"):
            return "planned, feared or supposed"
    if m.is_a(t.start - 1, "infinitive") and t.has("object") and not _achieved(m, t.start - 1):
        return "intended"
    return ""


def _is_month(m: Marked, i: int) -> bool:
    return i in m.dated


def _achieved(m: Marked, i: int) -> bool:
    return m.before(i, "achieved") is not None or m.is_a(i - 1, "achieved")


def forbidden_sentence(m: Marked) -> str:
    """Whether a sentence is of an accident, a disease or a disaster, and of no attack."""
    accident = m.within(0, len(m.tokens), "accident")
    if accident and not m.within(0, len(m.tokens), "attack"):
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
    return harm is Harm.DISPLACED and c.what is What.ELIDED and any(m.is_a(k, "escape") for k in range(len(m.tokens)))
