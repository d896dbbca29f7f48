"""What the rules of scope read and fill in: the counts and triggers of a sentence, and the harm found for each."""

from __future__ import annotations

from dataclasses import dataclass, field

from sijill.core.claim import Harm
from sijill.extract.exclude import fits, gets_away
from sijill.extract.marks import Marked
from sijill.extract.triggers import Trigger, is_light
from sijill.extract.who import Counted, What

BACKWARD = ("subject of the verb", "joined to the count after", "among those harmed")


@dataclass(frozen=True, slots=True)
class Assigned:
    """A count with the harm found for it, the trigger, the rule that found it, and the count it is a part of."""

    counted: Counted
    harm: Harm
    trigger: Trigger | None
    rule: str
    words: str
    part_of: int | None = None


@dataclass(slots=True)
class Scope:
    """A sentence being read: its counts, its triggers, and what has been assigned to what."""

    m: Marked
    text: str
    counts: list[Counted]
    triggers: list[Trigger]
    spent: set[int] = field(default_factory=set)
    assigned: dict[int, Assigned] = field(default_factory=dict)

    def free(self, i: int) -> bool:
        """Whether count `i` still wants a harm."""
        return i not in self.assigned

    def give(self, i: int, harm: Harm, trigger: Trigger | None, rule: str, words: str, part: int | None = None) -> None:
        """Assign a harm to count `i`, unless it cannot suffer it."""
        c = self.counts[i]
        fitting = fits(c, harm) or (harm is Harm.PROPERTY and self._elided_property(c))
        if self.free(i) and fitting and not gets_away(self.m, c, harm):
            self.assigned[i] = Assigned(self.counts[i], harm, trigger, rule, words, part)

    def _elided_property(self, c: Counted) -> bool:
        """Whether a bare number repeats a noun of property: "damaged 14 houses and destroyed three"."""
        named = any(self.m.at(k, "property") for k in range(c.start))
        return c.what is What.ELIDED and c.inherits and named

    def gap(self, a: Counted, b: Counted) -> range:
        """The tokens between two counts' phrases."""
        return range(a.end, b.start)

    def trigger_in(self, span: range) -> bool:
        """Whether a verb of harm stands among these tokens."""
        return any(t.start in span and t.roles - {"counted", "nominal"} for t in self.triggers)


def linked(s: Scope, i: int, j: int) -> bool:
    """Whether only connectors stand between two counts."""
    gap = s.gap(s.counts[i], s.counts[j])
    return len(gap) > 0 and connects(s.m, gap)


def connects(m: Marked, gap: range) -> bool:
    """Whether a stretch holds connectors ("and", "as well as") and words of no weight alone."""
    k = gap.start
    while k < gap.stop:
        hit = m.at(k, "and_connectors")
        if m.norm(k) == "," and m.norm(k + 1).isdecimal() and m.norm(k + 2) == "," and k + 2 < gap.stop:
            # "A woman, 62, and a man": an age.
            k += 3
        elif hit and hit.end <= gap.stop:
            k = hit.end
        elif m.is_a(k, "and_connectors") or is_light(m, k):
            k += 1
        else:
            return False
    return True


def acts_after(s: Scope, b: Counted) -> bool:
    """Whether a count starts a clause of its own ("and 20 soldiers attacked")."""
    last = min(b.end + 3, len(s.m.tokens))
    nexts = range(b.end, next((k for k in range(b.end, last) if s.m.is_mark(k)), last))
    return any(
        s.m.at(k, "perpetrators", "verbs") or s.m.at(k, "attribution", "verbs") or s.m.is_a(k, "active") for k in nexts
    )
