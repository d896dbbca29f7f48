"""How well an incident is corroborated, in the words of the recorder whose rule set it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sijill.core.claim import GroupType, Harm, Stance
from sijill.core.incident import Grade
from sijill.reconcile.parties import parties
from sijill.reconcile.records import Said, Statement

GradeBy = Callable[[Sequence[Said], Sequence[Statement], frozenset[str]], Grade]

CASUALTIES = frozenset({Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS})


def ungraded(said: Sequence[Said], statements: Sequence[Statement], voices: frozenset[str]) -> Grade:
    """Nothing is graded."""
    return Grade.UNGRADED


def by_airwars(said: Sequence[Said], statements: Sequence[Statement], voices: frozenset[str]) -> Grade:
    """Airwars' grades, in the order of methods.md, section 4: admitted, combatants only, rival accusations, two voices.

    [V] fair and weak, [R] confirmed, contested and discounted. A party's admission is a claim whose perpetrator claims
    the act for itself. "A known action nearby" cannot be seen from the claims: a named party that is accused stands for
    it. What a person set aside as not credible does not speak here.
    """
    heard = _counting(statements)
    if not heard:
        return Grade.UNGRADED
    if any(s.claim.perpetrator is not None and s.claim.perpetrator.stance is Stance.SELF_CLAIMED for s in heard):
        return Grade.CONFIRMED
    if all(s.claim.group.type is GroupType.COMBATANTS for s in heard):
        return Grade.DISCOUNTED
    accused = parties(_accused(heard))
    if accused > 1 or _contested(heard):
        return Grade.CONTESTED
    return Grade.FAIR if accused and len(voices) > 1 else Grade.WEAK


def two_sources(said: Sequence[Said], statements: Sequence[Statement], voices: frozenset[str]) -> Grade:
    """Iraq Body Count: confirmed with two or more independent voices, else provisional ([V] methods.md, section 3).

    A voice that tells of the dead without a number is a source, too.
    """
    if not voices:
        return Grade.UNGRADED
    return Grade.CONFIRMED if len(voices) > 1 else Grade.PROVISIONAL


def verified_by(needed: int) -> GradeBy:
    """OHCHR's practice: verified with so many voices, discarded if every source was set aside, else being verified."""

    def grade(said: Sequence[Said], statements: Sequence[Statement], voices: frozenset[str]) -> Grade:
        if statements and not any(s.judged.counts for s in statements):
            return Grade.DISCARDED
        if not voices:
            return Grade.UNGRADED
        counting = {s.voice for s in said if s.cell.harm in CASUALTIES and s.bounds.low}
        return Grade.VERIFIED if len(counting) >= needed else Grade.BEING_VERIFIED

    return grade


def _counting(statements: Sequence[Statement]) -> list[Statement]:
    return [s for s in statements if s.judged.counts and s.claim.harm in CASUALTIES]


def _accused(statements: Sequence[Statement]) -> list[str]:
    found = [s.claim.perpetrator for s in statements if s.claim.perpetrator is not None]
    return [p.text for p in found if p.stance is not Stance.DENIED]


def _contested(statements: Sequence[Statement]) -> bool:
    """Whether a source says itself that who did it is contested."""
    return any(s.claim.perpetrator is not None and s.claim.perpetrator.stance is Stance.CONTESTED for s in statements)
