"""The rule sets there are, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sijill.core.errors import UnknownId
from sijill.reconcile import acled, airwars, ibc, median, ohchr, own, span, ucdp
from sijill.reconcile.preset import Preset
from sijill.reconcile.ruleset import RuleSet

RULE_SETS: Mapping[str, RuleSet] = MappingProxyType(
    {module.RULES.name: module.RULES for module in (acled, airwars, ibc, median, ohchr, span, ucdp)}
)
DEFAULT = "span"

__all__ = ["DEFAULT", "RULE_SETS", "RuleSet", "own_rule_set", "rule_set", "rule_sets"]


def rule_sets() -> tuple[RuleSet, ...]:
    """Every rule set, sorted by name."""
    return tuple(RULE_SETS[name] for name in sorted(RULE_SETS))


def rule_set(name: str) -> RuleSet:
    """The rule set of that name; raises UnknownId with the names there are."""
    found = RULE_SETS.get(name)
    if found is None:
        raise UnknownId(f"no rule set is called {name[:40]!r}", hint=f"there are: {', '.join(sorted(RULE_SETS))}")
    return found


def own_rule_set(text: str, *, where: str) -> Preset:
    """A rule set that people wrote in TOML (own.py); raises InputError that says what is wrong with it."""
    return own.parse(text, where=where, taken=frozenset(RULE_SETS))
