"""The pool is tried with real processes: they are killed, starved and left alone, never replaced by doubles."""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from sijill.core.document import Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import Limits
from sijill.preserve.pool import BATCH_FILES, BATCHES_AHEAD, ReaderPool, ReadJob
from sijill.preserve.reading import read_path
from sijill.preserve.worker import MAX_FILES
from tests.preserve.attempts import attempt
from tests.preserve.documents import ARABIC, ENGLISH, Run, docx, mail, page, paragraphs, pdf
from tests.preserve.hostile import ENDLESS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i in range(100):
        (tmp_path / f"{i:03}.txt").write_text(f"{i} people were killed. {ENGLISH}", encoding="utf-8")
    (tmp_path / "page.html").write_text(page(), encoding="utf-8")
    (tmp_path / "bulletin.pdf").write_bytes(pdf([[Run(ENGLISH[:60])]]))
    (tmp_path / "letter.docx").write_bytes(docx(paragraphs(ARABIC)))
    (tmp_path / "mail.eml").write_bytes(mail())
    (tmp_path / "empty.txt").write_bytes(b"")
    return tmp_path


def jobs(paths: list[Path]) -> list[ReadJob]:
    return [ReadJob(path, path.name, i) for i, path in enumerate(paths)]


def endless(folder: Path) -> Path:
    path = folder / ENDLESS.name
    ENDLESS.write(path)
    return path


