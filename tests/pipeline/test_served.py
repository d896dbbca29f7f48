"""Cases whose rows lie on a PostgreSQL server: everything works the same, and an encrypted one gives nothing away."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyrage
import pytest

from sijill.cli.opening import DATABASE_URL, brought_for, server_of
from sijill.core.errors import CaseLocked, CaseSealed
from sijill.pipeline import custody
from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from sijill.pipeline.condition import OK, WARNING, WRONG
from sijill.pipeline.served import server_checks
from sijill.store import case as stored
from sijill.store import reads
from sijill.store.address import new_address, write_address
from sijill.store.vault import Custodian, Unlock
from sijill.testing.server import Server

ANNA, BASIL = (str(pyrage.x25519.Identity.generate()) for _ in range(2))
MARKER = "Hazelnut-of-Tell-Nour"
NAME = "Senna valley, sealed"


def recipient(identity: str) -> Custodian:
    return Custodian(recipient=str(pyrage.x25519.Identity.from_str(identity).to_public()))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, server: Server, example: Path) -> Iterator[Case]:
    """The example case, its rows on a server."""
    folder = tmp_path_factory.mktemp("served") / "case"
    with Case.create(folder, name="Senna valley", by="tester", brought=Unlock(database=server.address)) as case:
        case.build([example / "reports"], Plan(gazetteers=(example / "gazetteer.csv",)))
        yield case


def test_the_example_says_the_same_on_a_server(served: Case, example_case: Case) -> None:
    assert served.claim_rows(uncounted=True) == example_case.claim_rows(uncounted=True)
    assert served.incident_rows() == example_case.incident_rows()
    assert [d.reading for d in served.documents()] == [d.reading for d in example_case.documents()]
    assert not (served.path / "case.db").exists()


def test_building_again_writes_nothing(served: Case, example: Path) -> None:
    before = served.verify()
    report = served.build([example / "reports"], Plan(gazetteers=(example / "gazetteer.csv",)))
    after = served.verify()
    assert (report.add.added, report.extract.read, report.derived.record.written) == (0, 0, 0)  # type: ignore[union-attr]
    assert before.whole
    assert (after.whole, after.entries, after.root) == (True, before.entries, before.root)


def test_deciding_moves_figures_and_undoing_moves_them_back(served: Case) -> None:
    before = served.incident_rows()
    claim = next(row["figures"][0]["claims"][0] for row in before if row["figures"])
    made = served.judge("reject", claim[:12], reason="a misprint")
    assert served.incident_rows() != before
    assert any("misprint" in line for line in served.explain(claim))
    served.undo(made)
    assert served.incident_rows() == before
    assert served.verify().whole


@pytest.fixture
def sealed(tmp_path: Path, server: Server) -> Path:
    """An encrypted case with a marker in everything that people and sources write."""
    (tmp_path / f"{MARKER}.txt").write_text(f"Nine people were killed in {MARKER} on 4 March 2031, {MARKER} said.\n")
    brought, whom = Unlock(identities=(ANNA,), database=server.address), (recipient(ANNA), recipient(BASIL))
    with Case.create(tmp_path / "case", name=NAME, by=MARKER, custodians=whom, brought=brought) as case:
        case.build([tmp_path / f"{MARKER}.txt"])
        case.judge("accept", case.claims()[0].id, reason=MARKER)
        case.judge("set_aside", case.documents()[0].id, reason=MARKER)
    return tmp_path / "case"


def dumped(server: Server, *which: str) -> str:
    """The database, or part of it, as its administrator would write it out."""
    command = [str(server.programs / "pg_dump"), "--dbname", server.address, *which]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_whoever_runs_the_server_reads_nothing_of_an_encrypted_case(sealed: Path, server: Server) -> None:
    with closing(stored.Case.open(sealed, brought=Unlock(identities=(ANNA,)))) as case, case.connect() as connection:
        assert case.access.address is not None
        said = dumped(server, "--schema", case.access.address.schema)
        secrets = [MARKER, NAME, "killed", "Nine people", *reads.document_ids(connection), *reads.claims(connection)]
        assert len(secrets) > 5
        assert "COPY" in said
        assert [s for s in secrets if s in said or s.encode().hex() in said] == []


def test_things_are_found_by_the_beginning_of_what_the_server_cannot_read(sealed: Path) -> None:
    with closing(stored.Case.open(sealed, brought=Unlock(identities=(ANNA,)))) as case, case.connect() as connection:
        (document,) = reads.document_ids(connection)
        assert reads.find(connection, document[:9]) == ("document", document)
        assert reads.find(connection, MARKER) == ("document", document)


def test_a_rekeying_leaves_one_schema_that_opens_for_who_stays(sealed: Path, server: Server) -> None:
    anna, basil = Unlock(identities=(ANNA,)), Unlock(identities=(BASIL,))
    with closing(stored.Case.open(sealed, brought=anna)) as case:
        before = Case(case, by="tester", brought=anna).verify()
        address = case.access.address
        other = stored.Case.open(sealed, brought=anna)
        with closing(other), case.writer(by="tester"), pytest.raises(CaseLocked, match="somebody else is writing"):
            custody.rekey(other, anna, by="tester")
        holder = next(s.holder for s in custody.custodians(sealed) if s.holder == recipient(BASIL).recipient)
        custody.remove_custodian(case, holder, anna, by="tester")
    with pytest.raises(CaseSealed, match="opens none of its slots"):
        stored.Case.open(sealed, brought=basil)
    with Case.open(sealed, by="tester", brought=anna) as case:
        after = case.verify()
        assert (after.whole, after.entries) == (True, before.entries + 1)
        assert case.documents()[0].label == MARKER
    assert address is not None
    said = dumped(server, "--schema-only")
    assert f"CREATE SCHEMA {address.schema}_2;" in said
    assert f"CREATE SCHEMA {address.schema};" not in said


def test_the_doctor_looks_at_the_server(server: Server) -> None:
    checks = list(server_checks(server.address))
    assert (checks[0].state, checks[0].subject) == (OK, "server")
    assert "PostgreSQL" in checks[0].detail
    assert all(c.state in (OK, WARNING) for c in checks), "loopback needs no encryption"
    (silent,) = server_checks("postgresql://sijill@127.0.0.1:1/sijill")
    assert silent.state == WRONG
    assert "cannot be reached" in silent.detail
    (none,) = server_checks("mysql://db.meravia.example/sijill")
    assert none.state == WRONG


def test_the_environment_outranks_the_folder(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATABASE_URL, raising=False)
    assert server_of(None) is server_of(tmp_path) is None
    write_address(tmp_path, new_address(server.address, "a-b"))
    assert server_of(tmp_path) == server.address
    monkeypatch.setenv(DATABASE_URL, "postgresql://elsewhere.meravia.example/sijill")
    assert server_of(tmp_path) == brought_for(tmp_path).database == "postgresql://elsewhere.meravia.example/sijill"
