"""Acts that a sentence only points back to: "the strike killed nine", "these attacks", "in the raid".

Who did such an act, and in which period, is told where it was named before. A report that goes on about its act does
so with a definite or demonstrative word before the noun of it; "strikes" or "a raid" begins another.
"""

from __future__ import annotations

from sijill.extract.marks import Marked

DESCRIBED_MAX = 3


def points_to_act(m: Marked) -> bool:
    """Whether a sentence speaks of an act named before: no act of its own stands before it, and none of both sides."""
    if m.listed("perpetrators.mutual"):
        return False
    first = next(iter(m.where("perpetrators", "doings")), None)
    hit = m.at(first, "perpetrators", "doings") if first is not None else None
    # "The attack of a convoy" names the act.
    return hit is not None and not m.is_a(hit.end, "partitive") and _pointed(m, hit.start)


def points_to_acts(m: Marked) -> bool:
    """Whether a sentence counts the harm of several acts that the one before spoke of: "these attacks killed 40"."""
    for k in m.where("perpetrators", "doings"):
        if any(m.is_a(j, "perpetrators.these") for j in (k - 1, k - 2, k + 1, k + 2)) and not m.is_mark(k - 1):
            return True
    return False


def _pointed(m: Marked, k: int) -> bool:
    """Whether the noun of an act at `k` has a pointing word before it, describing words between."""
    for j in range(k - 1, max(-1, k - 2 - DESCRIBED_MAX), -1):
        if m.is_a(j, "perpetrators.pointing"):
            return True
        if m.is_mark(j) or m.is_a(j, "stop") or m.is_a(j, "partitive") or m.at(j, "trigger") or j in m.dated:
            return False
    return False