def children() -> set[int]:
    """Processes of this one that are alive; those that are only to be waited for are none."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                state, parent = (entry / "stat").read_text(encoding="utf-8").rpartition(") ")[2].split()[:2]
            except OSError:
                continue
            if int(parent) == os.getpid() and state != "Z":
                found.add(int(entry.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: set[int], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("workers", [1, 3])
def test_every_kind_in_the_order_given_and_as_read_in_this_process(folder: Path, workers: int) -> None:
    paths = sorted(folder.iterdir())
    with ReaderPool(workers=workers) as pool:
        outcomes = list(pool.read(jobs(paths)))
    assert [job for job, _ in outcomes] == jobs(paths)
    for job, outcome in outcomes:
        expected = attempt(partial(read_path, job.path, name=job.name))
        if isinstance(expected, UnreadableFile):
            assert isinstance(outcome, UnreadableFile)
            assert (outcome.message, outcome.hint) == (expected.message, expected.hint)
        else:
            assert outcome == expected


def test_jobs_are_taken_a_bounded_number_ahead(folder: Path) -> None:
    taken = 0

    def without_end() -> Iterator[ReadJob]:
        nonlocal taken
        for taken in itertools.count(1):
            yield ReadJob(folder / "001.txt", "001.txt", taken)

    with ReaderPool(workers=2) as pool:
        first = list(itertools.islice(pool.read(without_end()), 50))
    assert [job.key for job, _ in first] == list(range(1, 51))
    assert taken <= 50 + 2 * BATCH_FILES * (BATCHES_AHEAD + 1)


def test_no_jobs(folder: Path) -> None:
    with ReaderPool(workers=2) as pool:
        assert list(pool.read([])) == []


def test_workers_are_reused_and_end_with_the_pool(folder: Path) -> None:
    before = children()
    paths = sorted(folder.glob("*.txt"))
    with ReaderPool(workers=2) as pool:
        list(pool.read(jobs(paths)))
        workers = children() - before
        list(pool.read(jobs(paths)))
        assert children() - before == workers
        assert 1 <= len(workers) <= 2
    assert gone(workers)


def test_what_the_process_that_made_it_has_held_does_not_count(folder: Path) -> None:
    """A large program would else have a new worker for each file."""
    limits = Limits(max_memory=600_000_000)
    held = b"x" * 400_000_000
    del held
    before = children()
    paths = sorted(folder.glob("*.txt"))[:8]
    with ReaderPool(workers=1, limits=limits) as pool:
        list(pool.read(jobs(paths)))
        workers = children() - before
        list(pool.read(jobs(paths)))
        assert children() - before == workers


def test_a_worker_is_replaced_after_many_files(folder: Path) -> None:
    before = children()
    one = ReadJob(folder / "001.txt", "001.txt")
    with ReaderPool(workers=1) as pool:
        list(pool.read([one]))
        first = children() - before
        assert all(isinstance(outcome, Reading) for _, outcome in pool.read(itertools.repeat(one, MAX_FILES + 100)))
        second = children() - before
    assert len(first) == len(second) == 1
    assert first != second


def test_a_file_that_takes_too_long_is_refused_and_the_rest_is_read(folder: Path) -> None:
    paths = sorted(folder.glob("0*.txt"))
    paths.insert(40, endless(folder))
    with ReaderPool(workers=2, limits=Limits(seconds=1.0)) as pool:
        outcomes = [outcome for _, outcome in pool.read(jobs(paths))]
    refused = outcomes.pop(40)
    assert isinstance(refused, UnreadableFile)
    assert refused.reason == "reading it took longer than 1 seconds"
    assert refused.hint
    assert all(isinstance(outcome, Reading) for outcome in outcomes if not isinstance(outcome, UnreadableFile))
    assert sum(isinstance(outcome, UnreadableFile) for outcome in outcomes) == 0


def test_a_reader_that_no_alarm_reaches_is_ended_from_outside(folder: Path) -> None:
    before = children()
    paths = [folder / "000.txt", endless(folder), folder / "001.txt"]
    with ReaderPool(workers=1, limits=Limits(seconds=1.5)) as pool:
        outcomes = pool.read(jobs(paths))
        next(outcomes)
        for pid in children() - before:
            os.kill(pid, signal.SIGSTOP)
        (_, refused), (_, after) = outcomes
    assert isinstance(refused, UnreadableFile)
    assert refused.reason == "reading it took longer than 1.5 seconds"
    assert isinstance(after, Reading)


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_a_file_that_crashes_its_reader_is_refused_and_the_rest_is_read(folder: Path, how: signal.Signals) -> None:
    before = children()
    paths = [folder / "000.txt", endless(folder), *sorted(folder.glob("00[1-9].txt"))]
    with ReaderPool(workers=1) as pool:
        outcomes = pool.read(jobs(paths))
        assert isinstance(next(outcomes)[1], Reading)
        time.sleep(0.5)
        for pid in children() - before:
            os.kill(pid, how)
        _, refused = next(outcomes)
        rest = [outcome for _, outcome in outcomes]
    assert isinstance(refused, UnreadableFile)
    assert refused.message == "pdf-form-loop.pdf: the reader crashed on it"
    assert len(rest) == 9
    assert all(isinstance(outcome, Reading) for outcome in rest)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space of a process")
def test_a_file_that_takes_too_much_memory_is_refused_and_the_rest_is_read(folder: Path) -> None:
    (folder / "500.txt").write_text("سنا " * 15_000_000, encoding="utf-8")
    paths = sorted(folder.glob("*.txt"))
    with ReaderPool(workers=1, limits=Limits(max_memory=200_000_000, max_text=100_000_000)) as pool:
        outcomes = {job.name: outcome for job, outcome in pool.read(jobs(paths))}
    refused = outcomes.pop("500.txt")
    assert isinstance(refused, UnreadableFile)
    assert refused.reason == "reading it takes more memory than is allowed"
    assert set(outcomes) == {path.name for path in paths} - {"500.txt"}
    assert [name for name, outcome in outcomes.items() if not isinstance(outcome, Reading)] == ["empty.txt"]


def test_leaving_early_leaves_nothing_behind_for_the_next_series(folder: Path) -> None:
    paths = sorted(folder.glob("0*.txt"))
    with ReaderPool(workers=2) as pool:
        outcomes = pool.read(jobs(paths))
        next(outcomes)
        outcomes.close()
        again = list(pool.read(jobs(paths[::-1])))
    assert [job.path for job, _ in again] == paths[::-1]
    assert all(
        isinstance(outcome, Reading) and outcome.text.startswith(f"{int(job.path.stem)} people")
        for job, outcome in again
    )


def test_one_series_at_a_time(folder: Path) -> None:
    with ReaderPool(workers=1) as pool:
        outcomes = pool.read(jobs(sorted(folder.glob("0*.txt"))))
        next(outcomes)
        with pytest.raises(RuntimeError, match="one series of files at a time"):
            next(pool.read([]))
        outcomes.close()
    with pytest.raises(RuntimeError, match="until it is closed"):
        next(pool.read([]))


def test_what_the_source_of_jobs_raises_comes_through(folder: Path) -> None:
    def failing() -> Iterator[ReadJob]:
        yield ReadJob(folder / "001.txt", "001.txt")
        raise UnreadableFile("list", "it ends here")

    with ReaderPool(workers=1) as pool, pytest.raises(UnreadableFile, match="it ends here"):
        list(pool.read(failing()))


def test_names_that_no_encoding_holds(folder: Path) -> None:
    path = folder / os.fsdecode(b"\xff\xfe\n.txt")
    path.write_text(ENGLISH, encoding="utf-8")
    with ReaderPool(workers=1) as pool:
        (one,) = pool.read([ReadJob(path, path.name)])
    assert isinstance(one[1], Reading)


SCRIPT = """
import signal
import sys
from pathlib import Path
from sijill.preserve.pool import ReaderPool, ReadJob
signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell that runs the tests beside others has it ignored.
path = Path(sys.argv[1])
with ReaderPool(workers=2) as pool:
    outcomes = pool.read(ReadJob(path.with_name(f"{i:03}.txt"), "a.txt") for i in range(4))
    next(outcomes)
    print(*(worker.process.pid for worker in pool._workers), flush=True)
    list(outcomes)
    list(pool.read([ReadJob(path, path.name)] * 4))
