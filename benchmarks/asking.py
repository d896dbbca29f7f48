"""How much of what a perfect model would answer survives the checks, and how much of what a careless one would.

python benchmarks/asking.py     reads the annotated reports beside the project in place, asks nobody, sends nothing

The annotators' own claims are given as a model's answers: as they are, with each number one higher, and with one
character of each quote changed. What stands in two parts of a long report may be dropped twice.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import figures
from sijill.core.document import Reading
from sijill.extract.asking.model import Model
from sijill.extract.backend import Found, ToRead
from sijill.extract.gazetteer import Gazetteer
from sijill.extract.tokens import sentences
from sijill.pipeline.extraction import Problems, texts_of
from sijill.testing.model import Manner, Stated, stated, told

GOLD = Path(__file__).resolve().parents[2] / "shared" / "gold"
MANNERS = {
    "as annotated": Manner.HONEST,
    "each number one higher": Manner.MISCOUNTED,
    "one character of each quote changed": Manner.ALTERED,
}


def answers(reading: Reading, claims: Path) -> Iterator[Stated]:
    """The annotated claims of a report as a model would state them, each with its sentence as the quote."""
    bounds = sentences(reading.text)
    for line in claims.read_text(encoding="utf-8").splitlines():
        c: dict[str, Any] = json.loads(line)
        a, b = next((a, b) for a, b in bounds if a <= c["count_start"] < b)
        fields = {name: c[name] for name in ("group_type", "subset")}
        yield stated(reading.text[a:b], c["count_text"], c["low"], c["high"], c["harm"], **fields)


def kept(reading: Reading, claims: list[Stated], manner: Manner) -> Found:
    """What is kept of answers that state, in a manner, the claims whose sentence was shown."""

    def ask(request: bytes) -> bytes:
        shown = json.loads(request)["messages"][-1]["content"]
        content = json.dumps({"claims": [told(manner, c) for c in claims if c["quote"] in shown]})
        return json.dumps({"choices": [{"message": {"content": content}}]}).encode()

    return Model("annotators", ask, Gazetteer.shipped()).read(
        ToRead(reading.text, reading.document, None, reading.metadata.language)
    )


def table() -> Iterator[str]:
    """A row for each language and way of answering: how many claims were stated and kept, and why others were not."""
    yield "| language | answered | stated | kept | dropped |"
    yield "| --- | --- | ---: | ---: | --- |"
    counts: dict[tuple[str, str], Counter[str]] = {}
    for path in sorted((GOLD / "claims").glob("*.jsonl")):
        reading = next(texts_of([GOLD / "pages" / f"{path.stem}.txt"], problems=Problems()))
        claims = list(answers(reading, path))
        for name, manner in MANNERS.items():
            # A vague word gives no number that could be another.
            said = [c for c in claims if manner is not Manner.MISCOUNTED or (c["low"], c["high"]) != (None, None)]
            found = kept(reading, said, manner)
            row = counts.setdefault((reading.metadata.language or "", name), Counter())
            row.update(stated=len(said), kept=len(found.claims), **found.dropped)
    for (language, name), row in sorted(counts.items()):
        rest = "; ".join(f"{n} {why}" for why, n in sorted(row.items()) if why not in ("stated", "kept"))
        yield f"| {language} | {name} | {row['stated']} | {row['kept']} | {rest} |"


def main() -> int:
    """Measure, print, and keep the figures with date and commit."""
    if not GOLD.is_dir():
        print("No annotated material lies beside the project: not measured.")
        return 0
    lines = [*figures.heading("Answers of a model checked"), *table()]
    print("\n".join(lines))
    figures.keep(lines, what="asking")
    return 0


if __name__ == "__main__":
    sys.exit(main())
