"""An encrypted case: what a thief finds, who opens it, and what coming and going of custodians keeps."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import select

from benchmarks.vault_killing import kill_writers
from sijill.core.document import Metadata, Reading
from sijill.core.errors import CaseDamaged, CaseSealed, InputError, UnreadableFile
from sijill.pipeline import custody
from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from sijill.pipeline.preserving import add_reports
from sijill.preserve.pool import ReaderPool, ReadJob
from sijill.store import case as stored
from sijill.store import database, reads, schema
from sijill.store.access import Access, last_vault
from sijill.store.continuation import check_since
from sijill.store.folders import Layout
from sijill.store.notes import Verifier, read_checkpoint
from sijill.store.objects import Objects
from sijill.store.vault import FILE, PREPARED, Custodian, Unlock, digest_of, read_vault, rendered
from sijill.store.verify import verify
from sijill.testing.tamper import flipped
from tests.store.folders import contents

PHRASE = "eleven lanterns on the weir"
SIJILL = [sys.executable, "-c", "from sijill.cli.app import main; main()"]
# Planted where a thief would look: no other file of this machine holds these.
TEXT, FILENAME, PUBLISHER = "Zubrowinska", "qillimata-hearing", "Ostrawell Wxkfh Bulletin"
NAME, REASON, PLACE, ARABIC = "Jolvenqa Dossier", "a cousin of Brintzelmann says so", "Xanthuverik", "زكنتوبريق"
MARKERS = (TEXT, FILENAME, PUBLISHER, NAME, REASON, PLACE, ARABIC)


def new_identity() -> tuple[str, str]:
    """A fresh age identity and its recipient."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


ANNA, BASIL, CARLA = new_identity(), new_identity(), new_identity()


