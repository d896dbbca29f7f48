"""How sure the reader is of a claim: a product of named factors, each explained in `docs/concepts/reading.md`.

The factors were set by hand from how often each rule was right on annotated reports; they order claims for review and
are no probabilities.
"""

from __future__ import annotations

from sijill.extract.marks import Marked
from sijill.extract.scope import Assigned
from sijill.extract.who import What

RULE_TRUST = {
    "counted noun": 0.97,
    "object of the verb": 0.97,
    "subject of the verb": 0.95,
    "noun of harm": 0.93,
    "toll": 0.93,
    "frame": 0.92,
    "among those harmed": 0.92,
    "part of a whole": 0.94,
    "whole of a part": 0.92,
    "joined to the count before": 0.92,
    "joined to the count after": 0.93,
    "alongside the subject": 0.88,
    "object of a relative clause": 0.88,
    "noun of the harmed": 0.85,
}
OTHER_RULE = 0.85
NO_NUMBER = 0.9
UNKNOWN_NOUN = 0.8
NO_NOUN = 0.97
ALL_CAPITALS = 0.98


def confidence_of(m: Marked, a: Assigned) -> float:
    """The product of the factors that apply to an assigned count, to two decimals."""
    value = RULE_TRUST.get(a.rule, OTHER_RULE)
    if a.counted.single:
        value *= NO_NUMBER
    if a.counted.what is What.UNKNOWN:
        value *= UNKNOWN_NOUN
    elif a.counted.what is What.ELIDED:
        value *= NO_NOUN
    if m.sentence.capitals:
        value *= ALL_CAPITALS
    return round(value, 2)
