"""Telling a disk that has no room left from everything else that can go wrong when something is written."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import sqlcipher3.dbapi2
from sqlalchemy.exc import DBAPIError

from sijill.core.errors import CaseDamaged, NoRoom

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN = 10, 13, 14
FULL_IN_WORDS, FAILED_IN_WORDS = "database or disk is full", "disk I/O error"
POSTGRES_DISK_FULL = "53100"
# SQLite does not hand on why the system refused. To open a database that others may write to, it makes files of 36 KB.
LITTLE_ROOM = 256 * 1024


class InAFolder(Protocol):
    """What lies in a folder, as a case does."""

    folder: Path


P = ParamSpec("P")
T = TypeVar("T")
Self = TypeVar("Self", bound=InAFolder)


@contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Raises NoRoom for what comes of a disk without room, also where it had passed for a case that is damaged."""
    try:
        yield
    except (OSError, DBAPIError, sqlcipher3.dbapi2.Error, CaseDamaged) as err:
        if is_full(err, folder):
            raise NoRoom(
                f"there is no room left on the disk of {getattr(err, 'filename', None) or folder}",
                hint="make room and run it again: what was acknowledged is kept",
            ) from err
        raise


def telling_of_a_full_disk(
    method: Callable[Concatenate[Self, P], Iterator[T]],
) -> Callable[Concatenate[Self, P], Iterator[T]]:
    """The same for a method of what lies in a folder, one that is made a context manager."""

    @wraps(method)
    def told(self: Self, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        with full_disk_told(self.folder):
            yield from method(self, *args, **kwargs)

    return told


def is_full(err: BaseException | None, folder: Path) -> bool:
    """Whether an error, or what it was raised from, says that there is no room on the folder's disk."""
    while err is not None:
        if isinstance(err, OSError) and err.errno in FULL:
            return True
        if _is_full(err.orig if isinstance(err, DBAPIError) else err, folder):
            return True
        err = err.__cause__
    return False


def _is_full(err: BaseException | None, folder: Path) -> bool:
    code = getattr(err, "sqlite_errorcode", None)
    if code in {SQLITE_IOERR, SQLITE_CANTOPEN}:  # Either may be a disk that fails, or a file that may not be read.
        return _little_room(folder)
    # A function of SQLCipher's that copies a database hands on what befell it in words alone.
    words = str(err) if isinstance(err, sqlcipher3.dbapi2.Error) else ""
    if FAILED_IN_WORDS in words:
        return _little_room(folder)
    return code == SQLITE_FULL or FULL_IN_WORDS in words or getattr(err, "sqlstate", None) == POSTGRES_DISK_FULL


def _little_room(folder: Path) -> bool:
    """Whether the disk has next to no room, or files may not grow."""
    if sys.platform == "win32":
        return False
    import resource

    room = os.statvfs(next(p for p in (folder, *folder.parents) if p.exists()))
    limited = resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY
    return limited or room.f_bavail * room.f_frsize < LITTLE_ROOM or bool(room.f_files and not room.f_favail)
