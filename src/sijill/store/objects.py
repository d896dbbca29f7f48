"""Content-addressed files: each object lies under its SHA-256, written once and never changed.

A write goes to a temporary name, is fsynced, renamed, and its folder fsynced: after a crash an object is either whole
or not there. Renaming waits for `sync`, so that a transaction that fails leaves no object behind.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag

from sijill.core.document import require_digest
from sijill.core.errors import CaseDamaged, InvalidRecord
from sijill.store.folders import fsync_folder
from sijill.store.seal import Keys, sealed, unsealed

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

    def __init__(self, folder: Path, keys: Keys | None = None) -> None:
        self._folder = folder
        self._keys = keys
        self._kept: list[Staged] = []

    def path(self, digest: str) -> Path:
        """Where the object lies, or would lie."""
        name = self.name(digest)
        return self._folder / name[:2] / name[2:]

    def name(self, digest: str) -> str:
        """What an object is called: its SHA-256, or a keyed name where it is sealed (HMAC-SHA-256, hexadecimal).

        A plain SHA-256 as a name would tell a thief which public document is held.
        """
        require_digest(digest)
        if self._keys is None:
            return digest
        return hmac.digest(self._keys.derive("object names"), digest.encode(), "sha256").hex()

    def __contains__(self, digest: str) -> bool:
        return self.path(digest).exists()

    def __iter__(self) -> Iterator[str]:
        """The names of all objects, sorted: their digests, or keyed names; files with other names are none."""
        for file in sorted(self._folder.glob("??/*")):
            with contextlib.suppress(InvalidRecord):
                yield require_digest(file.parent.name + file.name)

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

    def sync(self) -> None:
        """Make what was kept objects, and durable; a whole object that is there already stays."""
        for staged in self._kept:
            final = self.path(staged.digest)
            final.parent.mkdir(mode=0o700, exist_ok=True)
            if self.fixity(staged.digest) == staged.digest:  # Left by a run that was killed before it committed.
                staged.path.unlink()
                continue
            with staged.path.open("rb") as f:
                os.fsync(f.fileno())
            staged.path.chmod(0o400)
            staged.path.rename(final)
        folders = {self.path(staged.digest).parent for staged in self._kept}
        for folder in sorted(folders | {self._folder} if folders else folders):
            fsync_folder(folder)
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
            data = self.path(digest).read_bytes()
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
        """The SHA-256 of the bytes that lie under `digest`, `None` where no file is; raises OSError.

        That of the sealed bytes where a seal is broken: never `digest`.
        """
        path, hasher, secret = self.path(digest), hashlib.sha256(), self.secret(digest)
        if not path.is_file():
            return None
        if secret is not None:
            data = path.read_bytes()
            with contextlib.suppress(InvalidTag):
                data = unsealed(data, secret)
            return hashlib.sha256(data).hexdigest()
        with path.open("rb", buffering=0) as f:
            while chunk := f.read(CHUNK):
                hasher.update(chunk)
        return hasher.hexdigest()

    def _temporary(self) -> Path:
        folder = self._folder / TEMPORARY
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / secrets.token_hex(8)
