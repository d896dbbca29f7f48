"""Writes a case's working record: only pages that changed, and what they are into the log."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from sqlalchemy import Connection

from sijill.core.canonical import canonical, digest
from sijill.core.errors import InputError
from sijill.core.judgement import Judgement
from sijill.core.state import JudgedClaim
from sijill.core.version import __version__
from sijill.publish.view import CaseView, ClaimView, DocumentView, Problem
from sijill.publish.working import pages
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.state import Standing
from sijill.store.writer import Writer

FORM = "working-record"
MANIFEST = "manifest.json"
SOURCE = "source.txt"


class RuleSetName(Protocol):
    """What the pages say of the rule set that the figures follow: its name, and what it does."""

    @property
    def name(self) -> str:
        """The name that people choose it by."""
        ...

    @property
    def about(self) -> str:
        """What it does, in a sentence or two."""
        ...


@dataclass(frozen=True, slots=True)
class RecordReport:
    """Where the record is, how many pages it has, and how many of them were written now."""

    folder: Path
    pages: int
    written: int


def write_working_record(
    case: Case,
    writer: Writer,
    rules: RuleSetName,
    folder: Path,
    *,
    progress: Callable[[int, int | None], None] = lambda done, of: None,
) -> RecordReport:
    """Bring the record in `folder` up to date; an unchanged case leaves every byte of it, and the log, as they are.

    Each page is written beside its place and renamed, the manifest last, so that a killed run leaves old or new pages
    and never half a one; the next run mends the rest. Raises InputError for a folder that holds something else.
    """
    earlier = _earlier(folder)
    own = folder == case.access.layout.record
    if earlier is None and not own and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} holds something else than a record", hint="name a folder that is not there yet")
    with case.connect() as connection:
        source = _source(reads.material_point(connection).root, rules.name)
        last = reads.last_publication(connection, FORM)
        if (there := _current(folder, source, last)) is not None:
            return RecordReport(folder, len(there), 0)
        view = case_view(case, connection, rules)
    files: dict[str, str] = {}
    written = 0
    for name, data in chain(pages(view), [(SOURCE, f"{source}\n".encode())]):
        files[name] = hashlib.sha256(data).hexdigest()
        written += _replace(folder / PurePosixPath(name), data)
        progress(len(files), None)
    if last is None or last["digest"] != digest(files):
        with writer.transaction() as t:
            t.publication(FORM, files)
    for stale in _others(folder, files, None if own else earlier):
        stale.unlink()
    _replace(folder / MANIFEST, canonical(files))
    return RecordReport(folder, len(files), written)


def _source(root: str, rules: str) -> str:
    """What the pages follow from: all that the log vouches for, the rule set, and the program that writes them."""
    program = hashlib.sha256()
    room = Path(__file__).parent
    for path in sorted(p for p in room.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        program.update(path.read_bytes())
    return digest({"root": root, "rules": rules, "version": __version__, "program": program.hexdigest()})


def _current(folder: Path, source: str, last: Mapping[str, Any] | None) -> dict[str, str] | None:
    """The pages there are, if they follow from this very source and every one of them is as it was written."""
    files = _earlier(folder)
    if files is None:
        return None
    try:
        intact = all(
            hashlib.sha256((folder / PurePosixPath(name)).read_bytes()).hexdigest() == expected
            for name, expected in files.items()
        )
    except (OSError, ValueError):
        return None  # Missing or damaged: written anew.
    vouched = last is not None and last["digest"] == digest(files)
    same = files.get(SOURCE) == hashlib.sha256(f"{source}\n".encode()).hexdigest()
    return files if intact and vouched and same else None


def _replace(path: Path, data: bytes) -> bool:
    """Write a file whole, by renaming, if it does not hold these bytes already."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    os.replace(temporary, path)
    return True


def _others(folder: Path, files: Mapping[str, str], earlier: Mapping[str, str] | None) -> Iterator[Path]:
    """Pages that this record does not have: any in the case's own folder, elsewhere only those we wrote earlier."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in {*files, MANIFEST} and (earlier is None or name in earlier):
            yield path


def _earlier(folder: Path) -> dict[str, str] | None:
    """The manifest of the record in the folder, `None` where there is none that can be read."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else None


def case_view(case: Case, connection: Connection, rules: RuleSetName) -> CaseView:
    """All that the pages show, at the last checkpoint that changed anything but pages."""
    judged, standing = reads.judged_claims(connection)
    records = reads.incident_records(connection, rules.name)
    point = reads.material_point(connection)
    linked = _incidents_of({r.incident.id: r.incident.claims for r in records})
    claims = _claim_views(connection, judged, linked)
    by_document: dict[str, list[str]] = {}
    for id_, claim in judged.items():
        by_document.setdefault(claim.source.document, []).append(id_)
    return CaseView(
        name=case.name,
        rules=rules.name,
        log_size=point.size,
        root=point.root,
        checkpoint_at=point.at,
        incidents=records,
        claims=claims,
        documents=tuple(_document_views(connection, by_document)),
        unlinked=tuple(i for i, c in judged.items() if i not in linked and c.claim.count is not None),
        problems=_problems(standing),
        rules_summary=rules.about,
        version=__version__,
    )


def _incidents_of(claims: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for incident, ids in claims.items():
        for id_ in ids:
            found[id_] = (*found.get(id_, ()), incident)
    return found


def _claim_views(
    connection: Connection, judged: Mapping[str, JudgedClaim], linked: Mapping[str, tuple[str, ...]]
) -> dict[str, ClaimView]:
    origins = reads.origins(connection)
    decided: dict[str, Judgement] = {r.id: r.judgement for r in reads.judgements(connection)}
    return {
        id_: ClaimView(claim, origins.get(id_), linked.get(id_, ()), decided.get(claim.judgement or ""))
        for id_, claim in judged.items()
    }


def _document_views(connection: Connection, claims: Mapping[str, list[str]]) -> Iterator[DocumentView]:
    extractions = reads.current_extractions(connection)
    for document in reads.documents(connection):
        run = extractions.get(document.id)
        why = "" if run else f"no language pack for {document.metadata.language or 'an unknown language'}"
        yield DocumentView(document, tuple(claims.get(document.id, ())), run.extractor if run else None, why)


def _problems(standing: Standing) -> tuple[Problem, ...]:
    """Judgements whose claim is no longer read, which wait for a person."""
    return tuple(
        Problem(
            f"judgement {row.id[:12]}", f"{row.judgement.decision} by {row.judgement.by}: its claim is no longer read"
        )
        for row in standing.orphans
    )
