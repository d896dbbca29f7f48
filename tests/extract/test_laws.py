"""Laws that hold for any text: nothing breaks the reader, spans are verbatim, strangers change no claim."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.claim import Claim
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims

WORDS = (
    *("killed", "were", "wounded", "12", "three", "people", "soldiers", "and", ",", "including", "of", "the", "in"),
    *("Ostra", "on", "Monday", "said", "by", "dozens", "houses", "destroyed", "(", ")", "-", "not", "from", "to", ":"),
    *("a", "woman", "her", "who", "at least", "death toll", "rose", "2031", "March", "6", "\n", "*"),
    *("\u202e", "ki*lled"),
)
PHRASES = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)
# Sentences that name no day, no place, nobody who speaks or acts, and no harm.
STRANGERS = (
    "The harvest was good and prices stayed low.",
    "A choir of forty sang old songs until dusk.",
    "Bread costs nine coins a loaf.",
    "Nobody could remember such quiet streets.",
)
CLAIMS = (
    "Raiders killed 12 farmers in Ostra on 3 March 2031, the hospital said.",
    "At least nine people were wounded near Harun on 5 May 2031, according to the police.",
    "Four houses were destroyed in Balta on 6 May 2031, the mayor said.",
)


def read(text: str) -> tuple[Claim, ...]:
    return read_claims(
        text,
        document="x",
        published=dt.date(2031, 6, 1),
        language="en",
        publisher=None,
        gazetteer=Gazetteer.shipped(),
        uncounted=True,
    )


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=400), PHRASES, st.tuples(PHRASES, st.text(max_size=80)).map("".join)))
def test_no_text_breaks_the_reader_and_every_span_is_verbatim(text: str) -> None:
    for claim in read(text):
        assert claim.quote.stands_in(text)
        assert claim.count is None or claim.count.span.stands_in(text)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CLAIMS),
    st.lists(st.sampled_from(STRANGERS), max_size=6),
    st.lists(st.sampled_from(STRANGERS), max_size=6),
)
def test_strangers_before_and_after_change_no_claim(claim: str, before: list[str], after: list[str]) -> None:
    alone, among = read(claim), read(" ".join([*before, claim, *after]))
    assert [own(c) for c in among] == [own(c) for c in alone]


def own(c: Claim) -> tuple[object, ...]:
    """A claim's fields without where it stands."""
    return (c.harm, c.count and c.count.text, c.group, c.place, c.period, c.attribution, c.perpetrator, c.quote.text)
