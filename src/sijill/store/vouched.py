"""The log as `verify` reads it: whether its entries lead to the signed roots, and what they vouch for."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select

from sijill.core.canonical import canonical
from sijill.core.log import EntryKind
from sijill.store import schema
from sijill.store.database import MANY
from sijill.store.findings import MALFORMED, Report
from sijill.store.merkle import Frontier, leaf_hash
from sijill.store.notes import NoteError, Verifier, read_checkpoint

# The fields of each kind of entry that name rows, and the tables where those must be.
VOUCHED_BY: dict[EntryKind, dict[str, Table]] = {
    EntryKind.DOCUMENT: {"document": schema.document, "reading": schema.reading, "sighting": schema.sighting},
    EntryKind.SIGHTING: {"sighting": schema.sighting},
    EntryKind.READING: {"reading": schema.reading},
    EntryKind.EXTRACTION: {"extraction": schema.extraction, "claims": schema.claim},
    EntryKind.JUDGEMENT: {"judgement": schema.judgement},
    EntryKind.SUGGESTIONS: {"judgements": schema.judgement},
    EntryKind.GAZETTEER: {"file": schema.gazetteer_file},
    EntryKind.STAMP: {"stamp": schema.stamp},
    EntryKind.FIGURES: {"versions": schema.figure_version},
    EntryKind.LIST: {"release": schema.list_release, "rows": schema.list_row},
}


@dataclass(slots=True)
class Vouched:
    """What the entries of the log say must be there: ids by table, with the entry that vouches for each.

    `case` is what the first entry says of the case itself, `vault` the SHA-256 of an encrypted case's `vault.json`.
    """

    ids: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    sizes: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    extractions: dict[str, dict[str, Any]] = field(default_factory=dict)
    publications: dict[str, dict[str, Any]] = field(default_factory=dict)
    stamps: dict[str, dict[str, Any]] = field(default_factory=dict)
    case: dict[str, Any] = field(default_factory=dict)
    vault: str = ""


@dataclass(slots=True)
class _Tree:
    """The tree twice: of the entries' bytes, and of the leaf hashes beside them, which must be the same.

    Where they differ, the signed roots tell which of the two was changed, so that only that is named. Roots are kept
    for the sizes that a checkpoint is about.
    """

    sizes: frozenset[int]
    computed: Frontier = field(default_factory=Frontier)
    stored: Frontier = field(default_factory=Frontier)
    roots: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def append(self, computed: bytes, stored: bytes) -> None:
        self.computed.append(computed)
        self.stored.append(stored)
        if self.computed.size in self.sizes:
            self.roots[self.computed.size] = (self.computed.root(), self.stored.root())


def check_log(connection: Connection, vouched: Vouched, stated: Mapping[str, Any], report: Report) -> Verifier | None:
    """Read every entry into `vouched`, and check entries and checkpoints against one another.

    `stated` is what `case.toml` says of the case: its key serves where the first entry has none that is whole.
    Returns what checks the case's notes.
    """
    tree, expected = _Tree(frozenset(connection.execute(select(schema.checkpoint.c.size)).scalars())), 0
    for row in connection.execute(_every_entry()):
        if row.seq != expected:
            _missing(report, expected, row.seq)
        leaf = leaf_hash(row.body) if isinstance(row.body, bytes) else b""
        if leaf != row.leaf:
            report.add("entry", f"log entry {row.seq}", "its bytes are not those of its leaf hash")
        try:
            entry = json.loads(row.body)
            vouch(vouched, row.seq, entry)
            if leaf == row.leaf and canonical(entry) != row.body:  # Two programs could read it in two ways.
                report.add("entry", f"log entry {row.seq}", "it is not written in canonical JSON")
        except MALFORMED as err:
            report.add("entry", f"log entry {row.seq}", f"unreadable: {type(err).__name__}")
        if row.seq == tree.computed.size:  # After a gap there is no tree that could be compared.
            tree.append(leaf, row.leaf if isinstance(row.leaf, bytes) else b"")
        expected = row.seq + 1
        report.entries += 1
    if not vouched.case:
        report.add("entry", "log entry 0", "missing or unreadable: nothing says what case this is")
    report.root = tree.computed.root().hex()
    verifier = verifier_of(vouched.case) or verifier_of(stated)
    if verifier is None:
        report.add("entry", "log entry 0", "the case's key is unusable, so no checkpoint can be checked")
    else:
        _check_checkpoints(connection, verifier, tree.roots, expected, report)
    return verifier


def _every_entry() -> Select[Any]:
    """Every entry, a few hundred in memory at a time."""
    t = schema.log_entry
    return select(t).order_by(t.c.seq).execution_options(yield_per=MANY)


def _missing(report: Report, first: int, found: int) -> None:
    further = f", and all up to {found - 1}" if found > first + 1 else ""
    report.add("entry", f"log entry {first}", f"missing{further}")


def rows_named(entry: Mapping[str, Any]) -> Iterator[tuple[Table, Sequence[str]]]:
    """The ids of the rows that an entry of the log vouches for, by table."""
    for name, table in VOUCHED_BY.get(EntryKind(entry["kind"]), {}).items():
        named = entry["body"][name]
        yield table, [named] if isinstance(named, str) else named


def vouch(vouched: Vouched, seq: int, entry: dict[str, Any]) -> None:
    """Take up what an entry vouches for; raises one of MALFORMED."""
    kind, body = EntryKind(entry["kind"]), entry["body"]
    for table, ids in rows_named(entry):
        for id_ in ids:
            vouched.ids[table.name].setdefault(id_, seq)
    if kind is EntryKind.CASE and seq == 0:
        vouched.case = dict(body)
    elif kind is EntryKind.DOCUMENT:
        vouched.sizes[body["document"]] = body["size"]
    elif kind is EntryKind.GAZETTEER:
        vouched.sizes[body["file"]], vouched.names[body["file"]] = body["size"], body["name"]
    elif kind is EntryKind.LIST:
        vouched.sizes[body["file"]] = body["size"]
    elif kind is EntryKind.STAMP:
        vouched.stamps[body["stamp"]] = body
    elif kind is EntryKind.EXTRACTION:
        vouched.extractions[body["extraction"]] = body
    elif kind is EntryKind.CUSTODY:
        vouched.vault = str(body["vault"])
    elif kind is EntryKind.PUBLICATION:
        vouched.publications[body["form"]] = body


def verifier_of(case: Mapping[str, Any]) -> Verifier | None:
    """What checks the notes of the case that a first entry is about, `None` where its key is unusable."""
    try:
        verifier = Verifier.parse(case["verifier"])
    except MALFORMED:
        return None
    return verifier if verifier.name == f"sijill/{case['case']}" else None


def _check_checkpoints(
    connection: Connection, verifier: Verifier, roots: Mapping[int, tuple[bytes, bytes]], entries: int, report: Report
) -> None:
    largest, led = 0, True
    for row in connection.execute(select(schema.checkpoint).order_by(schema.checkpoint.c.size)):
        report.checkpoints += 1
        signed = _check_note(row, verifier, report)
        if signed is None:
            continue
        size, root = signed
        largest = max(largest, size)
        # Once the entries lead elsewhere, they do so at every later checkpoint: said once.
        if led and size in roots and root not in roots[size]:
            led = False
            report.add("checkpoint", f"checkpoint {row.size}", "the log's entries do not lead to the root it signs")
    if largest > entries:
        report.add("entry", f"log entry {entries}", f"missing: a checkpoint signs {largest} entries")
    elif largest < entries:
        report.add("checkpoint", f"checkpoint {entries}", "missing: the log's last entries are not signed")


def _check_note(row: Row[Any], verifier: Verifier, report: Report) -> tuple[int, bytes] | None:
    try:
        point = read_checkpoint(row.note, verifier)
    except (NoteError, *MALFORMED) as err:
        report.add("checkpoint", f"checkpoint {row.size}", f"does not verify: {err}")
        return None
    if (point.size, point.root) != (row.size, row.root):
        report.add("checkpoint", f"checkpoint {point.size}", "its row is about another size or root than its note")
    return point.size, point.root
