"""Mail as Outlook saves it (.msg): the body as text, the subject, who sent it and when; attachments named, not read."""

from __future__ import annotations

import olefile
from oxmsg import Message
from oxmsg.attachment import Attachment
from oxmsg.domain.model import UnrecognizedCodePageError, UnsupportedEncodingError

from sijill.core.document import Metadata, Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.dates import published_of
from sijill.preserve.eml import about_attachments, header_words, name_and_address
from sijill.preserve.encoding import decode
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.quiet import PARSER_FAULTS
from sijill.preserve.view import View, reader_name

MEDIA_TYPE = "application/vnd.ms-outlook"
# PidTagSubject, PidTagBody, PidTagHtml, PidTagInternetCodepage and PidTagMessageCodepage of [MS-OXPROPS]; PtypString8.
SUBJECT, BODY, HTML = 0x0037, 0x1000, 0x1013
CODEPAGES, EIGHT_BIT = (0x3FDE, 0x3FFD), 0x001E
# What the library takes 8-bit words to be in where no code page is stated: it gives every byte back.
ASSUMED = "iso-8859-15"
SEALED = "IPM.NOTE.SMIME"
MAILS = ("IPM.NOTE", "IPM.POST", "REPORT")
LONGEST_NAME = 4_000
# In the header of a compound file: the size of a sector as a power of two, and how many sectors each table has.
SECTOR_SHIFT, LARGEST_SHIFT = slice(30, 32), 12
SECTOR_COUNTS = (slice(44, 48), slice(64, 68), slice(72, 76))
PROPERTIES, MOST_PROPERTY_BYTES = "__properties_version1.0", 160_000
LIES = "it is damaged: it says that it holds more than it has"
MSG_FAULTS: tuple[type[Exception], ...] = (*PARSER_FAULTS, UnrecognizedCodePageError, UnsupportedEncodingError)


def read_msg(data: bytes, *, name: str, limits: Limits) -> View:
    """The plain text of a mail, else what its HTML shows. Raises UnreadableFile.

    The sender is a name, or the host of the address: addresses are never kept apart from the bytes.
    """
    try:
        _require_sane(data, name)
        message = Message.load(data)
        _require_mail(message, name)
        attached = [one.file_name or "a file without a name" for one in _attachments(message, name, limits)]
        text, about_text, reader = _body(message, name, limits)
        metadata, unclear = _metadata(message, name)
    except MSG_FAULTS as err:
        raise _unreadable(name, "it is damaged: what it holds cannot be told apart") from err
    if not text.strip():
        raise _unreadable(name, "its body is neither plain text nor HTML")
    notes = [*about_text, *([about_attachments(attached)] if attached else []), *([unclear] if unclear else [])]
    return View(text, reader, MEDIA_TYPE, metadata, tuple(notes))


def _require_sane(data: bytes, name: str) -> None:
    """Looks at what a compound file says of its sizes ([MS-CFB], 2.2 and 2.6): chains are followed as far as it says.

    A chain may lead in a circle, so that a file of 3 KB would be read as one of gigabytes.
    """
    sector = 1 << min(int.from_bytes(data[SECTOR_SHIFT], "little"), LARGEST_SHIFT)
    if any(int.from_bytes(data[place], "little") * sector > len(data) for place in SECTOR_COUNTS):
        raise _unreadable(name, LIES)
    with olefile.OleFileIO(data) as compound:
        entries = [entry for entry in compound.direntries if entry is not None]
    if sum(entry.size for entry in entries if entry.entry_type == olefile.STGTY_STREAM) > len(data):
        raise _unreadable(name, LIES)
    properties = (entry.size for entry in entries if entry.name == PROPERTIES)
    if max(properties, default=0) > MOST_PROPERTY_BYTES:
        raise _unreadable(name, "it has more properties than any mail has")


def _require_mail(message: Message, name: str) -> None:
    """Outlook keeps appointments and contacts in the same format; a contact is a person, and no report."""
    kind = message.message_class.upper()
    if kind.startswith(SEALED):
        raise UnreadableFile(
            shown(name), "it is encrypted, or signed as a whole", hint="open it in Outlook and save its words as text"
        )
    if kind and not kind.startswith(MAILS):
        raise UnreadableFile(
            shown(name), "it is an item of Outlook that is no mail", hint="save what it reports as text"
        )


def _attachments(message: Message, name: str, limits: Limits) -> tuple[Attachment, ...]:
    found = message.attachments
    if len(found) > limits.max_parts:
        raise _unreadable(name, f"it has more than {limits.max_parts:,} parts")
    return found


def _body(message: Message, name: str, limits: Limits) -> tuple[str, tuple[Note, ...], str]:
    """Text, notes and the reader's name."""
    plain = reader_name("msg", "python-oxmsg")
    body, about_body = _written(message, BODY, name)
    if body.strip():
        return body.replace("\r\n", "\n").strip("\n"), about_body, plain
    html = message.properties.binary_prop_value(HTML)
    as_text = None if html else message.html_body
    if not html and not as_text:
        return "", (), plain
    from sijill.preserve.html import tree_of, visible_text

    declared = message.properties.body_encoding if html else "utf-8"
    tree, notes = tree_of(html or (as_text or "").encode("utf-8"), name=name, limits=limits, declared=declared)
    return visible_text(tree), notes, reader_name("msg", "python-oxmsg", "lxml")


def _written(message: Message, number: int, name: str) -> tuple[str, tuple[Note, ...]]:
    """The words of a property; those of 8 bits and no code page are read by our own rules, not as Western European."""
    properties = message.properties
    words = properties.str_prop_value(number) or ""
    stated = any(properties.int_prop_value(page) is not None for page in CODEPAGES)
    if stated or not any(one.pid == number and one.ptyp == EIGHT_BIT for one in properties):
        return words, ()
    decoded = decode(words.encode(ASSUMED), name=name)
    return decoded.text, decoded.notes


def _metadata(message: Message, name: str) -> tuple[Metadata, Note | None]:
    """Subject, sender's name or else the host of the address, and the moment at which it was sent."""
    written = "".join(header_words((message.sender or "")[:LONGEST_NAME])).strip()
    sender, address = name_and_address(written)
    host = address.rpartition("@")[2] if "@" in address else ""
    sent = message.sent_date.isoformat(timespec="seconds") if message.sent_date else message.message_headers.get("Date")
    published, unclear = published_of(sent)
    title = _written(message, SUBJECT, name)[0] or None
    return Metadata(title=title, publisher=sender or host or None, published=published), unclear


def _unreadable(name: str, reason: str) -> UnreadableFile:
    return UnreadableFile(shown(name), reason, hint="save the message as .eml from the mail program")
