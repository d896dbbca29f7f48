"""From what a person brings to the parts of a case that can be read."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from sijill.core.log import EntryKind
from sijill.store import schema
from sijill.store.folders import OBJECTS, Layout
from sijill.store.seal import Keys
from sijill.store.vault import NOTHING, Unlock, case_name, is_encrypted, read_vault, unlock

DATABASE_KEY = "database"


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """Where the parts of a case lie, and the keys that open them, `None` for a plain case, with its unsealed name."""

    layout: Layout
    keys: Keys | None = None
    name: str = ""

    @property
    def database_key(self) -> bytes | None:
        """The raw key of the database."""
        return self.keys.derive(DATABASE_KEY) if self.keys else None


def access_to(folder: Path, brought: Unlock = NOTHING) -> Access:
    """What is needed to read a case; raises CaseSealed where nothing brought unlocks it, CaseDamaged for its vault."""
    if not is_encrypted(folder):
        return Access(Layout(folder))
    vault = read_vault(folder)
    keys = unlock(vault, brought)
    return Access(Layout(folder, vault.generation, encrypted=True), keys, case_name(vault, keys))


def last_vault(connection: Connection) -> str:
    """The SHA-256 of the `vault.json` that the log vouches for, "" where it speaks of none."""
    bodies = select(schema.log_entry.c.body).order_by(schema.log_entry.c.seq.desc())
    for body in connection.execute(bodies).scalars():
        if b'"kind":"custody"' in body and (entry := json.loads(body))["kind"] == EntryKind.CUSTODY:
            return str(entry["body"]["vault"])
    return ""


def clear_generations(layout: Layout) -> None:
    """Remove what a rekeying that was killed left behind: files of every generation but the one that counts."""
    kept = {layout.database.name, layout.objects.name, layout.key.name}
    for path in (*layout.folder.glob("case*.db*"), *layout.key.parent.glob("signing*.sealed")):
        if path.name.removesuffix("-wal").removesuffix("-shm") not in kept:
            path.unlink(missing_ok=True)
    for path in layout.folder.glob(f"{OBJECTS}*"):
        if path.name not in kept:
            shutil.rmtree(path)
