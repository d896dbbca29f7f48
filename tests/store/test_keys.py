import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sijill.core.errors import CaseDamaged
from sijill.store.folders import SIGNING_KEY as FILE
from sijill.store.keys import create_key, load_signer
from sijill.store.notes import Signer


def verifier_of(folder: Path) -> str:
    return str(Signer("sijill/x", create_key(folder / FILE)).verifier)


def test_the_key_that_was_made_is_the_key_that_signs(tmp_path: Path) -> None:
    expected = verifier_of(tmp_path / "keys")
    signer = load_signer(tmp_path / "keys" / FILE, "sijill/x", expected)
    assert signer.verifier.verify(signer.sign("x\n")) == "x\n"


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    create_key(tmp_path / "keys" / FILE)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / FILE).stat().st_mode) == 0o600


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    create_key(tmp_path / FILE)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(FileExistsError, match=FILE):
        create_key(tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_missing_key_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(CaseDamaged, match="signing key is missing") as raised:
        load_signer(tmp_path / FILE, "sijill/x", "")
    assert "can be read, but not written" in raised.value.hint


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"\xff" * 64])
def test_an_unreadable_key_is_said_to_be(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CaseDamaged, match="signing key cannot be read"):
        load_signer(tmp_path / FILE, "sijill/x", "")


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / FILE).write_bytes(pem)
    with pytest.raises(CaseDamaged, match="not an Ed25519 key"):
        load_signer(tmp_path / FILE, "sijill/x", "")


def test_the_key_of_another_case_is_refused(tmp_path: Path) -> None:
    expected = verifier_of(tmp_path / "one")
    create_key(tmp_path / "two" / FILE)
    with pytest.raises(CaseDamaged, match="not the one that this case was made with"):
        load_signer(tmp_path / "two" / FILE, "sijill/x", expected)
