"""A little of `benchmarks/names_invented.py`: planted noise is found, and the diagram shows what was measured."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from benchmarks.names_invented import by_kind, diagram, invented, reliability
from sijill.link.persons.matching import match


def test_planted_pairs_are_found_whatever_was_done_to_them() -> None:
    lists = invented(3, 150, dates=True)
    said = match(lists.a, lists.b)
    recall = {kind: found for kind, true, found, _ in by_kind(lists, said) if true}
    assert min(recall.values()) > 0.8
    points = reliability(lists, said)
    assert sum(count for _, _, count in points) == len(said)
    assert points[-1][1] > 0.95
    circles = ElementTree.fromstring(diagram(points)).iter("{http://www.w3.org/2000/svg}circle")
    assert len(list(circles)) == len(points)


def test_any_two_words_of_a_name_may_be_run_together() -> None:
    """Given and father's name in one: the usual readings of the two names share nothing but the family."""
    lists = invented(5, 250, dates=False)
    joined = [replace(p, record=f"B{p.record}", name=p.name.replace(" ", "", 1)) for p in lists.a[::5]]
    others = [replace(p, record=f"B{p.record}") for i, p in enumerate(lists.a) if i % 5]
    said = {(p.rec_a, p.rec_b) for p in match(lists.a, (*joined, *others))}
    found = sum((p.record.removeprefix("B"), p.record) in said for p in joined)
    assert found > 0.95 * len(joined)
