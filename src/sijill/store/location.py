"""Where a case keeps its objects, if not in its folder: a bucket that `objects.toml` names, and no secret with it.

Whoever made the folder wrote that file, so it alone sends nothing anywhere: the person at the machine must name the
same bucket, and bring what opens it.
"""

from __future__ import annotations

import ipaddress
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from sijill.core.errors import CaseDamaged, InputError
from sijill.store.folders import fsync_folder, replace_file

FILE = "objects.toml"
MOST_BYTES = 10_000
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=/-]{0,500}")
REGION = re.compile(r"[a-z0-9-]{1,40}")
EXAMPLE = "an address is such as s3://our-bucket/my-case?endpoint=https://s3.example&region=eu-1"


@dataclass(frozen=True, slots=True)
class Location:
    """A prefix in an S3-compatible bucket; `endpoint` and `region` are "" where the user's own configuration says."""

    bucket: str
    prefix: str
    endpoint: str = ""
    region: str = ""

    @classmethod
    def parse(cls, text: str) -> Location:
        """Read `s3://bucket/prefix?endpoint=…&region=…`; raises InputError.

        >>> str(Location.parse("s3://senna-archive/case-7/?region=eu-1"))
        's3://senna-archive/case-7?region=eu-1'
        """
        try:
            parts = urlsplit(text.strip())
            given = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        except ValueError as err:
            raise InputError("the bucket's address cannot be read", hint=EXAMPLE) from err
        found = cls(parts.netloc, parts.path.strip("/"), given.pop("endpoint", ""), given.pop("region", ""))
        if parts.scheme != "s3" or parts.fragment or given or not BUCKET.fullmatch(found.bucket):
            raise InputError("the address is not that of a bucket", hint=EXAMPLE)
        if not PREFIX.fullmatch(found.prefix) or any(p in {"", ".", ".."} for p in found.prefix.split("/")):
            raise InputError("the bucket's address needs a prefix, which is this case's alone", hint=EXAMPLE)
        if (found.region and not REGION.fullmatch(found.region)) or not _sound(found.endpoint):
            raise InputError(
                "the bucket's region or endpoint is none; an endpoint is https://, or http:// on this machine",
                hint=EXAMPLE,
            )
        return found

    def __str__(self) -> str:
        given = {name: value for name in ("endpoint", "region") if (value := getattr(self, name))}
        return f"s3://{self.bucket}/{self.prefix}" + (f"?{urlencode(given, safe=':/')}" if given else "")


def _sound(endpoint: str) -> bool:
    if not endpoint:
        return True
    try:
        parts = urlsplit(endpoint)
        host, secret = parts.hostname or "", parts.username or parts.password
    except ValueError:
        return False
    if not host or secret or parts.query or parts.fragment or parts.path not in {"", "/"}:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _here(host))


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_location(folder: Path) -> Location | None:
    """Where the case's objects lie, `None` for its folder; raises CaseDamaged for an `objects.toml` that is none."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        with path.open("rb") as f:
            data = tomllib.loads(f.read(MOST_BYTES).decode())
        if data.keys() != {"address"} or not isinstance(data["address"], str):
            raise ValueError("not an address")
        return Location.parse(data["address"])
    except (OSError, ValueError, RecursionError, InputError) as err:
        raise CaseDamaged(f"{path} is damaged", hint="restore it from a backup, or write the bucket's address") from err


def write_location(folder: Path, location: Location | None) -> None:
    """Say where the objects lie, durably and at once; `None` is the folder itself."""
    if location is None:
        (folder / FILE).unlink(missing_ok=True)
        fsync_folder(folder)
    else:
        text = "# The preserved files of this case lie in a bucket. No password or key belongs here."
        replace_file(folder / FILE, f"{text}\naddress = {json.dumps(str(location))}\n".encode())
