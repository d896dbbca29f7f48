"""Takes reports into a case: keeps their bytes, reads their text, notes where and by whom they were handed in."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from sijill.core.clock import timestamp
from sijill.core.document import Metadata, Reading, Sighting
from sijill.core.errors import InputError, UnreadableFile
from sijill.preserve.intake import Source, discover, reports_in
from sijill.preserve.limits import Limits
from sijill.preserve.pool import ReaderPool, ReadJob
from sijill.preserve.reading import bytes_of, label_of
from sijill.preserve.reports import Report, read_report
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.objects import Staged
from sijill.store.writer import Transaction, Writer

COMMIT_DOCUMENTS = 100
COMMIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class AddReport:
    """How many documents are new, how many reports were here already, and what was refused, with reason and remedy."""

    added: int = 0
    repeated: int = 0
    refused: tuple[InputError, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report on its way into the case: its bytes under a temporary name, where it came from, and its reading.

    `reading` is `None` where the case holds the document already.
    """

    staged: Staged
    sighting: Sighting
    reading: Reading | None = None


@dataclass(slots=True)
class _Intake:
    """The state of one run of `add`."""

    writer: Writer
    stated: Metadata
    limits: Limits
    known: frozenset[str]
    seen: set[Sighting]
    refused: list[InputError] = field(default_factory=list)
    repeated: int = 0

    def arrivals(self, paths: Sequence[Path], pool: ReaderPool) -> Iterator[Arrival]:
        """Every report that can be preserved, with its reading, in the order in which it was handed in."""
        for are_reports, sources in groupby(discover(paths), lambda source: source.holds_reports):
            for arrival in self._reports(sources) if are_reports else self._files(sources, pool):
                if arrival.reading is not None or arrival.staged.digest in self.known:
                    yield arrival
                else:
                    self.writer.objects.drop(arrival.staged)

    def _files(self, sources: Iterable[Source], pool: ReaderPool) -> Iterator[Arrival]:
        """Files, read in the worker processes from the bytes that are kept, not from where they came."""
        waiting: deque[Arrival] = deque()
        for job, outcome in pool.read(self._jobs(sources, waiting)):
            while (arrival := waiting.popleft()).staged.path != job.path:
                yield arrival
            if isinstance(outcome, Reading):
                yield replace(arrival, reading=outcome)
            else:
                self.refused.append(outcome)
                yield arrival
        yield from waiting

    def _jobs(self, sources: Iterable[Source], waiting: deque[Arrival]) -> Iterator[ReadJob]:
        for source in sources:
            try:
                data = bytes_of(source.path, name=source.name, limits=self.limits)
                label = label_of(data, name=source.name)
            except UnreadableFile as err:
                self.refused.append(err)
                continue
            arrival = self._arrive(data, Sighting("", label, source.name, "", self.writer.by, stated=self.stated))
            if arrival is not None:
                waiting.append(arrival)
                if arrival.staged.digest not in self.known:
                    secret = self.writer.objects.secret(arrival.staged.digest)
                    yield ReadJob(arrival.staged.path, source.name, secret=secret)

    def _reports(self, sources: Iterable[Source]) -> Iterator[Arrival]:
        """Lines of `.jsonl` files, which are read here: they are JSON within limits, and nothing else."""
        for source in sources:
            for found in reports_in(source, self.limits):
                if isinstance(found, InputError):
                    self.refused.append(found)
                    continue
                arrival = self._report(source, *found)
                if arrival is not None:
                    yield arrival

    def _report(self, source: Source, container: str, report: Report) -> Arrival | None:
        sighting = Sighting("", report.label, source.name, "", self.writer.by, container, report.line, self.stated)
        arrival = self._arrive(report.data, sighting)
        if arrival is None or arrival.staged.digest in self.known:
            return arrival
        try:
            _, reading = read_report(report.data, name=source.name, line=report.line, limits=self.limits)
        except InputError as err:
            self.refused.append(err)
            return arrival
        return replace(arrival, reading=reading)

    def _arrive(self, data: bytes, sighting: Sighting) -> Arrival | None:
        """Stage the bytes, unless this very sighting of them is recorded."""
        digest = hashlib.sha256(data).hexdigest()
        # A file handed in again says nothing new, whoever does it and whenever.
        same = replace(sighting, document=digest, by="")
        if same in self.seen:
            self.repeated += 1
            return None
        self.seen.add(same)
        staged = self.writer.objects.stage_bytes(data)
        return Arrival(staged, replace(sighting, document=digest, at=timestamp(self.writer.clock)))


