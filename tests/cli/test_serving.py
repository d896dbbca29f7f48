"""`sijill serve`: one line with an address that lets in, once; nothing but loopback; a clean end."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def served(built_example: Path) -> Any:
    """The command as a process of its own, and its address."""
    environment = {**os.environ, "SIJILL_USER": "tester", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    process = subprocess.Popen(
        [sys.executable, "-c", "from sijill.cli.app import main; main()", "serve", str(built_example)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    yield process, process.stdout.readline().strip()
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_serve(served: Any) -> None:
    process, address = served
    found = re.fullmatch(r"(http://127\.0\.0\.1:(\d+)/)enter/[\w-]{43,}", address)
    assert found, address
    base, port = found[1], int(found[2])
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with pytest.raises(urllib.error.HTTPError, match="401"):
        opener.open(base)
    assert opener.open(address).status == 200
    assert b"What most needs a look" in opener.open(base).read()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.build_opener().open(address)
    # Two lengths of one body, which two servers would cut differently, and a header that a proxy would believe.
    for request in (
        b"POST /leave HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        b"POST /leave HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nHost: hostile.example\r\n\r\n" % port,
        b"GET http://hostile.example/ HTTP/1.1\r\nHost: hostile.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-Forwarded-Host: 127.0.0.1\r\n\r\n" % port,
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
            raw.sendall(request)
            status = raw.recv(12)
            assert status[9:12] in (b"400", b"401", b"421"), (request, status)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out == ""
    assert "Traceback" not in err
    assert "stopped" in err


def test_a_port_that_is_taken(run: Callable[..., Any], built_example: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = run("serve", built_example, "--port", taken.getsockname()[1])
    assert ran.code == 2
    assert "cannot be had" in ran.err
    assert "--port" in ran.err


def test_no_case(run: Callable[..., Any], tmp_path: Path) -> None:
    assert run("serve", tmp_path).code == 2


def test_an_encrypted_case_asks(run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIJILL_PASSPHRASE", "four dry words here")
    assert run("init", tmp_path / "sealed", "--encrypt").code == 0
    monkeypatch.setenv("SIJILL_PASSPHRASE", "another")
    ran = run("serve", tmp_path / "sealed")
    assert ran.code == 2
    assert ran.out == ""
