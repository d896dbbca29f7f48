"""What every test may use: networking off, the data beside the project, a clock that stands under our hand, a case."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from sijill.store.case import Case
from sijill.testing.clock import FakeClock

pytest_plugins = ("tests.offline", "tests.example_fixtures", "tests.databases")

# Runs repeat: `--hypothesis-profile=explore` looks further.
settings.register_profile("sijill", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("sijill")

SHARED = Path(__file__).parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for the folder beside the project is marked, so that `-m 'not shared'` leaves all of them out."""
    for item in items:
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reports, gold data and vectors beside the project; read in place, never copied."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not there")
    return SHARED


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves on by a second at each look."""
    return FakeClock()


@pytest.fixture
def case(tmp_path: Path, clock: FakeClock) -> Iterator[Case]:
    """An empty case."""
    made = Case.create(tmp_path / "case", by="R. Ostrava", clock=clock)
    yield made
    made.close()
