"""Objects in a bucket of a real server: never overwritten, checked on reading, and a lost connection is said."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from sijill.core.errors import CaseDamaged, InputError, NotAnswered
from sijill.store.bucket import BucketShelf
from sijill.store.case import Case
from sijill.store.location import Location, write_location
from sijill.store.objects import Objects
from sijill.store.seal import Keys
from sijill.store.verify import verify
from tests.store.buckets import BUCKET, client_of, keys_in, reach, s3_server
from tests.store.folders import contents

DATA = b"At least 14 people were killed in Tamrel."
DIGEST = sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def location(endpoint: str, request: pytest.FixtureRequest) -> Location:
    return Location(BUCKET, f"case-{abs(hash(request.node.name))}", endpoint)


@pytest.fixture(params=["plain", "sealed"])
def objects(location: Location, tmp_path: Path, request: pytest.FixtureRequest) -> Objects:
    keys = Keys(b"k" * 32) if request.param == "sealed" else None
    return Objects(tmp_path / "objects", keys, lambda: reach(location, "objects"))


def kept(objects: Objects, data: bytes = DATA) -> str:
    staged = objects.stage_bytes(data)
    objects.keep(staged)
    objects.sync()
    return staged.digest


def test_what_is_kept_can_be_read_and_leaves_nothing_here(objects: Objects, tmp_path: Path) -> None:
    assert DIGEST not in objects
    assert objects.fixity(DIGEST) is None
    assert kept(objects) == DIGEST
    assert DIGEST in objects
    assert objects.read(DIGEST) == DATA
    assert objects.fixity(DIGEST) == DIGEST
    assert list(objects) == [objects.name(DIGEST)]
    assert contents(tmp_path) == {}
    kept(objects)
    assert contents(tmp_path) == {}, "kept again, it is not sent again, and nothing stays here"
    with pytest.raises(CaseDamaged, match="is missing"):
        objects.read("ab" * 32)


def put(endpoint: str, objects: Objects, location: Location, data: bytes) -> str:
    name = objects.name(DIGEST)
    key = f"{location.prefix}/objects/{name[:2]}/{name[2:]}"
    client_of(endpoint).put_object(Bucket=BUCKET, Key=key, Body=data)
    return key


def test_what_was_changed_there_is_found_and_never_overwritten(
    objects: Objects, endpoint: str, location: Location
) -> None:
    key = put(endpoint, objects, location, b"something else")
    assert objects.fixity(DIGEST) not in {DIGEST, None}
    with pytest.raises(CaseDamaged, match="changed on disk"):
        objects.read(DIGEST)
    with pytest.raises(CaseDamaged, match="is not what its name says"):
        kept(objects)
    assert client_of(endpoint).get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"something else"


def test_of_two_who_put_at_once_one_is_first(
    objects: Objects, location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other has looked before, and found nothing there: the server tells it."""
    kept(objects)
    before = objects.read(DIGEST)
    monkeypatch.setattr(BucketShelf, "holds", lambda *_: False)
    staged = objects.stage_bytes(DATA)
    assert not objects.shelf.keep(objects.name(DIGEST), staged.path)
    assert staged.path.exists()
    assert objects.read(DIGEST) == before


def test_many_are_listed_in_order_and_others_are_none(objects: Objects, endpoint: str, location: Location) -> None:
    client = client_of(endpoint)
    for key in ("objects/readme", "objects/ab/short", "objects-2/" + "ab/" + "c" * 62, "elsewhere"):
        client.put_object(Bucket=BUCKET, Key=f"{location.prefix}/{key}", Body=b"")
    for number in range(12):
        kept(objects, f"report {number}".encode())
    assert list(objects) == sorted(objects.name(sha256(f"report {n}".encode()).hexdigest()) for n in range(12))
    objects.shelf.discard(next(iter(objects)))
    assert len(list(objects)) == 11


def test_a_prefix_is_one_case_s(location: Location) -> None:
    shelf = reach(location, "objects")
    for _ in range(2):
        shelf.claim("7c1d0f5e")
    with pytest.raises(InputError, match="holds the objects of another case"):
        shelf.claim("7c1d0f5e-2")
    with pytest.raises(InputError, match="holds the objects of another case"):
        shelf.claim("7c1d")


def test_a_lost_connection_is_said(tmp_path: Path) -> None:
    with s3_server() as endpoint:
        location = Location(BUCKET, "case", endpoint)
        objects = Objects(tmp_path / "objects", None, lambda: reach(location, "objects"))
        kept(objects)
        staged = objects.stage_bytes(b"new")
        objects.keep(staged)
    for ask in (
        lambda: objects.read(DIGEST),
        lambda: objects.fixity(DIGEST),
        lambda: DIGEST in objects,
        lambda: list(objects),
        objects.sync,
        lambda: objects.shelf.discard("ab" * 32),
        lambda: objects.shelf.claim("7c1d"),
    ):
        with pytest.raises(NotAnswered, match=r"does not answer: EndpointConnectionError") as raised:
            ask()
        assert endpoint in str(raised.value)
    assert staged.path.exists(), "what was not sent is still here"


def test_a_bucket_that_is_none_or_refuses_is_said(endpoint: str, tmp_path: Path) -> None:
    nowhere = Location("no-such-bucket", "case", endpoint)
    objects = Objects(tmp_path / "objects", None, lambda: reach(nowhere, "objects"))
    with pytest.raises(NotAnswered, match="refused: NoSuchBucket"):
        kept(objects)
    with pytest.raises(NotAnswered, match="refused: NoSuchBucket"):
        list(objects)


def test_a_case_that_names_a_bucket_sends_nothing_unless_its_reader_does(endpoint: str, tmp_path: Path) -> None:

    Case.create(tmp_path / "case", by="tester").close()
    write_location(tmp_path / "case", Location(BUCKET, "planted", endpoint))
    case = Case.open(tmp_path / "case")
    with case.writer(by="tester"):
        pass  # Whatever needs no object goes on.
    with pytest.raises(InputError, match="keeps its preserved files in s3://senna-archive/planted"):
        case.objects.read(DIGEST)
    with pytest.raises(InputError, match="keeps its preserved files in"):
        verify(tmp_path / "case")
    case.close()
    assert not any("planted" in key for key in keys_in(endpoint))
