"""docs/reference/evidence-format.md says what the code writes, and its example is whole to everybody."""

import base64
import json
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from sijill.core.canonical import canonical
from sijill.core.log import EntryKind
from sijill.publish.verifier import sijill_verify
from sijill.store import schema
from sijill.testing.authority import available
from sijill.testing.authority import made as authority
from sijill.testing.forging import Forgery
from tests.publish.verifier.bundles import by_javascript, by_python, entries_of, notes_of, size_of, stamps_of
from tests.publish.verifier.example import PAGE, blocks_of, made

TEXT = PAGE.read_text(encoding="utf-8")
NAME = re.compile("`([a-z_]+)`")


def table_after(heading: str) -> dict[str, list[str]]:
    """The rows of the tables under a heading: the name in the first column to all names in the second."""
    section = re.split(r"^#+ ", TEXT.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    cells = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {NAME.findall(first)[0]: NAME.findall(second) for first, second, *_ in cells if NAME.findall(first)}


def test_the_example_is_what_the_code_makes() -> None:
    assert blocks_of(TEXT) == made()


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example, as a reader of the page would put it into files."""
    for name, body in blocks_of(TEXT).items():
        if "." in name or "/" in name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(body, encoding="utf-8")
    return tmp_path


def test_the_example_is_whole(example: Path) -> None:
    report = sijill_verify.verify(example)
    assert (report.findings, report.entries, report.checkpoints, report.objects) == ([], 4, 2, 1)
    assert report.root == blocks_of(TEXT)["inner nodes and root"].split()[-1]
    leaves = [sijill_verify.leaf_hash(entry).hex() for entry in entries_of(example)]
    assert leaves == blocks_of(TEXT)["leaf hashes"].split()


@pytest.mark.usefixtures("node")
def test_the_example_is_whole_in_another_language_and_no_letter_of_it_can_change(example: Path) -> None:
    assert by_javascript(example) == set()
    for path in [p for p in sorted(example.rglob("*")) if p.is_file()]:
        before = path.read_bytes()
        path.write_bytes(before.replace(b"e", b"E", 1))
        assert by_python(example) == by_javascript(example) != set()
        path.write_bytes(before)


@pytest.mark.skipif(not available(), reason="OpenSSL is not installed")
def test_openssl_checks_a_bundle_s_stamp_as_the_page_says(bundle: Path, tmp_path: Path) -> None:
    """The authority of the bundle's own stamp is gone with its root, so another one stamps the same checkpoint."""
    copy, (stamp,) = shutil.copytree(bundle, tmp_path / "copy"), stamps_of(bundle)
    size = stamp["row"]["size"]
    root = authority("Meravia Time Root (invented)")
    signer = authority("Senna Stamp 1 (invented)", by=root, stamping=True)
    (note,) = (note for note in notes_of(bundle) if size_of(note) == size)
    reply = Forgery(note, signer).encoded()
    row = {**stamp["row"], "reply": base64.b64encode(reply).decode()}
    (copy / "rows.jsonl").write_bytes(canonical({**stamp, "id": sha256(reply).hexdigest(), "row": row}) + b"\n")
    (copy / "roots.pem").write_bytes(root.pem)
    (program,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    subprocess.run([sys.executable, "-c", program], cwd=copy, check=True)
    (command,) = re.findall("^openssl ts -verify .*$", TEXT, re.MULTILINE)
    names = {"12": str(size), "6e1f0c2a": sha256(reply).hexdigest()[:8]}
    typed = re.sub("12|6e1f0c2a", lambda found: names[found[0]], command).split()
    assert subprocess.run(typed, cwd=copy, check=True, capture_output=True).stdout == b"Verification: OK\n"
    checkpoint = copy / f"checkpoint-{size}.txt"
    checkpoint.write_bytes(checkpoint.read_bytes() + b"\n")
    assert subprocess.run(typed, cwd=copy, check=False, capture_output=True).returncode == 1


def test_every_kind_of_entry_is_described_as_it_is_written(bundle: Path) -> None:
    described = table_after("The log")
    assert set(described) == {str(kind) for kind in EntryKind}
    written = {entry["kind"]: set(entry["body"]) for entry in map(json.loads, entries_of(bundle))}
    written["custody"] = {"vault"}  # Of encrypted cases only, see test_sijill_verify.py.
    written["healed"] = {"object", "found"}  # Of cases that were damaged, see test_healing.py.
    assert written == {kind: set(names) for kind, names in described.items()}


def test_every_table_is_described(bundle: Path) -> None:
    described = table_after("The database of a case")
    described.pop("alembic_version", None)
    columns = {table.name: list(table.columns.keys()) for table in schema.metadata.sorted_tables}
    described["built"] = ["name", "size", "digest"]  # Its cell says more.
    assert {name: names[: len(columns[name])] for name, names in described.items() if name in columns} == columns
    assert dict(re.findall(r"^\| `(\d+)` \| `([0-9a-f]{64})` \|$", TEXT, re.MULTILINE)) == sijill_verify.SCHEMAS


def test_every_record_is_described_as_bundles_have_it(bundle: Path) -> None:
    described = table_after("Rows")
    rows = [json.loads(line) for line in (bundle / "rows.jsonl").read_bytes().splitlines()]
    assert {row["table"] for row in rows} == set(described) == set(sijill_verify.COLUMNS)
    for row in rows:
        if row["table"] not in {"extraction", "claim", "judgement", "figure_version", "list_release", "list_row"}:
            assert set(described[row["table"]]) == set(row["row"])
