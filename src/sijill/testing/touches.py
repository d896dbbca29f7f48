"""Kill a process as it is about to touch the disk for the so many-th time, to the system call (Linux, by `ptrace`).

The windows that chance would miss are as narrow as one call, and most of them lie inside SQLite. A touch is what could
be left half-done: a file opened to be written, a write, a flush, a name made, moved or removed. Standard output and
pipes are none. The process is forked, so that each kill costs milliseconds; the one who asks must have no threads.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass

TRACEME, SYSCALL, SETOPTIONS, SYSCALL_INFO = 0, 24, 0x4200, 0x420E
GOOD, EXITKILL = 1, 0x100000
ENTRY = 1
STOPPED_IN_CALL = signal.SIGTRAP | 0x80 if sys.platform == "linux" else 0
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# Numbers of system calls by machine; only what touches files.
CALLS: dict[str, dict[int, str]] = {
    "x86_64": {
        1: "write", 18: "pwrite", 20: "writev", 74: "fsync", 75: "fdatasync", 76: "truncate", 77: "ftruncate",
        2: "open", 82: "rename", 83: "mkdir", 84: "rmdir", 86: "link", 87: "unlink", 88: "symlink", 90: "chmod",
        91: "fchmod", 257: "openat", 258: "mkdirat", 263: "unlinkat", 264: "renameat", 265: "linkat", 266: "symlinkat",
        268: "fchmodat", 285: "fallocate", 316: "renameat2", 326: "copy_file_range", 40: "sendfile",
    },
    "aarch64": {
        64: "write", 68: "pwrite", 66: "writev", 82: "fsync", 83: "fdatasync", 45: "truncate", 46: "ftruncate",
        52: "fchmod", 53: "fchmodat", 56: "openat", 34: "mkdirat", 35: "unlinkat", 38: "renameat", 37: "linkat",
        36: "symlinkat", 47: "fallocate", 276: "renameat2", 285: "copy_file_range", 71: "sendfile",
    },
}  # fmt: skip
OPENS = {"open": 1, "openat": 2}
TO_DESCRIPTOR = frozenset({"write", "writev"})
STANDARD_ERROR = 2


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: killed before which touch, "" where it got through; how many touches it came to."""

    killed: str
    touches: int


class NotTraceable(RuntimeError):
    """This system does not let a process be followed to its system calls; the message says why."""


def kill_before(step: int, act: Callable[[], object]) -> Ending:
    """Run `act` in a forked process and kill it as it is about to touch the disk for the so many-th time, from 1.

    With 0 it is never killed. Raises NotTraceable, and RuntimeError where `act` itself fails.
    """
    calls = CALLS.get(platform.machine())
    if sys.platform != "linux" or calls is None:
        raise NotTraceable(f"not on {sys.platform} {platform.machine()}")
    if not (pid := os.fork()):
        _act(act)
    return _follow(pid, step, calls)


def _act(act: Callable[[], object]) -> None:
    code = 1
    try:
        if _ptrace(TRACEME, 0) != 0:
            code = 99
        else:
            os.kill(os.getpid(), signal.SIGSTOP)
            act()
            code = 0
    finally:
        os._exit(code)


def _follow(pid: int, step: int, calls: dict[int, str]) -> Ending:
    done, status = os.waitpid(pid, 0)
    if not os.WIFSTOPPED(status):
        raise NotTraceable("a process may not be followed here")
    _ptrace(SETOPTIONS, pid, data=GOOD | EXITKILL)
    touches = passed_on = 0
    while True:
        _ptrace(SYSCALL, pid, data=passed_on)
        done, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            if code := os.waitstatus_to_exitcode(status):
                raise RuntimeError(f"what was to be killed ended by itself, with {code}")
            return Ending("", touches)
        stopped_by = os.WSTOPSIG(status)
        passed_on = 0 if stopped_by in {STOPPED_IN_CALL, signal.SIGTRAP} else stopped_by
        if stopped_by == STOPPED_IN_CALL and (touch := _touch(pid, calls)):
            touches += 1
            if touches == step:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(done, 0)
                return Ending(touch, touches)


def _touch(pid: int, calls: dict[int, str]) -> str:
    """The call that the process is about to make, "" where it touches no file."""
    info = ctypes.create_string_buffer(88)
    if _ptrace(SYSCALL_INFO, pid, address=len(info), data=ctypes.addressof(info)) <= 0:
        raise NotTraceable("the kernel does not say which system call is made")
    if info.raw[0] != ENTRY:
        return ""
    number, *arguments = struct.unpack_from("<7Q", info.raw, 24)
    name = calls.get(number, "")
    if name in OPENS and not arguments[OPENS[name]] & WRITES:
        return ""
    if name in TO_DESCRIPTOR and (arguments[0] <= STANDARD_ERROR or not _is_file(pid, arguments[0])):
        return ""
    return name


def _is_file(pid: int, descriptor: int) -> bool:
    return os.path.isfile(f"/proc/{pid}/fd/{descriptor}")


def _ptrace(request: int, pid: int, *, address: int = 0, data: int = 0) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    call = libc.ptrace
    call.restype = ctypes.c_long
    call.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    return int(call(request, pid, address, data))
