"""Where objects lie: addresses of buckets, and the file that says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.core.errors import CaseDamaged, InputError
from sijill.store.location import FILE, Location, read_location, write_location
from tests.store.folders import contents

NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{1,20}[a-z0-9]", fullmatch=True)
PREFIXES = st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_=-]{0,8}", fullmatch=True), min_size=1, max_size=3).map(
    "/".join
)
ENDPOINTS = st.sampled_from(
    ["", "https://s3.example", "https://s3.example:9000", "http://127.0.0.1:9000", "http://localhost"]
)


@given(st.builds(Location, NAMES, PREFIXES, ENDPOINTS, st.sampled_from(["", "eu-1"])))
def test_an_address_reads_back_as_it_is_written(location: Location) -> None:
    assert Location.parse(str(location)) == location


@pytest.mark.parametrize(
    "address",
    [
        "",
        "folder",
        "https://bucket/prefix",
        "s3://bucket",
        "s3://bucket/",
        "s3:///prefix",
        "s3://BUCKET/prefix",
        "s3://bucket/../prefix",
        "s3://bucket/a//b",
        "s3://bucket/pre fix",
        "s3://key:secret@bucket/prefix",
        "s3://bucket/prefix#part",
        "s3://bucket/prefix?secret=x",
        "s3://bucket/prefix?region=EU!",
        "s3://bucket/prefix?endpoint=ftp://s3.example",
        "s3://bucket/prefix?endpoint=http://s3.example",
        "s3://bucket/prefix?endpoint=http://10.0.0.7",
        "s3://bucket/prefix?endpoint=https://key:secret@s3.example",
        "s3://bucket/prefix?endpoint=https://s3.example/path",
        "s3://[bucket/prefix",
        "s3://bucket/prefix?endpoint=https://[s3",
        "s3://bucket/prefix?endpoint",
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="bucket"):
        Location.parse(address)


def test_the_file_holds_the_address_and_can_be_taken_back(tmp_path: Path) -> None:
    location = Location.parse("s3://senna-archive/case-7?endpoint=https://s3.example&region=eu-1")
    assert read_location(tmp_path) is None
    for _ in range(2):
        write_location(tmp_path, location)
        assert read_location(tmp_path) == location
    assert set(contents(tmp_path)) == {FILE}
    write_location(tmp_path, None)
    assert read_location(tmp_path) is None
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"address = 1", b'address = "folder"', b'address = "s3://bucket/p"\nkey = "x"', b"[", b"x" * 20_000],
)
def test_a_damaged_file_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(CaseDamaged, match="is damaged"):
        read_location(tmp_path)
