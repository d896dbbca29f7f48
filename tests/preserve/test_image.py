"""Pictures and scans through the real tesseract; without it these are skipped, but for those about its absence."""

import zlib
from pathlib import Path

import pytest
from PIL import Image

from sijill.core.document import OCR_UNCONFIRMED, Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.pool import ReaderPool, ReadJob
from sijill.preserve.reading import read_bytes
from sijill.preserve.tesseract import engine
from tests.preserve.documents import Run, assembled, pdf
from tests.preserve.hostile import png
from tests.preserve.pictures import ARABIC, LATIN, drawn, needs_arabic, needs_tesseract, saved, scan, told

FORMS = {"PNG": "png", "JPEG": "jpg", "TIFF": "tiff", "WEBP": "webp"}


def read(data: bytes, name: str = "a.png", limits: Limits = DEFAULT_LIMITS) -> Reading:
    return read_bytes(data, name=name, limits=limits)


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


@needs_tesseract
@pytest.mark.parametrize("form", FORMS)
def test_a_picture_is_read_and_no_number_in_it_is_confirmed(form: str) -> None:
    reading = read(saved(drawn(LATIN), form), f"bulletin.{FORMS[form]}")
    assert reading.text == "\n".join(LATIN)
    assert reading.metadata.language == "en"
    assert reading.media_type == f"image/{form.lower()}"
    (about,) = reading.notes
    assert (about.code, about.severe, about.start, about.end) == (OCR_UNCONFIRMED, True, 0, len(reading.text))


@needs_tesseract
def test_the_reader_says_which_program_and_models_read_it() -> None:
    found = engine()
    assert found is not None
    reading = read(saved(drawn(LATIN[:1])))
    assert reading.reader.startswith("image@1+pillow-")
    assert reading.reader.endswith("+" + "+".join(found.parts))
    assert [name for name, _ in found.models] == ["Arabic", "eng"]


@needs_tesseract
def test_a_picture_on_glass_turned_and_small() -> None:
    """Transparent, as screenshots are; on its side, with the mark of a camera; and of a telephone's size."""
    ink = drawn(LATIN)
    clear = Image.merge("RGBA", [Image.new("L", ink.size, 0)] * 3 + [ink.point(lambda v: 255 - v)])
    assert read(saved(clear)).text == "\n".join(LATIN)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = read(saved(ink.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif), "a.jpg")
    assert turned.text == "\n".join(LATIN)
    small = read(saved(drawn(LATIN, size=18, width=700)))
    assert "34 wounded when shells fell" in small.text


@needs_tesseract
def test_pages_of_a_tiff_are_parted_by_a_form_feed() -> None:
    first, second = drawn(LATIN[:1]), drawn(LATIN[1:2])
    reading = read(saved(first, "TIFF", save_all=True, append_images=[second]), "a.tif")
    assert reading.text == f"{LATIN[0]}\n\f{LATIN[1]}"
    assert [reading.text[n.start : n.end] for n in reading.notes] == list(LATIN[:2])


@needs_tesseract
@needs_arabic
def test_arabic_is_read_and_its_numbers_are_doubted() -> None:
    """Which digits come out depends on fonts and versions, and is wrong more often than not: that is the point."""
    reading = read(saved(drawn(ARABIC, arabic=True)))
    assert reading.metadata.language == "ar"
    assert "قالت وزارة الصحة في جمهورية ميرافيا" in reading.text
    assert "1,500" in reading.text
    assert "\u200e" not in reading.text
    assert OCR_UNCONFIRMED in codes(reading)
    differing = [n for n in reading.notes if n.code == "ocr_numbers_disagree"]
    assert differing
    for one in differing:
        assert one.severe
        assert "was also read as" in one.text
        assert one.end is not None
        assert one.end <= len(reading.text)


@needs_tesseract
def test_a_picture_without_words_is_kept_without_text() -> None:
    reading = read(saved(Image.linear_gradient("L")))
    assert (reading.text, codes(reading)) == ("", ["ocr_found_nothing"])
    assert read(saved(Image.new("RGB", (900, 900), "navy"))).text == ""


def test_without_tesseract_files_are_kept_and_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").write_bytes(saved(drawn(LATIN)))
    (tmp_path / "b.pdf").write_bytes(scan(drawn(LATIN)))
    monkeypatch.setenv("PATH", str(tmp_path))
    with ReaderPool(workers=1) as pool:
        found = [outcome for _, outcome in pool.read(ReadJob(p, p.name) for p in sorted(tmp_path.iterdir()))]
    for reading in found:
        assert isinstance(reading, Reading)
        assert reading.text == ""
        (missing,) = [n for n in reading.notes if n.code == "ocr_missing"]
        assert missing.severe
        assert "tesseract-ocr-script-arab" in missing.text
        assert "sijill reread" in missing.text


@needs_tesseract
def test_a_scan_is_read_page_by_page() -> None:
    reading = read(scan(drawn(LATIN[:1]), drawn(LATIN[1:2])), "a.pdf")
    assert reading.text == f"{LATIN[0]}\n\f{LATIN[1]}"
    assert [reading.text[n.start : n.end] for n in reading.notes if n.code == OCR_UNCONFIRMED] == list(LATIN[:2])
    assert "+tesseract-" in reading.reader


