"""Decisions, by people and by the program: rows that are added and never changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from sijill.core.canonical import digest
from sijill.core.claim import Attribution, AttributionKind, Claim, Perpetrator
from sijill.core.errors import InvalidRecord
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.wire import from_json, to_json

AUTO = "auto"


class Matter(StrEnum):
    """What a judgement is about, and so what its subjects are.

    `claim`: (claim). `membership`: (incident, claim), or (incident, document) for a report of which no claim is linked.
    `incident`: (incident, incident). `part`: (incident, the larger incident that it is a part of).
    `voice`: (claim, claim) or (document, document), whether they go back to one source. `source`: (document).
    `rules`: (name of the rule set that the record is made under). `sending`: (address that text may be sent to).
    `sensitivity`: (document). `undo`: (judgement).
    """

    CLAIM = "claim"
    MEMBERSHIP = "membership"
    INCIDENT = "incident"
    PART = "part"
    VOICE = "voice"
    SOURCE = "source"
    RULES = "rules"
    SENDING = "sending"
    SENSITIVITY = "sensitivity"
    UNDO = "undo"


class Decision(StrEnum):
    """What was decided."""

    ACCEPT = "accept"
    CORRECT = "correct"
    REJECT = "reject"
    SAME = "same"
    DIFFERENT = "different"
    PART_OF = "part_of"
    NOT_PART_OF = "not_part_of"
    ONE_VOICE = "one_voice"
    INDEPENDENT = "independent"
    SET_ASIDE = "set_aside"
    RESTORE = "restore"
    CHOOSE = "choose"
    ALLOW = "allow"
    FORBID = "forbid"
    SENSITIVE = "sensitive"
    NOT_SENSITIVE = "not_sensitive"
    UNDO = "undo"


ALLOWED: dict[Matter, tuple[int, frozenset[Decision]]] = {
    Matter.CLAIM: (1, frozenset({Decision.ACCEPT, Decision.CORRECT, Decision.REJECT})),
    Matter.MEMBERSHIP: (2, frozenset({Decision.SAME, Decision.DIFFERENT})),
    Matter.INCIDENT: (2, frozenset({Decision.SAME, Decision.DIFFERENT})),
    Matter.PART: (2, frozenset({Decision.PART_OF, Decision.NOT_PART_OF})),
    Matter.VOICE: (2, frozenset({Decision.ONE_VOICE, Decision.INDEPENDENT})),
    Matter.SOURCE: (1, frozenset({Decision.SET_ASIDE, Decision.RESTORE})),
    Matter.RULES: (1, frozenset({Decision.CHOOSE})),
    Matter.SENDING: (1, frozenset({Decision.ALLOW, Decision.FORBID})),
    Matter.SENSITIVITY: (1, frozenset({Decision.SENSITIVE, Decision.NOT_SENSITIVE})),
    Matter.UNDO: (1, frozenset({Decision.UNDO})),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A field as a person sets it: its dotted name (`count.low` of a claim) and its new value as JSON text."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision: who, when, what, why, and which earlier one it replaces.

    `at` is UTC, ISO 8601. `score` is the program's own for a suggestion, 0 to 1. Raises InvalidRecord where the
    subjects or the decision do not fit the matter, or the score is none.
    """

    matter: Matter
    subjects: tuple[str, ...]
    decision: Decision
    by: str
    at: str
    reason: str = ""
    changes: tuple[Change, ...] = ()
    score: float | None = None
    replaces: str | None = None

    def __post_init__(self) -> None:
        subjects, decisions = ALLOWED[self.matter]
        if len(self.subjects) != subjects or self.decision not in decisions:
            raise InvalidRecord(f"a judgement on {self.matter} cannot {self.decision} {len(self.subjects)} subjects")
        if self.decision is not Decision.CHOOSE and bool(self.changes) != (self.decision is Decision.CORRECT):
            raise InvalidRecord("a correction names the fields that it changes, and nothing else does")
        if not self.by:
            raise InvalidRecord("a judgement says who made it")
        if self.score is not None and not 0 <= self.score <= 1:
            raise InvalidRecord(f"a score lies between 0 and 1, not at {self.score}")

    @property
    def id(self) -> str:
        """SHA-256 of the canonical JSON of every field."""
        return digest(to_json(self))

    @property
    def human(self) -> bool:
        """Whether a person made it; any person's outranks the program's."""
        return self.by != AUTO


FIXED = frozenset({"document", "quote", "extractor", "confidence", "evidence", "part_of"})
EMPTY = {
    "place": Place(""),
    "period": Period("", None, None, 5),
    "attribution": Attribution("", "", AttributionKind.UNATTRIBUTED),
    "perpetrator": Perpetrator(""),
}


def corrected(claim: Claim, changes: tuple[Change, ...]) -> Claim:
    """The claim with a person's changes; raises InvalidRecord where a field or its value is none.

    A field that is absent (a place not given, say) comes into being when one of its parts is set.
    """
    data = to_json(claim)
    for change in changes:
        *parents, last = change.field.split(".")
        if change.field.partition(".")[0] in FIXED:
            raise InvalidRecord(f"a claim's {change.field!r} is the source's and cannot be corrected")
        at = data
        for name in parents:
            if not isinstance(at, dict) or name not in at:
                raise InvalidRecord(f"a claim has no field {change.field!r}")
            if at[name] is None:
                at[name] = to_json(EMPTY[name]) if name in EMPTY else {}
            at = at[name]
        if not isinstance(at, dict) or last not in at:
            raise InvalidRecord(f"a claim has no field {change.field!r} that can be corrected")
        try:
            at[last] = json.loads(change.value)
        except (ValueError, RecursionError) as err:
            raise InvalidRecord(f"{change.field}: {change.value[:40]!r} is not JSON") from err
    return from_json(Claim, data)
