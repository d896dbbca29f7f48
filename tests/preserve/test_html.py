import pytest

from sijill.core.document import Metadata, Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.reading import read_bytes
from tests.preserve.documents import ARABIC, ENGLISH, FRENCH, page

FIELDS = (
    "<title>Shells hit market | Meravia Courier</title><meta property='og:site_name' content='Meravia Courier'>"
    "<link rel='canonical' href='https://courier.example/2031/03/09/market'>"
)


def read(html: str | bytes, name: str = "a.html", limits: Limits = DEFAULT_LIMITS) -> Reading:
    return read_bytes(html.encode() if isinstance(html, str) else html, name=name, limits=limits)


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


def test_the_article_and_its_fields() -> None:
    stated = "<meta property='article:published_time' content='2031-03-09T14:05:00+02:00'>"
    reading = read(page(f"<h1>Shells hit market</h1><p>{ENGLISH}</p>", head=FIELDS + stated))
    assert reading.text == f"Shells hit market\n{ENGLISH}"
    assert reading.metadata == Metadata(
        "Shells hit market",
        "Meravia Courier",
        "https://courier.example/2031/03/09/market",
        "en",
        "2031-03-09T14:05:00+02:00",
    )
    assert reading.reader.startswith("html@1+trafilatura-")
    assert reading.notes == ()


def test_arabic() -> None:
    reading = read(page(f"<h1>قصف سوق سنا</h1><p>{ARABIC}</p>", lang="ar"))
    assert reading.text == f"قصف سوق سنا\n{ARABIC}"
    assert reading.metadata.language == "ar"


@pytest.mark.parametrize("encoding", ["windows-1256", "utf-16", "utf-8"])
def test_encodings(encoding: str) -> None:
    text = ARABIC.translate({ord(c): str(i) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩")})
    html = page(f"<p>{text}</p>", lang="ar").replace("utf-8", encoding)
    assert read(html.encode(encoding)).text == text


def test_a_page_without_an_article_is_all_that_it_shows() -> None:
    cells = "".join(f"<tr><td>Village {i}<td>{i} killed</tr>" for i in range(40))
    html = f"<html><body><div><span>List of the dead</span><table>{cells}</table><script>x</script></div></body></html>"
    text = read(html).text
    assert "List of the dead" in text
    assert all(f"{i} killed" in text for i in range(40))
    assert "x" not in text.split()


@pytest.mark.parametrize("shown", ["<p>Ten.</p>", f"<article><p>{ENGLISH} Ten.</p></article>"])
def test_what_a_page_hides_is_left_out(shown: str) -> None:
    html = f"<html><body><p hidden>71 killed</p><p style='display : none'>72 killed</p>{shown}</body></html>"
    assert read(html).text.endswith("Ten.")
    assert "7" not in read(html).text


def test_a_page_that_hides_nearly_everything_is_read_and_that_is_said() -> None:
    reading = read(f"<html><body><p>Loading</p><div style='display:none'><p>{ENGLISH}</p></div></body></html>")
    assert ENGLISH in reading.text
    assert "hidden_text" in codes(reading)


@pytest.mark.parametrize(
    ("markup", "published", "noted"),
    [
        ('<script type="application/ld+json">{"datePublished": "2031-03-09"}</script>', "2031-03-09", []),
        ("<meta name='DC.date.issued' content='9 March 2031'>", "2031-03-09", []),
        ("<meta itemprop='datePublished' content='2031-03-09'>", "2031-03-09", []),
        ("<meta name='date' content='03/08/2031'>", None, ["date_unclear"]),
        ("", None, []),
    ],
)
def test_the_date_that_markup_states(markup: str, published: str | None, noted: list[str]) -> None:
    plain = ENGLISH.replace("9 March 2031", "Sunday")
    reading = read(page(f"<p>{plain}</p>", head=markup))
    assert reading.metadata.published == published
    assert codes(reading) == noted


def test_a_date_of_one_time_element() -> None:
    one = f"<time datetime='2031-03-09T10:00Z'>x</time><p>{ENGLISH}</p>"
    assert read(page(one)).metadata.published == "2031-03-09T10:00:00+00:00"


def test_time_elements_of_several_days_are_those_of_other_articles() -> None:
    several = "<time datetime='2031-03-07'>x</time><time datetime='2031-03-08'>y</time>"
    plain = ENGLISH.replace("9 March 2031", "Sunday")
    assert "date_from_text" in codes(read(page(f"{several}<p>{plain}</p>")))


def test_a_date_in_the_address() -> None:
    reading = read(page(f"<p>{ENGLISH}</p>", head=FIELDS))
    assert (reading.metadata.published, codes(reading)) == ("2031-03-09", [])


def test_a_date_in_the_words_alone_is_marked() -> None:
    reading = read(page(f"<p class='date'>Published 2031-03-10</p><p>{ENGLISH}</p>"))
    assert (reading.metadata.published, codes(reading)) == ("2031-03-10", ["date_from_text"])


def test_the_template_does_not_decide_the_language() -> None:
    reading = read(page(f"<p>{ARABIC}</p>", lang="en"))
    assert (reading.metadata.language, codes(reading)) == ("ar", ["language_contradicted"])


def test_the_host_is_the_publisher_where_no_name_is_stated() -> None:
    head = "<link rel='canonical' href='https://www.courier.example/x'>"
    assert read(page(f"<p>{FRENCH}</p>", head=head, lang="fr")).metadata.publisher == "courier.example"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (page("<div>" * 300 + ENGLISH), "nested too deeply"),
        (page(f"<p {' '.join(f'a{i}=1' for i in range(9_000))}>{ENGLISH}</p>"), "more than 1,000 attributes"),
        (page(f"<p>{'word ' * 2_200_000}</p>"), "too large for the parser"),
        ("<html><body><script>12</script></body></html>", "no text in it"),
    ],
)
def test_refused(html: str, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read(html)


def test_more_markup_than_is_allowed() -> None:
    with pytest.raises(UnreadableFile, match="more than 1,000 bytes of markup"):
        read(page(f"<p>{ENGLISH * 5}</p>"), limits=Limits(max_markup=1_000))


def test_entities_of_a_page_are_not_expanded() -> None:
    laughs = "<!DOCTYPE html [<!ENTITY a 'laugh'>]>"
    assert "laugh" not in read(laughs + page(f"<p>{ENGLISH} &a;</p>").removeprefix("<!DOCTYPE html>")).text.split()


@pytest.mark.parametrize("control", ["\x01", "\x0c", "&#1;", "&#12;", "&#xfffe;"])
def test_a_character_that_xml_does_not_hold_costs_no_article(control: str) -> None:
    """Found by fuzzing: it ended the reader, or the whole page passed for the article."""
    reading = read(page(f"<p>{ENGLISH}</p><div hidden>x</div>{control} <p class='{control}'>Ten more.</p>"))
    assert reading.text.startswith(ENGLISH)
    assert reading.text.endswith("Ten more.")
    assert codes(reading) == []
