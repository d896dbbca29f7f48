"""The case's Ed25519 signing key, made by `init`, readable by its owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from sijill.core.errors import CaseDamaged
from sijill.store.notes import Signer

FILE = "signing.pem"


def create_key(folder: Path) -> Ed25519PrivateKey:
    """Make a key and write it (PKCS #8, PEM, mode 0600) into `folder`."""
    folder.mkdir(mode=0o700, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fd = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as f:
        f.write(pem)
        f.flush()
        os.fsync(f.fileno())
    return key


def load_signer(folder: Path, origin: str, expected: str) -> Signer:
    """The signer of a case; raises CaseDamaged where the key is missing, unreadable or not the case's."""
    hint = "restore keys/signing.pem from a backup; without it the case can be read, but not written"
    try:
        key = load_pem_private_key((folder / FILE).read_bytes(), password=None)
    except FileNotFoundError as err:
        raise CaseDamaged("the case's signing key is missing", hint=hint) from err
    except ValueError as err:
        raise CaseDamaged("the case's signing key cannot be read", hint=hint) from err
    if not isinstance(key, Ed25519PrivateKey):
        raise CaseDamaged("the case's signing key is not an Ed25519 key", hint=hint)
    signer = Signer(origin, key)
    if str(signer.verifier) != expected:
        raise CaseDamaged("the signing key is not the one that this case was made with", hint=hint)
    return signer
