"""The way into the readers: bytes or a path in, a reading out, and one line of reason for what cannot be read."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path, PurePath
from typing import BinaryIO

from sijill.core.document import Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.kinds import kind_of
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.names import shown
from sijill.preserve.signatures import Kind
from sijill.preserve.view import View, finish

SPECIAL = "a device, a pipe or a socket, not a file"


def _silent() -> None:
    """Nobody waits to hear that a long reading goes on."""


def read_bytes(
    data: bytes, *, name: str, limits: Limits = DEFAULT_LIMITS, alive: Callable[[], None] = _silent
) -> Reading:
    """The reading of a whole file's bytes; `name` tells its kind by its ending, and names it in what is raised.

    `alive` is called now and then where reading may take long, as OCR does.

    Raises UnreadableFile, and nothing else, for whatever the bytes may be.
    """
    if not data:
        raise UnreadableFile(shown(name), "it is empty", hint="fetch it again from where it came")
    if len(data) > limits.max_bytes:
        raise _too_large(name, len(data), limits.max_bytes)
    try:
        view = _view(data, name, limits, alive)
        return finish(view, document=sha256(data).hexdigest(), name=name, limits=limits)
    except MemoryError as err:
        raise too_much_memory(name) from err


def read_path(
    path: str | Path, *, name: str, limits: Limits = DEFAULT_LIMITS, alive: Callable[[], None] = _silent
) -> Reading:
    """The reading of a file on disk. Raises UnreadableFile."""
    return read_bytes(bytes_of(path, name=name, limits=limits), name=name, limits=limits, alive=alive)


def too_much_memory(name: str) -> UnreadableFile:
    """The refusal of a file for which the memory that is allowed does not suffice."""
    return UnreadableFile(
        shown(name), "reading it takes more memory than is allowed", hint="split it into parts and add each"
    )


def label_of(data: bytes, *, name: str) -> str:
    """By what name people know a file: the `id` of its front matter, where it has one, else the stem of its name."""
    from sijill.preserve.text import report_id

    suffix = PurePath(name).suffix.lower()
    stated = report_id(data, name=name) if suffix in ("", ".txt", ".text", ".md", ".markdown") else None
    return stated or PurePath(name).stem


def bytes_of(path: str | Path, *, name: str, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The bytes of a regular file within the limits; looks before it opens, since opening a device may act on it.

    Raises UnreadableFile for what is missing, not a file, not readable, empty or too large.
    """
    try:
        with opened(path, name=name, most=limits.max_bytes) as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(size + 1)
            if len(data) > size:  # It has grown since.
                data += file.read(limits.max_bytes + 1 - len(data))
    except OSError as err:
        raise _not_opened(err, name) from err
    except MemoryError as err:
        raise too_much_memory(name) from err
    if len(data) > limits.max_bytes:
        raise _too_large(name, len(data), limits.max_bytes)
    return data


def opened(path: str | Path, *, name: str, most: int) -> BinaryIO:
    """A regular file of at most so many bytes, open for reading. Raises UnreadableFile."""
    try:
        _require_file(os.stat(path), name, most)
        # Not blocking: what was a file a moment ago may be a pipe by now.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        file = open(descriptor, "rb")  # noqa: SIM115 -- the caller closes it
    except (OSError, ValueError) as err:
        raise _not_opened(err, name) from err
    try:
        _require_file(os.fstat(descriptor), name, most)
    except UnreadableFile:
        file.close()
        raise
    return file


def _view(data: bytes, name: str, limits: Limits, alive: Callable[[], None]) -> View:
    """Each reader is imported when it is first needed: trafilatura alone takes most of a second."""
    match kind := kind_of(data, name=name):
        case Kind.TEXT | Kind.MARKDOWN:
            from sijill.preserve.text import read_text

            return read_text(data, name=name, kind=kind, limits=limits)
        case Kind.HTML:
            from sijill.preserve.html import read_html

            return read_html(data, name=name, limits=limits)
        case Kind.PDF:
            from sijill.preserve.pdf import read_pdf

            return read_pdf(data, name=name, limits=limits, alive=alive)
        case Kind.DOCX:
            from sijill.preserve.docx import read_docx

            return read_docx(data, name=name, limits=limits)
        case Kind.XLSX:
            from sijill.preserve.xlsx import read_xlsx

            return read_xlsx(data, name=name, limits=limits)
        case Kind.TABLE:
            from sijill.preserve.delimited import read_delimited

            return read_delimited(data, name=name, limits=limits)
        case Kind.EML:
            from sijill.preserve.eml import read_eml

            return read_eml(data, name=name, limits=limits)
        case Kind.MSG:
            from sijill.preserve.msg import read_msg

            return read_msg(data, name=name, limits=limits)
        case Kind.PNG | Kind.JPEG | Kind.TIFF | Kind.WEBP:
            from sijill.preserve.image import read_image

            return read_image(data, name=name, kind=kind, limits=limits, alive=alive)
        case Kind.REPORTS:
            raise UnreadableFile(
                shown(name), "it holds many reports, not one", hint="add it; each of its lines is then read on its own"
            )
        case Kind.ARCHIVE | Kind.WEB_ARCHIVE:
            raise UnreadableFile(
                shown(name), "it holds many documents, not one", hint="add it by itself; each is then read on its own"
            )


def _require_file(status: os.stat_result, name: str, most: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableFile(shown(name), "it is a folder", hint="name the files in it, or hand in the folder itself")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile(shown(name), f"it is {SPECIAL}", hint="copy what it holds into a file")
    if status.st_size == 0:
        raise UnreadableFile(shown(name), "it is empty", hint="fetch it again from where it came")
    if status.st_size > most:
        raise _too_large(name, status.st_size, most)


def _not_opened(err: OSError | ValueError, name: str) -> UnreadableFile:
    reasons = {
        errno.ENOENT: ("it is not there", "check the path; a link may point to nothing"),
        errno.ENOTDIR: ("it is not there", "check the path: a part of it is a file, not a folder"),
        errno.EACCES: ("it may not be read", "give yourself permission to read it"),
        errno.EPERM: ("it may not be read", "give yourself permission to read it"),
        errno.ELOOP: ("it is a link that leads back to itself", "name the file itself"),
        errno.ENAMETOOLONG: ("its name is too long", "give it a shorter one"),
        errno.ENXIO: (f"it is {SPECIAL}", "copy what it holds into a file"),
    }
    if isinstance(err, ValueError):
        return UnreadableFile(shown(name), "its name holds a NUL character", hint="check the path")
    reason, hint = reasons.get(
        err.errno or 0, (f"it cannot be read ({err.strerror})", "check the disk that it is on, then try again")
    )
    return UnreadableFile(shown(name), reason, hint=hint)


def _too_large(name: str, size: int, most: int) -> UnreadableFile:
    return UnreadableFile(
        shown(name),
        f"it is too large: {size:,} bytes, where {most:,} are allowed",
        hint="split it into parts and add each",
    )
