"""Takes reports into a case: keeps their bytes, reads their text, notes where and by whom they were handed in."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from sijill.core.clock import timestamp
from sijill.core.document import Document, Metadata, Note, Reading, Sighting
from sijill.core.errors import CaseDamaged, InputError, UnreadableFile
from sijill.preserve.containers import Part
from sijill.preserve.currency import OF_CONTAINERS, is_outdated
from sijill.preserve.intake import Holds, Source, discover, label_of_part, parts_in, reports_in
from sijill.preserve.limits import Limits
from sijill.preserve.pool import ReaderPool, ReadJob
from sijill.preserve.reading import bytes_of, label_of
from sijill.preserve.reports import Report, read_report
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.objects import Staged
from sijill.store.seal import sealed
from sijill.store.writer import Transaction, Writer

COMMIT_DOCUMENTS = 100
COMMIT_SECONDS = 5.0
# Of lines of a `.jsonl`, which are read here and not in the pool.
REPORT_MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class AddReport:
    """How many documents are new, how many reports were here already, and what was refused, with reason and remedy.

    `healed` are documents whose kept bytes were damaged or missing, and are whole again.
    """

    added: int = 0
    repeated: int = 0
    refused: tuple[InputError, ...] = ()
    healed: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report on its way into the case: its bytes under a temporary name, where it came from, and its reading.

    `reading` is `None` where the case holds the document already; `notes` are what its container says of it. `heals`:
    the bytes that the case holds are damaged or missing; `again`: this very sighting is recorded.
    """

    staged: Staged
    sighting: Sighting
    reading: Reading | None = None
    notes: tuple[Note, ...] = ()
    heals: bool = False
    again: bool = False


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
    healing: set[str] = field(default_factory=set)

    def arrivals(self, paths: Sequence[Path], pool: ReaderPool) -> Iterator[Arrival]:
        """Every report that can be preserved, with its reading, in the order in which it was handed in."""
        for holds, sources in groupby(discover(paths), lambda source: source.holds):
            for arrival in self._of(holds, sources, pool):
                if arrival.reading is not None or arrival.staged.digest in self.known:
                    yield arrival
                else:
                    self.writer.objects.drop(arrival.staged)

    def _of(self, holds: Holds, sources: Iterable[Source], pool: ReaderPool) -> Iterator[Arrival]:
        match holds:
            case Holds.REPORTS:
                return self._reports(sources)
            case Holds.PARTS:
                return self._read(self._parts(sources), pool)
            case Holds.ONE:
                return self._read(self._files(sources), pool)

    def _read(self, arrivals: Iterable[Arrival], pool: ReaderPool) -> Iterator[Arrival]:
        """Arrivals, read in the worker processes from the bytes that are kept, not from where they came."""
        waiting: deque[Arrival] = deque()
        for job, outcome in pool.read(self._jobs(arrivals, waiting)):
            while (arrival := waiting.popleft()).staged.path != job.path:
                yield arrival
            if isinstance(outcome, Reading):
                yield replace(arrival, reading=replace(outcome, notes=(*outcome.notes, *arrival.notes)))
            else:
                self.refused.append(outcome)
                yield arrival
        yield from waiting

    def _jobs(self, arrivals: Iterable[Arrival], waiting: deque[Arrival]) -> Iterator[ReadJob]:
        for arrival in arrivals:
            waiting.append(arrival)
            if arrival.staged.digest not in self.known:
                secret = self.writer.objects.secret(arrival.staged.digest)
                yield ReadJob(arrival.staged.path, arrival.sighting.name, secret=secret)

    def _files(self, sources: Iterable[Source]) -> Iterator[Arrival]:
        for source in sources:
            try:
                data = bytes_of(source.path, name=source.name, limits=self.limits)
                label = label_of(data, name=source.name)
            except UnreadableFile as err:
                self.refused.append(err)
                continue
            arrival = self._arrive(data, Sighting("", label, source.name, "", self.writer.by, stated=self.stated))
            if arrival is not None:
                yield arrival

    def _parts(self, sources: Iterable[Source]) -> Iterator[Arrival]:
        """Documents in containers, which are unpacked in a process of their own; the container itself is not kept."""
        for source in sources:
            for found in parts_in(source, self.limits):
                if isinstance(found, UnreadableFile):
                    self.refused.append(found)
                    continue
                container, part = found
                stated = replace(self.stated, url=self.stated.url or part.url)
                name, label = f"{source.name}!{part.name}", label_of_part(source, part)
                sighting = Sighting("", label, name, "", self.writer.by, container, part.number, stated)
                arrival = self._arrive(part.data, sighting)
                if arrival is not None:
                    yield replace(arrival, notes=part.notes)

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
        same = _said(replace(sighting, document=digest))
        heals = digest in self.known and digest not in self.healing and not self._is_whole(digest)
        again = same in self.seen
        if again and not heals:
            self.repeated += 1
            return None
        if heals:
            self.healing.add(digest)
        self.seen.add(same)
        staged = self.writer.objects.stage_bytes(data)
        seen = replace(sighting, document=digest, at=timestamp(self.writer.clock))
        return Arrival(staged, seen, heals=heals, again=again)

    def _is_whole(self, digest: str) -> bool:
        try:
            return self.writer.objects.fixity(digest) == digest
        except OSError:
            return False


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
        since = reads.log_size(connection)
        known = frozenset(reads.document_ids(connection))
        seen = {_said(s) for found in reads.sightings(connection).values() for s in found}
    intake = _Intake(writer, stated, limits, known, seen)
    # Of the same reports, handed in elsewhere at the same time, each is kept once.
    elsewhere: set[Sighting] = set()
    added = done = healed = 0
    late: dict[str, list[Note]] = defaultdict(list)
    with ReaderPool(workers=workers, limits=limits) as pool:
        for batch in _batches(intake.arrivals(paths, pool)):
            with writer.transaction() as t:
                elsewhere |= {_said(s) for s in reads.sightings_since(t.connection, since)}
                since = t.began
                for arrival in batch:
                    healed += arrival.heals and t.healed(arrival.staged)
                    if _keep(writer, t, arrival, elsewhere):
                        added += 1
                    elif arrival.notes:
                        late[arrival.staged.digest] += arrival.notes
            intake.seen |= elsewhere
            done += len(batch)
            progress(done, None)
    _note_late(writer, late)
    return AddReport(added, done - added + intake.repeated, tuple(intake.refused), healed)


