"""Taking backups: only what is new is written, and nothing half-written counts as a snapshot."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import text

from sijill.core.errors import CaseDamaged, CaseLocked, CaseSealed, InputError, NoRoom
from sijill.pipeline import custody
from sijill.pipeline.backup import backup
from sijill.pipeline.restore import restore, snapshots, verify_backup
from sijill.store import database, vault
from sijill.store.case import Case
from sijill.store.folders import KEYS
from sijill.store.objects import FolderShelf
from sijill.store.taken import FILE as NOTED
from sijill.store.taken import noted_backups
from sijill.store.vault import NOTHING, Custodian, Unlock
from sijill.store.verify import Outside, verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from tests.pipeline.sealed import ANNA, BASIL, CARLA, by
from tests.store.folders import contents
from tests.store.reports import BY, add
from tests.store.same import rows_of


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original") / "case"
    synthetic_case(folder, documents=8, claims_per_document=2, judgements=12, seed=3, clock=FakeClock()).close()
    return folder


@pytest.fixture
def plain(original: Path, tmp_path: Path) -> Iterator[Case]:
    case = Case.open(shutil.copytree(original, tmp_path / "plain"))
    yield case
    case.close()


@pytest.fixture
def sealed(tmp_path: Path, clock: FakeClock) -> Iterator[Case]:
    whom = (Custodian(recipient=ANNA[1]), Custodian(recipient=BASIL[1]))
    case = Case.create(tmp_path / "sealed", name="Senna", by=BY, clock=clock, custodians=whom)
    write(case, "At least 14 people were killed in Tamrel.", clock)
    yield case
    case.close()


def write(case: Case, text: str, clock: FakeClock) -> None:
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        add(case, t, text, clock)


def problems(folder: Path, brought: Unlock = NOTHING, *, number: int | None = None) -> list[str]:
    report = verify_backup(folder, brought=brought, number=number, every=number is None, outside=Outside())
    return [f"{f.kind} {f.where}: {f.what}" for f in report.findings]


# --- what is written ---


def test_only_what_is_new_is_written(plain: Case, tmp_path: Path, clock: FakeClock) -> None:
    folder = tmp_path / "backup"
    first = backup(plain, folder)
    before = contents(folder)
    again = backup(plain, folder)
    assert (again.number, again.written) == (2, 0)
    write(plain, "A report of later.", clock)
    later = backup(plain, folder)
    # The report, and the newest lines of the log, its checkpoints and the rows.
    assert (later.number, later.written) == (3, 4)
    assert first.written > later.written
    after = contents(folder)
    assert {name: after[name] for name in before} == before, "and nothing there is ever changed"
    assert problems(folder) == []


def test_small_parts_are_joined_so_that_they_stay_few(plain: Case, tmp_path: Path, clock: FakeClock) -> None:
    for number in range(24):
        write(plain, f"Report number {number}.", clock)
        backup(plain, tmp_path / "backup")
    newest = json.loads((tmp_path / "backup" / "snapshots" / "000024.json").read_text())
    parts = json.loads(newest["contents"])
    assert all(len(parts[stream]) <= 6 for stream in ("entries", "notes", "rows"))
    assert problems(tmp_path / "backup", number=24) == problems(tmp_path / "backup", number=3) == []


def test_any_snapshot_may_be_deleted(plain: Case, tmp_path: Path, clock: FakeClock) -> None:
    for number in range(4):
        write(plain, f"Report number {number}.", clock)
        backup(plain, tmp_path / "backup")
    for name in ("000001.json", "000003.json"):
        (tmp_path / "backup" / "snapshots" / name).unlink()
    assert problems(tmp_path / "backup") == []
    assert backup(plain, tmp_path / "backup").number == 5
    assert [s.number for s in snapshots(tmp_path / "backup")] == [2, 4, 5]


def test_people_write_meanwhile(plain: Case, tmp_path: Path, clock: FakeClock) -> None:
    """A snapshot is of one moment, the one before a writer who begins and ends while it is taken."""
    before, wrote = rows_of(plain), threading.Event()

    def meanwhile(stage: str, done: int, of: int | None) -> None:
        if not wrote.is_set():
            wrote.set()
            writer = threading.Thread(target=write, args=(plain, "A report of meanwhile.", clock))
            writer.start()
            writer.join()

    backup(plain, tmp_path / "backup", progress=meanwhile)
    assert wrote.is_set()
    assert rows_of(plain) != before
    restore(tmp_path / "backup", tmp_path / "again")
    again = Case.open(tmp_path / "again")
    assert rows_of(again) == before
    again.close()


def test_the_case_itself_is_left_as_it_was_but_for_a_note(plain: Case, tmp_path: Path) -> None:
    before = contents(plain.folder)
    backup(plain, tmp_path / "backup", clock=FakeClock())
    after = contents(plain.folder)
    noted = json.loads(after.pop(NOTED))["backups"]
    assert {k: v for k, v in after.items() if "case.db-" not in k} == {
        k: v for k, v in before.items() if "case.db-" not in k
    }
    assert [(b["folder"], b["number"]) for b in noted] == [(str(tmp_path / "backup"), 1)]
    assert verify(plain.folder).whole


def test_the_note_of_an_encrypted_case_is_sealed(sealed: Case, tmp_path: Path) -> None:
    backup(sealed, tmp_path / "backup", brought=by(ANNA))
    assert str(tmp_path).encode() not in (sealed.folder / NOTED).read_bytes()
    assert [b.number for b in noted_backups(sealed)] == [1]
    custody.rekey(sealed, by(ANNA), by=BY)
    assert noted_backups(sealed) == (), "under another key, it is as if nothing was noted"
    backup(sealed, tmp_path / "backup", brought=by(ANNA))
    assert [b.number for b in noted_backups(sealed)] == [2]


# --- where ---


def test_a_folder_of_something_else_is_left_alone(plain: Case, sealed: Case, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty, and no folder of backups"):
        backup(plain, tmp_path / "mine")
    backup(plain, tmp_path / "backup")
    before = contents(tmp_path / "backup")
    with pytest.raises(InputError, match="holds the backups of another case"):
        backup(sealed, tmp_path / "backup", brought=by(ANNA))
    with pytest.raises(InputError, match="inside of the case is lost with it"):
        backup(plain, plain.folder / "backup")
    assert contents(tmp_path / "mine") == {"letter.txt": b"mine"}
    assert contents(tmp_path / "backup") == before


def test_a_first_backup_that_was_killed_over_its_mark_is_made_anew(plain: Case, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / ".backup.json.new").write_text('{"case": "')
    assert backup(plain, tmp_path / "backup").number == 1
    assert not (tmp_path / "backup" / ".backup.json.new").exists()


def test_one_backup_at_a_time(plain: Case, tmp_path: Path) -> None:
    backup(plain, tmp_path / "backup")
    with (
        FileLock(tmp_path / "backup" / "lock"),
        pytest.raises(CaseLocked, match="another backup is being written"),
    ):
        backup(plain, tmp_path / "backup")


# --- sealed ---


def test_a_plain_case_is_sealed_to_whom_one_names(plain: Case, tmp_path: Path, clock: FakeClock) -> None:
    folder = tmp_path / "backup"
    assert backup(plain, folder, recipients=[CARLA[1]]).sealed
    write(plain, "A report of later.", clock)
    later = backup(plain, folder, recipients=[CARLA[1]])
    assert later.written == 4, "the key stays, so only what is new is written"
    assert problems(folder, by(CARLA)) == []
    with pytest.raises(CaseSealed, match="opens none"):
        problems(folder, by(ANNA))
    restore(folder, tmp_path / "again", brought=by(CARLA))
    again = Case.open(tmp_path / "again")
    assert rows_of(again) == rows_of(plain), "a plain case again"
    again.close()
    held = b"".join(contents(folder).values())
    assert b"Senna" not in held
    assert plain.config.verifier.encode() not in held


def test_other_recipients_are_another_chain_with_its_own_key(plain: Case, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    one = backup(plain, folder, recipients=[CARLA[1]])
    two = backup(plain, folder, recipients=[ANNA[1], CARLA[1]])
    assert two.written == one.written, "all of it, under a key that the new one can open"
    assert backup(plain, folder, recipients=[CARLA[1], ANNA[1]]).written == 0, "whoever is named first"
    assert backup(plain, folder, recipients=[CARLA[1]]).written == 0
    assert problems(folder, by(CARLA)) == []
    with pytest.raises(CaseSealed, match="opens none"):
        problems(folder, by(ANNA), number=1)
    assert problems(folder, by(ANNA), number=2) == []


def test_a_plain_snapshot_never_goes_beside_sealed_ones_by_mistake(plain: Case, tmp_path: Path) -> None:
    backup(plain, tmp_path / "backup", recipients=[CARLA[1]])
    before = contents(tmp_path / "backup")
    with pytest.raises(InputError, match="sealed, and this one would not be"):
        backup(plain, tmp_path / "backup")
    assert contents(tmp_path / "backup") == before


def test_who_can_open_the_backup_of_an_encrypted_case_is_who_can_open_the_case(sealed: Case, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sealed to its custodians"):
        backup(sealed, tmp_path / "backup", recipients=[CARLA[1]])
    with pytest.raises(InputError, match="no age recipient"):
        backup(Case.create(tmp_path / "new", by=BY), tmp_path / "other", recipients=["age1nobody"])


def test_after_a_custodian_came_or_went_new_backups_follow_and_old_ones_stay(sealed: Case, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    first = backup(sealed, folder, brought=by(ANNA))
    custody.add_custodian(sealed, Custodian(recipient=CARLA[1]), by=BY)
    joined = backup(sealed, folder, brought=by(ANNA))
    assert joined.written < first.written, "the same key, so only what is new"
    custody.remove_custodian(sealed, BASIL[1], by(ANNA), by=BY)
    parted = backup(sealed, folder, brought=by(ANNA))
    assert parted.written >= first.written, "a fresh key, so everything anew"
    opens = {
        (number, name): opened(folder, number, by(person))
        for number in (1, 2, 3)
        for name, person in (("anna", ANNA), ("basil", BASIL), ("carla", CARLA))
    }
    assert [key for key, can in opens.items() if not can] == [(1, "carla"), (3, "basil")]
    restore(folder, tmp_path / "again", brought=by(CARLA))
    assert verify(tmp_path / "again", brought=by(CARLA)).whole


def opened(folder: Path, number: int, brought: Unlock) -> bool:
    try:
        return problems(folder, brought, number=number) == []
    except CaseSealed:
        return False


def test_a_custodian_who_comes_while_it_is_taken_is_in_it_or_not(sealed: Case, tmp_path: Path) -> None:
    """Killed between the log's word and the renaming of `vault.json`, the case is whole, and so is its backup."""

    def refuse(*_: object) -> None:
        raise KeyboardInterrupt("killed here")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault.os, "replace", refuse)
        with pytest.raises(KeyboardInterrupt, match="killed here"):
            custody.add_custodian(sealed, Custodian(recipient=CARLA[1]), by=BY)
    backup(sealed, tmp_path / "backup", brought=by(ANNA))
    assert problems(tmp_path / "backup", by(CARLA)) == []


