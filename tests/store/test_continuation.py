"""Checkpoints kept elsewhere, against a log that goes on from them and against logs that do not."""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import InvalidRecord
from sijill.store.case import Case
from sijill.store.continuation import ELSEWHERE, Kept, check_since, continuation, kept_checkpoint
from sijill.store.findings import Finding
from sijill.store.merkle import root_of
from sijill.store.notes import NoteError, Verifier
from sijill.store.verify import verify
from sijill.testing.clock import FakeClock
from sijill.testing.tamper import connected
from tests.databases import copied
from tests.store.reports import BY, add
from tests.store.test_notes import OTHER, ROOT, SIGNER

NOTE = SIGNER.checkpoint(12, ROOT).note
LOGS = st.lists(st.binary(min_size=1, max_size=2), min_size=1, max_size=24).map(
    lambda entries: [sha256(e + bytes((i,))).digest() for i, e in enumerate(entries)]
)


def kept_of(leaves: list[bytes], size: int, *, bare: bool = False) -> Kept:
    return Kept(root_of(leaves[:size]), None if bare else size)


# --- as a law of logs ---


@given(LOGS, st.data())
def test_a_log_goes_on_from_all_its_beginnings(leaves: list[bytes], data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(0, len(leaves)), max_size=4))
    bare = [kept_of(leaves, data.draw(st.integers(1, len(leaves))), bare=True) for _ in sizes]
    assert list(continuation(leaves, [*(kept_of(leaves, s) for s in sizes), *bare])) == []


@given(LOGS, st.data())
def test_a_log_that_was_cut_back_is_found(leaves: list[bytes], data: st.DataObject) -> None:
    left, size = sorted((data.draw(st.integers(0, len(leaves) - 1)), data.draw(st.integers(1, len(leaves)))))
    if left == size:
        left -= 1
    (found,) = continuation(leaves[:left], [kept_of(leaves, size)])
    assert found.where == f"checkpoint {size}"
    assert found.what == f"the log was cut back: {left} of its {size} entries are left"
    (bare,) = continuation(leaves[:left], [kept_of(leaves, size, bare=True)])
    assert "it was cut back or rewritten" in bare.what


@given(LOGS, st.data())
def test_a_log_that_was_rewritten_is_found_and_narrowed_down(leaves: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:at], sha256(b"changed").digest(), *leaves[at + 1 :]]
    sizes = sorted({len(leaves), *data.draw(st.lists(st.integers(1, len(leaves)), max_size=4))})
    bare = data.draw(st.booleans()) and at > 0
    kept = [kept_of(leaves, s) for s in sizes] + ([kept_of(leaves, at, bare=True)] if bare else [])
    (found,) = continuation(changed, kept)
    first = min(s for s in sizes if s > at)
    before = max([0, *(s for s in sizes if s <= at), *([at] if bare else [])])
    assert before <= at < first
    assert found.where == f"checkpoint {first}"
    named = f"log entry {before} is not" if before == first - 1 else f"log entry {before} to {first - 1} is not"
    assert named in found.what


def test_an_entry_that_was_put_in_or_taken_out_is_found() -> None:
    leaves = [sha256(bytes((i,))).digest() for i in range(9)]
    kept = [kept_of(leaves, 6), kept_of(leaves, 9)]
    put_in = [*leaves[:7], sha256(b"new").digest(), *leaves[7:]]
    taken_out = [*leaves[:2], *leaves[3:], sha256(b"more").digest()]
    (late,) = continuation(put_in, kept)
    (early,) = continuation(taken_out, kept)
    assert "log entry 6 to 8" in late.what
    assert "log entry 0 to 5" in early.what


def test_what_was_cut_back_may_be_rewritten_as_well() -> None:
    leaves = [sha256(bytes((i,))).digest() for i in range(9)]
    changed = [*leaves[:3], sha256(b"changed").digest(), *leaves[4:6]]
    found = list(continuation(changed, [kept_of(leaves, 5), kept_of(leaves, 6), kept_of(leaves, 9)]))
    assert [f.where for f in found] == ["checkpoint 5", "checkpoint 9"]
    assert "rewritten" in found[0].what
    assert "cut back" in found[1].what


# --- what was kept ---


@pytest.mark.parametrize(
    "text",
    [
        NOTE,
        NOTE.replace("\n", "\r\n"),
        "\ufeff" + NOTE,
        "\n\n  " + NOTE + "\n\n",
        NOTE.rstrip("\n"),
    ],
)
def test_a_note_survives_mail(text: str) -> None:
    assert kept_checkpoint(text, SIGNER.verifier) == Kept(ROOT, 12)


@pytest.mark.parametrize("text", [ROOT.hex(), ROOT.hex().upper(), f"\n {ROOT.hex()} \r\n"])
def test_a_root_that_was_written_down_will_do(text: str) -> None:
    assert kept_checkpoint(text, SIGNER.verifier) == Kept(ROOT)