def by(person: tuple[str, str]) -> Unlock:
    return Unlock(identities=(person[0],))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports with the markers, and some more so that there is something to do."""
    folder = tmp_path_factory.mktemp("handed-in") / "reports"
    folder.mkdir()
    words = f"At least 14 people were killed in Tamrel on 4 March 2031, {TEXT} said. {ARABIC}.\n"
    (folder / f"{FILENAME}.txt").write_text(words, encoding="utf-8")
    page = f"<html><head><title>{TEXT}</title></head><body><article><p>{words * 4}</p></article></body></html>"
    (folder / f"{FILENAME}.html").write_text(page, encoding="utf-8")
    for n in range(12):
        (folder / f"{FILENAME}-{n:02}.txt").write_text(f"{words}Report number {n}.\n", encoding="utf-8")
    (folder / "lines.jsonl").write_text(f'{{"id": "{FILENAME}-line", "text": "{words.strip()} Once more."}}\n')
    return folder


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("places") / "places.csv"
    path.write_text(f"name,lat,lon\n{PLACE},-32.7,-18.1\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, reports: Path, gazetteer: Path) -> Path:
    """An encrypted case of these reports with two judgements, for Anna and Basil; nobody changes this one."""
    folder = tmp_path_factory.mktemp("original") / "case"
    whom = (Custodian(recipient=ANNA[1]), Custodian(recipient=BASIL[1]))
    with Case.create(folder, name=NAME, by="tester", custodians=whom, brought=by(ANNA)) as case:
        case.build([reports], Plan(gazetteers=(gazetteer,), stated=Metadata(publisher=PUBLISHER), workers=1))
        ids = sorted(c.claim.id for c in case.claims())
        case.judge("reject", ids[0], reason=REASON, rebuild=False)
        case.judge("accept", ids[1], reason=REASON)
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "case")


@pytest.fixture
def opened(folder: Path) -> Iterator[stored.Case]:
    case = stored.Case.open(folder, brought=by(ANNA))
    yield case
    case.close()


# --- a stolen folder ---


def traces(*folders: Path, documents: Path) -> list[str]:
    """Where a marker, or the SHA-256 of a document, is found in names or bytes."""
    digests = [sha256(p.read_bytes()).digest() for p in documents.iterdir()]
    sought = [m.encode(e) for m in MARKERS for e in ("utf-8", "utf-16-le")]
    sought += [s.hex().encode() for s in sought] + digests + [d.hex().encode() for d in digests]
    found = []
    for root in folders:
        for path in root.rglob("*"):
            name = path.relative_to(root).as_posix().encode()
            with suppress(OSError):  # Another program's, gone meanwhile.
                data = path.read_bytes() if path.is_file() else b""
                if any(s in part for s in sought for part in (name, name.replace(b"/", b""), data)):
                    found.append(str(path))
    return found


def scratch_traces(since: float, documents: Path) -> list[str]:
    """The same among what was written since to the places where programs keep temporary files."""
    found = []
    for root in {Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")}:
        for path in root.iterdir() if root.is_dir() else ():
            with suppress(OSError):
                if path.name.startswith("pytest-of-") or path.stat().st_mtime < since or path.stat().st_size > 10**8:
                    continue
                if path.is_file() and any(m.encode() in path.read_bytes() for m in MARKERS):
                    found.append(str(path))
                elif path.is_dir():
                    found += traces(path, documents=documents)
    return found


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
    assert verify(folder, brought=by(ANNA)).whole or moment.startswith("build")


@pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="looks at open files in /proc")
def test_nothing_outside_the_case_is_even_opened_to_write(folder: Path, reports: Path, tmp_path: Path) -> None:
    """Also no file without a name, as SQLite makes for large sorts: what it held would stay on the disk."""
    new = shutil.copytree(reports, tmp_path / "more")
    for path in new.iterdir():
        path.write_bytes(path.read_bytes() + b" ")
    for arguments in (["build", folder, new], ["rekey", folder, "--yes"]):
        process, seen = run(arguments, tmp_path, scratch=tmp_path / "scratch"), set()
        while process.poll() is None:
            seen |= opened_to_write(process.pid)
            time.sleep(0.002)
        assert process.returncode in {0, 2}
        assert any(s.startswith(str(folder)) for s in seen), "it looks at all"
        assert {
            s for s in seen if not s.startswith((str(folder), "/dev/null", "pipe:", "socket:", "anon_inode:"))
        } == set()


def opened_to_write(pid: int) -> set[str]:
    """Where the descriptors of a process and its children lead that it could write to; empty once it has ended."""
    found: set[str] = set()
    with suppress(OSError):
        for fd in os.listdir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                flags = int(Path(f"/proc/{pid}/fdinfo/{fd}").read_text().split("flags:")[1].split()[0], 8)
                if flags & os.O_ACCMODE != os.O_RDONLY:
                    found.add(os.readlink(f"/proc/{pid}/fd/{fd}"))
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found |= opened_to_write(int(child))
    return found


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
    report = tmp_path / "new.txt"
    report.write_text("At least 3 people were killed in Belisk on 5 March 2031.\n")
    with opened.connect() as connection:
        earlier = [keys.derive(f"object {id_}") for id_ in reads.object_ids(connection)]
    purposes = ("database", "object names", "name", "signing key")
    secrets = [keys.master, *(keys.derive(p) for p in purposes), *earlier]
    sought = [*secrets, *(s.hex().encode() for s in secrets), PHRASE.encode(), ANNA[0].encode(), b"BEGIN PRIVATE KEY"]
    own = keys.derive(f"object {sha256(report.read_bytes()).hexdigest()}")
    looked: list[bytes] = []

    def look(stage: str, done: int, of: int | None) -> None:
        for pid in workers():
            held = memory(pid) + Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()
            assert [s for s in sought if s in held] == []
            looked.append(held)

    assert add_reports(opened, [report], by="tester", workers=1, progress=look).added == 1
    assert any(own in held or own.hex().encode() in held for held in looked), "it would be found if it were there"


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


# --- coming ---


def test_each_custodian_opens_it_and_strangers_do_not(folder: Path) -> None:
    for person in (ANNA, BASIL):
        with closing(stored.Case.open(folder, brought=by(person))) as case:
            assert case.name == NAME
        assert verify(folder, brought=by(person)).whole
    with pytest.raises(CaseSealed, match="opens none of its slots"):
        stored.Case.open(folder, brought=by(CARLA))


def test_who_is_let_in_opens_it_and_so_does_everybody_else(opened: stored.Case, folder: Path) -> None:
    slot = custody.add_custodian(opened, Custodian(passphrase=PHRASE, label="the team's"), by="tester")
    assert (slot.kind, slot.holder) == ("passphrase", "the team's")
    assert [s.holder for s in custody.custodians(folder)] == [ANNA[1], BASIL[1], "the team's"]
    for brought in (Unlock(passphrase=PHRASE), by(ANNA), by(BASIL)):
        stored.Case.open(folder, brought=brought).close()
    assert verify(folder, brought=by(ANNA)).whole
    with opened.connect() as connection:
        assert last_vault(connection) == digest_of((folder / FILE).read_bytes())


def test_nobody_is_let_in_twice(opened: stored.Case, folder: Path) -> None:
    before = contents(folder)
    for recipient in (BASIL[1], BASIL[1].upper()):
        with pytest.raises(InputError, match="can open the case already"):
            custody.add_custodian(opened, Custodian(recipient=recipient), by="tester")
    assert {k: v for k, v in contents(folder).items() if "case.db" not in k} == {
        k: v for k, v in before.items() if "case.db" not in k
    }


def test_a_plain_case_has_no_custodians(tmp_path: Path) -> None:
    with closing(stored.Case.create(tmp_path / "plain", by="tester")) as plain:
        with pytest.raises(InputError, match="is not encrypted"):
            custody.custodians(plain.folder)
        with pytest.raises(InputError, match="is not encrypted"):
            custody.add_custodian(plain, Custodian(recipient=ANNA[1]), by="tester")
        with pytest.raises(InputError, match="is not encrypted"):
            custody.rekey(plain, by(ANNA), by="tester")
        with pytest.raises(InputError, match="is not encrypted"):
            custody.remove_custodian(plain, ANNA[1], by(ANNA), by="tester")
    assert not (tmp_path / "plain" / FILE).exists()


# --- going, and sealing anew ---


def everything(folder: Path, brought: Unlock) -> dict[str, object]:
    """All that a case says: documents with their bytes, claims, judgements, incidents, and its log's leaves."""
    with closing(stored.Case.open(folder, brought=brought)) as case:
        api = Case(case, by="tester", brought=brought)
        with case.connect() as connection:
            log = schema.log_entry
            return {
                "documents": [(d, case.objects.read(d.id)) for d in api.documents()],
                "claims": api.claim_rows(uncounted=True),
                "judged": api.claims(),
                "judgements": reads.judgements(connection),
                "incidents": api.incident_rows(),
                "places": [(f.name, case.objects.read(f.id)) for f in reads.gazetteer_files(connection)],
                "name": case.name,
                "leaves": list(connection.execute(select(log.c.leaf).order_by(log.c.seq)).scalars()),
            }


