"""The incidents as they stand while claims are linked, and the best of them for a bundle of claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sijill.core.claim import Harm
from sijill.link.anchors import Anchor, Kind, days_agree, places_agree
from sijill.link.blocking import Blocks
from sijill.link.numbers import NEAR_ENOUGH, Counted, Likeness, counts, likeness
from sijill.link.records import Reported

FAMILY = {
    **dict.fromkeys((Harm.KILLED, Harm.WOUNDED, Harm.VICTIMS, Harm.TORTURED, Harm.SEXUAL_VIOLENCE), "bodily harm"),
    **dict.fromkeys((Harm.MISSING, Harm.ABDUCTED, Harm.DETAINED), "people taken"),
    Harm.DISPLACED: "displacement",
    Harm.DISMISSED: "dismissal",
    Harm.PROPERTY: "property",
}
WEIGHT_PLACE, WEIGHT_DAYS, WEIGHT_HARM, WEIGHT_NUMBERS = 0.45, 0.35, 0.10, 0.10
THRESHOLD = 0.55
CLOSE_CALL = 0.05
FEW, MANY = 3, 5
MAX_EVENT_DAYS = 4


@dataclass(slots=True)
class Held:
    """An incident while linking: what its claims say of place, days, kinds of harm and numbers."""

    anchors: dict[Anchor, None] = field(default_factory=dict)
    families: set[str] = field(default_factory=set)
    numbers: dict[Counted, set[int]] = field(default_factory=dict)

    @property
    def standing(self) -> tuple[Anchor, ...]:
        """The anchors with stated days; those inferred from publication only where there is no other."""
        return tuple(a for a in self.anchors if a.stated) or tuple(self.anchors)

    @property
    def long(self) -> bool:
        """Whether it is only a toll over months or years, the background of the rest of a report."""
        return bool(self.anchors) and all(a.kind is Kind.LONG for a in self.anchors)

    def room_for(self, new: Anchor) -> bool:
        """Whether an event with this anchor too would still be one event: chains of single days must not grow."""
        days = [d for a in (*self.anchors, new) if a.stated and a.kind is Kind.EVENT for d in (a.start, a.end) if d]
        return not days or (max(days) - min(days)).days < MAX_EVENT_DAYS


@dataclass(frozen=True, slots=True)
class Match:
    """How well a bundle fits an incident, 0 to 1, and why; `sure` where place and days are stated and agree."""

    incident: str
    score: float
    reason: str
    sure: bool


@dataclass(slots=True)
class Ledger:
    """All incidents by id, with the index that finds candidates; `compared` counts the comparisons made."""

    held: dict[str, Held] = field(default_factory=dict)
    blocks: Blocks = field(default_factory=Blocks)
    compared: int = 0

    def enter(self, incident: str, claims: Iterable[Reported], anchor: Anchor | None) -> None:
        """Adds claims that belong to an incident, and where and when they put it; in any order the same comes out."""
        held, rows = self.held.setdefault(incident, Held()), tuple(claims)
        held.families.update(FAMILY[c.claim.harm] for c in rows)
        for what, numbers in counts(rows).items():
            held.numbers.setdefault(what, set()).update(numbers)
        if anchor is not None and anchor not in held.anchors:
            held.anchors[anchor] = None
            self.blocks.enter(incident, anchor)

    def matches(self, claims: Iterable[Reported], anchor: Anchor) -> list[Match]:
        """The incidents near it that a bundle fits, best first."""
        rows = tuple(claims)
        numbers, families = counts(rows), {FAMILY[c.claim.harm] for c in rows}
        found = []
        for incident in self.blocks.near(anchor):
            held = self.held[incident]
            if ("dismissal" in families) is ("dismissal" in held.families) and held.room_for(anchor):
                like = likeness(numbers, held.numbers)
                best = self._best(incident, held, anchor, like, bool(families & held.families))
                found += [best] if best is not None else []
        return sorted(found, key=lambda m: (-m.score, m.incident))

    def _best(self, incident: str, held: Held, new: Anchor, like: Likeness | None, related: bool) -> Match | None:
        options = []
        for old in held.standing:
            self.compared += 1
            match = _match(incident, old, new, like, related)
            options += [match] if match is not None else []
        return max(options, key=lambda m: (m.score, m.sure, m.reason), default=None)


def _match(incident: str, old: Anchor, new: Anchor, like: Likeness | None, related: bool) -> Match | None:
    """The score of one pair of anchors: weighted agreement of place, days, kind of harm and numbers."""
    place, days = places_agree(old, new), days_agree(old, new)
    if place is None or days is None:
        return None
    weak = place.weak or days.weak
    if weak and not _numbers_carry(old.kind, like):
        return None
    score = WEIGHT_PLACE * place.score + WEIGHT_DAYS * days.score
    score += WEIGHT_HARM * (1.0 if related else 0.5) + WEIGHT_NUMBERS * (0.5 if like is None else like.score)
    if score < THRESHOLD:
        return None
    reason = ", ".join(filter(None, (place.words, days.words, like.words if like else "")))
    return Match(incident, round(score, 3), reason, sure=not weak and old.stated and new.stated)


def _numbers_carry(kind: Kind, like: Likeness | None) -> bool:
    """Whether the numbers are like enough, and large enough, to carry a place or a day that agrees only weakly."""
    if like is None or kind in (Kind.TOLL, Kind.LONG):
        return False
    if kind is Kind.UNDATED:
        return like.score == 1 and like.most >= MANY
    return like.score >= NEAR_ENOUGH and like.most >= FEW
