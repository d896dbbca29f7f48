"""Objects in an S3-compatible bucket: each is put there only if nothing lies there by that name, and never changed.

The client is made above, from the user's own credentials; what is read is checked like everything that is read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from sijill.core.document import require_digest
from sijill.core.errors import CaseDamaged, InputError, InvalidRecord, NotAnswered
from sijill.store.location import Location
from sijill.store.objects import CHUNK

CASE = "case-id"
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
# 412: something lies there. 409: another writer is just putting it there.
THERE = frozenset({"412", "PreconditionFailed", "409", "ConditionalRequestConflict"})


class BucketShelf:
    """A shelf that is a prefix of a bucket: objects `ab/cdef…` under `prefix/part/`.

    `client` is boto3's for S3; `part` names the generation of the case, as its folder of objects does.
    """

    def __init__(self, client: Any, location: Location, part: str) -> None:
        self._client = client
        self._location = location
        self._under = f"{location.prefix}/{part}/"

    def claim(self, case: str) -> None:
        """Take the prefix for the case of that id: two in one would remove each other's objects."""
        at = {"Bucket": self._location.bucket, "Key": f"{self._location.prefix}/{CASE}"}
        with self._told():
            try:
                self._client.put_object(**at, Body=case.encode(), IfNoneMatch="*")
            except ClientError as err:
                if _code(err) not in THERE:
                    raise
            with contextlib.closing(self._client.get_object(**at)["Body"]) as body:
                if body.read(len(case) + 1) != case.encode():
                    raise InputError(
                        f"{self._location} holds the objects of another case", hint="give each case its own prefix"
                    )

    def names(self) -> Iterator[str]:
        """The names of all that lies there, sorted; what has another name is none."""
        with self._told():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._location.bucket, Prefix=self._under
            )
            for page in pages:
                for held in page.get("Contents", ()):
                    first, _, rest = str(held["Key"]).removeprefix(self._under).partition("/")
                    with contextlib.suppress(InvalidRecord):
                        yield require_digest(first + rest)

    def holds(self, name: str) -> bool:
        """Whether anything lies there by that name."""
        with self._told():
            try:
                self._client.head_object(**self._at(name))
            except ClientError as err:
                if _code(err) in MISSING:
                    return False
                raise
            return True

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes under a name, a piece at a time; raises FileNotFoundError, NotAnswered."""
        with self._told():
            try:
                body = self._client.get_object(**self._at(name))["Body"]
            except ClientError as err:
                if _code(err) in MISSING:
                    raise FileNotFoundError(name) from err
                raise
            with contextlib.closing(body):
                yield from body.iter_chunks(CHUNK)

    def keep(self, name: str, path: Path) -> bool:
        """Put a file there under a name; False, and nothing done, where something lies there by that name.

        Asked first, and then put on that condition: not every server that calls itself compatible heeds it.
        """
        if self.holds(name):
            return False
        with self._told(), path.open("rb") as f:
            try:
                self._client.put_object(**self._at(name), Body=f, IfNoneMatch="*")
            except ClientError as err:
                if _code(err) in THERE:
                    return False
                raise
        path.unlink()
        return True

    def mend(self, name: str, path: Path) -> None:
        """Nothing in a bucket is overwritten: a person must look first."""
        raise CaseDamaged(
            f"object {name[:12]}… in {self._location} is not what its name says",
            hint="nothing was overwritten; remove it there, once you know why, and run this again",
        )

    def flush(self, names: Iterable[str]) -> None:
        """What a bucket has taken, it keeps."""

    def discard(self, name: str) -> None:
        """Remove what lies there by that name, once it lies elsewhere."""
        with self._told():
            self._client.delete_object(**self._at(name))

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._location.bucket, "Key": f"{self._under}{name[:2]}/{name[2:]}"}

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except ClientError as err:
            raise NotAnswered(
                f"{self._location} refused: {_code(err)}", hint="may you read and write there? nothing was lost"
            ) from err
        except (BotoCoreError, HTTPClientError, OSError) as err:
            if isinstance(err, FileNotFoundError):
                raise
            raise NotAnswered(
                f"{self._location} does not answer: {type(err).__name__}",
                hint="nothing was lost: run this again when there is a connection, and credentials",
            ) from err


def _code(err: ClientError) -> str:
    return str(err.response.get("Error", {}).get("Code", ""))
