"""What a report names, counted or not, and what it has word for word from another: what linking compares."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sijill.core.claim import Span
from sijill.core.period import Period
from sijill.core.place import Place


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A known place that a text names, where it first does (code points), how often, and how many people live there.

    `population` is `None` where the gazetteer does not say.
    """

    place: Place
    start: int
    times: int = 1
    population: int | None = None


@dataclass(frozen=True, slots=True)
class DayMention:
    """Days that a text names, and where (code points); `period.basis` says how they follow from the words."""

    period: Period
    start: int


@dataclass(frozen=True, slots=True)
class Mentions:
    """The places and days that one document's text names, in the order of the text, whether or not a claim uses them.

    Read by the same gazetteer as claims are; `reader` names it, so that another one reads the text anew.
    """

    document: str
    reader: str
    places: tuple[PlaceMention, ...] = ()
    days: tuple[DayMention, ...] = ()


class Sharing(StrEnum):
    """How one report's words stand in another."""

    COPY = "copy"
    EXCERPT = "excerpt"
    REWORDED = "reworded"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Repetition:
    """One report repeats another: the passage in each that shows it, and how sure that is, 0 to 1.

    `later` and `earlier` are documents. `shared` is the share of the smaller text that stands in the larger.
    """

    later: str
    earlier: str
    sharing: Sharing
    score: float
    shared: float
    passage: Span
    source: Span
    reason: str
