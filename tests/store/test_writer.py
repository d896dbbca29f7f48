import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from sijill.core.canonical import digest
from sijill.core.claim import Harm
from sijill.core.document import Metadata, Sighting
from sijill.core.errors import InvalidRecord
from sijill.core.judgement import AUTO, Change, Decision, Judgement, Matter
from sijill.core.wire import to_json
from sijill.store import reads, schema
from sijill.store.case import OBJECTS, Case
from sijill.store.objects import Staged
from sijill.store.verify import verify
from sijill.store.writer import Transaction, Writer
from sijill.testing.clock import FakeClock
from tests.store.folders import contents
from tests.store.reports import BY, add, claim, reading, sighting

TEXT = "Ten were killed in Tell Nour; 12 were wounded."
AT = "2031-03-10T09:00:00.000000Z"


@pytest.fixture
def writer(case: Case, clock: FakeClock) -> Iterator[Writer]:
    with case.writer(by=BY, clock=clock) as writer:
        yield writer


def rows(case: Case) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with case.connect() as connection:
        return {t.name: [tuple(r) for r in connection.execute(select(t))] for t in schema.metadata.sorted_tables}


def objects(case: Case) -> list[str]:
    return sorted(contents(case.folder / OBJECTS))


def log(case: Case) -> list[dict[str, object]]:
    with case.connect() as connection:
        query = select(schema.log_entry.c.body).order_by(schema.log_entry.c.seq)
        return [json.loads(body) for body in connection.execute(query).scalars()]


def accept(subject: str, *, by: str = BY, at: str = AT) -> Judgement:
    return Judgement(Matter.CLAIM, (subject,), Decision.ACCEPT, by, at)


def extract(t: Transaction, text: str = TEXT, number: int = 12, extractor: str = "rules@1") -> str:
    found = claim(text, number, harm=Harm.WOUNDED, extractor=extractor)
    t.extraction(found.document, digest(to_json(reading(text))), extractor, {"b": 1, "a": None}, [found])
    return found.id


# --- what is written ---


def test_a_document_is_its_bytes_its_reading_and_its_sighting(case: Case, writer: Writer, clock: FakeClock) -> None:
    with writer.transaction() as t:
        assert add(case, t, TEXT, clock, name="week/one.txt")
    (id_,) = reads_of(case, reads.document_ids)
    with case.connect() as connection:
        document = reads.document(connection, id_)
    assert document.reading == reading(TEXT)
    assert [s.name for s in document.sightings] == ["week/one.txt"]
    assert case.objects.read(id_).decode() == TEXT
    assert log(case)[-1]["kind"] == "document"
    assert verify(case.folder).whole


def reads_of(case: Case, read: Callable[..., tuple[str, ...]]) -> tuple[str, ...]:
    with case.connect() as connection:
        return read(connection)


def test_an_entry_names_digests_never_a_text_or_a_name(case: Case, writer: Writer, clock: FakeClock) -> None:
    with writer.transaction() as t:
        add(case, t, TEXT, clock, name="Hazelnut's statement.txt")
        subject = extract(t)
        reason = "Hazelnut says so"
        t.judgement(Judgement(Matter.CLAIM, (subject,), Decision.REJECT, BY, AT, reason))
        t.gazetteer(case.objects.stage_bytes(b"id,name\n1,Hazelnut\n"), "Hazelnut.csv")
        t.publication("working-record", {"Hazelnut.html": "00"})
    assert "Hazelnut" not in json.dumps(log(case))
    assert "Ten were" not in json.dumps(log(case))


