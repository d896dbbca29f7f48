"""YAML front matter of a text file: between a first line `---` and the next, what the report says of itself.

Read from YAML's events, one by one, so that nothing is ever built from it: no alias is followed, no tag obeyed, no
nesting descended into. Every value stays the words that stand there ("2031-03-09", "no").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from sijill.core.document import Metadata, Note
from sijill.core.errors import UnreadableFile
from sijill.preserve.dates import published_of
from sijill.preserve.names import shown

FIELDS = ("id", "url", "publisher", "language", "published", "title")
MAX_SIZE = 64_000
MAX_EVENTS = 4_000
# Plain scalars that YAML's core schema reads as null.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
OPENING = re.compile(r"---[ \t]*\r?\n")
CLOSING = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NOTHING_STATED = Metadata()


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of a front matter, `None` where absent or null, and what there is to say about them."""

    id: str | None = None
    metadata: Metadata = NOTHING_STATED
    notes: tuple[Note, ...] = ()


def split(text: str, *, name: str) -> tuple[FrontMatter, str]:
    """The front matter of a text and what follows it, without the leading line breaks; all of it where there is none.

    Raises UnreadableFile where a text begins and ends a front matter that is not one.
    """
    opening = OPENING.match(text)
    closing = CLOSING.search(text, opening.end(), opening.end() + MAX_SIZE) if opening else None
    if opening is None or closing is None:
        return FrontMatter(), text
    fields = _fields(text[opening.end() : closing.start()], name)
    published, unclear = published_of(fields.get("published"))
    metadata = Metadata(
        title=fields.get("title"),
        publisher=fields.get("publisher"),
        url=fields.get("url"),
        language=fields.get("language"),
        published=published,
    )
    body = text[closing.end() :].lstrip("\r\n")
    return FrontMatter(fields.get("id"), metadata, (unclear,) if unclear else ()), body


def _fields(block: str, name: str) -> dict[str, str | None]:
    try:
        return dict(_pairs(block))
    except (yaml.YAMLError, ValueError) as err:
        what = err.problem if isinstance(err, yaml.MarkedYAMLError) and err.problem else str(err)
        raise UnreadableFile(
            shown(name),
            f"the front matter between its two lines of --- cannot be read: {shown(what)}",
            hint="write `field: value` lines there, or put an empty line before the first --- if it is none",
        ) from err


def _pairs(block: str) -> Iterator[tuple[str, str | None]]:
    """Field and value of each known field of the mapping; raises ValueError for what no front matter has."""
    depth, key, seen = 0, None, set()
    for count, event in enumerate(yaml.parse(block, Loader=LOADER)):
        if count > MAX_EVENTS:
            raise ValueError("it holds too much")
        opens, closes = isinstance(event, yaml.CollectionStartEvent), isinstance(event, yaml.CollectionEndEvent)
        if depth == 0:
            _require_mapping(event)
        elif depth == 1 and not closes:
            if key in FIELDS and not isinstance(event, yaml.ScalarEvent):
                raise ValueError(f"`{key}` is not a single value")
            if key is None:
                key = "" if opens else _scalar(event) or ""
                if key in FIELDS and key in seen:
                    raise ValueError(f"`{key}` is given twice")
                seen.add(key)
            elif not opens:
                if key in FIELDS:
                    yield key, _scalar(event)
                key = None
        depth += opens - closes
        key = None if closes and depth == 1 else key


def _require_mapping(event: yaml.Event) -> None:
    """At the top there is one mapping, or nothing at all."""
    empty = isinstance(event, yaml.ScalarEvent) and _scalar(event) is None
    if isinstance(event, yaml.NodeEvent) and not isinstance(event, yaml.MappingStartEvent) and not empty:
        raise ValueError("it is not a list of `field: value`")


def _scalar(event: yaml.Event) -> str | None:
    """The words of a scalar, `None` for null; an alias is never followed."""
    if not isinstance(event, yaml.ScalarEvent):
        return None
    value = str(event.value)
    return None if not event.style and value in NULLS else value
