"""Mail (.eml): the body as text, the subject, who sent it and when; attachments are named, not read."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError, InvalidBase64LengthDefect, MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parseaddr

from sijill.core.document import Metadata, Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.dates import published_of
from sijill.preserve.encoding import decode
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.quiet import PARSER_FAULTS
from sijill.preserve.view import View, reader_name

LONGEST_HEADER = 4_000
NAMED = 20
MAIL_FAULTS: tuple[type[Exception], ...] = (MessageError, *PARSER_FAULTS)
ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
FOLD = re.compile(r"\r?\n[ \t]")


class _AsWritten(Compat32):
    """Header fields as they stand: bytes beyond ASCII, as mails of the region have them, are ours to decode."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


@dataclass(slots=True)
class _Parts:
    """The parts of a mail that are shown, as plain text or HTML, and the names of those that are attached."""

    shown: list[Message] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)


def read_eml(data: bytes, *, name: str, limits: Limits) -> View:
    """The plain text of a mail, else what its HTML shows. Raises UnreadableFile.

    The parser of the standard library in its older policy: the newer reads every header by a grammar that damaged
    mails break in ways of their own.
    """
    try:
        message = message_from_bytes(data, policy=_AsWritten())
        parts = _Parts()
        _collect(message, parts, limits, name)
        texts, notes, html = _bodies(parts.shown, name, limits)
        metadata, unclear = _metadata(message)
    except MAIL_FAULTS as err:
        raise _unreadable(name, "it is damaged: its parts cannot be told apart") from err
    if parts.attached:
        notes.append(about_attachments(parts.attached))
    notes += [unclear] if unclear else []
    reader = reader_name("eml", "lxml") if html else reader_name("eml")
    return View("\n\n".join(texts), reader, "message/rfc822", metadata, tuple(notes))


def _collect(message: Message, parts: _Parts, limits: Limits, name: str) -> None:
    """Goes through the parts in their order, of alternatives the plainest; what is attached is not gone into."""
    stack = [(message, 0)]
    count = 0
    while stack:
        part, depth = stack.pop()
        count += 1
        if depth > limits.max_nesting:
            raise _unreadable(name, "its parts are nested too deeply")
        if count > limits.max_parts:
            raise _unreadable(name, f"it has more than {limits.max_parts:,} parts")
        kind = part.get_content_type()
        if kind in ENCRYPTED and "signed-data" not in str(part.get("Content-Type", "")):
            raise UnreadableFile(shown(name), "it is encrypted", hint="decrypt it in the mail program and save it anew")
        if _is_attached(part, kind):
            parts.attached.append(_filename(part) or kind)
        elif part.is_multipart():
            inner = [child for child in part.get_payload() if isinstance(child, Message)]
            chosen = _plainest(inner) if kind == "multipart/alternative" else inner
            stack.extend((child, depth + 1) for child in reversed(chosen))
        else:
            parts.shown.append(part)


def _is_attached(part: Message, kind: str) -> bool:
    if kind.startswith("multipart/"):
        return False
    disposition = str(part.get("Content-Disposition", "")).strip().lower()
    return disposition.startswith("attachment") or kind not in ("text/plain", "text/html") or bool(_filename(part))


def _plainest(alternatives: list[Message]) -> list[Message]:
    """The plain text where it says anything, else the last, which the sender prefers (RFC 2046, section 5.1.4)."""
    for part in alternatives:
        if part.get_content_type() == "text/plain" and (_payload(part)).strip():
            return [part]
    return alternatives[-1:]


def _bodies(shown_parts: list[Message], name: str, limits: Limits) -> tuple[list[str], list[Note], bool]:
    texts: list[str] = []
    notes: list[Note] = []
    html = False
    for part in shown_parts:
        payload = _payload(part)
        if not payload.strip():
            continue
        charset = str(part.get_param("charset") or "") or None
        if part.get_content_type() == "text/html":
            from sijill.preserve.html import tree_of, visible_text

            tree, about = tree_of(payload, name=name, limits=limits, declared=charset)
            texts.append(visible_text(tree))
            html = True
        else:
            decoded = decode(payload, name=name, declared=charset)
            texts.append(decoded.text.replace("\r\n", "\n").strip("\n"))
            about = decoded.notes
        if part.defects:
            about = (
                *about,
                note(NoteCode.BYTES_REPLACED, "A part of the mail is damaged in its encoding for transfer."),
            )
        notes += [one for one in about if one not in notes]
    return [text for text in texts if text.strip()], notes, html


def _payload(part: Message) -> bytes:
    """The bytes of a part; base64 that was cut off, which the library gives as it stands, up to where it is whole."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return b""
    if any(isinstance(defect, InvalidBase64LengthDefect) for defect in part.defects):
        return b64decode(payload[: len(payload) // 4 * 4])
    return payload


def _metadata(message: Message) -> tuple[Metadata, Note | None]:
    """Subject, sender's name or else the host of the address, and the date of sending."""
    sender, address = name_and_address(_header(message, "From"))
    host = address.rpartition("@")[2] if "@" in address else ""
    published, unclear = published_of(_header(message, "Date"))
    title, publisher = _header(message, "Subject") or None, sender or host or None
    return Metadata(title=title, publisher=publisher, published=published), unclear


def name_and_address(field_text: str) -> tuple[str, str]:
    """Name and address; both empty where comments are nested so deep that the parser gives up."""
    try:
        return parseaddr(field_text)
    except RecursionError:
        return "", ""


def _header(message: Message, field_name: str) -> str:
    """A header field unfolded, its encoded words (RFC 2047) decoded by our own rules."""
    return "".join(header_words(FOLD.sub(" ", message.get(field_name, ""))[:LONGEST_HEADER])).strip()


def header_words(raw: str) -> Iterator[str]:
    """The parts of a header field, encoded words (RFC 2047) decoded."""
    if not raw.isascii():
        # Raw bytes come as surrogates (PEP 383).
        yield _decoded(raw.encode("utf-8", errors="surrogateescape"), None)
        return
    try:
        found = decode_header(raw)
    except (HeaderParseError, ValueError):
        yield raw
        return
    for words, charset in found:
        if isinstance(words, str):
            yield words
        else:
            yield _decoded(words, charset)


def _decoded(words: bytes, charset: str | None) -> str:
    """A header's words; those in no known encoding are no reason to refuse the mail."""
    try:
        return decode(words, name="header", declared=charset).text
    except UnreadableFile:
        return words.decode("ascii", errors="replace")


def _filename(part: Message) -> str:
    found = part.get_filename()
    return "".join(header_words(found)) if isinstance(found, str) and found else ""


def about_attachments(names: list[str]) -> Note:
    """A note that names what is attached and was not read."""
    listed = ", ".join(shown(one) for one in names[:NAMED])
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return note(NoteCode.ATTACHMENTS_NOT_READ, f"Attached and not read: {listed}{more}.")


def _unreadable(name: str, reason: str) -> UnreadableFile:
    return UnreadableFile(shown(name), reason, hint="save the message anew from the mail program")
