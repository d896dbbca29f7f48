"""Who opens an encrypted case, and what the coming and going of custodians keeps."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from benchmarks.vault_killing import kill_at_steps, kill_writers
from sijill.core.errors import CaseDamaged, CaseSealed, InputError
from sijill.pipeline import custody
from sijill.pipeline.api import Case
from sijill.store import case as stored
from sijill.store import database, reads, schema
from sijill.store.access import Access, last_vault
from sijill.store.continuation import check_since
from sijill.store.folders import Layout
from sijill.store.notes import Verifier, read_checkpoint
from sijill.store.objects import Objects
from sijill.store.vault import FILE, PREPARED, Custodian, Unlock, digest_of, read_vault, rendered
from sijill.store.verify import verify
from sijill.testing.tamper import flipped
from tests.pipeline.sealed import (
    ANNA,
    BASIL,
    CARLA,
    NAME,
    by,
    make_case,
    write_gazetteer,
    write_reports,
)
from tests.store.folders import contents

PHRASE = "eleven lanterns on the weir"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody changes this one."""
    folder = tmp_path_factory.mktemp("original")
    return make_case(folder / "case", write_reports(folder / "reports"), write_gazetteer(folder / "places.csv"))


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "case")


@pytest.fixture
def opened(folder: Path) -> Iterator[stored.Case]:
    case = stored.Case.open(folder, brought=by(ANNA))
    yield case
    case.close()


# --- coming ---


def test_each_custodian_opens_it_and_strangers_do_not(folder: Path) -> None:
    for person in (ANNA, BASIL):
        with closing(stored.Case.open(folder, brought=by(person))) as case:
            assert case.name == NAME
        assert verify(folder, brought=by(person)).whole
    with pytest.raises(CaseSealed, match="opens none of its slots"):
        stored.Case.open(folder, brought=by(CARLA))


def test_who_is_let_in_opens_it_and_so_does_everybody_else(opened: stored.Case, folder: Path) -> None:
    slot = custody.add_custodian(opened, Custodian(passphrase=PHRASE, label="the team's"), by="tester")
    assert (slot.kind, slot.holder) == ("passphrase", "the team's")
    assert [s.holder for s in custody.custodians(folder)] == [ANNA[1], BASIL[1], "the team's"]
    for brought in (Unlock(passphrase=PHRASE), by(ANNA), by(BASIL)):
        stored.Case.open(folder, brought=brought).close()
    assert verify(folder, brought=by(ANNA)).whole
    with opened.connect() as connection:
        assert last_vault(connection) == digest_of((folder / FILE).read_bytes())


def test_nobody_is_let_in_twice(opened: stored.Case, folder: Path) -> None:
    before = contents(folder)
    for recipient in (BASIL[1], BASIL[1].upper()):
        with pytest.raises(InputError, match="can open the case already"):
            custody.add_custodian(opened, Custodian(recipient=recipient), by="tester")
    assert {k: v for k, v in contents(folder).items() if "case.db" not in k} == {
        k: v for k, v in before.items() if "case.db" not in k
    }


def test_a_plain_case_has_no_custodians(tmp_path: Path) -> None:
    with closing(stored.Case.create(tmp_path / "plain", by="tester")) as plain:
        with pytest.raises(InputError, match="is not encrypted"):
            custody.custodians(plain.folder)
        with pytest.raises(InputError, match="is not encrypted"):
            custody.add_custodian(plain, Custodian(recipient=ANNA[1]), by="tester")
        with pytest.raises(InputError, match="is not encrypted"):
            custody.rekey(plain, by(ANNA), by="tester")
        with pytest.raises(InputError, match="is not encrypted"):
            custody.remove_custodian(plain, ANNA[1], by(ANNA), by="tester")
    assert not (tmp_path / "plain" / FILE).exists()


# --- going, and sealing anew ---


def everything(folder: Path, brought: Unlock) -> dict[str, object]:
    """All that a case says: documents with their bytes, claims, judgements, incidents, and its log's leaves."""
    with closing(stored.Case.open(folder, brought=brought)) as case:
        api = Case(case, by="tester", brought=brought)
        with case.connect() as connection:
            log = schema.log_entry
            return {
                "documents": [(d, case.objects.read(d.id)) for d in api.documents()],
                "claims": api.claim_rows(uncounted=True),
                "judged": api.claims(),
                "judgements": reads.judgements(connection),
                "incidents": api.incident_rows(),
                "places": [(f.name, case.objects.read(f.id)) for f in reads.gazetteer_files(connection)],
                "name": case.name,
                "leaves": list(connection.execute(select(log.c.leaf).order_by(log.c.seq)).scalars()),
            }


