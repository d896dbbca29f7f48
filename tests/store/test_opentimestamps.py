"""Proofs built with the library's own classes, read offline; calendars and blocks are invented."""

from __future__ import annotations

import hashlib
import random
import sys
from contextlib import suppress

import pytest

from sijill.store.opentimestamps import Attestation, AttestationKind, OtsError, read_proof
from tests.store.test_notes import ROOT, SIGNER

pytest.importorskip("opentimestamps", reason="the extra `ots` is not installed")

from opentimestamps.core.notary import (
    BitcoinBlockHeaderAttestation,
    LitecoinBlockHeaderAttestation,
    PendingAttestation,
    TimeAttestation,
    UnknownAttestation,
)
from opentimestamps.core.op import OpAppend, OpHexlify, OpPrepend, OpSHA1, OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

NOTE = SIGNER.checkpoint(12, ROOT).note
CALENDAR = "https://calendar.meravia.example"


def serialized(proof: DetachedTimestampFile) -> bytes:
    written = BytesSerializationContext()
    proof.serialize(written)
    return bytes(written.getbytes())


def proof(*attestations: TimeAttestation, note: str = NOTE) -> bytes:
    """SHA-256 over the note's digest and a nonce, then over a prefix and that; attestations at the end."""
    start = Timestamp(hashlib.sha256(note.encode()).digest())
    end = start.ops.add(OpAppend(b"nonce")).ops.add(OpSHA256()).ops.add(OpPrepend(b"block")).ops.add(OpSHA256())
    for attestation in attestations:
        end.attestations.add(attestation)
    return serialized(DetachedTimestampFile(OpSHA256(), start))


def end_digest() -> bytes:
    """The same way, by hand."""
    inner = hashlib.sha256(hashlib.sha256(NOTE.encode()).digest() + b"nonce").digest()
    return hashlib.sha256(b"block" + inner).digest()


def test_a_block_is_named_with_the_root_that_it_must_have() -> None:
    (found,) = read_proof(proof(BitcoinBlockHeaderAttestation(900_000)), NOTE)
    assert found == Attestation(AttestationKind.BITCOIN, "900000", end_digest()[::-1].hex())


def test_a_calendar_that_only_promises_is_pending() -> None:
    (found,) = read_proof(proof(PendingAttestation(CALENDAR)), NOTE)
    assert found == Attestation(AttestationKind.PENDING, CALENDAR, end_digest().hex())


def test_all_ends_are_listed_the_firmest_first() -> None:
    ends = read_proof(
        proof(
            UnknownAttestation(b"meravia!", b"payload"),
            PendingAttestation(CALENDAR),
            LitecoinBlockHeaderAttestation(5),
            BitcoinBlockHeaderAttestation(900_000),
            BitcoinBlockHeaderAttestation(99_000),
        ),
        NOTE,
    )
    assert [(e.kind.value, e.where) for e in ends] == [
        ("bitcoin", "99000"),
        ("bitcoin", "900000"),
        ("pending", CALENDAR),
        ("other", "LitecoinBlockHeaderAttestation"),
        ("other", "UnknownAttestation"),
    ]


def test_a_proof_over_another_checkpoint_is_refused() -> None:
    made = proof(BitcoinBlockHeaderAttestation(900_000))
    with pytest.raises(OtsError, match="something other than this checkpoint"):
        read_proof(made, SIGNER.checkpoint(13, ROOT).note)


def test_a_proof_over_an_old_digest_is_refused() -> None:
    start = Timestamp(hashlib.sha1(NOTE.encode()).digest())
    start.attestations.add(BitcoinBlockHeaderAttestation(900_000))
    with pytest.raises(OtsError, match="not over a SHA-256"):
        read_proof(serialized(DetachedTimestampFile(OpSHA1(), start)), NOTE)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "cannot be read"),
        (b"<html>", "cannot be read"),
        (proof(BitcoinBlockHeaderAttestation(1))[:-1], "cannot be read"),
        (proof(BitcoinBlockHeaderAttestation(1)) + b"\0", "cannot be read"),
        (bytes(70_000), "more than the 65536"),
    ],
)
def test_what_is_no_proof_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(OtsError, match=says):
        read_proof(data, NOTE)


def test_nesting_and_growth_have_limits() -> None:
    start = Timestamp(hashlib.sha256(NOTE.encode()).digest())
    start.attestations.add(BitcoinBlockHeaderAttestation(1))
    whole = serialized(DetachedTimestampFile(OpSHA256(), start))
    head = whole[: whole.index(start.msg) + 32]
    with pytest.raises(OtsError, match="RecursionLimit"):
        read_proof(head + OpSHA256.TAG * 60_000, NOTE)
    with pytest.raises(OtsError, match="cannot be read"):
        read_proof(head + OpHexlify.TAG * 200, NOTE)
    huge = bytes.fromhex("0588960d73d71901")  # A Bitcoin attestation, whose height has as many digits as fit.
    payload = b"\xff" * 8000 + b"\x01"
    length = bytes((len(payload) & 0x7F | 0x80, len(payload) >> 7))
    with pytest.raises(OtsError, match="cannot be read"):
        read_proof(head + b"\x00" + huge + length + payload, NOTE)


def test_a_changed_bit_never_passes_for_the_same_proof() -> None:
    made = proof(BitcoinBlockHeaderAttestation(900_000))
    original = read_proof(made, NOTE)
    for bit in range(len(made) * 8):
        changed = bytearray(made)
        changed[bit // 8] ^= 1 << bit % 8
        with suppress(OtsError):
            assert read_proof(bytes(changed), NOTE) != original


def test_any_bytes_are_read_or_refused() -> None:
    rng = random.Random(7)
    made = proof(BitcoinBlockHeaderAttestation(900_000), PendingAttestation(CALENDAR))
    for _ in range(3000):
        cut = rng.randrange(30, len(made))
        data = made[:cut] + rng.randbytes(rng.randrange(60))
        with suppress(OtsError):
            assert read_proof(data, NOTE)


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentimestamps.core.op", None)
    with pytest.raises(OtsError, match=r"sijill\[ots\]"):
        read_proof(b"", NOTE)
