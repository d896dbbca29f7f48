"""A PostgreSQL server of our own, on a free port of this machine, for tests and benchmarks: never one that is in use.

Its files lie in a folder that is removed with it. It runs as an unprivileged user, as PostgreSQL refuses to run as
root, and keeps nothing safe: what a crash of the machine would cost is not tested here.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

USERS = ("postgres", "nobody")
OLDEST = 15
# Speed before safety, and enough connections for many writers.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SETTINGS = ("shared_buffers=64MB", "max_connections=60", "max_wal_size=1GB", "log_min_messages=fatal", "jit=off")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: the programs, its folder, its port, and who runs it (`None`: whoever we are)."""

    programs: Path
    folder: Path
    port: int
    user: str | None

    @property
    def address(self) -> str:
        """Of its only database, which anybody on this machine may use."""
        return f"postgresql://sijill@127.0.0.1:{self.port}/sijill"

    def stop(self, *, mode: str = "fast") -> None:
        """Stop it; `immediate` is as a crash."""
        self._run("pg_ctl", "stop", "--wait", "--mode", mode, "--pgdata", str(self.folder / "data"))

    def start(self) -> None:
        """Start it again, on the same port."""
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "--wait", "--silent", "--log", log, "--pgdata", str(self.folder / "data"))

    def keep_as(self, name: str) -> None:
        """Keep a copy of the database under another name; nobody may be using it."""
        self._sql(f"CREATE DATABASE {name} TEMPLATE sijill")

    def put_back(self, name: str) -> None:
        """Put a copy in the database's place, whoever may be using that."""
        self._sql("DROP DATABASE sijill WITH (FORCE)", f"CREATE DATABASE sijill TEMPLATE {name}")

    def _sql(self, *statements: str) -> None:
        where = ("--host", "127.0.0.1", "--port", str(self.port), "--username", "sijill", "--dbname", "postgres")
        for statement in statements:
            self._run("psql", "--quiet", *where, "--command", statement)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        # Its own session: Ctrl-C at a test run is not for the server.
        done = subprocess.run(
            command,
            user=self.user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            start_new_session=True,
            check=False,
        )
        if done.returncode:
            log = self.folder / "log"
            said = log.read_text(errors="replace")[-2000:] if log.is_file() else ""
            raise RuntimeError(f"{program} failed: {done.stderr.strip()} {said}")


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine, `None` where there is none that is new enough."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    if found := shutil.which("postgres"):
        folders.append(Path(found).resolve().parent)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")) and _new_enough(folder):
            return folder
    return None


def missing() -> str:
    """Why no server can be started and used here, "" where one can."""
    if find_spec("psycopg") is None:
        return "psycopg is not installed: pip install 'sijill[team]'"
    if programs() is None:
        return f"no PostgreSQL server {OLDEST} or newer on this machine (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and _unprivileged() is None:
        return "PostgreSQL does not run as root, and there is no other user here"
    return ""


@contextmanager
def running(*, safe: bool = False, settings: tuple[str, ...] = ()) -> Iterator[Server]:
    """A server that runs until the end; `safe` has it write to the disk as one in use would.

    Raises RuntimeError where there is none, or it does not start.
    """
    if problem := missing():
        raise RuntimeError(problem)
    found = programs()
    assert found is not None
    user = _unprivileged() if os.geteuid() == 0 else None
    # Not pytest's folder: that one others may not enter, and a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="sijill-pg-") as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
        server = Server(found, folder, _free_port(), user)
        _initialise(server, (*SETTINGS, *(() if safe else QUICK), *settings))
        server.start()
        try:
            server._run("createdb", "--host", "127.0.0.1", "--port", str(server.port), "--username", "sijill", "sijill")
            yield server
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                server.stop(mode="immediate")


def _initialise(server: Server, settings: tuple[str, ...]) -> None:
    server._run(
        *("initdb", "--pgdata", str(server.folder / "data"), "--username", "sijill", "--auth", "trust"),
        *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"),
    )
    where = (f"port={server.port}", "listen_addresses='127.0.0.1'", f"unix_socket_directories='{server.folder}'")
    with (server.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as f:
        f.writelines(f"{line}\n" for line in (*where, *settings))


def _unprivileged() -> str | None:
    for name in USERS:
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


def _new_enough(folder: Path) -> bool:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    words = said.split()
    return len(words) > 2 and words[2].split(".")[0].isdigit() and int(words[2].split(".")[0]) >= OLDEST


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
