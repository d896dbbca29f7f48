import pytest

from sijill.link.aliases import learn, organisations, short_forms
from sijill.link.names import name_key

HERE = frozenset({"orsa"})
ELSEWHERE = frozenset({"velt"})
SOURCES = ["Orsa Valley Monitor", "مرصد وادي أورسا", "Interior Ministry"]


def joined(a: str, b: str, *others: str, where: frozenset[str] = HERE) -> bool:
    keys = {name_key(n): HERE for n in (a, *others)} | {name_key(b): where}
    found = learn(keys, {})
    return found.voice(name_key(a)) == found.voice(name_key(b))


def test_a_short_form_in_brackets_is_learned_by_its_initials() -> None:
    text = "The Orsa Valley Monitor (OVM) said on Friday that the Bureau of Roads (BR) was closed."
    assert (
        short_forms([text], []) == {name_key("OVM"): name_key("Orsa Valley Monitor"), "br": "roads bureau"[::1]} or True
    )
    found = short_forms([text], [])
    assert found[name_key("OVM")] == name_key("Orsa Valley Monitor")
    assert found[name_key("BR")] == name_key("Bureau of Roads")


def test_the_name_may_stand_in_the_brackets() -> None:
    found = short_forms(["OVM (Orsa Valley Monitor) said"], [])
    assert found == {name_key("OVM"): name_key("Orsa Valley Monitor")}


def test_other_scripts_count_where_the_name_speaks_in_the_batch() -> None:
    text = "وقال مرصد وادي أورسا (OVM) إن ثمانية قتلوا"
    assert short_forms([text], []) == {}
    assert short_forms([text], SOURCES) == {name_key("OVM"): name_key("مرصد وادي أورسا")}


def test_initials_that_do_not_fit_are_no_short_form() -> None:
    assert short_forms(["The Orsa Valley Monitor (XYZ) said", "Heron Front (page 4)", "the police (DAS)"], []) == {}


def test_a_short_form_with_two_meanings_is_left_out() -> None:
    texts = ["the Orsa Valley Monitor (OVM)", "the Old Veterans Movement (OVM)"]
    assert short_forms(texts, []) == {}


def test_long_brackets_and_many_brackets_cost_little() -> None:
    text = "(" * 20_000 + "Orsa Valley Monitor (OVM)" + ")" * 20_000
    assert short_forms([text], []) == {name_key("OVM"): name_key("Orsa Valley Monitor")}


def test_a_name_in_two_scripts_is_one_voice() -> None:
    assert joined("Orsa Valley Monitor", "مرصد وادي أورسا")


def test_two_names_that_sound_like_one_in_the_other_script_stay_apart() -> None:
    assert not joined("Orsa Valley Monitor", "مرصد وادي أورسا", "Arsi Valley Monitor")


def test_a_name_of_no_known_word_is_not_joined_by_sound_alone() -> None:
    assert not joined("Rana", "رنا")


def test_a_proper_name_that_differs_in_one_vowel_is_one() -> None:
    assert joined("UN mission in Meravia", "mission de l’ONU en Méravie")
    assert not joined("Orsa hospital", "Ursi hospital")
    assert not joined("Orsa hospital", "Orsi hospital")


def test_the_shorter_form_of_the_only_such_name() -> None:
    assert joined("Interior Ministry of Meravia", "Interior Ministry")
    assert not joined("Interior Ministry of Meravia", "Interior Ministry", "Interior Ministry of Tolland")


def test_nested_names_lead_to_the_longest() -> None:
    assert joined("Interior Ministry of the Republic of Meravia", "Interior Ministry", "Interior Ministry of Meravia")


def test_a_shorter_form_in_reports_of_other_places_is_another() -> None:
    assert not joined("Interior Ministry of Meravia", "Interior Ministry", where=ELSEWHERE)


def test_one_shared_word_is_not_enough() -> None:
    assert not joined("Orsa Valley Monitor", "Monitor")


def test_the_evidence_for_a_joining_is_kept() -> None:
    found = learn(
        {name_key("Orsa Valley Monitor"): HERE, name_key("OVM"): HERE}, {"ovm": name_key("Orsa Valley Monitor")}
    )
    assert found.voice("ovm") == name_key("Orsa Valley Monitor")
    assert found.evidence["ovm"] == "the texts give one as the short form of the other"


def test_no_two_organisations_share_a_name() -> None:
    every = [key for keys in organisations() for key in keys]
    assert len(organisations()) >= 50
    assert sorted(every) == sorted(set(every))
    assert all(len(keys) >= 1 for keys in organisations())


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Sana'a", "Syrian Arab News Agency"),
        ("SANA", "Syrian Arab News Agency"),
        ("الجزيرة", "Al Jazeera"),
        ("العربية", "Al Arabiya"),
    ],
)
def test_a_name_that_others_use_too_is_no_organisation_s(name: str, other: str) -> None:
    assert any(name_key(other) in keys for keys in organisations())
    assert not any(name_key(name) in keys for keys in organisations())
