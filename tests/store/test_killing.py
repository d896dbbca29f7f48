import os
from pathlib import Path

from sijill.store import reads
from sijill.store.case import Case
from sijill.store.verify import verify
from sijill.testing.clock import FakeClock
from sijill.testing.killing import kill_at_random
from tests.store.reports import BY, add

KILLS = int(os.environ.get("SIJILL_TEST_KILLS", "20"))


def test_what_a_killed_writer_acknowledged_is_there_and_writing_goes_on(
    tmp_path: Path, clock: FakeClock, where: str | None
) -> None:
    folder = tmp_path / "case"
    Case.create(folder, by=BY, clock=clock, server=where).close()
    acknowledged = 0
    # On a server each transaction is slower, and each kill costs a session.
    times, longest = (KILLS // 2, 1.0) if where else (KILLS, 0.25)
    for kill in kill_at_random(folder, times=times, longest=longest, seed=1):
        assert kill.lost == ()
        assert kill.problems == ()
        acknowledged += kill.acknowledged
    assert acknowledged > times, "it was killed before it had done anything"
    case = Case.open(folder)
    with case.writer(by=BY, clock=clock) as writer:
        assert list((folder / "objects" / "incoming").iterdir()) == []
        with writer.transaction() as t:
            assert add(case, t, "The next report.", clock)
    with case.connect() as connection:
        assert len(reads.document_ids(connection)) > acknowledged
        assert all(document.sightings for document in reads.documents(connection))
    case.close()
    assert verify(folder).whole
