"""Content-addressed files: each object lies under its SHA-256, written once and never changed.

A write goes to a temporary name, is fsynced, renamed, and its folder fsynced: after a crash an object is either whole
or not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sijill.core.document import require_digest
from sijill.core.errors import CaseDamaged

CHUNK = 1 << 20
TEMPORARY = "incoming"


@dataclass(frozen=True, slots=True)
class Staged:
    """Bytes that lie under a temporary name, not yet in the store."""

    path: Path
    digest: str
    size: int


class Objects:
    """The folder of objects of one case; one writer, any number of readers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fresh: set[Path] = set()

    def path(self, digest: str) -> Path:
        """Where the object lies, or would lie."""
        require_digest(digest)
        return self._folder / digest[:2] / digest[2:]

    def __contains__(self, digest: str) -> bool:
        return self.path(digest).exists()

    def __iter__(self) -> Iterator[str]:
        """The digests of all objects, sorted; files whose names are no digests are for `strays`."""
        for folder in sorted(self._folder.glob("??")):
            for file in sorted(folder.iterdir()):
                with contextlib.suppress(ValueError):
                    if len(name := folder.name + file.name) == 64 and int(name, 16) >= 0:
                        yield name

    def stage_file(self, source: Path, *, limit: int) -> Staged | None:
        """Copy a file to a temporary name, hashing on the way; `None`, and nothing kept, beyond `limit` bytes."""
        target, hasher, size = self._temporary(), hashlib.sha256(), 0
        with source.open("rb", buffering=0) as src, target.open("xb", buffering=0) as out:
            while chunk := src.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    break
                hasher.update(chunk)
                out.write(chunk)
        if size > limit:
            target.unlink()
            return None
        return Staged(target, hasher.hexdigest(), size)

    def stage_bytes(self, data: bytes) -> Staged:
        """Write bytes under a temporary name."""
        target = self._temporary()
        target.write_bytes(data)
        return Staged(target, hashlib.sha256(data).hexdigest(), len(data))

    def keep(self, staged: Staged) -> None:
        """Make staged bytes an object, durable once `sync` returns; an object that is there already stays."""
        final = self.path(staged.digest)
        if final.exists():
            staged.path.unlink()
            return
        with staged.path.open("rb") as f:
            os.fsync(f.fileno())
        final.parent.mkdir(mode=0o700, exist_ok=True)
        staged.path.chmod(0o400)
        staged.path.rename(final)
        self._fresh.add(final.parent)

    def drop(self, staged: Staged) -> None:
        """Forget staged bytes."""
        staged.path.unlink(missing_ok=True)

    def sync(self) -> None:
        """Make every rename since the last call durable."""
        for folder in sorted(self._fresh | ({self._folder} if self._fresh else set())):
            fd = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
        self._fresh.clear()

    def clear_temporary(self) -> int:
        """Remove what a killed run left under temporary names; returns how many files."""
        left = list((self._folder / TEMPORARY).glob("*")) if (self._folder / TEMPORARY).is_dir() else []
        for file in left:
            file.unlink()
        return len(left)

    def read(self, digest: str) -> bytes:
        """The bytes of an object; raises CaseDamaged where it is missing or no longer what its name says."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError as err:
            raise CaseDamaged(
                f"object {digest[:12]}… is missing", hint="restore it from a backup; `sijill verify` lists all losses"
            ) from err
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise CaseDamaged(
                f"object {digest[:12]}… changed on disk: recorded SHA-256 {digest[:12]}…, found {found[:12]}…",
                hint="`sijill verify CASE` shows what else changed",
            )
        return data

    def fixity(self, digest: str) -> str | None:
        """The SHA-256 of the bytes that lie under `digest`, `None` where there are none."""
        hasher = hashlib.sha256()
        try:
            with self.path(digest).open("rb", buffering=0) as f:
                while chunk := f.read(CHUNK):
                    hasher.update(chunk)
        except FileNotFoundError:
            return None
        return hasher.hexdigest()

    def _temporary(self) -> Path:
        folder = self._folder / TEMPORARY
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / secrets.token_hex(8)
