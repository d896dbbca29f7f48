"""Reading kept documents again with newer readers, and asking a picture what it says of itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from sijill.core.clock import Clock, system_clock
from sijill.extract.run import ExtractReport, extract
from sijill.pipeline.build import Derived, Progress, derive, silent
from sijill.pipeline.listing import document_of
from sijill.preserve.imagefields import fields_of
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.run import RereadReport, outdated, reread
from sijill.store import reads
from sijill.store.case import Case

__all__ = ["RereadingReport", "outdated_documents", "picture_fields", "reread_documents"]


@dataclass(frozen=True, slots=True)
class RereadingReport:
    """What was read again, and what followed from it; `None` where nothing was."""

    reread: RereadReport
    extract: ExtractReport | None = None
    derived: Derived | None = None


def outdated_documents(case: Case, names: Sequence[str] = ()) -> tuple[str, ...]:
    """The documents that a newer reader is here for, of all or of those named; raises UnknownId."""
    return outdated(case, _ids(case, names))


def reread_documents(
    case: Case,
    names: Sequence[str] = (),
    *,
    every: bool = False,
    by: str,
    clock: Clock = system_clock,
    limits: Limits = DEFAULT_LIMITS,
    workers: int = 0,
    progress: Progress = silent,
) -> RereadingReport:
    """Read outdated documents again, of all or of those named, or `every` one of these; then claims, links, figures.

    Nothing is overwritten: each gets a further text version. Claims stay with the one they were read in; judgements on
    them carry over to the claims of the new text where their words stand in it, and wait for a person where they do
    not. Raises UnknownId.
    """
    only = _ids(case, names)
    documents = tuple(sorted(only)) if every and only is not None else _all(case) if every else outdated(case, only)
    if not documents:
        return RereadingReport(RereadReport())
    count = workers or os.cpu_count() or 1
    with case.writer(by=by, clock=clock) as writer:
        done = reread(
            case,
            writer,
            documents,
            limits=limits,
            workers=count,
            progress=lambda n, of: progress("read again", n, of),
        )
        if not done.reread:
            return RereadingReport(done)
        extracted = extract(case, writer, workers=count, progress=lambda n, of: progress("read claims", n, of))
        return RereadingReport(done, extracted, derive(case, writer, progress=progress))


def picture_fields(case: Case, name: str, *, limits: Limits = DEFAULT_LIMITS) -> tuple[tuple[str, str, str], ...]:
    """Sort, name and value of all that a kept picture says of itself; kept nowhere else. Raises UnknownId.

    Raises CaseDamaged where its bytes are, UnreadableFile for a document that is no picture.
    """
    with case.connect() as connection:
        id_ = document_of(connection, name)
    return fields_of(case.objects.read(id_), name=name, limits=limits)


def _ids(case: Case, names: Sequence[str]) -> frozenset[str] | None:
    if not names:
        return None
    with case.connect() as connection:
        return frozenset(document_of(connection, name) for name in names)


def _all(case: Case) -> tuple[str, ...]:
    with case.connect() as connection:
        return reads.document_ids(connection)
