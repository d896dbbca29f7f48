"""What a rule set is: how it reads a count, whom a count counts, how it settles a figure, how it grades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sijill.core.claim import Claim
from sijill.core.incident import Figure, Grade
from sijill.reconcile.records import Bounds, Cell, Evidence, Said, Settled, Statement


class RuleSet(Protocol):
    """The same claims, settled by one recorder's rules. Implementations hold no state.

    Which statement of a voice stands, and which scopes contain which, is the same for all of them (voices.py,
    scopes.py); a rule set decides what a claim asserts, of whom, what follows for a scope, and how well it is
    corroborated.
    """

    @property
    def name(self) -> str:
        """The name that people choose it by."""
        ...

    @property
    def about(self) -> str:
        """One or two sentences for people: what it does, and whether its rules were read or recalled."""
        ...

    def bounds(self, claim: Claim) -> Bounds | None:
        """What a claim asserts by these rules, hedges and vague words as the convention has them; `None`: no number."""
        ...

    def cell(self, claim: Claim) -> Cell:
        """Whom a claim counts, by these rules."""
        ...

    def settle(self, evidence: Evidence) -> Settled:
        """The numbers for one scope; every claim of the evidence is in `used` or in `aside`."""
        ...

    def adjust(self, found: Sequence[Figure]) -> tuple[Figure, ...]:
        """The figures of an incident once more, together, where the rules let one bear on another."""
        ...

    def grade(self, said: Sequence[Said], statements: Sequence[Statement], voices: frozenset[str]) -> Grade:
        """How well the incident is corroborated: what each voice says, every claim, and all voices that speak of it."""
        ...
