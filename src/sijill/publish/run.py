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

from sqlalchemy import Connection, select

from sijill.core.canonical import canonical, digest
from sijill.core.errors import InputError
from sijill.core.judgement import Judgement
from sijill.core.log import EntryKind
from sijill.core.state import JudgedClaim
from sijill.core.version import __version__
from sijill.publish.view import CaseView, ClaimView, DocumentView, Problem, VersionView
from sijill.publish.working import pages
from sijill.store import reads, schema
from sijill.store.case import Case
from sijill.store.folders import make_folder, share_file
from sijill.store.state import Standing
from sijill.store.writer import Writer

FORM = "working-record"
# A record that lies where a person put it: `verify` looks only after the one in the case.
FORM_ELSEWHERE = "working-record-elsewhere"
MANIFEST = "manifest.json"
SOURCE = "source.txt"
MOST_MANIFEST_BYTES = 256_000_000


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
    and never half a one; the next run mends the rest, unless it was the first into a folder outside the case. Raises
    InputError for a folder that holds something else.
    """
    own = folder == case.access.layout.record
    form = FORM if own else FORM_ELSEWHERE
    _require_place(case, folder, own=own)
    with case.connect() as connection:
        earlier = _earlier(folder, connection, form)
        if earlier is None and not own and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError(
                f"{folder} holds something else than a record of this case",
                hint="name a folder that is not there yet, or is empty",
            )
        source = _source(reads.material_point(connection).root, rules.name)
        last = reads.last_publication(connection, form)
        if earlier is not None and _current(folder, earlier, source, last):
            return RecordReport(folder, len(earlier), 0)
        view = case_view(case, connection, rules)
    files: dict[str, str] = {}
    written = 0
    make_folder(folder)
    for name, data in chain(pages(view), [(SOURCE, f"{source}\n".encode())]):
        files[name] = hashlib.sha256(data).hexdigest()
        written += _replace(folder, name, data)
        progress(len(files), None)
    if last is None or last["digest"] != digest(files):
        with writer.transaction() as t:
            t.publication(form, files)
    for stale in _others(folder, files, None if own else earlier or {}):
        stale.unlink()
    _replace(folder, MANIFEST, canonical(files))
    return RecordReport(folder, len(files), written)


def _source(root: str, rules: str) -> str:
    """What the pages follow from: all that the log vouches for, the rule set, and the program that writes them."""
    program = hashlib.sha256()
    room = Path(__file__).parent
    makers = (p for p in room.rglob("*") if p.is_file() and p.suffix != ".pyc" and "verifier" not in p.parts)
    for path in sorted(makers):
        program.update(path.read_bytes())
    return digest({"root": root, "rules": rules, "version": __version__, "program": program.hexdigest()})


def _require_place(case: Case, folder: Path, *, own: bool) -> None:
    """Raise InputError for a folder that no record may be written to.

    A thief of an encrypted case must not get its record too, and a case that was made by somebody else may have its
    record lead to files that are not ours.
    """
    if case.access.keys is not None and folder.resolve().is_relative_to(case.folder.resolve()):
        raise InputError(
            f"{folder} lies in the folder of an encrypted case: whoever takes that would read the record",
            hint="name a folder elsewhere",
        )
    if own and folder.is_symlink():
        raise InputError(f"{folder} is a link to another folder", hint="remove it, or name the folder with --record")


def _current(folder: Path, files: Mapping[str, str], source: str, last: Mapping[str, Any] | None) -> bool:
    """Whether the pages there are follow from this very source, and every one of them is as it was written."""
    if last is None or last["digest"] != digest(dict(files)):
        return False
    if files.get(SOURCE) != hashlib.sha256(f"{source}\n".encode()).hexdigest():
        return False
    return all(_as_written(folder / PurePosixPath(name), expected) for name, expected in files.items())


def _as_written(path: Path, expected: str) -> bool:
    return not path.is_symlink() and path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == expected


def _replace(folder: Path, name: str, data: bytes) -> bool:
    """Write a page whole, by renaming, if it does not hold these bytes already.

    Raises InputError where a link would lead it out of the folder.
    """
    path = folder / PurePosixPath(name)
    for above in PurePosixPath(name).parents:
        if above.name and (folder / above).is_symlink():
            raise InputError(f"{folder / above} is a link: its pages would go elsewhere", hint="remove it")
    if _as_written(path, hashlib.sha256(data).hexdigest()):
        return False
    make_folder(path.parent)
    temporary = _temporary(path)
    temporary.unlink(missing_ok=True)
    # Made anew, never opened: what lies there by that name may be a link.
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
        f.write(data)
    share_file(temporary, 0o600)
    os.replace(temporary, path)
    return True


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _others(folder: Path, files: Mapping[str, str], earlier: Mapping[str, str] | None) -> Iterator[Path]:
    """Files that this record does not have, to be removed.

    In the case's own folder (`earlier` is `None`) any; elsewhere only pages that we wrote earlier and nobody has
    changed since, and what a killed run left of them.
    """
    kept = {*files, MANIFEST}
    if earlier is not None:
        for name in sorted(earlier.keys() - kept):
            if _as_written(path := folder / PurePosixPath(name), earlier[name]):
                yield path
            if (half := _temporary(path)).is_file():
                yield half
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in kept:
            yield path


def _earlier(folder: Path, connection: Connection, form: str) -> dict[str, str] | None:
    """The manifest of the record in the folder; `None` where there is none that the case's log vouches for.

    Other programs write a `manifest.json`, too, and one that was put there could name any file as ours.
    """
    path = folder / MANIFEST
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST_MANIFEST_BYTES:
            return None
        found = json.loads(path.read_bytes())
        return found if isinstance(found, dict) and digest(found) in _published(connection, form) else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _published(connection: Connection, form: str) -> set[str]:
    """The digests of all manifests of this form that the log vouches for."""
    bodies = connection.execute(select(schema.log_entry.c.body)).scalars()
    entries = (json.loads(body) for body in bodies if b'"kind":"publication"' in body)
    return {e["body"]["digest"] for e in entries if e["kind"] == EntryKind.PUBLICATION and e["body"]["form"] == form}


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
        history=_history(connection),
    )


def _history(connection: Connection) -> dict[str, tuple[VersionView, ...]]:
    found: dict[str, list[VersionView]] = {}
    for kept in reads.figure_versions(connection):
        found.setdefault(kept.version.incident, []).append(VersionView(kept.at, kept.version))
    return {incident: tuple(versions) for incident, versions in found.items()}


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
        pack = f"no language pack for {document.metadata.language or 'an unknown language'}"
        why = "" if run else pack if document.reading.text else "there is no text of it"
        yield DocumentView(document, tuple(claims.get(document.id, ())), run.extractor if run else None, why)


def _problems(standing: Standing) -> tuple[Problem, ...]:
    """Judgements whose claim is no longer read, which wait for a person."""
    return tuple(
        Problem(
            f"judgement {row.id[:12]}",
            f"{row.judgement.decision} by {row.judgement.by}: its claim is no longer read; it stands on an earlier "
            "text or extractor",
        )
        for row in standing.orphans
    )
