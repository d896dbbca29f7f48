"""One assertion that a kind of harm befell a number of people or homes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sijill.core.backend import MODEL_UNCONFIRMED, BackEnd, back_end_of
from sijill.core.canonical import digest
from sijill.core.document import OCR_UNCONFIRMED
from sijill.core.errors import InvalidRecord
from sijill.core.period import Period
from sijill.core.place import Place
from sijill.core.quantity import Qualifier, Quantity
from sijill.core.wire import to_json

UNCONFIRMED = frozenset({OCR_UNCONFIRMED, MODEL_UNCONFIRMED})


class Harm(StrEnum):
    """What befell people, or their homes."""

    KILLED = "killed"
    WOUNDED = "wounded"
    MISSING = "missing"
    ABDUCTED = "abducted"
    DETAINED = "detained"
    DISPLACED = "displaced"
    DISMISSED = "dismissed"
    SEXUAL_VIOLENCE = "sexual_violence"
    TORTURED = "tortured"
    PROPERTY = "property"
    VICTIMS = "victims"


class GroupType(StrEnum):
    """Who was harmed; `homes` and `other` are for property alone."""

    CIVILIANS = "civilians"
    COMBATANTS = "combatants"
    MIXED = "mixed"
    UNSPECIFIED = "unspecified"
    HOMES = "homes"
    OTHER = "other"


class Subset(StrEnum):
    """Whom a count of only some of the harmed counts."""

    ALL = ""
    WOMEN = "women"
    CHILDREN = "children"
    MEN = "men"
    ELDERLY = "elderly"
    JOURNALISTS = "journalists"
    MEDICAL = "medical"
    AID_WORKERS = "aid_workers"
    CLERGY = "clergy"


class AttributionKind(StrEnum):
    """What kind of source speaks."""

    OFFICIAL = "official"
    ARMED_PARTY = "armed_party"
    MONITOR = "monitor"
    UN = "un"
    MEDICAL = "medical"
    MEDIA = "media"
    WITNESS = "witness"
    UNATTRIBUTED = "unattributed"


class Stance(StrEnum):
    """How the text stands to who did it."""

    SELF_CLAIMED = "self_claimed"
    ALLEGED = "alleged"
    CONTESTED = "contested"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: [start, end) in Unicode code points, and the words that stand there verbatim."""

    text: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start < 0 or self.end - self.start != len(self.text):
            raise InvalidRecord(f"a span from {self.start} to {self.end} cannot hold {len(self.text)} code points")

    def stands_in(self, text: str) -> bool:
        """Whether the words are there, verbatim."""
        return text[self.start : self.end] == self.text


@dataclass(frozen=True, slots=True)
class Count:
    """The words that give a number, where they stand, and the interval that they assert."""

    text: str
    start: int
    end: int
    low: int | None
    high: int | None
    qualifier: Qualifier

    def __post_init__(self) -> None:
        Span(self.text, self.start, self.end)
        Quantity(self.low, self.high, self.qualifier)

    @classmethod
    def of(cls, span: Span, quantity: Quantity) -> Count:
        """A count from its span and its quantity."""
        return cls(span.text, span.start, span.end, quantity.low, quantity.high, quantity.qualifier)

    @property
    def span(self) -> Span:
        """Where the words stand."""
        return Span(self.text, self.start, self.end)

    @property
    def quantity(self) -> Quantity:
        """What they assert."""
        return Quantity(self.low, self.high, self.qualifier)


@dataclass(frozen=True, slots=True)
class Group:
    """Who was harmed, as written, and of which type; `subset` where the count is of only some."""

    text: str = ""
    type: GroupType = GroupType.UNSPECIFIED
    subset: Subset = Subset.ALL


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says so: `text` the words that say it, `source` the original source, `chain` those who pass it on."""

    text: str
    source: str
    kind: AttributionKind
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Perpetrator:
    """Who is said to have done it, as written, and how the text stands to that."""

    text: str
    stance: Stance = Stance.ALLEGED


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why one field of a claim is what it is: the rule that set it and the words that it saw."""

    field: str
    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One assertion, in one place of one document, that harm befell a number of people or homes.

    `document` is the SHA-256 of the document's bytes; `count` is `None` for an uncounted allegation. `part_of` is the
    id of the claim whose people this one's are among. `confidence` is the reader's own, 0 to 1.
    """

    document: str
    harm: Harm
    count: Count | None
    group: Group
    place: Place | None
    period: Period | None
    attribution: Attribution | None
    perpetrator: Perpetrator | None
    quote: Span
    extractor: str
    confidence: float
    part_of: str | None = None
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise InvalidRecord(f"a confidence lies between 0 and 1, not at {self.confidence}")
        if self.count is not None and not (self.quote.start <= self.count.start and self.count.end <= self.quote.end):
            raise InvalidRecord("a claim's count lies within its quote")
        if self.count is not None and self.count.text != self._quoted(self.count.start, self.count.end):
            raise InvalidRecord("a claim's count is worded as its quote has it")

    @property
    def id(self) -> str:
        """SHA-256 of the canonical JSON of every field, so that no field can change unseen."""
        return digest(to_json(self))

    def _quoted(self, start: int, end: int) -> str:
        return self.quote.text[start - self.quote.start : end - self.quote.start]

    @property
    def unconfirmed(self) -> str:
        """Why it needs a person's confirmation, in words, "" where it needs none."""
        return " ".join(e.words for e in self.evidence if e.rule in UNCONFIRMED)

    @property
    def back_end(self) -> BackEnd:
        """What read it."""
        return back_end_of(self.extractor)

    def with_changes(self, **changes: Any) -> Claim:
        """A copy with some fields changed, as a correction by a person does; the source's claim stays as it is."""
        return replace(self, **changes)
