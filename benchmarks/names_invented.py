"""Invented families with planted noise, matched: recall and precision by kind of noise, and whether probabilities hold.

    PYTHONPATH=src python -m benchmarks.names_invented [--families 5000] [--keep]

Two overlapping lists of one invented population. Who is whom, and what was done to the second list's row, is known; the
generator (`tests/link/persons/families.py`, and the two kinds below) shares nothing with the matcher's normalisation.
With `--keep`, the figures and the reliability diagram go to `benchmarks/results/`.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sijill.link.persons.matching import Pair, match
from sijill.link.persons.people import Person
from tests.link.persons.families import NOISE, households, noisy

RESULTS = Path(__file__).resolve().parent / "results"
KINDS = (*NOISE, "spacing", "swapped")
BANDS = 10
SIZE, EDGE = 320, 40


@dataclass(frozen=True, slots=True)
class Invented:
    """Two lists, the true pairs, and what was done to each row of the second."""

    a: tuple[Person, ...]
    b: tuple[Person, ...]
    truth: frozenset[tuple[str, str]]
    noise: dict[str, str]


def invented(seed: int, families: int, *, dates: bool) -> Invented:
    """Two people in three are on either list; each row of the second has one kind of noise."""
    draw = random.Random(seed)
    a, b, truth, noise = [], [], set(), {}
    for person in households(seed, families):
        known = person if dates else replace(person, born=None)
        on_a, on_b, kind = draw.random() < 0.66, draw.random() < 0.66, draw.choice(KINDS)
        left, right = replace(known, record=f"A{known.record}"), replace(known, record=f"B{known.record}")
        if on_a:
            a.append(left)
        if on_b:
            b.append(changed(right, kind, draw))
            noise[right.record] = kind
        if on_a and on_b:
            truth.add((left.record, right.record))
    return Invented(tuple(a), tuple(b), frozenset(truth), noise)


def changed(person: Person, kind: str, draw: random.Random) -> Person:
    """The person as another list might have it: words run together, or father and grandfather exchanged."""
    words = person.name.split()
    if kind == "spacing":
        place = draw.randrange(len(words) - 1)
        words[place : place + 2] = ["".join(words[place : place + 2])]
        return replace(person, name=" ".join(words))
    if kind == "swapped":
        return replace(person, name=" ".join((words[0], words[2], words[1], *words[3:])))
    return noisy(person, kind, draw)


def by_kind(lists: Invented, said: Sequence[Pair]) -> list[tuple[str, int, float, float]]:
    """For each kind of noise: how many true pairs, the share found, and the share of what was said that is true."""
    true = Counter(lists.noise[b] for _, b in lists.truth)
    found = Counter(lists.noise[p.rec_b] for p in said if (p.rec_a, p.rec_b) in lists.truth)
    all_said = Counter(lists.noise[p.rec_b] for p in said)
    return [(k, true[k], found[k] / max(1, true[k]), found[k] / max(1, all_said[k])) for k in KINDS]


def reliability(lists: Invented, said: Sequence[Pair]) -> list[tuple[float, float, int]]:
    """For each band of probability with pairs in it: the mean probability, the share that is true, how many."""
    bands: dict[int, list[tuple[float, bool]]] = {}
    for p in said:
        band = min(BANDS - 1, int(p.probability * BANDS))
        bands.setdefault(band, []).append((p.probability, (p.rec_a, p.rec_b) in lists.truth))
    return [
        (sum(p for p, _ in held) / len(held), sum(t for _, t in held) / len(held), len(held))
        for _, held in sorted(bands.items())
    ]


def diagram(points: Sequence[tuple[float, float, int]]) -> str:
    """Probability against the share that is true, as SVG; the line is where they are the same."""

    def at(x: float, y: float) -> tuple[float, float]:
        return EDGE + x * SIZE, EDGE + (1 - y) * SIZE

    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    whole = SIZE + 2 * EDGE
    marks = "".join(
        '<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="#1f4e79"><title>{} pairs</title></circle>'.format(*at(p, t), n)
        for p, t, n in points
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{whole}" font-family="sans-serif" '
        f'font-size="12"><rect x="{EDGE}" y="{EDGE}" width="{SIZE}" height="{SIZE}" fill="none" stroke="#888"/>'
        f'<line x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}" stroke="#9dbcd4"/>{marks}'
        f'<text x="{EDGE}" y="{whole - 12}">said: probability from 0 to 1</text>'
        f'<text x="{EDGE}" y="24">so: share of pairs that are one person, from 0 to 1</text></svg>\n'
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables; keep them where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--families", type=int, default=5000)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args(arguments)
    lines: list[str] = []
    for dates in (True, False):
        lists = invented(11, asked.families, dates=dates)
        started = time.perf_counter()
        every = match(lists.a, lists.b, threshold=0.01)
        seconds = time.perf_counter() - started
        lines += _told(lists, every, seconds, dates=dates)
        if asked.keep:
            name = f"names-reliability-{'with' if dates else 'without'}-dates.svg"
            (RESULTS / name).write_text(diagram(reliability(lists, every)), encoding="utf-8")
    print("\n".join(lines))
    if asked.keep:
        (RESULTS / "names-invented.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _told(lists: Invented, every: Sequence[Pair], seconds: float, *, dates: bool) -> list[str]:
    said = [p for p in every if p.probability >= 0.5]
    points = reliability(lists, every)
    error = sum(abs(p - t) * n for p, t, n in points) / max(1, len(every))
    true = sum((p.rec_a, p.rec_b) in lists.truth for p in said)
    what = "with birth dates" if dates else "without birth dates"
    lines = [
        f"## {len(lists.a):,} and {len(lists.b):,} invented people, {what}, {seconds:.1f} seconds",
        "",
        f"Precision {true / len(said):.4f}, recall {true / len(lists.truth):.4f}, calibration error {error:.4f}.",
        "",
        *("| noise | true pairs | found | true of those said |", "| --- | --- | --- | --- |"),
        *(
            f"| {kind} | {n:,} | {recall:.4f} | {precision:.4f} |"
            for kind, n, recall, precision in by_kind(lists, said)
        ),
        "",
        *("| probability said | share that is so | pairs |", "| --- | --- | --- |"),
        *(f"| {p:.3f} | {t:.3f} | {n:,} |" for p, t, n in points),
        "",
    ]
    return lines


if __name__ == "__main__":
    main()
