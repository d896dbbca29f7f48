import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.preserve.language import COMMON_WORDS, contradicts, language_of, language_tag
from tests.preserve.documents import ARABIC, ENGLISH, FRENCH

GERMAN = (
    "Bei einem Angriff auf den Markt von Alt-Senna wurden nach Angaben der Behörden zwölf Menschen getötet und 34 "
    "verletzt. Die Regierung der Republik Meravien sprach von einem Unglück und kündigte eine Untersuchung an."
)
PERSIAN = "وزارت بهداشت جمهوری مراویا گفت که دوازده نفر در بازار قدیم سنا کشته و چندین نفر زخمی شدند و گروهی گریختند."
URDU = (
    "وزارت صحت نے کہا کہ بازار میں بارہ افراد ہلاک اور کئی زخمی ہوئے ہیں، اور بڑی تعداد میں لوگ نقل مکانی کر گئے ہیں۔"
)
RUSSIAN = (
    "По данным министерства здравоохранения Республики Меравия, погибли двенадцать человек, ранены тридцать четыре."
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (ARABIC, "ar"),
        (FRENCH, "fr"),
        (GERMAN, "de"),
        (PERSIAN, "fa"),
        (URDU, "ur"),
        (RUSSIAN, "ru"),
        ("مقتل ١٢ شخصاً", "ar"),
        ("Douze morts et trente-quatre blessés à Senna", "fr"),
        ("נהרגו שנים עשר בני אדם", "he"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "12", "12 / 34", "OK", "نا", "…"])
def test_too_little_to_tell(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize(
    ("stated", "tag"),
    [("ar", "ar"), ("AR-SY", "ar"), ("en_US", "en"), ("zh-Hans-CN", "zh"), ("Arabic", None), ("", None), (None, None)],
)
def test_tags(stated: str | None, tag: str | None) -> None:
    assert language_tag(stated) == tag


def test_a_template_in_another_language_is_contradicted() -> None:
    assert contradicts("en", ARABIC)
    assert contradicts("ar", ENGLISH)
    assert not contradicts("ar", ARABIC + " https://courier.example/2031/03/09/the-market-of-old-senna" * 3)
    assert not contradicts("xx", ARABIC)


def test_no_two_languages_share_a_common_word() -> None:
    words = [word for common in COMMON_WORDS.values() for word in common]
    assert len(words) == len(set(words))


@given(st.text(max_size=300))
def test_total(text: str) -> None:
    found = language_of(text)
    assert found is None or language_tag(found) == found
