"""What a rule set is: how it reads a count, how it settles a figure, how it grades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sijill.core.claim import Count
from sijill.core.incident import Figure, Grade
from sijill.reconcile.records import Bounds, Evidence, Settled, Statement


class RuleSet(Protocol):
    """The same claims, settled by one recorder's rules. Implementations hold no state.

    Which statement of a voice stands, and which scopes contain which, is the same for all of them (voices.py,
    scopes.py); a rule set decides what a count asserts, what follows for a scope, and how well it is corroborated.
    """

    @property
    def name(self) -> str:
        """The name that people choose it by."""
        ...

    @property
    def about(self) -> str:
        """One or two sentences for people: what it does, and whether its rules were read or recalled."""
        ...

    def bounds(self, count: Count) -> Bounds:
        """What a count asserts by these rules: hedges widened, vague words as the convention has it."""
        ...

    def settle(self, evidence: Evidence) -> Settled:
        """The numbers for one scope; every claim of the evidence is in `used` or in `aside`."""
        ...

    def grade(self, figures: Sequence[Figure], statements: Sequence[Statement]) -> Grade:
        """How well the incident is corroborated, in this rule set's words."""
        ...
