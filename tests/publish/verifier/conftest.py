"""A synthetic case and its bundle, made once; tests that change them put every byte back or work on a copy."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from sijill.publish.verifier import sijill_verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock

OLDEST_NODE = 20


@pytest.fixture(scope="session")
def node() -> str:
    """Node, which runs the second implementation."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("Node is not installed: the second implementation was not asked")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"Node {version} is older than {OLDEST_NODE}: the second implementation was not asked")
    return program


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of every kind of row, object, entry and page."""
    folder = tmp_path_factory.mktemp("verifier") / "case"
    synthetic_case(folder, documents=8, claims_per_document=4, judgements=24, seed=3, clock=FakeClock()).close()
    return folder


@pytest.fixture(scope="module")
def bundle(plain: Path) -> Path:
    """The bundle of that case."""
    folder = plain.with_name("bundle")
    assert not sijill_verify.export(plain, folder).findings
    return folder
