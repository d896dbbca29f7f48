"""Checkpoints of the log as signed notes, so that other people's tools can check them.

Formats: C2SP signed-note (v1) and C2SP tlog-checkpoint; signatures are Ed25519 (RFC 8032), key algorithm 0x01.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sijill.core.log import Checkpoint

ED25519 = b"\x01"
RAW_KEY_BYTES = 32
SIZE = re.compile("0|[1-9][0-9]{0,15}")


class NoteError(ValueError):
    """A signed note is malformed, or its signature does not hold."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks notes of one key; its text form is `<name>+<key id, 8 hex>+<base64 of 0x01 and the public key>`."""

    name: str
    key: Ed25519PublicKey

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256 over name, newline, algorithm and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.key.public_bytes_raw()).digest()[:4]

    def __str__(self) -> str:
        encoded = base64.b64encode(ED25519 + self.key.public_bytes_raw()).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read the text form; raises NoteError where it is malformed or its key id does not fit."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            name.encode()
            raw = base64.b64decode(encoded, validate=True)
        except ValueError as err:
            raise NoteError("the verifier key is not base64, or its name is no text") from err
        if not name or raw[:1] != ED25519 or len(raw) != 1 + RAW_KEY_BYTES:
            raise NoteError("the verifier key is not an Ed25519 key in signed-note form")
        found = cls(name, Ed25519PublicKey.from_public_bytes(raw[1:]))
        if found.key_id.hex() != key_id:
            raise NoteError("the verifier key does not fit its own key id")
        return found

    def verify(self, note: str) -> str:
        """The text that the key signed; raises NoteError unless one of the signatures is this key's and holds."""
        text, blank, signatures = note.rpartition("\n\n")
        if not blank or not signatures.endswith("\n"):
            raise NoteError("the note has no signatures")
        text += "\n"
        # Not `splitlines`, which also breaks at characters that are no newline.
        own = [s for s in map(self._own, signatures[:-1].split("\n")) if s is not None]
        if not own:
            raise NoteError(f"the note bears no signature of {self.name}")
        try:
            for signature in own:
                self.key.verify(signature, text.encode())
        except (InvalidSignature, UnicodeEncodeError) as err:
            raise NoteError("the signature does not hold") from err
        return text

    def _own(self, line: str) -> bytes | None:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "—":
            raise NoteError("a signature line is malformed")
        try:
            raw = base64.b64decode(parts[2], validate=True)
        except ValueError as err:
            raise NoteError("a signature is not base64") from err
        # Decoding forgives unused bits at the end, and a changed bit must not pass.
        if base64.b64encode(raw).decode() != parts[2]:
            raise NoteError("a signature is not canonical base64")
        return raw[4:] if parts[1] == self.name and raw[:4] == self.key_id else None


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs notes with a case's key."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """What checks this key's notes."""
        return Verifier(self.name, self.key.public_key())

    def sign(self, text: str) -> str:
        """The text, which ends in a newline, with this key's signature below it."""
        signature = base64.b64encode(self.verifier.key_id + self.key.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n"

    def checkpoint(self, size: int, root: bytes) -> Checkpoint:
        """A signed statement of the log's size and root, the key's name as origin."""
        return Checkpoint(size, root, self.sign(f"{self.name}\n{size}\n{base64.b64encode(root).decode()}\n"))


def read_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint that a note holds; raises NoteError where it is malformed, unsigned or of another log."""
    lines = verifier.verify(note).split("\n")
    if len(lines) < 4 or lines[0] != verifier.name:
        raise NoteError("the note is no checkpoint of this log")
    if not SIZE.fullmatch(lines[1]):
        raise NoteError("the checkpoint's size is not a number")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except ValueError as err:
        raise NoteError("the checkpoint's root is not base64") from err
    if base64.b64encode(root).decode() != lines[2]:
        raise NoteError("the checkpoint's root is not canonical base64")
    return Checkpoint(int(lines[1]), root, note)
