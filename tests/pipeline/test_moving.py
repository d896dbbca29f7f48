"""Moving preserved files between the folder and a bucket: whole in the one place or in the other, at every moment."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sijill.core.errors import CaseDamaged, InputError, NotAnswered
from sijill.pipeline import custody, moving
from sijill.pipeline.backup import backup
from sijill.pipeline.moving import move_objects
from sijill.pipeline.restore import restore
from sijill.store.bucket import BucketShelf
from sijill.store.case import Case
from sijill.store.location import FILE, Location, read_location
from sijill.store.objects import FolderShelf
from sijill.store.reads import object_ids
from sijill.store.vault import NOTHING, Unlock
from sijill.store.verify import verify
from sijill.testing.cases import synthetic_case
from sijill.testing.clock import FakeClock
from tests.cli.conftest import Ran, run
from tests.pipeline.sealed import ANNA, by, make_case, write_gazetteer, write_reports
from tests.store.buckets import BUCKET, KEYS, client_of, keys_in, reach, s3_server
from tests.store.folders import contents
from tests.store.reports import BY, add
from tests.store.same import rows_of

__all__ = ["run"]  # A fixture.


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def location(endpoint: str, request: pytest.FixtureRequest) -> Location:
    return Location(BUCKET, f"case-{abs(hash(request.node.name))}", endpoint)


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("originals")
    synthetic_case(
        folder / "plain", documents=6, claims_per_document=2, judgements=8, seed=3, clock=FakeClock()
    ).close()
    make_case(folder / "sealed", write_reports(folder / "reports"), write_gazetteer(folder / "places.csv"))
    return {"plain": folder / "plain", "sealed": folder / "sealed"}


@pytest.fixture(params=["plain", "sealed"])
def folder(originals: dict[str, Path], request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return shutil.copytree(originals[request.param], tmp_path / "case")


def brought(folder: Path) -> Unlock:
    return replace(by(ANNA) if (folder / "vault.json").exists() else NOTHING, buckets=reach)


def opened(folder: Path) -> Case:
    return Case.open(folder, brought=brought(folder))


def under(location: Location) -> set[str]:
    return {key for key in keys_in(location.endpoint) if key.startswith(location.prefix + "/")}


def write(case: Case, text: str) -> None:
    with case.writer(by=BY) as writer, writer.transaction() as t:
        add(case, t, text, FakeClock())


def test_there_and_back_again(folder: Path, location: Location) -> None:
    before, names = verify(folder, brought=brought(folder)), None
    with closing(opened(folder)) as case:
        rows, names = rows_of(case), list(case.objects)
        moved = move_objects(case, location, reach=reach, by=BY)
        assert (moved.objects, moved.copied, moved.removed) == (before.objects, before.objects, True)
        assert list(case.objects) == names
        assert not any(name.startswith("objects/") for name in contents(folder)), "nothing stays in the folder"
        assert len(under(location)) == before.objects + 1
        after = verify(folder, brought=brought(folder))
        assert after == before
        assert rows_of(case) == rows
    with closing(opened(folder)) as case:
        write(case, "A report that goes straight to the bucket.")
        assert not any(name.startswith("objects/") for name in contents(folder))
        assert verify(folder, brought=brought(folder)).objects == before.objects + 1
        move_objects(case, None, reach=reach, by=BY)
    assert read_location(folder) is None
    assert under(location) == {f"{location.prefix}/case-id"}
    there = replace(brought(folder), buckets=None)
    assert verify(folder, brought=there).findings == []


def test_the_old_copies_stay_if_that_is_asked(folder: Path, location: Location) -> None:
    with closing(opened(folder)) as case:
        names = list(case.objects)
        assert not move_objects(case, location, reach=reach, by=BY, keep=True).removed
        assert list(FolderShelf(folder / "objects").names()) == names
        moved = move_objects(case, None, reach=reach, by=BY, keep=True)
        assert moved.copied == 0, "they are there already"
        assert len(under(location)) == len(names) + 1


def test_a_plain_bucket_says_what_it_is_and_a_sealed_one_nothing(folder: Path, location: Location) -> None:
    sealed = (folder / "vault.json").exists()
    with closing(opened(folder)) as case:
        move_objects(case, location, reach=reach, by=BY)
        with case.connect() as connection:
            ids = object_ids(connection)
    client = client_of(location.endpoint)
    held = {key: client.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in under(location)}
    named = {key.removeprefix(f"{location.prefix}/objects/").replace("/", "") for key in held}
    assert (set(ids) <= named) is not sealed
    assert any(b"killed" in data for data in held.values()) is not sealed


FAILING: dict[str, Callable[..., object]] = {
    "keep": BucketShelf.keep,
    "chunks": BucketShelf.chunks,
    "claim": BucketShelf.claim,
}


@pytest.mark.parametrize(("method", "after"), [("claim", 0), ("keep", 0), ("keep", 2), ("chunks", 0), ("chunks", 3)])
def test_a_lost_connection_leaves_the_case_where_it_was_and_the_next_run_goes_on(
    folder: Path, location: Location, monkeypatch: pytest.MonkeyPatch, method: str, after: int
) -> None:
    left = after
    before = {k: v for k, v in contents(folder).items() if "case.db" not in k}

    def failing(*arguments: object) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            raise NotAnswered("the line went dead")
        return FAILING[method](*arguments)

    with closing(opened(folder)) as case:
        with monkeypatch.context() as patch:
            patch.setattr(BucketShelf, method, failing)
            with pytest.raises(NotAnswered, match="the line went dead"):
                move_objects(case, location, reach=reach, by=BY)
        assert not (folder / FILE).exists()
        now = {k: v for k, v in contents(folder).items() if "case.db" not in k and "incoming" not in k}
        assert now == before
        assert verify(folder, brought=brought(folder)).whole
        move_objects(case, location, reach=reach, by=BY)
        assert verify(folder, brought=brought(folder)).whole


def test_what_did_not_arrive_whole_is_not_moved(
    folder: Path, location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(opened(folder)) as case:
        monkeypatch.setattr(moving.Objects, "fixity", lambda self, id_: None)
        with pytest.raises(CaseDamaged, match="did not arrive as it is"):
            move_objects(case, location, reach=reach, by=BY)
    monkeypatch.undo()
    assert read_location(folder) is None
    assert verify(folder, brought=brought(folder)).whole


def test_two_cases_never_share_a_prefix(originals: dict[str, Path], tmp_path: Path, location: Location) -> None:
    one, two = (shutil.copytree(originals[name], tmp_path / name) for name in ("plain", "sealed"))
    with closing(opened(one)) as case:
        move_objects(case, location, reach=reach, by=BY)
        with pytest.raises(InputError, match="lie there already"):
            move_objects(case, location, reach=reach, by=BY)
    with closing(opened(two)) as case, pytest.raises(InputError, match="holds the objects of another case"):
        move_objects(case, location, reach=reach, by=BY)
    assert verify(two, brought=brought(two)).whole


def test_a_case_in_a_bucket_is_rekeyed_there(originals: dict[str, Path], tmp_path: Path, location: Location) -> None:
    folder = shutil.copytree(originals["sealed"], tmp_path / "case")
    with closing(opened(folder)) as case:
        move_objects(case, location, reach=reach, by=BY)
        objects = len(list(case.objects))
        custody.rekey(case, brought(folder), by=BY)
        assert len(list(case.objects)) == objects
    keys = {key.removeprefix(f"{location.prefix}/").partition("/")[0] for key in under(location)}
    assert keys == {"case-id", "objects-2"}, "nothing is left under the old key"
    assert verify(folder, brought=brought(folder)).whole


def test_a_case_in_a_bucket_is_backed_up_whole(folder: Path, location: Location, tmp_path: Path) -> None:
    with closing(opened(folder)) as case:
        rows = rows_of(case)
        move_objects(case, location, reach=reach, by=BY)
        backup(case, tmp_path / "backup", brought=brought(folder))
    restore(tmp_path / "backup", tmp_path / "again", brought=replace(brought(folder), buckets=None))
    with closing(Case.open(tmp_path / "again", brought=replace(brought(folder), buckets=None))) as again:
        assert rows_of(again) == rows
    assert read_location(tmp_path / "again") is None, "a restored case has everything in its folder"


def test_from_the_command_line(
    run: Callable[..., Ran],
    originals: dict[str, Path],
    tmp_path: Path,
    location: Location,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    folder = shutil.copytree(originals["plain"], tmp_path / "case")
    assert run("move", folder).code == 2
    assert run("move", folder, "--objects", "s3://nothing").code == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run("move", folder, "--objects", location).code == 2, "it asks first"
    assert under(location) == set()
    moved = run("move", folder, "--objects", location, "--yes")
    assert moved.code == 0
    assert f"SIJILL_BUCKETS='{location}'" in moved.err
    refused = run("verify", folder)
    assert refused.code == 2
    assert "which you have not named" in refused.err
    monkeypatch.setenv("SIJILL_BUCKETS", f"s3://another/prefix {location}")
    assert run("verify", folder).code == 0
    assert run("move", folder, "--objects", "folder").code == 0
    monkeypatch.setenv("SIJILL_BUCKETS", "")
    assert run("verify", folder).code == 0