def checkpoints(case: stored.Case) -> list[str]:
    with case.connect() as connection:
        return list(connection.execute(select(schema.checkpoint.c.note)).scalars())


def test_a_rekeying_keeps_every_word_and_the_log(folder: Path) -> None:
    before = everything(folder, by(ANNA))
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        kept = checkpoints(case)
        custody.rekey(case, by(ANNA), by="tester")
        assert everything(folder, by(ANNA)) == {**before, "leaves": everything(folder, by(ANNA))["leaves"]}
        verifier = Verifier.parse(case.config.verifier)
        with case.connect() as connection:
            assert list(check_since(connection, verifier, kept)) == []
        assert set(checkpoints(case)) > set(kept)
        assert all(read_checkpoint(note, verifier) for note in kept)
    leaves, earlier = everything(folder, by(BASIL))["leaves"], before["leaves"]
    assert isinstance(leaves, list)
    assert isinstance(earlier, list)
    assert leaves[:-1] == earlier, "one entry more: who can open it"
    report = verify(folder, brought=by(BASIL))
    assert report.whole
    assert report.unclaimed == 0


def test_a_rekeying_leaves_nothing_of_the_old_sealing(folder: Path) -> None:
    before = contents(folder)
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        custody.rekey(case, by(ANNA), by="tester")
        after = contents(folder)
        assert set(before) & set(after) == {"case.toml", FILE}
        assert not {k for k in after if not k.startswith(("case", "objects-2/", "keys/signing-2", FILE))}
        names = {Path(k).parent.name + Path(k).name for k in before if k.startswith("objects/")}
        assert names.isdisjoint(Path(k).parent.name + Path(k).name for k in after)
        assert not pieces(before) & pieces(after)
        # The same object goes on with the new keys.
        with case.writer(by="tester") as writer, writer.transaction() as t:
            t.publication("test", {})
    assert verify(folder, brought=by(BASIL)).whole


def pieces(found: dict[str, bytes]) -> set[bytes]:
    """What is sealed, in pieces; the names of custodians and of the case are not."""
    sealed = [v for k, v in found.items() if k not in {"case.toml", FILE} and not k.endswith("-shm")]
    return {v[i : i + 32] for v in sealed for i in range(0, len(v) - 31, 32)}


def test_it_can_be_sealed_anew_again_and_again(folder: Path) -> None:
    before = everything(folder, by(ANNA))
    for generation in (2, 3, 4):
        with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
            custody.rekey(case, by(ANNA), by="tester")
        assert read_vault(folder).generation == generation
        assert sorted(p.name for p in folder.iterdir() if p.name != "lock") == sorted(
            [f"case-{generation}.db", "case.toml", "keys", f"objects-{generation}", FILE]
        )
    assert everything(folder, by(BASIL))["documents"] == before["documents"]


def test_who_was_removed_is_out_whatever_they_kept(folder: Path) -> None:
    """Their identity, the old `vault.json`, and the old master key itself: none opens what there is now."""
    old = stored.Case.open(folder, brought=by(BASIL)).access
    vault = (folder / FILE).read_bytes()
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        custody.remove_custodian(case, BASIL[1], by(ANNA), by="tester")
    assert [s.holder for s in custody.custodians(folder)] == [ANNA[1]]
    with pytest.raises(CaseSealed, match="opens none of its slots"):
        stored.Case.open(folder, brought=by(BASIL))
    assert verify(folder, brought=by(ANNA)).whole
    whole = (folder / FILE).read_bytes()
    for changed in (vault, rendered(replace(read_vault(folder), generation=1)), _as_generation(vault, 2)):
        (folder / FILE).write_bytes(changed)
        with pytest.raises((CaseDamaged, CaseSealed), match=r"has no case\.db|cannot be read|opens none"):
            stored.Case.open(folder, brought=by(BASIL))
        (folder / FILE).write_bytes(whole)
    assert old.keys is not None
    layout = Layout(folder, 2, encrypted=True)
    _cannot_read(Access(layout, old.keys))
    assert verify(folder, brought=by(ANNA)).whole


def _as_generation(vault: bytes, generation: int) -> bytes:
    return vault.replace(b'"generation": 1', f'"generation": {generation}'.encode())


