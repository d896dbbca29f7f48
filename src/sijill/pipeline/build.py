"""The main job: preserve, extract, link, reconcile, and a record to read, in one command."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sijill.core.clock import Clock, system_clock
from sijill.core.document import NOTHING_STATED, Metadata
from sijill.extract.run import ExtractReport, extract
from sijill.link.run import LinkReport, link
from sijill.pipeline.containment import places_of
from sijill.pipeline.mentioning import mention
from sijill.pipeline.rulesets import choose, chosen, ruling
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.run import AddReport, add, add_gazetteer
from sijill.publish.run import RecordReport, write_working_record
from sijill.reconcile.run import ReconcileReport, reconcile
from sijill.store.case import Case
from sijill.store.config import FILE
from sijill.store.vault import NOTHING, Unlock
from sijill.store.writer import Writer

__all__ = ["BuildReport", "Derived", "Plan", "build", "derive", "open_or_create"]

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Derived:
    """What the stages that only derive have done."""

    link: LinkReport
    reconcile: ReconcileReport
    record: RecordReport | None


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What each stage of a build has done; what was refused stands in `add.refused`."""

    add: AddReport
    extract: ExtractReport
    derived: Derived


def silent(stage: str, done: int, of: int | None) -> None:
    """A progress that says nothing."""


def open_or_create(
    folder: Path, *, name: str = "", by: str, clock: Clock = system_clock, brought: Unlock = NOTHING
) -> Case:
    """The case in the folder, made first, and plain, where the folder is not there or empty.

    Its rows then lie on the server that was brought, if one was.
    """
    if (folder / FILE).exists() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        return Case.open(folder, brought=brought)
    return Case.create(folder, name=name, by=by, clock=clock, server=brought.database)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build takes beside the reports.

    `stated` is what a person says of the reports, `gazetteers` are files of places to add first, `rules` is the rule
    set of the record's figures, `record` where the pages go (`None`: into the case, and nowhere if it is encrypted),
    `workers` how many processes read files, 0 for one a core.
    """

    stated: Metadata = NOTHING_STATED
    gazetteers: tuple[Path, ...] = ()
    rules: str | None = None
    record: Path | None = None
    limits: Limits = DEFAULT_LIMITS
    workers: int = 0


DEFAULT_PLAN = Plan()


def build(
    case: Case,
    paths: Sequence[Path],
    plan: Plan = DEFAULT_PLAN,
    *,
    by: str,
    clock: Clock = system_clock,
    progress: Progress = silent,
) -> BuildReport:
    """Add the reports, read what is new or changed, link, reconcile, and write the working record.

    Run again, it does only what is new or changed. Raises UnknownId for no rule set, CaseLocked while another writes
    and CaseDamaged where the log does not verify, all before anything is written; a bad file is in the report, and the
    rest goes on.
    """
    ruled = ruling(plan.rules) if plan.rules else None
    workers = plan.workers or os.cpu_count() or 1
    with case.writer(by=by, clock=clock) as writer:
        for path in plan.gazetteers:
            add_gazetteer(case, writer, path)
        preserved = _stage(progress, "preserve")
        added = add(case, writer, paths, stated=plan.stated, limits=plan.limits, workers=workers, progress=preserved)
        extracted = extract(case, writer, workers=workers, progress=_stage(progress, "read claims"))
        if ruled is not None:
            choose(case, writer, ruled)
        return BuildReport(added, extracted, derive(case, writer, record=plan.record, progress=progress))


def derive(
    case: Case,
    writer: Writer,
    *,
    record: Path | None = None,
    progress: Progress = silent,
) -> Derived:
    """Link, reconcile and write the record again from what is stored: after a judgement, for instance.

    The figures are those of the rule set that people chose for the record.

    The record of an encrypted case is written only where a person says, as it is readable by anybody.
    """
    with writer.turn():
        mention(case, writer)
        linked = link(case, writer, progress=_stage(progress, "link"))
        with case.connect() as connection:
            rules, places = chosen(connection).rules, places_of(case, connection)
        reconciled = reconcile(case, writer, rules, places, progress=_stage(progress, "reconcile"))
        folder = record or (None if case.access.keys else case.access.layout.record)
        recorded = (
            write_working_record(case, writer, rules, folder, progress=_stage(progress, "record")) if folder else None
        )
    return Derived(linked, reconciled, recorded)


def _stage(progress: Progress, name: str) -> Callable[[int, int | None], None]:
    return lambda done, of: progress(name, done, of)
