"""PDF: the text by pdfium, its numbers checked page by page against pypdf's.

PDF holds glyphs and their places. Extractors that put Arabic back in order have turned ١٢ into ٢١ without an error, so
numbers are taken from two of them, and where they differ a person is told which page to look at. pdfium itself turns
single Arabic words around; pages with such letters are put in order from where the letters stand (`pdflines.py`).
Pages without text, and pictures on pages with some, go to OCR (`pdfscans.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO

from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError
from pypdfium2 import PdfDocument, PdfiumError, raw

from sijill.core.document import Metadata, Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.bidi import is_rtl
from sijill.preserve.dates import published_of
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.ocr import Alive, Recognised, Scanner, joined, without_lines_of
from sijill.preserve.pdflines import lines_by_place
from sijill.preserve.pdfscans import Makeup, makeup_of, read_scan
from sijill.preserve.quiet import PARSER_FAULTS, silence_parsers
from sijill.preserve.tesseract import INSTALL, engine
from sijill.preserve.view import View, reader_name

NUMBER = re.compile(r"\d+")
DIGITS = {ord(char): str(i % 10) for i, char in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
HYPHEN = re.compile("[\ufffe\x02]")
BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[\ufffe\x02]\n?(?=[a-zß-öø-ÿ])")
EASTERN_DIGIT = re.compile("[٠-٩۰-۹]")
DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?:(Z)|([+-]\d\d)'?(\d\d)?'?)?.{0,10}", re.DOTALL)
# What pdfium gives for glyphs of fonts that do not say which letters they are: their numbers, or nothing.
NUMBERED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
UNMAPPED = re.compile("[\ufffd\ue000-\uf8ff]")
NOTED_UNMAPPED, MAX_UNMAPPED = 0.01, 0.3
PASSWORD = 4
PYPDF_FAULTS: tuple[type[Exception], ...] = (PyPdfError, *PARSER_FAULTS)
NOTED_PAGES, NOTED_NUMBERS = 40, 12
PARAGRAPH = "\n\n"
THEN = "then run `sijill reread CASE`"


@dataclass(slots=True)
class _Pages:
    """What is found while going through the pages; page numbers from 1."""

    read: list[Recognised] = field(default_factory=list)
    size: int = 0
    without_text: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    unmapped: list[int] = field(default_factory=list)
    unchecked: list[int] = field(default_factory=list)
    disagreements: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Source:
    """A file that is being read: what pdfium and pypdf make of it, and what reads its pictures."""

    document: PdfDocument
    second: PdfReader | None
    scanner: Scanner
    limits: Limits


def read_pdf(data: bytes, *, name: str, limits: Limits, alive: Alive) -> View:
    """The text of every page, a form feed between two, with a severe note for each page whose numbers differ.

    Where a page has no text layer, it is what OCR reads. Raises UnreadableFile for what needs a password, has too many
    pages, or is damaged.
    """
    try:
        document = PdfDocument(data)
    except PdfiumError as err:
        if err.err_code == PASSWORD:
            raise UnreadableFile(
                shown(name), "it is encrypted", hint="open it with its password and print it to a new PDF"
            ) from err
        raise _damaged(name) from err
    silence_parsers()
    with closing(document):
        if len(document) > limits.max_pages:
            raise UnreadableFile(
                shown(name),
                f"it has {len(document):,} pages, where {limits.max_pages:,} are allowed",
                hint="split it into parts and add each",
            )
        pages = _read_pages(_Source(document, _second_reader(data), Scanner(limits, alive), limits), name)
        metadata, about_date = _metadata(document)
        attachments = document.count_attachments()
    text, by_ocr = joined(pages.read)
    notes = (*by_ocr, *_notes(pages, text, attachments), *about_date)
    found = engine()
    # Named where it was used or would have been, so that a better one is known to be worth another reading.
    ocr = found.parts if found and (by_ocr or pages.without_text) else ()
    reader = "+".join([reader_name("pdf", "pypdfium2", "pypdf"), *ocr])
    return View(text, reader, "application/pdf", metadata, notes, may_be_empty=bool(pages.without_text))


def numbers_in(text: str) -> Counter[str]:
    """How often each run of digits stands in a text, in Western digits and without leading zeros.

    >>> sorted(numbers_in("١٢ of 1,500 on 07"))
    ['1', '12', '500', '7']
    """
    return Counter(run.lstrip("0") or "0" for run in NUMBER.findall(text.translate(DIGITS)))


def _read_pages(source: _Source, name: str) -> _Pages:
    pages = _Pages()
    for index in range(len(source.document)):
        page = _read_page(source, index, pages)
        pages.read.append(page)
        pages.size += len(page.text)
        if pages.size > source.limits.max_text:
            raise UnreadableFile(
                shown(name),
                f"its text has more than {source.limits.max_text:,} characters",
                hint="split it into parts and add each",
            )
    return pages


def _read_page(source: _Source, index: int, pages: _Pages) -> Recognised:
    """The text of one page and the notes that OCR leaves on it; what else is to be said of it goes into `pages`."""
    text, marked, makeup = _page_text(source.document, index)
    if len(UNMAPPED.findall(text)) > MAX_UNMAPPED * len(text):
        pages.unmapped.append(index + 1)
        text = ""
    if not text.strip():
        return _scanned(source, index, pages) if marked else Recognised()
    if makeup.is_searchable_scan:
        return _searchable(source, index, text)
    _check_numbers(source, index, text, pages)
    return _with_pictures(source, index, text, pages) if makeup.has_pictures else Recognised(text)


def _check_numbers(source: _Source, index: int, text: str, pages: _Pages) -> None:
    first, other = numbers_in(text), _second_numbers(source.second, index, text)
    if other is None:
        pages.unchecked.append(index + 1)
    elif first != other:
        pages.disagreements.append(_disagreement(index + 1, first - other, other - first))


def _scanned(source: _Source, index: int, pages: _Pages) -> Recognised:
    """A page without a text layer: a scan, a picture, or letters drawn as lines."""
    found = _by_ocr(source, index)
    if not found.text:
        pages.without_text.append(index + 1)
    return found


def _searchable(source: _Source, index: int, text: str) -> Recognised:
    """A scan with a layer of text that somebody's OCR put over it; ours is the second reading of its numbers."""
    said = (
        f"The text of page {index + 1:,} is an unseen layer over a picture, which some OCR made. No number in it is "
        "confirmed."
    )
    notes = [note(NoteCode.OCR_UNCONFIRMED, said, start=0, end=len(text))]
    if (ours := _by_ocr(source, index).text) and (first := numbers_in(text)) != (other := numbers_in(ours)):
        said = f"On page {index + 1:,} its layer has {_listed(first - other)} where OCR read {_listed(other - first)}."
        notes.append(note(NoteCode.OCR_NUMBERS_DISAGREE, said))
    return Recognised(text, tuple(notes))


