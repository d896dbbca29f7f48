import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from sijill.core.claim import Harm
from sijill.core.document import Metadata, Sighting
from sijill.core.errors import UnknownId
from sijill.core.incident import Incident
from sijill.core.judgement import AUTO, Change, Decision, Judgement, Matter
from sijill.core.state import ClaimState
from sijill.core.wire import to_json
from sijill.store import reads, schema
from sijill.store.case import Case
from sijill.store.state import Row
from sijill.store.writer import Writer, id_of, text
from sijill.testing.cases import RULES, incident_of, synthetic_case
from sijill.testing.clock import FakeClock
from tests.store.reports import BY, add, claim, reading

AT = "2031-03-10T09:00:00.000000Z"
TEXT = "10 were killed, 20 were wounded."
KILLED, WOUNDED = claim(TEXT, 10), claim(TEXT, 20, harm=Harm.WOUNDED)


@pytest.fixture
def writer(case: Case, clock: FakeClock) -> Iterator[Writer]:
    with case.writer(by=BY, clock=clock) as writer:
        with writer.transaction() as t:
            add(case, t, TEXT, clock)
            t.extraction(KILLED.document, id_of(reading(TEXT)), "rules@1", {}, [KILLED, WOUNDED])
        yield writer


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, where: str | None) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("reads") / "case"
    made = synthetic_case(
        folder, documents=12, claims_per_document=4, judgements=30, seed=3, clock=FakeClock(), server=where
    )
    yield made
    made.close()


@pytest.fixture
def connection(filled: Case) -> Iterator[Connection]:
    with filled.connect() as connection:
        yield connection


def judge(writer: Writer, subject: str, decision: Decision, *changes: Change, by: str = BY) -> str:
    with writer.transaction() as t:
        return t.judgement(Judgement(Matter.CLAIM, (subject,), decision, by, AT, changes=changes))


# --- documents, readings, sightings ---


def test_documents_come_in_the_order_in_which_they_were_added(connection: Connection) -> None:
    labels = [document.label for document in reads.documents(connection)]
    assert labels == [f"digest-{n:04}" for n in range(12)]
    assert [document.id for document in reads.documents(connection)] == list(reads.document_ids(connection))


def test_documents_may_be_asked_for_by_name(connection: Connection) -> None:
    wanted = reads.document_ids(connection)[3:5]
    assert [d.id for d in reads.documents(connection, set(wanted))] == list(wanted)


def test_the_newest_reading_is_current(connection: Connection) -> None:
    ids = reads.document_ids(connection)
    readers = [reads.document(connection, id_).reading.reader for id_ in ids]
    assert readers == ["plain@2" if n % 5 == 0 else "plain@1" for n in range(12)]
    current = reads.current_readings(connection, ids)
    assert {id_: current[id_].reading for id_ in ids} == {d.id: d.reading for d in reads.documents(connection)}
    assert {id_: current[id_].metadata for id_ in ids} == {d.id: d.metadata for d in reads.documents(connection)}
    assert all(id_of(found.reading) == found.id for found in current.values())


def test_what_was_stated_at_a_sighting_is_over_what_was_read(connection: Connection) -> None:
    stated = [d.metadata.publisher for d in reads.documents(connection)]
    assert stated == ["Senna Valley Monitor" if n % 3 == 0 else "Kestrel Wire" for n in range(12)]


def test_a_document_that_is_not_there_is_unknown(connection: Connection) -> None:
    with pytest.raises(UnknownId, match="no document ffffffffffffffff"):
        reads.document(connection, "f" * 64)


# --- claims ---


def test_claims_are_those_of_the_current_extractions_in_the_order_of_the_text(connection: Connection) -> None:
    found = reads.claims(connection)
    assert len(found) == 12 * 4
    assert all(id_ == c.id for id_, c in found.items())
    places = {id_: n for n, id_ in enumerate(reads.document_ids(connection))}
    order = [(places[c.document], c.quote.start) for c in found.values()]
    assert order == sorted(order)
    extractors = {places[c.document]: c.extractor for c in found.values()}
    assert extractors == {n: f"synthetic@{2 if n % 5 == 0 else 1}" for n in range(12)}


def test_every_claim_stands_verbatim_in_its_documents_text(connection: Connection) -> None:
    for id_ in reads.document_ids(connection):
        whole = reads.document(connection, id_).reading.text
        for found in reads.claims(connection, id_).values():
            assert found.quote.stands_in(whole)
            assert found.count is None or found.count.span.stands_in(whole)


def test_the_claims_of_one_document_are_a_part_of_all(connection: Connection) -> None:
    together: dict[str, object] = {}
    for id_ in reads.document_ids(connection):
        together |= reads.claims(connection, id_)
    assert together == reads.claims(connection)


