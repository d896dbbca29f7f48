"""What a thief finds in an encrypted case, also after a kill, and what a hostile file finds in its reader."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from sijill.core.document import Metadata, Reading
from sijill.core.errors import UnreadableFile
from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from sijill.pipeline.preserving import add_reports
from sijill.preserve.limits import Limits
from sijill.preserve.pool import ReaderPool, ReadJob
from sijill.store import case as stored
from sijill.store import reads
from sijill.store.vault import PREPARED, Custodian
from sijill.store.verify import verify
from sijill.testing.tamper import flipped
from tests.pipeline.sealed import (
    ANNA,
    MARKERS,
    NAME,
    PUBLISHER,
    REASON,
    TEXT,
    by,
    make_case,
    write_gazetteer,
    write_reports,
)
from tests.preserve.hostile import ENDLESS
from tests.store.folders import contents

PHRASE = "eleven lanterns on the weir"
SIJILL = [sys.executable, "-c", "from sijill.cli.app import main; main()"]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reports(tmp_path_factory.mktemp("handed-in") / "reports", more=12)


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gazetteer(tmp_path_factory.mktemp("places") / "places.csv")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, reports: Path, gazetteer: Path) -> Path:
    return make_case(tmp_path_factory.mktemp("original") / "case", reports, gazetteer)


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "case")


@pytest.fixture
def opened(folder: Path) -> Iterator[stored.Case]:
    case = stored.Case.open(folder, brought=by(ANNA))
    yield case
    case.close()


# --- a stolen folder ---


def traces(*folders: Path, documents: Path, since: float = 0) -> list[str]:
    """Where a marker, or the SHA-256 of a document, is found in names or bytes of what was written since."""
    digests = [sha256(p.read_bytes()).digest() for p in documents.iterdir()]
    sought = [m.encode(e) for m in MARKERS for e in ("utf-8", "utf-16-le")]
    sought += [s.hex().encode() for s in sought] + digests + [d.hex().encode() for d in digests]
    found = []
    for root in folders:
        for path in (root, *root.rglob("*")):
            name = path.relative_to(root).as_posix().encode()
            with suppress(OSError):  # Another program's, gone meanwhile.
                fresh = path.is_file() and path.stat().st_mtime >= since
                data = path.read_bytes() if fresh else b""
                if any(s in part for s in sought for part in (name, name.replace(b"/", b""), data)):
                    found.append(str(path))
    return found


def scratch_traces(since: float, documents: Path) -> list[str]:
    """The same in the places where programs keep temporary files."""
    roots = {Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")}
    fresh = []
    for path in (p for root in roots if root.is_dir() for p in root.iterdir()):
        with suppress(OSError):
            if path.stat().st_mtime >= since and not path.name.startswith("pytest-of-"):
                fresh.append(path)
    return traces(*fresh, documents=documents, since=since)


def run(arguments: list[object], tmp_path: Path, *, scratch: Path) -> subprocess.Popen[bytes]:
    """`sijill …` as Anna, with a folder of its own for temporary files."""
    identity = tmp_path / "anna.identity"
    identity.write_text(f"# public key: {ANNA[1]}\n{ANNA[0]}\n")
    scratch.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(scratch), "SIJILL_USER": "tester"}
    command = [*SIJILL, "--identity", str(identity), *map(str, arguments)]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)


def test_a_thief_finds_nothing(folder: Path, reports: Path, tmp_path: Path) -> None:
    """After a normal end, also of a rekeying; what they do find is said in the guide."""
    assert traces(reports, documents=reports), "the search finds what is there"
    since = time.time()
    for arguments in (["build", folder, reports], ["rekey", folder, "--yes"], ["verify", folder]):
        assert run(arguments, tmp_path, scratch=tmp_path / "scratch").wait() == 0
    assert traces(folder, tmp_path / "scratch", documents=reports) == []
    assert scratch_traces(since, reports) == []


def test_a_thief_of_the_backup_finds_nothing(folder: Path, reports: Path, tmp_path: Path) -> None:
    """Neither in the backup, nor in what checking and restoring it left behind, nor in the case's own note of it."""
    backups, again, since = tmp_path / "backup", tmp_path / "again", time.time()
    for arguments in (
        ["backup", folder, backups, "--verify"],
        ["rekey", folder, "--yes"],
        ["backup", folder, backups],
        ["verify", backups, "--snapshot", "all"],
        ["restore", backups, again],
    ):
        assert run(arguments, tmp_path, scratch=tmp_path / "scratch").wait() == 0, arguments
    assert len(list((backups / "snapshots").iterdir())) == 2
    assert traces(folder, backups, again, tmp_path / "scratch", documents=reports) == []
    assert scratch_traces(since, reports) == []