@needs_tesseract
def test_a_text_layer_is_confirmed_and_a_picture_on_its_page_is_not() -> None:
    """A caption in letters beside a table that is a picture: both are read, and only one of them is OCR's."""
    caption = "Deaths by day, as the ministry of Meravia counts them: 41 in all."
    table = drawn(("9 March 17 killed", "10 March 24 killed", caption[:30]), width=1_000)
    reading = read(_with_picture(pdf([[Run(caption, y=700)]]), table), "a.pdf")
    assert reading.text == f"{caption}\n\n9 March 17 killed\n10 March 24 killed"
    (about,) = [n for n in reading.notes if n.code == OCR_UNCONFIRMED]
    assert reading.text[about.start : about.end] == "9 March 17 killed\n10 March 24 killed"
    assert "pdf_numbers_disagree" not in codes(reading)


@needs_tesseract
def test_an_unseen_layer_over_a_scan_is_somebodys_ocr() -> None:
    layer = pdf([[Run("12 people were killed in Old Senna on 9 March 2031", y=700, size=9)]])
    picture = Image.new("L", (1_224, 1_584), 255)
    picture.paste(drawn(("17 people were killed in Old Senna", "on 9 March 2031"), width=1_000), (80, 150))
    reading = read(_with_picture(layer.replace(b"BT /F1", b"BT 3 Tr /F1"), picture, whole=True), "a.pdf")
    assert reading.text == "12 people were killed in Old Senna on 9 March 2031"
    about = {n.code: n for n in reading.notes}
    assert reading.text[about[OCR_UNCONFIRMED].start : about[OCR_UNCONFIRMED].end] == reading.text
    assert "its layer has 12 where OCR read 17" in about["ocr_numbers_disagree"].text


def _with_picture(data: bytes, picture: Image.Image, *, whole: bool = False) -> bytes:
    """The last page of a PDF with a picture on it: below its text, or over the whole page."""
    count = data.count(b" 0 obj\n")
    objects = [data.split(b"%d 0 obj\n" % i, 1)[1].split(b"\nendobj", 1)[0] for i in range(1, count + 1)]
    pixels = zlib.compress(picture.tobytes())
    head = b"<< /Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode "
    size = b"/Width %d /Height %d /Length %d >>" % (*picture.size, len(pixels))
    image = head + size + b"\nstream\n" + pixels + b"\nendstream"
    place = b"612 0 0 792 0 0" if whole else b"500 0 0 180 50 400"
    draw = b"q %s cm /P Do Q" % place
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(draw), draw)
    page = max(i for i, body in enumerate(objects) if b"/Type /Page " in body)
    fonts = b"/XObject << /P %d 0 R >> /Font" % (count + 1)
    contents = b"/Contents [%d 0 R " % (count + 2)
    objects[page] = objects[page].replace(b"/Font", fonts).replace(b"/Contents ", contents)
    head, _, tail = objects[page].rpartition(b" 0 R >>")
    objects[page] = head + b" 0 R] >>" + tail
    return assembled([*objects, image, stream])


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (saved(drawn(LATIN))[:900], "a.png", "damaged"),
        (saved(drawn(LATIN), "JPEG")[:60], "a.jpg", "damaged"),
        (b"II*\x00" + b"\xff" * 200, "a.tif", "damaged"),
        (b"RIFF\x40\0\0\0WEBPVP8 " + b"\0" * 60, "a.webp", "damaged"),
        (saved(drawn(LATIN)), "a.jpg", "ends in .jpg, but it is a picture (PNG)"),
        (b"GIF89a" + b"\0" * 60, "a.gif", "this version does not read"),
    ],
)
def test_damaged_pictures_are_refused(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=name) as caught:
        read(data, name)
    assert reason in caught.value.reason
    assert caught.value.hint


def test_bombs_are_refused_before_they_are_decoded() -> None:
    with pytest.raises(UnreadableFile, match="3,600,000,000 pixels, where 80,000,000 are allowed"):
        read(png(60_000, 60_000))
    many = saved(drawn(LATIN[:1]), "TIFF", save_all=True, append_images=[drawn(LATIN[:1])] * 2)
    with pytest.raises(UnreadableFile, match="it has 3 pages, where 2 are allowed"):
        read(many, "a.tif", Limits(max_pages=2))


@needs_tesseract
def test_pages_over_the_limit_and_pages_that_take_too_long_are_noted() -> None:
    two = saved(drawn(LATIN[:1]), "TIFF", save_all=True, append_images=[drawn(LATIN[1:2])])
    reading = read(two, "a.tif", Limits(max_pictures=1))
    assert reading.text.strip() == LATIN[0]
    (failed,) = [n for n in reading.notes if n.code == "ocr_failed"]
    assert failed.severe
    assert "Page 2" in failed.text
    late = read(saved(drawn(LATIN)), limits=Limits(ocr_seconds=0.001))
    assert late.text == ""
    assert "longer than 0.001 seconds" in late.notes[0].text


@needs_tesseract
def test_nothing_of_a_picture_lies_on_a_disk_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    source = tmp_path.parent / "picture.png"
    source.write_bytes(saved(drawn(LATIN)))
    with ReaderPool(workers=1) as pool:
        ((_, reading),) = pool.read([ReadJob(source, source.name)])
    assert isinstance(reading, Reading)
    assert list(tmp_path.iterdir()) == []


@needs_tesseract
@pytest.mark.parametrize("form", FORMS)
def test_what_a_picture_says_of_itself_is_told_by_its_sort_alone(form: str) -> None:
    reading = read(told(drawn(LATIN[:1]), form), f"a.{FORMS[form]}")
    (about,) = [n for n in reading.notes if n.code == "image_metadata"]
    assert "EXIF" in about.text
    assert ("GPS position" in about.text) == (form != "TIFF"), "Pillow writes no position into a TIFF"
    assert not about.severe
