"""What linking takes and gives: a claim with the report it stands in, and who belongs to which incident."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sijill.core.claim import Claim
from sijill.core.document import Document
from sijill.core.judgement import Decision, Judgement, Matter
from sijill.core.state import JudgedClaim

DATE_LENGTH = len("2031-03-04")


@dataclass(frozen=True, slots=True)
class Reported:
    """A claim as it stands, with what linking needs of the report that holds it.

    `order` is the position in which the document was added, from 0; `published` the day, `None` where the report does
    not say; `text` the text that the claim's spans refer to, "" where it is not at hand.
    """

    judged: JudgedClaim
    order: int
    label: str = ""
    publisher: str | None = None
    published: dt.date | None = None
    text: str = ""

    @classmethod
    def of(cls, judged: JudgedClaim, document: Document, *, order: int) -> Reported:
        """A claim with the report that it was read in."""
        about = document.metadata
        return cls(judged, order, document.label, about.publisher, day_of(about.published), document.reading.text)

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
    def position(self) -> tuple[int, int, int, str]:
        """Sorts claims by report, then by place in its text; the id only where two claims share both."""
        source = self.judged.source
        return (self.order, (source.count or source.quote).start, source.quote.start, self.id)


def day_of(published: str | None) -> dt.date | None:
    """The day of an ISO date, or date and time; `None` where there is none that can be read.

    >>> day_of("2031-03-04T10:20:00Z"), day_of("spring")
    (datetime.date(2031, 3, 4), None)
    """
    try:
        return dt.date.fromisoformat((published or "")[:DATE_LENGTH])
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Membership:
    """A standing row that says whether a claim, or a document, belongs to an incident; `human`: a person said so."""

    incident: str
    claim: str
    belongs: bool = True
    human: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A standing row that says whether two incidents, claims or documents are one, or one a part of the other."""

    first: str
    second: str
    same: bool
    human: bool = True


@dataclass(frozen=True, slots=True)
class Linkage:
    """All that has been decided about incidents and voices, in the order in which it was decided.

    `pairs` are of incidents; `parts` of an incident and the larger one that it is, or is not, a part of; `voices` of
    two claims, or two documents, that go back to one source or to two.
    """

    memberships: tuple[Membership, ...] = ()
    pairs: tuple[Pair, ...] = ()
    parts: tuple[Pair, ...] = ()
    voices: tuple[Pair, ...] = ()

    @classmethod
    def of(cls, standing: Iterable[Judgement]) -> Linkage:
        """From judgements that stand: the latest of each matter and subjects, a person's over the program's.

        Undone and replaced rows must be gone already. Other matters are passed over.
        """
        memberships: list[Membership] = []
        pairs: dict[Matter, list[Pair]] = {Matter.INCIDENT: [], Matter.PART: [], Matter.VOICE: []}
        for row in standing:
            same = row.decision in (Decision.SAME, Decision.PART_OF, Decision.ONE_VOICE)
            if row.matter is Matter.MEMBERSHIP:
                incident, claim = row.subjects
                memberships.append(Membership(incident, claim, same, row.human))
            elif row.matter in pairs:
                first, second = row.subjects
                pairs[row.matter].append(Pair(first, second, same, row.human))
        return cls(tuple(memberships), *(tuple(pairs[m]) for m in (Matter.INCIDENT, Matter.PART, Matter.VOICE)))

    def extended(self, suggestions: Iterable[Suggestion]) -> Linkage:
        """This, with the program's suggestions written after it, as the case keeps them."""
        added = tuple(Membership(s.incident, s.claim, s.belongs) for s in suggestions)
        return replace(self, memberships=self.memberships + added)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The program's view that a claim belongs to an incident, or no longer does: how sure, 0 to 1, and why.

    `claim` is a claim's id, or that of a document of which no claim fits. The reason is without names or places.
    """

    incident: str
    claim: str
    score: float
    reason: str
    belongs: bool = True