def _said(sighting: Sighting) -> Sighting:
    """What a sighting says of a file: handed in again it says nothing new, whoever does it and whenever."""
    return replace(sighting, at="", by="")


def _keep(writer: Writer, t: Transaction, arrival: Arrival, elsewhere: Set[Sighting]) -> bool:
    """Keep a document, or only its sighting; whether it is new. What heals was kept or dropped before."""
    if _said(arrival.sighting) in elsewhere:
        if not arrival.heals:
            writer.objects.drop(arrival.staged)
        return False
    if arrival.reading is None:
        if not arrival.heals:
            writer.objects.drop(arrival.staged)
        if not arrival.again:
            t.sighting(arrival.sighting)
        return False
    return t.document(arrival.staged, arrival.reading, arrival.sighting)


def _note_late(writer: Writer, late: Mapping[str, Sequence[Note]]) -> None:
    """What containers say of documents that the case held already: a further reading of the same text, with that."""
    if not late:
        return
    with writer.transaction() as t:
        for i in range(0, len(late), COMMIT_DOCUMENTS):
            some = list(late)[i : i + COMMIT_DOCUMENTS]
            for id_, current in reads.current_readings(t.connection, some).items():
                reading = current.reading
                new = tuple(dict.fromkeys(one for one in late[id_] if one not in reading.notes))
                if new:
                    t.reading(replace(reading, notes=(*reading.notes, *new)))


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
        for holds, sources in groupby(discover(paths), lambda source: source.holds):
            match holds:
                case Holds.REPORTS:
                    for source in sources:
                        yield from _report_readings(source, limits)
                case Holds.PARTS:
                    for source in sources:
                        yield from _part_readings(source, pool, limits)
                case Holds.ONE:
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