def test_a_thief_finds_nothing_in_the_sealed_backup_of_a_plain_case(reports: Path, tmp_path: Path) -> None:
    plan = Plan(stated=Metadata(publisher=PUBLISHER), workers=1)
    with Case.create(tmp_path / "case", name=NAME, by="tester") as case:
        case.build([reports], plan)
    backups = tmp_path / "backup"
    assert traces(tmp_path / "case", documents=reports), "the case itself is plain"
    arguments = ["backup", tmp_path / "case", backups, "--to", ANNA[1], "--verify"]
    assert run(arguments, tmp_path, scratch=tmp_path / "scratch").wait() == 0
    assert traces(backups, tmp_path / "scratch", documents=reports) == []


@pytest.mark.parametrize("moment", ["objects", "snapshot", "verify"])
def test_a_thief_finds_nothing_after_a_killed_backup(folder: Path, reports: Path, tmp_path: Path, moment: str) -> None:
    backups, since = tmp_path / "backup", time.time()
    reached: dict[str, Callable[[], bool]] = {
        "objects": lambda: any(backups.glob("*/objects/??/*")),
        "snapshot": (backups / "snapshots").exists,
        "verify": lambda: any((tmp_path / "scratch").glob("sijill-*/scratch.db")),
    }
    process = run(["backup", folder, backups, "--verify"], tmp_path, scratch=tmp_path / "scratch")
    while process.poll() is None and not reached[moment]():
        time.sleep(0.0005)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was killed in the middle"
    assert traces(folder, backups, tmp_path / "scratch", documents=reports) == []
    assert scratch_traces(since, reports) == []


def test_what_a_thief_does_find_is_what_the_guide_says(folder: Path) -> None:
    seen = b"\0".join(contents(folder).values()).decode("latin-1")
    assert ANNA[1] in seen, "the public keys of the custodians"
    assert stored.Case.open(folder, brought=by(ANNA)).config.verifier in seen, "the public key of the case"
    assert ANNA[0] not in seen
    sizes = sorted(p.stat().st_size for p in (folder / "objects").rglob("*") if p.is_file())
    with Case.open(folder, brought=by(ANNA)) as case:
        documents = [d.size + 28 for d in case.documents()]
    assert set(documents) <= set(sizes), "the size of each document, to the byte"


MOMENTS: dict[str, Callable[[Path], bool]] = {
    "build": lambda folder: any((folder / "objects" / "incoming").glob("*")),
    "build, its rows": lambda folder: size(folder / "case.db-wal") > 100_000,
    "judge": lambda folder: size(folder / "case.db-wal") > 0,
    "rekey, its database": lambda folder: size(folder / "case-2.db") > 0,
    "rekey, its objects": lambda folder: any((folder / "objects-2").glob("??/*")),
    "rekey, its vault": lambda folder: (folder / PREPARED).exists() or not (folder / "case.db").exists(),
}


def size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_thief_finds_nothing_after_a_kill(
    folder: Path, reports: Path, gazetteer: Path, tmp_path: Path, moment: str
) -> None:
    with Case.open(folder, brought=by(ANNA)) as case:
        claim = case.claims()[-1].claim.id
    if moment.startswith("build"):
        shutil.rmtree(folder)
        whom = (Custodian(recipient=ANNA[1]),)
        Case.create(folder, name=NAME, by="tester", custodians=whom).close()
    name, since = moment.partition(",")[0], time.time()
    arguments = {
        "build": ["build", folder, reports, "--gazetteer", gazetteer, "--publisher", PUBLISHER],
        "judge": ["judge", folder, "accept", claim, "--reason", REASON],
        "rekey": ["rekey", folder, "--yes"],
    }[name]
    process = run(arguments, tmp_path, scratch=tmp_path / "scratch")
    while process.poll() is None and not MOMENTS[moment](folder):
        time.sleep(0.0005)
    time.sleep(random.Random(moment).uniform(0, 0.01))
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was killed in the middle"
    assert traces(folder, tmp_path / "scratch", documents=reports) == []
    assert scratch_traces(since, reports) == []
    assert [f for f in verify(folder, brought=by(ANNA)).findings if f.kind != "derived"] == []


@pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="looks at open files in /proc")
def test_no_file_that_is_open_meanwhile_holds_anything(folder: Path, reports: Path, tmp_path: Path) -> None:
    """Also none without a name, as SQLite makes for large sorts: what it held would stay on the disk."""
    new = shutil.copytree(reports, tmp_path / "more")
    for path in new.iterdir():
        path.write_bytes(path.read_bytes() + b" ")
    for arguments in (["build", folder, new], ["rekey", folder, "--yes"]):
        process = run(arguments, tmp_path, scratch=tmp_path / "scratch")
        seen: set[str] = set()
        while process.poll() is None:
            for where, data in opened_to_write(process.pid):
                seen.add(where)
                assert [m for m in MARKERS if m.encode() in data] == [], where
            time.sleep(0.002)
        assert process.returncode in {0, 2}
        assert any(where.startswith(str(folder)) for where in seen), "it looks at all"