@pytest.mark.parametrize("repeat", ["in one transaction", "in two", "by two writers"])
def test_writing_the_same_again_adds_nothing(case: Case, clock: FakeClock, repeat: str) -> None:
    made = sighting(TEXT, clock)
    judgement = accept("ab" * 32)

    def write(t: Transaction) -> list[object]:
        staged = case.objects.stage_bytes(TEXT.encode())
        return [
            t.document(staged, reading(TEXT), made),
            t.reading(reading(TEXT, reader="plain@2")),
            t.sighting(Sighting(made.document, "x", "x.txt", AT, BY)),
            t.gazetteer(case.objects.stage_bytes(b"id,name\n"), "senna.csv"),
            t.judgement(judgement),
            t.suggestions([accept("cd" * 32, by=AUTO), accept("cd" * 32, by=AUTO)]),
        ]

    with case.writer(by=BY, clock=clock) as writer:
        with writer.transaction() as t:
            first = write(t)
            if repeat == "in one transaction":
                again = write(t)
        if repeat == "in two":
            before = rows(case)
            with writer.transaction() as t:
                again = write(t)
            assert rows(case) == before
    if repeat == "by two writers":
        before = rows(case)
        with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
            again = write(t)
        assert rows(case) == before
    assert first == [True, True, True, True, judgement.id, None]
    assert again == [False, False, False, False, judgement.id, None]
    assert {name: len(found) for name, found in rows(case).items() if name in ("document", "reading", "judgement")} == {
        "document": 1,
        "reading": 2,
        "judgement": 2,
    }
    assert not (case.folder / OBJECTS / "incoming").exists() or not any((case.folder / OBJECTS / "incoming").iterdir())
    assert verify(case.folder).whole


def test_a_known_document_gets_a_further_sighting(case: Case, writer: Writer, clock: FakeClock) -> None:
    with writer.transaction() as t:
        assert add(case, t, TEXT, clock, name="one.txt")
    with writer.transaction() as t:
        assert not add(case, t, TEXT, clock, name="two.txt")
    with case.connect() as connection:
        (document,) = reads.documents(connection)
    assert [s.label for s in document.sightings] == ["one", "two"]


def test_a_transaction_with_nothing_in_it_writes_nothing(case: Case, writer: Writer) -> None:
    before = rows(case)
    with writer.transaction():
        pass
    assert rows(case) == before


def test_each_transaction_ends_in_a_checkpoint_of_the_whole_log(case: Case, writer: Writer, clock: FakeClock) -> None:
    for text in ("1 was killed.", "2 were killed.", "3 were killed."):
        with writer.transaction() as t:
            add(case, t, text, clock)
            extract(t, text, int(text[0]))
    assert [size for size, *_ in rows(case)["checkpoint"]] == [1, 3, 5, 7]


def test_a_claim_that_two_runs_read_is_one_row_in_two_lists(case: Case, writer: Writer, clock: FakeClock) -> None:
    with writer.transaction() as t:
        add(case, t, TEXT, clock)
        extract(t)
    with writer.transaction() as t:
        extract(t)
    found = rows(case)
    assert (len(found["claim"]), len(found["extraction"]), len(found["extraction_claim"])) == (1, 2, 2)
    assert verify(case.folder).whole


def test_the_same_claim_twice_in_one_run_is_one_row(case: Case, writer: Writer, clock: FakeClock) -> None:
    with writer.transaction() as t:
        add(case, t, TEXT, clock)
        found = claim(TEXT, 12)
        t.extraction(found.document, digest(to_json(reading(TEXT))), "rules@1", {}, [found, found])
    assert (len(rows(case)["claim"]), len(rows(case)["extraction_claim"])) == (1, 2)
    assert verify(case.folder).whole


def test_judgements_stand_in_the_order_in_which_they_were_made(case: Case, writer: Writer) -> None:
    made = []
    for number in range(3):
        with writer.transaction() as t:
            t.suggestions([accept(f"{number}{i}" * 32, by=AUTO) for i in range(3)])
            made += [t.judgement(accept(f"{i}{number}" * 32)) for i in range(3, 6)]
    with case.connect() as connection:
        found = reads.judgements(connection)
    assert [row.id for row in found if row.judgement.human] == made
    assert len(found) == 18
    assert verify(case.folder).whole


# --- nothing is half-written ---


def test_an_exception_leaves_nothing(case: Case, writer: Writer, clock: FakeClock) -> None:
    before = rows(case), objects(case)
    with pytest.raises(RuntimeError, match="pulled out"), writer.transaction() as t:  # noqa: PT012
        add(case, t, TEXT, clock)
        extract(t)
        t.derived(schema.incident, [{"id": "x", "position": 0, "body": "{}"}])
        raise RuntimeError("the cable was pulled out")
    assert (rows(case), objects(case)) == before
    with writer.transaction() as t:
        assert add(case, t, TEXT, clock), "the failed transaction must not pass for done"
        extract(t)
    assert verify(case.folder).whole


