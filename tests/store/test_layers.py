"""The two layers as SQL sees them: nothing that sources say or people judge is ever updated or deleted."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select

from sijill.core.canonical import digest
from sijill.core.wire import to_json
from sijill.store import reads, schema
from sijill.store.case import Case
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from tests.store.reports import BY, add, claim, reading

DERIVED = {t.name for t in schema.DERIVED}
KEPT = {t.name for t in schema.metadata.sorted_tables} - DERIVED
CHANGING = re.compile(r"^\s*(UPDATE|DELETE|REPLACE|INSERT\s+OR|DROP|ALTER|TRUNCATE|MERGE)\b", re.IGNORECASE)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that is sent to any database while the test runs."""
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def test_nothing_kept_is_updated_or_deleted(tmp_path: Path, statements: list[str]) -> None:
    case = synthetic_case(
        tmp_path / "case", documents=8, claims_per_document=3, judgements=20, seed=5, clock=FakeClock()
    )
    case.close()
    inserted = {t for t in KEPT | DERIVED if any(re.match(rf"INSERT INTO {t}\b", s) for s in statements)}
    assert inserted == KEPT | DERIVED, "the synthetic case fills every table"
    for statement in filter(CHANGING.match, statements):
        tables = set(re.findall(r"\w+", statement)) & KEPT
        assert not tables, statement
        assert re.match(rf"DELETE FROM ({'|'.join(DERIVED)})\b|UPDATE alembic_version\b", statement), statement


def test_every_kept_table_is_vouched_for_by_the_log() -> None:
    told = re.findall(r"^(Source|Judgement|The log|Derived)", schema.__doc__ or "", re.MULTILINE)
    assert told
    named = set(re.findall(r"\b[a-z_]+\b", schema.__doc__ or ""))
    assert {t.name for t in schema.metadata.sorted_tables} <= named, "the docstring says of each table where it belongs"


def test_a_better_extractor_makes_new_claims_beside_the_old(case: Case, clock: FakeClock) -> None:
    text = "10 people were killed, a monitor said."
    old, new = claim(text, 10), claim(text, 10, extractor="rules@2", context=7)
    with case.writer(by=BY, clock=clock) as writer:
        for found in (old, new):
            with writer.transaction() as t:
                add(case, t, text, clock)
                t.extraction(found.document, digest(to_json(reading(text))), found.extractor, {}, [found])
    with case.connect() as connection:
        assert list(reads.claims(connection)) == [new.id]
        assert set(connection.execute(select(schema.claim.c.id)).scalars()) == {old.id, new.id}
        assert reads.claims_by_id(connection, [old.id]) == {old.id: old}
