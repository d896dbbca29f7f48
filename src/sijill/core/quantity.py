"""Numbers of people as sources give them: integer intervals with open ends and a qualifier."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sijill.core.canonical import MAX_SAFE_INTEGER
from sijill.core.errors import InvalidRecord


class Qualifier(StrEnum):
    """How a source hedges a number."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOUT = "about"
    BETWEEN = "between"
    VAGUE = "vague"


@dataclass(frozen=True, slots=True)
class Quantity:
    """The integers that some words assert, `None` where an end is open.

    As written and no wider: "about 1,500" is 1500 to 1500 with qualifier `about`; widening belongs to rule sets.

    Raises InvalidRecord where low > high, an end is negative or beyond what JSON can hold, or the qualifier does not
    fit the ends.
    """

    low: int | None
    high: int | None
    qualifier: Qualifier = Qualifier.EXACT

    def __post_init__(self) -> None:
        for end in (self.low, self.high):
            if end is not None and (end < 0 or isinstance(end, bool)):
                raise InvalidRecord(f"a number of people cannot be {end}")
            if end is not None and end > MAX_SAFE_INTEGER:
                raise InvalidRecord("a number of people cannot be beyond 2^53 - 1")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise InvalidRecord(f"an interval cannot run from {self.low} down to {self.high}")
        if not self._fits():
            raise InvalidRecord(f"the qualifier {self.qualifier} does not fit {self.low} to {self.high}")

    def _fits(self) -> bool:
        match self.qualifier:
            case Qualifier.EXACT | Qualifier.ABOUT:
                return self.low is not None and self.low == self.high
            case Qualifier.AT_LEAST:
                return self.low is not None and self.high is None
            case Qualifier.AT_MOST:
                return self.high is not None
            case Qualifier.BETWEEN:
                return self.low is not None and self.high is not None
            case Qualifier.VAGUE:
                return self.low is None and self.high is None

    @classmethod
    def exactly(cls, n: int) -> Quantity:
        """The number itself.

        >>> Quantity.exactly(8)
        Quantity(low=8, high=8, qualifier=<Qualifier.EXACT: 'exact'>)
        """
        return cls(n, n, Qualifier.EXACT)

    @classmethod
    def at_least(cls, n: int) -> Quantity:
        """`n` or more."""
        return cls(n, None, Qualifier.AT_LEAST)

    @classmethod
    def at_most(cls, n: int) -> Quantity:
        """`n` or fewer."""
        return cls(None, n, Qualifier.AT_MOST)

    @classmethod
    def about(cls, n: int) -> Quantity:
        """Near `n`; how near is for a rule set to say."""
        return cls(n, n, Qualifier.ABOUT)

    @classmethod
    def between(cls, low: int, high: int) -> Quantity:
        """From `low` to `high`, both included."""
        return cls(low, high, Qualifier.BETWEEN)

    @classmethod
    def vague(cls) -> Quantity:
        """More than one, and no number ("dozens"); what it stands for is for a rule set to say."""
        return cls(None, None, Qualifier.VAGUE)

    def meets(self, other: Quantity) -> bool:
        """Whether some integer lies in both."""
        low = max(self.low or 0, other.low or 0)
        highs = [h for h in (self.high, other.high) if h is not None]
        return not highs or low <= min(highs)

    def __str__(self) -> str:
        """Short and language-free: `8`, `≥ 8`, `≤ 40`, `30–40`, `~ 1500`, `…`."""
        match self.qualifier:
            case Qualifier.EXACT:
                return f"{self.low}"
            case Qualifier.ABOUT:
                return f"~ {self.low}"
            case Qualifier.AT_LEAST:
                return f"≥ {self.low}"
            case Qualifier.AT_MOST:
                return f"≤ {self.high}"
            case Qualifier.BETWEEN:
                return f"{self.low}–{self.high}"
            case Qualifier.VAGUE:
                return "…"
