"""Files that hold documents: ZIP archives of exports, web archives (WARC, WACZ); each part a document of its own.

Nothing is written to disk under a name that a container chose, and nothing in a container is opened as a container
again: a ZIP in a ZIP is refused by name. What runs here meets hostile bytes, so it runs in `unpacking`'s process.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from sijill.core.document import Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.opc import FAULTS, NO_BOMB
from sijill.preserve.signatures import Kind

SUFFIXES: dict[str, Kind] = {
    ".zip": Kind.ARCHIVE,
    ".warc": Kind.WEB_ARCHIVE,
    ".warc.gz": Kind.WEB_ARCHIVE,
    ".wacz": Kind.WEB_ARCHIVE,
}
ALONE = "unpack it and add it by itself"
# zipfile's own complaints of entries that are encrypted are RuntimeErrors.
ZIP_FAULTS: tuple[type[Exception], ...] = (*FAULTS, RuntimeError)
# What systems add to a ZIP that no person put there.
ADDED_BY_SYSTEMS = ("__MACOSX/", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Part:
    """A document in a container: its number from 1, a name that tells its kind, its bytes.

    `url` is where a web archive says that it was fetched, `notes` what the container says of it.
    """

    number: int
    name: str
    data: bytes
    url: str | None = None
    notes: tuple[Note, ...] = ()


@dataclass(slots=True)
class Allowance:
    """How much more one container may unpack to: a bomb spreads over its parts what each of them may have."""

    name: str
    most: int
    used: int = 0

    def take(self, size: int) -> None:
        """Count bytes that were unpacked. Raises UnreadableFile where they are too many."""
        self.used += size
        if self.used > self.most:
            reason = f"it unpacks to more than {self.most:,} bytes; what came before was taken, the rest was not"
            raise UnreadableFile(shown(self.name), reason, hint="unpack it and add the files in it")


def ending(name: str) -> str:
    """How a container's name ends, "" for a file that is none.

    >>> ending("Capture.WARC.GZ"), ending("report.pdf")
    ('.warc.gz', '')
    """
    lowered = name.lower()
    return next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if lowered.endswith(suffix)), "")


def iter_parts(stream: BinaryIO, *, name: str, limits: Limits) -> Iterator[Part | UnreadableFile]:
    """The documents in a container, in their order, each with what is wrong with it where it cannot be had.

    `stream` can seek. What is wrong with the container comes last, as its refusal; parts before it stay.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    allowance = Allowance(name, min(limits.max_unpacked, NO_BOMB + limits.max_ratio * size))
    try:
        yield from _parts(stream, name, limits, allowance)
    except UnreadableFile as err:
        yield err
    except ZIP_FAULTS:
        yield UnreadableFile(
            shown(name), "it is damaged: it cannot be unpacked", hint="fetch it again from where it came"
        )
    except MemoryError:
        yield UnreadableFile(
            shown(name), "unpacking it takes more memory than is allowed", hint="unpack it and add the files in it"
        )


def _parts(stream: BinaryIO, name: str, limits: Limits, allowance: Allowance) -> Iterator[Part | UnreadableFile]:
    from sijill.preserve import webarchives

    match ending(name):
        case ".zip":
            yield from zip_parts(stream, name, limits, allowance)
        case ".wacz":
            yield from webarchives.wacz_parts(stream, name, limits, allowance)
        case _:
            yield from webarchives.warc_parts(stream, name, limits, allowance)


def zip_parts(stream: BinaryIO, name: str, limits: Limits, allowance: Allowance) -> Iterator[Part | UnreadableFile]:
    """The files in a ZIP; folders and hidden files are passed over, as they are in a folder that is handed in."""
    with zipfile.ZipFile(stream) as archive:
        require_members(archive, name, limits, allowance)
        if "[Content_Types].xml" in archive.NameToInfo:
            raise UnreadableFile(shown(name), "it is an Office document", hint="rename it to end in .docx or .xlsx")
        for number, entry in enumerate(archive.infolist(), start=1):
            # Not `is_dir`, which looks at the last character of a name that may have none.
            if not entry.filename.endswith("/") and not _is_hidden(entry.filename):
                yield _member(archive, entry, number, name, limits, allowance)


def require_members(archive: zipfile.ZipFile, name: str, limits: Limits, allowance: Allowance) -> None:
    """Looks at what a ZIP says of its members, before any is unpacked; none gives more than it says."""
    entries = archive.infolist()
    if len(entries) > limits.max_members:
        raise UnreadableFile(
            shown(name), f"it holds more than {limits.max_members:,} files", hint="unpack it and add the files in it"
        )
    if sum(entry.file_size for entry in entries) > allowance.most:
        raise UnreadableFile(
            shown(name),
            f"it unpacks to more than {allowance.most:,} bytes, which is too much for its size",
            hint="check where it came from; unpack it and add the files in it",
        )


def _member(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, number: int, name: str, limits: Limits, allowance: Allowance
) -> Part | UnreadableFile:
    """One member, or why it is refused; its name is only shown, never a path to anything."""
    called = shown(entry.filename)
    full = f"{name}!{called}"
    refused = _refusal(entry, full, limits)
    if refused is not None:
        return refused
    try:
        data = archive.read(entry)
    except ZIP_FAULTS:
        return UnreadableFile(shown(full), "it is damaged within its archive", hint="fetch the archive again")
    allowance.take(len(data))
    return Part(number, called, data)


def _refusal(entry: zipfile.ZipInfo, full: str, limits: Limits) -> UnreadableFile | None:
    if not entry.filename:
        return UnreadableFile(shown(full), "it has no name in its archive", hint="unpack it and add it by itself")
    if entry.flag_bits & 1:
        return UnreadableFile(shown(full), "it is encrypted", hint="unpack it with its password and add it by itself")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return UnreadableFile(shown(full), "it is a link to a file, not a file", hint="add the file that it leads to")
    if entry.filename.lower().endswith(".jsonl"):
        return UnreadableFile(shown(full), "it holds many reports, not one", hint=ALONE)
    if ending(entry.filename):
        return UnreadableFile(shown(full), "it is an archive within an archive, which is not gone into", hint=ALONE)
    if entry.file_size > limits.max_bytes:
        return UnreadableFile(
            shown(full), f"it is too large: more than {limits.max_bytes:,} bytes", hint="split it into parts"
        )
    if entry.file_size > NO_BOMB and entry.file_size > limits.max_ratio * entry.compress_size:
        reason = f"it unpacks to more than {limits.max_ratio:,} times its size"
        return UnreadableFile(shown(full), reason, hint="check where it came from")
    return None


def _is_hidden(member: str) -> bool:
    if member.startswith(ADDED_BY_SYSTEMS) or PurePosixPath(member).name in ADDED_BY_SYSTEMS:
        return True
    return any(part.startswith(".") and part.strip(".") for part in PurePosixPath(member).parts)
