"""Decisions: kept with who, when and why; shown anew; taken back; figures follow."""

import html
import re

import pytest

from sijill.core.claim import Harm
from sijill.core.judgement import Decision, Judgement
from sijill.core.state import ClaimState
from sijill.store import pages, reads
from sijill.store.case import Case
from sijill.web.desk import Desk, Freshness
from tests.web.conftest import BY, Bench

SWAP = {"hx-request": "true"}


def claims_of(bench: Bench) -> dict[str, object]:
    with bench.desk.reading() as connection:
        return dict(reads.judged_claims(connection)[0])


def last(bench: Bench) -> tuple[str, Judgement]:
    with bench.desk.reading() as connection:
        made = pages.judgements_made(connection, limit=1)[0]
    return made.id, made.judgement


def state(bench: Bench, claim: str) -> ClaimState:
    with bench.desk.reading() as connection:
        return reads.judged_claims(connection)[0][claim].state


def form_of(bench: Bench, claim: str) -> dict[str, str]:
    """The fields of the form for a correction, as a browser would send them unchanged."""
    text = bench.get(f"/claims/{claim}/correct").text
    fields = dict(re.findall(r'<input (?:type="date" )?name="(\w+)"[^>]* value="([^"]*)"', text))
    for name, options in re.findall(r'<select name="(\w+)">(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        assert chosen is not None, name
        fields[name] = chosen[1]
    return fields


def test_accept_reject_undo(bench: Bench) -> None:
    claim = next(iter(claims_of(bench)))
    assert (
        bench.post(f"/claims/{claim}/judge", decision="accept", reason="seen").headers["location"] == f"/claims/{claim}"
    )
    assert state(bench, claim) is ClaimState.ACCEPTED
    first, made = last(bench)
    assert (made.decision, made.by, made.reason, made.subjects) == (Decision.ACCEPT, BY, "seen", (claim,))
    part = bench.post(f"/claims/{claim}/judge", 200, SWAP, decision="reject").text
    assert 'class="entry rejected"' in part
    assert "<html" not in part
    second, made = last(bench)
    assert made.replaces == first
    part = bench.post(f"/judgements/{second}/undo", 200, SWAP, claim=claim).text
    assert state(bench, claim) is ClaimState.ACCEPTED
    assert 'class="entry accepted"' in part
    text = bench.get("/history").text
    assert "taken back since" in text
    assert BY in text
    assert bench.get(f"/history/{claim}").text.count('class="made') >= 2
    assert "undone already" in bench.post(f"/judgements/{second}/undo", 422).text


def test_figures_follow(bench: Bench) -> None:
    with bench.desk.reading() as connection:
        before = bench.desk.survey(connection)
    task = next(t for t in before.tasks if t.harm is Harm.KILLED and t.reasons[0].end is not None)
    bench.post(f"/claims/{task.id}/judge", decision="reject", reason="misread")
    assert bench.desk.settle(120)
    assert bench.desk.freshness is Freshness.FRESH
    with bench.desk.reading() as connection:
        after = bench.desk.survey(connection)
    assert after.counts.judged == 1
    assert task.id not in {t.id for t in after.tasks}
    assert after.incidents != before.incidents
    assert bench.get("/freshness").text.strip() == '<div id="freshness" class="freshness fresh" role="status"></div>'


def test_a_correction_changes_what_differs_and_no_more(bench: Bench) -> None:
    with bench.desk.reading() as connection:
        claims, _ = reads.judged_claims(connection)
    claim = next(c for c in claims.values() if c.claim.count and c.claim.count.low and c.claim.place and c.claim.period)
    fields = form_of(bench, claim.id)
    assert "nothing differs" in bench.post(f"/claims/{claim.id}/correct", 422, **fields).text
    bench.post(
        f"/claims/{claim.id}/correct",
        **{**fields, "low": "3", "high": "9", "qualifier": "between", "start": "2031-03-01", "reason": "misprint"},
    )
    _, made = last(bench)
    assert {c.field for c in made.changes} <= {
        *(
            "count.low",
            "count.high",
            "count.qualifier",
            "period.start",
            "period.end",
            "period.precision",
            "period.basis",
        )
    }
    with bench.desk.reading() as connection:
        now = reads.judged_claims(connection)[0][claim.id]
    assert now.claim.count is not None
    assert now.claim.period is not None
    assert (now.claim.count.low, now.claim.count.high) == (3, 9)
    assert now.claim.period.start is not None
    assert now.claim.period.start.isoformat() == "2031-03-01"
    # A further correction keeps what the form does not touch, and what an earlier one set.
    bench.post(f"/claims/{claim.id}/correct", **{**form_of(bench, claim.id), "perpetrator": "Heron Front"})
    with bench.desk.reading() as connection:
        then = reads.judged_claims(connection)[0][claim.id]
    assert then.claim.count == now.claim.count
    assert then.claim.period == now.claim.period
    assert then.claim.place == claim.claim.place
    assert then.claim.perpetrator is not None
    assert then.claim.perpetrator.text == "Heron Front"


def test_accepting_throws_no_correction_away(bench: Bench) -> None:
    with bench.desk.reading() as connection:
        claims, _ = reads.judged_claims(connection)
    claim = next(c for c in claims.values() if c.claim.count and c.claim.count.low)
    assert claim.claim.count is not None
    assert claim.claim.count.low is not None
    more = str(claim.claim.count.low + 1)
    bench.post(
        f"/claims/{claim.id}/correct", **{**form_of(bench, claim.id), "low": more, "high": more, "qualifier": "exact"}
    )
    made = last(bench)
    shown = bench.get(f"/documents/{claim.source.document}?claim={claim.id}").text
    entry = next(e for e in shown.split('<li class="entry') if f"/claims/{claim.id}/judge" in e)
    assert 'value="accept"' not in entry
    assert 'data-key="a"' not in entry
    assert {"c", "r", "u"} <= set(re.findall(r'data-key="(.)"', entry))
    # Enter in the field of reasons presses the first button of its form: it must not be the one that rejects.
    assert re.findall(r"<button[^>]*>", entry)[0] == "<button disabled hidden>"
    bench.desk.by = "S. Marell"
    refused = bench.post(f"/claims/{claim.id}/judge", 422, decision="accept").text
    assert "was corrected" in refused
    assert last(bench) == made
    assert state(bench, claim.id) is ClaimState.CORRECTED
    bench.post(f"/judgements/{made[0]}/undo", claim=claim.id)
    bench.post(f"/claims/{claim.id}/judge", decision="accept")
    assert state(bench, claim.id) is ClaimState.ACCEPTED


def test_a_place_is_chosen_among_those_of_its_name(bench: Bench) -> None:
    with bench.desk.reading() as connection:
        claims, _ = reads.judged_claims(connection)
    claim = next(c for c in claims.values() if c.claim.place and c.claim.place.name == "Tamrel")
    found = re.findall(r'name="place" value="([^"]+)"', bench.get("/places?place_name=Belisk").text)
    assert found
    assert "no place of that name" in bench.get("/places?place_name=zzqqx").text
    fields = form_of(bench, claim.id)
    wrong = {**fields, "place_name": "Belisk", "place": "geonames:0"}
    assert "no place of that name" in bench.post(f"/claims/{claim.id}/correct", 422, **wrong).text
    bench.post(f"/claims/{claim.id}/correct", **{**fields, "place_name": "Belisk", "place": found[0]})
    with bench.desk.reading() as connection:
        place = reads.judged_claims(connection)[0][claim.id].claim.place
    assert place is not None
    assert (place.id, place.name) == (found[0], "Belisk")
    assert claim.claim.place is not None
    assert place.text == claim.claim.place.text


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"low": "9", "high": "3", "qualifier": "between"}, 422),
        ({"low": "-1"}, 400),
        ({"low": "9" * 16}, 400),
        ({"qualifier": "nothing"}, 400),
        ({"harm": ""}, 400),
        ({"start": "2031-02-30"}, 422),
        ({"start": "2031-03-09", "end": "2031-03-01"}, 422),
        ({"group": "faith"}, 400),
        ({"reason": "x" * 3000, "low": "1"}, 400),
    ],
)
def test_what_makes_no_claim_is_refused(bench: Bench, changed: dict[str, str], status: int) -> None:
    with bench.desk.reading() as connection:
        claims, _ = reads.judged_claims(connection)
        before = len(reads.judgements(connection))
    claim = next(c for c in claims.values() if c.claim.count and c.claim.count.low)
    bench.post(f"/claims/{claim.id}/correct", status, **{**form_of(bench, claim.id), **changed})
    with bench.desk.reading() as connection:
        assert len(reads.judgements(connection)) == before


