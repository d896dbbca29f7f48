"""Kill a bare writer with SIGKILL at random moments, and look for everything that it had acknowledged.

After each kill the case must verify, hold every document that was ever acknowledged, and let the next writer go on.
Exit code 1 if not.

Usage: python benchmarks/killing_writer.py [--kills 60] [--longest 0.5] [--seed 1]
"""

import argparse
import sys
import tempfile
from pathlib import Path

from sijill.store.case import Case
from sijill.store.verify import verify
from sijill.testing.killing import kill_at_random


def main() -> int:
    """Run it and print a line for each kill that lost something, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--longest", type=float, default=0.5, help="seconds after the writer's first word, at most")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    acknowledged = bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "case"
        Case.create(folder, by="benchmark").close()
        for kill in kill_at_random(folder, times=given.kills, longest=given.longest, seed=given.seed):
            acknowledged += kill.acknowledged
            if kill.lost or kill.problems:
                bad += 1
                print(f"after {kill.seconds:.3f} s: lost {len(kill.lost)}; {'; '.join(kill.problems[:3])}")
        report = verify(folder)
    print(f"{given.kills} kills, {acknowledged} documents acknowledged, {bad} kills that lost or damaged something; "
          f"{report.objects} objects, {report.unclaimed} more that no entry claims; whole: {report.whole}")  # fmt: skip
    return 0 if not bad and report.whole else 1


if __name__ == "__main__":
    sys.exit(main())
