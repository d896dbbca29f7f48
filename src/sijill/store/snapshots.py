"""A folder of backups: what lies where, and what a snapshot says.

    backup.json                  which case it is of
    snapshots/000001.json        one snapshot each, written last and by one renaming: without it nothing counts
    plain/objects/ab/cdef…       what the snapshots of a plain case name, each under its SHA-256, as in a case
    3f0c…/objects/ab/cdef…       the same, sealed under one key: a chain of snapshots for each key

Everything that a snapshot names is an object: preserved bytes, pages, and the lines of `store.transfer` in parts. A
part that an earlier snapshot of the chain has written is named again and not written again, so each snapshot is whole
by itself, and any of them may be deleted.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from filelock import FileLock, Timeout

from sijill.core.errors import CaseDamaged, CaseLocked, CaseTooNew, InputError, UnknownId
from sijill.core.wire import from_json, to_json
from sijill.store.findings import MALFORMED
from sijill.store.folders import fsync_folder, half_made, replace_file
from sijill.store.lines import LONGEST_LINE
from sijill.store.objects import Objects
from sijill.store.seal import Keys
from sijill.store.transfer import Dump
from sijill.store.vault import MOST_BYTES, Unlock, Vault, parsed, unlock

FORMAT = 1
MARK, SNAPSHOTS, PLAIN = "backup.json", "snapshots", "plain"
NAME = re.compile(r"([0-9]{6,12})\.json")
PART = 8 << 20
BATCH = 100
MOST_MANIFEST = 256_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that lie together as one object: its SHA-256, and how many bytes the lines have."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a snapshot holds: the log's size, root and newest checkpoint, and the objects that the rest lies in.

    `config` is `case.toml`; `key` the object with the signing key, "" where it is kept elsewhere; `pages` the object
    with the manifest of the record's pages, which are objects too, "" where there are none.
    """

    size: int
    root: str
    note: str
    config: str
    key: str
    pages: str
    entries: tuple[Part, ...]
    notes: tuple[Part, ...]
    rows: tuple[Part, ...]
    derived: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The file of a snapshot: what anybody may see of it, and its contents, sealed where there is a vault.

    `vault` is the text of the `vault.json` whose key seals the chain; `encrypted` says that it is the case's own.
    """

    format: int
    case: str
    number: int
    at: str
    chain: str
    encrypted: bool
    vault: str
    contents: str

    @property
    def purpose(self) -> str:
        """What the key of the contents is for: this snapshot and no other, so that none passes for another."""
        return f"snapshot {self.case} {self.number} {self.at} {self.chain} {self.encrypted}"

    def sealed_with(self, contents: Contents, keys: Keys | None) -> Snapshot:
        """The same with its contents."""
        data = json.dumps(to_json(contents), ensure_ascii=False).encode()
        held = base64.b64encode(keys.seal(self.purpose, data)).decode() if keys else data.decode()
        return Snapshot(
            self.format, self.case, self.number, self.at, self.chain, self.encrypted, self.vault, contents=held
        )

    def keys(self, brought: Unlock) -> Keys | None:
        """What opens it, `None` for a plain one; raises CaseSealed, CaseDamaged."""
        return unlock(self.parsed_vault(), brought) if self.vault else None

    def parsed_vault(self) -> Vault:
        """Who can open it; raises CaseDamaged."""
        try:
            return parsed(self.vault.encode())
        except MALFORMED as err:
            raise _damaged(self.number) from err

    def opened(self, keys: Keys | None) -> Contents:
        """Its contents; raises CaseDamaged where they were changed, or the keys are another chain's."""
        try:
            held = keys.open(self.purpose, base64.b64decode(self.contents)) if keys else self.contents.encode()
            return from_json(Contents, json.loads(held))
        except (InvalidTag, *MALFORMED) as err:
            raise _damaged(self.number) from err


