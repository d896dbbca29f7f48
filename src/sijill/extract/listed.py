"""Lists of counts under a heading that says the harm once: "The dead are:", then a line for each group.

Only lines that begin with a bullet belong to a list, and only while no other line stands between. A line that numbers
its items ("1- …") lists names, which are no counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from sijill.core.claim import Harm
from sijill.extract.marks import Marked
from sijill.extract.report import Report
from sijill.extract.scope import Told
from sijill.extract.tokens import BULLETS, Kind
from sijill.extract.triggers import find_triggers

COLON_REACH = 8
BEFORE = 3


@dataclass(slots=True)
class Lists:
    """The list that a report is in while its sentences are gone through in order."""

    report: Report
    heading: int | None = None
    told: Told | None = None

    def follow(self, i: int) -> tuple[int, Told] | None:
        """The heading of the list that sentence `i` is an item of, and what it tells; `None` where it is of none."""
        if self.heading is not None and self.told is not None and is_item(self.report, i):
            return self.heading, self.told
        start, end = self.report.bounds[i]
        opens = self.report.text[start:end].rstrip().endswith(":") and self.report.alarming(i)
        self.told = heading_tells(self.report.marked(i), self.report.text) if opens else None
        self.heading = i if self.told else None
        return None


def is_item(report: Report, i: int) -> bool:
    """Whether a sentence begins a line with a bullet, and is no numbered one."""
    start = report.bounds[i][0]
    head = report.text[max(0, start - BEFORE) : start].rpartition("\n")[2].strip()
    m = report.marked(i)
    first = 1 if m.is_mark(0) and m.tokens[0].text in BULLETS else 0
    if not first and not (head and all(c in BULLETS for c in head)):
        return False
    numbered = len(m.tokens) > first + 1 and m.tokens[first].kind is Kind.NUMBER and m.is_mark(first + 1)
    return not numbered


def heading_tells(m: Marked, text: str) -> Told | None:
    """The harm of which a heading announces a list: that of its last words before the colon."""
    last = [t for t in find_triggers(m, text) if t.end >= len(m.tokens) - COLON_REACH]
    harms: set[Harm] = {t.harm for t in last}
    return Told(last[-1].harm, last[-1].words) if len(harms) == 1 else None
