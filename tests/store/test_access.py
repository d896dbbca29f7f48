"""An encrypted case in the hands of a thief who changes it, moves its parts about, or puts old ones back."""

import hmac
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sijill.core.clock import timestamp
from sijill.core.errors import CaseDamaged, CaseError, CaseSealed
from sijill.core.judgement import Decision, Judgement, Matter
from sijill.store import reads
from sijill.store.access import Access, access_to, clear_generations, last_vault, require_current
from sijill.store.case import Case
from sijill.store.folders import Layout
from sijill.store.objects import Objects
from sijill.store.vault import (
    FILE,
    PREPARED,
    Custodian,
    Unlock,
    digest_of,
    new_slot,
    prepare,
    read_vault,
    rendered,
    with_slot,
)
from sijill.store.verify import verify
from sijill.testing.clock import FakeClock
from sijill.testing.tamper import flipped
from tests.databases import in_a_file
from tests.store.folders import contents
from tests.store.reports import BY, add, claim

TEXTS = tuple(f"At least {n} people were killed at Kalmon Ford, the Senna Valley Monitor said." for n in range(20, 32))
BITS = 100
IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())
BROUGHT = Unlock(identities=(str(IDENTITY),))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encrypted case with a dozen documents, claims and a judgement; nobody changes this one."""
    folder, clock = tmp_path_factory.mktemp("access") / "case", FakeClock()
    case = Case.create(
        folder, name="Senna (invented)", by=BY, clock=clock, custodians=(Custodian(recipient=RECIPIENT),)
    )
    with case.writer(by=BY, clock=clock) as writer:
        for n, text in enumerate(TEXTS, 20):
            with writer.transaction() as t:
                add(case, t, text, clock, name=f"r{n}.txt")
        made = Judgement(Matter.SOURCE, (digest(TEXTS[0]),), Decision.SET_ASIDE, BY, timestamp(clock), "a copy")
        with writer.transaction() as t:
            t.judgement(made)
    case.close()
    return folder


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "sealed")


@pytest.fixture
def opened(folder: Path) -> Iterator[Case]:
    case = Case.open(folder, brought=BROUGHT)
    yield case
    case.close()


def write_to(folder: Path) -> None:
    """Open a case and begin to write."""
    with closing(Case.open(folder, brought=BROUGHT)) as case, case.writer(by=BY):
        pass


def whole(folder: Path) -> bool:
    return verify(folder, brought=BROUGHT).whole


# --- opening ---


@in_a_file
def test_a_plain_case_needs_nothing(case: Case) -> None:
    access = access_to(case.folder)
    assert (access.keys, access.database_key, access.layout) == (None, None, Layout(case.folder))


def test_an_encrypted_case_opens_with_its_name(folder: Path) -> None:
    access = access_to(folder, BROUGHT)
    assert access.layout == Layout(folder, 1, encrypted=True)
    assert access.name == "Senna (invented)"
    assert "Senna" not in repr(access)


def test_it_does_not_open_without(folder: Path) -> None:
    for brought in (Unlock(), Unlock(identities=(str(pyrage.x25519.Identity.generate()),))):
        with pytest.raises(CaseSealed, match=r"encrypted, and (nothing|what) was given"):
            Case.open(folder, brought=brought)
        with pytest.raises(CaseSealed, match=r"encrypted, and (nothing|what) was given"):
            verify(folder, brought=brought)


def test_its_name_stands_nowhere_else(folder: Path) -> None:
    assert 'name = ""' in (folder / "case.toml").read_text()
    assert not any(b"Senna" in data for data in contents(folder).values())


def test_the_last_vault_is_the_one_that_the_log_vouches_for(opened: Case, case: Case) -> None:
    with opened.connect() as connection:
        assert last_vault(connection) == digest_of((opened.folder / FILE).read_bytes())
    with case.connect() as connection:
        assert last_vault(connection) == ""


def test_a_case_is_current_until_it_is_sealed_anew(opened: Case, case: Case) -> None:
    require_current(opened.access)
    require_current(case.access)
    vault = read_vault(opened.folder)
    (opened.folder / FILE).write_bytes(rendered(replace(vault, generation=2)))
    with pytest.raises(CaseSealed, match="sealed under a new key since it was opened"):
        require_current(opened.access)
    (case.folder / FILE).write_bytes(rendered(vault))
    with pytest.raises(CaseSealed, match="sealed under a new key since it was opened"):
        require_current(case.access)


# --- what a rekeying left behind ---


def test_only_the_generations_beside_the_one_that_counts_are_cleared(tmp_path: Path) -> None:
    """Files with names like ours are somebody's: a folder of old reports, a database of notes."""
    kept = (
        "case-2.db",
        "case-2.db-wal",
        "objects-2/ab/cd",
        "keys/signing-2.sealed",
        "case.toml",
        "case-notes.db",
        "case-2024.db",
        "casebook.db",
        "objects-old/report.txt",
        "objects-2031/report.txt",
        "keys/signing-copy.sealed",
        "keys/signing.pem",
    )
    stale = ("case.db", "case.db-wal", "case.db-shm", "objects/ab/cd", "keys/signing-1.sealed")
    half = ("case-3.db", "case-3.db-journal", "objects-3/incoming/1f", "keys/signing-3.sealed")
    for name in (*kept, *stale, *half):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    clear_generations(Access(Layout(tmp_path, 2, encrypted=True)))
    assert contents(tmp_path) == {name: name.encode() for name in kept}
    assert not (tmp_path / "objects-3").exists()


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    folder = tmp_path / "case"
    (folder / "keys").mkdir(parents=True)
    (folder / "objects-2").symlink_to(tmp_path / "precious")
    clear_generations(Access(Layout(folder, 1, encrypted=True)))
    assert (tmp_path / "precious" / "file").exists()
    assert not (folder / "objects-2").is_symlink()


