"""PDF: the text by pdfium, its numbers checked page by page against pypdf's.

PDF holds glyphs and their places. Extractors that put Arabic back in order have turned ١٢ into ٢١ without an error, so
numbers are taken from two of them, and where they differ a person is told which page to look at. pdfium itself turns
single Arabic words around; pages with such letters are put in order from where the letters stand (`pdflines.py`).
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
from sijill.preserve.pdflines import lines_by_place
from sijill.preserve.quiet import PARSER_FAULTS, silence_parsers
from sijill.preserve.view import View, reader_name

# Between two pages: a form feed, as pdftotext writes it, so that a sentence may run on.
PAGE_BREAK = "\n\f"
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
NO_LETTERS = "it does not say which letters its glyphs are: it needs OCR, which comes with extra `ocr`"
WRITE_DOWN = "until then, write down what it says in a text file"
NO_TEXT = "it is a scan, no text layer: it needs OCR, which comes with extra `ocr`"


@dataclass(slots=True)
class _Pages:
    """What is found while going through the pages; page numbers from 1."""

    texts: list[str] = field(default_factory=list)
    without_text: list[int] = field(default_factory=list)
    unchecked: list[int] = field(default_factory=list)
    disagreements: list[Note] = field(default_factory=list)


def read_pdf(data: bytes, *, name: str, limits: Limits) -> View:
    """The text layer of every page, a form feed between two, with a severe note for each page whose numbers differ.

    Raises UnreadableFile for what needs a password, has no text layer, has too many pages, or is damaged.
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
        pages = _read_pages(document, _second_reader(data), limits, name)
        metadata, about_date = _metadata(document)
        attachments = document.count_attachments()
    text = PAGE_BREAK.join(pages.texts)
    if not text.strip():
        raise UnreadableFile(shown(name), NO_TEXT, hint=WRITE_DOWN)
    if len(UNMAPPED.findall(text)) > MAX_UNMAPPED * len(text):
        raise UnreadableFile(shown(name), NO_LETTERS, hint=WRITE_DOWN)
    notes = (*_notes(pages, text, attachments), *about_date)
    return View(text, reader_name("pdf", "pypdfium2", "pypdf"), "application/pdf", metadata, notes)


def numbers_in(text: str) -> Counter[str]:
    """How often each run of digits stands in a text, in Western digits and without leading zeros.

    >>> sorted(numbers_in("١٢ of 1,500 on 07"))
    ['1', '12', '500', '7']
    """
    return Counter(run.lstrip("0") or "0" for run in NUMBER.findall(text.translate(DIGITS)))


def _read_pages(document: PdfDocument, second: PdfReader | None, limits: Limits, name: str) -> _Pages:
    pages = _Pages()
    size = 0
    for number in range(1, len(document) + 1):
        text, marked = _page_text(document, number - 1)
        size += len(text)
        if size > limits.max_text:
            raise UnreadableFile(
                shown(name),
                f"its text has more than {limits.max_text:,} characters",
                hint="split it into parts and add each",
            )
        pages.texts.append(text)
        if not text.strip():
            if marked:
                pages.without_text.append(number)
            continue
        first, other = numbers_in(text), _second_numbers(second, number - 1, text)
        if other is None:
            pages.unchecked.append(number)
        elif first != other:
            pages.disagreements.append(_disagreement(number, first - other, other - first))
    return pages


def _page_text(document: PdfDocument, index: int) -> tuple[str, bool]:
    """A page's text, and whether anything at all stands on it."""
    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as textpage:
            text = textpage.get_text_range()
            if is_rtl(text):
                text = "\n".join(lines_by_place(textpage))
            marked = raw.FPDFPage_CountObjects(page) > 0
    except PdfiumError:
        return "", True
    return _tidy(text), marked


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
