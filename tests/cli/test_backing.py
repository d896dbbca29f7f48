"""`backup`, `snapshots`, `restore`, `bundle` and `verify` of a backup, from the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from sijill.pipeline.api import Case
from sijill.publish.verifier import sijill_verify
from sijill.store.vault import Custodian
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
REPORT = "At least 14 people were killed in Tamrel on 4 March 2031, the Senna Valley Monitor said.\n"
PHRASE = "eleven lanterns on the weir"
IDENTITY = pyrage.x25519.Identity.generate()


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test says what it brings."""
    for name in ("SIJILL_PASSPHRASE", "SIJILL_NEW_PASSPHRASE", "SIJILL_IDENTITY"):
        monkeypatch.setenv(name, "")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original")
    (folder / "r.txt").write_text(REPORT)
    with Case.create(folder / "case", name="Senna (invented)", by="tester") as case:
        case.build([folder / "r.txt"])
    return folder / "case"


@pytest.fixture
def case(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "case")


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    path = tmp_path / "identity"
    path.write_text(f"{IDENTITY}\n")
    return path


def root_in(said: str) -> str:
    return said.partition("root ")[2][:64]


def test_a_case_goes_away_and_comes_back(run: Run, case: Path, tmp_path: Path) -> None:
    taken = run("backup", case, tmp_path / "backup", "--verify")
    assert taken.code == 0
    assert "snapshot 1" in taken.err
    assert "NOT sealed: whoever has the folder can read it" in taken.err
    assert "verified: 1 objects" in taken.err
    listed = run("snapshots", tmp_path / "backup", "--format", "json")
    assert [row["number"] for row in json.loads(listed.out)] == [1]
    made = run("restore", tmp_path / "backup", tmp_path / "again")
    assert made.code == 0
    assert root_in(made.err) == root_in(taken.err)
    assert run("verify", tmp_path / "again").code == 0


def test_a_backup_is_verified_like_a_case(run: Run, case: Path, tmp_path: Path) -> None:
    run("backup", case, tmp_path / "backup")
    run("backup", case, tmp_path / "backup")
    kept = run("checkpoint", case).out
    (tmp_path / "kept.txt").write_text(kept)
    for arguments in ([], ["--snapshot", "all"], ["--snapshot", "1"], ["--since", tmp_path / "kept.txt"]):
        assert run("verify", tmp_path / "backup", *arguments).code == 0, arguments
    for wrong in ("7", "first"):
        assert run("verify", tmp_path / "backup", "--snapshot", wrong).code == 2
    assert "has no snapshots" in run("verify", case, "--snapshot", "1").err
    for path in (tmp_path / "backup" / "plain" / "objects").glob("??/*"):
        path.chmod(0o600)
        path.write_bytes(b"changed")
    spoilt = run("verify", tmp_path / "backup")
    assert spoilt.code == 1
    assert "snapshot 2" in spoilt.out
    again = run("backup", case, tmp_path / "backup", "--verify")
    assert again.code == 1
    assert "--mend" in again.err
    assert run("backup", case, tmp_path / "backup", "--verify", "--mend").code == 0


def test_a_plain_case_is_sealed_to_a_recipient(run: Run, case: Path, tmp_path: Path, identity: Path) -> None:
    to = ("--to", str(IDENTITY.to_public()))
    assert "sealed" in run("backup", case, tmp_path / "backup", *to).err
    assert run("verify", tmp_path / "backup").code == 2
    assert run("--identity", identity, "verify", tmp_path / "backup").code == 0
    assert run("--identity", identity, "backup", case, tmp_path / "backup", *to, "--verify").code == 0
    assert run("--identity", identity, "restore", tmp_path / "backup", tmp_path / "again").code == 0
    assert run("backup", case, tmp_path / "backup").code == 2, "a plain one beside it must be meant"


def test_an_encrypted_case_is_backed_up_under_its_own_key(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Case.create(tmp_path / "case", by="tester", custodians=[Custodian(passphrase=PHRASE)]).close()
    assert run("backup", tmp_path / "case", tmp_path / "backup").code == 2
    monkeypatch.setenv("SIJILL_PASSPHRASE", PHRASE)
    assert run("backup", tmp_path / "case", tmp_path / "backup", "--verify").code == 0
    assert run("restore", tmp_path / "backup", tmp_path / "again").code == 0
    assert run("verify", tmp_path / "again").code == 0
    monkeypatch.setenv("SIJILL_PASSPHRASE", "another phrase of words")
    assert "opens none of its slots" in run("restore", tmp_path / "backup", tmp_path / "stolen").err


def test_what_is_lost_is_said(run: Run, case: Path, tmp_path: Path) -> None:
    run("backup", case, tmp_path / "backup")
    (lost,) = (p for p in (case / "objects").glob("??/*"))
    copy = tmp_path / "backup" / "plain" / "objects" / lost.parent.name / lost.name
    copy.unlink()
    refused = run("restore", tmp_path / "backup", tmp_path / "again")
    assert refused.code == 2
    assert "--despite-damage" in refused.err
    partly = run("restore", tmp_path / "backup", tmp_path / "again", "--despite-damage")
    assert partly.code == 1
    assert f"lost: object {lost.parent.name}{lost.name}" in partly.err


def test_no_backup_is_an_answer(run: Run, case: Path, tmp_path: Path) -> None:
    assert "holds no backup" in run("snapshots", tmp_path).err
    run("backup", case, tmp_path / "backup")
    (tmp_path / "backup" / "snapshots" / "000001.json").unlink()
    assert run("snapshots", tmp_path / "backup").code == 1


def test_a_bundle_says_that_it_is_private(run: Run, case: Path, tmp_path: Path) -> None:
    written = run("bundle", case, tmp_path / "bundle")
    assert written.code == 0
    assert "for anybody to read" in written.err
    report = sijill_verify.verify(tmp_path / "bundle")
    assert (report.findings, report.root) == ([], root_in(written.err))
    assert run("bundle", case, tmp_path / "bundle").code == 2
