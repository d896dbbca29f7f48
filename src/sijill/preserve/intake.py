"""What is handed in: files and folders named by a person, turned into sources in an order that never changes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sijill.core.errors import MalformedReport, UnreadableFile
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.reports import Report, iter_reports

CHUNK = 1 << 20
REPORTS_SUFFIX = ".jsonl"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it lies, and its name below the folder that was handed in."""

    path: Path
    name: str

    @property
    def holds_reports(self) -> bool:
        """Whether each of its lines is a report of its own."""
        return self.path.suffix.lower() == REPORTS_SUFFIX


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


def _fixity(descriptor: int) -> str:
    hasher = hashlib.sha256()
    while chunk := os.read(descriptor, CHUNK):
        hasher.update(chunk)
    return hasher.hexdigest()
