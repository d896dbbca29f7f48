from pathlib import Path

import pytest

from sijill.store.folders import Layout, fsync_folder


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
