"""The rule set `span`: from the lowest to the highest that independent voices say, and nothing more.

Basis: methods.md, section 8, rules 1, 2 and 5, a proposal of ours that no recorder publishes as its own (spanning.py).
"about n" is n less and more 10 %, whole numbers inside (rule 1). A vague word says only "more than one" (methods.md,
"What comes with the numbers"): 2 and more, no number. `best` is never given, and nothing is graded.
"""

from __future__ import annotations

from sijill.reconcile.preset import Preset

RULES = Preset(
    name="span",
    about=(
        "From the lowest to the highest that independent voices say, each by its latest count. No best figure and no "
        "grade. Our own rule set, after the ranges that recorders print."
    ),
)
