"""A time-stamp authority of our own on loopback, which can also misbehave: `openssl ts -reply` behind a web server.

Its root, an intermediate where asked for, and its signing certificate are made when it starts, in a temporary folder.
Their names are invented; nobody outside trusts them.
"""

from __future__ import annotations

import datetime as dt
import shutil
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sijill.core.clock import Clock, system_clock
from sijill.store import der
from sijill.testing.web import BLOCK, HUGE, WebHandler, WebServer

POLICY = "1.3.6.1.4.1.99999.1"
REPLY = {"Content-Type": "application/timestamp-reply"}
DAY = dt.timedelta(days=1)
CONFIG = """
[tsa]
default_tsa = local
[local]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = {policy}
digests = sha256, sha512
ess_cert_id_alg = {ess}
{more}
"""


class Manner(StrEnum):
    """How the authority answers."""

    HONEST = "as it should"
    WRONG_NONCE = "with a stamp that answers another request"
    WRONG_IMPRINT = "with a stamp over something else"
    WITHOUT_NONCE = "with a stamp that repeats no nonce"
    REFUSING = "with a refusal"
    GARBAGE = "with a page of text"
    EMPTY = "with nothing"
    CUT_OFF = "with half a reply"
    SLOW = "a byte at a time"
    SILENT = "not at all"
    HUGE = "with more than anybody should read"
    ERROR = "with HTTP 500"
    REDIRECT = "with the address of another server"


Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(Encoding.DER)


@dataclass(slots=True)
class LocalAuthority:
    """A running authority. `manner` may be changed between requests; `asked` holds the bodies that it was sent.

    `elsewhere` is where a redirect points, by default a path of this same server. `prepared` replies are sent first.
    """

    url: str
    root: Holder
    intermediate: Holder | None
    signer: Holder
    folder: Path
    manner: Manner = Manner.HONEST
    elsewhere: str = "/elsewhere"
    prepared: list[bytes] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    _signing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def roots(self) -> bytes:
        """What a user would trust: the root's certificate, PEM."""
        return self.root.pem

    def reply(self, request: bytes) -> bytes:
        """A reply to a TimeStampReq in the present manner, as far as that shows in its bytes."""
        if self.prepared:
            return self.prepared.pop(0)
        if self.manner is Manner.WRONG_NONCE:
            request = _changed(request, der.INTEGER)
        elif self.manner is Manner.WRONG_IMPRINT:
            request = _changed(request, der.SEQUENCE)
        elif self.manner is Manner.WITHOUT_NONCE:
            version, imprint, *_ = der.read(request).members()
            request = der.write(der.SEQUENCE, version.raw, imprint.raw, der.write(der.BOOLEAN, b"\xff"))
        elif self.manner is Manner.REFUSING:
            request = request.replace(der.write_oid("2.16.840.1.101.3.4.2.1"), der.write_oid("2.16.840.1.101.3.4.2.9"))
        made = self._sign(request)
        return made[: len(made) // 2] if self.manner is Manner.CUT_OFF else made

    def _sign(self, request: bytes) -> bytes:
        with self._signing:  # OpenSSL counts serial numbers in a file.
            query, reply = self.folder / "query.tsq", self.folder / "reply.tsr"
            query.write_bytes(request)
            reply.unlink(missing_ok=True)
            command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", query.name, "-out", reply.name]
            subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=30)
            return reply.read_bytes()


def available() -> bool:
    """Whether this machine has what the authority runs on."""
    return shutil.which("openssl") is not None


@contextmanager
def local_authority(
    *,
    intermediate: bool = False,
    key: type[Key] = ec.EllipticCurvePrivateKey,
    sha1_name: bool = False,
    fractions: bool = False,
    tls: ssl.SSLContext | None = None,
    clock: Clock = system_clock,
) -> Iterator[LocalAuthority]:
    """Run an authority on a free port of loopback until the block ends.

    With an intermediate, its certificate is sent along as real authorities do: in the chain's order. `sha1_name` names
    the certificate in the older form, `fractions` states milliseconds.
    """
    with tempfile.TemporaryDirectory(prefix="sijill-tsa-") as name, _Server(("127.0.0.1", 0), _Handler) as server:
        root = made("Meravia Time Root (invented)", clock=clock, key=key)
        between = made("Meravia Time Service (invented)", by=root, clock=clock, key=key) if intermediate else None
        signer = made("Senna Stamp 1 (invented)", by=between or root, stamping=True, clock=clock, key=key)
        url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/tsr"
        server.authority = LocalAuthority(url, root, between, signer, Path(name))
        _configure(server.authority, sha1_name=sha1_name, fractions=fractions)
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        with server.serving():
            yield server.authority


