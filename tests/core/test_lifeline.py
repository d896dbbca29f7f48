import os
import signal
import subprocess
import sys
import time

import pytest

PARENT = """
import os, sys, time
from sijill.core.lifeline import die_with_parent
child = os.fork()
if child == 0:
    die_with_parent()
    os.write(1, f"{os.getpid()}\\n".encode())
    time.sleep(600)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_worker_dies_with_its_parent_however_that_ends_and_ignores_ctrl_c() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        os.kill(worker, signal.SIGINT)
        time.sleep(0.1)
        assert alive(worker)
        parent.kill()
        parent.wait()
        waited = time.monotonic() + 10
        while alive(worker):
            assert time.monotonic() < waited, "the worker outlived its parent"
            time.sleep(0.01)
