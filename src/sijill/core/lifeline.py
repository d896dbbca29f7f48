"""Worker processes end with the process that started them, however that ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have the kernel kill this worker when its parent dies, and leave Ctrl-C to the parent.

    Linux only (prctl(2), PR_SET_PDEATHSIG); elsewhere workers end when their pipe to the parent closes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # It died between the two calls.
            os.kill(os.getpid(), signal.SIGKILL)
