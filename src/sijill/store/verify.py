"""Recompute everything that the log vouches for, and say which entry, row or object is wrong.

Nothing here trusts a column: objects are hashed, rows are rebuilt into records whose digest must be their id, every
row must be vouched for by an entry and every entry's rows must be there, the tree's root must be the one that each
signed checkpoint states. What is derived may be wrong until it is rebuilt; that is said, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, select

from sijill.core.canonical import digest
from sijill.core.errors import CaseDamaged, CaseTooNew, NotAnswered
from sijill.store import database, reads, schema
from sijill.store.access import Access, access_to
from sijill.store.address import FILE as ADDRESS
from sijill.store.built import is_as_marked
from sijill.store.case import case_entry
from sijill.store.config import FILE, FORMAT, CaseConfig
from sijill.store.continuation import check_since
from sijill.store.findings import MALFORMED, Finding, Report
from sijill.store.folders import RECORD
from sijill.store.keys import load_signer
from sijill.store.objects import Objects
from sijill.store.room import full_disk_told
from sijill.store.rowchecks import check_rows
from sijill.store.stamps import Roots, check_stamps
from sijill.store.vault import FILE as VAULT
from sijill.store.vault import NOTHING, PREPARED, Unlock, digest_of, is_encrypted, parsed, rendered
from sijill.store.vouched import Vouched, check_log

__all__ = ["Finding", "Report", "verify"]

MANIFEST = "manifest.json"
REBUILD = "`sijill build CASE` rebuilds it"


def verify(
    folder: Path,
    *,
    brought: Unlock = NOTHING,
    since: Sequence[str] = (),
    roots: Roots | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Check a whole case; raises NotACase where there is none, CaseTooNew for one of a newer format, CaseSealed.

    `since` are checkpoints that were kept elsewhere, which the log must go on from; with `roots`, every stamp must lead
    to one of them. Raises InvalidRecord for a kept checkpoint that is none. `progress` hears of each object that was
    hashed.
    """
    report, vouched = Report(), Vouched()
    config, problem = _config(folder)
    try:
        access = access_to(folder, brought)
    except CaseDamaged as err:
        report.add("case", VAULT if is_encrypted(folder) else ADDRESS, err.message)
        return report
    if access.home.exists():
        stated = case_entry(config) if config else {}
        _check_database(access, vouched, stated, report, Outside(tuple(since), roots))
    else:
        report.add("case", access.home.label, "missing")
    _check_config(folder, config, problem, vouched, report)
    _check_vault(folder, vouched, report)
    if vouched.case:
        _check_key(access, str(vouched.case.get("verifier")), report)
    check_objects(access.objects(), vouched, report, progress)
    if access.keys is None:
        _check_pages(access.layout.record, vouched, report)
    return report


def _check_vault(folder: Path, vouched: Vouched, report: Report) -> None:
    """Who can open the case, as the log has it."""
    path = folder / VAULT
    if vouched.vault and not path.is_file():
        report.add("case", VAULT, "missing")
    elif path.is_file() and vouched.vault != digest_of(path.read_bytes()) and not _adding(folder, vouched.vault):
        report.add("case", VAULT, "it is not what the log vouches for")


def _adding(folder: Path, vouched: str) -> bool:
    """Whether a run was killed as it added a custodian: the next writer puts in place what the log vouches for.

    Until then `vault.json` must be what it was: all but the last slot of what lies prepared.
    """
    try:
        prepared = parsed((folder / PREPARED).read_bytes())
    except (OSError, *MALFORMED):
        return False
    before = replace(prepared, slots=prepared.slots[:-1])
    return digest_of(rendered(prepared)) == vouched and rendered(before) == (folder / VAULT).read_bytes()


def _check_key(access: Access, verifier: str, report: Report) -> None:
    """The signing key, where it is there: it may be kept elsewhere."""
    if access.layout.key.exists():
        try:
            load_signer(access.layout.key, verifier.partition("+")[0], verifier, access.keys)
        except CaseDamaged as err:
            report.add("case", f"keys/{access.layout.key.name}", err.message)


def _config(folder: Path) -> tuple[CaseConfig | None, CaseDamaged | CaseTooNew | None]:
    try:
        return CaseConfig.read(folder), None
    except (CaseDamaged, CaseTooNew) as err:
        return None, err


def _check_config(
    folder: Path,
    config: CaseConfig | None,
    problem: CaseDamaged | CaseTooNew | None,
    vouched: Vouched,
    report: Report,
) -> None:
    """`case.toml` against the log's first entry, which also tells a newer format from a changed number."""
    if isinstance(problem, CaseTooNew) and vouched.case.get("format") != FORMAT:
        raise problem
    if config is None:
        report.add("case", FILE, problem.message if problem else "unreadable")
    elif vouched.case and case_entry(config) != vouched.case:
        report.add("case", FILE, "it is not what the log's first entry says")
    elif config.rendered() != (folder / FILE).read_bytes():
        report.add("case", FILE, "it is not written as it was")


