"""What came of trying to read: the value, or the refusal, so that both can be looked at in one test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sijill.core.errors import InputError

T = TypeVar("T")


def attempt(read: Callable[[], T]) -> T | InputError:
    """The value of `read`, or the error by which it refused its input."""
    try:
        return read()
    except InputError as err:
        return err
