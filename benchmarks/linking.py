"""Linking against annotated claims and against recorders' incidents, where these lie beside the project.

The annotated reports are built as one case. A predicted claim is an annotated one where the harm is the same and the
counts overlap, one to one. Incidents: B-cubed (Bagga and Baldwin, 1998) over annotated claims with a label; a claim
that was not found, or is in no incident, stands alone. Voices: pairs of found claims of one topic that the annotators
attribute to somebody; two are one voice where they are attributed to the same name.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.accuracy import Score, scored
from sijill.core.claim import Claim
from sijill.pipeline.api import Case
from sijill.pipeline.build import Plan
from sijill.store import reads
from sijill.store.case import Case as Stored

Row = Mapping[str, Any]
SUFFIX = re.compile(r"-(?:ar|fr)?\d+$")


def gold(folder: Path, work: Path) -> Iterator[Score]:
    """Incidents and voices of the annotated reports."""
    case = Case.create(work / "gold-case", by="bench")
    case.build(sorted((folder / "pages").glob("*.txt")))
    with Stored.open(work / "gold-case").connect() as connection:
        judged, _ = reads.judged_claims(connection)
        labels = {d.id: d.label for d in reads.documents(connection)}
        home = {c: i.id for i in reads.incidents(connection) for c in i.claims}
        voice = {c: o.voice for c, o in reads.origins(connection).items()}
    rows = [
        json.loads(line)
        for path in sorted((folder / "claims").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    found = matched(rows, {id_: (labels[j.source.document], j.source) for id_, j in judged.items()})
    yield Score("gold, incidents over all annotated claims", incidents(rows, found, home, every=True))
    yield Score("gold, incidents over claims that were found", incidents(rows, found, home, every=False))
    yield Score("gold, voices", voices(rows, found, voice))


def matched(rows: Sequence[Row], claims: Mapping[str, tuple[str, Claim]]) -> dict[int, str]:
    """For the number of each annotated claim that was found the id of the predicted one, the largest overlap first."""
    by_report: dict[tuple[str, str], list[tuple[str, int, int]]] = defaultdict(list)
    for id_, (label, claim) in claims.items():
        if claim.count is not None:
            by_report[label, claim.harm.value].append((id_, claim.count.start, claim.count.end))
    options = [
        (min(end, row["count_end"]) - max(start, row["count_start"]), i, id_)
        for i, row in enumerate(rows)
        for id_, start, end in by_report[row["doc"], row["harm"]]
        if max(start, row["count_start"]) < min(end, row["count_end"])
    ]
    found: dict[int, str] = {}
    for _, i, id_ in sorted(options, key=lambda o: (-o[0], o[1], o[2])):
        if i not in found and id_ not in found.values():
            found[i] = id_
    return found


def incidents(rows: Sequence[Row], found: Mapping[int, str], home: Mapping[str, str], *, every: bool) -> dict[str, Any]:
    """B-cubed of predicted incidents against the annotators' labels."""
    counted = [i for i, row in enumerate(rows) if row.get("incident") and (every or found.get(i) in home)]
    predicted = {i: home.get(found.get(i, ""), f"alone {i}") for i in counted}
    precision, recall = bcubed(lambda i: rows[i]["incident"], lambda i: predicted[i], counted)
    return {"claims": len(counted), **_scores(precision, recall)}


def bcubed(true: Callable[[int], str], found: Callable[[int], str], items: Sequence[int]) -> tuple[float, float]:
    """B-cubed precision and recall of one grouping against another."""
    true_group, found_group = defaultdict(set), defaultdict(set)
    for i in items:
        true_group[true(i)].add(i)
        found_group[found(i)].add(i)
    shared = [
        (len(true_group[true(i)] & found_group[found(i)]), true_group[true(i)], found_group[found(i)]) for i in items
    ]
    n = max(1, len(items))
    return sum(s / len(f) for s, _, f in shared) / n, sum(s / len(t) for s, t, _ in shared) / n


def voices(rows: Sequence[Row], found: Mapping[int, str], voice: Mapping[str, str]) -> dict[str, Any]:
    """Pairwise precision, recall and F1 of voices, over found claims with a source, within each topic."""
    named = [i for i, row in enumerate(rows) if row["attributed_to"] and found.get(i) in voice]
    hit = said = true = 0
    for a, b in combinations(named, 2):
        if SUFFIX.sub("", rows[a]["doc"]) == SUFFIX.sub("", rows[b]["doc"]):
            same = _name(rows[a]["attributed_to"]) == _name(rows[b]["attributed_to"])
            joined = voice[found[a]] == voice[found[b]]
            hit, said, true = hit + (same and joined), said + joined, true + same
    return {"claims": len(named), "pairs": true, **_scores(hit / max(1, said), hit / max(1, true))}


def _name(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(sorted(set(re.findall(r"\w+", plain)) - {"the", "of"}))


def _scores(precision: float, recall: float) -> dict[str, float]:
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 3), "recall": round(recall, 3), "F1": round(f1, 3)}


def recorded(folder: Path, scorer: Path, work: Path) -> Iterator[Score]:
    """Recorders' incidents: the whole archive as one case, under their rule set."""
    case = Case.create(work / "recorded-case", by="bench")
    case.build([folder / "reports.jsonl"], Plan(gazetteers=(folder / "gazetteer.csv",), rules="airwars"))
    target = work / "incidents.jsonl"
    with target.open("w", encoding="utf-8") as out:
        for row in case.incident_rows("airwars"):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    yield Score("airwars-syria, incidents and figures", json.loads(scored(scorer, str(folder), str(target))))


def measure(shared: Path, work: Path) -> Iterator[Score]:
    """All that the material at hand allows."""
    if (shared / "gold").is_dir():
        yield from gold(shared / "gold", work)
    if (shared / "airwars-syria").is_dir():
        yield from recorded(shared / "airwars-syria", shared / "gold" / "score_incidents.py", work)
