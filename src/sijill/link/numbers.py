"""How far the counts of two groups of claims agree: evidence for one incident, needed where place or day is weak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sijill.core.claim import Harm, Subset
from sijill.link.records import Reported

NEAR_ENOUGH = 0.7
SHOWN = 2

Counted = tuple[Harm, Subset]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two sets of counts are, 0 to 1; `most` is the largest number among them, `words` name the nearest."""

    score: float
    most: int
    words: str


def counts(claims: Iterable[Reported]) -> dict[Counted, set[int]]:
    """The numbers said of each kind of harm and each part of the people; a range by its lower end."""
    found: dict[Counted, set[int]] = {}
    for c in claims:
        count = c.claim.count
        number = None if count is None else count.low if count.low is not None else count.high
        if number is not None:
            found.setdefault((c.claim.harm, c.claim.group.subset), set()).add(number)
    return found


def likeness(new: Mapping[Counted, set[int]], held: Mapping[Counted, set[int]]) -> Likeness | None:
    """How like the nearest numbers are, on average over what both count; `None` where they count nothing in common."""
    nearest = [
        (min(((_ratio(a, b), a, b) for a in new[what] for b in held[what]), key=lambda t: (-t[0], t[1], t[2])), what)
        for what in sorted(new)
        if what in held
    ]
    if not nearest:
        return None
    words = ", ".join(f"{_harm(what)} {a}" + (f" and {b}" if a != b else "") for (_, a, b), what in nearest[:SHOWN])
    score = sum(ratio for (ratio, _, _), _ in nearest) / len(nearest)
    return Likeness(score, max(min(a, b) for (_, a, b), _ in nearest), words)


def _ratio(a: int, b: int) -> float:
    return 1.0 if a == b else min(a, b) / max(a, b)


def _harm(what: Counted) -> str:
    harm, subset = what
    return " ".join(filter(None, (harm.value.replace("_", " "), subset.value.replace("_", " "))))
