import os
import stat
from pathlib import Path

import pytest

from sijill.store.folders import Layout, fsync_folder, make_folder, replace_file, share_file


def test_a_plain_case_has_the_plain_names(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert layout.database == tmp_path / "case.db"
    assert layout.objects == tmp_path / "objects"
    assert layout.key == tmp_path / "keys" / "signing.pem"
    assert layout.lock == tmp_path / "lock"
    assert layout.record == tmp_path / "record"


def test_an_encrypted_case_begins_with_them_but_for_the_sealed_key(tmp_path: Path) -> None:
    layout = Layout(tmp_path, encrypted=True)
    assert (layout.database, layout.objects) == (Layout(tmp_path).database, Layout(tmp_path).objects)
    assert layout.key == tmp_path / "keys" / "signing-1.sealed"


def test_generations_share_nothing_but_the_lock(tmp_path: Path) -> None:
    """A rekeying writes the next generation beside the one that counts: not a byte may be the same file."""
    one, two = Layout(tmp_path, 1, encrypted=True), Layout(tmp_path, 2, encrypted=True)
    assert two.database == tmp_path / "case-2.db"
    assert two.objects == tmp_path / "objects-2"
    assert two.key == tmp_path / "keys" / "signing-2.sealed"
    assert {one.database, one.objects, one.key}.isdisjoint({two.database, two.objects, two.key})
    assert one.lock == two.lock


def test_names_in_a_folder_can_be_made_durable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    fsync_folder(tmp_path)
    with pytest.raises(FileNotFoundError, match="missing"):
        fsync_folder(tmp_path / "missing")


def test_a_folder_is_its_owners_alone(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b")] == [0o700, 0o700]
    (tmp_path / "a" / "b" / "file").touch()
    share_file(tmp_path / "a" / "b" / "file", 0o400)
    assert stat.S_IMODE((tmp_path / "a" / "b" / "file").stat().st_mode) == 0o400


def test_within_a_folder_that_is_shared_the_group_may_do_what_its_owner_may(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team").chmod(0o2770)
    make_folder(tmp_path / "team" / "a" / "b")
    assert [stat.S_IMODE((tmp_path / "team" / name).stat().st_mode) for name in ("a", "a/b")] == [0o2770, 0o2770]
    for mode, shared in ((0o400, 0o440), (0o600, 0o660)):
        path = tmp_path / "team" / "a" / f"{mode}"
        path.touch()
        share_file(path, mode)
        assert stat.S_IMODE(path.stat().st_mode) == shared


def test_what_could_not_be_written_leaves_what_was_there_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_file(tmp_path / "note.json", b"first")

    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(tmp_path / "note.json", b"second")
    assert [p.name for p in tmp_path.iterdir()] == ["note.json"]
    assert (tmp_path / "note.json").read_bytes() == b"first"
