"""What a time-stamp authority answers (RFC 3161, in CMS of RFC 5652), taken apart, and whether it signed what it says.

This is one of two readings. It needs no trusted root and forgives encodings that authorities use and strict readers
refuse; `store.stamps` has the chain to a root checked by rfc3161-client or OpenSSL.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from sijill.store import der
from sijill.store.der import DerError, Element, context

MOST_BYTES = 256 * 1024
GRANTED = 0
SIGNED_DATA = "1.2.840.113549.1.7.2"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
RSA_PSS = "1.2.840.113549.1.1.10"
# Digests that may be stamped or signed; SHA-1 may only name a certificate, as RFC 3161 has it.
DIGESTS = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
# What cryptography raises for a certificate that it cannot read; not all are ValueErrors.
NO_CERTIFICATE = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
TIME = re.compile(r"(\d{14})(\.\d{1,9})?Z", re.ASCII)


class StampError(ValueError):
    """A reply that refuses, is about something else, or is not signed as a time stamp must be."""


class UnreadableReply(StampError):
    """A reply that cannot be read here. It may still be good: keep it, other tools may read it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply's statement and its signature.

    `time` is in UTC; `fraction` is what follows its whole seconds (`.25`). `digest` of `algorithm` is what was stamped.
    `certificates` are DER; `signer` is that of the key that signed. `signed` are the attributes under the signature.
    """

    policy: str
    algorithm: str
    digest: bytes
    serial: int
    time: dt.datetime
    fraction: str
    nonce: int | None
    statement: bytes
    signed: Element
    signature_digest: str
    signature_algorithm: str
    signature: bytes
    signer: bytes
    certificates: tuple[bytes, ...]


def read_reply(data: bytes) -> Reply:
    """Take a TimeStampResp apart; raises UnreadableReply, or StampError where the authority refuses."""
    if len(data) > MOST_BYTES:
        raise UnreadableReply(f"the reply has {len(data)} bytes, more than the {MOST_BYTES} that are read")
    try:
        return _reply(der.definite(data))
    except StampError:
        raise
    except (ValueError, IndexError) as err:  # What is missing shows as a failure to unpack.
        raise UnreadableReply(f"the reply is no time stamp that can be read: {str(err) or type(err).__name__}") from err


def in_der_order(data: bytes) -> bytes:
    """The reply with definite lengths and the sets of its SignedData in the order that DER wants; raises DerError.

    Authorities that send a chain of certificates send it in the chain's order, and some leave lengths open, both of
    which strict readers refuse. No signature covers either.
    """
    try:
        status, token = der.read(der.definite(data)).members()
        content_type, content = token.members()
        (signed_data,) = content.members(context(0))
    except ValueError as err:  # What is missing shows as a failure to unpack.
        raise DerError("it holds no signed data") from err
    parts = []
    for part in signed_data.members():
        if part.tag in (der.SET, context(0), context(1)):
            parts.append(der.write_set(part.tag, (member.raw for member in part.members(part.tag))))
        else:
            parts.append(part.raw)
    ordered = der.write(content.tag, der.write(der.SEQUENCE, *parts))
    return der.write(der.SEQUENCE, status.raw, der.write(der.SEQUENCE, content_type.raw, ordered))


def require_signature(reply: Reply) -> x509.Certificate:
    """The certificate of the key that signed the reply; raises StampError unless it may, and did.

    RFC 3161, section 2.3 (extended key usage, critical and alone), 2.4.1 (the signing certificate is named among what
    is signed; RFC 5816), 2.4.2; RFC 5652, section 5.4 (what is signed); the certificate was valid at the stated time.
    """
    attributes = _attributes(reply.signed)
    if _single(attributes, CONTENT_TYPE).raw != der.write_oid(TST_INFO):
        raise StampError("the signature is over something that is no time stamp")
    digest = hashlib.new(reply.signature_digest, reply.statement).digest()
    if _single(attributes, MESSAGE_DIGEST).raw != der.write(der.OCTET_STRING, digest):
        raise StampError("the signature is over another statement")
    _require_named(attributes, reply.signer)
    try:
        certificate = x509.load_der_x509_certificate(reply.signer)
        _require_purpose(certificate)
        key = certificate.public_key()
    except StampError:
        raise
    except NO_CERTIFICATE as err:
        raise UnreadableReply("the certificate of the reply's signer cannot be read") from err
    _require_signed(key, reply)
    if not certificate.not_valid_before_utc <= reply.time <= certificate.not_valid_after_utc:
        raise StampError(f"the signer's certificate was not valid at the stated time, {reply.time.isoformat()}")
    return certificate


def _reply(data: bytes) -> Reply:
    status, *token = der.read(data).members()
    code = status.members()[0].integer()
    if code != GRANTED:
        raise StampError(f"the authority did not grant a stamp: status {code}")
    content_type, content = token[0].members()
    if content_type.oid() != SIGNED_DATA:
        raise DerError("it holds no signed data")
    (signed_data,) = content.members(context(0))
    _, _, encapsulated, *rest = signed_data.members()
    statement_type, wrapped = encapsulated.members()
    if statement_type.oid() != TST_INFO:
        raise DerError("what is signed is no time stamp")
    (statement,) = wrapped.members(context(0))
    certificates = tuple(c.raw for part in rest if part.tag == context(0) for c in part.members(part.tag))
    (signer_info,) = rest[-1].members(der.SET)  # RFC 3161, section 2.4.2: one signature, the authority's.
    return _with_statement(statement.octets(), signer_info, certificates)


def _with_statement(statement: bytes, signer_info: Element, certificates: tuple[bytes, ...]) -> Reply:
    version, policy, imprint, serial, time, *options = der.read(statement).members()
    if version.integer() != 1:
        raise DerError("it is of another version")
    algorithm, digest = imprint.members()
    _, identifier, digest_algorithm, signed, signature_algorithm, signature, *_ = signer_info.members()
    signed.members(context(0))
    seconds, fraction = _time(time)
    nonces = [o.integer() for o in options if o.tag == der.INTEGER]
    return Reply(
        policy=policy.oid(),
        algorithm=_digest_name(algorithm),
        digest=digest.octets(),
        serial=serial.integer(),
        time=seconds,
        fraction=fraction,
        nonce=nonces[0] if nonces else None,
        statement=statement,
        signed=signed,
        signature_digest=_digest_name(digest_algorithm),
        signature_algorithm=signature_algorithm.members()[0].oid(),
        signature=signature.octets(),
        signer=_signer(identifier, certificates),
        certificates=certificates,
    )


def _time(element: Element) -> tuple[dt.datetime, str]:
    found = TIME.fullmatch(element.content.decode("ascii"))
    if element.tag != der.GENERALIZED_TIME or not found:
        raise DerError("the time is not written as RFC 3161 says")
    return dt.datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC), found[2] or ""


def _digest_name(algorithm: Element) -> str:
    oid = algorithm.members()[0].oid()
    if oid not in DIGESTS:
        raise StampError(f"the digest {oid} is none of {', '.join(DIGESTS.values())}")
    return DIGESTS[oid]


def _signer(identifier: Element, certificates: tuple[bytes, ...]) -> bytes:
    """The certificate that issuer and serial number name (RFC 5652, section 5.3)."""
    issuer, serial = identifier.members()
    for certificate in certificates:
        fields = [e for e in der.read(certificate).members()[0].members() if e.tag != context(0)]
        if (fields[0].raw, fields[2].raw) == (serial.raw, issuer.raw):
            return certificate
    raise StampError("the reply does not bring the certificate of its signer")


def _attributes(signed: Element) -> dict[str, tuple[Element, ...]]:
    found: dict[str, tuple[Element, ...]] = {}
    try:
        for attribute in signed.members(context(0)):
            kind, values = attribute.members()
            if kind.oid() in found:
                raise StampError(f"the signed attribute {kind.oid()} is there twice")
            found[kind.oid()] = values.members(der.SET)
    except StampError:
        raise
    except ValueError as err:
        raise UnreadableReply(f"what is signed cannot be read: {err}") from err
    return found


def _single(attributes: dict[str, tuple[Element, ...]], kind: str) -> Element:
    values = attributes.get(kind, ())
    if len(values) != 1:
        raise StampError(f"the signed attribute {kind} is missing, or has several values")
    return values[0]


def _require_named(attributes: dict[str, tuple[Element, ...]], signer: bytes) -> None:
    """The first certificate that the signed attributes name is the signer's, in either of the two forms."""
    found = [k for k in (SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2) if k in attributes]
    if not found:
        raise StampError("the signature does not say with which certificate it was made")
    for kind in found:
        try:
            first, *further = _single(attributes, kind).members()[0].members()[0].members()
            name = "sha1" if kind == SIGNING_CERTIFICATE else "sha256"
            if first.tag == der.SEQUENCE:  # Of the second form, where the digest is not SHA-256.
                name, first = _digest_name(first), further[0]
        except StampError:
            raise
        except (ValueError, IndexError) as err:
            raise UnreadableReply(f"the signed attribute {kind} cannot be read: {err}") from err
        if first.content != hashlib.new(name, signer, usedforsecurity=name != "sha1").digest():
            raise StampError("the signature names another certificate than the one that came with it")


def _require_purpose(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as err:
        raise StampError("the signer's certificate is not for time stamping") from err
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise StampError("the signer's certificate is not for time stamping alone, marked critical")


def _require_signed(key: object, reply: Reply) -> None:
    covered = der.write(
        der.SET, reply.signed.content
    )  # RFC 5652, section 5.4: signed as a SET, sent under another tag.
    digest = HASHES[reply.signature_digest]
    try:
        # Neither rsa-pss nor EdDSA: what checks chains, rfc3161-client and openssl, cannot read them.
        if isinstance(key, rsa.RSAPublicKey) and reply.signature_algorithm != RSA_PSS:
            key.verify(reply.signature, covered, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(reply.signature, covered, ec.ECDSA(digest))
        else:
            raise UnreadableReply(f"signatures of the kind {reply.signature_algorithm} are not read here")
    except InvalidSignature as err:
        raise StampError("the signature does not hold") from err