def add(
    case: Case,
    writer: Writer,
    paths: Sequence[Path],
    *,
    stated: Metadata,
    limits: Limits,
    workers: int,
    progress: Callable[[int, int | None], None] = lambda done, of: None,
) -> AddReport:
    """Preserve the reports in files and folders; what is refused is in the report, and the rest goes on.

    Documents are committed a few hundred at a time; `progress` hears only of what is committed.
    """
    if not paths:
        return AddReport()
    with case.connect() as connection:
        known = frozenset(reads.document_ids(connection))
        seen = {replace(s, at="", by="") for found in reads.sightings(connection).values() for s in found}
    intake = _Intake(writer, stated, limits, known, seen)
    added = done = 0
    with ReaderPool(workers=workers, limits=limits) as pool:
        for batch in _batches(intake.arrivals(paths, pool)):
            with writer.transaction() as t:
                added += sum(_keep(writer, t, arrival) for arrival in batch)
            done += len(batch)
            progress(done, None)
    return AddReport(added, done - added + intake.repeated, tuple(intake.refused))


def _keep(writer: Writer, t: Transaction, arrival: Arrival) -> bool:
    if arrival.reading is None:
        writer.objects.drop(arrival.staged)
        t.sighting(arrival.sighting)
        return False
    return t.document(arrival.staged, arrival.reading, arrival.sighting)


def _batches(arrivals: Iterator[Arrival]) -> Iterator[list[Arrival]]:
    """As many as are worth one commit, or as come within a few seconds."""
    batch: list[Arrival] = []
    started = time.monotonic()
    for arrival in arrivals:
        batch.append(arrival)
        if len(batch) >= COMMIT_DOCUMENTS or time.monotonic() - started > COMMIT_SECONDS:
            yield batch
            batch, started = [], time.monotonic()
    if batch:
        yield batch


def readings(paths: Sequence[Path], *, limits: Limits, workers: int) -> Iterator[tuple[str, Reading | InputError]]:
    """Label and reading of each report in files and folders, or what is wrong with it, without a case."""
    with ReaderPool(workers=workers, limits=limits) as pool:
        for are_reports, sources in groupby(discover(paths), lambda source: source.holds_reports):
            if are_reports:
                for source in sources:
                    yield from _report_readings(source, limits)
                continue
            for job, outcome in pool.read(ReadJob(s.path, s.name) for s in sources):
                yield _label(job, limits) if isinstance(outcome, Reading) else job.name, outcome


def _label(job: ReadJob, limits: Limits) -> str:
    return label_of(bytes_of(job.path, name=job.name, limits=limits), name=job.name)


def _report_readings(source: Source, limits: Limits) -> Iterator[tuple[str, Reading | InputError]]:
    for found in reports_in(source, limits):
        if isinstance(found, InputError):
            yield source.name, found
            continue
        _, report = found
        try:
            yield read_report(report.data, name=source.name, line=report.line, limits=limits)
        except InputError as err:
            yield report.label, err


def add_gazetteer(case: Case, writer: Writer, path: Path) -> bool:
    """Keep a file of places with the case; False where the case has it. Raises UnreadableFile."""
    staged = writer.objects.stage_bytes(bytes_of(path, name=path.name))
    with writer.transaction() as t:
        return t.gazetteer(staged, path.name)
