"""OpenTimestamps proofs over a checkpoint, read offline (extra `ots`): what they attest, and what is left to check.

A proof leads by hashing from the note's SHA-256 to digests that a calendar promised to publish, or that a block of
Bitcoin holds. That way is recomputed here. **Whether a block of that height has that Merkle root is not looked up**:
it takes the block's header, from a node or another source that you trust. A pending attestation proves nothing yet.
Making proofs, and having pending ones completed, is the work of the `ots` program, which talks to public calendars.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from enum import StrEnum

MOST_BYTES = 64 * 1024


class OtsError(ValueError):
    """A proof that cannot be read, or is about something else."""


class AttestationKind(StrEnum):
    """Who attests: a calendar that promises to, a block of Bitcoin, or something this version does not know."""

    PENDING = "pending"
    BITCOIN = "bitcoin"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Attestation:
    """One end of a proof.

    `where` is the calendar's address, or the height of the block; `digest` what must be found there, for Bitcoin the
    header's Merkle root as nodes print it; in lower-case hexadecimal digits.
    """

    kind: AttestationKind
    where: str
    digest: str


def read_proof(proof: bytes, note: str) -> tuple[Attestation, ...]:
    """The attestations that a proof (`.ots`) over a checkpoint's note leads to, Bitcoin's first.

    Raises OtsError for a proof that is malformed, over other bytes, or leads nowhere, and without the extra.
    """
    try:
        from opentimestamps.core.op import OpSHA256
        from opentimestamps.core.serialize import BytesDeserializationContext, DeserializationError
        from opentimestamps.core.timestamp import DetachedTimestampFile
    except ImportError as err:
        raise OtsError("OpenTimestamps proofs need the extra: pip install 'sijill[ots]'") from err
    if len(proof) > MOST_BYTES:
        raise OtsError(f"a proof of {len(proof)} bytes, more than the {MOST_BYTES} that are read")
    try:
        with warnings.catch_warnings():  # Of operations that the library may drop one day.
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            found = DetachedTimestampFile.deserialize(BytesDeserializationContext(proof))
        ends = sorted({_attestation(digest, a) for digest, a in found.timestamp.all_attestations()}, key=_order)
    except (DeserializationError, ValueError, TypeError, RecursionError) as err:
        raise OtsError(f"the proof cannot be read: {type(err).__name__}") from err
    if not isinstance(found.file_hash_op, OpSHA256):
        raise OtsError("the proof is not over a SHA-256")
    if found.file_digest != hashlib.sha256(note.encode()).digest():
        raise OtsError("the proof is over something other than this checkpoint")
    if not ends:
        raise OtsError("the proof leads nowhere")
    return tuple(ends)


def _attestation(digest: bytes, attestation: object) -> Attestation:
    from opentimestamps.core.notary import (
        BitcoinBlockHeaderAttestation,
        PendingAttestation,
    )

    if isinstance(attestation, PendingAttestation):
        return Attestation(AttestationKind.PENDING, attestation.uri, digest.hex())
    if isinstance(attestation, BitcoinBlockHeaderAttestation):
        return Attestation(AttestationKind.BITCOIN, str(attestation.height), digest[::-1].hex())
    return Attestation(AttestationKind.OTHER, type(attestation).__name__, digest.hex())


def _order(attestation: Attestation) -> tuple[bool, bool, int, str, str]:
    """Bitcoin's first, by height; then what is pending; then the rest."""
    kind = attestation.kind
    height = int(attestation.where) if kind is AttestationKind.BITCOIN else 0
    return (
        kind is not AttestationKind.BITCOIN,
        kind is not AttestationKind.PENDING,
        height,
        attestation.where,
        attestation.digest,
    )
