"""Compiling with numba, with its cache where one can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Bits = NDArray[np.uint8]
Places = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function and keep the result for the next run; it lets other threads run, and 1 / 0 is endless.

    numba keeps it beside the module, else in the user's cache. Where neither can be written (a read-only install, a
    user without a home) it refuses to decorate: then the function is compiled anew in each run.
    """
    try:
        return cast(Function, njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:
        return cast(Function, njit(nogil=True, error_model="numpy")(function))
