"""Tolls that a report gives more than once: what one mention leaves out, another mention of the same number says.

A heading has the number and no day, the next sentence the day, and the last the number again and nothing else. Only
numbers that are unlikely to meet by chance count as the same toll, and nothing is taken where mentions contradict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sijill.core.claim import Claim, Evidence, GroupType, Harm, Subset
from sijill.extract.when import IN_SENTENCE
from sijill.extract.where import BESIDE_THE_COUNT, IN_THE_SENTENCE

LEAST = 5
# From here on two mentions of a number are hardly of two tolls.
TELLING = 30
# So many mentions of one toll are compared: enough for any report, and no more work for a text made of them.
MENTIONS_MAX = 12
# A place that no gazetteer has is a small one.
NARROW = 1
AGAIN = "told of the same number elsewhere"


def agreed(claims: Sequence[Claim]) -> list[Claim]:
    """The claims, each mention of a toll with the group, place and period that other mentions of it give."""
    tolls: dict[tuple[Harm, int], list[Claim]] = {}
    for claim in claims:
        if (key := _toll(claim)) is not None and len(tolls.setdefault(key, [])) < MENTIONS_MAX:
            tolls[key].append(claim)
    found, ids = list[Claim](), dict[str, str]()
    for claim in claims:
        key = _toll(claim)
        others = [c for c in tolls[key] if c is not claim and not _apart(c, claim)] if key else []
        new = _filled(claim, others) if others else claim
        if new.part_of in ids:
            new = replace(new, part_of=ids[new.part_of])
        if new is not claim:
            ids[claim.id] = new.id
        found.append(new)
    return found


def _toll(claim: Claim) -> tuple[Harm, int] | None:
    """The harm and number of a claim, `None` where the number is small, open below or vague."""
    low = claim.count.quantity.low if claim.count else None
    if low is None or low < LEAST or claim.harm is Harm.PROPERTY or claim.group.subset is not Subset.ALL:
        return None
    return claim.harm, low


def _apart(a: Claim, b: Claim) -> bool:
    """Whether two mentions are of different events: their own sentences name different places or days."""
    for field, rule in (("place", IN_THE_SENTENCE), ("period", IN_SENTENCE)):
        if _rule(a, field) == rule == _rule(b, field) and _words(a, field) != _words(b, field):
            return True
    kinds = {a.group.type, b.group.type} - {GroupType.UNSPECIFIED}
    return len(kinds) > 1


def _filled(claim: Claim, others: Sequence[Claim]) -> Claim:
    changes: dict[str, Any] = {}
    evidence = list(claim.evidence)
    kinds = {c.group.type for c in others} - {GroupType.UNSPECIFIED}
    if claim.group.type is GroupType.UNSPECIFIED and len(kinds) == 1:
        kind = kinds.pop()
        changes["group"] = replace(claim.group, type=kind)
        # A kind may follow from the word of harm alone ("martyrs"), without words for the group.
        words = (c.group.text for c in others if c.group.type is kind and c.group.text)
        evidence.append(Evidence("group", AGAIN, next(words, claim.count.text if claim.count else "")))
    for field, rule in (("place", IN_THE_SENTENCE), ("period", IN_SENTENCE)):
        told = [c for c in others if _rule(c, field) == rule]
        agree = bool(told) and len({_words(c, field) for c in told}) == 1
        if agree and _rule(claim, field) != rule and _says_more(told[0], claim, field):
            changes[field] = getattr(told[0], field)
            evidence = [e for e in evidence if e.field != field]
            evidence.append(Evidence(field, AGAIN, getattr(told[0], field).text))
    return replace(claim, **changes, evidence=tuple(evidence)) if changes else claim


def _says_more(told: Claim, claim: Claim, field: str) -> bool:
    """Whether what another mention says is no wider than what was taken from the sentences around."""
    if field == "period" or claim.place is None or told.place is None:
        return True
    said, own = told.place.precision or NARROW, claim.place.precision or NARROW
    # Small numbers meet by chance: of two places as narrow the one told nearby stays.
    number = claim.count.quantity.low if claim.count else None
    return said < own or (said == own and (number or 0) >= TELLING)


def _rule(claim: Claim, field: str) -> str:
    rule = next((e.rule for e in claim.evidence if e.field == field), "")
    return IN_THE_SENTENCE if rule == BESIDE_THE_COUNT else rule


def _words(claim: Claim, field: str) -> object:
    """A place's words, or a period's days: another wording of the same days is no contradiction."""
    if field == "period":
        return (claim.period.start, claim.period.end) if claim.period else None
    return claim.place.text if claim.place else None
