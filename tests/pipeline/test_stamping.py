"""A case, an authority on loopback, and a kept reply that other people's tools can check."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sijill.core.errors import CaseDamaged, InputError, NotAnswered, StampRefused, UnreadableFile
from sijill.pipeline import stamping
from sijill.pipeline.posting import Limits
from sijill.pipeline.stamping import UNREAD, Obtained
from sijill.store.case import Case
from sijill.store.notes import Verifier
from sijill.store.stamps import KeptStamp, Roots, StampHash, Trust, read_roots
from sijill.testing.authority import LocalAuthority, Manner, available, local_authority, made
from sijill.testing.clock import FakeClock
from sijill.testing.forging import Forgery
from sijill.testing.tamper import connected
from tests.store.reports import BY, add

pytestmark = pytest.mark.skipif(not available(), reason="openssl is not on this machine")
SHORT, LONG = Limits(seconds=0.4), Limits(seconds=10)


@pytest.fixture
def authority() -> Iterator[LocalAuthority]:
    with local_authority(intermediate=True) as running:
        yield running


@pytest.fixture
def roots(authority: LocalAuthority) -> Roots:
    return read_roots(authority.roots)


@dataclass(slots=True)
class Shelf:
    """Keeps stamps in memory, as the store's writer keeps them in the case: all of a transaction, or nothing."""

    kept: list[tuple[int, str, bytes]] = field(default_factory=list)
    held: list[tuple[int, str, bytes]] = field(default_factory=list)

    @contextmanager
    def transaction(self) -> Iterator[Shelf]:
        self.held = []
        yield self
        self.kept += self.held

    def stamp(self, size: int, authority: str, reply: bytes) -> None:
        self.held.append((size, authority, reply))


def as_kept(obtained: Obtained) -> KeptStamp:
    return KeptStamp(obtained.id, obtained.checkpoint, obtained.authority, obtained.reply)


def grow(case: Case, clock: FakeClock, text: str) -> None:
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        add(case, t, text, clock)


def test_the_newest_checkpoint_is_stamped_and_the_raw_reply_kept(
    case: Case, clock: FakeClock, authority: LocalAuthority, roots: Roots
) -> None:
    grow(case, clock, "One was killed in Ardeth.")
    shelf = Shelf()
    obtained = stamping.stamp(case, shelf, authority.url, roots=roots)
    assert shelf.kept == [(2, authority.url, obtained.reply)]
    assert obtained.id == hashlib.sha256(obtained.reply).hexdigest()
    assert obtained.stamp is not None
    assert (obtained.stamp.checkpoint_size, obtained.stamp.trust) == (2, Trust.ROOTED)
    assert (obtained.stamp.authority, obtained.problem) == (authority.url, "")


def test_what_is_exported_verifies_with_openssl_as_the_guide_says(
    case: Case, authority: LocalAuthority, tmp_path: Path
) -> None:
    kept = [as_kept(stamping.obtain(stamping.plan(case, authority.url))) for _ in range(2)]
    folder = tmp_path / "elsewhere"
    names = stamping.export(kept, folder)
    assert names == ("checkpoint-1.txt", *(f"stamp-1-{k.id[:8]}.tsr" for k in kept))
    assert stamping.export(kept, folder) == names
    (folder / "roots.pem").write_bytes(authority.roots)
    command = f"openssl ts -verify -data checkpoint-1.txt -in {names[1]} -CAfile roots.pem"
    done = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Verification: OK" in done.stdout + done.stderr
    assert stamping.since(case, (folder / "checkpoint-1.txt").read_text(encoding="utf-8")) == ()
    (folder / "checkpoint-1.txt").write_text("another\n")
    assert subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode != 0
    with pytest.raises(InputError, match=r"checkpoint-1\.txt is there already, and says something else"):
        stamping.export(kept, folder)


def test_planning_sends_nothing(case: Case, authority: LocalAuthority) -> None:
    planned = stamping.plan(case, authority.url, algorithm=StampHash.SHA512)
    assert planned.request.digest == hashlib.sha512(planned.checkpoint.note.encode()).digest()
    assert authority.asked == []
    stamping.obtain(planned)
    assert authority.asked == [planned.request.der]
    assert case.config.id.encode() not in authority.asked[0]


def test_nobody_else_waits_while_the_authority_thinks(case: Case, clock: FakeClock, authority: LocalAuthority) -> None:
    planned = stamping.plan(case, authority.url)
    grow(case, clock, "One was killed in Ardeth.")
    obtained = stamping.obtain(planned)
    assert obtained.checkpoint.size == 1, "the checkpoint that was planned, though there is a newer one"
    shelf = Shelf()
    stamping.keep(shelf, obtained)
    assert shelf.kept == [(1, authority.url, obtained.reply)]


