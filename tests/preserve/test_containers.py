import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import UnreadableFile
from sijill.preserve.containers import Part, ending, iter_parts
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from tests.preserve.documents import ENGLISH, docx, paragraphs, zipped

Found = list[Part | UnreadableFile]


def parts(data: bytes, name: str = "export.zip", limits: Limits = DEFAULT_LIMITS) -> Found:
    return list(iter_parts(io.BytesIO(data), name=name, limits=limits))


def refusals(found: Found) -> list[tuple[str, str]]:
    return [(one.name, one.reason) for one in found if isinstance(one, UnreadableFile)]


def test_each_file_is_a_part_of_its_own_with_its_own_bytes() -> None:
    members = {
        "reports/": b"",
        "reports/a.txt": ENGLISH.encode(),
        "b.docx": docx(paragraphs(ENGLISH)),
        "تقرير.txt": b"x",
    }
    assert parts(zipped(members)) == [
        Part(number, name, data) for number, (name, data) in enumerate(members.items(), start=1) if data
    ]


def test_what_is_hidden_or_added_by_a_system_is_passed_over() -> None:
    members = {".git/config": b"x", "a/.DS_Store": b"x", "__MACOSX/._a.txt": b"x", "Thumbs.db": b"x", "a.txt": b"y"}
    assert [one.name for one in parts(zipped(members)) if isinstance(one, Part)] == ["a.txt"]


def test_names_that_lead_elsewhere_are_only_shown() -> None:
    names = ["../../etc/passwd.txt", "/etc/evil.txt", "C:\\evil.txt", "a\x1b[2J\u202etxt.exe"]
    found = parts(zipped(dict.fromkeys(names, b"x")))
    assert [one.name for one in found] == [*names[:3], "a\\x1b[2J\\u202etxt.exe"]


def test_a_container_in_a_container_is_refused_by_name() -> None:
    members = {"in.zip": zipped({"a.txt": b"x"}), "b.WARC.GZ": b"x", "c.wacz": b"x", "d.txt": b"x"}
    found = parts(zipped(members))
    assert [name for name, _ in refusals(found)] == ["export.zip!in.zip", "export.zip!b.WARC.GZ", "export.zip!c.wacz"]
    assert {reason for _, reason in refusals(found)} == {"it is an archive within an archive, which is not gone into"}
    assert found[-1] == Part(4, "d.txt", b"x")


def test_a_link_is_no_file() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert refusals(parts(out.getvalue())) == [("export.zip!link.txt", "it is a link to a file, not a file")]


def test_a_damaged_member_does_not_lose_the_others() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", ENGLISH)
        archive.writestr("b.txt", "whole")
    found = parts(out.getvalue().replace(ENGLISH.encode()[:9], b"Changed !", 1))
    assert refusals(found) == [("export.zip!a.txt", "it is damaged within its archive")]
    assert found[-1] == Part(2, "b.txt", b"whole")


@pytest.mark.parametrize(
    ("data", "limits", "reason"),
    [
        (b"PK\x03\x04", DEFAULT_LIMITS, "it is damaged"),
        (zipped({"a.txt": b"\0" * 40_000_000}), DEFAULT_LIMITS, "too much for its size"),
        (zipped({f"{i}.txt": b"\0" * 19_000_000 for i in range(2)}), DEFAULT_LIMITS, "too much for its size"),
        (zipped({f"{i}.txt": b"x" for i in range(4)}), Limits(max_members=3), "it holds more than 3 files"),
        (zipped({"a.txt": b"x" * 50}), Limits(max_unpacked=49), "unpacks to more than 49 bytes"),
        (zipped({"a.txt": b"x" * 50}), Limits(max_bytes=49), "too large: more than 49 bytes"),
        (docx(paragraphs("x")), DEFAULT_LIMITS, "it is an Office document"),
    ],
)
def test_refusals(data: bytes, limits: Limits, reason: str) -> None:
    found = parts(data, limits=limits)
    assert [type(one) for one in found] == [UnreadableFile]
    assert reason in refusals(found)[0][1]


@given(st.binary(max_size=300), st.sampled_from(["a.zip", "a.warc", "a.warc.gz", "a.wacz"]), st.booleans())
def test_any_bytes_end_in_parts_or_a_refusal(data: bytes, name: str, marked: bool) -> None:
    mark = {"a.warc": b"WARC/1.1\r\n", "a.warc.gz": b"\x1f\x8b\x08\0"}.get(name, b"PK\x05\x06" + b"\0" * 18)
    found = parts((mark if marked else b"") + data, name)
    assert all(one.hint for one in found if isinstance(one, UnreadableFile))


def test_endings() -> None:
    assert [ending(name) for name in ("a.zip", "A.Warc.Gz", "b.warc", "c.wacz", "d.gz", "zip")] == [
        ".zip", ".warc.gz", ".warc", ".wacz", "", "",
    ]  # fmt: skip
