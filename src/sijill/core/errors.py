"""Every error that Sijill raises on purpose.

SijillError
├── InputError              what was handed in cannot be used (exit 2)
│   ├── UnreadableFile      one file of a batch: the batch goes on
│   ├── MalformedReport     one line of a `.jsonl` of reports: the other lines go on
│   ├── NotAnswered         another host, which the user named, gave no answer that can be used
│   │   └── NotNow          it was too slow, busy, out of order or cut off: it may answer later
│   ├── StampRefused        an authority answered, but not with a stamp that holds: nothing was kept
│   ├── InvalidRecord       a record that breaks the rules of its type, or JSON that is not one
│   └── UnknownId           no record has that id, or more than one has that prefix
├── NoRoom                  a disk is full: what was there before is as it was (exit 2)
└── CaseError               the case itself (exit 2)
    ├── NotACase            the folder is no case
    ├── CaseExists          `init` where a case already is
    ├── CaseLocked          somebody else is writing
    ├── CaseUnreachable     its rows are on a server that does not answer, refuses, or was lost on the way
    ├── CaseSealed          it is encrypted, and nothing that was given unlocks it
    ├── CaseTooNew          written by a newer Sijill
    └── CaseDamaged         the log or an object does not verify: nothing is written
"""

from __future__ import annotations


class SijillError(Exception):
    """What happened, on which record, what was expected; `hint` says the next step.

    Messages name files and ids, never the text of a source, so that they can be passed on.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint else self.message


class InputError(SijillError):
    """What was handed in cannot be used."""


class UnreadableFile(InputError):
    """A file that cannot be preserved or read: missing, empty, too large, encrypted, malformed, of an unknown kind."""

    def __init__(self, name: str, reason: str, *, hint: str = "") -> None:
        super().__init__(f"{name}: {reason}", hint=hint)
        self.name = name
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by parts: errors cross from worker processes."""
        return (_unreadable, (self.name, self.reason, self.hint))


class MalformedReport(InputError):
    """A line of a `.jsonl` of reports that is not a report."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(
            f"{name}, line {line}: {reason}",
            hint="a report is a JSON object with `text` (required), `id`, `url`, `publisher`, `language`, `published`",
        )
        self.name = name
        self.line = line
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by parts: errors cross from worker processes."""
        return (MalformedReport, (self.name, self.line, self.reason))


class NotAnswered(InputError):
    """Another host, which the user named, gave no answer that can be used."""


class NotNow(NotAnswered):
    """Another host was too slow, busy, out of order or cut off; `after` is for how many seconds it asks to wait."""

    def __init__(self, message: str, *, hint: str = "", after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.after = after


class StampRefused(InputError):
    """An authority answered, but not with a stamp that holds; nothing was kept."""


class InvalidRecord(InputError):
    """A record that breaks the rules of its type, or JSON that does not hold one."""


class UnknownId(InputError):
    """No record has that id, or more than one begins with it."""


class NoRoom(SijillError):
    """A disk is full; nothing half-written counts, and what was there before is as it was."""


class CaseError(SijillError):
    """Something about the case itself."""


class NotACase(CaseError):
    """The folder holds no case."""


class CaseExists(CaseError):
    """There is a case already."""


class CaseLocked(CaseError):
    """Another process is writing to the case."""


class CaseUnreachable(CaseError):
    """The server that holds the case's rows does not answer, refuses, or was lost: nothing is half-written."""


class CaseSealed(CaseError):
    """The case is encrypted, and nothing that was given unlocks it."""


class CaseTooNew(CaseError):
    """The case was written by a newer version of Sijill."""


class CaseDamaged(CaseError):
    """The log, a checkpoint or an object does not verify."""


def _unreadable(name: str, reason: str, hint: str) -> UnreadableFile:
    return UnreadableFile(name, reason, hint=hint)
