"""A `.jsonl` of reports: an object a line, each line a document of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import BinaryIO, NoReturn

from sijill.core.document import Metadata, Note, Reading
from sijill.core.errors import MalformedReport, UnreadableFile
from sijill.preserve.dates import published_of
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.mojibake import repaired
from sijill.preserve.names import shown
from sijill.preserve.notes import NoteCode, note
from sijill.preserve.signatures import HEAD, look_of
from sijill.preserve.view import View, finish, reader_name

FIELDS = ("id", "url", "publisher", "language", "published", "title", "text")
LONGEST_ID = 200
BOM = b"\xef\xbb\xbf"
CHUNK = 1 << 16
NOT_IN_AN_ID = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Report:
    """A line that is a report: its number from 1, its bytes without the line break, and the label people know it by."""

    line: int
    data: bytes
    label: str


def iter_reports(stream: BinaryIO, *, name: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[Report | MalformedReport]:
    """Each line of a `.jsonl`: a report, or what is wrong with it; blank lines are passed over.

    A line over the limit is passed over too, without ever being held. Raises UnreadableFile for a stream that is empty
    or of another kind.
    """
    found = False
    for number, line in _lines(stream, limits.max_line):
        if number == 1:
            _refuse_other_kinds(line or b"", name)
        if line is None:
            found = True
            yield MalformedReport(shown(name), number, f"it is longer than {limits.max_line:,} bytes")
        elif line.strip():
            found = True
            try:
                fields = _fields(line, name=name, line=number, limits=limits)
            except MalformedReport as err:
                yield err
            else:
                yield Report(number, line, _label(fields, name, number))
    if not found:
        raise UnreadableFile(shown(name), "there is no report in it", hint="check that this is the file that was meant")


def read_report(data: bytes, *, name: str, line: int, limits: Limits = DEFAULT_LIMITS) -> tuple[str, Reading]:
    """Label and reading of one line; the line's bytes are the document. Raises MalformedReport."""
    fields = _fields(data, name=name, line=line, limits=limits)
    text, lines, misread_as = repaired(fields["text"] or "")
    notes: list[Note] = []
    if lines:
        said = f"{lines:,} lines of UTF-8 had been read as {misread_as}; turned back."
        notes.append(note(NoteCode.MOJIBAKE_REPAIRED, said))
    published, unclear = published_of(fields.get("published"))
    metadata = Metadata(
        title=fields.get("title"),
        publisher=fields.get("publisher"),
        url=fields.get("url"),
        language=fields.get("language"),
        published=published,
    )
    notes += [unclear] if unclear else []
    view = View(text, reader_name("report"), "application/json", metadata, tuple(notes))
    try:
        reading = finish(view, document=sha256(data).hexdigest(), name=name, limits=limits)
    except UnreadableFile as err:
        raise MalformedReport(shown(name), line, err.reason) from err
    return _label(fields, name, line), reading


def _refuse_other_kinds(first: bytes, name: str) -> None:
    """A first line that shows another kind of file: one refusal, not one for each of its lines."""
    look = None if first.lstrip(BOM + b" \t").startswith(b"{") else look_of(first[:HEAD])
    if look is not None:
        raise UnreadableFile(shown(name), f"its name ends in .jsonl, but it is {look.words}", hint="rename it")
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile(shown(name), "it is UTF-16; a .jsonl is UTF-8", hint="save it as UTF-8")


def _lines(stream: BinaryIO, longest: int) -> Iterator[tuple[int, bytes | None]]:
    """Number and bytes of each line without its line break; `None` for one over `longest`, which is never held."""
    number = 0
    while line := stream.readline(longest + 2):
        number += 1
        body = line[:-1].removesuffix(b"\r") if line.endswith(b"\n") else line
        if len(body) <= longest:
            yield number, body
            continue
        while not line.endswith(b"\n") and (line := stream.readline(CHUNK)):
            pass
        yield number, None


def _label(fields: dict[str, str | None], name: str, line: int) -> str:
    return fields.get("id") or f"{PurePath(name).stem}-{line}"


def _fields(data: bytes, *, name: str, line: int, limits: Limits) -> dict[str, str | None]:
    """The known fields of a line that is a report, its text never empty; raises MalformedReport with what is wrong."""
    try:
        if len(data) > limits.max_line:
            raise ValueError(f"it is longer than {limits.max_line:,} bytes")
        parsed = _parsed(data, limits)
        return _checked({field: _string(parsed, field) for field in FIELDS})
    except ValueError as err:
        raise MalformedReport(shown(name), line, _reason(err)) from err


def _parsed(data: bytes, limits: Limits) -> dict[str, object]:
    try:
        # Numbers are not built: no field is one, and a number of a million digits takes minutes to convert.
        parsed = json.loads(
            data.removeprefix(BOM).decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_no_number,
        )
    except RecursionError as err:
        raise ValueError("it is nested too deeply") from err
    if not isinstance(parsed, dict):
        raise ValueError("it is not an object")
    if _deeper_than(parsed, limits.max_nesting):
        raise ValueError("it is nested too deeply")
    return parsed


def _reason(err: ValueError) -> str:
    if isinstance(err, UnicodeDecodeError):
        return f"it is not UTF-8: byte {err.start + 1:,} cannot be read"
    if isinstance(err, json.JSONDecodeError):
        return f"it is not JSON: {err.msg} at character {err.pos + 1:,}"
    return str(err)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in found if keys.count(key) > 1) if len(keys) < 100 else "a key"
        raise ValueError(f"`{shown(twice)}` is given twice")
    return found


def _number(_: str) -> int:
    return 0


def _no_number(words: str) -> NoReturn:
    raise ValueError(f"it is not JSON: {words} is no number of JSON")


def _deeper_than(value: object, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [
            child
            for parent in layer
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not layer:
            return False
    return any(isinstance(child, dict | list) for child in layer)


def _string(parsed: dict[str, object], field: str) -> str | None:
    value = parsed.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"`{field}` is not a string")
    if SURROGATE.search(value):
        raise ValueError(f"`{field}` holds half a character (a lone surrogate)")
    return value


def _checked(fields: dict[str, str | None]) -> dict[str, str | None]:
    text, label = fields["text"], fields["id"]
    if text is None:
        raise ValueError("`text` is missing")
    if not text.strip():
        raise ValueError("`text` is empty")
    if label is not None and (len(label) > LONGEST_ID or NOT_IN_AN_ID.search(label)):
        raise ValueError(f"`id` is longer than {LONGEST_ID} characters or holds control characters")
    return {**fields, "id": (label or "").strip() or None}
