import hashlib
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import CaseDamaged, InvalidRecord
from sijill.store.objects import TEMPORARY, Objects, Staged

LIMIT = 1 << 20


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    (tmp_path / "objects").mkdir(mode=0o700)
    return Objects(tmp_path / "objects")


def stored(objects: Objects, data: bytes) -> str:
    staged = objects.stage_bytes(data)
    objects.keep(staged)
    objects.sync()
    return staged.digest


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@given(data=st.binary(max_size=3000))
def test_what_was_kept_is_read_back_under_its_digest(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    objects = Objects(tmp_path_factory.mktemp("case") / "objects")
    digest = stored(objects, data)
    assert digest == hashlib.sha256(data).hexdigest() == objects.fixity(digest)
    assert objects.read(digest) == data
    assert list(objects) == [digest]
    assert digest in objects


def test_staged_bytes_lie_apart_under_a_name_of_their_own(objects: Objects, tmp_path: Path) -> None:
    a, b = objects.stage_bytes(b"x"), objects.stage_bytes(b"x")
    assert a.path != b.path
    assert {a.path.parent, b.path.parent} == {tmp_path / "objects" / TEMPORARY}
    assert list(objects) == []


def test_kept_bytes_are_no_object_before_they_are_synced(objects: Objects, tmp_path: Path) -> None:
    staged = objects.stage_bytes(b"x")
    objects.keep(staged)
    assert list(objects) == []
    objects.forget()
    assert files(tmp_path / "objects") == []
    objects.sync()
    assert list(objects) == []


def test_dropped_bytes_leave_nothing(objects: Objects, tmp_path: Path) -> None:
    staged = objects.stage_bytes(b"x")
    objects.drop(staged)
    objects.drop(staged)
    assert files(tmp_path / "objects") == []


def test_an_object_is_written_once(objects: Objects, tmp_path: Path) -> None:
    digest = stored(objects, b"x")
    before = objects.path(digest).stat()
    assert stored(objects, b"x") == digest
    after = objects.path(digest).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert files(tmp_path / "objects") == [f"{digest[:2]}/{digest[2:]}"]


def test_a_damaged_file_where_an_object_is_to_go_is_replaced(objects: Objects) -> None:
    """A run that was killed, or somebody, left other bytes under the digest: the right ones must not be thrown away."""
    digest = hashlib.sha256(b"x").hexdigest()
    objects.path(digest).parent.mkdir(parents=True)
    objects.path(digest).write_bytes(b"y")
    stored(objects, b"x")
    assert objects.read(digest) == b"x"


def test_nobody_else_may_look_and_nobody_may_write(objects: Objects, tmp_path: Path) -> None:
    digest = stored(objects, b"x")
    assert stat.S_IMODE(objects.path(digest).stat().st_mode) == 0o400
    for folder in (tmp_path / "objects", objects.path(digest).parent, tmp_path / "objects" / TEMPORARY):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_a_killed_run_left_is_cleared(objects: Objects) -> None:
    digest = stored(objects, b"kept")
    left = [objects.stage_bytes(b"a"), objects.stage_bytes(b"b")]
    assert objects.clear_temporary() == 2
    assert not any(staged.path.exists() for staged in left)
    assert objects.read(digest) == b"kept"
    assert objects.clear_temporary() == 0


def test_there_is_nothing_to_clear_where_nothing_was_staged(objects: Objects) -> None:
    assert objects.clear_temporary() == 0


def test_a_missing_object_is_said_to_be_missing(objects: Objects) -> None:
    digest = "ab" * 32
    with pytest.raises(CaseDamaged, match=r"object abababababab… is missing") as raised:
        objects.read(digest)
    assert "backup" in raised.value.hint
    assert objects.fixity(digest) is None
    assert digest not in objects


def test_a_changed_object_is_not_read(objects: Objects) -> None:
    digest = stored(objects, b"eight")
    path = objects.path(digest)
    path.chmod(0o600)
    path.write_bytes(b"eighty")
    with pytest.raises(CaseDamaged, match=f"object {digest[:12]}… changed on disk: recorded SHA-256 {digest[:12]}"):
        objects.read(digest)
    assert objects.fixity(digest) == hashlib.sha256(b"eighty").hexdigest()


def test_what_is_no_file_has_no_fixity_and_nothing_waits_for_it(objects: Objects) -> None:
    digest = "ab" * 32
    objects.path(digest).parent.mkdir(parents=True)
    os.mkfifo(objects.path(digest))
    assert objects.fixity(digest) is None


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab/" * 21 + "a", "0x" + "0" * 62])
def test_only_a_digest_leads_to_a_path(objects: Objects, name: str) -> None:
    with pytest.raises(InvalidRecord, match="is not a SHA-256"):
        objects.path(name)


def test_files_whose_names_are_no_digests_are_no_objects(objects: Objects, tmp_path: Path) -> None:
    digest = stored(objects, b"x")
    folder = tmp_path / "objects"
    for name in ("zz/" + "0" * 62, "0x/" + "0" * 62, f"{digest[:2]}/{'A' * 62}", "ab/short", "notes.txt", "no"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"")
    assert list(objects) == [digest]


def test_a_digest_that_is_not_that_of_the_bytes_is_found_when_they_are_read(objects: Objects) -> None:
    right = objects.stage_bytes(b"x")
    objects.keep(Staged(right.path, "cd" * 32, right.size))
    objects.sync()
    with pytest.raises(CaseDamaged, match="changed on disk"):
        objects.read("cd" * 32)
