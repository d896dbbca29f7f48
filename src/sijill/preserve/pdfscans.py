"""Pages of a PDF that are pictures, in whole or in part: which they are, and their pixels for OCR."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from ctypes import c_float
from dataclasses import dataclass

from pypdfium2 import PdfDocument, PdfPage, raw

from sijill.preserve.limits import Limits
from sijill.preserve.ocr import Recognised, Scanner
from sijill.preserve.tesseract import Raster

DPI, POINTS = 300, 72
# Of a page: pictures that take less are logos and signatures; from half on, text that nobody sees over them is OCR's.
NOTABLE, MOST_OF_IT = 0.1, 0.5
# What a page is made of shows in its first objects; maps have hundreds of thousands.
LOOKED_AT = 5_000


@dataclass(frozen=True, slots=True)
class Makeup:
    """What a page is made of: the share of it that pictures take, and the share of its texts that nobody sees."""

    pictures: float = 0.0
    unseen: float = 0.0

    @property
    def has_pictures(self) -> bool:
        """Whether pictures on it may hold words of their own."""
        return self.pictures >= NOTABLE

    @property
    def is_searchable_scan(self) -> bool:
        """Whether its text is a layer that OCR put over a scan, so that it can be searched."""
        return self.pictures >= MOST_OF_IT and self.unseen >= MOST_OF_IT


def makeup_of(page: PdfPage) -> Makeup:
    """What a page is made of, by the objects that stand on the page itself."""
    width, height = page.get_size()
    covered = texts = unseen = 0.0
    for thing in _objects(page):
        match raw.FPDFPageObj_GetType(thing):
            case raw.FPDF_PAGEOBJ_IMAGE:
                covered += _area(thing)
            case raw.FPDF_PAGEOBJ_TEXT:
                texts += 1
                unseen += raw.FPDFTextObj_GetTextRenderMode(thing) == raw.FPDF_TEXTRENDERMODE_INVISIBLE
    return Makeup(min(1.0, covered / max(1.0, width * height)), unseen / texts if texts else 0.0)


def read_scan(
    document: PdfDocument, index: int, scanner: Scanner, limits: Limits, *, pictures_only: bool = False
) -> Recognised:
    """What OCR reads on a page; with `pictures_only`, of what is left when the page's own text is taken off.

    Raises PdfiumError for a page that cannot be drawn.
    """
    with closing(document[index]) as page:
        where = f"page {index + 1:,}"
        if pictures_only:
            _take_off_text(page)
            where = f"the pictures on page {index + 1:,}"
        return scanner.read(lambda scale: _drawn(page, scale, limits), where=where)


def _drawn(page: PdfPage, scale: float, limits: Limits) -> Raster:
    """A page in grey at 300 dots an inch, times `scale`, or fewer where that would be too many pixels."""
    width, height = page.get_size()
    dots = DPI * scale / POINTS
    dots = min(dots, (limits.max_pixels / max(1.0, width * height)) ** 0.5)
    with closing(page.render(scale=dots, grayscale=True)) as bitmap:
        rows = memoryview(bitmap.buffer).cast("B")
        lines = (rows[y * bitmap.stride : y * bitmap.stride + bitmap.width] for y in range(bitmap.height))
        return Raster(bitmap.width, bitmap.height, b"".join(lines), max(1, round(dots * POINTS)))


def _take_off_text(page: PdfPage) -> None:
    """Remove the text from the page as it lies in memory; the document stays as it is."""
    for thing in [t for t in _objects(page) if raw.FPDFPageObj_GetType(t) == raw.FPDF_PAGEOBJ_TEXT]:
        if raw.FPDFPage_RemoveObject(page, thing):
            raw.FPDFPageObj_Destroy(thing)


def _objects(page: PdfPage) -> Iterator[raw.FPDF_PAGEOBJECT]:
    for i in range(min(LOOKED_AT, raw.FPDFPage_CountObjects(page))):
        yield raw.FPDFPage_GetObject(page, i)


def _area(thing: raw.FPDF_PAGEOBJECT) -> float:
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    if not raw.FPDFPageObj_GetBounds(thing, left, bottom, right, top):
        return 0.0
    return max(0.0, right.value - left.value) * max(0.0, top.value - bottom.value)
