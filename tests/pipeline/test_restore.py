"""Snapshots are checked where they lie, and made cases again; nothing is overwritten."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sijill.core.errors import CaseDamaged, CaseExists, CaseSealed, CaseTooNew, InputError, InvalidRecord, UnknownId
from sijill.pipeline.backup import backup
from sijill.pipeline.restore import restore, snapshots, verify_backup
from sijill.store.case import Case
from sijill.store.folders import KEYS
from sijill.store.objects import FolderShelf
from sijill.store.reads import last_checkpoint
from sijill.store.snapshots import Backups, Contents, Snapshot
from sijill.store.vault import NOTHING, Custodian, Unlock
from sijill.store.verify import Outside, verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.tamper import flipped
from tests.pipeline.sealed import ANNA, BASIL, CARLA, by
from tests.store.folders import contents
from tests.store.reports import BY, add
from tests.store.same import rows_of


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("plain") / "case"
    case = synthetic_case(folder, documents=6, claims_per_document=2, judgements=12, seed=4, clock=FakeClock())
    yield case
    case.close()


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    whom = (Custodian(recipient=ANNA[1]), Custodian(recipient=BASIL[1]))
    folder = tmp_path_factory.mktemp("sealed") / "case"
    case = Case.create(folder, name="Senna", by=BY, custodians=whom)
    with case.writer(by=BY) as writer, writer.transaction() as t:
        add(case, t, "At least 14 people were killed in Tamrel.", FakeClock())
    yield case
    case.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, plain: Case, sealed: Case) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("backups")
    backup(plain, folder / "plain")
    backup(sealed, folder / "sealed", brought=by(ANNA))
    backup(plain, folder / "for carla", recipients=[CARLA[1]])
    return {path.name: path for path in folder.iterdir()}


BROUGHT = {"plain": NOTHING, "sealed": by(BASIL), "for carla": by(CARLA)}


def problems(folder: Path, brought: Unlock = NOTHING, **asked: Any) -> list[str]:
    report = verify_backup(folder, brought=brought, **{"outside": Outside(), **asked})
    return [f"{f.kind} {f.where}: {f.what}" for f in report.findings]


# --- made a case again ---


@pytest.mark.parametrize("kind", BROUGHT)
def test_a_restored_case_is_the_case(
    kind: str, kept: dict[str, Path], plain: Case, sealed: Case, tmp_path: Path
) -> None:
    one = sealed if kind == "sealed" else plain
    made = restore(kept[kind], tmp_path / "again", brought=BROUGHT[kind])
    assert (made.number, made.lost) == (1, ())
    for person in (ANNA, BASIL):
        report = verify(tmp_path / "again", brought=by(person))
        assert report.findings == []
        assert report.root == made.root == verify(one.folder, brought=by(ANNA)).root
    with closing(Case.open(tmp_path / "again", brought=by(ANNA))) as again:
        assert rows_of(again) == rows_of(one)
        assert (again.config, again.name) == (one.config, one.name)
        assert list(again.objects) == list(one.objects)
        with again.writer(by=BY) as writer, writer.transaction() as t:
            add(again, t, "The next report.", FakeClock())
    files, ours = contents(tmp_path / "again"), contents(one.folder)
    same = {name for name in ours if name.startswith(("record/", "case.toml", "vault.json", "keys/signing.pem"))}
    assert {name: files[name] for name in same} == {name: ours[name] for name in same}
    assert {p.stat().st_mode & 0o077 for p in (tmp_path / "again").glob("*.*")} <= {0, 0o044}
    assert (tmp_path / "again").stat().st_mode & 0o077 == 0


def test_nothing_is_overwritten(kept: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(CaseExists, match="is there already"):
        restore(kept["plain"], tmp_path / "mine")
    assert contents(tmp_path) == {"mine/letter.txt": b"mine"}
    (tmp_path / "empty").mkdir()
    restore(kept["plain"], tmp_path / "empty")
    assert verify(tmp_path / "empty").whole


def test_only_who_could_open_it_restores_it(kept: dict[str, Path], tmp_path: Path) -> None:
    for kind, brought in (("sealed", by(CARLA)), ("sealed", NOTHING), ("for carla", by(ANNA))):
        with pytest.raises(CaseSealed, match="the case is encrypted"):
            restore(kept[kind], tmp_path / "again", brought=brought)
    assert list(tmp_path.iterdir()) == []


def test_a_signing_key_that_is_kept_elsewhere_stays_elsewhere(plain: Case, tmp_path: Path) -> None:
    folder = shutil.copytree(plain.folder, tmp_path / "case")
    (folder / KEYS / "signing.pem").unlink()
    with closing(Case.open(folder)) as case:
        backup(case, tmp_path / "backup")
    assert problems(tmp_path / "backup") == []
    restore(tmp_path / "backup", tmp_path / "again")
    assert list((tmp_path / "again" / KEYS).iterdir()) == []
    assert verify(tmp_path / "again").whole


def test_what_is_lost_is_said_and_the_rest_restored_if_that_is_asked(
    kept: dict[str, Path], tmp_path: Path, plain: Case
) -> None:
    folder = shutil.copytree(kept["plain"], tmp_path / "backup")
    lost = next(iter(plain.objects))
    shelf = FolderShelf(folder / "plain" / "objects")
    shelf.path(lost).chmod(0o600)
    shelf.path(lost).write_bytes(b"rotten")
    assert [p.partition(":")[0] for p in problems(folder)] == [f"object object {lost[:16]}"]
    with pytest.raises(CaseDamaged, match="1 objects are changed or missing") as raised:
        restore(folder, tmp_path / "again")
    assert "--despite-damage restores everything else" in raised.value.hint
    assert not (tmp_path / "again").exists()
    assert restore(folder, tmp_path / "again", despite_damage=True).lost == (lost,)
    assert [f.where for f in verify(tmp_path / "again").findings] == [f"object {lost[:16]}"]


# --- which ---


def test_snapshots_are_listed_without_a_key(kept: dict[str, Path]) -> None:
    assert [(s.number, s.sealed, s.state) for s in snapshots(kept["sealed"])] == [(1, True, "readable")]
    assert [(s.number, s.sealed) for s in snapshots(kept["plain"])] == [(1, False)]


def test_a_folder_or_number_that_is_none_is_said(kept: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no backup"):
        snapshots(tmp_path)
    for call in (lambda: problems(kept["plain"], number=7), lambda: restore(kept["plain"], tmp_path / "a", number=7)):
        with pytest.raises(UnknownId, match="there is no snapshot 7"):
            call()


@pytest.mark.parametrize("name", ["backup.json", "snapshots/000001.json"])
def test_what_a_newer_version_wrote_is_not_read(kept: dict[str, Path], tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(kept["plain"], tmp_path / "backup")
    held = json.loads((folder / name).read_text()) | {"format": 2}
    (folder / name).write_text(json.dumps(held))
    with pytest.raises(CaseTooNew, match="newer Sijill"):
        restore(folder, tmp_path / "again")


# --- checked where it lies ---


@pytest.mark.parametrize("kind", BROUGHT)
def test_a_whole_backup_is_whole_and_checked_as_deep_as_its_case(
    kind: str, kept: dict[str, Path], plain: Case, sealed: Case
) -> None:
    found = verify_backup(kept[kind], brought=BROUGHT[kind], outside=Outside())
    case = verify((sealed if kind == "sealed" else plain).folder, brought=by(ANNA))
    assert found.findings == []
    assert (found.root, found.entries, found.rows) == (case.root, case.entries, case.rows)
    assert (found.objects, found.checkpoints) == (case.objects, case.checkpoints)


def test_checking_writes_nothing(kept: dict[str, Path]) -> None:
    before = contents(kept["sealed"])
    assert problems(kept["sealed"], by(ANNA)) == []
    assert contents(kept["sealed"]) == before


@pytest.mark.parametrize("kind", BROUGHT)
def test_a_changed_bit_and_a_lost_file_are_found_wherever_they_are(
    kind: str, kept: dict[str, Path], tmp_path: Path
) -> None:
    rng = random.Random(kind)
    folder = shutil.copytree(kept[kind], tmp_path / "backup")
    files = sorted(p for p in folder.glob("*/objects/??/*"))
    for path in (folder / "snapshots" / "000001.json", *rng.sample(files, min(len(files), 6))):
        data = path.read_bytes()
        path.chmod(0o600)
        for spoilt in (flipped(data, rng.randrange(len(data) * 8)), data[: len(data) // 2], None):
            if spoilt is None:
                path.unlink()
            else:
                path.write_bytes(spoilt)
            assert found(folder, BROUGHT[kind]), f"{path.relative_to(folder)} {spoilt is None}"
            path.write_bytes(data)
    assert problems(folder, BROUGHT[kind]) == []


def found(folder: Path, brought: Unlock) -> bool:
    """Whether something is said to be wrong, in whichever way."""
    try:
        return problems(folder, brought) != []
    except (CaseDamaged, CaseSealed, CaseTooNew, UnknownId):
        return True


def test_a_kept_checkpoint_holds_against_a_backup_too(kept: dict[str, Path], plain: Case, tmp_path: Path) -> None:
    with plain.connect() as connection:
        note = last_checkpoint(connection)
    with closing(Case.open(shutil.copytree(plain.folder, tmp_path / "case"))) as case:
        with case.writer(by=BY) as writer, writer.transaction() as t:
            add(case, t, "A report of later.", FakeClock())
        with case.connect() as connection:
            later = last_checkpoint(connection)
    assert problems(kept["plain"], outside=Outside((note,))) == []
    assert any("cut back" in p for p in problems(kept["plain"], outside=Outside((later,))))
    with pytest.raises(InvalidRecord, match="neither a checkpoint"):
        problems(kept["plain"], outside=Outside(("nothing of the kind",)))


def rewritten(folder: Path, change: dict[str, Any], header: dict[str, Any] | None = None) -> None:
    """Change what a plain snapshot says, as whoever can write to the folder could."""
    backups = Backups.open(folder)
    old = backups.snapshot(1)
    contents_ = Contents(**{**vars_of(old.opened(None)), **change})
    new = Snapshot(**{**vars_of(old), **(header or {})})
    (folder / "snapshots" / "000001.json").unlink()
    backups.add(new.sealed_with(contents_, None))


def vars_of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


@pytest.mark.parametrize(
    ("change", "header", "match"),
    [
        ({"root": "00" * 32}, {}, "its log is not the one that it says"),
        ({"size": 3}, {}, "its log is not the one that it says"),
        ({"config": "format = 1\n"}, {}, "is damaged"),
        ({"entries": ()}, {}, "does not say what case it is of"),
        ({"rows": ()}, {}, "rows that no case holds together"),
        ({"notes": ()}, {}, "rows that no case holds together"),
        ({}, {"encrypted": True}, "should have none, or the other way round|changed or is unreadable"),
        ({}, {"chain": "../../elsewhere"}, "names a folder that no backup has"),
        ({}, {"vault": "{}"}, "was changed or is unreadable"),
    ],
)
def test_a_snapshot_that_says_something_else_is_found(
    kept: dict[str, Path], tmp_path: Path, change: dict[str, Any], header: dict[str, Any], match: str
) -> None:
    folder = shutil.copytree(kept["plain"], tmp_path / "backup")
    rewritten(folder, change, header)
    assert re.search(match, "\n".join(problems(folder)))
    if "root" not in change and "size" not in change:
        with pytest.raises((CaseDamaged, InvalidRecord), match=r"."):
            restore(folder, tmp_path / "again")
        assert not (tmp_path / "again").exists()
