"""What the log holds: an entry for every document, extraction run, judgement and publication, and checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sijill.core.canonical import Json, canonical


class EntryKind(StrEnum):
    """What an entry vouches for."""

    CASE = "case"
    DOCUMENT = "document"
    SIGHTING = "sighting"
    READING = "reading"
    EXTRACTION = "extraction"
    JUDGEMENT = "judgement"
    SUGGESTIONS = "suggestions"
    GAZETTEER = "gazetteer"
    PUBLICATION = "publication"
    CUSTODY = "custody"
    STAMP = "stamp"
    HEALED = "healed"
    FIGURES = "figures"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One leaf of the Merkle tree: what was done, when (UTC, ISO 8601), by whom, and the digests of what it covers.

    `program` is the version of Sijill that wrote it.
    """

    kind: EntryKind
    at: str
    by: str
    program: str
    body: dict[str, Json]

    def bytes(self) -> bytes:
        """The leaf's bytes: RFC 8785 canonical JSON."""
        return canonical(
            {"kind": str(self.kind), "at": self.at, "by": self.by, "program": self.program, "body": self.body}
        )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement that the log had `size` entries with this root hash; `note` is the C2SP signed note."""

    size: int
    root: bytes
    note: str
