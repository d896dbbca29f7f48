"""What a page reads of a part of a case is what the reads of the whole case say of it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from sijill.core.judgement import Decision, Matter
from sijill.pipeline import decisions
from sijill.pipeline.api import Case
from sijill.pipeline.rulesets import chosen
from sijill.store import pages, reads
from sijill.store.case import Case as Stored


def judged_case(example_case: Case) -> Stored:
    """The example with decisions of every kind that bear on claims, some taken back."""
    claims = example_case.claims()
    accepted = example_case.judge(Decision.ACCEPT, claims[0].id, rebuild=False)
    example_case.judge(Decision.REJECT, claims[1].id, reason="misprint", rebuild=False)
    undone = example_case.undo(accepted, rebuild=False)
    example_case.judge(Decision.REJECT, claims[2].id, rebuild=False)
    example_case.undo(undone, rebuild=False)
    example_case.judge(Decision.SET_ASIDE, claims[-1].source.document, reason="a copy", rebuild=False)
    return Stored.open(example_case.path)


def test_claims_of_a_document(example_case: Case) -> None:
    case = judged_case(example_case)
    with case.connect() as connection:
        every, _ = reads.judged_claims(connection)
        assert {c.state for c in every.values()} >= {"accepted", "rejected", "proposed"}
        assert any(c.set_aside for c in every.values())
        for document in reads.document_ids(connection):
            found, standing = pages.judged_claims_of(connection, [document])
            expected = [c for c in every.values() if c.source.document == document]
            assert list(found.values()) == expected
            assert standing.orphans == ()
        both = reads.document_ids(connection)[:2]
        found, _ = pages.judged_claims_of(connection, both)
        assert found == {id_: c for id_, c in every.items() if c.source.document in both}
    case.close()


def test_lines_of_documents(example_case: Case) -> None:
    with Stored.open(example_case.path).connect() as connection:
        expected = list(reads.documents(connection))[::-1]
        found: list[pages.DocumentLine] = []
        while some := pages.document_lines(connection, before=found[-1].entry if found else None, limit=3):
            assert len(some) <= 3
            found += some
        assert [(f.id, f.label, f.metadata, f.size) for f in found] == [
            (d.id, d.label, d.metadata, d.size) for d in expected
        ]
        assert [f.sightings for f in found] == [len(d.sightings) for d in expected]
        assert {f.id for f in found if f.read} == set(reads.current_extractions(connection))
        assert pages.document_lines_of(connection, [found[0].id, "0" * 64]) == {found[0].id: found[0]}


def test_judgements_are_paged_and_say_whether_they_stand(example_case: Case) -> None:
    case = judged_case(example_case)
    with case.connect() as connection:
        found: list[pages.Made] = []
        while some := pages.judgements_made(connection, before=found[-1].position if found else None, limit=2):
            found += some
        human = [r for r in reads.judgements(connection) if r.judgement.human]
        assert [m.id for m in found] == [r.id for r in reversed(human)]
        # An undo that was itself undone: what it took back stands again, and only the undo is gone.
        assert [m.live for m in found] == [True, True, True, False, True, True]
        about = pages.made_about(connection, [human[0].judgement.subjects[0]])
        assert {m.id for m in about if m.judgement.matter is not Matter.MEMBERSHIP} >= {human[0].id, human[2].id}
    case.close()


@pytest.fixture
def connection(example_case: Case) -> Iterator[Connection]:
    case = Stored.open(example_case.path)
    with case.connect() as opened:
        yield opened
    case.close()


def test_incidents_and_voices(connection: Connection) -> None:
    rules = chosen(connection).rules.name
    for record in reads.incident_records(connection, rules):
        assert pages.incident_record(connection, rules, record.incident.id) == record
        assert pages.incidents_named(connection, [record.incident.id]) == {record.incident.id: record.incident}
        every = reads.origins(connection)
        assert pages.origins_of(connection, record.incident.claims) == {
            c: every[c] for c in record.incident.claims if c in every
        }
    assert pages.incident_record(connection, rules, "nothing") is None


def test_what_is_derived_is_marked(example_case: Case) -> None:
    stored = Stored.open(example_case.path)
    with stored.connect() as connection:
        before = pages.built_marks(connection)
        first = reads.judgements(connection)[0]
    assert "incident" in dict(before)
    with stored.writer(by="tester") as writer, stored.connect() as connection:
        (claim, *_) = reads.judged_claims(connection)[0]
        decisions.judge(stored, writer, Decision.REJECT, [claim])
    with stored.connect() as connection:
        assert pages.built_marks(connection) == before
        assert pages.judgements_named(connection, [first.id, "0" * 64]) == {first.id: first.judgement}
    stored.close()
