"""Stamps as rows of a case: kept through the writer, read back, and missed where they are changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sijill.core.errors import InvalidRecord
from sijill.pipeline import stamping
from sijill.store import database, reads, stamps
from sijill.store.case import Case
from sijill.store.verify import verify
from sijill.testing.authority import Manner, local_authority
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from sijill.testing.tamper import connected
from tests.databases import copied
from tests.store.reports import BY, add
from tests.store.sql import put_back
from tests.store.stamped import needs_openssl


@needs_openssl
def test_a_stamp_is_kept_listed_and_verified(case: Case, clock: FakeClock) -> None:
    with local_authority(intermediate=True) as authority:
        roots = stamps.read_roots(authority.roots)
        with case.writer(by=BY, clock=clock) as writer:
            obtained = stamping.stamp(case, writer, authority.url, roots=roots)
            with writer.transaction() as t:
                assert t.stamp(1, authority.url, obtained.reply) == obtained.id
    with case.connect() as connection:
        (kept,) = reads.stamps(connection)
    assert (kept.id, kept.reply, kept.checkpoint.size) == (obtained.id, obtained.reply, 1)
    (row,) = stamping.stamps([kept], roots=roots)
    assert row["trust"] == "leads to a root that you named"
    assert verify(case.folder).whole
    assert verify(case.folder, roots=roots, since=[kept.checkpoint.note]).whole
    with local_authority() as other:
        report = verify(case.folder, roots=stamps.read_roots(other.roots))
    assert [(f.kind, f.where) for f in report.findings] == [("stamp", f"stamp {kept.id[:16]}")]


@needs_openssl
def test_a_stamp_that_is_refused_leaves_the_case_as_it_was(case: Case, clock: FakeClock) -> None:
    before = verify(case.folder)
    with local_authority() as authority:
        authority.manner = Manner.WRONG_NONCE
        with case.writer(by=BY, clock=clock) as writer, pytest.raises(stamping.StampRefused, match="nonce"):
            stamping.stamp(case, writer, authority.url)
    after = verify(case.folder)
    assert (after.entries, after.root) == (before.entries, before.root)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE stamp SET authority = 'http://other.example/'", "row"),
        ("UPDATE stamp SET reply = 'text'", "row"),
        ("UPDATE stamp SET size = size - 1", "row"),
        ("UPDATE stamp SET entry = entry + 1", "row"),
        ("DELETE FROM stamp", "row"),
        ("DELETE FROM checkpoint WHERE size IN (SELECT size FROM stamp)", "stamp"),
    ],
)
def test_a_changed_stamp_is_found(synthetic: Path, statement: str, kind: str) -> None:
    with connected(synthetic) as cursor:
        cursor.execute(statement)
    assert any(f.kind == kind and f.where.startswith("stamp ") for f in verify(synthetic).findings)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, where: str | None) -> Path:
    folder, clock = tmp_path_factory.mktemp("stamps") / "case", FakeClock()
    synthetic_case(folder, documents=2, claims_per_document=1, judgements=2, seed=3, clock=clock, server=where).close()
    return folder


@pytest.fixture
def synthetic(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path / "copy")


def test_verify_compares_with_what_was_kept_elsewhere(case: Case, clock: FakeClock, tmp_path: Path) -> None:
    copied(case.folder, tmp_path / "old")
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        add(case, t, "One was killed in Ardeth.", clock)
    note = stamping.newest_checkpoint(case).note
    assert verify(case.folder, since=[note]).whole
    (found,) = verify(tmp_path / "old", since=[note]).findings
    assert "cut back" in found.what
    with pytest.raises(InvalidRecord, match="neither"):
        verify(case.folder, since=["nonsense"])


def test_a_case_of_before_there_were_stamps_is_whole_and_takes_them(case: Case, clock: FakeClock) -> None:
    put_back(case.folder)
    assert verify(case.folder).whole
    with case.connect() as connection:
        assert reads.stamps(connection) == ()
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        t.stamp(1, "http://tsa.meravia.example/tsr", b"unreadable")
    assert verify(case.folder).whole
    with case.connect() as connection:
        assert database.require_schema(connection)