def test_claims_by_id_are_found_current_or_not_and_strangers_left_out(connection: Connection) -> None:
    all_ids = set(connection.execute(select(schema.claim.c.id)).scalars())
    assert len(all_ids) == 12 * 4 + 3 * 4
    found = reads.claims_by_id(connection, all_ids | {"f" * 64})
    assert set(found) == all_ids
    assert reads.claims_by_id(connection, []) == {}


def test_more_claims_may_be_asked_for_than_one_query_takes(connection: Connection) -> None:
    strangers = [f"{n:064x}" for n in range(3 * reads.MANY)]
    some = next(iter(reads.claims(connection)))
    assert set(reads.claims_by_id(connection, [*strangers, some])) == {some}


# --- what stands ---


def test_a_judgement_goes_on_to_the_claim_of_a_better_extractor(case: Case, writer: Writer) -> None:
    made = judge(writer, KILLED.id, Decision.REJECT)
    better = claim(TEXT, 10, extractor="rules@2", context=5)
    with writer.transaction() as t:
        t.extraction(KILLED.document, id_of(reading(TEXT)), "rules@2", {}, [better])
    with case.connect() as connection:
        judged, standing = reads.judged_claims(connection)
    assert [(j.id, j.state, j.judgement) for j in judged.values()] == [(better.id, ClaimState.REJECTED, made)]
    assert standing.orphans == ()


def test_a_judgement_whose_claim_is_read_no_more_is_queued_and_a_suggestion_is_not(case: Case, writer: Writer) -> None:
    made = judge(writer, WOUNDED.id, Decision.ACCEPT)
    judge(writer, KILLED.id, Decision.ACCEPT, by=AUTO)
    with writer.transaction() as t:
        t.extraction(KILLED.document, id_of(reading(TEXT)), "rules@2", {}, [])
    with case.connect() as connection:
        judged, standing = reads.judged_claims(connection)
    assert judged == {}
    assert [row.id for row in standing.orphans] == [made]
    with writer.transaction() as t:
        t.extraction(KILLED.document, id_of(reading(TEXT)), "rules@1", {}, [KILLED, WOUNDED])
    with case.connect() as connection:
        judged, standing = reads.judged_claims(connection)
    assert judged[WOUNDED.id].state is ClaimState.ACCEPTED, "read again, it is judged again"
    assert standing.orphans == ()


def test_a_correction_that_no_longer_fits_is_queued_too(case: Case, writer: Writer) -> None:
    made = judge(writer, KILLED.id, Decision.CORRECT, Change("place.precision", "4"), Change("count.low", "9"))
    with case.connect() as connection:
        judged, standing = reads.judged_claims(connection)
    assert judged[KILLED.id].state is ClaimState.PROPOSED
    assert [row.id for row in standing.orphans] == [made]


def test_judgements_are_found_by_what_they_are_about(connection: Connection) -> None:
    every = reads.judgements(connection)
    assert len(every) == 30
    assert all(row.id == row.judgement.id for row in every)
    for subject in {s for row in every for s in row.judgement.subjects}:
        expected = tuple(Row(r.id, r.judgement) for r in every if subject in r.judgement.subjects)
        assert reads.judgements_on(connection, subject) == expected


# --- derived ---


def test_what_was_derived_reads_back(connection: Connection) -> None:
    records = reads.incident_records(connection, RULES)
    assert [r.incident for r in records] == list(reads.incidents(connection))
    assert reads.incident_records(connection, "no such rules") == ()
    current = reads.claims(connection)
    assert {c for r in records for c in r.incident.claims} == set(current)
    assert all(incident_of(current[c]) == r.incident.id for r in records for c in r.incident.claims)
    origins = reads.origins(connection)
    assert {id_: o.claim for id_, o in origins.items()} == {id_: id_ for id_ in current}


def test_counts_count(connection: Connection) -> None:
    counted = reads.counts(connection)
    assert {name: counted[name] for name in ("document", "sighting", "extraction", "claim", "judgement")} == {
        "document": 12,
        "sighting": 12 + 3,
        "extraction": 12 + 3,
        "claim": 12 * 4 + 3 * 4,
        "judgement": 30,
    }


def test_the_gazetteer_files_are_listed_with_their_bytes(filled: Case, connection: Connection) -> None:
    (file,) = reads.gazetteer_files(connection)
    assert file.name == "senna.csv"
    assert len(filled.objects.read(file.id)) == file.size


# --- the log ---


def test_the_last_publication_of_a_form_is_found(case: Case, writer: Writer) -> None:
    with case.connect() as connection:
        assert reads.last_publication(connection, "pages") is None
    for files in ({"a": "00"}, {"a": "01"}, {"a": "01", "b": "02"}):
        with writer.transaction() as t:
            t.publication("pages", files)
    with writer.transaction() as t:
        t.publication("bundle", {})
    with case.connect() as connection:
        assert (reads.last_publication(connection, "pages") or {})["files"] == 2
        assert (reads.last_publication(connection, "bundle") or {})["files"] == 0


