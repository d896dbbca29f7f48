"""The rule set `ibc`: after Iraq Body Count.

Source: methods.md, section 3. Read [V]: documented deaths only, never inferred; two independent sources, else
*provisional*; no source is preferred over another. Read in a secondary source [S]: minimum and maximum where reports
differ; if only one side gives a specific number, it is both, so that a vague word or "at least" beside it changes
nothing. No best number. Totals of institutions (morgues, hospitals) never enter an incident; what may be added of them
after five subtractions is worked out by institutional.py.

Also [S]: the maximum holds those whose civilian status is uncertain. So civilians here are between those said to be
civilians and all who are not said to have been fighters.
"""

from __future__ import annotations

from sijill.core.claim import Harm
from sijill.reconcile.conventions import Conventions
from sijill.reconcile.grading import two_sources
from sijill.reconcile.preset import Preset

RULES = Preset(
    name="ibc",
    about=(
        "After Iraq Body Count: documented deaths only, minimum to maximum with no best, provisional until a second "
        "independent voice confirms. Partly read, partly from secondary sources."
    ),
    conventions=Conventions("Iraq Body Count", about_percent=0),
    grade_by=two_sources,
    harms=frozenset({Harm.KILLED}),
    doubtful_civilians=True,
)
