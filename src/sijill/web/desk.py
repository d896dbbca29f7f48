"""The case on the desk: read by every request, written by one at a time, brought up to date in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sijill.core.clock import Clock, system_clock
from sijill.core.errors import SijillError
from sijill.pipeline.build import derive
from sijill.pipeline.survey import Survey, state_of, survey
from sijill.store.case import Case, Connection
from sijill.store.database import UNREADABLE
from sijill.store.writer import Writer

T = TypeVar("T")


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
    judgements there were meanwhile; killed on the way, they are worked out again at the next start or build.
    """

    def __init__(self, case: Case, *, by: str, clock: Clock = system_clock) -> None:
        self.case = case
        self.by = by
        self.clock = clock
        self.trouble: Trouble | None = None
        self._writing = threading.Lock()
        self._surveying = threading.Lock()
        self._wanted = threading.Condition()
        self._pending = False
        self._busy = False
        self._closing = False
        self._survey: Survey | None = None
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
        """Do something to the case, alone; the figures follow. Raises what the act raises, and CaseLocked."""
        with self._writing, self.case.writer(by=self.by, clock=self.clock) as writer:
            result = act(writer)
        with self._wanted:
            self._pending = True
            self._wanted.notify_all()
        return result

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

    def _keep_up(self) -> None:
        while True:
            with self._wanted:
                self._wanted.wait_for(lambda: self._pending or self._closing)
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
        try:
            with self._writing, self.case.writer(by=self.by, clock=self.clock) as writer:
                derive(self.case, writer)
            with self.case.connect() as connection:
                self._survey = survey(connection)
            self.trouble = None
        except SijillError as err:  # Told on every page until it works: a judgement is kept whatever happens here.
            self.trouble = Trouble(err.message, err.hint)
        except UNREADABLE:
            self.trouble = Trouble("the case's database cannot be read", "`sijill verify CASE` says what is wrong")
