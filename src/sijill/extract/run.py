"""Reads claims in every document of a case whose current extraction is not of this text, pack and gazetteer."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from sqlalchemy import Connection

from sijill.core.canonical import Json
from sijill.core.claim import Claim
from sijill.core.document import Note
from sijill.core.lifeline import die_with_parent
from sijill.extract.backend import ClaimReader, Rules, ToRead
from sijill.extract.doubts import with_doubts
from sijill.extract.gazetteer import GAZETTEER_VERSION, Gazetteer, GazetteerEntry, read_places_csv
from sijill.extract.reader import extractor_for
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.writer import Writer

BATCH = 100
# Each worker takes a second to start; fewer documents than this are read sooner in one process.
WORTH_WORKERS = 400


@dataclass(frozen=True, slots=True)
class ExtractReport:
    """How many documents were read, how many claims they hold, and how many of each language have no pack.

    `uncounted` are allegations without a number, beside `claims`.
    """

    read: int = 0
    claims: int = 0
    uncounted: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read claims in, with all that the reading depends on."""

    document: str
    reading: str
    text: str
    extractor: str
    settings: Mapping[str, Json]
    notes: tuple[Note, ...] = ()

    def is_done_by(self, last: reads.Extraction | None) -> bool:
        """Whether an extraction is of this reading, by this extractor, with these settings."""
        wanted = (self.reading, self.extractor, dict(self.settings))
        return last is not None and (last.reading, last.extractor, dict(last.settings)) == wanted


def extract(
    case: Case, writer: Writer, *, workers: int = 1, progress: Callable[[int, int], None] = lambda done, of: None
) -> ExtractReport:
    """Bring every document's current extraction up to date; returns what was done.

    Reads only what is new or changed: another text, publication date, language, extractor or gazetteer. Each batch is
    one transaction, so a run that is killed loses at most the batch at hand.
    """
    with case.connect() as connection:
        places, version = case_places(case, connection)
        since = reads.log_size(connection)
        pending, unread = _pending(connection, version)
    # What somebody else has read meanwhile, in the same way, is not kept twice.
    elsewhere: dict[str, reads.Extraction] = {}
    claims = uncounted = done = 0
    with _Readers(places, workers if len(pending) >= WORTH_WORKERS else 1) as read:
        for i in range(0, len(pending), BATCH):
            ids = pending[i : i + BATCH]
            with case.connect() as connection:
                tasks = _tasks(connection, ids, version)
            found = list(zip(tasks, read(tasks), strict=True))
            with writer.transaction() as t:
                elsewhere |= reads.current_extractions(t.connection, since)
                since = t.began
                for task, read_here in found:
                    if task.is_done_by(elsewhere.get(task.document)):
                        continue
                    t.extraction(task.document, task.reading, task.extractor, task.settings, read_here)
                    counted = sum(claim.count is not None for claim in read_here)
                    claims += counted
                    uncounted += len(read_here) - counted
            done += len(tasks)
            progress(done, len(pending))
    return ExtractReport(done, claims, uncounted, unread)


def case_places(case: Case, connection: Connection) -> tuple[tuple[GazetteerEntry, ...], str]:
    """The places of the case's own gazetteer files, and the version of the whole gazetteer that extractions record."""
    places: list[GazetteerEntry] = []
    version = GAZETTEER_VERSION
    for file in reads.gazetteer_files(connection):
        entries, _ = read_places_csv(case.objects.read(file.id).decode("utf-8-sig"))
        places += entries
        version += f"+{file.id[:12]}"
    return tuple(places), version


def settings_of(current: reads.CurrentReading, gazetteer: str) -> dict[str, Json]:
    """What an extraction depends on beside the text and the extractor."""
    m = current.metadata
    return {"published": m.published, "language": m.language, "publisher": m.publisher, "gazetteer": gazetteer}


def _pending(connection: Connection, gazetteer: str) -> tuple[list[str], dict[str, int]]:
    """The documents whose current extraction is missing or out of date, and the languages that have no pack."""
    pending: list[str] = []
    unread: Counter[str] = Counter()
    extractions, ids = reads.current_extractions(connection), reads.document_ids(connection)
    for i in range(0, len(ids), BATCH):
        readings = reads.current_readings(connection, ids[i : i + BATCH])
        for id_ in ids[i : i + BATCH]:
            current = readings[id_]
            extractor = extractor_for(current.metadata.language)
            if extractor is None:
                unread[current.metadata.language or "unknown"] += 1
                continue
            last = extractions.get(id_)
            wanted = (current.id, extractor, settings_of(current, gazetteer))
            if last is None or (last.reading, last.extractor, dict(last.settings)) != wanted:
                pending.append(id_)
    return pending, dict(unread)


def _tasks(connection: Connection, ids: Sequence[str], gazetteer: str) -> list[Task]:
    readings = reads.current_readings(connection, ids)
    tasks = []
    for id_ in ids:
        current = readings[id_]
        extractor = extractor_for(current.metadata.language)
        assert extractor is not None, "a document without a language pack is never pending"
        reading, settings = current.reading, settings_of(current, gazetteer)
        tasks.append(Task(id_, current.id, reading.text, extractor, settings, reading.notes))
    return tasks


def publication_day(published: object) -> dt.date | None:
    """The day of an ISO date or time, `None` where there is none."""
    return dt.date.fromisoformat(published[:10]) if isinstance(published, str) and published else None


def _read(task: Task, reader: ClaimReader) -> tuple[Claim, ...]:
    language, publisher = task.settings["language"], task.settings["publisher"]
    report = ToRead(
        task.text,
        task.document,
        published=publication_day(task.settings["published"]),
        language=language if isinstance(language, str) else None,
        publisher=publisher if isinstance(publisher, str) else None,
    )
    return with_doubts(reader.read(report).claims, task.notes)


def _rules(places: tuple[GazetteerEntry, ...]) -> ClaimReader:
    return Rules(Gazetteer.shipped().with_places(places), uncounted=True)


class _Readers:
    """Reads tasks in order, in this process or in several."""

    def __init__(self, places: tuple[GazetteerEntry, ...], workers: int) -> None:
        self._places = places
        self._pool: ProcessPoolExecutor | None = None
        if workers > 1:
            self._pool = ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (places,))

    def __enter__(self) -> Callable[[Sequence[Task]], Iterator[tuple[Claim, ...]]]:
        if self._pool is not None:
            pool = self._pool
            return lambda tasks: pool.map(_work, tasks, chunksize=8)
        reader = _rules(self._places)
        return lambda tasks: (_read(task, reader) for task in tasks)

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


_worker_reader: list[ClaimReader] = []


def _start_worker(places: tuple[GazetteerEntry, ...]) -> None:
    die_with_parent()
    _worker_reader[:] = [_rules(places)]


def _work(task: Task) -> tuple[Claim, ...]:
    return _read(task, _worker_reader[0])
