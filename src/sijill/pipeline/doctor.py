"""What is missing on this machine, and what needs a look in this case."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, util

from sijill.core.document import Note
from sijill.store import reads
from sijill.store.case import Case

# What each extra brings, by a module that it installs.
EXTRAS = {
    "web": "fastapi",
    "ocr": "pytesseract",
    "team": "psycopg",
    "names": "splink",
    "estimate": "numba",
    "scale": "pyspark",
    "charts": "altair",
    "ots": "opentimestamps",
}
LIBRARIES = (
    "sqlalchemy",
    "alembic",
    "sqlcipher3",
    "cryptography",
    "rfc3161-client",
    "trafilatura",
    "pypdfium2",
    "pypdf",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `ok`, `note` or `wrong`, and what to do where it is not ok."""

    subject: str
    state: str
    detail: str


def machine() -> Iterator[Check]:
    """Python, the libraries that matter to numbers, and the extras that are not installed."""
    yield Check("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in LIBRARIES:
        try:
            yield Check(name, "ok", metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Check(name, "wrong", "missing: reinstall Sijill")
    for extra, module in EXTRAS.items():
        if util.find_spec(module) is None:
            yield Check(f"extra {extra}", "note", f"not installed: pip install 'sijill[{extra}]'")
        else:
            yield Check(f"extra {extra}", "ok", "installed")
    if shutil.which("openssl") is None:
        yield Check("openssl", "note", "not installed: stamps that only it can read stay unread")
    yield Check("time zone", "ok", "times are stored in UTC")
    yield Check("sqlite of python", "ok", f"{sqlite3.sqlite_version} (not used: cases are opened with sqlcipher3)")


def case_checks(case: Case) -> Iterator[Check]:
    """What in a case asks for a person: severe notes, languages nobody can read, orphaned judgements."""
    folder = case.folder
    with case.connect() as connection:
        counts = reads.counts(connection)
        yield Check("case", "ok", ", ".join(f"{n} {name}" for name, n in counts.items()))
        mode = folder.stat().st_mode & 0o077
        if mode:
            yield Check("permissions", "wrong", f"others on this machine can enter the folder: chmod 700 {folder}")
        extractions = reads.current_extractions(connection)
        for document in reads.documents(connection):
            for note in document.reading.notes:
                if note.severe:
                    yield Check(f"document {document.label}", "note", _say(note))
            if document.id not in extractions:
                language = document.metadata.language or "an unknown language"
                yield Check(
                    f"document {document.label}", "note", f"not read for claims: no language pack for {language}"
                )
        _, standing = reads.judged_claims(connection)
        for row in standing.orphans:
            yield Check(f"judgement {row.id[:12]}", "note", "its claim is no longer read: judge again, or undo it")
    case.close()


def _say(note: Note) -> str:
    return f"{note.code}: {note.text}"
