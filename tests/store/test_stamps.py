"""Time stamps over checkpoints: what authorities send, whom to believe, and what OpenSSL says of the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import rfc3161_client
from cryptography.hazmat.primitives.asymmetric import rsa

from sijill.core.clock import system_clock
from sijill.core.log import Checkpoint
from sijill.store import der, openssl, stamps
from sijill.store.openssl import OpensslError
from sijill.store.stamps import KeptStamp, Roots, StampError, StampHash, Trust, UnreadableReply
from sijill.testing.authority import POLICY, LocalAuthority, Manner, local_authority, made
from sijill.testing.forging import Forgery, at
from tests.store.stamped import (
    ANCHOR,
    DAY,
    FORGED_ROOTS,
    FORGERY,
    LATER,
    NOW,
    POINT,
    WHERE,
    check,
    digest,
    needs_openssl,
    only_for_openssl,
    opened_outside,
    openssl_holds,
)
from tests.store.test_notes import ROOT


@pytest.fixture(scope="module")
def authority() -> Iterator[LocalAuthority]:
    """An authority that sends its chain along, as public ones do."""
    with local_authority(intermediate=True) as running:
        yield running


@pytest.fixture(scope="module")
def roots(authority: LocalAuthority) -> Roots:
    return stamps.read_roots(authority.roots)


# --- what an honest authority says ---


@needs_openssl
@pytest.mark.parametrize("algorithm", StampHash)
@pytest.mark.parametrize(
    "options",
    [{}, {"intermediate": True}, {"key": rsa.RSAPrivateKey, "intermediate": True}, {"sha1_name": True}],
    ids=["leaf", "chain", "rsa", "named by sha1"],
)
def test_an_honest_stamp_holds_in_every_reading(options: dict[str, object], algorithm: StampHash) -> None:
    """Ours without roots, rfc3161-client and OpenSSL with them."""
    with local_authority(**options) as running:  # type: ignore[arg-type]
        request = stamps.request_for(POINT.note, algorithm=algorithm)
        before = system_clock()
        reply = running.reply(request.der)
        trusted = stamps.read_roots(running.roots)
    bare = stamps.check(reply, POINT, authority=WHERE, request=request)
    rooted = stamps.check(reply, POINT, authority=WHERE, request=request, roots=trusted)
    openssl.verify(reply, digest(algorithm=algorithm), roots=trusted.pem)
    assert bare.trust is Trust.UNCHECKED
    assert rooted.trust is Trust.ROOTED
    assert str(bare.trust) == "signature valid, authority not checked"
    assert (rooted.checkpoint_size, rooted.authority, rooted.algorithm) == (12, WHERE, algorithm)
    assert (rooted.policy, rooted.signer) == (POLICY, "CN=Senna Stamp 1 (invented)")
    assert abs(dt.datetime.fromisoformat(rooted.time) - before) < dt.timedelta(minutes=2)
    assert rooted.time.endswith("Z")


@needs_openssl
@pytest.mark.parametrize("fractions", [False, True])
def test_openssl_prints_what_the_stamp_says(tmp_path: Path, fractions: bool) -> None:
    with local_authority(fractions=fractions) as running:
        reply = running.reply(stamps.request_for(POINT.note).der)
        found = check(reply, stamps.read_roots(running.roots))
    path = tmp_path / "reply.tsr"
    path.write_bytes(reply)
    command = ["openssl", "ts", "-reply", "-in", str(path), "-text"]
    told = dict(
        line.partition(": ")[::2]
        for line in subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    )
    printed = dt.datetime.fromisoformat(found.time)
    seconds = f"{printed:%S}" + (f".{found.time.partition('.')[2][:-1]}" if "." in found.time else "")
    assert told["Time stamp"] == f"{printed:%b} {printed.day:2d} {printed:%H:%M}:{seconds} {printed.year} GMT"
    assert int(told["Serial number"], 16) == int(found.serial, 16)
    assert told["Policy OID"] == found.policy
    assert told["Hash Algorithm"] == found.algorithm


def test_a_request_says_no_more_than_a_digest() -> None:
    asked = stamps.request_for(POINT.note, algorithm=StampHash.SHA512)
    version, imprint, nonce, certificate = der.read(asked.der).members()
    assert (version.integer(), nonce.integer(), certificate.raw) == (1, asked.nonce, b"\x01\x01\xff")
    assert imprint.members()[1].content == asked.digest == digest(algorithm="sha512")


def test_every_request_has_a_nonce_of_its_own() -> None:
    assert len({stamps.request_for(POINT.note).nonce for _ in range(50)}) == 50


# --- whom to believe ---


@needs_openssl
def test_another_authoritys_root_does_not_vouch(authority: LocalAuthority, roots: Roots) -> None:
    reply = authority.reply(stamps.request_for(POINT.note).der)
    assert check(reply, roots).trust is Trust.ROOTED
    with pytest.raises(StampError, match="does not lead to a root"):
        check(reply, FORGED_ROOTS)
    assert not openssl_holds(reply, FORGED_ROOTS)


@needs_openssl
def test_an_intermediate_that_was_not_sent_may_stand_among_the_roots() -> None:
    root = made("root")
    between = made("between", by=root)
    leaf = made("leaf", by=between, stamping=True)
    reply = Forgery(POINT.note, leaf).encoded()
    alone, both, not_root = (stamps.read_roots(p) for p in (root.pem, between.pem + root.pem, between.pem))
    for trusted, holds in ((alone, False), (both, True), (not_root, False)):
        assert openssl_holds(reply, trusted) is holds
        if holds:
            assert check(reply, trusted).trust is Trust.ROOTED
        else:
            with pytest.raises(StampError, match="does not lead to a root"):
                check(reply, trusted)


@needs_openssl
def test_a_stamp_outlives_the_certificates_that_it_was_made_with() -> None:
    root = made("root", days=(-40, -5))
    leaf = made("leaf", by=root, stamping=True, days=(-30, -10))
    trusted = stamps.read_roots(root.pem)
    reply = Forgery(POINT.note, leaf, time=at(NOW - 20 * DAY)).encoded()
    assert check(reply, trusted).trust is Trust.ROOTED
    assert openssl_holds(reply, trusted, at_=NOW - 20 * DAY)
    assert not openssl_holds(reply, trusted)


@needs_openssl
def test_a_chain_that_was_not_valid_at_the_stated_time_is_none() -> None:
    root = made("root", days=(-10, 10))
    leaf = made("leaf", by=root, stamping=True, days=(-30, 10))
    reply = Forgery(POINT.note, leaf, time=at(NOW - 20 * DAY)).encoded()
    trusted = stamps.read_roots(root.pem)
    assert check(reply).trust is Trust.UNCHECKED
    with pytest.raises(StampError, match="does not lead to a root that you named, or its chain had expired"):
        check(reply, trusted)
    assert not openssl_holds(reply, trusted, at_=NOW - 20 * DAY)


def test_roots_are_read_once_each() -> None:
    found = stamps.read_roots(b"a word before\n" + ANCHOR.pem + ANCHOR.pem)
    assert found.certificates == (ANCHOR.certificate,)
    assert found.pem == ANCHOR.pem


@pytest.mark.parametrize("pem", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_holds_no_root_is_refused(pem: bytes) -> None:
    with pytest.raises(StampError, match="no certificates in PEM"):
        stamps.read_roots(pem)


def test_roots_beyond_reason_are_refused() -> None:
    with pytest.raises(StampError, match="more than"):
        stamps.read_roots(bytes(stamps.MOST_ROOT_BYTES + 1))


# --- authorities that misbehave ---


@needs_openssl
@pytest.mark.parametrize(
    ("manner", "says"),
    [
        (Manner.WRONG_NONCE, "another request: its nonce differs"),
        (Manner.WITHOUT_NONCE, "another request: its nonce differs"),
        (Manner.WRONG_IMPRINT, "something other than this checkpoint"),
        (Manner.REFUSING, "did not grant a stamp: status 2"),
        (Manner.CUT_OFF, "cut off"),
    ],
)
def test_a_reply_that_is_none_to_the_request_is_refused(
    authority: LocalAuthority, roots: Roots, manner: Manner, says: str
) -> None:
    request = stamps.request_for(POINT.note)
    authority.manner = manner
    reply = authority.reply(request.der)
    authority.manner = Manner.HONEST
    for trusted in (None, roots):
        with pytest.raises(StampError, match=says):
            stamps.check(reply, POINT, authority=WHERE, roots=trusted, request=request)


@needs_openssl
def test_a_stamp_is_over_one_checkpoint(authority: LocalAuthority, roots: Roots) -> None:
    reply = authority.reply(stamps.request_for(POINT.note).der)
    with pytest.raises(StampError, match="something other than this checkpoint"):
        check(reply, roots, point=LATER)


def test_a_reply_with_another_digest_than_was_asked_for_is_refused() -> None:
    request = stamps.request_for(POINT.note)
    reply = FORGERY.but(imprint="sha512", nonce=request.nonce).encoded()
    assert check(reply).algorithm == "sha512"
    with pytest.raises(StampError, match="another digest than was asked for"):
        stamps.check(reply, POINT, authority=WHERE, request=request)


# --- encodings that strict readers refuse ---


@needs_openssl
def test_a_chain_in_its_own_order_is_read(authority: LocalAuthority, roots: Roots) -> None:
    """Trap: rfc3161-client refuses what public authorities send."""
    reply = authority.reply(stamps.request_for(POINT.note).der)
    with pytest.raises(ValueError, match="InvalidSetOrdering"):
        rfc3161_client.decode_timestamp_response(reply)
    assert check(reply, roots).trust is Trust.ROOTED
    assert openssl_holds(reply, roots)


@needs_openssl
def test_open_lengths_are_read() -> None:
    """As some Java servers send them: everything open down to the SignedData and its content, not what is signed."""
    reply = opened_outside(FORGERY.encoded())
    with pytest.raises(ValueError, match="parse error"):
        rfc3161_client.decode_timestamp_response(reply)
    assert check(reply, FORGED_ROOTS) == check(FORGERY.encoded(), FORGED_ROOTS)
    assert openssl_holds(reply, FORGED_ROOTS)


@needs_openssl
def test_openssl_checks_the_chain_where_the_library_cannot_read(roots: Roots) -> None:
    reply = only_for_openssl(FORGERY.encoded())
    with pytest.raises(ValueError, match="parse error"):
        rfc3161_client.decode_timestamp_response(reply)
    assert check(reply, FORGED_ROOTS).trust is Trust.ROOTED
    with pytest.raises(StampError, match="openssl says of the authority: certificate verify error"):
        check(reply, roots)


@needs_openssl
def test_openssl_is_asked_about_the_stated_time() -> None:
    root = made("root", days=(-40, -5))
    leaf = made("leaf", by=root, stamping=True, days=(-30, -10))
    reply = only_for_openssl(Forgery(POINT.note, leaf, time=at(NOW - 20 * DAY)).encoded())
    assert check(reply, stamps.read_roots(root.pem)).trust is Trust.ROOTED


def test_without_openssl_such_a_reply_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    reply = only_for_openssl(FORGERY.encoded())
    assert check(reply).trust is Trust.UNCHECKED
    with pytest.raises(UnreadableReply, match="by openssl only, which is not on this machine"):
        check(reply, FORGED_ROOTS)


def test_openssl_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert not openssl.available()
    with pytest.raises(OpensslError, match="not on this machine"):
        openssl.verify(b"", b"", roots=b"")


def test_openssl_that_does_not_end_well_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "openssl"
    program.write_text("#!/nowhere\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OpensslError, match="could not be run"):
        openssl.verify(b"", b"", roots=b"")
    program.write_text("#!/bin/sh\nexit 0\n")
    with pytest.raises(OpensslError, match="does not verify"):
        openssl.verify(b"", b"", roots=b"")


@pytest.mark.parametrize(
    "reply", [b"", b"<html>", b"\x30\x03\x02\x01\x00", b"\x30\x00", b"\x30\x80" * 5000, bytes(300_000)]
)
def test_what_is_no_reply_is_unreadable(reply: bytes) -> None:
    with pytest.raises(UnreadableReply, match="the reply"):
        check(reply)


def test_an_unreadable_answer_is_told_from_an_error_page() -> None:
    request = stamps.request_for(POINT.note)
    reply = FORGERY.but(version=2, nonce=request.nonce).encoded()
    with pytest.raises(UnreadableReply, match="another version"):
        check(reply)
    assert stamps.answers(reply, request)
    assert stamps.answers(opened_outside(reply), request)
    assert not stamps.answers(reply[:-1], request)
    assert not stamps.answers(opened_outside(reply)[:-1], request)
    assert not stamps.answers(reply, stamps.request_for(POINT.note))
    assert not stamps.answers(reply, stamps.request_for(LATER.note))
    assert not stamps.answers(b"<html>" + request.digest, request)


# --- as `verify` sees them ---


def kept(reply: bytes, *, point: Checkpoint = POINT, id_: str = "") -> KeptStamp:
    return KeptStamp(id_ or hashlib.sha256(reply).hexdigest(), point, WHERE, reply)


@needs_openssl
def test_verify_names_the_stamp_that_is_wrong(roots: Roots) -> None:
    good, unread = FORGERY.encoded(), FORGERY.but(version=2).encoded()
    wrong = [kept(good, point=LATER), kept(good, point=Checkpoint(12, ROOT, "\udcff"))]
    assert list(stamps.check_stamps([kept(good, id_="f" * 64)], None)) == [], "its row tells"
    assert list(stamps.check_stamps([kept(good), kept(unread)], None)) == []
    assert list(stamps.check_stamps([kept(good)], FORGED_ROOTS)) == []
    found = list(stamps.check_stamps([kept(good), *wrong], FORGED_ROOTS))
    assert [(f.kind, f.where) for f in found] == [("stamp", f"stamp {w.id[:16]}") for w in wrong]
    assert [f.what for f in found] == [
        "the stamp is over something other than this checkpoint",
        "unreadable: UnicodeEncodeError",
    ]
    (lost,) = stamps.check_stamps([kept(good)], roots)
    assert "does not lead to a root" in lost.what
    (unsure,) = stamps.check_stamps([kept(unread)], roots)
    assert "another version" in unsure.what
