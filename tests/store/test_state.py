import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.claim import Claim, Harm
from sijill.core.judgement import AUTO, Change, Decision, Judgement, Matter
from sijill.core.state import ClaimState
from sijill.store.state import Row, Standing, carry_over, judged_claims, live, mentioned, standing
from tests.store.reports import claim

SITUATIONS = list(csv.DictReader((Path(__file__).parent / "standings.csv").read_text(encoding="utf-8").splitlines()))
ONE, OTHER = "10 were killed and 20 were wounded.", "30 were killed."
CLAIMS = {"A": claim(ONE, 10), "B": claim(ONE, 20, harm=Harm.WOUNDED), "C": claim(OTHER, 30)}
DECISIONS = {"accept": Decision.ACCEPT, "reject": Decision.REJECT, "correct": Decision.CORRECT}
SOURCES = {"aside": Decision.SET_ASIDE, "restore": Decision.RESTORE}
WOUNDED = (Change("harm", '"wounded"'),)


def row(number: int, by: str, verb: str, about: str, rows: list[Row]) -> Row:
    """The judgement that a step such as `ann undo 1` is about, as the row that it becomes."""
    at = f"2031-03-10T09:{number // 60:02}:{number % 60:02}.000000Z"
    if verb == "undo":
        made = Judgement(Matter.UNDO, (rows[int(about) - 1].id,), Decision.UNDO, by, at)
    elif verb in SOURCES:
        made = Judgement(Matter.SOURCE, (CLAIMS[about].document,), SOURCES[verb], by, at)
    else:
        changes = WOUNDED if verb == "correct" else ()
        made = Judgement(Matter.CLAIM, (CLAIMS[about].id,), DECISIONS[verb], by, at, changes=changes)
    return Row(made.id, made)


def history(steps: str) -> list[Row]:
    rows: list[Row] = []
    for number, step in enumerate(filter(None, steps.split("; "))):
        by, verb, about = step.split(" ")
        rows.append(row(number, by, verb, about, rows))
    return rows


def shown(rows: list[Row]) -> dict[str, str]:
    judged, misfits = judged_claims({c.id: c for c in CLAIMS.values()}, standing(rows, {}))
    assert misfits == ()
    names = {c.id: name for name, c in CLAIMS.items()}
    return {names[j.id]: f"{j.state}{' aside' if j.set_aside else ''}" for j in judged}


@pytest.mark.parametrize("situation", SITUATIONS, ids=[s["id"] for s in SITUATIONS])
def test_situations(situation: dict[str, str]) -> None:
    found = shown(history(situation["steps"]))
    for expected in situation["stands"].split("; "):
        name, _, state = expected.partition("=")
        assert found[name] == state, situation["why"]


def test_there_are_no_two_situations_of_one_name() -> None:
    assert len({s["id"] for s in SITUATIONS}) == len(SITUATIONS) >= 30


# --- laws ---


@st.composite
def histories(draw: st.DrawFn) -> list[Row]:
    """Rows by two people and the program, undos of anything before, undos of undos."""
    rows: list[Row] = []
    for number in range(draw(st.integers(0, 12))):
        verbs = [*DECISIONS, *SOURCES, *(["undo"] * 3 if rows else [])]
        by, verb = draw(st.sampled_from(("ann", "ben", AUTO))), draw(st.sampled_from(verbs))
        about = str(draw(st.integers(1, len(rows)))) if verb == "undo" else draw(st.sampled_from(sorted(CLAIMS)))
        rows.append(row(number, by, verb, about, rows))
    return rows


def then(rows: list[Row], step: str) -> list[Row]:
    by, verb, about = step.split(" ")
    return [*rows, row(len(rows) + 100, by, verb, about, rows)]


STEPS = st.tuples(st.sampled_from(("ann", "ben")), st.sampled_from((*DECISIONS, *SOURCES)), st.sampled_from("ABC"))


@given(histories(), STEPS.map(" ".join))
def test_undo_restores_exactly(rows: list[Row], step: str) -> None:
    done = then(rows, step)
    undone = then(done, f"ann undo {len(done)}")
    assert live(undone) == live(rows)
    assert standing(undone, {}) == standing(rows, {})
    assert list(standing(undone, {}).rows) == list(standing(rows, {}).rows)


@given(histories(), st.data())
def test_undo_of_an_undo_restores_exactly(rows: list[Row], data: st.DataObject) -> None:
    if rows:
        undone = then(rows, f"ann undo {data.draw(st.integers(1, len(rows)))}")
        assert live(then(undone, f"ben undo {len(undone)}")) == live(rows)


