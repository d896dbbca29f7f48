"""The case on the desk: read by every request, written by one at a time, brought up to date in the background."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from traceback import format_tb
from typing import TypeVar

from sijill.core.clock import Clock, system_clock
from sijill.core.errors import CaseLocked, SijillError
from sijill.pipeline.build import derive
from sijill.pipeline.survey import Survey, state_of, survey
from sijill.store import pages, reads
from sijill.store.case import Case, Connection
from sijill.store.database import UNREADABLE
from sijill.store.writer import Writer

T = TypeVar("T")
LOG = logging.getLogger(__name__)
# Seconds: without a judgement before figures are worked out, and before that is tried again where another writes.
QUIET = 4.0
AGAIN = 1.0


class Freshness(StrEnum):
    """Whether figures follow from every judgement: they do, they soon will, or working them out failed."""

    FRESH = "fresh"
    WORKING = "working"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the figures could not be brought up to date."""

    message: str
    hint: str


class Desk:
    """One case, opened for one person, `by` whom everything is done.

    A judgement is acknowledged once it is kept. The figures follow in a thread of their own, once for however many
    judgements there were meanwhile, and not before `quiet` seconds went by without one: a judgement that is made while
    they are worked out waits for them. Killed on the way, they are worked out again at the next start or build.
    """

    def __init__(self, case: Case, *, by: str, clock: Clock = system_clock, quiet: float = QUIET) -> None:
        self.case = case
        self.by = by
        self.clock = clock
        self.trouble: Trouble | None = None
        self._quiet = quiet
        self._writing = threading.Lock()
        self._surveying = threading.Lock()
        self._wanted = threading.Condition()
        self._pending = False
        self._due = 0.0
        self._busy = False
        self._closing = False
        self._survey: Survey | None = None
        with self.reading() as connection:
            behind = pages.is_behind(connection)
        if behind:
            self._want(quiet)
        self._thread = threading.Thread(target=self._keep_up, name="figures", daemon=True)
        self._thread.start()

    @property
    def freshness(self) -> Freshness:
        """Whether what is shown follows from every judgement."""
        with self._wanted:
            if self._pending or self._busy:
                return Freshness.WORKING
            return Freshness.FAILED if self.trouble else Freshness.FRESH

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment."""
        with self.case.connect() as connection:
            yield connection

    def survey(self, connection: Connection) -> Survey:
        """The case as a whole; while figures are being worked out, as it was before."""
        held = self._survey
        if held is not None and (held.state == state_of(connection) or self.freshness is Freshness.WORKING):
            return held
        with self._surveying:
            if self._survey is None or self._survey.state != state_of(connection):
                self._survey = survey(connection)
            return self._survey

    def write(self, act: Callable[[Writer], T]) -> T:
        """Do something to the case, alone; the figures follow. Raises what the act raises, and CaseLocked.

        They follow also from what an act had written before it raised.
        """
        with self._writing, self.case.writer(by=self.by, clock=self.clock) as writer:
            before = self._log_size()
            try:
                return act(writer)
            finally:
                if self._log_size() != before:
                    self._want(self._quiet)

    def settle(self, timeout: float | None = None) -> bool:
        """Wait until the figures follow from everything so far; false where that takes longer."""
        with self._wanted:
            return self._wanted.wait_for(lambda: not self._pending and not self._busy, timeout)

    def close(self) -> None:
        """Finish what was begun, and let go of the case."""
        with self._wanted:
            self._closing = True
            self._wanted.notify_all()
        self._thread.join()
        self.case.close()

    def _log_size(self) -> int:
        with self.reading() as connection:
            return reads.log_size(connection)

    def _want(self, after: float) -> None:
        """Have the figures worked out once so many seconds went by, counted anew with every call."""
        with self._wanted:
            self._pending, self._due = True, time.monotonic() + after
            self._wanted.notify_all()

    def _keep_up(self) -> None:
        while True:
            with self._wanted:
                self._wanted.wait_for(lambda: self._pending or self._closing)
                while not self._closing and (left := self._due - time.monotonic()) > 0:
                    self._wanted.wait(left)
                if not self._pending:
                    return
                self._pending, self._busy = False, True
            try:
                self._derive()
            finally:
                with self._wanted:
                    self._busy = False
                    self._wanted.notify_all()

    def _derive(self) -> None:
        """Work the figures out; whatever goes wrong is told on every page until it works: judgements are kept."""
        try:
            with self._writing, self.case.writer(by=self.by, clock=self.clock) as writer:
                derive(self.case, writer)
            with self.case.connect() as connection:
                self._survey = survey(connection)
            self.trouble = None
        except SijillError as err:
            self.trouble = Trouble(err.message, err.hint)
            if isinstance(err, CaseLocked) and not self._closing:  # Another command writes, often for a second only.
                self._want(AGAIN)
        except UNREADABLE:
            self.trouble = Trouble("the case's database cannot be read", "`sijill verify CASE` says what is wrong")
        except Exception as err:  # noqa: BLE001 -- The thread would end, and old figures be called fresh for good.
            self.trouble = Trouble(
                f"the figures could not be worked out ({type(err).__name__}, a fault of the program)",
                "`sijill build CASE` says more; please report it",
            )
            # Where it happened, without the error's own words: they may be those of a source.
            LOG.error("%s in deriving figures, at\n%s", type(err).__name__, "".join(format_tb(err.__traceback__)))
