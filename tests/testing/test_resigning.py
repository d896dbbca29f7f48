"""A case in the hands of somebody who holds its key, plain and encrypted."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from sijill.core.canonical import canonical
from sijill.publish.verifier import sijill_verify
from sijill.store.verify import verify
from sijill.testing.resigning import resign
from tests.store.old import OldCase, stored

# A history is chosen that no stamp is over: of a stamped one, the stamp tells as well.
UNSTAMPED = [old for old in stored() if not old.stamps]
each = pytest.mark.parametrize("old", UNSTAMPED, ids=lambda old: old.name)


def by_another(entries: Sequence[bytes]) -> list[bytes]:
    """The third entry by somebody else: nothing but the log says by whom a document was added."""
    entry = json.loads(entries[2])
    return [*entries[:2], canonical({**entry, "by": "somebody else"}), *entries[3:]]


def spread(entries: Sequence[bytes]) -> list[bytes]:
    """The third entry as JSON that another program would have written."""
    return [*entries[:2], json.dumps(json.loads(entries[2])).encode(), *entries[3:]]


@each
def test_a_history_signed_anew_is_whole_in_itself_and_found_by_what_was_kept(old: OldCase, tmp_path: Path) -> None:
    folder = old.unpack(tmp_path / "case")
    resign(folder, by_another, brought=old.brought)
    report = verify(folder, brought=old.brought)
    assert report.findings == []
    assert report.root != old.root
    (found,) = verify(folder, brought=old.brought, since=[old.root]).findings
    assert found.kind == "checkpoint"
    assert "cut back or rewritten" in found.what


@each
def test_a_log_that_two_programs_could_read_in_two_ways_is_named(old: OldCase, tmp_path: Path) -> None:
    folder = old.unpack(tmp_path / "case")
    resign(folder, spread, brought=old.brought)
    (found,) = verify(folder, brought=old.brought).findings
    assert (found.kind, found.where) == ("entry", "log entry 2")
    assert found.what == "it is not written in canonical JSON"
    if not old.encrypted:
        assert [(f.kind, f.where) for f in sijill_verify.verify(folder).findings] == [("entry", "log entry 2")]