def test_ctrl_c_leaves_nothing_either(case: Case, writer: Writer, clock: FakeClock) -> None:
    before = rows(case), objects(case)
    with pytest.raises(KeyboardInterrupt, match="pressed"), writer.transaction() as t:  # noqa: PT012
        add(case, t, TEXT, clock)
        raise KeyboardInterrupt("pressed")
    assert (rows(case), objects(case)) == before


def test_what_the_database_refuses_at_the_end_leaves_nothing(case: Case, writer: Writer, clock: FakeClock) -> None:
    """The failure comes after the block, when the rows are inserted; the writer must forget them all the same."""
    before = rows(case), objects(case)
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), writer.transaction() as t:  # noqa: PT012
        add(case, t, TEXT, clock)
        t.sighting(Sighting("ab" * 32, "x", "x.txt", AT, BY))
    assert (rows(case), objects(case)) == before
    with writer.transaction() as t:
        assert add(case, t, TEXT, clock), "the failed transaction must not pass for done"
    assert verify(case.folder).whole


def test_the_log_goes_on_where_it_was_after_a_failure(case: Case, writer: Writer, clock: FakeClock) -> None:
    for number in range(4):
        try:
            with writer.transaction() as t:
                add(case, t, f"{number} were killed.", clock)
                if number % 2:
                    raise RuntimeError("odd")
        except RuntimeError:
            pass
    assert [entry["kind"] for entry in log(case)] == ["case", "document", "document"]
    assert verify(case.folder).whole


def test_a_disk_that_fails_under_the_objects_leaves_nothing(case: Case, writer: Writer, clock: FakeClock) -> None:
    before = rows(case)
    with pytest.raises(OSError, match="objects"), writer.transaction() as t:  # noqa: PT012
        add(case, t, TEXT, clock)
        places = case.objects.stage_bytes(b"another report")
        (case.folder / OBJECTS / places.digest[:2]).write_text("a file where a folder should be")
        t.gazetteer(places, "senna.csv")
    assert rows(case) == before
    (case.folder / OBJECTS / places.digest[:2]).unlink()
    with writer.transaction() as t:
        assert add(case, t, TEXT, clock)
    assert verify(case.folder).whole


# --- hostile or mistaken records are refused before anything is gathered ---

HALF = "half a pair: \ud800"


ELSEWHERE = "ab" * 32
HERE = reading(TEXT)
SEEN = Sighting(HERE.document, "x", "x.txt", AT, BY)


def staged(case: Case) -> Staged:
    return case.objects.stage_bytes(TEXT.encode())


