"""A writer that is killed at random moments, to show that what it acknowledged is there and the case goes on.

Run as a program it is that writer: `python -m sijill.testing.killing CASE SEED` adds synthetic reports, a few a
transaction, and prints each document's SHA-256 once it is committed, until it is killed.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sijill.core.clock import system_clock, timestamp
from sijill.core.document import Metadata, Reading, Sighting
from sijill.core.judgement import Decision, Judgement, Matter
from sijill.store import reads
from sijill.store.case import Case
from sijill.store.verify import verify
from sijill.store.writer import id_of
from sijill.testing.cases import BY, EXTRACTORS, READER, Report, synthetic_report

DIGITS = 64


@dataclass(slots=True)
class Kill:
    """One run that was killed: after how long, what it had acknowledged, and what of that was not there afterwards."""

    seconds: float
    acknowledged: int
    lost: tuple[str, ...]
    problems: tuple[str, ...] = field(default=())


def kill_at_random(folder: Path, *, times: int, longest: float, seed: int) -> Iterator[Kill]:
    """Start a writer on the case so often, kill it with SIGKILL within `longest` seconds of its first word, and look.

    Every run's acknowledgements are looked for after every later kill, too.
    """
    rng = random.Random(seed)  # noqa: S311 - nothing secret hangs on it.
    acknowledged: set[str] = set()
    for number in range(times):
        seconds = rng.uniform(0, longest)
        told = _run_and_kill(folder, number, seconds)
        acknowledged |= told
        report = verify(folder)
        case = Case.open(folder)
        with case.connect() as connection:
            stored = {id_ for id_, run in reads.current_extractions(connection).items() if run.extractor}
        case.close()
        problems = tuple(f"{f.where}: {f.what}" for f in report.findings)
        yield Kill(seconds, len(told), tuple(sorted(acknowledged - stored)), problems)


def _run_and_kill(folder: Path, number: int, seconds: float) -> set[str]:
    command = [sys.executable, "-m", "sijill.testing.killing", str(folder), str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        try:
            rest, _ = writer.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            writer.kill()
            rest, _ = writer.communicate()
    lines = (first + rest).decode().split("\n")
    # What is torn off in the middle of a line was not said.
    return {line for line in lines[:-1] if len(line) == DIGITS}


def write_until_killed(folder: Path, seed: int) -> None:
    """Add reports with their claims and a judgement each, acknowledging every document after its commit."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret hangs on it.
    case = Case.open(folder)
    with case.writer(by=BY) as writer:
        _say("writing")
        for number in count(seed * 100_000):
            reports = [synthetic_report(number * 4 + i, claims=3, rng=rng) for i in range(rng.randint(1, 4))]
            with writer.transaction() as t:
                for report in reports:
                    at = timestamp(system_clock)
                    reading = Reading(report.document, READER, "text/plain", report.text, Metadata(language="en"))
                    sighting = Sighting(report.document, str(number), f"{number}.txt", at, BY)
                    t.document(case.objects.stage_bytes(report.text.encode()), reading, sighting)
                    t.extraction(report.document, id_of(reading), EXTRACTORS[0], {}, report.claims)
                    t.judgement(_accept(report, at))
            for report in reports:
                _say(report.document)


def _accept(report: Report, at: str) -> Judgement:
    return Judgement(Matter.CLAIM, (report.claims[0].id,), Decision.ACCEPT, BY, at)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    write_until_killed(Path(sys.argv[1]), int(sys.argv[2]))
