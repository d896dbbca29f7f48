"""The process in which files are read: jobs in by its standard input, readings out by its standard output.

It is bound before it reads anything, in memory and in time, and it cannot outlive the process that started it. What
crosses is JSON in frames, an eight-byte length before each, because a parser that was taken over by a hostile file
must not be able to hand code to the process that preserves evidence.
"""

from __future__ import annotations

import json
import logging
import os
import re
import select
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sijill.core.document import Reading
from sijill.core.errors import UnreadableFile
from sijill.core.wire import from_json, to_json
from sijill.preserve.limits import Limits
from sijill.preserve.reading import bytes_of, read_bytes, read_path, too_much_memory

LENGTH = struct.Struct(">Q")
# A sealed file: a nonce, the ciphertext, a tag.
NONCE, SEAL = 12, 28
HELLO = b""
# Before each reply: whether the process ends with it, or goes on. Alone: it is busy, and reading takes long.
LEAVING, STAYING, BUSY = b"L", b"S", b"B"
# A worker is replaced after so many files, or when it has held this share of the memory it may: caches in parsers grow.
MAX_FILES, MAX_HELD = 5_000, 0.5
PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.M)


def main(lifeline: int, bounds: dict[str, Any]) -> None:
    """Read files until the input ends; `lifeline` is a pipe that closes when the parent is gone, -1 for none."""
    limits = from_json(Limits, bounds)
    replies = bound(lifeline, limits.max_memory)
    write_frame(replies, HELLO)

    def alive() -> None:
        """A file that is read by OCR has as long for each run of that program as another has in all."""
        _alarm(limits.seconds)
        write_frame(replies, BUSY)

    done = 0
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        jobs = json.loads(frame)
        for left, (path, name, secret) in zip(range(len(jobs) - 1, -1, -1), jobs, strict=True):
            _alarm(limits.seconds)
            reply = _read(path, name, bytes.fromhex(secret), limits, alive)
            _alarm(0)
            done += 1
            leaving = not left and (done >= MAX_FILES or _held() > MAX_HELD * limits.max_memory)
            write_frame(replies, (LEAVING if leaving else STAYING) + reply)
            if leaving:
                return


def bound(lifeline: int, most: int) -> BinaryIO:
    """Bind this process to its parent's life and to `most` bytes of memory; gives the pipe to the parent."""
    replies = _take_over_output()
    _heed_signals()
    _die_with_parent(lifeline)
    _bind_memory(most)
    logging.disable(logging.CRITICAL)
    return replies


def bounded_environment() -> dict[str, str]:
    """What such a process may know of the environment: not our variables, one of which may be a case's passphrase."""
    return {k: v for k, v in os.environ.items() if not k.startswith("SIJILL_")}  # noqa: TID251 -- handed on, not read


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """A length and as many bytes."""
    stream.write(LENGTH.pack(len(payload)) + payload)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame's bytes; `None` where the stream ends, also in the middle of one."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def outcome_of(reply: bytes) -> Reading | UnreadableFile:
    """What a reply holds; the parent's end of `_read`. Raises InvalidRecord for a reply that is none."""
    parts = json.loads(reply)
    if "refused" in parts:
        name, reason, hint = (str(part) for part in parts["refused"])
        return UnreadableFile(name, reason, hint=hint)
    return from_json(Reading, parts["reading"])


def _read(path: str, name: str, secret: bytes, limits: Limits, alive: Callable[[], None]) -> bytes:
    try:
        if secret:
            data = _unsealed(path, name, secret, limits)
            reading = read_bytes(data, name=name, limits=limits, alive=alive)
        else:
            reading = read_path(path, name=name, limits=limits, alive=alive)
        return _json({"reading": to_json(reading)})
    except UnreadableFile as err:
        refused = err
    except MemoryError:
        refused = too_much_memory(name)
    return _json({"refused": [refused.name, refused.reason, refused.hint]})


def _unsealed(path: str, name: str, secret: bytes, limits: Limits) -> bytes:
    data = bytes_of(path, name=name, limits=replace(limits, max_bytes=limits.max_bytes + SEAL))
    try:
        return AESGCM(secret).decrypt(data[:NONCE], data[NONCE:], b"")
    except (InvalidTag, ValueError) as err:
        raise UnreadableFile(name, "its seal is broken", hint="`sijill verify` shows what changed") from err


def _json(reply: dict[str, Any]) -> bytes:
    return json.dumps(reply, ensure_ascii=False).encode("utf-8")


def _take_over_output() -> BinaryIO:
    """The pipe to the parent under a number of its own, so that nothing that a parser prints gets into it."""
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return replies


def _heed_signals() -> None:
    """The alarm and the lifeline act here, even where the parent ignores or blocks their signals: that is inherited."""
    if sys.platform != "win32":
        for one in (signal.SIGALRM, signal.SIGIO):
            signal.signal(one, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM, signal.SIGIO})


def _die_with_parent(lifeline: int) -> None:
    """Have the kernel end this process when the parent's end of the pipe closes, even amid a loop in C.

    By SIGIO, whose default on Linux is to end the process. Elsewhere the end of the input does it between two files,
    and the alarm within one.
    """
    if sys.platform != "linux" or lifeline < 0:
        return
    import fcntl

    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        sys.exit(1)


def _bind_memory(most: int) -> None:
    # numpy's linear algebra takes room for every processor of the machine, and is not used here; it looks when loaded.
    os.putenv("OPENBLAS_NUM_THREADS", "1")
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _alarm(seconds: float) -> None:
    """End this process after so many seconds, 0 for never; without a handler, since the default acts amid C too."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _held() -> int:
    """The most memory that this process has held at once, in bytes.

    On Linux not `ru_maxrss`, which begins with what the process that made this one has held.
    """
    if sys.platform == "win32":
        return 0
    if sys.platform == "linux":
        with suppress(OSError):
            status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
            if peak := PEAK.search(status):
                return int(peak[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
