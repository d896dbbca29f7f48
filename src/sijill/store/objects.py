"""Content-addressed bytes: each object lies under its SHA-256, written once and never changed.

A write goes to a temporary name in the case's folder; `sync` puts it on the shelf, a folder or a bucket, where an
object is either whole or not there. That waits for `sync`, so that a transaction that fails leaves no object behind.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag

from sijill.core.document import require_digest
from sijill.core.errors import CaseDamaged, InvalidRecord
from sijill.store.folders import fsync_folder, make_folder, share_file
from sijill.store.seal import Keys, sealed, unsealed

CHUNK = 1 << 20
TEMPORARY = "incoming"
# Damaged bytes in whose place whole ones were put. No object has such a name, so nothing takes them for one.
DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Staged:
    """Bytes that lie under a temporary name, not yet in the store."""

    path: Path
    digest: str
    size: int


class Shelf(Protocol):
    """Where named bytes lie; names are 64 hexadecimal digits, and nothing that lies there whole is ever replaced."""

    def claim(self, case: str) -> None:
        """Take the place for the case of that id; raises InputError where another case has it."""
        ...

    def names(self) -> Iterator[str]:
        """The names of all that lies there, sorted."""
        ...

    def holds(self, name: str) -> bool:
        """Whether anything lies there by that name; whether it is whole, only reading it tells."""
        ...

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes under a name, a piece at a time; raises FileNotFoundError, OSError, NotAnswered."""
        ...

    def keep(self, name: str, path: Path) -> bool:
        """Take a file over under a name; False, and nothing done, where something lies there by that name."""
        ...

    def mend(self, name: str, path: Path) -> None:
        """Take a file over in place of broken bytes; raises CaseDamaged where that must be left to a person."""
        ...

    def flush(self, names: Iterable[str]) -> None:
        """Make durable what was taken over under these names."""
        ...

    def discard(self, name: str) -> None:
        """Remove what lies there by that name, once it lies elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class FolderShelf:
    """Objects as files `ab/cdef…` in a folder: fsynced, renamed, and their folder fsynced."""

    folder: Path

    def path(self, name: str) -> Path:
        """Where the bytes of that name lie, or would lie."""
        return self.folder / name[:2] / name[2:]

    def claim(self, case: str) -> None:
        """A case's folder is its own."""

    def names(self) -> Iterator[str]:
        """The names of all that lies there, sorted; files with other names are none."""
        for file in sorted(self.folder.glob("??/*")):
            with contextlib.suppress(InvalidRecord):
                yield require_digest(file.parent.name + file.name)

    def holds(self, name: str) -> bool:
        """Whether anything lies there by that name."""
        return self.path(name).exists()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes under a name, a piece at a time; raises FileNotFoundError, OSError."""
        path = self.path(name)
        if not path.is_file():  # Also what is no regular file, such as a pipe: reading it would never end.
            raise FileNotFoundError(path)
        with path.open("rb", buffering=0) as f:
            while chunk := f.read(CHUNK):
                yield chunk

    def keep(self, name: str, path: Path) -> bool:
        """Take a file over under a name; False, and nothing done, where something lies there by that name."""
        if self.holds(name):
            return False
        self.mend(name, path)
        return True

    def mend(self, name: str, path: Path) -> None:
        """Take a file over, also in place of what a power cut broke."""
        make_folder(self.path(name).parent)
        with path.open("rb") as f:
            os.fsync(f.fileno())
        share_file(path, 0o400)
        path.rename(self.path(name))

    def flush(self, names: Iterable[str]) -> None:
        """Make durable what was taken over under these names."""
        folders = {self.path(name).parent for name in names}
        for folder in sorted(folders | {self.folder} if folders else folders):
            fsync_folder(folder)

    def discard(self, name: str) -> None:
        """Remove what lies there by that name, once it lies elsewhere."""
        self.path(name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # Others lie there still.
            self.path(name).parent.rmdir()


class Objects:
    """The objects of one case; one writer, any number of readers.

    `folder` holds what is staged, and is the shelf where no other is given; that is reached when it is first needed.
    """

    def __init__(self, folder: Path, keys: Keys | None = None, shelf: Callable[[], Shelf] | None = None) -> None:
        self._reach = shelf
        self._folder = folder
        self._keys = keys
        self._kept: list[Staged] = []

    @cached_property
    def shelf(self) -> Shelf:
        """Where the objects lie; raises InputError for a bucket that the user has not named."""
        return self._reach() if self._reach else FolderShelf(self._folder)

    def path(self, digest: str) -> Path:
        """Where the object lies, or would lie, in the folder."""
        return FolderShelf(self._folder).path(self.name(digest))

    def name(self, digest: str) -> str:
        """What an object is called: its SHA-256, or a keyed name where it is sealed (HMAC-SHA-256, hexadecimal).

        A plain SHA-256 as a name would tell a thief which public document is held.
        """
        require_digest(digest)
        if self._keys is None:
            return digest
        return hmac.digest(self._keys.derive("object names"), digest.encode(), "sha256").hex()

    def __contains__(self, digest: str) -> bool:
        return self.shelf.holds(self.name(digest))

    def __iter__(self) -> Iterator[str]:
        """The names of all objects, sorted: their digests, or keyed names."""
        return self.shelf.names()

    def stage_bytes(self, data: bytes) -> Staged:
        """Write bytes under a temporary name, sealed where the case is encrypted."""
        target, digest = self._temporary(), hashlib.sha256(data).hexdigest()
        secret = self.secret(digest)
        target.write_bytes(data if secret is None else sealed(data, secret))
        return Staged(target, digest, len(data))

    def secret(self, digest: str) -> bytes | None:
        """The key of one object, `None` where objects lie plain; it opens that object and no other."""
        return None if self._keys is None else self._keys.derive(f"object {digest}")

    def keep(self, staged: Staged) -> None:
        """Have staged bytes made an object by `sync`, or dropped by `forget`."""
        self._kept.append(staged)

    def drop(self, staged: Staged) -> None:
        """Remove staged bytes."""
        staged.path.unlink(missing_ok=True)

    def set_aside(self, digest: str) -> None:
        """Copy what lies under a digest, and is not it, into the folder `damaged`, as it lies there; durably."""
        name = self.name(digest)
        folder = self._folder / DAMAGED
        try:
            data = b"".join(self.shelf.chunks(name))
        except FileNotFoundError:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        copy = folder / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}"
        copy.write_bytes(data)
        with copy.open("rb") as f:
            os.fsync(f.fileno())
        fsync_folder(folder)

    def sync(self) -> None:
        """Make what was kept objects, and durable; a whole object that is there already stays."""
        for staged in self._kept:
            name = self.name(staged.digest)
            if not self.shelf.keep(name, staged.path):
                if self.fixity(staged.digest) == staged.digest:  # Left by a run that was killed before it committed.
                    staged.path.unlink()
                else:
                    self.shelf.mend(name, staged.path)
        if self._kept:
            self.shelf.flush([self.name(staged.digest) for staged in self._kept])
        self._kept.clear()

    def forget(self) -> None:
        """Drop what was kept since the last `sync`."""
        for staged in self._kept:
            self.drop(staged)
        self._kept.clear()

    def clear_temporary(self) -> int:
        """Remove what a killed run left under temporary names; returns how many files."""
        folder = self._folder / TEMPORARY
        if folder.is_symlink():  # A case that somebody else made may have it lead to files that are not ours.
            folder.unlink()
        left = list(folder.glob("*")) if folder.is_dir() else []
        for file in left:
            file.unlink()
        return len(left)

    def read(self, digest: str) -> bytes:
        """The bytes of an object; raises CaseDamaged where it is missing or no longer what its name says."""
        secret = self.secret(digest)
        try:
            data = b"".join(self.shelf.chunks(self.name(digest)))
            data = data if secret is None else unsealed(data, secret)
        except FileNotFoundError as err:
            raise CaseDamaged(
                f"object {digest[:12]}… is missing", hint="restore it from a backup; `sijill verify` lists all losses"
            ) from err
        except InvalidTag as err:
            raise CaseDamaged(
                f"object {digest[:12]}… changed on disk: its seal is broken",
                hint="`sijill verify CASE` shows what else",
            ) from err
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise CaseDamaged(
                f"object {digest[:12]}… changed on disk: recorded SHA-256 {digest[:12]}…, found {found[:12]}…",
                hint="`sijill verify CASE` shows what else changed",
            )
        return data

    def fixity(self, digest: str) -> str | None:
        """The SHA-256 of the bytes that lie under `digest`, `None` where none do; raises OSError, NotAnswered.

        That of the sealed bytes where a seal is broken: never `digest`.
        """
        hasher, secret = hashlib.sha256(), self.secret(digest)
        try:
            if secret is None:
                for chunk in self.shelf.chunks(self.name(digest)):
                    hasher.update(chunk)
                return hasher.hexdigest()
            data = b"".join(self.shelf.chunks(self.name(digest)))
        except FileNotFoundError:
            return None
        with contextlib.suppress(InvalidTag):
            data = unsealed(data, secret)
        return hashlib.sha256(data).hexdigest()

    def _temporary(self) -> Path:
        folder = self._folder / TEMPORARY
        make_folder(folder)
        return folder / secrets.token_hex(8)
