"""Cases that earlier versions made, as they were; `tools/make_old_cases.py` makes them with the code of then."""

from __future__ import annotations

import csv
import io
import lzma
import tarfile
from dataclasses import dataclass
from pathlib import Path

from sijill.store.vault import NOTHING, Unlock
from tools.make_old_cases import IDENTITY, PASSPHRASE

HERE = Path(__file__).parent / "old_cases"


@dataclass(frozen=True, slots=True)
class OldCase:
    """A stored case, and what must still be so of it: its schema, and how much of everything it holds."""

    name: str
    schema: str
    encrypted: bool
    entries: int
    root: str
    documents: int
    claims: int
    judgements: int
    stamps: int

    @property
    def brought(self) -> Unlock:
        """What opens it quickly."""
        return Unlock(identities=(IDENTITY,)) if self.encrypted else NOTHING

    @property
    def by_passphrase(self) -> Unlock:
        """What opens it as most people would."""
        return Unlock(passphrase=PASSPHRASE) if self.encrypted else NOTHING

    def unpack(self, folder: Path) -> Path:
        """Put it into a folder that is not there yet."""
        data = lzma.decompress((HERE / f"{self.name}.tar.xz").read_bytes())
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(folder, filter="data")
        return folder


def stored() -> tuple[OldCase, ...]:
    """All of them, the oldest first."""
    with (HERE / "cases.csv").open(encoding="utf-8") as file:
        return tuple(
            OldCase(
                row["name"], row["schema"], row["encrypted"] == "1", int(row["entries"]), row["root"],
                int(row["documents"]), int(row["claims"]), int(row["judgements"]), int(row["stamps"]),
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
