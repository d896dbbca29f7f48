"""A long report in parts that a model can take, cut at the ends of sentences, each with the end of the one before."""

from __future__ import annotations

from collections.abc import Sequence

SIZE = 4000
OVERLAP = 500

Stretch = tuple[int, int]


def windows(bounds: Sequence[Stretch], *, size: int = SIZE, overlap: int = OVERLAP) -> tuple[Stretch, ...]:
    """Stretches of whole sentences, each of `size` code points at most, or of a single sentence that is longer.

    Every stretch but the first begins with the sentences before it, as many as `overlap` code points hold.

    >>> windows([(0, 40), (41, 80), (81, 120)], size=80, overlap=40)
    ((0, 80), (41, 120))
    """
    found: list[Stretch] = []
    first = 0
    while first < len(bounds):
        last = first
        while last + 1 < len(bounds) and bounds[last + 1][1] - bounds[first][0] <= size:
            last += 1
        found.append((bounds[first][0], bounds[last][1]))
        if last + 1 == len(bounds):
            break
        end, further = bounds[last][1], bounds[last + 1][1]
        start = last + 1
        # No more overlap than leaves room for a sentence that is new.
        while start - 1 > first and end - bounds[start - 1][0] <= overlap and further - bounds[start - 1][0] <= size:
            start -= 1
        first = start
    return tuple(found)
