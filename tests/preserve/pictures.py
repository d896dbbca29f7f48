"""Pictures of invented reports about the invented Senna valley in Meravia, drawn when a test asks for them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageDraw, ImageFont, PngImagePlugin, features

from sijill.preserve.tesseract import INSTALL, engine

LATIN = (
    "Medics in the Senna valley said that twelve people were killed",
    "and 34 wounded when shells fell on the market of Old Senna",
    "on 9 March 2031. At least 1,500 people fled; 118 homes burnt.",
)
ARABIC = (
    "قالت وزارة الصحة في جمهورية ميرافيا إن ١٢ شخصا قتلوا وأصيب",
    "٣٤ آخرون في قصف على سوق سنا القديمة يوم ٩ آذار ٢٠٣١.",
    "وأضافت أن أكثر من 1,500 شخص نزحوا من القرى الواقعة على النهر.",
)
OWNER, PLACE = "Ilse Farrow-Quent", "Harbour steps, Port Averin"
LATITUDE, LONGITUDE = (33.0, 21.0, 7.25), (17.0, 6.0, 28.5)
FONTS = (
    "/usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf",
    "/usr/share/fonts/opentype/fonts-hosny-amiri/Amiri-Regular.ttf",
)
ARABIC_FONT = next((font for font in FONTS if Path(font).is_file()), "")

needs_tesseract = pytest.mark.skipif(engine() is None, reason=INSTALL)
needs_arabic = pytest.mark.skipif(
    not ARABIC_FONT or not features.check("raqm"), reason="no Arabic font here, or no Raqm to join its letters"
)


def drawn(lines: Sequence[str], *, size: int = 40, width: int = 1_500, arabic: bool = False) -> Image.Image:
    """Lines of text, black on white."""
    height = 80 + int(len(lines) * size * 1.8)
    picture = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(picture)
    for i, line in enumerate(lines):
        y = 40 + int(i * size * 1.8)
        if arabic:
            font = ImageFont.truetype(ARABIC_FONT, size, layout_engine=ImageFont.Layout.RAQM)
            pen.text((width - 60, y), line, font=font, fill=0, anchor="ra", direction="rtl", language="ar")
        else:
            pen.text((60, y), line, font=ImageFont.load_default(size), fill=0)
    return picture


def saved(picture: Image.Image, form: str = "PNG", **settings: object) -> bytes:
    """The bytes of a picture in a format."""
    out = io.BytesIO()
    picture.save(out, form, **settings)
    return out.getvalue()


def told(picture: Image.Image, form: str) -> bytes:
    """A picture that says where and by whom it was taken, as that format says such things."""
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = OWNER
    exif[ExifTags.Base.Make] = "Kestrel"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "S",
            ExifTags.GPS.GPSLatitude: LATITUDE,
            ExifTags.GPS.GPSLongitudeRef: "W",
            ExifTags.GPS.GPSLongitude: LONGITUDE,
        }
    )
    if form == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Author", OWNER)
        words.add_itxt("Description", PLACE)
        return saved(picture, form, exif=exif, pnginfo=words)
    if form == "JPEG":
        return saved(picture, form, exif=exif, comment=PLACE.encode(), xmp=f"<x>{PLACE}</x>".encode())
    return saved(picture, form, exif=exif)


def scan(*pictures: Image.Image) -> bytes:
    """A PDF whose pages are pictures, without a text layer."""
    return saved(pictures[0], "PDF", save_all=True, append_images=list(pictures[1:]), resolution=180.0)