@given(histories(), st.data())
def test_a_persons_judgement_stands_wherever_suggestions_come(rows: list[Row], data: st.DataObject) -> None:
    before = standing(rows, {})
    by_people = {key for key, r in before.rows.items() if r.judgement.human}
    number = data.draw(st.integers(1, 6))
    mixed = list(rows)
    for i in range(number):
        verb, about = data.draw(st.sampled_from((*DECISIONS, *SOURCES))), data.draw(st.sampled_from("ABC"))
        mixed.insert(data.draw(st.integers(0, len(mixed))), row(500 + i, AUTO, verb, about, rows))
    after = standing(mixed, {})
    assert {key: after.rows[key] for key in by_people} == {key: before.rows[key] for key in by_people}


@given(histories())
def test_the_program_cannot_undo_what_people_decided(rows: list[Row]) -> None:
    attacked = list(rows)
    for number, target in enumerate(rows):
        if target.judgement.human:
            attacked.append(row(500 + number, AUTO, "undo", str(number + 1), rows))
    assert live(attacked) == live(rows)


@given(histories(), STEPS)
def test_the_latest_word_of_a_person_decides(rows: list[Row], step: tuple[str, str, str]) -> None:
    done = then(rows, " ".join(step))
    assert done[-1] in standing(done, {}).rows.values()


@given(histories())
def test_what_decides_is_alive_and_each_matter_is_decided_once(rows: list[Row]) -> None:
    found = standing(rows, {})
    assert set(found.rows.values()) <= set(live(rows))
    keys = [(r.judgement.matter, r.judgement.subjects) for r in found.rows.values()]
    assert sorted(keys) == sorted(found.rows)
    assert len({*keys}) == len(keys)


@given(histories(), st.sets(st.sampled_from("ABC")))
def test_no_persons_judgement_is_dropped(rows: list[Row], lost: set[str]) -> None:
    """Each is deciding, replaced by a later person's, or queued as an orphan."""
    carried = dict.fromkeys((CLAIMS[name].id for name in lost), None)
    found = standing(rows, carried)
    people = [r for r in live(rows) if r.judgement.human]
    for i, r in enumerate(people):
        orphaned = r.judgement.matter is Matter.CLAIM and r.judgement.subjects[0] in carried
        replaced = any(later.judgement.subjects == r.judgement.subjects for later in people[i + 1 :])
        assert (r in found.orphans) == orphaned
        assert orphaned or replaced or r in found.rows.values()
    assert all(r.judgement.human for r in found.orphans)


def test_two_incidents_are_the_same_either_way_round() -> None:
    made = [
        Judgement(Matter.INCIDENT, pair, decision, "ann", "2031-03-10T09:00:00.000000Z")
        for pair, decision in ((("x", "y"), Decision.SAME), (("y", "x"), Decision.DIFFERENT))
    ]
    found = standing([Row(j.id, j) for j in made], {})
    assert [r.judgement.decision for r in found.of(Matter.INCIDENT)] == [Decision.DIFFERENT]
    assert found.of(Matter.CLAIM) == ()


def test_a_membership_goes_on_with_the_claim_that_took_its_place() -> None:
    made = Judgement(Matter.MEMBERSHIP, ("incident", "old"), Decision.SAME, "ann", "2031-03-10T09:00:00.000000Z")
    found = standing([Row(made.id, made)], {"old": "new"})
    assert list(found.rows) == [(Matter.MEMBERSHIP, ("incident", "new"))]
    assert found.judgements() == (replace(made, subjects=("incident", "new")),)


def test_what_is_mentioned_is_every_subject() -> None:
    assert mentioned(history("ann accept A; ben aside C; ann undo 1")) == {
        CLAIMS["A"].id,
        CLAIMS["C"].document,
        history("ann accept A")[0].id,
    }


# --- carrying over to what a better extractor read ---


def read_at(
    start: int, end: int, *, extractor: str = "rules@1", harm: Harm = Harm.KILLED, text: str = "7" * 60
) -> Claim:
    """A claim whose count stands at [start, end) of a text of sevens."""
    made = claim(text, int("7"), harm=harm, extractor=extractor)
    assert made.count is not None
    count = replace(made.count, text=text[start:end], start=start, end=end)
    return replace(made, count=count, quote=replace(made.quote, text=text, start=0, end=len(text)))


def keyed(claims: list[Claim]) -> dict[str, Claim]:
    return {c.id: c for c in claims}


spans = st.tuples(st.integers(0, 55), st.integers(1, 5)).map(lambda pair: (pair[0], sum(pair)))
harms = st.sampled_from((Harm.KILLED, Harm.WOUNDED))
gone_claims = st.lists(
    st.builds(lambda s, h, e: read_at(*s, harm=h, extractor=e), spans, harms, st.sampled_from(("rules@1", "rules@2"))),
    max_size=6,
).map(keyed)
current_claims = st.lists(
    st.builds(lambda s, h: read_at(*s, harm=h, extractor="rules@3"), spans, harms), max_size=6
).map(keyed)


