import pytest

from sijill.core.document import Metadata, Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.pdf import numbers_in
from sijill.preserve.reading import read_bytes
from tests.preserve.documents import ARABIC, ENGLISH, Run, assembled, pdf


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Reading:
    return read_bytes(data, name="a.pdf", limits=limits)


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


def laid_out(text: str) -> str:
    """A line of Arabic as it stands on the page from left to right: words and letters turned around, numbers not."""
    return " ".join(
        word if word.strip(".,،").isdecimal() or word.replace(",", "").isdecimal() else word[::-1]
        for word in reversed(text.split())
    )


def plain(content: bytes, resources: bytes) -> bytes:
    """A page in one of the fonts that every reader of PDF has."""
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources %s /Contents 4 0 R >>" % resources,
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    )


HELVETICA = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"


def test_pages_are_parted_by_a_form_feed() -> None:
    data = pdf([[Run("Twelve people were killed"), Run("and 34 wounded.", y=680)], [Run("The market is closed")]])
    reading = read(data)
    assert reading.text == "Twelve people were killed\nand 34 wounded.\n\fThe market is closed"
    assert reading.reader.startswith("pdf@2+pypdfium2-")
    assert "+pypdf-" in reading.reader
    assert reading.notes == ()


def test_title_and_date_of_making() -> None:
    reading = read(
        pdf([[Run(ENGLISH[:60])]], info="/Title (Bulletin) /Author (m.korr) /CreationDate (D:20310309140500+02'00')")
    )
    assert reading.metadata == Metadata("Bulletin", None, None, "en", "2031-03-09T14:05:00+02:00")
    assert codes(reading) == ["date_from_file"]


@pytest.mark.parametrize("stated", ["D:2031", "D:20311340", "yesterday", ""])
def test_a_date_that_is_none_is_not_recorded(stated: str) -> None:
    assert read(pdf([[Run(ENGLISH[:60])]], info=f"/CreationDate ({stated})")).metadata.published is None


def test_arabic_is_in_the_order_of_reading() -> None:
    first, second = "قتل ١٢ شخصا وأصيب ٣٤ آخرون في سنا.", "ونزح 1,500 شخص بين ٣ و ٩ آذار."
    reading = read(pdf([[Run(laid_out(first)), Run(laid_out(second), y=680)]]))
    assert reading.text == f"{first}\n{second}"
    assert reading.metadata.language == "ar"
    assert reading.notes == ()


def test_arabic_and_latin_on_one_page() -> None:
    reading = read(pdf([[Run("12 killed near " + "سنا القديمة"[::-1]), Run("The end", y=680)]]))
    assert reading.text == "12 killed near سنا القديمة\nThe end"


def test_a_word_broken_by_a_hyphen_is_whole_and_a_range_stays() -> None:
    lines = (b"(twelve casual-)", b"(ties, between 30-)", b"(40 near al-)", b"(Karm)")
    drawn = b"BT /F1 12 Tf 50 700 Td " + b" ".join(b"%s Tj 0 -14 Td" % line for line in lines) + b" ET"
    assert read(plain(drawn, HELVETICA)).text.replace("\n", "|") == "twelve casualties, between 30-|40 near al-Karm"


def test_numbers_that_two_extractors_read_differently_are_flagged() -> None:
    """Eastern digits in a form object, which pypdf's safe mode passes over: only pdfium vouches for them."""
    reading = read(_with_form(pdf([[Run("34")], [Run(laid_out("قتل ١٢ شخصا في سنا"))]])))
    assert [(note.code, note.severe) for note in reading.notes] == [("pdf_numbers_disagree", True)]
    assert "page 2" in reading.notes[0].text
    assert "12" in reading.notes[0].text


def test_western_numbers_in_a_form_object_have_a_second_witness() -> None:
    assert read(_with_form(pdf([[Run("34")], [Run("12 killed in Senna")]]))).notes == ()


def _with_form(data: bytes) -> bytes:
    """The last page's content moved into a form object."""
    _, _, tail = data.rpartition(b"/Type /Page ")
    number = int(tail.split(b"/Contents ")[1].split()[0])
    stream_at = data.index(b"%d 0 obj\n" % number)
    end = data.index(b"endobj", stream_at)
    stream = data[stream_at:end].split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0]
    count = data.count(b" 0 obj\n")
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Length %d >>"
        b"\nstream\n%s\nendstream" % (len(stream), stream)
    )
    objects = [data.split(b"%d 0 obj\n" % i, 1)[1].split(b"\nendobj", 1)[0] for i in range(1, count + 1)]
    objects[number - 1] = b"<< /Length 5 >>\nstream\n/X Do\nendstream"
    page = next(i for i, body in enumerate(objects) if b"/Contents %d 0 R" % number in body)
    objects[page] = objects[page].replace(b"/Font", b"/XObject << /X %d 0 R >> /Font" % (count + 1))
    return assembled([*objects, form])


def test_pages_that_the_second_extractor_cannot_read_are_named() -> None:
    broken = b"BT /F1 12 Tf 50 700 Td (12 killed in Senna) Tj ET [ ( BT /F1"
    reading = read(plain(broken, HELVETICA))
    assert reading.text == "12 killed in Senna"
    assert [(note.code, note.severe) for note in reading.notes] == [("pdf_unchecked", True)]


def test_a_page_without_text_among_others_is_named() -> None:
    data = pdf([[Run(ENGLISH[:60])], []])
    assert codes(read(data)) == []
    drawn = data.replace(b"\nstream\n\nendstream", b"\nstream\n0 0 9 9 re f\nendstream").replace(
        b"/Length 0", b"/Length 12"
    )
    reading = read(drawn)
    assert codes(reading) == ["pdf_pages_without_text"]
    assert "page 2" in reading.notes[0].text


def test_glyphs_without_letters_are_told_of() -> None:
    reading = read(pdf([[Run("12 people killed in Senna \ue001")]]))
    assert reading.text == "12 people killed in Senna \ue001"
    assert [(note.code, note.severe) for note in reading.notes] == [("pdf_unmapped", True)]


@pytest.mark.parametrize(
    "data",
    [
        plain(b"0 0 100 100 re f", b"<< >>"),
        pdf([[Run("\ue001\ue002\ue003\ue004")]]),
        pdf([[Run("\x01\x02\x03\x04")]]),
    ],
    ids=["drawn", "private", "numbered"],
)
def test_a_page_without_letters_is_kept_without_text_and_says_so(data: bytes) -> None:
    reading = read(data)
    assert reading.text == ""
    assert "pdf_pages_without_text" in [note.code for note in reading.notes if note.severe]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7\n" + b"x" * 500, "damaged"),
        (pdf([[Run("12")]] * 5), "it has 5 pages, where 4 are allowed"),
        (pdf([[Run("12 " * 20)]] * 3), "more than 100 characters"),
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=r"a\.pdf: ") as caught:
        read(data, Limits(max_pages=4, max_text=100))
    assert reason in caught.value.reason
    assert caught.value.hint


def test_numbers_are_compared_by_value() -> None:
    assert numbers_in("١٢ و 007 و ۱۲ 1,500") == {"12": 2, "7": 1, "1": 1, "500": 1}
    assert numbers_in("٢١") != numbers_in("١٢")


def test_long_arabic() -> None:
    words = ARABIC.replace("ً", "").split()
    lines = [" ".join(words[i : i + 8]) for i in range(0, len(words), 8)]
    data = pdf([[Run(laid_out(line), y=700 - 20 * i, size=10) for i, line in enumerate(lines)]], compress=True)
    assert read(data).text == "\n".join(lines)
