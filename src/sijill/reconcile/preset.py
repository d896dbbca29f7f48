"""A rule set put together from parts: conventions, whom it counts, how it chooses a best number, how it grades.

The recorders' rule sets and those that people write in TOML (own.py) are all of this one kind, so that two of them
differ only where their owners' rules do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sijill.core.claim import Claim, GroupType, Harm
from sijill.core.incident import Figure, Grade, GroupScope, Scope, SetAside
from sijill.reconcile.choosing import Choose, no_best
from sijill.reconcile.conventions import Conventions
from sijill.reconcile.grading import GradeBy, ungraded
from sijill.reconcile.records import Bounds, Cell, Evidence, Said, Settled, Statement
from sijill.reconcile.scopes import cell_of
from sijill.reconcile.spanning import span


@dataclass(frozen=True, slots=True)
class Preset:
    """A rule set as data; see RuleSet for what its parts mean.

    `harms` are those that it counts, all of them if empty. `presumed_civilian` takes people of whom no source says
    that they were fighters as civilians; `doubtful_civilians` only lets them raise the high of a count of civilians.
    """

    name: str
    about: str
    conventions: Conventions = field(default_factory=Conventions)
    choose: Choose = no_best
    grade_by: GradeBy = ungraded
    harms: frozenset[Harm] = frozenset()
    presumed_civilian: bool = False
    doubtful_civilians: bool = False

    def bounds(self, claim: Claim) -> Bounds | None:
        """What a claim asserts by the conventions."""
        return self.conventions.bounds(claim)

    def cell(self, claim: Claim) -> Cell:
        """Whom a claim counts."""
        cell = cell_of(claim)
        if self.presumed_civilian and claim.harm is not Harm.PROPERTY and claim.group.type is GroupType.UNSPECIFIED:
            return Cell(cell.harm, GroupScope.CIVILIANS, cell.subset)
        return cell

    def settle(self, evidence: Evidence) -> Settled:
        """The span of what voices say, and the best number that is chosen within it."""
        harm = evidence.scope.harm
        if self.harms and harm not in self.harms:
            reason = f"the rule set “{self.name}” does not count {harm.value.replace('_', ' ')}"
            aside = tuple(SetAside(s.claim, reason) for s in (*evidence.wholes, *evidence.parts))
            return Settled(None, None, None, (), aside, reason)
        return self.choose(evidence, span(evidence))

    def grade(self, said: Sequence[Said], statements: Sequence[Statement], voices: frozenset[str]) -> Grade:
        """How well the incident is corroborated."""
        return self.grade_by(said, statements, voices)

    def adjust(self, found: Sequence[Figure]) -> tuple[Figure, ...]:
        """The figures, with those who may have been civilians in the high of the civilians where the rules say so."""
        if not self.doubtful_civilians:
            return tuple(found)
        by_scope = {f.scope: f for f in found}
        return tuple(self._with_doubtful(f, by_scope) for f in found)

    def _with_doubtful(self, figure: Figure, by_scope: Mapping[Scope, Figure]) -> Figure:
        scope = figure.scope
        everybody = by_scope.get(Scope(scope.harm, GroupScope.ALL, scope.subset))
        if scope.group is not GroupScope.CIVILIANS or everybody is None or None in (figure.high, everybody.high):
            return figure
        fighters = by_scope.get(Scope(scope.harm, GroupScope.COMBATANTS, scope.subset))
        high = (everybody.high or 0) - ((fighters.low or 0) if fighters is not None else 0)
        if high <= (figure.high or 0):
            return figure
        line = f"high {high}: with all who are not said to have been fighters"
        return replace(figure, high=high, reason="; ".join(filter(None, (figure.reason, line))))
