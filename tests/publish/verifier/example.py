"""The worked example of docs/reference/evidence-format.md, made from the store's own code.

`python -m tests.publish.verifier.example` prints the blocks, for whoever changes a format on purpose.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sijill.core.canonical import Json, canonical
from sijill.core.claim import Attribution, AttributionKind, Claim, Count, Group, Harm, Span
from sijill.core.document import Metadata, Reading, Sighting
from sijill.core.judgement import Decision, Judgement, Matter
from sijill.core.log import EntryKind, LogEntry
from sijill.core.quantity import Quantity
from sijill.core.wire import to_json
from sijill.store.case import case_entry
from sijill.store.config import FORMAT, CaseConfig
from sijill.store.merkle import leaf_hash, node_hash, root_of
from sijill.store.notes import Signer
from sijill.store.writer import id_of

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "evidence-format.md"
BLOCK = re.compile(r"^\*\*`([^`]+)`\*\*[^\n]*\n\n```[a-z]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)

SEED = sha256(b"Republic of Meravia").digest()
BY, PROGRAM = "R. Ostrava", "sijill 0.1.0"
TEXT = "Three people were killed in Tell Nour, the Senna Valley Monitor said.\n"


def blocks_of(page: str) -> dict[str, str]:
    """The blocks of a page that are labelled with a name in bold."""
    return dict(BLOCK.findall(page))


def made() -> dict[str, str]:
    """Every block that the page must have."""
    signer, config = _case()
    records = _records()
    entries = _entries(config, records)
    leaves = [leaf_hash(entry) for entry in entries]
    left, right = node_hash(*leaves[:2]), node_hash(*leaves[2:])
    notes = [signer.checkpoint(size, root_of(leaves[:size])).note for size in (1, 4)]
    rows = [canonical({"table": table, "id": id_, "row": row}) for table, id_, row in records]
    document = records[0][1]
    return {
        "case.toml": config.rendered().decode(),
        f"objects/{document[:2]}/{document[2:]}": TEXT,
        "log.jsonl": "".join(entry.decode() + "\n" for entry in entries),
        "leaf hashes": "".join(f"{leaf.hex()}\n" for leaf in leaves),
        "inner nodes and root": "".join(f"{node.hex()}\n" for node in (left, right, node_hash(left, right))),
        "checkpoints.txt": "".join(f"{note}\n" for note in notes),
        "rows.jsonl": "".join(row.decode() + "\n" for row in rows),
    }


def _case() -> tuple[Signer, CaseConfig]:
    case = "7c1d0f5e-3a52-4f0b-9d7e-2b6a90c41e33"
    signer = Signer(f"sijill/{case}", Ed25519PrivateKey.from_private_bytes(SEED))
    config = CaseConfig(FORMAT, case, "Senna valley (invented)", "2031-03-10T09:00:00.000000Z", str(signer.verifier))
    return signer, config


def _records() -> list[tuple[str, str, Json]]:
    """Table, id and record of each row."""
    document = sha256(TEXT.encode()).hexdigest()
    metadata = Metadata(title="Digest 7", publisher="Kestrel Wire", language="en", published="2031-03-09")
    reading = Reading(document, "plain@1", "text/plain", TEXT, metadata)
    sighting = Sighting(document, "digest-7", "week/digest-7.txt", "2031-03-10T09:00:01.000000Z", BY)
    claim = Claim(
        document=document,
        harm=Harm.KILLED,
        count=Count.of(Span("Three", 0, 5), Quantity.exactly(3)),
        group=Group("people"),
        place=None,
        period=None,
        attribution=Attribution("the Senna Valley Monitor said", "the Senna Valley Monitor", AttributionKind.MONITOR),
        perpetrator=None,
        quote=Span(TEXT.strip(), 0, len(TEXT.strip())),
        extractor="rules-en@1",
        confidence=0.9,
    )
    extraction = {
        "document": document,
        "reading": id_of(reading),
        "extractor": claim.extractor,
        "settings": {"published": "2031-03-09"},
        "claims": [claim.id],
        "run": 2,
    }
    judgement = Judgement(Matter.CLAIM, (claim.id,), Decision.ACCEPT, BY, "2031-03-10T09:00:04.000000Z", "read twice")
    return [
        ("document", document, {"size": len(TEXT)}),
        ("reading", id_of(reading), to_json(reading)),
        ("sighting", id_of(sighting), to_json(sighting)),
        ("extraction", id_of(extraction), extraction),
        ("claim", claim.id, to_json(claim)),
        ("judgement", judgement.id, to_json(judgement)),
    ]


def _entries(config: CaseConfig, records: list[tuple[str, str, Any]]) -> list[bytes]:
    ids = {table: id_ for table, id_, _ in records}
    rows = {table: row for table, _, row in records}
    bodies: dict[EntryKind, dict[str, Json]] = {
        EntryKind.CASE: {**case_entry(config)},
        EntryKind.DOCUMENT: {**rows["document"], **{t: ids[t] for t in ("document", "reading", "sighting")}},
        EntryKind.EXTRACTION: {"extraction": ids["extraction"], **rows["extraction"]},
        EntryKind.JUDGEMENT: {"judgement": ids["judgement"]},
    }
    return [
        LogEntry(kind, f"2031-03-10T09:00:0{second}.000000Z", BY, PROGRAM, body).bytes()
        for second, (kind, body) in enumerate(bodies.items(), start=1)
    ]


if __name__ == "__main__":
    for name, body in made().items():
        print(f"**`{name}`**\n\n```\n{body}```\n")
