"""Kept bytes that are damaged or missing are whole again when the same bytes are handed in; nothing is lost by it."""

import datetime as dt
import json
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import select

from sijill.core.document import Metadata
from sijill.preserve.limits import DEFAULT_LIMITS
from sijill.preserve.run import AddReport, add
from sijill.publish.verifier import sijill_verify
from sijill.store import schema
from sijill.store.case import Case
from sijill.store.vault import Custodian, Unlock
from sijill.store.verify import verify
from tests.preserve.documents import ENGLISH, zipped

NOON = dt.datetime(2031, 3, 10, 12, tzinfo=dt.UTC)
DATA = ENGLISH.encode()
DOCUMENT = sha256(DATA).hexdigest()
IDENTITY = pyrage.x25519.Identity.generate()


@pytest.fixture(params=["plain", "encrypted"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    custodians = [Custodian(recipient=str(IDENTITY.to_public()))] if request.param == "encrypted" else []
    return Case.create(tmp_path / "case", name="Senna", by="R. Ostrava", clock=lambda: NOON, custodians=custodians)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "bulletin.txt"
    path.write_bytes(DATA)
    return path


def added(case: Case, *paths: Path) -> AddReport:
    with case.writer(by="R. Ostrava", clock=lambda: NOON) as writer:
        return add(case, writer, paths, stated=Metadata(), limits=DEFAULT_LIMITS, workers=1)


def damage(case: Case) -> bytes:
    """Another bit in the kept bytes; gives what lies there now."""
    path = case.objects.path(DOCUMENT)
    path.chmod(0o600)
    changed = bytearray(path.read_bytes())
    changed[20] ^= 1
    path.write_bytes(changed)
    return bytes(changed)


def entries(case: Case) -> list[dict[str, object]]:
    with case.connect() as connection:
        bodies = connection.execute(select(schema.log_entry.c.body).order_by(schema.log_entry.c.seq)).scalars()
        return [json.loads(body) for body in bodies]


def whole(case: Case) -> bool:
    return verify(case.folder, brought=Unlock(identities=(str(IDENTITY),))).whole


def test_damaged_bytes_are_replaced_and_kept_aside(case: Case, report: Path) -> None:
    added(case, report)
    lay_there = damage(case)
    found = case.objects.fixity(DOCUMENT)
    assert not whole(case)
    assert added(case, report) == AddReport(added=0, repeated=1, healed=1)
    assert case.objects.read(DOCUMENT) == DATA
    assert whole(case)
    (aside,) = (case.access.layout.objects / "damaged").iterdir()
    assert aside.read_bytes() == lay_there
    last = entries(case)[-1]
    assert (last["kind"], last["body"]) == ("healed", {"object": DOCUMENT, "found": found})
    assert added(case, report) == AddReport(added=0, repeated=1)
    assert [e["kind"] for e in entries(case)].count("sighting") == 0


def test_missing_bytes_are_replaced(case: Case, report: Path, tmp_path: Path) -> None:
    added(case, report)
    case.objects.path(DOCUMENT).unlink()
    export = tmp_path / "export.zip"
    export.write_bytes(zipped({"copy.txt": DATA, "again.txt": DATA}))
    assert added(case, export) == AddReport(added=0, repeated=2, healed=1)
    assert case.objects.read(DOCUMENT) == DATA
    assert entries(case)[-1]["kind"] == "sighting"
    assert {"object": DOCUMENT, "found": None} in [e["body"] for e in entries(case)]
    assert whole(case)


def test_other_bytes_heal_nothing(case: Case, report: Path) -> None:
    added(case, report)
    damage(case)
    report.write_bytes(DATA + b" And more.")
    assert added(case, report).healed == 0
    assert not whole(case)


def test_the_stand_alone_verifier_knows_the_entry(report: Path, tmp_path: Path) -> None:
    made = Case.create(tmp_path / "plain", name="Senna", by="R. Ostrava", clock=lambda: NOON)
    added(made, report)
    damage(made)
    added(made, report)
    made.close()
    assert sijill_verify.verify(made.folder).findings == []
