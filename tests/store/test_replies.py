"""Replies that are forged, broken or odd in one part each."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from sijill.store import der, stamps
from sijill.store.replies import CONTENT_TYPE, RSA_PSS, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, in_der_order
from sijill.store.stamps import Roots, StampError, Trust, UnreadableReply
from sijill.testing.authority import LocalAuthority, local_authority, made
from sijill.testing.forging import Forgery, at
from tests.store.stamped import (
    ANCHOR,
    DAY,
    FORGED_ROOTS,
    FORGERY,
    LEAF,
    NOW,
    POINT,
    check,
    needs_openssl,
    openssl_holds,
    with_parts,
)


@pytest.fixture(scope="module")
def authority() -> Iterator[LocalAuthority]:
    """An authority that sends its chain along, as public ones do."""
    with local_authority(intermediate=True) as running:
        yield running


@pytest.fixture(scope="module")
def roots(authority: LocalAuthority) -> Roots:
    return stamps.read_roots(authority.roots)


# --- forgeries ---


@needs_openssl
def test_what_is_forged_right_holds() -> None:
    """Else the next test would show nothing."""
    assert check(FORGERY.encoded(), FORGED_ROOTS).serial == "7"
    assert openssl_holds(FORGERY.encoded(), FORGED_ROOTS)


@needs_openssl
@pytest.mark.parametrize("digest_", ["sha256", "sha384", "sha512"])
def test_the_digests_of_today_are_read(digest_: str) -> None:
    names = ((SIGNING_CERTIFICATE, "sha1", LEAF.der), (SIGNING_CERTIFICATE_V2, digest_, LEAF.der))
    reply = FORGERY.but(signing=digest_, imprint=digest_, names=names, nonce=None).encoded()
    assert check(reply, FORGED_ROOTS).algorithm == digest_
    assert openssl_holds(reply, FORGED_ROOTS, algorithm=digest_)


STRANGER = made("Stranger (invented)", stamping=True)

# Each with what we say, and whether OpenSSL lets it pass: it looks neither at the stated time nor for old digests.
WRONG: list[tuple[dict[str, object], str, bool]] = [
    ({"status": 1}, "status 1", True),
    ({"status": 2, "token": False}, "status 2", False),
    ({"token": False}, "cannot be read|can be read", False),
    ({"version": 2}, "another version", False),
    ({"content_type": CONTENT_TYPE}, "no time stamp", False),
    ({"attribute_type": CONTENT_TYPE}, "over something that is no time stamp", True),
    ({"message_digest": bytes(32)}, "over another statement", False),
    ({"names": ()}, "does not say with which certificate", False),
    ({"names": ((SIGNING_CERTIFICATE, "sha1", STRANGER.der),)}, "names another certificate", False),
    ({"names": ((SIGNING_CERTIFICATE_V2, "sha256", STRANGER.der),)}, "names another certificate", False),
    ({"names": ((SIGNING_CERTIFICATE_V2, "sha512", STRANGER.der),)}, "names another certificate", False),
    ({"names": ((SIGNING_CERTIFICATE_V2, "sha1", STRANGER.der),)}, "none of sha256", False),
    ({"certificates": ()}, "does not bring the certificate", False),
    ({"certificates": (STRANGER.der,)}, "does not bring the certificate", False),
    ({"issuer_of": STRANGER, "certificates": (STRANGER.der,)}, "names another certificate", False),
    ({"signatures": 0}, "can be read", False),
    ({"signatures": 2}, "can be read", False),
    ({"imprint": "sha1"}, "none of sha256", True),
    ({"signing": "sha1"}, "none of sha256", True),
    ({"digest": bytes(32)}, "something other than this checkpoint", False),
    ({"time": at(NOW - 90 * DAY)}, "not valid at the stated time", True),
    ({"time": at(NOW + 90 * DAY)}, "not valid at the stated time", True),
    ({"time": b"20311304120000Z"}, "can be read", True),
    ({"time": b"203103041200Z"}, "time is not written", True),
    ({"time": b"20310304120000+0100"}, "time is not written", True),
]


@needs_openssl
@pytest.mark.parametrize(
    ("changes", "says", "passes"), WRONG, ids=lambda v: "+".join(v) if isinstance(v, dict) else None
)
def test_what_is_forged_wrong_is_refused(changes: dict[str, object], says: str, passes: bool) -> None:
    reply = FORGERY.but(**changes).encoded()
    for trusted in (None, FORGED_ROOTS):
        with pytest.raises(StampError, match=says):
            check(reply, trusted)
    algorithm = str(changes.get("imprint", "sha256"))
    assert openssl_holds(reply, FORGED_ROOTS, algorithm=algorithm) is passes


@needs_openssl
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"purposes": ()}, "not for time stamping"),
        ({"critical": False}, "not for time stamping alone, marked critical"),
        ({"purposes": (ExtendedKeyUsageOID.CODE_SIGNING,)}, "not for time stamping alone"),
        (
            {"purposes": (ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING)},
            "not for time stamping alone",
        ),
    ],
)
def test_a_certificate_for_something_else_does_not_stamp(options: dict[str, object], says: str) -> None:
    leaf = made("leaf", by=ANCHOR, stamping=True, **options)  # type: ignore[arg-type]
    reply = Forgery(POINT.note, leaf).encoded()
    for trusted in (None, FORGED_ROOTS):
        with pytest.raises(StampError, match=says):
            check(reply, trusted)
    assert not openssl_holds(reply, FORGED_ROOTS)


def test_an_attribute_that_is_signed_twice_is_refused() -> None:
    content_type = der.write(der.SEQUENCE, der.write_oid(CONTENT_TYPE), der.write(der.SET, der.write_oid("1.2.3")))
    with pytest.raises(StampError, match="is there twice"):
        check(FORGERY.but(extra_attributes=(content_type,)).encoded())


def test_a_signature_of_a_kind_that_is_not_read_is_said_to_be_unread() -> None:
    signer = made("leaf", by=ANCHOR, stamping=True, key=rsa.RSAPrivateKey)
    reply = Forgery(POINT.note, signer).encoded()
    assert check(reply).trust is Trust.UNCHECKED
    # The name of the signature's algorithm is not signed.
    (info,) = der.read(reply).members()[1].members()[1].members(der.context(0))[0].members()[-1].members(der.SET)
    *parts, _, signature = (p.raw for p in info.members())
    other = der.write(der.SEQUENCE, *parts, der.write(der.SEQUENCE, der.write_oid(RSA_PSS)), signature)
    pss = with_parts(reply, last=der.write(der.SET, other))
    with pytest.raises(UnreadableReply, match=re.escape(RSA_PSS)):
        check(pss)


# --- certificates that cannot be read: each was found by mutation ---


def of_version(certificate: bytes, version: int) -> bytes:
    """The certificate with another version, which the library that reads certificates does not know."""
    return certificate.replace(bytes.fromhex("a003020102"), bytes.fromhex("a0030201") + bytes((version,)), 1)


@needs_openssl
def test_a_certificate_that_nobody_needs_may_be_odd() -> None:
    """rfc3161-client cannot read it; OpenSSL can, and finds the chain without it."""
    for odd in (of_version(STRANGER.der, 6), STRANGER.der.replace(b"\x0c\x13Stranger", b"\x08\x13Stranger")):
        assert odd != STRANGER.der
        reply = FORGERY.but(certificates=(LEAF.der, odd)).encoded()
        if openssl_holds(reply, FORGED_ROOTS):
            assert check(reply, FORGED_ROOTS).trust is Trust.ROOTED
        else:
            with pytest.raises(StampError, match="openssl says of the authority"):
                check(reply, FORGED_ROOTS)


def test_a_signers_certificate_that_cannot_be_read_is_said_to_be_unread() -> None:
    odd = of_version(LEAF.der, 6)
    reply = FORGERY.but(certificates=(odd,), names=((SIGNING_CERTIFICATE_V2, "sha256", odd),)).encoded()
    with pytest.raises(UnreadableReply, match="certificate of the reply's signer cannot be read"):
        check(reply)


def test_an_attribute_that_names_nothing_is_said_to_be_unread() -> None:
    nothing = der.write(der.SEQUENCE, der.write(der.SEQUENCE, der.write(der.SEQUENCE)))
    attribute = der.write(der.SEQUENCE, der.write_oid(SIGNING_CERTIFICATE_V2), der.write(der.SET, nothing))
    with pytest.raises(UnreadableReply, match=f"{re.escape(SIGNING_CERTIFICATE_V2)} cannot be read"):
        check(FORGERY.but(names=(), extra_attributes=(attribute,)).encoded())


# --- bits ---


@needs_openssl
def test_a_changed_bit_is_found_unless_nobody_signed_it(authority: LocalAuthority, roots: Roots) -> None:
    """Never does a reply hold here that OpenSSL refuses; and without roots, no statement differs from what was signed.

    What may change is what no signature covers: the certificates that nobody needs, the order of sets, names of
    algorithms that are stated twice.
    """
    reply = authority.reply(stamps.request_for(POINT.note).der)
    original = check(reply)
    rng = random.Random(3161)
    held = 0
    for bit in sorted(rng.sample(range(len(reply) * 8), 250)):
        changed = bytearray(reply)
        changed[bit // 8] ^= 1 << bit % 8
        with suppress(StampError):
            assert check(bytes(changed)) == original
        try:
            check(bytes(changed), roots)
        except StampError:
            continue
        held += 1
        assert openssl_holds(bytes(changed), roots), f"bit {bit}"
    assert held < 75


@needs_openssl
def test_no_bit_of_the_signers_own_part_can_change() -> None:
    """The statement, the signed attributes, the signature and the certificate, bit by bit, without roots."""
    reply = FORGERY.encoded()
    covered = (FORGERY.statement(), FORGERY.signer.der)
    start = reply.index(covered[0])
    spans = [(start, start + len(covered[0])), (reply.index(covered[1]), reply.index(covered[1]) + len(covered[1]))]
    for low, high in spans:
        for bit in range(low * 8, high * 8, 3):
            changed = bytearray(reply)
            changed[bit // 8] ^= 1 << bit % 8
            with pytest.raises(StampError):  # noqa: PT011 - any of its messages.
                check(bytes(changed))


@pytest.mark.parametrize("reply", [b"\x30\x00", b"\x30\x80\x00\x00", der.write(der.SEQUENCE, der.write_integer(0))])
def test_what_holds_no_signed_data_cannot_be_put_in_order(reply: bytes) -> None:
    """Found by fuzzing: what was missing showed as a failure to unpack, which no caller expects."""
    with pytest.raises(der.DerError, match="it holds no signed data"):
        in_der_order(reply)