def overlap(a: Claim, b: Claim) -> int:
    assert a.count is not None
    assert b.count is not None
    return min(a.count.end, b.count.end) - max(a.count.start, b.count.start)


@given(current_claims, gone_claims)
def test_a_claim_takes_the_place_of_one_of_each_extractor_with_the_same_harm_and_an_overlapping_count(
    current: dict[str, Claim], gone: dict[str, Claim]
) -> None:
    carried = carry_over(current, gone)
    assert set(carried) == set(gone)
    pairs = [(gone[old], current[new]) for old, new in carried.items() if new is not None]
    assert all(a.harm == b.harm and a.document == b.document and overlap(a, b) > 0 for a, b in pairs)
    slots = [(a.extractor, b.id) for a, b in pairs]
    assert len(set(slots)) == len(slots)


@given(current_claims, gone_claims)
def test_who_is_left_over_had_no_free_claim_to_go_to(current: dict[str, Claim], gone: dict[str, Claim]) -> None:
    carried = carry_over(current, gone)
    taken = {(gone[old].extractor, new) for old, new in carried.items()}
    for old, new in carried.items():
        if new is None:
            free = [i for i in current if (gone[old].extractor, i) not in taken]
            assert not any(current[i].harm == gone[old].harm and overlap(current[i], gone[old]) > 0 for i in free)


@given(current_claims, gone_claims, st.randoms())
def test_the_order_in_which_claims_come_is_irrelevant(
    current: dict[str, Claim], gone: dict[str, Claim], rng: st.DataObject
) -> None:
    def shuffled(claims: dict[str, Claim]) -> dict[str, Claim]:
        items = list(claims.items())
        rng.shuffle(items)  # type: ignore[attr-defined]
        return dict(items)

    assert carry_over(shuffled(current), shuffled(gone)) == carry_over(current, gone)


def test_the_nearest_goes_first() -> None:
    far, near, new = read_at(0, 10), read_at(8, 20), read_at(9, 20, extractor="rules@2")
    assert carry_over(keyed([new]), keyed([far, near])) == {far.id: None, near.id: new.id}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (read_at(20, 30, extractor="rules@2"), "it touches, and does not overlap"),
        (read_at(10, 20, extractor="rules@2", harm=Harm.WOUNDED), "it is another harm"),
        (read_at(10, 20, extractor="rules@2", text="7" * 59), "it is in another document"),
        (replace(read_at(10, 20, extractor="rules@2"), count=None), "it has no count"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_judgement_does_not_go_where_it_does_not_belong(other: Claim, why: str) -> None:
    old = read_at(10, 20)
    assert carry_over(keyed([other]), keyed([old])) == {old.id: None}, why


@pytest.mark.timeout(60)
def test_a_report_with_thousands_of_claims_is_carried_over_in_good_time() -> None:
    """All pairs of these would be 400 million."""
    text = "7 " * 20_000
    first = read_at(0, 1, text=text)
    assert first.count is not None
    old = {f"old {i}": replace(first, count=replace(first.count, start=2 * i, end=2 * i + 1)) for i in range(20_000)}
    new = {key.replace("old", "new"): replace(claim, extractor="rules@2") for key, claim in old.items()}
    assert carry_over(new, old) == {key: key.replace("old", "new") for key in old}


def test_an_uncounted_claim_is_carried_by_its_quote() -> None:
    old = replace(read_at(10, 20), count=None)
    new = replace(old, extractor="rules@2")
    assert carry_over(keyed([new]), keyed([old])) == {old.id: new.id}


# --- corrections ---


def corrects(about: Claim, *changes: Change) -> Standing:
    made = Judgement(Matter.CLAIM, (about.id,), Decision.CORRECT, "ann", "2031-03-10T09:00:00.000000Z", changes=changes)
    return standing([Row(made.id, made)], {})


def test_a_corrected_claim_keeps_what_the_source_said_beside_it() -> None:
    source = CLAIMS["A"]
    (judged,), misfits = judged_claims({source.id: source}, corrects(source, *WOUNDED))
    assert misfits == ()
    assert (judged.id, judged.source, judged.claim.harm, judged.state) == (
        source.id,
        source,
        Harm.WOUNDED,
        ClaimState.CORRECTED,
    )


@pytest.mark.parametrize("change", [Change("count.low", "99"), Change("quote.text", '"x"'), Change("no.field", "1")])
def test_a_correction_that_no_longer_fits_waits_for_a_person(change: Change) -> None:
    source = CLAIMS["A"]
    found = corrects(source, change)
    (judged,), misfits = judged_claims({source.id: source}, found)
    assert misfits == tuple(found.rows.values())
    assert (judged.claim, judged.state, judged.judgement) == (source, ClaimState.PROPOSED, None)
