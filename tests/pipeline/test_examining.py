"""A document or an incident by itself says what the whole case says of it; the survey leaves nobody out."""

from sijill.core.judgement import Decision
from sijill.pipeline import examining, listing, rulesets
from sijill.pipeline.api import Case
from sijill.pipeline.survey import End, Why, state_of, survey
from sijill.store import reads
from sijill.store.case import Case as Stored


def test_an_incident_alone_has_the_figures_that_it_has_among_all(example_case: Case) -> None:
    case = Stored.open(example_case.path)
    with case.connect() as connection:
        names = [row["name"] for row in rulesets.rule_rows(connection)]
        assert len(names) > 3
        whole = {n: listing.incident_records(case, connection, rulesets.of(connection, n)) for n in names}
        for record in whole[rulesets.chosen(connection).rules.name]:
            sheet = examining.incident_sheet(connection, record.incident.id)
            ruled = {r.record.rules: r.record for r in examining.under_every_rule_set(case, connection, sheet)}
            assert ruled == {n: next(r for r in whole[n] if r.incident.id == record.incident.id) for n in names}
    case.close()


def test_a_document_alone(example_case: Case) -> None:
    case = Stored.open(example_case.path)
    with case.connect() as connection:
        seen = survey(connection)
        every, _ = reads.judged_claims(connection)
        linked = {c: i.id for i in reads.incidents(connection) for c in i.claims}
        for document in reads.documents(connection):
            sheet = examining.document_sheet(connection, document.id, seen.of_document.get(document.id, ()))
            assert sheet.document == document
            assert [v.judged for v in sheet.claims] == [c for c in every.values() if c.source.document == document.id]
            for view in sheet.claims:
                assert view.incidents == ((linked[view.judged.id],) if view.judged.id in linked else ())
                assert examining.claim_view(connection, view.judged.id, view.incidents) == view
    case.close()


def test_the_survey_counts_and_queues(example_case: Case) -> None:
    stored = Stored.open(example_case.path)
    with stored.connect() as connection:
        seen = survey(connection)
        assert seen.state == state_of(connection)
        assert seen.counts.documents == len(reads.document_ids(connection))
        assert seen.counts.incidents == len(seen.incidents) == len(reads.incidents(connection))
        assert seen.counts.judged == 0
        contradicted = {
            r.incident.id for r in reads.incident_records(connection, seen.rules) if r.account.contradictions
        }
    assert {t.id for t in seen.tasks if t.reasons[0].why is Why.CONTRADICTION} == contradicted
    assert [t.order for t in seen.tasks] == sorted(t.order for t in seen.tasks)
    paged = []
    while some := seen.tasks_after(paged[-1].id if paged else "", 4):
        paged += some
    assert tuple(paged) == seen.tasks
    lines = []
    while more := seen.incidents_after(lines[-1].id if lines else "", 2):
        lines += more
    assert tuple(lines) == seen.incidents


def test_what_was_judged_leaves_the_queue(example_case: Case) -> None:
    stored = Stored.open(example_case.path)
    with stored.connect() as connection:
        before = survey(connection)
    task = next(t for t in before.tasks if t.kind == "claim" and t.reasons[0].why is Why.EFFECT)
    assert task.reasons[0].end in set(End)
    assert any(t.id == task.document for t in before.tasks)
    example_case.judge(Decision.ACCEPT, task.id)
    with stored.connect() as connection:
        after = survey(connection)
    assert after.state != before.state
    assert after.counts.judged == 1
    assert not {t.id for t in after.tasks} & {task.id}
    assert not any(t.id == task.document and Why.NEW in {r.why for r in t.reasons} for t in after.tasks)
    stored.close()
