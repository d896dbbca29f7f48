"""Who said what, when: voices beside one another, over an incident or a whole case, and who covered what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from sijill.core.incident import Figure, IncidentRecord
from sijill.core.state import Origin
from sijill.pipeline import listing
from sijill.pipeline.listing import Row
from sijill.reconcile.explain import cause_words, scope_words
from sijill.reconcile.records import Statement
from sijill.reconcile.rules import RuleSet
from sijill.reconcile.run import statements
from sijill.store import reads
from sijill.store.case import Case

MONTH = len("2031-03")
UNDATED = "undated"


def said_rows(case: Case, connection: Connection, rules: RuleSet, incident: str = "") -> Iterator[Row]:
    """A row for each claim of each scope: whose voice, what number, when, and what became of it.

    `low` and `high` are the claim's own numbers as the rule set reads them, `None` where open or where there is none.
    `fate` is `used` or why the claim was set aside; `voices` is how many independent voices the figure rests on.
    """
    told, origins = statements(connection), reads.origins(connection)
    for record in _records(case, connection, rules, incident):
        for figure in record.figures:
            fates = dict.fromkeys(figure.claims, "used") | {a.claim: a.reason for a in figure.set_aside}
            for claim, fate in sorted(fates.items(), key=lambda item: told[item[0]].position):
                yield _said_row(record, figure, told[claim], origins.get(claim), rules, fate)


def _said_row(
    record: IncidentRecord, figure: Figure, said: Statement, origin: Origin | None, rules: RuleSet, fate: str
) -> Row:
    bounds = rules.bounds(said.claim)
    return {
        "incident": record.incident.id,
        "label": record.incident.label,
        "scope": scope_words(figure.scope),
        "figure_low": figure.low,
        "figure_best": figure.best,
        "figure_high": figure.high,
        "voices": figure.voices,
        "voice": origin.name if origin is not None else said.report,
        "through": list(origin.through) if origin is not None else [],
        "low": bounds.low if bounds is not None else None,
        "high": bounds.high if bounds is not None else None,
        "words": said.claim.count.text if said.claim.count is not None else "",
        "day": said.day.isoformat() if said.day is not None else None,
        "report": said.label,
        "claim": said.id,
        "fate": fate,
    }


def contradiction_rows(case: Case, connection: Connection, rules: RuleSet, incident: str = "") -> Iterator[Row]:
    """What cannot all be true, and what adds up, incident by incident."""
    for record in _records(case, connection, rules, incident):
        about = {"incident": record.incident.id, "label": record.incident.label}
        for contradiction in record.account.contradictions:
            yield {
                **about,
                "kind": "contradiction",
                "claims": list(contradiction.claims),
                "reason": contradiction.reason,
            }
        for agreement in record.account.agreements:
            yield {**about, "kind": "adds up", "claims": [], "reason": agreement}


def coverage_rows(case: Case, connection: Connection, rules: RuleSet) -> Iterator[Row]:
    """How much each voice said in each month: incidents, claims, and incidents of which it is the only voice."""
    told, origins = statements(connection), reads.origins(connection)
    claims: dict[tuple[str, str], int] = defaultdict(int)
    incidents: dict[tuple[str, str], set[str]] = defaultdict(set)
    alone: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in _records(case, connection, rules, ""):
        by_voice = _by_voice([told[c] for c in record.incident.claims if told[c].judged.counts], origins)
        for voice, months in by_voice.items():
            for month, number in months.items():
                claims[voice, month] += number
                incidents[voice, month].add(record.incident.id)
                if len(by_voice) == 1:
                    alone[voice, month].add(record.incident.id)
    for voice, month in sorted(claims):
        key = voice, month
        yield {
            "voice": voice,
            "month": month,
            "incidents": len(incidents[key]),
            "claims": claims[key],
            "only_voice": len(alone[key]),
        }


def change_rows(case: Case, connection: Connection, rules: RuleSet, incident: str = "") -> Iterator[Row]:
    """How the figures of the record stood since when and what changed them, the newest first.

    `last` marks what changed with the last run that changed anything; `was_low` to `was_high` are those of the version
    before, `None` where there was none. `causes` are in words, and `subjects` the ids of the claims, judgements or
    incidents behind them.
    """
    kept = reads.figure_versions(connection, incident)
    by_id = {k.id: k.version for k in kept}
    labels = {r.incident.id: r.incident.label for r in _records(case, connection, rules, "")}
    newest = max((k.entry for k in reads.figure_versions(connection)), default=0)
    for found in reversed(kept):
        now, was = found.version, by_id.get(found.version.replaces or "")
        yield {
            "incident": now.incident,
            "label": labels.get(now.incident, ""),
            "scope": scope_words(now.scope),
            "at": found.at,
            "last": found.entry == newest,
            "rules": now.rules,
            "was_low": was.low if was else None,
            "was_best": was.best if was else None,
            "was_high": was.high if was else None,
            "low": now.low,
            "best": now.best,
            "high": now.high,
            "stands": now.stands,
            "causes": [cause_words(c, now.rules) for c in now.causes],
            "subjects": [s for c in now.causes for s in c.subjects],
        }


def _by_voice(said: list[Statement], origins: Mapping[str, Origin]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for s in said:
        name = origins[s.id].name if s.id in origins else s.report
        found[name][s.day.isoformat()[:MONTH] if s.day is not None else UNDATED] += 1
    return found


def _records(case: Case, connection: Connection, rules: RuleSet, incident: str) -> Iterator[IncidentRecord]:
    for record in listing.incident_records(case, connection, rules):
        if incident in ("", record.incident.id):
            yield record