def opened_to_write(pid: int) -> Iterator[tuple[str, bytes]]:
    """The files, by where they lie and what they hold, that a process and its children could write to just now."""
    with suppress(OSError):
        for fd in os.listdir(f"/proc/{pid}/fd"):
            path = Path(f"/proc/{pid}/fd/{fd}")
            with suppress(OSError):
                flags = int(Path(f"/proc/{pid}/fdinfo/{fd}").read_text().split("flags:")[1].split()[0], 8)
                if flags & os.O_ACCMODE != os.O_RDONLY and path.is_file():
                    yield os.readlink(path), path.read_bytes()
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from opened_to_write(int(child))


# --- the processes that read files ---


def workers() -> list[int]:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return [int(p) for p in children if b"sijill.preserve.worker" in Path(f"/proc/{p}/cmdline").read_bytes()]


def memory(pid: int) -> bytes:
    """All that a process holds and could write."""
    held = []
    with Path(f"/proc/{pid}/mem").open("rb") as f:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, permissions = line.split()[:2]
            if permissions.startswith("rw") and "[v" not in line:
                start, end = (int(part, 16) for part in span.split("-"))
                f.seek(start)
                with suppress(OSError):
                    held.append(f.read(end - start))
    return b"".join(held)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="looks into memory through /proc")
def test_a_worker_never_has_a_key_that_it_does_not_need(
    opened: stored.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hostile file that took it over would find the keys of the files that it reads with it, and no other."""
    monkeypatch.setenv("SIJILL_PASSPHRASE", PHRASE)
    keys = opened.access.keys
    assert keys is not None
    report = tmp_path / ENDLESS.name
    ENDLESS.write(report)  # It is read until its time is over, so that there is time to look.
    with opened.connect() as connection:
        earlier = [keys.derive(f"object {id_}") for id_ in reads.object_ids(connection)]
    purposes = ("database", "object names", "name", "signing key")
    secrets = [keys.master, *(keys.derive(p) for p in purposes), *earlier]
    sought = [*secrets, *(s.hex().encode() for s in secrets), PHRASE.encode(), ANNA[0].encode(), b"BEGIN PRIVATE KEY"]
    own = keys.derive(f"object {sha256(report.read_bytes()).hexdigest()}")
    found: list[bytes] = []
    reading = threading.Event()

    def look() -> None:
        while not reading.is_set():
            for pid in workers():
                with suppress(OSError):  # It has just ended.
                    held = memory(pid) + b"".join(Path(f"/proc/{pid}/{f}").read_bytes() for f in ("environ", "cmdline"))
                    found.extend(s for s in (*sought, own, own.hex().encode()) if s in held)

    with ThreadPoolExecutor(1) as beside:
        looking = beside.submit(look)
        try:
            assert add_reports(opened, [report], by="tester", workers=1, limits=Limits(seconds=6.0)).refused
        finally:
            reading.set()
        looking.result()
    assert found, "its own key would be found if it were there"
    assert set(found) <= {own, own.hex().encode()}


def test_a_sealed_file_is_read_with_its_own_key_only(opened: stored.Case) -> None:
    with opened.connect() as connection:
        one, other = [d for d in reads.documents(connection) if d.reading.media_type == "text/plain"][:2]
    path = opened.objects.path(one.id)
    jobs = [
        ReadJob(path, "right.txt", secret=opened.objects.secret(one.id)),
        ReadJob(path, "wrong.txt", secret=opened.objects.secret(other.id)),
        ReadJob(path, "unsealed.txt"),
    ]
    with ReaderPool(workers=1) as pool:
        right, wrong, unsealed = [outcome for _, outcome in pool.read(jobs)]
    assert isinstance(right, Reading)
    assert right.text == one.reading.text
    for outcome, name in ((wrong, "wrong.txt"), (unsealed, "unsealed.txt")):
        assert isinstance(outcome, UnreadableFile)
        assert outcome.name == name
        assert TEXT not in str(outcome)
    assert isinstance(wrong, UnreadableFile)
    assert wrong.reason == "its seal is broken"


@pytest.mark.parametrize("where", ["nonce", "ciphertext", "tag", "cut", "empty"])
def test_a_broken_seal_is_refused_by_name(opened: stored.Case, tmp_path: Path, where: str) -> None:
    with opened.connect() as connection:
        id_ = reads.document_ids(connection)[0]
    data = opened.objects.path(id_).read_bytes()
    bits = {"nonce": 5, "ciphertext": 12 * 8 + 3, "tag": len(data) * 8 - 1}
    broken = tmp_path / "broken"
    broken.write_bytes(flipped(data, bits[where]) if where in bits else data[: 20 if where == "cut" else 0])
    with ReaderPool(workers=1) as pool:
        ((_, outcome),) = pool.read([ReadJob(broken, "a-report.txt", secret=opened.objects.secret(id_))])
    assert isinstance(outcome, UnreadableFile)
    assert outcome.name == "a-report.txt"
    assert outcome.hint
