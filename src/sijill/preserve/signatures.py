"""What bytes look like, by the marks that formats begin with; a name may say otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

HEAD = 4_096


class Kind(StrEnum):
    """The kinds of file that are read."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    TABLE = "table"
    EML = "eml"
    MSG = "msg"
    REPORTS = "reports"
    ARCHIVE = "archive"
    WEB_ARCHIVE = "web archive"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"
    WEBP = "webp"


@dataclass(frozen=True, slots=True)
class Look:
    """What bytes are, in words ("a PDF"), and the kind where it is one that is read; else what to do, where known."""

    words: str
    kind: Kind | None = None
    remedy: str = ""


PROGRAM, PICTURE, RECORDING, ARCHIVE = "a program", "a picture", "a recording", "an archive"
# Marks at the start; the longer before the shorter. From the formats' own specifications.
PICTURES: tuple[tuple[bytes, Look], ...] = (
    (b"\x89PNG\r\n\x1a\n", Look(f"{PICTURE} (PNG)", Kind.PNG)),
    (b"\xff\xd8\xff", Look(f"{PICTURE} (JPEG)", Kind.JPEG)),
    (b"II*\x00", Look(f"{PICTURE} (TIFF)", Kind.TIFF)),
    (b"MM\x00*", Look(f"{PICTURE} (TIFF)", Kind.TIFF)),
)
STARTS: tuple[tuple[bytes, str], ...] = (
    (b"GIF87a", f"{PICTURE} (GIF)"),
    (b"GIF89a", f"{PICTURE} (GIF)"),
    (b"\x7fELF", f"{PROGRAM} (ELF)"),
    (b"\xfe\xed\xfa\xce", f"{PROGRAM} (Mach-O)"),
    (b"\xfe\xed\xfa\xcf", f"{PROGRAM} (Mach-O)"),
    (b"\xcf\xfa\xed\xfe", f"{PROGRAM} (Mach-O)"),
    (b"\xca\xfe\xba\xbe", f"{PROGRAM} (Java or Mach-O)"),
    (b"\x1f\x8b", f"{ARCHIVE} (gzip)"),
    (b"BZh", f"{ARCHIVE} (bzip2)"),
    (b"\xfd7zXZ\x00", f"{ARCHIVE} (xz)"),
    (b"\x28\xb5\x2f\xfd", f"{ARCHIVE} (Zstandard)"),
    (b"7z\xbc\xaf\x27\x1c", f"{ARCHIVE} (7-Zip)"),
    (b"Rar!\x1a\x07", f"{ARCHIVE} (RAR)"),
    (b"SQLite format 3\x00", "a database (SQLite)"),
    (b"{\\rtf", "a rich-text document (RTF)"),
    (b"WARC/", "a web archive (WARC)"),
    (b"%!PS", "a PostScript document"),
    (b"ID3", f"{RECORDING} (MP3)"),
    (b"OggS", f"{RECORDING} (Ogg)"),
    (b"fLaC", f"{RECORDING} (FLAC)"),
    (b"\x1aE\xdf\xa3", f"{RECORDING} (Matroska or WebM)"),
)
# Members of zip files that tell what the zip is; the macro-enabled before the plain.
WITHIN_ZIP: tuple[tuple[bytes, Look], ...] = (
    (b"word/vbaProject.bin", Look("a Word document with macros", remedy="save it as DOCX without macros, or as PDF")),
    (b"word/document.xml", Look("a Word document", Kind.DOCX)),
    (b"xl/vbaProject.bin", Look("a spreadsheet with macros", remedy="save it as XLSX without macros, or as CSV")),
    (b"xl/workbook.bin", Look("a binary spreadsheet (Excel)", remedy="save it as XLSX or CSV")),
    (b"xl/workbook.xml", Look("a spreadsheet (Excel)", Kind.XLSX)),
    (b"ppt/presentation.xml", Look("a presentation (PowerPoint)")),
    (b"mimetypeapplication/vnd.oasis.opendocument", Look("an OpenDocument file")),
    (b"mimetypeapplication/epub+zip", Look("an e-book (EPUB)")),
    (b"META-INF/MANIFEST.MF", Look(f"{PROGRAM} (Java)")),
)
# A mail first: what is attached to it lies within the same file.
WITHIN_OLE: tuple[tuple[str, Look], ...] = (
    ("__substg1.0_", Look("a mail of Outlook", Kind.MSG)),
    ("EncryptedPackage", Look("an encrypted Office document", remedy="save a copy without a password")),
    ("WordDocument", Look("an old Word document", remedy="save it as DOCX or PDF")),
    ("Workbook", Look("an old spreadsheet (Excel)", remedy="save it as XLSX or CSV")),
    ("PowerPoint Document", Look("an old presentation (PowerPoint)")),
)
HTML_START = re.compile(
    r"(?:<\?xml[^<>]{0,200}\?>|<!--(?:[^-]|-(?!->)){0,2000}-->|\s)*<(?:!doctype\s+html|html)\b", re.I
)
HTML_TAG = re.compile(
    rb"<(?:!doctype|html|head|body|title|meta|article|section|main|div|p|h[1-6]|table|span|a|br)\b", re.I
)
HEADER = re.compile(rb"(?:From [^\r\n]{1,500}\r?\n)?[!-9;-~]{1,76}:[^\r\n]{0,60000}\r?\n")
MAIL_HEADER = re.compile(
    rb"^(?:from|to|subject|date|message-id|received|return-path|delivered-to|mime-version|content-type):", re.I | re.M
)


