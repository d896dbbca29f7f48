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
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims

DAY = dt.date(1990, 1, 1)
DOCUMENTS, ROUNDS, LONGER = 250, 3, 100
INVENTED = (
    "Raiders killed 12 farmers near Ostra on Monday, the hospital said. ",
    "At least nine people were wounded and four houses burned in Harun, according to the ministry. ",
    "The council met for three hours and spoke of the harvest, the roads and the price of bread. ",
    "Two soldiers and a teacher were kidnapped on 3 March 2031 by unknown gunmen in the Senna valley. ",
    "He said that nobody knew what would come next, and that the mill would stay shut. ",
)
HOSTILE = (
    *("killed 12 ", "12 people, ", "(((", ". ", "and ", "said that ", "-", "a.", " " * 20, "ki*", "from 3 to 4 "),
    *("12 people were killed, including ", "the number of ", "by the ", "Log in\n", "\u202e", "1,2,3,", "mr. "),
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


def read(text: str) -> None:
    """Read one text, as an English one."""
    read_claims(text, document="bench", published=DAY, language="en", publisher=None, gazetteer=Gazetteer.shipped())


def _reading(texts: Sequence[str]) -> Callable[[], None]:
    def work() -> None:
        for text in texts:
            read(text)

    return work


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
    """How many times as long a text 100 times longer takes, for ordinary and hostile text."""
    worst: tuple[float, str] = (0.0, "")
    for unit in ("".join(INVENTED), *HOSTILE):
        short = unit * max(1, 1500 // len(unit))
        few = min(seconds(_reading([short] * 5)) / 5 for _ in range(ROUNDS))
        many = min(seconds(_reading([short * LONGER])) for _ in range(2))
        worst = max(worst, (many / max(few, 1e-4), unit[:24]))
    yield Score("a text 100 times longer", {"at most times as long": round(worst[0], 1), "of": repr(worst[1])})


def measure() -> list[Score]:
    """Speed, the ratio to a plain tokeniser, and linearity."""
    return [*speed(), *linearity()]
