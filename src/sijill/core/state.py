"""What follows from the judgements: how each claim stands, and the voice that each goes back to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sijill.core.claim import Claim


class ClaimState(StrEnum):
    """How a claim stands after everybody's judgements."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim as it was read (`source`) and as it stands (`claim`: corrected by a person, or the same).

    `id` is the source claim's, whatever was corrected. `judgement` is the row that decided, `None` while only proposed.
    `set_aside` holds the reason where its document was set aside as a source, else "". `unconfirmed` says why its
    number does not count before a person confirms it, as where a machine read it from a picture; else "".
    `replaced_by` is the claim by another back end that a person confirmed, which stands for these words instead.
    """

    id: str
    source: Claim
    claim: Claim
    state: ClaimState = ClaimState.PROPOSED
    judgement: str | None = None
    set_aside: str = ""
    unconfirmed: str = ""
    replaced_by: str | None = None

    @property
    def stands(self) -> bool:
        """Whether nobody rejected it, set its source aside, or confirmed another in its place."""
        return self.state is not ClaimState.REJECTED and not self.set_aside and self.replaced_by is None

    @property
    def counts(self) -> bool:
        """Whether a figure may rest on it."""
        return self.stands and not self.unconfirmed


@dataclass(frozen=True, slots=True)
class Origin:
    """The voice that a claim goes back to; claims with one voice are one source, however many outlets repeat it.

    `voice` is a normalised key, `name` what people call it, `through` those who passed it on, `reason` the evidence.
    """

    claim: str
    voice: str
    name: str
    through: tuple[str, ...] = ()
    reason: str = ""
