"""Where the rows of a team's case lie: a schema of a PostgreSQL database, which `database.toml` in its folder names.

Nothing secret stands in that file: a password comes from `SIJILL_DATABASE_URL`, or from where libpq looks for one
(`~/.pgpass`). Nor need the log vouch for it: the rows are checked wherever they lie.
"""

from __future__ import annotations

import ipaddress
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from sijill.core.errors import CaseDamaged, InputError
from sijill.store.folders import fsync_folder, replace_file

FILE = "database.toml"
DRIVER = "postgresql+psycopg"
SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,50}")
MOST_BYTES = 10_000
EXAMPLE = "an address is such as postgresql://recorder@db.example/sijill?sslmode=verify-full"
# Parameters of libpq that say where and how to connect; none of them can change what a statement means.
PARAMETERS = {
    *("host", "hostaddr", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslnegotiation"),
    *("channel_binding", "require_auth", "gssencmode", "krbsrvname", "passfile", "service", "application_name"),
    *("connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
    *("tcp_user_timeout", "target_session_attrs", "load_balance_hosts"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """A schema in a database; the URL may hold a password, so that this is never printed or written as it is."""

    url: URL
    schema: str

    @property
    def public(self) -> str:
        """The database's address without the password."""
        url = self.url
        bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
        return bare.render_as_string()


def parse_address(text: str) -> URL:
    """The parts of an address; raises InputError, which never repeats it, as it may hold a password."""
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError) as err:
        raise InputError("the database's address cannot be read", hint=EXAMPLE) from err
    if url.drivername not in ("postgresql", "postgres", DRIVER):
        raise InputError("the database's address is not that of a PostgreSQL server", hint=EXAMPLE)
    if unknown := sorted(set(url.query) - PARAMETERS):
        raise InputError(f"the database's address holds {unknown[0][:40]!r}, which is not taken", hint=EXAMPLE)
    if any(not isinstance(value, str) for value in url.query.values()):
        raise InputError("the database's address holds a parameter twice", hint=EXAMPLE)
    return url.set(drivername=DRIVER)


def new_address(text: str, case_id: str) -> Address:
    """Where a new case's rows will lie: a schema named by the case's id."""
    return Address(parse_address(text), f"sijill_{case_id.replace('-', '')}")


def write_address(folder: Path, address: Address | None) -> None:
    """Say where the rows lie, durably and at once, without the password; `None` is a file in the folder."""
    if address is None:
        (folder / FILE).unlink(missing_ok=True)
        fsync_folder(folder)
        return
    lines = (
        "# The rows of this case lie in a schema of a PostgreSQL database. No password belongs here.",
        f"address = {json.dumps(address.public)}",
        f"schema = {json.dumps(address.schema)}",
    )
    replace_file(folder / FILE, ("\n".join(lines) + "\n").encode())


def is_served(folder: Path) -> bool:
    """Whether the rows of the case in the folder lie on a server."""
    return (folder / FILE).exists()


def read_address(folder: Path, given: str | None) -> Address | None:
    """Where the case's rows lie, `None` for a file in its folder; `given` outranks the address that the folder holds.

    Whoever made the folder wrote that file, so it alone leads to no other machine: the person at this one must name the
    server. Raises InputError where they do not, or name none, CaseDamaged for a `database.toml` that is none.
    """
    path = folder / FILE
    if not is_served(folder):
        return None
    try:
        with path.open("rb") as f:
            data = tomllib.loads(f.read(MOST_BYTES).decode())
        stated, schema = data["address"], data["schema"]
        if len(data) != 2 or not isinstance(stated, str) or not SCHEMA.fullmatch(schema):
            raise ValueError("not an address and the name of a schema")
        url = parse_address(given or stated)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as err:
        raise CaseDamaged(f"{path} is damaged", hint="restore it from a backup") from err
    except InputError as err:
        if given:
            raise
        raise CaseDamaged(f"{path} is damaged: {err.message}", hint="restore it from a backup") from err
    if not (given or _on_this_machine(url)):
        raise InputError(
            "the rows of this case lie on another machine",
            hint=f"if you mean to go there: SIJILL_DATABASE_URL={Address(url, schema).public}",
        )
    return Address(url, schema)


def _on_this_machine(url: URL) -> bool:
    """Whether an address leads to a socket or to loopback, whatever this machine's own settings of libpq say."""
    if "service" in url.query:
        return False
    named = [url.host, *(url.query.get(name) for name in ("host", "hostaddr"))]
    return any(named) and all(_local(host) for name in named if isinstance(name, str) for host in name.split(","))


def _local(host: str) -> bool:
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
