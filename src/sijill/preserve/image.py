"""Pictures: what is written in them, by OCR; what they say of themselves stays where it is.

A camera writes into its pictures where they were taken, when and by whom. None of that goes into a reading, so that no
page, listing or log can show it; `imagefields.py` reads it out of the kept bytes for those who may open the case.
"""

from __future__ import annotations

from functools import partial

from sijill.core.document import Note
from sijill.preserve.imagefields import sorts_of_fields
from sijill.preserve.limits import Limits
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.ocr import Alive, Scanner, joined
from sijill.preserve.pictures import MEDIA_TYPES, decoding, open_picture, pages_of, pillow_is_here, raster_of
from sijill.preserve.signatures import Kind
from sijill.preserve.tesseract import INSTALL, engine
from sijill.preserve.view import View, reader_name

PILLOW_MISSING = "install the extra `ocr`, as in `pip install sijill[ocr]`"


def read_image(data: bytes, *, name: str, kind: Kind, limits: Limits, alive: Alive) -> View:
    """The words in a picture, page by page, a form feed between two; kept without text where none can be read.

    Raises UnreadableFile for what is damaged or has too many pixels or pages.
    """
    if not pillow_is_here():
        return View("", reader_name("image"), f"image/{kind}", notes=(_missing(PILLOW_MISSING),), may_be_empty=True)
    picture = open_picture(data, name=name, limits=limits)
    media_type = MEDIA_TYPES[picture.format or ""]
    with decoding(name):
        notes = list(_about_fields(sorts_of_fields(picture)))
    found = engine()
    scanner = Scanner(limits, alive)
    pages = [
        scanner.read(partial(raster_of, page, limits), where=f"page {number:,}")
        for number, page in enumerate(pages_of(picture, name=name, limits=limits), start=1)
    ]
    text, about = joined(pages)
    if found is None:
        notes.append(_missing(INSTALL))
    elif not text and not about:
        notes.append(note(NoteCode.OCR_FOUND_NOTHING, "OCR found no words in it."))
    reader = "+".join([reader_name("image", "pillow"), *(found.parts if found else ())])
    return View(text, reader, media_type, notes=(*about, *notes), may_be_empty=True)


def _missing(remedy: str) -> Note:
    said = f"It is kept, and was not read: {remedy}, then run `sijill reread CASE`."
    return note(NoteCode.OCR_MISSING, said)


def _about_fields(sorts: tuple[str, ...]) -> tuple[Note, ...]:
    """That a picture says something of itself, never what."""
    if not sorts:
        return ()
    said = f"It says of itself: {', '.join(sorts)}. That is kept with its bytes and shown by `sijill metadata` alone."
    return (note(NoteCode.IMAGE_METADATA, said),)
