"""How linking and reconciling grow with the number of reports, in memory, on invented reports with planted incidents.

python benchmarks/linking_scale.py [1000 10000 …]

Each invented attack is told by five reports in different words; one of five gives another number of dead, one no
day. Printed: seconds of linking (profiles, pairs, groups, counts), of voices, of figures; the most memory
that the process held; B-cubed against the planted attacks; and how long it takes to link again with one report more,
which works everything out anew.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.linking import bcubed
from sijill.core.claim import Claim, Count, Group, Harm, Span
from sijill.core.quantity import Quantity
from sijill.core.state import JudgedClaim
from sijill.link.derive import derive
from sijill.link.incidents import suggest
from sijill.link.origins import origins
from sijill.link.profiles import Report, dated
from sijill.link.records import Linkage, Reported
from sijill.link.repetitions import repetitions
from sijill.reconcile.figures import figures
from sijill.reconcile.records import Statement
from sijill.reconcile.regions import Places
from sijill.reconcile.rules import rule_set
from tests.link.invented import told

T = TypeVar("T")
EACH = 5
SIZES = (1_000, 10_000)


def claims_of(rows: Sequence[tuple[Report, int]], seed: int = 7) -> tuple[Reported, ...]:
    """A count of the dead in each report, where its first number stands; every fifth is contradicted."""
    random = Random(seed)
    found = []
    for report, _ in rows:
        at = next(i for i, c in enumerate(report.text) if c.isdigit())
        end = at
        while report.text[end].isdigit():
            end += 1
        number = int(report.text[at:end])
        dead = number + random.choice([0, 0, 0, 0, 3])
        claim = Claim(
            report.document,
            Harm.KILLED,
            Count.of(Span(report.text[at:end], at, end), Quantity.exactly(dead)),
            Group(),
            report.places[0].place,
            None,
            None,
            None,
            Span(report.text, 0, len(report.text)),
            "invented@1",
            1.0,
        )
        judged = JudgedClaim(claim.id, claim, claim)
        outlet = f"Outlet {report.order % 97}"
        found.append(Reported(judged, report.order, report.label, outlet, report.published, report.text))
    return tuple(found)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of this process's own time, and what the work returns."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def measure(size: int) -> Iterator[str]:
    """The line of one size."""
    rows = told(size // EACH, each=EACH)
    reports, claims = dated(r for r, _ in rows), claims_of(rows)
    event = {r.document: e for r, e in rows}
    linking, suggestions = timed(lambda: suggest(claims, Linkage(), reports))
    linkage = Linkage().extended(suggestions)
    incidents = derive(claims, linkage, reports)
    hearing, voices = timed(lambda: origins(claims, repetitions(reports)))
    heard = {o.claim: o for o in voices}
    said = {
        c.id: Statement(c.judged, c.order, c.label, c.publisher, c.published.isoformat() if c.published else None)
        for c in claims
    }
    rules = rule_set("span")
    figuring, _ = timed(lambda: [figures(i, said, heard, rules, Places({})) for i in incidents])
    home = {d: i.id for i in incidents for d in i.documents}
    order = [r.document for r in reports]
    precision, recall = bcubed(
        lambda i: str(event[order[i]]), lambda i: home.get(order[i], f"alone {i}"), range(len(order))
    )
    again, _ = timed(lambda: suggest(claims, linkage, (*reports, told(1, each=1, seed=99)[0][0])))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield f"{size} reports: linked in {linking:.1f} s, voices {hearing:.1f} s, figures {figuring:.1f} s, "
    yield f"{memory:.0f} MB; B-cubed P {precision:.3f} R {recall:.3f} "
    yield f"F1 {2 * precision * recall / (precision + recall):.3f}; with one more report {again:.1f} s"


def main(arguments: Sequence[str]) -> int:
    """Measure each size and print a line."""
    for size in [int(a) for a in arguments] or SIZES:
        print("".join(measure(size)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
