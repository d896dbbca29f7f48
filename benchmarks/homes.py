"""What encryption and a server cost: one work on a case in a plain file, in an encrypted one, and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed import Ratio, timed
from benchmarks.writers import write_reports
from sijill.pipeline.preserving import add_reports
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.vault import NOTHING, Custodian, Unlock
from sijill.store.verify import verify
from sijill.testing.server import missing, running

PHRASE = "six words that only a benchmark knows"
WHY = {
    "encrypted": "each object is sealed with a key of its own, each page of the database is decrypted and checked",
    "PostgreSQL": "each statement goes to another process and back, and each commit waits for its disk",
    "encrypted, on PostgreSQL": "besides that, each value is sealed and opened here",
}


@dataclass(frozen=True, slots=True)
class Home:
    """A kind of case: what it is called, where its rows lie, and whether it is encrypted."""

    name: str
    server: str | None = None
    encrypted: bool = False

    @property
    def brought(self) -> Unlock:
        """What opens it."""
        return Unlock(passphrase=PHRASE) if self.encrypted else NOTHING

    def make(self, folder: Path) -> Case:
        """An empty case of this kind."""
        custodians = (Custodian(passphrase=PHRASE),) if self.encrypted else ()
        return Case.create(folder, by="bench", custodians=custodians, server=self.server)


def works(home: Home, folder: Path, reports: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """The work that is timed, in its order; the first makes the case anew each time."""
    cases: list[Case] = []

    def read() -> int:
        with cases[-1].connect() as connection:
            return sum(len(document.reading.text) for document in reads.documents(connection))

    shutil.rmtree(folder, ignore_errors=True)
    with closing(home.make(folder)) as case:
        cases.append(case)
        yield "add", lambda: add_reports(case, [reports], by="bench", workers=1)
        yield "verify", lambda: verify(folder, brought=home.brought)
        yield "read", read


def measure(*, scale: float = 1.0, rounds: int = 3) -> list[Ratio]:
    """Ratios over a plain case in a file: of an encrypted one, and of both on a server where one can be had."""
    count = int(2_000 * scale)
    with ExitStack() as stack:
        name = stack.enter_context(TemporaryDirectory(prefix="sijill-bench-"))
        homes = [Home("plain"), Home("encrypted", encrypted=True)]
        if not missing():
            server = stack.enter_context(running(safe=True)).address
            homes += [Home("PostgreSQL", server), Home("encrypted, on PostgreSQL", server, encrypted=True)]
        reports = write_reports(Path(name) / "reports.jsonl", count)
        best: dict[tuple[str, str], float] = {}
        for _ in range(rounds):
            for home in homes:
                for what, work in works(home, Path(name) / "case", reports):
                    key = home.name, what
                    best[key] = min(timed(work), best.get(key, float("inf")))
    plain = "the same in a plain file"
    return [
        Ratio(f"{what} {count:,} reports, {home}", best[home, what], best["plain", what], plain, WHY[home])
        for what in ("add", "verify", "read")
        for home in (h.name for h in homes[1:])
    ]