def test_staged_bytes_are_not_cleared_through_a_link(folder: Path, tmp_path: Path) -> None:
    """A case that somebody else made may have its folder of temporary files lead to anything of ours."""
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    shutil.rmtree(folder / "objects" / "incoming", ignore_errors=True)
    (folder / "objects" / "incoming").symlink_to(tmp_path / "precious")
    write_to(folder)
    assert (tmp_path / "precious" / "file").exists()


# --- objects ---


def test_an_object_is_what_the_guide_says(opened: Case) -> None:
    """Found and opened with nothing of ours: HKDF, HMAC, AES-256-GCM."""
    master = opened.access.keys.master if opened.access.keys else b""

    def derive(purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=f"sijill {purpose} 1".encode()).derive(master)

    id_ = digest(TEXTS[3])
    name = hmac.digest(derive("object names"), id_.encode("ascii"), "sha256").hex()
    data = (opened.folder / "objects" / name[:2] / name[2:]).read_bytes()
    assert AESGCM(derive(f"object {id_}")).decrypt(data[:12], data[12:], b"").decode() == TEXTS[3]


def test_no_name_or_byte_gives_a_document_away(folder: Path) -> None:
    """Whoever has the same public document must not find it by its SHA-256, nor by any words."""
    everything = b"\0".join([*(name.encode() for name in contents(folder)), *contents(folder).values()])
    flat = everything.replace(b"/", b"")
    for text in TEXTS:
        for trace in (text.encode(), digest(text).encode(), bytes.fromhex(digest(text)), text[:20].encode("utf-16-le")):
            assert trace not in everything
            assert trace not in flat


def test_a_ciphertext_under_another_object_s_name_is_found(opened: Case, folder: Path) -> None:
    one, other = (opened.objects.path(digest(t)) for t in TEXTS[:2])
    a, b = one.read_bytes(), other.read_bytes()
    for path, data in ((one, b), (other, a)):
        path.chmod(0o600)
        path.write_bytes(data)
    with pytest.raises(CaseDamaged, match="its seal is broken"):
        opened.objects.read(digest(TEXTS[0]))
    findings = verify(folder, brought=BROUGHT).findings
    assert {f.where for f in findings} == {f"object {digest(t)[:16]}" for t in TEXTS[:2]}
    assert all("its bytes changed" in f.what for f in findings)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27, 28, -1])
def test_a_truncated_object_is_found(opened: Case, folder: Path, length: int) -> None:
    path = opened.objects.path(digest(TEXTS[0]))
    data = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(data[:length])
    with pytest.raises(CaseDamaged, match="its seal is broken"):
        opened.objects.read(digest(TEXTS[0]))
    (finding,) = verify(folder, brought=BROUGHT).findings
    assert finding.where == f"object {digest(TEXTS[0])[:16]}"


