"""What a count asserts under a convention: hedges widened, vague words given numbers, from tables that people can edit.

Extraction keeps what is written ("about 1,500" is 1500, "dozens" is no number); what it stands for is a convention of
whoever publishes the figure, and the figure's trace names it. The words are in `vague.toml`, by meaning, in every
language that the reader knows; each convention gives numbers to some of the meanings.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from sijill.core.claim import Claim, Count, Harm
from sijill.core.quantity import Qualifier
from sijill.reconcile.records import Bounds

MORE_THAN_ONE = 2

Ends = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Conventions:
    """How one recorder reads hedges and vague words.

    `about_percent` widens "about n" either way, 0 for as written. `vague` maps a meaning of `vague.toml` to the numbers
    that its words stand for, an end `None` where open; a meaning that is not in it says only "more than one".
    `uncounted` gives an allegation without any number one, by harm. `owner` is whose convention it is.
    """

    owner: str = ""
    about_percent: int = 10
    vague: Mapping[str, Ends] = field(default_factory=lambda: MappingProxyType({}))
    uncounted: Mapping[Harm, Ends] = field(default_factory=lambda: MappingProxyType({}))

    def bounds(self, claim: Claim) -> Bounds | None:
        """What a claim asserts, `None` where it is no number even by convention."""
        if claim.count is None:
            return self._uncounted(claim.harm)
        match claim.count.qualifier:
            case Qualifier.VAGUE:
                return self._vague(claim.count)
            case Qualifier.ABOUT:
                return self._about(claim.count.low or 0)
            case Qualifier.AT_LEAST | Qualifier.AT_MOST | Qualifier.BETWEEN | Qualifier.EXACT:
                return Bounds(claim.count.low, claim.count.high)

    def _about(self, n: int) -> Bounds:
        percent = self.about_percent
        if not percent:
            return Bounds(n, n, convention=f"“about {n}” is taken as {n}")
        low, high = -(-n * (100 - percent) // 100), n * (100 + percent) // 100
        return Bounds(low, high, convention=f"“about {n}” is taken as {low} to {high}, {percent} % either way")

    def _vague(self, count: Count) -> Bounds:
        known = self.vague.get(meaning(count.text) or "")
        if known is None:
            return Bounds(MORE_THAN_ONE, None, firm=False, convention="a vague word says only “more than one”")
        words = " ".join(count.text.split())
        bounds = Bounds(*known, firm=False)
        return Bounds(*known, firm=False, convention=f"“{words}” is taken as {bounds}{self._whose()}")

    def _uncounted(self, harm: Harm) -> Bounds | None:
        known = self.uncounted.get(harm)
        if known is None:
            return None
        bounds = Bounds(*known, firm=False)
        return Bounds(*known, firm=False, convention=f"no number given is taken as {bounds}{self._whose()}")

    def _whose(self) -> str:
        return f", {self.owner}'s convention" if self.owner else ""


def meaning(words: str) -> str | None:
    """What a vague word means, as `vague.toml` has it: the longest of its phrases that stands in the words.

    >>> meaning("Dozens"), meaning("tens of thousands"), meaning("عشرات"), meaning("a swarm of")
    ('dozens', 'tens_of_thousands', 'tens', None)
    """
    padded = f" {' '.join(words.casefold().split())} "
    found = [(len(phrase), name) for phrase, name in _phrases().items() if f" {phrase} " in padded]
    return max(found)[1] if found else None


def meanings() -> tuple[str, ...]:
    """Every meaning that a convention may give a number to, in the order of the table."""
    return tuple(dict.fromkeys(_phrases().values()))


@cache
def _phrases() -> Mapping[str, str]:
    table = tomllib.loads(files("sijill.reconcile").joinpath("vague.toml").read_text(encoding="utf-8"))
    return {phrase: name for name, phrases in table["meanings"].items() for phrase in phrases}
