"""Cases that earlier versions made: read as they are, migrated when first written to, never half-way."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from sijill.core.errors import CaseTooNew
from sijill.publish.verifier import sijill_verify
from sijill.store import database, reads, schema
from sijill.store.case import Case
from sijill.store.merkle import root_of
from sijill.store.verify import verify
from sijill.testing.clock import FakeClock
from tests.store.folders import contents
from tests.store.old import OldCase, stored
from tests.store.reports import BY, add

EVERY = 12
each = pytest.mark.parametrize("old", stored(), ids=lambda old: old.name)


def test_each_schema_but_the_newest_has_cases_plain_and_encrypted() -> None:
    """The newest may still change before it is released; then `tools/make_old_cases.py` is run."""
    kinds = {(old.schema, old.encrypted) for old in stored()}
    assert kinds >= {(revision, e) for revision in database.known_revisions()[1:] for e in (False, True)}


@each
def test_it_is_whole_and_read_as_it_is(old: OldCase, tmp_path: Path) -> None:
    folder = old.unpack(tmp_path / "case")
    before = contents(folder)
    report = verify(folder, brought=old.brought, since=[old.root])
    assert report.findings == []
    assert (report.entries, report.root) == (old.entries, old.root)
    with closing(Case.open(folder, brought=old.by_passphrase)) as case, case.connect() as connection:
        assert len(reads.document_ids(connection)) == old.documents
        assert len(list(reads.judgements(connection))) == old.judgements
        assert len(reads.judged_claims(connection)[0]) == old.claims
    assert {name: data for name, data in contents(folder).items() if name in before} == before


@each
def test_the_next_writer_migrates_it_and_goes_on(old: OldCase, tmp_path: Path, clock: FakeClock) -> None:
    folder = old.unpack(tmp_path / "case")
    with closing(Case.open(folder, brought=old.brought)) as case:
        with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
            assert add(case, t, "Two more people were wounded in Tamrel.", clock)
        with case.connect() as connection:
            assert database.require_schema(connection), "it was not migrated"
            assert database.layout(connection) == database.expected_layout(database.known_revisions()[0])
            entries = connection.execute(select(schema.log_entry.c.leaf).order_by(schema.log_entry.c.seq)).scalars()
            leaves = list(entries)
            assert len(reads.document_ids(connection)) == old.documents + 1
            assert len(reads.stamps(connection)) == old.stamps
    assert len(leaves) == old.entries + 1
    assert root_of(leaves[: old.entries]).hex() == old.root
    assert verify(folder, brought=old.brought, since=[old.root]).findings == []


@pytest.mark.parametrize("old", [o for o in stored() if not o.encrypted], ids=lambda old: old.name)
def test_the_file_alone_verifies_it_before_and_after(old: OldCase, tmp_path: Path) -> None:
    folder = old.unpack(tmp_path / "case")
    assert sijill_verify.verify(folder, kept=[old.root]).findings == []
    with closing(Case.open(folder)) as case, case.writer(by=BY):
        pass
    assert sijill_verify.verify(folder, kept=[old.root]).findings == []


@each
def test_a_newer_schema_is_refused_in_words_and_left_alone(old: OldCase, tmp_path: Path) -> None:
    folder = old.unpack(tmp_path / "case")
    with closing(Case.open(folder, brought=old.brought)) as case:
        engine = database.connect(case.access.layout.database, write=True, key=case.access.database_key)
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    before = contents(folder)
    with pytest.raises(CaseTooNew, match=r"newer Sijill \(schema 9999\)"):
        Case.open(folder, brought=old.brought)
    with pytest.raises(CaseTooNew, match=r"newer Sijill \(schema 9999\)"), case.writer(by=BY):
        pass
    (finding,) = verify(folder, brought=old.brought).findings
    assert "its schema is none that this version knows" in finding.what
    assert {name: data for name, data in contents(folder).items() if name in before} == before


def test_killed_while_it_migrates_it_is_old_or_new() -> None:
    """Before every so many-th touch of the disk; `python benchmarks/migrating.py` kills before each."""
    program = [sys.executable, "benchmarks/migrating.py", "--every", str(EVERY)]
    run = subprocess.run(program, capture_output=True, text=True, check=False)
    if run.returncode == 3:
        pytest.skip(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr
    assert " old " in run.stdout
    assert " new " in run.stdout
