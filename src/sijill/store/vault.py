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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sijill.core.errors import CaseDamaged, CaseSealed, InputError, InvalidRecord
from sijill.core.wire import from_json, to_json
from sijill.store.folders import fsync_folder
from sijill.store.location import Location
from sijill.store.objects import Shelf
from sijill.store.seal import KEY, Keys, sealed, unsealed

FILE = "vault.json"
PREPARED = ".vault.json.new"
FORMAT = 1
# RFC 9106, section 4, second recommended option: t = 3, m = 64 MiB, p = 4.
PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 4
# Costs are read from a file that anybody may have changed: only those that this program has ever written are paid.
KNOWN_COSTS = frozenset({(PASSES, MEMORY_KIB, LANES)})
SHORTEST = 12
MOST_SLOTS = 100
MOST_BYTES = 1_000_000
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


# A bucket, and the part of its prefix for one generation of the case; raises InputError for one that was not named.
Reach = Callable[[Location, str], Shelf]


@dataclass(frozen=True, slots=True, repr=False)
class Unlock:
    """What a person brings to open a case: a passphrase, age identities (`AGE-SECRET-KEY-1…`), or both.

    `database` is the address of the server where a team's case has its rows; it may hold a password. `buckets` is the
    way to buckets that they have named: a case may keep its objects in one.
    """

    passphrase: str | None = None
    identities: tuple[str, ...] = ()
    database: str | None = None
    buckets: Reach | None = None


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


def new_vault(
    custodians: Sequence[Custodian], name: str, *, generation: int = 1, keys: Keys | None = None
) -> tuple[Vault, Keys]:
    """A vault with a fresh master key, or these keys, and a slot for each custodian; raises InputError for nobody."""
    if not custodians:
        raise InputError("an encrypted case needs somebody who can open it", hint="give a passphrase or a recipient")
    keys = keys or Keys(secrets.token_bytes(KEY))
    slots = tuple(new_slot(keys, custodian) for custodian in custodians)
    vault = Vault(FORMAT, generation, _encoded(keys.seal("name", name.encode())), ())
    for slot in slots:
        vault = with_slot(vault, slot)
    return vault, keys


def with_slot(vault: Vault, slot: Slot) -> Vault:
    """The vault with one more slot; raises InputError where its holder has one already, or there are too many."""
    if slot.holder in {s.holder for s in vault.slots}:
        raise InputError(
            f"{slot.holder} can open the case already", hint="name each custodian once; give passphrases labels"
        )
    if len(vault.slots) == MOST_SLOTS:
        raise InputError(f"the case has {MOST_SLOTS} custodians, and no room for more", hint="remove one first")
    return replace(vault, slots=(*vault.slots, slot))


def new_slot(keys: Keys, custodian: Custodian) -> Slot:
    """The master key sealed to one custodian; raises InputError for a weak passphrase or what is no recipient."""
    id_ = secrets.token_hex(8)
    if custodian.recipient is not None:
        try:
            recipient = pyrage.x25519.Recipient.from_str(custodian.recipient.strip())
        except (pyrage.RecipientError, ValueError) as err:
            raise InputError(f"{custodian.recipient[:20]!r} is no age recipient", hint="it begins with age1") from err
        # As age writes it: one recipient in capitals and in small letters is one custodian, to be removed once.
        return Slot(id_, AGE, str(recipient), _encoded(pyrage.encrypt(keys.master, [recipient])))
    passphrase, label = custodian.passphrase or "", custodian.label.strip()
    if len(passphrase) < SHORTEST:
        raise InputError(
            f"the passphrase has fewer than {SHORTEST} characters",
            hint="take six random words or more; nobody can reset it",
        )
    if not label.isprintable() or not label or label.casefold().startswith("age1"):
        raise InputError(f"{label[:20]!r} cannot be what people call a passphrase", hint="give it a word or two")
    salt = secrets.token_bytes(16)
    slot = Slot(id_, PASSPHRASE, label, "", _encoded(salt), PASSES, MEMORY_KIB, LANES)
    try:
        stretched = _stretched(passphrase, slot)
    except UnicodeEncodeError as err:
        raise InputError("the passphrase holds bytes that are no text", hint="type it in UTF-8") from err
    return replace(slot, sealed=_encoded(sealed(keys.master, stretched, id_.encode())))


