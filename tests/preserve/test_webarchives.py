import gzip
import io
import zlib

import pytest

from sijill.core.errors import UnreadableFile
from sijill.preserve.containers import Part, iter_parts
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.webarchives import agrees
from tests.preserve.documents import ENGLISH, http, page, wacz, warc, warc_record, zipped

PAGE = page().encode()
GOOD = warc_record(http(PAGE))


def parts(data: bytes, name: str = "c.warc.gz", limits: Limits = DEFAULT_LIMITS) -> list[Part | UnreadableFile]:
    return list(iter_parts(io.BytesIO(data), name=name, limits=limits))


def only(data: bytes, name: str = "c.warc.gz") -> Part:
    (found,) = parts(data, name)
    assert isinstance(found, Part)
    return found


def codes(part: Part) -> list[str]:
    return [note.code for note in part.notes]


@pytest.mark.parametrize("packed", [True, False])
def test_a_page_with_its_bytes_its_address_and_when_it_was_fetched(packed: bool) -> None:
    part = only(warc(GOOD, packed=packed), "c.warc.gz" if packed else "c.warc")
    assert (part.number, part.name, part.url) == (2, "2.html", "https://courier.example/1")
    assert part.data == PAGE
    assert [(note.code, note.text) for note in part.notes] == [
        ("captured", "The web archive says that it was fetched at 2031-03-10T06:00:00Z.")
    ]


def test_types_that_are_read_and_those_that_are_passed_over() -> None:
    records = [
        warc_record(http(b"x", kind="text/plain; charset=utf-8")),
        warc_record(http(b"x", kind="application/pdf")),
        warc_record(http(b"x", kind="TEXT/HTML")),
        warc_record(http(b"x", kind="image/png")),
        warc_record(http(b"x", status="404 Not Found")),
        warc_record(http(b"x", status="301 Moved")),
        warc_record(http(b"x"), kind="revisit"),
        warc_record(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
        warc_record(http(b"x"), url="dns:courier.example"),
        warc_record(b"no head at all"),
    ]
    assert [part.name for part in parts(warc(*records))] == ["2.txt", "3.pdf", "4.html"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(PAGE), "Content-Encoding: gzip\r\n"),
        (zlib.compress(PAGE), "Content-Encoding: deflate\r\n"),
        (zlib.compress(PAGE, wbits=-15), "Content-Encoding: deflate\r\n"),
        (
            b"5;x=y\r\n" + PAGE[:5] + b"\r\n%x\r\n" % len(PAGE[5:]) + PAGE[5:] + b"\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n",
        ),
        (PAGE, "Transfer-Encoding: chunked\r\n"),
        (PAGE, "Content-Encoding: gzip\r\n"),
    ],
)
def test_chunks_and_packing_are_undone(body: bytes, headers: str) -> None:
    part = only(warc(warc_record(http(body, headers=headers))))
    assert part.data == PAGE
    assert codes(part) == ["captured"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"WARC-Payload-Digest": "sha1:" + "A" * 32}, "digest_disagrees"),
        ({"WARC-Payload-Digest": "sha256:" + "0" * 64}, "digest_disagrees"),
        ({"WARC-Block-Digest": "sha1:" + "A" * 32}, "digest_disagrees"),
        ({"WARC-Payload-Digest": ""}, "digest_missing"),
        ({"WARC-Payload-Digest": "rot13:abc"}, "digest_missing"),
        ({"WARC-Truncated": "length"}, "record_truncated"),
    ],
)
def test_what_an_archive_says_of_a_record_is_checked(fields: dict[str, str], code: str) -> None:
    part = only(warc(warc_record(http(PAGE), fields=fields)))
    assert part.data == PAGE
    assert codes(part) == ["captured", code]


def test_a_page_that_was_changed_after_it_was_captured_is_marked() -> None:
    data = warc(GOOD, packed=False).replace(b"twelve people", b"twenty people")
    assert codes(only(data, "c.warc")) == ["captured", "digest_disagrees"]


