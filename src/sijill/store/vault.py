"""An encrypted case: who can unlock it, and the keys that follow from that.

One random master key of 32 bytes seals everything; each custodian holds a slot in `vault.json` that seals the master
key to a passphrase (Argon2id, RFC 9106) or to an age recipient (C2SP age, X25519). Keys for the database, the objects,
their names, the signing key and the case's name are derived from it (HKDF-SHA-256, RFC 5869). Whoever loses every
passphrase and identity has lost the case: there is no other way in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sijill.core.errors import CaseDamaged, CaseSealed, InputError, InvalidRecord
from sijill.core.wire import from_json, to_json
from sijill.store.folders import fsync_folder
from sijill.store.seal import KEY, Keys, sealed, unsealed

FILE = "vault.json"
PREPARED = ".vault.json.new"
FORMAT = 1
# RFC 9106, section 4, second recommended option: t = 3, m = 64 MiB, p = 4.
PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 4
SHORTEST = 12
PASSPHRASE, AGE = "passphrase", "age"


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to the master key: `id` names it, `holder` is an age recipient, or what people call the passphrase.

    `sealed` is the master key, sealed; `salt` and the cost parameters belong to a passphrase. Bytes are base64.
    """

    id: str
    kind: str
    holder: str
    sealed: str
    salt: str = ""
    passes: int = 0
    memory_kib: int = 0
    lanes: int = 0


@dataclass(frozen=True, slots=True)
class Vault:
    """What `vault.json` holds; `generation` counts rekeyings and names the database and the folder of objects.

    `name` is the case's name, sealed: `case.toml` of an encrypted case holds none.
    """

    format: int
    generation: int
    name: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Unlock:
    """What a person brings to open a case: a passphrase, age identities (`AGE-SECRET-KEY-1…`), or both."""

    passphrase: str | None = None
    identities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Custodian:
    """Whom a slot is made for: an age recipient (`age1…`), or a passphrase with what people call it."""

    recipient: str | None = None
    passphrase: str | None = None
    label: str = "passphrase"


NOTHING = Unlock()


def is_encrypted(folder: Path) -> bool:
    """Whether the case in the folder is encrypted."""
    return (folder / FILE).exists()


def new_vault(custodians: Sequence[Custodian], name: str, *, generation: int = 1) -> tuple[Vault, Keys]:
    """A vault with a fresh master key, a slot for each custodian; raises InputError where there is none."""
    if not custodians:
        raise InputError("an encrypted case needs somebody who can open it", hint="give a passphrase or a recipient")
    keys = Keys(secrets.token_bytes(KEY))
    slots = tuple(new_slot(keys, custodian) for custodian in custodians)
    if len({s.holder for s in slots}) < len(slots):
        raise InputError("two custodians are the same", hint="name each once; give passphrases different labels")
    return Vault(FORMAT, generation, _encoded(keys.seal("name", name.encode())), slots), keys


def new_slot(keys: Keys, custodian: Custodian) -> Slot:
    """The master key sealed to one custodian; raises InputError for a weak passphrase or what is no recipient."""
    id_ = secrets.token_hex(8)
    if custodian.recipient is not None:
        try:
            recipient = pyrage.x25519.Recipient.from_str(custodian.recipient.strip())
        except pyrage.RecipientError as err:
            raise InputError(f"{custodian.recipient[:20]!r} is no age recipient", hint="it begins with age1") from err
        return Slot(id_, AGE, custodian.recipient.strip(), _encoded(pyrage.encrypt(keys.master, [recipient])))
    passphrase = custodian.passphrase or ""
    if len(passphrase) < SHORTEST:
        raise InputError(
            f"the passphrase has fewer than {SHORTEST} characters",
            hint="take six random words or more; nobody can reset it",
        )
    salt = secrets.token_bytes(16)
    slot = Slot(id_, PASSPHRASE, custodian.label, "", _encoded(salt), PASSES, MEMORY_KIB, LANES)
    return replace(slot, sealed=_encoded(sealed(keys.master, _stretched(passphrase, slot), id_.encode())))