def checkpoints(case: stored.Case) -> list[str]:
    with case.connect() as connection:
        return list(connection.execute(select(schema.checkpoint.c.note)).scalars())


def test_a_rekeying_keeps_every_word_and_the_log(folder: Path) -> None:
    before = everything(folder, by(ANNA))
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        kept = checkpoints(case)
        custody.rekey(case, by(ANNA), by="tester")
        assert everything(folder, by(ANNA)) == {**before, "leaves": everything(folder, by(ANNA))["leaves"]}
        verifier = Verifier.parse(case.config.verifier)
        with case.connect() as connection:
            assert list(check_since(connection, verifier, kept)) == []
        assert set(checkpoints(case)) > set(kept)
        assert all(read_checkpoint(note, verifier) for note in kept)
    leaves, earlier = everything(folder, by(BASIL))["leaves"], before["leaves"]
    assert isinstance(leaves, list)
    assert isinstance(earlier, list)
    assert leaves[:-1] == earlier, "one entry more: who can open it"
    report = verify(folder, brought=by(BASIL))
    assert report.whole
    assert report.unclaimed == 0


def test_a_rekeying_leaves_nothing_of_the_old_sealing(folder: Path) -> None:
    before = contents(folder)
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        custody.rekey(case, by(ANNA), by="tester")
        after = contents(folder)
        assert set(before) & set(after) == {"case.toml", FILE}
        assert not {k for k in after if not k.startswith(("case", "objects-2/", "keys/signing-2", FILE))}
        names = {Path(k).parent.name + Path(k).name for k in before if k.startswith("objects/")}
        assert names.isdisjoint(Path(k).parent.name + Path(k).name for k in after)
        old = {v[i : i + 64] for v in before.values() for i in range(0, len(v) - 64, 64) if v != before["case.toml"]}
        assert not any(v[i : i + 64] in old for k, v in after.items() if k != "case.toml" for i in range(0, len(v), 64))
        # The same object goes on with the new keys.
        with case.writer(by="tester") as writer, writer.transaction() as t:
            t.publication("test", {})
    assert verify(folder, brought=by(BASIL)).whole


