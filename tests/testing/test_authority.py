"""The local authority is what it says: a real one, as OpenSSL sees it, in every manner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from sijill.store import der, stamps
from sijill.testing.authority import Manner, available, local_authority, made

pytestmark = pytest.mark.skipif(not available(), reason="openssl is not on this machine")
NOTE = "a checkpoint of Meravia\n"


def verifies(folder: Path, reply: bytes, query: bytes, roots: bytes) -> bool:
    """As OpenSSL answers, with the query at hand: nonce, imprint, chain."""
    for name, content in (("reply.tsr", reply), ("query.tsq", query), ("roots.pem", roots)):
        (folder / name).write_bytes(content)
    command = "openssl ts -verify -queryfile query.tsq -in reply.tsr -CAfile roots.pem"
    return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("options", [{}, {"intermediate": True}, {"key": rsa.RSAPrivateKey}, {"fractions": True}])
def test_an_honest_reply_answers_its_query(tmp_path: Path, options: dict[str, object]) -> None:
    query = stamps.request_for(NOTE).der
    with local_authority(**options) as authority:  # type: ignore[arg-type]
        assert verifies(tmp_path, authority.reply(query), query, authority.roots)


@pytest.mark.parametrize(
    "manner", [Manner.WRONG_NONCE, Manner.WRONG_IMPRINT, Manner.WITHOUT_NONCE, Manner.REFUSING, Manner.CUT_OFF]
)
def test_a_misbehaving_reply_does_not(tmp_path: Path, manner: Manner) -> None:
    query = stamps.request_for(NOTE).der
    with local_authority() as authority:
        authority.manner = manner
        assert not verifies(tmp_path, authority.reply(query), query, authority.roots)


def test_serial_numbers_count_on() -> None:
    query = stamps.request_for(NOTE)
    with local_authority() as authority:
        point = stamps.Checkpoint(1, b"", NOTE)
        serials = [stamps.check(authority.reply(query.der), point, authority="").serial for _ in range(3)]
    assert serials == ["4e02", "4e03", "4e04"]


def test_certificates_say_what_they_are_for() -> None:
    root = made("root")
    leaf = made("leaf", by=root, stamping=True, purposes=(ExtendedKeyUsageOID.CODE_SIGNING,), critical=False)
    leaf.certificate.verify_directly_issued_by(root.certificate)
    assert der.read(leaf.der).raw == leaf.der
    usage = next(e for e in leaf.certificate.extensions if e.oid.dotted_string == "2.5.29.37")
    assert (usage.critical, list(usage.value)) == (False, [ExtendedKeyUsageOID.CODE_SIGNING])  # type: ignore[call-overload]
