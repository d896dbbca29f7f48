"""Versions of figures: which changed since they were last kept, and the facts between then and now.

A fact is no proof that it changed the number: the causes say what is different beneath it, all of it, and a reader sees
which claims and decisions to look at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sijill.core.incident import Cause, CauseKind, Figure, FigureVersion, IncidentRecord, Scope

Key = tuple[str, Scope]


@dataclass(frozen=True, slots=True)
class Before:
    """The last version of a figure, with its id and its entry in the log."""

    id: str
    entry: int
    version: FigureVersion


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: its id, its entry in the log, and the ids of what it is about."""

    id: str
    entry: int
    subjects: tuple[str, ...]


class Decisions:
    """What people decided, by what it is about; read only once a figure changed."""

    def __init__(self, made: Callable[[], Iterable[Decision]]) -> None:
        self._made = made

    @cached_property
    def _about(self) -> Mapping[str, Sequence[Decision]]:
        about: dict[str, list[Decision]] = defaultdict(list)
        for decision in self._made():
            for subject in decision.subjects:
                about[subject].append(decision)
        return about

    def on(self, subjects: Iterable[str], after: int) -> tuple[str, ...]:
        """The ids of those about any of these, in later entries than this one, in their order."""
        found = {(d.entry, d.id) for s in subjects for d in self._about.get(s, ()) if d.entry > after}
        return tuple(id_ for _, id_ in sorted(found))


def newer(
    before: Mapping[Key, Before], records: Sequence[IncidentRecord], decisions: Decisions
) -> Iterator[FigureVersion]:
    """A version for each figure that is new, or whose numbers, grade or rule set are not those of its last version."""
    heirs = {merged: r.incident.id for r in records for merged in r.incident.merged}
    seen: set[Key] = set()
    for record in records:
        for figure in record.figures:
            key = record.incident.id, figure.scope
            seen.add(key)
            last = before.get(key)
            now = _version(record, figure)
            if last is None or not _same(last.version, now):
                merged = [m for m in record.incident.merged if _stood(before, (m, figure.scope))]
                causes = _causes(now, last, record.incident.documents, merged, decisions)
                yield replace(now, causes=causes, replaces=last.id if last else None)
    for key in sorted(before.keys() - seen, key=str):
        if before[key].version.stands:
            yield _withdrawn(before[key], heirs, decisions)


def _version(record: IncidentRecord, figure: Figure) -> FigureVersion:
    return FigureVersion(
        incident=record.incident.id,
        scope=figure.scope,
        rules=record.rules,
        low=figure.low,
        best=figure.best,
        high=figure.high,
        grade=record.grade,
        voices=figure.voices,
        claims=figure.claims,
        set_aside=tuple(a.claim for a in figure.set_aside),
        causes=(),
    )


def _same(a: FigureVersion, b: FigureVersion) -> bool:
    said = [(v.rules, v.low, v.best, v.high, v.grade, v.stands) for v in (a, b)]
    return said[0] == said[1]


def _stood(before: Mapping[Key, Before], key: Key) -> bool:
    return key in before and before[key].version.stands


def _causes(
    now: FigureVersion, last: Before | None, documents: Sequence[str], merged: Sequence[str], decisions: Decisions
) -> tuple[Cause, ...]:
    """What is different beneath a figure; for one that was never kept, that it is the first."""
    if last is None:
        return (Cause(CauseKind.MERGED, tuple(merged)),) if merged else (Cause(CauseKind.FIRST),)
    then, claims = _claims(last.version), _claims(now)
    about = sorted({*then, *claims, now.incident, *documents})
    found = (
        Cause(CauseKind.RULES, (last.version.rules,) if last.version.rules != now.rules else ()),
        Cause(CauseKind.MERGED, tuple(merged)),
        Cause(CauseKind.CLAIMS_ADDED, tuple(c for c in claims if c not in then)),
        Cause(CauseKind.CLAIMS_GONE, tuple(c for c in then if c not in claims)),
        Cause(CauseKind.JUDGEMENTS, decisions.on(about, last.entry)),
    )
    return tuple(c for c in found if c.subjects) or (Cause(CauseKind.PROGRAM),)


def _claims(version: FigureVersion) -> tuple[str, ...]:
    return (*version.claims, *version.set_aside)


def _withdrawn(last: Before, heirs: Mapping[str, str], decisions: Decisions) -> FigureVersion:
    """The version that says that a figure stands no more."""
    was = last.version
    about = sorted({*_claims(was), was.incident})
    heir = heirs.get(was.incident)
    found = (
        Cause(CauseKind.MERGED, (heir,) if heir else ()),
        Cause(CauseKind.CLAIMS_GONE, () if heir else _claims(was)),
        Cause(CauseKind.JUDGEMENTS, decisions.on(about, last.entry)),
    )
    nothing = replace(was, low=None, best=None, high=None, voices=0, claims=(), set_aside=())
    return replace(nothing, causes=tuple(c for c in found if c.subjects), replaces=last.id, stands=False)
