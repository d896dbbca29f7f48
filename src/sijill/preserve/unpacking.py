"""Unpacking of containers in a process of its own: bound in memory and processor time, gone when the program is.

Containers are parsed by zipfile, zlib and warcio from bytes that may be hostile, and in the program itself nothing
would bound them. So the file goes in as standard input, opened once, which makes what is unpacked what was hashed; the
parts come out in frames, as readings do (`worker.py`), and are never written to disk by that process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from sijill.core.document import Note
from sijill.core.errors import UnreadableFile
from sijill.core.wire import from_json, to_json
from sijill.preserve.containers import Part, iter_parts
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.worker import bound, bounded_environment, read_frame, write_frame

BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from sijill.preserve.unpacking import main; main(int(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4]))"
)
# A second of the processor for so many bytes, beyond what any file may take: ten times what unpacking takes.
BYTES_A_SECOND = 2_000_000
END = b"{}"


@dataclass(frozen=True, slots=True)
class _Head:
    """What goes before the bytes of a part."""

    number: int
    name: str
    url: str | None
    notes: tuple[Note, ...]


def unpacked(stream: BinaryIO, *, name: str, limits: Limits) -> Iterator[Part | UnreadableFile]:
    """The parts of a container that is open at its start, as `iter_parts` has them, from a process of its own."""
    theirs, mine = os.pipe() if os.name == "posix" else (-1, -1)
    size = os.fstat(stream.fileno()).st_size
    process = subprocess.Popen(
        [sys.executable, "-c", BOOT, json.dumps(sys.path), str(theirs), shown(name), json.dumps(to_json(limits))],
        stdin=stream,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(theirs,) if theirs >= 0 else (),
        env=bounded_environment(),
        process_group=0 if os.name == "posix" else None,
    )
    replies = cast(BinaryIO, process.stdout)
    try:
        if theirs >= 0:
            os.close(theirs)
        yield from _parts(replies)
        return
    except EOFError:
        seconds = seconds_for(size, limits)
        reason = f"unpacking it crashed, or took longer than {seconds:,} seconds; what came before was taken"
        yield UnreadableFile(shown(name), reason, hint="unpack it and add the files in it")
    finally:
        process.kill()
        process.wait()
        replies.close()
        if mine >= 0:
            os.close(mine)


def main(lifeline: int, name: str, bounds: dict[str, Any]) -> None:
    """Unpack standard input, a file that can seek; parts go to standard output."""
    limits = from_json(Limits, bounds)
    replies = bound(lifeline, limits.max_memory)
    stream = sys.stdin.buffer
    _bind_time(seconds_for(os.fstat(stream.fileno()).st_size, limits))
    for found in iter_parts(stream, name=name, limits=limits):
        if isinstance(found, UnreadableFile):
            _say(replies, {"refused": [found.name, found.reason, found.hint]})
        else:
            _say(replies, {"part": to_json(_Head(found.number, found.name, found.url, found.notes))})
            write_frame(replies, found.data)
    write_frame(replies, END)


def seconds_for(size: int, limits: Limits) -> int:
    """How long the processor may work on a container of so many bytes."""
    return int(limits.seconds + size / BYTES_A_SECOND) + 1


def _parts(replies: BinaryIO) -> Iterator[Part | UnreadableFile]:
    """What the process says, to its end; raises EOFError where it ends before."""
    while (frame := read_frame(replies)) != END:
        if frame is None:
            raise EOFError
        told = json.loads(frame)
        if "refused" in told:
            name, reason, hint = (str(one) for one in told["refused"])
            yield UnreadableFile(name, reason, hint=hint)
            continue
        head = from_json(_Head, told["part"])
        data = read_frame(replies)
        if data is None:
            raise EOFError
        yield Part(head.number, head.name, data, head.url, head.notes)


def _say(replies: BinaryIO, told: dict[str, object]) -> None:
    write_frame(replies, json.dumps(told).encode("utf-8"))


def _bind_time(seconds: int) -> None:
    """Of the processor, not of the clock: the process also waits for the program to take what it unpacked."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