# --- a case that is not what it was ---


def test_a_case_that_was_cut_back_is_refused(plain: Case, tmp_path: Path, clock: FakeClock) -> None:
    early = shutil.copytree(plain.folder, tmp_path / "early")
    write(plain, "A report of later.", clock)
    backup(plain, tmp_path / "backup")
    old = Case.open(early)
    with pytest.raises(CaseDamaged, match="no continuation of snapshot 1: it was cut back or rewritten"):
        backup(old, tmp_path / "backup")
    write(old, "Another history.", clock)
    write(old, "And more of it.", clock)
    with pytest.raises(CaseDamaged, match="no continuation of snapshot 1"):
        backup(old, tmp_path / "backup")
    old.close()
    assert problems(tmp_path / "backup") == []


def test_a_case_that_was_cut_back_is_refused_under_other_keys_too(sealed: Case, tmp_path: Path) -> None:
    early = shutil.copytree(sealed.folder, tmp_path / "early")
    write(sealed, "A report of later.", FakeClock())
    backup(sealed, tmp_path / "backup", brought=by(ANNA))
    old = Case.open(early, brought=by(ANNA))
    custody.rekey(old, by(ANNA), by=BY)
    with pytest.raises(CaseDamaged, match="no continuation of snapshot 1"):
        backup(old, tmp_path / "backup", brought=by(ANNA))
    old.close()


