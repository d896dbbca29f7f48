"""RFC 3161 time stamps over checkpoints: what is asked of an authority, and what its reply is worth.

A stamp is over the exact bytes of a checkpoint's signed note. Nothing here sends anything (`pipeline.stamping` does) or
keeps anything: raw replies are rows of the case, as other people's tools must be able to read them.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import rfc3161_client
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning

from sijill.core.log import Checkpoint
from sijill.store import der, openssl
from sijill.store.findings import MALFORMED, Finding
from sijill.store.replies import (
    NO_CERTIFICATE,
    Reply,
    StampError,
    UnreadableReply,
    in_der_order,
    read_reply,
    require_signature,
)

__all__ = ["KeptStamp", "Request", "Roots", "Stamp", "StampError", "StampHash", "Trust", "UnreadableReply"]

MOST_ROOT_BYTES = 4 * 1024 * 1024


class StampHash(StrEnum):
    """The digest of the checkpoint that an authority gets to see."""

    SHA256 = "sha256"
    SHA512 = "sha512"


class Trust(StrEnum):
    """How far a stamp was checked."""

    ROOTED = "leads to a root that you named"
    UNCHECKED = "signature valid, authority not checked"


@dataclass(frozen=True, slots=True)
class Request:
    """A TimeStampReq (DER) with what its reply must repeat; the authority's certificate is asked for."""

    der: bytes
    algorithm: StampHash
    digest: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class Roots:
    """Certificates that the user trusts to vouch for authorities, and the same as PEM."""

    certificates: tuple[x509.Certificate, ...]
    pem: bytes


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority stated: a checkpoint existed at `time` (UTC, ISO 8601, as exact as the authority wrote it).

    `authority` is the address as the user gave it, `signer` the subject of the certificate that signed (RFC 4514),
    `policy` an object identifier, `serial` the stamp's number in hexadecimal.
    """

    checkpoint_size: int
    authority: str
    time: str
    algorithm: str
    policy: str
    serial: str
    signer: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class KeptStamp:
    """A reply as the case keeps it, with the checkpoint that it is over."""

    id: str
    checkpoint: Checkpoint
    authority: str
    reply: bytes


def request_for(note: str, *, algorithm: StampHash = StampHash.SHA256) -> Request:
    """What to ask an authority for a checkpoint's note; the nonce is random and new each time."""
    data = note.encode()
    made = rfc3161_client.TimestampRequestBuilder(
        data, rfc3161_client.HashAlgorithm[algorithm.name], nonce=True, cert_req=True
    ).build()
    if made.nonce is None:
        raise AssertionError("a request was built without a nonce")
    return Request(made.as_bytes(), algorithm, hashlib.new(algorithm, data).digest(), made.nonce)


def read_roots(pem: bytes) -> Roots:
    """The certificates in a PEM file; raises StampError where there is none, or one that cannot be read."""
    if len(pem) > MOST_ROOT_BYTES:
        raise StampError(f"roots of {len(pem)} bytes, more than the {MOST_ROOT_BYTES} that are read")
    try:
        certificates = tuple(dict.fromkeys(x509.load_pem_x509_certificates(pem)))
    except NO_CERTIFICATE as err:
        raise StampError("the roots are no certificates in PEM") from err
    return Roots(certificates, b"".join(c.public_bytes(Encoding.PEM) for c in certificates))


