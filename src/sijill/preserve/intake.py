"""What is handed in: files and folders named by a person, turned into sources in an order that never changes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath

from sijill.core.errors import MalformedReport, UnreadableFile
from sijill.preserve.containers import Part, ending
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.reading import label_of, opened
from sijill.preserve.reports import Report, iter_reports
from sijill.preserve.unpacking import unpacked

CHUNK = 1 << 20
REPORTS_SUFFIX = ".jsonl"


class Holds(Enum):
    """What a file is: one document, reports in its lines, or documents packed into it."""

    ONE = "one"
    REPORTS = "reports"
    PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it lies, and its name below the folder that was handed in."""

    path: Path
    name: str

    @property
    def holds(self) -> Holds:
        """What is in it, by its name."""
        if self.path.suffix.lower() == REPORTS_SUFFIX:
            return Holds.REPORTS
        return Holds.PARTS if ending(self.name) else Holds.ONE


def discover(paths: Iterable[Path]) -> Iterator[Source]:
    """The files that are meant: those named, and those in folders named, sorted by name.

    Hidden files and folders are passed over, and links to folders are not followed, so that no walk goes in circles;
    whether a file can be read is for the reader to say.
    """
    for path in paths:
        if path.is_dir():
            yield from _walk(path)
        else:
            yield Source(path, path.name)


def _walk(folder: Path) -> Iterator[Source]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(f for f in files if not f.startswith(".")):
            path = Path(here) / name
            yield Source(path, path.relative_to(folder).as_posix())


def reports_in(source: Source, limits: Limits) -> Iterator[tuple[str, Report] | MalformedReport | UnreadableFile]:
    """The SHA-256 of a `.jsonl` with each of its reports, or what is wrong with a line or with the file."""
    try:
        with source.path.open("rb") as stream:
            container = _fixity(stream.fileno())
            stream.seek(0)
            for report in iter_reports(stream, name=source.name, limits=limits):
                yield report if isinstance(report, MalformedReport) else (container, report)
    except OSError as err:
        reason = (err.strerror or "it cannot be read").lower()
        yield UnreadableFile(shown(source.name), reason, hint="check the path and your permission to read it")
    except UnreadableFile as err:
        yield err


def parts_in(source: Source, limits: Limits) -> Iterator[tuple[str, Part] | UnreadableFile]:
    """The SHA-256 of a container with each document in it, or what is wrong with one or with the container."""
    try:
        with opened(source.path, name=source.name, most=limits.max_container) as stream:
            container = _fixity(stream.fileno())
            os.lseek(stream.fileno(), 0, os.SEEK_SET)
            for found in unpacked(stream, name=source.name, limits=limits):
                yield found if isinstance(found, UnreadableFile) else (container, found)
    except UnreadableFile as err:
        yield err


def label_of_part(source: Source, part: Part) -> str:
    """By what name people know a part: as a file by its own name; a page by its archive and the record's number."""
    suffix = ending(source.name)
    if suffix == ".zip":
        return label_of(part.data, name=part.name)
    return f"{PurePath(source.name).name[: -len(suffix)]}-{part.number}"


def _fixity(descriptor: int) -> str:
    hasher = hashlib.sha256()
    while chunk := os.read(descriptor, CHUNK):
        hasher.update(chunk)
    return hasher.hexdigest()
