"""The rule set `acled`: after the Armed Conflict Location and Event Data project's rules for fatalities.

Source: methods.md, section 2 (fatalities FAQ, read in a copy of 2024). Read [V]: when reports differ or are vague, the
most conservative number is used, and the dispute noted: the span stays beside it; "tens" is 10, "dozens" 12,
"hundreds" 100 "and so on"; fatalities only, not split by group, as reported and not verified. Recalled [R]: deaths that
are certain without a number are 10 in an active war and 3 otherwise; the smaller stands here, a rule set of one's own
(own.py) sets the other. A total over several days or places is divided evenly there; here it stays a claim about them
all, since dividing it would put numbers into places that nobody named.
"""

from __future__ import annotations

from sijill.core.claim import Harm
from sijill.reconcile.choosing import lowest
from sijill.reconcile.conventions import Conventions
from sijill.reconcile.preset import Preset

NUMBERS = {
    "tens": (10, 10),
    "dozens": (12, 12),
    "scores": (20, 20),
    "hundreds": (100, 100),
    "thousands": (1_000, 1_000),
    "tens_of_thousands": (10_000, 10_000),
    "hundreds_of_thousands": (100_000, 100_000),
}
NO_NUMBER = (3, 3)

RULES = Preset(
    name="acled",
    about=(
        "After ACLED: fatalities only, the most conservative number as best, the span beside it; “tens” is 10, "
        "“dozens” 12, “hundreds” 100. Read in a copy of its FAQ; the number for deaths without a count is recalled."
    ),
    conventions=Conventions("ACLED", about_percent=0, vague=NUMBERS, uncounted={Harm.KILLED: NO_NUMBER}),
    choose=lowest,
    harms=frozenset({Harm.KILLED}),
)
