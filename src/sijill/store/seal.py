"""Sealing with AES-256-GCM, and the keys that follow from a case's master key (HKDF-SHA-256, RFC 5869)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY = 32
NONCE = 12


def sealed(data: bytes, key: bytes, bound_to: bytes = b"") -> bytes:
    """A random nonce of 12 bytes, ciphertext, tag; `bound_to` is the additional data."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, bound_to)


def unsealed(data: bytes, key: bytes, bound_to: bytes = b"") -> bytes:
    """What `sealed` sealed; raises InvalidTag for anything else."""
    if len(data) < NONCE:
        raise InvalidTag
    return AESGCM(key).decrypt(data[:NONCE], data[NONCE:], bound_to)


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The master key of a case, and what is derived from it; never printed, never written unsealed."""

    master: bytes

    def derive(self, purpose: str) -> bytes:
        """The 32-byte key for one purpose: no salt, the purpose as info."""
        return HKDF(SHA256(), KEY, salt=None, info=f"sijill {purpose} 1".encode()).derive(self.master)

    def seal(self, purpose: str, data: bytes) -> bytes:
        """The data sealed under the purpose's key."""
        return sealed(data, self.derive(purpose))

    def open(self, purpose: str, data: bytes) -> bytes:
        """What `seal` sealed; raises InvalidTag where it is anything else."""
        return unsealed(data, self.derive(purpose))
