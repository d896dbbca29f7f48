"""Which counts go back to one voice."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.claim import AttributionKind, Span
from sijill.core.mention import Repetition, Sharing
from sijill.core.state import JudgedClaim, Origin
from sijill.link.origins import origins
from sijill.link.records import Reported
from tests.link.notation import days_of, said

SENTENCE = "Shells fell on the market of Orsa at noon and 8 people were killed."


def voices(*claims: Reported) -> list[str]:
    return [o.voice for o in origins(claims)]


def only(claim: Reported) -> Origin:
    (found,) = origins([claim])
    return found


def test_a_named_source_is_the_voice_whoever_passes_it_on() -> None:
    a = said("a", 8, "the Health Ministry", publisher="Kestrel Wire")
    b = said("b", 9, "ministère de la Santé", publisher="Agence Lanterne", order=1)
    c = said("c", 9, "وزارة الصحة", publisher="النهر", order=2)
    found = origins([a, b, c])
    assert len({o.voice for o in found}) == 1
    # Each spelling is used once: of the Latin ones the longest is shown.
    assert {o.name for o in found} == {"ministère de la Santé"}
    assert [o.through for o in found] == [("Kestrel Wire",), ("Agence Lanterne",), ("النهر",)]
    assert found[0].reason == "the report names it as its source"


def test_the_chain_is_kept() -> None:
    claim = said("a", 8, "Orsa Valley Monitor", publisher="Harbourline", chain=("local media",))
    assert only(claim).through == ("local media", "Harbourline")


def test_without_a_source_it_is_the_publisher_s_own_count() -> None:
    found = only(said("a", 8, publisher="Kestrel Wire"))
    assert (found.name, found.through) == ("own count of Kestrel Wire", ())
    assert found.reason == "no source is named: own count of its publisher"


def test_the_publisher_and_those_who_cite_it_are_one_voice() -> None:
    own = said("a", 8, publisher="Kestrel Wire")
    cited = said("b", 8, "Kestrel Wire", publisher="The Courier", order=1)
    by_name = said("c", 9, "Kestrel Wire", publisher="Kestrel Wire", order=2)
    assert len(set(voices(own, cited, by_name))) == 1
    assert origins([own, cited, by_name])[2].reason == "the publisher's own count, by name"


def test_without_source_and_publisher_each_report_stands_alone() -> None:
    a, b = said("a", 8), said("b", 8, quote="Then 8 people were killed.", order=1)
    assert len(set(voices(a, b))) == 2
    assert only(a).reason == "neither source nor publisher is known"


def test_an_attribution_marked_unattributed_is_none() -> None:
    claim = said("a", 8, "it is said", publisher="Kestrel Wire", kind=AttributionKind.UNATTRIBUTED)
    assert only(claim).name == "own count of Kestrel Wire"


def test_witnesses_of_two_outlets_are_two_voices() -> None:
    a = said("a", 8, "witnesses", publisher="Kestrel Wire")
    b = said("b", 8, "witnesses", publisher="The Courier", order=1, quote="Witnesses counted 8 bodies.")
    same = said("c", 9, "witnesses", publisher="Kestrel Wire", order=2)
    found = origins([a, b, same])
    assert found[0].voice != found[1].voice
    assert found[0].voice == found[2].voice
    assert found[0].name == "witnesses (told by Kestrel Wire)"


def test_official_figures_name_nobody() -> None:
    a = said("a", 8, "official figures", publisher="Kestrel Wire", kind=AttributionKind.OFFICIAL)
    text = "Selon des chiffres officiels, 8 personnes ont été tuées."
    b = said("b", 8, "chiffres officiels", publisher="Agence Lanterne", order=1, quote=text)
    assert len(set(voices(a, b))) == 2


def test_a_named_witness_is_known_only_to_the_outlet() -> None:
    a = said("a", 4, "Mira", publisher="Kestrel Wire", kind=AttributionKind.WITNESS)
    text = "Mira counted 4 bodies."
    b = said("b", 4, "Mira", publisher="The Courier", kind=AttributionKind.WITNESS, order=1, quote=text)
    assert len(set(voices(a, b))) == 2


def test_a_short_form_is_learned_from_another_report() -> None:
    a = said("a", 8, "OVM", publisher="Kestrel Wire")
    b = said(
        "b", 8, "Orsa Valley Monitor", publisher="The Courier", order=1, text="The Orsa Valley Monitor (OVM) says 8."
    )
    found = origins([a, b])
    assert found[0].voice == found[1].voice
    assert found[0].name == "Orsa Valley Monitor"
    assert found[0].reason.endswith("; the texts give one as the short form of the other")


def test_the_ministry_after_the_interior_ministry() -> None:
    full = said("a", 8, "Interior Ministry", publisher="Kestrel Wire")
    short = said("a", 9, "the ministry", publisher="Kestrel Wire", quote="The ministry counts 9 dead.")
    found = origins([full, short])
    assert found[0].voice == found[1].voice
    assert found[1].reason == "a shorter form of a name in the same report"


def test_the_ministry_where_the_report_names_two_stays_itself() -> None:
    claims = [
        said("a", 8, "Interior Ministry", publisher="Kestrel Wire"),
        said("a", 7, "Health Ministry", publisher="Kestrel Wire", quote="The Health Ministry counts 7 dead."),
        said("a", 9, "the ministry", publisher="Kestrel Wire", quote="The ministry counts 9 dead."),
    ]
    assert len(set(voices(*claims))) == 3


def test_a_headline_without_a_source_repeats_the_body_s() -> None:
    headline = said("a", 14, publisher="Harbourline", quote="At least 14 dead")
    body = said("a", 14, "Orlune Hospital", publisher="Harbourline")
    found = origins([headline, body])
    assert found[0].voice == found[1].voice
    assert found[0].reason == "no source is named here; the same report gives the same count by this source"


def test_the_same_number_at_another_place_is_no_repeat() -> None:
    other = said("a", 14, publisher="Harbourline", quote="In Velt 14 were killed.", place="Velt")
    body = said("a", 14, "Orlune Hospital", publisher="Harbourline")
    assert len(set(voices(other, body))) == 2


def test_the_same_number_on_another_day_is_no_repeat() -> None:
    body = dated(said("a", 14, "Orlune Hospital", publisher="Harbourline"), "5")
    for days, expected in (("5", 1), ("9", 2)):
        other = dated(said("a", 14, publisher="Harbourline", quote="Later 14 were killed."), days)
        assert len(set(voices(other, body))) == expected


def dated(c: Reported, days: str) -> Reported:
    claim = c.claim.with_changes(period=days_of(days))
    return replace(c, judged=JudgedClaim(claim.id, claim, claim))


def test_a_copied_sentence_is_the_earlier_report_s_voice() -> None:
    first = said("a", 8, publisher="Kestrel Wire", quote=SENTENCE, published=4, order=1)
    copy = said("b", 8, publisher="Harbourline", quote=SENTENCE.upper(), published=5, order=0)
    found = origins([first, copy])
    assert found[0].voice == found[1].voice == voices(first)[0]
    assert found[1].through == ("Harbourline",)
    assert "word for word" in found[1].reason


def test_a_copied_sentence_with_another_number_is_another_voice() -> None:
    first = said("a", 8, publisher="Kestrel Wire", quote=SENTENCE, published=4)
    other = said("b", 9, publisher="Harbourline", quote=SENTENCE.replace("8", "9"), published=5, order=1)
    assert len(set(voices(first, other))) == 2


def test_a_short_sentence_is_no_proof_of_copying() -> None:
    a = said("a", 8, publisher="Kestrel Wire", quote="Orsa: 8 killed.", published=4)
    b = said("b", 8, publisher="Harbourline", quote="Orsa: 8 killed.", published=5, order=1)
    assert len(set(voices(a, b))) == 2


def test_copied_words_about_witnesses_are_one_voice_too() -> None:
    text = "Witnesses who fled from the market of Orsa said that 8 people were killed."
    a = said("a", 8, "witnesses", publisher="Kestrel Wire", quote=text, published=4)
    b = said("b", 8, "witnesses", publisher="Harbourline", quote=text, published=5, order=1)
    assert len(set(voices(a, b))) == 1


def test_no_claims_no_voices() -> None:
    assert origins([]) == ()


SOURCES = ["", "witnesses", "Interior Ministry", "وزارة الداخلية", "OVM", "Orsa Valley Monitor", "the ministry"]
batches = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(1, 9), st.sampled_from(SOURCES)), min_size=1, max_size=8
).map(
    lambda rows: tuple(
        {
            c.id: c
            for r, n, s in rows
            for c in [said(r, n, s, publisher=f"Outlet {r}", published=4 + ord(r) % 3, order=ord(r))]
        }.values()
    )
)


@given(batches, st.randoms())
def test_the_order_in_which_claims_are_given_changes_nothing(claims: tuple[Reported, ...], random: Random) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert set(origins(shuffled)) == set(origins(claims))


@given(batches)
def test_every_claim_has_one_voice_with_a_name_and_a_reason(claims: tuple[Reported, ...]) -> None:
    found = origins(claims)
    assert [o.claim for o in found] == [c.id for c in claims]
    assert all(o.voice and o.name and o.reason for o in found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Human Rights Watch", "هيومن رايتس ووتش"),
        ("MSF", "أطباء بلا حدود"),
        ("Médecins Sans Frontières", "Doctors Without Borders"),
        ("the International Committee of the Red Cross", "CICR"),
        ("AFP", "وكالة فرانس برس"),
    ],
)
def test_a_well_known_organisation_is_one_voice_by_any_of_its_names(one: str, other: str) -> None:
    a, b = said("a", 8, one, publisher="Kestrel Wire"), said("b", 9, other, publisher="The Courier", order=1)
    assert len(set(voices(a, b))) == 1


def test_a_short_form_means_what_the_text_says() -> None:
    text = "The Harbour Relief Watch (HRW) said that in Orsa 8 people were killed."
    a = said("a", 8, "HRW", publisher="Kestrel Wire", text=text)
    b = said("b", 8, "Human Rights Watch", publisher="The Courier", order=1)
    assert len(set(voices(a, b))) == 2


@pytest.mark.parametrize(
    ("sharing", "led_back"), [(Sharing.TRANSLATION, [True, False]), (Sharing.EXCERPT, [True, True])]
)
def test_of_a_translation_only_the_passage_compared_is_led_back(sharing: Sharing, led_back: list[bool]) -> None:
    words = "12 were killed. Elsewhere 9 died."
    first, later = (
        [said(d, n, publisher=who, published=day, order=day, quote=words) for n in (12, 9)]
        for d, who, day in (("a", "Harbourline", 5), ("b", "Kestrel Wire", 6))
    )
    passage = Span(words[:15], 0, 15)
    repeat = Repetition(later[0].document, first[0].document, sharing, 0.7, 1.0, passage, passage, "four figures")
    found = origins([*first, *later], [repeat])
    assert [o.voice == found[0].voice for o in found[2:]] == led_back