def read_vault(folder: Path) -> Vault:
    """What `vault.json` holds; raises CaseDamaged."""
    hint = "restore vault.json from a backup: without it nothing can be opened"
    try:
        with (folder / FILE).open("rb") as f:
            data = f.read(MOST_BYTES + 1)
        found = parsed(data)
    except (OSError, ValueError, InvalidRecord, RecursionError) as err:
        raise CaseDamaged(f"{folder / FILE} cannot be read", hint=hint) from err
    if found.format != FORMAT or found.generation < 1:
        raise CaseDamaged(f"{folder / FILE} is of a format that this version does not know", hint="upgrade Sijill")
    if len(found.slots) > MOST_SLOTS or not all(_known(slot) for slot in found.slots):
        raise CaseDamaged(f"{folder / FILE} holds slots that no Sijill has made", hint=hint)
    return found


def parsed(data: bytes) -> Vault:
    """The vault that the bytes hold; raises ValueError, InvalidRecord or RecursionError where they hold none."""
    if len(data) > MOST_BYTES:
        raise ValueError("no vault is as large")
    return from_json(Vault, json.loads(data))


def rendered(vault: Vault) -> bytes:
    """What `vault.json` holds, to the byte; the log vouches for its digest."""
    return (json.dumps(to_json(vault), ensure_ascii=False, indent=1) + "\n").encode()


def prepare(folder: Path, vault: Vault) -> None:
    """Write the vault beside its place, durably: it takes effect with `take_effect`, once the log vouches for it."""
    (folder / PREPARED).unlink(missing_ok=True)
    # Made anew, never opened: what lies there by that name may be a link to somewhere else.
    fd = os.open(folder / PREPARED, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as f:
        f.write(rendered(vault))
        f.flush()
        os.fsync(f.fileno())
    fsync_folder(folder)  # The log will vouch for it: after a power cut it must be there.


def take_effect(folder: Path) -> None:
    """Put what was prepared into its place: the moment at which a custodian, or a rekeying, counts."""
    os.replace(folder / PREPARED, folder / FILE)
    fsync_folder(folder)


def settle(folder: Path, vouched: str) -> None:
    """After a run that was killed: finish what the log vouches for (its SHA-256), drop what it does not."""
    prepared = folder / PREPARED
    if prepared.is_file() and not prepared.is_symlink() and digest_of(prepared.read_bytes()) == vouched:
        take_effect(folder)
    else:
        prepared.unlink(missing_ok=True)


def digest_of(rendering: bytes) -> str:
    """The SHA-256 by which the log vouches for a vault."""
    return hashlib.sha256(rendering).hexdigest()


def unlock(vault: Vault, brought: Unlock) -> Keys:
    """The keys, by whichever slot opens; raises CaseSealed where none does."""
    identities = [_identity(text) for text in brought.identities]
    for slot in vault.slots:
        master = _opened(slot, brought.passphrase, identities)
        if master is not None:
            return Keys(master)
    given = brought.passphrase is not None or brought.identities
    wanted = "what was given opens none of its slots" if given else "nothing was given"
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
            master = bytes(pyrage.decrypt(held, list(identities)))
        elif slot.kind == PASSPHRASE and passphrase is not None:
            master = unsealed(held, _stretched(passphrase, slot), slot.id.encode())
        else:
            return None
    except (InvalidTag, pyrage.DecryptError, ValueError):
        return None  # Not this slot; the caller tries the others and says so where none opens.
    # Anybody can encrypt anything to an age recipient.
    return master if len(master) == KEY else None


def _known(slot: Slot) -> bool:
    costs = (slot.passes, slot.memory_kib, slot.lanes)
    return slot.kind == AGE or (slot.kind == PASSPHRASE and costs in KNOWN_COSTS)


def _stretched(passphrase: str, slot: Slot) -> bytes:
    """The key of a passphrase; it is normalised (NFKC), as keyboards write one letter in several ways."""
    text = unicodedata.normalize("NFKC", passphrase).encode()
    kdf = Argon2id(
        salt=_decoded(slot.salt), length=KEY, iterations=slot.passes, lanes=slot.lanes, memory_cost=slot.memory_kib
    )
    return kdf.derive(text)


def _identity(text: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except (pyrage.IdentityError, ValueError) as err:
        raise InputError("that is no age identity", hint="it begins with AGE-SECRET-KEY-1") from err


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as err:
        raise ValueError("not base64") from err
