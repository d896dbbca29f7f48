"""From what a person brings to the parts of a case that can be read."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select

from sijill.core.errors import CaseLocked, CaseSealed, InputError
from sijill.core.log import EntryKind
from sijill.store import schema
from sijill.store.address import Address, read_address
from sijill.store.folders import Layout
from sijill.store.homes import Home, SqliteFile
from sijill.store.location import Location, read_location
from sijill.store.objects import Objects, Shelf
from sijill.store.postgres import PostgresSchema
from sijill.store.seal import Keys
from sijill.store.vault import NOTHING, Reach, Unlock, case_name, is_encrypted, read_vault, unlock

DATABASE_KEY = "database"


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """Where the parts of a case lie, and the keys that open them, `None` for a plain case, with its unsealed name.

    `location` is the bucket where its objects lie, `None` for the folder of the layout, and `reach` the way there;
    `address` is that of a team's database, `None` where the rows lie in a file in the folder.
    """

    layout: Layout
    keys: Keys | None = None
    name: str = ""
    address: Address | None = None
    location: Location | None = None
    reach: Reach | None = None

    def objects(self) -> Objects:
        """The preserved bytes; each caller has its own, as what is kept waits there for `sync`."""
        if self.location is None:
            return Objects(self.layout.objects, self.keys)
        return Objects(self.layout.objects, self.keys, partial(_reached, self.location, self.layout, self.reach))

    @property
    def database_key(self) -> bytes | None:
        """The raw key of the database."""
        return self.keys.derive(DATABASE_KEY) if self.keys else None

    @property
    def home(self) -> Home:
        """Where the rows lie."""
        if self.address is not None:
            return PostgresSchema(self.address, self.layout.generation, self.keys)
        return SqliteFile(self.layout.database, self.layout.lock, self.database_key)


def access_to(folder: Path, brought: Unlock = NOTHING) -> Access:
    """What is needed to read a case; raises CaseSealed where nothing brought unlocks it, CaseDamaged for its vault."""
    address, location, reach = read_address(folder, brought.database), read_location(folder), brought.buckets
    if not is_encrypted(folder):
        return Access(Layout(folder), None, "", address, location, reach)
    vault = read_vault(folder)
    keys = unlock(vault, brought)
    layout = Layout(folder, vault.generation, encrypted=True)
    return Access(layout, keys, case_name(vault, keys), address, location, reach)


def _reached(location: Location, layout: Layout, reach: Reach | None) -> Shelf:
    if reach is None:
        raise InputError(f"the case keeps its preserved files in {location}", hint="bring a way to that bucket")
    return reach(location, layout.objects.name)


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


def clear_generations(access: Access) -> None:
    """Remove what a rekeying that was killed left behind: the generation before or after the one that counts.

    There are no others, as each rekeying begins with this. Files are named one by one: whatever else lies in the
    folder is not ours to remove.
    """
    for generation in (access.layout.generation - 1, access.layout.generation + 1):
        if generation:
            stale = replace(access, layout=replace(access.layout, generation=generation))
            with suppress(CaseLocked):  # Somebody still reads it on a server: it is left to a later writer.
                stale.home.remove()
            stale.layout.key.unlink(missing_ok=True)
            clear_objects(stale)


def clear_objects(stale: Access) -> None:
    """Remove the objects of a generation that does not count."""
    if stale.location is not None:
        shelf = stale.objects().shelf
        for name in tuple(shelf.names()):
            shelf.discard(name)
    if stale.layout.objects.is_symlink():
        stale.layout.objects.unlink()  # The link, and not what it leads to.
    elif stale.layout.objects.exists():
        shutil.rmtree(stale.layout.objects)
