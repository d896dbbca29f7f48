"""The example case, built once for all tests that only look at it."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan


@pytest.fixture(scope="session")
def example() -> Path:
    """The folder of the example that ships with Sijill: `reports/`, `gazetteer.csv`, `expected.csv`."""
    return Path(str(resources.files("sijill") / "example"))


@pytest.fixture(scope="session")
def built_example(tmp_path_factory: pytest.TempPathFactory, example: Path) -> Path:
    """The example case, built; nobody changes this one."""
    folder = tmp_path_factory.mktemp("example") / "case"
    case = Case.create(folder, name="Senna valley", by="tester")
    case.build([example / "reports"], Plan(gazetteers=(example / "gazetteer.csv",)))
    case.close()
    return folder


@pytest.fixture
def example_case(built_example: Path, tmp_path: Path) -> Case:
    """A copy of the built example case, to do with as a test likes."""
    return Case.open(shutil.copytree(built_example, tmp_path / "example-case"), by="tester")
