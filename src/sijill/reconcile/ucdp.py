"""The rule set `ucdp`: after the Uppsala Conflict Data Program's Georeferenced Event Dataset.

Source: methods.md, section 1 (UCDP GED codebook and definitions). Recalled [R], not read, are the rules that matter
most here: *best* is the most reliable number, and the lower one where no report is judged more reliable than another;
*low* and *high* are the lower and the higher numbers reported. Read [V]: an event needs at least one direct death; low
≤ best ≤ high. The figures are low-biased by design (Vesco et al., survey of UCDP coders).

What this module does not do: coders judge reliability, which a program cannot; people rank the voices they trust in a
rule set of their own (own.py, `reliable`). UCDP counts deaths only. Hedges are as written; UCDP's convention for vague
words is not known to us, so they say "more than one".
"""

from __future__ import annotations

from sijill.core.claim import Harm
from sijill.reconcile.choosing import most_reliable
from sijill.reconcile.conventions import Conventions
from sijill.reconcile.preset import Preset

RULES = Preset(
    name="ucdp",
    about=(
        "After UCDP's event data: deaths only; best is the number of the most reliable report, the lower one where "
        "none is judged more reliable; low and high as reported. The rules for these three are recalled, not read."
    ),
    conventions=Conventions("UCDP", about_percent=0),
    choose=most_reliable(),
    harms=frozenset({Harm.KILLED}),
)
