"""A line as it is seen, from left to right, back to the order in which it is read.

PDF holds where each letter stands, not in which order it is read. This undoes the Unicode Bidirectional Algorithm
(UAX 9) for one line: letters of Arabic and Hebrew run from the right, numbers and Latin words within them from the
left. Two orders can look alike ("12 BBC" and "BBC 12" beside Arabic); then a number is read after the Latin word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

STRONG_RTL = frozenset({"R", "AL"})
DIGITS = frozenset({"EN", "AN"})


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Items `start` to `end`, as seen, that run from the left; whether a Latin word or a Western number is in it."""

    start: int
    end: int
    latin: bool
    western: bool


def is_rtl(text: str) -> bool:
    """Whether any letter in it runs from the right."""
    return not text.isascii() and any(unicodedata.bidirectional(char) in STRONG_RTL for char in text)


def runs_from_right(items: Sequence[str]) -> bool | None:
    """Whether most letters of a line run from the right; `None` where it has as many of both, or none."""
    classes = [_class(item) for item in items]
    right = sum(one in STRONG_RTL for one in classes)
    left = classes.count("L")
    return None if right == left else right > left


def as_read(items: Sequence[str], *, rtl: bool) -> list[str]:
    """The items of a line, given from left to right as seen, in the order of reading.

    An item is a letter with its marks; `rtl` is the direction of the line as a whole. Items are moved, never changed.

    >>> "".join(as_read("٤٣ ىلإ ١٢", rtl=True))
    '١٢ إلى ٤٣'
    """
    classes = [_class(item) for item in items]
    if rtl:
        return list(_from_right(items, classes, 0, len(items)))
    ordered: list[str] = []
    at = 0
    for start, end in _islands(classes):
        ordered += [*items[at:start], *_from_right(items, classes, start, end)]
        at = end
    return [*ordered, *items[at:]]


def _class(item: str) -> str:
    """The bidirectional class of the first character that is no mark."""
    return next((one for char in item if (one := unicodedata.bidirectional(char)) != "NSM"), "ON")


def _from_right(items: Sequence[str], classes: Sequence[str], start: int, end: int) -> Iterator[str]:
    at = end
    for stretch in reversed(_stretches(items, classes, start, end)):
        yield from reversed(items[stretch.end : at])
        yield from items[stretch.start : stretch.end]
        at = stretch.start
    yield from reversed(items[start:at])


def _islands(classes: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Within a line that runs from the left: from a letter of the other kind to the last before the next Latin one."""
    first = last = -1
    for i, one in enumerate([*classes, "L"]):
        if one in STRONG_RTL:
            first, last = (i if first < 0 else first), i
        elif one == "L" and first >= 0:
            yield first, last + 1
            first = -1


def _stretches(items: Sequence[str], classes: Sequence[str], start: int, end: int) -> list[_Stretch]:
    """The stretches that run from the left: numbers, Latin words, and those that belong together."""
    found: list[_Stretch] = []
    for token in _tokens(items, classes, start, end):
        if found and _together(found[-1], token, classes):
            last = found.pop()
            token = _Stretch(last.start, token.end, last.latin or token.latin, token.western)
        found.append(token)
    return found


def _together(left: _Stretch, right: _Stretch, classes: Sequence[str]) -> bool:
    """Touching; or with only signs between two Latin words, or between a Latin word and the number to its right."""
    between = classes[left.end : right.start]
    if not between:
        return True
    return left.latin and (right.latin or right.western) and not STRONG_RTL.intersection(between)


def _tokens(items: Sequence[str], classes: Sequence[str], start: int, end: int) -> Iterator[_Stretch]:
    i = start
    while i < end:
        if classes[i] == "L":
            j = i + 1
            while j < end and classes[j] == "L":
                j += 1
            yield _Stretch(i, j, latin=True, western=False)
            i = j
        elif classes[i] in DIGITS:
            j = _end_of_number(classes, i, end)
            yield _Stretch(i, j, latin=False, western=classes[i] == "EN")
            i = j
        else:
            i += 1


def _end_of_number(classes: Sequence[str], i: int, end: int) -> int:
    """Digits, and one separator (UAX 9, W4: comma, stop, colon, slash) between two of them."""
    j = i + 1
    while j < end and (
        classes[j] in DIGITS or (classes[j] in ("CS", "AN") and j + 1 < end and classes[j + 1] in DIGITS)
    ):
        j += 1
    return j
