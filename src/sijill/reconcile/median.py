"""The rule set `median`: the span of what independent voices say, and the median of their numbers as best.

Basis: methods.md, section 8, rule 5, a proposal of ours; no recorder publishes it as its own. The median keeps one
extreme voice from deciding the best number, whichever way it is extreme. Conventions as in `span`.
"""

from __future__ import annotations

from sijill.reconcile.choosing import median
from sijill.reconcile.preset import Preset

RULES = Preset(
    name="median",
    about=(
        "From the lowest to the highest that independent voices say, with the median of the voices as best. No grade. "
        "Our own rule set."
    ),
    choose=median,
)
