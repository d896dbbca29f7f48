"""A text with the spans of its claims marked: quotes lightly, counts strongly, however they overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from markupsafe import Markup

from sijill.publish.inert import inert


class Level(IntEnum):
    """How strongly a stretch of text is marked."""

    NONE = 0
    QUOTE = 1
    FADED = 2
    COUNT = 3


@dataclass(frozen=True, slots=True)
class Marking:
    """One claim's place in a text, in code points: its quote, and its count where it has one.

    `anchor` becomes the element's id; `note` is the number that is set after the count, `href` where that leads and
    `label` what a screen reader calls it; all "" for none. `faded` marks the count of a rejected claim.
    """

    quote: tuple[int, int]
    count: tuple[int, int] | None
    anchor: str = ""
    note: str = ""
    href: str = ""
    label: str = ""
    faded: bool = False

    def spans(self) -> Iterator[tuple[tuple[int, int], Level]]:
        """Each span with how strongly it is marked."""
        yield self.quote, Level.QUOTE
        if self.count is not None:
            yield self.count, Level.FADED if self.faded else Level.COUNT

    @property
    def place(self) -> tuple[int, int]:
        """Where a link to the claim leads: its count, or the quote of an uncounted one."""
        return self.count or self.quote


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters [start, end) that are marked alike; `closed` are the claims whose place ends where they begin."""

    start: int
    end: int
    level: Level
    closed: tuple[Marking, ...]
    opened: tuple[Marking, ...]


def stretches(length: int, markings: Sequence[Marking]) -> Iterator[Stretch]:
    """Cut a text of `length` code points wherever a span begins or ends.

    The stretches cover it once, in order; the last is always empty, for what ends with the text. A sweep over the
    sorted ends, so that many overlapping claims cost no more than their spans. Raises ValueError for a span outside.
    """
    changes: dict[int, dict[Level, int]] = defaultdict(lambda: defaultdict(int))
    opened: dict[int, list[Marking]] = defaultdict(list)
    closed: dict[int, list[Marking]] = defaultdict(list)
    for marking in markings:
        for (start, end), level in marking.spans():
            if not 0 <= start <= end <= length:
                raise ValueError(f"a span from {start} to {end} lies outside a text of {length} code points")
            changes[start][level] += 1
            changes[end][level] -= 1
        opened[marking.place[0]].append(marking)
        closed[marking.place[1]].append(marking)
    cover: dict[Level, int] = defaultdict(int)
    cuts = sorted({0, length, *changes})
    for start, end in pairwise([*cuts, length]):
        for level, change in changes[start].items():
            cover[level] += change
        level = max((at for at, n in cover.items() if n), default=Level.NONE)
        yield Stretch(start, end, level, tuple(closed[start]), tuple(opened[start]))


def highlighted(text: str, markings: Sequence[Marking]) -> Markup:
    """`text`, inert, with its claims marked; every character of it is there, in order, and no other.

    The numbers of claims are drawn by the style sheet from `data-note`, so that copying the text does not copy them.
    """
    parts: list[Markup] = []
    for stretch in stretches(len(text), markings):
        parts += [_NOTE.format(m.href, m.note, m.label) for m in stretch.closed if m.href]
        body = inert(text[stretch.start : stretch.end])
        if stretch.level and body:
            body = _MARK.format(_CLASS[stretch.level], body)
        for marking in reversed(stretch.opened):
            body = _ANCHOR.format(marking.anchor, body) if marking.anchor else body
        parts.append(body)
    return Markup("").join(parts)


_CLASS = {Level.QUOTE: "quoted", Level.FADED: "counted faded", Level.COUNT: "counted"}
_MARK = Markup('<mark class="{}">{}</mark>')
_ANCHOR = Markup('<span id="{}" class="place">{}</span>')
_NOTE = Markup('<a class="note" href="{}" data-note="{}" aria-label="{}"></a>')