def test_a_missing_object_is_found(opened: Case, folder: Path) -> None:
    opened.objects.path(digest(TEXTS[0])).unlink()
    (finding,) = verify(folder, brought=BROUGHT).findings
    assert (finding.where, finding.what) == (f"object {digest(TEXTS[0])[:16]}", "missing")


def test_an_older_sealing_of_the_same_bytes_is_the_same_bytes(opened: Case, folder: Path) -> None:
    """A thief may put back what lay there before, which says the same: nothing is won by it, and nothing found."""
    path = opened.objects.path(digest(TEXTS[0]))
    staged = opened.objects.stage_bytes(TEXTS[0].encode())
    assert staged.path.read_bytes() != path.read_bytes()
    staged.path.replace(path)
    assert opened.objects.read(digest(TEXTS[0])) == TEXTS[0].encode()
    assert whole(folder)


def test_each_object_has_a_key_that_opens_no_other(opened: Case) -> None:
    secrets = [opened.objects.secret(digest(t)) for t in TEXTS]
    assert len(set(secrets)) == len(TEXTS)
    for i, text in enumerate(TEXTS):
        data = opened.objects.path(digest(text)).read_bytes()
        for j, secret in enumerate(secrets):
            assert secret is not None
            if i == j:
                assert AESGCM(secret).decrypt(data[:12], data[12:], b"") == text.encode()
            else:
                with pytest.raises(InvalidTag, match=r"^$"):
                    AESGCM(secret).decrypt(data[:12], data[12:], b"")


# --- any bit of any file ---


def test_every_bit_of_every_file_is_found_or_the_case_does_not_open(original: Path, tmp_path: Path) -> None:
    rng, refused, found = random.Random(21), [], 0
    files = [n for n in contents(original) if not n.endswith(("-wal", "-shm"))]
    folder = shutil.copytree(original, tmp_path / "case")
    for number in range(BITS):
        # Every kind of file in turn: small ones would hardly be hit by chance.
        kind = ("case.db", "case.toml", FILE, "keys/", "objects/")[number % 5]
        name = rng.choice([n for n in files if n.startswith(kind)])
        path, data = folder / name, (original / name).read_bytes()
        path.chmod(0o600)
        path.write_bytes(flipped(data, rng.randrange(len(data) * 8)))
        try:
            report = verify(folder, brought=BROUGHT)
            assert not report.whole, (name, number)
            found += 1
        except CaseError as err:
            refused.append(err)
        for extra in (f"{name}-wal", f"{name}-shm"):
            (folder / extra).unlink(missing_ok=True)
        path.write_bytes(data)
    assert found > BITS // 2
    assert all(err.hint for err in refused)
    assert whole(folder)


def test_pages_of_the_database_that_hold_nothing_are_sealed_too(folder: Path) -> None:
    """A flipped bit in a page that was freed changes no answer of SQLite's; SQLCipher's own check sees it."""
    case = Case.open(folder, brought=BROUGHT)
    with case.writer(by=BY) as writer, writer._hold.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("CREATE TABLE heap (words TEXT)")
        connection.exec_driver_sql("INSERT INTO heap VALUES (hex(zeroblob(200000)))")
    with case.writer(by=BY) as writer, writer._hold.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TABLE heap")
        free = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
    case.close()
    assert free > 90
    assert whole(folder)
    path = folder / "case.db"
    data = path.read_bytes()
    path.write_bytes(flipped(data, len(data) * 8 - 5000 * 8))
    findings = verify(folder, brought=BROUGHT).findings
    assert [f.where for f in findings] == ["case.db"]
    assert "HMAC" in findings[0].what


