"""From a form to changes: what is left alone is no change, and the changes make what was wanted."""

import datetime as dt
import json
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
        source=draw(st.sampled_from(["", "Interior Ministry", "المستشفى"])),
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
    kind = expected.kind if made.attribution else AttributionKind.UNATTRIBUTED
    assert now == replace(expected, place=None, stance=stance, kind=kind)
    if not want.perpetrator:
        assert made.perpetrator is None or made.perpetrator == claim.perpetrator
    if not want.source and want.kind in (wanted_as_is(claim).kind, AttributionKind.UNATTRIBUTED):
        assert made.attribution is None or not (claim.attribution and claim.attribution.source)
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


BELISK = Place("there", "Belisk", "case:belisk", 10.0, 11.0, 1, "chosen by a person")
TAMREL = Place("there", "Tamrel", "case:tamrel", 12.0, 13.0, 1, "chosen by a person")


@given(claims(), DAYS, NUMBERS)
def test_an_earlier_correction_of_place_and_days_stays_until_it_is_set_anew(
    claim: Claim, day: dt.date, number: int
) -> None:
    as_read = wanted_as_is(claim)
    first = changes_to(claim, replace(as_read, place=BELISK, start=day, end=day))
    one = corrected(claim, first)
    # Another field: the form sends the days and the place that stand, or no place at all.
    for place in (one.place, None):
        form = replace(wanted_as_is(one), perpetrator=f"Heron Front {number}", place=place)
        two = corrected(claim, changes_to(claim, form, first))
        assert (two.place, two.period) == (one.place, one.period)
        assert two.perpetrator is not None
    moved = changes_to(claim, replace(wanted_as_is(one), place=TAMREL), first)
    three = corrected(claim, moved)
    assert three.place is not None
    assert (three.place.id, three.place.name) == (TAMREL.id, TAMREL.name)
    assert three.period == one.period
    back = changes_to(claim, replace(as_read, place=one.place), first)
    assert corrected(claim, back).period == claim.period
    assert corrected(claim, back).place == one.place


@given(claims(), DAYS)
def test_days_set_by_an_earlier_hand_with_their_precision_stay(claim: Claim, day: dt.date) -> None:
    """Also where they are those that were read: what was corrected was how exact they are."""
    start = json.dumps(day.isoformat())
    set_days = (Change("period.start", start), Change("period.end", start))
    as_read = corrected(claim, set_days)
    earlier = (Change("period.precision", "4"), Change("place.precision", "3"))
    before = corrected(as_read, earlier)
    form = replace(wanted_as_is(before), perpetrator="Heron Front", place=before.place)
    after = corrected(as_read, changes_to(as_read, form, earlier))
    assert (after.place, after.period) == (before.place, before.period)


@given(claims(), st.sampled_from([AttributionKind.MEDIA, AttributionKind.UNATTRIBUTED]))
def test_a_field_that_is_cleared_leaves_nobody(claim: Claim, kind: AttributionKind) -> None:
    named = replace(
        wanted_as_is(claim), source="Interior Ministry", kind=kind, perpetrator="Heron Front", stance=Stance.DENIED
    )
    first = changes_to(claim, named)
    read = corrected(claim, first)
    cleared = replace(named, source="", perpetrator="")
    made = changes_to(read, cleared)
    assert made == (Change("attribution", "null"), Change("perpetrator", "null"))
    bare = corrected(read, made)
    assert (bare.attribution, bare.perpetrator) == (None, None)
    # As the form shows it then, with another field set: nobody is still nobody; and a name can be given again.
    again = corrected(read, changes_to(read, replace(wanted_as_is(bare), harm=Harm.MISSING), made))
    assert (again.attribution, again.perpetrator) == (None, None)
    renamed = corrected(read, changes_to(read, named, made))
    assert (renamed.attribution, renamed.perpetrator) == (read.attribution, read.perpetrator)
    # A name that an earlier correction gave, where none was read, is taken out whole.
    after = corrected(claim, changes_to(claim, cleared, first))
    assert after.attribution is None
    assert after.perpetrator is None or not after.perpetrator.text
