"""An evidence bundle: a whole case as plain files that any program can check (docs/reference/evidence-format.md).

The stand-alone verifier writes one of a plain case by itself. This is for all cases, also those whose database it
cannot open: encrypted ones, and those on a server.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sijill.core.canonical import digest
from sijill.core.errors import CaseExists
from sijill.pipeline.backup import WORKING_RECORD, room_in
from sijill.store import transfer
from sijill.store.case import Case, checked_frontier
from sijill.store.findings import MALFORMED
from sijill.store.folders import OBJECTS, RECORD
from sijill.store.notes import Verifier
from sijill.store.objects import FolderShelf
from sijill.store.snapshots import lines_of
from sijill.store.verify import MANIFEST
from sijill.store.vouched import Vouched

LOG_LINES, NOTES, ROWS = "log.jsonl", "checkpoints.txt", "rows.jsonl"


@dataclass(frozen=True, slots=True)
class Written:
    """How much a bundle holds, and the root of its log."""

    entries: int
    rows: int
    objects: int
    root: str


def write_bundle(
    case: Case, folder: Path, *, progress: Callable[[str, int, int | None], None] = lambda stage, done, of: None
) -> Written:
    """Write a bundle of a case that is whole; raises CaseExists, and CaseDamaged where something is not as it was."""
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CaseExists(f"{folder} is there already", hint="name a folder that is not there yet, or is empty")
    making = folder.parent / f".{folder.name[:100]}.{uuid.uuid4().hex[:8]}"
    with case.connect() as connection, room_in(folder.parent):
        making.mkdir(mode=0o700, parents=True)
        try:
            frontier = checked_frontier(connection, Verifier.parse(case.config.verifier))
            vouched = transfer.read_log(connection)
            lines = transfer.dump(connection)
            case.config.write(making)
            _write(making / LOG_LINES, lines.entries)
            _write(making / NOTES, lines_of(lines.notes))
            rows = _write(making / ROWS, lines.rows)
            _copy_objects(case, making / OBJECTS, sorted(vouched.sizes), progress)
            _copy_pages(case, making / RECORD, vouched)
            making.rename(folder)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
    return Written(frontier.size, rows, len(vouched.sizes), frontier.root().hex())


def _write(path: Path, lines: Iterable[bytes]) -> int:
    count = 0
    with path.open("xb") as f:
        for line in lines:
            f.write(line + b"\n")
            count += 1
    return count


def _copy_objects(case: Case, folder: Path, ids: list[str], progress: Callable[[str, int, int | None], None]) -> None:
    shelf = FolderShelf(folder)
    for done, id_ in enumerate(ids, start=1):
        path = shelf.path(id_)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(case.objects.read(id_))
        progress("objects", done, len(ids))


def _copy_pages(case: Case, target: Path, vouched: Vouched) -> None:
    """The record's pages, where the log vouches for them and they are as they were; those of an encrypted case, never.

    They are derived: a verifier names those that are missing, and a build makes them anew.
    """
    body, source = vouched.publications.get(WORKING_RECORD), case.access.layout.record
    if body is None or case.access.keys is not None:
        return
    try:
        files = json.loads((source / MANIFEST).read_bytes())
        if digest(files) != body["digest"]:
            return
        for name in (MANIFEST, *files):
            if (source / name).resolve().is_relative_to(source.resolve()):
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / name, target / name)
    except (FileNotFoundError, *MALFORMED):
        return
