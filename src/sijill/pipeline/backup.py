"""Taking a backup: a snapshot of one moment, while people go on working.

What is new goes into the folder of backups first, durably; then one small file, put there by a single renaming, makes
it a snapshot. Whatever ends the program before that leaves the earlier snapshots as they were, and the next backup
takes up what was copied. An encrypted case is sealed in its backup under its own key; for a plain one, a key may be
made for the recipients that somebody names.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from sijill.core.clock import Clock, system_clock, timestamp
from sijill.core.errors import CaseDamaged, CaseSealed, InputError
from sijill.store import reads, transfer
from sijill.store.access import last_vault, require_current
from sijill.store.case import Case, checked_frontier
from sijill.store.continuation import Kept, continuation
from sijill.store.findings import MALFORMED
from sijill.store.folders import KEYS, fsync_folder
from sijill.store.keys import load_signer, read_key
from sijill.store.notes import Verifier
from sijill.store.room import full_disk_told
from sijill.store.seal import KEY, Keys
from sijill.store.snapshots import FORMAT, Backups, Contents, Part, Snapshot, Store, chain_of, lines_of
from sijill.store.taken import note_taken
from sijill.store.vault import FILE as VAULT
from sijill.store.vault import NOTHING, PREPARED, Custodian, Unlock, digest_of, new_vault, rendered
from sijill.store.verify import MANIFEST

WORKING_RECORD = "working-record"
TRIES = 5
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot that was taken: its number, the log's size and root, and how many objects had to be written.

    `noted` says whether the case's folder now knows of it, which `doctor` looks at.
    """

    number: int
    size: int
    root: str
    written: int
    sealed: bool
    noted: bool = True


@dataclass(frozen=True, slots=True)
class _Seal:
    """What seals a backup: keys and the text of the vault that opens them, or nothing for a plain one."""

    keys: Keys | None = None
    vault: str = ""


def backup(
    case: Case,
    folder: Path,
    *,
    brought: Unlock = NOTHING,
    recipients: Sequence[str] = (),
    mend: bool = False,
    clock: Clock = system_clock,
    progress: Progress = lambda stage, done, of: None,
) -> Taken:
    """Take a snapshot of a case into a folder of backups, which is made where it is not there yet.

    `mend` looks at everything that lies there, and writes anew what is not whole. Raises InputError for a folder of
    something else, CaseDamaged where the case is not whole or its log no continuation of the newest snapshot,
    CaseLocked, and NoRoom: in all of these, the earlier snapshots are as they were.
    """
    if case.access.keys is not None and recipients:
        raise InputError(
            "the backup of an encrypted case is sealed to its custodians", hint="`sijill add-custodian` adds one"
        )
    folder = folder.resolve()
    if folder.is_relative_to(case.folder.resolve()):
        raise InputError("a backup inside of the case is lost with it", hint="name a folder elsewhere, on another disk")
    with room_in(folder):
        backups = Backups.open_or_make(folder, case.config.id)
        with backups.locked():
            seal = _Seal(_recipients_key(case, recipients)) if recipients else _Seal(case.access.keys)
            job = _Job(case, backups, chain_of(seal.keys), seal, mend, progress)
            taken = job.run(brought, recipients, timestamp(clock))
    try:
        note_taken(case, folder, taken.number, taken.size, timestamp(clock))
    except OSError:
        return replace(taken, noted=False)
    return taken


