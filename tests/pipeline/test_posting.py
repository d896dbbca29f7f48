"""Posting to the address that was named, against a server on loopback that behaves, and one that does not."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sijill.core.clock import system_clock
from sijill.pipeline.posting import Limits, NotAnswered, checked_address, post
from sijill.testing.authority import LocalAuthority, Manner, local_authority

SHORT, LONG = Limits(seconds=0.4), Limits(seconds=5)


@pytest.fixture
def authority() -> Iterator[LocalAuthority]:
    with local_authority() as running:
        running.manner = Manner.GARBAGE
        yield running


def ask(address: str, *, limits: Limits = LONG, tls: ssl.SSLContext | None = None) -> bytes:
    return post(address, b"asked", media_type="text/a", accept="text/b", limits=limits, tls=tls)


def test_what_is_asked_is_all_that_is_sent(authority: LocalAuthority) -> None:
    assert ask(f"{authority.url}?plan=1").startswith(b"<!doctype html>")
    assert authority.asked == [b"asked"]
    assert authority.paths == ["/tsr?plan=1"]
    host = authority.url.removeprefix("http://").removesuffix("/tsr")
    assert authority.headers == [
        {
            "host": host,
            "content-type": "text/a",
            "accept": "text/b",
            "content-length": "5",
            "accept-encoding": "identity",
        }
    ]


def test_a_redirect_is_not_followed(authority: LocalAuthority) -> None:
    with local_authority() as other:
        authority.manner, authority.elsewhere = Manner.REDIRECT, other.url
        with pytest.raises(NotAnswered, match=r"sends elsewhere \(HTTP 302\), which is not followed"):
            ask(authority.url)
        assert other.asked == []
    authority.elsewhere = "/elsewhere"
    with pytest.raises(NotAnswered, match="which is not followed"):
        ask(authority.url)
    assert authority.paths == ["/tsr", "/tsr"]


def test_a_proxy_that_the_environment_names_is_not_used(
    authority: LocalAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with local_authority() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert ask(authority.url)
        assert proxy.asked == []


def test_an_error_is_said(authority: LocalAuthority) -> None:
    authority.manner = Manner.ERROR
    with pytest.raises(NotAnswered, match="it answered with HTTP 500"):
        ask(authority.url)


def test_an_answer_has_a_limit(authority: LocalAuthority) -> None:
    authority.manner = Manner.HUGE
    with pytest.raises(NotAnswered, match="more than 262144 bytes"):
        ask(authority.url)


@pytest.mark.parametrize("manner", [Manner.SILENT, Manner.SLOW])
def test_the_whole_exchange_has_a_limit(authority: LocalAuthority, manner: Manner) -> None:
    """A byte at a time would never let a socket's own limit run out."""
    authority.manner = manner
    with pytest.raises(NotAnswered, match=r"did not answer within 0\.4 seconds"):
        ask(authority.url, limits=SHORT)


def test_nobody_there_is_said(authority: LocalAuthority) -> None:
    with local_authority() as gone:
        url = gone.url
    with pytest.raises(NotAnswered, match="the connection failed"):
        ask(url)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "no address of a web server"),
        ("tsa.meravia.example/tsr", "no address of a web server"),
        ("file:///etc/hosts", "no address of a web server"),
        ("ftp://tsa.meravia.example/", "no address of a web server"),
        ("http:///tsr", "no address of a web server"),
        ("http://tsa.meravia.example:0/", "no address of a web server"),
        ("http://tsa.meravia.example:port/", "is no address"),
        ("http://[::1/", "is no address"),
        ("http://clerk@tsa.meravia.example/", "a name or a password"),
        ("http://clerk:secret@tsa.meravia.example/", "a name or a password"),
        ("http://tsa.meravia.example/a b", "it has a space"),
        ("http://tsa.meravia.example/\r\nX: y", "it has a space"),
        ("http://tsa.méravia.example/", "beyond ASCII"),
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str, says: str) -> None:
    with pytest.raises(NotAnswered, match=says) as caught:
        checked_address(address)
    assert "secret" not in str(caught.value)
    with pytest.raises(NotAnswered, match=says):
        ask(address)


def test_a_secured_address_is_believed_only_if_somebody_vouches_for_it(tmp_path: Path) -> None:
    server, client = tls_of(tmp_path)
    with local_authority(tls=server) as running:
        running.manner = Manner.GARBAGE
        assert running.url.startswith("https://")
        assert ask(running.url, tls=client).startswith(b"<!doctype html>")
        with pytest.raises(NotAnswered, match="certificate verify failed"):
            ask(running.url)
    assert len(running.asked) == 1


def tls_of(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server that shows a certificate for loopback, and a client that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback (invented)")])
    now = system_clock()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM)
    path = folder / "server.pem"
    path.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=pem.decode())
