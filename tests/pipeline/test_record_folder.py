"""`--record FOLDER`: pages go where a person says, and nothing that is not ours is removed, replaced or read there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from sijill.core.canonical import canonical
from sijill.core.errors import InputError
from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from sijill.store.vault import Custodian
from sijill.store.verify import verify
from tests.pipeline.sealed import ANNA, MARKERS, TEXT, by, write_reports
from tests.store.folders import contents

REPORT = "At least {} people were killed in {} on {} March 2031, the Senna Valley Monitor said.\n"
PLACES = ("Tamrel", "Belisk", "Dorvin", "Peldra", "Orlune")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encrypted case of two reports, its record written nowhere; nobody changes this one."""
    folder = tmp_path_factory.mktemp("record")
    with Case.create(folder / "case", by="tester", custodians=(Custodian(recipient=ANNA[1]),)) as made:
        made.build([report(folder, 1), report(folder, 2)])
    return folder / "case"


@pytest.fixture
def case(original: Path, tmp_path: Path) -> Iterator[Case]:
    with Case.open(shutil.copytree(original, tmp_path / "case"), by="tester", brought=by(ANNA)) as opened:
        yield opened


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def report(folder: Path, number: int) -> Path:
    path = folder / f"r{number}.txt"
    path.write_text(REPORT.format(number + 10, PLACES[number % 5], number * 3), encoding="utf-8")
    return path


def pages_of(folder: Path) -> dict[str, str]:
    return dict(json.loads((folder / "manifest.json").read_bytes()))


# --- where it goes ---


def test_the_record_of_an_encrypted_case_is_written_only_where_one_says(tmp_path: Path, out: Path) -> None:
    reports = write_reports(tmp_path / "reports")
    with Case.create(tmp_path / "case", custodians=(Custodian(recipient=ANNA[1]),), brought=by(ANNA)) as case:
        assert case.build([reports]).derived.record is None
        assert not (case.path / "record").exists()
        written = case.build([], Plan(record=out)).derived.record
    assert written is not None
    assert written.folder == out
    assert any(TEXT.encode() in data for data in contents(out).values()), "pages are there to be read"
    assert not any(m.encode() in data for m in MARKERS for data in contents(tmp_path / "case").values())


@pytest.mark.parametrize("inside", ["record", "objects/pages", "new/deep", "."])
def test_not_into_the_folder_that_is_encrypted(case: Case, tmp_path: Path, inside: str) -> None:
    before = set(contents(case.path))
    with pytest.raises(InputError, match="lies in the folder of an encrypted case"):
        case.build([], Plan(record=case.path / inside))
    (tmp_path / "alias").symlink_to(case.path)
    with pytest.raises(InputError, match="lies in the folder of an encrypted case"):
        case.build([], Plan(record=tmp_path / "alias" / inside))
    assert {n for n in contents(case.path) if not n.startswith("case.db")} == {
        n for n in before if not n.startswith("case.db")
    }


def test_pages_are_readable_by_their_owner_only(case: Case, out: Path) -> None:
    case.build([], Plan(record=out))
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in (out, *out.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


def test_an_empty_folder_will_do(case: Case, out: Path) -> None:
    out.mkdir()
    assert case.build([], Plan(record=out)).derived.record is not None


def test_again_it_writes_nothing(case: Case, out: Path) -> None:
    case.build([], Plan(record=out))
    before, entries = contents(out), case.verify().entries
    written = case.build([], Plan(record=out)).derived.record
    assert written is not None
    assert written.written == 0
    assert contents(out) == before
    assert case.verify().entries == entries


def test_a_plain_case_with_its_record_elsewhere_is_whole(tmp_path: Path, out: Path) -> None:
    """`verify` looks after the record in the case; one that was put elsewhere is its owner's."""
    with Case.create(tmp_path / "plain") as case:
        case.build([report(tmp_path, 1)], Plan(record=out))
        assert verify(case.path).whole
        case.build([report(tmp_path, 2)])
        assert verify(case.path).whole
        case.build([], Plan(record=out))
        assert verify(case.path).whole
        (case.path / "record" / "index.html").write_text("changed")
        assert [f.where for f in verify(case.path).findings] == ["record/index.html"]


# --- what is not ours ---


HOSTILE = {
    "no manifest": None,
    "another program's": {"name": "A web page", "short_name": "page"},
    "naming what is there": {"notes.txt": sha256(b"precious").hexdigest(), "index.html": sha256(b"mine").hexdigest()},
    "naming what lies elsewhere": {"../precious.txt": sha256(b"precious").hexdigest(), "/etc/hostname": "0" * 64},
    "naming what never ends": {"/dev/zero": "0" * 64},
    "no object": ["notes.txt"],
    "half a character": {"\ud800": "0" * 64},
    "empty": {},
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_folder_of_something_else_is_left_alone(case: Case, tmp_path: Path, out: Path, kind: str) -> None:
    (tmp_path / "precious.txt").write_bytes(b"precious")
    out.mkdir()
    (out / "notes.txt").write_bytes(b"precious")
    (out / "index.html").write_bytes(b"mine")
    if HOSTILE[kind] is not None:
        (out / "manifest.json").write_text(json.dumps(HOSTILE[kind]))
    before = contents(out)
    with pytest.raises(InputError, match="holds something else than a record of this case"):
        case.build([], Plan(record=out))
    assert contents(out) == before
    assert (tmp_path / "precious.txt").read_bytes() == b"precious"


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 100_000, b"\xff"])
def test_a_manifest_that_is_none_is_no_record(case: Case, out: Path, data: bytes) -> None:
    out.mkdir()
    (out / "manifest.json").write_bytes(data)
    with pytest.raises(InputError, match="holds something else"):
        case.build([], Plan(record=out))
    assert contents(out) == {"manifest.json": data}