def test_it_can_be_sealed_anew_again_and_again(folder: Path) -> None:
    before = everything(folder, by(ANNA))
    for generation in (2, 3, 4):
        with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
            custody.rekey(case, by(ANNA), by="tester")
        assert read_vault(folder).generation == generation
        assert sorted(p.name for p in folder.iterdir() if p.name != "lock") == sorted(
            [f"case-{generation}.db", "case.toml", "keys", f"objects-{generation}", FILE]
        )
    assert everything(folder, by(BASIL))["documents"] == before["documents"]


def test_who_was_removed_is_out_whatever_they_kept(folder: Path) -> None:
    """Their identity, the old `vault.json`, and the old master key itself: none opens what there is now."""
    old = stored.Case.open(folder, brought=by(BASIL)).access
    vault = (folder / FILE).read_bytes()
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        custody.remove_custodian(case, BASIL[1], by(ANNA), by="tester")
    assert [s.holder for s in custody.custodians(folder)] == [ANNA[1]]
    with pytest.raises(CaseSealed, match="opens none of its slots"):
        stored.Case.open(folder, brought=by(BASIL))
    assert verify(folder, brought=by(ANNA)).whole
    whole = (folder / FILE).read_bytes()
    for changed in (vault, rendered(replace(read_vault(folder), generation=1)), _as_generation(vault, 2)):
        (folder / FILE).write_bytes(changed)
        with pytest.raises((CaseDamaged, CaseSealed), match=r"has no case\.db|cannot be read|opens none"):
            stored.Case.open(folder, brought=by(BASIL))
        (folder / FILE).write_bytes(whole)
    assert old.keys is not None
    layout = Layout(folder, 2, encrypted=True)
    _cannot_read(Access(layout, old.keys))
    assert verify(folder, brought=by(ANNA)).whole


def _as_generation(vault: bytes, generation: int) -> bytes:
    return vault.replace(b'"generation": 1', f'"generation": {generation}'.encode())


def _cannot_read(access: Access) -> None:
    """No database, no object, no signing key opens with these keys."""
    assert access.keys is not None
    engine = database.connect(access.layout.database, write=False, key=access.database_key)
    with pytest.raises(database.UNREADABLE, match="file is not a database"), engine.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM sqlite_schema")
    engine.dispose()
    for path in [access.layout.key, *access.layout.objects.glob("??/*")]:
        data = path.read_bytes()
        for purpose in ("signing key", "name", "database"):
            with pytest.raises(Exception, match=r"^$"):
                access.keys.open(purpose, data)


