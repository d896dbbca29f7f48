"""Learn the weights of `link/weights.toml` from a case whose reports recorders have grouped into incidents.

python tools/learn_linking.py CASE INCIDENTS.jsonl [--write]

INCIDENTS.jsonl holds `date` and `sources`, the labels of the reports of each incident. Quarters of the incidents by
date are held out in turn; what is printed is B-cubed over the reports, each compared by weights that have not seen its
quarter. The weights written are learned from all. Logistic regression by Newton's method with a ridge.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from sijill.link.features import features, kind
from sijill.link.grouping import Limits, grouped
from sijill.link.pairing import candidates
from sijill.link.profiles import Report, corpus
from sijill.link.records import Reported
from sijill.link.run import material
from sijill.store.case import Case

QUARTERS = 4
RIDGE = 3.0
KINDS = ("dated", "half", "undated")
TARGET = Path(__file__).resolve().parent.parent / "src" / "sijill" / "link" / "weights.toml"
HEADER = """\
# Learned by tools/learn_linking.py: logistic regression over pairs of reports, log-odds throughout; `grouping` is set
# by the same tool's table. Change numbers here by learning them again, on more or other grouped reports.
"""
Pair = tuple[str, str]


def fitted(rows: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Weights and, last, the bias of a logistic regression with a ridge on all of them."""
    design = np.hstack([rows, np.ones((len(rows), 1))])
    w = np.zeros(design.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(design @ w, -30, 30)))
        step = np.linalg.solve(
            (design * (p * (1 - p))[:, None]).T @ design + RIDGE * np.eye(len(w)),
            design.T @ (target - p) - RIDGE * w,
        )
        w += step
        if np.abs(step).max() < 1e-6:
            break
    return w


def bcubed(true: Sequence[frozenset[str]], found: Iterable[Sequence[str]], reports: set[str]) -> tuple[float, ...]:
    """Precision, recall and F1 for overlapping groups (Amigó et al. 2009), over some reports."""

    def members(groups: Iterable[Iterable[str]]) -> dict[str, set[int]]:
        where = defaultdict(set)
        for i, group in enumerate(groups):
            for d in set(group) & reports:
                where[d].add(i)
        return where

    found = list(found)

    def side(a: Mapping[str, set[int]], b: Mapping[str, set[int]], groups: Sequence[Iterable[str]]) -> float:
        total = 0.0
        for d in reports:
            near = {e for i in a.get(d, ()) for e in groups[i] if e in reports} | {d}
            values = []
            for e in near:
                one = len(a.get(d, set()) & a.get(e, set())) or int(e == d)
                other = len(b.get(d, set()) & b.get(e, set())) or int(e == d)
                values.append(min(one, other) / one)
            total += sum(values) / len(values)
        return total / len(reports)

    t, f = members(true), members(found)
    precision, recall = side(f, t, found), side(t, f, true)
    return precision, recall, 2 * precision * recall / (precision + recall)


def learn(reports: Sequence[Report], claims: Sequence[Reported], incidents: Sequence[Mapping[str, Any]]) -> str:
    """Prints how well reports of a held-out quarter are grouped, and returns the weights as TOML."""
    known = corpus(reports, claims)
    pairs = candidates(known)
    found = [features(known.profiles[a], known.profiles[b], known) for a, b in pairs]
    kinds = np.array([KINDS.index(kind(known.profiles[a], known.profiles[b])) for a, b in pairs])
    names = sorted({name for f in found for name in f})
    rows = np.array([[f.get(name, 0.0) for name in names] for f in found])
    labels = {r.document: r.label for r in reports}
    of: dict[str, set[int]] = defaultdict(set)
    for i, incident in enumerate(incidents):
        for source in incident["sources"]:
            of[source].add(i)
    target = np.array([float(bool(of[labels[a]] & of[labels[b]])) for a, b in pairs])
    dates = sorted(i["date"] for i in incidents)
    cuts = [dates[len(dates) * q // QUARTERS] for q in range(1, QUARTERS)]
    first = {d: min(incidents[i]["date"] for i in of[label]) for d, label in labels.items() if of[label]}
    quarter = {d: sum(date >= cut for cut in cuts) for d, date in first.items()}
    sides = np.array([[quarter.get(a, -1), quarter.get(b, -1)] for a, b in pairs])
    scores = np.zeros(len(pairs))
    for q in range(QUARTERS):
        touches = (sides == q).any(axis=1)
        for k in range(len(KINDS)):
            w = fitted(rows[~touches & (kinds == k)], target[~touches & (kinds == k)])
            here = touches & (kinds == k)
            scores[here] = rows[here] @ w[:-1] + w[-1]
    _table(dict(zip(pairs, scores.tolist(), strict=True)), labels, incidents)
    lines = []
    for k, name in enumerate(KINDS):
        w = fitted(rows[kinds == k], target[kinds == k])
        lines.append(f"\n[pairs.{name}]\nbias = {w[-1]:.2f}")
        lines += [f"{n} = {v:.2f}" for n, v in zip(names, w, strict=False) if abs(v) >= 0.005]
    return "\n".join(lines)


def _table(scores: Mapping[Pair, float], labels: Mapping[str, str], incidents: Sequence[Mapping[str, Any]]) -> None:
    true = [frozenset(i["sources"]) for i in incidents]
    reports = frozenset().union(*true) & set(labels.values())
    results = []
    for join in (-0.5, 0.0, 0.5):
        for unlike in (-4.0, -3.0, -2.0):
            for attach, ahead in ((-0.5, 0.5), (0.0, 0.5), (0.0, 1.0), (0.5, 1.0)):
                groups = grouped(scores, Limits(join, unlike, attach, ahead))
                measured = bcubed(true, [[labels[d] for d in g] for g in groups], set(reports))
                results.append((measured[2], measured, (join, unlike, attach, ahead)))
    for _, (p, r, f1), limits in sorted(results, reverse=True)[:8]:
        print(f"B-cubed P {p:.3f} R {r:.3f} F1 {f1:.3f}  join, unlike, attach, ahead = {limits}")


def main(arguments: Sequence[str]) -> int:
    """Learn, print, and write where asked to."""
    case = Case.open(Path(arguments[0]))
    with case.connect() as connection:
        claims, reports, _ = material(connection)
    incidents = [json.loads(line) for line in Path(arguments[1]).read_text(encoding="utf-8").splitlines()]
    text = learn(reports, claims, incidents)
    print(text)
    if "--write" in arguments:
        kept = TARGET.read_text(encoding="utf-8")
        grouping = kept[kept.index("[grouping]") : kept.index("\n[pairs.")].strip()
        TARGET.write_text(f"{HEADER}{grouping}\n{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