def _with_pictures(source: _Source, index: int, text: str, pages: _Pages) -> Recognised:
    """A page with text and pictures: what OCR reads in them comes after the text, but for what the text says too."""
    if engine() is None:
        pages.pictures.append(index + 1)
        return Recognised(text)
    found = without_lines_of(_by_ocr(source, index, pictures_only=True), text)
    at = len(text) + len(PARAGRAPH)
    notes = tuple(one.moved(at) for one in found.notes)
    return Recognised(text + PARAGRAPH + found.text if found.text else text, notes)


def _by_ocr(source: _Source, index: int, *, pictures_only: bool = False) -> Recognised:
    try:
        return read_scan(source.document, index, source.scanner, source.limits, pictures_only=pictures_only)
    except PdfiumError:
        return Recognised()


def _page_text(document: PdfDocument, index: int) -> tuple[str, bool, Makeup]:
    """A page's text, whether anything at all stands on it, and what it is made of."""
    try:
        with closing(document[index]) as page:
            with closing(page.get_textpage()) as textpage:
                text = textpage.get_text_range()
                if is_rtl(text):
                    text = "\n".join(lines_by_place(textpage))
            marked = raw.FPDFPage_CountObjects(page) > 0
            makeup = makeup_of(page)
    except PdfiumError:
        return "", True, Makeup()
    return _tidy(text), marked, makeup


