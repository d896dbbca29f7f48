"""The types of columns: what a case says reads the same from SQLite and from PostgreSQL.

SQLite keeps what it is handed. PostgreSQL takes no NUL in text, which reports may hold, and sorts text by a collation
of the machine that changes with its libraries: so NUL is written as an escape there, and every text is compared byte by
byte. Where a case on a server is encrypted, its values are sealed before they leave this machine, see `RowSeal`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from sijill.store.seal import Keys, sealed, unsealed

POSTGRESQL = "postgresql"
_SEAL = "sijill_seal"
# SUBSTITUTE, which hardly any text holds: doubled where one does, and followed by a zero for a NUL.
_MARK = "\x1a"
_ESCAPED = re.compile(f"{_MARK}({_MARK}|0)?")
# What no text holds that was ever written: a mark that is followed by neither was changed by somebody else.
_BROKEN = "\udc1a"

# 64 bits in both: SQLite's integers are.
Whole = Integer().with_variant(BigInteger(), POSTGRESQL)


class Sealing(Enum):
    """How a value is sealed on a server.

    OPEN: not at all. SAME: equal values give equal seals, so that the database can compare them and join by them.
    APART: no two seals are alike.
    """

    OPEN = "open"
    SAME = "same"
    APART = "apart"


@dataclass(frozen=True, slots=True, repr=False)
class RowSeal:
    """Seals values with AES-256-GCM (APART) and AES-256-SIV (SAME, RFC 5297) under keys derived from the case's."""

    apart: bytes
    same: AESSIV

    @classmethod
    def of(cls, keys: Keys) -> RowSeal:
        """The seal of a case; AES-SIV takes a key of twice the length."""
        return cls(keys.derive("row values"), AESSIV(keys.derive("row names") + keys.derive("row names, second half")))

    def seal(self, data: bytes, how: Sealing) -> bytes:
        """Sealed bytes."""
        return sealed(data, self.apart) if how is Sealing.APART else self.same.encrypt(data, None)

    def open(self, data: bytes, how: Sealing) -> bytes:
        """What was sealed; raises InvalidTag for anything else."""
        return unsealed(data, self.apart) if how is Sealing.APART else self.same.decrypt(data, None)


def seal_rows(dialect: Dialect, keys: Keys) -> None:
    """Have everything that goes through an engine of this dialect sealed and opened."""
    setattr(dialect, _SEAL, RowSeal.of(keys))


def rows_sealed(dialect: Dialect) -> bool:
    """Whether the database sees seals only, so that it can compare whole values but not their beginnings."""
    return hasattr(dialect, _SEAL)


def escaped(text: str) -> str:
    """Text without NUL, from which `unescaped` makes the same text again.

    >>> escaped("a\\x00b\\x1a") == "a\\x1a0b\\x1a\\x1a"
    True
    """
    return text.replace(_MARK, _MARK * 2).replace("\0", f"{_MARK}0") if "\0" in text or _MARK in text else text


def unescaped(text: str) -> str:
    """What `escaped` was given; anything else leaves a character that no record can hold, for `verify` to find."""
    return _ESCAPED.sub(_original, text) if _MARK in text else text


def _original(match: re.Match[str]) -> str:
    return {_MARK: _MARK, "0": "\0", None: _BROKEN}[match[1]]


class Words(TypeDecorator[str]):
    """Text; `length` is what SQLite's definition says, which holds nobody to it."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None, *, sealing: Sealing = Sealing.APART) -> None:
        super().__init__()
        self.length = length
        self.sealing = sealing

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Of any length, and compared byte by byte, on PostgreSQL."""
        if dialect.name == POSTGRESQL:
            return dialect.type_descriptor(Text(collation="C"))
        return dialect.type_descriptor(Text() if self.length is None else String(self.length))

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], Any] | None:
        """SQLite takes text as it is."""
        if dialect.name != POSTGRESQL:
            return None
        seal: RowSeal | None = getattr(dialect, _SEAL, None)
        if seal is None or self.sealing is Sealing.OPEN:
            return lambda value: value if value is None else escaped(value)
        how = self.sealing
        return lambda value: value if value is None else base64.b64encode(seal.seal(value.encode(), how)).decode()

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], str | None] | None:
        """Text that was not sealed here comes back as text that no record can hold."""
        if dialect.name != POSTGRESQL:
            return None
        seal: RowSeal | None = getattr(dialect, _SEAL, None)
        if seal is None or self.sealing is Sealing.OPEN:
            return lambda value: value if value is None else unescaped(value)
        how = self.sealing
        return lambda value: value if value is None else _opened(seal, value, how)


def _opened(seal: RowSeal, value: str, how: Sealing) -> str:
    try:
        return seal.open(base64.b64decode(value, validate=True), how).decode()
    except (InvalidTag, binascii.Error, UnicodeDecodeError):
        return f"{value}{_BROKEN}"


class Octets(TypeDecorator[bytes]):
    """Bytes."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, length: int | None = None, *, sealing: Sealing = Sealing.APART) -> None:
        super().__init__(length)
        self.length = length
        self.sealing = sealing

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Sealed where the case is encrypted."""
        seal: RowSeal | None = getattr(dialect, _SEAL, None)
        if value is None or seal is None or self.sealing is Sealing.OPEN:
            return value
        return seal.seal(value, self.sealing)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Bytes that were not sealed here come back as no bytes."""
        seal: RowSeal | None = getattr(dialect, _SEAL, None)
        if value is None or seal is None or self.sealing is Sealing.OPEN:
            return value
        try:
            return seal.open(value, self.sealing)
        except InvalidTag:
            return b""
