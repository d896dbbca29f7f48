"""Where the parts of a case lie, and folders that survive a crash."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DATABASE = "case.db"
OBJECTS = "objects"
RECORD = "record"
KEYS = "keys"
SIGNING_KEY = "signing.pem"


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of a case; `generation` counts the rekeyings of an encrypted one, each with files of its own."""

    folder: Path
    generation: int = 1
    encrypted: bool = False

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / (DATABASE if self.generation == 1 else f"case-{self.generation}.db")

    @property
    def objects(self) -> Path:
        """The folder of preserved bytes."""
        return self.folder / (OBJECTS if self.generation == 1 else f"{OBJECTS}-{self.generation}")

    @property
    def key(self) -> Path:
        """The signing key, sealed where the case is encrypted."""
        return self.folder / KEYS / (f"signing-{self.generation}.sealed" if self.encrypted else SIGNING_KEY)

    @property
    def lock(self) -> Path:
        """Held by the one writer while it writes."""
        return self.folder / "lock"

    @property
    def record(self) -> Path:
        """The working record of a plain case; that of an encrypted one lies where its people put it."""
        return self.folder / RECORD