@pytest.mark.timeout(60)
def test_a_manifest_that_is_a_pipe_is_not_waited_for(case: Case, out: Path) -> None:
    out.mkdir()
    os.mkfifo(out / "manifest.json")
    with pytest.raises(InputError, match="holds something else"):
        case.build([], Plan(record=out))


def test_the_record_of_another_case_is_left_alone(case: Case, tmp_path: Path, out: Path) -> None:
    with Case.create(tmp_path / "other") as other:
        other.build([report(tmp_path, 7)], Plan(record=out))
    before = contents(out)
    with pytest.raises(InputError, match="holds something else than a record of this case"):
        case.build([], Plan(record=out))
    assert contents(out) == before


def test_a_file_is_no_folder(case: Case, out: Path) -> None:
    out.write_bytes(b"precious")
    with pytest.raises(InputError, match="holds something else"):
        case.build([], Plan(record=out))
    assert out.read_bytes() == b"precious"


# --- what is ours, and what others did to it ---


def grown(case: Case, tmp_path: Path, out: Path) -> set[str]:
    """Two incidents become one, and a report comes: gives the names of the pages that are there no more."""
    before = set(pages_of(out))
    case.judge("same", *(r.incident.id for r in case.incidents()), rebuild=False)
    case.build([report(tmp_path, 3)], Plan(record=out))
    return before - set(pages_of(out))


def test_pages_that_are_no_more_are_removed_and_nothing_else(case: Case, tmp_path: Path, out: Path) -> None:
    case.build([], Plan(record=out))
    own = {"notes.txt": b"mine", "incidents/notes.html": b"mine too", ".hidden": b"and this"}
    for name, data in own.items():
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_bytes(data)
    gone = grown(case, tmp_path, out)
    assert gone, "an incident has gone, and its pages with it"
    found = contents(out)
    assert not gone & set(found)
    assert {name: found.get(name) for name in own} == own
    assert set(found) == set(pages_of(out)) | set(own) | {"manifest.json"}


def test_a_page_that_somebody_wrote_into_is_not_removed(case: Case, tmp_path: Path, out: Path) -> None:
    case.build([], Plan(record=out))
    for name in pages_of(out):
        (out / name).write_bytes((out / name).read_bytes() + b"my notes")
    gone = grown(case, tmp_path, out)
    assert gone
    assert all((out / name).read_bytes().endswith(b"my notes") for name in gone)


def test_a_manifest_that_was_written_into_is_not_believed(case: Case, tmp_path: Path, out: Path) -> None:
    """Somebody who can write to the folder adds a file of another's to the list of our pages."""
    case.build([], Plan(record=out))
    (out / "precious.txt").write_bytes(b"precious")
    files = pages_of(out) | {"precious.txt": sha256(b"precious").hexdigest()}
    (out / "manifest.json").write_bytes(canonical(dict(files)))
    with pytest.raises(InputError, match="holds something else than a record of this case"):
        case.build([report(tmp_path, 3)], Plan(record=out))
    assert (out / "precious.txt").read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["index.html", ".index.html.new", "manifest.json", ".manifest.json.new"])
