"""What a server does to a case that a file does not."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from sijill.core.errors import CaseDamaged, CaseLocked, CaseUnreachable, InputError
from sijill.store import catalogue, database, postgres, reads, schema
from sijill.store.address import FILE
from sijill.store.case import Case
from sijill.store.vault import Unlock
from sijill.store.verify import verify
from sijill.testing.clock import FakeClock
from sijill.testing.server import Server, running
from tests.store.reports import BY, add

NOWHERE = "postgresql://sijill@127.0.0.1:1/sijill"


@pytest.fixture
def case(tmp_path: Path, server: Server, clock: FakeClock) -> Iterator[Case]:
    made = Case.create(tmp_path / "case", by=BY, clock=clock, server=server.address)
    yield made
    made.close()


def write(case: Case, clock: FakeClock, words: str) -> None:
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        assert add(case, t, words, clock)


def sql(case: Case, *statements: str) -> None:
    """What somebody with SQL at hand does."""
    with closing(Rival(case)) as rival:
        for statement in statements:
            rival.do(statement)


class Rival:
    """Another session, which ends when it is closed."""

    def __init__(self, case: Case) -> None:
        self._engine = case.access.home.connect(write=True)
        self.connection = self._engine.connect().execution_options(**{postgres.APART: True})

    def do(self, statement: str) -> object:
        with self.connection.begin():
            found = self.connection.exec_driver_sql(statement)
            return found.scalar() if found.returns_rows else None

    def close(self) -> None:
        self.connection.close()
        self._engine.dispose()


def test_the_migrations_make_what_the_tables_say(case: Case) -> None:
    with case.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []


@pytest.mark.parametrize("revision", database.known_revisions())
def test_both_databases_say_the_same_of_every_schema(case: Case, revision: str) -> None:
    home = postgres.PostgresSchema(case.access.address, generation=9)  # type: ignore[arg-type]
    home.remove()
    home.make()
    engine = home.connect(write=True)
    database.upgrade(engine, revision)
    with engine.connect() as connection:
        assert catalogue.shape(connection) == catalogue.expected_shape(revision)
        assert list(home.flaws(connection)) == []
    engine.dispose()
    home.remove()


def test_the_folder_holds_no_database_and_no_password(tmp_path: Path, server: Server) -> None:
    address = server.address.replace("sijill@", "sijill:Hazelnut-Secret@")
    Case.create(tmp_path / "case", by=BY, server=address).close()
    assert {p.name for p in (tmp_path / "case").iterdir()} == {"case.toml", FILE, "keys", "objects"}
    assert b"Hazelnut" not in (tmp_path / "case" / FILE).read_bytes()
    Case.open(tmp_path / "case").close()


def test_text_that_postgresql_refuses_is_kept(case: Case, clock: FakeClock) -> None:
    words = ("A NUL \0 in the middle.", "\0", "\x1a0 is no NUL.", "Both \0 and \x1a.")
    for one in words:
        write(case, clock, one)
    with case.connect() as connection:
        assert tuple(d.reading.text for d in reads.documents(connection)) == words
    assert verify(case.folder).whole


def test_labels_of_any_length_are_found(case: Case, clock: FakeClock) -> None:
    """An index that is a tree refuses what is longer than a third of a page."""
    name = "".join(chr(0x4E00 + i) for i in range(3000))
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        add(case, t, "One.", clock, name=f"{name}.txt")
    with case.connect() as connection:
        assert reads.find(connection, name)[0] == "document"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE FUNCTION hush() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE VIEW claims AS SELECT * FROM claim",
        "CREATE RULE hush AS ON INSERT TO judgement DO INSTEAD NOTHING",
        "CREATE TABLE more () INHERITS (judgement)",
        "CREATE TABLE other (x int)",
        "CREATE SEQUENCE numbers",
        "ALTER TABLE judgement ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE judgement ADD COLUMN religion text",
        "ALTER TABLE judgement ALTER COLUMN body DROP NOT NULL",
        "ALTER TABLE judgement ALTER COLUMN body SET DEFAULT 'x'",
        "ALTER TABLE judgement ALTER COLUMN position TYPE text",
        "ALTER TABLE judgement DROP CONSTRAINT uq_judgement_position",
        "ALTER TABLE judgement DISABLE TRIGGER ALL",
        "ALTER TABLE document ADD CHECK (size > 0) NOT VALID",
        "DROP INDEX ix_judgement_matter_subject",
        "CREATE UNIQUE INDEX one ON judgement (matter)",
        "UPDATE alembic_version SET version_num = '9999'",
        "DROP TABLE extraction_claim",
    ],
)
def test_whoever_changes_the_tables_is_found(case: Case, statement: str) -> None:
    assert verify(case.folder).whole
    sql(case, statement)
    assert ("case", "database") in {(f.kind, f.where) for f in verify(case.folder).findings}


def test_a_schema_that_is_gone_is_said(case: Case) -> None:
    sql(case, f"DROP SCHEMA {case.access.address.schema} CASCADE")  # type: ignore[union-attr]
    with pytest.raises(CaseDamaged, match="has no database"):
        Case.open(case.folder)
    assert [(f.where, f.what) for f in verify(case.folder).findings][:1] == [("database", "missing")]


def test_a_server_that_does_not_answer_is_said(tmp_path: Path, case: Case) -> None:
    with pytest.raises(CaseUnreachable, match="cannot be reached"):
        Case.create(tmp_path / "other", by=BY, server=NOWHERE)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case"], "nothing half-made"
    (case.folder / FILE).write_text(f'address = "{NOWHERE}"\nschema = "sijill_x"\n')
    for look in (Case.open, verify):
        with pytest.raises(CaseUnreachable, match="cannot be reached"):
            look(case.folder)


def test_a_database_that_cannot_hold_every_text_is_refused(tmp_path: Path, server: Server, case: Case) -> None:
    engine = case.access.home.connect(write=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", **{postgres.APART: True}) as connection:
        connection.execute(text("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"))
    engine.dispose()
    with pytest.raises(InputError, match="encoding is LATIN1"):
        Case.create(tmp_path / "other", by=BY, server=server.address.removesuffix("sijill") + "latin")


def test_a_reader_sees_one_moment_and_writes_nothing(case: Case, clock: FakeClock) -> None:
    with case.connect() as connection:
        assert reads.document_ids(connection) == ()
        write(case, clock, "Meanwhile.")
        assert reads.document_ids(connection) == ()
    with case.connect() as connection, pytest.raises(CaseUnreachable, match="takes no changes"):
        connection.execute(text("DELETE FROM document"))


def test_two_writers_take_turns(case: Case, clock: FakeClock) -> None:
    with (
        case.writer(by="Anna", clock=clock) as anna,
        closing(Case.open(case.folder)) as other,
        other.writer(by="Basil", clock=clock) as basil,
    ):
        for number in range(4):
            for one, writer in ((case, anna), (other, basil)):
                with writer.transaction() as t:
                    assert add(one, t, f"Report {number} by {writer.by}.", clock)
        with basil.transaction() as t:
            assert not add(other, t, "Report 1 by Anna.", clock), "there already, though another wrote it"
    report = verify(case.folder)
    assert report.whole
    assert report.entries == 1 + 8 + 1
    assert report.objects == 8


def test_a_transaction_waits_for_the_one_before(case: Case, clock: FakeClock) -> None:
    begun, order = threading.Event(), []

    def second() -> None:
        with closing(Case.open(case.folder)) as other, other.writer(by="Basil", clock=clock) as writer:
            begun.set()
            with writer.transaction() as t:
                order.append("second")
                assert t.began == 2

    thread = threading.Thread(target=second)
    with case.writer(by="Anna", clock=clock) as writer, writer.transaction() as t:
        thread.start()
        assert begun.wait(30)
        add(case, t, "First.", clock)
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]


def test_who_must_be_alone_is(case: Case, clock: FakeClock) -> None:
    with case.writer(by="Anna", clock=clock), closing(Case.open(case.folder)) as other:
        with pytest.raises(CaseLocked, match="somebody else is writing"), other.writer(by="Basil", alone=True):
            pass
        with other.writer(by="Basil"):
            pass
    with case.writer(by="Anna", alone=True, clock=clock), closing(Case.open(case.folder)) as other:
        rival = Rival(other)
        rival.do("SET lock_timeout = '50ms'")
        hold = postgres.SessionHold(rival.connection.engine, case.access.home._lock("presence"), 0)  # type: ignore[attr-defined]
        with pytest.raises(CaseLocked, match="have been using"):
            hold.enter(alone=False)
        rival.close()


def test_what_others_have_staged_is_left_alone_until_nobody_writes(case: Case, clock: FakeClock) -> None:
    incoming = case.folder / "objects" / "incoming"
    with case.writer(by="Anna", clock=clock):
        staged = case.objects.stage_bytes(b"on its way")
        with closing(Case.open(case.folder)) as other, other.writer(by="Basil", clock=clock):
            assert staged.path.exists()
    with case.writer(by="Anna", clock=clock):
        assert list(incoming.iterdir()) == []


def test_a_connection_lost_in_a_transaction_leaves_nothing_and_the_next_run_goes_on(
    case: Case, clock: FakeClock
) -> None:
    write(case, clock, "Before.")
    with case.writer(by=BY, clock=clock) as writer:
        with pytest.raises(CaseUnreachable, match="was lost: what was being"), writer.transaction() as t:  # noqa: PT012
            add(case, t, "Lost.", clock)
            cut_off(case)
        with pytest.raises(CaseUnreachable, match="was lost"), writer.transaction():
            pass
    assert list((case.folder / "objects" / "incoming").iterdir()) == []
    with case.connect() as connection:
        assert len(reads.document_ids(connection)) == 1
    report = verify(case.folder)
    assert (report.whole, report.objects, report.unclaimed) == (True, 1, 0)
    write(case, clock, "Lost.")
    assert verify(case.folder).objects == 2


def cut_off(case: Case) -> None:
    """End every other session that writes to the case."""
    sql(
        case,
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()",
    )


def test_a_server_that_crashes_loses_nothing_that_was_acknowledged(tmp_path: Path, clock: FakeClock) -> None:
    with running(safe=True) as own, closing(Case.create(tmp_path / "case", by=BY, server=own.address)) as case:
        with case.writer(by=BY, clock=clock) as writer:
            with writer.transaction() as t:
                add(case, t, "Acknowledged.", clock)
            with pytest.raises(CaseUnreachable, match="was lost"), writer.transaction() as t:  # noqa: PT012
                add(case, t, "Not acknowledged.", clock)
                own.stop(mode="immediate")
        own.start()
        report = verify(case.folder)
        assert (report.whole, report.objects) == (True, 1)
        write(case, clock, "Not acknowledged.")
        assert verify(case.folder).whole


def test_a_writer_that_is_killed_lets_go(case: Case, clock: FakeClock) -> None:
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom sijill.store.case import Case\n"
        "with Case.open(Path(sys.argv[1])).writer(by='killed', alone=True) as w, w.transaction() as t:\n"
        "    print('in', flush=True)\n    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(case.folder)], capture_output=True, env=dict(os.environ), check=False
    )
    assert (done.stdout, done.returncode) == (b"in\n", -9)
    write(case, clock, "Afterwards.")


def test_what_somebody_still_reads_is_not_removed(case: Case) -> None:
    home = replace(case.access.home, patience=0.1)  # type: ignore[type-var]
    with case.connect() as connection:
        assert reads.document_ids(connection) == ()
        with pytest.raises(CaseLocked, match="have been using"):
            home.remove()
    assert verify(case.folder).whole


def test_people_with_logins_of_their_own_share_a_case(
    tmp_path: Path, case: Case, server: Server, clock: FakeClock
) -> None:
    """As the guide for teams says."""
    people = ("CREATE ROLE {0} LOGIN IN ROLE recorders", "ALTER ROLE {0} SET role = 'recorders'")
    sql(case, "CREATE ROLE recorders", *(one.format(name) for name in ("anna", "basil") for one in people))
    sql(case, "GRANT CREATE ON DATABASE sijill TO recorders")
    own = {name: server.address.replace("sijill@", f"{name}@") for name in ("anna", "basil")}
    with closing(Case.create(tmp_path / "team", by="Anna", clock=clock, server=own["anna"])) as made:
        write(made, clock, "By Anna.")
    with closing(Case.open(tmp_path / "team", brought=Unlock(database=own["basil"]))) as opened:
        write(opened, clock, "By Basil.")
    assert verify(tmp_path / "team").objects == 2


def test_a_user_without_rights_is_told_so(case: Case, server: Server) -> None:
    sql(case, "CREATE ROLE onlooker LOGIN", f"GRANT USAGE ON SCHEMA {case.access.address.schema} TO onlooker")  # type: ignore[union-attr]
    address = server.address.replace("sijill@", "onlooker@")
    (case.folder / FILE).write_text((case.folder / FILE).read_text().replace(server.address, address))
    with pytest.raises(CaseUnreachable, match=r"does not let this user do that \(SQLSTATE 42501\)"):
        Case.open(case.folder)
