"""Make the stored cases of a released schema, with the code of then. Run by hand, once for each schema.

    python tools/make_old_cases.py REVISION COMMIT      for example 0001 1e5a9e1

Takes the source as it was at the commit, has it make a small plain case and the same encrypted, and packs both into
`tests/store/old_cases/`, with a row in `cases.csv` that says what must still be so. Keys and salts are random, so two
runs differ. The words are invented, about the invented Republic of Meravia; passphrase and identity are published.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "tests" / "store" / "old_cases"
COLUMNS = ("name", "schema", "commit", "encrypted", "entries", "root", "documents", "claims", "judgements", "stamps")
PASSPHRASE, LABEL = "nine otters under the mill", "the team's"
IDENTITY = "AGE-SECRET-KEY-1Q54K4WRML4ED9TRXF7VE8VQKNDH4D7ENGHMQPUQKLW28LWJC9HCS90SQ0Y"
REPORTS = {
    "monitor.txt": "---\nid: svm-7\npublished: 2031-03-05\npublisher: Senna Valley Monitor\n---\n\n"
    "At least 12 people were killed and 34 wounded in Tamrel on 4 March 2031, the Senna Valley Monitor said.\n",
    "ministry.txt": "Four people were killed in Tamrel on 4 March 2031, the ministry of interior of Meravia said.\n",
    "wire.jsonl": '{"id": "wire-1", "language": "en", "text": "Nine people were abducted in Belisk on 6 March 2031."}\n'
    '{"id": "wire-2", "language": "en", "text": "Medics said that 12 people were killed in Tamrel on 4 March 2031."}\n',
}


# --- with the code of then ---


def make(folder: Path, encrypted: bool) -> dict[str, Any]:
    """Make a case with whatever `sijill` is imported; returns what must still be so of it."""
    import pyrage
    from sqlalchemy import func, select

    from sijill.pipeline.api import Case
    from sijill.store import schema
    from sijill.store.vault import Custodian
    from sijill.store.verify import verify
    from sijill.testing.clock import FakeClock

    reports = folder.parent / "reports"
    reports.mkdir(exist_ok=True)
    for name, text in REPORTS.items():
        (reports / name).write_text(text, encoding="utf-8")
    recipient = str(pyrage.x25519.Identity.from_str(IDENTITY).to_public())
    whom = [Custodian(passphrase=PASSPHRASE, label=LABEL), Custodian(recipient=recipient)] if encrypted else []
    with Case.create(folder, name="Senna (invented)", by="recorder", clock=FakeClock(), custodians=whom) as case:
        case.build([reports])
        one, two, *_ = sorted(c.claim.id for c in case.claims())
        case.judge("accept", one, reason="read beside the report", rebuild=False)
        wrong = case.judge("reject", two, reason="another place", rebuild=False)
        case.undo(wrong, reason="it is the same place")
        if hasattr(schema, "stamp"):
            _stamp(case)
        with case._case.connect() as connection:
            tables = {
                name: connection.execute(select(func.count()).select_from(schema.metadata.tables[name])).scalar_one()
                for name in ("log_entry", "document", "claim", "judgement", "stamp")
                if name in schema.metadata.tables
            }
        brought = case._brought if not encrypted else _unlock()
        found = verify(folder, brought=brought)
    if not found.whole:
        raise SystemExit(f"the case is not whole: {found.findings}")
    counts = {f"{name}s": tables.get(name, 0) for name in ("document", "claim", "judgement", "stamp")}
    return {"entries": tables["log_entry"], "root": found.root, **counts}


def _unlock() -> Any:
    from sijill.store.vault import Unlock

    return Unlock(identities=(IDENTITY,))


def _stamp(case: Any) -> None:
    """A stamp over the newest checkpoint by an invented authority."""
    from sqlalchemy import select

    from sijill.store import schema
    from sijill.testing.authority import made
    from sijill.testing.forging import Forgery, at

    clock = case._clock
    root = made("Meravia Time Root (invented)", clock=clock)
    leaf = made("Senna Stamp 1 (invented)", by=root, stamping=True, clock=clock)
    with case._case.connect() as connection:
        newest = select(schema.checkpoint).order_by(schema.checkpoint.c.size.desc()).limit(1)
        point = connection.execute(newest).one()
    with case._case.writer(by="recorder", clock=clock) as writer, writer.transaction() as t:
        reply = Forgery(point.note, leaf, time=at(clock())).encoded()
        t.stamp(point.size, "http://tsa.meravia.example/tsr", reply)


# --- with today's ---


def source_of(commit: str, folder: Path) -> Path:
    """The source as it was at a commit."""
    packed = subprocess.run(["git", "archive", commit, "src"], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "src"


def packed(case: Path) -> bytes:
    """The case as a compressed archive without times and owners."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(case.rglob("*")):
            name = path.relative_to(case).as_posix()
            if path.is_file() and name != "lock":
                info = tarfile.TarInfo(name)
                info.size, info.mode = path.stat().st_size, path.stat().st_mode & 0o777
                archive.addfile(info, io.BytesIO(path.read_bytes()))
    return lzma.compress(out.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def store(name: str, row: dict[str, Any]) -> None:
    """Put the row into the list, in place of an earlier one of the name."""
    path = STORED / "cases.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8"))) if path.exists() else []
    rows = sorted([*(r for r in rows if r["name"] != name), {"name": name, **row}], key=lambda r: str(r["name"]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> int:
    """Make both cases of a schema."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revision")
    parser.add_argument("commit")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        sys.stdout.write(json.dumps(make(given.inside, given.revision == "encrypted")))
        return 0
    for kind in ("plain", "encrypted"):
        with tempfile.TemporaryDirectory() as scratch:
            case = Path(scratch) / "case"
            environment = {**os.environ, "PYTHONPATH": str(source_of(given.commit, Path(scratch) / "source"))}
            command = [sys.executable, __file__, kind, given.commit, "--inside", str(case)]
            said = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
            name = f"{given.revision}-{kind}"
            (STORED / f"{name}.tar.xz").write_bytes(packed(case))
            about = {"schema": given.revision, "commit": given.commit, "encrypted": int(kind == "encrypted")}
            store(name, {**about, **json.loads(said)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
