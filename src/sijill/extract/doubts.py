"""Claims from text that a machine read from a picture: their numbers are unconfirmed, and say so in their evidence.

The claim itself carries it, and so its id: a copy of a claim, in a listing or in another case, cannot lose it. A person
confirms the number by accepting the claim or by correcting its count (`store/state.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sijill.core.claim import Claim, Evidence
from sijill.core.document import OCR_NUMBERS_DISAGREE, OCR_UNCONFIRMED, Note


def with_doubts(claims: Sequence[Claim], notes: Sequence[Note]) -> tuple[Claim, ...]:
    """The claims, those counted in doubtful text with evidence of it; a part goes on naming its whole.

    `notes` are those of the reading that the claims were read in. A claim without a number has none to confirm.
    """
    doubtful = [n for n in notes if n.code == OCR_UNCONFIRMED]
    if not doubtful:
        return tuple(claims)
    differing = [n for n in notes if n.code == OCR_NUMBERS_DISAGREE]
    by_id = {claim.id: claim for claim in claims}
    made: dict[str, Claim] = {}

    def marked(claim: Claim) -> Claim:
        if claim.id not in made:
            whole = by_id.get(claim.part_of or "")
            part_of = marked(whole).id if whole is not None else claim.part_of
            made[claim.id] = replace(claim, part_of=part_of, evidence=claim.evidence + _why(claim, doubtful, differing))
        return made[claim.id]

    return tuple(marked(claim) for claim in claims)


def _why(claim: Claim, doubtful: Sequence[Note], differing: Sequence[Note]) -> tuple[Evidence, ...]:
    """The notes on its number where there are any, else that on the text it stands in."""
    if claim.count is None:
        return ()
    start, end = claim.quote.start, claim.quote.end
    around = [n.text for n in doubtful if n.touches(start, end)]
    if not around:
        return ()
    on_number = [n.text for n in differing if n.touches(claim.count.start, claim.count.end)]
    return (Evidence("count", OCR_UNCONFIRMED, " ".join(on_number or around[:1])),)
