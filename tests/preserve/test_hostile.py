"""Every hostile file through the pool: read with the right words or refused by name, in bounded time and memory."""

from pathlib import Path

import pytest

from sijill.core.document import Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import Limits
from sijill.preserve.names import UNSAFE, shown
from sijill.preserve.pool import ReaderPool, ReadJob
from tests.preserve.documents import ENGLISH
from tests.preserve.hostile import EITHER, REFUSED, Hostile, written

LIMITS = Limits(seconds=10.0, max_memory=1_000_000_000)
Outcomes = list[tuple[Hostile, Reading | UnreadableFile]]


def held(pid: int) -> int:
    """The most memory that a process has held at once, in bytes; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return max((1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), default=0)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    files = written(tmp_path_factory.mktemp("hostile"))
    found = []
    with ReaderPool(workers=2, limits=LIMITS) as pool:
        for _, outcome in pool.read(ReadJob(path, path.name) for path, _ in files):
            found.append(outcome)
            assert all(held(worker.process.pid) <= LIMITS.max_memory for worker in pool._workers)
    return [(one, outcome) for (_, one), outcome in zip(files, found, strict=True)]


def test_there_are_enough_of_them(outcomes: Outcomes) -> None:
    assert len(outcomes) >= 390
    assert len({one.name for one, _ in outcomes}) == len(outcomes)


def test_each_is_read_rightly_or_refused(outcomes: Outcomes) -> None:
    wrong = [
        (one.name, one.expect, outcome)
        for one, outcome in outcomes
        if (one.expect == REFUSED and isinstance(outcome, Reading))
        or (one.expect not in (REFUSED, EITHER) and not (isinstance(outcome, Reading) and one.expect in outcome.text))
    ]
    assert wrong == []


def test_a_refusal_is_one_line_with_name_reason_and_remedy(outcomes: Outcomes) -> None:
    for one, outcome in outcomes:
        if isinstance(outcome, UnreadableFile):
            assert outcome.name == shown(one.name)
            assert outcome.message == f"{shown(one.name)}: {outcome.reason}"
            assert not UNSAFE.search(outcome.message + outcome.hint)
            assert outcome.reason
            assert outcome.hint


def test_a_refusal_tells_no_word_of_the_source(outcomes: Outcomes) -> None:
    words = {word for word in ENGLISH.split() if len(word) > 7}
    for _, outcome in outcomes:
        if isinstance(outcome, UnreadableFile):
            assert not words.intersection(f"{outcome.reason} {outcome.hint}".split())


def test_only_a_loop_without_end_had_to_be_ended(outcomes: Outcomes) -> None:
    """It takes all the time or all the memory that it may, whichever is over first."""
    ended = {
        one.name
        for one, outcome in outcomes
        if isinstance(outcome, UnreadableFile) and ("took longer" in outcome.reason or "crashed" in outcome.reason)
    }
    assert ended == {"pdf-form-loop.pdf"}


def test_what_is_read_can_be_stored(outcomes: Outcomes) -> None:
    for _, outcome in outcomes:
        if isinstance(outcome, Reading):
            outcome.text.encode("utf-8")
            assert "\0" not in outcome.text
            fields = (outcome.metadata.title, outcome.metadata.publisher, outcome.metadata.url)
            assert all(value is None or value.isprintable() for value in fields)
