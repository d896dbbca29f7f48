"""How fast claims are read on one core, whether the time stays in proportion to the length, and against what.

Documents of the size of MUC-4's are invented from a fixed seed where those do not lie beside the project. spaCy's blank
tokeniser is measured in the same run where it is installed (`uv pip install spacy`); it is in no lock.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence

from benchmarks.accuracy import SHARED, Score
from benchmarks.hostile import HOSTILE
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims

DAY = dt.date(1990, 1, 1)
DOCUMENTS, ROUNDS, LONGER = 250, 3, 100
# Characters of the shorter text, how many times as long is allowed, and what the clock of a process sees, in seconds.
SHORT, ALLOWED, SEEN = 1500, 110, 0.03
INVENTED = (
    "Raiders killed 12 farmers near Ostra on Monday, the hospital said. ",
    "At least nine people were wounded and four houses burned in Harun, according to the ministry. ",
    "The council met for three hours and spoke of the harvest, the roads and the price of bread. ",
    "Two soldiers and a teacher were kidnapped on 3 March 2031 by unknown gunmen in the Senna valley. ",
    "He said that nobody knew what would come next, and that the mill would stay shut. ",
)


def documents() -> list[str]:
    """Reports of MUC-4's size: its own where they lie beside the project, else invented."""
    path = SHARED / "muc4" / "train" / "reports.jsonl"
    if path.is_file():
        return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()[:DOCUMENTS]]
    rng = random.Random(1)
    return ["".join(rng.choice(INVENTED) for _ in range(22)) for _ in range(DOCUMENTS)]


def seconds(work: Callable[[], object]) -> float:
    """Seconds of this process's own time, so that a busy machine counts less."""
    start = time.process_time()
    work()
    return time.process_time() - start


def read(text: str, language: str = "en") -> None:
    """Read one text."""
    read_claims(text, document="bench", published=DAY, language=language, publisher=None, gazetteer=Gazetteer.shipped())


def _reading(texts: Sequence[str], language: str = "en") -> Callable[[], None]:
    def work() -> None:
        for text in texts:
            read(text, language)

    return work


def _steadily(work: Callable[[], None]) -> float:
    """Seconds of work that may be over in no time: done as often as it takes for the clock to see it."""

    def often(times: int) -> float:
        return seconds(lambda: [work() for _ in range(times)])

    times = 1
    while (once := often(times)) < SEEN:
        times *= 3
    return min(once, *(often(times) for _ in range(ROUNDS - 1))) / times


def speed() -> Iterator[Score]:
    """Documents a second on one core, and the ratio to spaCy's blank tokeniser on the same text."""
    texts = documents()
    ours = min(seconds(_reading(texts)) for _ in range(ROUNDS))
    yield Score("reading, one core", {"documents": len(texts), "documents a second": round(len(texts) / ours, 1)})
    try:
        blank = importlib.import_module("spacy").blank("en")
    except ImportError:
        yield Score("reading against spaCy's blank tokeniser", {"not measured": "spaCy is not installed"})
        return
    theirs = min(seconds(lambda: [blank(t) for t in texts]) for _ in range(ROUNDS))
    yield Score("reading against spaCy's blank tokeniser", {"times its time": round(ours / theirs, 2)})


def linearity() -> Iterator[Score]:
    """How many times as long a text 100 times longer takes, for ordinary and hostile text, the worst first."""
    found: list[tuple[float, float, str]] = []
    for language, unit in (("en", "".join(INVENTED)), *((code, u) for code, units in HOSTILE.items() for u in units)):
        short = unit * max(1, SHORT // len(unit))
        few = _steadily(_reading([short], language))
        many = min(seconds(_reading([short * LONGER], language)) for _ in range(2))
        found.append((many / few, len(short) * LONGER / many / 1000, ascii(unit[:40])))
    above = sum(times > ALLOWED for times, _, _ in found)
    yield Score("a text 100 times longer", {"texts": len(found), f"of these above {ALLOWED} times": above})
    for times, rate, unit in sorted(found, reverse=True):
        yield Score(
            f"100 times {unit}", {"times as long": round(times, 1), "thousand characters a second": round(rate)}
        )


def measure() -> list[Score]:
    """Speed, the ratio to a plain tokeniser, and linearity."""
    return [*speed(), *linearity()]
