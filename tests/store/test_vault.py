"""Who can unlock a case: slots, what opens them, and `vault.json` in the hands of somebody who changes it."""

import base64
import json
import random
import shutil
import stat
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sijill.core.errors import CaseDamaged, CaseSealed, InputError
from sijill.store.seal import Keys
from sijill.store.vault import (
    FILE,
    MOST_SLOTS,
    PREPARED,
    Custodian,
    Slot,
    Unlock,
    Vault,
    case_name,
    digest_of,
    is_encrypted,
    new_slot,
    new_vault,
    parsed,
    prepare,
    read_vault,
    rendered,
    settle,
    slot_opened_by,
    take_effect,
    unlock,
    with_slot,
)

NAME = "Senna valley (invented)"
PHRASE = "seven herons cross the ford"


def new_identity() -> tuple[str, str]:
    """A fresh age identity and its recipient."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


@pytest.fixture(scope="module")
def anna() -> tuple[str, str]:
    return new_identity()


@pytest.fixture(scope="module")
def basil() -> tuple[str, str]:
    return new_identity()


@pytest.fixture(scope="module")
def made(anna: tuple[str, str], basil: tuple[str, str]) -> tuple[Vault, Keys]:
    """A vault with two age recipients and a passphrase."""
    whom = (
        Custodian(recipient=anna[1]),
        Custodian(passphrase=PHRASE, label="the team's"),
        Custodian(recipient=basil[1]),
    )
    return new_vault(whom, NAME)


@pytest.fixture
def folder(made: tuple[Vault, Keys], tmp_path: Path) -> Path:
    prepare(tmp_path, made[0])
    take_effect(tmp_path)
    return tmp_path


# --- who opens it ---


def test_each_custodian_gets_the_same_keys(
    made: tuple[Vault, Keys], anna: tuple[str, str], basil: tuple[str, str]
) -> None:
    vault, keys = made
    for brought in (Unlock(identities=(anna[0],)), Unlock(identities=(basil[0],)), Unlock(passphrase=PHRASE)):
        assert unlock(vault, brought) == keys
    assert case_name(vault, keys) == NAME


def test_strangers_do_not(made: tuple[Vault, Keys]) -> None:
    stranger, _ = new_identity()
    for brought in (Unlock(identities=(stranger,)), Unlock(passphrase=PHRASE.upper()), Unlock(passphrase="")):
        with pytest.raises(CaseSealed, match="what was given opens none of its slots"):
            unlock(made[0], brought)


def test_who_brings_nothing_is_told_what_to_bring(made: tuple[Vault, Keys]) -> None:
    with pytest.raises(CaseSealed, match="nothing was given") as raised:
        unlock(made[0], Unlock())
    assert "SIJILL_PASSPHRASE" in raised.value.hint
    assert "--identity" in raised.value.hint


def test_one_of_several_things_is_enough(made: tuple[Vault, Keys], basil: tuple[str, str]) -> None:
    stranger, _ = new_identity()
    assert unlock(made[0], Unlock("not the passphrase", (stranger, basil[0]))) == made[1]


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        (unicodedata.normalize("NFC", "Résumé à Dûr Kalmôn"), unicodedata.normalize("NFD", "Résumé à Dûr Kalmôn")),
        (unicodedata.normalize("NFD", "سنّا وأرديث ومخاضة"), unicodedata.normalize("NFC", "سنّا وأرديث ومخاضة")),
        ("twelve ﬁgs at the mill", "twelve figs at the mill"),
    ],
)
def test_a_passphrase_opens_however_the_keyboard_composes_its_letters(chosen: str, typed: str) -> None:
    assert chosen != typed
    vault, keys = new_vault((Custodian(passphrase=chosen),), "")
    assert unlock(vault, Unlock(passphrase=typed)) == keys


def test_which_slot_it_opens_can_be_asked(made: tuple[Vault, Keys], anna: tuple[str, str]) -> None:
    opened = [s.holder for s in made[0].slots if slot_opened_by(s, Unlock(PHRASE, (anna[0],)))]
    assert opened == [anna[1], "the team's"]


def test_what_is_brought_is_never_shown(anna: tuple[str, str]) -> None:
    shown = repr(Unlock(PHRASE, (anna[0],))) + repr(Custodian(passphrase=PHRASE)) + str(Unlock(PHRASE, (anna[0],)))
    assert PHRASE not in shown
    assert anna[0] not in shown


# --- who can be let in ---


def test_a_case_that_nobody_could_open_is_not_made() -> None:
    with pytest.raises(InputError, match="needs somebody who can open it"):
        new_vault((), NAME)


@pytest.mark.parametrize("recipient", ["", "age1", "age1qqqq", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1QQ", "\udcff"])
def test_what_is_no_recipient_is_refused(recipient: str) -> None:
    with pytest.raises(InputError, match="is no age recipient"):
        new_vault((Custodian(recipient=recipient),), NAME)


@pytest.mark.parametrize("passphrase", [None, "", "eleven char"])
def test_a_short_passphrase_is_refused(passphrase: str | None) -> None:
    with pytest.raises(InputError, match="fewer than 12 characters"):
        new_vault((Custodian(passphrase=passphrase),), NAME)


def test_a_passphrase_that_is_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="bytes that are no text"):
        new_vault((Custodian(passphrase="\udcff" * 12),), NAME)


@pytest.mark.parametrize("label", ["", "  ", "two\nlines", "\udcff", "\u202eesrever", "age1qyqszqgpqyqszqgp"])
def test_a_label_that_would_mislead_is_refused(label: str) -> None:
    with pytest.raises(InputError, match="cannot be what people call a passphrase"):
        new_vault((Custodian(passphrase=PHRASE, label=label),), NAME)


def test_nobody_is_let_in_twice_under_two_spellings(anna: tuple[str, str]) -> None:
    """Removed once, they would still be in: age takes a recipient in capitals, too."""
    with pytest.raises(InputError, match="can open the case already"):
        new_vault((Custodian(recipient=anna[1]), Custodian(recipient=f" {anna[1].upper()}\n")), NAME)


def test_there_is_an_end_to_custodians(made: tuple[Vault, Keys], anna: tuple[str, str]) -> None:
    slot = new_slot(made[1], Custodian(recipient=anna[1]))
    many = replace(made[0], slots=tuple(replace(slot, holder=f"{i}") for i in range(MOST_SLOTS)))
    with pytest.raises(InputError, match="no room for more"):
        with_slot(many, slot)


@pytest.mark.parametrize("identity", ["", "AGE-SECRET-KEY-1", "age1qqqq", "\udcff", "AGE-SECRET-KEY-1\0"])
def test_what_is_no_identity_is_said_to_be_none(made: tuple[Vault, Keys], identity: str) -> None:
    with pytest.raises(InputError, match="that is no age identity"):
        unlock(made[0], Unlock(identities=(identity,)))


# --- the format, as the guide has it ---


def test_a_passphrase_slot_is_what_the_guide_says(made: tuple[Vault, Keys]) -> None:
    """Opened with nothing of ours: base64, Argon2id, AES-256-GCM."""
    slot = json.loads(rendered(made[0]))["slots"][1]
    salt, held = base64.b64decode(slot["salt"]), base64.b64decode(slot["sealed"])
    assert (len(salt), len(held)) == (16, 12 + 32 + 16)
    kdf = Argon2id(salt=salt, length=32, iterations=slot["passes"], lanes=slot["lanes"], memory_cost=slot["memory_kib"])
    key = kdf.derive(unicodedata.normalize("NFKC", PHRASE).encode("utf-8"))
    assert AESGCM(key).decrypt(held[:12], held[12:], slot["id"].encode("ascii")) == made[1].master


def test_the_sealed_name_is_what_the_guide_says(made: tuple[Vault, Keys]) -> None:
    held = base64.b64decode(json.loads(rendered(made[0]))["name"])
    key = HKDF(SHA256(), 32, salt=None, info=b"sijill name 1").derive(made[1].master)
    assert AESGCM(key).decrypt(held[:12], held[12:], b"").decode() == NAME


def test_an_age_slot_is_an_age_file(made: tuple[Vault, Keys], anna: tuple[str, str], tmp_path: Path) -> None:
    held = base64.b64decode(json.loads(rendered(made[0]))["slots"][0]["sealed"])
    assert held.startswith(b"age-encryption.org/v1\n-> X25519 ")
    if shutil.which("age") is None:
        pytest.skip("the program `age` is not installed")
    (tmp_path / "identity").write_text(anna[0] + "\n")
    command = ["age", "--decrypt", "--identity", str(tmp_path / "identity")]
    assert subprocess.run(command, input=held, capture_output=True, check=True).stdout == made[1].master


def test_the_file_is_the_same_after_reading_it(folder: Path, made: tuple[Vault, Keys]) -> None:
    assert read_vault(folder) == made[0]
    assert rendered(read_vault(folder)) == (folder / FILE).read_bytes() == rendered(made[0])


def test_only_its_owner_may_read_it(folder: Path) -> None:
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


# --- a changed vault.json ---


def write(folder: Path, vault: Vault) -> None:
    (folder / FILE).write_bytes(rendered(vault))


@pytest.mark.parametrize(
    ("passes", "memory_kib", "lanes"),
    [(2**40, 65536, 4), (3, 2**40, 4), (3, 2**31, 4), (3, 65536, 2**24), (20, 2**21, 16), (0, 0, 0), (-3, -1, -1)],
)
def test_costs_that_would_bring_the_machine_down_are_not_paid(
    folder: Path, made: tuple[Vault, Keys], passes: int, memory_kib: int, lanes: int
) -> None:
    slots = [replace(s, passes=passes, memory_kib=memory_kib, lanes=lanes) for s in made[0].slots[1:2]]
    write(folder, replace(made[0], slots=tuple(slots)))
    with pytest.raises(CaseDamaged, match="slots that no Sijill has made"):
        read_vault(folder)


def test_many_slots_are_not_tried(folder: Path, made: tuple[Vault, Keys]) -> None:
    slots = tuple(replace(made[0].slots[1], id=f"{i:016x}", holder=f"{i}") for i in range(MOST_SLOTS + 1))
    write(folder, replace(made[0], slots=slots))
    with pytest.raises(CaseDamaged, match="slots that no Sijill has made"):
        read_vault(folder)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format":1}',
        b'{"format":"1","generation":1,"name":"","slots":[]}',
        b'{"format":1,"generation":true,"name":"","slots":[]}',
        b'{"format":1,"generation":1,"name":"\\ud800","slots":[]}',
        b'{"format":1,"generation":1,"name":"","slots":[],"more":1}',
        b"[" * 200_000,
        b'{"format":' + b"9" * 5_000 + b"}",
        b" " * 2_000_000 + b"{}",
    ],
    ids=lambda data: f"{bytes(data[:30])!r} of {len(data)}",
)
def test_what_is_no_vault_is_said_to_be_damaged(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    assert is_encrypted(tmp_path)
    with pytest.raises(CaseDamaged, match=r"vault\.json cannot be read") as raised:
        read_vault(tmp_path)
    assert "backup" in raised.value.hint


@pytest.mark.parametrize("change", [{"format": 2}, {"generation": 0}, {"generation": -1}])
def test_another_format_is_not_guessed_at(folder: Path, made: tuple[Vault, Keys], change: dict[str, int]) -> None:
    write(folder, replace(made[0], **change))  # type: ignore[arg-type]
    with pytest.raises(CaseDamaged, match="a format that this version does not know"):
        read_vault(folder)


@pytest.mark.parametrize("kind", ["", "ssh", "passphrase "])
def test_another_kind_of_slot_is_not_guessed_at(folder: Path, made: tuple[Vault, Keys], kind: str) -> None:
    write(folder, replace(made[0], slots=(replace(made[0].slots[0], kind=kind),)))
    with pytest.raises(CaseDamaged, match="slots that no Sijill has made"):
        read_vault(folder)


def test_a_slot_with_another_id_or_salt_opens_no_more(made: tuple[Vault, Keys]) -> None:
    slot, brought = made[0].slots[1], Unlock(passphrase=PHRASE)
    assert slot_opened_by(slot, brought)
    for changed in (
        replace(slot, id="0" * 16),
        replace(slot, salt=base64.b64encode(bytes(16)).decode()),
        replace(slot, salt=""),
        replace(slot, salt="no base64!"),
        replace(slot, sealed=slot.sealed[:-4]),
        replace(slot, sealed=""),
    ):
        assert not slot_opened_by(changed, brought)


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_that_somebody_else_sealed_to_a_recipient_is_none(anna: tuple[str, str], length: int) -> None:
    """Anybody can encrypt to a recipient: what comes out must at least be a key."""
    held = pyrage.encrypt(bytes(length), [pyrage.x25519.Recipient.from_str(anna[1])])
    slot = Slot("0" * 16, "age", anna[1], base64.b64encode(held).decode())
    assert not slot_opened_by(slot, Unlock(identities=(anna[0],)))


def test_a_vault_that_a_thief_made_for_a_recipient_does_not_pass_for_the_case_s(
    made: tuple[Vault, Keys], anna: tuple[str, str]
) -> None:
    """They know its master key, but not the one under which the name, and all else, was sealed."""
    forged, _ = new_vault((Custodian(recipient=anna[1]),), "")
    mixed = replace(made[0], slots=forged.slots)
    keys = unlock(mixed, Unlock(identities=(anna[0],)))
    with pytest.raises(CaseDamaged, match=r"sealed name in vault\.json was changed"):
        case_name(mixed, keys)


def test_every_bit_counts(folder: Path, made: tuple[Vault, Keys], anna: tuple[str, str]) -> None:
    """Each either does not open, in words, or opens to the same keys and is not what the log vouches for."""
    rng, whole, refused = random.Random(5), (folder / FILE).read_bytes(), 0
    for _ in range(400):
        changed = bytearray(whole)
        changed[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        (folder / FILE).write_bytes(changed)
        try:
            vault = read_vault(folder)
            keys = unlock(vault, Unlock(identities=(anna[0],)))
            case_name(vault, keys)
        except (CaseDamaged, CaseSealed):
            refused += 1
            continue
        assert keys == made[1]
        assert digest_of(bytes(changed)) != digest_of(whole)
    assert 100 < refused < 400


# --- taking effect, and after a kill ---


@pytest.fixture
def changed(made: tuple[Vault, Keys]) -> Vault:
    return with_slot(made[0], new_slot(made[1], Custodian(recipient=new_identity()[1])))


def test_what_is_prepared_counts_only_once_it_takes_effect(
    folder: Path, made: tuple[Vault, Keys], changed: Vault
) -> None:
    prepare(folder, changed)
    assert read_vault(folder) == made[0]
    take_effect(folder)
    assert read_vault(folder) == changed
    assert not (folder / PREPARED).exists()


def test_after_a_kill_what_the_log_vouches_for_takes_effect(folder: Path, changed: Vault) -> None:
    prepare(folder, changed)
    settle(folder, digest_of(rendered(changed)))
    assert read_vault(folder) == changed
    assert not (folder / PREPARED).exists()


def test_after_a_kill_what_it_does_not_vouch_for_is_dropped(
    folder: Path, made: tuple[Vault, Keys], changed: Vault
) -> None:
    prepare(folder, changed)
    settle(folder, digest_of(rendered(made[0])))
    assert read_vault(folder) == made[0]
    assert not (folder / PREPARED).exists()


def test_with_nothing_prepared_there_is_nothing_to_settle(folder: Path, made: tuple[Vault, Keys]) -> None:
    settle(folder, "")
    assert read_vault(folder) == made[0]


def test_a_link_by_that_name_is_never_written_through(
    folder: Path, made: tuple[Vault, Keys], changed: Vault, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "precious.txt"
    elsewhere.write_text("not ours")
    (folder / PREPARED).symlink_to(elsewhere)
    prepare(folder, changed)
    assert elsewhere.read_text() == "not ours"
    assert not (folder / PREPARED).is_symlink()
    assert parsed((folder / PREPARED).read_bytes()) == changed


def test_a_link_by_that_name_does_not_take_effect(
    folder: Path, made: tuple[Vault, Keys], changed: Vault, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "vault.json"
    elsewhere.write_bytes(rendered(changed))
    (folder / PREPARED).symlink_to(elsewhere)
    settle(folder, digest_of(rendered(changed)))
    assert not (folder / FILE).is_symlink()
    assert read_vault(folder) == made[0]
    assert elsewhere.exists()