@pytest.mark.parametrize(
    ("manner", "error", "says"),
    [
        (Manner.WRONG_NONCE, StampRefused, "another request"),
        (Manner.WRONG_IMPRINT, StampRefused, "something other than this checkpoint"),
        (Manner.REFUSING, StampRefused, "did not grant"),
        (Manner.GARBAGE, StampRefused, "no time stamp that can be read"),
        (Manner.EMPTY, StampRefused, "no time stamp that can be read"),
        (Manner.CUT_OFF, StampRefused, "no time stamp that can be read"),
        (Manner.HUGE, NotAnswered, "more than"),
        (Manner.ERROR, NotAnswered, "HTTP 500"),
        (Manner.REDIRECT, NotAnswered, "not followed"),
        (Manner.SILENT, NotAnswered, "did not answer"),
        (Manner.SLOW, NotAnswered, "did not answer"),
    ],
)
def test_an_authority_that_misbehaves_leaves_no_trace(
    case: Case, authority: LocalAuthority, manner: Manner, error: type[Exception], says: str
) -> None:
    authority.manner = manner
    shelf = Shelf()
    with pytest.raises(error, match=says):
        stamping.stamp(case, shelf, authority.url, limits=SHORT if says == "did not answer" else LONG)
    assert shelf.kept == []


def test_an_authority_whom_the_roots_do_not_vouch_for_is_refused(case: Case, authority: LocalAuthority) -> None:
    shelf = Shelf()
    with pytest.raises(StampRefused, match="does not lead to a root that you named"):
        stamping.stamp(case, shelf, authority.url, roots=read_roots(made("another").pem))
    assert shelf.kept == []
    assert stamping.stamp(case, shelf, authority.url).stamp is not None


def test_a_reply_that_nobody_here_can_read_is_kept_and_said_to_be_unread(case: Case, authority: LocalAuthority) -> None:
    planned = stamping.plan(case, authority.url)
    strange = Forgery(planned.checkpoint.note, authority.signer, version=2, nonce=planned.request.nonce).encoded()
    authority.prepared.append(strange)
    obtained = stamping.obtain(planned)
    assert (obtained.reply, obtained.stamp) == (strange, None)
    assert "another version" in obtained.problem
    (row,) = stamping.stamps([as_kept(obtained)])
    assert (row["trust"], row["time"]) == (UNREAD, "")
    assert "another version" in row["problem"]


def test_stamps_are_checked_again_when_they_are_listed(case: Case, authority: LocalAuthority, roots: Roots) -> None:
    obtained = stamping.obtain(stamping.plan(case, authority.url))
    kept = as_kept(obtained)
    (bare,) = stamping.stamps([kept])
    (rooted,) = stamping.stamps([kept], roots=roots)
    assert obtained.stamp is not None
    assert bare == {
        "id": obtained.id,
        "size": 1,
        "authority": authority.url,
        "time": obtained.stamp.time,
        "signer": "CN=Senna Stamp 1 (invented)",
        "trust": "signature valid, authority not checked",
        "policy": obtained.stamp.policy,
        "serial": obtained.stamp.serial,
        "algorithm": "sha256",
        "problem": "",
    }
    assert rooted == bare | {"trust": "leads to a root that you named"}
    (lost,) = stamping.stamps([kept], roots=read_roots(made("another").pem))
    assert "does not lead to a root" in lost["problem"]
    assert lost["trust"] == lost["time"] == ""


def test_the_newest_checkpoint_is_a_note_of_the_case(case: Case, clock: FakeClock) -> None:
    before = stamping.newest_checkpoint(case)
    grow(case, clock, "One was killed in Ardeth.")
    after = stamping.newest_checkpoint(case)
    assert (before.size, after.size) == (1, 2)
    assert Verifier.parse(case.config.verifier).verify(after.note).splitlines()[1] == "2"
    with connected(case.folder) as cursor:
        cursor.execute("UPDATE checkpoint SET note = replace(note, '2', '3') WHERE size = 2")
    with pytest.raises(CaseDamaged, match="last checkpoint does not verify"):
        stamping.newest_checkpoint(case)


def test_since_says_nothing_of_a_case_that_goes_on(case: Case, clock: FakeClock) -> None:
    kept = stamping.newest_checkpoint(case)
    grow(case, clock, "One was killed in Ardeth.")
    assert stamping.since(case, kept.note, kept.root.hex()) == ()
    with connected(case.folder) as cursor:
        cursor.execute("DELETE FROM log_entry WHERE seq = 0")
    assert [f.where for f in stamping.since(case, kept.note)] == ["checkpoint 1"]


def test_roots_come_from_a_file(tmp_path: Path, authority: LocalAuthority) -> None:
    path = tmp_path / "roots.pem"
    with pytest.raises(UnreadableFile, match=r"roots\.pem: No such file"):
        stamping.roots_in(path)
    path.write_bytes(b"no certificate")
    with pytest.raises(UnreadableFile, match=r"roots\.pem: the roots are no certificates"):
        stamping.roots_in(path)
    path.write_bytes(authority.roots)
    assert stamping.roots_in(path).certificates == (authority.root.certificate,)
