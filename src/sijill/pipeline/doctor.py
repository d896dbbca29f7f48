"""What is missing on this machine, and what needs a look in a case; each with what to do about it."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from sijill.core.clock import Clock, system_clock
from sijill.core.document import Note
from sijill.core.errors import CaseDamaged, CaseTooNew, CaseUnreachable
from sijill.pipeline.condition import OK, WARNING, WRONG, Check, condition
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.vault import NOTHING, Unlock

__all__ = ["Check", "case_checks", "machine"]

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
class Extra:
    """Optional packages: the name of the extra, modules that it installs, and what works with them alone."""

    name: str
    modules: tuple[str, ...]
    use: str


EXTRAS = (
    Extra("web", ("fastapi",), "the workbench"),
    Extra("ocr", ("PIL",), "images and scanned pages"),
    Extra("team", ("psycopg", "boto3"), "rows on a PostgreSQL server, preserved files in a bucket"),
    Extra("names", ("splink", "duckdb"), "lists of names"),
    Extra("estimate", ("numba", "scipy"), "estimates"),
    Extra("scale", ("pyspark",), "reports by the million"),
    Extra("charts", ("altair",), "charts"),
    Extra("ots", ("opentimestamps",), "proofs of OpenTimestamps"),
)


@dataclass(frozen=True, slots=True)
class Program:
    """Another program: under which names it is found, what works with it alone, and how it is had on Debian."""

    names: tuple[str, ...]
    use: str
    package: str


PROGRAMS = (
    Program(("tesseract",), "images and scanned pages", "tesseract-ocr tesseract-ocr-script-arab"),
    Program(("chromium", "chromium-browser", "google-chrome"), "tests of pages in a browser", "chromium"),
    Program(("openssl",), "stamps that only it can read", "openssl"),
)


def machine() -> Iterator[Check]:
    """Python, the libraries that matter to numbers, and the optional parts that are not there."""
    yield Check("python", OK, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in LIBRARIES:
        try:
            yield Check(name, OK, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Check(name, WRONG, "missing", "reinstall Sijill")
    for extra in EXTRAS:
        absent = [name for name in extra.modules if util.find_spec(name) is None]
        if absent:
            lacking = f"not installed ({', '.join(absent)}): needed for {extra.use}"
            yield Check(f"extra {extra.name}", WARNING, lacking, f"pip install 'sijill[{extra.name}]'")
        else:
            yield Check(f"extra {extra.name}", OK, "installed")
    for program in PROGRAMS:
        if any(shutil.which(name) for name in program.names):
            yield Check(program.names[0], OK, "installed")
        else:
            what = f"not installed: needed for {program.use}"
            yield Check(program.names[0], WARNING, what, f"on Debian: apt-get install {program.package}")
    yield Check("time zone", OK, "times are stored in UTC")
    yield Check("sqlite of python", OK, f"{sqlite3.sqlite_version} (not used: cases are opened with sqlcipher3)")


def case_checks(folder: Path, *, brought: Unlock = NOTHING, clock: Clock = system_clock) -> Iterator[Check]:
    """What in a case is not as it should be, and what asks for a person; raises NotACase, CaseSealed, InputError.

    A quick look: whether every byte is as it was, `verify` says.
    """
    try:
        case = Case.open(folder, brought=brought)
    except (CaseDamaged, CaseTooNew, CaseUnreachable) as err:
        yield Check("case", WRONG, err.message, err.hint)
        return
    try:
        yield from condition(case, clock())
        yield from _contents(case)
    finally:
        case.close()


def _contents(case: Case) -> Iterator[Check]:
    """Severe notes, languages nobody can read, orphaned judgements."""
    with case.connect() as connection:
        counts = reads.counts(connection)
        yield Check("case", OK, ", ".join(f"{n} {name}" for name, n in counts.items()))
        extractions = reads.current_extractions(connection)
        for document in reads.documents(connection):
            for note in document.reading.notes:
                if note.severe:
                    yield Check(f"document {document.label}", WARNING, _say(note), "look at it beside its source")
            if document.id not in extractions:
                language = document.metadata.language or "an unknown language"
                what = f"not read for claims: no language pack for {language}"
                yield Check(f"document {document.label}", WARNING, what, "read it yourself; see `sijill text`")
        _, standing = reads.judged_claims(connection)
        for row in standing.orphans:
            what = "its claim is no longer read"
            yield Check(f"judgement {row.id[:12]}", WARNING, what, "judge again, or undo it")


def _say(note: Note) -> str:
    return f"{note.code}: {note.text}"
