"""Stamps and kept checkpoints from the command line, against an authority on loopback."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sijill.testing.authority import Manner, available, local_authority
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
pytestmark = pytest.mark.skipif(not available(), reason="openssl is not on this machine")


@pytest.fixture
def case(run: Run, tmp_path: Path) -> Path:
    """A case with one report."""
    report = tmp_path / "r.txt"
    report.write_text("Two people were killed in Tamrel on 4 March 2031.\n", encoding="utf-8")
    assert run("build", tmp_path / "case", report).code == 0
    return tmp_path / "case"


def test_a_checkpoint_is_stamped_listed_and_verified(run: Run, case: Path, tmp_path: Path) -> None:
    with local_authority() as authority:
        (tmp_path / "roots.pem").write_bytes(authority.roots)
        address, roots = authority.url, tmp_path / "roots.pem"
        ran = run("stamp", case, "--authority", address, "--roots", roots, "--yes")
        assert ran.code == 0, ran.err
        assert "stamped at" in ran.err
    (row,) = [json.loads(line) for line in run("stamps", case, "--roots", roots, "--format", "jsonl").out.splitlines()]
    assert (row["authority"], row["problem"]) == (address, "")
    assert run("verify", case, "--roots", roots).code == 0
    assert run("stamps", case, "--export", tmp_path / "out").code == 0
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_nothing_is_sent_unless_it_was_said(run: Run, case: Path) -> None:
    before = run("checkpoint", case).out
    ran = run("stamp", case, "--authority", "http://127.0.0.1:9/", "--dry-run")
    assert (ran.code, run("checkpoint", case).out) == (0, before)
    assert "nothing was sent" in ran.err


def test_an_authority_that_misbehaves_leaves_the_case_as_it_was(run: Run, case: Path) -> None:
    before = run("checkpoint", case).out
    with local_authority() as authority:
        authority.manner = Manner.WRONG_NONCE
        ran = run("stamp", case, "--authority", authority.url, "--yes")
    assert ran.code == 2
    assert "another request" in ran.err
    assert run("checkpoint", case).out == before


def test_a_kept_checkpoint_tells_a_case_that_goes_on_from_one_that_was_replaced(
    run: Run, case: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(run("checkpoint", case).out, encoding="utf-8")
    more = tmp_path / "more.txt"
    more.write_text("Three people were wounded in Belisk on 5 March 2031.\n", encoding="utf-8")
    assert run("build", case, more).code == 0
    assert run("verify", case, "--since", kept).code == 0
    assert run("build", tmp_path / "other", more).code == 0
    other = run("checkpoint", tmp_path / "other").out
    (tmp_path / "other.txt").write_text(other, encoding="utf-8")
    assert run("verify", case, "--since", tmp_path / "other.txt").code != 0
    assert run("verify", case, "--since", "neither a file nor a root").code == 2


def test_a_proof_over_a_kept_checkpoint_is_read_offline(run: Run, case: Path, tmp_path: Path) -> None:
    core = pytest.importorskip("opentimestamps.core", reason="the extra `ots` is not installed")
    assert core
    from opentimestamps.core.notary import PendingAttestation
    from opentimestamps.core.op import OpSHA256
    from opentimestamps.core.serialize import BytesSerializationContext
    from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

    kept = tmp_path / "kept.txt"
    kept.write_text(run("checkpoint", case).out, encoding="utf-8")
    start = Timestamp(hashlib.sha256(kept.read_bytes()).digest())
    start.attestations.add(PendingAttestation("https://calendar.meravia.example"))
    written = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), start).serialize(written)
    (tmp_path / "kept.ots").write_bytes(bytes(written.getbytes()))
    ran = run("proof", kept, tmp_path / "kept.ots", "--format", "jsonl")
    assert (ran.code, json.loads(ran.out)["kind"]) == (0, "pending")
    (tmp_path / "other.txt").write_text("another text\n", encoding="utf-8")
    assert run("proof", tmp_path / "other.txt", tmp_path / "kept.ots").code == 2
