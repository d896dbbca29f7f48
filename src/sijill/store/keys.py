"""The case's Ed25519 signing key, made by `init`, readable by its owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InternalError, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from sijill.core.errors import CaseDamaged
from sijill.store.notes import Signer
from sijill.store.seal import Keys

SEALED = "signing key"


def create_key(path: Path, keys: Keys | None = None) -> Ed25519PrivateKey:
    """Make a key and write it (PKCS #8, PEM, mode 0600; sealed under `keys` where the case is encrypted)."""
    key = Ed25519PrivateKey.generate()
    write_key(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), keys)
    return key


def write_key(path: Path, pem: bytes, keys: Keys | None) -> None:
    """Write a key's PEM, sealed where there are keys to seal it with; raises FileExistsError."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as f:
        f.write(keys.seal(SEALED, pem) if keys else pem)
        f.flush()
        os.fsync(f.fileno())


def read_key(path: Path, keys: Keys | None) -> bytes:
    """A key's PEM; raises FileNotFoundError, and ValueError where it was sealed with other keys or changed."""
    data = path.read_bytes()
    try:
        return keys.open(SEALED, data) if keys else data
    except InvalidTag as err:
        raise ValueError("not what was sealed") from err


def load_signer(path: Path, origin: str, expected: str, keys: Keys | None = None) -> Signer:
    """The signer of a case; raises CaseDamaged where the key is missing, unreadable or not the case's."""
    hint = f"restore keys/{path.name} from a backup; without it the case can be read, but not written"
    try:
        pem = read_key(path, keys)
    except FileNotFoundError as err:
        raise CaseDamaged("the case's signing key is missing", hint=hint) from err
    except ValueError as err:
        raise CaseDamaged("the case's signing key cannot be read", hint=hint) from err
    return signer_of(pem, origin, expected, hint=hint)


def signer_of(pem: bytes, origin: str, expected: str, *, hint: str = "") -> Signer:
    """The signer that a key's PEM makes; raises CaseDamaged where it is unreadable or not the case's."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError) as err:
        raise CaseDamaged("the case's signing key cannot be read", hint=hint) from err
    if not isinstance(key, Ed25519PrivateKey):
        raise CaseDamaged("the case's signing key is not an Ed25519 key", hint=hint)
    signer = Signer(origin, key)
    if str(signer.verifier) != expected:
        raise CaseDamaged("the signing key is not the one that this case was made with", hint=hint)
    return signer
