"""The workbench on a copy of the example case, asked in this process."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sijill.store.case import Case
from sijill.testing.asgi import Answer, Client
from sijill.web.app import application
from sijill.web.desk import Desk
from sijill.web.door import Door, Session

PORT = 8765
HOST = f"127.0.0.1:{PORT}"
BY = "R. Ostrava"


@dataclass
class Bench:
    """A workbench with one browser in it."""

    desk: Desk
    door: Door
    client: Client

    @property
    def session(self) -> Session:
        found = self.door.session(next(iter(self.client.cookies.values())))
        assert found is not None
        return found

    def get(self, path: str, status: int = 200, **headers: str) -> Answer:
        answer = self.client.get(path, headers=headers)
        assert answer.status == status, answer.text
        return answer

    def post(self, to: str, status: int = 303, headers: dict[str, str] | None = None, /, **fields: str) -> Answer:
        answer = self.client.post(to, {"csrf": self.session.csrf, **fields}, headers=headers)
        assert answer.status == status, answer.text
        return answer


def bench_on(folder: Path) -> Bench:
    """A workbench on a case, with a browser let in."""
    desk, door = Desk(Case.open(folder), by=BY, quiet=0), Door()
    bench = Bench(desk, door, Client(application(desk, door, port=PORT), HOST))
    bench.get(f"/enter/{door.token}")
    return bench


@pytest.fixture(scope="module")
def reading(built_example: Path) -> Iterator[Bench]:
    """For tests that change nothing."""
    bench = bench_on(built_example)
    yield bench
    bench.desk.close()


@pytest.fixture
def bench(built_example: Path, tmp_path: Path) -> Iterator[Bench]:
    """For tests that judge."""
    made = bench_on(Path(shutil.copytree(built_example, tmp_path / "bench")))
    yield made
    made.desk.close()


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Chromium refuses to sandbox itself for root, which is who runs in containers.
ARGUMENTS = ["--no-sandbox"] if os.geteuid() == 0 else []
