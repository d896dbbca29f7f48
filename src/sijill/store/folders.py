"""Where the parts of a case lie, and folders that survive a crash."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

DATABASE = "case.db"
OBJECTS = "objects"
RECORD = "record"
KEYS = "keys"
SIGNING_KEY = "signing.pem"
# What a run that is killed while it replaces a file of a case may leave; the next writer removes it.
HALF_MADE = (".objects.toml.new", ".database.toml.new", ".backups.json.new")


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def half_made(path: Path) -> Path:
    """Where `replace_file` writes before a file takes its name."""
    return path.with_name(f".{path.name}.new")


def replace_file(path: Path, data: bytes) -> None:
    """Write a file, readable by its owner alone, durably and at once: what was there stays, or all of this is."""
    making = half_made(path)
    making.unlink(missing_ok=True)
    # Made anew, never opened: what lies there by that name may be a link to somewhere else.
    try:
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        making.rename(path)
    except OSError:  # As where the disk is full.
        making.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def is_shared(folder: Path) -> bool:
    """Whether somebody opened a folder to its group (mode 2770), as teams do whose people have users of their own."""
    mode = folder.stat().st_mode
    return bool(mode & stat.S_ISGID and mode & stat.S_IWGRP)


def make_folder(path: Path) -> None:
    """Make a folder, and those on the way to it, for its owner alone; within one that is shared, for the group, too."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    if is_shared(path.parent):
        with contextlib.suppress(PermissionError):  # Somebody else of the group has just made it.
            path.chmod(0o2770)


def share_file(path: Path, mode: int) -> None:
    """Give a file its mode: what its owner may do, and in a folder that is shared, what the group may."""
    path.chmod(mode | (mode >> 3 if is_shared(path.parent) else 0))


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
