"""Worker processes that read files: reused, replaced, and killed when a file takes too long or brings one down.

Pebble was tried and served, at 3,200 small files a second on two cores, where this gives 4,400; left out for what it
does not do: results cross as pickles, which can run code; a process that is in the middle of a file outlives a parent
that is killed; and each process imports the program's `__main__` first. So the workers are plain subprocesses that
speak in frames over pipes (`worker.py`). Nothing is forked from a process that may have threads.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Hashable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import BinaryIO, Self, cast

from sijill.core.document import Reading
from sijill.core.errors import SijillError, UnreadableFile
from sijill.core.wire import to_json
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.names import shown
from sijill.preserve.worker import BUSY, LEAVING, bounded_environment, outcome_of, read_frame, write_frame

# Small files go in batches, so that what it costs to hand them over is shared: at most so many, of so many bytes.
BATCH_FILES, BATCH_BYTES = 32, 256_000
LEAST = BATCH_BYTES // BATCH_FILES
# Bytes of text cost little to read; a PDF's or a page's cost this much more.
DEAR = {".pdf": 30, ".docx": 10, ".xlsx": 30, ".eml": 5, ".msg": 10, ".html": 10, ".htm": 10, ".xhtml": 10}
DEAR |= dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"), 30)
BATCHES_AHEAD = 3
HELD_BYTES = 64_000_000
# A worker ends itself when its time is over; where it cannot, the parent waits so many seconds more.
GRACE, START = 3.0, 60.0
TICK = 1.0
BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from sijill.preserve.worker import main; main(int(sys.argv[2]), json.loads(sys.argv[3]))"
)
SPLIT = "split it into parts and add each, or save what it says as text"


@dataclass(frozen=True, slots=True)
class ReadJob:
    """A file to read: where it is, by what name it is known and its kind told, and what the caller calls it.

    `secret` is the AES-256-GCM key of a file that lies sealed (nonce of 12 bytes, ciphertext, tag): it is unsealed in
    the worker's memory, so that the text of an encrypted case never lies on a disk.
    """

    path: Path
    name: str
    key: Hashable = None
    secret: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A job, its place in the series, and what it weighs: its bytes, times what its kind costs to read."""

    number: int
    job: ReadJob
    weight: int


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, what it has been given and not answered, and when it was last heard of."""

    process: subprocess.Popen[bytes]
    lifeline: int
    given: deque[_Numbered] = field(default_factory=deque)
    load: int = 0
    heard: float = 0.0
    greeted: bool = False
    leaving: bool = False
    overdue: bool = False
    thread: threading.Thread | None = None


class ReaderPool:
    """Reads files in `workers` processes under `limits`; a context manager that leaves no process behind."""

    def __init__(self, *, workers: int, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._wanted = max(1, workers)
        self._workers: list[_Worker] = []
        self._messages: SimpleQueue[tuple[_Worker, bytes | None]] = SimpleQueue()
        self._reading = False
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every worker, at once, whatever it is doing."""
        self._closed = True
        for worker in list(self._workers):
            self._end(worker)

    def read(self, jobs: Iterable[ReadJob]) -> Generator[tuple[ReadJob, Reading | UnreadableFile]]:
        """Each job with its reading or why there is none, in the order given.

        Jobs are taken from `jobs` a bounded number ahead. Leaving the iteration early ends the workers that are busy.
        Raises SijillError where no worker starts.
        """
        if self._reading or self._closed:
            raise RuntimeError("a ReaderPool reads one series of files at a time, until it is closed")
        self._reading = True
        try:
            yield from _Series(self, iter(jobs)).outcomes()
        finally:
            self._reading = False
            for worker in [w for w in self._workers if w.given]:
                self._end(worker)

    def _free(self) -> _Worker | None:
        """A worker with less than half a batch left to do, started if there are fewer than wanted; else `None`."""
        ready = [w for w in self._workers if not w.leaving and w.load < BATCH_BYTES // 2]
        if any(not w.given for w in ready) or len(self._workers) >= self._wanted:
            return min(ready, key=lambda w: w.load, default=None)
        return self._start()

    def _start(self) -> _Worker:
        mine, theirs = -1, -1
        if os.name == "posix":
            theirs, mine = os.pipe()
        bounds = json.dumps(to_json(self._limits))
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", BOOT, json.dumps(sys.path), str(theirs), bounds],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs,) if theirs >= 0 else (),
                env=bounded_environment(),
                # Ctrl-C goes to the group in the foreground: it is the parent's to answer.
                process_group=0 if os.name == "posix" else None,
            )
        finally:
            if theirs >= 0:
                os.close(theirs)
        worker = _Worker(process, mine, heard=time.monotonic())
        worker.thread = threading.Thread(target=self._listen, args=(worker,), daemon=True, name="sijill-reader")
        worker.thread.start()
        self._workers.append(worker)
        return worker

    def _listen(self, worker: _Worker) -> None:
        """Passes on what a worker says, and that it is gone; a thread each, so that no worker waits to be heard."""
        while (frame := read_frame(cast(BinaryIO, worker.process.stdout))) is not None:
            worker.heard = time.monotonic()
            self._messages.put((worker, frame))
        self._messages.put((worker, None))

    def _give(self, worker: _Worker, batch: list[_Numbered]) -> None:
        if not worker.given:
            worker.heard = time.monotonic()
        worker.given.extend(batch)
        worker.load += sum(one.weight for one in batch)
        frame = json.dumps([_order(one.job) for one in batch], ensure_ascii=False)
        # Where the process is gone, the listener says so, and the batch goes to another.
        with suppress(BrokenPipeError):
            write_frame(cast(BinaryIO, worker.process.stdin), frame.encode("utf-8", errors="surrogatepass"))

    def _end(self, worker: _Worker) -> int:
        """Kill a worker with what it started, and wait for it; gives its exit status, negative for a signal."""
        if os.name == "posix":
            # Before it is waited for: until then nothing else can be the group that bears its number.
            with suppress(ProcessLookupError):
                os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.kill()
        status = worker.process.wait()
        if worker.thread is not None:
            worker.thread.join()
        for stream in (worker.process.stdin, worker.process.stdout):
            with suppress(BrokenPipeError):
                cast(BinaryIO, stream).close()
        if worker.lifeline >= 0:
            os.close(worker.lifeline)
        if worker in self._workers:
            self._workers.remove(worker)
        return status


