"""From a form to changes: what is left alone is no change, and the changes make what was wanted."""

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sijill.core.claim import AttributionKind, Claim, GroupType, Harm, Stance, Subset
from sijill.core.judgement import Change, corrected
from sijill.core.place import Place
from sijill.core.quantity import Qualifier
from sijill.pipeline.correcting import Wanted, changes_to, wanted_as_is
from tests.core.strategies import claims

NUMBERS = st.integers(0, 10_000)
DAYS = st.dates(dt.date(2030, 1, 1), dt.date(2032, 1, 1))
PLACES = st.none() | st.just(Place("there", "Belisk", "case:belisk", 10.0, 11.0, 1, "chosen by a person"))


@st.composite
def wanted(draw: st.DrawFn) -> Wanted:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    start, end = sorted((draw(DAYS), draw(DAYS)))
    return Wanted(
        harm=draw(st.sampled_from(Harm)),
        low=low,
        high=high,
        qualifier=Qualifier.BETWEEN,
        group=draw(st.sampled_from([GroupType.CIVILIANS, GroupType.COMBATANTS])),
        subset=draw(st.sampled_from(Subset)),
        start=draw(st.sampled_from([start, None])),
        end=end,
        source=draw(st.sampled_from(["Interior Ministry", "المستشفى"])),
        kind=draw(st.sampled_from(AttributionKind)),
        perpetrator=draw(st.sampled_from(["", "Heron Front"])),
        stance=draw(st.sampled_from(Stance)),
        place=draw(PLACES),
    )


@given(claims())
def test_a_claim_as_it_is_needs_no_change(claim: Claim) -> None:
    assert changes_to(claim, wanted_as_is(claim)) == ()


@given(claims(), wanted())
def test_the_changes_make_what_was_wanted(claim: Claim, want: Wanted) -> None:
    made = corrected(claim, changes_to(claim, want))
    now = wanted_as_is(made)
    expected = want if claim.count is not None else replace(want, low=None, high=None, qualifier=Qualifier.VAGUE)
    stance = expected.stance if expected.perpetrator else now.stance
    assert now == replace(expected, place=None, stance=stance)
    if want.place is not None:
        assert made.place is not None
        assert (made.place.id, made.place.lat) == (want.place.id, want.place.lat)
        assert made.place.text == (claim.place.text if claim.place else "")
    # What a form cannot touch stays the source's.
    assert (made.quote, made.document, made.extractor) == (claim.quote, claim.document, claim.extractor)


@given(claims(), wanted())
def test_a_correction_keeps_what_an_earlier_one_set_elsewhere(claim: Claim, want: Wanted) -> None:
    earlier = (Change("group.text", '"villagers"'), Change("harm", '"missing"'))
    made = corrected(claim, changes_to(claim, want, earlier))
    assert made.group.text == "villagers"
    assert made.harm == want.harm
