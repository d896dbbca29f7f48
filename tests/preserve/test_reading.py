import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sijill.core.document import Reading
from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import Limits
from sijill.preserve.reading import bytes_of, read_bytes, read_path
from tests.preserve.attempts import attempt
from tests.preserve.documents import ARABIC, ENGLISH, docx, mail, page, paragraphs

BASES = {
    "a.txt": f"---\nurl: https://courier.example\n---\n{ARABIC}".encode(),
    "b.txt": ENGLISH.encode("utf-16"),
    "a.html": page().encode(),
    "a.docx": docx(paragraphs(ENGLISH)),
    "a.eml": mail(),
}


def test_the_document_is_the_digest_of_the_bytes() -> None:
    assert read_bytes(ENGLISH.encode(), name="a.txt").document == sha256(ENGLISH.encode()).hexdigest()


def test_the_same_bytes_give_the_same_reading() -> None:
    for name, data in BASES.items():
        assert read_bytes(data, name=name) == read_bytes(data, name=name)


def test_a_file_is_read_by_the_name_it_is_known_by(tmp_path: Path) -> None:
    kept = tmp_path / sha256(BASES["a.html"]).hexdigest()
    kept.write_bytes(BASES["a.html"])
    assert read_path(kept, name="in/market.html").media_type == "text/html"


def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "b.txt").symlink_to("a.txt")
    assert read_path(tmp_path / "b.txt", name="b.txt").text == ENGLISH


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "it is not there"),
        (lambda path: path.mkdir(), "it is a folder"),
        (lambda path: path.write_bytes(b""), "it is empty"),
        (lambda path: path.write_bytes(b"x" * 1_001), "it is too large: 1,001 bytes, where 1,000 are allowed"),
        (os.mkfifo, "a device, a pipe or a socket"),
        (lambda path: path.symlink_to("/dev/zero"), "a device, a pipe or a socket"),
        (lambda path: path.symlink_to(path), "a link that leads back to itself"),
        (lambda path: path.symlink_to("gone"), "it is not there"),
    ],
)
def test_what_is_no_file_of_use_is_refused(tmp_path: Path, make: object, reason: str) -> None:
    path = tmp_path / "report.txt"
    assert callable(make)
    make(path)
    with pytest.raises(UnreadableFile, match=r"report\.txt: ") as caught:
        bytes_of(path, name="in/report.txt", limits=Limits(max_bytes=1_000))
    assert reason in caught.value.reason
    assert caught.value.hint


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(ENGLISH, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(UnreadableFile, match="it may not be read"):
        bytes_of(path, name="a.txt")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("a.txt/b.txt", "a part of it is a file"),
        ("x" * 300 + ".txt", "its name is too long"),
        ("a\0b.txt", "a NUL character"),
    ],
)
def test_paths_that_lead_nowhere(tmp_path: Path, path: str, reason: str) -> None:
    (tmp_path / "a.txt").write_text(ENGLISH, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"not there|too long|NUL") as caught:
        bytes_of(f"{tmp_path}/{path}", name="a.txt")
    assert reason in f"{caught.value.reason} {caught.value.hint}"


def test_names_are_shown_harmless() -> None:
    with pytest.raises(UnreadableFile, match="it is empty") as caught:
        read_bytes(b"", name="a\n\x1b[2J\u202etxt.exe")
    assert caught.value.message == "a\\x0a\\x1b[2J\\u202etxt.exe: it is empty"


def test_a_jsonl_is_no_single_document() -> None:
    with pytest.raises(UnreadableFile, match="many reports, not one"):
        read_bytes(b'{"text": "Ten people."}\n', name="a.jsonl")


NAMES = st.sampled_from(["a.txt", "a.md", "a.html", "a.pdf", "a.docx", "a.eml", "a.jsonl", "a", "a.xyz"])
STARTS = st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"---\n", b"From: a\nTo: b\n\n", b"\xff\xfe"])


@settings(deadline=None, max_examples=200)
@given(STARTS, st.binary(max_size=600), NAMES)
def test_any_bytes_are_read_or_refused(start: bytes, rest: bytes, name: str) -> None:
    found = attempt(lambda: read_bytes(start + rest, name=name))
    if isinstance(found, UnreadableFile):
        assert found.name == name
        assert found.reason
        assert found.hint
        assert "\n" not in found.message
    else:
        assert isinstance(found, Reading)
        found.text.encode("utf-8")
        assert "\0" not in found.text


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(sorted(BASES)), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 7)), max_size=12))
def test_damaged_files_are_read_or_refused(name: str, flips: list[tuple[int, int]]) -> None:
    data = bytearray(BASES[name])
    for at, bit in flips:
        data[at % len(data)] ^= 1 << bit
    found = attempt(lambda: read_bytes(bytes(data), name=name))
    assert found.text if isinstance(found, Reading) else found.hint