@pytest.mark.parametrize("what", ["object", "row"])
def test_a_case_that_is_not_whole_makes_no_snapshot(plain: Case, tmp_path: Path, what: str) -> None:
    if what == "object":
        name = next(iter(plain.objects))
        plain.objects.path(name).chmod(0o600)
        plain.objects.path(name).write_bytes(b"changed")
    else:
        engine = database.connect(plain.access.layout.database, write=True)
        with engine.begin() as connection:
            connection.execute(text("UPDATE claim SET harm = 'wounded!'"))
        engine.dispose()
    with pytest.raises(CaseDamaged, match=r"changed on disk|its document, harm or span changed"):
        backup(plain, tmp_path / "backup")
    assert snapshots(tmp_path / "backup") == ()


# --- damage, a full disk, and going on ---


def test_what_is_damaged_is_mended_by_a_backup_that_looks(plain: Case, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    backup(plain, folder)
    for path in (folder / "plain" / "objects").glob("??/*"):
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1] + b"#")
    assert problems(folder) != []
    backup(plain, folder, mend=True)
    assert problems(folder) == [], "also the one before, which holds the same"


def test_a_lost_part_makes_the_next_backup_a_whole_one(plain: Case, tmp_path: Path) -> None:
    backup(plain, tmp_path / "backup")
    shutil.rmtree(tmp_path / "backup" / "plain")
    backup(plain, tmp_path / "backup")
    assert problems(tmp_path / "backup") == []