"""


def _running(folder: Path) -> tuple[subprocess.Popen[bytes], set[int]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, os.fspath(endless(folder))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": os.fspath(ROOT / "src"), "PATH": os.environ["PATH"]},
        process_group=0,
    )
    assert process.stdout is not None
    workers = {int(pid) for pid in process.stdout.readline().split()}
    assert workers
    time.sleep(0.5)
    assert all(alive(pid) for pid in workers)
    return process, workers


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process that is busy when its parent is killed")
def test_workers_do_not_outlive_a_parent_that_is_killed(folder: Path) -> None:
    process, workers = _running(folder)
    process.kill()
    process.communicate()
    assert gone(workers, seconds=2.0)


@pytest.mark.skipif(os.name != "posix", reason="signals to a group of processes")
def test_ctrl_c_ends_everything_quietly(folder: Path) -> None:
    process, workers = _running(folder)
    os.killpg(process.pid, signal.SIGINT)
    try:
        _, said = process.communicate(timeout=100)
    finally:
        process.kill()
    assert gone(workers)
    assert said.decode().rstrip().endswith("KeyboardInterrupt")
    assert said.decode().count("Traceback") == 1


def test_workers_that_do_not_start_are_reported() -> None:
    script = (
        "import sys\nfrom sijill.core.errors import SijillError\nfrom sijill.preserve.pool import ReaderPool, ReadJob\n"
        "sys.path[:] = [part for part in sys.path if not part.endswith('src')]\n"
        "from pathlib import Path\n"
        "try:\n    list(ReaderPool(workers=1).read([ReadJob(Path('a.txt'), 'a.txt')]))\n"
        "except SijillError as err:\n    print(err)\n"
    )
    environment = {"PYTHONPATH": os.fspath(ROOT / "src"), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment, check=True, timeout=60, text=True
    )
    assert "do not start" in done.stdout
    assert "hint: " in done.stdout
