"""Web archives: the pages in a WARC (ISO 28500) or WACZ, each checked against the digests that its archive gives.

warcio finds the records; what they hold is taken apart here, so that every step is bounded. A disagreeing digest does
not lose the page: crawlers compute digests over different stages of the same bytes, so it is kept with a severe note.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import IO

from warcio.archiveiterator import WARCIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from sijill.core.document import Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.containers import Allowance, Part, require_members
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.quiet import PARSER_FAULTS
from sijill.preserve.view import ADDRESS, LONGEST_ADDRESS

# Types of pages that are taken, and the ending that tells a reader what they are.
TAKEN = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "txt", "application/pdf": "pdf"}
CHUNK, LONGEST_HEAD, LONGEST_INDEX = 1 << 16, 1 << 16, 20_000_000
STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,200}\r\n")
ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha512"})
WARC_FAULTS: tuple[type[Exception], ...] = (*PARSER_FAULTS, EOFError, RuntimeError, ArchiveLoadFailed)
BROKEN = "it is damaged after record {:,}; what came before was taken, the rest was not"


@dataclass(slots=True)
class _Archive:
    """One web archive on its way: what it is called, what it may take, and how many records were seen and taken."""

    name: str
    limits: Limits
    allowance: Allowance
    seen: int = 0
    taken: int = 0


@dataclass(slots=True)
class _Response:
    """A response of HTTP: its status, its headers in lower case, and what followed them in the record so far."""

    status: int
    headers: dict[str, str]
    head: bytes
    body: bytearray = field(default_factory=bytearray)


def warc_parts(stream: IO[bytes], name: str, limits: Limits, allowance: Allowance) -> Iterator[Part | UnreadableFile]:
    """The pages in a WARC: responses with status 200 that are HTML, plain text or PDF; others are passed over."""
    archive = _Archive(name, limits, allowance)
    yield from _records(stream, archive)
    _require_pages(archive)


def wacz_parts(stream: IO[bytes], name: str, limits: Limits, allowance: Allowance) -> Iterator[Part | UnreadableFile]:
    """The pages in the WARCs of a WACZ 1.1, with what its `datapackage.json` says of their bytes."""
    archive = _Archive(name, limits, allowance)
    with zipfile.ZipFile(stream) as package:
        require_members(package, name, limits, allowance)
        digests, about_all = _digests(package)
        for entry in package.infolist():
            if not entry.filename.startswith("archive/") or not entry.filename.endswith((".warc", ".warc.gz")):
                continue
            notes = (*about_all, *_about_member(package, entry, digests))
            with package.open(entry) as member:
                for found in _records(member, archive):
                    yield replace(found, notes=(*found.notes, *notes)) if isinstance(found, Part) else found
    _require_pages(archive)


def _require_pages(archive: _Archive) -> None:
    if not archive.taken:
        raise UnreadableFile(
            shown(archive.name),
            "there is no page in it that was fetched whole and is HTML, plain text or PDF",
            hint="check that this is the file that was meant",
        )


def _records(stream: IO[bytes], archive: _Archive) -> Iterator[Part | UnreadableFile]:
    try:
        for record in WARCIterator(stream, no_record_parse=True):
            archive.seen += 1
            found = _page(record, archive)
            while _read(record, CHUNK, archive):
                pass  # What is not taken counts as well.
            if found is not None:
                archive.taken += 1
                _require_few(archive)
                yield found
    except WARC_FAULTS as err:
        if not archive.seen:
            raise UnreadableFile(shown(archive.name), "there is no WARC in it", hint="fetch it again") from err
        raise UnreadableFile(shown(archive.name), BROKEN.format(archive.seen), hint="fetch it again") from err


def _require_few(archive: _Archive) -> None:
    if archive.taken > archive.limits.max_members:
        reason = f"it holds more than {archive.limits.max_members:,} pages; those were taken, the rest was not"
        raise UnreadableFile(shown(archive.name), reason, hint="split it into parts and add each")


def _read(record: ArcWarcRecord, size: int, archive: _Archive) -> bytes:
    chunk = bytes(record.raw_stream.read(size))
    archive.allowance.take(len(chunk))
    return chunk


def _page(record: ArcWarcRecord, archive: _Archive) -> Part | UnreadableFile | None:
    """The page in a record, why it is refused, or `None` where it holds none."""
    fields = record.rec_headers
    if record.rec_type != "response" or not (fields.get_header("WARC-Target-URI") or "").startswith("http"):
        return None
    response = _response(record, archive)
    ending = TAKEN.get(response.headers.get("content-type", "").partition(";")[0].strip().lower()) if response else None
    if response is None or response.status != 200 or ending is None:
        return None
    called = f"{archive.seen}.{ending}"
    while chunk := _read(record, CHUNK, archive):
        response.body += chunk
        if len(response.body) > archive.limits.max_bytes:
            return _refused(archive, called, f"it is larger than {archive.limits.max_bytes:,} bytes")
    stages = _stages(response, archive.limits.max_bytes)
    if stages is None:
        return _refused(archive, called, "it is packed in a way that is not read, or unpacks to too much")
    archive.allowance.take(len(stages[-1]))
    address = fields.get_header("WARC-Target-URI") or ""
    url = address if len(address) <= LONGEST_ADDRESS and ADDRESS.fullmatch(address) else None
    return Part(archive.seen, called, stages[-1], url, tuple(_notes(record, response, stages)))


def _refused(archive: _Archive, called: str, reason: str) -> UnreadableFile:
    return UnreadableFile(shown(f"{archive.name}!{called}"), reason, hint="save the page as HTML or PDF and add that")


def _response(record: ArcWarcRecord, archive: _Archive) -> _Response | None:
    """The head of a response, `None` where it is none of HTTP."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD and (chunk := _read(record, CHUNK, archive)):
        head += chunk
    start, parted, body = head.partition(b"\r\n\r\n")
    status = STATUS.match(start)
    if not parted or status is None:
        return None
    lines = (line.partition(":") for line in start.decode("latin-1").split("\r\n")[1:])
    headers = {key.strip().lower(): value.strip() for key, _, value in lines}
    return _Response(int(status.group(1)), headers, start + parted, bytearray(body))


