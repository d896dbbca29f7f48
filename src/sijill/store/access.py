"""From what a person brings to the parts of a case that can be read."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, select

from sijill.core.errors import CaseSealed
from sijill.core.log import EntryKind
from sijill.store import schema
from sijill.store.folders import Layout
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


def require_current(access: Access) -> None:
    """Raise CaseSealed where the case was sealed anew since it was opened.

    Whoever wrote with the keys of then would write into a generation that nobody can open any more, and, taking the
    new one for what a killed run left, remove it.
    """
    layout = access.layout
    encrypted = is_encrypted(layout.folder)
    generation = read_vault(layout.folder).generation if encrypted else 1
    if (encrypted, generation) != (layout.encrypted, layout.generation):
        raise CaseSealed(f"{layout.folder} was sealed under a new key since it was opened", hint="open it again")


def last_vault(connection: Connection) -> str:
    """The SHA-256 of the `vault.json` that the log vouches for, "" where it speaks of none."""
    bodies = select(schema.log_entry.c.body).order_by(schema.log_entry.c.seq.desc())
    for body in connection.execute(bodies).scalars():
        if b'"kind":"custody"' in body and (entry := json.loads(body))["kind"] == EntryKind.CUSTODY:
            return str(entry["body"]["vault"])
    return ""


def clear_generations(layout: Layout) -> None:
    """Remove what a rekeying that was killed left behind: the generation before or after the one that counts.

    There are no others, as each rekeying begins with this. Files are named one by one: whatever else lies in the
    folder is not ours to remove.
    """
    for generation in (layout.generation - 1, layout.generation + 1):
        if generation:
            stale = replace(layout, generation=generation)
            for end in ("", "-wal", "-shm", "-journal"):
                stale.database.with_name(stale.database.name + end).unlink(missing_ok=True)
            stale.key.unlink(missing_ok=True)
            if stale.objects.is_symlink():
                stale.objects.unlink()  # The link, and not what it leads to.
            elif stale.objects.exists():
                shutil.rmtree(stale.objects)