def test_merge_and_take_back(bench: Bench) -> None:
    with bench.desk.reading() as connection:
        lines = bench.desk.survey(connection).incidents
        near = {line.id: bench.desk.survey(connection).near(line.id, 8) for line in lines}
    one = next(id_ for id_, others in near.items() if others)
    other = near[one][0].id
    assert f'value="{other}"' in bench.get(f"/incidents/{one}").text
    bench.post(f"/incidents/{one}/judge", decision="same", other=other, reason="one strike")
    id_, made = last(bench)
    assert set(made.subjects) == {one, other}
    assert made.reason == "one strike"
    assert bench.desk.settle(120)
    with bench.desk.reading() as connection:
        merged = bench.desk.survey(connection)
    assert len(merged.incidents) < len(lines)
    kept, gone = (one, other) if other in merged.merged else (other, one)
    assert bench.get(f"/incidents/{gone}", 303).headers["location"] == f"/incidents/{kept}"
    assert id_ in bench.get(f"/incidents/{kept}").text
    bench.post(f"/judgements/{id_}/undo", path=f"/incidents/{kept}")
    assert bench.desk.settle(120)
    with bench.desk.reading() as connection:
        assert len(bench.desk.survey(connection).incidents) == len(lines)


def test_take_claims_out_of_an_incident(bench: Bench) -> None:
    with bench.desk.reading() as connection:
        incident = max(reads.incidents(connection), key=lambda i: len(i.claims))
        before = len(reads.judgements(connection))
    out = incident.claims[:2]
    csrf = bench.session.csrf
    form = [("csrf", csrf), ("decision", "different"), ("other", out[0]), ("other", out[1]), ("other", "nothing")]
    assert bench.client.post(f"/incidents/{incident.id}/judge", form).status == 404
    with bench.desk.reading() as connection:
        assert len(reads.judgements(connection)) == before
    assert bench.client.post(f"/incidents/{incident.id}/judge", form[:-1]).status == 303
    assert bench.desk.settle(120)
    with bench.desk.reading() as connection:
        now = pages.incidents_named(connection, [incident.id])[incident.id]
    assert not set(out) & set(now.claims)


