"""Just enough of ASN.1's encodings (ITU-T X.690) to take a time-stamp reply apart and to put one together.

Read are one-byte tags and definite lengths, also where a length is written longer than it need be; `definite` makes
such of BER's open lengths, which some authorities use. What is signed is compared byte by byte anyway. Written is DER.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8_STRING, GENERALIZED_TIME, SEQUENCE, SET = 0x0C, 0x18, 0x30, 0x31
CONSTRUCTED, LONG_TAG, LONG_LENGTH = 0x20, 0x1F, 0x80
END_OF_CONTENTS = b"\x00\x00"
DEEPEST = 32
MOST_LENGTH_BYTES = 4
MOST_NUMBER_BYTES = 64  # Serial numbers have 20 at most; reading much longer numbers takes quadratic time.


class DerError(ValueError):
    """Bytes that are not the encoding they should be."""


def context(number: int) -> int:
    """The tag of a constructed, context-specific element."""
    return 0xA0 + number


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its identifier octet, its content, and all its bytes as they were read."""

    tag: int
    content: bytes
    raw: bytes

    def members(self, tag: int = SEQUENCE) -> tuple[Element, ...]:
        """The elements that it holds; raises DerError where it is not of that tag, or its content no such elements."""
        if self.tag != tag:
            raise DerError(f"an element is of tag {self.tag:#04x}, where {tag:#04x} was expected")
        return elements(self.content)

    def octets(self) -> bytes:
        """The value of an OCTET STRING; raises DerError."""
        if self.tag != OCTET_STRING:
            raise DerError("an OCTET STRING was expected")
        return self.content

    def integer(self) -> int:
        """The value of an INTEGER; raises DerError."""
        if self.tag != INTEGER or not 0 < len(self.content) <= MOST_NUMBER_BYTES:
            raise DerError("an INTEGER was expected")
        return int.from_bytes(self.content, "big", signed=True)

    def oid(self) -> str:
        """The value of an OBJECT IDENTIFIER, dotted; raises DerError."""
        if self.tag != OID or not 0 < len(self.content) <= MOST_NUMBER_BYTES or self.content[-1] & 0x80:
            raise DerError("an OBJECT IDENTIFIER was expected")
        arcs, arc = [], 0
        for octet in self.content:
            arc = arc << 7 | octet & 0x7F
            if not octet & 0x80:
                arcs.append(arc)
                arc = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def read(data: bytes) -> Element:
    """The one element that the bytes hold; raises DerError where there is none, or more."""
    element, end = _at(data, 0)
    if end != len(data):
        raise DerError("there are bytes after the end")
    return element


def elements(data: bytes) -> tuple[Element, ...]:
    """The elements that the bytes hold one after the other; raises DerError."""
    found, start = [], 0
    while start < len(data):
        element, start = _at(data, start)
        found.append(element)
    return tuple(found)


def definite(data: bytes) -> bytes:
    """The one element that the bytes hold, with every length definite and short, and strings in one piece.

    DER comes out as it went in. Raises DerError, also for what is nested beyond reason.
    """
    made, end = _definite(data, 0, DEEPEST)
    if end != len(data):
        raise DerError("there are bytes after the end")
    return made


def write(tag: int, *parts: bytes) -> bytes:
    """An element of that tag around the parts.

    >>> write(SEQUENCE, write(INTEGER, b"\\x05")).hex()
    '3003020105'
    """
    content = b"".join(parts)
    length = len(content)
    if length < LONG_LENGTH:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, LONG_LENGTH | len(octets))) + octets + content


def write_set(tag: int, parts: Iterable[bytes]) -> bytes:
    """A SET OF, whose members DER wants in the order of their encodings (X.690, section 11.6)."""
    return write(tag, *sorted(parts))


def write_integer(value: int) -> bytes:
    """An INTEGER."""
    return write(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def write_oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER.

    >>> read(write_oid("1.2.840.113549.1.7.2")).oid()
    '1.2.840.113549.1.7.2'
    """
    first, second, *rest = map(int, dotted.split("."))
    return write(OID, *map(_base128, (40 * first + second, *rest)))


def _base128(arc: int) -> bytes:
    octets = [arc & 0x7F]
    while arc := arc >> 7:
        octets.insert(0, arc & 0x7F | 0x80)
    return bytes(octets)


def _definite(data: bytes, start: int, depth: int) -> tuple[bytes, int]:
    if not depth:
        raise DerError(f"it is nested more than {DEEPEST} deep")
    tag, content, length = _head(data, start)
    if not tag & CONSTRUCTED:
        if length is None:
            raise DerError("the length of a string is open")
        return write(tag, data[content : content + length]), content + length
    end = len(data) if length is None else content + length
    parts, at = [], content
    while at < end and not (length is None and data[at : at + 2] == END_OF_CONTENTS):
        part, at = _definite(data, at, depth - 1)
        parts.append(part)
    if length is None:
        if at >= end:
            raise DerError("it is cut off")
        at += len(END_OF_CONTENTS)
    elif at != end:
        raise DerError("an element reaches beyond what holds it")
    if tag == OCTET_STRING | CONSTRUCTED:
        return write(OCTET_STRING, *(read(p).content for p in parts)), at
    return write(tag, *parts), at


def _at(data: bytes, start: int) -> tuple[Element, int]:
    """The element that starts there, and where the next one does."""
    tag, content, length = _head(data, start)
    if length is None:
        raise DerError("a length is open")
    end = content + length
    return Element(tag, data[content:end], data[start:end]), end


def _head(data: bytes, start: int) -> tuple[int, int, int | None]:
    """The tag there, where its content starts, and how long that is, `None` where the length is open."""
    head = data[start : start + 2 + MOST_LENGTH_BYTES]
    if len(head) < 2:
        raise DerError("it is cut off")
    tag, length, size = head[0], head[1], 2
    if tag & LONG_TAG == LONG_TAG:
        raise DerError("a tag has several bytes")
    if length == LONG_LENGTH:
        return tag, start + size, None
    if length > LONG_LENGTH:
        count = length & 0x7F
        if count > MOST_LENGTH_BYTES:
            raise DerError("a length is too large")
        size += count
        length = int.from_bytes(head[2:size], "big")
    if size > len(head) or start + size + length > len(data):
        raise DerError("it is cut off")
    return tag, start + size, length