class Backups:
    """The folder that the snapshots of one case lie in."""

    def __init__(self, folder: Path, case: str) -> None:
        self.folder = folder
        self.case = case

    @classmethod
    def open(cls, folder: Path) -> Backups:
        """The backups in a folder; raises InputError where it holds none, CaseTooNew, CaseDamaged."""
        if not is_backup(folder):
            raise InputError(f"{folder} holds no backup", hint="`sijill backup CASE FOLDER` makes one")
        try:
            with (folder / MARK).open("rb") as f:
                mark = json.loads(f.read(MOST_BYTES))
            if mark["format"] > FORMAT:
                raise CaseTooNew(f"{folder} was written by a newer Sijill", hint="upgrade Sijill; nothing was changed")
            return cls(folder, str(mark["case"]))
        except (OSError, *MALFORMED) as err:
            if isinstance(err, CaseTooNew):
                raise
            hint = f'write {{"case": "THE CASE\'S ID", "format": {FORMAT}}} into it: the id is in its case.toml'
            raise CaseDamaged(f"{folder / MARK} cannot be read", hint=hint) from err

    @classmethod
    def open_or_make(cls, folder: Path, case: str) -> Backups:
        """The backups of this case; raises InputError where another case's, or anything else, lies in the folder."""
        if not is_backup(folder):
            # A first backup that was killed may have left its mark half-made.
            if folder.exists() and (not folder.is_dir() or {*folder.iterdir()} - {half_made(folder / MARK)}):
                raise InputError(f"{folder} is not empty, and no folder of backups", hint="name one that is empty")
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            mark = json.dumps({"case": case, "format": FORMAT}) + "\n"
            replace_file(folder / MARK, mark.encode())
        found = cls.open(folder)
        if found.case != case:
            raise InputError(f"{folder} holds the backups of another case", hint="give each case a folder of its own")
        return found

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the one lock of who writes here; raises CaseLocked."""
        lock = FileLock(self.folder / "lock", timeout=0, mode=0o600)
        try:
            lock.acquire()
        except Timeout as err:
            raise CaseLocked(f"another backup is being written to {self.folder}", hint="wait until that ends") from err
        try:
            yield
        finally:
            lock.release()

    def objects(self, chain: str, keys: Keys | None) -> Objects:
        """What the snapshots of a chain name; raises CaseDamaged for what is no name of one."""
        if not re.fullmatch(r"plain|[0-9a-f]{16}", chain):
            raise CaseDamaged("a snapshot names a folder that no backup has", hint="it was changed; take another")
        return Objects(self.folder / chain / "objects", keys)

    def numbers(self) -> tuple[int, ...]:
        """The numbers of all snapshots, oldest first."""
        found = (NAME.fullmatch(p.name) for p in (self.folder / SNAPSHOTS).glob("*.json"))
        return tuple(sorted(int(m[1]) for m in found if m))

    def snapshot(self, number: int | None = None) -> Snapshot:
        """A snapshot, the newest where no number is given; raises UnknownId, CaseTooNew, CaseDamaged."""
        numbers = self.numbers()
        if not numbers or (number is not None and number not in numbers):
            what = f"snapshot {number}" if number is not None else "snapshot"
            raise UnknownId(f"there is no {what} in {self.folder}", hint="`sijill snapshots FOLDER` lists them")
        number = numbers[-1] if number is None else number
        try:
            with self._path(number).open("rb") as f:
                held = json.loads(f.read(MOST_MANIFEST))
            if held["format"] > FORMAT:
                raise CaseTooNew(f"snapshot {number} was written by a newer Sijill", hint="upgrade Sijill")
            found = from_json(Snapshot, held)
        except (OSError, *MALFORMED) as err:
            if isinstance(err, CaseTooNew):
                raise
            raise _damaged(number) from err
        if (found.number, found.case) != (number, self.case):
            raise _damaged(number)
        return found

    def add(self, snapshot: Snapshot) -> None:
        """Make a snapshot count: everything that it names must be durable by now."""
        folder = self.folder / SNAPSHOTS
        folder.mkdir(mode=0o700, exist_ok=True)
        replace_file(self._path(snapshot.number), (json.dumps(to_json(snapshot), ensure_ascii=False) + "\n").encode())
        fsync_folder(self.folder)

    def _path(self, number: int) -> Path:
        return self.folder / SNAPSHOTS / f"{number:06}.json"


def is_backup(folder: Path) -> bool:
    """Whether the folder holds backups."""
    return (folder / MARK).is_file()


def chain_of(keys: Keys | None) -> str:
    """The name of the chain of snapshots that these keys seal; it tells nothing of them."""
    return keys.derive("backup chain")[:8].hex() if keys else PLAIN


@dataclass(slots=True)
class Store:
    """What snapshots of a chain name, as it is written: durable a hundred at a time, and never twice.

    With `mend`, what lies there is looked at, too, and put right where it is not whole.
    """

    objects: Objects
    mend: bool = False
    written: int = 0
    _waiting: int = 0

    def keep(self, data: bytes) -> str:
        """Keep bytes; returns their SHA-256. What counts must wait for `sync`."""
        digest = hashlib.sha256(data).hexdigest()
        if self.mend or digest not in self.objects:
            self.objects.keep(self.objects.stage_bytes(data))
            self.written += 1
            self._waiting += 1
        if self._waiting >= BATCH:
            self.sync()
        return digest

    def sync(self) -> None:
        """Make everything kept durable."""
        self.objects.sync()
        self._waiting = 0

    def keep_lines(self, lines: Iterable[bytes], earlier: tuple[Part, ...] = ()) -> tuple[Part, ...]:
        """Keep lines as parts after earlier ones.

        A small part is joined with those before it that are no larger: so parts stay few, and little is written twice.
        """
        parts, waiting, size = list(earlier), list[bytes](), 0
        for line in lines:
            if waiting and size + len(line) + 1 > PART:
                parts.append(self._keep_part(waiting))
                waiting, size = [], 0
            waiting += [line, b"\n"]
            size += len(line) + 1
        while waiting and parts and parts[-1].size <= size and parts[-1].size + size <= PART:
            before = parts.pop()
            waiting, size = [self.objects.read(before.digest), *waiting], size + before.size
        return (*parts, self._keep_part(waiting)) if waiting else tuple(parts)

    def _keep_part(self, lines: list[bytes]) -> Part:
        data = b"".join(lines)
        return Part(self.keep(data), len(data))


def read_lines(objects: Objects, parts: Iterable[Part]) -> Iterator[bytes]:
    """The lines of parts, without their newlines; raises CaseDamaged where a part is missing, changed or cut off."""
    for part in parts:
        data = objects.read(part.digest)
        *lines, rest = data.split(b"\n")
        if rest or any(len(line) > LONGEST_LINE for line in lines):
            raise CaseDamaged(f"part {part.digest[:12]}… does not end with a line", hint="take another snapshot")
        yield from lines


def dump_of(objects: Objects, contents: Contents) -> Dump:
    """The lines that a snapshot holds; raises CaseDamaged, while they are read, for a part that is not whole."""
    return Dump(
        read_lines(objects, contents.entries),
        notes_in(read_lines(objects, contents.notes)),
        read_lines(objects, contents.rows),
        read_lines(objects, contents.derived),
    )


def notes_in(lines: Iterable[bytes]) -> Iterator[str]:
    """The signed notes in lines, where an empty line follows each."""
    held: list[str] = []
    for line in lines:
        text = line.decode("utf-8", "surrogateescape")
        if text or "" not in held:
            held.append(text)
        else:
            yield "\n".join([*held, ""])
            held = []
    if held:
        raise CaseDamaged("the checkpoints do not end with an empty line", hint="take another snapshot")


def lines_of(notes: Iterable[str]) -> Iterator[bytes]:
    """What `notes_in` reads: the lines of each note, and an empty one."""
    for note in notes:
        yield from note.encode().split(b"\n")


def _damaged(number: int) -> CaseDamaged:
    return CaseDamaged(
        f"snapshot {number} was changed or is unreadable", hint="take another: `sijill snapshots FOLDER`"
    )