@dataclass(slots=True)
class _Job:
    case: Case
    backups: Backups
    chain: str
    seal: _Seal
    mend: bool
    progress: Progress

    def run(self, brought: Unlock, recipients: Sequence[str], at: str) -> Taken:
        """Copy what is new, then let the snapshot count."""
        store = Store(self.backups.objects(self.chain, self.seal.keys), self.mend)
        store.objects.clear_temporary()
        try:
            # Inside, as a case that is read tells of its own disk.
            with _moment(self.case) as (connection, vault), room_in(self.backups.folder):
                base = self._base(connection, brought)
                contents = self._contents(connection, store, base)
            store.sync()
        except BaseException:
            store.objects.forget()
            store.objects.clear_temporary()
            raise
        if recipients:
            whom = [Custodian(recipient=r) for r in recipients]
            vault = rendered(new_vault(whom, self.case.name, keys=self.seal.keys)[0]).decode()
        number = max(self.backups.numbers(), default=0) + 1
        encrypted = self.case.access.keys is not None
        snapshot = Snapshot(FORMAT, self.case.config.id, number, at, self.chain, encrypted, vault, "")
        self.backups.add(snapshot.sealed_with(contents, self.seal.keys))
        return Taken(number, contents.size, contents.root, store.written, self.seal.keys is not None)

    def _base(self, connection: Connection, brought: Unlock) -> Contents | None:
        """The newest snapshot of the same chain that is whole enough to build upon.

        The newest that can be opened, of whichever chain, must be of the same history.
        """
        objects, continued = self.backups.objects(self.chain, self.seal.keys), False
        for number in reversed(self.backups.numbers()):
            try:
                snapshot = self.backups.snapshot(number)
                if snapshot.vault and self.seal.keys is None:
                    raise InputError(
                        "the snapshots there are sealed, and this one would not be",
                        hint="say --to again, or name another folder for backups that anybody can read",
                    )
                own = snapshot.chain == self.chain
                if continued and not own:
                    continue
                contents = snapshot.opened(self.seal.keys if own else snapshot.keys(brought))
            except (CaseDamaged, CaseSealed):
                continue
            if not continued:
                self._require_continued(connection, number, contents)
                continued = True
            if own and all(p.digest in objects for p in (*contents.entries, *contents.notes, *contents.rows)):
                return None if self.mend else contents
        return None

    def _require_continued(self, connection: Connection, number: int, newest: Contents) -> None:
        kept = [Kept(bytes.fromhex(newest.root), newest.size)]
        if next(iter(continuation(transfer.leaves(connection), kept)), None) is not None:
            raise CaseDamaged(
                f"the case's log is no continuation of snapshot {number}: it was cut back or rewritten since",
                hint="`sijill restore` gives the case as it was; a case that was restored goes into a new folder",
            )

    def _contents(self, connection: Connection, store: Store, base: Contents | None) -> Contents:
        verifier = Verifier.parse(self.case.config.verifier)
        frontier = checked_frontier(connection, verifier)
        self._copy_objects(connection, store)
        first, none = base.size if base else 0, tuple[Part, ...]()
        vouched = transfer.read_log(connection, first)
        rows = transfer.row_lines(connection, vouched, first)
        signed = lines_of(transfer.notes(connection, first))
        try:
            return Contents(
                size=frontier.size,
                root=frontier.root().hex(),
                note=reads.last_checkpoint(connection),
                config=self.case.config.rendered().decode(),
                key=self._key(store),
                pages=self._pages(connection, store),
                entries=store.keep_lines(transfer.entry_lines(connection, first), base.entries if base else none),
                notes=store.keep_lines(signed, base.notes if base else none),
                rows=store.keep_lines(rows, base.rows if base else none),
                derived=store.keep_lines(transfer.derived_lines(connection)),
            )
        except CaseDamaged:
            if base is None:
                raise
            # A part of the earlier snapshot is not what it was: this one is written whole, and mends it.
            store.mend = True
            return self._contents(connection, store, None)

    def _copy_objects(self, connection: Connection, store: Store) -> None:
        ids = reads.object_ids(connection)
        for done, id_ in enumerate(ids, start=1):
            if store.mend or id_ not in store.objects:
                try:
                    store.keep(self.case.objects.read(id_))
                except CaseDamaged:
                    require_current(self.case.access)  # Or the case was sealed anew meanwhile: that is said instead.
                    raise
            self.progress("objects", done, len(ids))

    def _key(self, store: Store) -> str:
        layout, keys, config = self.case.access.layout, self.case.access.keys, self.case.config
        if not layout.key.exists():  # It may be kept elsewhere.
            return ""
        load_signer(layout.key, config.origin, config.verifier, keys)
        return store.keep(read_key(layout.key, keys))

    def _pages(self, connection: Connection, store: Store) -> str:
        """The record's pages as the log vouches for them; what changed since is derived anew by whoever restores it."""
        body, folder = reads.last_publication(connection, WORKING_RECORD), self.case.access.layout.record
        if body is None or self.case.access.keys is not None:
            return ""
        try:
            manifest = (folder / MANIFEST).read_bytes()
            files = {str(name): str(digest) for name, digest in json.loads(manifest).items()}
            for name, digest in files.items():
                path = folder / name
                if path.resolve().is_relative_to(folder.resolve()):
                    data = path.read_bytes()
                    if hashlib.sha256(data).hexdigest() == digest:
                        store.keep(data)
        except (FileNotFoundError, *MALFORMED):
            return ""
        return store.keep(manifest)


@contextmanager
def _moment(case: Case) -> Iterator[tuple[Connection, str]]:
    """A connection that sees one moment, and the vault of that moment, "" for a plain case.

    A custodian may be added meanwhile: then the log and `vault.json` are of one moment only a little later.
    """
    for _ in range(TRIES):
        with case.connect() as connection:
            if case.access.keys is None:
                yield connection, ""
                return
            vouched = last_vault(connection)
            for path in (case.folder / VAULT, case.folder / PREPARED):
                data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
                if digest_of(data) == vouched:
                    require_current(case.access)
                    yield connection, data.decode()
                    return
    raise CaseDamaged(
        "vault.json is not what the log vouches for: somebody changed who can open the case",
        hint="`sijill verify CASE` says more; restore vault.json from an earlier backup",
    )


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Say in words that a disk is full, or that nothing can be written to it."""
    try:
        with full_disk_told(folder):
            yield
    except OSError as err:
        raise InputError(
            f"{folder} cannot be used: {err.strerror or err}", hint="is the disk there, and yours?"
        ) from err


def _recipients_key(case: Case, recipients: Sequence[str]) -> Keys:
    """The key that seals the backups of a plain case to these recipients, kept with the case's own key.

    With it, whoever has the plain case can read its backups: no more than they can read already.
    """
    whom = sorted({str(s.holder) for s in new_vault([Custodian(recipient=r) for r in recipients], "")[0].slots})
    name = hashlib.sha256("\n".join(whom).encode()).hexdigest()[:16]
    path = case.folder / KEYS / f"backup-{name}.key"
    if not path.exists():
        making = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
            f.write(secrets.token_bytes(KEY))
            f.flush()
            os.fsync(f.fileno())
        making.rename(path)
        fsync_folder(path.parent)
    found = path.read_bytes()
    if len(found) != KEY:
        raise CaseDamaged(
            f"keys/{path.name} is no key", hint="remove it: the next backup makes another, and is a full one"
        )
    return Keys(found)