def test_a_link_to_a_file_is_not_written_through(case: Case, tmp_path: Path, out: Path, name: str) -> None:
    case.build([], Plan(record=out))
    precious = tmp_path / "precious.txt"
    precious.write_bytes(b"precious")
    (out / name).unlink(missing_ok=True)
    (out / name).symlink_to(precious)
    if name == "manifest.json":
        with pytest.raises(InputError, match="holds something else"):
            case.build([report(tmp_path, 3)], Plan(record=out))
    else:
        case.build([report(tmp_path, 3)], Plan(record=out))
        assert not (out / name).is_symlink()
    assert precious.read_bytes() == b"precious"


def test_a_link_to_a_page_s_own_bytes_is_replaced_too(case: Case, tmp_path: Path, out: Path) -> None:
    case.build([], Plan(record=out))
    (out / "index.html").rename(tmp_path / "elsewhere.html")
    (out / "index.html").symlink_to(tmp_path / "elsewhere.html")
    case.build([], Plan(record=out))
    assert not (out / "index.html").is_symlink()
    assert (out / "index.html").read_bytes() == (tmp_path / "elsewhere.html").read_bytes()


def test_a_link_to_a_folder_is_not_followed(case: Case, tmp_path: Path, out: Path) -> None:
    """Pages would go, readable, to where nobody said."""
    case.build([], Plan(record=out))
    folder = next(p for p in sorted(out.iterdir()) if p.is_dir())
    folder.rename(tmp_path / "aside")
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="is a link: its pages would go elsewhere"):
        case.build([report(tmp_path, 3)], Plan(record=out))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_link_among_pages_that_are_no_more_is_not_removed_with_what_it_leads_to(
    case: Case, tmp_path: Path, out: Path
) -> None:
    case.build([], Plan(record=out))
    aside = tmp_path / "aside"
    aside.mkdir()
    for name in pages_of(out):
        if name != "index.html":
            kept = aside / name.replace("/", "-")
            (out / name).rename(kept)
            (out / name).symlink_to(kept)
    before = contents(aside)
    assert grown(case, tmp_path, out)
    assert contents(aside) == before


def test_the_record_of_a_plain_case_is_no_way_to_other_files(tmp_path: Path) -> None:
    """A case that somebody else made has its `record` lead to a folder of ours, where everything would be stale."""
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "letter.txt").write_bytes(b"precious")
    with Case.create(tmp_path / "plain") as case:
        (case.path / "record").symlink_to(tmp_path / "precious")
        with pytest.raises(InputError, match="is a link to another folder"):
            case.build([report(tmp_path, 1)])
    assert contents(tmp_path / "precious") == {"letter.txt": b"precious"}


# --- killed ---


def test_killed_while_it_writes_the_next_run_mends_it(case: Case, tmp_path: Path, out: Path) -> None:
    """Once a first run has come to its end; a first run that was killed leaves a folder that is not taken for ours."""
    identity = tmp_path / "identity"
    identity.write_text(ANNA[0])
    case.build([], Plan(record=out))
    (out / "mine.txt").write_bytes(b"mine")
    for number in (3, 4, 5):
        before = (out / "index.html").read_bytes()
        command = [sys.executable, "-c", "from sijill.cli.app import main; main()", "--identity", str(identity)]
        command += ["build", str(case.path), str(report(tmp_path, number)), "--record", str(out)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and (out / "index.html").read_bytes() == before:
            time.sleep(0.0005)
        time.sleep(number % 4 / 500)
        process.send_signal(signal.SIGKILL)
        process.wait()
    case.build([], Plan(record=out))
    found = {name: sha256(data).hexdigest() for name, data in contents(out).items()}
    assert found.pop("mine.txt") == sha256(b"mine").hexdigest()
    assert found.pop("manifest.json")
    assert found == pages_of(out)
    assert case.verify().whole


def test_a_first_run_that_was_killed_leaves_a_folder_that_is_said_to_be_something_else(
    case: Case, tmp_path: Path, out: Path
) -> None:
    case.build([], Plan(record=out))
    (out / "manifest.json").unlink()  # It is written last.
    with pytest.raises(InputError, match="holds something else") as raised:
        case.build([], Plan(record=out))
    assert "is empty" in raised.value.hint
