import re
import tomllib
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from markupsafe import Markup

from sijill.core.claim import AttributionKind, GroupType, Harm, Stance, Subset
from sijill.core.incident import CauseKind, Grade, GroupScope
from sijill.core.quantity import Qualifier
from sijill.core.state import ClaimState
from sijill.publish.catalogue import CATEGORIES, LANGUAGES, PLURAL, SPOKEN, WORDS, Catalogue, catalogue, parse

VOCABULARIES = {
    "harm": [*Harm],
    "group": [*GroupScope, *GroupType, "all_property"],
    "subset": [s or "all" for s in Subset],
    "quantity": [*Qualifier, "none"],
    "attribution_kind": [*AttributionKind],
    "stance": [*Stance],
    "state": [*ClaimState],
    "state_means": [*ClaimState],
    "cause": [*CauseKind],
    "grade": [*Grade],
    "grade_means": [*Grade],
    "period_precision": ["1", "2", "3", "4", "5"],
    "place_precision": ["1", "2", "3", "4", "5", "6", "7", "unresolved"],
    "month": [str(n) for n in range(1, 13)],
}
# Keys that code builds from a field or a language's code.
BUILT = ("field.", "language_name.")

# Unicode CLDR, language plural rules: the integers that it gives as samples of each category of Arabic.
ARABIC = {
    "zero": [0],
    "one": [1],
    "two": [2],
    "few": [*range(3, 11), *range(103, 111), 1003],
    "many": [*range(11, 27), 99, 111, 1011, 1_000_011],
    "other": [*range(100, 103), *range(200, 203), 300, 600, 1000, 10_000, 1_000_000],
}


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Catalogue:
    return catalogue(request.param)


def test_the_languages_have_the_same_keys() -> None:
    english, arabic = catalogue("en"), catalogue("ar")
    assert english.messages.keys() == arabic.messages.keys()
    assert english.plurals.keys() == arabic.plurals.keys()


def test_the_languages_fill_in_the_same_values() -> None:
    english, arabic = catalogue("en"), catalogue("ar")
    for key, message in english.messages.items():
        assert _names(message) == _names(arabic.messages[key]), key
    for key in english.plurals:
        assert _names(english.plurals[key]["other"]) == _names(arabic.plurals[key]["other"]), key


def test_every_plural_form_exists(words: Catalogue) -> None:
    for key, forms in words.plurals.items():
        assert sorted(forms) == sorted(CATEGORIES[words.language]), key
        for category, form in forms.items():
            # Arabic says one and two by the noun alone; from three on the number has to be there.
            assert "{n}" in form or category in ("zero", "one", "two"), (key, category)


def test_every_value_of_every_list_has_a_word(words: Catalogue) -> None:
    for vocabulary, values in VOCABULARIES.items():
        present = {k.partition(".")[2] for k in (*words.messages, *words.plurals) if k.startswith(f"{vocabulary}.")}
        assert present == {str(v) for v in values}, vocabulary


def test_every_message_is_used_and_every_message_used_exists(words: Catalogue) -> None:
    room = Path(str(files("sijill.publish")))
    code = "".join(p.read_text(encoding="utf-8") for p in sorted([*room.glob("*.py"), *room.glob("templates/*.j2")]))
    used = set(re.findall(r"""["']([a-z_]+\.[a-z_0-9]+)["']""", code))
    known = {*words.messages, *words.plurals}
    lists = tuple(f"{v}." for v in VOCABULARIES)
    assert {k for k in known if not k.startswith((*lists, *BUILT))} - used == {"language.name"} - used
    called = set(re.findall(r"""\b(?:t|n|plain|text|count)\(\s*["']([a-z_]+\.[a-z_0-9]+)["']""", code))
    assert called <= known


def test_no_message_holds_markup_or_a_hidden_character(words: Catalogue) -> None:
    every = [*words.messages.values(), *(f for forms in words.plurals.values() for f in forms.values())]
    for message in every:
        assert not re.search(r"[<>&\u200b-\u200f\u202a-\u202e\u2066-\u2069]|\s$|^\s(?!\S)", message.rstrip(" ")), (
            message
        )


def test_arabic_messages_are_arabic() -> None:
    for key, message in catalogue("ar").messages.items():
        letters = re.sub(r"\{\w+\}|GeoNames|CC BY|RFC|SHA|JSON|[^\w]|\d|_", "", message)
        assert not re.search(r"[A-Za-z]", letters), (key, message)


@pytest.mark.parametrize(("category", "numbers"), ARABIC.items())
def test_arabic_plurals_are_those_of_cldr(category: str, numbers: list[int]) -> None:
    assert {PLURAL["ar"](n) for n in numbers} == {category}


def test_english_plurals() -> None:
    assert [PLURAL["en"](n) for n in (0, 1, 2, 11, 101)] == ["other", "one", "other", "other", "other"]


@pytest.mark.parametrize(
    ("n", "expected"),
    [(0, "لا وثائق"), (1, "وثيقة واحدة"), (2, "وثيقتان"), (7, "7 وثائق"), (40, "40 وثيقةً"), (1100, "1,100 وثيقة")],
)
def test_arabic_nouns_agree_with_their_number(n: int, expected: str) -> None:
    assert catalogue("ar").count("incident.from_documents", n) == expected


def test_what_is_filled_in_is_escaped_and_isolated() -> None:
    written = catalogue("en").text("claim.voice", name="<b>{name}</b>")
    assert written == Markup("Voice: <bdi>&lt;b&gt;{name}&lt;/b&gt;</bdi>")
    assert catalogue("en").plain("claim.numbered", number=1200) == "claim 1,200"


def test_a_missing_message_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        catalogue("en").text("no.such")


def test_a_message_that_is_no_text_is_an_error() -> None:
    tree = tomllib.loads('language = { code = "en", direction = "ltr" }\n[site]\nroot = 7')
    with pytest.raises(TypeError, match=r"site\.root: a message is text, not int"):
        parse(tree)


def _names(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


def test_every_language_that_records_are_put_into_has_their_words() -> None:
    english = catalogue("en")
    for language in SPOKEN:
        other = catalogue(language)
        for held, theirs in ((english.messages, other.messages), (english.plurals, other.plurals)):
            ours = {k for k in held if k.partition(".")[0] in WORDS}
            assert {k for k in theirs if k.partition(".")[0] in WORDS} == ours, language
        for key in english.messages.keys() & other.messages.keys():
            assert _names(english.messages[key]) == _names(other.messages[key]), (language, key)
        for key, forms in other.plurals.items():
            assert sorted(forms) == sorted(CATEGORIES[language]), (language, key)


def test_a_french_reader_takes_no_comma_for_thousands() -> None:
    french = catalogue("fr")
    assert french.text("interval.between", low=1500, high=20000) == "de 1\u202f500 à 20\u202f000"
    assert french.count("cause.claims_added", 1) == "1 affirmation de plus"
    assert french.count("cause.claims_added", 0) == "0 affirmation de plus"
    assert french.plain("interval.at_least", low=1500) == "1\u202f500 ou plus"
