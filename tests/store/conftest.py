"""Every test of the store runs on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sijill.store.case import Case
from sijill.testing.clock import FakeClock


@pytest.fixture
def case(tmp_path: Path, clock: FakeClock, where: str | None) -> Iterator[Case]:
    """An empty case."""
    made = Case.create(tmp_path / "case", by="R. Ostrava", clock=clock, server=where)
    yield made
    made.close()