@dataclass(frozen=True, slots=True)
class Outside:
    """What the user brings from elsewhere: kept checkpoints, and roots of time-stamp authorities."""

    since: tuple[str, ...] = ()
    roots: Roots | None = None


NOTHING_ELSE = Outside()


def check_tables(
    connection: Connection,
    vouched: Vouched,
    stated: Mapping[str, Any],
    report: Report,
    outside: Outside = NOTHING_ELSE,
) -> None:
    """Everything in the tables of a case: log, rows, stamps, what was kept elsewhere, what is derived.

    `stated` is what `case.toml` says of the case, `vouched` takes up what the log says must be there.
    """
    verifier = check_log(connection, vouched, stated, report)
    check_rows(connection, vouched, report)
    _check_stamps(connection, outside.roots, report)
    if verifier is not None:
        for finding in check_since(connection, verifier, outside.since):
            report.add(finding.kind, finding.where, finding.what)
    _check_derived(connection, report)


def _check_database(
    access: Access, vouched: Vouched, stated: Mapping[str, Any], report: Report, outside: Outside
) -> None:
    home = access.home
    engine = home.connect(write=False, lenient=True)
    try:
        # A full disk, on which SQLite cannot so much as read, is no malformed database.
        with full_disk_told(access.layout.folder), engine.connect() as connection, connection.begin():
            for flaw in home.flaws(connection):
                report.add("case", home.label, flaw)
            check_tables(connection, vouched, stated, report, outside)
    except database.UNREADABLE as err:
        report.add("case", home.label, f"the database is malformed: {getattr(err, 'orig', err)}")
    finally:
        engine.dispose()


def check_objects(objects: Objects, vouched: Vouched, report: Report, progress: Callable[[int], None]) -> None:
    """Every object that the log vouches for must be there, and be what its name says."""
    claimed, shelf = set[str](), objects.shelf  # Reached now: one that cannot be is no damage.
    for id_ in sorted(vouched.sizes):
        where = f"object {id_[:16]}"
        try:
            claimed.add(objects.name(id_))
            found = objects.fixity(id_)
        except NotAnswered:  # A lost connection says nothing of what lies there.
            raise
        except (OSError, *MALFORMED) as err:
            report.add("object", where, f"unreadable: {type(err).__name__}")
            continue
        report.objects += 1
        progress(report.objects)
        if found is None:
            report.add("object", where, "missing")
        elif found != id_:
            report.add("object", where, f"its bytes changed: they are now {found[:16]}…")
    report.unclaimed = sum(1 for name in shelf.names() if name not in claimed)


def _check_stamps(connection: Connection, roots: Roots | None, report: Report) -> None:
    if not inspect(connection).has_table(schema.stamp.name):  # Of a case that an earlier version wrote.
        return
    kept = reads.stamps(connection)
    found = {k.id for k in kept}
    for id_ in connection.execute(select(schema.stamp.c.id)).scalars():
        if id_ not in found:
            report.add("stamp", f"stamp {str(id_)[:16]}", "the checkpoint that it is over is missing")
    for finding in check_stamps(kept, roots):
        report.add(finding.kind, finding.where, finding.what)


def _check_derived(connection: Connection, report: Report) -> None:
    there = inspect(connection)  # A case that an earlier version wrote lacks what came later.
    tables = {t.name: t for t in schema.DERIVED if t is not schema.built and there.has_table(t.name)}
    for mark in connection.execute(select(schema.built)):
        if mark.name not in tables:
            report.add("derived", f"table {mark.name}", f"unknown; {REBUILD}")
            continue
        if not is_as_marked(connection, tables.pop(mark.name), mark):
            report.add("derived", f"table {mark.name}", f"changed since it was built; {REBUILD}")
    for name, table in tables.items():
        if connection.execute(select(table).limit(1)).first() is not None:
            report.add("derived", f"table {name}", f"not marked as built; {REBUILD}")


def _check_pages(folder: Path, vouched: Vouched, report: Report) -> None:
    """The pages of the working record against their manifest, and the manifest against the log."""
    body = vouched.publications.get("working-record")
    if body is None:
        return
    try:
        files = json.loads((folder / MANIFEST).read_bytes())
        if digest(files) != body["digest"]:
            raise ValueError("not the manifest that the log vouches for")
    except (OSError, *MALFORMED):
        report.add("derived", f"{RECORD}/{MANIFEST}", f"changed or missing; {REBUILD}")
        return
    for name in _changed_pages(folder, files):
        report.add("derived", f"{RECORD}/{name}", f"changed or missing; {REBUILD}")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and name not in files and name != MANIFEST:
            report.add("derived", f"{RECORD}/{name}", f"no page of the record; {REBUILD}")


def _changed_pages(folder: Path, files: dict[str, Any]) -> Iterator[str]:
    for name, expected in sorted(files.items()):
        path = folder / name
        # A name that leads out of the folder is none that we wrote, and what lies there is not looked at.
        outside = not path.resolve().is_relative_to(folder.resolve())
        if outside or not path.is_file() or sha256(path.read_bytes()).hexdigest() != expected:
            yield name
