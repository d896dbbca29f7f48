"""How a best number is chosen within a span, and what is left of the span then. Each says in the reason what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sijill.reconcile.records import Evidence, Said, Settled

Choose = Callable[[Evidence, Settled], Settled]


def no_best(evidence: Evidence, settled: Settled) -> Settled:
    """A range and no best number."""
    return settled


def lowest(evidence: Evidence, settled: Settled) -> Settled:
    """The lowest that a voice says is the best."""
    if settled.low is None:
        return settled
    return _with_best(settled, settled.low, "the most conservative of the numbers said")


def median(evidence: Evidence, settled: Settled) -> Settled:
    """The median of what independent voices say of the whole scope, the lower of the two middle ones if even.

    A range counts by its middle, rounded down, an open end by the number that is given. Where nobody counts the whole,
    or only vague words are used, the low is the best.
    """
    if settled.low is None:
        return settled
    said = sorted((s.bounds.lowest + s.bounds.highest) // 2 for s in _firm(evidence))
    if not said:
        return _with_best(settled, settled.low, "nobody counts them all, so the low stands")
    voices = "voice" if len(said) == 1 else "voices"
    return _with_best(settled, said[(len(said) - 1) // 2], f"the median of {len(said)} {voices}")


def most_reliable(ranked: tuple[str, ...] = ()) -> Choose:
    """The number of the voice that people ranked highest, by the names given; if none is ranked, the lowest."""
    order = {name.casefold(): i for i, name in enumerate(ranked)}

    def choose(evidence: Evidence, settled: Settled) -> Settled:
        if settled.low is None:
            return settled
        trusted = [s for s in _firm(evidence) if s.name.casefold() in order]
        if trusted:
            first = min(trusted, key=lambda s: order[s.name.casefold()])
            return _with_best(settled, first.bounds.lowest, f"{first.name}, ranked as the most reliable here")
        return _with_best(settled, settled.low, "no report was judged more reliable than the others, so the lower")

    return choose


def verified(voices: int) -> Choose:
    """The number that so many independent voices bear out is the best; low and high are all that is documented.

    A voice bears out every number up to its own lower end. Where too few speak, nothing is verified: no best.
    """

    def choose(evidence: Evidence, settled: Settled) -> Settled:
        if settled.low is None:
            return settled
        borne = sorted((s.bounds.low or 0 for s in _firm(evidence)), reverse=True)
        number = borne[voices - 1] if len(borne) >= voices else 0
        if number:
            return _with_best(settled, number, f"verified, as {voices} independent voices bear it out")
        line = f"nothing is verified: {len(borne)} of {voices} independent voices that are needed count them"
        return replace(settled, reason="; ".join(filter(None, (settled.reason, line))))

    return choose


def _firm(evidence: Evidence) -> list[Said]:
    return [s for s in evidence.wholes if s.bounds.firm]


def _with_best(settled: Settled, number: int, why: str) -> Settled:
    """The number as best, held within the span."""
    best = max(number, settled.low or 0)
    best = best if settled.high is None else min(best, settled.high)
    lines = (settled.reason, f"best {best}: {why}")
    return replace(settled, best=best, reason="; ".join(filter(None, lines)))
