"""What people decide: each a row, checked against what it is about before it is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from sijill.core.backend import BackEnd
from sijill.core.claim import Claim
from sijill.core.clock import timestamp
from sijill.core.errors import InputError, InvalidRecord, UnknownId
from sijill.core.judgement import Change, Decision, Judgement, Matter, corrected
from sijill.core.wire import ADDED_LATER, from_json, to_json
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.state import Row, live
from sijill.store.writer import Writer

CLAIM_DECISIONS = frozenset({Decision.ACCEPT, Decision.CORRECT, Decision.REJECT})


@dataclass(frozen=True, slots=True)
class Target:
    """What a judgement on a claim was about, so that it finds its claim again in another case.

    `back_end` is what read the claim, where that was not the rules.
    """

    claim: str
    document: str
    harm: str
    start: int
    end: int
    back_end: BackEnd | None = field(default=None, metadata=ADDED_LATER)


def judge(
    case: Case,
    writer: Writer,
    decision: Decision,
    subjects: Sequence[str],
    *,
    reason: str = "",
    changes: Sequence[Change] = (),
) -> str:
    """Record a decision about claims, incidents or a document, each named by id, prefix or label; returns its id.

    Raises UnknownId for a subject that is none, InvalidRecord for a decision that does not fit its subjects or a
    correction that does not fit its claim.
    """
    with case.connect() as connection:
        matter, ids = _matter(connection, decision, subjects)
        previous = _previous(connection, matter, ids)
        if changes:
            claim = reads.claims_by_id(connection, ids)[ids[0]]
            corrected(claim, tuple(changes))
    made = Judgement(
        matter=matter,
        subjects=ids,
        decision=decision,
        by=writer.by,
        at=timestamp(writer.clock),
        reason=reason,
        changes=tuple(changes),
        replaces=previous,
    )
    with writer.transaction() as t:
        return t.judgement(made)


def undo(case: Case, writer: Writer, judgement: str, *, reason: str = "") -> str:
    """Take back a judgement, or an undo, by a row; raises InputError where it is taken back already."""
    with case.connect() as connection:
        kind, id_ = reads.find(connection, judgement)
        if kind != "judgement":
            raise UnknownId(f"{judgement[:80]!r} is a {kind}, not a judgement", hint="see `sijill history CASE`")
        rows = reads.judgements(connection)
        row = next(r for r in rows if r.id == id_)
        undone = {r.judgement.subjects[0] for r in rows if r.judgement.matter is Matter.UNDO} - _revived(rows)
        if id_ in undone:
            raise InputError(f"judgement {id_[:12]} is undone already", hint="undo the undo to bring it back")
    made = Judgement(Matter.UNDO, (id_,), Decision.UNDO, writer.by, timestamp(writer.clock), reason, replaces=row.id)
    with writer.transaction() as t:
        return t.judgement(made)


def _revived(rows: Sequence[Row]) -> set[str]:
    """What was undone by an undo that is itself undone."""
    alive = {r.id for r in live(rows)}
    return alive & {r.judgement.subjects[0] for r in rows if r.judgement.matter is Matter.UNDO}


def _matter(connection: Connection, decision: Decision, subjects: Sequence[str]) -> tuple[Matter, tuple[str, ...]]:
    found = [reads.find(connection, s) for s in subjects]
    kinds, ids = tuple(k for k, _ in found), tuple(i for _, i in found)
    match decision, kinds:
        case ((Decision.ACCEPT | Decision.REJECT | Decision.CORRECT), ("claim",)):
            return Matter.CLAIM, ids
        case ((Decision.SAME | Decision.DIFFERENT), ("incident", "incident")) if ids[0] != ids[1]:
            return Matter.INCIDENT, ids
        case ((Decision.SAME | Decision.DIFFERENT), ("incident", "claim" | "document")):
            return Matter.MEMBERSHIP, ids
        case ((Decision.SAME | Decision.DIFFERENT), ("claim" | "document", "incident")):
            return Matter.MEMBERSHIP, (ids[1], ids[0])
        case ((Decision.PART_OF | Decision.NOT_PART_OF), ("incident", "incident")) if ids[0] != ids[1]:
            return Matter.PART, ids
        case ((Decision.ONE_VOICE | Decision.INDEPENDENT), (("claim", "claim") | ("document", "document"))) if (
            ids[0] != ids[1]
        ):
            return Matter.VOICE, ids
        case ((Decision.SET_ASIDE | Decision.RESTORE), ("document",)):
            return Matter.SOURCE, ids
        case ((Decision.SENSITIVE | Decision.NOT_SENSITIVE), ("document",)):
            return Matter.SENSITIVITY, ids
    raise InvalidRecord(
        f"cannot {decision.replace('_', ' ')} {' and '.join(kinds)}",
        hint="accept, correct, reject a CLAIM; same, different INCIDENT INCIDENT, INCIDENT CLAIM or INCIDENT DOCUMENT; "
        "part_of, not_part_of INCIDENT LARGER-INCIDENT; one_voice, independent CLAIM CLAIM or DOCUMENT DOCUMENT; "
        "set_aside, restore, sensitive, not_sensitive a DOCUMENT",
    )


def _previous(connection: Connection, matter: Matter, ids: tuple[str, ...]) -> str | None:
    rows = [r for r in live(reads.judgements_on(connection, ids[0])) if r.judgement.matter is matter]
    same = [r for r in rows if set(r.judgement.subjects) == set(ids)]
    return same[-1].id if same else None


def export_judgements(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every judgement by a person, with what it was about, so that another case of the same reports can take it."""
    every = reads.judgements(connection)
    # Leave to send text is given for one case and carried to no other.
    own = {r.id for r in every if r.judgement.matter is Matter.SENDING}
    rows = [r for r in every if r.judgement.human and r.id not in own and not own & set(r.judgement.subjects)]
    subjects = {s for r in rows for s in r.judgement.subjects}
    claims = reads.claims_by_id(connection, subjects)
    for row in rows:
        targets = [_target(s, claims[s]) for s in row.judgement.subjects if s in claims]
        yield {"id": row.id, **to_json(row.judgement), "targets": [to_json(t) for t in targets]}


