"""Finding places' names in running text. The sentences are invented, and so are Tell Senna and Hadra in Meravia."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.extract.gazetteer import Gazetteer, GazetteerEntry

SHIPPED = Gazetteer.shipped()


def own(name: str, name_ar: str) -> GazetteerEntry:
    """A place of an invented case."""
    return GazetteerEntry(f"case:{name}", name, name_ar, "settlement", "Meravia", None, -12.5, 71.5, None, "test")


def slices(gazetteer: Gazetteer, text: str, **options: tuple[str, ...]) -> list[str]:
    """The names found in a text, as they stand there."""
    return [text[found.start : found.end] for found in gazetteer.find_names(text, **options)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Shells fell on Homs, Syria, overnight.", ["Homs", "Syria"]),
        ("in Deir ez-Zor's east and al-Bab, Syria", ["Deir ez-Zor", "al-Bab", "Syria"]),
        ("Jisr al-Shughur and Khan Shaykhun in Syria", ["Jisr al-Shughur", "Khan Shaykhun", "Syria"]),
        ("dans la province d'Alep, en Syrie", ["Alep", "Syrie"]),
        ("L'Irak et la Syrie", ["Irak", "Syrie"]),
        ("قُتل ثلاثة في حمص وحماة وبدمشق", ["حمص", "حماة", "دمشق"]),
        ("وصلوا للرقة ودير الزور في سوريا", ["رقة", "دير الزور", "سوريا"]),
        ("في مدينة الباب شمالي سوريا", ["الباب", "سوريا"]),
        ("بَلَغَ حِمْصَ أمس", ["حِمْصَ"]),
        ("HOMS, SYRIA", ["HOMS", "SYRIA"]),
        ("Homs\nSyria", ["Homs", "Syria"]),
        ("South Sudan is not Sudan", ["South Sudan", "Sudan"]),
        ("homs in small letters", []),
        ("", []),
    ],
)
def test_names_are_found_where_they_stand(text: str, names: list[str]) -> None:
    assert slices(SHIPPED, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Police in March said that of all people, Most were Reading a Nice book.",
        "Of the victims, Ali and Mohammed were brothers. Victoria said so.",
        "Il y a eu des morts Lors de Mars, Selon la Police.",
        "قتل رجل يوم الجمعة في السوق بعد قصف الجيش على البلد",
        "قال محمد وعلي وحسن إن الثورة مستمرة",
        "الشـ ـام",
        "The Security Council and the White House",
    ],
)
def test_ordinary_words_and_given_names_are_no_places(text: str) -> None:
    assert slices(SHIPPED, text) == []


def test_the_arabic_article_tells_an_adjective_from_a_country() -> None:
    assert slices(SHIPPED, "دخلت القوات الروسية سورية") == ["سورية"]
    assert slices(SHIPPED, "خرج الناس") == []


def test_a_little_place_counts_only_in_company() -> None:
    assert slices(SHIPPED, "Two died in Ksour.") == []
    assert slices(SHIPPED, "Two died in Taftanaz.") == []
    assert slices(SHIPPED, "Two died in Taftanaz, Syria.") == ["Taftanaz", "Syria"]
    assert slices(SHIPPED, "Two died in Taftanaz.", countries=("SY",)) == ["Taftanaz"]


def test_a_name_beside_other_capitals_is_a_persons_or_a_bodys() -> None:
    assert slices(SHIPPED, "General Taftanaz spoke in Syria.") == ["Syria"]
    assert slices(SHIPPED, "In Taftanaz Hospital in Syria") == ["Taftanaz", "Syria"]


def test_a_place_in_a_country_that_is_spoken_of_comes_first() -> None:
    text = "القنيطرة في سوريا"
    assert [found.entries[0].country for found in SHIPPED.find_names(text)] == ["SY", "SY"]


def test_own_places_are_found_in_text() -> None:
    places = [own("Tell Senna", "تل سنا"), own("Hadra", "الحضرة")]
    gazetteer = SHIPPED.with_places(places)
    assert slices(gazetteer, "Near Tell Senna and in Hadra, in Homs.") == ["Tell Senna", "Hadra", "Homs"]
    assert slices(gazetteer, "قرب تل سنّا وبالحضرة") == ["تل سنّا", "الحضرة"]
    assert slices(SHIPPED, "Near Tell Senna and in Hadra.") == []


WORDS = st.sampled_from(
    [
        "Homs",
        "al-Bab",
        "Deir",
        "ez-Zor",
        "Syria's",
        "d'Alep",
        "في",
        "وحمص",
        "دير",
        "الزور",
        "للرقة",
        "the",
        "K'",
        "ـا",
        "\n",
        ",",
    ]
)


@given(st.lists(WORDS | st.text(max_size=8), max_size=40).map(" ".join))
def test_found_names_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    end = 0
    for found in SHIPPED.find_names(text):
        assert end <= found.start < found.end <= len(text)
        assert found.entries
        end = found.end


@given(st.lists(WORDS, max_size=20).map(" ".join))
def test_what_was_read_before_changes_nothing(text: str) -> None:
    assert Gazetteer.shipped().find_names(text) == SHIPPED.find_names(text)


@pytest.mark.parametrize(
    "piece", ["A'", "Aa-", "al-", "Deir ", "دير ", "و", "Homs", "San José ", "\u0301", "d'", "للل ", "ـ"]
)
def test_a_hostile_text_is_read_to_its_end(piece: str) -> None:
    """Work that grew with the square of the length would not end before the limit of a test."""
    SHIPPED.find_names(piece * (300_000 // len(piece)))