def test_digests_as_archives_write_them() -> None:
    assert agrees("sha1:b6589fc6ab0dc82cf12099d1c2d40ab994e8410c", (b"0",)) is True
    assert agrees("SHA-1:WZMJ7RVLBXEC Z4JATHI4FVAKXGKOQQIM".replace(" ", ""), (b"1", b"0")) is not None
    assert agrees("sha256:X+zrZv/IbzjZUnhsbWlsecLbwjndTpG0ZynXOif7V+k=", (b"0",)) is True
    assert agrees("sha256:5feceb66", (b"0",)) is False
    assert agrees("0", (b"0",)) is None


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a b\x00", "http" + "s" * 3_000, "https://" + "x" * 3_000]
)
def test_an_address_that_is_none_is_not_kept(url: str) -> None:
    found = parts(warc(warc_record(http(PAGE), url=url), GOOD))
    assert [one.url for one in found if isinstance(one, Part)][-1] == "https://courier.example/1"
    assert all(
        one.url is None or (one.url.startswith("https://") and len(one.url) < 2_000)
        for one in found
        if isinstance(one, Part)
    )


def test_a_record_that_is_cut_off_is_marked() -> None:
    data = warc(GOOD, packed=False)
    assert codes(only(data[:-30], "c.warc")) == ["captured", "record_truncated", "digest_disagrees"]


def test_what_comes_after_damage_is_refused_and_what_came_before_stays() -> None:
    good = warc(GOOD)
    found = parts(good + b"\x1f\x8b\x08\0" + b"\xff" * 200)
    assert isinstance(found[0], Part)
    assert [type(one) for one in found[1:]] in ([], [UnreadableFile])
    found = parts(warc(GOOD, packed=False) + b"not a record\r\n\r\n" + GOOD, "c.warc")
    assert isinstance(found[0], Part)
    assert "damaged after record 2" in getattr(found[-1], "reason", "")


def test_a_wacz_is_its_warcs_checked_against_its_own_digests() -> None:
    inner = warc(GOOD)
    assert codes(only(wacz(inner), "c.wacz")) == ["captured"]
    assert codes(only(wacz(inner, stated="sha256:" + "0" * 64), "c.wacz")) == ["captured", "digest_disagrees"]
    assert codes(only(wacz(inner, seal="sha256:" + "0" * 64), "c.wacz")) == ["captured", "digest_disagrees"]
    assert codes(only(zipped({"archive/a.warc.gz": inner}), "c.wacz")) == ["captured", "digest_missing"]
    hostile = zipped({"archive/a.warc.gz": inner, "datapackage.json": b"[" * 100_000})
    assert codes(only(hostile, "c.wacz")) == ["captured", "digest_missing"]


@pytest.mark.parametrize(
    ("data", "name", "limits", "reason"),
    [
        (ENGLISH.encode(), "c.warc", DEFAULT_LIMITS, "there is no WARC in it"),
        (warc(), "c.warc.gz", DEFAULT_LIMITS, "there is no page in it"),
        (zipped({"a.txt": b"x"}), "c.wacz", DEFAULT_LIMITS, "there is no page in it"),
        (warc(warc_record(http(b"\0" * 60_000_000))), "c.warc.gz", DEFAULT_LIMITS, "unpacks to more than"),
        (warc(GOOD), "c.warc.gz", Limits(max_unpacked=100), "unpacks to more than 100 bytes"),
        (warc(GOOD, GOOD), "c.warc.gz", Limits(max_members=0), "more than 0 pages"),
    ],
)
def test_refusals(data: bytes, name: str, limits: Limits, reason: str) -> None:
    (found,) = parts(data, name, limits)
    assert isinstance(found, UnreadableFile)
    assert reason in found.reason


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip"])
def test_a_page_packed_otherwise_or_to_too_much_is_refused_by_name(packing: str) -> None:
    body = gzip.compress(b"x" * 2_000_000)
    found = parts(
        warc(warc_record(http(body, headers=f"Content-Encoding: {packing}\r\n"))), limits=Limits(max_bytes=1_000_000)
    )
    assert [one.name for one in found] == ["c.warc.gz!2.html"]
    assert isinstance(found[0], UnreadableFile)
