"""Opening a case, with a passphrase or an age identity where it is encrypted."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import replace
from pathlib import Path

from sijill.cli.buckets import named_shelf
from sijill.core.errors import InputError
from sijill.store.address import read_address
from sijill.store.case import Case
from sijill.store.snapshots import Backups
from sijill.store.vault import Custodian, Unlock, is_encrypted

PASSPHRASE = "SIJILL_PASSPHRASE"  # noqa: S105 -- the name of a variable, not what it holds
NEW_PASSPHRASE = "SIJILL_NEW_PASSPHRASE"  # noqa: S105 -- likewise
IDENTITY = "SIJILL_IDENTITY"
DATABASE_URL = "SIJILL_DATABASE_URL"
ABOUT_BUCKETS = Unlock(buckets=named_shelf)
MOST_IDENTITY_BYTES = 100_000


def open_case(folder: Path) -> Case:
    """The case, unlocked with what the environment, `--identity` or the person at the terminal gives."""
    return Case.open(folder, brought=brought_for(folder))


def server_of(folder: Path | None) -> str | None:
    """The address of the PostgreSQL database that the environment names, else the case; `None` where there is none."""
    given = os.environ.get(DATABASE_URL) or None
    address = read_address(folder, given) if folder else None
    return given or (address.public if address else None)


def brought_for(folder: Path) -> Unlock:
    """What there is to open the case with; asks for a passphrase only where nothing else was given."""
    opened = _brought(folder) if is_encrypted(folder) else ABOUT_BUCKETS
    return replace(opened, database=os.environ.get(DATABASE_URL) or None)


def brought_for_backup(folder: Path, number: int | None = None) -> Unlock:
    """What there is to open a snapshot with, the newest where none is named."""
    return _brought(folder) if Backups.open(folder).snapshot(number).vault else ABOUT_BUCKETS


def _brought(folder: Path) -> Unlock:
    passphrase = os.environ.get(PASSPHRASE) or None
    identities = _identities(os.environ.get(IDENTITY))
    if passphrase is None and not identities and sys.stdin.isatty():
        passphrase = getpass.getpass(f"passphrase of {folder}: ")
    return Unlock(passphrase, identities, buckets=named_shelf)


def new_custodians(
    recipients: list[str], *, passphrase: bool, label: str = "passphrase", joining: bool = False
) -> tuple[Custodian, ...]:
    """The custodians that a person names: age recipients, and a passphrase that is given or asked for twice.

    `joining` says that they join others: what opens the case for these is not taken for the new passphrase.
    """
    found = [Custodian(recipient=r) for r in recipients]
    if passphrase:
        found.append(Custodian(passphrase=_new_passphrase(joining=joining), label=label))
    return tuple(found)


def _new_passphrase(*, joining: bool) -> str:
    given = os.environ.get(NEW_PASSPHRASE) or (None if joining else os.environ.get(PASSPHRASE))
    if given:
        return given
    if not sys.stdin.isatty():
        variable = NEW_PASSPHRASE if joining else PASSPHRASE
        raise InputError("there is nobody to ask for a passphrase", hint=f"set {variable}, or give --recipient age1…")
    first = getpass.getpass("new passphrase: ")
    if getpass.getpass("again: ") != first:
        raise InputError("the two passphrases differ", hint="nothing was made; try again")
    return first


def _identities(path: str | None) -> tuple[str, ...]:
    """The age identities in a file as age-keygen writes it: one a line, `#` begins a comment."""
    if not path:
        return ()
    try:
        with Path(path).open(encoding="utf-8") as f:
            lines = f.read(MOST_IDENTITY_BYTES).splitlines()
    except (OSError, UnicodeDecodeError) as err:
        raise InputError(f"{path} cannot be read", hint="give the file that age-keygen wrote") from err
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
