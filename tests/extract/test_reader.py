"""What must hold of the reader on any text at all, and what it reads in the two seed articles."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.canonical import canonical
from sijill.core.claim import AttributionKind, Claim, Harm, Stance
from sijill.core.quantity import Qualifier, Quantity
from sijill.core.wire import from_json, to_json
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import extractor_for, languages, read_claims

PUBLISHED = dt.date(2031, 3, 9)
# Words that set the rules off, so that arbitrary texts are not merely passed over.
WORDS = (
    *("killed", "wounded", "at", "least", "12", "three", "dozens", "of", "people", "soldiers", "civilians", "children"),
    *("a", "woman", "including", "and", ",", ".", ";", ":", "(", ")", "-", "—", "the", "death", "toll", "has", "risen"),
    *("to", "were", "was", "in", "Ostra", "near", "March", "4", "2031", "Friday", "yesterday", "since", "said", "that"),
    *("according", "officials", "houses", "burned", "missing", "no", "not", "could", "have", "been", "by", "gunmen"),
    *("“", "”", '"', "'", "%", "$", "among", "those", "them", "others", "between", "30", "40", "million", "hundred"),
    *("half", "set", "on", "fire", "IS", "US", "U.S.", "ki*lled", "kil-led", "قتل", "١٢", "死亡", "\u200f", "\u202e"),
    *("\ufeff", "🙂", "\n", "\n\n"),
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=60).map(" ".join),
)


def read(
    text: str, published: dt.date | None = PUBLISHED, *, uncounted: bool = False, language: str = "en"
) -> tuple[Claim, ...]:
    return read_claims(
        text,
        document="report",
        published=published,
        language=language,
        publisher=None,
        gazetteer=Gazetteer.shipped(),
        uncounted=uncounted,
    )


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, published=st.none() | st.dates(), uncounted=st.booleans())
def test_any_text_is_read_and_every_span_stands(text: str, published: dt.date | None, uncounted: bool) -> None:
    claims = read(text, published, uncounted=uncounted)
    for claim in claims:
        assert claim.quote.stands_in(text)
        assert claim.count is None or claim.count.span.stands_in(text)
        assert (claim.count is not None) or uncounted
    starts = [(c.quote.start, c.count.start if c.count else -1) for c in claims]
    assert starts == sorted(starts)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_the_same_words_give_the_same_claims(text: str) -> None:
    first = [canonical(to_json(c)) for c in read(text)]
    assert first == [canonical(to_json(c)) for c in read(text)]


@settings(max_examples=60, deadline=None)
@given(text=st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_claims_survive_json(text: str) -> None:
    for claim in read(text, uncounted=True):
        assert from_json(Claim, to_json(claim)) == claim


@pytest.mark.parametrize(
    "unit",
    [
        "killed 12 ",
        "12 people, ",
        "(((",
        "“",
        ". ",
        "and ",
        "said that ",
        "12,",
        "-",
        "a.",
        "A",
        "killed ",
        " " * 20,
        "ki*",
    ],
)
def test_hostile_repetition_costs_no_more_per_character(unit: str) -> None:
    def steps(times: int) -> int:
        return _lines_run(unit * times)

    few, many = steps(200), steps(2000)
    assert many <= 12 * few + 20_000, f"{many} steps for ten times the text that took {few}"


@pytest.mark.parametrize(
    ("language", "unit"), [("fr", "douze morts "), ("es", "murieron doce. "), ("uk", "загинуло 12 ")]
)
def test_hostile_repetition_costs_no_more_in_other_languages(language: str, unit: str) -> None:
    few, many = _lines_run(unit * 100, language), _lines_run(unit * 1000, language)
    assert many <= 12 * few + 20_000, f"{many} steps for ten times the text that took {few}"


def _lines_run(text: str, language: str = "en") -> int:
    """How many lines of the reader's own code a text makes run: a count, where a clock would waver."""
    count = 0

    def trace(frame: object, event: str, arg: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        read(text, language=language)
    finally:
        sys.settrace(before)
    return count


def test_parts_carry_the_id_of_their_whole() -> None:
    whole, children, woman = read("Twelve civilians, including four children and a woman, were killed.")
    assert whole.part_of is None
    assert children.part_of == woman.part_of == whole.id


def test_a_source_quoted_by_another_is_the_origin() -> None:
    (claim,) = read("The Harun Post, citing the health ministry, said 12 people were killed.")
    assert claim.attribution is not None
    assert claim.attribution.source == "health ministry"
    assert claim.attribution.kind is AttributionKind.MEDICAL
    assert claim.attribution.chain == ("Harun Post",)


def test_evidence_names_the_rule_and_the_words_of_each_field() -> None:
    (claim,) = read("On Friday gunmen killed 12 people in the town of Ostra, the mayor said.")
    told = {e.field: (e.rule, e.words) for e in claim.evidence}
    assert told["harm"] == ("object of the verb", "killed")
    assert told["count"] == ("number grammar", "12")
    assert told["period"] == ("date in the sentence", "Friday")
    assert told["place"] == ("named in the sentence", "Ostra")
    assert told["perpetrator"] == ("subject of the verb", "gunmen")
    assert told["attribution"][0] == "verb of speech"


def test_uncounted_allegations_are_read_when_asked_for() -> None:
    text = "Homes were looted and soldiers executed villagers."
    assert read(text) == ()
    found = {(c.harm, c.group.text, c.count) for c in read(text, uncounted=True)}
    assert found == {(Harm.PROPERTY, "Homes", None), (Harm.KILLED, "villagers", None)}


def test_a_language_without_a_pack_is_said_to_have_none() -> None:
    assert "en" in languages()
    assert extractor_for("en") == extractor_for("en-GB")
    assert str(extractor_for("en")).startswith("rules-en@")
    assert extractor_for("xx") is None
    assert extractor_for(None) is None


def seed(shared: Path, number: str) -> tuple[Claim, ...]:
    (found,) = (shared / "reports" / "seeds").glob(f"{number}_*.txt")
    return read(found.read_text(encoding="utf-8"), None)


def test_the_article_on_the_protests_yields_its_tolls(shared: Path) -> None:
    claims = seed(shared, "000")
    assert [(c.harm, c.count.quantity if c.count else None) for c in claims] == [
        (Harm.KILLED, Quantity.at_least(3)),
        (Harm.WOUNDED, Quantity.vague()),
        (Harm.KILLED, Quantity.at_least(8)),
        (Harm.WOUNDED, Quantity.exactly(18)),
        (Harm.KILLED, Quantity.at_least(25)),
        (Harm.KILLED, Quantity.about(1500)),
        (Harm.DISMISSED, Quantity.vague()),
        (Harm.DISPLACED, Quantity.vague()),
    ]
    protests, injured, mosque, hurt, church, coast = claims[:6]
    for claim in (protests, injured):
        assert claim.attribution is not None
        assert claim.attribution.source == "official figures"
        assert claim.attribution.kind is AttributionKind.OFFICIAL
    for claim in (mosque, hurt):
        assert claim.place is not None
        assert "Wadi al-Dahab" in claim.place.text
        assert claim.period is not None
        assert claim.period.start == claim.period.end == dt.date(2025, 12, 26)
        assert claim.attribution is not None
        assert claim.attribution.source == "international press"
        assert claim.perpetrator is not None
        assert claim.perpetrator.stance is Stance.SELF_CLAIMED
    assert church.place is not None
    assert church.place.text == "Damascus"
    assert coast.attribution is not None
    assert coast.attribution.source == "Reuters"
    assert coast.period is not None
    assert (coast.period.start, coast.period.end) == (dt.date(2025, 3, 1), dt.date(2025, 3, 31))
    assert coast.count is not None
    assert coast.count.qualifier is Qualifier.ABOUT


def test_the_other_article_yields_no_toll(shared: Path) -> None:
    assert seed(shared, "004") == ()


def test_whoever_passes_it_on_is_named_without_the_verb_before_them() -> None:
    text = "Cinq hommes ont été tués, a rapporté vendredi l'agence Kestrel Wire, citant l'Observatoire de la Senna."
    (claim,) = read_claims(
        text, document="fr", published=None, language="fr", publisher=None, gazetteer=Gazetteer.shipped()
    )
    assert claim.attribution is not None
    assert (claim.attribution.source, claim.attribution.chain) == ("Observatoire de la Senna", ("agence Kestrel Wire",))
