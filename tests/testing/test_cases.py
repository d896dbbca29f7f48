import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from sijill.core.judgement import Decision, Matter
from sijill.store import reads, schema
from sijill.store.case import Case
from sijill.store.verify import verify
from sijill.testing.cases import EXTRACTORS, synthetic_case, synthetic_report
from sijill.testing.clock import FakeClock


def made(folder: Path, *, seed: int = 4, documents: int = 10) -> Case:
    return synthetic_case(
        folder, documents=documents, claims_per_document=3, judgements=22, seed=seed, clock=FakeClock()
    )


def rows(case: Case) -> dict[str, list[Any]]:
    """Every row but for those that name the case or are signed with its key."""
    with case.connect() as connection:
        tables = [t for t in schema.metadata.sorted_tables if t.name not in ("checkpoint", "log_entry", "stamp")]
        found = {t.name: [tuple(r) for r in connection.execute(select(t))] for t in tables}
        query = select(schema.log_entry.c.body).order_by(schema.log_entry.c.seq)
        entries = [e for e in connection.execute(query).scalars() if b'"kind":"stamp"' not in e]
        return {**found, "log_entry": entries[1:]}


def test_the_same_seed_and_clock_give_the_same_rows(tmp_path: Path) -> None:
    one, two, other = made(tmp_path / "1"), made(tmp_path / "2"), made(tmp_path / "3", seed=5)
    assert rows(one) == rows(two)
    assert rows(one)["claim"] != rows(other)["claim"]
    for case in (one, two, other):
        case.close()


def test_a_synthetic_case_is_whole_and_fills_every_table(tmp_path: Path) -> None:
    case = made(tmp_path / "case")
    assert verify(case.folder).whole
    with case.connect() as connection:
        assert all(connection.execute(select(t).limit(1)).first() for t in schema.metadata.sorted_tables)
        assert reads.counts(connection)["document"] == 10
        assert len(reads.claims(connection)) == 30
        judgements = [r.judgement for r in reads.judgements(connection)]
    assert len(judgements) == 22
    assert {j.human for j in judgements} == {True, False}
    assert {j.matter for j in judgements} == set(Matter)
    assert {Decision.ACCEPT, Decision.CORRECT, Decision.REJECT, Decision.UNDO} <= {j.decision for j in judgements}
    case.close()


@pytest.mark.parametrize("number", range(8))
def test_every_claim_of_a_report_stands_verbatim_in_its_text(number: int) -> None:
    report = synthetic_report(number, claims=20, rng=random.Random(number), extractor=EXTRACTORS[1])
    assert len({c.id for c in report.claims}) == 20
    for claim in report.claims:
        assert claim.document == report.document
        assert claim.quote.stands_in(report.text)
        assert claim.count is None or claim.count.span.stands_in(report.text)
        assert claim.attribution is None or claim.attribution.text in claim.quote.text
        assert claim.place is None or claim.place.text in claim.quote.text
    assert {c.extractor for c in report.claims} == {EXTRACTORS[1]}


def test_reports_hold_more_than_ascii() -> None:
    text = "".join(synthetic_report(n, claims=0, rng=random.Random(0)).text for n in range(4))
    assert max(map(ord, text)) > 0xFFFF
    assert any(0x600 <= ord(c) < 0x700 for c in text)


def test_a_case_may_be_small(tmp_path: Path) -> None:
    case = synthetic_case(
        tmp_path / "case", documents=1, claims_per_document=1, judgements=0, seed=0, clock=FakeClock()
    )
    assert verify(case.folder).whole
    case.close()
