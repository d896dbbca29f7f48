import os
import zipfile
from pathlib import Path

import pytest

from sijill.core.errors import UnreadableFile
from sijill.preserve.containers import Part
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.names import UNSAFE
from sijill.preserve.unpacking import seconds_for, unpacked
from tests.preserve.documents import ENGLISH, http, page, warc, warc_record, zipped
from tests.preserve.hostile import EITHER, REFUSED, Hostile, containers


def parts(path: Path, limits: Limits = DEFAULT_LIMITS) -> list[Part | UnreadableFile]:
    with path.open("rb") as stream:
        return list(unpacked(stream, name=path.name, limits=limits))


def test_parts_come_whole_out_of_a_process_of_their_own(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(zipped({"a.txt": ENGLISH.encode(), "b.zip": b"", "c.txt": os.urandom(3_000_000)}))
    first, refused, last = parts(archive)
    with zipfile.ZipFile(archive) as opened:
        assert last == Part(3, "c.txt", opened.read("c.txt"))
    assert first == Part(1, "a.txt", ENGLISH.encode())
    assert isinstance(refused, UnreadableFile)


def test_address_and_notes_cross_too(tmp_path: Path) -> None:
    archive = tmp_path / "a.warc.gz"
    archive.write_bytes(warc(warc_record(http(page().encode()))))
    (part,) = parts(archive)
    assert isinstance(part, Part)
    assert part.url == "https://courier.example/1"
    assert [note.code for note in part.notes] == ["captured"]


def test_what_takes_too_much_memory_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(zipped({"a.bin": os.urandom(1_000) * 200_000}))
    (refused,) = parts(archive, Limits(max_memory=300_000_000, max_ratio=100_000))
    assert isinstance(refused, UnreadableFile)
    assert "more memory than is allowed" in refused.reason or "crashed" in refused.reason


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    archive = tmp_path / "a.warc"
    archive.write_bytes(warc(*[warc_record(b"x", kind="metadata")] * 200_000, packed=False))
    limits = Limits(seconds=-os.stat(archive).st_size / 2_000_000)
    assert seconds_for(os.stat(archive).st_size, limits) == 1
    found = parts(archive, limits)
    assert isinstance(found[-1], UnreadableFile)
    assert "took longer than 1 seconds" in found[-1].reason


@pytest.mark.parametrize("one", list(containers()), ids=lambda one: one.name)
def test_hostile_containers_end_in_parts_or_refusals(one: Hostile, tmp_path: Path) -> None:
    path = tmp_path / one.name
    one.write(path)
    found = parts(path, Limits(seconds=10.0, max_memory=1_000_000_000))
    refused = [each for each in found if isinstance(each, UnreadableFile)]
    assert all(each.reason and each.hint and not UNSAFE.search(each.message + each.hint) for each in refused)
    assert not any("crashed" in each.reason for each in refused)
    assert not any(UNSAFE.search(each.name) for each in found)
    if one.expect == REFUSED:
        assert refused
        assert len(refused) == len(found)
    elif one.expect != EITHER:
        assert any(one.expect.encode() in each.data for each in found if isinstance(each, Part))
    assert list(tmp_path.iterdir()) == [path]


def test_leaving_early_leaves_no_process(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(zipped({f"{i}.txt": os.urandom(500_000) for i in range(20)}))
    before = set(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else set()
    with archive.open("rb") as stream:
        found = unpacked(stream, name="a.zip", limits=DEFAULT_LIMITS)
        assert isinstance(next(found), Part)
        found.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError, match="No child"):
        os.waitpid(-1, os.WNOHANG)
    assert before == (set(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else set())