def test_a_truncated_database_is_found(folder: Path) -> None:
    path = folder / "case.db"
    data = path.read_bytes()
    for length in (0, 100, 4096, len(data) // 2, len(data) - 4096, len(data) - 1):
        path.write_bytes(data[:length])
        assert not verify(folder, brought=BROUGHT).whole, length
        with pytest.raises(CaseDamaged, match=r"cannot be read|does not verify|no checkpoint|case's database"):
            write_to(folder)
        for end in ("-wal", "-shm"):
            (folder / f"case.db{end}").unlink(missing_ok=True)


# --- vault.json ---


def test_a_vault_that_the_log_does_not_vouch_for_is_found(folder: Path) -> None:
    vault = read_vault(folder)
    for changed in (
        replace(vault, slots=(replace(vault.slots[0], holder="age1somebodyelse"),)),
        replace(vault, slots=(*vault.slots, replace(vault.slots[0], id="0" * 16, holder="twice"))),
    ):
        (folder / FILE).write_bytes(rendered(changed))
        (finding,) = verify(folder, brought=BROUGHT).findings
        assert (finding.where, finding.what) == (FILE, "it is not what the log vouches for")


def test_white_space_in_the_vault_is_found(folder: Path) -> None:
    (folder / FILE).write_bytes((folder / FILE).read_bytes() + b"\n")
    (finding,) = verify(folder, brought=BROUGHT).findings
    assert finding.where == FILE


def test_a_copy_of_the_vault_beside_it_excuses_nothing(folder: Path) -> None:
    """What a killed run left prepared may differ by one custodian who was being added, and by nothing else."""
    (folder / PREPARED).write_bytes((folder / FILE).read_bytes())
    vault = read_vault(folder)
    (folder / FILE).write_bytes(rendered(replace(vault, slots=(replace(vault.slots[0], holder="age1evil"),))))
    (finding,) = verify(folder, brought=BROUGHT).findings
    assert finding.where == FILE


def test_a_run_that_was_killed_while_adding_is_no_finding(opened: Case, folder: Path) -> None:
    assert opened.access.keys is not None
    other = str(pyrage.x25519.Identity.generate().to_public())
    vault = read_vault(folder)
    changed = with_slot(vault, new_slot(opened.access.keys, Custodian(recipient=other)))
    with opened.writer(by=BY) as writer:
        prepare(folder, changed)
        with writer.transaction() as t:
            t.custody(changed)
    assert read_vault(folder) == vault
    assert whole(folder)
    with opened.writer(by=BY):
        assert read_vault(folder) == changed
    assert whole(folder)


def test_without_its_vault_it_is_said_to_be_damaged(folder: Path) -> None:
    (folder / FILE).unlink()
    findings = verify(folder, brought=BROUGHT).findings
    assert any(f.where == "case.db" and "malformed" in f.what for f in findings)
    with pytest.raises(CaseDamaged, match="database cannot be read"):
        Case.open(folder, brought=BROUGHT)


@pytest.mark.parametrize("generation", [2, 3, 10**12])
def test_another_generation_is_said_to_be_missing(folder: Path, generation: int) -> None:
    (folder / FILE).write_bytes(rendered(replace(read_vault(folder), generation=generation)))
    with pytest.raises(CaseDamaged, match=re.escape(f"has no case-{generation}.db")):
        Case.open(folder, brought=BROUGHT)
    assert any(f.where == f"case-{generation}.db" for f in verify(folder, brought=BROUGHT).findings)


def test_parts_of_another_case_do_not_fit(folder: Path, tmp_path: Path) -> None:
    """Same custodian, another master key: nothing of one case passes for the other's."""
    other = tmp_path / "other"
    Case.create(other, by=BY, custodians=(Custodian(recipient=RECIPIENT),)).close()
    for name in ("case.db", "keys/signing-1.sealed", FILE, "case.toml"):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes((other / name).read_bytes())
        assert not verify(folder, brought=BROUGHT).whole, name
        with pytest.raises(CaseDamaged, match=r"cannot be read|not the one that this case was made with"):
            write_to(folder)
        (folder / name).write_bytes(kept)
    assert whole(folder)


def test_objects_of_another_generation_are_not_taken_for_its_own(opened: Case, folder: Path) -> None:
    """The same documents under another master key lie under other names, and open with other keys."""
    other = Objects(folder / "objects-2", replace(opened.access.keys, master=bytes(32)))  # type: ignore[type-var]
    for text in TEXTS:
        other.keep(other.stage_bytes(text.encode()))
    other.sync()
    shutil.rmtree(folder / "objects")
    (folder / "objects-2").rename(folder / "objects")
    report = verify(folder, brought=BROUGHT)
    assert {f.what for f in report.findings} == {"missing"}
    assert len(report.findings) == report.unclaimed == len(TEXTS)


def test_what_was_written_is_read_back(opened: Case) -> None:
    with opened.connect() as connection:
        assert set(reads.document_ids(connection)) == {digest(t) for t in TEXTS}
        (row,) = reads.judgements(connection)
    assert row.judgement.subjects == (digest(TEXTS[0]),)
    assert opened.objects.read(digest(TEXTS[5])).decode() == TEXTS[5]
    assert claim(TEXTS[0], 20).document == digest(TEXTS[0])
