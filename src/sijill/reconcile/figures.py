"""An incident's figures under a rule set: one for each scope that its claims call for, each with its trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sijill.core.claim import Stance
from sijill.core.errors import UnknownId
from sijill.core.incident import Figure, Incident, IncidentRecord, Scope
from sijill.core.state import Origin
from sijill.reconcile.accounts import account
from sijill.reconcile.records import Evidence, Statement
from sijill.reconcile.regions import NOWHERE, Places
from sijill.reconcile.ruleset import RuleSet
from sijill.reconcile.scopes import contains, counts_all_of, lies_in, scopes_of
from sijill.reconcile.voices import Hearing, hear


def figures(
    incident: Incident,
    statements: Mapping[str, Statement],
    origins: Mapping[str, Origin],
    rules: RuleSet,
    places: Places = NOWHERE,
) -> IncidentRecord:
    """The incident with its figures and the account of all its claims.

    Each figure's `claims` and `set_aside` are together every claim of its scope. `statements` and `origins` are by
    claim id and may hold more than this incident's; `places` says which places lie within which. Raises UnknownId where
    a claim of the incident is not among the statements.
    """
    if missing := [c for c in incident.claims if c not in statements]:
        raise UnknownId(
            f"claim {missing[0][:12]} of incident {incident.id} is not current", hint="build the case again"
        )
    held = [statements[c] for c in incident.claims]
    hearing = hear(held, origins, rules.bounds, rules.cell)
    scopes = scopes_of(rules.cell(s.claim) for s in held)
    found = _capped(rules.adjust([_figure(scope, held, hearing, rules) for scope in scopes]))
    told = account(incident, held, origins, rules, places)
    return IncidentRecord(
        incident, rules.name, rules.grade(hearing.said, held, hearing.voices), perpetrators(held), tuple(found), told
    )


def _figure(scope: Scope, held: Sequence[Statement], hearing: Hearing, rules: RuleSet) -> Figure:
    inside = {s.id: s for s in held if lies_in(scope, rules.cell(s.claim))}
    said = [s for s in hearing.said if s.claim in inside]
    evidence = Evidence(
        scope,
        wholes=tuple(s for s in said if counts_all_of(scope, s.cell)),
        parts=tuple(s for s in said if not counts_all_of(scope, s.cell)),
    )
    settled = rules.settle(evidence)
    aside = [*settled.aside, *(a for a in hearing.aside if a.claim in inside)]
    voices = {s.voice for s in said if s.claim in set(settled.used)}
    return Figure(
        scope=scope,
        low=settled.low,
        best=settled.best,
        high=settled.high,
        voices=len(voices),
        claims=settled.used,
        set_aside=tuple(sorted(aside, key=lambda a: inside[a.claim].position)),
        reason=settled.reason,
    )


def _capped(found: Sequence[Figure]) -> list[Figure]:
    """No count of some above the count of all that holds them: what is above is cut, and the reason says so."""
    return [_cap(part, [whole for whole in found if contains(whole.scope, part.scope)]) for part in found]


def _cap(part: Figure, wholes: Sequence[Figure]) -> Figure:
    highs = [w.high for w in wholes if w.high is not None]
    if part.high is None or not highs or part.high <= min(highs):
        return part
    cap = min(highs)
    reason = f"cut to {cap}: the counts of all do not allow {part.high}, one of them is wrong or older"
    low, best = (None if n is None else min(n, cap) for n in (part.low, part.best))
    return replace(part, low=low, best=best, high=cap, reason="; ".join(filter(None, (part.reason, reason))))


def perpetrators(held: Sequence[Statement]) -> tuple[str, ...]:
    """Who is said to have done it, as written, the most named first; denials name nobody."""
    named: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for s in sorted(held, key=lambda s: s.position):
        who = s.claim.perpetrator
        if s.judged.counts and who is not None and who.stance is not Stance.DENIED and who.text.strip():
            key = " ".join(who.text.casefold().split())
            shown.setdefault(key, " ".join(who.text.split()))
            named[key] += 1
    return tuple(shown[key] for key, _ in sorted(named.items(), key=lambda item: (-item[1], item[0])))


def every_claim(figure: Figure) -> frozenset[str]:
    """All claims of a figure's scope: those it rests on and those it passes over."""
    return frozenset(figure.claims) | {a.claim for a in figure.set_aside}
