"""How much of a file the readers take on, so that no file can take the machine down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file; what is over a bound is refused by name, never cut short in silence.

    `max_bytes`: the file itself. `max_text`: code points of the text read. `max_markup`: bytes of a page of HTML, whose
    tree takes thirty times its size. `max_line`: bytes of one report of a `.jsonl`. `max_pages`: of a PDF or a TIFF.
    `max_nesting`: levels of MIME parts, of a report's JSON, of tables and boxes within one another in a DOCX.
    `max_parts`: entries of a DOCX or XLSX, parts of a mail. `max_expanded`: bytes that a DOCX or XLSX unpacks to;
    `max_ratio`: how many times its packed size any entry of it may. `max_cells`: of a table. `max_container`:
    bytes of a ZIP or web archive, `max_members`: files or pages in it, `max_unpacked`: bytes that it unpacks to in all.
    `max_pixels`: of a picture, or of one page of it. `max_pictures`: pages or pictures of one file that OCR reads,
    `ocr_seconds`: for each run of its program, `max_ocr_seconds`: for all of one file.
    `seconds` and `max_memory` (bytes of address space) bind the worker process that reads the file.
    """

    max_bytes: int = 256_000_000
    max_text: int = 20_000_000
    max_markup: int = 20_000_000
    max_line: int = 8_000_000
    max_pages: int = 2_000
    max_nesting: int = 50
    max_parts: int = 10_000
    max_expanded: int = 256_000_000
    max_ratio: int = 200
    max_cells: int = 2_000_000
    max_container: int = 8_000_000_000
    max_members: int = 100_000
    max_unpacked: int = 32_000_000_000
    max_pixels: int = 80_000_000
    max_pictures: int = 300
    ocr_seconds: float = 60.0
    max_ocr_seconds: float = 3_600.0
    seconds: float = 120.0
    max_memory: int = 2_000_000_000


DEFAULT_LIMITS = Limits()