def _tidy(text: str) -> str:
    """Lines without trailing spaces; a word that a hyphen breaks at the end of a line is whole again.

    pdfium puts U+FFFE or U+0002 for a hyphen at the end of a line; between digits it may be that of a range.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = NUMBERED.sub("\ufffd", HYPHEN.sub("-", BROKEN_WORD.sub("", text)))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def _second_reader(data: bytes) -> PdfReader | None:
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            return None
        return reader if len(reader.pages) else None
    except PYPDF_FAULTS:
        return None


def _second_numbers(reader: PdfReader | None, index: int, text: str) -> Counter[str] | None:
    """The numbers that pypdf reads on a page, `None` where it reads none of it.

    Only its `layout` mode keeps the digits of Arabic in order; but it passes over text in form objects, so that a page
    without such digits has a second chance in the other mode.
    """
    if reader is None:
        return None
    try:
        numbers = numbers_in(reader.pages[index].extract_text(extraction_mode="layout"))
        if numbers != numbers_in(text) and not EASTERN_DIGIT.search(text):
            plain = numbers_in(reader.pages[index].extract_text())
            return plain if plain == numbers_in(text) else numbers
        return numbers
    except PYPDF_FAULTS:
        return None


def _disagreement(number: int, first: Counter[str], other: Counter[str]) -> Note:
    return note(
        NoteCode.PDF_NUMBERS_DISAGREE,
        f"On page {number:,} pdfium read {_listed(first)} where pypdf read {_listed(other)}.",
    )


def _listed(numbers: Counter[str]) -> str:
    runs = sorted(numbers.elements(), key=lambda run: (len(run), run))
    shortened = [run if len(run) <= 20 else run[:20] + "…" for run in runs[:NOTED_NUMBERS]]
    more = f" and {len(runs) - NOTED_NUMBERS:,} more" if len(runs) > NOTED_NUMBERS else ""
    return (", ".join(shortened) or "none") + more


def _notes(pages: _Pages, text: str, attachments: int) -> list[Note]:
    notes = pages.disagreements[:NOTED_PAGES]
    if (more := len(pages.disagreements) - NOTED_PAGES) > 0:
        notes.append(note(NoteCode.PDF_NUMBERS_DISAGREE, f"On {more:,} more pages their numbers differ too."))
    if pages.unchecked:
        notes.append(note(NoteCode.PDF_UNCHECKED, f"The numbers on {_page_list(pages.unchecked)} were not checked."))
    if pages.without_text:
        said = f"Nothing was read on {_page_list(pages.without_text)}, which may be a scan or a picture."
        notes.append(note(NoteCode.PDF_PAGES_WITHOUT_TEXT, said))
    if (pages.without_text or pages.pictures) and engine() is None:
        kept = f"pictures on {_page_list(sorted(pages.without_text + pages.pictures))}"
        notes.append(note(NoteCode.OCR_MISSING, f"Kept and not read: {kept}. To read them, {INSTALL}; {THEN}."))
    if pages.unmapped:
        said = f"On {_page_list(pages.unmapped)} the file does not say which letters its glyphs are."
        notes.append(note(NoteCode.PDF_UNMAPPED, said))
    unmapped = len(UNMAPPED.findall(text))
    if unmapped > NOTED_UNMAPPED * len(text):
        notes.append(note(NoteCode.PDF_UNMAPPED, f"For {unmapped:,} of {len(text):,} glyphs no letter is given."))
    if attachments > 0:
        notes.append(note(NoteCode.ATTACHMENTS_NOT_READ, f"{attachments:,} files are attached to it."))
    return notes


def _page_list(numbers: list[int]) -> str:
    shown_numbers = ", ".join(f"{number:,}" for number in numbers[:NOTED_PAGES])
    more = f" and {len(numbers) - NOTED_PAGES:,} more" if len(numbers) > NOTED_PAGES else ""
    return f"page{'s' if len(numbers) > 1 else ''} {shown_numbers}{more}"


def _metadata(document: PdfDocument) -> tuple[Metadata, tuple[Note, ...]]:
    """Title and date of making. The author is left: it is often the login name of whoever typed it."""
    stated = document.get_metadata_dict(skip_empty=True)
    made = _made(stated.get("CreationDate", ""))
    metadata = Metadata(title=stated.get("Title"), published=made)
    if made is None:
        return metadata, ()
    return metadata, (note(NoteCode.DATE_FROM_FILE, f"The file was made on {made[:10]}; it states no other date."),)


def _made(stated: str) -> str | None:
    """The ISO form of a PDF date, `D:20310309100000+02'00'` (ISO 32000-1, 7.9.4)."""
    match = DATE.fullmatch(stated[:60].strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, utc, offset, minutes = match.groups()
    time = f"T{hour}:{minute}:{second or '00'}" if hour else ""
    zone = ("+00:00" if utc else f"{offset}:{minutes or '00'}" if offset else "") if time else ""
    return published_of(f"{year}-{month}-{day}{time}{zone}")[0]


def _damaged(name: str) -> UnreadableFile:
    return UnreadableFile(
        shown(name), "it is damaged: no page of it can be read", hint="fetch it again from where it came"
    )
