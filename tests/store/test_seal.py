import hashlib
import hmac
import random

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from sijill.store.seal import KEY, NONCE, Keys, sealed, unsealed

ONE, OTHER = bytes(range(32)), bytes(range(1, 33))
TAG = 16


@given(data=st.binary(max_size=2000), bound_to=st.binary(max_size=40))
def test_what_was_sealed_is_unsealed(data: bytes, bound_to: bytes) -> None:
    assert unsealed(sealed(data, ONE, bound_to), ONE, bound_to) == data


def test_it_is_a_nonce_the_ciphertext_and_a_tag() -> None:
    made = sealed(b"fourteen", ONE, b"bound")
    assert len(made) == NONCE + len(b"fourteen") + TAG
    assert AESGCM(ONE).decrypt(made[:12], made[12:], b"bound") == b"fourteen"


def test_the_same_words_are_never_sealed_alike() -> None:
    assert len({sealed(b"the same", ONE) for _ in range(50)}) == 50


def test_every_bit_counts() -> None:
    made = sealed(b"at least fourteen", ONE)
    for bit in range(len(made) * 8):
        changed = bytearray(made)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidTag, match=r"^$"):
            unsealed(bytes(changed), ONE)


@pytest.mark.parametrize("length", range(NONCE + TAG + 1))
def test_what_is_cut_short_is_refused(length: int) -> None:
    with pytest.raises(InvalidTag, match=r"^$"):
        unsealed(sealed(b"at least fourteen", ONE)[:length], ONE)


def test_what_is_made_longer_is_refused() -> None:
    with pytest.raises(InvalidTag, match=r"^$"):
        unsealed(sealed(b"at least fourteen", ONE) + b"\0", ONE)


@pytest.mark.parametrize(("key", "bound_to"), [(OTHER, b"here"), (ONE, b"there"), (ONE, b"")])
def test_another_key_or_another_place_is_refused(key: bytes, bound_to: bytes) -> None:
    with pytest.raises(InvalidTag, match=r"^$"):
        unsealed(sealed(b"words", ONE, b"here"), key, bound_to)


def rfc5869(master: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256 for one block, written out from RFC 5869, sections 2.2 and 2.3."""
    pseudorandom = hmac.digest(bytes(hashlib.sha256().digest_size), master, "sha256")
    return hmac.digest(pseudorandom, info + b"\x01", "sha256")


@pytest.mark.parametrize("purpose", ["database", "object names", "name", "signing key", f"object {'a' * 64}"])
def test_keys_follow_from_the_master_key_as_the_guide_says(purpose: str) -> None:
    assert Keys(ONE).derive(purpose) == rfc5869(ONE, f"sijill {purpose} 1".encode())


def test_each_purpose_and_each_master_has_keys_of_its_own() -> None:
    purposes = ["database", "object names", "name", "signing key", *(f"object {i:064x}" for i in range(100))]
    derived = {Keys(master).derive(purpose) for master in (ONE, OTHER) for purpose in purposes}
    assert len(derived) == 2 * len(purposes)
    assert {len(key) for key in derived} == {KEY}


def test_what_was_sealed_for_one_purpose_does_not_serve_another() -> None:
    keys = Keys(ONE)
    assert keys.open("name", keys.seal("name", b"Senna")) == b"Senna"
    with pytest.raises(InvalidTag, match=r"^$"):
        keys.open("signing key", keys.seal("name", b"Senna"))


def test_keys_are_never_shown() -> None:
    master = random.Random(3).randbytes(KEY)
    shown = repr(Keys(master)) + str(Keys(master))
    assert master.hex() not in shown
    assert repr(master) not in shown
