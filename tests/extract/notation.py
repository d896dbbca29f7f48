"""The short notation for claims in `cases.csv`, read for the tests.

A claim is `harm number`, then, in any order and only where the case is about them: `[group type]`, `(subset)`,
`@place` (`@-` for none), `{first day..last day}` (`{}` for none), `<source>` (`<>` for none) and `!perpetrator` (`!`
for none); claims are parted by `;`. Numbers: `8`, `>=8`, `<=40`, `~1500`, `30-40`, `vague`. What is not stated is not
checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sijill.core.claim import Claim
from sijill.core.quantity import Quantity

CLAIM = re.compile(
    r"(?P<harm>[a-z_]+) (?P<number>\S+)"
    r"(?: \[(?P<type>[a-z]+)\])?(?: \((?P<subset>[a-z_]+)\))?(?: @(?P<place>[^{<!]+?))?"
    r"(?: \{(?P<days>[^}]*)\})?(?: <(?P<source>[^>]*)>)?(?: !(?P<perpetrator>.*))?"
)


@dataclass(frozen=True, slots=True)
class Expected:
    """One claim as a case states it; `None` where it says nothing."""

    harm: str
    quantity: Quantity
    type: str | None
    subset: str | None
    place: str | None
    days: str | None
    source: str | None
    perpetrator: str | None

    def shown(self, claim: Claim) -> tuple[object, ...]:
        """The claim's own values of the fields that this case states."""
        period = claim.period
        days = f"{period.start}..{period.end}" if period else ""
        own = (
            str(claim.harm),
            claim.count.quantity if claim.count else None,
            str(claim.group.type),
            str(claim.group.subset),
            claim.place.text if claim.place else "",
            days,
            claim.attribution.source if claim.attribution else "",
            claim.perpetrator.text if claim.perpetrator else "",
        )
        return tuple(value if wanted is not None else None for value, wanted in zip(own, self.stated, strict=True))

    @property
    def stated(self) -> tuple[object, ...]:
        """What the case states, in the order of `shown`."""
        return (
            self.harm,
            self.quantity,
            self.type,
            self.subset,
            self.place,
            self.days,
            self.source,
            self.perpetrator,
        )


def parse(notation: str) -> list[Expected]:
    """The claims of a case; raises ValueError where the notation is wrong."""
    found = []
    for part in filter(None, (p.strip() for p in notation.split(";"))):
        m = CLAIM.fullmatch(part)
        if m is None:
            raise ValueError(f"{part!r} is not a claim in the notation of cases.csv")
        place = "" if m["place"] == "-" else m["place"]
        fields = (m["type"], m["subset"], place, m["days"], m["source"], m["perpetrator"])
        found.append(Expected(m["harm"], quantity(m["number"]), *fields))
    return found


def quantity(number: str) -> Quantity:
    """The quantity that a number of the notation means."""
    if number == "vague":
        return Quantity.vague()
    if number.startswith(">="):
        return Quantity.at_least(int(number[2:]))
    if number.startswith("<="):
        return Quantity.at_most(int(number[2:]))
    if number.startswith("~"):
        return Quantity.about(int(number[1:]))
    low, dash, high = number.partition("-")
    return Quantity.between(int(low), int(high)) if dash else Quantity.exactly(int(low))
