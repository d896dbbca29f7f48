"""Time, passed in so that runs can be repeated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]


def system_clock() -> dt.datetime:
    """Now, in UTC."""
    return dt.datetime.now(dt.UTC)


def timestamp(clock: Clock) -> str:
    """The clock's time in UTC as ISO 8601 with microseconds, always 27 characters.

    >>> timestamp(lambda: dt.datetime(2031, 3, 4, 12, tzinfo=dt.UTC))
    '2031-03-04T12:00:00.000000Z'
    """
    return clock().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