def _stages(response: _Response, most: int) -> tuple[bytes, ...] | None:
    """The body as it was sent, without its chunks, and unpacked; `None` where it cannot be unpacked."""
    sent = bytes(response.body)
    whole = sent
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        # Some crawlers undo the chunks and leave the header as it was.
        whole = _without_chunks(sent) or sent
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing in ("", "identity", "utf-8"):
        return sent, whole
    unpacked = _unpacked(whole, most) if packing in ("gzip", "x-gzip", "deflate") else None
    return None if unpacked is None else (sent, whole, unpacked)


def _without_chunks(body: bytes) -> bytes | None:
    """A body without the sizes of its chunks (RFC 9112, section 7.1); `None` where it has none."""
    parts: list[bytes] = []
    at = 0
    while match := CHUNK_SIZE.match(body, at):
        size = int(match.group(1), 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[match.end() : match.end() + size])
        at = match.end() + size + 2
    return b"".join(parts) if parts and at >= len(body) else None


def _unpacked(body: bytes, most: int) -> bytes | None:
    """A body packed by gzip or deflate, with or without its header; as it is, where it is not packed at all."""
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        unpacker = zlib.decompressobj(bits)
        try:
            found = unpacker.decompress(body, most)
        except zlib.error:
            continue
        return found if unpacker.eof else None
    return body


def _notes(record: ArcWarcRecord, response: _Response, stages: tuple[bytes, ...]) -> Iterator[Note]:
    fields = record.rec_headers
    moment = fields.get_header("WARC-Date") or ""
    if MOMENT.fullmatch(moment):
        yield note(NoteCode.CAPTURED, f"The web archive says that it was fetched at {moment}.")
    if fields.get_header("WARC-Truncated") or len(response.head) + len(response.body) != record.length:
        yield note(NoteCode.RECORD_TRUNCATED, "The record in the web archive is cut off: the page is not whole.")
    block = response.head + bytes(response.body)
    agreed = [
        found
        for stated, over in (("WARC-Payload-Digest", stages), ("WARC-Block-Digest", (block,)))
        if (found := agrees(fields.get_header(stated) or "", over)) is not None
    ]
    if not agreed:
        yield note(NoteCode.DIGEST_MISSING, "The web archive gives no digest of the record that could be checked.")
    elif not all(agreed):
        yield note(NoteCode.DIGEST_DISAGREES, "The bytes of the record are not those whose digest it gives.")


def agrees(stated: str, stages: tuple[bytes, ...]) -> bool | None:
    """Whether a digest such as `sha1:BASE32` is that of any of the bytes; `None` where it says nothing known.

    >>> agrees("md5:7215EE9C7D9DC229D2921A40E899EC5F", (b" ",))
    True
    """
    algorithm, parted, value = stated.strip().partition(":")
    algorithm = algorithm.lower().replace("-", "")
    if not parted or algorithm not in ALGORITHMS:
        return None
    return any(value.strip() in _written(hashlib.new(algorithm, data).digest()) for data in stages)


def _written(digest: bytes) -> frozenset[str]:
    """The ways in which archives write a digest."""
    plain = base64.b32encode(digest).decode()
    return frozenset(
        {digest.hex(), digest.hex().upper(), plain, plain.rstrip("="), plain.lower(), base64.b64encode(digest).decode()}
    )


def _digests(package: zipfile.ZipFile) -> tuple[dict[str, str], tuple[Note, ...]]:
    """What `datapackage.json` says of the members, by path, and notes on its own bytes."""
    index = _small(package, "datapackage.json")
    if index is None:
        return {}, ()
    seal = _object(_small(package, "datapackage-digest.json") or b"{}").get("hash")
    resources = _object(index).get("resources")
    found = {
        path: digest
        for one in (resources if isinstance(resources, list) else [])
        if isinstance(one, dict)
        and isinstance(path := one.get("path"), str)
        and isinstance(digest := one.get("hash"), str)
    }
    if isinstance(seal, str) and agrees(seal, (index,)) is False:
        said = "The archive's datapackage.json is not the one whose digest datapackage-digest.json gives."
        return found, (note(NoteCode.DIGEST_DISAGREES, said),)
    return found, ()


def _about_member(package: zipfile.ZipFile, entry: zipfile.ZipInfo, digests: Mapping[str, str]) -> tuple[Note, ...]:
    algorithm, _, value = digests.get(entry.filename, "").partition(":")
    if algorithm not in ALGORITHMS:
        return (note(NoteCode.DIGEST_MISSING, "The archive's datapackage.json gives no digest of the WARC."),)
    hasher = hashlib.new(algorithm)
    with package.open(entry) as member:
        while chunk := member.read(CHUNK):
            hasher.update(chunk)
    if value in _written(hasher.digest()):
        return ()
    said = "The WARC that holds it is not the one whose digest the archive's datapackage.json gives."
    return (note(NoteCode.DIGEST_DISAGREES, said),)


def _small(package: zipfile.ZipFile, member: str) -> bytes | None:
    entry = package.NameToInfo.get(member)
    return package.read(entry) if entry is not None and entry.file_size <= LONGEST_INDEX else None


def _object(data: bytes) -> dict[str, object]:
    """A JSON object; an empty one for what is none, which then vouches for nothing."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
