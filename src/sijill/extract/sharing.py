"""Who did it, told once and meant again: claims of one event, and mentions of one toll, share the actor named there."""

from __future__ import annotations

from dataclasses import replace

from sijill.core.claim import Claim, Evidence, GroupType, Perpetrator
from sijill.extract.accused import Accusations
from sijill.extract.perpetrator import IN_SENTENCE, STRUCK, is_victim

# From this number on two mentions of it, with the same harm and kind of people, are of one toll.
TOLL_LEAST = 3
# So many mentions of one toll are compared: enough for any report, and no more work for a text made of them.
MENTIONS_MAX = 12


def shared(claims: list[Claim], accusations: Accusations) -> list[Claim]:
    """The claims, those without an actor taking the one that others name for the same event or the same toll.

    A report says once who did it and counts the dead again and again. Nothing is taken where the others name several,
    where somebody denies it, or, but for the same toll, for fighters.
    """
    loose = accusations.report.pack.grammar.verb_first
    named: dict[tuple[object, ...], list[Perpetrator]] = {}
    tolls: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims:
        if claim.perpetrator is None or claim.evidence[-1].rule not in IN_SENTENCE:
            continue
        if len(tolls.setdefault(_same_toll(claim), [])) < MENTIONS_MAX:
            tolls[_same_toll(claim)].append(claim)
        if claim.place and _tells_for_others(claim, loose):
            named.setdefault(_event(claim), []).append(claim.perpetrator)
    found, ids = list[Claim](), dict[str, str]()
    for claim in claims:
        new = claim
        if claim.perpetrator is None and claim.harm in STRUCK:
            fought = claim.group.type in (GroupType.COMBATANTS, GroupType.MIXED)
            event = named.get(_event(claim), []) if claim.place and not fought else []
            again = tolls.get(_same_toll(claim), [])
            heading = accusations.report.bounds[0][1]
            toll = [c.perpetrator for c in again if c.perpetrator and _one_toll(c, claim, heading)]
            new = _done_by(accusations, claim, event, "named for the same event")
            if new is claim and len(toll) == len(again):
                new = _done_by(accusations, claim, toll, "named for the same number")
        if new.part_of in ids:
            new = replace(new, part_of=ids[new.part_of])
        if new is not claim:
            ids[claim.id] = new.id
        found.append(new)
    return found


def _done_by(accusations: Accusations, claim: Claim, done: list[Perpetrator], rule: str) -> Claim:
    """The claim with the one actor of several namings, as it is where they name none or several."""
    if len({accusations.key(p.text) for p in done}) != 1:
        return claim
    longest = max(done, key=lambda p: len(p.text))
    if is_victim(accusations, longest.text, claim.group):
        return claim
    evidence = (*claim.evidence, Evidence("perpetrator", rule, longest.text))
    return replace(claim, perpetrator=longest, evidence=evidence)


def _same_toll(claim: Claim) -> tuple[object, ...]:
    """What two mentions of one toll have in common; no claim of one person or a vague number has it with another."""
    low = claim.count.quantity.low if claim.count else None
    if low is None or low < TOLL_LEAST:
        return (claim.id,)
    return claim.harm, low, claim.group.type, claim.group.subset


def _one_toll(a: Claim, b: Claim, heading: int) -> bool:
    """Whether two mentions of a number may be of one toll: one in the heading, or both of one place, or of none."""
    if min(a.quote.start, b.quote.start) < heading:
        return True
    one, other = (c.place.text if c.place else "" for c in (a, b))
    return one in other or other in one


def _tells_for_others(claim: Claim, loose: bool) -> bool:
    """Whether who did it may have done the rest of the event too: harm done at once, and not to fighters, whom those
    that others fight may have killed; `loose` admits any."""
    fought = claim.group.type in (GroupType.COMBATANTS, GroupType.MIXED)
    return loose or (claim.harm in STRUCK and not fought)


def _event(claim: Claim) -> tuple[object, ...]:
    days = (claim.period.start, claim.period.end) if claim.period else ()
    return (claim.place.text if claim.place else "", *days)
