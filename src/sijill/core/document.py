"""Preserved reports: what the bytes are, what text was read in them, and where they were seen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sijill.core.errors import InvalidRecord
from sijill.core.wire import ADDED_LATER

HEX = frozenset("0123456789abcdef")
# The code of notes on text that a machine read from a picture: no number in it counts before a person confirms it.
OCR_UNCONFIRMED = "ocr_unconfirmed"
# The code of notes on one number that two readings of a picture give differently.
OCR_NUMBERS_DISAGREE = "ocr_numbers_disagree"


def require_digest(value: str) -> str:
    """`value`, if it is a SHA-256 in lower-case hexadecimal; raises InvalidRecord if not."""
    if len(value) != 64 or not HEX.issuperset(value):
        raise InvalidRecord(f"{value[:80]!r} is not a SHA-256 in hexadecimal")
    return value


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a reading that a person should know, for example two extractors that disagree on a number.

    `code` is one of a closed list that the readers document, `text` says it in words; `severe` asks for a look. A note
    on part of the text says where that stands: [start, end) in code points.
    """

    code: str
    text: str
    severe: bool = False
    start: int | None = field(default=None, metadata=ADDED_LATER)
    end: int | None = field(default=None, metadata=ADDED_LATER)

    def __post_init__(self) -> None:
        if (self.start is None) != (self.end is None) or not 0 <= (self.start or 0) <= (self.end or 0):
            raise InvalidRecord(f"a note stands from a start to an end, not from {self.start} to {self.end}")

    def touches(self, start: int, end: int) -> bool:
        """Whether it is on part of the text that [start, end) reaches into."""
        return self.start is not None and self.end is not None and self.start < end and start < self.end

    def moved(self, by: int) -> Note:
        """The same, where what it is on stands so many code points further on."""
        if self.start is None or self.end is None:
            return self
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a report says of itself, `None` where it does not; `published` is an ISO date, or date and time."""

    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    language: str | None = None
    published: str | None = None

    def overlaid(self, other: Metadata) -> Metadata:
        """These, with `other`'s where `other` has any: what a person states outranks what was read."""
        return Metadata(
            title=other.title or self.title,
            publisher=other.publisher or self.publisher,
            url=other.url or self.url,
            language=other.language or self.language,
            published=other.published or self.published,
        )


NOTHING_STATED = Metadata()


@dataclass(frozen=True, slots=True)
class Reading:
    """The text that a reader saw in a document's bytes: a view, the bytes are the record.

    Claims stay tied to the reading they were read in; a newer reader makes a further reading.
    """

    document: str
    reader: str
    media_type: str
    text: str
    metadata: Metadata
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        require_digest(self.document)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One time that a document was handed in: under which name, out of which container, by whom, when.

    `label` is the report's own id, or the file's stem; `name` the path below the folder handed in; `line` and
    `container` (SHA-256 of the whole file) are set for a report out of a `.jsonl`. `stated` is what the person who
    added it said of it.
    """

    document: str
    label: str
    name: str
    at: str
    by: str
    container: str | None = None
    line: int | None = None
    stated: Metadata = NOTHING_STATED


@dataclass(frozen=True, slots=True)
class Document:
    """A preserved report: its bytes by SHA-256, their size, its current reading and every sighting of it.

    `version` counts the texts that readers made of it up to the current one, from 1.
    """

    id: str
    size: int
    reading: Reading
    sightings: tuple[Sighting, ...]
    version: int = 1

    @property
    def label(self) -> str:
        """The name of the first sighting, by which people know the report."""
        return self.sightings[0].label

    @property
    def metadata(self) -> Metadata:
        """What the report says of itself, overlaid with what people stated at each sighting, the latest last."""
        found = self.reading.metadata
        for sighting in self.sightings:
            found = found.overlaid(sighting.stated)
        return found
