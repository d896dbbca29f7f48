"""What `doctor` says of a team's PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator

from sijill.core.errors import SijillError
from sijill.pipeline.condition import OK, WARNING, WRONG, Check
from sijill.store.address import parse_address
from sijill.store.postgres import OLDEST, server_facts


def server_checks(address: str) -> Iterator[Check]:
    """Whether the server can be reached, whether it can hold a case, and who could read what goes there."""
    try:
        facts = server_facts(parse_address(address))
    except SijillError as err:
        yield Check("server", WRONG, err.message, err.hint)
        return
    if int(facts.version.split(".")[0]) < OLDEST:
        yield Check("server", WRONG, f"PostgreSQL {facts.version}", f"use {OLDEST} or newer")
    else:
        yield Check("server", OK, f"PostgreSQL {facts.version}")
    if facts.encoding != "UTF8":
        make = "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        yield Check("server", WRONG, f"the database's encoding is {facts.encoding}: it cannot hold every text", make)
    if not facts.sealed and not facts.local:
        yield Check("server", WRONG, "the way there is not encrypted", "add sslmode=verify-full to the address")
    if not facts.may_make_cases:
        yield Check("server", WARNING, "this user may make no case there", "GRANT CREATE ON DATABASE")
    if not facts.page_checksums:
        what = "it does not notice by itself when its disk fails: page checksums are off"
        yield Check("server", WARNING, what, "its administrator: pg_checksums --enable")