def test_a_part_that_cannot_be_joined_is_written_anew(plain: Case, tmp_path: Path, clock: FakeClock) -> None:
    backup(plain, tmp_path / "backup")
    manifest = json.loads((tmp_path / "backup" / "snapshots" / "000001.json").read_text())
    shelf = FolderShelf(tmp_path / "backup" / "plain" / "objects")
    for stream in ("entries", "notes", "rows"):
        (part,) = json.loads(manifest["contents"])[stream]
        shelf.path(part["digest"]).chmod(0o600)
        shelf.path(part["digest"]).write_bytes(b"broken")
    for number in range(40):  # More than there was: the earlier part would be joined to it.
        write(plain, f"Report number {number}." * 100, clock)
    backup(plain, tmp_path / "backup")
    assert problems(tmp_path / "backup", number=2) == []


def full(_: Path, data: bytes) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("after", [0, 1, 5, 12])
def test_a_full_disk_is_said_and_harms_no_earlier_snapshot(
    plain: Case, tmp_path: Path, clock: FakeClock, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backup"
    backup(plain, folder)
    for number in range(10):
        write(plain, f"Report number {number}.", clock)
    before, real, left = contents(folder), Path.write_bytes, after

    def filling(path: Path, data: bytes) -> int:
        nonlocal left
        left -= 1
        return real(path, data) if left >= 0 else full(path, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", filling)
        with pytest.raises(NoRoom, match=r"no room left on the disk of \S+/backup"):
            backup(plain, folder)
    now = contents(folder)
    assert {name: now[name] for name in before} == before
    assert not any("incoming" in name for name in now), "what was half-written takes no room"
    assert [s.number for s in snapshots(folder)] == [1]
    assert problems(folder) == []
    assert backup(plain, folder).number == 2
    assert problems(folder) == []


def test_a_disk_that_cannot_be_written_to_is_said(plain: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InputError, match="cannot be used: Not a directory"):
        backup(plain, tmp_path / "file" / "backup")


def test_a_case_that_cannot_be_noted_in_is_backed_up_all_the_same(plain: Case, tmp_path: Path) -> None:
    (plain.folder / f".{NOTED}.new").mkdir()
    assert not backup(plain, tmp_path / "backup").noted
    assert problems(tmp_path / "backup") == []


def test_a_key_that_is_no_key_is_refused(plain: Case, tmp_path: Path) -> None:
    backup(plain, tmp_path / "backup", recipients=[CARLA[1]])
    (key,) = (plain.folder / KEYS).glob("backup-*.key")
    key.write_bytes(b"short")
    with pytest.raises(CaseDamaged, match="is no key"):
        backup(plain, tmp_path / "backup", recipients=[CARLA[1]])
