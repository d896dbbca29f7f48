"""A claim that a person adds: of the record at once, in figures, gone when taken back, never beside its like."""

import datetime as dt

import pytest

from sijill.core.backend import BackEnd
from sijill.core.claim import AttributionKind, GroupType, Harm, Span, Stance, Subset
from sijill.core.errors import InputError, InvalidRecord, UnknownId
from sijill.core.judgement import Decision
from sijill.core.quantity import Qualifier
from sijill.core.state import ClaimState
from sijill.pipeline import adding, decisions
from sijill.pipeline.api import Case
from sijill.pipeline.correcting import Wanted
from sijill.store import pages, reads
from sijill.store.case import Case as Stored
from sijill.store.verify import verify

WANTED = Wanted(
    harm=Harm.MISSING,
    low=11,
    high=11,
    qualifier=Qualifier.EXACT,
    group=GroupType.CIVILIANS,
    subset=Subset.ALL,
    start=dt.date(2031, 3, 4),
    end=dt.date(2031, 3, 4),
    source="Interior Ministry",
    kind=AttributionKind.OFFICIAL,
    perpetrator="",
    stance=Stance.ALLEGED,
)


def add(case: Stored, document: str, words: Span, wanted: Wanted = WANTED) -> str:
    with case.writer(by="R. Ostrava") as writer:
        return adding.add_claim(case, writer, document, words, wanted, reason="the rules missed it")


def counted(case: Stored) -> tuple[str, Span]:
    """A document and the words of a count of the killed in it."""
    with case.connect() as connection:
        claims, _ = reads.judged_claims(connection)
    claim = next(c.claim for c in claims.values() if c.claim.count and c.claim.harm is Harm.KILLED)
    assert claim.count is not None
    return claim.document, claim.count.span


def test_add_and_take_back(example_case: Case) -> None:
    case = Stored.open(example_case.path)
    document, words = counted(case)
    with case.connect() as connection:
        before = reads.judged_claims(connection)[0]
    id_ = add(case, document, words)
    with case.connect() as connection:
        after, _ = reads.judged_claims(connection)
        assert {i: c for i, c in after.items() if i != id_} == before, "another harm takes nothing away"
        made = after[id_]
        assert made.state is ClaimState.ACCEPTED
        assert made.counts
        assert made.source.back_end is BackEnd.PERSON
        assert made.claim.count is not None
        assert made.claim.count.span == words
        assert words.text in made.claim.quote.text
        text = reads.document(connection, document).reading.text
        assert made.claim.quote.stands_in(text)
        assert pages.judged_claims_of(connection, [document])[0][id_] == made
        row = reads.judgements_on(connection, id_)[0]
        assert (row.judgement.by, row.judgement.reason) == ("R. Ostrava", "the rules missed it")
        assert reads.claims(connection).keys() == {i for i in before if before[i].source.back_end is BackEnd.RULES}
    assert verify(case.folder).findings == []
    with case.writer(by="R. Ostrava") as writer:
        decisions.undo(case, writer, row.id)
    with case.connect() as connection:
        now, standing = reads.judged_claims(connection)
        assert now == before
        assert standing.orphans == ()
        assert pages.judged_claims_of(connection, [document])[0].keys() == {
            i for i, c in before.items() if c.source.document == document
        }
    assert add(case, document, words) == id_, "what was taken back can be added again"
    case.close()


def test_what_is_added_counts(example_case: Case) -> None:
    case = Stored.open(example_case.path)
    document, words = counted(case)
    id_ = add(case, document, words)
    case.close()
    example_case.build()
    assert any(id_ in f.claims for record in example_case.incidents() for f in record.figures)


def test_no_words_count_twice(example_case: Case) -> None:
    case = Stored.open(example_case.path)
    document, words = counted(case)
    with pytest.raises(InputError, match="of this harm at these words already"):
        add(case, document, words, Wanted(**{**fields(WANTED), "harm": Harm.KILLED}))
    id_ = add(case, document, words)
    with pytest.raises(InputError, match="already"):
        add(case, document, words)
    with case.writer(by="R. Ostrava") as writer:
        decisions.judge(case, writer, Decision.REJECT, [id_])
    with case.connect() as connection:
        assert id_ not in reads.judged_claims(connection)[0]
    case.close()


def fields(wanted: Wanted) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in Wanted.__slots__}


@pytest.mark.parametrize(
    ("words", "wanted", "error", "match"),
    [
        (Span("other words", 0, 11), {}, InputError, "other words stand there"),
        (Span("", 5, 5), {}, InputError, "no words"),
        (Span("x", 10**6, 10**6 + 1), {}, InputError, "other words"),
        (None, {"low": 9, "high": 3}, InvalidRecord, "cannot run"),
        (None, {"low": None}, InvalidRecord, "does not fit"),
    ],
)
def test_what_is_no_claim_is_refused(
    example_case: Case, words: Span | None, wanted: dict[str, object], error: type[Exception], match: str
) -> None:
    case = Stored.open(example_case.path)
    document, counts = counted(case)
    with pytest.raises(error, match=match):
        add(case, document, words or counts, Wanted(**{**fields(WANTED), **wanted}))
    case.close()


def test_no_document_and_too_many_words(example_case: Case) -> None:
    case = Stored.open(example_case.path)
    with pytest.raises(UnknownId, match="no document"):
        add(case, "0" * 64, Span("x", 0, 1))
    document, _ = counted(case)
    with case.connect() as connection:
        text = reads.document(connection, document).reading.text
    with pytest.raises(InputError, match="are no number"):
        add(case, document, Span(text[:300], 0, 300))
    case.close()