@pytest.mark.parametrize("text", ["", "a word", ROOT.hex()[:-1], ROOT.hex() + "0", NOTE.partition("\n\n")[0]])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(InvalidRecord, match="neither a checkpoint's signed note nor a root"):
        kept_checkpoint(text, SIGNER.verifier)


def test_what_is_far_too_long_is_refused() -> None:
    with pytest.raises(InvalidRecord, match="characters"):
        kept_checkpoint(NOTE * 1000, SIGNER.verifier)


@pytest.mark.parametrize("text", [OTHER.checkpoint(12, ROOT).note, NOTE.replace("12", "13"), NOTE[:-9] + "\n"])
def test_a_note_that_the_key_did_not_sign_is_none(text: str) -> None:
    with pytest.raises(NoteError, match=r"bears no signature|does not hold|not base64|not canonical"):
        kept_checkpoint(text, SIGNER.verifier)


# --- a case in the hands of somebody who holds its key ---


def report(case: Case, clock: FakeClock, *texts: str) -> None:
    for text in texts:
        with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
            add(case, t, text, clock)


def notes(case: Case) -> dict[int, str]:
    with connected(case.folder) as cursor:
        return dict(cursor.execute("SELECT size, note FROM checkpoint").fetchall())


def findings(folder: Path, *kept: str) -> list[Finding]:
    with closing(Case.open(folder)) as case, case.connect() as connection:
        return list(check_since(connection, Verifier.parse(case.config.verifier), kept))


def test_a_case_that_only_grew_goes_on(case: Case, clock: FakeClock) -> None:
    report(case, clock, "One was killed in Ardeth.", "Two were wounded.")
    before = notes(case)
    report(case, clock, "Three fled to Port Averin.")
    assert findings(case.folder, *before.values()) == []
    assert findings(case.folder, *notes(case).values(), verify(case.folder).root) == []


def test_a_case_put_back_to_an_old_copy_is_found(case: Case, clock: FakeClock, tmp_path: Path) -> None:
    report(case, clock, "One was killed in Ardeth.")
    copied(case.folder, tmp_path / "old")
    report(case, clock, "Two were killed in Ardeth.")
    kept = notes(case)[3]
    assert verify(tmp_path / "old").whole, "nothing else tells"
    (found,) = findings(tmp_path / "old", kept)
    assert (found.kind, found.where) == ("checkpoint", "checkpoint 3")
    assert "cut back: 2 of its 3 entries are left" in found.what


def test_a_history_written_anew_and_signed_is_found(case: Case, clock: FakeClock, tmp_path: Path) -> None:
    report(case, clock, "One was killed in Ardeth.")
    copied(case.folder, tmp_path / "other")
    report(case, clock, "Two were killed in Ardeth.", "The toll stands at two.")
    other = Case.open(tmp_path / "other")
    report(other, clock, "Nobody was killed in Ardeth.", "The toll stands at none.", "All is well.")
    other.close()
    kept = notes(case)
    assert verify(tmp_path / "other").whole, "nothing else tells"
    (found,) = findings(tmp_path / "other", kept[4])
    assert "rewritten: an entry from log entry 0 to 3" in found.what
    (narrowed,) = findings(tmp_path / "other", kept[4], kept[2])
    assert "rewritten: an entry from log entry 2 to 3" in narrowed.what
    (exact,) = findings(tmp_path / "other", kept[4], kept[3], kept[2])
    assert "rewritten: log entry 2 is not what the case's key signed then" in exact.what
    (bare,) = findings(tmp_path / "other", verify(case.folder).root)
    assert bare.where == ELSEWHERE


def test_a_case_made_anew_under_another_key_is_found(
    case: Case, clock: FakeClock, tmp_path: Path, where: str | None
) -> None:
    report(case, clock, "One was killed in Ardeth.")
    Case.create(tmp_path / "anew", by=BY, clock=clock, server=where).close()
    (found,) = findings(tmp_path / "anew", notes(case)[2])
    assert (found.kind, found.where) == ("checkpoint", ELSEWHERE)
    assert "made anew under another key" in found.what


def test_what_lies_beyond_a_gap_is_not_compared(case: Case, clock: FakeClock) -> None:
    report(case, clock, "One was killed in Ardeth.", "Two were wounded.")
    kept = notes(case)[3]
    with connected(case.folder) as cursor:
        cursor.execute("DELETE FROM log_entry WHERE seq = 1")
    (found,) = findings(case.folder, kept)
    assert "1 of its 3 entries are left" in found.what


def test_nonsense_is_no_finding_but_misuse(case: Case) -> None:
    with pytest.raises(InvalidRecord, match="neither"):
        findings(case.folder, "the root was 5f something")
