"""What a morgue's or a hospital's total adds to the recorded incidents: Iraq Body Count's five subtractions.

Source: methods.md, section 3 (Iraq Body Count's notes x132a, x334, x350, x460h, read [V]). In this order:

1. only reports with exact totals for stated periods, two of them at least; no daily rates, no extrapolations;
2. suspected fighters come off as a range: "rarely" is 2 % off the maximum and 4 % off the minimum. The share is for
   people to set, since it rose more than four-fold there from one month to the next;
3. the background rate comes off: what the institution received in such a period before the war;
4. every recorded incident of the same place and days comes off that could be in the total, potential overlaps as well;
5. but not the kinds of death that the institution says it does not receive.

The result is deaths beyond the recorded incidents, never added to any of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sijill.core.errors import InputError
from sijill.core.quantity import Qualifier
from sijill.reconcile.records import Statement

NEEDED_REPORTS = 2
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Share:
    """Suspected fighters in per cent: `least` comes off the maximum, `most` off the minimum."""

    least: Fraction = Fraction(0)
    most: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most <= PERCENT:
            raise InputError(
                f"a share of fighters runs from 0 to 100 per cent, not from {float(self.least)} to {float(self.most)}",
                hint="give the smaller share first",
            )


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded incident that the total could hold; `received` is False for deaths that do not come there."""

    label: str
    low: int
    high: int
    received: bool = True


@dataclass(frozen=True, slots=True)
class Beyond:
    """Deaths beyond the recorded incidents, from `low` to `high`, and each step that led there, in words."""

    low: int
    high: int
    steps: tuple[str, ...]


def beyond_recorded(
    reports: Sequence[Statement], recorded: Sequence[Recorded], *, fighters: Share, background: int
) -> Beyond:
    """What is left of an institution's total after the five subtractions, never less than none.

    `background` is the number of deaths that the institution would have received anyway. Raises InputError where fewer
    than two reports give an exact total for a stated period, or give different periods.
    """
    if background < 0:
        raise InputError(f"a background of {background} deaths is none", hint="give the number before the war, or 0")
    numbers = _totals(reports)
    low, high = min(numbers), max(numbers)
    steps = [f"totals of {len(numbers)} reports: {_span(low, high)}"]
    high -= math.ceil(high * fighters.least / PERCENT)
    low -= math.ceil(low * fighters.most / PERCENT)
    steps.append(
        f"less suspected fighters, {float(fighters.least):g} to {float(fighters.most):g} %: {_span(low, high)}"
    )
    low, high = max(0, low - background), max(0, high - background)
    steps.append(f"less {background} that would have died anyway: {_span(low, high)}")
    inside = [r for r in recorded if r.received]
    low = max(0, low - sum(r.high for r in inside))
    high = max(0, high - sum(r.low for r in inside))
    names = ", ".join(f"{r.label} ({_span(r.low, r.high)})" for r in inside)
    steps.append(f"less {len(inside)} recorded incidents{f': {names}' if names else ''}: {_span(low, high)}")
    if outside := [r.label for r in recorded if not r.received]:
        steps.append(f"not taken off, as such deaths are not received there: {', '.join(outside)}")
    return Beyond(low, high, tuple(steps))


def _totals(reports: Sequence[Statement]) -> list[int]:
    """The exact totals, one of each report, for one and the same period."""
    for s in reports:
        count, period = s.claim.count, s.claim.period
        if count is None or count.low is None or count.qualifier is not Qualifier.EXACT:
            raise InputError(
                f"{s.report} gives no exact total", hint="leave out hedged counts, rates and extrapolations"
            )
        if period is None or period.start is None or period.end is None:
            raise InputError(f"{s.report} gives no period for its total", hint="use totals for stated periods only")
    periods = {(s.claim.period.start, s.claim.period.end) for s in reports if s.claim.period is not None}
    if len({s.document for s in reports}) < NEEDED_REPORTS:
        raise InputError("a total of an institution needs two reports", hint="name claims of two documents")
    if len(periods) > 1:
        raise InputError("these totals are for different periods", hint="compare totals for the same days")
    return [s.claim.count.low for s in reports if s.claim.count is not None and s.claim.count.low is not None]


def _span(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