def test_the_material_point_is_not_moved_by_publications(case: Case, writer: Writer) -> None:
    with case.connect() as connection:
        before = reads.material_point(connection)
        assert before.note == reads.last_checkpoint(connection)
        assert before.size == reads.counts(connection)["log_entry"]
    for _ in range(2):
        with writer.transaction() as t:
            t.publication("pages", {})
    with case.connect() as connection:
        assert reads.material_point(connection) == before
        assert before.note != reads.last_checkpoint(connection)
    judge(writer, KILLED.id, Decision.ACCEPT)
    with case.connect() as connection:
        after = reads.material_point(connection)
        assert after.note == reads.last_checkpoint(connection)
        entry = connection.execute(select(schema.log_entry.c.body).order_by(schema.log_entry.c.seq.desc())).scalars()
        assert after.at == json.loads(next(iter(entry)))["at"]


# --- finding by the beginning of an id ---


def test_each_thing_is_found_by_its_id_and_by_enough_of_it(connection: Connection) -> None:
    things = (
        ("document", reads.document_ids(connection)),
        ("claim", tuple(reads.claims(connection))),
        ("judgement", tuple(r.id for r in reads.judgements(connection))),
        ("incident", tuple(i.id for i in reads.incidents(connection))),
    )
    for kind, ids in things:
        for id_ in ids:
            assert reads.find(connection, id_) == (kind, id_)
            assert reads.find(connection, id_[:16]) == (kind, id_)


def test_a_document_is_found_by_its_label(connection: Connection) -> None:
    ids = reads.document_ids(connection)
    assert reads.find(connection, "digest-0007") == ("document", ids[7])


@pytest.mark.parametrize("prefix", ["nothing of the kind", "%", "_" * 64, "\\", "\udcff", "\x00", "'", "G"])
def test_what_is_called_nothing_is_unknown(connection: Connection, prefix: str) -> None:
    with pytest.raises(UnknownId, match="nothing here is called"):
        reads.find(connection, prefix)


def test_what_could_be_many_things_is_not_guessed(connection: Connection) -> None:
    with pytest.raises(UnknownId, match=r"'' could be \d+ things: document ") as raised:
        reads.find(connection, "")
    assert raised.value.hint == "give more of the id"


def test_a_whole_label_outranks_the_beginning_of_an_id(case: Case, writer: Writer, clock: FakeClock) -> None:
    """A report called `c` must be found, whatever else begins so: there is no more of its name to give."""
    for name in ("a", "b", "c", "d", "e", "f", *map(str, range(10))):
        with writer.transaction() as t:
            add(case, t, f"Report {name}.", clock, name=f"{name}.txt")
    with case.connect() as connection:
        for name in "abcdef0123456789":
            kind, id_ = reads.find(connection, name)
            assert (kind, reads.document(connection, id_).label) == ("document", name)


def test_two_documents_of_one_label_are_not_told_apart_by_it(case: Case, writer: Writer, clock: FakeClock) -> None:
    for content in ("One.", "Two."):
        with writer.transaction() as t:
            add(case, t, content, clock, name="same.txt")
    with case.connect() as connection, pytest.raises(UnknownId, match="'same' could be 2 things"):
        reads.find(connection, "same")


def test_a_document_seen_twice_under_one_label_is_one(case: Case, writer: Writer, clock: FakeClock) -> None:
    with writer.transaction() as t:
        add(case, t, TEXT, clock, name="report.txt")
    with case.connect() as connection:
        assert reads.find(connection, "report") == ("document", KILLED.document)


def test_an_incident_that_was_merged_still_reads(case: Case, writer: Writer) -> None:
    incident = Incident("ab" * 32, "x", (KILLED.id,), (KILLED.document,), None, None, ("cd" * 32,))
    with writer.transaction() as t:
        t.derived(schema.incident, [{"id": incident.id, "position": 0, "body": text(incident)}])
    with case.connect() as connection:
        assert reads.incidents(connection) == (incident,)


def test_a_sighting_reads_back_whole(case: Case, writer: Writer) -> None:
    seen = Sighting(KILLED.document, "x", "all.jsonl", AT, "ann", "ab" * 32, 7, Metadata(title="Digest"))
    with writer.transaction() as t:
        t.sighting(seen)
    with case.connect() as connection:
        assert reads.sightings(connection, [KILLED.document])[KILLED.document][-1] == seen
        assert to_json(seen)["line"] == 7


def test_nothing_is_read_of_an_empty_case(tmp_path: Path, where: str | None) -> None:
    made = Case.create(tmp_path / "empty", by=BY, server=where)
    with made.connect() as connection:
        assert reads.document_ids(connection) == reads.judgements(connection) == reads.incidents(connection) == ()
        assert reads.claims(connection) == reads.sightings(connection) == reads.current_extractions(connection) == {}
        assert reads.judged_claims(connection)[0] == {}
    made.close()