def _cannot_read(access: Access) -> None:
    """No database, no object, no signing key opens with these keys."""
    assert access.keys is not None
    engine = database.connect(access.layout.database, write=False, key=access.database_key)
    with pytest.raises(database.UNREADABLE, match="file is not a database"), engine.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM sqlite_schema")
    engine.dispose()
    for path in [access.layout.key, *access.layout.objects.glob("??/*")]:
        data = path.read_bytes()
        for purpose in ("signing key", "name", "database"):
            with pytest.raises(InvalidTag, match=r"^$"):
                access.keys.open(purpose, data)


def test_what_was_copied_before_stays_readable_and_putting_it_back_is_found_by_a_checkpoint(
    folder: Path, tmp_path: Path
) -> None:
    """What a removal cannot undo: the guide says so."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        custody.remove_custodian(case, BASIL[1], by(ANNA), by="tester")
        kept = checkpoints(case)[-1]
    assert everything(copy, by(BASIL))["name"] == NAME
    # The whole of it put back is a case that is whole in itself.
    shutil.rmtree(folder)
    copy.rename(folder)
    assert verify(folder, brought=by(ANNA)).whole
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case, case.connect() as connection:
        assert list(check_since(connection, Verifier.parse(case.config.verifier), [kept]))


def test_a_custodian_is_named_by_the_beginning_too_but_not_by_a_guess(opened: stored.Case, folder: Path) -> None:
    before = contents(folder)
    for holder in ("", "age1", "age1nobodyatall", BASIL[1][:7], BASIL[1] + "x"):
        with pytest.raises(InputError, match="names 0 custodians"):
            custody.remove_custodian(opened, holder, by(ANNA), by="tester")
    assert {k: v for k, v in contents(folder).items() if "case.db" not in k} == {
        k: v for k, v in before.items() if "case.db" not in k
    }
    custody.remove_custodian(opened, BASIL[1][:12], by(ANNA), by="tester")
    assert [s.holder for s in custody.custodians(folder)] == [ANNA[1]]


def test_the_last_custodian_stays(opened: stored.Case, folder: Path) -> None:
    custody.remove_custodian(opened, BASIL[1], by(ANNA), by="tester")
    with pytest.raises(InputError, match="nobody would be left"):
        custody.remove_custodian(opened, ANNA[1], by(ANNA), by="tester")
    stored.Case.open(folder, brought=by(ANNA)).close()


def test_another_s_passphrase_is_not_lost_in_a_rekeying(opened: stored.Case, folder: Path) -> None:
    custody.add_custodian(opened, Custodian(passphrase=PHRASE, label="the team's"), by="tester")
    with pytest.raises(InputError, match="only who knows it can carry it over"):
        custody.rekey(opened, by(ANNA), by="tester")
    with pytest.raises(InputError, match="only who knows it can carry it over"):
        custody.rekey(opened, Unlock("not the passphrase", (ANNA[0],)), by="tester")
    assert read_vault(folder).generation == 1
    custody.rekey(opened, Unlock(PHRASE, (ANNA[0],)), by="tester")
    assert read_vault(folder).generation == 2
    stored.Case.open(folder, brought=Unlock(passphrase=PHRASE)).close()
    custody.remove_custodian(opened, "the team's", by(ANNA), by="tester")
    with pytest.raises(CaseSealed, match="opens none of its slots"):
        stored.Case.open(folder, brought=Unlock(passphrase=PHRASE))


def test_one_may_remove_oneself(opened: stored.Case, folder: Path) -> None:
    custody.remove_custodian(opened, ANNA[1], by(ANNA), by="tester")
    assert verify(folder, brought=by(BASIL)).whole


# --- what others did to the folder ---


def swapped_holder(folder: Path) -> None:
    """Somebody who can write to the folder puts their recipient into Basil's slot, which still opens for Basil."""
    vault = read_vault(folder)
    slots = tuple(replace(s, holder=CARLA[1]) if s.holder == BASIL[1] else s for s in vault.slots)
    (folder / FILE).write_bytes(rendered(replace(vault, slots=slots)))


@pytest.mark.parametrize("beside", [False, True])
def test_a_recipient_that_was_slipped_in_gets_no_key(opened: stored.Case, folder: Path, beside: bool) -> None:
    """The next rekeying would have sealed the new master key to them."""
    swapped_holder(folder)
    if beside:
        (folder / PREPARED).write_bytes((folder / FILE).read_bytes())
    before = (folder / FILE).read_bytes()
    for change in (
        lambda: custody.rekey(opened, by(ANNA), by="tester"),
        lambda: custody.remove_custodian(opened, ANNA[1], by(ANNA), by="tester"),
        lambda: custody.add_custodian(opened, Custodian(passphrase=PHRASE), by="tester"),
    ):
        with pytest.raises(CaseDamaged, match="somebody changed who can open the case"):
            change()
    assert (folder / FILE).read_bytes() == before
    assert {f.where for f in verify(folder, brought=by(ANNA)).findings} == {FILE}
    assert {p.name for p in folder.glob("*-2*")} == set()


