"""What a case remembers of the backups that were taken of it, so that `doctor` can say how old the last one is.

A note for the people of this machine and no evidence: nothing vouches for it, and losing it loses nothing. Of an
encrypted case it is sealed, as it says where the backups are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag

from sijill.core.wire import from_json, to_json
from sijill.store.case import Case
from sijill.store.findings import MALFORMED
from sijill.store.folders import replace_file

FILE = "backups.json"
PURPOSE = "backups"
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Noted:
    """The last snapshot that was taken into a folder: its number, the size of the log then, and when."""

    folder: str
    number: int
    size: int
    at: str


@dataclass(frozen=True, slots=True)
class _Notes:
    backups: tuple[Noted, ...]


def noted_backups(case: Case) -> tuple[Noted, ...]:
    """The last backup of each folder; none where nothing was noted, or not under the keys of now."""
    try:
        with (case.folder / FILE).open("rb") as f:
            data = f.read(MOST_BYTES)
        keys = case.access.keys
        return from_json(_Notes, json.loads(keys.open(PURPOSE, data) if keys else data)).backups
    except (OSError, InvalidTag, *MALFORMED):
        return ()


def note_taken(case: Case, folder: Path, number: int, size: int, at: str) -> None:
    """Remember a backup; raises OSError where the case's folder cannot be written."""
    # A folder's name may hold bytes that are no text.
    where = str(folder).encode("utf-8", "replace").decode()
    others = tuple(b for b in noted_backups(case) if b.folder != where)
    data = json.dumps(to_json(_Notes((*others, Noted(where, number, size, at))))).encode()
    keys = case.access.keys
    note = keys.seal(PURPOSE, data) if keys else data
    try:
        replace_file(case.folder / FILE, note)
    except FileNotFoundError:  # A backup holds up no writer, and one that came just now took the half-made file away.
        replace_file(case.folder / FILE, note)