def _configure(authority: LocalAuthority, *, sha1_name: bool, fractions: bool) -> None:
    """Write what `openssl ts -reply` reads."""
    folder, between, signer = authority.folder, authority.intermediate, authority.signer
    more = ["certs = chain.pem"] if between else []
    more += ["clock_precision_digits = 3"] if fractions else []
    config = CONFIG.format(policy=POLICY, ess="sha1" if sha1_name else "sha256", more="\n".join(more))
    (folder / "tsa.cnf").write_text(config, encoding="ascii")
    (folder / "serial").write_text("4E01\n", encoding="ascii")
    (folder / "chain.pem").write_bytes(between.pem + authority.root.pem if between else b"")
    (folder / "signer.pem").write_bytes(signer.pem)
    pem = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "signer.key").write_bytes(pem)


def made(
    name: str,
    *,
    by: Holder | None = None,
    stamping: bool = False,
    critical: bool = True,
    purposes: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,),
    days: tuple[int, int] = (-1, 30),
    clock: Clock = system_clock,
    key: type[Key] = ec.EllipticCurvePrivateKey,
) -> Holder:
    """A certificate with its key: self-signed unless `by` somebody, for stamping or for signing further certificates.

    `days` are its first and last day, counted from now; `purposes` and `critical` are for certificates that should not
    be believed.
    """
    own: Key = (
        rsa.generate_private_key(65537, 2048) if key is rsa.RSAPrivateKey else ec.generate_private_key(ec.SECP256R1())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = clock()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * DAY)
        .not_valid_after(now + days[1] * DAY)
        .add_extension(x509.BasicConstraints(ca=not stamping, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(_usage(stamping), critical=True)
    )
    if by:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
        builder = builder.add_extension(issuer, critical=False)
    if stamping and purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=critical)
    return Holder(builder.sign((by.key if by else own), hashes.SHA256()), own)


def _usage(stamping: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=stamping,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not stamping,
        crl_sign=not stamping,
        encipher_only=False,
        decipher_only=False,
    )


def _changed(request: bytes, tag: int) -> bytes:
    """The request with the last bit changed of its imprint (a SEQUENCE) or its nonce (the last INTEGER)."""
    parts = list(der.read(request).members())
    at = max(i for i, part in enumerate(parts) if part.tag == tag)
    raw = parts[at].raw
    other = raw[:-1] + bytes((raw[-1] ^ 1,))
    return der.write(der.SEQUENCE, *(other if i == at else part.raw for i, part in enumerate(parts)))


class _Server(WebServer):
    """A web server that knows the authority it serves."""

    authority: LocalAuthority


class _Handler(WebHandler):
    """Answers in the authority's manner."""

    server: _Server

    def do_POST(self) -> None:
        """Note what was asked, and answer."""
        authority = self.server.authority
        body, headers = self.received()
        authority.asked.append(body)
        authority.paths.append(self.path)
        authority.headers.append(headers)
        match authority.manner:
            case Manner.SILENT:
                self.server.stopping.wait()
            case Manner.ERROR:
                self.send(500, b"out of order", REPLY)
            case Manner.REDIRECT:
                self.send(302, b"", {**REPLY, "Location": authority.elsewhere})
            case Manner.GARBAGE:
                self.send(200, b"<!doctype html><title>Sign in to the network</title>", REPLY)
            case Manner.EMPTY:
                self.send(200, b"", REPLY)
            case Manner.HUGE:
                self.drip(bytes(BLOCK), HUGE // BLOCK, 0)
            case Manner.SLOW:
                self.drip(b"\x30", BLOCK, 0.05)
            case _:
                self.send(200, authority.reply(body), REPLY)