def test_who_opened_it_before_a_rekeying_does_not_destroy_it(folder: Path, tmp_path: Path) -> None:
    """A rekeying was killed after it took effect: the old generation lies there still, and somebody has it open."""
    stale = stored.Case.open(folder, brought=by(BASIL))
    old = shutil.copytree(folder, tmp_path / "old")
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        custody.rekey(case, by(ANNA), by="tester")
    for name in ("case.db", "objects", "keys/signing-1.sealed"):
        (old / name).rename(folder / name)
    with pytest.raises(CaseSealed, match="sealed under a new key since it was opened") as raised:
        stale.writer(by="tester").__enter__()
    stale.close()
    assert raised.value.hint == "open it again"
    assert verify(folder, brought=by(BASIL)).whole
    with closing(stored.Case.open(folder, brought=by(BASIL))) as case, case.writer(by="tester"):
        assert not (folder / "case.db").exists()
        assert not (folder / "objects").exists()
    assert verify(folder, brought=by(ANNA)).whole


def test_a_damaged_case_is_not_sealed_anew(opened: stored.Case, folder: Path) -> None:
    with opened.connect() as connection:
        id_ = reads.document_ids(connection)[-1]
    path = opened.objects.path(id_)
    path.chmod(0o600)
    path.write_bytes(flipped(path.read_bytes(), 99))
    with pytest.raises(CaseDamaged, match=id_[:12]):
        custody.rekey(opened, by(ANNA), by="tester")
    assert read_vault(folder).generation == 1
    assert [f.where for f in verify(folder, brought=by(BASIL)).findings] == [f"object {id_[:16]}"]
    with opened.writer(by="tester"):
        assert {p.name for p in folder.glob("*-2*")} == set(), "the next writer clears what was half made"


def test_files_of_others_in_the_folder_stay(opened: stored.Case, folder: Path) -> None:
    own = {"case-notes.db": b"notes", "objects-old/report.txt": b"old", "keys/signing-copy.sealed": b"copy"}
    for name, data in own.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    custody.rekey(opened, by(ANNA), by="tester")
    found = contents(folder)
    assert {name: found.get(name) for name in own} == own


def test_objects_of_the_generation_before_do_not_pass_for_the_new_ones(folder: Path, tmp_path: Path) -> None:
    old = shutil.copytree(folder, tmp_path / "old")
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        custody.rekey(case, by(ANNA), by="tester")
        with case.connect() as connection:
            ids = reads.object_ids(connection)
        access = stored.Case.open(old, brought=by(ANNA)).access
        before = Objects(access.layout.objects, access.keys)
        for id_ in ids:
            case.objects.path(id_).chmod(0o600)
            case.objects.path(id_).write_bytes(before.path(id_).read_bytes())
        with pytest.raises(CaseDamaged, match="its seal is broken"):
            case.objects.read(ids[0])
    assert {f.where for f in verify(folder, brought=by(ANNA)).findings} == {f"object {id_[:16]}" for id_ in ids}


# --- killed anywhere ---


LONG = pytest.mark.skipif(
    not os.environ.get("SIJILL_TEST_KILLS"),
    reason="kills by the clock: set SIJILL_TEST_KILLS, or run benchmarks/vault_killing.py",
)


@LONG
def test_killed_anywhere_it_opens_for_whom_it_should_and_nothing_is_lost(tmp_path: Path) -> None:
    """The long version is `python benchmarks/vault_killing.py`."""
    kills = int(os.environ.get("SIJILL_TEST_KILLS", "20"))
    found = kill_writers(tmp_path, kills=kills, seed=5)
    assert found.wrong == ()
    assert sum(found.kills.values()) == kills
    assert all(found.kills.values())


@pytest.mark.parametrize(("act", "every", "least"), [("admit", 1, 15), ("remove", 4, 15), ("backup", 8, 3)])
def test_killed_before_it_touches_the_disk(tmp_path: Path, act: str, every: int, least: int) -> None:
    """At each time for adding; a rekeying does so some eighty times, all of which the benchmark tries."""
    found = kill_at_steps(tmp_path, act, every=every)
    assert found.wrong == ()
    assert found.kills[act] >= least
