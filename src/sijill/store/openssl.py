"""`openssl ts -verify` as another program: it reads replies that stricter readers refuse."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import tempfile
from pathlib import Path

SECONDS = 20
PASSED = "Verification: OK"


class OpensslError(Exception):
    """OpenSSL is not on this machine, did not end in time, or says that the reply does not verify."""


def available() -> bool:
    """Whether the program is on this machine."""
    return shutil.which("openssl") is not None


def verify(reply: bytes, digest: bytes, *, roots: bytes, at: dt.datetime | None = None) -> None:
    """Raise OpensslError unless the reply stamps the digest and leads to one of the roots (PEM).

    Certificates must be valid at that time; without one, now. What is written to temporary files is nobody's secret:
    the reply and the roots. The digest's algorithm is the reply's own.
    """
    program = shutil.which("openssl")
    if program is None:
        raise OpensslError("openssl is not on this machine")
    with tempfile.TemporaryDirectory(prefix="sijill-") as folder:
        path, trusted = Path(folder, "reply.tsr"), Path(folder, "roots.pem")
        path.write_bytes(reply)
        trusted.write_bytes(roots)
        command = [program, "ts", "-verify", "-digest", digest.hex(), "-in", str(path), "-CAfile", str(trusted)]
        command += ["-attime", str(int(at.timestamp()))] if at else []
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired) as err:
            raise OpensslError("openssl could not be run to its end") from err
    told = (done.stdout + done.stderr).decode("utf-8", "replace")
    if done.returncode != 0 or PASSED not in told:
        raise OpensslError(_reason(told))


def _reason(told: str) -> str:
    """Why, from OpenSSL's error line: thread, `error`, code, library, function, why, file, line, and more of why."""
    for line in told.splitlines():
        parts = line.split(":", 8)
        if len(parts) == 9 and parts[1] == "error":
            return ": ".join(filter(None, (parts[5], parts[8].strip())))
    return "it does not verify"
