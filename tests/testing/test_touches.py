"""In a process of its own, as a process with threads had better not fork."""

import subprocess
import sys
from pathlib import Path

import pytest

import sijill

PROGRAM = """
import os, sys
from sijill.testing.touches import NotTraceable, kill_before

def act():
    with open("one", "w") as file:
        file.write("words")
    with open("one") as file:
        file.read()
    os.rename("one", "two")
    sys.stdout.write("done\\n")
    sys.stdout.flush()

def fail():
    raise SystemExit(3)

try:
    for step in range(5):
        ending = kill_before(step, act)
        print(step, ending.killed, ending.touches, *sorted(os.listdir()), flush=True)
        for name in os.listdir():
            os.unlink(name)
    try:
        kill_before(1, fail)
    except RuntimeError as err:
        print(err)
except NotTraceable as err:
    print("not traceable", err)
"""


def test_it_is_killed_before_each_touch_and_after_none(tmp_path: Path) -> None:
    source = str(Path(sijill.__file__).parent.parent)
    program = [sys.executable, "-c", f"import sys\nsys.path.insert(0, {source!r})\n{PROGRAM}"]
    run = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=True)
    if run.stdout.startswith("not traceable"):
        pytest.skip(run.stdout)
    assert run.stdout.splitlines() == [
        "done",
        "0  3 two",
        "1 openat 1",
        "2 write 2 one",
        "3 rename 3 one",
        "done",
        "4  3 two",
        "what was to be killed ended by itself, with 1",
    ]
