"""What reconciling takes and gives: statements, what each voice says, and what a rule set makes of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sijill.core.claim import Claim, Harm, Subset
from sijill.core.document import Document
from sijill.core.incident import GroupScope, Scope, SetAside
from sijill.core.state import JudgedClaim

DATE_LENGTH = len("2031-03-04")

Moment = tuple[bool, dt.date, dt.time, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim as it stands, with when and by whom it was published.

    `order` is the position in which its document was added, from 0; `published` an ISO date, or date and time.
    """

    judged: JudgedClaim
    order: int
    label: str = ""
    publisher: str | None = None
    published: str | None = None

    @classmethod
    def of(cls, judged: JudgedClaim, document: Document, *, order: int) -> Statement:
        """A claim with the report that it was read in."""
        about = document.metadata
        return cls(judged, order, document.label, about.publisher, about.published)

    @property
    def id(self) -> str:
        """The claim's id."""
        return self.judged.id

    @property
    def claim(self) -> Claim:
        """The claim as it stands, corrected where a person corrected it."""
        return self.judged.claim

    @property
    def document(self) -> str:
        """The document's id."""
        return self.judged.source.document

    @property
    def day(self) -> dt.date | None:
        """The day on which it was said: that of publication, else the last day that it counts, else unknown."""
        if (stated := _datetime(self.published)) is not None:
            return stated.date()
        period = self.claim.period
        return period.end if period is not None else None

    @property
    def moment(self) -> Moment:
        """Sorts statements by when they were made: undated ones first, then by day, time if given, and order."""
        day, stated = self.day, _datetime(self.published)
        return (day is not None, day or dt.date.min, stated.time() if stated else dt.time.min, self.order)

    @property
    def position(self) -> tuple[int, int, int, str]:
        """Sorts statements by report, then by place in its text."""
        source = self.judged.source
        return (self.order, (source.count or source.quote).start, source.quote.start, self.id)

    @property
    def report(self) -> str:
        """The report in a few words: who published it, or its label, and the day."""
        who = self.publisher or self.label or f"report {self.document[:12]}"
        return f"{who}, {self.day.isoformat()}" if self.day is not None else who


def _datetime(published: str | None) -> dt.datetime | None:
    """An ISO date or date and time in UTC, without its zone; `None` where it cannot be read."""
    for text in (published or "", (published or "")[:DATE_LENGTH]):
        try:
            found = dt.datetime.fromisoformat(text)
        except ValueError:
            continue
        return found.astimezone(dt.UTC).replace(tzinfo=None) if found.tzinfo is not None else found
    return None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a rule set takes a count to assert: integers, an end `None` where open.

    `firm` is False for a vague word, which has no number. `convention` names the rule that made the bounds, "" where
    they are as written.
    """

    low: int | None
    high: int | None
    firm: bool = True
    convention: str = ""

    @property
    def lowest(self) -> int:
        """The lowest number said: the lower end, or the upper where the lower is open."""
        return self.low if self.low is not None else self.high or 0

    @property
    def highest(self) -> int:
        """The highest number said: the upper end, or the lower where the upper is open."""
        return self.high if self.high is not None else self.low or 0

    def __str__(self) -> str:
        if self.low is None:
            return f"up to {self.high}"
        if self.high is None:
            return f"at least {self.low}"
        return f"{self.low}" if self.low == self.high else f"{self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Cell:
    """Whom one claim counts: the smallest scopes, of which the others are made. `ALL` is everybody, of any type."""

    harm: Harm
    group: GroupScope
    subset: Subset


@dataclass(frozen=True, slots=True)
class Said:
    """What a voice says of a cell, by its latest statement there; `moment` is when it first said so."""

    statement: Statement
    voice: str
    name: str
    cell: Cell
    bounds: Bounds
    moment: Moment

    @property
    def claim(self) -> str:
        """The id of the claim that it rests on."""
        return self.statement.id


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a rule set may rest a figure on: what each voice says of the scope, and of parts of it."""

    scope: Scope
    wholes: tuple[Said, ...]
    parts: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A rule set's numbers for one scope, the claims they rest on, those they pass over, and why, in words."""

    low: int | None
    best: int | None
    high: int | None
    used: tuple[str, ...]
    aside: tuple[SetAside, ...] = ()
    reason: str = ""
