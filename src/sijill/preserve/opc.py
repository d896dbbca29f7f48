"""Packages of Office (ECMA-376, part 2): zip files of XML parts, looked at before anything in them is believed."""

from __future__ import annotations

import re
import zipfile
import zlib

from lxml import etree

from sijill.core.document import Metadata, Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.dates import published_of
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.notes import NoteCode, note

DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
TERMS = "{http://purl.org/dc/terms/}"
# The date of the template that python-docx ships, and so of many documents made by programs.
STOCK_DATE = "2013-12-23T23:15:00Z"
DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
# Entries of this size are no bomb however much they shrink.
NO_BOMB = 20_000_000
FAULTS: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
)


def require_sane(package: zipfile.ZipFile, name: str, limits: Limits) -> None:
    """Looks at what the package says of its entries; reading one never gives more bytes than it says."""
    entries = package.infolist()
    if len(entries) > limits.max_parts:
        raise unreadable(name, f"it has {len(entries):,} parts, where {limits.max_parts:,} are allowed")
    if sum(entry.file_size for entry in entries) > limits.max_expanded:
        raise unreadable(name, f"it unpacks to more than {limits.max_expanded:,} bytes")
    for entry in entries:
        if entry.file_size > NO_BOMB and entry.file_size > limits.max_ratio * entry.compress_size:
            raise unreadable(name, f"a part of it unpacks to more than {limits.max_ratio:,} times its size")
        if entry.flag_bits & 1:
            raise UnreadableFile(shown(name), "it is encrypted", hint="save a copy without a password")


def tree_of_part(xml: bytes, name: str) -> etree._Element:
    """The part's elements; nothing that it declares is expanded, since no part of a package may declare anything."""
    if DECLARATION.search(xml.replace(b"\0", b"")):
        raise unreadable(name, "it declares entities, which no Office document does")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        return etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as err:
        raise unreadable(name, "it is damaged: its XML cannot be read") from err


def core_metadata(package: zipfile.ZipFile, name: str) -> tuple[Metadata, tuple[Note, ...]]:
    """Title and day of the last change; the author is left, often the login name of whoever typed it."""
    if "docProps/core.xml" not in package.namelist():
        return Metadata(), ()
    core = tree_of_part(package.read("docProps/core.xml"), name)
    changed = core.findtext(f"{TERMS}modified")
    published = published_of(changed)[0] if changed != STOCK_DATE else None
    metadata = Metadata(title=core.findtext(f"{DUBLIN_CORE}title"), published=published)
    if published is None:
        return metadata, ()
    said = f"The file was last changed on {published[:10]}; it states no other date."
    return metadata, (note(NoteCode.DATE_FROM_FILE, said),)


def unreadable(name: str, reason: str) -> UnreadableFile:
    """The refusal of a package, with what usually mends one."""
    return UnreadableFile(shown(name), reason, hint="open it in the program that made it and save it anew, or as PDF")