def read_vault(folder: Path) -> Vault:
    """What `vault.json` holds; raises CaseDamaged."""
    hint = "restore vault.json from a backup: without it nothing can be opened"
    try:
        found = from_json(Vault, json.loads((folder / FILE).read_bytes()))
    except (OSError, ValueError, InvalidRecord, RecursionError) as err:
        raise CaseDamaged(f"{folder / FILE} cannot be read", hint=hint) from err
    if found.format != FORMAT or found.generation < 1:
        raise CaseDamaged(f"{folder / FILE} is of a format that this version does not know", hint="upgrade Sijill")
    return found


def rendered(vault: Vault) -> bytes:
    """What `vault.json` holds, to the byte; the log vouches for its digest."""
    return (json.dumps(to_json(vault), ensure_ascii=False, indent=1) + "\n").encode()


def prepare(folder: Path, vault: Vault) -> None:
    """Write the vault beside its place, durably: it takes effect with `take_effect`, once the log vouches for it."""
    with (folder / PREPARED).open("wb") as f:
        f.write(rendered(vault))
        f.flush()
        os.fsync(f.fileno())
    (folder / PREPARED).chmod(0o600)


def take_effect(folder: Path) -> None:
    """Put what was prepared into its place: the moment at which a custodian, or a rekeying, counts."""
    os.replace(folder / PREPARED, folder / FILE)
    fsync_folder(folder)


def settle(folder: Path, vouched: str) -> None:
    """After a run that was killed: finish what the log vouches for (its SHA-256), drop what it does not."""
    prepared = folder / PREPARED
    if prepared.is_file():
        if hashlib.sha256(prepared.read_bytes()).hexdigest() == vouched:
            take_effect(folder)
        else:
            prepared.unlink()


def unlock(vault: Vault, brought: Unlock) -> Keys:
    """The keys, by whichever slot opens; raises CaseSealed where none does."""
    identities = [_identity(text) for text in brought.identities]
    for slot in vault.slots:
        master = _opened(slot, brought.passphrase, identities)
        if master is not None:
            return Keys(master)
    wanted = "nothing was given" if brought == NOTHING else "what was given opens none of its slots"
    raise CaseSealed(
        f"the case is encrypted, and {wanted}",
        hint="give SIJILL_PASSPHRASE, or --identity FILE with an age identity of one of its custodians",
    )


def slot_opened_by(slot: Slot, brought: Unlock) -> bool:
    """Whether what was brought opens this slot."""
    return _opened(slot, brought.passphrase, [_identity(text) for text in brought.identities]) is not None


def case_name(vault: Vault, keys: Keys) -> str:
    """The case's name; raises CaseDamaged where it was changed."""
    try:
        return keys.open("name", _decoded(vault.name)).decode()
    except (InvalidTag, ValueError) as err:
        raise CaseDamaged("the sealed name in vault.json was changed", hint="restore vault.json") from err


def _opened(slot: Slot, passphrase: str | None, identities: Sequence[pyrage.x25519.Identity]) -> bytes | None:
    try:
        held = _decoded(slot.sealed)
        if slot.kind == AGE and identities:
            return bytes(pyrage.decrypt(held, list(identities)))
        if slot.kind == PASSPHRASE and passphrase is not None:
            return unsealed(held, _stretched(passphrase, slot), slot.id.encode())
    except (InvalidTag, pyrage.DecryptError, ValueError):
        return None  # Not this slot; the caller tries the others and says so where none opens.
    return None


def _stretched(passphrase: str, slot: Slot) -> bytes:
    """The key of a passphrase; it is normalised (NFKC), as keyboards write one letter in several ways."""
    # Costs are read from a file that somebody may have changed: none that would bring the machine down.
    if not (1 <= slot.passes <= 20 and 8 * slot.lanes <= slot.memory_kib <= 2**21 and 1 <= slot.lanes <= 16):
        raise ValueError("the slot's cost parameters are out of range")
    text = unicodedata.normalize("NFKC", passphrase).encode()
    kdf = Argon2id(
        salt=_decoded(slot.salt), length=KEY, iterations=slot.passes, lanes=slot.lanes, memory_cost=slot.memory_kib
    )
    return kdf.derive(text)


def _identity(text: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError as err:
        raise InputError("that is no age identity", hint="it begins with AGE-SECRET-KEY-1") from err


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as err:
        raise ValueError("not base64") from err
