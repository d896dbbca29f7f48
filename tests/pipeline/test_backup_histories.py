"""Any history of writes and backups: every snapshot is the case as it was at that moment, whatever came after."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.clock import timestamp
from sijill.core.judgement import Decision, Judgement, Matter
from sijill.pipeline.backup import backup
from sijill.pipeline.restore import restore, verify_backup
from sijill.store import reads, schema
from sijill.store.case import Case
from sijill.store.vault import NOTHING, Custodian
from sijill.store.verify import Outside
from sijill.store.writer import Transaction, id_of
from sijill.testing.clock import FakeClock
from tests.pipeline.sealed import ANNA, by
from tests.store.reports import BY, add, claim, reading
from tests.store.same import rows_of

STEPS = st.sampled_from(["report", "again", "seen", "judge", "suggest", "derive", "pages", "backup", "mending backup"])


@given(st.booleans(), st.lists(STEPS, min_size=2, max_size=14))
@settings(max_examples=12)
def test_every_snapshot_is_the_case_as_it_was(encrypted: bool, steps: list[str]) -> None:
    clock, brought = FakeClock(), by(ANNA) if encrypted else NOTHING
    with tempfile.TemporaryDirectory() as name:
        folder, moments = Path(name), {}
        whom = (Custodian(recipient=ANNA[1]),) if encrypted else ()
        with closing(Case.create(folder / "case", by=BY, clock=clock, custodians=whom)) as case:
            for number, step in enumerate([*steps, "backup"]):
                if step.endswith("backup"):
                    mend = step.startswith("mending")
                    taken = backup(case, folder / "backup", brought=brought, mend=mend, clock=clock)
                    moments[taken.number] = (taken.root, rows_of(case))
                else:
                    act(case, clock, step, number)
        for number, (root, rows) in moments.items():
            target = folder / f"again-{number}"
            assert restore(folder / "backup", target, brought=brought, number=number).root == root
            with closing(Case.open(target, brought=brought)) as again:
                assert rows_of(again) == rows
        report = verify_backup(folder / "backup", brought=brought, every=True, outside=Outside())
        assert [f for f in report.findings if f.kind != "derived"] == []


def act(case: Case, clock: FakeClock, step: str, number: int) -> None:
    with case.connect() as connection:
        claims = reads.claims(connection)
        documents = list(reads.documents(connection))
    text = f"At least {number + 2} people were killed in Tamrel, report {number}."
    with case.writer(by=BY, clock=clock) as writer, writer.transaction() as t:
        match step:
            case "report":
                add(case, t, text, clock)
                t.extraction(reading(text).document, id_of(reading(text)), "rules@1", {}, [claim(text, number + 2)])
            case "again" if documents:  # A newer reading with the same claims and, every other time, one more.
                newer = reading(documents[0].reading.text, reader=f"plain@{number}")
                t.reading(newer)
                found = [c for c in claims.values() if c.document == newer.document]
                changed = [c.with_changes(extractor=f"rules@{number}") for c in found[: number % 2]]
                t.extraction(newer.document, id_of(newer), "rules@1", {"run": number}, [*found, *changed])
            case "seen" if documents:
                add(case, t, documents[-1].reading.text, clock, name=f"again-{number}.txt")
            case "judge" if claims:
                t.judgement(decided(next(iter(claims)), clock, f"read {number}"))
            case "suggest" if claims:
                t.suggestions([decided(id_, clock, f"rule {number}", by="auto") for id_ in claims])
            case "derive":
                derive(t, number)
            case _:
                t.publication("leaflet", {"page.html": "ab" * 32})


def decided(id_: str, clock: FakeClock, reason: str, *, by: str = BY) -> Judgement:
    return Judgement(Matter.CLAIM, (id_,), Decision.ACCEPT, by, timestamp(clock), reason)


def derive(t: Transaction, number: int) -> None:
    body = f'{{"text":"\N{MUSICAL SYMBOL G CLEF} {number}"}}'
    t.derived(schema.origin, [{"claim": "ab" * 32, "position": number, "voice": "وكالة", "body": body}])
