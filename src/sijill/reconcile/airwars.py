"""The rule set `airwars`: after Airwars' records of civilian harm.

Source: methods.md, section 4. Read [V]: one place and time; minimum to maximum over all sources; grades *fair* and
*weak*; how words become ranges. Recalled [R]: *confirmed*, *contested* and *discounted* (grading.py). People of whom no
source says that they were fighters are counted as civilians. An open end is closed by the number given: "at least 13
and as many as 46" is 13–46.

Conventions [V], seen in its records: "dozens" is 12–24, "several" and "others" 2; a killing with no number at all is
1–2, injuries with none 1. For "hundreds" and above its convention is not known to us: the word says "more than one".
"""

from __future__ import annotations

from sijill.core.claim import Harm
from sijill.reconcile.conventions import Conventions
from sijill.reconcile.grading import by_airwars
from sijill.reconcile.preset import Preset

NUMBERS = {"few": (2, 2), "several": (2, 2), "many": (2, 2), "tens": (12, 24), "dozens": (12, 24)}

RULES = Preset(
    name="airwars",
    about=(
        "After Airwars: minimum to maximum over independent voices; those not said to be fighters count as civilians; "
        "graded confirmed, fair, weak, contested or discounted. Fair and weak were read, the other grades are recalled."
    ),
    conventions=Conventions(
        "Airwars", about_percent=0, vague=NUMBERS, uncounted={Harm.KILLED: (1, 2), Harm.WOUNDED: (1, 1)}
    ),
    grade_by=by_airwars,
    presumed_civilian=True,
)
