"""A clock for tests and for runs that must repeat to the byte."""

from __future__ import annotations

import datetime as dt

START = dt.datetime(2031, 3, 10, 9, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


class FakeClock:
    """A `sijill.core.clock.Clock` that starts where it is told and moves on by `step` after each look.

    >>> clock = FakeClock()
    >>> clock().isoformat(), clock().isoformat()
    ('2031-03-10T09:00:00+00:00', '2031-03-10T09:00:01+00:00')
    """

    def __init__(self, start: dt.datetime = START, *, step: dt.timedelta = SECOND) -> None:
        self._now = start
        self._step = step

    def __call__(self) -> dt.datetime:
        """The time, which moves on."""
        now = self._now
        self._now += self._step
        return now

    def advance(self, by: dt.timedelta) -> None:
        """Let time pass."""
        self._now += by