def look_of(data: bytes) -> Look | None:
    """What the bytes are, `None` where nothing marks them: text of some sort, perhaps."""
    # Programs that read PDF take its mark anywhere in the first 1,024 bytes; a text may well speak of it there.
    if data.startswith(b"%PDF-") or (b"%PDF-" in data[:1024] and b"startxref" in data[-HEAD:]):
        return Look("a PDF", Kind.PDF)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return next((look for mark, look in WITHIN_ZIP if mark in data), Look(f"{ARCHIVE} (zip)"))
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return next((look for mark, look in WITHIN_OLE if mark.encode("utf-16-le") in data), Look("an old Office file"))
    for mark, look in PICTURES:
        if data.startswith(mark):
            return look
    for mark, words in STARTS:
        if data.startswith(mark):
            return Look(words)
    return _look_within(data) or _look_of_text(data)


def has_markup(data: bytes) -> bool:
    """Whether there is any tag of HTML in it, however it is encoded."""
    return HTML_TAG.search(data[: 64 * HEAD].replace(b"\0", b"")) is not None


def is_mail(data: bytes) -> bool:
    """Whether it begins as RFC 5322 has it: header fields, two at least of those that mails have."""
    head = data[: 16 * HEAD].removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if not HEADER.match(head):
        return False
    fields = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return len({match.lower() for match in MAIL_HEADER.findall(fields)}) >= 2


def _look_within(data: bytes) -> Look | None:
    """Formats whose mark does not stand at the start, or is too short to trust alone."""
    if data[:2] == b"MZ" and (b"\0" in data[:HEAD] or b"This program" in data[:HEAD]):
        return Look(f"{PROGRAM} (Windows)")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Look(f"{PICTURE} (WebP)", Kind.WEBP)
    if data[:4] == b"RIFF" and data[8:12] in (b"WAVE", b"AVI "):
        return Look(f"{RECORDING} (RIFF)")
    if data[4:8] == b"ftyp":
        return Look(f"{PICTURE} (HEIF)" if data[8:12] in (b"heic", b"mif1", b"avif") else f"{RECORDING} (MP4)")
    if data[:2] == b"BM" and len(data) > 14 and data[6:10] == b"\0\0\0\0":
        return Look(f"{PICTURE} (BMP)")
    if data[257:262] == b"ustar":
        return Look(f"{ARCHIVE} (tar)")
    return None


def _look_of_text(data: bytes) -> Look | None:
    head = data[:HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", errors="replace")
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").decode("latin-1")
    return Look("a page of HTML", Kind.HTML) if HTML_START.match(text) else None
