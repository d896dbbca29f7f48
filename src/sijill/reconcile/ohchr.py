"""The rule set `ohchr`: after the practice of the United Nations human rights office.

Source: methods.md, section 5. Read [V]: only deaths verified with three sources are counted (Gaza, 2023–24), published
as "at least" with the statement that the true number is higher; documented and estimated are always apart. Recalled
[R]: reliability of the source and credibility of the information are judged apart, by people. The guidance itself
(HR/PUB/19/1) could not be read, so this is a rule after practice, not the office's own text.

Best is the number that three independent voices bear out; low and high are all that is documented, and stay apart.
"""

from __future__ import annotations

from sijill.reconcile.choosing import verified
from sijill.reconcile.conventions import Conventions
from sijill.reconcile.grading import verified_by
from sijill.reconcile.preset import Preset

VOICES = 3

RULES = Preset(
    name="ohchr",
    about=(
        "After the practice of the UN human rights office: best is what three independent voices bear out "
        "(“verified”), low and high are all that is documented. After reports of its practice; its guidance could not "
        "be read."
    ),
    conventions=Conventions("OHCHR", about_percent=0),
    choose=verified(VOICES),
    grade_by=verified_by(VOICES),
)
