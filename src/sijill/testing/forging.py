"""Time-stamp replies put together by hand, each part of which can be wrong: what no authority's program would make.

Right in all parts, it is what an authority would send, at any time and without OpenSSL.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from sijill.core.clock import system_clock
from sijill.store import der
from sijill.store.replies import (
    CONTENT_TYPE,
    DIGESTS,
    MESSAGE_DIGEST,
    SIGNED_DATA,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    TST_INFO,
)
from sijill.testing.authority import POLICY, Holder

OIDS = {name: oid for oid, name in DIGESTS.items()} | {"sha1": "1.3.14.3.2.26", "sha224": "2.16.840.1.101.3.4.2.4"}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - to show that it is refused.
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
ECDSA, RSA = "1.2.840.10045.4.3.2", "1.2.840.113549.1.1.1"


@dataclass(frozen=True, slots=True)
class Forgery:
    """A reply about a note, right in every part unless one is replaced.

    `names` are the certificates that the signed attributes name, each with the attribute's kind and the digest;
    `issuer_of` is somebody whose certificate the signature is said to be of.
    """

    note: str
    signer: Holder
    status: int = 0
    version: int = 1
    time: bytes = b""
    imprint: str = "sha256"
    digest: bytes = b""
    nonce: int | None = 0x5EED
    content_type: str = TST_INFO
    attribute_type: str = TST_INFO
    message_digest: bytes = b""
    names: tuple[tuple[str, str, bytes], ...] | None = None
    signing: str = "sha256"
    certificates: tuple[bytes, ...] | None = None
    issuer_of: Holder | None = None
    extra_attributes: tuple[bytes, ...] = ()
    signatures: int = 1
    token: bool = True

    def but(self, **changes: object) -> Forgery:
        """The same with other parts."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def encoded(self) -> bytes:
        """The TimeStampResp."""
        status = der.write(der.SEQUENCE, der.write_integer(self.status))
        return der.write(der.SEQUENCE, status, self._token() if self.token else b"")

    def statement(self) -> bytes:
        """The TSTInfo."""
        digest = self.digest or hashlib.new(self.imprint, self.note.encode()).digest()
        time = self.time or system_clock().strftime("%Y%m%d%H%M%SZ").encode()
        return der.write(
            der.SEQUENCE,
            der.write_integer(self.version),
            der.write_oid(POLICY),
            der.write(der.SEQUENCE, _algorithm(OIDS[self.imprint]), der.write(der.OCTET_STRING, digest)),
            der.write_integer(7),
            der.write(der.GENERALIZED_TIME, time),
            b"" if self.nonce is None else der.write_integer(self.nonce),
        )

    def attributes(self) -> bytes:
        """What is signed, as a SET."""
        statement = self.statement()
        digest = self.message_digest or hashlib.new(self.signing, statement).digest()
        names = self.names if self.names is not None else ((SIGNING_CERTIFICATE_V2, "sha256", self.signer.der),)
        return der.write_set(
            der.SET,
            (
                _attribute(CONTENT_TYPE, der.write_oid(self.attribute_type)),
                _attribute(MESSAGE_DIGEST, der.write(der.OCTET_STRING, digest)),
                *(_attribute(kind, _name(kind, algorithm, named)) for kind, algorithm, named in names),
                *self.extra_attributes,
            ),
        )

    def _token(self) -> bytes:
        certificates = (self.signer.der,) if self.certificates is None else self.certificates
        content = der.write(
            der.SEQUENCE,
            der.write_oid(self.content_type),
            der.write(der.context(0), der.write(der.OCTET_STRING, self.statement())),
        )
        signed_data = der.write(
            der.SEQUENCE,
            der.write_integer(3),
            der.write_set(der.SET, (_algorithm(OIDS[self.signing]),)),
            content,
            der.write_set(der.context(0), certificates) if certificates else b"",
            der.write(der.SET, *(self._signer_info(),) * self.signatures),
        )
        return der.write(der.SEQUENCE, der.write_oid(SIGNED_DATA), der.write(der.context(0), signed_data))

    def _signer_info(self) -> bytes:
        attributes = self.attributes()
        certificate = (self.issuer_of or self.signer).certificate
        name = certificate.issuer.public_bytes()
        oid, signature = self._sign(attributes)
        return der.write(
            der.SEQUENCE,
            der.write_integer(1),
            der.write(der.SEQUENCE, name, der.write_integer(certificate.serial_number)),
            _algorithm(OIDS[self.signing]),
            bytes((der.context(0),)) + attributes[1:],
            _algorithm(oid, null=False),
            der.write(der.OCTET_STRING, signature),
        )

    def _sign(self, data: bytes) -> tuple[str, bytes]:
        key, digest = self.signer.key, HASHES[self.signing]
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return ECDSA, key.sign(data, ec.ECDSA(digest))
        return RSA, key.sign(data, padding.PKCS1v15(), digest)


def at(time: dt.datetime) -> bytes:
    """A time as it stands in a reply."""
    return time.astimezone(dt.UTC).strftime("%Y%m%d%H%M%SZ").encode()


def _algorithm(oid: str, *, null: bool = True) -> bytes:
    return der.write(der.SEQUENCE, der.write_oid(oid), der.write(der.NULL) if null else b"")


def _attribute(kind: str, *values: bytes) -> bytes:
    return der.write(der.SEQUENCE, der.write_oid(kind), der.write_set(der.SET, values))


def _name(kind: str, algorithm: str, certificate: bytes) -> bytes:
    """A SigningCertificate, or one of the second form, which says the digest where it is not SHA-256."""
    said = b"" if kind == SIGNING_CERTIFICATE or algorithm == "sha256" else _algorithm(OIDS[algorithm])
    digest = der.write(der.OCTET_STRING, hashlib.new(algorithm, certificate).digest())
    return der.write(der.SEQUENCE, der.write(der.SEQUENCE, der.write(der.SEQUENCE, said, digest)))