class _Series:
    """One series of files on its way through a pool: what was given out, what came back before its turn."""

    def __init__(self, pool: ReaderPool, jobs: Iterator[ReadJob]) -> None:
        self._pool = pool
        self._jobs: Iterator[ReadJob] | None = jobs
        self._taken = 0
        self._next = 0
        self._waiting: deque[_Numbered] = deque()
        self._done: dict[int, tuple[ReadJob, Reading | UnreadableFile, int]] = {}
        self._held = 0

    def outcomes(self) -> Iterator[tuple[ReadJob, Reading | UnreadableFile]]:
        """Each job and what came of it, in their order."""
        while True:
            self._feed()
            if self._next in self._done:
                job, outcome, size = self._done.pop(self._next)
                self._next += 1
                self._held -= size
                yield job, outcome
            elif self._next == self._taken and self._jobs is None:
                return
            else:
                self._hear()

    def _feed(self) -> None:
        """Give out batches while workers are free and not too much is held."""
        while (worker := self._pool._free()) is not None:
            batch = self._batch()
            if not batch:
                return
            self._pool._give(worker, batch)

    def _batch(self) -> list[_Numbered]:
        """What was given to a worker that is gone, first; then the next jobs, within what may be ahead."""
        batch: list[_Numbered] = []
        weight = 0
        while weight < BATCH_BYTES and (one := self._one()) is not None:
            batch.append(one)
            weight += one.weight
        return batch

    def _one(self) -> _Numbered | None:
        if self._waiting:
            return self._waiting.popleft()
        most = self._pool._wanted * BATCH_FILES * BATCHES_AHEAD
        if self._jobs is None or self._taken - self._next >= most or self._held > HELD_BYTES:
            return None
        job = next(self._jobs, None)
        if job is None:
            self._jobs = None
            return None
        self._taken += 1
        return _Numbered(self._taken - 1, job, _weight(job))

    def _hear(self) -> None:
        """Wait for one message, and end the workers that are over their time and did not end themselves."""
        try:
            worker, frame = self._pool._messages.get(timeout=TICK)
        except Empty:
            self._end_overdue()
            return
        if worker not in self._pool._workers:
            return
        if frame is None:
            self._bury(worker)
        elif not worker.greeted:
            worker.greeted = True
        elif frame != BUSY:
            worker.leaving = frame.startswith(LEAVING)
            self._settle(worker, outcome_of(frame[1:]), len(frame))

    def _settle(self, worker: _Worker, outcome: Reading | UnreadableFile, size: int = 0) -> None:
        one = worker.given.popleft()
        worker.load -= one.weight
        self._held += size
        self._done[one.number] = (one.job, outcome, size)

    def _bury(self, worker: _Worker) -> None:
        """A worker is gone: the file it was at is refused, unless it had taken its leave; the others are given anew."""
        status = self._pool._end(worker)
        if not worker.greeted:
            raise SijillError(
                "the processes that read files do not start", hint="run `sijill doctor` to see what is missing"
            )
        if worker.given and not worker.leaving:
            name = shown(worker.given[0].job.name)
            late = worker.overdue or (os.name == "posix" and status == -signal.SIGALRM)
            seconds = self._pool._limits.seconds
            reason = f"reading it took longer than {seconds:g} seconds" if late else "the reader crashed on it"
            self._settle(worker, UnreadableFile(name, reason, hint=SPLIT))
        self._waiting.extendleft(reversed(worker.given))

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for worker in self._pool._workers:
            patience = self._pool._limits.seconds + GRACE if worker.greeted else START
            if worker.given and now - worker.heard > patience:
                worker.overdue = True
                worker.process.kill()


def _order(job: ReadJob) -> list[str]:
    """A job as a worker hears it: path, name, secret in hexadecimal or ""."""
    return [os.fspath(job.path), job.name, job.secret.hex() if job.secret else ""]


def _weight(job: ReadJob) -> int:
    try:
        size = os.stat(job.path).st_size
    except (OSError, ValueError):
        size = 0
    return max(LEAST, size * DEAR.get(PurePath(job.name).suffix.lower(), 1))