def _target(id_: str, claim: Claim) -> Target:
    at = claim.count or claim.quote
    by = None if claim.back_end is BackEnd.RULES else claim.back_end
    return Target(id_, claim.document, str(claim.harm), at.start, at.end, by)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many judgements were taken, were there already, and which lines could not be used, with the reason."""

    taken: int
    known: int
    refused: tuple[tuple[int, str], ...]


def import_judgements(case: Case, writer: Writer, lines: Iterable[str]) -> ImportReport:
    """Take over people's judgements that `export_judgements` wrote; who made them and when stays theirs.

    A claim that this case does not hold is found by its document, harm and overlapping span. A line that is no
    judgement, or is about something that is not here, is reported with its number and the rest goes on.
    """
    with case.connect() as connection:
        current = {**reads.claims(connection), **reads.suggestions(connection)}
        held = {r.id for r in reads.judgements(connection)}
        known_incidents = {i.id for i in reads.incidents(connection)} | {
            old for i in reads.incidents(connection) for old in i.merged
        }
        documents = set(reads.document_ids(connection))
    ids: dict[str, str] = {}
    taken, known, refused = [], 0, []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            old_id, made = _read_line(line, current, ids)
            _require_known(made, set(current) | known_incidents | documents | held | set(ids.values()))
        except InputError as err:
            refused.append((number, err.message))
            continue
        ids[old_id] = made.id
        if made.id in held:
            known += 1
        else:
            taken.append(made)
    with writer.transaction() as t:
        for made in taken:
            t.judgement(made)
    return ImportReport(len(taken), known, tuple(refused))


def _read_line(line: str, current: dict[str, Claim], ids: dict[str, str]) -> tuple[str, Judgement]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as err:
        raise InvalidRecord("not JSON") from err
    if not isinstance(data, dict):
        raise InvalidRecord("not a JSON object")
    old_id, targets = data.pop("id", ""), data.pop("targets", [])
    made = from_json(Judgement, data)
    if not made.human:
        raise InvalidRecord("the program's own suggestions are not taken over")
    if made.matter is Matter.SENDING:
        raise InvalidRecord("leave to send text is given for each case by itself, with `sijill sending`")
    moved = {t.claim: _find_claim(t, current) for t in (from_json(Target, raw) for raw in targets)}
    subjects = tuple(ids.get(s, moved.get(s, s)) for s in made.subjects)
    replaces = ids.get(made.replaces, made.replaces) if made.replaces else None
    return str(old_id), replace(made, subjects=subjects, replaces=replaces)


def _find_claim(target: Target, current: dict[str, Claim]) -> str:
    if target.claim in current:
        return target.claim
    best, found = 0, None
    for id_, claim in current.items():
        at = claim.count or claim.quote
        shared = min(at.end, target.end) - max(at.start, target.start)
        alike = claim.document == target.document and claim.harm == target.harm
        if alike and claim.back_end is (target.back_end or BackEnd.RULES) and shared > best:
            best, found = shared, id_
    if found is None:
        raise UnknownId(f"no claim here is that of document {target.document[:12]}, {target.start} to {target.end}")
    return found


def _require_known(made: Judgement, known: set[str]) -> None:
    for subject in made.subjects:
        if subject not in known and made.matter is not Matter.RULES:
            raise UnknownId(f"{subject[:16]} is not in this case")