def test_what_was_copied_before_stays_readable_and_putting_it_back_is_found_by_a_checkpoint(
    folder: Path, tmp_path: Path
) -> None:
    """What a removal cannot undo: the guide says so."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        custody.remove_custodian(case, BASIL[1], by(ANNA), by="tester")
        kept = checkpoints(case)[-1]
    assert everything(copy, by(BASIL))["name"] == NAME
    # The whole of it put back is a case that is whole in itself.
    shutil.rmtree(folder)
    copy.rename(folder)
    assert verify(folder, brought=by(ANNA)).whole
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case, case.connect() as connection:
        assert list(check_since(connection, Verifier.parse(case.config.verifier), [kept]))


def test_a_custodian_is_named_by_the_beginning_too_but_not_by_a_guess(opened: stored.Case, folder: Path) -> None:
    before = contents(folder)
    for holder in ("", "age1", "age1nobodyatall", BASIL[1][:7], BASIL[1] + "x"):
        with pytest.raises(InputError, match="names 0 custodians"):
            custody.remove_custodian(opened, holder, by(ANNA), by="tester")
    assert {k: v for k, v in contents(folder).items() if "case.db" not in k} == {
        k: v for k, v in before.items() if "case.db" not in k
    }
    custody.remove_custodian(opened, BASIL[1][:12], by(ANNA), by="tester")
    assert [s.holder for s in custody.custodians(folder)] == [ANNA[1]]


def test_the_last_custodian_stays(opened: stored.Case, folder: Path) -> None:
    custody.remove_custodian(opened, BASIL[1], by(ANNA), by="tester")
    with pytest.raises(InputError, match="nobody would be left"):
        custody.remove_custodian(opened, ANNA[1], by(ANNA), by="tester")
    stored.Case.open(folder, brought=by(ANNA)).close()


def test_another_s_passphrase_is_not_lost_in_a_rekeying(opened: stored.Case, folder: Path) -> None:
    custody.add_custodian(opened, Custodian(passphrase=PHRASE, label="the team's"), by="tester")
    with pytest.raises(InputError, match="only who knows it can carry it over"):
        custody.rekey(opened, by(ANNA), by="tester")
    with pytest.raises(InputError, match="only who knows it can carry it over"):
        custody.rekey(opened, Unlock("not the passphrase", (ANNA[0],)), by="tester")
    assert read_vault(folder).generation == 1
    custody.rekey(opened, Unlock(PHRASE, (ANNA[0],)), by="tester")
    assert read_vault(folder).generation == 2
    stored.Case.open(folder, brought=Unlock(passphrase=PHRASE)).close()
    custody.remove_custodian(opened, "the team's", by(ANNA), by="tester")
    with pytest.raises(CaseSealed, match="opens none of its slots"):
        stored.Case.open(folder, brought=Unlock(passphrase=PHRASE))


def test_one_may_remove_oneself(opened: stored.Case, folder: Path) -> None:
    custody.remove_custodian(opened, ANNA[1], by(ANNA), by="tester")
    assert verify(folder, brought=by(BASIL)).whole


# --- what others did to the folder ---


def swapped_holder(folder: Path) -> None:
    """Somebody who can write to the folder puts their recipient into Basil's slot, which still opens for Basil."""
    vault = read_vault(folder)
    slots = tuple(replace(s, holder=CARLA[1]) if s.holder == BASIL[1] else s for s in vault.slots)
    (folder / FILE).write_bytes(rendered(replace(vault, slots=slots)))


@pytest.mark.parametrize("beside", [False, True])
def test_a_recipient_that_was_slipped_in_gets_no_key(opened: stored.Case, folder: Path, beside: bool) -> None:
    """The next rekeying would have sealed the new master key to them."""
    swapped_holder(folder)
    if beside:
        (folder / PREPARED).write_bytes((folder / FILE).read_bytes())
    before = (folder / FILE).read_bytes()
    for change in (
        lambda: custody.rekey(opened, by(ANNA), by="tester"),
        lambda: custody.remove_custodian(opened, ANNA[1], by(ANNA), by="tester"),
        lambda: custody.add_custodian(opened, Custodian(passphrase=PHRASE), by="tester"),
    ):
        with pytest.raises(CaseDamaged, match="somebody changed who can open the case"):
            change()  # type: ignore[no-untyped-call]
    assert (folder / FILE).read_bytes() == before
    assert {f.where for f in verify(folder, brought=by(ANNA)).findings} == {FILE}
    assert {p.name for p in folder.glob("*-2*")} == set()


