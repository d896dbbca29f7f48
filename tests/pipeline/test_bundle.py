"""Bundles of every case: what the stand-alone verifier says of one is what `verify` says of its case."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sijill.core.errors import CaseDamaged, CaseExists
from sijill.pipeline.bundle import write_bundle
from sijill.publish.verifier import sijill_verify
from sijill.store.case import Case
from sijill.store.vault import NOTHING
from sijill.store.verify import verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from tests.pipeline.sealed import ANNA, by, make_case, write_gazetteer, write_reports
from tests.publish.verifier.bundles import by_javascript
from tests.store.folders import contents

VERIFIER = Path(sijill_verify.__file__)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain") / "case"
    synthetic_case(folder, documents=6, claims_per_document=2, judgements=12, seed=6, clock=FakeClock()).close()
    return folder


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encrypted")
    return make_case(folder / "case", write_reports(folder / "reports"), write_gazetteer(folder / "places.csv"))


@pytest.fixture(params=["plain", "encrypted"])
def source(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(request.param))


def bundled(source: Path, target: Path) -> Path:
    brought = by(ANNA) if (source / "vault.json").exists() else NOTHING
    with closing(Case.open(source, brought=brought)) as case:
        written = write_bundle(case, target)
        report = verify(source, brought=brought)
    assert (written.root, written.entries, written.objects) == (report.root, report.entries, report.objects)
    return target


def test_both_verifiers_call_it_whole_with_the_root_of_the_case(source: Path, tmp_path: Path) -> None:
    bundle = bundled(source, tmp_path / "bundle")
    brought = by(ANNA) if (source / "vault.json").exists() else NOTHING
    root = verify(source, brought=brought).root
    report = sijill_verify.verify(bundle)
    assert (report.findings, report.root) == ([], root)
    if shutil.which("node") is None:
        pytest.skip("no Node to run the JavaScript verifier")
    assert by_javascript(bundle) == set()


def test_of_a_plain_case_it_is_what_the_stand_alone_verifier_writes(plain: Path, tmp_path: Path) -> None:
    ours = contents(bundled(plain, tmp_path / "ours"))
    assert sijill_verify.export(plain, tmp_path / "its").findings == []
    its = contents(tmp_path / "its")
    for name in ("rows.jsonl",):  # In which order rows come means nothing.
        assert sorted(ours.pop(name).splitlines()) == sorted(its.pop(name).splitlines())
    assert ours == its


def test_no_sealed_thing_is_in_it(encrypted: Path, tmp_path: Path) -> None:
    bundle = bundled(encrypted, tmp_path / "bundle")
    assert {p.name for p in bundle.iterdir()} == {
        "case.toml",
        "checkpoints.txt",
        "log.jsonl",
        "objects",
        "rows.jsonl",
    }
    assert bundle.stat().st_mode & 0o077 == 0


def test_a_changed_bundle_is_found(encrypted: Path, tmp_path: Path) -> None:
    bundle = bundled(encrypted, tmp_path / "bundle")
    rows = (bundle / "rows.jsonl").read_bytes()
    (bundle / "rows.jsonl").write_bytes(rows.replace(b'"accept"', b'"reject"'))
    assert [f.kind for f in sijill_verify.verify(bundle).findings] == ["row"]


def test_nothing_is_overwritten_and_nothing_half_written_stays(plain: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(plain, tmp_path / "case")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with closing(Case.open(folder)) as case:
        with pytest.raises(CaseExists, match="is there already"):
            write_bundle(case, tmp_path / "mine")
        lost = next(iter(case.objects))
        case.objects.path(lost).unlink()
        with pytest.raises(CaseDamaged, match="is missing"):
            write_bundle(case, tmp_path / "bundle")
    assert {p.name for p in tmp_path.iterdir()} == {"case", "mine"}


def test_the_verifier_says_what_to_do_about_an_encrypted_case(encrypted: Path) -> None:
    ran = subprocess.run([sys.executable, VERIFIER, encrypted], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "sijill bundle" in ran.stderr
