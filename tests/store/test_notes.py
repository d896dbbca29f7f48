import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sijill.store.notes import NoteError, Signer, Verifier, read_checkpoint

NAME = "sijill/meravia"
SIGNER = Signer(NAME, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer(NAME, Ed25519PrivateKey.from_private_bytes(bytes(32)))
ROOT = hashlib.sha256(b"root").digest()
TEXTS = st.text(st.characters(codec="utf-8"), max_size=80).map(lambda text: text + "\n")

# The example in the documentation of Go's golang.org/x/mod/sumdb/note, the format's first implementation: a published
# key that guards nothing, made to be tried with.
PUBLISHED_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLISHED_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PUBLISHED_SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_published_example_verifies() -> None:
    note = PUBLISHED_TEXT + "\n" + PUBLISHED_SIGNATURE
    assert Verifier.parse(PUBLISHED_VERIFIER).verify(note) == PUBLISHED_TEXT


def test_the_published_key_signs_the_published_signature() -> None:
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(PUBLISHED_SEED)[1:])
    signer = Signer("PeterNeumann", key)
    assert str(signer.verifier) == PUBLISHED_VERIFIER
    assert signer.sign(PUBLISHED_TEXT) == PUBLISHED_TEXT + "\n" + PUBLISHED_SIGNATURE


def test_a_checkpoint_is_laid_out_as_the_format_says() -> None:
    """Taken apart by hand here: origin, size, root; an empty line; a dash, the name, key id and signature."""
    origin, size, root, empty, line, end = SIGNER.checkpoint(7, ROOT).note.split("\n")
    assert (origin, size, base64.b64decode(root), empty, end) == (NAME, "7", ROOT, "", "")
    dash, name, blob = line.split(" ")
    raw = base64.b64decode(blob)
    public = SIGNER.key.public_key().public_bytes_raw()
    assert (dash, name, len(raw)) == ("\u2014", NAME, 4 + 64)
    assert raw[:4] == hashlib.sha256(NAME.encode() + b"\n\x01" + public).digest()[:4]
    SIGNER.key.public_key().verify(raw[4:], f"{origin}\n{size}\n{root}\n".encode())


@given(TEXTS)
def test_what_was_signed_is_what_is_read(text: str) -> None:
    assert SIGNER.verifier.verify(SIGNER.sign(text)) == text


@given(st.integers(0, 2**53), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_reads_back(size: int, root: bytes) -> None:
    made = SIGNER.checkpoint(size, root)
    assert read_checkpoint(made.note, SIGNER.verifier) == made


def test_a_verifier_reads_back() -> None:
    assert str(Verifier.parse(str(SIGNER.verifier))) == str(SIGNER.verifier)


def test_every_single_bit_of_a_note_counts() -> None:
    note = SIGNER.checkpoint(1234, ROOT).note.encode()
    held = []
    for bit in range(len(note) * 8):
        changed = bytearray(note)
        changed[bit // 8] ^= 1 << bit % 8
        # As the store reads it: bytes that are no UTF-8 any more come as surrogates.
        try:
            read_checkpoint(bytes(changed).decode("utf-8", "surrogateescape"), SIGNER.verifier)
            held.append(bit)
        except NoteError:
            pass
    assert held == []


def test_every_single_bit_of_a_verifier_counts() -> None:
    text = str(SIGNER.verifier).encode()
    note = SIGNER.sign("x\n")
    held = []
    for bit in range(len(text) * 8):
        changed = bytearray(text)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            Verifier.parse(bytes(changed).decode("utf-8", "surrogateescape")).verify(note)
            held.append(bit)
        except NoteError:
            pass
    assert held == []


def test_a_further_signature_of_somebody_else_is_no_harm() -> None:
    note = SIGNER.sign("x\n")
    witness = Signer("witness.example", OTHER.key).sign("x\n").rpartition("\n\n")[2]
    assert SIGNER.verifier.verify(note + witness) == "x\n"
    before, _, own = note.rpartition("\n\n")
    assert SIGNER.verifier.verify(f"{before}\n\n{witness}{own}") == "x\n"


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("", "no signatures"),
        ("x\n", "no signatures"),
        ("x\n\n", "no signatures"),
        (SIGNER.sign("x\n").removesuffix("\n"), "no signatures"),
        (OTHER.sign("x\n"), "bears no signature of"),
        (Signer("sijill/other", SIGNER.key).sign("x\n"), "bears no signature of"),
        (SIGNER.sign("x\n").replace("x", "y", 1), "does not hold"),
        (SIGNER.sign("x\n").replace("—", "-"), "malformed"),
        (SIGNER.sign("x\n").replace(NAME, NAME + " "), "malformed"),
        (SIGNER.sign("x\n") + "nonsense\n", "malformed"),
        (SIGNER.sign("x\n") + "\x0b— a b\n", "malformed|not base64"),
        (SIGNER.sign("x\n") + "— other !!!!\n", "not base64"),
        (SIGNER.sign("x\n") + "— other é\n", "not base64"),
        (SIGNER.sign("x\n") + "— other QUJDRB==\n", "not canonical base64"),
    ],
)
def test_what_is_no_note_of_this_key_is_refused(note: str, says: str) -> None:
    with pytest.raises(NoteError, match=says):
        SIGNER.verifier.verify(note)


@pytest.mark.parametrize(
    "text",
    [
        "x\n",
        f"{NAME}\n7\n",
        f"sijill/other\n7\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n07\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n-7\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n٧\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n7\nnot base64!\n",
        f"{NAME}\n7\né\n",
        f"{NAME}\n{10**16}\n{base64.b64encode(ROOT).decode()}\n",
        f"{NAME}\n7\nQUJDRB==\n",
    ],
)
def test_a_signed_note_need_not_be_a_checkpoint(text: str) -> None:
    with pytest.raises(NoteError, match="checkpoint"):
        read_checkpoint(SIGNER.sign(text), SIGNER.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        NAME,
        str(SIGNER.verifier).removeprefix(NAME),
        str(SIGNER.verifier)[:-4],
        str(SIGNER.verifier)[:-1] + "é",
        str(SIGNER.verifier).replace(SIGNER.verifier.key_id.hex(), "00000000"),
        f"{NAME}+00000000+{base64.b64encode(bytes(33)).decode()}",
    ],
)
def test_what_is_no_verifier_is_refused(text: str) -> None:
    with pytest.raises(NoteError, match="verifier key"):
        Verifier.parse(text)