def test_while_another_writes_nothing_is_lost_and_it_says_so(bench: Bench) -> None:
    claim = next(iter(claims_of(bench)))
    case = Case.open(bench.desk.case.folder)
    with case.writer(by="somebody else"):
        assert "writing" in bench.post(f"/claims/{claim}/judge", 409, decision="accept").text
    assert state(bench, claim) is ClaimState.PROPOSED
    bench.post(f"/claims/{claim}/judge", decision="accept")
    assert state(bench, claim) is ClaimState.ACCEPTED
    case.close()


def test_figures_that_cannot_be_worked_out_are_told(bench: Bench) -> None:
    claim = next(iter(claims_of(bench)))
    record = bench.desk.case.folder / "record"
    kept = record.rename(record.with_name("kept"))
    record.symlink_to(kept)
    bench.post(f"/claims/{claim}/judge", decision="accept")
    assert bench.desk.settle(120)
    assert bench.desk.freshness is Freshness.FAILED
    assert "is a link to another folder" in bench.get("/").text
    assert state(bench, claim) is ClaimState.ACCEPTED


def test_closing_finishes_what_was_begun(bench: Bench) -> None:
    claim = next(iter(claims_of(bench)))
    bench.post(f"/claims/{claim}/judge", decision="reject")
    bench.desk.close()
    again = Desk(Case.open(bench.desk.case.folder), by=BY)
    with again.reading() as connection:
        assert claim not in {t.id for t in again.survey(connection).tasks}
    again.close()


def test_add_a_claim_and_take_it_back(bench: Bench) -> None:
    with bench.desk.reading() as connection:
        claims, _ = reads.judged_claims(connection)
    claim = next(c.claim for c in claims.values() if c.claim.count and c.claim.harm is Harm.KILLED)
    assert claim.count is not None
    span, document = claim.count.span, claim.document
    path = f"/documents/{document}/add?start={span.start}&end={span.end}"
    text = bench.get(path).text
    fields = dict(re.findall(r'<input type="hidden" name="(words\w*)" value="([^"]*)"', text))
    assert fields["words_start"] == str(span.start)
    form = {
        **{name: html.unescape(value) for name, value in fields.items()},
        "harm": "missing",
        "low": "4",
        "high": "4",
        "qualifier": "exact",
        "group": "civilians",
        "kind": "media",
    }
    shifted = {**form, "words_start": str(span.start + 1), "words_end": str(span.end + 1)}
    assert "other words" in bench.post(f"/documents/{document}/claims", 422, **shifted).text
    bench.post(f"/documents/{document}/claims", 422, **{**form, "words_start": "0"})
    assert "did not arrive" in bench.post(f"/documents/{document}/claims", 422, **{**form, "words": "x"}).text
    bench.post(f"/documents/{document}/claims", 400, **{**form, "low": "-4"})
    bench.get(f"/documents/{document}/add?start=5&end=5", 422)
    bench.get(f"/documents/{document}/add?start=999999&end=9999999", 422)
    made = bench.post(f"/documents/{document}/claims", **form).headers["location"].rpartition("/")[2]
    assert state(bench, made) is ClaimState.ACCEPTED
    shown = bench.get(f"/documents/{document}?claim={made}").text
    assert "A person added this claim" in shown
    id_, judgement = last(bench)
    assert (judgement.decision, judgement.subjects, judgement.by) == (Decision.ACCEPT, (made,), BY)
    answer = bench.post(f"/judgements/{id_}/undo", 200, SWAP, claim=made)
    assert answer.headers["hx-refresh"] == "true"
    assert made not in claims_of(bench)