def test_who_opened_it_before_a_rekeying_does_not_destroy_it(folder: Path, tmp_path: Path) -> None:
    """A rekeying was killed after it took effect: the old generation lies there still, and somebody has it open."""
    stale = stored.Case.open(folder, brought=by(BASIL))
    old = shutil.copytree(folder, tmp_path / "old")
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        custody.rekey(case, by(ANNA), by="tester")
    for name in ("case.db", "objects", "keys/signing-1.sealed"):
        (old / name).rename(folder / name)
    with closing(stale), pytest.raises(CaseSealed, match="sealed under a new key since it was opened") as raised:
        with stale.writer(by="tester"):
            pass
    assert raised.value.hint == "open it again"
    assert verify(folder, brought=by(BASIL)).whole
    with closing(stored.Case.open(folder, brought=by(BASIL))) as case, case.writer(by="tester"):
        assert not (folder / "case.db").exists()
        assert not (folder / "objects").exists()
    assert verify(folder, brought=by(ANNA)).whole


def test_a_damaged_case_is_not_sealed_anew(opened: stored.Case, folder: Path) -> None:
    with opened.connect() as connection:
        id_ = reads.document_ids(connection)[3]
    path = opened.objects.path(id_)
    path.chmod(0o600)
    path.write_bytes(flipped(path.read_bytes(), 99))
    with pytest.raises(CaseDamaged, match=id_[:12]):
        custody.rekey(opened, by(ANNA), by="tester")
    assert read_vault(folder).generation == 1
    assert [f.where for f in verify(folder, brought=by(BASIL)).findings] == [f"object {id_[:16]}"]
    with opened.writer(by="tester"):
        assert {p.name for p in folder.glob("*-2*")} == set(), "the next writer clears what was half made"


def test_files_of_others_in_the_folder_stay(opened: stored.Case, folder: Path) -> None:
    own = {"case-notes.db": b"notes", "objects-old/report.txt": b"old", "keys/signing-copy.sealed": b"copy"}
    for name, data in own.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    custody.rekey(opened, by(ANNA), by="tester")
    found = contents(folder)
    assert {name: found.get(name) for name in own} == own


def test_objects_of_the_generation_before_do_not_pass_for_the_new_ones(folder: Path, tmp_path: Path) -> None:
    old = shutil.copytree(folder, tmp_path / "old")
    with closing(stored.Case.open(folder, brought=by(ANNA))) as case:
        custody.rekey(case, by(ANNA), by="tester")
        with case.connect() as connection:
            ids = reads.object_ids(connection)
        access = stored.Case.open(old, brought=by(ANNA)).access
        before = Objects(access.layout.objects, access.keys)
        for id_ in ids:
            case.objects.path(id_).chmod(0o600)
            case.objects.path(id_).write_bytes(before.path(id_).read_bytes())
        with pytest.raises(CaseDamaged, match="its seal is broken"):
            case.objects.read(ids[0])
    assert {f.where for f in verify(folder, brought=by(ANNA)).findings} == {f"object {id_[:16]}" for id_ in ids}


# --- killed anywhere ---


def test_killed_anywhere_it_opens_for_whom_it_should_and_nothing_is_lost(tmp_path: Path) -> None:
    """The long version is `python benchmarks/vault_killing.py`."""
    kills = int(os.environ.get("SIJILL_TEST_KILLS", "20"))
    found = kill_writers(tmp_path, kills=kills, seed=5)
    assert found.wrong == ()
    assert sum(found.kills.values()) == kills
    assert all(found.kills.values())
