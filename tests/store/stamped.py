"""A checkpoint, a reply about it made by hand, and what our readers and OpenSSL say of such replies."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from sijill.core.clock import system_clock
from sijill.core.log import Checkpoint
from sijill.store import der, openssl, stamps
from sijill.store.openssl import OpensslError
from sijill.store.stamps import Roots, Stamp
from sijill.testing.authority import available, made
from sijill.testing.forging import Forgery
from tests.store.test_der import opened
from tests.store.test_notes import ROOT, SIGNER

POINT, LATER = SIGNER.checkpoint(12, ROOT), SIGNER.checkpoint(13, ROOT)
WHERE = "http://tsa.meravia.example/tsr"
NOW, DAY = system_clock(), dt.timedelta(days=1)
ANCHOR = made("Meravia Forged Root (invented)")
LEAF = made("Senna Forger (invented)", by=ANCHOR, stamping=True)
FORGERY = Forgery(POINT.note, LEAF)
FORGED_ROOTS = stamps.read_roots(ANCHOR.pem)

needs_openssl = pytest.mark.skipif(not available(), reason="openssl is not on this machine")


def check(reply: bytes, roots: Roots | None = None, *, point: Checkpoint = POINT) -> Stamp:
    return stamps.check(reply, point, authority=WHERE, roots=roots)


def digest(point: Checkpoint = POINT, algorithm: str = "sha256") -> bytes:
    return hashlib.new(algorithm, point.note.encode()).digest()


def openssl_holds(reply: bytes, roots: Roots, *, at_: dt.datetime | None = None, algorithm: str = "sha256") -> bool:
    try:
        openssl.verify(reply, digest(algorithm=algorithm), roots=roots.pem, at=at_)
    except OpensslError:
        return False
    return True


def with_parts(reply: bytes, *, status: bytes | None = None, last: bytes | None = None) -> bytes:
    """The reply with another status, or other SignerInfos."""
    stated, token = der.read(reply).members()
    kind, content = token.members()
    *parts, infos = (p.raw for p in content.members(der.context(0))[0].members())
    held = der.write(der.context(0), der.write(der.SEQUENCE, *parts, last or infos))
    return der.write(der.SEQUENCE, status or stated.raw, der.write(der.SEQUENCE, kind.raw, held))


def only_for_openssl(reply: bytes) -> bytes:
    """The reply with a word in its status that is no UTF-8, which rfc3161-client refuses to read."""
    words = der.write(der.SEQUENCE, der.write(der.UTF8_STRING, b"\xff\xfe"))
    return with_parts(reply, status=der.write(der.SEQUENCE, der.write_integer(0), words))


def opened_outside(reply: bytes) -> bytes:
    """The reply with open lengths down to the SignedData and its content, but not in what is signed."""
    status, token = der.read(reply).members()
    kind, content = token.members()
    version, algorithms, statement, *rest = (p.raw for p in content.members(der.context(0))[0].members())
    signed_data = _open(der.SEQUENCE, version, algorithms, opened(statement), *rest)
    return _open(der.SEQUENCE, status.raw, _open(der.SEQUENCE, kind.raw, _open(der.context(0), signed_data)))


def _open(tag: int, *parts: bytes) -> bytes:
    return bytes((tag, 0x80)) + b"".join(parts) + der.END_OF_CONTENTS