HOSTILE: dict[str, Callable[[Case, Transaction], object]] = {
    "text": lambda case, t: t.document(staged(case), replace(HERE, text=HALF), SEEN),
    "title": lambda case, t: t.document(staged(case), replace(HERE, metadata=Metadata(title=HALF)), SEEN),
    "file name": lambda case, t: t.document(staged(case), HERE, replace(SEEN, name="caf\udce9.txt")),
    "sighting": lambda _, t: t.sighting(replace(SEEN, label=HALF)),
    "line": lambda _, t: t.sighting(replace(SEEN, line=2**53)),
    "reading": lambda _, t: t.reading(replace(HERE, reader=HALF)),
    "settings": lambda _, t: t.extraction(HERE.document, ELSEWHERE, "rules@1", {"x": float("nan")}, []),
    "extractor": lambda _, t: t.extraction(HERE.document, ELSEWHERE, HALF, {}, []),
    "claim": lambda _, t: t.extraction(HERE.document, ELSEWHERE, "rules@1", {}, [claim(TEXT, 12, extractor=HALF)]),
    "claim of another document": lambda _, t: t.extraction(ELSEWHERE, ELSEWHERE, "rules@1", {}, [claim(TEXT, 12)]),
    "reason": lambda _, t: t.judgement(replace(accept("x"), reason=HALF)),
    "suggestion": lambda _, t: t.suggestions([accept(ELSEWHERE, by=AUTO), accept(HALF, by=AUTO)]),
    "gazetteer": lambda case, t: t.gazetteer(staged(case), HALF),
    "reading of another document": lambda case, t: t.document(staged(case), reading("Another text."), SEEN),
    "sighting of another document": lambda case, t: t.document(staged(case), HERE, replace(SEEN, document=ELSEWHERE)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_record_that_cannot_be_kept_is_refused_and_the_transaction_goes_on(
    case: Case, writer: Writer, clock: FakeClock, kind: str
) -> None:
    before = {name: len(found) for name, found in rows(case).items()}
    with writer.transaction() as t:
        with pytest.raises(InvalidRecord, match=r"cannot be written as JSON|of another|of others"):
            HOSTILE[kind](case, t)
        add(case, t, "Nine were killed.", clock)
    after = {name: len(found) for name, found in rows(case).items()}
    added = dict.fromkeys(("log_entry", "checkpoint", "document", "reading", "sighting"), 1)
    assert after == {name: count + added.get(name, 0) for name, count in before.items()}
    assert verify(case.folder).whole


@pytest.mark.parametrize(
    "text",
    [
        "nul \x00 in the middle",
        "\x00",
        "",
        "\ufeffbyte order mark",
        "\uffff\ufffe not characters",
        "\U0010ffff",
        "bidi \u202e\u2066 overrides",
        "cafe\u0301 and café stay apart",
        "'; DROP TABLE judgement; --",
        "\r\n\x0b\x0c\x1c\x85\u2028 line ends",
        "\x1b[31mred\x1b[0m",
        "x" * 3_000_000,
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_any_text_comes_back_as_it_went_in(case: Case, writer: Writer, clock: FakeClock, text: str) -> None:
    short = text[:1000]
    with writer.transaction() as t:
        bytes_ = case.objects.stage_bytes(text.encode())
        seen = Sighting(bytes_.digest, short, short, AT, BY, stated=Metadata(title=short))
        t.document(bytes_, reading(text), seen)
        t.judgement(Judgement(Matter.CLAIM, (short,), Decision.CORRECT, BY, AT, short, (Change("harm", short),)))
    with case.connect() as connection:
        (document,) = reads.documents(connection)
        (row,) = reads.judgements(connection)
    assert document.reading.text == text
    assert document.sightings == (seen,)
    assert (row.judgement.reason, row.judgement.subjects, row.judgement.changes[0].value) == (short, (short,), short)
    assert verify(case.folder).whole


# --- derived tables ---


def test_what_is_derived_is_replaced_whole_and_marked(case: Case, writer: Writer) -> None:
    for ids in (["a", "b"], ["c"], []):
        with writer.transaction() as t:
            t.derived(schema.incident, [{"id": id_, "position": i, "body": "{}"} for i, id_ in enumerate(ids)])
        assert [id_ for id_, *_ in rows(case)["incident"]] == ids
        assert [name for name, *_ in rows(case)["built"]] == ["incident"]
        assert verify(case.folder).whole


def test_a_mark_of_no_table_goes_with_the_next_build(case: Case, writer: Writer) -> None:
    """Whoever renames a mark would else leave a case that no build makes whole again."""
    with writer.transaction() as t:
        t.connection.execute(insert(schema.built), {"name": "ijcident", "size": 1, "digest": "x"})
    assert not verify(case.folder).whole
    with writer.transaction() as t:
        t.derived(schema.incident, [])
    assert verify(case.folder).whole


def test_the_order_in_which_derived_rows_come_is_irrelevant(case: Case, writer: Writer) -> None:
    """Two rule sets number their records from 0 each, so positions repeat."""
    made = [
        {"rules": rules, "incident": f"i{i}", "position": i, "body": "{}"} for rules in ("z", "a") for i in range(3)
    ]
    with writer.transaction() as t:
        t.derived(schema.incident_record, made[::-1])
    assert verify(case.folder).whole


def test_only_what_is_derived_can_be_replaced(writer: Writer) -> None:
    with pytest.raises(AssertionError, match="judgement is not derived"), writer.transaction() as t:
        t.derived(schema.judgement, [])


def test_two_runs_of_the_same_work_differ_in_nothing_but_case_and_key(tmp_path: Path, where: str | None) -> None:
    logs = []
    for name in ("one", "two"):
        clock = FakeClock()
        made = Case.create(tmp_path / name, name="Senna", by=BY, clock=clock, server=where)
        with made.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
            add(made, t, TEXT, clock)
            t.judgement(accept(extract(t)))
        logs.append(log(made)[1:])
        made.close()
    assert logs[0] == logs[1]