def check(
    reply: bytes,
    checkpoint: Checkpoint,
    *,
    authority: str,
    roots: Roots | None = None,
    request: Request | None = None,
) -> Stamp:
    """The stamp that a reply holds; raises StampError unless it is over that checkpoint and signed as it must be.

    With `roots`, the signer's certificate must lead to one of them, its chain valid at the stated time; without, that
    is not checked, and the stamp says so. With `request`, the reply must be the answer to it: nonce and digest.
    Raises UnreadableReply for what no reader here can read. Revocation is not looked up, as nothing is fetched.
    """
    found = read_reply(reply)
    if found.digest != hashlib.new(found.algorithm, checkpoint.note.encode()).digest():
        raise StampError("the stamp is over something other than this checkpoint")
    if request and found.algorithm != request.algorithm:
        raise StampError("the stamp uses another digest than was asked for")
    if request and found.nonce != request.nonce:
        raise StampError("the reply is to another request: its nonce differs")
    with (
        warnings.catch_warnings()
    ):  # A certificate that a later version of the library will refuse is read by this one.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        certificate = require_signature(found)
        if roots:
            _require_root(reply, found, roots)
    return Stamp(
        checkpoint_size=checkpoint.size,
        authority=authority,
        time=f"{found.time:%Y-%m-%dT%H:%M:%S}{found.fraction}Z",
        algorithm=found.algorithm,
        policy=found.policy,
        serial=f"{found.serial:x}",
        signer=certificate.subject.rfc4514_string(),
        trust=Trust.ROOTED if roots else Trust.UNCHECKED,
    )


def answers(reply: bytes, request: Request) -> bool:
    """Whether bytes that nobody here can read look like a granted answer to the request all the same.

    Such a reply is kept, as OpenSSL or a later version may read it; an error page or half a reply is not.
    """
    try:
        plain = der.definite(reply)
    except der.DerError:
        return False
    nonce = der.write_integer(request.nonce)
    return plain[:1] == bytes((der.SEQUENCE,)) and request.digest in plain and nonce in plain


def check_stamps(kept: Iterable[KeptStamp], roots: Roots | None) -> Iterator[Finding]:
    """What is wrong with the stamps of a case, as `verify` says it.

    A reply that cannot be read here is as it came, which is nothing wrong, unless roots are given: then it was to be
    shown that it leads to one. That a reply's bytes are those of its id is left to the check of rows.
    """
    for stamp in kept:
        where = f"stamp {str(stamp.id)[:16]}"
        try:
            if hashlib.sha256(stamp.reply).hexdigest() == stamp.id:
                check(stamp.reply, stamp.checkpoint, authority=stamp.authority, roots=roots)
        except StampError as err:
            if roots or not isinstance(err, UnreadableReply):
                yield Finding("stamp", where, str(err))
        except MALFORMED as err:
            yield Finding("stamp", where, f"unreadable: {type(err).__name__}")


def _require_root(reply: bytes, found: Reply, roots: Roots) -> None:
    """The chain to a root, by rfc3161-client; by OpenSSL where that cannot read the reply, or a certificate in it."""
    builder = rfc3161_client.VerifierBuilder(roots=list(roots.certificates), nonce=found.nonce)
    try:
        decoded = rfc3161_client.decode_timestamp_response(in_der_order(reply))
        builder.build().verify(decoded, found.digest)
    except rfc3161_client.VerificationError as err:
        raise StampError("the authority does not lead to a root that you named, or its chain had expired") from err
    except NO_CERTIFICATE as err:
        _require_root_by_openssl(reply, found, roots, err)
    else:
        _require_agreement(decoded.tst_info, found)


def _require_root_by_openssl(reply: bytes, found: Reply, roots: Roots, err: Exception) -> None:
    if not openssl.available():
        raise UnreadableReply(
            "the reply is signed, but its chain can be checked by openssl only, which is not on this machine"
        ) from err
    try:
        openssl.verify(reply, found.digest, roots=roots.pem, at=found.time)
    except openssl.OpensslError as told:
        raise StampError(f"openssl says of the authority: {told}") from told


def _require_agreement(stated: rfc3161_client.TimeStampTokenInfo, found: Reply) -> None:
    """Two readers that differ on what was signed are a warning in themselves."""
    theirs = (stated.gen_time, stated.serial_number, stated.nonce, stated.policy.dotted_string)
    if theirs != (found.time, found.serial, found.nonce, found.policy):
        raise StampError("two readers of the reply do not agree on what it states")