def _part_readings(source: Source, pool: ReaderPool, limits: Limits) -> Iterator[tuple[str, Reading | InputError]]:
    """Parts go to the readers through a folder for a while, sealed by a key that is never written down."""
    secret = secrets.token_bytes(32)
    with TemporaryDirectory(prefix="sijill-") as folder:

        def jobs() -> Iterator[ReadJob]:
            for number, found in enumerate(parts_in(source, limits)):
                if isinstance(found, UnreadableFile):
                    refused.append(found)
                    continue
                path = Path(folder) / str(number)
                path.write_bytes(sealed(found[1].data, secret))
                part = replace(found[1], data=b"")
                label = label_of_part(source, found[1])
                yield ReadJob(path, f"{source.name}!{part.name}", key=(label, part), secret=secret)

        refused: list[UnreadableFile] = []
        for job, outcome in pool.read(jobs()):
            job.path.unlink()
            label, part = cast(tuple[str, Part], job.key)
            yield (label, _of_part(outcome, part)) if isinstance(outcome, Reading) else (job.name, outcome)
        yield from ((one.name, one) for one in refused)


def _of_part(reading: Reading, part: Part) -> Reading:
    """A reading with what its container says of it."""
    metadata = reading.metadata.overlaid(Metadata(url=part.url))
    return replace(reading, metadata=metadata, notes=(*reading.notes, *part.notes))


def add_gazetteer(case: Case, writer: Writer, path: Path) -> bool:
    """Keep a file of places with the case; False where the case has it. Raises UnreadableFile."""
    staged = writer.objects.stage_bytes(bytes_of(path, name=path.name))
    with writer.transaction() as t:
        return t.gazetteer(staged, path.name)


@dataclass(frozen=True, slots=True)
class RereadReport:
    """How many documents a newer reader is here for, how many got a new text, and those that it could not read.

    The others were read anew and gave nothing new.
    """

    outdated: int = 0
    reread: int = 0
    refused: tuple[InputError, ...] = ()


def outdated(case: Case, only: Collection[str] | None = None) -> tuple[str, ...]:
    """The documents whose current text was made by a reader older than this machine's, of all or of those named."""
    with case.connect() as connection:
        wanted = [id_ for id_ in reads.document_ids(connection) if only is None or id_ in only]
        found: list[str] = []
        for i in range(0, len(wanted), COMMIT_DOCUMENTS):
            readings = reads.current_readings(connection, wanted[i : i + COMMIT_DOCUMENTS])
            found += [id_ for id_ in wanted[i : i + COMMIT_DOCUMENTS] if is_outdated(readings[id_].reading)]
    return tuple(found)


def reread(
    case: Case,
    writer: Writer,
    documents: Sequence[str],
    *,
    limits: Limits,
    workers: int,
    progress: Callable[[int, int | None], None] = lambda done, of: None,
) -> RereadReport:
    """Read documents again, from the bytes that are kept: each gets a further text version, and none loses an earlier.

    A document that is damaged, or that this reader refuses, keeps the text that it has.
    """
    refused: list[InputError] = []
    new = done = 0
    with ReaderPool(workers=workers, limits=limits) as pool:
        for i in range(0, len(documents), COMMIT_DOCUMENTS):
            with case.connect() as connection:
                held = list(reads.documents(connection, set(documents[i : i + COMMIT_DOCUMENTS])))
            found = _read_again(writer, held, pool, limits, refused)
            with writer.transaction() as t:
                new += sum(t.reading(reading) for reading in found)
            done += len(held)
            progress(done, len(documents))
    return RereadReport(len(documents), new, tuple(refused))


def _read_again(
    writer: Writer, held: Sequence[Document], pool: ReaderPool, limits: Limits, refused: list[InputError]
) -> list[Reading]:
    found: list[Reading] = []
    jobs: list[ReadJob] = []
    try:
        for document in held:
            try:
                data = writer.objects.read(document.id)
                if document.reading.media_type == REPORT_MEDIA_TYPE:
                    seen = document.sightings[0]
                    found.append(read_report(data, name=seen.name, line=seen.line or 1, limits=limits)[1])
                    continue
            except InputError as err:
                refused.append(err)
                continue
            except CaseDamaged as err:
                refused.append(UnreadableFile(document.label, err.message, hint=err.hint))
                continue
            staged = writer.objects.stage_bytes(data)
            secret = writer.objects.secret(document.id)
            jobs.append(ReadJob(staged.path, document.sightings[0].name, key=document, secret=secret))
        for job, outcome in pool.read(jobs):
            earlier = cast(Document, job.key).reading
            if isinstance(outcome, UnreadableFile):
                refused.append(outcome)
                continue
            kept = tuple(one for one in earlier.notes if one.code in OF_CONTAINERS)
            found.append(replace(outcome, notes=(*outcome.notes, *kept)))
    finally:
        for job in jobs:
            job.path.unlink(missing_ok=True)
    return found
