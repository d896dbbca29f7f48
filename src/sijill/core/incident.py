"""What the record says: incidents, the scopes that numbers count, and figures with what they rest on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from sijill.core.claim import Harm, Subset
from sijill.core.errors import InvalidRecord
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.wire import ADDED_LATER


class GroupScope(StrEnum):
    """Whose harm a figure counts: a group type, or `all`."""

    ALL = "all"
    CIVILIANS = "civilians"
    COMBATANTS = "combatants"
    MIXED = "mixed"
    UNSPECIFIED = "unspecified"
    HOMES = "homes"
    OTHER = "other"


class Grade(StrEnum):
    """How well an incident is corroborated.

    `CONFIRMED` to `DISCOUNTED` are Airwars' words (methodology, "civilian harm grading"), `CONFIRMED` and `PROVISIONAL`
    Iraq Body Count's, `VERIFIED` to `DISCARDED` those of OHCHR's practice; a rule set says which apply and on what.
    `UNGRADED` where the rule set grades nothing.
    """

    CONFIRMED = "confirmed"
    FAIR = "fair"
    WEAK = "weak"
    CONTESTED = "contested"
    DISCOUNTED = "discounted"
    PROVISIONAL = "provisional"
    VERIFIED = "verified"
    BEING_VERIFIED = "being_verified"
    DISCARDED = "discarded"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a number counts: a harm, whose, and which of them, within an incident."""

    harm: Harm
    group: GroupScope = GroupScope.ALL
    subset: Subset = Subset.ALL


@dataclass(frozen=True, slots=True)
class SetAside:
    """A claim that a figure does not rest on, and why."""

    claim: str
    reason: str


@dataclass(frozen=True, slots=True)
class Figure:
    """Low, best and high for a scope under a named rule set, and its trace.

    `best` is `None` under rule sets that publish a range only; `high` is `None` where every source leaves it open.
    `voices` counts the independent voices among `claims`; every claim of the scope is in `claims` or `set_aside`.
    """

    scope: Scope
    low: int | None
    best: int | None
    high: int | None
    voices: int
    claims: tuple[str, ...]
    set_aside: tuple[SetAside, ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        known = [n for n in (self.low, self.best, self.high) if n is not None]
        if known != sorted(known):
            raise InvalidRecord(f"a figure's low, best and high must not fall: {self.low}, {self.best}, {self.high}")


class CauseKind(StrEnum):
    """What may have changed a figure; `PROGRAM` where nothing else did: it is worked out otherwise than before."""

    FIRST = "first"
    CLAIMS_ADDED = "claims_added"
    CLAIMS_GONE = "claims_gone"
    JUDGEMENTS = "judgements"
    RULES = "rules"
    MERGED = "merged"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Cause:
    """A fact between two versions of a figure.

    `subjects` are ids of claims or judgements, those of the incidents it was merged with, or the rule set of before.
    """

    kind: CauseKind
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureVersion:
    """A figure as it stood in the record from some day on; append-only, so that a correction can be seen.

    `replaces` is the id of the version before. `stands` is false where the record has no such figure any more, as its
    claims were rejected or its incident merged; its numbers are `None` then. `claims` and `set_aside` are the claims
    that the figure rests on and those that it does not.
    """

    incident: str
    scope: Scope
    rules: str
    low: int | None
    best: int | None
    high: int | None
    grade: Grade
    voices: int
    claims: tuple[str, ...]
    set_aside: tuple[str, ...]
    causes: tuple[Cause, ...]
    replaces: str | None = None
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Incident:
    """Harm at one place and time; `claims` are all that are linked to it, `documents` all that speak of it.

    `id` stays as reports are added; `merged` lists the ids that now lead here. `part_of` is the larger incident that
    this one is a part of: of the days of a massacre, of the towns of a province.
    """

    id: str
    label: str
    claims: tuple[str, ...]
    documents: tuple[str, ...]
    place: Place | None
    period: Period | None
    merged: tuple[str, ...] = ()
    part_of: str | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class Bound:
    """What the claims that nobody contradicts allow for a scope within an incident: at least `low`, at most `high`.

    `place` is in words, "" for all of the incident; `start` and `end` are days, both included; `high` is `None` where
    nothing bounds it. No figure: it follows from all voices at once, whoever is right.
    """

    harm: Harm
    group: GroupScope
    subset: Subset
    place: str
    start: dt.date
    end: dt.date
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A smallest set of claims that cannot all be true, and why, in words."""

    claims: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """What an incident's claims say together: bounds that follow, contradictions, and sums that agree, in words."""

    bounds: tuple[Bound, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    agreements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """An incident with its figures under one rule set, and the account of all its claims."""

    incident: Incident
    rules: str
    grade: Grade
    perpetrators: tuple[str, ...]
    figures: tuple[Figure, ...]
    account: Account = Account()
