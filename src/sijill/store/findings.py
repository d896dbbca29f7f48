"""What `verify` finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from sijill.core.errors import SijillError

# What a changed byte can make of a column: not JSON, not a record, not of the type, not even Unicode.
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, SijillError, RecursionError)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its kind, where, what.

    Kinds are `object`, `row`, `entry`, `checkpoint`, `stamp`, `case`, `derived`.
    """

    kind: str
    where: str
    what: str


@dataclass(slots=True)
class Report:
    """What `verify` found and how much it looked at.

    `unclaimed` counts objects that no entry of the log vouches for. That alone is nothing wrong: a run that is killed
    between keeping its objects and committing leaves some, and the next run takes them up.
    """

    findings: list[Finding] = field(default_factory=list)
    objects: int = 0
    rows: int = 0
    entries: int = 0
    checkpoints: int = 0
    unclaimed: int = 0
    root: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def add(self, kind: str, where: str, what: str) -> None:
        """Note something wrong."""
        self.findings.append(Finding(kind, _printable(where), _printable(what)))


def _printable(text: str) -> str:
    """Text fit for a terminal: a changed id may hold anything, also half a character or a control sequence."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
