"""What says that a disk is full, and what does not."""

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlcipher3.dbapi2
from sqlalchemy.exc import OperationalError

from sijill.core.errors import CaseDamaged, NoRoom
from sijill.store.case import Case
from sijill.store.database import pages_in_log
from sijill.store.room import full_disk_told, is_full, telling_of_a_full_disk
from sijill.store.verify import verify
from tests.store.old import stored


class Refusal(Exception):
    """What a driver raises."""

    def __init__(self, code: int | None = None, state: str | None = None) -> None:
        super().__init__("refused")
        self.sqlite_errorcode, self.sqlstate = code, state


def refused(code: int | None = None, state: str | None = None) -> OperationalError:
    return OperationalError("INSERT", {}, Refusal(code, state))


@pytest.mark.parametrize(
    ("err", "full"),
    [
        (OSError(errno.ENOSPC, "x"), True),
        (OSError(errno.EDQUOT, "x"), True),
        (OSError(errno.EFBIG, "x"), True),
        (OSError(errno.EACCES, "x"), False),
        (OSError(errno.EIO, "x"), False),
        (refused(13), True),
        (refused(state="53100"), True),
        (refused(11), False),
        (refused(10), False),  # A disk that has room, and fails.
        (refused(14), False),
        (refused(), False),
        (CaseDamaged("x"), False),
    ],
)
def test_what_says_that_a_disk_is_full(err: Exception, full: bool, tmp_path: Path) -> None:
    assert is_full(err, tmp_path) is full
    assert is_full(err, tmp_path / "not" / "there") is full
    wrapped = CaseDamaged("the case's database cannot be read")
    wrapped.__cause__ = err
    assert is_full(wrapped, tmp_path) is full
    with pytest.raises(NoRoom if full else type(err), match="no room left on the disk" if full else "."):  # noqa: SIM117
        with full_disk_told(tmp_path):
            raise err


def test_where_files_may_not_grow_a_failing_disk_is_a_full_one(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, before[1]))
        assert is_full(refused(10), tmp_path)
        assert is_full(sqlcipher3.dbapi2.OperationalError("disk I/O error"), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not is_full(refused(10), tmp_path)
    assert not is_full(sqlcipher3.dbapi2.OperationalError("disk I/O error"), tmp_path)


def test_a_generator_that_is_made_a_context_tells_it_too(tmp_path: Path) -> None:
    class Shelf:
        folder = tmp_path

        @contextmanager
        @telling_of_a_full_disk
        def opened(self) -> Iterator[str]:
            yield "open"

    with Shelf().opened() as state:
        assert state == "open"
    with pytest.raises(NoRoom, match="no room left on the disk"), Shelf().opened():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(ValueError, match="another"), Shelf().opened():
        raise ValueError("another")


@pytest.mark.parametrize(
    ("act", "way", "every"),
    [("judge, plain", "limit", 60), ("migrate, encrypted", "limit", 30), ("rekey", "tmpfs", 70)],
)
def test_nothing_is_lost_on_a_full_disk_and_with_room_again_it_goes_on(act: str, way: str, every: int) -> None:
    """Every act with every amount of room: `python benchmarks/full_disk.py`."""
    program = [sys.executable, "benchmarks/full_disk.py", "--acts", act, "--way", way, "--every", str(every)]
    run = subprocess.run(program, capture_output=True, text=True, check=False)
    if run.returncode == 3:
        pytest.skip(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_page_that_a_checkpoint_left_half_written_is_no_damage(tmp_path: Path) -> None:
    """SQLCipher's own check reads past the log beside the file, which holds the page whole; found on a full disk."""
    old = next(o for o in stored() if o.encrypted)
    folder, copy = old.unpack(tmp_path / "case"), tmp_path / "copy"
    with closing(Case.open(folder, brought=old.brought)) as case, case.writer(by="bench") as writer:
        with writer.transaction() as t:
            t.publication("remark", {"page": "0" * 64})
        shutil.copytree(folder, copy)
    database = copy / "case.db"
    page = max(p for p in pages_in_log(database) if p * 4096 <= database.stat().st_size)
    torn = bytearray(database.read_bytes())
    torn[(page - 1) * 4096 + 7] ^= 1
    database.write_bytes(torn)
    without = shutil.copytree(copy, tmp_path / "without")
    (without / "case.db-wal").unlink()
    assert verify(copy, brought=old.brought).findings == []
    assert {f.where for f in verify(without, brought=old.brought).findings} >= {"case.db"}


def test_no_log_holds_no_pages(tmp_path: Path) -> None:
    assert pages_in_log(tmp_path / "case.db") == frozenset()
