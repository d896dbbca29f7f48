"""Dates as people state them on the command line."""

from __future__ import annotations

import datetime as dt

from sijill.core.errors import InputError


def stated_date(text: str) -> str:
    """The ISO date, or date and time, that a person stated; raises InputError for anything else.

    >>> stated_date("2031-03-09")
    '2031-03-09'
    """
    try:
        dt.datetime.fromisoformat(text)
    except ValueError as err:
        raise InputError(f"{text[:40]!r} is not a date", hint="write it as 2031-03-09") from err
    return text
