"""The rule sets there are, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sijill.core.errors import UnknownId
from sijill.reconcile.ruleset import RuleSet
from sijill.reconcile.span import Span

RULE_SETS: Mapping[str, RuleSet] = MappingProxyType({rules.name: rules for rules in (Span(),)})
DEFAULT = "span"

__all__ = ["DEFAULT", "RULE_SETS", "RuleSet", "rule_set", "rule_sets"]


def rule_sets() -> tuple[RuleSet, ...]:
    """Every rule set, sorted by name."""
    return tuple(RULE_SETS[name] for name in sorted(RULE_SETS))


def rule_set(name: str) -> RuleSet:
    """The rule set of that name; raises UnknownId with the names there are."""
    found = RULE_SETS.get(name)
    if found is None:
        raise UnknownId(f"no rule set is called {name[:40]!r}", hint=f"there are: {', '.join(sorted(RULE_SETS))}")
    return found
