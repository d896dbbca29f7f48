"""Why a figure is what it is, line by line, in plain words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sijill.core.claim import Subset
from sijill.core.incident import Account, Cause, CauseKind, Figure, GroupScope, IncidentRecord, Scope
from sijill.core.state import Origin
from sijill.reconcile.records import Statement
from sijill.reconcile.regions import Region
from sijill.reconcile.ruleset import RuleSet
from sijill.reconcile.wording import whom


def explain(
    record: IncidentRecord, statements: Mapping[str, Statement], origins: Mapping[str, Origin], rules: RuleSet
) -> tuple[str, ...]:
    """Every figure of an incident, explained one after another."""
    lines = [f"{record.incident.label}, under the rule set “{rules.name}”: {rules.about}"]
    for figure in record.figures:
        lines += ["", *explain_figure(figure, statements, origins)]
    lines += explain_account(record.account)
    return tuple(lines)


def explain_account(account: Account) -> list[str]:
    """What the claims say together: what contradicts what, what adds up, and the bounds that follow."""
    lines = [f"  contradiction: {c.reason}" for c in account.contradictions]
    lines += [f"  adds up: {a}" for a in account.agreements]
    for b in account.bounds:
        people = whom(Region(b.harm, b.group, b.subset, b.place, b.start, b.end), b.place)
        span = f"at least {b.low}" if b.high is None else f"{b.low}" if b.low == b.high else f"{b.low} to {b.high}"
        lines.append(f"  follows for {b.harm.value.replace('_', ' ')}, {people}: {span}")
    return ["", "all claims together:", *lines] if lines else []


def explain_figure(
    figure: Figure, statements: Mapping[str, Statement], origins: Mapping[str, Origin]
) -> tuple[str, ...]:
    """The number, why its low and its high, which voices carry it, and what was set aside and why.

    Names sources and publishers: for people who work on the case, and to be escaped where it is shown.
    """
    lines = [f"{scope_words(figure.scope)}: {numbers(figure)}, {_voices_words(figure.voices)}"]
    lines += [f"  {line}" for line in figure.reason.split("; ") if line]
    by_voice: dict[str, list[Statement]] = defaultdict(list)
    for claim in figure.claims:
        by_voice[_voice(claim, origins)].append(statements[claim])
    for voice in sorted(by_voice, key=lambda v: by_voice[v][0].position):
        lines += _voice_lines(voice, by_voice[voice], figure, statements, origins)
    repeats = _repeats(figure, origins)
    for aside in figure.set_aside:
        if aside.claim not in repeats:
            lines.append(f"  set aside: {_claim_words(statements[aside.claim], origins)}: {aside.reason}")
    return tuple(lines)


def numbers(figure: Figure) -> str:
    """The range as people write it: `7 to 9`, `8`, `2 or more`, `no number`."""
    if figure.low is None:
        return "no number"
    if figure.high is None:
        return f"{figure.low} or more"
    span = f"{figure.low}" if figure.low == figure.high else f"{figure.low} to {figure.high}"
    return span if figure.best is None else f"{span}, best {figure.best}"


def cause_words(cause: Cause, rules: str) -> str:
    """What changed beneath a figure, in words; `rules` is the rule set that it is under now.

    >>> cause_words(Cause(CauseKind.CLAIMS_ADDED, ("3f2a", "91c0")), "span")
    '2 claims more'
    """
    n = len(cause.subjects)
    match cause.kind:
        case CauseKind.FIRST:
            return "first figure"
        case CauseKind.PROGRAM:
            return "no claim and no decision changed: it is worked out otherwise than before"
        case CauseKind.RULES:
            return f"by the rule set {rules} instead of {cause.subjects[0]}"
        case CauseKind.MERGED:
            return "merged with another incident" if n == 1 else f"merged with {n} other incidents"
        case CauseKind.JUDGEMENTS:
            return f"{n} decision{'s' * (n != 1)} by people"
        case CauseKind.CLAIMS_ADDED:
            return f"{n} claim{'s' * (n != 1)} more"
        case CauseKind.CLAIMS_GONE:
            return f"{n} claim{'s' * (n != 1)} less"


def scope_words(scope: Scope) -> str:
    """What a number counts: `killed, all`, `wounded, women`, `killed, civilians`.

    >>> from sijill.core.claim import Harm
    >>> scope_words(Scope(Harm.KILLED, GroupScope.CIVILIANS, Subset.CHILDREN))
    'killed, civilians, children'
    """
    parts = [scope.harm.value.replace("_", " "), scope.group.value]
    if scope.subset is not Subset.ALL:
        parts = [p for p in parts if p != GroupScope.ALL.value] + [scope.subset.value.replace("_", " ")]
    return ", ".join(parts)


def _voices_words(n: int) -> str:
    return {0: "no voice", 1: "1 voice"}.get(n, f"{n} independent voices")


def _voice_lines(
    voice: str,
    said: Iterable[Statement],
    figure: Figure,
    statements: Mapping[str, Statement],
    origins: Mapping[str, Origin],
) -> list[str]:
    """What one voice says, and how many reports carry it."""
    rows = list(said)
    carriers = {s.document for s in rows}
    carriers |= {statements[c].document for c in _repeats(figure, origins) if _voice(c, origins) == voice}
    name = origins[rows[0].id].name if rows[0].id in origins else rows[0].report
    counts = ", ".join(f"{_count(s)} ({s.report})" for s in rows)
    carried = f"; carried by {len(carriers)} reports" if len(carriers) > 1 else ""
    reason = origins[rows[0].id].reason if rows[0].id in origins else ""
    return [f"  voice: {name}: {counts}{carried}", *([f"    {reason}"] if reason else [])]


def _repeats(figure: Figure, origins: Mapping[str, Origin]) -> frozenset[str]:
    """Claims set aside only because they repeat a voice that the figure rests on."""
    heard = {_voice(c, origins) for c in figure.claims}
    return frozenset(
        a.claim for a in figure.set_aside if a.reason.startswith("repeats ") and _voice(a.claim, origins) in heard
    )


def _voice(claim: str, origins: Mapping[str, Origin]) -> str:
    return origins[claim].voice if claim in origins else claim


def _claim_words(s: Statement, origins: Mapping[str, Origin]) -> str:
    name = origins[s.id].name if s.id in origins else "unknown voice"
    return f"{_count(s)}, {name} ({s.report})"


def _count(s: Statement) -> str:
    count = s.claim.count
    return "no number" if count is None else f"“{count.text}”"
