import pytest

from sijill.link.names import fold, is_generic, name_key, place_key, skeleton, vocabulary, words_of

SAME_NAME = [
    ("Ministry of Health", "health ministry"),
    ("Ministry of Health", "وزارة الصحة"),
    ("Ministry of Health", "le ministère de la Santé"),
    ("the Interior Ministry’s spokeswoman", "Interior Ministry"),
    ("U.N.", "the United Nations"),
    ("l’ONU", "الأمم المتحدة"),
    ("Orsa Valley Monitor", "Observatoire de la vallée d’Orsa"),
    ("أَلْهِلَال الأحمر", "الهلال الاحمر"),
    ("Red Crescent", "Croissant-Rouge"),
]
OTHER_NAME = [
    ("Health Ministry", "Interior Ministry"),
    ("Orsa Hospital", "Velt Hospital"),
    ("Doctors Without Borders", "Reporters Without Borders"),
    ("وزارة الصحة", "وزارة الداخلية"),
]


@pytest.mark.parametrize(("a", "b"), SAME_NAME)
def test_spellings_of_one_name_have_one_key(a: str, b: str) -> None:
    assert name_key(a) == name_key(b)


@pytest.mark.parametrize(("a", "b"), OTHER_NAME)
def test_other_names_have_other_keys(a: str, b: str) -> None:
    assert name_key(a) != name_key(b)


@pytest.mark.parametrize(
    "source",
    [
        "witnesses", "local officials", "official figures", "two senior security sources", "medical sources", "reports",
        "témoins", "des sources hospitalières", "chiffres officiels", "le porte-parole",
        "شهود عيان", "مصادر طبية", "الأهالي", "مسؤول أمني", "ناشطون محليون",
    ],
)  # fmt: skip
def test_words_that_name_nobody(source: str) -> None:
    assert is_generic(source)


@pytest.mark.parametrize(
    "source", ["the health ministry", "Senna Valley Monitor", "الجيش", "gendarmerie", "Orlune residents’ council", ""]
)
def test_words_that_name_somebody(source: str) -> None:
    assert not is_generic(source)


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("Orsa Valley Monitor", "مرصد وادي أورسا"),
        ("Meravian army", "الجيش الميرافي"),
        ("Tamrel Hospital", "مستشفى تامريل"),
        ("Velbab police", "شرطة فلباب"),
    ],
)
def test_consonants_lead_from_one_script_to_the_other(latin: str, arabic: str) -> None:
    assert skeleton(name_key(latin)) == skeleton(name_key(arabic))


def test_place_names_without_the_kind_of_place() -> None:
    assert place_key("the village of Orsa") == place_key("Orsa") == place_key("près d’Orsa")
    assert place_key("قرية أورسا") == place_key("أورسا")
    assert place_key("Wadi Orsa") == place_key("وادي Orsa") == place_key("Orsa Valley")
    assert place_key("the village") == "village"
    assert place_key("Upper Orsa") != place_key("Lower Orsa")


def test_folding_is_done_once_and_for_all() -> None:
    for text in ("Méravie", "مُسْتَشْفَى الأَمَل", "WĀDĪ", "١٢ شهيدًا"):
        assert fold(fold(text)) == fold(text)


def test_a_french_article_is_not_the_united_nations() -> None:
    assert words_of("un habitant") == ("habitant",)
    assert words_of("UN mission") == ("united", "nations", "mission")


def test_the_vocabulary_is_folded_and_no_word_has_two_concepts() -> None:
    known = vocabulary()
    for words in (known.small, known.who, known.how, known.speakers, known.places):
        assert all(w == fold(w) and w for w in words)
    assert not known.small & known.who
    concepts: dict[str, str] = {}
    for word, concept in known.concepts.items():
        assert concepts.setdefault(word, concept) == concept
        assert known.concepts[concept] == concept
