"""A text some times longer takes no more work than that: calls are counted, which a busy machine does not change.

`benchmarks/reading.py` measures the same in seconds, with texts a hundred times longer and more of them.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from sijill.extract.gazetteer import Gazetteer
from sijill.extract.reader import read_claims

SHORT, LONGER = 2400, 4
# Where a short text begins and ends there is less around a sentence; work that grew with the square would be 16 times.
ALLOWED = 5.2
UNITS = (
    *("killed 12 ", "12 people were killed, including ", "12 killed in Harun, Ostra, Damascus and ", "killed, "),
    *("12 KILLED IN DAMASCUS ", "on 3 March 2031 killed ", "“killed” ", "- 12 killed\n", "the number of killed "),
    *("the army was accused of killing ", "blamed the army for two dead. ", "the army claimed responsibility. "),
    *("the ministry said 12 were killed. ", "Gunmen killed two farmers in Harun on Monday, the army said. "),
    *("She said the ministry said 4 people were killed in the valley by the police. ",),
    *("The ministry blamed the Red Front. Four people were killed in the prison. ",),
    *("Russian strikes killed 4 people, the hospital said. It was Russian missiles and 5 were wounded. ",),
)


def calls(work: Callable[[], object]) -> int:
    """How many functions are called in doing it, those written in C included."""
    count = 0

    def seen(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def read(text: str, language: str) -> None:
    read_claims(
        text,
        document="hostile",
        published=dt.date(2031, 3, 6),
        language=language,
        publisher=None,
        gazetteer=Gazetteer.shipped(),
    )


@pytest.mark.parametrize(("language", "unit"), [("en", u) for u in UNITS] + [("ar", "قتل 12 مدنيا في دمشق. ")])
def test_work_grows_with_the_length_alone(language: str, unit: str) -> None:
    short = unit * (SHORT // len(unit))
    # What is decoded and remembered at the first reading is no work of the second.
    read(short, language)
    few = calls(lambda: read(short, language))
    many = calls(lambda: read(short * LONGER, language))
    assert many <= ALLOWED * few
