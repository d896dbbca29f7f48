"""What the record says: incidents, the scopes that numbers count, and figures with what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sijill.core.claim import Harm, Subset
from sijill.core.errors import InvalidRecord
from sijill.core.period import Period
from sijill.core.place import Place


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

    The words are Airwars' (methodology, "civilian harm grading"); a rule set says which apply and on what.
    `UNGRADED` where the rule set grades nothing.
    """

    CONFIRMED = "confirmed"
    FAIR = "fair"
    WEAK = "weak"
    CONTESTED = "contested"
    DISCOUNTED = "discounted"
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


@dataclass(frozen=True, slots=True)
class Incident:
    """Harm at one place and time; `claims` are all that are linked to it, `documents` all that speak of it.

    `id` stays as reports are added; `merged` lists the ids that now lead here.
    """

    id: str
    label: str
    claims: tuple[str, ...]
    documents: tuple[str, ...]
    place: Place | None
    period: Period | None
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """An incident with its figures under one rule set."""

    incident: Incident
    rules: str
    grade: Grade
    perpetrators: tuple[str, ...]
    figures: tuple[Figure, ...]
